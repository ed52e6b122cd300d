"""Finds what a text from outside was made from: the last text, an earlier one, a late writer, or half a file."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.merging import merge_documents
from cartwatch.document.paths import human_path
from cartwatch.document.typed import as_typed
from cartwatch.domain.identity import inner_record, pair_records, same
from cartwatch.domain.merge import Conflict
from cartwatch.domain.program import Program
from cartwatch.domain.text import clean
from cartwatch.storage import displaced
from cartwatch.storage.journal import Journal
from cartwatch.storage.last_text import last_text
from cartwatch.storage.patch import reversed_text
from cartwatch.storage.reading import sha256

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cartwatch.storage.places import Places

__all__ = ["Doubt", "Reconciled", "doubt_about", "known_texts", "outside_words", "reconcile"]

_BYTES = 100_000_000  # earlier texts that are examined, at most
_TEXTS = 200
_MANY = 3  # programs missing at once, with all others unchanged
_SHOWN = 3  # facts named in one line


def known_texts(places: Places) -> Iterator[bytes]:
    """Yield the last text that any cartwatch wrote or read, then the earlier ones, newest first.

    They are reconstructed from the journal; where it breaks off, a displaced file may continue.
    """
    text = last_text(places).read()
    spent, journal, seen = 0, Journal(places.journal), set[str]()
    beside: list[bytes] | None = None
    while text is not None and len(seen) < _TEXTS and spent < _BYTES:
        sha = sha256(text)
        if sha not in seen:
            yield text
        seen.add(sha)
        spent += len(text)
        following = None
        for change in journal.trail(sha):
            before = reversed_text(change.reverse, text)
            if before is None or sha256(before) != change.base:
                break
            spent += len(before)
            text = before
            if change.base not in seen:
                yield text
            seen.add(change.base)
            if len(seen) >= _TEXTS or spent >= _BYTES:
                return
        if beside is None:
            beside = displaced.texts(places.keep_dir, places.key)
        while beside and following is None:
            following = beside.pop(0)
            if sha256(following) in seen:
                following = None
        text = following


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A text that another application wrote, and the resulting document.

    `document` is the result: the text itself or, if it was made from an `earlier` one than the last (late), that with
    the later saves of cartwatch put back in. `conflicts` name both values of everything put back, as the text does not tell
    whether a person reverted it on purpose. `restored`: it is an earlier text, byte for byte, as `git checkout` writes it; it
    stays.
    """

    theirs: Document
    document: Document
    conflicts: tuple[Conflict, ...] = ()
    late: bool = False
    restored: bool = False


def reconcile(theirs: Document, known: Sequence[bytes], base: bytes | None = None) -> Reconciled:
    """Find what a text was made from, given the known texts, last first. Raises EditError if it cannot be merged.

    `base` is the text that it was made from, if known, as for a displaced file.
    """
    if not known or theirs.raw == known[0]:
        return Reconciled(theirs, theirs)
    if base is None and theirs.raw in known:
        return Reconciled(theirs, theirs, restored=True)
    origin = _made_of(theirs.raw, known, base)
    if origin == known[0]:
        return Reconciled(theirs, theirs)
    last = Document.parse(known[0])
    applied, conflicts = merge_documents(Document.parse(origin), last, theirs)
    if origin != base:
        conflicts += _put_back(applied.document, theirs, conflicts)
    return Reconciled(theirs, applied.document, conflicts, late=True)


def _made_of(text: bytes, known: Sequence[bytes], base: bytes | None) -> bytes:
    """Return the known text that is nearest to another, line by line within each program.

    Of equally near ones the last text, if it is among them, as nothing indicates a late writer then; else the oldest, by
    which the most is asked about.
    """
    texts = [*known, *([base] if base is not None and base not in known else [])]
    away = [_distance(text, each) for each in texts]
    least = min(away)
    if base is not None and away[texts.index(base)] == least:
        return base
    if away[0] == least:
        return texts[0]
    return texts[max(at for at, each in enumerate(away) if each == least)]


_PROGRAM = re.compile(rb"^(?=[ \t]*\[\[[ \t]*program[ \t]*\]\])", re.MULTILINE)
_NAMED = re.compile(rb"^[ \t]*(?:id|name)[ \t]*=[ \t]*(.*?)[ \t\r]*$", re.MULTILINE)


def _distance(a: bytes, b: bytes) -> int:
    """Count the lines that one text has and the other lacks in the same program and table, ignoring spacing."""
    blocks, others = Counter(_PROGRAM.split(a)), Counter(_PROGRAM.split(b))
    mine, theirs = (_lines((one - two).elements()) for one, two in ((blocks, others), (others, blocks)))
    return (mine - theirs).total() + (theirs - mine).total()


def _lines(blocks: Iterable[bytes]) -> Counter[tuple[bytes, bytes, bytes]]:
    found: Counter[tuple[bytes, bytes, bytes]] = Counter()
    for block in blocks:
        named = _NAMED.search(block)
        name, table = (named[1] if named else b""), b""
        for line in block.splitlines():
            key, sign, value = line.strip().partition(b"=")
            if key.startswith(b"["):
                table = key
            if key or sign:
                found[name, table, key.strip() + sign + value.strip()] += 1
    return found


def _put_back(merged: Document, theirs: Document, named: Sequence[Conflict]) -> tuple[Conflict, ...]:
    """Build a conflict for each fact that differs from their text, except those already among the conflicts."""
    known = {each.path for each in named}
    found: list[Conflict] = []
    for path, ours, other in _between(merged.head, theirs.head, None, ()):
        found.append(Conflict(None, path, other, ours, other))
    gone = len(merged.programs)
    for path, ours, other in _between(merged.programs, theirs.programs, Program, ("program",)):
        record = ours if len(path) == 2 and ours is not None else other if len(path) == 2 else merged.programs[int(path[1])]
        if path[1] == -1:  # ours removed it: where it would be added
            path = ("program", gone)
        found.append(Conflict(_name(record), path, other, ours, other))
    return tuple(each for each in found if each.path not in known)


def _between(ours: Any, theirs: Any, record: type | None, path: tuple[str | int, ...]) -> Iterator[tuple[Any, Any, Any]]:
    """Return where two values differ: the path in ours, and both values. An item that ours lacks has the index -1."""
    if same(ours, theirs):
        return
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in (*ours, *(each for each in theirs if each not in ours)):
            yield from _between(ours.get(key), theirs.get(key), inner_record(record, key), (*path, key))
    elif _tables(ours) and _tables(theirs):
        pairs = pair_records(record, ours, theirs)
        mine, others = {one for one, _ in pairs}, {two for _, two in pairs}
        for one, two in pairs:
            yield from _between(ours[one], theirs[two], record, (*path, one))
        yield from (((*path, at), each, None) for at, each in enumerate(ours) if at not in mine)
        yield from (((*path, -1), None, each) for at, each in enumerate(theirs) if at not in others)
    else:
        yield path, ours, theirs


def _tables(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(each, dict) for each in value)


def _name(record: Any) -> str | None:
    names = (record.get(each) for each in ("short", "name", "id")) if isinstance(record, dict) else ()
    return next((each for each in names if isinstance(each, str) and each), None)


# ---- half a file


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a text may be half of one that is still being written; `stands`: too much is missing to accept it without asking."""

    words: str
    stands: bool


def doubt_about(found: bytes, known: Sequence[bytes], base: bytes | None = None) -> Doubt | None:
    """Return why a text may be half of one that is still being written, None if nothing suggests that.

    It is the beginning of a known text; or, beside the one that it was made of (`base`, where that is known), it ends within
    a program, or before the last ones, or many programs are gone at once while all others are as they were. An earlier text,
    whole, only looks so until it has stood for a while, unless several programs were added since.
    """
    if not known or found == known[0]:
        return None
    if found in known:
        gone = _missing(found, known[0]) if known[0].startswith(found) else None
        return Doubt(gone.words, gone.count >= _MANY) if gone is not None else None
    origin = _made_of(found, known, base)
    gone = _missing(found, origin)
    if gone is not None and gone.count > 1:
        return Doubt(gone.words, stands=True)
    for each in known:
        if each.startswith(found) and found != each:
            whole = found.endswith(b"\n") or not each.endswith(b"\n")
            return Doubt(f"it ends after {len(found):,} of the {len(each):,} bytes of a text that was whole", stands=not whole)
    if _cut(found, origin):
        return Doubt("it ends within its last program", not found.endswith(b"\n"))
    return Doubt(gone.words, stands=False) if gone is not None else None


@dataclass(frozen=True, slots=True)
class _Gone:
    count: int
    words: str


def _missing(found: bytes, last: bytes) -> _Gone | None:
    try:
        there, before = Document.parse(found).programs, Document.parse(last).programs
    except SyntaxProblem:
        return None  # described in other words
    left = {_key(each): each for each in there}
    order = [_key(each) for each in before]
    missing = [each for each in order if each not in left]
    at_the_end = bool(missing) and order[-len(missing) :] == missing
    unchanged = all(same(left[_key(each)], each) for each in before if _key(each) in left)
    if at_the_end or (len(missing) >= _MANY and 4 * len(missing) >= len(order) and unchanged):
        named = ", ".join(clean(each, limit=40) for each in missing[:_SHOWN]) + (" …" if len(missing) > _SHOWN else "")
        gone = (
            f"{len(missing)} of {len(order)} programs are gone from it at once"
            if len(missing) > 1
            else "its last program is gone"
        )
        return _Gone(len(missing), f"{gone} ({named})")
    return None


def _key(record: Mapping[str, Any]) -> str:
    return str(record.get("id") or record.get("name") or "")


def _cut(found: bytes, last: bytes) -> bool:
    """Whether the last block of a text is just the beginning of a block of the last text."""
    end, named = _PROGRAM.split(found)[-1], _NAMED.search(_PROGRAM.split(found)[-1])
    if named is None:
        return False
    others = [each for each in _PROGRAM.split(last) if (other := _NAMED.search(each)) is not None and other[1] == named[1]]
    return any(each.rstrip() != end.rstrip() and each.startswith(end) for each in others)


# ---- in words


def outside_words(before: Document, after: Document) -> tuple[str, list[dict[str, Any]]]:
    """Describe the changes of another application in one line with the values, and as journal tables."""
    tables: list[dict[str, Any]] = []
    for path, new, old in _between(after.head, before.head, None, ()):
        tables.append({"program": "", "path": ".".join(map(str, path)), "old": old, "new": new})
    for path, new, old in _between(after.programs, before.programs, Program, ("program",)):
        if len(path) == 2:
            table = {"program": _key(old if new is None else new), "path": ""}
            tables.append(table | ({"old": "deleted"} if new is None else {"new": "added"}))
            continue
        record = after.programs[path[1]]
        at = path.index(-1) if -1 in path else len(path)
        place = human_path(record, path[2:at])
        if at < len(path):
            place += f".{_name(old) or old.get('event') or old.get('nct') or 'item'}"
        tables.append({"program": _key(record), "path": place, "old": old, "new": new})
    told = [_told(each) for each in tables[:_SHOWN]]
    more = f" and {len(tables) - _SHOWN} more" if len(tables) > _SHOWN else ""
    return "changed outside cartwatch" + (f": {'; '.join(told)}{more}" if told else ""), tables


def _told(table: Mapping[str, Any]) -> str:
    place = ": ".join(clean(str(each), limit=60) for each in (table.get("program"), table.get("path")) if each)
    old, new = (_value(table.get(each)) for each in ("old", "new"))
    if new is None:
        return f"{place} {old}" if old == "deleted" else f"{place} {old} removed"
    return f"{place} {new}" if old is None else f"{place} {old} → {new}"


def _value(value: Any) -> str | None:
    if value is None:
        return None
    return clean(as_typed(value), limit=60) or ("a record" if isinstance(value, dict | list) else "nothing")
