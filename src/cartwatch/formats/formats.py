"""Export formats by name, and exports to disk: written whole or not at all, over another file only on request."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace as with_changes
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cartwatch.storage.backups import Backups
from cartwatch.storage.errors import StorageError, words
from cartwatch.storage.reading import read_file
from cartwatch.storage.writing import create_temporary, discard, replace, sync_directory, sync_file, write_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session
    from cartwatch.storage.places import Places

__all__ = ["FORMATS", "ExportError", "Format", "format_of", "write_export"]

_MODE = 0o600  # notes and positions are private: sharing them is an explicit choice
_AT_ONCE = 1 << 16  # characters
_TITLE = "Cell-therapy watchlist"
_ENDINGS = {"markdown": "md", "htm": "html"}


@dataclass(frozen=True, slots=True)
class Format:
    """An export format. `options` are its choices, each with its values, the usual one first; `binary` is no text.

    `write` returns the pieces of a file: some programs of a session as of a moment, with the chosen options.
    """

    name: str
    title: str
    note: str
    write: Callable[[Session, Sequence[Program], datetime, Mapping[str, str]], Iterable[bytes]]
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()
    binary: bool = False


def format_of(path: str) -> str | None:
    """Return the format for the extension of a file name."""
    ending = path.lower().rpartition(".")[2]
    name = _ENDINGS.get(ending, ending)
    return name if name in FORMATS else None


def _title(session: Session) -> str:
    return session.watchlist.title or _TITLE


def _toml(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> Iterable[bytes]:
    from .toml import watchlist_text

    places = [place for each in programs if (place := session.watchlist.place(each.key)) is not None]
    return (watchlist_text(session.document, places).encode(),)


def _csv(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> Iterable[bytes]:
    from .csv import table

    records = session.document.programs
    rows = [(each, records[session.watchlist.place(each.key) or 0]) for each in programs]
    text = table(rows, now, rows=options.get("rows", "programs"))
    return (text.encode("utf-8-sig"),)  # without the mark a spreadsheet takes it for cp1252


def _xlsx(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> Iterable[bytes]:
    from cartwatch.domain.vocabulary import fold

    from .xlsx.write import WorkbookMissing, workbook

    records = session.document.programs
    rows = [(each, records[session.watchlist.place(each.key) or 0]) for each in programs]
    try:
        named = {fold(each.sponsor) for each in programs if each.sponsor}
        sponsors = [each for each in session.watchlist.sponsors if each.name and fold(each.name) in named]
        return (workbook(rows, now, _title(session), sponsors),)
    except WorkbookMissing as missing:
        raise ExportError(str(missing)) from None


def _json(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> Iterable[bytes]:
    from .json import document

    return (document(programs, now, session.watchlist.title).encode(),)


def _ics(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> Iterable[bytes]:
    from .ics import Exported, calendar

    known = Exported(session.places.exported if session.places is not None else None)
    return (calendar(programs, title=_title(session), windows=options.get("windows", "last"), exported=known, now=now),)


def _md(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> Iterable[bytes]:
    from cartwatch.views.look import Look

    from .markdown import report

    return (report(programs, Look(now), _title(session)).encode(),)


def _html(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> Iterable[bytes]:
    from cartwatch.views.look import Look

    from .html import report

    return _gathered(report(programs, Look(now), _title(session)))


def _gathered(texts: Iterable[str]) -> Iterator[bytes]:
    """Encode and join small texts, so that each write is worth its call."""
    waiting: list[str] = []
    size = 0
    for each in texts:
        waiting.append(each)
        size += len(each)
        if size >= _AT_ONCE:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("toml", "Watchlist", "TOML: with comments and your own keys, to be imported by others", _toml),
        Format("csv", "Table", "CSV: for a spreadsheet", _csv, (("rows", ("programs", "catalysts")),)),
        Format("xlsx", "Workbook", "Excel: one sheet a kind of record, with dates, numbers and links", _xlsx, binary=True),
        Format("json", "Data", "JSON: for other applications, with a schema number", _json),
        Format("ics", "Calendar", "ICS: entries that move with the guidance", _ics, (("windows", ("last", "span", "edges")),)),
        Format("md", "Report", "Markdown: to paste and to forward", _md),
        Format("html", "Page", "HTML: one page with pictures and sources, to forward or to print", _html),
    )
}


class ExportError(Exception):
    """The file was not written; the message is one line with reason and remedy."""


def write_export(path: str, pieces: Iterable[bytes], *, force: bool = False, own: Places | None = None) -> None:
    """Write a file (0600) atomically. An existing one is replaced only with `force`, and then keeps its mode.

    `own` are the places of the open watchlist, which is never overwritten: that would be a change without lock, journal and
    backup. Another watchlist that cartwatch has changed goes to its backups first. Raises ExportError.
    """
    if own is not None and _same(path, own.watchlist):
        raise ExportError(f"{path}: not written, it is the watchlist itself; choose another name")
    try:
        found = os.stat(path)
    except FileNotFoundError:
        found = None
    except (OSError, ValueError) as error:
        raise ExportError(f"{path}: not written, {words(error) if isinstance(error, OSError) else error}") from None
    if found is not None:
        if not stat.S_ISREG(found.st_mode):
            raise ExportError(f"{path}: not written, it is not an ordinary file")
        if not force:
            raise ExportError(f"{path}: already exists; --force replaces it")
        if own is not None:
            _back_up(path, own)
    target = os.path.realpath(path) if found is not None else path
    try:
        _write(target, pieces, stat.S_IMODE(found.st_mode) if found is not None else _MODE, replacing=found is not None)
    except FileExistsError:
        raise ExportError(f"{path}: already exists; --force replaces it") from None
    except OSError as error:
        raise ExportError(f"{path}: not written, {words(error)}") from None


def _same(path: str, watchlist: str) -> bool:
    """Whether both paths lead to one file, even if it does not exist yet."""
    with suppress(OSError, ValueError):
        return os.path.samefile(path, watchlist)
    with suppress(OSError, ValueError):
        return os.path.realpath(path) == os.path.realpath(watchlist)
    return False


def _back_up(path: str, own: Places) -> None:
    """Keep a backup of a file that is a watchlist with a journal of its own."""
    theirs = with_changes(own, watchlist=path, named=True)
    if not os.path.exists(theirs.journal):
        return
    try:
        Backups(theirs.backups_dir).add(read_file(path).data, datetime.now(UTC), "export")
    except (OSError, StorageError) as error:
        raise ExportError(f"{path}: not written, it is a watchlist and could not be backed up ({error})") from None


def _write(target: str, pieces: Iterable[bytes], mode: int, *, replacing: bool) -> None:
    directory = os.path.dirname(target) or "."
    descriptor, temporary = create_temporary(directory)
    try:
        try:
            for each in pieces:
                write_all(descriptor, each)
            sync_file(descriptor)
        finally:
            os.close(descriptor)
        os.chmod(temporary, mode)
        if replacing or not _linked(temporary, target):
            replace(temporary, target)
    finally:
        discard(temporary)
    sync_directory(directory)


def _linked(temporary: str, target: str) -> bool:
    """Name the file without replacing another one created meanwhile; False if the file system has no links."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        return False
    return True
