"""Every screen as text, at three sizes. CARTWATCH_GOLDENS=write draws them anew: look at the difference before keeping it."""

from __future__ import annotations

import difflib
import os

import pytest
from app_stage import GOLDEN_LIST, HERE, app_on, press

from cartwatch.views.panes import PANES

SIZES = [(60, 20), (80, 24), (140, 45)]
STEPS = [
    ("main", ""),
    *((key, str(number)) for number, (key, _) in enumerate(PANES, 1)),
    ("detail-focused", "3 tab j"),
    ("help", "escape ?"),
    ("help-search", "m a t c h"),
    ("palette", "escape :"),
    ("sort", "escape S j j space"),
    ("columns", "escape C space"),
    ("filter", "escape / p h a s e : 2"),
    ("filter-wrong", "backspace backspace backspace x : 2 enter"),
    ("problems", "escape !"),
    ("marked", "escape space space *"),
]


def check(size: tuple[int, int], screens: dict[str, str]) -> None:
    folder = HERE / "goldens" / f"{size[0]}x{size[1]}"
    wrong = []
    for name, text in screens.items():
        golden = folder / f"{name}.txt"
        if os.environ.get("CARTWATCH_GOLDENS") == "write":
            folder.mkdir(exist_ok=True)
            golden.write_text(text, encoding="utf-8")
        before = golden.read_text(encoding="utf-8") if golden.exists() else ""
        if before != text:
            wrong += difflib.unified_diff(before.splitlines(), text.splitlines(), name, name, lineterm="", n=0)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.slow
async def test_the_screens_look_as_they_did(size: tuple[int, int]) -> None:
    async with app_on().run_test(size=size) as pilot:
        await pilot.pause()
        check(size, {name: await press(pilot, keys) for name, keys in STEPS})


STATES = {
    "welcome": None,
    "empty": "schema = 1\n",
    "unreadable": '[[program]]\nname = "a"\nphase = Phase 2\n',
    "one": '[[program]]\nname = "alone"\n',
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.slow
async def test_the_states_of_a_file_look_as_they_did(size: tuple[int, int]) -> None:
    screens = {}
    for name, text in STATES.items():
        async with app_on(text).run_test(size=size) as pilot:
            screens[name] = await press(pilot, "")
    check(size, screens)


@pytest.mark.long  # every screen at every size again
async def test_ascii_signs_leave_nothing_that_needs_unicode() -> None:
    ascii_list = GOLDEN_LIST.replace('cell = "αβ T"\n', "")
    for size in SIZES:
        async with app_on(ascii_list, ascii_only=True).run_test(size=size) as pilot:
            screens = {name: await press(pilot, keys) for name, keys in STEPS}
        for name, text in screens.items():
            left = {char for char in text if not char.isascii()}
            assert not left, (size, name, left)
