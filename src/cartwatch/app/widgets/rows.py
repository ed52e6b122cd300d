"""Rows on their way to the screen: which one the cursor lands on, and the text of one as runs of a style."""

from __future__ import annotations

from collections.abc import Sequence

from cartwatch.app.widgets.columns import GUTTER, Column, Row, View
from cartwatch.app.widgets.roles import MATCH
from cartwatch.views.cell_layout import fit, fit_runs

__all__ = ["Runs", "landing", "row_runs"]

Runs = list[tuple[str, str]]  # (text, role), side by side


def row_runs(row: Row, columns: Sequence[Column], view: View, width: int, *, ascii_only: bool) -> Runs:
    """Return the text of *row* from behind the gutter to *width*, in as few runs as can be: each costs bytes."""
    ellipsis = "~" if ascii_only else "…"
    runs: Runs = []
    at = GUTTER
    for place in view.places:
        cell, align = row.cells[place.index], columns[place.index].align
        # The gap before a styled cell goes with the cell before it; before a plain one it is part of that one.
        _append(runs, " " * (place.start - at), runs[-1][1].removesuffix(MATCH) if runs and cell.style else "")
        if cell.runs:
            for text, role in fit_runs(cell.runs, place.width, align, ellipsis=ellipsis):
                _append(runs, text, role)
        else:
            _append(runs, fit(cell.text, place.width, align, ellipsis=ellipsis), cell.style)
        at = place.start + place.width
    _append(runs, " " * (width - at), "")
    return runs


def _append(runs: Runs, text: str, role: str) -> None:
    """Add *text*, as part of the run before where the role is the same."""
    if runs and runs[-1][1] == role:
        runs[-1] = (runs[-1][0] + text, role)
    elif text:
        runs.append((text, role))


def landing(old: Sequence[str], at: int, new: Sequence[str], key: str | None) -> int:
    """Where the cursor goes: to *key* in *new*, else to the nearest of its old neighbours that is left, those after first."""
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
