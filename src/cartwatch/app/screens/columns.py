"""The column chooser: which columns the table shows, and in which order; the table follows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cartwatch.app.commands import bindings
from cartwatch.app.display import FIXED
from cartwatch.app.screens.dialog import Dialog, MenuLines
from cartwatch.app.widgets.linelist import DrawnLine
from cartwatch.views.columns import COLUMNS, DEFAULT, column
from cartwatch.views.layout import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

__all__ = ["ColumnChooser"]


class ColumnChooser(Dialog[None]):
    """Lists the columns, those shown first; tells the columns that are asked for."""

    BINDINGS: ClassVar = bindings("columns")
    contexts: ClassVar[tuple[str, ...]] = ("columns", "dialog")
    title_text = "Columns"

    def __init__(self, shown: Sequence[str], ask: Callable[[tuple[str, ...]], None], *, ascii_only: bool = False) -> None:
        super().__init__()
        self._asked = ask
        self._ascii = ascii_only
        self._arrange(shown)

    def _arrange(self, shown: Sequence[str]) -> None:
        self._shown = [each for each in shown if each not in FIXED]
        others = [each.key for each in COLUMNS if each.shown and each.key not in shown and each.key not in FIXED]
        self._all = [*self._shown, *others]

    def body(self) -> ComposeResult:
        yield MenuLines(id="menu", ascii_only=self._ascii)

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
            sign = ("x" if self._ascii else "✓") if shown else " "
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
