"""Timeline screen: the windows of the shown programs over time, and the facts of the catalyst under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cartwatch.app.screens.dialog import Dialog
from cartwatch.app.widgets.drawn import RunLine
from cartwatch.app.widgets.linelist import LineList
from cartwatch.app.widgets.panelayout import lay_out
from cartwatch.app.widgets.timeline import TimelineView
from cartwatch.domain.dates.format import iso
from cartwatch.domain.difference import below
from cartwatch.views.catalysts import about
from cartwatch.views.lines import Line, Run
from cartwatch.views.timeline import kinds, left_out, legend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from cartwatch.app.widgets.linelist import DrawnLine
    from cartwatch.domain.program import Program
    from cartwatch.views.look import Look

__all__ = ["TimelineScreen"]


class TimelineScreen(Dialog["tuple[str, str]"]):
    """Returns the program and the path of the chosen catalyst; `program` is where the cursor begins."""

    CSS_PATH: ClassVar = ["dialog.tcss", "timeline.tcss"]  # type: ignore[assignment]  # Textual takes a list too
    contexts: ClassVar[tuple[str, ...]] = ("timeline", "dialog")

    def __init__(self, programs: Sequence[Program], look: Look, program: Program | None) -> None:
        super().__init__("Timeline")
        self._look = look
        self._begin = program
        self._view = TimelineView(programs, look, id="timeline")
        self._facts = LineList(id="facts", ascii_only=look.ascii)
        self._facts.can_focus = False  # its text is read, and follows the cursor of the timeline

    def body(self) -> ComposeResult:
        yield self._view
        yield RunLine(id="missing")
        yield RunLine(id="legend")
        yield self._facts

    def on_mount(self) -> None:
        super().on_mount()
        self.set_focus(self._view)
        if self._begin is not None:
            self.call_after_refresh(self._view.go_to, self._begin.key)

    def on_timeline_view_moved(self) -> None:
        view, look = self._view, self._look
        first, last = (iso(each) for each in view.span.dates)
        at, count = view.place
        title = [("Timeline", "title"), ("   ", ""), (look.plainly(f"{first} – {last}"), "strong"), ("   ", "")]
        self.query_one("#dialog-title", RunLine).show(*title, (f"{at} of {count} catalysts, by {view.by}", "quiet"))
        rest = left_out(view.found, view.before, view.after)
        self.query_one("#missing", RunLine).show((rest or "Every catalyst is drawn", "quiet"))
        if view.drawn is not None:
            self.query_one("#legend", RunLine).show(*legend(look, kinds(view.drawn), self.size.width - 2))
        self._facts.show(self._lines, top=True)

    def _lines(self, width: int) -> list[DrawnLine]:
        entry = self._view.entry
        if entry is None:
            return lay_out([Line((Run("No catalyst in these days", "quiet"),))], width)
        item = entry.item
        first, *rest = about(item.program, self._look, item)
        rest.sort(key=_urgency)
        head = first._replace(runs=(Run(item.program.label, "title"), Run("  "), *first.runs))
        return lay_out([head, *rest], width)

    def on_timeline_view_activated(self) -> None:
        entry = self._view.entry
        if entry is not None:
            path = below("catalyst", entry.item.catalyst.key)
            self.dismiss((entry.item.program.key, f"{path}.{'when' if entry.item.waiting else 'outcome'}"))


def _urgency(line: Line) -> int:
    """Sort the lines of a catalyst for few lines of room: its window first, then how it moved."""
    path = line.path or ""
    return 0 if path.endswith((".when", ".outcome")) else 1 if ".move." in path else 2
