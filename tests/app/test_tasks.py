"""The tasks of four kinds of user, by keys alone: an analyst, a clinician, a patient advocate, a business developer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from app_stage import GOLDEN_LIST, shown, until
from editing_stage import keys
from test_outside_changes import Stage

from cartwatch.app.screens.changes import Changes
from cartwatch.app.screens.paths import ImportFrom
from cartwatch.app.screens.preview import Preview

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (120, 40)


@pytest.mark.slow
async def test_an_analyst_enters_a_slip_from_a_release_and_sees_what_it_did(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running(SIZE):
        # Of whatever waits for the interim analysis: the sponsor now says mid-2027, in a release that is new.
        screen = await keys(stage.pilot, "slash", "'interim", "enter", "4", "tab", "w", "'mid-2027")
        assert "slipped" in screen
        assert "source pr-rmat will no longer stand behind it" in screen
        screen = await keys(stage.pilot, "enter", "enter", "'https://example.org/q4-results", "f2")
        assert "mid-2027" in screen
        program = stage.session.watchlist.programs[0]
        (guided, _) = program.catalysts
        assert [each.when.text for each in guided.moves if each.when] == ["Q3 2026", "Q4 2026"]
        assert [one.id for each in guided.moves for one in each.cite] == ["pr-rmat", "pr-rmat"]
        assert [each.id for each in guided.cite] == [program.sources[-1].id]
        assert guided.said is not None
        assert guided.said.text == "2026-11-22"
        # What became of the guidance is told, with both moves; one undo brings the old back.
        await keys(stage.pilot, "H")
        screen = await until(
            stage.pilot, lambda: isinstance(stage.app.screen, Changes) and "changes, newest" in shown(stage.app)
        )
        assert "Q4 2026 → mid-2027" in screen
        assert "Q3 2026 → Q4 2026" in screen
        await keys(stage.pilot, "escape", "u")
        assert stage.text == GOLDEN_LIST


@pytest.mark.slow
async def test_a_clinician_reads_rates_with_their_numbers_and_corrects_one(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running(SIZE):
        screen = await keys(stage.pilot, "slash", "'crs>=3:<10%", "enter", "3", "tab")
        words = " ".join(screen.split())
        assert "1 of 6" in words
        for each in ("R/R B-ALL, pivotal dose", "n = 40", "cut-off 2026-06-30", "ASTCT 2019", "1/40 2.5% 0–13%", "95% CI"):
            assert each in words
        # The paper says two of forty: what nobody published is refused, the right count is taken, unverified until confirmed.
        screen = await keys(stage.pilot, "@safety.report.1.crs.severe", "e", "ctrl+u", "'41/40", "enter")
        assert "more patients" in screen
        screen = await keys(stage.pilot, "ctrl+u", "'2/40")
        assert "source pr-rmat will no longer stand behind it" in screen
        screen = await keys(stage.pilot, "enter")
        assert "2/40" in screen
        assert "unverified" in screen
        assert 'severe = "2/40"' in stage.text


@pytest.mark.slow
async def test_a_patient_advocate_finds_a_trial_that_is_open_and_notes_what_to_ask(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    async with stage.running(SIZE):
        screen = await keys(stage.pilot, "slash", "'status:recruiting", "enter", "5")
        assert "1 of 6" in " ".join(screen.split())
        assert "BALLI-01" in screen
        assert "recruiting" in screen
        await keys(stage.pilot, "m", "ctrl+end", "enter", "'Ask: travel costs?", "f2")
        assert "Ask: travel costs?" in stage.text
        await keys(stage.pilot, "t", "'for parents", "enter")
        assert stage.session.watchlist.programs[0].tags == ("allogeneic", "heme", "for parents")
        screen = await keys(stage.pilot, "escape", "slash", "ctrl+u", '\'tag:"for parents"', "enter")
        assert "lasme-cel" in screen


TRIALS = """NCT Number,Study Title,Study Status,Interventions,Sponsor,Phases
NCT09000001,t1,RECRUITING,BIOLOGICAL: rival-cel,Rival,PHASE1
NCT09000002,t2,NOT_YET_RECRUITING,BIOLOGICAL: rival-cel,Rival,PHASE2
NCT09000003,t3,RECRUITING,BIOLOGICAL: other-cel,Other,PHASE1|PHASE2
"""


@pytest.mark.slow
async def test_a_business_developer_brings_in_rivals_and_marks_them_at_once(tmp_path: Path) -> None:
    stage = Stage(tmp_path, GOLDEN_LIST)
    (tmp_path / "trials.csv").write_text(TRIALS)
    async with stage.running(SIZE):
        await keys(stage.pilot, "i")
        assert isinstance(stage.app.screen, ImportFrom)
        stage.app.screen.query_one("#path").line.value = str(tmp_path / "trials.csv")  # type: ignore[attr-defined]
        await keys(stage.pilot, "enter")
        screen = await until(stage.pilot, lambda: isinstance(stage.app.screen, Preview) and "to be taken" in shown(stage.app))
        assert "to be taken: 2 new" in screen
        assert "joined with NCT09000002" in screen
        await keys(stage.pilot, "f2")
        screen = await keys(stage.pilot, "slash", "'sponsor:rival|sponsor:other", "enter", "asterisk", "t", "'rivals", "enter")
        tagged = [each.label for each in stage.session.watchlist.programs if each.tags == ("rivals",)]
        assert sorted(tagged) == ["other-cel", "rival-cel"]
        await keys(stage.pilot, "u")
        assert not any(each.tags == ("rivals",) for each in stage.session.watchlist.programs)
        await keys(stage.pilot, "u")
        assert stage.text == GOLDEN_LIST
