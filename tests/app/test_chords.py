"""Chords: the first key waits for the second, the footer shows what can follow, and nothing else happens meanwhile."""

from __future__ import annotations

import pytest
from app_stage import app_on, press

from cartwatch.app.keymap import read_keymap

VIM, _ = read_keymap({}, "vim")


@pytest.mark.slow
async def test_two_keys_run_one_command_and_the_first_alone_none() -> None:
    app = app_on(keymap=VIM)
    async with app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "j j")
        there = app.screen.programs.cursor_key  # type: ignore[attr-defined]
        await press(pilot, "g")
        assert app.screen.programs.cursor_key == there  # type: ignore[attr-defined]
        await press(pilot, "g")
        assert app.screen.programs.cursor_key != there  # type: ignore[attr-defined]
        await press(pilot, "g t")
        assert app.display_state.pane == "mechanism"


@pytest.mark.slow
async def test_the_footer_shows_what_can_follow() -> None:
    app = app_on(keymap=VIM)
    async with app.run_test(size=(140, 45)) as pilot:
        footer = (await press(pilot, "g")).splitlines()[-1]
        assert footer.split()[:2] == ["g", "…"]
        assert {"g first", "t next pane", "T previous pane"} <= {" ".join(each.split()) for each in footer[4:].split("   ")}
        assert (await press(pilot, "g")).splitlines()[-1].split()[0] != "g"


@pytest.mark.slow
async def test_escape_gives_the_first_key_up_and_another_key_does_nothing_else() -> None:
    app = app_on(keymap=VIM)
    async with app.run_test(size=(140, 45)) as pilot:
        before = await press(pilot, "")
        assert await press(pilot, "g escape") == before
        text = await press(pilot, "g x")
        assert "gx has no command" in text
        assert "Delete" not in text


@pytest.mark.slow
async def test_a_dialog_that_opens_meanwhile_leaves_no_footer_behind() -> None:
    app = app_on(keymap=VIM)
    async with app.run_test(size=(140, 45)) as pilot:
        before = await press(pilot, "")
        await press(pilot, "g")
        await app.action_help()
        await press(pilot, "f12 escape")
        assert (await press(pilot, "")).splitlines()[-1] == before.splitlines()[-1]


@pytest.mark.slow
async def test_a_first_key_is_typed_where_letters_are_typed() -> None:
    app = app_on(keymap=VIM)
    async with app.run_test(size=(140, 45)) as pilot:
        assert "/ gg" in (await press(pilot, "/ g g")).replace("/gg", "/ gg")


async def test_a_key_that_is_taken_away_does_nothing() -> None:
    keymap, _ = read_keymap({"down": [], "up": ["k"]})
    app = app_on(keymap=keymap)
    async with app.run_test(size=(140, 45)) as pilot:
        before = app.screen.programs.cursor_key  # type: ignore[attr-defined]
        await press(pilot, "j")
        assert app.screen.programs.cursor_key == before  # type: ignore[attr-defined]


@pytest.mark.slow
async def test_keys_change_in_the_running_app() -> None:
    from dataclasses import replace

    app = app_on()
    async with app.run_test(size=(140, 45)) as pilot:
        app.appearance.apply(replace(app.appearance.settings, keymap=VIM))
        app.appearance.draw_anew()
        text = await press(pilot, "?")
        assert " gg Home " in text
        await press(pilot, "escape j j")
        app.appearance.apply(replace(app.appearance.settings, keymap={}))
        await press(pilot, "g")
        assert app.screen.programs.cursor_key == app.screen.programs.keys[0]  # type: ignore[attr-defined]
