"""The header line of a table: labels, sort signs, and signs for the columns out of view."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cartwatch.app.widgets.columns import Column, Place, View
from cartwatch.views.cell_layout import cell_len, fit

__all__ = ["SortOrder", "header_runs", "sort_sign", "with_scroll_signs"]

SortOrder = tuple[tuple[str, bool], ...]  # (column key, descending), the first key first

_ORDINALS = "¹²³⁴⁵⁶⁷⁸⁹"


def header_runs(
    columns: Sequence[Column], view: View, sorted_by: SortOrder, pointed: str | None, *, ascii_only: bool
) -> Iterator[tuple[Place, str, str, str]]:
    """Yield (place, text, role, state) for the label of each column on screen."""
    ellipsis = "~" if ascii_only else "…"
    for place in view.places:
        column = columns[place.index]
        sign = sort_sign(column.key, sorted_by, ascii_only=ascii_only)
        label, room = column.label, place.width - cell_len(sign)
        if sign and cell_len(label) < room:
            sign = f" {sign}"
        elif sign:
            label = fit(label, max(0, room), ellipsis=ellipsis).rstrip()
        text = fit(label + sign, place.width, column.align, ellipsis=ellipsis)
        state = "header-hover" if column.key == pointed else "header"
        yield place, text, "sorted" if sign else "header", state


def sort_sign(key: str, sorted_by: SortOrder, *, ascii_only: bool) -> str:
    """An arrow when the table is sorted by *key*, with its place when there are several sort keys."""
    for place, (sorted_key, descending) in enumerate(sorted_by):
        if sorted_key == key:
            arrow = ("v" if descending else "^") if ascii_only else ("▼" if descending else "▲")
            if len(sorted_by) == 1:
                return arrow
            return arrow + (str(place + 1) if ascii_only else _ORDINALS[place : place + 1])
    return ""


def with_scroll_signs(line: Strip, view: View, style: Style, *, ascii_only: bool) -> Strip:
    """Show on the header *line* that there are columns out of view at the left or at the right."""
    before, after = ("<", ">") if ascii_only else ("‹", "›")
    width, at = line.cell_length, max(view.frozen - 1, 0)
    if view.more_left and width > at + 1:
        line = Strip.join([line.crop(0, at), Strip([Segment(before, style)]), line.crop(at + 1)])
    if view.more_right and width > 1:
        line = Strip.join([line.crop(0, width - 1), Strip([Segment(after, style)])])
    return line
