"""A table of immutable rows that draws only what is on screen, straight from a sequence of keys."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cartwatch.app.widgets.columns import (
    GUTTER,
    Cell,
    Column,
    Layout,
    Row,
    Runs,
    SortOrder,
    View,
    fit_columns,
    header_runs,
    landing,
    look,
    row_runs,
    with_scroll_signs,
)
from cartwatch.app.widgets.drawn import Ink
from cartwatch.domain.text import clean
from cartwatch.views.layout import cells

__all__ = ["Cell", "Column", "Row", "RowFactory", "SortOrder", "WatchTable", "fit_columns"]

RowFactory = Callable[[str], Row]

_HEADER = 1  # lines above the rows
_BARS = {"cursor": "bar", "resting": "resting bar"}  # the role of the cursor's bar
_ROWS_KEPT = 512  # drawn rows held in memory, several screens
_SIGN = 3  # cells of the sign after the label of a column that is sorted by


class WatchTable(ScrollView, can_focus=True, inherit_bindings=False):
    """A table with a row cursor that stays on its key.

    It has no key bindings of its own: the app binds keys to `cursor(n)`, `page(n)`, `half(n)`, `edge(n)`, `sideways(n)`
    and `activate`. Cells name their style by a role of the theme; an unknown role is plain.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    WatchTable {
        background: $surface;
        color: $foreground;
        height: 1fr;
        overflow-x: auto;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        scrollbar-color: $scrollbar;
        scrollbar-color-hover: $scrollbar-hover;
        scrollbar-background: $surface;
        scrollbar-background-hover: $surface;
    }
    """

    sorted_by: reactive[SortOrder] = reactive((), repaint=False)
    """The sort keys to show in the header."""
    ascii_only: reactive[bool] = reactive(False, init=False)
    """Draw the table's own signs (cursor, arrows, ellipsis) in ASCII."""
    empty: reactive[str | Content] = reactive("")
    """Text shown, centred, if there are no rows."""

    class Highlighted(Message):
        """The cursor is on another key, whatever moved it (None: there are no rows)."""

        def __init__(self, table: WatchTable, key: str | None) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> WatchTable:
            return self.table

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, WatchTable.Highlighted) and message.table is self.table

    class Activated(Message):
        """A row was opened by Enter or a double click."""

        def __init__(self, table: WatchTable, key: str) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> WatchTable:
            return self.table

    class HeaderClicked(Message):
        """A column's header was clicked; `shift` asks to add the column to the sort keys."""

        def __init__(self, table: WatchTable, key: str, shift: bool) -> None:
            super().__init__()
            self.table = table
            self.key = key
            self.shift = shift

        @property
        def control(self) -> WatchTable:
            return self.table

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        fixed: int = 1,
        ticking: Iterable[str] = (),
        empty: str | Content = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """*ticking* names the columns whose cells change with the clock."""
        self._ink = Ink(self)
        super().__init__(name=name, id=id, classes=classes)
        self.ticking = frozenset(ticking)
        self._columns = tuple(columns)
        self._fixed = fixed
        self._layout = Layout()
        self._view = View()
        self._width = 0
        self._keys: Sequence[str] = ()
        self._row_for: RowFactory = _no_rows
        self._drawn: OrderedDict[str, tuple[Row, Runs | None]] = OrderedDict()  # what is None is to be fitted anew
        self._needed: dict[int, int] = {}  # the widest cell seen of each column
        self._sized = False  # whether the columns have the room that the rows on screen need
        self._index = 0
        self._announced: str | None = None
        self._marked: frozenset[str] = frozenset()
        self._pointer: Offset | None = None
        self.set_reactive(WatchTable.empty, empty)

    # ---- what it shows

    @property
    def cursor_key(self) -> str | None:
        """Key of the row under the cursor; None if there are no rows."""
        return self._keys[self._index] if self._keys else None

    @property
    def keys(self) -> Sequence[str]:
        """Keys of all rows, in order."""
        return self._keys

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._columns

    @property
    def visible_keys(self) -> Sequence[str]:
        """Keys of the visible rows."""
        top = self.scroll_offset.y
        return self._keys[top : top + self._page]

    @property
    def marked(self) -> frozenset[str]:
        """Marked rows; the row factory draws the mark, and setting this redraws the changed rows."""
        return self._marked

    @marked.setter
    def marked(self, keys: frozenset[str]) -> None:
        changed = self._marked ^ keys
        self._marked = keys
        if changed:
            self.invalidate(changed)

    def set_columns(self, columns: Sequence[Column], *, fixed: int = 1) -> None:
        """Show *columns*, the first *fixed* of them always in view. The row factory must return a cell for each."""
        self._columns = tuple(columns)
        self._fixed = fixed
        self._drawn.clear()
        self._needed.clear()
        self._sized = False
        self._measure()
        self._make_room()
        self.refresh()

    def set_rows(self, keys: Sequence[str], row_for: RowFactory, *, keep: str | None = None) -> None:
        """Show the rows *keys*, in this order; *row_for* is called only for rows that come on screen.

        The cursor goes to *keep*, by default stays on its key, and keeps its line on screen where it can. When that key is
        gone, the cursor goes to the nearest row after it that still exists, else before it. Do not change *keys* afterwards.
        """
        line = self._index - self.scroll_offset.y
        self._index = landing(self._keys, self._index, keys, self.cursor_key if keep is None else keep)
        self._keys = keys
        self._row_for = row_for
        self._drawn.clear()
        self._measure()
        if 0 <= line < self._page:
            self.scroll_to(y=self._index - line, animate=False)
        self._reveal()
        self._make_room()
        self.refresh()
        self._announce()

    def invalidate(self, keys: Iterable[str] | None = None) -> None:
        """Call the row factory again for *keys* (None: for all) when they are next drawn."""
        if keys is None:
            self._drawn.clear()
            self._make_room()
            self.refresh()
            return
        changed = set(keys)
        for key in changed:
            self._drawn.pop(key, None)
        self._make_room()
        for line, key in enumerate(self.visible_keys, _HEADER):
            if key in changed:
                self._refresh_line(line)

    def move_to(self, key: str) -> bool:
        """Move the cursor to *key*; return False if there is no such row."""
        try:
            index = self._keys.index(key)
        except ValueError:
            return False
        self._go(index)
        return True

    def tick(self) -> int:
        """Redraw the visible ticking cells whose text or style changed; return the number of lines."""
        places = [place for place in self._view.places if self._columns[place.index].key in self.ticking]
        if not places:
            return 0
        before, self._drawn = self._drawn, OrderedDict()  # rows off screen are made again when they come back
        dirty: list[Region] = []
        lines = 0
        for line, key in enumerate(self.visible_keys, _HEADER):
            held = before.get(key)
            if held is None:
                continue
            row = self._row_for(key)
            changed = [place for place in places if row.cells[place.index] != held[0].cells[place.index]]
            self._drawn[key] = (row, self._fit_row(row)) if changed else held
            dirty += [Region(place.start, line, place.width, 1) for place in changed]
            lines += bool(changed)
        if dirty:
            self.refresh(*dirty)
        return lines

    # ---- geometry

    @property
    def _page(self) -> int:
        return max(0, self.size.height - _HEADER)

    def _measure(self) -> None:
        # The scroll bar is always there, so that a filter does not lay the screen out anew.
        self._width = width = max(0, self.size.width - self.styles.scrollbar_size_vertical)
        columns = [self._roomy(each, self._needed.get(at)) for at, each in enumerate(self._columns)]
        self._layout = layout = fit_columns(columns, width)
        # A table that fits says width 0, so that a resize does not ask for one more layout of the screen.
        self.virtual_size = Size(layout.total if layout.total > width else 0, len(self._keys) + _HEADER)
        self._look()

    def _roomy(self, column: Column, needed: int | None) -> Column:
        """Give a column the width that its label and its widest cell so far need, within its own bounds."""
        if needed is None:
            return column
        needed = max(needed, cells(column.label) + _SIGN)
        if column.whole:
            return column._replace(width=needed, min_width=needed, max_width=needed)
        most = needed if column.max_width is None else min(needed, column.max_width)
        width = min(column.width, most)
        good = column.good_width and min(column.good_width, most)
        return column._replace(width=width, min_width=min(column.least, width), max_width=most, good_width=good)

    def _look(self) -> None:
        whole = {at for at, each in enumerate(self._columns) if each.whole}
        view = look(self._layout, self._width, self.scroll_offset.x, self._fixed, whole)
        if view != self._view:
            self._view = view
            for key, (row, _) in self._drawn.items():
                self._drawn[key] = (row, None)
            self.refresh()

    def _make_room(self) -> None:
        """Widen the columns that are never cut to what the rows on screen hold; they do not shrink again."""
        for key in self.visible_keys:
            self._row_of(key)
        if not self._sized and self._keys:
            self._sized = self._page > 0
            self._measure()

    def _take_size(self, row: Row) -> None:
        """Note the room that a row needs; a column that is never cut gets it at once, the others with the next layout."""
        for at, (cell, column) in enumerate(zip(row.cells, self._columns, strict=False)):
            width = cells(clean(cell.text))
            if width > self._needed.get(at, 0):
                self._needed[at] = width
                self._sized = self._sized and not column.whole

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._make_room()

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        self._look()
        super().watch_scroll_x(old_value, new_value)

    def on_resize(self) -> None:
        self._sized = False
        self._measure()
        self._reveal()
        self._make_room()

    # ---- drawing

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._ink.clear()

    @property
    def _cursor_state(self) -> str:
        return "cursor" if self.has_focus else "resting"

    def render_line(self, y: int) -> Strip:
        width = self._width
        if y < _HEADER:
            return self._render_header(width)
        index = y - _HEADER + self.scroll_offset.y
        if index >= len(self._keys):
            blank = Strip.blank(width, self._ink.style(""))
            return blank if self._keys else self._render_empty(y - _HEADER, width, blank)
        if width <= GUTTER:
            return Strip.blank(width, self._ink.style("", self._cursor_state if index == self._index else ""))
        here = index == self._index
        state = self._cursor_state if here else "hover" if y == (self._pointer or Offset()).y else ""
        bar = " " if not here else ">" if self.ascii_only else "▌"
        segments = [Segment(bar * GUTTER, self._ink.style(_BARS.get(state, ""), state))]
        segments += self._ink.segments(self._runs_of(self._keys[index]), state)
        return Strip(segments, width)

    def _row_of(self, key: str) -> Row:
        held = self._drawn.get(key)
        if held is None:
            held = self._drawn[key] = (self._row_for(key), None)
            self._take_size(held[0])
            if len(self._drawn) > _ROWS_KEPT:
                self._drawn.popitem(last=False)
        return held[0]

    def _runs_of(self, key: str) -> Runs:
        row = self._row_of(key)
        runs = self._drawn[key][1]
        if runs is None:
            runs = self._fit_row(row)
            self._drawn[key] = (row, runs)
        return runs

    def _fit_row(self, row: Row) -> Runs:
        return row_runs(row, self._columns, self._view, self._width, ascii_only=self.ascii_only)

    def _render_header(self, width: int) -> Strip:
        plain = self._ink.style("column", "header")
        segments, at = [], 0
        pointed = self._header_at(self._pointer)
        for place, text, role, state in header_runs(
            self._columns, self._view, self.sorted_by, pointed, ascii_only=self.ascii_only
        ):
            segments.append(Segment(" " * (place.start - at), plain))
            segments.append(Segment(text, self._ink.style(role, state)))
            at = place.start + place.width
        line = Strip(segments).crop_extend(0, width, plain)
        return with_scroll_signs(line, self._view, plain, ascii_only=self.ascii_only)

    def _render_empty(self, line: int, width: int, blank: Strip) -> Strip:
        text = self.empty if isinstance(self.empty, Content) else Content(clean(self.empty, lines=True))
        wrapped = text.wrap(max(1, width - 4)) if text else []
        at = line - max(0, (self._page - len(wrapped)) // 2)
        if not 0 <= at < len(wrapped):
            return blank
        style = self._ink.style("quiet")
        words = clean(wrapped[at].plain)
        return Strip([Segment(" " * ((width - cells(words)) // 2) + words, style)]).crop_extend(0, width, style)

    # ---- moving

    def _refresh_line(self, y: int) -> None:
        if _HEADER <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _go(self, index: int) -> None:
        index = max(0, min(index, len(self._keys) - 1))
        if index != self._index:
            top = self.scroll_offset.y
            self._refresh_line(self._index - top + _HEADER)
            self._index = index
            self._refresh_line(index - top + _HEADER)
        self._reveal()
        self._announce()

    def _reveal(self) -> None:
        top, page = self.scroll_offset.y, max(1, self._page)
        if self._index < top:
            self.scroll_to(y=self._index, animate=False)
        elif self._index >= top + page:
            self.scroll_to(y=self._index - page + 1, animate=False)

    def _announce(self) -> None:
        if self.has_focus:  # where screen readers and magnifiers look
            self.app.cursor_position = self.content_region.offset + Offset(0, self._index - self.scroll_offset.y + _HEADER)
        if self.cursor_key != self._announced:
            self._announced = self.cursor_key
            self.post_message(self.Highlighted(self, self.cursor_key))

    def watch_sorted_by(self) -> None:
        self.refresh(Region(0, 0, self.size.width, _HEADER))

    def watch_ascii_only(self) -> None:
        self.invalidate()

    def action_cursor(self, rows: int) -> None:
        """Move the cursor by *rows*."""
        self._go(self._index + rows)

    def action_page(self, pages: int) -> None:
        self._go(self._index + pages * max(1, self._page))

    def action_half(self, halves: int) -> None:
        self._go(self._index + halves * max(1, self._page // 2))

    def action_edge(self, end: int) -> None:
        """Move to the first row (*end* negative) or to the last."""
        self._go(0 if end < 0 else len(self._keys) - 1)

    @property
    def left_out(self) -> int:
        """Number of columns that the table is too narrow to show."""
        return self._layout.left_out

    def action_sideways(self, columns: int) -> None:
        """Scroll sideways by *columns* columns."""
        frozen = self._view.frozen
        edge = frozen or GUTTER
        stops = [place.start - edge for place in self._layout.places if place.start >= edge]
        x = self.scroll_offset.x
        ahead = [stop for stop in stops if stop > x] if columns > 0 else [stop for stop in reversed(stops) if stop < x]
        if ahead:
            self.scroll_to(x=ahead[min(abs(columns), len(ahead)) - 1], animate=False)

    def action_activate(self) -> None:
        if self.cursor_key is not None:
            self.post_message(self.Activated(self, self.cursor_key))

    # ---- the mouse

    def _header_at(self, pointer: Offset | None) -> str | None:
        if pointer is None or not 0 <= pointer.y < _HEADER:
            return None
        for place in self._view.places:
            if place.start <= pointer.x <= place.start + place.width:
                return self._columns[place.index].key
        return None

    def _point(self, pointer: Offset | None) -> None:
        before, self._pointer = self._pointer, pointer
        if self._header_at(before) != self._header_at(pointer):
            self.refresh(Region(0, 0, self.size.width, _HEADER))
        if (before and before.y) != (pointer and pointer.y):
            for place in (before, pointer):
                if place is not None:
                    self._refresh_line(place.y)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        self._point(event.get_content_offset(self))

    def on_leave(self) -> None:
        self._point(None)

    def on_focus(self) -> None:
        self._announce()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        header = self._header_at(at)
        index = at.y - _HEADER + self.scroll_offset.y
        if header is not None:
            self.post_message(self.HeaderClicked(self, header, event.shift or event.ctrl))
        elif at.y >= _HEADER and index < len(self._keys):
            self._go(index)
            if event.chain == 2:
                self.action_activate()


def _no_rows(key: str) -> Row:
    raise LookupError(f"the table has no row {key!r}")
