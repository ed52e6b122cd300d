"""Forest plot: rates with their intervals on a scale of 0 to 100 %, drawn as terminal cells and as SVG from the same marks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.domain.rates import Rate

    from .layout import Runs

__all__ = ["FOREST_STYLE", "ForestGroup", "ForestRow", "Mark", "column", "forest_svg", "marks", "plot", "position", "ruler"]

_TICKS = (0, 25, 50, 75, 100)


class Mark(NamedTuple):
    """One mark of a rate, from `low` to `high` percent.

    `interval` is the 95 % interval and `point` the rate in it; `alone` is a rate without an interval; `below` and `above` are
    published bounds.
    """

    kind: str
    low: float
    high: float


def marks(rate: Rate) -> tuple[Mark, ...]:
    """Return the marks of a rate, the interval first."""
    if rate.bound:
        return (Mark("below", 0.0, rate.percent),) if rate.bound in ("<", "≤") else (Mark("above", rate.percent, 100.0),)
    interval = rate.interval
    if interval is None:
        return (Mark("alone", rate.percent, rate.percent),)
    return (Mark("interval", *interval), Mark("point", rate.percent, rate.percent))


# ---- cells


def column(percent: float, width: int) -> int:
    """Return the cell, from 0, that holds a percentage on a scale of `width` cells; 100 % is in the last."""
    return min(width - 1, int(percent * width / 100))


_SIGNS = {"grid": "┊", "line": "─", "low": "├", "high": "┤", "point": "●", "alone": "○", "left": "←", "right": "→"}
_ASCII = {"grid": ":", "line": "-", "low": "|", "high": "|", "point": "*", "alone": "o", "left": "<", "right": ">"}


def plot(drawn: Sequence[Mark], width: int, *, ascii: bool = False) -> Runs:
    """Draw marks in `width` cells over the grid."""
    signs = _ASCII if ascii else _SIGNS
    row: list[tuple[str, str]] = [(" ", "")] * width
    for tick in _TICKS:
        row[column(tick, width)] = (signs["grid"], "quiet")
    for mark in drawn:
        low, high = column(mark.low, width), column(mark.high, width)
        if mark.kind in ("point", "alone"):
            row[low] = (signs[mark.kind], "strong")
            continue
        row[low : high + 1] = [(signs["line"], "")] * (high + 1 - low)
        row[high] = (signs["right" if mark.kind == "above" else "high"], "")
        if low < high or mark.kind == "below":
            row[low] = (signs["left" if mark.kind == "below" else "low"], "")
    return _joined(row)


def ruler(width: int) -> Runs:
    """Draw the figures of the scale above its ticks."""
    row, used = [" "] * width, set[int]()
    for tick in (0, 100, 50, 25, 75):  # the ends and the middle first: where there is no room, the quarters give way
        text = f"{tick}%" if tick == 100 else str(tick)
        start = min(max(column(tick, width) - (len(text) - 1) // 2, 0), width - len(text))
        if used.isdisjoint(range(start - 1, start + len(text) + 1)):
            used.update(range(start, start + len(text)))
            row[start : start + len(text)] = text
    return [("".join(row), "quiet")]


def _joined(row: Sequence[tuple[str, str]]) -> Runs:
    out: Runs = []
    for text, role in row:
        if out and out[-1][1] == role:
            out[-1] = (out[-1][0] + text, role)
        else:
            out.append((text, role))
    return out


# ---- SVG


class ForestRow(NamedTuple):
    """One line of the drawing: a name, what it is about, the figures, and the marks."""

    name: str
    about: str
    figures: str
    marks: tuple[Mark, ...]


class ForestGroup(NamedTuple):
    """Lines under one title."""

    title: str
    rows: tuple[ForestRow, ...]


FOREST_STYLE = """
svg.forest { width: 100%; height: auto; display: block; font-size: 12px; margin: .3rem 0 1rem; }
svg.forest text { fill: var(--ink); } svg.forest .quiet { fill: var(--quiet); font-weight: 400; }
svg.forest .group, svg.forest .name { font-weight: 600; }
svg.forest .grid { stroke: var(--rule); } svg.forest .interval, svg.forest .bound { stroke: var(--ahead); stroke-width: 2; }
svg.forest .point { fill: var(--ahead); } svg.forest .alone { fill: #fff; stroke: var(--ahead); stroke-width: 1.6; }
svg.forest .arrow { fill: var(--ahead); }
"""
_WIDTH, _LEFT, _PLOT = 1000, 400, 380
_ROW, _HEAD = 32, 34
_NAME, _ABOUT = 44, 66  # characters


def position(percent: float) -> float:
    """Return the horizontal position of a percentage in the drawing."""
    return _LEFT + percent * _PLOT / 100


def forest_svg(title: str, groups: Sequence[ForestGroup]) -> str:
    """Draw groups of rates as SVG; every text is escaped, and all of it is in its description too. "" if there is none."""
    if not any(group.rows for group in groups):
        return ""
    out: list[str] = []
    top = 4
    for group in groups:
        out += _group(group, top)
        top += _HEAD + _ROW * len(group.rows) + 10
    told = "; ".join(
        f"{group.title}: " + ", ".join(f"{row.name} ({row.about}) {row.figures}" for row in group.rows) for group in groups
    )
    head = (
        f'<svg class="forest" viewBox="0 0 {_WIDTH} {top}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title><desc>{escape(told)}</desc>'
    )
    return "\n".join([head, *out, "</svg>"])


def _group(group: ForestGroup, top: int) -> list[str]:
    base = top + _HEAD
    bottom = base + _ROW * len(group.rows)
    out = [f'<text class="group" x="0" y="{top + 20}">{escape(group.title)}</text>']
    for tick in _TICKS:
        x = position(tick)
        out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{base - 6}" y2="{bottom}"/>')
        unit = "%" if tick == 100 else ""
        out.append(f'<text class="quiet" x="{x:.1f}" y="{base - 11}" text-anchor="middle">{tick}{unit}</text>')
    for place, row in enumerate(group.rows):
        out += _svg_row(row, base + _ROW * place)
    return out


def _svg_row(row: ForestRow, top: int) -> list[str]:
    middle = top + _ROW / 2
    return [
        f"<g><title>{escape(f'{row.name}, {row.about}: {row.figures}')}</title>",
        f'<text class="name" x="0" y="{middle - 2:.1f}">{escape(_cut(row.name, _NAME))}</text>',
        f'<text class="quiet" x="0" y="{middle + 12:.1f}">{escape(_cut(row.about, _ABOUT))}</text>',
        *(_svg_mark(mark, middle) for mark in row.marks),
        f'<text x="{_LEFT + _PLOT + 14}" y="{middle + 4:.1f}">{escape(row.figures)}</text></g>',
    ]


def _svg_mark(mark: Mark, middle: float) -> str:
    low, high = position(mark.low), position(mark.high)
    if mark.kind in ("point", "alone"):
        return f'<circle class="{mark.kind}" cx="{low:.1f}" cy="{middle:.1f}" r="4.2"/>'
    line = f"M{low:.1f} {middle:.1f}H{high:.1f}"
    if mark.kind == "interval":
        return f'<path class="interval" d="M{low:.1f} {middle - 4:.1f}v8{line}M{high:.1f} {middle - 4:.1f}v8"/>'
    tip, stop, back = (low, high, 7) if mark.kind == "below" else (high, low, -7)
    bound = f'<path class="bound" d="{line}M{stop:.1f} {middle - 4:.1f}v8"/>'
    return f'{bound}<path class="arrow" d="M{tip:.1f} {middle:.1f}l{back} -4v8z"/>'


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
