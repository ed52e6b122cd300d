"""Keys that come in one piece, as a slow line brings them, do what they do one by one."""

from __future__ import annotations

import asyncio

import pytest
from app_stage import app_on, shown
from editing_stage import changed
from textual.events import Key

PIECES = [
    (["e", *"phase", "enter", "ctrl+u", *"filed", "enter"], ['-phase = "Pivotal"', '+phase = "Filed"']),
    (["t", "comma", *"seen", "enter", "p"], [
        '-tags = ["allogeneic", "heme"]', "-pinned = true", '+tags = ["allogeneic", "heme", "seen"]',
    ]),
    (["p", "u"], []),
    (["m", *"Note", "ctrl+s", "u"], []),
    (["x", "n", "p"], ["-pinned = true"]),
]  # fmt: skip


@pytest.mark.parametrize(("pieces", "lines"), PIECES, ids=lambda value: " ".join(value[:3]))
async def test_keys_in_one_piece_count_one_after_the_other(pieces: list[str], lines: list[str]) -> None:
    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        await pilot.pause()
        for key in pieces:
            app.post_message(Key(key, {"comma": ","}.get(key, key if len(key) == 1 else None)))
        for _ in range(200):
            await asyncio.sleep(0.01)
            if sorted(changed(app)) == sorted(lines) and len(app.screen_stack) == 2 and app.session.done + app.session.undone:
                break
        await pilot.pause()
        assert sorted(changed(app)) == sorted(lines), shown(app)
