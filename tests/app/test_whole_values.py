"""No countdown, window or rate of the table is ever cut, whatever the width and however far it is scrolled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from app_stage import app_on, press, shown

from cartwatch.app.widgets.programs import ProgramTable
from cartwatch.views.columns import COLUMNS
from cartwatch.views.lines import plain

SAMPLE = (Path(__file__).parents[2] / "sample_watchlist.toml").read_text(encoding="utf-8")
WHOLE = [each for each in COLUMNS if each.whole]


def assert_whole(app) -> set[str]:
    """Look at each row on screen; give the columns that are never cut and are there."""
    table, session, look = app.screen.query_one(ProgramTable), app.session, app.screen.look
    places = {table.columns[each.index].key: each for each in table._view.places}
    for key in table.visible_keys:
        line = "".join(text for text, _ in table._runs_of(key))
        for spec in WHOLE:
            if (place := places.get(spec.key)) is not None:
                text = line[place.start - 1 : place.start - 1 + place.width].strip()
                assert text == " ".join(plain(spec.cell(session.watchlist.get(key), look)).split()), (app.size, line)
    return set(places) & {each.key for each in WHOLE}


@pytest.mark.slow
async def test_at_any_width() -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=(40, 30)) as pilot:
        for width in range(40, 221, 7):
            await pilot.resize_terminal(width, 30)
            await pilot.pause()
            assert "countdown" in assert_whole(app)


@pytest.mark.slow
async def test_at_any_place_sideways_and_down() -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=(50, 16)) as pilot:
        await pilot.pause()
        seen: set[str] = set()
        for _ in range(12):
            await press(pilot, "shift+right j j")
            seen |= assert_whole(app)
        assert {"when", "countdown", "crs", "icans", "gvhd"} <= seen


async def test_a_long_rate_further_down_widens_its_column() -> None:
    row = """[[program]]
name = "p{}"
[[program.safety.report]]
n = {}
crs = {{ severe = "12.5%" }}
"""
    app = app_on("".join(row.format(at, 40 if at < 60 else 12345678) for at in range(70)))
    async with app.run_test(size=(120, 20)) as pilot:
        await pilot.pause()
        assert_whole(app)
        assert "12.5% of 12345678" in await press(pilot, "G")
        assert_whole(app)
        assert re.search(r"12.5% of 40\b", await press(pilot, "g"))


async def test_where_there_is_no_room_at_all_there_is_a_sign_and_no_half_number() -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=(40, 30)) as pilot:
        await pilot.resize_terminal(18, 30)
        await pilot.pause()
        assert "opens 1…" not in shown(app)
