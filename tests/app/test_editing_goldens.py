"""What is edited with, as text, at the three sizes; CARTWATCH_GOLDENS=write draws it anew."""

from __future__ import annotations

import pytest
from app_stage import GOLDEN_LIST, app_on, shown
from editing_stage import keys
from test_app_goldens import SIZES, check

SCREENS: dict[str, tuple[str, ...]] = {
    "edit-form": ("@catalyst.balli-01-interim.event", "e", "down", "down"),
    "edit-form-wrong": ("@safety.report.1", "e", "down", "down", "ctrl+u", "'many", "f2"),
    "edit-form-registry": ("5", "tab", "e", "pagedown", "pagedown"),
    "edit-form-leaving": ("@catalyst.balli-01-interim.event", "e", "'!", "escape"),
    "edit-line": ("@catalyst.balli-01-interim.when", "e", "ctrl+u", "'mid-2027"),
    "edit-line-choices": ("e", "'phase", "enter", "ctrl+u", "'pha", "tab"),
    "edit-pick": ("e",),
    "edit-new-program": ("a", "'Aucatzyl", "tab", "'Au"),
    "edit-guidance": ("@catalyst.balli-01-interim.when", "w", "'Q1 2027"),
    "edit-outcome": ("@catalyst.balli-01-interim.when", "r"),
    "edit-memo": ("m",),
    "edit-source": ("@phase", "s"),
    "edit-delete": ("x",),
    "edit-marked": ("space", "space", "e"),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.slow
async def test_what_is_edited_looks_as_it_did(size: tuple[int, int]) -> None:
    screens = {}
    for name, pressed in SCREENS.items():
        async with app_on().run_test(size=size) as pilot:
            await pilot.pause()
            screens[name] = await keys(pilot, *pressed)
    check(size, screens)


@pytest.mark.long  # an app for each of the screens again
async def test_ascii_signs_are_enough_to_edit_with() -> None:
    ascii_list = GOLDEN_LIST.replace('cell = "αβ T"\n', "")
    for name, pressed in SCREENS.items():
        async with app_on(ascii_list, ascii_only=True).run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await keys(pilot, *pressed)
            left = {char for char in shown(pilot.app) if not char.isascii()} - set("─│╭╮╰╯▁▂▃▄▅▆▇█▎▊▔")  # type: ignore[arg-type]
            assert not left, (name, left)
