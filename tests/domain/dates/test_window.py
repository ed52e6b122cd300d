"""A window as a value: its width, its middle, its place in a sort."""

from datetime import UTC, date, datetime

from cartwatch.domain.dates.window import PRECISIONS, Window

QUARTER = Window("Q4 2026", date(2026, 10, 1), date(2026, 12, 31), "quarter")
DAY = Window.of_date(date(2026, 12, 23))
OPEN = Window("from 2027", date(2027, 1, 1), None, "year")
DEADLINE = Window("by 2026-11-22", date(2026, 11, 22), date(2026, 11, 22), "day", open_left=True)
UNDATED = Window("TBD", precision="undated")
UNREADABLE = Window("soon")


def test_width_counts_both_ends() -> None:
    assert (QUARTER.width_days, DAY.width_days, OPEN.width_days, UNDATED.width_days) == (92, 1, None, None)


def test_midpoint_is_the_middle_day() -> None:
    assert QUARTER.midpoint == date(2026, 11, 15)
    assert DAY.midpoint == date(2026, 12, 23)
    assert OPEN.midpoint is None


def test_only_one_single_day_is_a_day() -> None:
    assert DAY.is_day
    assert not any(window.is_day for window in (QUARTER, OPEN, DEADLINE, UNDATED, UNREADABLE))


def test_undated_words_are_understood_and_unreadable_ones_not() -> None:
    assert (UNDATED.readable, UNDATED.dated) == (True, False)
    assert (UNREADABLE.readable, UNREADABLE.dated) == (False, False)
    assert (OPEN.readable, OPEN.dated) == (True, True)


def test_every_sort_key_puts_what_has_none_last() -> None:
    windows = [UNDATED, OPEN, DAY, QUARTER]
    assert sorted(windows, key=Window.earliest) == [QUARTER, DAY, OPEN, UNDATED]
    assert sorted(windows, key=Window.middle) == [QUARTER, DAY, UNDATED, OPEN]
    assert sorted(windows, key=Window.latest) == [DAY, QUARTER, UNDATED, OPEN]


def test_of_a_date_time_is_the_day_it_is_written_as() -> None:
    moment = datetime(2026, 12, 15, 23, 30, tzinfo=UTC)
    window = Window.of_date(moment)
    assert (window.start, window.precision, window.instant) == (date(2026, 12, 15), "instant", moment)
    assert window.text == "2026-12-15T23:30:00+00:00"


def test_precisions_go_from_exact_to_vague() -> None:
    assert PRECISIONS.index("day") < PRECISIONS.index("quarter") < PRECISIONS.index("year") < PRECISIONS.index("undated")
