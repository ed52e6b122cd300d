"""Typing on the stage: whole texts, and what a key made of the file."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from app_stage import GOLDEN_LIST, app_on, shown

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from cartwatch.app.app import CartwatchApp

_NAMES = {
    " ": "space", "/": "slash", ".": "full_stop", ":": "colon", "-": "minus", "+": "plus", ",": "comma", "%": "percent_sign",
}  # fmt: skip


async def keys(pilot: Pilot[int], *pressed: str) -> str:
    """Press keys by name; a word that begins with ' is typed letter by letter, one with @ is a fact to go to in the detail.

    Gives what is then on the screen.
    """
    for each in pressed:
        if each.startswith("@") and len(each) > 1:
            screen = pilot.app.screen
            screen.set_focus(screen.detail.lines)  # type: ignore[attr-defined]
            screen.go_to(each[1:])  # type: ignore[attr-defined]
            await pilot.pause()
            continue
        if each.startswith("'") and len(each) > 1:
            await pilot.press(*(_NAMES.get(char, char) for char in each[1:]))
        else:
            await pilot.press(each)
    await pilot.pause()
    await pilot.pause()
    return shown(pilot.app)  # type: ignore[arg-type]


def changed(app: CartwatchApp, before: str = GOLDEN_LIST) -> list[str]:
    """The lines that went and came since the file was opened."""
    after = app.session.document.text
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [each for each in lines if not each.startswith(("---", "+++", "@@"))]


async def outcome(*pressed: str, size: tuple[int, int] = (100, 34), text: str | None = GOLDEN_LIST) -> tuple[list[str], str]:
    """What keys make of a list: the changed lines, and the screen."""
    app = app_on(text)
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        screen = await keys(pilot, *pressed)
        return changed(app, text or ""), screen
