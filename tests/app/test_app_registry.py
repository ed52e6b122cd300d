"""R asks the registry beside the running app: proposals in the preview, and the last good data where it fails."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING

import pytest
from app_stage import NOW, Clock, press, shown, until
from playing_registry import PlayingRegistry, Reply, study
from registry_records import CAR_T

from cartwatch.app.app import CartwatchApp
from cartwatch.app.screens.main import MainScreen
from cartwatch.app.screens.preview import Preview
from cartwatch.session.session import Session
from cartwatch.storage.places import places

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


ONE, TWO, CAR = "NCT00000001", "NCT00000002", "NCT00000077"
LIST = f"""# mine
[[program]]
id = "one"
name = "one-[CD19]cel" # a comment

[[program.catalyst]]
event = "Readout"
when = "Q4 2026"

[[program.trial]]
nct = "{ONE}"
name = "[b]\\u202E[/b]"
status = "RECRUITING"
updated = 2026-01-01
fetched = 2026-01-02T00:00:00Z

[[program]]
id = "two"
name = "two-cel"

[[program.trial]]
nct = "{TWO}"
status = "RECRUITING"
updated = 2026-01-01
fetched = 2026-01-02T00:00:00Z
"""


class Stage:
    def __init__(self, folder: Path, registry: PlayingRegistry) -> None:
        self.registry = registry
        self.path = folder / "list.toml"
        self.path.write_text(LIST, encoding="utf-8")
        env = {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), "CARTWATCH_REGISTRY": registry.base}
        self.places = places(str(self.path), env)
        self.session = Session(str(self.path), NOW.date(), self.places)
        self.session.open()
        self.app = CartwatchApp(self.session, Clock())

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def screen(self) -> MainScreen:
        return next(each for each in self.app.screen_stack if isinstance(each, MainScreen))

    @property
    def previewing(self) -> bool:
        return isinstance(self.app.screen, Preview) and self.app.screen.is_mounted


@pytest.fixture
def stage(tmp_path: Path, registry: PlayingRegistry) -> Stage:
    stopped = {"overallStatus": "TERMINATED", "whyStopped": "Low [b]accrual[/b]\x1b[31m"}
    registry.studies = {ONE: study(ONE, **stopped), TWO: study(TWO, overallStatus="COMPLETED")}
    return Stage(tmp_path, registry)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 45)])
@pytest.mark.slow
async def test_the_answer_is_a_preview_and_what_is_ticked_is_one_step(stage: Stage, size: tuple[int, int]) -> None:
    async with stage.app.run_test(size=size, notifications=True) as pilot:
        await press(pilot, "R")
        screen = await until(pilot, lambda: stage.previewing)
        assert "Refresh from ClinicalTrials.gov, data of 2026-11-20" in screen
        assert stage.text == LIST
        assert "\u202e" not in screen
        assert "\x1b" not in screen
        if size[0] == 140:
            assert "critical  status recruiting → terminated" in screen
            assert "(terminated, suspended or" in screen  # it wraps
            assert "Low [b]accrual[/b]" in screen
        screen = await press(pilot, "f2")
        assert "data of 2026-11-20; undo" in " ".join(screen.replace("▌", "").split()) or "undo reverts it" in screen
        assert 'status = "TERMINATED"' in stage.text
        assert 'status = "COMPLETED"' in stage.text
        assert stage.text.startswith(LIST[: LIST.index("status =")])
        await press(pilot, "u")
        assert stage.text == LIST


@pytest.mark.slow
async def test_what_is_not_ticked_stays_as_it_was_and_is_offered_again(stage: Stage) -> None:
    async with stage.app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "R")
        await until(pilot, lambda: stage.previewing)
        await press(pilot, "space f2")  # the first program is left
        assert 'status = "COMPLETED"' in stage.text
        assert 'status = "RECRUITING"' in stage.text
        await press(pilot, "R")
        screen = await until(pilot, lambda: stage.previewing)
        assert "one-[CD19]cel" in screen
        assert "Changed  1" in screen
        await press(pilot, "escape")
        assert 'status = "RECRUITING"' in stage.text


@pytest.mark.slow
async def test_the_weightiest_stand_first_and_stamps_are_taken_along_unseen(tmp_path: Path, registry: PlayingRegistry) -> None:
    moved = {"date": "2027-06-01", "type": "ESTIMATED"}
    registry.studies = {
        ONE: study(ONE),  # nothing but stamps
        TWO: study(TWO, overallStatus="COMPLETED"),
        "NCT00000003": study("NCT00000003", overallStatus="SUSPENDED", primaryCompletionDateStruct=moved),
        "NCT00000004": study("NCT00000004"),
    }
    stage = Stage(tmp_path, registry)
    more = LIST[LIST.index('[[program]]\nid = "two"') :]
    three = more.replace("two", "three").replace(TWO, "NCT00000003")
    four = '[[program]]\nid = "four"\nname = "four-cel"\n\n[[program.trial]]\nnct = "NCT00000004"\n'
    stage.path.write_text(f"{LIST}\n{three}\n{four}", encoding="utf-8")
    stage.session.open()
    async with stage.app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "R")
        screen = await until(pilot, lambda: stage.previewing)
        rows = [line for line in screen.splitlines() if "-cel" in line or "critical  status" in line]
        wanted = ("critical    three-cel", "notable     two-cel", "first data  four-cel")
        places = [next(at for at, row in enumerate(rows) if each in row) for each in wanted]
        assert places == sorted(places)
        assert "one-[CD19]cel" not in screen.split("Changed")[1]
        assert "1 with only new time stamps, taken along" in screen
        assert "to be taken: 3 trials of 3   1 critical" in screen
        screen = await press(pilot, "space")
        assert "to be taken: 2 trials of 2" in screen
        await press(pilot, "f2")
        assert stage.text.count("fetched = 2026-11-22") == 3
        assert stage.text.count("fetched = 2026-01-02") == 1
        assert "SUSPENDED" not in stage.text


@pytest.mark.slow
async def test_nothing_new_is_said_and_nothing_asked(stage: Stage) -> None:
    async with stage.app.run_test(size=(140, 45), notifications=True) as pilot:
        await press(pilot, "R")
        await until(pilot, lambda: stage.previewing)
        await press(pilot, "f2")
        before = stage.text
        await press(pilot, "R")
        screen = await until(pilot, lambda: not stage.screen.registry.asking and len(stage.registry.requests) == 3)
        assert "2 trials looked up, nothing changed; data of 2026-11-20" in screen
        assert (stage.previewing, stage.text) == (False, before)
        assert "unchanged" not in await press(pilot, "5")  # it was fetched today


FAILURES = {
    "refused": (Reply(403, b"no", "text/html"), "cartwatch import FILE.json", "The registry refuses cartwatch (403)"),
    "not found": (Reply.text(404, "no"), "refused the call (404)", "the registry refused the call (404)"),
    "web page": (Reply(200, b"<html>", "text/html"), "a web page", "the registry answered with a web page instead of data"),
    "cut": (Reply(200, b'{"studies"', promised=99), "broke off", "the answer of 127.0.0.1 broke off"),
    "not gzip": (Reply.zipped(b"nonsense"), "damaged", "the answer of 127.0.0.1 is damaged (not valid gzip)"),
    "error": (Reply.text(501, "no"), "(501)", "the registry answered with an error (501)"),
}


@pytest.mark.slow
async def test_a_registry_that_is_not_reached_leaves_the_title_after_a_minute(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    later: list[tuple[float, Callable[[], object]]] = []
    monkeypatch.setattr(MainScreen, "after", lambda self, seconds, call: later.append((seconds, call)))
    monkeypatch.setenv("CARTWATCH_REGISTRY", "http://127.0.0.1:1")
    stage.session.places = places(str(stage.path), {**os.environ, "HOME": str(stage.path.parent)})
    async with stage.app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "R")
        screen = await until(pilot, lambda: not stage.screen.registry.asking)
        assert "registry not reached at 10:00, the data stay" in screen.splitlines()[0]
        [call] = [call for seconds, call in later if seconds == 60]
        call()
        assert "not reached" not in (await press(pilot, "j")).splitlines()[0]


@pytest.mark.parametrize("name", FAILURES)
@pytest.mark.slow
async def test_a_failure_is_one_line_and_the_app_goes_on(stage: Stage, name: str) -> None:
    reply, words, told = FAILURES[name]
    stage.registry.always = lambda path: reply if path == "/studies" or reply.status == 403 else None
    async with stage.app.run_test(size=(140, 45), notifications=True) as pilot:
        await press(pilot, "R")
        screen = await until(pilot, lambda: not stage.screen.registry.asking)
        assert words in " ".join(screen.split())
        assert f"{told} at 10:00, the data stay"[:80] in screen.splitlines()[0]
        assert "not reached" not in screen
        assert stage.text == LIST
        screen = await press(pilot, "j 5")
        assert stage.app.display_state.program == "two"
        assert "2026-01-02" in screen  # the date of the last good data
        stage.registry.always = lambda path: None
        await press(pilot, "R")
        await until(pilot, lambda: stage.previewing)


@pytest.mark.parametrize("size", [(60, 20), (140, 45)])
@pytest.mark.slow
async def test_pressed_again_it_stops_at_once(stage: Stage, size: tuple[int, int]) -> None:
    release = threading.Event()
    stage.registry.always = lambda path: Reply(200, b"{}", promised=10_000, drip=release)
    async with stage.app.run_test(size=size, notifications=True) as pilot:
        await press(pilot, "R")
        screen = await until(pilot, stage.registry.asked.is_set)
        assert "R stops" in screen.splitlines()[0]
        screen = await press(pilot, "R")
        release.set()
        assert "Stopped: the data stay" in screen
        assert "R stops" not in screen.splitlines()[0]
        await asyncio.sleep(0.2)
        await pilot.pause()
        assert (stage.previewing, stage.text) == (False, LIST)


@pytest.mark.slow
async def test_keys_work_while_it_waits_and_what_is_typed_is_not_disturbed(stage: Stage) -> None:
    release = threading.Event()
    good = stage.registry.play

    def waiting(path: str) -> Reply | None:
        release.wait(5)
        return None

    stage.registry.always = waiting
    async with stage.app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "R")
        await press(pilot, "j")
        assert stage.app.display_state.program == "two"
        await press(pilot, "slash t")
        release.set()
        screen = await until(pilot, lambda: stage.screen.registry.answered)
        assert good is not None
        assert "R shows what the registry answered" in screen
        assert not stage.previewing
        await press(pilot, "w o enter")
        assert stage.app.display_state.query == "two"
        await press(pilot, "R")
        await until(pilot, lambda: stage.previewing)


@pytest.mark.parametrize("keys", ["x", "e", "5 tab x", "D", "question_mark"])
@pytest.mark.slow
async def test_a_question_or_a_form_is_not_covered_by_the_answer(stage: Stage, keys: str) -> None:
    release = threading.Event()

    def waiting(path: str) -> Reply | None:
        release.wait(5)
        return None

    stage.registry.always = waiting
    async with stage.app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "R")
        await press(pilot, keys)
        asked = stage.app.screen
        release.set()
        await until(pilot, lambda: stage.screen.registry.answered)
        assert stage.app.screen is asked
        assert not stage.previewing
        await press(pilot, "escape")
        screen = await until(pilot, lambda: stage.app.screen is stage.screen)
        assert "R shows what the registry answered" in screen
        await press(pilot, "R")
        await until(pilot, lambda: stage.previewing)


@pytest.mark.slow
async def test_what_another_program_changed_or_deleted_meanwhile_is_respected(stage: Stage) -> None:
    from cartwatch.storage.reading import read_file

    async with stage.app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "R")
        await until(pilot, lambda: stage.previewing)
        theirs = LIST[: LIST.index("[[program.trial]]")] + LIST[LIST.index('[[program]]\nid = "two"') :].replace(
            'name = "two-cel"', 'name = "two-cel"\nphase = "Phase 2"'
        )
        stage.path.write_text(theirs, encoding="utf-8")
        stage.session.refresh(read_file(str(stage.path)))
        await press(pilot, "f2")
        await until(pilot, lambda: "COMPLETED" in stage.text)
        assert ONE not in stage.text
        assert 'phase = "Phase 2"' in stage.text


@pytest.mark.slow
async def test_half_an_answer_is_shown_and_the_rest_told(stage: Stage) -> None:
    stage.registry.page = 1
    stage.registry.always = lambda path: Reply.text(501, "no") if len(stage.registry.requests) > 2 else None
    async with stage.app.run_test(size=(140, 45), notifications=True) as pilot:
        await press(pilot, "R")
        screen = await until(pilot, lambda: stage.previewing)
        assert "Changed  1" in screen
        assert "data of 2026-11-20, 1 not answered" in screen
        await press(pilot, "f2")
        told = f"not answered, their data stay: {TWO}"
        await until(pilot, lambda: told in " ".join(shown(stage.app).replace("▌", "").split()))
        assert "fetched = 2026-01-02T00:00:00Z" in stage.text


@pytest.mark.slow
async def test_marked_programs_alone_are_asked_about(stage: Stage) -> None:
    async with stage.app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "j space R")
        await until(pilot, lambda: stage.previewing)
        assert [query["filter.ids"] for path, query in stage.registry.requests if path == "/studies"] == [TWO]


@pytest.mark.slow
async def test_serious_events_are_suggested_and_only_what_is_ticked_is_taken(stage: Stage) -> None:
    stage.registry.studies[CAR] = CAR_T
    text = LIST.replace(f'nct = "{TWO}"', f'nct = "{CAR}"\nresults_posted = 2026-01-02')
    stage.path.write_text(text, encoding="utf-8")
    stage.session.open()
    async with stage.app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "j F")
        screen = await until(pilot, lambda: stage.previewing)
        assert "Dose 2 (n 28)" in screen
        assert "CRS, serious 5/28; CRS, serious: Cytokine storm 1/28" in " ".join(screen.replace("│", " ").split())
        assert "Suggested: only what you tick is taken  1" in screen
        assert "two-cel  2 arms" in screen
        assert "to be taken: nothing" in screen
        assert "data of 2026-10-30" in screen
        await press(pilot, "f2")
        assert stage.text == text
        await press(pilot, "F")
        await until(pilot, lambda: stage.previewing)
        await press(pilot, "tab j space f2")
        assert 'population = "Dose 2"' in stage.text
        assert 'population = "Dose 1"' not in stage.text
        assert "severe" not in stage.text
        assert f'cite = "ctg-{CAR.lower()}"' in stage.text
        await press(pilot, "u")
        assert stage.text == text


@pytest.mark.slow
async def test_numbers_are_imported_drafts_of_what_is_new_and_a_refresh_of_what_is_linked(stage: Stage) -> None:
    stage.registry.studies[CAR] = CAR_T
    async with stage.app.run_test(size=(140, 45)) as pilot:
        await press(pilot, "i")
        for each in f"{CAR} {ONE}":
            await pilot.press("space" if each == " " else each)
        await pilot.press("enter")
        screen = await until(pilot, lambda: stage.previewing)
        assert "TEST-19" in screen
        assert "one-[CD19]cel" in screen
        screen = await press(pilot, "j")
        assert "Sponsor Inc." in screen  # all that was drafted can be looked at
        assert "Primary completion  2026-12 (estimated)" in screen
        assert "Interventions in the registry record" in await press(pilot, "tab G")
        await press(pilot, "f2")
        assert 'name = "TEST-19"' in stage.text
        assert 'status = "TERMINATED"' in stage.text
        assert 'status = "COMPLETED"' not in stage.text
        await press(pilot, "u")
        assert stage.text == LIST


@pytest.mark.slow
async def test_a_key_of_the_persons_own_is_the_one_that_is_told(stage: Stage) -> None:
    release = threading.Event()
    stage.registry.always = lambda path: Reply(200, b"{}", promised=10_000, drip=release)
    app = CartwatchApp(stage.session, Clock(), keymap={"refresh": ("f9",)})
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "f9")
        assert "F9 stops" in (await until(pilot, stage.registry.asked.is_set)).splitlines()[0]
        await press(pilot, "f9")
        release.set()


@pytest.mark.slow
async def test_without_a_file_nothing_is_asked(registry: PlayingRegistry) -> None:
    from app_stage import app_on

    app = app_on()
    async with app.run_test(size=(140, 45), notifications=True) as pilot:
        assert "There is no file to write to" in await press(pilot, "R")
        await press(pilot, "F")
    assert registry.requests == []


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_the_status_of_trials_is_in_the_table_where_it_was_asked_for(stage: Stage, size: tuple[int, int]) -> None:
    stage.app.display_state.columns = (*stage.app.display_state.columns, "trial_status")
    async with stage.app.run_test(size=size) as pilot:
        screen = await press(pilot, "j")
        head, *rows = screen.splitlines()[1:4]
        assert "Trial sta" in head
        assert "Recruiting" in rows[1]
