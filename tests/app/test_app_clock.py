"""Countdowns follow the clock: seconds, midnight, a changed clock; nothing is drawn where nothing changes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from app_stage import NOW, Clock, app_on, shown

from cartwatch.app.screens.main import MainScreen
from cartwatch.app.ticking import LONGEST, pause_until
from cartwatch.app.widgets.linelist import LineList
from cartwatch.app.widgets.table import WatchTable

LIST = """
[[program]]
name = "soon"
[[program.catalyst]]
event = "The hour"
when = 2026-11-23T10:00:00Z

[[program]]
name = "later"
[[program.catalyst]]
event = "The day"
when = 2026-11-24
"""


@pytest.mark.parametrize(
    ("now", "moment", "seconds"),
    [
        (datetime(2026, 11, 22, 10, 0, 0, 250_000, UTC), datetime(2026, 11, 22, 10, 0, 1, tzinfo=UTC), 0.75),
        (datetime(2026, 11, 22, 10, tzinfo=UTC), None, LONGEST),
        (datetime(2026, 11, 22, 10, tzinfo=UTC), datetime(2026, 11, 22, 11, tzinfo=UTC), LONGEST),
        (datetime(2026, 11, 22, 23, 59, 50, tzinfo=UTC), None, 10),
        (datetime(2026, 11, 22, 10, tzinfo=UTC), datetime(2026, 11, 22, 9, tzinfo=UTC), 0),
        # The clocks go back at 02:00 that day: 25 hours, and midnight is still found by the calendar.
        (datetime(2026, 11, 1, 23, 59, 30, tzinfo=ZoneInfo("America/New_York")), None, 30),
    ],
)
def test_the_timer_is_aimed_at_the_next_change(now: datetime, moment: datetime | None, seconds: float) -> None:
    assert pause_until(moment, now, now) == pytest.approx(seconds, abs=0.005)


@pytest.mark.parametrize(
    ("drawn", "now", "moment"),
    [
        (datetime(2026, 11, 22, 23, 59, 59, 900_000, UTC), datetime(2026, 11, 23, 0, 0, 0, 100_000, UTC), None),
        (NOW, NOW + timedelta(seconds=1.5), NOW + timedelta(seconds=1)),
    ],
    ids=["midnight", "a second"],
)
def test_what_passed_since_the_screen_was_drawn_is_shown_at_once(
    drawn: datetime, now: datetime, moment: datetime | None
) -> None:
    assert pause_until(moment, drawn, now) < 0.01


@pytest.mark.slow
async def test_a_midnight_between_drawing_and_aiming_is_not_missed() -> None:
    eve = datetime(2026, 11, 22, 23, 59, 59, 900_000, UTC)
    moments = iter([eve])

    def clock() -> datetime:
        return next(moments, eve + timedelta(seconds=0.2))

    app = app_on(LIST.replace("2026-11-23T10:00:00Z", "2026-12-24"), clock=clock)
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(60):
            await pilot.pause(0.05)
            if "in 1d" in line(shown(app), "The day"):
                break
        else:
            pytest.fail(shown(app))


def line(text: str, word: str) -> str:
    return next(each for each in text.splitlines() if word in each)


@pytest.mark.slow
async def test_an_instant_counts_down_by_the_second_and_days_change_at_midnight() -> None:
    clock = Clock()
    app = app_on(LIST, clock=clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, MainScreen)
        assert "in 24:00:00" in line(shown(app), "The hour")
        clock.now = NOW + timedelta(seconds=1)
        screen.tick(clock())
        await pilot.pause()
        assert "in 23:59:59" in line(shown(app), "The hour")
        assert "in 2d" in line(shown(app), "The day")
        clock.now = NOW + timedelta(hours=15)
        screen.tick(clock())
        await pilot.pause()
        assert "in 1d" in line(shown(app), "The day")
        assert screen.session.today == clock().date()


@pytest.mark.slow
async def test_a_clock_set_back_is_followed() -> None:
    clock = Clock()
    app = app_on(LIST, clock=clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        clock.now = NOW - timedelta(days=10)
        assert isinstance(app.screen, MainScreen)
        app.screen.tick(clock())
        await pilot.pause()
        assert "in 12d" in line(shown(app), "The day")


@pytest.mark.slow
async def test_the_timer_rings_by_itself() -> None:
    class Running(Clock):
        def __call__(self) -> datetime:
            return self.now + (datetime.now(UTC) - started)

    started = datetime.now(UTC)
    app = app_on(LIST, clock=Running(NOW + timedelta(milliseconds=900)))
    seen: set[str] = set()
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(200):
            await pilot.pause(0.05)
            seen.update(re.findall(r"in 23:59:\d\d", shown(app)))
            if len(seen) > 1:
                break
        else:
            pytest.fail(f"the countdown stood still: {seen}")


@pytest.mark.slow
async def test_a_tick_that_changes_nothing_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[object] = []
    clock = Clock()
    app = app_on(LIST.replace("2026-11-23T10:00:00Z", "2026-12-24"), clock=clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for widget in (WatchTable, LineList):
            monkeypatch.setattr(widget, "refresh", lambda self, *regions, **more: drawn.append((self, regions)))
        clock.now = NOW + timedelta(seconds=30)
        assert isinstance(app.screen, MainScreen)
        app.screen.tick(clock())
        await pilot.pause()
        monkeypatch.undo()
    assert drawn == []


async def test_one_ticking_line_draws_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    regions: list[tuple[str, int]] = []
    clock = Clock()
    app = app_on(LIST, clock=clock)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        for widget in (WatchTable, LineList):
            name = widget.__name__
            monkeypatch.setattr(
                widget,
                "refresh",
                lambda self, *areas, name=name, **more: regions.extend((name, area.height) for area in areas or [self.region]),
            )
        clock.now = NOW + timedelta(seconds=1)
        assert isinstance(app.screen, MainScreen)
        app.screen.tick(clock())
        monkeypatch.undo()
    assert sorted(regions) == [("LineList", 1), ("WatchTable", 1)]
