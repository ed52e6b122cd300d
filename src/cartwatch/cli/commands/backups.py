"""`cartwatch backups` and `cartwatch restore`: lists the backups with their differences, and restores one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.commit import conclude, not_saved
from cartwatch.cli.output import Failure
from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.edits import EditError
from cartwatch.document.reader import read_watchlist
from cartwatch.document.text import USER, read_text
from cartwatch.domain.dates.moments import in_zone
from cartwatch.domain.description import counted
from cartwatch.domain.difference import difference
from cartwatch.domain.identity import pair_records, same
from cartwatch.domain.program import Program
from cartwatch.session.backups import backups_of, keep_last, left_out
from cartwatch.session.session import Session
from cartwatch.storage.backups import LAST, Backups
from cartwatch.storage.errors import StorageError
from cartwatch.views.layout import Track
from cartwatch.views.lines import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cartwatch.cli.context import Call
    from cartwatch.domain.difference import Change
    from cartwatch.storage.backups import Backup

__all__ = ["local", "run", "size_words"]

_TRACKS = (
    Track("#", 2, 2, right=True),
    Track("Made", 19, 19),
    Track("Size", 7, 7, right=True),
    Track("Why", 6, 11),
    Track("Differs from now", 16, 28),
)
_WHY = {
    "": "before a save",
    LAST: "saved last",
    "anew": "before a new list",
    "delete": "before a program was deleted",
    "import": "before an import",
    "migration": "before a migration",
    "restore": "before a restore",
    "unreadable": "it could not be read",
}


def run(call: Call) -> int:
    """List the backups, or restore one."""
    session = _opened(call)
    assert call.parsed.command is not None
    return _list(call, session) if call.parsed.command.name == "backups" else _restore(call, session)


def _opened(call: Call) -> Session:
    """Open the watchlist in any state: a restore must also work where the file is gone or can't be read."""
    where = call.places()
    session = Session(where.watchlist, call.today, where, origin="cli")
    try:
        session.open()
    except StorageError as error:
        raise Failure(str(error)) from None
    return session


def _backups(session: Session) -> tuple[Backups, list[Backup]]:
    assert session.keeper is not None
    return session.keeper.backups, list(backups_of(session))


def _list(call: Call, session: Session) -> int:
    store, found = _backups(session)
    looked_at = copies(session, store, found)
    if call.parsed.has("json"):
        from cartwatch.views.documents import head

        call.output.json({**head(call.now), "backups": [_document(each) for each in looked_at]})
        return 0
    if not looked_at:
        call.output.tell(f"no backups of {session.path} yet: the first is made when it is first changed")
        return 0
    call.print_table(_TRACKS, [_row(call, session, each) for each in looked_at])
    if session.opened.trouble is not None:
        call.output.tell(f"{session.path} can't be read: {session.opened.trouble}; `cartwatch restore N` restores one")
    return 0


def _row(call: Call, session: Session, copy: Copy) -> list[tuple[Run, ...]]:
    if copy.data is None:
        differs = Run("damaged: choose another", "bad")
    elif copy.differing is None:
        differs = Run("not readable", "bad")
    elif copy.same_text:
        differs = Run("the same", "quiet")
    elif session.opened.trouble is not None:
        differs = Run(f"{counted(copy.differing, 'program')} to bring back", "good")
    elif copy.differing == 0:
        differs = Run("comments or layout only", "quiet")
    else:
        differs = Run(counted(copy.differing, "program"))
    return [
        (Run(str(copy.number), "strong"),),
        (Run(local(copy.backup.at)),),
        (Run(size_words(copy.backup.size), "quiet"),),
        (Run(_WHY.get(copy.backup.label, copy.backup.label), "" if copy.backup.label else "quiet"),),
        (differs,),
    ]


def _document(copy: Copy) -> dict[str, Any]:
    backup = copy.backup
    return {
        "number": copy.number,
        "at": backup.at.isoformat(),
        "size": backup.size,
        "label": backup.label or "save",
        "damaged": copy.data is None,
        "programs_differing": copy.differing,
        "path": backup.path,
    }


def _restore(call: Call, session: Session) -> int:
    store, found = _backups(session)
    if not found:
        raise Failure(f"no backups of {session.path} yet")
    backup = _chosen(session, store, found, call.parsed.words[0])
    try:
        data = store.read(backup)
        document = Document.parse(data)
    except FileNotFoundError:
        raise Failure(f"{backup.path}: it has just been pruned; `cartwatch backups` lists what there is") from None
    except StorageError as error:
        raise Failure(str(error)) from None
    except SyntaxProblem as wrong:
        raise Failure(f"{backup.path}: this backup can't be read either: {wrong}; choose another") from None
    changes = _changes(session, document)
    named = f"the list as saved last, {local(backup.at)}" if backup.label == LAST else f"the backup of {local(backup.at)}"
    words = f"restored {named}"
    if later := left_out(session, backup):
        call.output.tell(f"not in it: {counted(later, 'later change')}, which `cartwatch changes` lists")
    if session.opened.file is not None and session.opened.file.data == data:
        call.output.tell("nothing to restore: that backup is what the file holds now")
        return 0
    if call.parsed.has("dry-run"):
        for each in changes:
            call.output.line(call.look.plainly(each))
        call.output.tell(f"nothing was done: without --dry-run this would restore {named}")
        return 0
    return _brought_back(call, session, data, words, changes)


def _brought_back(call: Call, session: Session, data: bytes, words: str, changes: list[str]) -> int:
    lines = [words, *(f"  {each}" for each in changes)]
    keep_last(session, "restore")
    try:
        if session.opened.state == "unreadable":
            if not session.recover(data, words):
                raise not_saved(session)
            call.output.tell("the file as it was is among the backups")
            for each in lines:
                call.output.line(call.look.plainly(each))
            return 0
        step = session.replace_text(data, words, origin="restore", label="restore")
    except (EditError, StorageError) as wrong:
        raise Failure(f"{session.path}: {wrong}") from None
    status = conclude(call, session, step, lines)
    call.output.tell("`cartwatch undo` reverts it")
    return status


def _chosen(session: Session, store: Backups, found: list[Backup], asked: str) -> Backup:
    """Find the backup of a number; `latest` is the newest readable one that differs from the file."""
    if asked == "latest":
        newest = newest_other(session, store, found)
        if newest is not None:
            return newest
        raise Failure(f"no backup of {session.path} differs from what it holds now")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise UsageError(f'restore needs a number from `cartwatch backups`, or latest, not "{asked}"')
    if not 1 <= int(asked) <= len(found):
        raise UsageError(f"there is no backup {asked}: they are numbered 1 to {len(found)}")
    return found[int(asked) - 1]


def _changes(session: Session, then: Document) -> list[str]:
    """Return the changes that a restore makes, in the words of `diff`."""
    if session.opened.state == "unreadable":
        return [f"{counted(len(then.programs), 'program')} brought back to a file that can't be read"]
    read = read_watchlist(then.head, then.programs, session.today, session.opened.read)
    found: tuple[Change, ...] = difference(session.watchlist, read.watchlist)
    return [each.words for each in found] or ["comments, layout or your own keys, nothing that cartwatch reads"]


def local(moment: datetime) -> str:
    """Format a moment in the viewer's local time."""
    return f"{in_zone(moment):%Y-%m-%d %H:%M:%S}"


def size_words(size: int) -> str:
    """Format a number of bytes: `812 B`, `12 kB`, `1.4 MB`."""
    if size < 1000:
        return f"{size} B"
    for unit, factor in (("kB", 1000), ("MB", 1_000_000)):
        if size < factor * 1000:
            return f"{size / factor:.0f} {unit}" if size >= factor * 10 else f"{size / factor:.1f} {unit}"
    return f"{size / 1e9:.1f} GB"


# ---- each backup compared with what the watchlist is now

_HEADER = "\n[[program]]"


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup: its text, None if damaged; the number of programs that differ from the file, None if it is no TOML."""

    number: int
    backup: Backup
    data: bytes | None
    differing: int | None
    same_text: bool = False


def copies(session: Session, store: Backups, found: Sequence[Backup]) -> list[Copy]:
    """Read backups, newest first, and compare them with the watchlist; equal texts are compared once."""
    known: dict[str, tuple[bytes | None, int | None]] = {}
    now, text = _bytes_now(session), session.document.text
    out = []
    for number, backup in enumerate(found, 1):
        if backup.sha not in known:
            known[backup.sha] = _looked_at(text, store, backup)
        data, differing = known[backup.sha]
        out.append(Copy(number, backup, data, differing, data == now))
    return out


def newest_other(session: Session, store: Backups, found: Sequence[Backup]) -> Backup | None:
    """Return the newest readable backup that differs from the file."""
    now, text = _bytes_now(session), session.document.text
    for backup in found:
        data, differing = _looked_at(text, store, backup)
        if differing is not None and data != now:
            return backup
    return None


def _bytes_now(session: Session) -> bytes | None:
    return session.opened.file.data if session.opened.file is not None else None


def _looked_at(now: str, store: Backups, backup: Backup) -> tuple[bytes | None, int | None]:
    try:
        data = store.read(backup)
    except (FileNotFoundError, StorageError):
        return None, None
    try:
        return data, _differing(now, read_text(data, USER)[0])
    except SyntaxProblem:
        return data, None


def _differing(now: str, then: str) -> int:
    """Count the programs that differ between two texts. Raises SyntaxProblem.

    Only the stretches between headers that are not in both texts are parsed, for speed with fifty backups of a large list;
    where one is not a program by itself, as with a header inside a string, the whole text is parsed.
    """
    (our_head, *ours), (their_head, *theirs) = (f"\n{each}".split(_HEADER) for each in (now, then))
    old = _programs((Counter(ours) - Counter(theirs)).elements())
    new = _programs((Counter(theirs) - Counter(ours)).elements())
    if old is None or new is None or not (_is_head(our_head) and _is_head(their_head)):
        old, new = (list(Document.parse(each.encode()).programs) for each in (now, then))
    pairs = pair_records(Program, old, new)
    return len(old) + len(new) - len(pairs) - sum(same(old[one], new[other]) for one, other in pairs)


def _is_head(text: str) -> bool:
    """Whether a text is TOML without programs, as the text above the first program should be."""
    import tomli

    try:
        return "program" not in tomli.loads(text)
    except (ValueError, RecursionError):
        return False


def _programs(stretches: Iterable[str]) -> list[dict[str, Any]] | None:
    """Parse stretches of a text as programs; None if a stretch is not exactly one program."""
    import tomli

    out = []
    for each in stretches:
        try:
            data = tomli.loads(_HEADER + each)
        except (ValueError, RecursionError):
            return None
        found = data.get("program")
        if len(data) != 1 or type(found) is not list or len(found) != 1:
            return None
        out += found
    return out
