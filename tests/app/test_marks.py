"""Marked programs and the cursor: what acts on which, and where the cursor is afterwards."""

from __future__ import annotations

import pytest
from app_stage import GOLDEN_LIST, app_on, shown
from editing_stage import changed, keys

from cartwatch.app.screens.main import MainScreen

TOLD = "This is for lasme-cel, under the cursor, not for the 2 marked programs"


def cursor(app: object) -> str | None:
    key: str | None = app.screen.programs.cursor_key  # type: ignore[attr-defined]
    return key


@pytest.mark.parametrize("size", [(60, 20), (140, 45)])
@pytest.mark.parametrize("key", ["w", "m", "r", "A"])
@pytest.mark.slow
async def test_with_marks_a_key_for_one_program_says_that_it_acts_on_the_one_under_the_cursor(
    key: str, size: tuple[int, int]
) -> None:
    app = app_on()
    async with app.run_test(size=size) as pilot:
        await keys(pilot)
        at = app.screen.programs.keys.index("lasme-cel")  # type: ignore[attr-defined]
        others = [each for each in app.screen.programs.keys if each != "lasme-cel"][:2]  # type: ignore[attr-defined]
        app.screen.display_state.marked = frozenset(others)  # type: ignore[attr-defined]
        await keys(pilot, "g", *["j"] * at, key)
        assert not isinstance(app.screen, MainScreen)
        assert TOLD in " ".join(shown(app).split())
        assert "lasme-cel" in shown(app)


@pytest.mark.slow
async def test_a_marked_program_under_the_cursor_needs_no_such_words() -> None:
    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        screen = await keys(pilot, "space", "k", "m")
        assert "under the cursor" not in screen


@pytest.mark.parametrize("marks", [["space"], ["space", "space"]])
@pytest.mark.parametrize("change", [["V"], ["p"], ["t", "'zz", "enter"]])
@pytest.mark.slow
async def test_a_change_of_the_marked_programs_leaves_the_cursor_where_it_is(marks: list[str], change: list[str]) -> None:
    app = app_on()
    async with app.run_test(size=(120, 34)) as pilot:
        await keys(pilot, *marks, "j")
        before = cursor(app)
        await keys(pilot, *change)
        assert changed(app, GOLDEN_LIST)
        assert cursor(app) == before
