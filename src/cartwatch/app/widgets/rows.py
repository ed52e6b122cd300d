"""Drawing of table lines: a row and the header as runs, and the place of the cursor after a change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cartwatch.app.theme import MATCH
from cartwatch.app.widgets.columns import GUTTER, Column, Place, Row, View
from cartwatch.views.layout import cells, fit, fit_runs

__all__ = ["Runs", "SortOrder", "header_runs", "landing", "row_runs", "sort_sign", "with_scroll_signs"]

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
