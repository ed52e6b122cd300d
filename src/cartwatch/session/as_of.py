"""The list as of an earlier day: the days of its facts, and the text that the journal has of that day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.reader import read_watchlist
from cartwatch.domain.as_of import GAPS, as_of
from cartwatch.domain.dates.moments import in_zone
from cartwatch.storage.patch import reversed_text
from cartwatch.storage.reading import sha256

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.session.session import Session
    from cartwatch.storage.journal import Journal

__all__ = ["go_back", "text_on"]


def text_on(journal: Journal, current: bytes, day: date, zone: tzinfo | None) -> bytes | None:
    """Return the text that the list had at the end of a day; None if the journal does not reach back to it."""
    text = current
    for change in journal.trail(sha256(text)):
        if in_zone(change.at, zone).date() <= day:
            return text
        before = reversed_text(change.reverse, text)
        if before is None or sha256(before) != change.base:
            return None
        text = before
    return None


def go_back(session: Session, day: date, zone: tzinfo | None) -> str:
    """Show the list of a session as of the end of a day, and return what cannot be told of it.

    The file is not touched. Only for a session that is not going to be changed.
    """
    then = _list_on(session, day, zone)
    gaps: Counter[str] = Counter()
    known = []
    for program in session.watchlist.programs:
        found, missing = as_of(program, day, then.get(program.key) if then is not None else None)
        gaps += missing
        known.append(found)
    now = session.watchlist
    watchlist = now.with_others(dict(enumerate(known)))
    session.opened = replace(session.opened, read=replace(session.opened.read, watchlist=watchlist))
    told = [f"{gaps[key]} {one if gaps[key] == 1 else many}" for key, (one, many) in GAPS.items() if gaps[key]]
    plain = f"phases and mechanisms are those of {'now' if then is None else 'the list then'}"
    return "; ".join((*told, plain, "trials are those of now"))


def _list_on(session: Session, day: date, zone: tzinfo | None) -> Watchlist | None:
    keeper = session.keeper
    text = text_on(keeper.journal, session.document.raw, day, zone) if keeper is not None else None
    if text is None:
        return None
    try:
        document = Document.parse(text)
    except SyntaxProblem:
        return None
    return read_watchlist(document.head, document.programs, day).watchlist
