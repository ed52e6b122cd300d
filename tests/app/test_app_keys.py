"""What each key does, by pressing it."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_stage import GOLDEN_LIST, app_on, press, shown
from editing_stage import keys
from test_outside_changes import Stage
from textual.widgets import Input

from cartwatch.app.app import CartwatchApp
from cartwatch.app.screens.main import MainScreen
from cartwatch.app.screens.picker import Picker
from cartwatch.app.widgets.detail import PaneLines
from cartwatch.app.widgets.programs import ProgramTable

LASME, LATE, ANITO, VAGUE, APPROVED, LONG = (
    "lasme-cel",
    "late-cel",
    "anitocabtagene-autoleucel",
    "vague-cel",
    "approved-cel",
    "a-program-with-a-name-that-is-longer-than-any-column-is-wide",
)


def main(app: CartwatchApp) -> MainScreen:
    screen = app.screen
    assert isinstance(screen, MainScreen)
    return screen


@pytest.mark.parametrize(
    ("keys", "program"),
    [
        ("j", None),
        ("j k", "first"),
        ("down down up", None),
        ("G", "last"),
        ("end home", "first"),
        ("G g", "first"),
        ("pagedown", "last"),
        ("pagedown pageup", "first"),
        ("ctrl+d ctrl+d", "last"),
        ("ctrl+d ctrl+d ctrl+u ctrl+u", "first"),
        ("k", "first"),
        ("tab J", None),
        ("tab J K", "first"),
    ],
)
async def test_moving(keys: str, program: str | None) -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        await press(pilot, keys)
        shown_keys = list(main(pilot.app).programs.keys)  # type: ignore[arg-type]
        wanted = {"first": shown_keys[0], "last": shown_keys[-1], None: shown_keys[1]}[program]
        assert main(pilot.app).programs.cursor_key == wanted  # type: ignore[arg-type]
        assert main(pilot.app).program.key == wanted  # type: ignore[union-attr, arg-type]


@pytest.mark.parametrize(
    ("keys", "pane"),
    [
        ("2", "mechanism"),
        ("8", "history"),
        ("l", "mechanism"),
        ("right ]", "safety"),
        ("h", "history"),
        ("[ left", "notes"),
        ("tab 3", "safety"),
        ("tab l l", "safety"),
    ],
)
async def test_panes(keys: str, pane: str) -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        await press(pilot, keys)
        assert main(pilot.app).detail.pane == pane  # type: ignore[arg-type]


@pytest.mark.slow
async def test_tab_and_escape_change_sides() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        for keys, side in (("tab", PaneLines), ("tab", ProgramTable), ("enter", PaneLines), ("escape", ProgramTable)):
            await press(pilot, keys)
            assert isinstance(pilot.app.focused, side), keys


@pytest.mark.slow
async def test_a_narrow_terminal_shows_one_side_at_a_time() -> None:
    async with app_on().run_test(size=(50, 20)) as pilot:
        assert "Countdown" in shown(pilot.app)  # type: ignore[arg-type]
        text = await press(pilot, "enter")
        assert "Sponsor" in text
        assert "Countdown" not in text
        text = await press(pilot, "escape")
        assert "Countdown" in text
        assert "Sponsor" not in text


@pytest.mark.slow
async def test_growing_and_shrinking_keeps_the_place() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        await press(pilot, "j j tab j")
        program = main(pilot.app).programs.cursor_key  # type: ignore[arg-type]
        for size in ((50, 20), (80, 24), (29, 7), (140, 45), (1, 1), (100, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert main(pilot.app).programs.cursor_key == program  # type: ignore[arg-type]
        assert isinstance(pilot.app.focused, PaneLines)


async def test_a_tiny_terminal_says_so() -> None:
    async with app_on().run_test(size=(29, 10)) as pilot:
        await pilot.pause()
        assert "Too small" in shown(pilot.app)  # type: ignore[arg-type]
        await pilot.resize_terminal(40, 7)
        await pilot.pause()
        assert "Too small" in shown(pilot.app)  # type: ignore[arg-type]


@pytest.mark.slow
async def test_the_filter_follows_what_is_typed() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        screen = main(pilot.app)  # type: ignore[arg-type]
        await press(pilot, "/ B C M A")
        assert list(screen.programs.keys) == [ANITO]
        assert "1 of 6" in shown(pilot.app)  # type: ignore[arg-type]
        await press(pilot, "enter")
        assert isinstance(pilot.app.focused, ProgramTable)
        assert list(screen.programs.keys) == [ANITO]
        await press(pilot, "escape")
        assert len(screen.programs.keys) == 6
        assert screen.programs.cursor_key == ANITO


@pytest.mark.parametrize(
    ("query", "underlined"),
    [("BCMA", ["BCMA"]), ("!cd19 bc", ["BC"]), ("target:bcma|filed", ["BCMA", "Filed"]), ("due:90d", [])],
)
@pytest.mark.slow
async def test_what_a_filter_matches_is_underlined_and_gaps_are_not(query: str, underlined: list[str]) -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        screen = main(pilot.app)  # type: ignore[arg-type]
        await press(pilot, "/")
        screen.find.show(query)
        screen.programs.move_to(ANITO)
        await pilot.pause()
        line = screen.programs.keys.index(ANITO) + 1
        assert [part.text for part in screen.programs.render_line(line) if part.style and part.style.underline] == underlined
        screen.find.show("")
        await pilot.pause()
        assert not any(part.style and part.style.underline for part in screen.programs.render_line(line))


@pytest.mark.slow
async def test_escape_clears_a_filter_while_it_is_typed() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        await press(pilot, "/ B C M A escape")
        assert len(main(pilot.app).programs.keys) == 6  # type: ignore[arg-type]
        assert isinstance(pilot.app.focused, ProgramTable)


@pytest.mark.slow
async def test_a_wrong_filter_says_what_is_wrong_and_stays() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        text = await press(pilot, "/ p h a z e : 2 enter")
        assert 'did you mean "phase:"?' in text
        assert isinstance(pilot.app.focused, Input)
        assert len(main(pilot.app).programs.keys) == 6  # type: ignore[arg-type]


@pytest.mark.slow
async def test_a_filter_that_nothing_matches_says_how_to_go_back() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        assert "Esc shows all of them again" in await press(pilot, "/ x y z z y enter")


@pytest.mark.slow
async def test_matches_are_visited_round_the_list() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        screen = main(pilot.app)  # type: ignore[arg-type]
        await press(pilot, "/ p h a s e : 2 | p h a s e : a p p r o v e d enter escape")
        await press(pilot, "g n")
        assert screen.programs.cursor_key == VAGUE
        await press(pilot, "n")
        assert screen.programs.cursor_key == APPROVED
        await press(pilot, "n")
        assert screen.programs.cursor_key == VAGUE
        await press(pilot, "N")
        assert screen.programs.cursor_key == APPROVED


@pytest.mark.slow
async def test_the_sort_menu_sorts_at_once_by_one_key_or_several() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        screen = main(pilot.app)  # type: ignore[arg-type]
        await press(pilot, "S g enter")
        assert screen.display_state.sort == (("program", False),)
        assert list(screen.programs.keys)[1:3] == [ANITO, APPROVED]  # the pinned one stands first
        await press(pilot, "enter")
        assert screen.display_state.sort == (("program", True),)
        await press(pilot, "j space")
        assert screen.display_state.sort == (("program", True), ("sponsor", False))
        await press(pilot, "space space")
        assert screen.display_state.sort == (("program", True),)
        await press(pilot, "0 escape")
        assert screen.display_state.sort == (("countdown", False),)
        assert app_is_on_main(pilot.app)  # type: ignore[arg-type]


def app_is_on_main(app: CartwatchApp) -> bool:
    return isinstance(app.screen, MainScreen)


async def test_a_click_on_a_header_sorts() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        await pilot.click(ProgramTable, offset=(6, 0))
        await pilot.pause()
        assert main(pilot.app).display_state.sort == (("program", False),)  # type: ignore[arg-type]


@pytest.mark.slow
async def test_the_column_chooser_shows_hides_and_moves() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        screen = main(pilot.app)  # type: ignore[arg-type]
        before = screen.display_state.columns
        await press(pilot, "C space")
        assert screen.display_state.columns == tuple(each for each in before if each != before[2])
        await press(pilot, "space J")
        assert screen.display_state.columns[2:4] == (before[3], before[2])
        await press(pilot, "K")
        assert screen.display_state.columns == before
        await press(pilot, "space 0 escape")
        assert screen.display_state.columns == before


async def test_marks_are_set_one_by_one_and_all_at_once() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        screen = main(pilot.app)  # type: ignore[arg-type]
        text = await press(pilot, "space space")
        assert len(screen.display_state.marked) == 2
        assert "2 marked" in text
        assert text.count("✓") == 2
        await press(pilot, "*")
        assert len(screen.display_state.marked) == 6
        text = await press(pilot, "*")
        assert screen.display_state.marked == frozenset()
        assert "marked" not in text


@pytest.mark.slow
async def test_the_palette_runs_a_command() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        for keys in (": m e c h enter", "ctrl+p m e c h enter"):
            main(pilot.app).action_pane(1)  # type: ignore[arg-type]
            await press(pilot, keys)
            assert main(pilot.app).detail.pane == "mechanism", keys  # type: ignore[arg-type]


@pytest.mark.slow
async def test_a_command_that_can_do_nothing_says_why() -> None:
    async with app_on("schema = 1\n").run_test(size=(140, 45), notifications=True) as pilot:
        assert "No program is shown" in await press(pilot, ": m e c h")
        assert "No program is shown" in await press(pilot, "enter")


@pytest.mark.slow
async def test_the_help_lists_and_searches_every_key() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        text = await press(pilot, "?")
        assert "Go to the next line." in text
        text = await press(pilot, "c l i p b o a r d")
        assert "▌y " in text
        assert "Go to the next line." not in text
        await press(pilot, "escape")
        assert app_is_on_main(pilot.app)  # type: ignore[arg-type]


@pytest.mark.slow
async def test_the_problems_lead_to_their_program() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        text = await press(pilot, "!")
        assert "134:8" in text
        await press(pilot, "G enter")
        assert main(pilot.app).programs.cursor_key == LONG  # type: ignore[arg-type]


@pytest.mark.slow
async def test_copying_sends_the_name_or_the_line() -> None:
    async with app_on().run_test(size=(140, 45), notifications=True) as pilot:
        text = await press(pilot, "y")
        assert pilot.app.clipboard == "lasme-cel"
        assert "Sent to the terminal" in text
        await press(pilot, "tab j j j y")
        assert pilot.app.clipboard.startswith("R/R B-ALL")


async def test_what_is_copied_has_no_control_characters() -> None:
    text = '[[program]]\nname = "x\\u001b]52;c;ZXZpbA==\\u0007\\u202Ey[/red]"\n'
    async with app_on(text).run_test(size=(140, 45)) as pilot:
        await press(pilot, "y")
        assert pilot.app.clipboard == "x\ufffd]52;c;ZXZpbA==\ufffd\ufffdy[/red]"


@pytest.mark.slow
async def test_a_link_is_opened_only_when_agreed(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(CartwatchApp, "open_url", lambda self, url, **more: opened.append(url))
    async with app_on().run_test(size=(140, 45)) as pilot:
        text = await press(pilot, "6 tab o")
        assert "example.org" in text
        assert "https://example.org/rmat" in text
        await press(pilot, "escape")
        assert opened == []
        await press(pilot, "o enter")
        assert opened == ["https://example.org/rmat"]


async def test_a_dangerous_link_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CartwatchApp, "open_url", lambda self, url, **more: pytest.fail("opened"))
    text = GOLDEN_LIST.replace("https://example.org/rmat", "https://user@example.org/")
    async with app_on(text).run_test(size=(140, 45), notifications=True) as pilot:
        assert "carries a user name" in await press(pilot, "6 tab o")


@pytest.mark.slow
async def test_the_theme_is_chosen_in_the_palette() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        await press(pilot, ": t h e m e enter")
        assert isinstance(pilot.app.screen, Picker)
        await press(pilot, "l i g h t enter")
        assert pilot.app.theme == "cartwatch-light"


async def test_control_c_only_says_how_to_quit() -> None:
    async with app_on().run_test(size=(140, 45), notifications=True) as pilot:
        assert "Press q to quit" in await press(pilot, "ctrl+c")


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
@pytest.mark.slow
async def test_quitting(key: str) -> None:
    app = app_on()
    async with app.run_test(size=(140, 45)) as pilot:
        await pilot.press(key)
    assert app.return_value == 0


@pytest.mark.slow
async def test_letters_typed_into_the_filter_are_letters() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        await press(pilot, "/ q ? :")
        line = pilot.app.focused
        assert isinstance(line, Input)
        assert line.value == "q?:"


@pytest.mark.slow
async def test_a_users_own_keys_replace_the_usual_ones() -> None:
    app = app_on(keymap={"pane_safety": ("f7",), "filter": ("f",)})
    async with app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "f7")
        assert main(app).detail.pane == "safety"
        await press(pilot, "3 /")
        assert isinstance(pilot.app.focused, ProgramTable)
        text = await press(pilot, "f")
        assert isinstance(pilot.app.focused, Input)
        assert "f filter" in await press(pilot, "escape")
        assert text


@pytest.mark.slow
async def test_a_click_in_the_footer_runs_the_command() -> None:
    async with app_on().run_test(size=(140, 45)) as pilot:
        at = shown(pilot.app).splitlines()[-1].index("/ filter")  # type: ignore[arg-type]
        await pilot.click("#keys", offset=(at, 0))
        await pilot.pause()
        assert isinstance(pilot.app.focused, Input)


async def test_a_click_on_a_pane_title_shows_it() -> None:
    async with app_on().run_test(size=(80, 24)) as pilot:
        line = next(each for each in shown(pilot.app).splitlines() if "Mechanism" in each)  # type: ignore[arg-type]
        await pilot.click("PaneStrip", offset=(line.index("Mechanism") + 2, 0))
        await pilot.pause()
        assert main(pilot.app).detail.pane == "mechanism"  # type: ignore[arg-type]


async def test_the_columns_there_is_no_room_for_are_a_key_away() -> None:
    async with app_on().run_test(size=(80, 24)) as pilot:
        table = main(pilot.app).programs  # type: ignore[arg-type]
        assert table.left_out > 0
        await press(pilot, "> >")
        assert table.left_out == 0
        assert table.scroll_offset.x > 0
        await press(pilot, " ".join("<" * 12))
        assert table.scroll_offset.x == 0
        assert table.left_out > 0


async def test_escape_clears_the_marks_and_then_the_filter() -> None:
    app = app_on()
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "space space")
        main = next(app.lists())
        assert len(main.marked) == 2
        main.find.show("name:cel")
        await press(pilot, "escape")
        assert main.marked == ()
        assert main.display_state.query == "name:cel"
        await press(pilot, "escape")
        assert main.display_state.query == ""


@pytest.mark.slow
async def test_the_help_begins_with_the_meaning_of_pane_and_field() -> None:
    async with app_on().run_test(size=(100, 34)) as pilot:
        text = " ".join((await keys(pilot, "@safety.report.1.crs.severe", "question_mark")).replace("│", " ").split())
        assert text.index("Pane Safety") < text.index("Cytokine release syndrome: the activated") < text.index("Grade ≥3")
        assert "▌Pane Safety Risks, mitigation and rates." in text
        for risk in ("ICANS Immune effector", "GVHD Graft-versus-host"):
            assert risk in text
        # A risk leads to its reference cards; the meaning of a pane leads nowhere.
        await keys(pilot, "'graft", "enter")
        assert "Reference, not advice" in await keys(pilot)


@pytest.mark.slow
async def test_the_reason_of_a_refusal_is_never_cut() -> None:
    reason = "2 to 8 programs can be compared, 1 is marked: Space marks one"
    async with app_on().run_test(size=(60, 20)) as pilot:
        text = await press(pilot, "space : c o m p a r e")
        words = " ".join(text.replace("│", " ").replace("▌", " ").replace("─", " ").split())
        assert reason in words, text


@pytest.mark.slow
async def test_a_copy_is_kept_in_a_file_that_is_named(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running((140, 45)):
        text = " ".join((await press(stage.pilot, "y")).split())
        assert "Sent to the terminal, whether it arrived is up to it; it is in" in text
        assert stage.session.places is not None
        kept = Path(stage.session.places.state_dir) / "copied.txt"
        assert kept.read_text() == "lasme-cel"
        assert kept.stat().st_mode & 0o777 == 0o600
        assert "copied.txt" in text
