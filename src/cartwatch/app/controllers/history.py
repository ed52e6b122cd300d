"""History controller: changes since the last visit, and of the fact under the cursor."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cartwatch.app.editing.targets import behind, cited_place
from cartwatch.domain.dates.moments import in_zone
from cartwatch.views.catalysts import sourced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from cartwatch.views.journaled import Told
    from cartwatch.views.layout import Runs

    from .host import Host

__all__ = ["History"]

_OWN = ("app", "undo", "restore")  # origins of changes made in this app by the user


class History:
    """Counts and lists the changes in the journal."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._told: dict[str, list[Told]] | None = None
        self._read: tuple[int, int] | None = None  # the journal's time and size when it was read for the pane
        self._unread = (0, 0)  # unread changes made elsewhere; of these, critical ones from the registry

    def look_for_news(self) -> None:
        """Look in a thread for changes made elsewhere since the user last marked them as read."""
        places, since = self._host.session.places, self._host.display_state.visited
        try:
            news = places is not None and since is not None and os.stat(places.journal).st_mtime > since.timestamp()
        except OSError:
            news = False
        if news:
            self._host.in_thread(self._count_unread, "unread")

    def _count_unread(self) -> None:
        from cartwatch.storage.journal import Journal
        from cartwatch.views.journaled import by_line, told

        session, since = self._host.session, self._host.display_state.visited
        assert session.places is not None
        found = told(Journal(session.places.journal), session.watchlist, self._host.look.today, since)
        elsewhere = [each for each in by_line(found) if each.change.origin not in _OWN]
        self._host.later(self._counted, len(elsewhere), sum(each.level == "critical" for each in elsewhere))

    def _counted(self, count: int, critical: int) -> None:
        self._unread = (count, critical)
        self._host.show_lines()

    def runs(self) -> Runs:
        """Return the number of unread changes, for the title line."""
        count, critical = self._unread
        if not count:
            return []
        told = f"{count} new, {critical} critical" if critical else f"{count} new"
        return [("   ", ""), (f"{told}: {self._host.key_of('changes')}", "overdue" if critical else "soon")]

    # ---- the pane

    def of(self, key: str) -> Sequence[Told] | None:
        """Return the changes of a program in the journal, last first; None while they are not read yet."""
        if self._told is not None:
            return self._told.get(key, ())
        return () if self._host.session.places is None else None

    def attend(self) -> None:
        """Read the journal in a thread where its pane is shown and it has grown."""
        places = self._host.session.places
        if places is None or self._host.pane != "history":
            return
        try:
            found = os.stat(places.journal)
            now = (found.st_mtime_ns, found.st_size)
        except OSError:
            now = (0, 0)
        if now != self._read:
            self._read = now
            self._host.in_thread(self._read_journal, "history")

    def _read_journal(self) -> None:
        from cartwatch.storage.journal import Journal
        from cartwatch.views.journaled import told

        session = self._host.session
        assert session.places is not None
        found: dict[str, list[Told]] = {}
        for each in told(Journal(session.places.journal), session.watchlist, self._host.look.today):
            found.setdefault(each.program, []).append(each)
        self._host.later(self._came, found)

    def _came(self, found: dict[str, list[Told]]) -> None:
        self._told = found
        self._host.look_again()

    # ---- the lists

    async def changes(self) -> None:
        """List the changes since the user last marked them as read."""
        display = self._host.display_state
        since, moment = display.visited, self._host.now()

        def read() -> None:
            display.visited = moment
            self._counted(0, 0)
            self._host.say(f"Marked as read: {self._host.key_of('changes')} lists what changes from now on")

        title = f"Changes since {in_zone(since, moment.tzinfo):%Y-%m-%d %H:%M}" if since is not None else "Changes"
        none = f"No changes since then: {self._host.key_of('refresh')} in the list asks the registry for news"
        await self._list(title, since, None, None, none, read)

    async def fact(self) -> None:
        """List the changes of the fact under the cursor, of its record, or of the program."""
        program, path = self._host.program, self._host.here
        assert program is not None
        title = f"History of {program.label}" + (f": {path}" if path else "")
        place = cited_place(path) if path else None
        source = behind(program, place) if place is not None else None
        runs = sourced(self._host.look, source) if source is not None and source.cites else ()
        about = [("Source  ", "quiet"), *((each.text, each.role) for each in runs)] if runs else []
        none = "No changes are known: edits, imports and refreshes are listed here"
        await self._list(title, None, program.key, path, none, None, about)

    async def _list(
        self,
        title: str,
        since: datetime | None,
        key: str | None,
        path: str | None,
        none: str,
        read: Callable[[], None] | None,
        about: Runs | None = None,
    ) -> None:
        from cartwatch.app.screens.changes import Changes
        from cartwatch.domain.text import clean

        session, look = self._host.session, self._host.look
        places, watchlist = session.places, session.watchlist

        def load() -> list[Told]:
            from cartwatch.storage.journal import Journal
            from cartwatch.views.journaled import by_line, history, told

            found = told(Journal(places.journal), watchlist, look.today, since) if places is not None else ()
            if key is None:
                return by_line(found)
            program = watchlist.get(key)
            mine = [each for each in found if each.program == key]
            listed = history(mine, program, look.today) if program is not None else by_line(mine)
            return [each for each in listed if _of(each.path, path)]

        def chosen(where: tuple[str, str] | None) -> None:
            if where is not None:
                self._go_to(*where)

        await self._host.ask(Changes(clean(title, limit=120), load, look, none=none, about=about or [], read=read), chosen)

    def _go_to(self, key: str, path: str) -> None:
        """Move to the program, and to the fact if it still exists."""
        if self._host.session.watchlist.get(key) is None:
            self._host.say("That program is not in the list any more" if key else "That change was of the whole file")
            return
        self._host.reveal(key)
        if path:
            self._host.go_to(path)


def _of(path: str, wanted: str | None) -> bool:
    """Whether a changed path is a fact's own, inside it, or around it; an earlier guidance is of the guidance too."""
    if ".move." in path and wanted is not None and wanted.endswith(".when"):
        return path.startswith(f"{wanted.removesuffix('.when')}.move.")
    return wanted is None or not path or path == wanted or path.startswith(f"{wanted}.") or wanted.startswith(f"{path}.")
