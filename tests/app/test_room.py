"""Space goes to what is read: which columns there are at which size, and how table and detail share the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_stage import GOLDEN_LIST, app_on, shown
from editing_stage import keys

from cartwatch.app.widgets.programs import ProgramTable

SAMPLE = (Path(__file__).parents[2] / "sample_watchlist.toml").read_text(encoding="utf-8")
EMPTY = '[[program]]\nname = "a"\n[[program]]\nname = "b"\n'


def widths(app) -> dict[str, int]:
    """The columns that are wholly on screen, each with its width."""
    table = app.screen.query_one(ProgramTable)
    whole = {each.index: each.width for each in table._layout.places}
    return {table.columns[each.index].key: each.width for each in table._view.places if whole[each.index] == each.width}


async def test_at_140_columns_the_usual_ones_are_there() -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        usual = ["mark", "program", "sponsor", "target", "phase", "next", "when", "countdown", "crs", "icans", "gvhd"]
        assert list(widths(app)) == usual


@pytest.mark.parametrize(("height", "first"), [(24, 120), (45, 80)])
@pytest.mark.slow
async def test_more_columns_never_squeeze_the_next_catalyst(height: int, first: int) -> None:
    app = app_on(SAMPLE)
    seen = {}
    async with app.run_test(size=(60, height)) as pilot:
        for width in range(first, 240, 20):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            seen[width] = widths(app).get("next", 0)
    assert min(seen.values()) >= 19, seen
    assert height < 36 or seen[160] >= 30, seen


async def test_what_needs_less_gets_no_more() -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=(220, 45)) as pilot:
        await pilot.pause()
        table = app.screen.query_one(ProgramTable)
        cut = [line for key in table.visible_keys if "…" in (line := "".join(text for text, _ in table._runs_of(key)))]
        assert not [line for line in cut if "First interim" in line or "Cellectis" in line], cut


@pytest.mark.slow
async def test_columns_without_any_value_give_their_room_up_until_there_is_one() -> None:
    app = app_on(EMPTY)
    async with app.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        assert not {"crs", "icans", "gvhd", "sponsor", "next"} & set(widths(app))
        await keys(pilot, "e", "'sponsor", "enter", "'Acme", "enter")
        assert "sponsor" in widths(app)


async def test_a_program_without_a_catalyst_is_one_quiet_line() -> None:
    app = app_on(GOLDEN_LIST)
    async with app.run_test(size=(120, 45)) as pilot:
        await pilot.pause()
        line = next(each for each in shown(app).splitlines() if "approved-cel" in each)
        assert "none upcoming" in line
        assert "–  –" not in " ".join(line.split("none upcoming")[1].split("–")[:1])
        table = app.screen.query_one(ProgramTable)
        row = table._row_of("approved-cel")
        styles = {table.columns[at].key: cell.style for at, cell in enumerate(row.cells)}
        assert styles["program"] == ""
        assert styles["next"] == "quiet"


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 45)])
@pytest.mark.slow
async def test_enter_gives_the_detail_the_whole_screen_and_esc_gives_it_back(size: tuple[int, int]) -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=size) as pilot:
        before = await keys(pilot)
        table, detail = app.screen.query_one(ProgramTable), app.screen.detail  # type: ignore[attr-defined]
        await keys(pilot, "tab")
        assert table.region.height > 3  # Tab goes there and leaves the table where it is
        await keys(pilot, "tab", "enter")
        assert not table.region
        assert detail.region.size == (size[0], size[1] - 2)
        assert await keys(pilot, "escape") == before


@pytest.mark.parametrize("size", [(40, 15), (59, 24)])
@pytest.mark.slow
async def test_a_narrow_screen_shows_one_side_at_a_time(size: tuple[int, int]) -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=size) as pilot:
        before = await keys(pilot)
        assert "lasme-cel" in before
        assert not app.screen.detail.region  # type: ignore[attr-defined]
        opened = await keys(pilot, "enter")
        assert not app.screen.query_one(ProgramTable).region
        assert "Cellectis" in opened
        assert await keys(pilot, "escape") == before


async def test_few_programs_leave_the_room_to_the_detail() -> None:
    app = app_on(EMPTY)
    async with app.run_test(size=(140, 45)) as pilot:
        await pilot.pause()
        assert app.screen.query_one(ProgramTable).region.height == 8
        assert app.screen.detail.region.height == 45 - 2 - 8  # type: ignore[attr-defined]


@pytest.mark.slow
async def test_pane_titles_have_digit_name_and_count_where_there_is_room() -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=(140, 45)) as pilot:
        assert "1 Overview  2 Mechanism  3 Safety" in await keys(pilot)
        await pilot.resize_terminal(80, 24)
        assert "Overview  Mechanism  Safety" in await keys(pilot)
