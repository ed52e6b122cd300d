"""Scrolling list of drawn lines with a cursor on its entries: facts, commands, choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cartwatch.app.widgets.drawn import Ink, Text

__all__ = ["GUTTER", "DrawnLine", "LineList"]

GUTTER = 1  # the cells left of every line, where the cursor's bar stands


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """One drawn line; `owner` is its entry, None for a space or a title."""

    runs: tuple[Text, ...] = ()
    owner: int | None = None


class LineList(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines made for the current width, with a cursor on entries; an entry may have several lines.

    It has no key bindings of its own: the app binds keys to `cursor(n)`, `page(n)`, `half(n)`, `edge(n)` and `activate`.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    LineList {
        background: $surface;
        color: $foreground;
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-color: $scrollbar;
        scrollbar-color-hover: $scrollbar-hover;
        scrollbar-background: $surface;
        scrollbar-background-hover: $surface;
    }
    """
    always_show_cursor: ClassVar[bool] = False

    class Highlighted(Message):
        """The cursor moved to another entry."""

        def __init__(self, lines: LineList, entry: int | None) -> None:
            super().__init__()
            self.lines = lines
            self.entry = entry

        @property
        def control(self) -> LineList:
            return self.lines

    class Activated(Highlighted):
        """An entry was chosen by key or click."""

    def __init__(self, *, id: str | None = None, ascii_only: bool = False) -> None:
        self.ink = Ink(self)
        super().__init__(id=id)
        self.ascii_only = ascii_only
        self._make: Callable[[int], Sequence[DrawnLine]] = lambda width: ()
        self._lines: Sequence[DrawnLine] = ()
        self._made_for = -1
        self._spans: list[tuple[int, int, int]] = []  # (entry, first line, last line)
        self._at = 0  # index in _spans
        self._wanted: int | None = None  # the cursor's entry, until the first layout gives a width
        self._pointed: int | None = None

    # ---- what it shows

    @property
    def entry(self) -> int | None:
        """Entry under the cursor."""
        return self._spans[self._at][0] if self._spans else None

    def show(self, make: Callable[[int], Sequence[DrawnLine]], *, entry: int | None = None, top: bool = False) -> None:
        """Show the lines that `make` returns for a width, with the cursor on `entry` (by default, the current one).

        `top` scrolls to the first line, or to the entry if that is further down.
        """
        self._make = make
        self._made_for = -1
        if entry is not None or self._wanted is None:
            self._wanted = self.entry if entry is None else entry
        self._remake()
        if top:
            self.scroll_to(y=0, animate=False)
        if self._at or not top:
            self._reveal()
        self.refresh()

    def tick(self) -> int:
        """Make the lines again and redraw the changed ones; return their number."""
        before = self._lines
        self._made_for = -1
        self._wanted = self.entry
        self._remake()
        if len(before) != len(self._lines):
            self.refresh()
            return len(self._lines)
        top = self.scroll_offset.y
        changed = [
            y
            for y, (old, new) in enumerate(
                zip(before[top : top + self.size.height], self._lines[top : top + self.size.height], strict=True)
            )
            if old != new
        ]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))
        return len(changed)

    def move_to(self, entry: int) -> None:
        """Move the cursor to an entry."""
        for at, (each, _, _) in enumerate(self._spans):
            if each == entry:
                self._go(at)
                return

    # ---- geometry

    def _remake(self) -> None:
        width = self.scrollable_content_region.width
        if width <= 0:  # out of sight: what stood there before may not be there any more
            self._lines, self._spans, self._at, self._made_for = (), [], 0, -1
            return
        if self._made_for == width:
            return
        self._made_for = width
        self._lines = self._make(max(1, width - GUTTER - 1))
        spans: list[tuple[int, int, int]] = []
        for y, line in enumerate(self._lines):
            if line.owner is None:
                continue
            if spans and spans[-1][0] == line.owner:
                spans[-1] = (line.owner, spans[-1][1], y)
            else:
                spans.append((line.owner, y, y))
        self._spans = spans
        place = next((at for at, (entry, _, _) in enumerate(spans) if entry == self._wanted), None)
        self._wanted = None
        self._at = min(self._at, max(0, len(spans) - 1)) if place is None else place
        self.virtual_size = Size(0, len(self._lines))

    def on_resize(self) -> None:
        if self._wanted is None:
            self._wanted = self.entry
        self._remake()
        self._reveal()
        self.refresh()

    # ---- drawing

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.ink.clear()

    @property
    def _cursor_shown(self) -> bool:
        return self.has_focus or self.always_show_cursor

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        at = y + self.scroll_offset.y
        if at >= len(self._lines):
            return Strip.blank(width, self.ink.style(""))
        line = self._lines[at]
        here = self._cursor_shown and line.owner is not None and line.owner == self.entry
        state = "cursor" if here else "hover" if line.owner is not None and line.owner == self._pointed else ""
        bar = (">" if self.ascii_only else "▌") if here else " "
        segments = [Segment(bar * GUTTER, self.ink.style("bar", state)), *self.ink.segments(line.runs, state)]
        return Strip(segments).crop_extend(0, width, self.ink.style("", state))

    # ---- moving

    def _span(self) -> tuple[int, int]:
        if not self._spans:
            return (0, 0)
        _, first, last = self._spans[self._at]
        return (first, last)

    def _reveal(self) -> None:
        if not self._spans:
            return
        first, last = self._span()
        top, page = self.scroll_offset.y, max(1, self.size.height)
        if self._at == 0 and last < page:
            first = 0  # lines above the first entry are shown with it
        if first < top or last - first >= page:
            self.scroll_to(y=first, animate=False)
        elif last >= top + page:
            self.scroll_to(y=last - page + 1, animate=False)

    def _go(self, at: int) -> None:
        at = max(0, min(at, len(self._spans) - 1))
        if self._spans and at != self._at:
            self._refresh_entry()
            self._at = at
            self._refresh_entry()
            self.post_message(self.Highlighted(self, self.entry))
        self._reveal()

    def _refresh_entry(self) -> None:
        first, last = self._span()
        top = self.scroll_offset.y
        region = Region(0, first - top, self.size.width, last - first + 1).intersection(
            Region(0, 0, self.size.width, self.size.height)
        )
        if region.height:
            self.refresh(region)

    def action_cursor(self, entries: int) -> None:
        """Move the cursor by a number of entries; within an entry longer than the screen, scroll line by line."""
        first, last = self._span()
        top, page = self.scroll_offset.y, self.size.height
        on_screen = top <= last and first < top + page
        longer_below = entries > 0 and on_screen and last >= top + page
        longer_above = entries < 0 and on_screen and first < top
        if not self._spans or longer_below or longer_above:
            self.scroll_to(y=top + entries, animate=False)
            return
        at = self._at + entries
        if at >= len(self._spans):
            self.scroll_end(animate=False)
        elif at < 0:
            self.scroll_home(animate=False)
        else:
            self._go(at)

    def action_page(self, pages: int) -> None:
        self._by_lines(pages * max(1, self.size.height - 1))

    def action_half(self, halves: int) -> None:
        self._by_lines(halves * max(1, self.size.height // 2))

    def _by_lines(self, lines: int) -> None:
        first, _ = self._span()
        top = max(0, min(self.scroll_offset.y + lines, len(self._lines) - self.size.height))
        wanted = first + lines
        self.scroll_to(y=top, animate=False)
        at = next((at for at, (_, _, end) in enumerate(self._spans) if end >= wanted), len(self._spans) - 1)
        if self._spans and at != self._at:
            self._at = at
            self.post_message(self.Highlighted(self, self.entry))
            first, last = self._span()
            if first >= top + self.size.height or last < top:
                self._reveal()
        self.refresh()

    def action_edge(self, end: int) -> None:
        """Move to the first entry (`end` negative) or to the last."""
        self._go(0 if end < 0 else len(self._spans) - 1)
        if end < 0:
            self.scroll_home(animate=False)
        else:
            self.scroll_end(animate=False)

    def action_activate(self) -> None:
        if self.entry is not None:
            self.post_message(self.Activated(self, self.entry))

    # ---- the mouse

    def _entry_at(self, pointer: Offset | None) -> int | None:
        if pointer is None:
            return None
        y = pointer.y + self.scroll_offset.y
        return self._lines[y].owner if 0 <= y < len(self._lines) else None

    def _point(self, entry: int | None) -> None:
        if entry != self._pointed:
            self._pointed = entry
            self.refresh()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._point(self._entry_at(event.get_content_offset(self)))

    def on_leave(self) -> None:
        self._point(None)

    def on_focus(self) -> None:
        self._refresh_entry()

    def on_blur(self) -> None:
        self._refresh_entry()

    def on_click(self, event: events.Click) -> None:
        entry = self._entry_at(event.get_content_offset(self))
        if entry is None:
            return
        again = entry == self.entry
        self.move_to(entry)
        if event.chain == 2 or (again and self.always_show_cursor):
            self.action_activate()
