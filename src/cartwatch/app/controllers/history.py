"""What has changed, and where to look it up: since the last visit, and of the fact under the cursor."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from .exchange import Exchanging

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cartwatch.app.commands import Command
    from cartwatch.views.journaled import Told
    from cartwatch.views.layout import Runs

__all__ = ["Tracking", "Unread"]

_OWN = ("app", "undo", "restore")  # ways of a change that the person at the keyboard made


class Unread(Message):
    """How many changes, made elsewhere, nobody has marked as read; of them so many critical in the registry."""

    def __init__(self, count: int, critical: int) -> None:
        super().__init__()
        self.count = count
        self.critical = critical


class Tracking(Exchanging):
    """A screen with a list whose changes can be looked up."""

    _unread = (0, 0)

    def look_for_news(self) -> None:
        """See, beside the app, whether anything was changed elsewhere since it was last marked as read."""
        places, since = self.session.places, self.display_state.visited
        try:
            news = places is not None and since is not None and os.stat(places.journal).st_mtime > since.timestamp()
        except OSError:
            news = False
        if news:
            self._count_unread()

    @work(thread=True, exclusive=True, group="unread")
    def _count_unread(self) -> None:
        from cartwatch.storage.journal import Journal
        from cartwatch.views.journaled import by_line, told

        assert self.session.places is not None
        found = told(Journal(self.session.places.journal), self.session.watchlist, self.look.today, self.display_state.visited)
        elsewhere = [each for each in by_line(found) if each.change.origin not in _OWN]
        self.post_message(Unread(len(elsewhere), sum(each.level == "critical" for each in elsewhere)))

    def on_unread(self, event: Unread) -> None:
        event.stop()
        self._unread = (event.count, event.critical)
        self.show_lines()

    def with_status(self, left: Runs, right: list[Runs]) -> tuple[Runs, list[Runs]]:
        count, critical = self._unread
        if count:
            told = f"{count} new, {critical} critical" if critical else f"{count} new"
            words = f"{told}: {self.key_of('changes')}"
            left = [*left, ("   ", ""), (words, "overdue" if critical else "soon")]
        return super().with_status(left, right)

    def why_not(self, each: Command) -> str | None:
        found = super().why_not(each)
        if found is None and each.needs in ("journal", "history"):
            if self.session.places is None:
                return "no journal is kept of the sample"
            if each.needs == "history" and self.program is None:
                return "no program is shown"
        return found

    async def action_changes(self) -> None:
        """What has changed since it was last marked as read."""
        if not self.allowed("changes"):
            return
        since = self.display_state.visited
        moment = self._clock()

        def read() -> None:
            self.display_state.visited = moment
            self._unread = (0, 0)
            self.show_lines()
            self.say(f"marked as read: {self.key_of('changes')} lists what changes from now on")

        title = f"Changes since {since.astimezone(moment.tzinfo):%Y-%m-%d %H:%M}" if since is not None else "Changes"
        await self._show_changes(title, since, None, None, "nothing has changed since then", read)

    async def action_fact_history(self) -> None:
        """What has changed of the fact under the cursor, of its record, or of the program."""
        if not self.allowed("fact_history") or self.program is None:
            return
        path = self.here
        title = f"History of {self.program.label}" + (f": {path}" if path else "")
        await self._show_changes(title, None, self.program.key, path, "the journal has no change of it", None)

    async def _show_changes(
        self, title: str, since: datetime | None, key: str | None, path: str | None, none: str, read: Callable[[], None] | None
    ) -> None:
        from cartwatch.app.screens.changes import Changes
        from cartwatch.domain.text import clean

        places, watchlist, today = self.session.places, self.session.watchlist, self.look.today

        def load() -> list[Told]:
            from cartwatch.storage.journal import Journal
            from cartwatch.views.journaled import by_line, told

            if places is None:
                return []
            found = by_line(told(Journal(places.journal), watchlist, today, since))
            return [each for each in found if key is None or (each.program == key and _of(each.path, path))]

        def chosen(where: tuple[str, str] | None) -> None:
            if where is not None:
                self._go_to_change(*where)

        await self.app.push_screen(Changes(clean(title, limit=120), load, self.look, none=none, read=read), chosen)

    def _go_to_change(self, key: str, path: str) -> None:
        """Show the program, and the fact where it is still there."""
        if self.session.watchlist.get(key) is None:
            self.say("that program is not in the list any more" if key else "that change was of the whole file")
            return
        if not self.programs.move_to(key):
            self.set_query("")
            self.programs.move_to(key)
        if path:
            self.go_to(path)


def _of(path: str, wanted: str | None) -> bool:
    """Whether a change at a path is one of a fact, of what stands in it or of what it stands in."""
    return wanted is None or not path or path == wanted or path.startswith(f"{wanted}.") or wanted.startswith(f"{path}.")
