"""The screen below a dialog is dimmed as Textual would dim it."""

from __future__ import annotations

import pytest
from app_stage import app_on
from editing_stage import keys
from textual._context import visible_screen_stack
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen

from cartwatch.app.widgets.dimmed import Dimmed


@pytest.mark.parametrize("color", [Color(10, 20, 30, 0.55), Color(0, 0, 0, 0)])
async def test_a_dimmed_screen_has_the_text_and_the_styles_of_textual(color: Color) -> None:
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await keys(pilot, "j", "colon")
        below = app.screen_stack[-2]
        visible_screen_stack.set([below])  # as the compositor does
        assert isinstance(app.screen.render(), Dimmed)
        drawn = Dimmed(below, color).render_strips(80, 24, app.screen.visual_style, None)  # type: ignore[arg-type]
        usual = [list(BackgroundScreen.process_segments(each, color)) for each in below._compositor.render_strips()]
        assert [list(each) for each in drawn] == usual
