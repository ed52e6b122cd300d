"""Keeps a watchlist as read, in the cache directory: its values by program, for commands that only show them.

The text of the file is always what counts. What is kept is used only for the very bytes, the same day and the same code, each
part only if its digest is right; in any doubt the text is read. Countdowns are not kept: they are computed from the windows.
"""

from __future__ import annotations

import contextlib
import json
import os
from datetime import date, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from cartwatch.domain.catalyst import Catalyst, Guidance
from cartwatch.domain.cites import Cite
from cartwatch.domain.dates.window import Window
from cartwatch.domain.efficacy import Efficacy, Result
from cartwatch.domain.mechanism import Knockout, Mechanism
from cartwatch.domain.program import Program, Source, Trial, root
from cartwatch.domain.rates import NamedRate, Rate
from cartwatch.domain.regulatory import Designation, Hold, Status
from cartwatch.domain.safety import Frequency, OtherEvent, Report, Risk, Safety
from cartwatch.domain.sponsor import Partner, Runway, Sponsor
from cartwatch.domain.watchlist import Watchlist

from .errors import DamagedList, StorageError
from .reading import is_settled, read_file, sha256
from .writing import discard, own_directory, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .places import Places
    from .reading import FileState

__all__ = ["RECORDS", "ParsedList", "StoredProgram", "keep_list", "kept_list", "list_path"]

RECORDS: tuple[type, ...] = (
    *(Window, Cite, Rate, NamedRate, Catalyst, Guidance, Source, Trial, Mechanism, Knockout, Safety, Risk, Report, Frequency),
    *(OtherEvent, Efficacy, Result, Designation, Status, Hold, Partner, Sponsor, Runway),
)
"""Every class of which values are kept; a value of another class is not kept, and neither is its list."""

_TUPLE, _TABLE, _DATE, _MOMENT, _FIRST = 0, 1, 2, 3, 4
_PLAIN = 1000  # added to the tag of a record of which no value is encoded itself, as of most cites
_TAGS = {each: _FIRST + place for place, each in enumerate(RECORDS)}
_DIGEST = 12  # bytes
_HEX = 2 * _DIGEST
_LISTS = 5  # watchlists of which the values are kept
_LINE = 4096  # bytes of the first line, at most
_HEAD = ("key", "id", "name", "short", "aliases", "sponsor")  # read for every program, to find one
_OWN = ("catalysts",)  # one part of a program, which the agenda reads
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class ParsedList:
    """A watchlist as kept, and how many problems its file has by their level."""

    def __init__(self, watchlist: Watchlist, problems: Mapping[str, int]) -> None:
        self.watchlist = watchlist
        self.problems = problems


class StoredProgram(Program):
    """A program of which each value is decoded when it is first asked for. Raises DamagedList then if it is damaged."""

    __slots__ = ("_parts",)
    _parts: _Parts

    def __getattr__(self, name: str) -> Any:
        if name not in _FIELDS:
            raise AttributeError(name)
        value = self._parts.value(name)
        object.__setattr__(self, name, value)
        return value


_FIELDS = frozenset(Program.__slots__)


class _Parts:
    """The two parts of one program in the file: the catalysts, and all else by name."""

    __slots__ = ("_file", "_loaded", "_place", "_spans")

    def __init__(self, file: _File, place: int, spans: tuple[tuple[int, int], tuple[int, int]]) -> None:
        self._file, self._place, self._spans = file, place, spans
        self._loaded: dict[str, Any] | None = None

    def value(self, name: str) -> Any:
        if name in _OWN:
            return _decoded(self._file.part(self._spans[0], 2 * self._place))
        if self._loaded is None:
            self._loaded = self._file.part(self._spans[1], 2 * self._place + 1)
        return _decoded(self._loaded[name])


class _File:
    """A file of kept values, open to the end of the process: another process may replace it meanwhile."""

    def __init__(self, fd: int, key: bytes, begins: int) -> None:
        self.fd, self.key, self.begins = fd, key, begins

    def part(self, span: tuple[int, int], place: int) -> Any:
        """Return a part whose digest is right. Raises DamagedList."""
        os.lseek(self.fd, self.begins + span[0], os.SEEK_SET)
        return _checked(os.read(self.fd, span[1]), span[1], self.key, place)


def list_path(places: Places) -> str:
    """Return the path of the kept values of a watchlist."""
    return os.path.join(places.cache_dir, "lists", f"{places.key}.list")


def kept_list(places: Places, today: date) -> ParsedList | None:
    """Return the values of a watchlist as kept for this day, None if the text must be read. Never raises."""
    try:
        fd = os.open(list_path(places), _READ)
    except (OSError, ValueError, StorageError):
        return None
    try:
        found = _opened(fd, places.watchlist, today)
    except Exception:  # whatever is wrong with a file that may be deleted at any time: the text counts
        found = None
    if found is None:
        os.close(fd)
    return found


def _opened(fd: int, path: str, today: date) -> ParsedList | None:
    line, _, _ = os.read(fd, _LINE).partition(b"\n")
    top = _checked(line, len(line), b"", 0)
    known = (top["made"], top["day"], top["file"])
    if root() is not Program or known != (_made(), today.isoformat(), _identity(path)):
        return None
    file = read_file(path)
    if not is_settled(file) or top["sha256"] != file.sha256 or top["file"] != _identity(path):
        return None
    kept = _File(fd, bytes.fromhex(top["key"]), len(line) + 1)
    size = int(top["index"])
    index = kept.part((0, size), -1)
    kept.begins += size
    sponsors = _decoded(index["sponsors"])
    programs = tuple([_program(each, place, kept, sponsors) for place, each in enumerate(index["programs"])])
    return ParsedList(Watchlist(programs, index["title"], index["schema"], sponsors), index["problems"])


def _program(row: Sequence[Any], place: int, file: _File, sponsors: Sequence[Sponsor]) -> StoredProgram:
    key, id, name, short, aliases, sponsor, company, start, first, second = row
    program = object.__new__(StoredProgram)
    put = object.__setattr__
    put(program, "key", key)
    put(program, "id", id)
    put(program, "name", name)
    put(program, "short", short)
    put(program, "aliases", tuple(aliases))
    put(program, "sponsor", sponsor)
    put(program, "company", None if company is None else sponsors[company])
    put(program, "_parts", _Parts(file, place, ((start, first), (start + first, second))))
    return program


def keep_list(places: Places, file: FileState, today: date, watchlist: Watchlist, problems: Mapping[str, int]) -> bool:
    """Keep the values that were read from a file on a day; return whether that was done. Never raises.

    It takes as long as half a reading of the text: do it when the answer is out.
    """
    try:
        return _keep(places, file, today, watchlist, problems)
    except Exception:  # a full disk, a read-only cache, a value of a kind that is not kept: the text is read next time too
        return False


def _keep(places: Places, file: FileState, today: date, watchlist: Watchlist, problems: Mapping[str, int]) -> bool:
    identity = _identity(places.watchlist)
    if not is_settled(file) or identity[1:5] != [*file.stamp] or root() is not Program:
        return False
    path = list_path(places)
    own_directory(os.path.dirname(path))  # first: where it cannot be, no time is spent on what would go there
    if not os.access(os.path.dirname(path), os.W_OK):
        return False
    key = os.urandom(16)
    companies = {id(each): at for at, each in enumerate(watchlist.sponsors)}
    rows, parts, start = [], [], 0
    for place, program in enumerate(watchlist.programs):
        first = _sealed(_encoded(program.catalysts), key, 2 * place)
        rest = {name: _encoded(getattr(program, name)) for name in _FIELDS - {*_HEAD, *_OWN, "company"}}
        second = _sealed(rest, key, 2 * place + 1)
        company = None if program.company is None else companies[id(program.company)]
        head = [getattr(program, name) for name in _HEAD]
        rows.append([*head, company, start, len(first), len(second)])
        parts += [first, second]
        start += len(first) + len(second)
    index = _sealed(
        {
            "title": watchlist.title,
            "schema": watchlist.schema,
            "sponsors": _encoded(watchlist.sponsors),
            "problems": {**problems},
            "programs": rows,
        },
        key,
        -1,
    )
    top = {
        "made": _made(),
        "day": today.isoformat(),
        "file": identity,
        "sha256": file.sha256,
        "key": key.hex(),
        "index": len(index),
    }
    write_whole(path, b"".join([_sealed(top, b"", 0), b"\n", index, *parts]))
    _prune(os.path.dirname(path))
    return True


def _prune(directory: str) -> None:
    """Remove all but the newest files, and with them what a killed process left."""
    paths = [os.path.join(directory, name) for name in os.listdir(directory)]
    with contextlib.suppress(OSError):
        for each in sorted(paths, key=lambda path: os.stat(path).st_mtime_ns)[:-_LISTS]:
            discard(each)


def _identity(path: str) -> list[Any]:
    """Return what tells a file from another of the same name: real path, mtime, size, inode, device, ctime."""
    found = os.stat(path)
    return [os.path.realpath(path), found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev, found.st_ctime_ns]


def _made() -> str:
    """Return a digest of the code that reads a list: the files of the declarations and the reader, and the interpreter."""
    import sys

    import cartwatch

    top = os.path.dirname(os.path.abspath(cartwatch.__file__))
    seen = [f"{cartwatch.__version__} {sys.version}"]
    for room in ("domain", "domain/dates", "document", "session", "storage"):
        with os.scandir(os.path.join(top, room)) as entries:
            files = [(each.name, each.stat()) for each in entries if each.name.endswith((".py", ".toml"))]
        seen += sorted(f"{room}/{name} {found.st_size} {found.st_mtime_ns}" for name, found in files)
    for path in sys.path:  # the parser of TOML is installed there
        if path.endswith(("site-packages", "dist-packages")):
            with contextlib.suppress(OSError):
                seen.append(f"{path} {os.stat(path).st_mtime_ns}")
    return sha256("\n".join(seen).encode("utf-8", "surrogateescape"))


def _digest(data: bytes, key: bytes, place: int) -> bytes:
    salt = place.to_bytes(8, "big", signed=True)
    return blake2b(data, digest_size=_DIGEST, key=key, salt=salt).hexdigest().encode()


def _sealed(value: Any, key: bytes, place: int) -> bytes:
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return _digest(data, key, place) + data


def _checked(sealed: bytes, size: int, key: bytes, place: int) -> Any:
    data = sealed[_HEX:]
    if len(sealed) != size or sealed[:_HEX] != _digest(data, key, place):
        raise DamagedList
    return json.loads(data)


def _encoded(value: Any) -> Any:
    """Encode a value for JSON: a list is a tag with what it is about. Raises TypeError for a value of an unknown class."""
    kind = type(value)
    if value is None or kind in (str, bool, int, float):
        return value
    if kind is tuple:
        return [_TUPLE, *map(_encoded, value)]
    if kind is dict:
        return [_TABLE, {_text(key): _encoded(each) for key, each in value.items()}]
    if kind is date:
        return [_DATE, value.isoformat()]
    if kind is datetime:
        text = value.isoformat()
        if repr(datetime.fromisoformat(text)) != repr(value):
            raise TypeError(f"{value!r} is not kept")
        return [_MOMENT, text]
    from dataclasses import MISSING, fields

    declared = fields(kind)
    values = [getattr(value, each.name) for each in declared]
    while values and (default := declared[len(values) - 1].default) is not MISSING:
        if type(default) is not type(values[-1]) or default != values[-1]:
            break
        values.pop()
    found = [_encoded(each) for each in values]
    return [_TAGS[kind] if list in map(type, found) else _TAGS[kind] + _PLAIN, *found]


def _text(key: Any) -> str:
    if type(key) is not str:
        raise TypeError(f"{key!r} is no name")
    return key


def _decoded(value: Any) -> Any:
    if type(value) is not list:
        return value
    tag = value[0]
    if tag >= _PLAIN:
        return RECORDS[tag - _PLAIN - _FIRST](*value[1:])
    if tag >= _FIRST:
        return RECORDS[tag - _FIRST](*[_decoded(each) if type(each) is list else each for each in value[1:]])
    if tag == _TUPLE:
        return tuple([_decoded(each) for each in value[1:]])
    if tag == _TABLE:
        return {key: _decoded(each) for key, each in value[1].items()}
    return (date if tag == _DATE else datetime).fromisoformat(value[1])
