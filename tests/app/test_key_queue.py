"""Keys that come in one piece, as a slow line brings them, do what they do one by one."""

from __future__ import annotations

import asyncio

import pytest
from app_stage import app_on, shown
from editing_stage import changed
from textual.events import Key

PIECES = [
    (["e", *"phase", "enter", "ctrl+u", *"filed", "enter"], [
        '-phase = "Pivotal"', '+phase = "Filed"', '-phase = "pr-rmat"',  # the old source does not say the new phase
    ]),
    (["t", "comma", *"seen", "enter", "p"], [
        '-tags = ["allogeneic", "heme"]', "-pinned = true", '+tags = ["allogeneic", "heme", "seen"]',
    ]),
    (["p", "u"], []),
    (["m", *"Note", "ctrl+s", "u"], []),
    (["x", "n", "p"], ["-pinned = true"]),
]  # fmt: skip


@pytest.mark.parametrize(("pieces", "lines"), PIECES, ids=lambda value: " ".join(value[:3]))
@pytest.mark.slow
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


async def test_a_flood_of_moves_is_followed_step_by_step_and_the_edit_behind_it_is_of_the_right_program() -> None:
    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        await pilot.pause()
        table = next(app.lists()).programs
        last = len(table.keys) - 1
        aimed = table.keys[last - 2]
        pinned = app.session.watchlist.get(aimed).pinned
        for key in "j" * (last + 300) + "kk" + "p":
            app.post_message(Key(key, key))
        for _ in range(500):
            await asyncio.sleep(0.01)
            if app.session.done:
                break
        await pilot.pause()
        assert app.session.watchlist.get(aimed).pinned is not pinned
        assert len(app.session.done) == 1
        program = app.session.watchlist.get(aimed)
        assert program.label in shown(app)  # drawn again when the flood is over, the detail too
        assert next(app.lists()).program is program


async def test_keys_behind_moves_go_where_the_moves_have_led() -> None:
    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        await pilot.pause()
        main = next(app.lists())
        last = len(main.programs.keys) - 1
        aimed = main.programs.keys[last - 2]
        for key in ["j"] * (last + 5) + ["k"] * 2 + ["enter", "j", "j", "j"]:
            app.post_message(Key(key, key if len(key) == 1 else None))
        for _ in range(200):
            await asyncio.sleep(0.01)
            if main.detail.lines.has_focus:
                break
        await pilot.pause()
        assert main.programs.cursor_key == aimed
        assert main.detail.lines.has_focus
        assert app.session.watchlist.get(aimed).label in shown(app)


@pytest.mark.slow
async def test_a_long_text_in_one_piece_is_in_the_memo_and_what_follows_it_is_no_part_of_it() -> None:
    app = app_on()
    words = " Two  spaces, [markup], Ünïcode." * 8
    async with app.run_test(size=(100, 34)) as pilot:
        await pilot.pause()
        key = next(app.lists()).program.key
        was, pinned = app.session.watchlist.get(key).notes or "", app.session.watchlist.get(key).pinned
        for each in "m" + words:
            app.post_message(Key({" ": "space"}.get(each, each), each))
        for each in ("enter", "E", "n", "d", "ctrl+s", "p"):
            app.post_message(Key(each, each if len(each) == 1 else None))
        for _ in range(500):
            await asyncio.sleep(0.01)
            if len(app.session.done) == 2:
                break
        await pilot.pause()
        program = app.session.watchlist.get(key)
        assert program.pinned is not pinned
        assert (program.notes or "") == f"{was}\n{words}\nEnd"
