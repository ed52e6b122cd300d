"""Text that tries to be more than text, in every form and line: it shows itself, does nothing, and stays as it is."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from app_stage import app_on, shown
from editing_stage import changed, keys
from test_app_hostile import PAYLOADS, check, hostile_program

from cartwatch.app.controllers.edit import Editor
from cartwatch.app.screens.main import MainScreen

if TYPE_CHECKING:
    from collections.abc import Iterator

WAYS: tuple[tuple[str, ...], ...] = (
    ("e", "escape", "escape"),
    ("e", "enter", "pagedown", "pagedown", "escape"),
    ("e", "'mechanism", "enter", "pagedown", "escape"),
    ("e", "'safety", "enter", "pagedown", "escape"),
    ("e", "'sponsor", "enter", "tab", "escape"),
    ("t", "tab", "escape"),
    ("m", "escape"),
    ("x", "n"),
    ("space", "space", "t", "escape", "space"),
    ("@catalyst", "e", "pagedown", "tab", "escape", "escape"),
    ("@catalyst", "w", "'Q1", "tab", "tab", "down", "down", "tab", "escape", "escape"),
    ("@catalyst", "r", "tab", "escape", "escape"),
    ("@safety.report.1", "e", *["pagedown"] * 3, "escape"),
    ("@safety.report.1", "s", "escape"),
    ("@source", "e", "pagedown", "escape"),
    ("@source", "x", "n"),
    ("@trial", "e", "pagedown", "escape"),
    ("@designation.1", "e", "pagedown", "tab", "escape", "escape"),
)


def dealt(value: Any, payloads: Iterator[str]) -> Any:
    """A value with the next payload in place of "X" in each of its texts."""
    if isinstance(value, dict):
        return {key: dealt(each, payloads) for key, each in value.items()}
    if isinstance(value, list):
        return [dealt(each, payloads) for each in value]
    return value.replace("X", next(payloads)) if isinstance(value, str) else value


# Each of the others deals the same payloads to other fields, for five seconds.
STARTS = [first if first == 0 else pytest.param(first, marks=pytest.mark.long) for first in range(0, len(PAYLOADS), 4)]


@pytest.mark.parametrize("first", STARTS)
@pytest.mark.slow
async def test_hostile_text_is_shown_and_kept_in_every_form(first: int) -> None:
    payloads = cycle((*PAYLOADS[first:], *PAYLOADS[:first]))
    text = tomli_w.dumps({"program": [dealt(hostile_program("X"), payloads), hostile_program("plain")]})
    app = app_on(text)
    async with app.run_test(size=(100, 34), notifications=True) as pilot:
        await pilot.pause()
        for way in WAYS:
            main = app.screen
            assert isinstance(main, MainScreen), way
            main.set_focus(main.programs)
            for key in way:
                check(await keys(pilot, key), (way, key))
            while len(app.screen_stack) > 2:
                await keys(pilot, "escape")
        assert app.is_running
        assert not changed(app, text)


@pytest.mark.slow
async def test_hostile_text_that_is_typed_goes_into_the_file_as_it_is() -> None:
    payload = '[@click=app.quit]x[/] "quoted" \\u0000 # no comment'
    app = app_on('[[program]]\nname = "a"\n')
    async with app.run_test(size=(100, 34)) as pilot:
        await pilot.pause()
        await keys(pilot, "e", "'sponsor", "enter")
        screen = app.screen
        assert isinstance(screen, MainScreen)
        assert isinstance(screen.edit, Editor)
        screen.edit.line.entry.insert_text_at_cursor(payload)
        await keys(pilot, "enter")
        assert app.session.watchlist.programs[0].sponsor == payload
        assert payload[:8] in shown(app)
