"""Finding a program: the best match is under the cursor while the filter is typed, and fields complete themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_stage import app_on, shown
from editing_stage import keys

SAMPLE = (Path(__file__).parents[2] / "sample_watchlist.toml").read_text(encoding="utf-8")
LIST = """\
[[program]]
name = "zeta-cel"
notes = "a rival of alpha-cel"

[[program]]
name = "my alpha-cel"

[[program]]
name = "alpha-cel two"

[[program]]
name = "other"
aliases = ["Alpha-cel"]
"""


def under_cursor(app) -> str:
    return app.screen.program.name


@pytest.mark.slow
async def test_a_program_is_found_with_slash_its_name_and_enter() -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=(140, 45)) as pilot:
        await keys(pilot, "/", "'obe", "enter")
        assert app.screen.program.label == "obe-cel"  # type: ignore[attr-defined]


@pytest.mark.slow
async def test_whole_names_come_before_beginnings_before_words_before_other_texts() -> None:
    app = app_on(LIST)
    async with app.run_test(size=(140, 45)) as pilot:
        await keys(pilot, "/", "'alpha-cel")
        names = [app.session.watchlist.get(key).name for key in app.screen.shown]  # type: ignore[attr-defined,union-attr]
        assert names == ["other", "alpha-cel two", "my alpha-cel", "zeta-cel"]
        assert under_cursor(app) == "other"


@pytest.mark.slow
async def test_what_matched_out_of_sight_is_named() -> None:
    app = app_on(LIST)
    async with app.run_test(size=(140, 45)) as pilot:
        assert "1 match · in Notes" in await keys(pilot, "/", "'rival")
        assert "in Aliases" not in await keys(pilot, "escape", "/", "'zeta")


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 45), (200, 60)])
@pytest.mark.slow
async def test_tab_takes_the_completion_and_an_unknown_field_is_told(size: tuple[int, int]) -> None:
    app = app_on(SAMPLE)
    async with app.run_test(size=size) as pilot:
        assert "sponsor:" in await keys(pilot, "/", "'spons")
        screen = await keys(pilot, "tab", "'cell", "tab")
        assert "sponsor:cellectis" in screen
        assert len(app.screen.shown) == 1  # type: ignore[attr-defined]
        await keys(pilot, "escape")
        assert 'did you mean "phase:"?' in " ".join((await keys(pilot, "/", "'phse:2 ")).split())


async def test_without_a_completion_tab_does_nothing() -> None:
    app = app_on(LIST)
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "/", "'zz", "tab")
        assert app.screen.find.line.typing  # type: ignore[attr-defined]
        assert "zz" in shown(app)
