"""The settings screen: what is changed there shows at once and stands in the file, whose comments stay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from app_stage import app_on, press, shown

from cartwatch.app.screens.settings import SettingsScreen, keys_of
from cartwatch.app.settings import read_settings
from cartwatch.storage.places import Places, places
from cartwatch.storage.settings import SETTINGS

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from cartwatch.app.app import CartwatchApp


@pytest.fixture
def where(tmp_path: Path) -> Places:
    return places(str(tmp_path / "list.toml"), {"HOME": str(tmp_path), "CARTWATCH_CONFIG": str(tmp_path / "config.toml")})


def write(where: Places, text: str) -> None:
    Path(where.config).write_text(text)


def written(where: Places) -> str:
    return Path(where.config).read_text()


def a_directory(where: Places) -> None:
    Path(where.config).mkdir()


async def on(pilot: Pilot[int], key: str) -> SettingsScreen:
    """Open the settings with the cursor on one of them."""
    app: CartwatchApp = pilot.app  # type: ignore[assignment]
    if not isinstance(app.screen, SettingsScreen):
        await app.action_settings()
        await pilot.pause()
    screen = app.screen
    assert isinstance(screen, SettingsScreen)
    at = next((at for at, each in enumerate(SETTINGS) if each.key == key), len(SETTINGS))
    screen.query_one("#menu").move_to(at)  # type: ignore[attr-defined]
    await pilot.pause()
    return screen


@pytest.mark.slow
async def test_a_theme_is_chosen_shown_and_written(where: Places) -> None:
    write(where, "# mine\nglyphs = 'auto'  # at home\n")
    app = app_on(places=where)
    async with app.run_test(size=(140, 45)) as pilot:
        assert isinstance(app.screen, SettingsScreen) is False
        await press(pilot, "comma")
        assert isinstance(app.screen, SettingsScreen)
        assert "cartwatch-light" in await press(pilot, "enter l i g h t enter")
        assert app.theme == "cartwatch-light"
        assert written(where) == "# mine\nglyphs = 'auto'  # at home\ntheme = \"cartwatch-light\"\n"
        await press(pilot, "0")
        assert app.theme == "cartwatch-dark"
        assert written(where) == "# mine\nglyphs = 'auto'  # at home\n"


@pytest.mark.slow
async def test_signs_change_on_every_screen_at_once(where: Places) -> None:
    app = app_on(places=where)
    async with app.run_test(size=(140, 45)) as pilot:
        await on(pilot, "glyphs")
        text = await press(pilot, "enter a s c i i enter")
        assert "▌" not in text
        assert "╭" not in text
        await press(pilot, "escape")
        assert "★" not in shown(app)
        assert app.screen.look.ascii  # type: ignore[attr-defined]


@pytest.mark.slow
async def test_a_switch_and_a_number(where: Places) -> None:
    app = app_on(places=where)
    async with app.run_test(size=(140, 45)) as pilot:
        await on(pilot, "reduced_motion")
        await press(pilot, "space")
        assert app.animation_level == "none"
        await on(pilot, "registry.seconds")
        assert "expected a number from 5 to 3600" in await press(pilot, "enter 1 enter")
        await press(pilot, "backspace 6 0 enter")
        assert written(where) == "reduced_motion = true\n\n[registry]\nseconds = 60\n"


@pytest.mark.slow
async def test_the_preset_and_the_keys_of_a_command_change_live(where: Places) -> None:
    app = app_on(places=where)
    async with app.run_test(size=(140, 45)) as pilot:
        await on(pilot, "keys.preset")
        await press(pilot, "enter v i m enter")
        assert app.keymap["first"] == ("g g", "home")
        await on(pilot, "keys")
        await press(pilot, "enter t i m e l i n e enter")
        await press(pilot, "ctrl+u")
        text = await press(pilot, "S enter")
        assert '"S" is the key of sort already' in text
        await press(pilot, "backspace g space l enter")
        assert app.keymap["timeline"] == ("g l",)
        assert read_settings(where.config).problems == ()
        await press(pilot, "escape g l")
        assert "Timeline" in shown(app)


@pytest.mark.parametrize("text", [None, "[[program]]\nname = 3 4\n"], ids=["welcome", "unreadable"])
@pytest.mark.slow
async def test_the_settings_open_without_a_list_too(where: Places, text: str | None) -> None:
    app = app_on(text, places=where)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "comma j enter a s c i i enter")
        assert shown(app).isascii()
        assert (await press(pilot, "escape")).isascii()
        assert written(where) == 'glyphs = "ascii"\n'


@pytest.mark.slow
async def test_what_is_wrong_in_the_file_is_listed(where: Places) -> None:
    write(where, 'theme = "[/b]drak"\n[keys]\nfitler = "f"\n')
    app = app_on(places=where, settings=read_settings(where.config))
    async with app.run_test(size=(140, 45)) as pilot:
        await on(pilot, "theme")
        text = " ".join(shown(app).replace("│", " ").split())
        assert "config.toml:1:9: theme: choose from" in text
        assert "config.toml:3:1: keys.fitler" in text


@pytest.mark.slow
async def test_what_was_changed_by_hand_is_applied_when_the_settings_open(where: Places) -> None:
    app = app_on(places=where)
    async with app.run_test(size=(140, 45)) as pilot:
        write(where, 'theme = "cartwatch-light"\n[keys]\nundo = "f8"\n')
        await on(pilot, "theme")
        assert (app.theme, app.keymap) == ("cartwatch-light", {"undo": ("f8",)})
        write(where, '[theme]\nuse = "mine"\n[theme.mine]\nhue = "#ffffff"\n')
        await press(pilot, "escape comma")
        assert app.theme_variables["hue"] == "#ffffff"
        write(where, '[theme]\nuse = "mine"\n[theme.mine]\nhue = "#ffff00"\n')
        await press(pilot, "escape comma")
        assert app.theme_variables["hue"] == "#ffff00"


@pytest.mark.slow
async def test_a_file_that_cannot_be_written_is_told_and_the_change_holds_for_now(where: Places) -> None:
    a_directory(where)
    app = app_on(places=where)
    async with app.run_test(size=(140, 45)) as pilot:
        await on(pilot, "reduced_motion")
        text = " ".join((await press(pilot, "enter")).split())
        assert "config.toml" in text


@pytest.mark.slow
async def test_without_a_file_a_change_holds_until_the_end() -> None:
    app = app_on()
    async with app.run_test(size=(140, 45)) as pilot:
        await on(pilot, "glyphs")
        text = " ".join((await press(pilot, "enter a s c i i enter")).split())
        assert "it holds until you quit" in text
        await on(pilot, "reduced_motion")
        await press(pilot, "enter")
        assert (app.ascii_only, app.animation_level) == (True, "none")


@pytest.mark.parametrize(
    ("typed", "keys"),
    [("j, down", ["j", "down"]), ("g g", ["g g"]), ("none", []), (" , ", []), ("comma,f5", ["comma", "f5"])],
)
def test_keys_are_typed_with_commas_between(typed: str, keys: list[str]) -> None:
    assert keys_of(typed) == keys
