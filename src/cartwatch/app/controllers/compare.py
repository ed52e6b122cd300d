"""Compare controller: opens the comparison of the marked programs, the slips of the list, and the reference cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.views.lines import Pane

    from .host import Host

__all__ = ["Compare"]


class Compare:
    """Opens the pages that set programs, guidance and grades beside each other."""

    def __init__(self, host: Host) -> None:
        self._host = host

    async def compare(self) -> None:
        """Compare the marked programs, or those shown where none is marked."""
        from cartwatch.app.screens.page import PageDialog
        from cartwatch.views.comparison import compare
        from cartwatch.views.comparison_page import comparison_pages

        watchlist, look = self._host.session.watchlist, self._host.look
        keys = self._host.marked or self._host.shown
        found = compare([program for key in keys if (program := watchlist.get(key)) is not None])
        names = clean(", ".join(each.label for each in found.programs), limit=120)

        def make(width: int) -> Sequence[Pane]:
            return comparison_pages(found, look, width)

        await self._host.ask(PageDialog(f"Comparison of {names}", make, copied=f"the comparison of {names}"), lambda _: None)

    async def slips(self) -> None:
        """Show how guidance moved, by sponsor and program; Enter goes to the catalyst."""
        from cartwatch.app.screens.page import PageDialog
        from cartwatch.views.lines import Pane
        from cartwatch.views.slips import slips_lines

        found = slips_lines(self._host.session.watchlist.programs, self._host.look)
        lines = tuple(line for _, line in found)
        places = [(program.key, line.path) if program is not None and line.path else None for program, line in found]

        def chosen(where: tuple[str, str] | None) -> None:
            if where is not None:
                self._host.reveal(where[0])
                self._host.go_to(where[1])

        page = PageDialog(
            "Slips", lambda width: [Pane("slips", "How guidance moved", lines)], copied="the slips", places=places
        )
        await self._host.ask(page, chosen)

    async def reference(self) -> None:
        """Show the reference cards."""
        from cartwatch.app.screens.page import PageDialog
        from cartwatch.views.reference import CARDS, reference_pages

        look = self._host.look
        page = PageDialog(
            "Reference, not advice", lambda width: reference_pages(CARDS, look, width), copied="the reference cards"
        )
        await self._host.ask(page, lambda _: None)
