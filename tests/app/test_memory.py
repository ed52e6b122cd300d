"""What is closed is let go: memory does not grow with the dialogs of a day."""

from __future__ import annotations

import gc

import pytest
from app_stage import app_on, press
from textual._styles_cache import StylesCache


def drawn_widgets() -> int:
    """How many widgets' drawn lines are in memory."""
    gc.collect()
    return sum(isinstance(each, StylesCache) for each in gc.get_objects())


@pytest.mark.slow
async def test_the_drawn_lines_of_a_closed_dialog_are_not_kept() -> None:
    app = app_on()
    async with app.run_test(size=(100, 30)) as pilot:
        counts = []
        for _ in range(4):
            await press(pilot, "colon escape j")
            counts.append(drawn_widgets())
        assert counts[3] == counts[0]
