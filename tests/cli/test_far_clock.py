"""No day is too far for the clock: the first and the last of the calendar are days like others, and harm no list."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from conftest import SAMPLE, Runner

from cartwatch.app.app import CartwatchApp
from cartwatch.app.start import clock_of
from cartwatch.domain.dates.countdown import next_change
from cartwatch.domain.dates.moments import in_zone, later_day, later_moment, next_midnight
from cartwatch.domain.dates.parser import read_window
from cartwatch.session.session import Session
from cartwatch.storage.places import places

PHRASES = (
    "next week", "in 3 months", "within 90 days", "next year", "later this year", "year-end", "this quarter", "in 9000 years",
    "end of next month", "by Q4 9999", "Q1 0001", "9999-12-31", "0001-01-01", "after 9999", "before 0001-01-01", "next summer",
    "winter 9999", "ASH", "mid next year", "within 5 years", "late 9999", "end of December 9999", "coming weeks", "H2", "Q4",
    "December", "week of 9999-12-31", "last week of December 9999", "week of 0001-01-01", "first week of January 0001",
)  # fmt: skip
CATALYSTS = "".join(
    f'[[program.catalyst]]\nid = "c{at}"\nevent = "E{at}"\nwhen = "{each}"\n' for at, each in enumerate(PHRASES)
)
LIST = f"""schema = 1
[[program]]
id = "a"
name = "A"
{CATALYSTS}
[[program.catalyst]]
id = "first"
event = "x"
when = 0001-01-01
[[program.catalyst]]
id = "last"
event = "x"
when = 9999-12-31
kind = "pdufa"
[[program.catalyst]]
id = "first-moment"
event = "x"
when = 0001-01-01T00:00:00+14:00
[[program.catalyst]]
id = "last-moment"
event = "x"
when = 9999-12-31T23:59:59-12:00
[[program.trial]]
id = "NCT01234567"
fetched = 0001-01-01T00:00:00+14:00
primary_completion = 9999-12-31
primary_completion_type = "ESTIMATED"
completion = "9999-12"
"""
FAR = ("0001-01-01", "0001-01-02", "9999-12-30", "9999-12-31")
COMMANDS = (
    ["next"], ["next", "--within", "90d"], ["next", "--within", "99999y"], ["next", "--due", "--within", "1y"],
    ["next", "--json"],
    ["list"], ["list", "--json"], ["list", "due:90d"], ["list", "is:overdue"], ["show", "a"], ["show", "a", "--json"],
    ["when", *PHRASES],
    ["digest"], ["check"], ["compare", "a"], ["export", "--format", "ics"], ["export", "--format", "html"],
    ["export", "--format", "csv"], ["export", "--format", "csv", "--rows", "catalysts"], ["export", "--format", "md"],
    ["export", "--format", "json"], ["changes", "--since", "0001-01-01"], ["changes", "--since", "9999-12-31"], ["changes"],
    ["doctor"], ["backups"], ["diff", str(SAMPLE)], ["move", "a", "c0", "next week"], ["move", "a", "c1", "Q1 2027"],
    ["resolve", "a", "c2", "met"], ["set", "a", "notes=x"], ["add", "Neu"], ["rm", "neu"], ["import", str(SAMPLE)], ["undo"],
    ["changes"], ["restore", "latest"], ["digest", "--since", "0001-01-01"],
)  # fmt: skip


@pytest.fixture(params=["UTC", "Pacific/Kiritimati", "America/New_York"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("day", FAR)
@pytest.mark.slow
def test_every_command_on_a_far_day(run: Runner, tmp_path: Path, zone: str, day: str) -> None:
    file = tmp_path / "list.toml"
    file.write_text(LIST, encoding="utf-8")
    for argv in COMMANDS:
        target = [] if argv[0] == "when" else ["-f", str(file)]
        answer = run(*argv, "--today", day, *target)
        assert "this is a bug" not in answer.err, (argv, answer.err)
        assert 'id = "last-moment"' in file.read_text(encoding="utf-8"), argv
    assert run("list", "-f", str(file)).status == 0


@pytest.mark.parametrize("day", FAR)
def test_backups_made_on_a_far_day_are_dated_by_the_real_clock(run: Runner, tmp_path: Path, day: str) -> None:
    file = tmp_path / "list.toml"
    file.write_text(LIST, encoding="utf-8")
    assert run("set", "a", "notes=x", "-f", str(file), "--today", day).status == 0
    assert day[:4] not in run("backups", "-f", str(file)).out
    assert run("restore", "latest", "-f", str(file)).status == 0
    assert file.read_text(encoding="utf-8") == LIST


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.slow
def test_the_app_on_a_far_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str, day: str) -> None:
    for name in ("STATE", "CONFIG", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    file = tmp_path / "list.toml"
    file.write_text(LIST, encoding="utf-8")
    where = places(str(file), os.environ)
    clock = clock_of(date.fromisoformat(day))
    session = Session(str(file), clock().date(), where)
    session.open()
    app = CartwatchApp(session, clock)

    async def drive() -> None:
        async with app.run_test(size=(110, 40)) as pilot:
            for key in ("1", "4", "5", "8", "j", "T", "escape", "D", "escape", "H", "escape", "x", "f5"):
                await pilot.press(key)
                await pilot.pause()

    asyncio.run(drive())
    assert app.accident is None
    assert session.unsaved is None
    assert 'id = "last-moment"' in file.read_text(encoding="utf-8")
    app.display_state.kept(app.now())


def test_arithmetic_stops_at_the_ends_of_the_calendar() -> None:
    assert later_day(date.max, 5) == date.max
    assert later_day(date(2026, 1, 31), -(10**9)) == date.min
    assert later_day(date(2026, 1, 31), 1) == date(2026, 2, 1)
    last = datetime.max.replace(tzinfo=UTC)
    assert later_moment(last, timedelta(1)) == last
    assert next_midnight(last) == last
    assert next_midnight(datetime(2026, 1, 1, 5, tzinfo=UTC)) == datetime(2026, 1, 2, tzinfo=UTC)
    early = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))
    assert in_zone(early, UTC).tzinfo is UTC
    assert in_zone(datetime(2026, 1, 1, tzinfo=UTC), timezone(timedelta(hours=1))).hour == 1


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.parametrize("day", FAR)
def test_every_phrase_is_read_or_left_on_a_far_day(phrase: str, day: str) -> None:
    today = date.fromisoformat(day)
    for said in (None, today):
        window = read_window(phrase, said, today)
        assert window.start is None or window.end is None or window.start <= window.end
        moment = next_change(window, datetime.combine(today, datetime.min.time(), tzinfo=UTC))
        assert moment is None or moment > datetime.combine(today, datetime.min.time(), tzinfo=UTC)


@pytest.mark.parametrize("day", FAR)
def test_a_report_is_made_on_a_far_day(run: Runner, tmp_path: Path, day: str) -> None:
    file = tmp_path / "list.toml"
    file.write_text('[[program]]\nname = "A"\n[[program.catalyst]]\nevent = "x"\nwhen = "Q1 2027"\n', encoding="utf-8")
    answer = run("export", "--format", "html", "--today", day, "-f", str(file))
    assert (answer.status, answer.err) == (0, "")
    assert "Q1 2027" in answer.out
