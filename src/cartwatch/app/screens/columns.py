"""Column chooser and sort menu; the table follows each key at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cartwatch.app.commands import bindings
from cartwatch.app.display import AGENDA, FIXED, SortOrder, also, only
from cartwatch.app.screens.dialog import Dialog, MenuLines
from cartwatch.app.widgets.linelist import DrawnLine
from cartwatch.views.columns import DEFAULT, column, columns
from cartwatch.views.layout import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

__all__ = ["ColumnChooser", "SortMenu"]


class ColumnChooser(Dialog[None]):
    """Lists the columns, shown ones first; reports the chosen columns at each key."""

    BINDINGS: ClassVar = bindings("columns")
    contexts: ClassVar[tuple[str, ...]] = ("columns", "dialog")

    def __init__(self, shown: Sequence[str], ask: Callable[[tuple[str, ...]], None]) -> None:
        super().__init__("Columns")
        self._asked = ask
        self._arrange(shown)

    def _arrange(self, shown: Sequence[str]) -> None:
        self._shown = [each for each in shown if each not in FIXED]
        others = [each.key for each in columns() if each.shown and each.key not in shown and each.key not in FIXED]
        self._all = [*self._shown, *others]

    def body(self) -> ComposeResult:
        yield MenuLines(id="menu", ascii_only=self.ascii_only)

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(len(self._all))
        self.set_focus(self.query_one(MenuLines))
        self.query_one(MenuLines).show(self._lines, entry=0)

    def _lines(self, width: int) -> list[DrawnLine]:
        widest = max(len(column(each).label) for each in self._all)
        lines = []
        for at, key in enumerate(self._all):
            spec, shown = column(key), key in self._shown
            sign = ("x" if self.ascii_only else "✓") if shown else " "
            runs = [
                (f" {sign}  ", "key"),
                (spec.label.ljust(widest + 2), "strong" if shown else "quiet"),
                (spec.help, "quiet"),
            ]
            lines.append(DrawnLine(tuple(one_line(runs, width)), at))
        return lines

    def _redraw(self, at: int) -> None:
        self.query_one(MenuLines).show(self._lines, entry=at)
        self._asked((*FIXED, *self._shown))

    def on_line_list_activated(self, event: MenuLines.Activated) -> None:
        event.stop()
        self.action_show_or_hide()

    def action_show_or_hide(self) -> None:
        at = self.query_one(MenuLines).entry
        if at is None:
            return
        key = self._all[at]
        if key in self._shown:
            self._shown.remove(key)
        else:
            self._shown = [each for each in self._all if each in self._shown or each == key]
        self._redraw(at)

    def action_shift(self, places: int) -> None:
        at = self.query_one(MenuLines).entry
        if at is None or not 0 <= at + places < len(self._all):
            return
        self._all.insert(at + places, self._all.pop(at))
        self._shown = [each for each in self._all if each in self._shown]
        self._redraw(at + places)

    def action_usual(self) -> None:
        self._arrange(DEFAULT)
        self._redraw(0)


class SortMenu(Dialog[None]):
    """Lists the columns; reports the chosen sort order, or the column to group by, at each key."""

    BINDINGS: ClassVar = bindings("sort")
    contexts: ClassVar[tuple[str, ...]] = ("sort", "dialog")

    def __init__(
        self,
        order: SortOrder,
        shown: Sequence[str],
        ask: Callable[[SortOrder], None],
        group: str,
        group_by: Callable[[str], None],
    ) -> None:
        super().__init__("Sort by")
        self._order = order
        self._asked = ask
        self._group = group
        self._group_by = group_by
        sortable = [each for each in columns() if each.key != "mark"]
        # Shown columns come first, in table order.
        self._columns = sorted(sortable, key=lambda each: shown.index(each.key) if each.key in shown else len(shown))

    def body(self) -> ComposeResult:
        yield MenuLines(id="menu", ascii_only=self.ascii_only)

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
                arrow = ("v" if place[1] else "^") if self.ascii_only else ("▼" if place[1] else "▲")
                sign = f"{place[0] + 1 if len(places) > 1 else ' '} {arrow} "
            here = each.key == self._group
            runs = [
                (sign, "key"),
                (each.label.ljust(widest + 2), "strong" if place is not None or here else ""),
                ("grouped by this  " if here else "", "key"),
                (each.help, "quiet"),
            ]
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

    def action_group(self) -> None:
        menu = self.query_one(MenuLines)
        if menu.entry is not None:
            key = self._columns[menu.entry].key
            self._group = "" if key == self._group else key
            self._group_by(key)
            menu.show(self._lines)

    def action_agenda(self) -> None:
        self._ask(AGENDA)
