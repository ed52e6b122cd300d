"""A form that is open while another program changes what it is about: both values are shown, neither goes unasked."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from editing_stage import keys
from test_outside_changes import LIST, Stage

from cartwatch.app.screens.form import FormScreen
from cartwatch.app.screens.main import MainScreen

if TYPE_CHECKING:
    from pathlib import Path

DEAD = 99999901  # no process has this id
LONG = LIST.replace(
    'id = "two"\nname = "two-cel"\n',
    'id = "two"\nname = "two-cel"\nsponsor = "Due"\ntags = ["a"]\nnotes = "Old."\n',
) + """
[[program.catalyst]]
id = "readout"
event = "Readout"
when = "Q4 2026"
said = 2026-05-01
"""  # fmt: skip


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, LONG)


async def overtaken(stage: Stage, old: str, new: str) -> str:
    """Another program changes the file, and that is taken in."""
    assert old in stage.text
    stage.write(stage.text.replace(old, new))
    return await stage.look()


async def to(stage: Stage, key: str) -> None:
    next(stage.app.lists()).programs.move_to(key)
    await stage.pilot.pause()


@pytest.mark.slow
async def test_a_line_says_what_the_field_has_become_and_asks_once(stage: Stage) -> None:
    async with stage.running():
        await to(stage, "two")
        await keys(stage.pilot, "@sponsor", "e", "ctrl+u", "'Mine")
        await overtaken(stage, '"Due"', '"Theirs"')
        screen = await keys(stage.pilot, "enter")
        assert 'sponsor = "Theirs"' in stage.text
        assert "“Theirs”" in screen
        assert "Mine" in screen
        await keys(stage.pilot, "enter")
        assert 'sponsor = "Mine"' in stage.text


@pytest.mark.slow
async def test_leaving_the_line_keeps_theirs_and_what_was_typed(stage: Stage) -> None:
    async with stage.running():
        await to(stage, "two")
        await keys(stage.pilot, "@sponsor", "e", "ctrl+u", "'Mine")
        await overtaken(stage, '"Due"', '"Theirs"')
        await keys(stage.pilot, "enter", "escape")
        assert 'sponsor = "Theirs"' in stage.text
        assert "Mine" in await keys(stage.pilot, "@sponsor", "e")


async def mine_typed(stage: Stage) -> FormScreen:
    """The form of a program in which another sponsor is typed."""
    await to(stage, "two")
    await keys(stage.pilot, "e", "enter")
    form = stage.app.screen
    assert isinstance(form, FormScreen)
    form._rows.move_to([each.name for each in form.form.rows].index("sponsor"))
    await keys(stage.pilot, "ctrl+u", "'Mine")
    return form


@pytest.mark.slow
async def test_a_form_asks_for_the_field_that_both_changed_and_leaves_the_others_theirs(stage: Stage) -> None:
    async with stage.running():
        form = await mine_typed(stage)
        await overtaken(stage, '"Due"\ntags = ["a"]', '"Theirs"\ntags = ["a", "b"]')
        screen = await keys(stage.pilot, "ctrl+s")
        assert "Sponsor" in screen
        assert "“Theirs”" in screen
        assert stage.app.screen is form
        assert 'sponsor = "Theirs"' in stage.text
        await keys(stage.pilot, "ctrl+s")
        assert 'sponsor = "Mine"' in stage.text
        assert 'tags = ["a", "b"]' in stage.text


@pytest.mark.slow
async def test_in_a_form_the_original_is_theirs_once_that_was_said(stage: Stage) -> None:
    async with stage.running():
        form = await mine_typed(stage)
        await overtaken(stage, '"Due"', '"Theirs"')
        await keys(stage.pilot, "ctrl+s")
        form.action_original()
        await keys(stage.pilot, "ctrl+s")
        assert 'sponsor = "Theirs"' in stage.text
        assert stage.app.screen is not form


@pytest.mark.slow
async def test_a_change_elsewhere_in_the_record_is_merged_without_a_word(stage: Stage) -> None:
    async with stage.running():
        await to(stage, "two")
        await keys(stage.pilot, "@sponsor", "e", "ctrl+u", "'Mine")
        await overtaken(stage, 'notes = "Old."', 'notes = "New."')
        await keys(stage.pilot, "enter")
        assert 'sponsor = "Mine"' in stage.text
        assert 'notes = "New."' in stage.text


@pytest.mark.slow
async def test_the_same_change_by_both_is_no_conflict(stage: Stage) -> None:
    async with stage.running():
        await to(stage, "two")
        await keys(stage.pilot, "@sponsor", "e", "ctrl+u", "'Same")
        await overtaken(stage, '"Due"', '"Same"')
        await keys(stage.pilot, "enter")
        assert not next(stage.app.lists()).edit.line.typing
        assert 'sponsor = "Same"' in stage.text


@pytest.mark.slow
async def test_a_memo_is_asked_about_too(stage: Stage) -> None:
    async with stage.running():
        await to(stage, "two")
        await keys(stage.pilot, "m", "' Mine")
        await overtaken(stage, 'notes = "Old."', 'notes = "Theirs."')
        screen = await keys(stage.pilot, "ctrl+s")
        assert 'notes = "Theirs."' in stage.text
        assert "“Theirs.”" in screen
        await keys(stage.pilot, "ctrl+s")
        assert "Mine" in stage.text


@pytest.mark.slow
async def test_tags_of_several_that_another_program_added_are_not_taken_out(stage: Stage) -> None:
    stage.write(LONG.replace('phase = "Phase 1"', 'phase = "Phase 1"\ntags = ["a"]', 1))
    stage.session.open()
    async with stage.running():
        main = next(stage.app.lists())
        main.display_state.marked = frozenset({"one", "two"})
        main.look_again()
        await keys(stage.pilot, "t", "',mine")
        stage.write(stage.text.replace('tags = ["a"]', 'tags = ["a", "theirs"]'))
        await stage.look()
        screen = await keys(stage.pilot, "enter")
        assert "theirs" in screen
        assert stage.text.count('tags = ["a", "theirs"]') == 2


@pytest.mark.slow
async def test_a_field_of_several_that_another_program_changed_is_asked_about(stage: Stage) -> None:
    async with stage.running():
        main = next(stage.app.lists())
        main.display_state.marked = frozenset({"one", "two"})
        main.look_again()
        await keys(stage.pilot, "e", "'phase", "enter", "ctrl+u", "'Filed")
        await overtaken(stage, 'notes = "Old."\nphase = "Phase 1"', 'notes = "Old."\nphase = "Phase 2"')
        await keys(stage.pilot, "enter")
        assert 'phase = "Filed"' not in stage.text
        await keys(stage.pilot, "enter")
        assert stage.text.count('phase = "Filed"') == 2


@pytest.mark.slow
async def test_new_guidance_over_newer_guidance_is_asked_about(stage: Stage) -> None:
    async with stage.running():
        await to(stage, "three")
        await keys(stage.pilot, "w", "'Q1 2027")
        await overtaken(stage, 'when = "Q4 2026"', 'when = "H2 2027"')
        screen = await keys(stage.pilot, "ctrl+s")
        assert "H2 2027" in screen
        assert 'when = "H2 2027"' in stage.text
        await keys(stage.pilot, "ctrl+s")
        assert 'when = "Q1 2027"' in stage.text
        assert "H2 2027" in stage.text  # in the ledger


@pytest.mark.slow
async def test_a_program_that_is_gone_keeps_what_was_typed(stage: Stage) -> None:
    async with stage.running():
        await to(stage, "two")
        await keys(stage.pilot, "@sponsor", "e", "ctrl+u", "'Mine")
        stage.write(LIST.replace('[[program]]\nid = "two"\nname = "two-cel"\nphase = "Phase 1"\n\n', ""))
        await stage.look()
        screen = await keys(stage.pilot, "enter")
        assert "there is no progr" in screen
        assert "Mine" in screen


# ---- drafts: text that was kept and is taken up when the file says something else


async def kept_then_overtaken(stage: Stage, opening: tuple[str, ...], typed: str, old: str, new: str) -> None:
    """Type, leave with Esc so that a draft is kept, and let another application write."""
    await keys(stage.pilot, *opening, typed, "escape")
    if not isinstance(stage.app.screen, MainScreen):  # the question what becomes of it: Esc keeps it
        await keys(stage.pilot, "escape")
    assert isinstance(stage.app.screen, MainScreen)
    await overtaken(stage, old, new)


@pytest.mark.parametrize(
    ("opening", "typed", "old", "new", "save"),
    [
        (("m",), "' Mine", 'notes = "Old."', 'notes = "Theirs"', "f2"),
        (("@sponsor", "e", "ctrl+u"), "'Mine", '"Due"', '"Theirs"', "enter"),
    ],
)
@pytest.mark.slow
async def test_a_kept_draft_does_not_overwrite_a_newer_value_unasked(
    stage: Stage, opening: tuple[str, ...], typed: str, old: str, new: str, save: str
) -> None:
    async with stage.running():
        await to(stage, "two")
        await kept_then_overtaken(stage, opening, typed, old, new)
        opening = tuple(each for each in opening if each != "ctrl+u")
        assert "Mine" in await keys(stage.pilot, *opening)
        screen = await keys(stage.pilot, save)
        assert new in stage.text
        assert "Meanwhile" in screen
        assert "“Theirs”" in screen
        await keys(stage.pilot, save)
        assert "Theirs" not in stage.text
        assert "Mine" in stage.text


@pytest.mark.slow
async def test_a_kept_draft_of_a_form_asks_for_the_field_that_both_changed(stage: Stage) -> None:
    async with stage.running():
        await mine_typed(stage)
        await keys(stage.pilot, "escape", "escape")
        await overtaken(stage, '"Due"\ntags = ["a"]', '"Theirs"\ntags = ["a", "b"]')
        await keys(stage.pilot, "e", "enter")
        assert "Meanwhile" in await keys(stage.pilot, "ctrl+s")
        assert 'sponsor = "Theirs"' in stage.text
        await keys(stage.pilot, "ctrl+s")
        assert 'sponsor = "Mine"' in stage.text
        assert 'tags = ["a", "b"]' in stage.text


@pytest.mark.slow
async def test_a_kept_draft_of_guidance_over_newer_guidance_is_asked_about(stage: Stage) -> None:
    async with stage.running():
        await to(stage, "three")
        await keys(stage.pilot, "w", "'Q1 2027", "escape", "escape")
        await overtaken(stage, 'when = "Q4 2026"', 'when = "H2 2027"')
        screen = await keys(stage.pilot, "w", "ctrl+s")
        assert "Meanwhile: Until now: H2 2027" in " ".join(screen.split())
        assert 'when = "H2 2027"' in stage.text
        await keys(stage.pilot, "ctrl+s")
        assert 'when = "Q1 2027"' in stage.text


@pytest.mark.slow
async def test_a_kept_draft_of_several_programs_is_asked_about(stage: Stage) -> None:
    async with stage.running():
        main = next(stage.app.lists())
        main.display_state.marked = frozenset({"one", "two"})
        main.look_again()
        await keys(stage.pilot, "e", "'phase", "enter", "ctrl+u", "'Filed", "escape")
        await overtaken(stage, 'notes = "Old."\nphase = "Phase 1"', 'notes = "Old."\nphase = "Phase 2"')
        await keys(stage.pilot, "e", "'phase", "enter")
        assert "Meanwhile" in await keys(stage.pilot, "enter")
        assert 'phase = "Filed"' not in stage.text
        await keys(stage.pilot, "enter")
        assert stage.text.count('phase = "Filed"') == 2


@pytest.mark.slow
async def test_a_draft_over_what_the_file_still_says_is_saved_without_a_question(stage: Stage) -> None:
    async with stage.running():
        await to(stage, "two")
        await kept_then_overtaken(stage, ("m",), "' Mine", '"Due"', '"Theirs"')
        await keys(stage.pilot, "m", "f2")
        assert "Old. Mine" in stage.text
        assert '"Theirs"' in stage.text


@pytest.mark.slow
async def test_what_was_asked_once_and_kept_again_is_not_asked_twice(stage: Stage) -> None:
    async with stage.running():
        await to(stage, "two")
        await kept_then_overtaken(stage, ("m",), "' Mine", 'notes = "Old."', 'notes = "Theirs"')
        await keys(stage.pilot, "m", "f2", "escape", "escape", "m", "f2")
        assert "Theirs" not in stage.text
        assert "Old. Mine" in stage.text


@pytest.mark.slow
async def test_a_draft_left_by_a_killed_app_asks_too(stage: Stage) -> None:
    async with stage.running():
        await to(stage, "two")
        await keys(stage.pilot, "m", "' Mine")
        next(stage.app.lists()).shelf.flush("two/notes", "notes")  # as when nothing more is typed
        left = stage.session.places.drafts_dir  # type: ignore[union-attr]
        (written,) = os.listdir(left)
        os.rename(os.path.join(left, written), os.path.join(left, f"{DEAD}.toml"))
        stage.app.exit()
    stage.write(stage.text.replace('notes = "Old."', 'notes = "Theirs"'))
    next_run = Stage(stage.path.parent, None)
    async with next_run.running():
        await to(next_run, "two")
        assert "Old. Mine" in await keys(next_run.pilot, "m")
        assert "“Theirs”" in await keys(next_run.pilot, "f2")
        assert 'notes = "Theirs"' in next_run.text
        await keys(next_run.pilot, "f2")
        assert "Old. Mine" in next_run.text
        assert os.listdir(left) == []
