"""The forms in which a watchlist leaves: each by its name, with what it is called and how its bytes are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session

__all__ = ["FORMATS", "Format", "format_of"]

_TITLE = "Cell-therapy watchlist"
_ENDINGS = {"markdown": "md", "htm": "html"}


@dataclass(frozen=True, slots=True)
class Format:
    """A form of export. `options` are the choices it offers, each with the values it takes, the usual one first.

    `write` makes the bytes of some programs of a session as of a moment, with the options chosen.
    """

    name: str
    title: str
    note: str
    write: Callable[[Session, Sequence[Program], datetime, Mapping[str, str]], bytes]
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()


def format_of(path: str) -> str | None:
    """The format that the ending of a file's name asks for."""
    ending = path.lower().rpartition(".")[2]
    name = _ENDINGS.get(ending, ending)
    return name if name in FORMATS else None


def _title(session: Session) -> str:
    return session.watchlist.title or _TITLE


def _toml(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> bytes:
    from .toml import watchlist_text

    places = [place for each in programs if (place := session.watchlist.place(each.key)) is not None]
    return watchlist_text(session.document, places).encode()


def _csv(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> bytes:
    from .csv import table

    records = session.document.programs
    rows = [(each, records[session.watchlist.place(each.key) or 0]) for each in programs]
    return table(rows, now, rows=options.get("rows", "programs")).encode()


def _json(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> bytes:
    import json

    from cartwatch.views.documents import head, program_document

    document = {**head(now), "title": session.watchlist.title, "programs": [program_document(each, now) for each in programs]}
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _ics(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> bytes:
    from .ics import calendar

    return calendar(programs, title=_title(session), windows=options.get("windows", "last"))


def _md(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> bytes:
    from cartwatch.views.look import Look

    from .markdown import report

    return report(programs, Look(now), _title(session)).encode()


def _html(session: Session, programs: Sequence[Program], now: datetime, options: Mapping[str, str]) -> bytes:
    from cartwatch.views.look import Look

    from .html import report

    return report(programs, Look(now), _title(session)).encode()


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("toml", "Watchlist", "TOML: with comments and your own keys, to be imported by others", _toml),
        Format("csv", "Table", "CSV: for a spreadsheet", _csv, (("rows", ("programs", "catalysts")),)),
        Format("json", "Data", "JSON: for other programs, with a schema number", _json),
        Format("ics", "Calendar", "ICS: entries that move with the guidance", _ics, (("windows", ("last", "span", "edges")),)),
        Format("md", "Report", "Markdown: to paste and to forward", _md),
        Format("html", "Printed report", "HTML: one page with the timeline, to print or to mail", _html),
    )
}
