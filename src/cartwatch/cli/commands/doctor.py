"""`cartwatch doctor`: checks terminal, files, lock, backups and journal, and says what to do."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cartwatch.domain.description import counted
from cartwatch.session.backups import lost_list
from cartwatch.session.session import Session
from cartwatch.storage.backups import Backups
from cartwatch.storage.cleanup import strays
from cartwatch.storage.errors import Busy, StorageError
from cartwatch.storage.journal import Journal
from cartwatch.storage.own_files import read_own
from cartwatch.storage.reading import read_file
from cartwatch.storage.watching import conflict_siblings
from cartwatch.views.lines import Run

from .backups import local, size_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cartwatch.cli.context import Call
    from cartwatch.session.session import Opened
    from cartwatch.storage.backups import Backup
    from cartwatch.storage.journal import JournalEntry
    from cartwatch.storage.places import Places

__all__ = ["Checkup", "examine", "examine_files", "run"]

_WIDE, _HIGH = 100, 24  # cells from which the app shows the table and the detail side by side
_LEAST_WIDE, _LEAST_HIGH = 40, 12
_ROOM = 20_000_000  # bytes: enough for many saves of a large list, with backups


@dataclass(frozen=True, slots=True)
class Checkup:
    """Result of one check: level "ok", "look" (worth knowing) or "do" (needs action), its subject, and the text."""

    level: str
    about: str
    words: str


def examine(call: Call) -> Iterator[Checkup]:
    """Check the surroundings of the watchlist. Raises Failure where there is no place for it at all."""
    yield _version()
    yield _terminal(call)
    yield _characters()
    where = call.places()
    yield from _directories(where)
    yield from _room(where)


def _version() -> Checkup:
    from cartwatch import __version__

    python = ".".join(map(str, sys.version_info[:3]))
    return Checkup("ok", "version", f"cartwatch {__version__}, Python {python}, {sys.platform}")


def _terminal(call: Call) -> Checkup:
    kind = os.environ.get("TERM", "")
    if not call.output.terminal:
        return Checkup("ok", "terminal", f"the output is not a terminal (TERM={kind or 'unset'}): the commands do not need one")
    if kind in ("", "dumb"):
        return Checkup("do", "terminal", f"TERM={kind or 'unset'} can't show the app: set TERM, as in TERM=xterm-256color")
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        size = os.terminal_size((0, 0))
    colours = _colours(kind)
    if not all(size):  # a serial line or recorder without a size
        return Checkup("look", "terminal", f"{kind}, of unknown size, {colours}")
    words = f"{kind}, {size.columns} × {size.lines}, {colours}"
    if size.columns < _LEAST_WIDE or size.lines < _LEAST_HIGH:
        return Checkup("do", "terminal", f"{words}: too small for the app, {_LEAST_WIDE} × {_LEAST_HIGH} is the least")
    if size.columns < _WIDE or size.lines < _HIGH:
        return Checkup("ok", "terminal", f"{words}; from {_WIDE} × {_HIGH} the detail stands beside the table")
    return Checkup("ok", "terminal", words)


def _colours(kind: str) -> str:
    if os.environ.get("NO_COLOR"):
        return "no colours (NO_COLOR)"
    if os.environ.get("COLORTERM", "").casefold() in ("truecolor", "24bit"):
        return "16 million colours"
    return "256 colours" if "256" in kind else "16 colours"


def _characters() -> Checkup:
    encoding = getattr(sys.stdout, "encoding", None) or "unknown"
    named = next((f"{name}={os.environ[name]}" for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "unset")
    if encoding.replace("-", "").replace("_", "").casefold() in ("utf8", "utf16", "utf32"):
        return Checkup("ok", "locale", f"{named}, {encoding}")
    return Checkup("do", "locale", f"{named}, {encoding}: signs are drawn in ASCII; set LANG=C.UTF-8 or another UTF-8 locale")


def _directories(where: Places) -> Iterator[Checkup]:
    if where.homeless is not None:
        yield Checkup("do", "home", f"{where.homeless}; set HOME")
    file = os.path.realpath(where.watchlist) if os.path.exists(where.watchlist) else where.watchlist
    for about, path in (
        ("directory", os.path.dirname(file)),
        ("state", where.state_dir),
        ("cache", where.cache_dir),
        ("settings", os.path.dirname(os.path.abspath(where.config))),
    ):
        if (found := _directory(about, path, private=about == "state")) is not None:
            yield found


def _directory(about: str, path: str, *, private: bool) -> Checkup | None:
    """Check a directory, or the parent in which it would be made; None for settings and cache while they are not needed."""
    there = path
    while not os.path.lexists(there) and os.path.dirname(there) != there:
        there = os.path.dirname(there)
    if not os.path.isdir(there):
        return Checkup("do", about, f"{there} is not a directory: move it away")
    if not os.access(there, os.W_OK | os.X_OK):
        return Checkup("do", about, f"{there} can't be written: chmod u+rwx, or name another place (`cartwatch path`)")
    if there != path:
        return Checkup("ok", about, f"{path} (not there yet, can be made)")
    mode = stat.S_IMODE(os.stat(path).st_mode)
    if private and mode & 0o077 and os.name != "nt":
        return Checkup("do", about, f"{path} is open to other users ({mode:04o}): chmod 700 {path}")
    return Checkup("ok", about, path)


def _room(where: Places) -> Iterator[Checkup]:
    """Check the free space on the disks of the watchlist and of cartwatch's own data."""
    import shutil

    seen = set()
    for path in (os.path.dirname(os.path.realpath(where.watchlist)), where.state_dir):
        while not os.path.isdir(path) and os.path.dirname(path) != path:
            path = os.path.dirname(path)
        try:
            device, free = os.stat(path).st_dev, shutil.disk_usage(path).free
        except OSError:
            continue
        if device in seen:
            continue
        seen.add(device)
        if free < _ROOM:
            yield Checkup("do", "free space", f"{size_words(free)} at {path}: make room, or saves will fail")
        else:
            yield Checkup("ok", "free space", f"{size_words(free)} at {path}")


_MARKS = {"ok": ("ok", "good"), "look": ("look", "soon"), "do": ("TO DO", "overdue")}


def run(call: Call) -> int:
    """Print one line per check; return 1 if something needs doing."""
    found = [*examine(call), *examine_files(call)]
    if call.parsed.has("network"):
        found += _network(call)
    label = max(len(each.about) for each in found)
    for each in found:
        mark, role = _MARKS[each.level]
        head = [Run(f"{mark:<5}", role), Run("  "), Run(f"{each.about:<{label}}", "label"), Run("  ")]
        call.print_hanging(head, [Run(call.look.plainly(each.words))])
    needing = sum(each.level == "do" for each in found)
    call.output.tell("nothing needs doing" if not needing else f"{needing} to do")
    return 1 if needing else 0


def _network(call: Call) -> Iterator[Checkup]:
    """Check whether the registry answers, with each client, and which one a refresh would try first."""
    from cartwatch.sources.registry.clinicaltrials import probe_now
    from cartwatch.sources.registry.settings import reach

    access, problems = reach(call.places())
    yield from (Checkup("do", "settings", each) for each in problems)
    pinned = ", which is pinned" if access.pinned else ""
    yield Checkup("ok", "registry", f"{access.base_url}, tried first with {access.rung}{pinned}")
    tried = probe_now(access)
    if not any(each.works for each in tried):
        yield Checkup("do", "registry", "no client can reach it: check the network, or set a proxy (HTTPS_PROXY)")
    elif access.pinned and not any(each.works for each in tried if each.rung == access.rung):
        yield Checkup("do", "registry", f"{access.rung} is pinned and does not work: remove registry.client from the settings")
    for each in tried:
        yield Checkup("ok" if each.works else "look", "registry", f"{each.rung}: {each.words}")


_WAIT = 0.5  # seconds to try the lock: a save takes some milliseconds
_ASIDE = ".damaged"
_SHOWN = 3  # names of leftover files shown


def examine_files(call: Call) -> Iterator[Checkup]:
    """Check the watchlist and cartwatch's data about it; only the lock is taken and released."""
    where = call.places()
    session = Session(where.watchlist, call.today, where, origin="cli")
    try:
        opened = session.open()
    except StorageError as error:
        yield Checkup("do", "file", str(error))
        opened = None
    if opened is not None:
        yield from _file(session, opened)
    yield from _siblings(where)
    yield _lock(where)
    yield from _backups(where)
    yield from _journal(where, opened)
    yield from _left_over(where)
    yield from _settings(call, where)
    yield from _own_files(where)


def _file(session: Session, opened: Opened) -> Iterator[Checkup]:
    if opened.state == "missing":
        assert session.places is not None
        if (lost := lost_list(session)) is not None:
            yield Checkup("do", "file", f"{session.path} is gone: {_restorable(*lost)}")
        elif session.places.named:
            words = f"{session.path}: there is no such file; `cartwatch backups` lists its backups"
            yield Checkup("do", "file", words)
        else:
            yield Checkup("ok", "file", f"{session.path} is not there yet: `cartwatch add NAME` makes it")
        return
    if opened.trouble is not None:
        advice = "fix it in an editor, or see `cartwatch backups`"
        if "git merge conflict" in opened.trouble.message:
            advice = "`cartwatch merge FILE` merges both sides by program and field"
        trouble = opened.trouble
        yield Checkup("do", "file", f"{session.path}:{trouble.line}:{trouble.column}: {trouble.message}; {advice}")
        return
    assert opened.file is not None
    if (lost := lost_list(session)) is not None:
        yield Checkup("do", "file", f"{session.path} has been emptied: {_restorable(*lost)}")
    programs = f"{counted(len(session.watchlist), 'program')}, {size_words(len(opened.file.data))}"
    yield Checkup("ok", "file", f"{session.path}: {programs}")
    schema = session.watchlist.schema
    if opened.state == "newer":
        yield Checkup("do", "schema", f"{opened.readonly}: update cartwatch to change anything")
    else:
        yield Checkup("ok", "schema", str(schema))
    if opened.readonly is not None and opened.state != "newer":
        yield Checkup("do", "permissions", f"read-only: {opened.readonly}; chmod u+w, or save a copy elsewhere")
    else:
        yield Checkup("ok", "permissions", f"{opened.file.mode:04o}, can be written")
    if session.problems:
        from cartwatch.document.problems import tally

        yield Checkup("do", "values", f"{tally(session.problems)}: `cartwatch check` says where")


def _restorable(backup: Backup, count: int) -> str:
    return f"a backup of {local(backup.at)} has {counted(count, 'program')}: `cartwatch restore latest` restores it"


def _siblings(where: Places) -> Iterator[Checkup]:
    for path in conflict_siblings(where.watchlist):
        words = f"{path}: another version, left by a sync tool: `cartwatch diff` shows it, `cartwatch import` brings it in"
        yield Checkup("do", "sync", words)


def _lock(where: Places) -> Checkup:
    from cartwatch.storage.lock import locked

    try:
        with locked(where.lock, where.watchlist, _WAIT) as warning:
            if warning is None:
                return Checkup("ok", "lock", "free")
            return Checkup("do", "lock", f"{warning}: two programs that save at once are told apart by content alone")
    except Busy:
        words = "held by another cartwatch for longer than a save takes: is one stopped (Ctrl-Z), or hanging?"
        return Checkup("do", "lock", f"{words} ({where.lock})")


def _backups(where: Places) -> Iterator[Checkup]:
    store = Backups(where.backups_dir)
    found = list(store.newest_first(_now()))
    if not found:
        yield Checkup("ok", "backups", "none yet: the first is made when the watchlist is first changed")
        return
    damaged = 0
    for each in found:
        try:
            store.read(each)
        except FileNotFoundError:
            continue  # pruned just now
        except StorageError:
            damaged += 1
    size = size_words(sum(each.size for each in found))
    yield Checkup("ok", "backups", f"{len(found)}, the newest of {local(found[0].at)}, {size}")
    if damaged:
        yield Checkup("do", "backups", f"{damaged} damaged in {where.backups_dir}: check the disk")


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _journal(where: Places, opened: Opened | None) -> Iterator[Checkup]:
    journal = Journal(where.journal)
    if not os.path.lexists(journal.path):
        yield Checkup("ok", "journal", "empty: nothing has been changed by cartwatch yet")
        return
    try:
        size = len(read_file(journal.path).data)
    except (FileNotFoundError, StorageError) as error:
        yield Checkup("do", "journal", f"{error}: changes can't be recorded, nor undone later")
        return
    changes = list(journal.newest_first())
    yield Checkup("ok", "journal", f"{counted(len(changes), 'change')}, {size_words(size)}")
    if damaged := journal.damaged():
        words = f"{counted(damaged, 'damaged block')} in {journal.path} skipped: what changed then is unknown"
        yield Checkup("look", "journal", words)
    if changes:
        yield _last_save(journal, changes[0], opened)


def _last_save(journal: Journal, last: JournalEntry, opened: Opened | None) -> Checkup:
    words = f"{local(last.at)}: {last.words}"
    if opened is not None and opened.file is not None and next(journal.trail(opened.file.sha256), None) is None:
        more = "the file has been changed in other ways since: undo can only bring back values"
        return Checkup("look", "last save", f"{words}; {more}")
    return Checkup("ok", "last save", words)


def _left_over(where: Places) -> Iterator[Checkup]:
    """Check for temporary files of killed saves, texts written during a save, and error reports."""
    if left := strays(where):
        yield Checkup("look", "strays", f"{_listed(left)}: left by a save that was killed; the next start or change removes it")
    else:
        yield Checkup("ok", "strays", "none")
    late = [path for start in ("late-", "pending-") for path in _named(where.keep_dir, f"{start}{where.key}", ".toml")]
    late += _named(os.path.dirname(os.path.realpath(where.watchlist)), "cartwatch-displaced-", ".toml")
    if late:
        words = "written by another application during a save: merged by the next change, or start, once it is whole"
        yield Checkup("look", "displaced", f"{_listed(late)}: {words}")
    reports = _named(where.reports_dir, "error-", ".txt")
    if reports:
        yield Checkup("look", "reports", f"{_listed(reports)}: of unexpected errors; worth a bug report, may be deleted")


def _named(directory: str, start: str, end: str) -> list[str]:
    try:
        names = os.listdir(directory)
    except OSError:
        return []
    return [os.path.join(directory, name) for name in sorted(names) if name.startswith(start) and name.endswith(end)]


def _listed(paths: list[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return f"{', '.join(paths[:_SHOWN])}{more}"


def _settings(call: Call, where: Places) -> Iterator[Checkup]:
    """Check every setting, and say which differ from their defaults."""
    from cartwatch.storage.config import read_config
    from cartwatch.storage.settings import SETTINGS

    wrong = call.wrong_settings(where.config)
    yield from (Checkup("do", "settings", each) for each in wrong)
    if not wrong:
        config = read_config(where.config)
        given = [f"{each.key} = {found}" for each in SETTINGS if (found := config.given(each.key)) is not None]
        yield Checkup("ok", "settings", ", ".join(given) or "the usual ones")


def _own_files(where: Places) -> Iterator[Checkup]:
    """Check for cartwatch's own files that are damaged or put aside as damaged."""
    files = (where.state, where.records, where.sightings, where.imports)
    for path in files:
        if (note := read_own(path, aside=False)[1]) is not None:
            yield Checkup("do", "own files", note)
    folders = (where.drafts_dir, *map(os.path.dirname, files))
    aside = [path for folder in dict.fromkeys(folders) for path in _named(folder, "", "") if _ASIDE in os.path.basename(path)]
    if aside:
        yield Checkup("look", "own files", f"{_listed(aside)}: damaged and put aside; worth a look, may be deleted")
