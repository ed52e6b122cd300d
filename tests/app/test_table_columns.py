"""Columns of the table fitted into a width."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.app.widgets.columns import GUTTER, Column, fit_columns, look


def widths(columns: list[Column], width: int) -> dict[str, int]:
    return {columns[place.index].key: place.width for place in fit_columns(columns, width).places}


COLUMNS = [
    Column("name", "Program", 10, min_width=6, flex=2, max_width=14),
    Column("target", "Target", 6),
    Column("phase", "Phase", 5, priority=1),
    Column("next", "Next", 10, min_width=4, flex=1),
]


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (60, {"name": 14, "target": 6, "phase": 5, "next": 26}),
        (41, {"name": 11, "target": 6, "phase": 5, "next": 10}),
        (36, {"name": 10, "target": 6, "phase": 5, "next": 10}),
        (30, {"name": 10, "target": 6, "next": 10}),
        (25, {"name": 8, "target": 6, "next": 7}),
        (10, {"name": 6, "target": 6, "next": 4}),
        (0, {"name": 6, "target": 6, "next": 4}),
    ],
)
def test_columns_share_the_width(width: int, expected: dict[str, int]) -> None:
    assert widths(COLUMNS, width) == expected


def test_a_wanted_column_has_its_good_width_before_another_is_there() -> None:
    columns = [
        Column("name", "Program", 10),
        Column("next", "Next", 28, min_width=14, good_width=20, flex=2, max_width=60, priority=90),
        Column("when", "When", 12, priority=100, whole=True),
        Column("crs", "CRS", 8, priority=45, whole=True),
        Column("age", "Age", 4, priority=10),
    ]
    assert widths(columns, 100)["next"] == 100 - 1 - 10 - 12 - 8 - 4 - 2 * 5
    assert "age" not in widths(columns, 63)  # it would take from the usual 28 of the next catalyst
    assert widths(columns, 55) == {"name": 10, "next": 20, "when": 12, "crs": 8}
    assert widths(columns, 54) == {"name": 10, "next": 28, "when": 12}
    assert widths(columns, 40) == {"name": 10, "next": 14, "when": 12}
    assert widths(columns, 38) == {"name": 10, "when": 12}


def test_no_columns_take_no_width() -> None:
    assert fit_columns([], 10).places == ()


some_columns = st.lists(
    st.builds(
        Column,
        st.just("key"),
        st.just("Label"),
        st.integers(1, 30),
        min_width=st.none() | st.integers(1, 30),
        max_width=st.none() | st.integers(30, 40),
        flex=st.integers(0, 3),
        priority=st.none() | st.integers(0, 3),
    ),
    max_size=8,
)


@given(some_columns, st.integers(0, 200))
def test_columns_fit_when_they_can_and_keep_their_bounds(columns: list[Column], width: int) -> None:
    layout = fit_columns(columns, width)
    shown = [columns[place.index] for place in layout.places]
    for column, place in zip(shown, layout.places, strict=True):
        assert column.least <= place.width <= max(column.width, column.max_width or 1000)
    if GUTTER + sum(column.least + 1 for column in shown) <= width:
        assert layout.total <= width
    if any(column.flex and column.max_width is None for column in shown) and layout.total <= width:
        assert layout.total == width


@given(some_columns, st.integers(0, 80), st.integers(0, 100), st.integers(0, 3))
def test_what_is_on_screen_stands_side_by_side_within_it(columns: list[Column], width: int, scrolled: int, fixed: int) -> None:
    view = look(fit_columns(columns, width), width, scrolled, fixed)
    for place in view.places:
        assert place.width > 0
        assert place.start >= 0
        assert place.start + place.width <= width
    for one, two in pairwise(view.places):
        assert one.start + one.width <= two.start
