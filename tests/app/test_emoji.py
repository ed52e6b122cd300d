"""Emoji of several characters survive typing and pasting, in a line, a form and a long text."""

from __future__ import annotations

from unicodedata import name

import pytest
from app_stage import app_on
from editing_stage import changed, keys
from textual.events import Key, Paste

SCIENTIST = "\U0001f469\u200d\U0001f52c"
HEART = "\u2764\ufe0f\u200d\U0001f525"


@pytest.mark.parametrize("text", [SCIENTIST, HEART])
@pytest.mark.parametrize(("opened", "saved"), [(["t"], "enter"), (["m"], "f2"), (["@mechanism.binder", "e"], "enter")])
@pytest.mark.parametrize("pasted", [False, True])
@pytest.mark.slow
async def test_an_emoji_with_a_joiner_is_kept_whole(text: str, opened: list[str], saved: str, pasted: bool) -> None:
    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        await keys(pilot, *opened)
        if pasted:
            app.post_message(Paste(text))
            await keys(pilot)
        else:
            for each in text:  # as the driver gives them; Pilot finds no key for some
                app.post_message(Key(name(each).lower().replace(" ", "_"), each))
            await keys(pilot)
        await keys(pilot, saved)
        assert text in "".join(changed(app))
