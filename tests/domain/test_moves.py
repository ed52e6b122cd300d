"""What a change of guidance is called, and by how many days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.dates.window import Window
from cartwatch.domain.slips import KINDS, WindowMove, classify, words

SAID = date(2026, 3, 12)


@pytest.mark.parametrize(
    ("old", "new", "kind", "shifts", "in_words"),
    [
        ("Q3 2026", "Q4 2026", "slipped", (92, 92, 0), "end +92 days"),
        ("Q4 2026", "Q1 2027", "slipped", (92, 90, -2), "end +90 days, start +92 days"),
        ("2026-12-23", "2027-03-23", "slipped", (90, 90, 0), "end +90 days"),
        ("H2 2026", "2027", "slipped", (184, 365, 181), "end +365 days, start +184 days"),
        ("Q4 2026", "2026-10-01 to 2027-03-31", "slipped", (0, 90, 90), "end +90 days"),
        ("Q4 2026", "2026-09-01 to 2027-01-01", "slipped", (-30, 1, 31), "end +1 day, start −30 days"),
        ("2026-12", "2026-12-31", "refined", (30, 0, -30), "refined, 30 days narrower"),
        ("Q4 2026", "December 2026", "refined", (61, 0, -61), "refined, 61 days narrower"),
        ("H2 2026", "Q3 2026", "refined", (0, -92, -92), "refined, 92 days narrower"),
        ("2026-12-31", "2026-12", "widened", (-30, 0, 30), "widened, 30 days wider"),
        ("Q4 2026", "H2 2026", "widened", (-92, 0, 92), "widened, 92 days wider"),
        ("Q4 2026", "Q3 2026", "pulled in", (-92, -92, 0), "end −92 days"),
        ("2026-12-23", "2026-12-22", "pulled in", (-1, -1, 0), "end −1 day"),
        ("Q4 2026", "4Q26", "unchanged", (0, 0, 0), "unchanged"),
        ("by Q4 2026", "by Q1 2027", "slipped", (None, 90, None), "end +90 days"),
        ("by Q4 2026", "by Q3 2026", "pulled in", (None, -92, None), "end −92 days"),
        ("by Q4 2026", "December 2026", "refined", (None, 0, None), "refined"),
        ("December 2026", "by Q4 2026", "widened", (None, 0, None), "widened"),
        ("from Q4 2026", "from Q1 2027", "slipped", (92, None, None), "start +92 days"),
        ("from Q1 2027", "from Q4 2026", "pulled in", (-92, None, None), "start −92 days"),
        ("from Q4 2026", "Q1 2027", "refined", (92, None, None), "refined"),
        ("Q4 2026", "from Q4 2026", "slipped", (0, None, None), "slipped"),
        ("Q4 2026", "TBD", "unknown", (None, None, None), "cannot be compared"),
        ("unheard of", "Q4 2026", "unknown", (None, None, None), "cannot be compared"),
    ],
)
def test_a_move_by_its_kind_and_days(old: str, new: str, kind: str, shifts: tuple[int | None, ...], in_words: str) -> None:
    move = classify(read_window(old, SAID), read_window(new, SAID))
    assert move == WindowMove(kind, *shifts)
    assert words(move) == in_words


def test_the_same_deadline_said_again_is_no_move() -> None:
    assert classify(read_window("by Q4 2026", SAID), read_window("by Q4 2026", date(2026, 8, 1))).kind == "unchanged"


PHRASES = (
    *("Q3 2026", "Q4 2026", "H2 2026", "2026", "December 2026", "2026-12-31", "2026-10-15 to 2027-01-15", "mid-2027"),
    *("by Q4 2026", "by 2027", "from 2027", "after Q4 2026", "TBD"),
)
WINDOWS = st.sampled_from(PHRASES).map(lambda phrase: read_window(phrase, SAID))
BACK = {
    "unchanged": {"unchanged"},
    "unknown": {"unknown"},
    "slipped": {"pulled in", "refined"},
    "pulled in": {"slipped"},
    "widened": {"refined"},
    "refined": {"widened", "slipped"},
}


@given(WINDOWS, WINDOWS)
def test_the_way_back_has_the_opposite_shifts(old: Window, new: Window) -> None:
    there, back = classify(old, new), classify(new, old)
    assert set(BACK) == set(KINDS)
    assert back.kind in BACK[there.kind]
    shifts = ("start_shift", "end_shift", "width_change")
    for one, other in ((getattr(there, shift), getattr(back, shift)) for shift in shifts):
        assert other == (None if one is None else -one)
