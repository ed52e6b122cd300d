"""SVG of a drawing: the marks at their exact places, without scripts and without anything to load; see `drawing`."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cartwatch.domain.text import clean

from .drawing import SPANS, Mark, sign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .drawing import Drawing, Lane, Tick
    from .lines import Run

__all__ = ["STYLE", "picture"]

_ROW, _TOP, _PAD = 20, 36, 8  # pixels
_LETTER = 6.6  # pixels, about, of a letter
_HEIGHTS = {"solid": 10, "bar": 10, "vague": 10, "ghost": 4, "thin": 1.5, "cash": 1.5}
# Colours come from the page where it sets them, else from here; so the picture stands alone too.
STYLE = """.picture { --mark: var(--ink, #1b1f24); max-width: 100%; height: auto; background: var(--paper, #fff);
  font: 11px system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
.picture text { fill: var(--ink, #1b1f24); } .picture .strong, .picture .heading { font-weight: 600; }
.picture .open, .picture .good { --mark: var(--open, #1a7f37); } .picture .soon { --mark: var(--soon, #9a6700); }
.picture .ahead, .picture .accent { --mark: var(--ahead, #3b6ea8); }
.picture .overdue, .picture .bad { --mark: var(--overdue, #b42318); }
.picture .quiet, .picture .label, .picture .done { --mark: var(--quiet, #6a737d); }
.picture :is(text, tspan)[class] { fill: var(--mark); }
.picture .fill { fill: var(--mark); } .picture .line { fill: none; stroke: var(--mark); stroke-width: 1.3; }
.picture .wash { fill: var(--mark); fill-opacity: .28; stroke: var(--mark); stroke-width: .8; }
.picture .ghost { fill: none; stroke: var(--quiet, #6a737d); stroke-width: .9; stroke-dasharray: 2 1.6; }
.picture .hatch { fill: var(--paper, #fff); stroke: var(--mark); stroke-dasharray: 1.5 2.5; }
.picture .band { fill: var(--quiet, #6a737d); fill-opacity: .1; } .picture .grid { stroke: var(--rule, #d8dee4); }
.picture path.today { stroke: var(--overdue, #b42318); } .picture text.today { fill: var(--overdue, #b42318); }"""
"""The rules that every picture is drawn by; a page of many pictures has them once."""


def picture(
    drawing: Drawing, name: str, *, title: str, told: str, left: int = 30, right: int = 0, track: int = 640, styled: bool = True
) -> str:
    """Draw a drawing as an `svg` element, with its title and what it shows in words for those who do not see it.

    `name` begins the ids in it, which must be unique on a page; `left` and `right` are in letters, `track` in pixels.
    Where the page has `STYLE` already, `styled` is false.
    """
    before, after = (round(each * _LETTER + (_PAD if each else 0)) for each in (left, right))
    height = _TOP + _ROW * len(drawing.rows) + _PAD
    width = _PAD + before + track + after + _PAD
    place = _Place(drawing, _PAD + before, track)
    out = [
        f'<svg class="picture" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'role="img" aria-labelledby="{name}-title {name}-told">',
        f'<title id="{name}-title">{_text(title)}</title>',
        f'<desc id="{name}-told">{_text(told)}</desc>',
        *([f"<style>{STYLE}</style>"] if styled else []),
        *_ground(drawing, place, height),
    ]
    for at, row in enumerate(drawing.rows):
        out += _row(row, place, _TOP + _ROW * at + _ROW / 2, (left, right))
    return "\n".join([*out, "</svg>"])


class _Place:
    """Maps values to pixels, cut at the edges of the track."""

    def __init__(self, drawing: Drawing, start: int, track: int) -> None:
        self.scale, self.start, self.track = drawing.scale, start, track

    def x(self, value: float) -> float:
        low, high = self.scale
        return self.start + min(max((value - low) / (high - low), 0.0), 1.0) * self.track

    def shows(self, mark: Mark) -> bool:
        if mark.kind in SPANS or not mark.kind:
            return mark.start < self.scale.high and mark.end > self.scale.low
        return self.scale.low <= mark.start <= self.scale.high


def _ground(drawing: Drawing, place: _Place, height: int) -> list[str]:
    top, bottom = _TOP - 6, height - _PAD / 2
    out = [_rect(place, each, top, bottom - top, "band") for each in drawing.bands if place.shows(each)]
    for tick in drawing.ticks:
        if tick.rule and drawing.scale.low <= tick.at <= drawing.scale.high:
            out.append(f'<path class="grid" d="M{place.x(tick.at):.2f} {top}V{bottom:g}"/>')
    out += [*_axis(drawing.above, place, 12), *_axis(drawing.ticks, place, _TOP - 9)]
    for each in drawing.rules:
        if place.shows(each):
            x = place.x(each.start)
            out.append(f'<path class="{each.role}" d="M{x:.2f} {top - 4}V{bottom:g}">{_title(each)}</path>')
    return out


def _axis(ticks: Sequence[Tick], place: _Place, y: float) -> list[str]:
    out, free = [], 0.0
    for tick in ticks:
        if not place.scale.low <= tick.at <= place.scale.high:
            continue
        size = len(tick.text) * _LETTER
        x = min(place.x(tick.at), place.start + place.track + _PAD - size)
        if x >= free:
            out.append(f'<text class="{tick.role}" x="{x:.2f}" y="{y:g}">{_text(tick.text)}</text>')
            free = x + size + _LETTER
    return out


def _row(row: Lane, place: _Place, middle: float, room: tuple[int, int]) -> list[str]:
    out = []
    if row.left:
        beside = bool(row.marks or row.right)
        x = place.start - _PAD if beside else _PAD
        out.append(_words(row.left, x, middle, room[0] if beside else None, "end" if beside else "start"))
    out += [_mark(each, place, middle) for each in row.marks if place.shows(each)]
    if row.right:
        out.append(_words(row.right, place.start + place.track + _PAD, middle, room[1], "start"))
    return out


def _words(runs: Sequence[Run], x: float, middle: float, limit: int | None, anchor: str) -> str:
    spans = []
    left = limit
    for text, role in runs:
        if left is not None:
            text = clean(text, limit=max(left, 0))
            left -= len(text)
        spans.append(f'<tspan class="{role}">{_text(text)}</tspan>' if role else _text(text))
    return f'<text x="{x:.2f}" y="{middle + 4:g}" text-anchor="{anchor}">{"".join(spans)}</text>'


def _mark(mark: Mark, place: _Place, middle: float) -> str:
    inner = _span(mark, place, middle) if mark.kind in SPANS or not mark.kind else _point(mark, place.x(mark.start), middle)
    return f'<g class="{mark.role}">{_title(mark)}{inner}</g>'


def _span(mark: Mark, place: _Place, middle: float) -> str:
    tall = _HEIGHTS.get(mark.kind, 10)
    style = {"solid": "fill", "bar": "wash", "vague": "hatch", "ghost": "ghost", "thin": "fill", "cash": "fill"}.get(
        mark.kind, mark.kind
    )
    lowered = 7 if mark.kind == "cash" else 0  # below the bars of its row
    out = _rect(place, mark, middle + lowered - tall / 2, tall, style) if mark.kind else ""
    quarter = (mark.end - mark.start) / 4
    for side, start in (("left", mark.start), ("right", mark.end - quarter)):
        end = mark._replace(start=start, end=start + quarter)
        if mark.vague in ("both", side) and place.shows(end):
            out += _rect(place, end, middle - tall / 2, tall, "hatch")
    if mark.tip and place.shows(tip := Mark(mark.tip, mark.end, role=mark.role)):
        out += _point(tip, place.x(tip.start), middle)
    return out


def _rect(place: _Place, mark: Mark, top: float, tall: float, style: str) -> str:
    x, beyond = place.x(mark.start), place.x(mark.end)
    shape = f'class="{style}" x="{x:.2f}" y="{top:g}" width="{beyond - x:.2f}" height="{tall:g}"'
    return f"<rect {shape}/>" if mark.kind != "band" else f"<rect {shape}>{_title(mark)}</rect>"


def _point(mark: Mark, x: float, middle: float) -> str:
    shape = _SHAPES.get(mark.kind)
    if shape is None:
        text = _text(sign(mark.kind, ascii=False))
        return f'<text class="{mark.role}" x="{x:.2f}" y="{middle + 4:g}" text-anchor="middle">{text}</text>'
    style, path = shape
    return f'<path class="{style}" d="M{x:.2f} {middle:g}{path}"/>'


_SHAPES = {
    "day": ("fill", "m0 -6l6 6l-6 6l-6 -6z"),
    "was": ("ghost", "m0 -5l5 5l-5 5l-5 -5z"),
    "point": ("fill", "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0"),
    "alone": ("line", "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0"),
    "done": ("fill", "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0"),
    "deadline": ("line", "m0 -7v14"),
    "good": ("line", "m-5 0l3.5 4l6 -8"),
    "bad": ("line", "m-4 -4l8 8m0 -8l-8 8"),
    "left": ("fill", "l7 -5v10z"),
    "right": ("fill", "l-7 -5v10z"),
    "before": ("line", "m6 -4l-4 4l4 4"),
    "after": ("line", "m-6 -4l4 4l-4 4"),
}
"""The style and the path, from its place, of each kind of point that is drawn; the others are written as their sign."""


def _title(mark: Mark) -> str:
    return f"<title>{_text(mark.title)}</title>" if mark.title else ""


def _text(text: str) -> str:
    return escape(clean(text), quote=True)
