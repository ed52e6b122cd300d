"""Opens a watchlist for a command that only shows it: from the values kept in the cache directory, else from its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.session.session import Session
    from cartwatch.storage.places import Places

__all__ = ["Listing", "kept_listing", "listing_of"]


class Listing:
    """A watchlist to be shown, without its text: no command changes it.

    `problems` counts those of the file by their level. `later` keeps the values for the next command, where that is wanted.
    """

    def __init__(
        self,
        places: Places,
        watchlist: Watchlist,
        problems: Mapping[str, int],
        state: str = "ok",
        later: Callable[[], object] | None = None,
    ) -> None:
        self.places = places
        self.path = places.watchlist
        self.watchlist = watchlist
        self.problems = problems
        self.state = state
        self.later = later


def kept_listing(places: Places, today: date) -> Listing | None:
    """Return the watchlist from the kept values, None if its text must be read."""
    import os

    from cartwatch.storage.errors import StorageError

    try:
        if not os.path.exists(os.path.join(places.cache_dir, "lists")):
            return None
    except StorageError:  # no home, and no safe directory in its place
        return None
    from cartwatch.storage.parsed_list import kept_list

    kept = kept_list(places, today)
    return Listing(places, kept.watchlist, kept.problems) if kept is not None else None


def listing_of(session: Session, places: Places) -> Listing:
    """Return the watchlist of a session that was opened from the text."""
    problems: dict[str, int] = {}
    for each in session.problems:
        problems[each.level] = problems.get(each.level, 0) + 1
    listing = Listing(places, session.watchlist, problems, session.opened.state)
    file = session.opened.file
    if file is not None and session.opened.state == "ok" and not session.from_older:
        today = session.today

        def keep() -> None:
            from cartwatch.storage.parsed_list import keep_list

            keep_list(places, file, today, listing.watchlist, problems)

        listing.later = keep
    return listing
