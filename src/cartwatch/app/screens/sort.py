"""The sort menu: any column, several keys, either direction; the table follows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cartwatch.app.commands import bindings
from cartwatch.app.display import AGENDA, SortOrder, also, only
from cartwatch.app.screens.dialog import Dialog, MenuLines
from cartwatch.app.widgets.linelist import DrawnLine
from cartwatch.views.columns import COLUMNS
from cartwatch.views.layout import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

__all__ = ["SortMenu"]


class SortMenu(Dialog[None]):
    """Lists the columns; tells the order that is asked for."""

    BINDINGS: ClassVar = bindings("sort")
    contexts: ClassVar[tuple[str, ...]] = ("sort", "dialog")
    title_text = "Sort by"

    def __init__(
        self, order: SortOrder, shown: Sequence[str], ask: Callable[[SortOrder], None], *, ascii_only: bool = False
    ) -> None:
        super().__init__()
        self._order = order
        self._asked = ask
        self._ascii = ascii_only
        sortable = [each for each in COLUMNS if each.key != "mark"]
        # What the table shows comes first, in its order.
        self._columns = sorted(sortable, key=lambda each: shown.index(each.key) if each.key in shown else len(shown))

    def body(self) -> ComposeResult:
        yield MenuLines(id="menu", ascii_only=self._ascii)

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(len(self._columns))
        at = next((at for at, each in enumerate(self._columns) if each.key == self._order[0][0]), 0)
        self.set_focus(self.query_one(MenuLines))
        self.query_one(MenuLines).show(self._lines, entry=at)

    def _lines(self, width: int) -> list[DrawnLine]:
        widest = max(len(each.label) for each in self._columns)
        places = {key: (place, descending) for place, (key, descending) in enumerate(self._order)}
        lines = []
        for at, each in enumerate(self._columns):
            place = places.get(each.key)
            sign = "    "
            if place is not None:
                arrow = ("v" if place[1] else "^") if self._ascii else ("▼" if place[1] else "▲")
                sign = f"{place[0] + 1 if len(places) > 1 else ' '} {arrow} "
            runs = [(sign, "key"), (each.label.ljust(widest + 2), "strong" if place is not None else ""), (each.help, "quiet")]
            lines.append(DrawnLine(tuple(one_line(runs, width)), at))
        return lines

    def _ask(self, order: SortOrder) -> None:
        self._order = order
        menu = self.query_one(MenuLines)
        menu.show(self._lines)
        self._asked(order)

    def on_line_list_activated(self, event: MenuLines.Activated) -> None:
        event.stop()
        self.action_only()

    def action_only(self) -> None:
        at = self.query_one(MenuLines).entry
        if at is not None:
            self._ask(only(self._order, self._columns[at].key))

    def action_also(self) -> None:
        at = self.query_one(MenuLines).entry
        if at is not None:
            self._ask(also(self._order, self._columns[at].key))

    def action_agenda(self) -> None:
        self._ask(AGENDA)
