"""Messages in passing: a line of their own, shown once, gone at the next key."""

from __future__ import annotations

import pytest
from app_stage import app_on, shown
from editing_stage import keys

from cartwatch.app.screens.main import MainScreen

SIZES = [(60, 20), (80, 24), (140, 45)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.slow
async def test_a_message_stands_above_the_footer_and_goes_at_the_next_key(size: tuple[int, int]) -> None:
    app = app_on()
    async with app.run_test(size=size) as pilot:
        before = await keys(pilot)
        lines = (await keys(pilot, "u")).splitlines()
        assert "Nothing changed yet" in lines[-2]
        assert "q quit" in lines[-1]
        assert lines[: size[1] // 3] == before.splitlines()[: size[1] // 3]
        assert "Nothing changed yet" not in await keys(pilot, "j")
        assert await keys(pilot, "k") == before


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.slow
async def test_a_message_is_not_said_again_on_a_dialog(size: tuple[int, int]) -> None:
    app = app_on()
    async with app.run_test(size=size) as pilot:
        await keys(pilot, "u", "question_mark")
        assert not isinstance(app.screen, MainScreen)
        assert "Nothing changed yet" not in shown(app)
        assert "Nothing changed yet" not in await keys(pilot, "escape")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.slow
async def test_over_a_dialog_a_message_stands_below_it(size: tuple[int, int]) -> None:
    app = app_on()
    async with app.run_test(size=size) as pilot:
        await keys(pilot, "question_mark")
        foot = app.screen.query_one("#dialog-keys")
        app.notify("hello [/b] [CD19] \u65e5\u672c")
        await keys(pilot)
        assert shown(app).splitlines()[-1].strip() == "hello [/b] [CD19] \u65e5\u672c"
        assert foot.region.bottom < size[1]
        assert "hello" not in await keys(pilot, "down")


@pytest.mark.slow
async def test_several_messages_share_the_place_and_a_long_one_is_cut() -> None:
    app = app_on()
    async with app.run_test(size=(60, 20)) as pilot:
        await keys(pilot)
        for each in ("one", "two", "one", "word " * 60):
            app.notify(each)
        lines = (await keys(pilot)).splitlines()
        assert lines[-4].strip().startswith("one · two · word word")
        assert lines[-2].endswith("…")
        assert "q quit" in lines[-1]
