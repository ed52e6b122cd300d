"""The timeline in the app: the same rows as the table, zoom, scroll, the facts under the cursor, and how it looks."""

from __future__ import annotations

import difflib
import os

import pytest
from app_stage import HERE, app_on, press, shown

from cartwatch.app.screens.main import MainScreen

TEXT = (HERE.parent / "views" / "timeline.toml").read_text(encoding="utf-8")
SAMPLE = (HERE.parents[1] / "sample_watchlist.toml").read_text(encoding="utf-8")
SIZES = [(60, 20), (80, 24), (140, 45), (200, 60)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("plain", [False, True], ids=["colour", "plain"])
@pytest.mark.slow
async def test_the_timeline_looks_as_it_did(size: tuple[int, int], plain: bool) -> None:
    app = app_on(TEXT, no_color=plain, ascii_only=plain)
    async with app.run_test(size=size) as pilot:
        text = await press(pilot, "T")
        golden = HERE / "goldens" / f"{size[0]}x{size[1]}" / f"timeline{'-plain' if plain else ''}.txt"
        if os.environ.get("CARTWATCH_GOLDENS") == "write":
            golden.parent.mkdir(exist_ok=True)
            golden.write_text(text, encoding="utf-8")
        before = golden.read_text(encoding="utf-8") if golden.exists() else ""
        wrong = difflib.unified_diff(before.splitlines(), text.splitlines(), lineterm="", n=0)
        assert before == text, "\n".join(wrong)


@pytest.mark.slow
async def test_it_draws_what_the_table_shows_and_enter_leads_to_the_catalyst() -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "slash " + " ".join("cema") + " enter")
        screen = await press(pilot, "T")
        assert "cema-cel" in screen
        assert "lasme-cel" not in screen
        await press(pilot, "j enter")
        assert isinstance(app.screen, MainScreen)
        assert "cema-cel" in shown(app)


@pytest.mark.slow
async def test_time_is_zoomed_scrolled_and_brought_back_to_today() -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=(140, 45)) as pilot:
        spans = [await press(pilot, key) for key in ("T", "minus", "plus", "l", "0")]
        first, wider, again, later, today = (each.splitlines()[0].split("catalysts")[0].split()[1:4] for each in spans)
        assert first == again == today
        assert wider != first
        assert later != first
        for _ in range(12):
            await press(pilot, "plus")
        start, _, end = shown(app).splitlines()[0].split()[1:4]
        assert (int(end[:4]) - int(start[:4])) * 12 + int(end[5:7]) - int(start[5:7]) <= 3


@pytest.mark.slow
async def test_the_five_moves_of_lifileucel_and_the_end_are_read_off_the_picture() -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "slash " + " ".join("lifileucel") + " enter T")
        await press(pilot, "m minus minus minus")
        row = ""
        while not all(each in row for each in "12345"):
            screen = await press(pilot, "h")
            assert "2017" not in screen.splitlines()[0], screen
            row = next((line for line in screen.splitlines() if "BLA complete, melanoma" in line), "")
        for words in ("1 by the end of 2020", "2 in 2021", "3 early next year", "4 by August 2022", "5 Q4 2022"):
            assert words in screen, screen
