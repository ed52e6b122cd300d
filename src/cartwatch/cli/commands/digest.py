"""`cartwatch digest`: prints a page of Markdown with due, moved and new catalysts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from cartwatch.cli.context import a_day
from cartwatch.domain.dates.moments import in_zone, later_day
from cartwatch.formats.digest import digest
from cartwatch.storage.journal import Journal
from cartwatch.views.journaled import by_line, told
from cartwatch.views.look import Look

if TYPE_CHECKING:
    from datetime import date

    from cartwatch.cli.context import Call
    from cartwatch.domain.watchlist import Watchlist

__all__ = ["run"]


def _changes(call: Call, watchlist: Watchlist, since: date) -> list[str]:
    """Return the changes in the journal since a day, newest first."""
    journal = Journal(call.places().journal)
    start = in_zone(datetime(since.year, since.month, since.day))
    found = by_line(told(journal, watchlist, call.today, start))
    return [f"{in_zone(each.change.at):%Y-%m-%d}: {each.line}" for each in found]


_NEWS = 30  # days


def run(call: Call) -> int:
    """Print the digest with the news of the last 30 days, or since a day."""
    asked = call.parsed.get("since")
    since = a_day(asked, "since") if asked is not None else later_day(call.today, -_NEWS)
    session = call.open()
    title = session.watchlist.title or "Cell-therapy watchlist"
    text = digest(session.watchlist, Look(call.now), since, title, _changes(call, session.watchlist, since))
    call.output.document((text.encode(),))
    call.tell_problems(session)
    return 0
