"""Random keys, clicks and sizes on every screen: nothing fails, the file stays whole, and undo leads back to its first bytes.

CARTWATCH_KEYS says how many keys each seed presses; CI takes a few hundred, `CARTWATCH_KEYS=20000` the long walk.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from app_stage import GOLDEN_LIST, Clock, shown
from textual import events

from cartwatch.app.app import CartwatchApp
from cartwatch.app.commands import COMMANDS
from cartwatch.app.screens.main import MainScreen
from cartwatch.document.document import Document
from cartwatch.session.session import Session
from cartwatch.storage.places import places

if TYPE_CHECKING:
    from textual.pilot import Pilot

pytestmark = pytest.mark.long

MANY = int(os.environ.get("CARTWATCH_KEYS", "250"))
SEEDS = range(10)
SIZES = ((40, 15), (60, 20), (80, 24), (100, 30), (140, 45), (200, 60), (300, 80))
ENDS = {"quit", "interrupt", "suspend"}
LEAVES = {key for each in COMMANDS if each.id in ENDS for key in each.keys} | {"ctrl+q", "ctrl+c", "ctrl+z"}
OPENERS = sorted(
    {key for each in COMMANDS for key in each.keys if set(each.where) & {"main", "table"} and key not in LEAVES}
    | {"e", "a", "A", "w", "r", "m", "t", "i", "X", "slash", "question_mark", "colon"}
)
MOVES = ("up", "down", "left", "right", "tab", "shift+tab", "enter", "escape", "home", "end", "pageup", "pagedown", "space")
LETTERS = (
    *tuple("abcdefghijklmnopqrstuvwxyzQRSTCDHLNVX0123456789"),
    "full_stop",
    "minus",
    "quotation_mark",
    "left_square_bracket",
)
EDITS = ("backspace", "delete", "ctrl+u", "ctrl+w", "ctrl+s", "f2", "f6", "f7", "y", "n", "u", "ctrl+r")


async def one_step(pilot: Pilot[int], dice: random.Random) -> str:
    """Press a key, click, turn the wheel or change the size, and say which."""
    chance = dice.random()
    app = pilot.app
    if chance < 0.02:
        size = dice.choice(SIZES)
        await pilot.resize_terminal(*size)
        return f"size {size}"
    if chance < 0.05:
        at = (dice.randrange(app.size.width), dice.randrange(app.size.height))
        await pilot.click(offset=at, times=dice.choice((1, 1, 2)))
        return f"click {at}"
    if chance < 0.06:
        at = (dice.randrange(app.size.width), dice.randrange(app.size.height))
        kind = dice.choice((events.MouseScrollDown, events.MouseScrollUp))
        app.screen._forward_event(kind(None, *at, 0, 0, 0, False, False, False))
        return f"wheel {at}"
    if chance < 0.12:
        await pilot.press("escape", "escape", "escape")
        key = dice.choice(OPENERS)
    else:
        key = dice.choice(dice.choice((MOVES, MOVES, LETTERS, EDITS, OPENERS)))
    if key in LEAVES or key == "q":
        return ""
    await pilot.press(key)
    return key


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list on disk, in a home of its own, that reaches no registry, browser or editor."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CARTWATCH_REGISTRY", "http://127.0.0.1:9")
    for name in ("EDITOR", "VISUAL"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setattr(CartwatchApp, "open_url", lambda *_, **__: None)
    file = tmp_path / "list.toml"
    file.write_text(GOLDEN_LIST, encoding="utf-8")
    return file


@pytest.mark.parametrize("seed", SEEDS)
async def test_random_keys_break_nothing(seed: int, path: Path, tmp_path: Path) -> None:
    dice = random.Random(seed)
    clock = Clock()
    session = Session(str(path), clock().date(), places(str(path), {"HOME": str(tmp_path)}), clock=clock)
    session.open()
    first = session.document.raw
    app = CartwatchApp(session, clock)
    steps: list[str] = []
    async with app.run_test(size=dice.choice(SIZES)) as pilot:
        await pilot.pause()
        for _ in range(MANY):
            steps.append(await one_step(pilot, dice))
            assert app.is_running, " ".join(steps[-30:])
        for _ in range(20):
            if isinstance(app.screen, MainScreen):
                break
            await pilot.press("escape", "y")
        await pilot.pause()
        assert shown(app).strip(), steps[-30:]
    assert app._exception is None, steps[-30:]
    saved = path.read_bytes()  # noqa: ASYNC240
    assert saved == session.document.raw
    Document.parse(saved)
    while session.done:
        session.undo()
    assert session.document.raw == first
