"""Import and export in the app: asked for, looked at, taken in one step; nothing overwritten unasked."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
import tomli_w
from app_stage import shown, until
from editing_stage import keys
from test_app_goldens import SIZES
from test_app_goldens import check as check_goldens
from test_app_hostile import PAYLOADS, check, hostile_program
from test_outside_changes import LIST, Stage

from cartwatch.app.screens.main import MainScreen
from cartwatch.app.screens.paths import ImportFrom
from cartwatch.app.screens.picker import Choice, Picker
from cartwatch.app.screens.preview import Preview
from cartwatch.document.document import Document
from cartwatch.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cartwatch.session.changes import PlannedChange
    from cartwatch.session.session import Foreseen

THEIRS = """[[program]]
id = "one"
name = "one-cel"
phase = "Phase 2"
sponsor = "Acme"
notes = "theirs"
cite = { phase = "pr" }

[[program.source]]
id = "pr"
title = "A press release"

# a comment that comes along
[[program]]
id = "four"
name = "four-cel"
phase = "Filed"
own_key = 7

[[program.catalyst]]
event = "Readout"
when = "H1 2027"

[[program]]
id = "two"
name = "two-cel"
phase = "Phase 1"
"""


async def settled(stage: Stage, wanted: type) -> str:
    """Wait for a screen that a thread brings."""
    return await until(stage.pilot, lambda: isinstance(stage.app.screen, wanted))


async def offered(stage: Stage, text: str = THEIRS, name: str = "theirs.toml") -> str:
    """The preview of another list."""
    path = stage.path.parent / name
    path.write_text(text, encoding="utf-8")
    await keys(stage.pilot, "i")
    assert isinstance(stage.app.screen, ImportFrom)
    stage.app.screen.query_one("#path").line.value = str(path)  # type: ignore[attr-defined]
    await keys(stage.pilot, "enter")
    return await settled(stage, Preview)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.mark.slow
async def test_i_shows_what_a_list_brings_and_takes_it_as_one_step(stage: Stage) -> None:
    async with stage.running((140, 40)):
        text = await offered(stage)
        assert "to be taken: 1 new, 4 facts of 1" in text
        assert "Phase 1 → Phase 2" in text
        assert "1 the same" in text
        assert stage.text == LIST
        text = await keys(stage.pilot, "f2")
        assert "imported" in text
        assert '# a comment that comes along\n[[program]]\nid = "four"' in stage.text
        assert "own_key = 7" in stage.text
        assert 'phase = "Phase 2"' in stage.text
        assert "# the first" in stage.text
        assert stage.session.keeper is not None
        assert "import" in {each.label for each in stage.session.keeper.newest_first()}
        await keys(stage.pilot, "u")
        assert stage.text == LIST
        assert "1 new" in await offered(stage)


@pytest.mark.slow
async def test_the_same_list_again_has_nothing_to_bring(stage: Stage) -> None:
    async with stage.running((140, 40)):
        await offered(stage)
        await keys(stage.pilot, "f2")
        after = stage.text
        text = await offered(stage)
        assert "Nothing here that your list does not have already" in text
        await keys(stage.pilot, "f2")
        assert stage.text == after


@pytest.mark.slow
async def test_programs_and_facts_are_taken_or_left_one_by_one(stage: Stage) -> None:
    async with stage.running((140, 40)):
        await offered(stage)
        text = await keys(stage.pilot, "tab", "space", "escape", "j", "space")
        assert "to be taken: 3 facts of 1" in text
        await keys(stage.pilot, "f2")
        assert stage.session.watchlist.get("four") is None
        one = stage.session.watchlist.get("one")
        assert one is not None
        assert (one.phase, one.sponsor) == ("Phase 1", "Acme")


@pytest.mark.slow
async def test_the_words_behind_a_value_are_shown_as_they_are(stage: Stage) -> None:
    source = '[[program.source]]\nid = "p"\ntitle = "P"\nquote = "is [/b] in Phase 3"\n'
    cite = 'id = "two"\ncite = { phase = "p" }\nname = "two-cel"\nphase = "Phase 3"'
    old = 'id = "two"\nname = "two-cel"\nphase = "Phase 1"'
    async with stage.running((140, 40)):
        start, end = LIST.split(old)
        head, mark, rest = end.partition("\n[[program]]")
        text = await offered(stage, f"{start}{cite}{head}\n{source}{mark}{rest}")
        assert "“is [/b] in Phase 3”" in text


@pytest.mark.slow
async def test_all_mine_and_theirs(stage: Stage) -> None:
    async with stage.running((140, 40)):
        await offered(stage)
        assert "to be taken: nothing" in await keys(stage.pilot, "a")
        assert "to be taken: 1 new, 4 facts of 1" in await keys(stage.pilot, "a")
        assert "to be taken: 1 new" in await keys(stage.pilot, "m")
        assert "facts of" not in shown(stage.app)
        assert "4 facts of 1" in await keys(stage.pilot, "t")


@pytest.mark.slow
async def test_what_both_changed_is_shown_with_both_values_and_mine_stands_until_told_otherwise(stage: Stage) -> None:
    async with stage.running((140, 40)):
        await offered(stage, LIST)
        await keys(stage.pilot, "f2")
        stage.edit("two", "phase", "Phase 2")
        text = await offered(
            stage,
            LIST.replace('id = "two"\nname = "two-cel"\nphase = "Phase 1"', 'id = "two"\nname = "two-cel"\nphase = "Phase 3"'),
        )
        assert "You changed these too" in text
        assert "yours   Phase 2" in text
        assert "theirs  Phase 3" in text
        assert "1 conflict" in text
        await keys(stage.pilot, "f2")
        assert stage.phase("two") == "Phase 2"
        await offered(
            stage,
            LIST.replace('id = "two"\nname = "two-cel"\nphase = "Phase 1"', 'id = "two"\nname = "two-cel"\nphase = "Filed"'),
        )
        await keys(stage.pilot, "T", "f2")
        assert stage.phase("two") == "Filed"


@pytest.mark.slow
async def test_t_takes_the_fact_under_the_cursor_and_T_the_program(stage: Stage) -> None:
    theirs = LIST.replace(
        'id = "two"\nname = "two-cel"\nphase = "Phase 1"', 'id = "two"\nname = "two-cel"\nphase = "Phase 3"\nsponsor = "Acme"'
    )
    async with stage.running((140, 40)):
        await offered(stage, theirs)
        preview = stage.pilot.app.screen

        def taken() -> int:
            return len(preview._chosen)  # type: ignore[attr-defined]

        every = taken()
        assert every >= 2
        await keys(stage.pilot, "M")
        assert taken() == 0
        await keys(stage.pilot, "tab", "t")
        assert taken() == 1
        await keys(stage.pilot, "m")
        assert taken() == 0
        await keys(stage.pilot, "T")
        assert taken() == every
        await keys(stage.pilot, "tab", "m")
        assert taken() == 0
        await keys(stage.pilot, "t")
        assert taken() == every


@pytest.mark.slow
async def test_an_export_is_proposed_in_the_current_directory(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cartwatch.app.screens.main import MainScreen
    from cartwatch.formats.formats import FORMATS

    here = tmp_path / "elsewhere"
    here.mkdir()
    monkeypatch.chdir(here)
    async with stage.running((140, 40)):
        screen = stage.pilot.app.screen
        assert isinstance(screen, MainScreen)
        assert screen.exchange._export_path(FORMATS["csv"]).startswith(f"{here}/")


@pytest.mark.slow
async def test_what_may_be_wrong_with_a_program_and_what_its_notes_say_is_seen_before_it_is_taken(stage: Stage) -> None:
    stage.path.write_text(LIST.replace('name = "one-cel"\n', 'name = "one-cel"\nnotes = "mine"\n'), encoding="utf-8")
    theirs = THEIRS.replace("H1 2027", "soonish").replace('phase = "Phase 2"', 'phase = "Phse 2"')
    async with stage.running((140, 40)):
        text = await offered(stage, theirs)
        assert "2 warnings" in text
        assert 'warning  phase: unknown phase "Phse 2"' in text
        assert "notes, below yours: “theirs”" in text
        text = await keys(stage.pilot, "j")
        assert 'warning  catalyst[1].when: "soonish" is not a date phrase' in text


@pytest.mark.slow
async def test_keys_of_the_file_itself_are_taken_or_left_too(stage: Stage) -> None:
    async with stage.running((140, 40)):
        text = await offered(stage, "team = 'desk 3'\nown.deep = [1]\n\n" + THEIRS)
        assert "1 new, 4 facts of 1, 2 keys" in text
        text = await keys(stage.pilot, "G")
        assert "+ team  " in text
        text = await keys(stage.pilot, "tab", "space")
        assert "4 facts of 1, 1 key" in text
        await keys(stage.pilot, "f2")
        assert "team" not in stage.text
        assert Document.parse(stage.text.encode()).head["own"] == {"deep": [1]}
        await keys(stage.pilot, "u")
        await offered(stage, "team = 'desk 3'\n\n" + LIST)
        text = await keys(stage.pilot, "space", "f2")
        assert "no entry is ticked" in text
        assert stage.text == LIST


@pytest.mark.slow
async def test_esc_leaves_everything_as_it_is(stage: Stage) -> None:
    async with stage.running():
        await offered(stage)
        text = await keys(stage.pilot, "tab", "escape", "escape")
        assert "Nothing was imported" in text
        assert stage.text == LIST


@pytest.mark.parametrize(
    ("text", "told"),
    [("[[program]\n", "theirs.toml:1:"), ('title = "x"\n[own]\n', "no [[program]] tables found"), ("%PNG", "theirs.toml:1:")],
)
@pytest.mark.slow
async def test_what_is_no_list_is_refused_in_the_line_that_named_it(stage: Stage, text: str, told: str) -> None:
    async with stage.running((140, 40)):
        path = stage.path.parent / "theirs.toml"
        path.write_text(text, encoding="utf-8")
        await keys(stage.pilot, "i")
        stage.app.screen.query_one("#path").line.value = str(path)
        await keys(stage.pilot, "enter")
        await until(stage.pilot, lambda: told in shown(stage.app))
        assert isinstance(stage.app.screen, ImportFrom)
        assert stage.text == LIST


@pytest.mark.slow
async def test_a_long_refusal_is_read_whole_on_a_narrow_terminal(stage: Stage) -> None:
    async with stage.running((60, 20)):
        path = stage.path.parent / "theirs.toml"
        path.write_text("own = {\n}\n", encoding="utf-8")
        await keys(stage.pilot, "i")
        stage.app.screen.query_one("#path").line.value = str(path)
        await keys(stage.pilot, "enter")
        for _ in range(100):
            await stage.pilot.pause(0.02)
            if "theirs.toml:1:7" in shown(stage.app):
                break
        told = " ".join(" ".join(line.strip(" │▂─▌") for line in shown(stage.app).splitlines()).split())
        assert "in the next line is TOML 1.1, which some applications cannot read: write it on one line" in told


@pytest.mark.slow
async def test_a_path_is_completed_and_the_last_ones_are_offered(stage: Stage) -> None:
    async with stage.running((140, 40)):
        await offered(stage)
        await keys(stage.pilot, "escape")
        text = await keys(stage.pilot, "i")
        assert str(stage.path.parent / "theirs.toml")[-40:] in text
        await keys(stage.pilot, "tab")
        line = stage.app.screen.query_one("#path")
        assert line.value == str(stage.path.parent / "theirs.toml")  # type: ignore[attr-defined]
        line.line.value = str(stage.path.parent / "the")  # type: ignore[attr-defined]
        await stage.pilot.pause()
        await keys(stage.pilot, "tab", "enter")
        await settled(stage, Preview)


@pytest.mark.slow
async def test_a_file_dropped_on_the_list_is_asked_about(stage: Stage) -> None:
    from textual.events import Paste

    async with stage.running((140, 40)):
        path = stage.path.parent / "their list.toml"
        path.write_text(THEIRS, encoding="utf-8")
        stage.app.post_message(Paste(f"'{path}'"))
        assert "Import their list.toml" in await settled(stage, Preview)
        await keys(stage.pilot, "escape")
        stage.app.post_message(Paste("just words"))
        await stage.pilot.pause()
        assert len(stage.app.screen_stack) == 2


@pytest.mark.slow
async def test_a_change_meanwhile_is_looked_at_again(stage: Stage) -> None:
    async with stage.running((140, 40)):
        await offered(stage)
        stage.write(LIST.replace('name = "one-cel"\nphase = "Phase 1"', 'name = "one-cel"\nphase = "Phase 2"'))
        await stage.look()
        assert isinstance(stage.app.screen, Preview)
        await keys(stage.pilot, "f2")
        text = shown(stage.app)
        assert isinstance(stage.app.screen, Preview)
        assert "sponsor Acme" in text
        assert "Phase 1 → Phase 2" not in text  # mine says so too by now
        await keys(stage.pilot, "f2")
        assert stage.text.count('phase = "Phase 2"') == 1
        assert "four-cel" in stage.text


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Every import is worked out beside the app, and takes until this is set."""
    release, foresee = threading.Event(), Session.foresee

    def waiting(session: Session, planned: PlannedChange) -> Foreseen:
        if threading.current_thread() is not threading.main_thread():
            assert release.wait(10)
        return foresee(session, planned)

    monkeypatch.setattr("cartwatch.app.screens.preview._MANY", 0)
    monkeypatch.setattr(Session, "foresee", waiting)
    yield release
    release.set()


@pytest.mark.slow
async def test_a_large_import_is_worked_out_beside_the_app_and_says_so(stage: Stage, held: threading.Event) -> None:
    async with stage.running((140, 40)):
        await offered(stage)
        text = await keys(stage.pilot, "f2")
        assert "taking 1 new, 4 facts of 1 …" in text
        text = await keys(stage.pilot, "a", "m", "f2", "j")  # what is being taken stays what was ticked; the cursor moves
        assert "taking 1 new, 4 facts of 1 …" in text
        assert stage.text == LIST
        held.set()
        assert "imported" in await settled(stage, MainScreen)
        assert 'phase = "Phase 2"' in stage.text
        assert "four-cel" in stage.text
        await keys(stage.pilot, "u")
        assert stage.text == LIST


@pytest.mark.slow
async def test_a_large_import_can_be_left_while_it_is_worked_out(stage: Stage, held: threading.Event) -> None:
    async with stage.running((140, 40)):
        await offered(stage)
        await keys(stage.pilot, "f2", "escape")
        assert isinstance(stage.app.screen, MainScreen)
        held.set()
        await stage.pilot.pause(0.1)
        assert stage.text == LIST
        assert not stage.session.done


@pytest.mark.slow
async def test_what_was_worked_out_waits_for_a_question_that_stands_over_it(stage: Stage, held: threading.Event) -> None:
    async with stage.running((140, 40)):
        await offered(stage)
        await keys(stage.pilot, "f2")
        await stage.app.push_screen(Picker("Over it", [Choice("a", "A")]))
        held.set()
        await stage.pilot.pause(0.2)
        assert isinstance(stage.app.screen, Picker)
        assert stage.text == LIST
        await keys(stage.pilot, "escape")
        await settled(stage, MainScreen)
        assert "four-cel" in stage.text


@pytest.mark.slow
async def test_a_change_while_a_large_import_is_worked_out_is_looked_at(stage: Stage, held: threading.Event) -> None:
    async with stage.running((140, 40)):
        await offered(stage)
        await keys(stage.pilot, "f2")
        stage.write(LIST.replace('name = "one-cel"\nphase = "Phase 1"', 'name = "one-cel"\nphase = "Phase 2"'))
        await stage.look()
        first = stage.app.screen
        held.set()
        for _ in range(200):
            await stage.pilot.pause(0.02)
            if stage.app.screen is not first and isinstance(stage.app.screen, Preview):
                break
        assert "Phase 1 → Phase 2" not in shown(stage.app)
        assert "four-cel" not in stage.text
        await keys(stage.pilot, "f2")
        await settled(stage, MainScreen)
        assert "four-cel" in stage.text


@pytest.mark.slow
async def test_hostile_text_in_a_preview_is_shown_and_does_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    theirs = [hostile_program(each) | {"id": f"p{at}"} for at, each in enumerate(PAYLOADS)]
    theirs[0] |= {"id": "one", "name": "one-cel"}
    async with stage.running((100, 34)):
        check(await offered(stage, tomli_w.dumps({"program": theirs})), "preview")
        for key in ("tab", "pagedown", "space", "tab", *["j"] * len(PAYLOADS), "tab", "pagedown", "escape", "a"):
            check(await keys(stage.pilot, key), key)
        check(await keys(stage.pilot, "f2"), "taken")
        assert stage.app.is_running


@pytest.mark.slow
async def test_x_exports_the_marked_programs_and_asks_before_it_replaces(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(stage.path.parent)
    async with stage.running():
        text = await keys(stage.pilot, "space", "X")
        assert "1 marked program" in text
        assert "all 3 programs" in text
        text = await keys(stage.pilot, "enter")
        assert "Calendar, each window on its last day" in text
        await keys(stage.pilot, "'watchlist", "enter", "enter")
        target = stage.path.parent / "list-export.toml"
        await until(stage.pilot, lambda: target.exists() and len(stage.app.screen_stack) == 2)
        assert [each["id"] for each in Document.parse(target.read_bytes()).programs] == ["one"]
        assert "1 marked program written to" in shown(stage.app)
        target.write_text("another's", encoding="utf-8")
        text = await keys(stage.pilot, "X", "enter", "enter", "enter")
        assert "Enter again replaces it" in text
        assert target.read_text(encoding="utf-8") == "another's"
        await keys(stage.pilot, "enter")
        await until(stage.pilot, lambda: len(stage.app.screen_stack) == 2)
        assert "one-cel" in target.read_text(encoding="utf-8")


@pytest.mark.slow
async def test_an_export_that_cannot_be_written_says_why(stage: Stage) -> None:
    async with stage.running((120, 30)):
        await keys(stage.pilot, "X", "enter")
        stage.app.screen.query_one("#path").line.value = str(stage.path.parent / "nowhere" / "x.toml")
        await keys(stage.pilot, "enter")
        await until(stage.pilot, lambda: "not written" in shown(stage.app))
        assert "nowhere" not in os.listdir(stage.path.parent)


@pytest.mark.slow
async def test_the_welcome_offers_an_import(tmp_path: Path) -> None:
    stage = Stage(tmp_path, None)
    async with stage.running((100, 30)):
        await keys(stage.pilot, "i")
        assert isinstance(stage.app.screen, ImportFrom)
        (tmp_path / "theirs.toml").write_text(THEIRS, encoding="utf-8")
        stage.app.screen.query_one("#path").line.value = str(tmp_path / "theirs.toml")
        await keys(stage.pilot, "enter")
        assert "3 new" in await settled(stage, Preview)
        await keys(stage.pilot, "f2")
        assert "four-cel" in stage.text


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.slow
async def test_the_preview_looks_as_it_did(tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    stage = Stage(tmp_path)
    screens = {}
    async with stage.running(size):
        screens["import-preview"] = await offered(stage)
        screens["import-preview-facts"] = await keys(stage.pilot, "tab", "j", "space")
        screens["import-preview-new"] = await keys(stage.pilot, "escape", "j")
    check_goldens(size, screens)


TRIALS = """NCT Number,Study Title,Study Status,Interventions,Sponsor,Phases
NCT00000001,t1,RECRUITING,BIOLOGICAL: ALPHA-112,Acme,PHASE1
NCT00000002,t2,RECRUITING,BIOLOGICAL: alpha112,Acme,PHASE2
"""


@pytest.mark.slow
async def test_two_records_of_one_product_offer_to_join_ticked(stage: Stage) -> None:
    async with stage.running((140, 40)):
        screen = await offered(stage, TRIALS, "trials.csv")
        assert "to be taken: 1 new" in screen
        assert "✓ joined with NCT00000002" in screen
        screen = await keys(stage.pilot, "tab", "space")
        assert "a program of its own" in screen
        assert "to be taken: 2 new" in screen
        await keys(stage.pilot, "f2")
        trials = [[one.nct for one in each.trials] for each in stage.session.watchlist.programs if each.trials]
        assert trials == [["NCT00000001"], ["NCT00000002"]]


@pytest.mark.slow
async def test_i_reads_a_sheet_of_a_workbook_and_asks_which(stage: Stage) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    pytest.importorskip("python_calamine")
    path = stage.path.parent / "list.xlsx"
    made = xlsxwriter.Workbook(str(path))
    for name in ("Heme", "Solid"):
        made.add_worksheet(name).write_row(0, 0, ["Drug", "Phase"])
        made.get_worksheet_by_name(name).write_row(1, 0, [f"{name}-cel", "Phase 2"])
    made.close()
    async with stage.running((140, 40)):
        await keys(stage.pilot, "i")
        line = stage.app.screen.query_one("#path").line  # type: ignore[attr-defined]
        line.value = str(path)
        await keys(stage.pilot, "enter")
        await until(stage.pilot, lambda: "FILE#NAME" in shown(stage.app))
        line.value = f"{path}#Solid"
        await keys(stage.pilot, "enter")
        await until(stage.pilot, lambda: "Solid-cel" in shown(stage.app) and "1 new" in shown(stage.app))
