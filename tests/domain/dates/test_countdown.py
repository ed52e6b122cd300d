"""What a countdown says on each day of a window, and when it says something else."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.domain.dates.countdown import STATES, Countdown, agenda_key, countdown, due_within, next_change, overlaps
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.dates.window import Window

SAID = date(2026, 3, 12)
NOON = time(12)


def on(phrase: str, day: date, kind: str = "other") -> Countdown:
    return countdown(read_window(phrase, SAID), datetime.combine(day, NOON), kind=kind)


@pytest.mark.parametrize(
    ("phrase", "day", "kind", "state", "text", "short"),
    [
        ("Q4 2026", date(2026, 11, 22), "readout", "open", "OPEN · ≤39d left", "OPEN ≤39d"),
        ("Q4 2026", date(2026, 12, 31), "readout", "open", "OPEN · last day", "OPEN ≤0d"),
        ("Q4 2026", date(2026, 10, 1), "readout", "open", "OPEN · ≤91d left", "OPEN ≤91d"),
        ("Q4 2026", date(2027, 1, 12), "readout", "overdue", "OVERDUE 12d", "OVERDUE 12d"),
        ("Q1 2027", date(2026, 11, 22), "readout", "ahead", "opens 40d · closes 129d", "opens 40d"),
        ("Q1 2027", date(2026, 11, 22), "pdufa", "ahead", "≤129d", "≤129d"),
        ("Q4 2026", date(2026, 11, 22), "pdufa", "open", "OPEN · ≤39d left", "OPEN ≤39d"),
        ("2026-12-23", date(2026, 11, 22), "pdufa", "ahead", "≤31d", "≤31d"),
        ("2026-12-23", date(2026, 11, 22), "approval", "ahead", "in 31d", "in 31d"),
        ("2026-12-23", date(2026, 12, 23), "pdufa", "today", "today", "today"),
        ("2026-12-23", date(2026, 12, 24), "pdufa", "overdue", "OVERDUE 1d", "OVERDUE 1d"),
        ("ASH 2026", date(2026, 11, 22), "conference", "ahead", "opens 20d · closes 23d", "opens 20d"),
        ("by Q4 2026", date(2026, 11, 22), "filing", "by", "≤39d", "≤39d"),
        ("by Q4 2026", date(2026, 12, 31), "filing", "by", "≤0d", "≤0d"),
        ("by Q4 2026", date(2027, 1, 1), "filing", "overdue", "OVERDUE 1d", "OVERDUE 1d"),
        ("from Q1 2027", date(2026, 11, 22), "launch", "ahead", "opens 40d", "opens 40d"),
        ("from Q1 2027", date(2027, 1, 13), "launch", "open", "OPEN · 12d so far", "OPEN +12d"),
        ("TBD", date(2026, 11, 22), "other", "undated", "—", "—"),
        ("six weeks after it", date(2026, 11, 22), "other", "unreadable", "? six weeks after it", "? six weeks…"),
        ("2020", date(2026, 11, 22), "other", "overdue", "OVERDUE 2152d", "OVERDUE >5y"),
    ],
)
def test_state_and_text(phrase: str, day: date, kind: str, state: str, text: str, short: str) -> None:
    seen = on(phrase, day, kind)
    assert (seen.state, seen.text, seen.short) == (state, text, short)


def test_days_are_counted_to_both_ends() -> None:
    seen = on("Q4 2026", date(2026, 11, 22))
    assert (seen.days_to_start, seen.days_to_end) == (-52, 39)
    assert on("from 2027", date(2026, 11, 22)).days_to_end is None
    assert on("TBD", date(2026, 11, 22)).days_to_start is None


def test_an_outcome_ends_the_countdown() -> None:
    window, now = read_window("Q4 2026"), datetime(2027, 6, 1)
    seen = countdown(window, now, outcome="met", outcome_on=read_window(date(2026, 12, 7)))
    assert (seen.state, seen.text, seen.days_to_end) == ("done", "met 2026-12-07", None)
    assert countdown(window, now, outcome="crl").text == "crl"
    assert countdown(read_window("soon"), now, outcome="withdrawn").state == "done"


EASTERN = timezone(timedelta(hours=-5))
INSTANT = read_window("2026-12-15T17:00-05:00")


@pytest.mark.parametrize(
    ("now", "kind", "state", "text"),
    [
        (datetime(2026, 12, 14, 17, 55, 48, tzinfo=EASTERN), "readout", "ahead", "in 23:04:12"),
        (datetime(2026, 12, 14, 22, 55, 48, tzinfo=UTC), "readout", "ahead", "in 23:04:12"),
        (datetime(2026, 12, 14, 17, 55, 48, tzinfo=EASTERN), "pdufa", "ahead", "≤23:04:12"),
        (datetime(2026, 12, 15, 16, 59, 59, tzinfo=EASTERN), "readout", "today", "in 00:00:01"),
        (datetime(2026, 12, 15, 16, 59, 59, 500_000, tzinfo=EASTERN), "readout", "today", "in 00:00:01"),
        (datetime(2026, 12, 15, 17, 0, 0, tzinfo=EASTERN), "readout", "today", "today"),
        (datetime(2026, 12, 13, 17, 0, 0, tzinfo=EASTERN), "readout", "ahead", "in 2d"),
        (datetime(2026, 12, 13, 17, 0, 1, tzinfo=EASTERN), "readout", "ahead", "in 47:59:59"),
        (datetime(2026, 12, 16, 0, 0, 0, tzinfo=EASTERN), "readout", "overdue", "OVERDUE 1d"),
        (datetime(2026, 12, 16, 6, 0, 0, tzinfo=timezone(timedelta(hours=9))), "readout", "today", "in 01:00:00"),
    ],
)
def test_an_instant_counts_in_the_viewers_zone(now: datetime, kind: str, state: str, text: str) -> None:
    seen = countdown(INSTANT, now, kind=kind)
    assert (seen.state, seen.text) == (state, text)


def test_an_instant_without_a_zone_is_the_viewers() -> None:
    window = read_window("2026-12-15T17:00")
    for zone in (None, UTC, EASTERN, ZoneInfo("Asia/Tokyo")):
        assert countdown(window, datetime(2026, 12, 15, 16, tzinfo=zone)).text == "in 01:00:00"


def test_a_change_of_the_clocks_is_counted_in_real_time() -> None:
    zone = ZoneInfo("America/New_York")
    window = Window.of_date(datetime(2026, 11, 1, 12, tzinfo=zone))
    assert countdown(window, datetime(2026, 10, 31, 12, tzinfo=zone)).text == "in 25:00:00"


PHRASES = st.sampled_from(
    ["Q4 2026", "2026-12-23", "mid-2027", "by Q1 2027", "from H1 2027", "ASH 2026", "week of Dec 7, 2026", "winter 2026",
     "before 2027", "late 2026 or early 2027", "2026-12-15T17:00-05:00", "TBD", "unheard of", "2026", "after 2026"]
)  # fmt: skip
DAYS = st.dates(date(2026, 1, 1), date(2028, 6, 30))
KINDS = st.sampled_from(["pdufa", "readout", "other"])


@given(PHRASES, KINDS)
def test_never_overdue_before_the_window_has_closed(phrase: str, kind: str) -> None:
    window = read_window(phrase, SAID)
    if window.end is None or window.start is None:
        return
    day = window.start - timedelta(days=3)
    while day <= window.end + timedelta(days=3):
        seen = countdown(window, datetime.combine(day, NOON, tzinfo=EASTERN), kind=kind)
        assert (seen.state == "overdue") == (day > window.end), day
        assert len(seen.short) <= 12
        day += timedelta(days=1)


@given(PHRASES, DAYS, st.times(), KINDS)
def test_no_hour_of_the_day_shifts_a_day(phrase: str, day: date, hour: time, kind: str) -> None:
    window = read_window(phrase, SAID)
    if window.instant is None:
        expected = countdown(window, datetime.combine(day, NOON), kind=kind)
        for zone in (None, UTC, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Apia")):
            assert countdown(window, datetime.combine(day, hour, tzinfo=zone), kind=kind) == expected


ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("UTC", "America/New_York", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe")]
)


@given(PHRASES, st.datetimes(datetime(2026, 1, 1), datetime(2028, 6, 30)), ZONES)
def test_nothing_changes_before_the_next_change(phrase: str, local: datetime, zone: ZoneInfo) -> None:
    window, now = read_window(phrase, SAID), local.replace(tzinfo=zone)
    change = next_change(window, now)
    if change is None:
        assert not window.dated
        return
    wait = change.timestamp() - now.timestamp()
    assert 0 < wait < 86_400 + 3_601
    for part in (0.0, 0.5, 0.999):
        between = datetime.fromtimestamp(now.timestamp() + part * wait, tz=zone)
        assert countdown(window, between).text == countdown(window, now).text


def test_a_ticking_instant_changes_every_second_and_a_done_one_never() -> None:
    now = datetime(2026, 12, 15, 12, 0, 0, 250_000, tzinfo=EASTERN)
    assert next_change(INSTANT, now) == datetime(2026, 12, 15, 12, 0, 1, tzinfo=EASTERN)
    assert next_change(INSTANT, now, outcome="met") is None
    assert next_change(read_window("Q4 2026"), datetime(2026, 11, 22, 9)) == datetime(2026, 11, 23)


def test_midnight_that_the_clocks_leave_out_is_the_moment_they_change() -> None:
    zone = ZoneInfo("America/Santiago")  # on 2026-09-06 the day begins at 01:00
    change = next_change(read_window("Q4 2026"), datetime(2026, 9, 5, 23, 0, tzinfo=zone))
    assert change is not None
    assert change.timestamp() == datetime(2026, 9, 6, 1, 0, tzinfo=zone).timestamp()


def test_the_agenda_puts_overdue_first_and_done_last() -> None:
    day = date(2026, 11, 22)
    ordered = ["Q2 2026", "Q3 2026", "2026-11-22", "November 2026", "from 2026", "2026-12-23", "by 2026", "Q1 2027",
               "H1 2027", "from 2027", "TBD", "unheard of"]  # fmt: skip
    keys = [agenda_key(read_window(phrase, SAID), on(phrase, day), "a") for phrase in ordered]
    assert keys == sorted(keys)
    assert agenda_key(read_window("Q2 2026"), "done", "a") > keys[-1]


def test_within_a_group_the_narrower_comes_first_then_the_name() -> None:
    december, quarter = read_window("December 2027"), read_window("Q4 2027")
    assert agenda_key(december, "ahead", "z") < agenda_key(quarter, "ahead", "a") < agenda_key(quarter, "ahead", "B")


@given(st.lists(st.tuples(PHRASES, st.sampled_from(STATES), st.text(max_size=3)), min_size=3, max_size=3))
def test_the_agenda_is_a_total_order(rows: list[tuple[str, str, str]]) -> None:
    one, two, three = (agenda_key(read_window(phrase, SAID), state, name) for phrase, state, name in rows)
    assert (one < two) + (two < one) + (one == two) == 1
    assert not (one < two < three) or one < three


@pytest.mark.parametrize(
    ("phrase", "days", "possible", "due"),
    [
        ("Q4 2026", 38, True, False),
        ("Q4 2026", 39, True, True),
        ("Q1 2027", 39, False, False),
        ("Q1 2027", 40, True, False),
        ("Q1 2027", 129, True, True),
        ("by Q1 2027", 1, True, False),
        ("from Q4 2026", 90, True, False),
        ("from Q1 2027", 90, True, False),
        ("2026-11-22", 0, True, True),
        ("2026-11-21", 90, False, False),
        ("TBD", 90, False, False),
        ("unheard of", 90, False, False),
    ],
)
def test_what_may_happen_within_a_span_and_what_is_due_in_it(phrase: str, days: int, possible: bool, due: bool) -> None:
    window, today = read_window(phrase, SAID), date(2026, 11, 22)
    assert (overlaps(window, today, days), due_within(window, today, days)) == (possible, due)
