"""Empty states say what is going on and which key helps, by the user's own keys."""

from __future__ import annotations

import pytest
from app_stage import app_on, session_on, shown
from editing_stage import keys

from cartwatch.app.app import CartwatchApp

BARE = '[[program]]\nid = "bare-cel"\nname = "[CD19] [/b]"\n'
WORDS = {
    "3": "no data set is listed: a in this pane adds rates; i reads them from a release.",
    "4": "No upcoming catalyst. A adds the next event: data, a filing, a decision.",
    "5": "No trial is linked. a in this pane links one by its number; R asks the registry what changed.",
    "6": "No source is listed: every fact is unverified. a in this pane adds one; on a fact, s names where it comes from.",
    "7": "No notes. m writes them.",
    "8": "No changes are known yet. Each edit, import and undo is listed here; e edits the fact under the cursor.",
}


def words(app: CartwatchApp) -> str:
    """The pane as one text, however it is broken into lines."""
    detail = app.screen.query_one("#pane").region
    rows = shown(app).splitlines()[detail.y : detail.bottom]
    return " ".join(" ".join(row[detail.x : detail.right] for row in rows).replace("▌", " ").split())


@pytest.mark.parametrize("size", [(60, 20), (140, 45)])
async def test_an_empty_pane_says_which_key_helps(size: tuple[int, int]) -> None:
    app = app_on(BARE)
    async with app.run_test(size=size) as pilot:
        await keys(pilot, "enter")
        for pane, said in WORDS.items():
            await keys(pilot, pane, *(["G"] if pane == "3" else []))
            assert said in words(app)


async def test_its_keys_are_the_users_own() -> None:
    app = app_on(BARE, keymap={"memo": ("f9",)})
    async with app.run_test(size=(100, 30)) as pilot:
        await keys(pilot, "7")
        assert "No notes. F9 writes them." in words(app)
        await keys(pilot, "f9", "'x", "ctrl+s")
        assert "F9" not in words(app)
        assert words(app).endswith("x")


@pytest.mark.slow
async def test_a_list_that_can_not_be_changed_names_no_key() -> None:
    app = app_on(BARE)
    app.session = session_on(BARE, readonly="it is the sample")
    async with app.run_test(size=(100, 30)) as pilot:
        for pane in WORDS:
            await keys(pilot, pane)
            assert "adds" not in words(app)
            assert "writes" not in words(app)


@pytest.mark.slow
async def test_no_match_says_how_to_go_back_and_how_to_go_on() -> None:
    app = app_on(BARE, keymap={"filter": ("f9",)})
    async with app.run_test(size=(60, 20)) as pilot:
        screen = await keys(pilot, "f9", "'nothing", "enter")
        assert "Esc shows all of them again." in screen
        assert "F9 changes the filter." in screen
        assert "No program matches" not in await keys(pilot, "escape")


async def test_an_empty_list_says_how_to_begin() -> None:
    app = app_on("")
    async with app.run_test(size=(60, 20)) as pilot:
        screen = await keys(pilot)
        assert "a adds one." in screen
        assert "i imports a list." in screen
