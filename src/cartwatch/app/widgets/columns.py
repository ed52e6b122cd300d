"""Table lines: columns, rows and cells, the layout of columns over the width, and lines drawn as runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cartwatch.app.theme import MATCH
from cartwatch.views.layout import CORE, Align, cells, fit, fit_runs

__all__ = [
    "GUTTER",
    "Cell",
    "Column",
    "Layout",
    "Place",
    "Row",
    "Runs",
    "SortOrder",
    "View",
    "fit_columns",
    "header_runs",
    "landing",
    "look",
    "row_runs",
    "sort_sign",
    "with_scroll_signs",
]

_LEAST_SEEN = 3  # of a column cut by the edge; less would be an ellipsis and no text
GUTTER = 1  # the cells left of the first column, where the cursor's bar stands


class Column(NamedTuple):
    """A column of a table; widths are in terminal cells."""

    key: str
    label: str
    width: int
    align: Align = "left"
    min_width: int | None = None
    """How far it may shrink; None: not below `width`."""
    good_width: int | None = None
    """Other columns are left out before it gets narrower than this; None: than its least."""
    max_width: int | None = None
    """How far it may grow; None: as far as its `flex` takes it."""
    flex: int = 0
    """Its turn where there is width to spare, the highest first; 0: it does not grow."""
    priority: int | None = None
    """None: always there (perhaps out of view at the right). A number: left out of a table too narrow for all columns,
    the lowest number first."""
    whole: bool = False
    """Its texts are never cut: it grows to what the rows on screen hold, and is not shown where it has no room."""

    @property
    def least(self) -> int:
        return self.width if self.min_width is None else min(self.min_width, self.width)


class Cell(NamedTuple):
    """One cell's text. `style` and the roles in `runs` are roles of the theme; "" is plain."""

    text: str
    style: str = ""
    runs: tuple[tuple[str, str], ...] = ()
    """(text, role) pairs drawn instead of `text`, for a cell of several styles. A role may have `theme.MATCH` behind it."""


class Row(NamedTuple):
    """One row: a cell per column, in the order of the table's columns."""

    key: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Position of a column: its index, its first cell and its width in cells."""

    index: int
    start: int
    width: int


class Layout(NamedTuple):
    """All columns side by side from the table's left edge, including those out of view."""

    places: tuple[Place, ...] = ()
    total: int = 0
    """Cells from the left edge to the end of the last column and the gap after it."""
    left_out: int = 0
    """Number of columns that did not fit."""


class View(NamedTuple):
    """The visible part of a layout; a column cut by an edge is narrowed, so that its text ends in an ellipsis."""

    places: tuple[Place, ...] = ()
    frozen: int = 0
    """The cells at the left that do not scroll."""
    more_left: bool = False
    more_right: bool = False


def fit_columns(columns: Sequence[Column], width: int) -> Layout:
    """Share *width* cells among *columns*.

    Optional columns are left out, lowest priority first (of equals, the rightmost): the extra ones until the rest has its
    usual width, the others until the rest has its good width. Columns are two cells apart if that shrinks no column, else
    one. Spare width goes to flexible columns in their turn, each to its full width before the next; missing width is taken
    from columns that may shrink, in proportion to what they can give. If the rest still does not fit, `total` is greater than
    *width*.
    """
    shown = list(range(len(columns)))
    while droppable := [i for i in shown if columns[i].priority is not None]:
        last = min(droppable, key=lambda i: (columns[i].priority, -i))
        if GUTTER + sum(_wish(columns[i], columns[last]) + 1 for i in shown) <= width:
            break
        shown.remove(last)
    wanted = sum(columns[i].width for i in shown)
    gap = 2 if GUTTER + wanted + 2 * len(shown) <= width else 1
    spare = width - GUTTER - wanted - gap * len(shown)
    widths = {i: columns[i].width for i in shown}
    if spare > 0:
        _grow(columns, widths, spare)
    elif spare < 0:
        _shrink(columns, widths, -spare)
    places, at = [], GUTTER
    for i in shown:
        places.append(Place(i, at, widths[i]))
        at += widths[i] + gap
    return Layout(tuple(places), at, len(columns) - len(shown))


def _wish(column: Column, last: Column) -> int:
    """Return the width that a column should have for *last*, the first to be left out, to stay."""
    if last.priority is not None and last.priority < CORE:
        return column.width
    return column.least if column is last else column.good_width or column.least


def look(layout: Layout, width: int, scrolled: int, fixed: int, whole: Collection[int] = ()) -> View:
    """Compute the part of *layout* that *width* cells show, scrolled by *scrolled* cells except for the first *fixed* columns.

    The columns *whole* are shown in full or not at all. Nothing is frozen where that would take more than two thirds of the
    width, or leave no room for one of those.
    """
    scrolling = next((place for place in layout.places if place.index >= fixed), None)
    frozen = layout.total if scrolling is None else scrolling.start
    widest = max((place.width for place in layout.places if place.index in whole), default=0)
    if frozen * 3 > width * 2 or frozen + widest > width:
        frozen = 0
    places: list[Place] = []
    more_left, more_right = False, layout.left_out > 0
    for place in layout.places:
        stays = place.start < frozen
        start = place.start - (0 if stays else scrolled)
        first, end = (start if stays else max(start, frozen)), min(start + place.width, width)
        more_left = more_left or first > start
        more_right = more_right or end < start + place.width
        enough = place.width if place.index in whole else min(place.width, _LEAST_SEEN)
        if end - first >= enough or (not places and end > first):
            places.append(Place(place.index, first, end - first))
    return View(tuple(places), frozen, more_left, more_right)


def _grow(columns: Sequence[Column], widths: dict[int, int], spare: int) -> None:
    for i in sorted((i for i in widths if columns[i].flex > 0), key=lambda i: -columns[i].flex):
        limit = columns[i].max_width
        more = spare if limit is None else min(spare, max(0, limit - widths[i]))
        widths[i] += more
        spare -= more


def _shrink(columns: Sequence[Column], widths: dict[int, int], missing: int) -> None:
    room = {i: widths[i] - columns[i].least for i in widths}
    total = sum(room.values())
    missing = min(missing, total)
    for i, can_give in room.items():
        if total:
            give = -(-missing * can_give // total)  # rounded up, so that the shares never fall short
            widths[i] -= min(give, missing)
            missing -= min(give, missing)
            total -= can_give


SortOrder = tuple[tuple[str, bool], ...]  # (column key, descending), the first key first
Runs = list[tuple[str, str]]  # (text, role), side by side


def row_runs(row: Row, columns: Sequence[Column], view: View, width: int, *, ascii_only: bool) -> Runs:
    """Return the text of *row* from the gutter to *width*, in as few runs as possible: each costs bytes."""
    ellipsis = "~" if ascii_only else "…"
    runs: Runs = []
    at = GUTTER
    for place in view.places:
        cell, align = row.cells[place.index], columns[place.index].align
        # The gap before a styled cell goes with the cell before it; before a plain one it is part of that one.
        _append(runs, " " * (place.start - at), runs[-1][1].removesuffix(MATCH) if runs and cell.style else "")
        if columns[place.index].whole and cells(cell.text) > place.width:  # half a number is another number
            _append(runs, fit(ellipsis, place.width, align), cell.style)
        elif cell.runs:
            for text, role in fit_runs(cell.runs, place.width, align, ellipsis=ellipsis):
                _append(runs, text, role)
        else:
            _append(runs, fit(cell.text, place.width, align, ellipsis=ellipsis), cell.style)
        at = place.start + place.width
    _append(runs, " " * (width - at), "")
    return runs


def _append(runs: Runs, text: str, role: str) -> None:
    """Append *text*, joined to the previous run if the role is the same."""
    if runs and runs[-1][1] == role:
        runs[-1] = (runs[-1][0] + text, role)
    elif text:
        runs.append((text, role))


def landing(old: Sequence[str], at: int, new: Sequence[str], key: str | None) -> int:
    """Find the cursor's row in *new*: *key*, else its nearest old neighbour that is left, later ones first."""
    if key is None:
        return 0
    try:
        return new.index(key)
    except ValueError:
        pass
    if not (at < len(old) and old[at] == key):
        return 0
    left = set(new)
    for neighbour in [*old[at + 1 :], *reversed(old[:at])]:
        if neighbour in left:
            return new.index(neighbour)
    return 0


_ORDINALS = "¹²³⁴⁵⁶⁷⁸⁹"


def header_runs(
    columns: Sequence[Column], view: View, sorted_by: SortOrder, pointed: str | None, *, ascii_only: bool
) -> Iterator[tuple[Place, str, str, str]]:
    """Yield (place, text, role, state) for the label of each column on screen."""
    ellipsis = "~" if ascii_only else "…"
    for place in view.places:
        column = columns[place.index]
        sign = sort_sign(column.key, sorted_by, ascii_only=ascii_only)
        label, room = column.label, place.width - cells(sign)
        if sign and cells(label) < room:
            sign = f" {sign}"
        elif sign:
            label = fit(label, max(0, room), ellipsis=ellipsis).rstrip()
        text = fit(label + sign, place.width, column.align, ellipsis=ellipsis)
        state = "header hover" if column.key == pointed else "header"
        yield place, text, "sorted" if sign else "" if state == "header hover" else "column", state


def sort_sign(key: str, sorted_by: SortOrder, *, ascii_only: bool) -> str:
    """Return an arrow if the table is sorted by *key*, with its position among several sort keys."""
    for place, (sorted_key, descending) in enumerate(sorted_by):
        if sorted_key == key:
            arrow = ("v" if descending else "^") if ascii_only else ("▼" if descending else "▲")
            if len(sorted_by) == 1:
                return arrow
            return arrow + (str(place + 1) if ascii_only else _ORDINALS[place : place + 1])
    return ""


def with_scroll_signs(line: Strip, view: View, style: Style, *, ascii_only: bool) -> Strip:
    """Mark on the header *line* that there are columns out of view at the left or right."""
    before, after = ("<", ">") if ascii_only else ("‹", "›")
    width, at = line.cell_length, max(view.frozen - 1, 0)
    if view.more_left and width > at + 1:
        line = Strip.join([line.crop(0, at), Strip([Segment(before, style)]), line.crop(at + 1)])
    if view.more_right and width > 1:
        line = Strip.join([line.crop(0, width - 1), Strip([Segment(after, style)])])
    return line
