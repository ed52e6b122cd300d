"""The ten most common tasks, with the keys counted that they take beside the text typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from app_stage import GOLDEN_LIST, shown, until, until_told
from editing_stage import keys
from test_outside_changes import Stage

from cartwatch.app.screens.preview import Preview

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SIZE = (120, 40)


async def pressed(stage: Stage, most: int, *names: str) -> str:
    """Press keys, at most so many beside typed text, which begins with '."""
    count = sum(not (each.startswith("'") and len(each) > 1) for each in names)
    assert count <= most, f"{count} keys, {most} at most"
    return await keys(stage.pilot, *names)


@pytest.mark.slow
async def test_a_program_with_six_facts_and_a_catalyst_is_added_with_ten_keys(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running(SIZE):
        await pressed(
            stage, 10,
            "a", "'zeta-cel", "tab", "'Zeta Bio", "tab", "'CD19, CD22", "tab", "'2", "tab", "'B-ALL, NHL", "tab", "'allogeneic",
            "tab", "'CAR-T", "tab", "'First interim analysis", "tab", "'by mid-2027", "ctrl+s",
        )  # fmt: skip
        made = stage.session.watchlist.get("zeta-cel")
        assert made is not None
        assert made.mechanism is not None
        assert (made.name, made.sponsor, made.phase) == ("zeta-cel", "Zeta Bio", "Phase 2")
        assert made.indications == ("B-ALL", "NHL")
        assert made.mechanism.targets == ("CD19", "CD22")
        assert made.mechanism.source == "allogeneic donor"
        assert made.mechanism.modality == "CAR-T"
        (catalyst,) = made.catalysts
        assert (catalyst.event, catalyst.when.text if catalyst.when else "") == ("First interim analysis", "by mid-2027")
        assert catalyst.said is not None
        assert catalyst.said.text == "2026-11-22"
        await keys(stage.pilot, "u")
        assert stage.text == GOLDEN_LIST


@pytest.mark.slow
async def test_a_program_is_found_with_two_keys(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running(SIZE):
        await pressed(stage, 2, "slash", "'vague", "enter")
        assert stage.app.screen.program.key == "vague-cel"  # type: ignore[attr-defined]


async def test_the_detail_of_the_next_catalyst_opens_with_two_keys(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running((80, 24)):
        screen = await pressed(stage, 2, "enter", "4")
        assert "First interim analysis" in screen
        assert "Q4 2026" in screen


@pytest.mark.slow
async def test_a_fact_is_changed_from_the_table_with_four_keys(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running(SIZE):
        await pressed(stage, 4, "e", "'ph", "enter", "ctrl+u", "'Phase 2", "enter")
        assert stage.phase("lasme-cel") == "Phase 2"
        # A field that was edited lately is the first, of the next program too.
        await pressed(stage, 5, "j", "e", "enter", "ctrl+u", "'Phase 3", "enter")
        assert stage.phase("late-cel") == "Phase 3"


@pytest.mark.slow
async def test_guidance_is_renewed_with_three_keys(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running(SIZE):
        await pressed(stage, 3, "w", "enter", "'mid-2027", "ctrl+s")
        assert 'when = "mid-2027"' in stage.text


@pytest.mark.slow
async def test_an_outcome_with_its_day_takes_two_keys_at_its_catalyst(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running(SIZE):
        await keys(stage.pilot, "@catalyst.balli-01-interim.when")
        await pressed(stage, 2, "r", "'missed on 20 Nov 2026", "ctrl+s")
        assert 'outcome = "missed"' in stage.text
        assert "outcome_on = 2026-11-20" in stage.text


@pytest.mark.slow
async def test_two_programs_are_compared_with_four_keys(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running(SIZE):
        screen = await pressed(stage, 4, "space", "j", "space", "c")
        assert "lasme-cel" in screen
        assert "Comparison of lasme-cel, anito-cel" in screen


@pytest.mark.slow
async def test_a_calendar_is_written_with_four_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running(SIZE):
        await pressed(stage, 4, "X", "i", "enter", "enter")
        await until_told(stage.pilot, "written to")
        assert (tmp_path / "list.ics").read_text().startswith("BEGIN:VCALENDAR")


async def test_a_change_is_undone_with_one_key(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running(SIZE):
        await keys(stage.pilot, "p")
        assert stage.text != GOLDEN_LIST
        await pressed(stage, 1, "u")
        assert stage.text == GOLDEN_LIST


@pytest.mark.slow
async def test_a_list_is_imported_with_three_keys(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    theirs = tmp_path / "theirs.toml"
    theirs.write_text('[[program]]\nname = "other-cel"\nphase = "Phase 1"\n')
    async with stage.running(SIZE):
        await pressed(stage, 1, "i")
        stage.app.screen.query_one("#path").line.value = str(theirs)  # type: ignore[attr-defined]  # as a terminal pastes it
        await pressed(stage, 1, "enter")
        await until(stage.pilot, lambda: isinstance(stage.app.screen, Preview) and "to be taken" in shown(stage.app))
        await pressed(stage, 1, "ctrl+s")
        await until_told(stage.pilot, "other-cel")
        assert stage.phase("other-cel") == "Phase 1"
