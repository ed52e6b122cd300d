"""Timeline widget: draws the rows in view of a timeline, with a cursor on its catalysts; scrolls in time and by rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.message import Message
from textual.strip import Strip

from cartwatch.app.commands import bindings
from cartwatch.app.widgets.drawn import Drawn
from cartwatch.views.drawing import paint
from cartwatch.views.time_axis import ZOOMS, TimeSpan, span_of
from cartwatch.views.timeline import BY, arrange, drawing, entries, in_view, widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from cartwatch.domain.program import Program
    from cartwatch.views.drawing import Drawing
    from cartwatch.views.layout import Runs
    from cartwatch.views.look import Look
    from cartwatch.views.timeline import TimelineItem, TimelineItems, TimelineRow

__all__ = ["TimelineView"]

_USUAL = 12  # months
_GUTTER = 1  # cells left of every row, where the cursor's bar stands


class TimelineView(Drawn, can_focus=True, inherit_bindings=False):
    """Draws what is in view alone, whatever the number of catalysts. It posts `Moved` when the cursor or the view changes."""

    BINDINGS: ClassVar = bindings("list", "timeline")
    DEFAULT_CSS = """
    TimelineView { height: 1fr; background: $surface; color: $foreground; }
    """

    class Moved(Message):
        """The cursor is on another catalyst, or other days are in view."""

    class Activated(Message):
        """A catalyst was chosen."""

    def __init__(self, programs: Sequence[Program], look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.look = look
        self.found: TimelineItems = entries(programs, look)
        self.months, self.by, self.moves = _USUAL, BY[0], False
        self.span: TimeSpan = span_of(look.today, self.months)
        self.before = self.after = 0
        self.drawn: Drawing | None = None
        self._arranged: tuple[object, list[TimelineRow]] = (None, [])
        self._rows: list[TimelineRow] = []
        self._places: list[tuple[int, TimelineItem]] = []  # the row of each catalyst in view, in the order of the cursor
        self._at = 0
        self._top = 0
        self._lines: list[tuple[Runs, str]] = []

    @property
    def entry(self) -> TimelineItem | None:
        """The catalyst under the cursor."""
        return self._places[self._at][1] if self._places else None

    @property
    def place(self) -> tuple[int, int]:
        """Which of the catalysts in view the cursor is on, from 1, and how many there are."""
        return (self._at + 1 if self._places else 0), len(self._places)

    # ---- what is drawn

    def on_mount(self) -> None:
        self.show()

    def on_resize(self) -> None:
        self.show()

    def show(self) -> None:
        """Draw again: the rows of the days in view, the cursor on its catalyst or on the nearest that is left."""
        width, height = self.size
        if not width or not height:
            return
        room = widths(width - _GUTTER, self.by)
        how = (self.span.days, room, self.by, self.moves)
        if self._arranged[0] != how:
            self._arranged = (how, arrange(self.found, self.span, room, by=self.by, moves=self.moves))
        self._rows, self.before, self.after = in_view(self._arranged[1], self.span)
        before = self.entry
        low, high = self.span.scale
        self._places = [
            (at, each)
            for at, row in enumerate(self._rows)
            if row.move is None
            for each in row.entries
            if each.last > low and each.first < high
        ]
        if before is not None:
            same = (at for at, (_, each) in enumerate(self._places) if each is before)
            self._at = next(same, min(self._at, max(len(self._places) - 1, 0)))
        self._reveal()

    def _reveal(self) -> None:
        """Scroll to the row of the cursor, and draw."""
        width, height = self.size
        room = widths(width - _GUTTER, self.by)
        page = max(height - 2, 1)
        row = self._places[self._at][0] if self._places else 0
        last = row
        while last + 1 < len(self._rows) and self._rows[last + 1].move is not None and last - row < page - 1:
            last += 1  # the earlier guidance of the catalyst under the cursor
        self._top = max(min(self._top, row, len(self._rows) - page), last - page + 1, 0)
        rows = self._rows[self._top : self._top + page]
        self.drawn = drawing(rows, self.span, self.look, room, by=self.by, cursor=self.entry)
        lines = paint(self.drawn, track=room.track, left=room.left, right=room.right, ascii=self.look.ascii)
        head = len(lines) - len(rows)
        states = [""] * head + [lane.state for lane in self.drawn.rows]
        self._lines = [([], "")] * (2 - head) + list(zip(lines, states, strict=True))
        self.refresh()
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        runs, state = self._lines[y] if y < len(self._lines) else ([], "")
        bar = (">" if self.look.ascii else "▌") if state else " "
        segments = [Segment(bar * _GUTTER, self.ink.style("bar", state)), *self.ink.segments(runs, state)]
        return Strip(segments).crop_extend(0, width, self.ink.style("", state))

    # ---- moving

    def go_to(self, key: str) -> None:
        """Move the cursor to the first catalyst in view of a program."""
        self._go(next((at for at, (_, each) in enumerate(self._places) if each.item.program.key == key), self._at))

    def _go(self, at: int) -> None:
        at = max(0, min(at, len(self._places) - 1))
        if at != self._at and self._places:
            self._at = at
            self._reveal()

    def action_cursor(self, entries: int) -> None:
        self._go(self._at + entries)

    def action_page(self, pages: int) -> None:
        self._go(self._at + pages * max(1, self.size.height - 3))

    def action_half(self, halves: int) -> None:
        self._go(self._at + halves * max(1, self.size.height // 2))

    def action_edge(self, end: int) -> None:
        """Move to the first catalyst (`end` negative) or to the last."""
        self._go(0 if end < 0 else len(self._places) - 1)

    def action_activate(self) -> None:
        if self.entry is not None:
            self.post_message(self.Activated())

    def action_scroll(self, eighths: int) -> None:
        """Scroll in time by eighths of the days in view."""
        self._look_at(self.span.moved(eighths * max(self.span.days // 8, 1)))

    def action_zoom(self, steps: int) -> None:
        """Show less time (`steps` negative) or more; today stays where it is if it is in view, else the middle."""
        at = ZOOMS.index(self.months) + steps
        if 0 <= at < len(ZOOMS):
            self.months = ZOOMS[at]
            today = self.look.today.toordinal()
            kept = today if self.span.scale.holds(today) else self.span.first + self.span.days // 2
            self._look_at(self.span.zoomed(self.months, kept))

    def action_today(self) -> None:
        """Go back to today."""
        self._look_at(span_of(self.look.today, self.months))

    def action_by(self) -> None:
        """Give each catalyst a row, or each program."""
        self.by = BY[1 - BY.index(self.by)]
        self.show()

    def action_moves(self) -> None:
        """Show every earlier guidance in a row of its own, or on the row of its catalyst alone."""
        self.moves, self.by = not self.moves, BY[0]
        self.show()

    def _look_at(self, span: TimeSpan) -> None:
        if span != self.span:
            self.span = span
            self.show()

    # ---- the mouse

    def on_click(self, event: events.Click) -> None:
        place = event.get_content_offset(self)
        row = self._top + place.y - 2 if place is not None else -1
        at = next((at for at, (each, _) in enumerate(self._places) if each == row), None)
        if at is None:
            return
        again = at == self._at
        self._go(at)
        if event.chain == 2 or again:
            self.action_activate()

    def on_mouse_scroll_down(self) -> None:
        self.action_cursor(3)

    def on_mouse_scroll_up(self) -> None:
        self.action_cursor(-3)
