"""The calendar says what is known of when, and an entry keeps its uid when guidance moves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from cartwatch.document.reader import read_watchlist
from cartwatch.domain.program import Program
from cartwatch.formats.ics import WINDOWS, Exported, calendar, left_out

TODAY = date(2026, 11, 22)


def written(*catalysts: dict[str, Any], windows: str = "last", **program: Any) -> Any:
    record = {"id": "p", "name": "a, program; with \\ signs\n", "catalyst": list(catalysts), **program}
    watchlist = read_watchlist({}, [record], TODAY).watchlist
    made = calendar(watchlist.programs, windows=windows)
    assert made == calendar(watchlist.programs, windows=windows)
    assert b"VALARM" not in made
    return list(Calendar.from_ical(made).walk("VEVENT"))


def days(event: Any) -> tuple[date, date]:
    return event["dtstart"].dt, event["dtend"].dt


@pytest.mark.parametrize(
    ("when", "first", "end", "status", "words"),
    [
        ("Q4 2026", date(2026, 12, 31), date(2027, 1, 1), "TENTATIVE", "[window closes: Q4 2026]"),
        (date(2026, 12, 23), date(2026, 12, 23), date(2026, 12, 24), "CONFIRMED", "the event"),
        ("by end-2027", date(2027, 12, 31), date(2028, 1, 1), "TENTATIVE", "[no later than: by end-2027]"),
        ("not before Q1 2027", date(2027, 1, 1), date(2027, 1, 2), "TENTATIVE", "[not before: not before Q1 2027]"),
    ],
)
def test_a_window_stands_on_its_last_day_and_says_so(when: Any, first: date, end: date, status: str, words: str) -> None:
    (event,) = written({"id": "c", "event": "the event", "when": when})
    assert days(event) == (first, end)
    assert (event["status"], event["transp"]) == (status, "TRANSPARENT")
    assert words in event["summary"]


def test_a_window_can_span_its_days_or_stand_on_its_edges() -> None:
    catalyst = {"id": "c", "event": "e", "when": "Q4 2026"}
    (span,) = written(catalyst, windows="span")
    assert days(span) == (date(2026, 10, 1), date(2027, 1, 1))
    opens, closes = written(catalyst, windows="edges")
    assert (days(opens)[0], days(closes)[0]) == (date(2026, 10, 1), date(2026, 12, 31))
    assert opens["uid"] != closes["uid"]


def test_a_move_keeps_the_uid_and_raises_the_sequence() -> None:
    (before,) = written({"id": "c", "event": "e", "when": "Q4 2026"})
    (after,) = written({"id": "c", "event": "e, renamed", "when": "Q1 2027", "move": [{"when": "Q4 2026"}]})
    assert before["uid"] == after["uid"] == "p.c@cartwatch"
    assert (before["sequence"], after["sequence"]) == (0, 1)
    assert days(after)[0] == date(2027, 3, 31)


def test_what_has_no_date_has_no_entry() -> None:
    assert written({"event": "a", "when": "TBD"}, {"event": "b", "when": "soonish"}, {"event": "c"}) == []


def test_a_withdrawn_catalyst_is_cancelled() -> None:
    (event,) = written({"event": "a", "when": "2026", "outcome": "withdrawn", "outcome_on": date(2026, 5, 1)})
    assert event["summary"].endswith("a (withdrawn) [window: 2026]")  # it had not closed
    assert event["status"] == "CANCELLED"


@pytest.mark.parametrize(
    ("when", "on", "day", "status", "mark"),
    [
        ("Q3 2026", date(2026, 8, 14), date(2026, 8, 14), "CONFIRMED", "a (met)"),
        (date(2026, 8, 20), date(2026, 8, 14), date(2026, 8, 14), "CONFIRMED", "a (met)"),
        ("2026-12-15T17:00-05:00", date(2026, 8, 14), date(2026, 8, 14), "CONFIRMED", "a (met)"),
        ("Q3 2026", "August 2026", date(2026, 9, 30), "TENTATIVE", "a (met) [window: Q3 2026]"),
        ("Q3 2026", None, date(2026, 9, 30), "TENTATIVE", "a (met) [window: Q3 2026]"),
    ],
)
def test_what_has_happened_stands_on_its_day_where_that_is_known(when: Any, on: Any, day: date, status: str, mark: str) -> None:
    known = {} if on is None else {"outcome_on": on}
    (event,) = written({"event": "a", "when": when, "outcome": "met", **known}, short="p", windows="edges")[-1:]
    assert (days(event)[0], event["status"], event["sequence"]) == (day, status, 1)
    assert event["summary"] == f"p: {mark}"
    assert "Outcome: met" in event["description"]


def test_an_instant_keeps_its_moment() -> None:
    (event,) = written({"event": "a", "when": "2026-12-15T17:00-05:00"})
    assert event["dtstart"].dt.isoformat() == "2026-12-15T22:00:00+00:00"


def test_unknown_ways_of_drawing_are_refused() -> None:
    with pytest.raises(ValueError, match=", ".join(WINDOWS)):
        calendar([], windows="middle")


def one(**catalyst: object) -> list[Program]:
    record = {"id": "a", "name": "A", "catalyst": [{"id": "t", "event": "T", **catalyst}]}
    return list(read_watchlist({}, [record], date(2026, 11, 22)).watchlist.programs)


def revision(ics: bytes) -> tuple[int, str]:
    lines = dict(line.partition(":")[::2] for line in ics.decode().splitlines())
    return int(lines["SEQUENCE"]), lines["DTSTAMP"]


def test_a_changed_entry_gets_a_greater_sequence_and_an_undone_one_no_smaller(tmp_path: Path) -> None:
    path, told = str(tmp_path / "exports" / "k.json"), []
    states: list[dict[str, Any]] = [
        {"when": "Q4 2026"},
        {"when": "Q4 2026"},
        {"when": "Q1 2027"},
        {"when": "Q2 2027", "move": [{"when": "Q1 2027"}]},
        {"when": "Q1 2027"},
        {"when": "Q1 2027", "outcome": "withdrawn", "outcome_on": date(2026, 11, 20)},
    ]
    for hour, state in enumerate(states):
        now = datetime(2026, 11, 22, hour, tzinfo=UTC)
        told.append(revision(calendar(one(**state), exported=Exported(path), now=now)))
    assert [sequence for sequence, _ in told] == [0, 0, 1, 2, 3, 4]
    assert [stamp for _, stamp in told] == sorted(stamp for _, stamp in told)
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"a.t@cartwatch": 3}', '{"a.t@cartwatch": {"content": "x", "sequence": "9"}}', "\0"]
)
def test_a_damaged_memory_of_calendars_stops_none(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "k.json"
    path.write_text(damage)
    assert revision(calendar(one(when="Q4 2026"), exported=Exported(str(path))))[0] in (0, 1)


def test_catalysts_without_a_readable_date_are_counted() -> None:
    programs = one(when="soonish") + one(when="TBD") + one() + one(when="2027")
    assert left_out(programs) == 3
