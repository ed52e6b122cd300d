"""Releases in the app: from a file, a paste or the editor to one step of the list, each fact with its sentence."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest
from app_stage import shown, until, until_told
from editing_stage import keys
from test_app_goldens import SIZES
from test_app_goldens import check as check_goldens
from test_app_hostile import check as check_hostile
from test_outside_changes import Stage
from textual import events

from cartwatch.app.screens.dialogs import ListDialog
from cartwatch.app.screens.main import MainScreen
from cartwatch.app.screens.paths import ImportFrom
from cartwatch.app.screens.picker import Picker
from cartwatch.app.screens.preview import Preview

if TYPE_CHECKING:
    from pathlib import Path

LIST = """\
# mine
[[program]]
id = "nora-cel"
name = "noracabtagene autoleucel"
short = "nora-cel"
sponsor = "Fjordbio"

[[program.catalyst]]
id = "topline"
event = "Topline data of NORTHERN-1"
kind = "readout"
when = "1H 2026"
said = 2025-11-04

[[program]]
id = "fb-210"
name = "FB-210"
sponsor = "Fjordbio"

[[program]]
id = "other"
name = "Other-cel"
"""
RELEASE = """Fjordbio Reports Third Quarter 2026 Results

OSLO, Norway, November 17, 2026 (GLOBE NEWSWIRE) -- Fjordbio ASA today reported its results and gave an update.

Topline data from the pivotal NORTHERN-1 trial of nora-cel are now expected in the third quarter of 2027.

The company plans to submit an IND application for FB-210 by year-end 2027.

A regulatory filing is planned for 2028.

Nora-cel could be filed in 2029, if approved.
"""
UNDATED = RELEASE.partition("OSLO")[0] + RELEASE.partition("update.\n\n")[2]
MOVED = "Topline data from the pivotal NORTHERN-1 trial of nora-cel are now expected in the third quarter of 2027."


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, LIST)


async def paste(stage: Stage, text: str) -> str:
    """What a terminal sends for a paste."""
    stage.app.post_message(events.Paste(text))
    await stage.pilot.pause()
    await stage.pilot.pause()
    return shown(stage.app)


def main_of(stage: Stage) -> MainScreen:
    return next(stage.app.lists())


async def read(stage: Stage, text: str = RELEASE, name: str = "q3.txt") -> str:
    """The preview of a release in a file."""
    path = stage.path.parent / name
    path.write_text(text, encoding="utf-8")
    await keys(stage.pilot, "i")
    stage.app.screen.query_one("#path").line.value = str(path)  # type: ignore[attr-defined]
    await keys(stage.pilot, "enter")
    return await until(stage.pilot, lambda: isinstance(stage.app.screen, Preview | Picker))


@pytest.mark.slow
async def test_i_shows_each_fact_with_what_it_changes_and_its_sentence_and_takes_all_as_one_step(stage: Stage) -> None:
    async with stage.running((140, 45)):
        await read(stage)
        text = await keys(stage.pilot, "j")
        assert "Read Fjordbio Reports Third Quarter 2026 Results" in text
        assert "2026-11-17 · Fjordbio" in text
        assert "to be taken: 2 facts of 2   1 asked" in text
        assert "1H 2026 → third quarter of 2027: slipped" in text
        assert "2027-07-01 – 2027-09-30 · quarter" in text
        assert "“Topline data from the pivotal NORTHERN-1 trial of nora-cel are now" in text
        assert "ticked  program, kind and window are certain" in text
        assert stage.text == LIST
        text = await keys(stage.pilot, "f2")
        assert "undo" not in stage.text
        assert 'when = "third quarter of 2027"' in stage.text
        assert MOVED in stage.text
        assert "published = 2026-11-17" in stage.text
        assert "checked = 2026-11-22" in stage.text
        assert "# mine" in stage.text
        assert "2028" not in stage.text
        await keys(stage.pilot, "u")
        assert stage.text == LIST


@pytest.mark.slow
async def test_the_path_of_a_release_is_completed(stage: Stage) -> None:
    (stage.path.parent / "q3-release.htm").write_text(RELEASE)
    async with stage.running((140, 45)):
        await keys(stage.pilot, "i")
        line = stage.app.screen.query_one("#path").line  # type: ignore[attr-defined]
        line.value = str(stage.path.parent / "q3")
        await keys(stage.pilot, "tab")
        assert line.value.endswith("q3-release.htm")


@pytest.mark.slow
async def test_the_same_release_again_has_nothing_to_bring(stage: Stage) -> None:
    async with stage.running((140, 45)):
        await read(stage)
        await keys(stage.pilot, "1", "f2")
        assert "2028" in stage.text
        after = stage.text
        text = await read(stage)
        await keys(stage.pilot, "f2")
        assert "to be taken: nothing" in text
        assert stage.text == after


@pytest.mark.slow
async def test_one_key_says_whose_a_statement_is_and_ticks_stay(stage: Stage) -> None:
    async with stage.running((140, 45)):
        text = await read(stage)
        assert "Which program? A number answers" in text
        for row in ("1  nora-cel", "2  FB-210", "p  another program of the list"):
            assert row in text
        await keys(stage.pilot, "j", "space", "k")
        text = await keys(stage.pilot, "2")
        assert "asked" not in text.partition("to be taken")[2].partition("\n")[0]
        assert "to be taken: 2 facts of 1" in text  # both of FB-210; that of nora-cel stays unticked
        await keys(stage.pilot, "f2")
        assert "third quarter" not in stage.text
        program = stage.session.watchlist.get("fb-210")
        assert program is not None
        assert sorted(each.when.text for each in program.catalysts if each.when) == ["2028", "by year-end 2027"]


@pytest.mark.slow
async def test_another_program_is_found_by_typing(stage: Stage) -> None:
    async with stage.running((140, 45)):
        await read(stage)
        await keys(stage.pilot, "p", "'other")
        assert isinstance(stage.app.screen, Picker)
        text = await keys(stage.pilot, "enter")
        assert "Other-cel" in text
        await keys(stage.pilot, "f2")
        other = stage.session.watchlist.get("other")
        assert other is not None
        assert [each.when.text for each in other.catalysts if each.when] == ["2028"]


@pytest.mark.slow
async def test_a_release_that_names_no_day_is_asked_for_it(stage: Stage) -> None:
    async with stage.running((140, 45)):
        text = await read(stage, UNDATED)
        assert isinstance(stage.app.screen, Picker)
        assert "On which day was it published?" in text
        text = await keys(stage.pilot, "'17 november 2026", "enter")
        assert "2026-11-17" in text
        await keys(stage.pilot, "f2")
        assert "said = 2026-11-17" in stage.text


@pytest.mark.slow
async def test_a_text_without_facts_is_said_to_have_none(stage: Stage) -> None:
    async with stage.running((140, 45)):
        path = stage.path.parent / "x.html"
        path.write_text("<html><p>Nothing to see here.</p></html>", encoding="utf-8")
        await keys(stage.pilot, "i")
        stage.app.screen.query_one("#path").line.value = str(path)  # type: ignore[attr-defined]
        await keys(stage.pilot, "enter")
        await until_told(stage.pilot, "No fact of a program was found in x.html")


@pytest.mark.slow
async def test_a_pasted_text_is_offered_to_be_read(stage: Stage) -> None:
    async with stage.running((140, 45)):
        text = await paste(stage, RELEASE)
        assert isinstance(stage.app.screen, ListDialog)
        assert "You pasted 6 lines: a press release?" in text
        await keys(stage.pilot, "enter")
        await until(stage.pilot, lambda: isinstance(stage.app.screen, Preview))
        await keys(stage.pilot, "f2")
        assert MOVED in stage.text
        assert main_of(stage).releases.kept == ""


@pytest.mark.parametrize("way", ["question", "preview"])
@pytest.mark.slow
async def test_esc_keeps_a_pasted_text_and_i_offers_it(stage: Stage, way: str) -> None:
    async with stage.running((140, 45)):
        await paste(stage, RELEASE)
        if way == "preview":
            await keys(stage.pilot, "enter")
            await until(stage.pilot, lambda: isinstance(stage.app.screen, Preview))
        text = await keys(stage.pilot, "escape")
        assert isinstance(stage.app.screen, MainScreen)
        assert "kept" in text
        text = await keys(stage.pilot, "i")
        assert "the pasted text" in text
        await keys(stage.pilot, "tab", "enter")
        await until(stage.pilot, lambda: isinstance(stage.app.screen, Preview))
        assert stage.text == LIST


@pytest.mark.slow
async def test_a_text_pasted_into_the_line_for_a_source_is_read_too(stage: Stage) -> None:
    async with stage.running((140, 45)):
        await keys(stage.pilot, "i")
        assert isinstance(stage.app.screen, ImportFrom)
        await paste(stage, RELEASE)
        text = await until(stage.pilot, lambda: isinstance(stage.app.screen, ListDialog))
        assert "You pasted 6 lines" in text
        await keys(stage.pilot, "j", "j", "j", "enter")  # throw it away
        assert main_of(stage).releases.kept == ""


@pytest.mark.slow
async def test_a_text_pasted_over_a_dialog_is_kept(stage: Stage) -> None:
    async with stage.running((140, 45)):
        await read(stage)
        text = await paste(stage, "one\r\ntwo\rthree")
        assert "kept" in text
        assert isinstance(stage.app.screen, Preview)
        assert main_of(stage).releases.kept == "one\ntwo\nthree"


@pytest.mark.slow
async def test_a_pasted_text_outlives_the_run(tmp_path: Path) -> None:
    first = Stage(tmp_path, LIST)
    async with first.running((140, 45)):
        await paste(first, RELEASE)
    again = Stage(tmp_path, LIST)
    async with again.running((140, 45)):
        assert "a pasted text" in shown(again.app)
        assert main_of(again).releases.kept == RELEASE


@pytest.mark.slow
async def test_a_dropped_file_is_read(stage: Stage) -> None:
    path = stage.path.parent / "my release.txt"
    path.write_text(RELEASE, encoding="utf-8")
    async with stage.running((140, 45)):
        await paste(stage, str(path).replace(" ", "\\ "))
        await until(stage.pilot, lambda: isinstance(stage.app.screen, Preview))


@pytest.mark.slow
async def test_a_long_text_is_written_in_the_editor(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = stage.path.parent / "editor"
    release = stage.path.parent / "r.txt"
    release.write_text(RELEASE, encoding="utf-8")
    editor.write_text(f'#!/bin/sh\ncat "{release}" >> "$1"\n', encoding="utf-8")
    os.chmod(editor, stat.S_IRWXU)
    monkeypatch.setenv("VISUAL", str(editor))
    async with stage.running((140, 45)):
        monkeypatch.setattr(stage.app, "suspend", _handed_over)
        await keys(stage.pilot, "i", "ctrl+t")
        await until(stage.pilot, lambda: isinstance(stage.app.screen, Preview))
        await keys(stage.pilot, "f2")
        assert MOVED in stage.text
        assert not [each for each in os.listdir(main_of(stage).shelf.directory) if each.startswith("pasted-")]


@pytest.mark.slow
async def test_a_text_whose_editor_fails_is_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = stage.path.parent / "editor"
    editor.write_text('#!/bin/sh\necho "two" >> "$1"\nexit 3\n', encoding="utf-8")
    os.chmod(editor, stat.S_IRWXU)
    monkeypatch.setenv("VISUAL", str(editor))
    async with stage.running((140, 45)):
        monkeypatch.setattr(stage.app, "suspend", _handed_over)
        await paste(stage, "one\nand a half\n")
        text = await keys(stage.pilot, "j", "enter")
        assert "ended with status 3" in text
        assert main_of(stage).releases.kept == "one\nand a half\ntwo\n"


class _handed_over:
    def __enter__(self) -> None: ...
    def __exit__(self, *wrong: object) -> None: ...


@pytest.mark.slow
async def test_a_release_is_read_again_where_the_list_was_changed_meanwhile(stage: Stage) -> None:
    async with stage.running((140, 45)):
        await read(stage)
        await keys(stage.pilot, "2")
        stage.write(LIST.replace("Other-cel", "Another-cel"))
        await stage.look()
        text = await keys(stage.pilot, "f2")
        assert isinstance(stage.app.screen, Preview)
        assert "to be taken: 3 facts of 2" in text
        await keys(stage.pilot, "f2")
        assert "Another-cel" in stage.text
        assert 'when = "2028"' in stage.text


@pytest.mark.slow
async def test_hostile_text_in_a_release_and_its_preview(stage: Stage) -> None:
    text = RELEASE.replace("are now expected", "[b]are[/b] \x1b[31mnow\u202e 日本 expected").replace(
        "A regulatory", "[CD19] [/b] regulatory"
    )
    async with stage.running((140, 45)):
        await read(stage, text)
        await keys(stage.pilot, "j")
        screen = shown(stage.app)
        assert "[b]are[/b]" in screen
        assert "日本" in screen
        check_hostile(screen, "preview")
        await keys(stage.pilot, "f2")
        assert "\u202e" not in stage.text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.slow
async def test_the_screens_of_a_release(stage: Stage, size: tuple[int, int]) -> None:
    async with stage.running(size):
        screens = {"release-pasted": await paste(stage, RELEASE)}
        await keys(stage.pilot, "enter")
        screens["release-asked"] = await until(stage.pilot, lambda: isinstance(stage.app.screen, Preview))
        screens["release-facts"] = await keys(stage.pilot, "1", "tab")
    check_goldens(size, screens)


@pytest.mark.slow
async def test_a_program_that_is_not_in_the_list_is_offered_as_new_with_all_that_is_said_of_it(stage: Stage) -> None:
    data = "Topline data of FB-777 are expected in 2029."
    more = f"{data}\n\nThe company plans to submit an IND application for FB-777 in the first half of 2028.\n"
    async with stage.running((140, 45)):
        text = await read(stage, RELEASE + "\n" + more)
        assert "3 asked" in text
        text = await keys(stage.pilot, "j", "n")
        assert "1 new" in text
        assert "1 asked" in text
        text = await keys(stage.pilot, "G")
        assert f"“{data}”" in text
        await keys(stage.pilot, "f2")
        program = stage.session.watchlist.get("fb-777")
        assert program is not None
        assert sorted(each.when.text for each in program.catalysts if each.when) == ["2029", "first half of 2028"]
        assert program.catalysts[0].cite[0].quote
