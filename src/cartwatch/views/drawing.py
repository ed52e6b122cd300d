"""Drawings: bars, points and rules over one scale, as plain values; painted in terminal cells here, as SVG by `svg`.

A view places values (days, percents) and counts neither cells nor pixels:

    drawing = Drawing(
        Scale(0, 100),
        rows=(
            Lane((Run("Any grade"),), marks=(Mark("thin", 14, 56), Mark("point", 31, role="strong")), right=(Run("4/13"),)),
        ),
        ticks=tuple(Tick(at, f"{at} %") for at in (0, 50, 100)),
    )
    lines = paint(drawing, track=60, left=20, right=12)  # one list of runs for each line: the ticks, then the rows
    text = picture(drawing, "rates", title="CRS, any grade", told="31 % (14–56 %), 4/13")  # views/svg.py

A row without marks is a heading or a note. `SPANS` and `POINTS` name the kinds of marks. A span ends where the next begins:
the day 2026-12-31 is the span from its ordinal to the ordinal after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from .layout import cells, fit_runs
from .lines import Run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .layout import Runs

__all__ = ["POINTS", "SPANS", "Drawing", "Lane", "Mark", "Scale", "Tick", "paint", "sign"]

SPANS = {
    "solid": "▆#",  # a window that is open now
    "bar": "━=",
    "vague": "┅~",  # what is approximate
    "ghost": "┄-",  # earlier guidance
    "thin": "─-",  # an interval, the time until a deadline
    "cash": "▁_",  # how long cash lasts
    "band": "░:",  # a stretch of every row, as a conference
}
"""Each kind of span with its sign, and that in ASCII."""
POINTS = {
    "day": "◆*",
    "point": "●o",
    "alone": "○+",  # a rate without an interval
    "deadline": "▏]",
    "was": "◇^",  # a day given earlier
    "good": "✓+",
    "bad": "✗x",
    "done": "●o",
    "late": "!!",
    "left": "◀<",
    "right": "▶>",
    "before": "‹<",  # it lies out of the picture
    "after": "›>",
    "rule": "│|",
    "grid": "┊.",
}
"""Each kind of point with its sign, and that in ASCII; a kind of one character is that character."""
_ON_EDGE = ("deadline", "grid")  # points that stand between two cells, to the left of the second
_VAGUE = 3  # cells of a hatched end, at most


class Scale(NamedTuple):
    """The stretch of values that a drawing shows: from `low` up to `high`, which is beyond the last."""

    low: float
    high: float

    def edge(self, value: float, track: int) -> int:
        """Return the boundary between cells that is nearest to a value, the left one of two; it may lie outside.

        So a cell belongs to a span where its middle lies in the span, of which the end is no part.
        """
        span = self.high - self.low
        return -int((span - 2 * track * (value - self.low)) // (2 * span))

    def cell(self, value: float, track: int) -> int:
        """Return the cell that holds a value; it may lie outside."""
        return int(track * (value - self.low) // (self.high - self.low))

    def cells(self, start: float, end: float, track: int) -> range:
        """Return the cells of a span: between the boundaries nearest to its ends, and one at least; those outside are cut.

        So neighbours share no cell and leave none between them, and no end is drawn more than half a cell away.
        """
        first, beyond = self.edge(start, track), self.edge(end, track)
        if beyond <= first and start < end:
            first = self.cell((start + end) / 2, track)
            beyond = first + 1
        return range(max(first, 0), min(beyond, track))

    def holds(self, value: float) -> bool:
        return self.low <= value < self.high


class Mark(NamedTuple):
    """A span from `start` to `end`, or a point at `start`; later marks of a row are painted over earlier ones.

    `vague` hatches the named ends of a span: "both", "left", "right". `tip` is the kind of a point in the last cell of a span,
    at its end in SVG; a span of no kind ("") is its tip alone. `title` tells of it where a pointer rests on it.
    """

    kind: str
    start: float
    end: float = 0
    role: str = ""
    vague: str = ""
    tip: str = ""
    title: str = ""


class Lane(NamedTuple):
    """One row of a drawing: text to the left and right of its marks; `state` marks the whole row, as in "cursor"."""

    left: tuple[Run, ...] = ()
    marks: tuple[Mark, ...] = ()
    right: tuple[Run, ...] = ()
    state: str = ""


class Tick(NamedTuple):
    """A value with its name on the axis, and a faint rule below it if `rule`."""

    at: float
    text: str
    role: str = "quiet"
    rule: bool = True


@dataclass(frozen=True, slots=True)
class Drawing:
    """Rows over one scale. `bands` lie behind every row, `rules` (as today) before the bands and behind the marks.

    `above` is a line of names over that of the `ticks`, without rules.
    """

    scale: Scale
    rows: tuple[Lane, ...] = ()
    ticks: tuple[Tick, ...] = ()
    above: tuple[Tick, ...] = ()
    bands: tuple[Mark, ...] = ()
    rules: tuple[Mark, ...] = ()


def sign(kind: str, *, ascii: bool) -> str:
    """Return the sign of a kind of mark."""
    both = SPANS.get(kind) or POINTS.get(kind) or kind * 2 or "  "
    return both[1] if ascii else both[0]


def paint(drawing: Drawing, *, track: int, left: int = 0, right: int = 0, ascii: bool = False) -> list[Runs]:
    """Paint a drawing in lines of left + track + right cells: the axis, if it has ticks, then the rows."""
    scale = drawing.scale
    ground = [(" ", "")] * track
    for each in drawing.bands:
        _put(ground, each, scale, ascii=ascii)
    for tick in drawing.ticks:
        if tick.rule and 0 <= (at := scale.edge(tick.at, track)) < track:
            ground[at] = (sign("grid", ascii=ascii), "grid")
    for each in drawing.rules:
        _put(ground, each, scale, ascii=ascii)
    ellipsis, solid = "~" if ascii else "…", sign("solid", ascii=ascii)
    out = []
    for ticks in (drawing.above, drawing.ticks):
        if ticks:
            out.append([*_text((), left, ellipsis), *_axis(scale, ticks, track), *_text((), right, ellipsis)])
    for row in drawing.rows:
        line = list(ground)
        for each in row.marks:
            _put(line, each, scale, ascii=ascii)
        for each in drawing.rules:  # seen through what is open
            if scale.holds(each.start) and line[at := scale.cell(each.start, track)][0] == solid:
                line[at] = (solid, each.role)
        out.append([*_text(row.left, left, ellipsis), *_joined(line), *_text(row.right, right, ellipsis)])
    return out


def _put(line: list[tuple[str, str]], mark: Mark, scale: Scale, *, ascii: bool) -> None:
    painted = (sign(mark.kind, ascii=ascii), mark.role)
    track = len(line)
    if mark.kind and mark.kind not in SPANS:
        at = scale.cell(mark.start, track)
        if mark.kind in _ON_EDGE and scale.low <= mark.start <= scale.high:
            at = min(scale.edge(mark.start, track), track - 1)
        if 0 <= at < track:
            line[at] = painted
        return
    shown = scale.cells(mark.start, mark.end, track)
    for at in shown if mark.kind else ():
        line[at] = painted
    vague = (sign("vague", ascii=ascii), mark.role)
    for at in _hatched(mark, scale, track):
        line[at] = vague
    if mark.tip and shown and mark.end <= scale.high:
        line[shown[-1]] = (sign(mark.tip, ascii=ascii), mark.role)


def _hatched(mark: Mark, scale: Scale, track: int) -> Iterable[int]:
    """Return the cells of the hatched ends: a quarter of the span each, the whole of a short one."""
    if not mark.vague:
        return ()
    shown = scale.cells(mark.start, mark.end, track)
    whole = scale.edge(mark.end, track) - scale.edge(mark.start, track)
    size = min(max(whole // 4, 1), _VAGUE)
    if whole < 3:
        return shown
    first, beyond = scale.edge(mark.start, track), scale.edge(mark.end, track)
    ends = [*(range(first, first + size) if mark.vague in ("both", "left") else ())]
    ends += range(beyond - size, beyond) if mark.vague in ("both", "right") else ()
    return [at for at in ends if at in shown]


def _text(runs: tuple[Run, ...], width: int, ellipsis: str) -> Runs:
    return fit_runs(runs, width, ellipsis=ellipsis) if width else []


def _axis(scale: Scale, ticks: Iterable[Tick], track: int) -> Runs:
    """Write the names of the ticks, each from its rule on, or before the end; of two without room for both the first stays."""
    line = [(" ", "")] * track
    free = 0
    for tick in ticks:
        size = cells(tick.text)
        at = min(scale.edge(tick.at, track), track - size)
        if free <= at and scale.holds(tick.at):
            line[at : at + size] = [(each, tick.role) for each in tick.text]
            free = at + size + 1
    return _joined(line)


def _joined(line: list[tuple[str, str]]) -> Runs:
    out: Runs = []
    for char, role in line:
        if out and out[-1][1] == role:
            out[-1] = (out[-1][0] + char, role)
        else:
            out.append((char, role))
    return out
