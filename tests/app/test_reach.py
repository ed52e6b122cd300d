"""Every command is within reach: by key or palette, and by the palette, the mouse or the command line."""

from __future__ import annotations

import pytest
from app_stage import app_on, shown
from editing_stage import keys
from textual import events

from cartwatch.app.commands import COMMANDS, Command
from cartwatch.app.screens.form import FormScreen
from cartwatch.app.widgets.detail import PaneLines
from cartwatch.app.widgets.programs import ProgramTable

# What the mouse does in place of a key without a word in the footer, or the command line in place of the app.
OTHERWISE = {
    **dict.fromkeys(("down", "up", "first", "last", "next_program", "previous_program"), "a click on the line"),
    **dict.fromkeys(("page_down", "page_up", "half_down", "half_up", "page_previous"), "the wheel"),
    **dict.fromkeys(("scroll_right", "scroll_left"), "the wheel with Shift"),
    **dict.fromkeys(("pane_next", "pane_previous"), "a click on the title of a pane"),
    **dict.fromkeys(("form_enter", "form_previous", "form_down", "form_up"), "a click on the field"),
    **dict.fromkeys(("form_page_down", "form_page_up"), "the wheel"),
    **dict.fromkeys(("line_complete_back", "path_complete_back"), "a click on choices in the footer, until they begin again"),
    **dict.fromkeys(
        ("line_keep_source", "line_source", "form_keep_source", "form_source"), "set PROGRAM FIELD=VALUE --cite ID"
    ),
    **dict.fromkeys(("preview_program_theirs", "preview_program_mine"), "a click on each line"),
    **dict.fromkeys(("preview_every_theirs", "preview_every_mine"), "import --theirs, import --mine"),
    **dict.fromkeys((f"preview_answer_{at}" for at in range(1, 10)), "read --program ID"),
    **dict.fromkeys(("preview_answer_other", "preview_answer_new"), "read --program ID"),
}


@pytest.mark.parametrize("each", COMMANDS, ids=lambda each: each.id)
def test_every_command_is_reached_by_key_or_palette_and_without_a_key(each: Command) -> None:
    assert each.keys or each.palette
    ways = [each.palette, bool(each.footer and each.keys), each.id in OTHERWISE]
    assert any(ways)
    assert not (each.id in OTHERWISE and any(ways[:2])), "it needs no other way"


@pytest.mark.slow
async def test_a_double_click_on_a_fact_edits_it() -> None:
    app = app_on()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await keys(pilot, "4")
        places = [(line.index("First interim"), y) for y, line in enumerate(screen.splitlines()) if "First interim" in line]
        await pilot.double_click(offset=places[-1])
        await keys(pilot)
        assert isinstance(app.screen, FormScreen)


async def test_the_wheel_scrolls_what_it_points_at_and_not_what_has_the_focus() -> None:
    app = app_on()
    async with app.run_test(size=(80, 16)) as pilot:
        await keys(pilot, "4")
        lines, table = app.screen.query_one(PaneLines), app.screen.query_one(ProgramTable)
        assert table.has_focus
        at = lines.region.offset
        lines.post_message(events.MouseScrollDown(lines, *at, 0, 1, 0, False, False, False, screen_x=at.x, screen_y=at.y))
        await keys(pilot)
        assert lines.scroll_offset.y > 0
        assert table.scroll_offset.y == 0
        assert table.has_focus
        assert shown(app)
