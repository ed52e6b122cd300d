"""The agenda: its order, what the table and the header take from it, and when it next changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartwatch.domain.agenda import agenda, items, nearest, next_catalyst, next_tick
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.dates.window import Window
from cartwatch.domain.program import Program
from cartwatch.domain.watchlist import Watchlist

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
D = date


def catalyst(key: str, when: Window | None, **more: object) -> Catalyst:
    return Catalyst(key=key, event=key, when=when, **more)  # type: ignore[arg-type]


def span(start: date | None, end: date | None, **more: object) -> Window:
    return Window("words", start, end, "range", **more)  # type: ignore[arg-type]


DAY = Window.of_date
PROGRAM_A = Program(
    key="a",
    name="A",
    catalysts=(
        catalyst("done", DAY(D(2026, 1, 1)), outcome="met"),
        catalyst("silent", None),
        catalyst("strange", Window("some day")),
        catalyst("later", DAY(D(2027, 1, 1))),
        catalyst("year", span(D(2026, 1, 1), D(2026, 12, 31))),
        catalyst("late", span(D(2026, 7, 1), D(2026, 9, 30))),
    ),
)
PROGRAM_B = Program(
    key="b",
    name="B",
    catalysts=(
        catalyst("goal", DAY(D(2026, 12, 8)), kind="pdufa"),
        catalyst("quarter", span(D(2026, 10, 1), D(2026, 12, 31))),
        catalyst("by", span(D(2026, 3, 1), D(2026, 12, 1), open_left=True)),
        catalyst("from", span(D(2027, 1, 1), None)),
    ),
)
BOTH = Watchlist((PROGRAM_A, PROGRAM_B, Program(key="empty", name="Empty")))


def keys(found: list) -> list[str]:
    return [each.catalyst.key for each in found]


def test_the_order_is_overdue_open_ahead_undated_unreadable_done() -> None:
    assert keys(agenda(BOTH, NOW)) == [
        "late", "quarter", "year", "by", "goal", "later", "from", "silent", "strange", "done",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("within", "due", "expected"),
    [
        (0, None, ["quarter", "year", "by"]),
        (16, None, ["quarter", "year", "by", "goal"]),
        (90, None, ["quarter", "year", "by", "goal", "later", "from"]),
        (None, 0, ["late"]),
        (None, 16, ["late", "by", "goal"]),
        (None, 39, ["late", "quarter", "year", "by", "goal"]),
        (39, 9, ["by"]),
    ],
)
def test_possible_within_and_due_within_are_two_questions(within: int | None, due: int | None, expected: list[str]) -> None:
    assert keys(agenda(BOTH, NOW, within=within, due=due)) == expected


def test_what_has_its_outcome_is_neither_possible_nor_due() -> None:
    met = Watchlist((Program(key="m", catalysts=(catalyst("met", DAY(D(2026, 11, 23)), outcome="met"),)),))
    assert agenda(met, NOW, within=30) == agenda(met, NOW, due=30) == []
    assert len(agenda(met, NOW)) == 1


def test_the_table_shows_the_first_without_an_outcome() -> None:
    shown = next_catalyst(PROGRAM_A, NOW)
    assert shown is not None
    assert (shown[0].key, shown[1].state) == ("late", "overdue")
    assert next_catalyst(replace(PROGRAM_A, catalysts=PROGRAM_A.catalysts[:1]), NOW) is None
    assert next_catalyst(Program(key="empty"), NOW) is None


def test_the_header_shows_what_comes_not_what_is_late() -> None:
    found = nearest(BOTH, NOW)
    assert found is not None
    assert (found.program.key, found.catalyst.key) == ("b", "quarter")
    assert nearest(Watchlist(), NOW) is None
    assert nearest(Watchlist((replace(PROGRAM_A, catalysts=PROGRAM_A.catalysts[:3]),)), NOW) is None


def test_tomorrow_is_another_day() -> None:
    assert items(PROGRAM_B, NOW)[0].countdown.days_to_end == 39
    assert items(PROGRAM_B, NOW + timedelta(days=1))[0].countdown.days_to_end == 38
    assert items(PROGRAM_B, NOW)[0].countdown.days_to_end == 39


def test_a_program_that_changed_under_its_key_is_counted_anew() -> None:
    assert len(items(PROGRAM_B, NOW)) == 4
    assert len(items(replace(PROGRAM_B, catalysts=()), NOW)) == 0


def test_days_change_at_the_viewers_midnight() -> None:
    assert next_tick(agenda(BOTH, NOW), NOW) == datetime(2026, 11, 23, tzinfo=UTC)


def test_what_never_changes_sets_no_clock() -> None:
    settled = [each for each in agenda(BOTH, NOW) if each.catalyst.key in ("silent", "strange", "done")]
    assert len(settled) == 3
    assert next_tick(settled, NOW) is None
    assert next_tick([], NOW) is None


def test_an_instant_that_is_near_ticks_every_second() -> None:
    near = Program(key="near", catalysts=(catalyst("soon", DAY(NOW + timedelta(hours=23, minutes=4, seconds=12))),))
    assert items(near, NOW)[0].countdown.text == "in 23:04:12"
    assert items(near, NOW + timedelta(seconds=1))[0].countdown.text == "in 23:04:11"
    moment = next_tick(items(near, NOW), NOW)
    assert moment is not None
    assert NOW < moment <= NOW + timedelta(seconds=1)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.dates(D(2026, 1, 1), D(2027, 12, 31)), st.integers(0, 200), st.sampled_from([None, "met"])), max_size=8
    ),
    st.datetimes(datetime(2026, 6, 1), datetime(2027, 6, 1), timezones=st.just(UTC)),
)
def test_nothing_shown_changes_before_the_next_tick(given_windows: list, now: datetime) -> None:
    program = Program(
        key="p",
        catalysts=tuple(
            catalyst(f"c{place}", span(start, start + timedelta(days=width)), outcome=outcome)
            for place, (start, width, outcome) in enumerate(given_windows)
        ),
    )
    before = agenda(Watchlist((program,)), now)
    assert [each.order for each in before] == sorted(each.order for each in before)
    tick = next_tick(before, now)
    if tick is not None:
        assert tick > now
        just_before = tick - timedelta(microseconds=1)
        assert [each.countdown.text for each in agenda(Watchlist((program,)), just_before)] == [
            each.countdown.text for each in before
        ]


@pytest.mark.parametrize("word", ["Pending", "TBD", "delayed", "N/A", "-", "expected", "not yet"])
def test_only_a_known_outcome_closes_a_catalyst(word: str) -> None:
    open_one = replace(PROGRAM_A, catalysts=(catalyst("window", span(D(2026, 10, 1), D(2026, 12, 31)), outcome=word),))
    (item,) = agenda(Watchlist(programs=(open_one,)), NOW)
    assert (item.countdown.state, item.waiting, item.catalyst.closed) == ("open", True, False)


@pytest.mark.parametrize("word", ["met", "futility", "accelerated approval", "refuse to file", "negative opinion", "extended"])
def test_a_known_outcome_closes_it(word: str) -> None:
    closed = replace(PROGRAM_A, catalysts=(catalyst("window", span(D(2026, 10, 1), D(2026, 12, 31)), outcome=word),))
    (item,) = agenda(Watchlist(programs=(closed,)), NOW)
    assert (item.countdown.state, item.catalyst.closed) == ("done", True)
