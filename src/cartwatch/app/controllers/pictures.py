"""Pictures controller: the timeline of the programs in the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .host import Host

__all__ = ["Pictures"]


class Pictures:
    """Opens the pictures, and goes to what is chosen in them."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def timeline(self) -> None:
        """Show the timeline of the programs in the table, in its order, with the cursor on the program of the table's."""
        from cartwatch.app.screens.timeline import TimelineScreen

        host = self._host
        watchlist = host.session.watchlist
        programs = [program for key in host.shown if (program := watchlist.get(key)) is not None]
        await host.ask(TimelineScreen(programs, host.look, host.program), self._go_to)

    def _go_to(self, where: tuple[str, str] | None) -> None:
        if where is not None and self._host.session.watchlist.get(where[0]) is not None:
            self._host.reveal(where[0])
            self._host.go_to(where[1])
