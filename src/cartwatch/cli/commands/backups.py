"""`cartwatch backups` and `cartwatch restore`: the copies that are kept, what differs in them, and the way back to one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.commit import conclude, not_saved
from cartwatch.cli.output import Failure
from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.edits import EditError
from cartwatch.document.reader import read_watchlist
from cartwatch.domain.dates.saturating import in_zone
from cartwatch.domain.difference import difference
from cartwatch.session.session import Session
from cartwatch.storage.backups import Backups
from cartwatch.storage.errors import StorageError
from cartwatch.views.layout import Track
from cartwatch.views.lines import Run

from .backup_lines import Copy, copies, newest_other

if TYPE_CHECKING:
    from datetime import datetime

    from cartwatch.cli.context import Call
    from cartwatch.domain.difference import Change
    from cartwatch.storage.backups import Backup

__all__ = ["counted", "local", "run", "size_words"]

_TRACKS = (
    Track("#", 2, 2, right=True),
    Track("Made", 19, 19),
    Track("Size", 7, 7, right=True),
    Track("Why", 6, 11),
    Track("Differs from now", 16, 28),
)
_WHY = {
    "": "before a save",
    "delete": "before a program was deleted",
    "import": "before an import",
    "migration": "before a migration",
    "restore": "before a restore",
    "unreadable": "it could not be read",
}


def run(call: Call) -> int:
    """List the backups, or bring one back."""
    session = _opened(call)
    assert call.parsed.command is not None
    return _list(call, session) if call.parsed.command.name == "backups" else _restore(call, session)


def _opened(call: Call) -> Session:
    """The watchlist in whatever state it is: a restore is wanted most where the file is gone or can't be read."""
    where = call.places()
    session = Session(where.watchlist, call.today, where, origin="cli")
    try:
        session.open()
    except StorageError as error:
        raise Failure(str(error)) from None
    return session


def _backups(session: Session) -> tuple[Backups, list[Backup]]:
    assert session.places is not None
    store = Backups(session.places.backups_dir)
    return store, list(store.newest_first(_now()))


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)


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
    words = f"restored the backup of {local(backup.at)}"
    if session.opened.file is not None and session.opened.file.data == data:
        call.output.tell("nothing to restore: that backup is what the file holds now")
        return 0
    if call.parsed.has("dry-run"):
        for each in changes:
            call.output.line(call.look.plainly(each))
        call.output.tell(f"nothing was done: without --dry-run this would restore the backup of {local(backup.at)}")
        return 0
    return _brought_back(call, session, data, words, changes)


def _brought_back(call: Call, session: Session, data: bytes, words: str, changes: list[str]) -> int:
    lines = [words, *(f"  {each}" for each in changes)]
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
    call.output.tell("`cartwatch undo` takes it back")
    return status


def _chosen(session: Session, store: Backups, found: list[Backup], asked: str) -> Backup:
    """The backup of that number; `latest` is the newest that can be read and is not what the file holds now."""
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
    """What a restore would change, in the words of `diff`."""
    if session.opened.state == "unreadable":
        return [f"{counted(len(then.programs), 'program')} brought back to a file that can't be read"]
    read = read_watchlist(then.head, then.programs, session.today, session.opened.read)
    found: tuple[Change, ...] = difference(session.watchlist, read.watchlist)
    return [each.words for each in found] or ["comments, layout or your own keys, nothing that cartwatch reads"]


def local(moment: datetime) -> str:
    """A moment as the clock of the person shows it."""
    return f"{in_zone(moment):%Y-%m-%d %H:%M:%S}"


def size_words(size: int) -> str:
    """A number of bytes: `812 B`, `12 kB`, `1.4 MB`."""
    if size < 1000:
        return f"{size} B"
    for unit, factor in (("kB", 1000), ("MB", 1_000_000)):
        if size < factor * 1000:
            return f"{size / factor:.0f} {unit}" if size >= factor * 10 else f"{size / factor:.1f} {unit}"
    return f"{size / 1e9:.1f} GB"


def counted(number: int, word: str) -> str:
    """`1 program`, `2 programs`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
