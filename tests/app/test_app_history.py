"""D lists what changed since it was last marked as read, H what became of one fact; both lead to it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from app_stage import NOW, Clock, press, shown

from cartwatch.app.app import CartwatchApp
from cartwatch.app.display import Display
from cartwatch.session.session import Session
from cartwatch.storage.own_files import save_state
from cartwatch.storage.places import places

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

LIST = """[[program]]
id = "one"
name = "one-[CD19]cel"
phase = "Phase 1"

[[program]]
id = "two"
name = "two-cel"
"""
HOSTILE = "[b]\u202e\x1b[31m[/b]"


class Stage:
    def __init__(self, folder: Path) -> None:
        self.path = folder / "list.toml"
        self.path.write_text(LIST, encoding="utf-8")
        self.places = places(str(self.path), {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")})
        self.at = NOW - timedelta(days=3)
        self.session = self.opened("cli")

    def opened(self, origin: str = "app") -> Session:
        session = Session(str(self.path), NOW.date(), self.places, clock=lambda: self.at, origin=origin)
        session.open()
        return session

    def change(self, key: str, path: str, value: object) -> None:
        from cartwatch.session.changes import set_fact

        self.session.change(set_fact(self.session.document, self.session.watchlist, key, path, value))

    def app(self, visited: datetime | None = None) -> CartwatchApp:
        return CartwatchApp(self.opened(), Clock(), Display(visited=visited))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


async def settled(pilot: Pilot[int], keys: str) -> str:
    await press(pilot, keys)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    return shown(pilot.app)  # type: ignore[arg-type]


@pytest.mark.slow
async def test_only_what_is_later_than_the_last_visit_is_listed(stage: Stage) -> None:
    stage.change("one", "sponsor", "Old")
    stage.at = NOW - timedelta(days=1)
    stage.change("two", "sponsor", HOSTILE)
    app = stage.app(visited=NOW - timedelta(days=2))
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await settled(pilot, "D")
        assert "Changes since 2026-11-20 10:00" in screen
        assert "1 change, newest first" in screen
        assert "two-cel: sponsor [b]" in screen
        assert "command line" in screen
        assert "sponsor Old" not in screen


@pytest.mark.slow
async def test_marking_as_read_is_explicit_and_holds(stage: Stage) -> None:
    stage.change("one", "phase", "Phase 2")
    app = stage.app()
    async with app.run_test(size=(100, 30)) as pilot:
        assert "1 change, newest first" in await settled(pilot, "D")
        await settled(pilot, "escape")
        assert app.display_state.visited is None
        await settled(pilot, "D r")
        assert app.display_state.visited == NOW
        screen = await settled(pilot, "D")
        assert "No changes since then" in screen


@pytest.mark.slow
async def test_a_change_leads_to_its_program_and_fact(stage: Stage) -> None:
    stage.change("two", "mechanism.vector", "lentiviral")
    app = stage.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot, "D")
        screen = await settled(pilot, "enter")
        assert app.display_state.program == "two"
        assert app.display_state.pane == "mechanism"
        assert "lentiviral" in screen


@pytest.mark.slow
async def test_history_is_of_the_fact_under_the_cursor_and_of_the_program_in_the_table(stage: Stage) -> None:
    stage.change("one", "phase", "Phase 2")
    stage.change("one", "sponsor", "Acme")
    stage.change("two", "sponsor", "Other")
    app = stage.app()
    async with app.run_test(size=(100, 30)) as pilot:
        app.screen.programs.move_to("one")  # type: ignore[attr-defined]
        screen = await settled(pilot, "H")
        assert "History of one-[CD19]cel" in screen
        assert "2 changes, newest first" in screen
        await settled(pilot, "escape tab")
        app.screen.go_to("sponsor")  # type: ignore[attr-defined]
        screen = await settled(pilot, "H")
        assert "History of one-[CD19]cel: sponsor" in screen
        assert "sponsor Acme" in screen
        assert "Phase 2" not in screen.partition("History")[2]
        assert "mark as read" not in screen


@pytest.mark.slow
async def test_the_history_of_a_fact_shows_its_source_and_its_words(stage: Stage) -> None:
    source = f'[[program.source]]\nid = "pr-1"\ntitle = {json.dumps(HOSTILE)}\n'
    cite = f'[program.cite]\nphase = {{ id = "pr-1", quote = {json.dumps("a [b]Phase 1[/b] study")} }}\n{source}'
    stage.path.write_text(LIST.replace('phase = "Phase 1"\n', f'phase = "Phase 1"\n{cite}'), encoding="utf-8")
    stage.session.reload()
    stage.change("one", "sponsor", "Acme")
    app = stage.app()
    async with app.run_test(size=(100, 30)) as pilot:
        app.screen.programs.move_to("one")  # type: ignore[attr-defined]
        await settled(pilot, "tab")
        app.screen.go_to("phase")  # type: ignore[attr-defined]
        screen = await settled(pilot, "H")
        assert "“a [b]Phase 1[/b] study”" in screen
        assert "not checked" in screen
        assert "\x1b" not in screen


async def test_the_command_line_reads_the_same_visit(stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    from cartwatch.__main__ import main

    stage.change("one", "sponsor", "Old")
    stage.at = NOW - timedelta(days=1)
    stage.change("two", "sponsor", "New")
    kept = Display(visited=(NOW - timedelta(days=2)).astimezone(UTC)).kept(NOW)
    save_state(stage.places.state, {"watchlist": {stage.places.key: kept}})
    monkeypatch.setenv("XDG_STATE_HOME", str(stage.path.parent / "state"))
    assert main(["changes", "--since", "last-visit", "-f", str(stage.path)]) == 0
    out = capsys.readouterr().out
    assert "New" in out
    assert "Old" not in out


@pytest.mark.slow
async def test_what_was_changed_elsewhere_is_announced_and_ones_own_edits_are_not(stage: Stage) -> None:
    stage.change("one", "sponsor", "A")
    app = stage.app(visited=NOW - timedelta(days=30))
    async with app.run_test(size=(100, 30)) as pilot:
        stage.session = stage.opened("app")
        stage.change("two", "sponsor", "B")
        app.screen.history.look_for_news()  # type: ignore[attr-defined]
        screen = await settled(pilot, "j")
        assert "1 new: D" in screen.splitlines()[0]
        assert "new: D" not in (await settled(pilot, "D r")).splitlines()[0]


async def test_a_journal_older_than_the_last_visit_is_not_even_read(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from cartwatch.storage.journal import Journal

    stage.change("one", "sponsor", "A")
    app = stage.app(visited=datetime.now(UTC) + timedelta(days=1))
    monkeypatch.setattr(Journal, "to_undo", lambda self: None)  # the footer looks for that alone
    monkeypatch.setattr(Journal, "newest_first", lambda self: 1 / 0)
    async with app.run_test(size=(100, 30)) as pilot:
        app.screen.history.look_for_news()  # type: ignore[attr-defined]
        assert "new: D" not in await settled(pilot, "j")


GUIDED = (
    LIST
    + """
[[program.catalyst]]
id = "r"
event = "Readout"
when = "Q1 2027"
said = 2026-11-01
move = [{ when = "Q4 2026", said = 2026-05-01 }, { when = "H2 2026" }]
"""
)


@pytest.mark.slow
async def test_the_pane_and_the_list_tell_the_same_events_in_the_same_words(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.path.write_text(GUIDED, encoding="utf-8")
    stage.session = stage.opened("cli")
    stage.change("two", "sponsor", "S")
    stage.change("two", "phase", "Phase 1")
    stage.session.undo()
    app = stage.app()
    async with app.run_test(size=(180, 40)) as pilot:
        await settled(pilot, "8")
        while app.screen.look.told("two") is None:  # type: ignore[attr-defined]
            await pilot.pause()
        await pilot.pause()
        shown_lines = app.screen.detail._shown.lines  # type: ignore[attr-defined]
        told = ["".join(run.text for run in each.runs) for each in shown_lines]
        assert app.screen.detail._shown.mark == "5"  # type: ignore[attr-defined]
        listed = await settled(pilot, "H")
        assert "5 changes, newest first" in listed
        words = " ".join(listed.split())
        for each in told:
            day, _, what = each.partition("  ")
            assert day in words
            assert what in words
        assert sum("Readout moved" in each or "Readout widened" in each for each in told) == 2
        assert any("sponsor S" in each for each in told)
        assert any("undo: two-cel: phase Phase 1" in each for each in told)


@pytest.mark.slow
async def test_an_undone_change_of_several_programs_is_in_the_history_of_each(stage: Stage) -> None:
    from cartwatch.session.changes import set_many

    document, watchlist = stage.session.document, stage.session.watchlist
    change = {"one": "Filed", "two": "Filed"}
    stage.session.change(set_many(document, watchlist, ["one", "two"], "phase", change, "phase of 2 programs Filed"))
    stage.session.undo()
    app = stage.app()
    async with app.run_test(size=(100, 30)) as pilot:
        assert "2 changes, newest first" in await settled(pilot, "H")
        assert "2 changes, newest first" in await settled(pilot, "escape j H")
