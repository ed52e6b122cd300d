"""Drawings: marks stand in the cells, and at the SVG coordinates, that their values have on the scale."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.views.drawing import POINTS, SPANS, Drawing, Lane, Mark, Scale, Tick, paint
from cartwatch.views.layout import width_of
from cartwatch.views.lines import Run
from cartwatch.views.svg import picture

HOSTILE = "[CD19] [/b] \x1b[31m\u202eRTL 細胞 <script>&\"'"
days = st.integers(-4000, 4000)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Scale, int, int, int]:
    """A scale of whole values, a span of them, and how many cells the track has."""
    low, start = draw(days), draw(days)
    return Scale(low, low + draw(st.integers(1, 2000))), start, start + draw(st.integers(1, 900)), draw(st.integers(1, 240))


def texts(drawing: Drawing, track: int, **rest: Any) -> list[str]:
    return ["".join(text for text, _ in line) for line in paint(drawing, track=track, **rest)]


@given(spans())
def test_the_cells_of_a_bar_lie_between_the_boundaries_nearest_to_its_ends(drawn: tuple[Scale, int, int, int]) -> None:
    scale, start, end, track = drawn
    [line] = texts(Drawing(scale, (Lane(marks=(Mark("bar", start, end),)),)), track)
    cell = Fraction(track, int(scale.high - scale.low))
    first, beyond = ((each - int(scale.low)) * cell for each in (start, end))
    painted = [at for at, char in enumerate(line) if char != " "]
    whole = [at for at in range(track) if first <= at + Fraction(1, 2) < beyond]
    if whole:
        assert painted == whole  # the middle of each cell lies in the span: its edges are the nearest boundaries
    else:
        middle = (first + beyond) / 2 // 1
        assert painted in ([], [middle])
        assert painted or not 0 <= middle < track or beyond < Fraction(1, 2) or first >= track - Fraction(1, 2)


@given(spans(), st.integers(0, 900))
def test_neighbours_neither_overlap_nor_leave_a_gap(drawn: tuple[Scale, int, int, int], more: int) -> None:
    scale, start, end, track = drawn
    left, right = (scale.cells(*each, track) for each in ((start, end), (end, end + more + 1)))
    if scale.edge(start, track) < scale.edge(end, track) < scale.edge(end + more + 1, track):
        assert not set(left) & set(right)
        assert [*left, *right] == list(scale.cells(start, end + more + 1, track))


@given(spans(), st.sampled_from(sorted(SPANS)))
def test_the_svg_of_a_span_has_its_exact_coordinates(drawn: tuple[Scale, int, int, int], kind: str) -> None:
    scale, start, end, _ = drawn
    drawing = Drawing(scale, (Lane(marks=(Mark(kind, start, end),)),))
    found = re.findall(
        r'<rect [^>]*x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', picture(drawing, "x", title="", told="", left=0, track=1000)
    )
    pixels = Fraction(1000, int(scale.high - scale.low))
    x, beyond = (float(min(max((each - int(scale.low)) * pixels, Fraction(0)), Fraction(1000))) for each in (start, end))
    if x == beyond:
        assert found == []
    else:
        [(left, width)] = found
        assert float(left) == pytest.approx(8 + x, abs=0.006)
        assert float(width) == pytest.approx(beyond - x, abs=0.006)


@given(st.integers(0, 399), st.integers(1, 240), st.sampled_from(sorted({*POINTS} - {"deadline", "grid"})))
def test_a_point_stands_in_the_cell_that_holds_its_value(at: int, track: int, kind: str) -> None:
    [line] = texts(Drawing(Scale(0, 400), (Lane(marks=(Mark(kind, at),)),)), track)
    assert [place for place, char in enumerate(line) if char != " "] == [at * track // 400]


@given(spans())
def test_a_deadline_stands_right_behind_the_span_that_ends_in_it(drawn: tuple[Scale, int, int, int]) -> None:
    scale, start, end, track = drawn
    if not (scale.low <= start and end < scale.high and scale.edge(end, track) < track):
        return
    [line] = texts(Drawing(scale, (Lane(marks=(Mark("thin", start, end), Mark("deadline", end))),)), track)
    assert line.index("▏") in (scale.edge(end, track), scale.cells(start, end, track)[-1])


def test_what_lies_outside_is_not_painted() -> None:
    marks = (Mark("day", 13), Mark("day", -1), Mark("bar", 20, 30), Mark("bar", -9, 0))
    drawing = Drawing(Scale(0, 12), (Lane(marks=marks),))
    assert texts(drawing, 12) == [" " * 12]
    assert "<path" not in picture(drawing, "x", title="", told="")


@pytest.mark.parametrize(
    ("vague", "end", "line"),
    [
        ("", 8, "========    "),
        ("both", 8, "~~====~~    "),
        ("left", 8, "~~======    "),
        ("right", 4, "===~        "),
        ("both", 2, "~~          "),
        ("both", 40, "~~~========="),
    ],
)
def test_the_ends_of_what_is_approximate_are_hatched(vague: str, end: int, line: str) -> None:
    drawing = Drawing(Scale(0, 12), (Lane(marks=(Mark("bar", 0, end, vague=vague),)),))
    assert texts(drawing, 12, ascii=True) == [line]


def test_a_row_has_its_text_on_both_sides_of_ground_and_marks() -> None:
    drawing = Drawing(
        Scale(0, 20),
        (Lane((Run("A long name", "strong"),), (Mark("bar", 2, 6),), (Run("4/13"),)), Lane((Run("none"),))),
        ticks=(Tick(0, "Jan"), Tick(2, "Feb"), Tick(10, "Mar")),
        bands=(Mark("band", 12, 14, "grid"),),
        rules=(Mark("rule", 9.5, role="today"),),
    )
    assert texts(drawing, 20, left=7, right=6) == [
        "       Jan       Mar             ",
        "A long…┊ ━━━━   │┊ ░░      4/13  ",
        "none   ┊ ┊      │┊ ░░            ",
    ]


@given(st.text(max_size=40), st.integers(0, 30), st.integers(0, 12))
def test_lines_are_as_wide_as_they_should_be_whatever_the_text(text: str, left: int, right: int) -> None:
    drawing = Drawing(Scale(0, 9), (Lane((Run(text),), (), (Run(text),)),), ticks=(Tick(1, "one"),))
    for line in paint(drawing, track=20, left=left, right=right):
        assert width_of(line) == left + 20 + right


@given(st.text(max_size=60) | st.just(HOSTILE))
def test_svg_is_well_formed_and_shows_hostile_text_as_text(text: str) -> None:
    lane = Lane((Run(text, "strong"),), (Mark("day", 1, title=text),), (Run(text),))
    drawing = Drawing(Scale(0, 9), (lane,), bands=(Mark("band", 2, 4, title=text),), ticks=(Tick(3, "Jan"),))
    root = ElementTree.fromstring(picture(drawing, "x", title=text, told=text, right=20))
    assert {each.tag.rpartition("}")[2] for each in root.iter()} <= {
        *("svg", "title", "desc", "style", "g", "path", "rect", "text", "tspan"),
    }
