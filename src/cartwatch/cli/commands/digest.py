"""`cartwatch digest`: a page of Markdown on what is due, what has moved and what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.cli.context import a_day
from cartwatch.domain.dates.saturating import later_day
from cartwatch.formats.digest import digest
from cartwatch.views.look import Look

if TYPE_CHECKING:
    from cartwatch.cli.context import Call

__all__ = ["run"]

_NEWS = 30  # days


def run(call: Call) -> int:
    """Print the digest; the news are those of the last 30 days, or since a day."""
    asked = call.parsed.get("since")
    since = a_day(asked, "since") if asked is not None else later_day(call.today, -_NEWS)
    session = call.open()
    text = digest(session.watchlist, Look(call.now), since, session.watchlist.title or "Cell-therapy watchlist")
    call.output.document(text.encode())
    call.tell_problems(session)
    return 0
