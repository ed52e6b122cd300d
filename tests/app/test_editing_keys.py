"""Each key that changes something, pressed: what it makes of the file, and what the screen says."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from app_stage import GOLDEN_LIST, app_on
from editing_stage import changed, keys, outcome

from cartwatch.app.screens.form import FormScreen


@pytest.mark.slow
async def test_e_on_a_fact_edits_it_in_a_line_and_shows_how_it_is_read() -> None:
    app = app_on()
    async with app.run_test(size=(120, 34)) as pilot:
        screen = await keys(pilot, "4", "tab", "j", "j", "e", "ctrl+u", "'Q1 2027")
        assert "2027-01-01 – 2027-03-31 · quarter" in screen
        assert not changed(app)
        screen = await keys(pilot, "enter")
        assert changed(app) == ['-when = "Q4 2026"', '+when = "Q1 2027"', '-cite = "pr-rmat"']
        assert "opens 40d" in screen
        assert app.screen.focused is app.screen.query_one("#pane")


@pytest.mark.slow
async def test_e_in_the_table_finds_a_field_by_typing() -> None:
    lines, screen = await outcome("e", "'phase", "enter", "ctrl+u", "'filed", "enter")
    assert lines == ['-phase = "Pivotal"', '+phase = "Filed"', '-phase = "pr-rmat"']
    assert "Filed" in screen


@pytest.mark.slow
async def test_a_choice_is_narrowed_by_typing_and_taken_with_tab() -> None:
    lines, _ = await outcome("e", "'phase", "enter", "ctrl+u", "'disc", "tab", "enter")
    assert lines == ['-phase = "Pivotal"', '+phase = "Discontinued"', '-phase = "pr-rmat"']
    lines, _ = await outcome("e", "'phase", "enter", "ctrl+u", "'phase", "tab", "tab", "enter")
    assert lines == ['-phase = "Pivotal"', '+phase = "Phase 1/2"', '-phase = "pr-rmat"']


@pytest.mark.slow
async def test_an_error_stands_beside_the_field_and_nothing_is_written() -> None:
    lines, screen = await outcome("@safety.report.1.crs.severe", "e", "ctrl+u", "'41/40", "enter")
    assert not lines
    assert "more patients with the event" in screen


@pytest.mark.slow
async def test_e_on_a_record_opens_the_form_of_all_its_fields() -> None:
    app = app_on()
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await keys(pilot, "4", "tab", "e")
        for label in ("Id", "Event", "Kind", "When", "Said", "Trial", "Source", "Note", "Outcome", "Outcome on", "1 When"):
            assert label in screen
        await keys(pilot, "down", "ctrl+u", "'readout", *["down"] * 7, "'seen", "f2")
        assert changed(app) == ['-kind = "interim"', '+kind = "readout"', '+note = "seen"']
        assert len(app.session.done) == 1


@pytest.mark.slow
async def test_a_form_writes_nothing_until_all_of_it_is_right() -> None:
    app = app_on()
    async with app.run_test(size=(100, 45)) as pilot:
        screen = await keys(pilot, "@safety.report.1", "e", *["down"] * 2, "ctrl+u", "'many", "up", "'!", "f2")
        assert "n: n is a whole number" in screen
        assert "Nothing is written yet" in screen
        assert not changed(app)
        await keys(pilot, "ctrl+u", "'41", "f2")
        assert [each for each in changed(app) if each[0] == "+"] == ['+population = "R/R B-ALL, pivotal dose!"', "+n = 41"]


@pytest.mark.slow
async def test_items_of_small_lists_are_added_and_taken_out_in_the_form() -> None:
    app = app_on()
    async with app.run_test(size=(100, 45)) as pilot:
        await keys(pilot, "e", "'mechanism", "enter")
        form = app.screen
        assert isinstance(form, FormScreen)
        names = [each.name for each in form.form.rows]
        await keys(pilot, *["down"] * names.index("knockouts.+1.gene"), "'B2M", "f2")
        assert any("B2M" in each for each in changed(app))
        await keys(pilot, "e", "'mechanism", "enter", *["down"] * names.index("knockouts.1.gene"), "ctrl+u", "f2")
        assert [each.gene for each in app.session.watchlist.programs[0].mechanism.knockouts] == ["CD52", "B2M"]  # type: ignore[union-attr]
        await keys(pilot, "u", "u")
        assert not changed(app)


@pytest.mark.slow
async def test_a_adds_a_program_and_goes_to_it() -> None:
    lines, screen = await outcome("a", "'Foo Cel", "ctrl+s")
    assert lines == ["+", "+[[program]]", '+id = "foo-cel"', '+name = "Foo Cel"']
    assert any(each.startswith("▌") and "Foo Cel" in each for each in screen.splitlines())


@pytest.mark.slow
async def test_a_at_the_welcome_begins_a_list() -> None:
    lines, screen = await outcome("a", "'First", "ctrl+s", text=None)
    assert lines == ["+[[program]]", '+id = "first"', '+name = "First"']
    assert "1 program" in screen


@pytest.mark.slow
async def test_a_in_a_pane_adds_a_record_of_its_kind() -> None:
    lines, screen = await outcome("3", "tab", "a", "enter", "'NCT1", "enter", "'all", "enter", "'10", "f2")
    assert "+[[program.safety.report]]" in lines
    assert {'+trial = "NCT1"', '+population = "all"', "+n = 10"} <= set(lines)
    lines, screen = await outcome("6", "tab", "a", "'A release", "enter", "'https://example.org/x", "f2")
    assert {"+[[program.source]]", '+id = "example-x"', '+title = "A release"'} <= set(lines)
    _, screen = await outcome("6", "tab")
    assert "a add source" in screen
    _, screen = await outcome("1", "tab", "a", "'desig", "enter")
    assert "new designation" in screen


@pytest.mark.slow
async def test_a_in_a_pane_of_several_kinds_asks_which() -> None:
    _, screen = await outcome("1", "tab", "a")
    for kind in ("New status", "New hold", "New partner", "New designation"):
        assert kind in screen
    lines, _ = await outcome("1", "tab", "a", "'hold", "enter", "'partial", "enter", "'FDA", "enter", "'2026-11-01", "f2")
    assert {"+[[program.hold]]", '+kind = "partial hold"', '+agency = "FDA"', "+placed = 2026-11-01"} <= set(lines)


@pytest.mark.slow
async def test_capital_a_adds_a_catalyst() -> None:
    lines, screen = await outcome("A", "'Big readout", "tab", "'read", "ctrl+space", "tab", "'mid-2027", "ctrl+s")
    assert {'+id = "big-readout"', '+event = "Big readout"', '+kind = "readout"', '+when = "mid-2027"'} <= set(lines)
    assert "Big readout" in screen


@pytest.mark.slow
async def test_w_keeps_the_old_guidance_in_the_ledger_and_tells_the_move() -> None:
    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        screen = await keys(pilot, "4", "tab", "w", "'Q1 2027")
        assert "Until now: Q4 2026 · said 2026-03-12 · pr-rmat" in screen
        assert "slipped: end +90 days" in screen
        await keys(pilot, "f2")  # said is today
        lines = changed(app)
        assert '+when = "Q1 2027"' in lines
        assert "+said = 2026-11-22" in lines
        assert any("Q4 2026" in each and "2026-03-12" in each and each.startswith("+") for each in lines)


@pytest.mark.slow
async def test_w_takes_a_pasted_address_for_a_new_source() -> None:
    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        await keys(pilot, "4", "tab", "w", "'Q1 2027", "enter", "enter", "'https://example.org/pr", "f2")
        program = app.session.watchlist.programs[0]
        assert program.sources[-1].url == "https://example.org/pr"
        assert [each.id for each in program.catalysts[0].cite] == [program.sources[-1].id]
        assert len(app.session.done) == 1


@pytest.mark.slow
async def test_r_records_an_outcome() -> None:
    lines, screen = await outcome("4", "tab", "r", "'mis", "f2")  # on today
    assert set(lines) == {'+outcome = "missed"', "+outcome_on = 2026-11-22", '+"catalyst.balli-01-interim.outcome" = []'}
    assert "missed 2026-11-22" in screen


@pytest.mark.slow
async def test_m_writes_notes_over_several_lines() -> None:
    lines, _ = await outcome("m", "'One", "enter", "'Two", "f2")
    assert lines == ["+One", "+Two"]


@pytest.mark.parametrize("leave", [("escape", "enter"), ("ctrl+s",), ("ctrl+j",)])
@pytest.mark.slow
async def test_a_memo_is_saved_without_a_function_key_too(leave: tuple[str, ...]) -> None:
    lines, _ = await outcome("m", "'One", *leave)
    assert lines == ["+One"]


@pytest.mark.slow
async def test_t_changes_tags() -> None:
    lines, _ = await outcome("t", "',new", "enter")
    assert lines == ['-tags = ["allogeneic", "heme"]', '+tags = ["allogeneic", "heme", "new"]']


@pytest.mark.slow
async def test_p_pins_and_lets_go() -> None:
    lines, _ = await outcome("p")
    assert lines == ["-pinned = true"]
    lines, _ = await outcome("j", "p")
    assert "+pinned = true" in lines


@pytest.mark.slow
async def test_x_names_what_goes_and_waits_for_y() -> None:
    lines, screen = await outcome("x")
    assert "lasme-cel with 1 data set, 1 designation, 2 catalysts, 1 trial, 1" in screen
    assert "source, notes" in screen
    assert not lines
    for refused in ("n", "escape", "enter"):
        assert not (await outcome("x", refused))[0]
    lines, screen = await outcome("x", "y")
    assert '-id = "lasme-cel"' in lines
    assert "5 programs" in screen
    assert "u brings it back" in screen


@pytest.mark.slow
async def test_what_is_told_names_the_keys_that_a_person_has_chosen() -> None:
    app = app_on(keymap={"undo": ("f8",)})
    async with app.run_test(size=(100, 34), notifications=True) as pilot:
        assert "F8 brings it back" in await keys(pilot, "x")
        assert "F8 brings it back" in await keys(pilot, "y")


@pytest.mark.slow
async def test_x_in_the_detail_deletes_the_record_under_the_cursor() -> None:
    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        screen = await keys(pilot, "6", "tab", "x")
        assert "6 facts cite it and become unverified" in screen
        await keys(pilot, "y")
        assert not app.session.watchlist.programs[0].sources
        assert len(app.session.watchlist.programs[0].catalysts) == 2


@pytest.mark.slow
async def test_s_names_the_source_of_a_fact() -> None:
    lines, _ = await outcome("2", "tab", "j", "s", "enter")
    assert lines == ['+"mechanism.modality" = "pr-rmat"']
    lines, _ = await outcome("2", "tab", "j", "s", "'https://example.org/a", "enter")
    assert '+"mechanism.modality" = "example-a"' in lines
    assert '+url = "https://example.org/a"' in lines


@pytest.mark.slow
async def test_s_takes_a_source_away() -> None:
    lines, _ = await outcome("2", "tab", "j", "j", "j", "j", "s", "'no source", "enter")
    assert lines == ['-"mechanism.targets" = "pr-rmat"']


@pytest.mark.slow
async def test_capital_v_says_that_a_person_has_read_it_today() -> None:
    unread = GOLDEN_LIST.replace("checked = 2026-11-22\nquote", "quote")
    lines, _ = await outcome("4", "tab", "V", text=unread)
    assert lines == ["+checked = 2026-11-22"]
    lines, _ = await outcome("V")
    assert lines == ["-checked = 2026-11-20", "+checked = 2026-11-22"]


@pytest.mark.slow
async def test_u_and_ctrl_r_say_what_they_did_and_go_there() -> None:
    app = app_on()
    async with app.run_test(size=(100, 34), notifications=True) as pilot:
        await keys(pilot, "4", "tab", "w", "'Q1 2027", "f2", "escape", "G", "1")
        screen = await keys(pilot, "u")
        assert "Undo: window of lasme-cel" in screen
        assert not changed(app)
        assert app.screen.program.key == "lasme-cel"  # type: ignore[attr-defined]
        assert app.screen.detail.pane == "catalysts"  # type: ignore[attr-defined]
        assert app.screen.detail.line.path == "catalyst.balli-01-interim.when"  # type: ignore[attr-defined]
        screen = await keys(pilot, "ctrl+r")
        assert "Redo: window" in screen
        assert changed(app)


@pytest.mark.slow
async def test_undo_finds_what_the_filter_hides() -> None:
    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        await keys(pilot, "p", "slash", "'late", "enter", "u")
        assert app.screen.program.key == "lasme-cel"  # type: ignore[attr-defined]


@pytest.mark.slow
async def test_an_edit_with_marks_is_one_step_for_all_of_them() -> None:
    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        await keys(pilot, "space", "space", "t", "'heme, new", "enter")
        marked = [each for each in app.session.watchlist.programs if "new" in each.tags]
        assert len(marked) == 2
        assert len(app.session.done) == 1
        await keys(pilot, "e", "'phase", "enter", "'Filed", "enter")
        assert sum(each.phase == "Filed" for each in app.session.watchlist.programs) >= 2
        await keys(pilot, "V", "p", "x", "y")
        assert len(app.session.watchlist) == 4
        await keys(pilot, *["u"] * 5)
        assert not changed(app)


@pytest.mark.parametrize("key", ["w", "r", "m", "A", "E"])
@pytest.mark.slow
async def test_what_does_not_work_on_many_says_so(key: str) -> None:
    lines, screen = await outcome("space", key)
    assert not lines
    assert "under the cursor, not for the marked program" in " ".join(screen.replace("│", " ").split())


@pytest.mark.parametrize("key", ["e", "a", "A", "w", "r", "m", "t", "p", "x", "V", "E"])
async def test_a_list_that_is_read_only_says_why(key: str) -> None:
    app = app_on()
    app.session.opened = replace(app.session.opened, readonly="it is the sample")
    async with app.run_test(size=(100, 34), notifications=True) as pilot:
        screen = await keys(pilot, key)
        assert "Nothing can be changed: it is the sample" in screen
        assert not changed(app)


@pytest.mark.slow
async def test_registry_facts_say_who_writes_them() -> None:
    _, screen = await outcome("5", "tab", "j", "j", "e")
    assert "written by a registry refresh" in screen


# ---- nothing typed is lost


@pytest.mark.slow
async def test_esc_keeps_what_was_typed_in_a_line() -> None:
    lines, screen = await outcome("t", "',extra", "escape")
    assert not lines
    assert "is kept" in screen
    lines, _ = await outcome("t", "',extra", "escape", "t", "enter")
    assert lines[-1] == '+tags = ["allogeneic", "heme", "extra"]'


@pytest.mark.slow
async def test_esc_on_a_form_asks_and_twice_keeps_it() -> None:
    lines, screen = await outcome("4", "tab", "e", "'XX", "escape")
    assert "1 field changed, not saved yet" in screen
    _, screen = await outcome("4", "tab", "e", "'XX", "escape", "escape", "e")
    assert "Your draft is back" in screen
    assert "BALLI-01XX" in screen
    lines, _ = await outcome("4", "tab", "e", "'XX", "escape", "enter")
    assert lines[-1].endswith('BALLI-01XX"')
    _, screen = await outcome("4", "tab", "e", "'XX", "escape", "down", "down", "down", "enter", "e")
    assert "BALLI-01XX" not in screen


@pytest.mark.slow
async def test_f4_brings_back_what_the_file_says() -> None:
    _, screen = await outcome("4", "tab", "e", "'XX", "f4")
    assert "BALLI-01XX" not in screen


@pytest.mark.slow
async def test_a_memo_left_with_esc_comes_back() -> None:
    _, screen = await outcome("m", "'Half a thou", "escape", "escape", "m")
    assert "Half a thou" in screen
    assert "Your draft is back" in screen


@pytest.mark.slow
async def test_a_paste_of_several_lines_into_a_line_loses_none() -> None:
    from textual.events import Paste

    app = app_on()
    async with app.run_test(size=(100, 34)) as pilot:
        await keys(pilot, "t", "ctrl+u")
        app.screen.focused.post_message(Paste("one,\ntwo"))  # type: ignore[union-attr]
        await keys(pilot, "enter")
        assert app.session.watchlist.programs[0].tags == ("one", "two")


# ---- the text in the user's editor


class Editor:
    """Stands in for $EDITOR: each call takes the next of the texts, or what a function makes of the file's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: object) -> None:
        self.seen: list[str] = []
        self.modes: list[int] = []
        self._answers = list(answers)
        monkeypatch.setattr("cartwatch.app.controllers.edit.run_editor", self)

    def __call__(self, words: list[str], path: str) -> None:
        file = Path(path)
        self.seen.append(file.read_text(encoding="utf-8"))
        self.modes.append(stat.S_IMODE(os.stat(path).st_mode))
        answer = self._answers.pop(0)
        file.write_text(answer(self.seen[-1]) if callable(answer) else str(answer), encoding="utf-8")


async def edited_as_text(editor: Editor, *pressed: str) -> tuple[list[str], str]:
    app = app_on()
    app.suspend = contextlib.nullcontext  # type: ignore[assignment,method-assign]
    async with app.run_test(size=(100, 34), notifications=True) as pilot:
        screen = await keys(pilot, *pressed)
        return changed(app), screen


@pytest.mark.slow
async def test_capital_e_edits_the_text_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    editor = Editor(monkeypatch, lambda text: text.replace('"Cellectis"', '"Somebody"  # new'))
    lines, _ = await edited_as_text(editor, "E")
    assert lines == ['-sponsor = "Cellectis"', '+sponsor = "Somebody"  # new']
    assert editor.seen[0].startswith("[[program]]")
    assert editor.modes == [0o600]


async def test_a_wrong_text_comes_back_with_the_problem_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = '[[program]]\nname = "x"\nphase = Phase 2\n'
    editor = Editor(monkeypatch, wrong, lambda text: text.replace("Phase 2", '"Phase 2"'))
    lines, _ = await edited_as_text(editor, "E")
    assert editor.seen[1].splitlines()[2].startswith("# cartwatch: line 3")
    assert '+phase = "Phase 2"' in lines
    assert not any("# cartwatch" in each for each in lines)


async def test_a_text_given_up_on_is_offered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = '[[program]]\nname = "x"\nphase = Phase 2\n'
    editor = Editor(monkeypatch, wrong, *[lambda text: text] * 3)
    lines, _ = await edited_as_text(editor, "E", "E")
    assert not lines
    assert editor.seen[2] == wrong


@pytest.mark.slow
async def test_the_state_of_saving_stands_in_the_title(tmp_path: Path) -> None:
    from cartwatch.storage.places import places

    path = tmp_path / "list.toml"
    path.write_text(GOLDEN_LIST, encoding="utf-8")
    app = app_on()
    where = places(str(path), {"HOME": str(tmp_path)})
    app.session.path, app.session.places = str(path), where
    app.session.open()
    async with app.run_test(size=(120, 34), notifications=True) as pilot:
        screen = await keys(pilot, "p")
        assert "saved 10:00" in screen.splitlines()[0]
        assert "pinned" not in path.read_text(encoding="utf-8")
        app.session.unsaved = "the disk is full"
        app.screen.show_lines()  # type: ignore[attr-defined]
        screen = await keys(pilot)
        assert "NOT SAVED the disk is full" in screen.splitlines()[0]


@pytest.mark.slow
async def test_a_day_that_is_typed_replaces_the_suggested_one() -> None:
    lines, _ = await outcome("4", "tab", "r", "'mis", "enter", "'2026-11-20", "f2")
    assert "+outcome_on = 2026-11-20" in lines
    lines, _ = await outcome("4", "tab", "w", "'Q2 2027", "enter", "'2026-11-19", "f2")
    assert "+said = 2026-11-19" in lines


@pytest.mark.slow
async def test_a_form_keeps_the_words_of_a_source_and_takes_them_as_typed() -> None:
    cite = 'cite = { id = "pr-rmat", quote = "in the \\"third\\" quarter, it says" }\nmove'
    text = GOLDEN_LIST.replace('cite = "pr-rmat"\nmove', cite)
    app = app_on(text)
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await keys(pilot, "4", "tab", "e")
        assert 'pr-rmat "in the ""third"" quarter, it says"' in screen
        await keys(pilot, *["down"] * 7, "end", "backspace", "'!", "quotation_mark", "f2")
        (gone, come) = changed(app, text)
        assert gone[1:].replace("says", "says!") == come[1:]


@pytest.mark.slow
async def test_a_form_misses_the_day_that_relative_guidance_counts_from() -> None:
    text = '[[program]]\nid = "a"\nname = "A"\n[[program.catalyst]]\nid = "t"\nevent = "T"\nwhen = "by year-end"\n'
    missed = "no day said: the window moves with today"
    form = ("@catalyst.t.event", "e")
    _, screen = await outcome(*form, text=text)
    assert missed in next(each for each in screen.splitlines() if "Said" in each and "│" in each)
    _, screen = await outcome(*form, "down", "down", "ctrl+u", "'Q4 2026", text=text)
    assert missed not in "".join(each for each in screen.splitlines() if "  Said " in each)
    _, screen = await outcome(*form, "down", "down", "down", "'2026-11-01", text=text)
    assert missed not in "".join(each for each in screen.splitlines() if "Said " in each)


@pytest.mark.slow
async def test_a_new_catalyst_begins_with_today_as_the_day_of_its_guidance() -> None:
    lines, _ = await outcome("A", "'Big readout", "down", "down", "'by year-end", "f2")
    assert {'+when = "by year-end"', "+said = 2026-11-22"} <= set(lines)
    lines, _ = await outcome("A", "'Big readout", "f2")
    assert not [each for each in lines if "said" in each]


@pytest.mark.slow
async def test_a_new_program_that_is_in_the_list_already_is_told_at_once() -> None:
    _, screen = await outcome("a", "'lasme cel")
    assert "already in the list: lasme-cel (lasmecabtagene timgedleucel)" in screen
    _, screen = await outcome("a", "'UCART-22 (new)", size=(140, 34))
    assert "already in the list: lasme-cel" in screen
    _, screen = await outcome("a", "'New", *["tab"] * 12, "'UCART22")  # an alias of it
    assert "already in the list: lasme-cel" in screen
    _, screen = await outcome("a", "'lasme")
    assert "already in the list" not in screen
    lines, _ = await outcome("a", "'lasme cel", "ctrl+s")
    assert '+name = "lasme cel"' in lines


@pytest.mark.slow
async def test_the_picker_of_fields_has_those_of_the_sponsor() -> None:
    lines, screen = await outcome("e", "'cash lasts", "enter", "'through 2027", "enter")
    assert {"+[[sponsor]]", "+[sponsor.runway]", '+when = "through 2027"'} <= set(lines)
    assert "cash through 2027" in screen


@pytest.mark.slow
async def test_the_line_of_the_cash_edits_the_record_of_the_sponsor() -> None:
    sponsor = '[[sponsor]]\nname = "Cellectis"\nrunway = { when = "into 2H 2027", said = 2025-11-07 }\n\n[[program]]'
    text = GOLDEN_LIST.replace("[[program]]", sponsor, 1)
    app = app_on(text)
    async with app.run_test(size=(120, 50)) as pilot:
        await keys(pilot, "1", "tab")
        for _ in range(30):
            if app.screen.here == "sponsor.runway.when":  # type: ignore[attr-defined]
                break
            await keys(pilot, "down")
        await keys(pilot, "e", "ctrl+u", "'into 2028", "enter")
        gone, come = changed(app, text)
        assert come == '+runway = { when = "into 2028", said = 2025-11-07 }'
        assert gone.startswith("-runway")
