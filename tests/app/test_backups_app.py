"""Backups in the app, a file that can't be read at the start, and copies where nothing can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from app_stage import press, shown
from test_outside_changes import LIST, Stage

if TYPE_CHECKING:
    from pathlib import Path


def broken(text: str = LIST) -> str:
    return text.replace('name = "two-cel"', "name = two-cel")


def with_backup(folder: Path, text: str | bytes, earlier: str = LIST) -> Stage:
    """A stage on a file that was overwritten since it was last saved from here."""
    before = Stage(folder, earlier)
    assert before.session.keeper is not None
    before.session.keeper.back_up(earlier.encode())
    return Stage(folder, text)


@pytest.mark.slow
async def test_a_backup_says_what_has_changed_since_and_comes_back_when_agreed(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.running():
        stage.edit("one", "phase", "Phase 3")
        await stage.app.run_action("app.backups")
        await stage.pilot.pause()
        text = shown(stage.app)
        assert "before a save" in text
        assert "Since then 1 change" in text
        assert "Phase 1 → Phase 3" in text
        text = await press(stage.pilot, "enter")
        assert "Restore this backup?" in text
        await press(stage.pilot, "n")
        assert stage.phase("one") == "Phase 3"
        await stage.app.run_action("app.backups")
        text = await press(stage.pilot, "enter y")
        assert "restored the backup" in text
        assert stage.text == LIST
        assert stage.phase("one") == "Phase 1"
        await press(stage.pilot, "u")
        assert stage.phase("one") == "Phase 3"
        await press(stage.pilot, "u")
        assert stage.text == LIST


@pytest.mark.slow
async def test_without_backups_it_says_when_there_will_be_some(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.running():
        await stage.app.run_action("app.backups")
        await stage.pilot.pause()
        assert "There is no backup yet" in shown(stage.app)
        await press(stage.pilot, "enter escape")


@pytest.mark.slow
async def test_an_unreadable_file_offers_its_newest_good_backup(tmp_path: Path) -> None:
    stage = with_backup(tmp_path, broken())
    async with stage.running():
        text = shown(stage.app)
        assert "line 11, column 8" in text
        assert "Restore the backup of 20" in text
        assert "two-cel  removed" in text or "program removed" in text
        assert stage.text == broken()
        text = await press(stage.pilot, "enter")
        assert "restored the backup" in text
        assert stage.text == LIST
        assert "3 programs" in text
        assert stage.session.keeper is not None
        kept = {each.label: stage.session.keeper.backups.read(each) for each in stage.session.keeper.newest_first()}
        assert kept["unreadable"].decode() == broken()
        stage.edit("one", "phase", "Phase 3")
        assert 'phase = "Phase 3"' in stage.text


@pytest.mark.slow
async def test_what_still_parses_can_be_looked_at_and_nothing_more(tmp_path: Path) -> None:
    stage = Stage(tmp_path, broken())
    async with stage.running():
        assert "Restore" not in shown(stage.app)
        text = await press(stage.pilot, "j enter")
        assert "2 programs" in text
        assert "read only" in text
        assert stage.session.why_readonly is not None
        await press(stage.pilot, "x p")
        stage.app.emergency_save()
        assert stage.text == broken()
        stage.write(LIST)
        text = await stage.look()
        assert "3 programs" in text
        assert "read only" not in text.splitlines()[0]


@pytest.mark.slow
async def test_both_sides_of_a_git_conflict_are_merged_at_the_start(tmp_path: Path) -> None:
    sides = (
        '<<<<<<< HEAD\nphase = "A"\n||||||| base\nphase = "Phase 1"\n=======\nphase = "Phase 1"\ntags = ["t"]\n>>>>>>> b\n\n'
    )
    conflicted = LIST.replace('phase = "Phase 1"\n\n', sides, 1)
    stage = with_backup(tmp_path, conflicted)
    async with stage.running():
        assert "Merge both sides" in shown(stage.app)
        assert stage.text == conflicted
        text = await press(stage.pilot, "enter")
        assert "Both sides merged" in text
        assert "3 programs" in text
        assert stage.text == LIST.replace('phase = "Phase 1"\n', 'phase = "A"\ntags = ["t"]\n', 1)
        assert stage.session.conflicts == []
        assert stage.session.keeper is not None
        kept = {each.label: stage.session.keeper.backups.read(each) for each in stage.session.keeper.newest_first()}
        assert kept["unreadable"].decode() == conflicted


@pytest.mark.slow
async def test_another_backup_can_be_chosen_for_an_unreadable_file(tmp_path: Path) -> None:
    stage = with_backup(tmp_path, broken())
    async with stage.running():
        text = await press(stage.pilot, "j enter")
        assert "Since then" in text
        await press(stage.pilot, "enter y")
        assert stage.text == LIST


@pytest.mark.slow
async def test_a_mended_file_is_shown_without_a_key(tmp_path: Path) -> None:
    stage = Stage(tmp_path, broken())
    async with stage.running():
        stage.write(LIST)
        await stage.look()
        assert "3 programs" in await stage.look()


@pytest.mark.parametrize("left", [b"", b"\n", b"\0" * 100])
@pytest.mark.slow
async def test_an_empty_file_with_backups_is_not_taken_for_an_empty_list(tmp_path: Path, left: bytes) -> None:
    stage = with_backup(tmp_path, left)
    async with stage.running():
        assert "The watchlist is empty" in shown(stage.app)
        await press(stage.pilot, "enter")
        assert stage.text == LIST
        assert len(stage.session.watchlist) == 3


async def test_an_empty_file_without_backups_is_an_empty_list(tmp_path: Path) -> None:
    stage = Stage(tmp_path, b"")
    async with stage.running():
        assert "The watchlist is empty" not in shown(stage.app)


@pytest.mark.long
async def test_no_cut_of_a_file_starts_empty_or_is_overwritten(tmp_path: Path) -> None:
    for end in range(0, len(LIST), 7):
        folder = tmp_path / str(end)
        folder.mkdir()
        stage = with_backup(folder, LIST[:end])
        state = stage.session.opened.state
        async with stage.running():
            text = shown(stage.app)
            if state == "unreadable":
                assert "Restore the backup" in text
            assert stage.text == LIST[:end]
            assert state == "unreadable" or len(stage.session.watchlist) or "Restore the backup" in text or end > 9
