"""What other programs do to the file while the app is open: taken in, merged, asked about, never lost."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from app_stage import Clock, press, shown, until_told

from cartwatch.app import file_guard as safekeeping
from cartwatch.app.app import CartwatchApp
from cartwatch.app.file_watcher import FileWatcher
from cartwatch.session.changes import set_fact
from cartwatch.session.session import Session
from cartwatch.storage.places import places

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.pilot import Pilot

LIST = """schema = 1

# the first
[[program]]
id = "one"
name = "one-cel"
phase = "Phase 1"

[[program]]
id = "two"
name = "two-cel"
phase = "Phase 1"

[[program]]
id = "three"
name = "three-cel"
phase = "Phase 1"
"""


class Stage:
    """The app on a file that is really there, with a file watcher that looks when it is told to."""

    def __init__(self, folder: Path, text: str | bytes | None = LIST, name: str = "list.toml") -> None:
        self.path = folder / name
        if text is not None:
            self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        env = {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")}
        clock = Clock()
        self.session = Session(str(self.path), clock().date(), places(str(self.path), env))
        self.session.open()
        self.app = CartwatchApp(self.session, clock)
        self.app.file_watcher = FileWatcher(lambda: self.app.session, self.app.post_message, watch_terminal=False)
        self.pilot: Pilot[int]

    @asynccontextmanager
    async def running(self, size: tuple[int, int] = (100, 30)) -> AsyncIterator[Stage]:
        async with self.app.run_test(size=size, notifications=True) as self.pilot:
            await self.look()
            yield self

    async def look(self, seconds: float = 0.0) -> str:
        assert self.app.file_watcher is not None
        self.app.file_watcher.look()
        await self.pilot.pause(seconds or None)
        await self.pilot.pause()
        return shown(self.app)

    def write(self, text: str | bytes) -> None:
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    def edit(self, key: str, field: str, value: object) -> None:
        session = self.session
        session.change(set_fact(session.document, session.watchlist, key, field, value))
        self.app.show_again()

    def phase(self, key: str) -> object:
        program = self.session.watchlist.get(key)
        assert program is not None
        return program.phase


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(safekeeping, "_DOUBT", 0.05)
    return Stage(tmp_path)


async def test_a_change_by_another_program_is_taken_in_and_the_cursor_stays_on_its_program(stage: Stage) -> None:
    async with stage.running():
        await press(stage.pilot, "j")
        screen = next(stage.app.lists())
        assert screen.program is not None
        here = screen.program.key
        stage.write(LIST.replace("# the first\n", '[[program]]\nname = "zero-cel"\n\n').replace("Phase 1", "Phase 2", 1))
        text = await stage.look()
        assert "Reloaded: 1 changed, 1 new" in text
        assert "4 programs" in text
        assert screen.program is not None
        assert screen.program.key == here
        assert not stage.session.done


async def test_nothing_is_told_where_nothing_changed(stage: Stage) -> None:
    async with stage.running():
        told: list[object] = []
        stage.app.file_watcher = FileWatcher(lambda: stage.session, told.append, watch_terminal=False)
        for _ in range(3):
            stage.app.file_watcher.look()
        os.utime(stage.path)  # another time, the same text
        stage.app.file_watcher.look()
        stage.edit("one", "phase", "Phase 3")  # the app's own save
        stage.app.file_watcher.look()
        assert told == []


@pytest.mark.slow
async def test_a_save_of_ours_that_a_look_met_is_not_taken_for_anothers(stage: Stage) -> None:
    async with stage.running():
        told: list[object] = []
        file_watcher = FileWatcher(lambda: stage.session, told.append, watch_terminal=False)
        file_watcher.look()
        stage.write(LIST.replace("Phase 1", "Phase 2"))
        file_watcher.look()  # reported, and before the app gets to it, it saves twice
        stage.edit("one", "sponsor", "A")
        stage.edit("two", "sponsor", "B")
        for each in told:
            stage.app.post_message(each)  # type: ignore[arg-type]
        await stage.pilot.pause()
        assert 'sponsor = "A"' in stage.text
        assert stage.session.document.raw == stage.path.read_bytes()
        program = stage.session.watchlist.get("two")
        assert program is not None
        assert program.sponsor == "B"


async def test_edits_of_both_are_merged_where_they_do_not_meet(stage: Stage) -> None:
    async with stage.running():
        stage.write(
            LIST.replace('id = "two"\nname = "two-cel"\nphase = "Phase 1"', 'id = "two"\nname = "two-cel"\nphase = "Phase 2"')
        )
        stage.edit("one", "phase", "Phase 3")
        text = await stage.look()
        assert "# the first" in stage.text
        assert (stage.phase("one"), stage.phase("two")) == ("Phase 3", "Phase 2")
        assert "Another program changed" not in text


async def conflict(stage: Stage) -> str:
    stage.write(LIST.replace("Phase 1", "Phase 2"))
    stage.edit("one", "phase", "Phase 3")
    stage.edit("two", "sponsor", "S")
    return await stage.look()


@pytest.mark.slow
async def test_a_conflict_shows_both_values_and_takes_theirs_when_told(stage: Stage) -> None:
    async with stage.running():
        text = await conflict(stage)
        assert "Also changed outside cartwatch" in text
        for words in ("one-cel", "phase Phase 3 → Phase 2", "yours   Phase 3", "theirs  Phase 2", "before  Phase 1"):
            assert words in text, text
        await press(stage.pilot, "space f2")
        assert stage.phase("one") == "Phase 2"
        assert 'phase = "Phase 2"\n\n[[program]]\nid = "two"' in stage.text
        assert stage.session.conflicts == []


@pytest.mark.slow
async def test_an_undo_of_what_another_program_changed_since_asks_and_theirs_stands(stage: Stage) -> None:
    async with stage.running():
        stage.edit("one", "phase", "Phase 3")
        stage.write(stage.text.replace('"Phase 3"', '"Approved"'))
        await stage.look()
        await press(stage.pilot, "u")
        text = await stage.look()
        assert "yours   Phase 1" in text
        assert "theirs  Approved" in text
        assert "1 fact of 1" in text
        await press(stage.pilot, "f2")
        assert stage.phase("one") == "Approved"
        assert '"Approved"' in stage.text
        await press(stage.pilot, "u")
        assert "Also changed" not in await stage.look()
        assert stage.phase("one") == "Approved"


@pytest.mark.slow
async def test_esc_keeps_ours_and_says_where_both_values_are(stage: Stage) -> None:
    async with stage.running():
        await conflict(stage)
        text = await press(stage.pilot, "escape")
        assert "The list stands as it is" in text
        assert stage.phase("one") == "Phase 3"
        (log,) = (stage.path.parent / "state/cartwatch/conflicts").iterdir()
        kept = log.read_text(encoding="utf-8")
        assert log.stat().st_mode & 0o777 == 0o600
        assert all(each in kept for each in ('ours = "Phase 3"', 'theirs = "Phase 2"', 'before = "Phase 1"', 'path = "phase"'))


@pytest.mark.long
async def test_a_conflict_waits_for_the_dialog_that_is_open(stage: Stage) -> None:
    async with stage.running():
        await press(stage.pilot, "?")
        text = await conflict(stage)
        assert "Also changed" not in text
        await press(stage.pilot, "escape")
        await until_told(stage.pilot, "Also changed")


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (lambda path: path.unlink(), "The file has vanished"),
        (lambda path: path.write_bytes(b""), "The file has been emptied"),
        (lambda path: path.write_bytes(b"\0" * 50), "The file holds NUL bytes"),
        (lambda path: (path.unlink(), path.mkdir()), "Something else stands in place of the file"),
        pytest.param(
            lambda path: (path.unlink(), os.mkfifo(path)), "Something else stands in place of the file", marks=pytest.mark.long
        ),
    ],
)
async def test_a_lost_file_is_asked_about_and_never_made_again_by_itself(stage: Stage, happens: object, said: str) -> None:
    async with stage.running():
        happens(stage.path)  # type: ignore[operator]
        await stage.look(0.15)
        text = await stage.look()
        assert said in text
        assert "Your 3 programs are still here" in text
        await press(stage.pilot, "escape")
        assert len(stage.session.watchlist) == 3
        before = stage.path.is_file() and stage.path.read_bytes()
        stage.edit("one", "phase", "Phase 3")
        assert stage.session.unsaved is not None
        assert (stage.path.is_file() and stage.path.read_bytes()) == before
        assert stage.phase("one") == "Phase 3"
        assert "NOT SAVED" in await stage.look()


@pytest.mark.slow
async def test_a_vanished_file_is_written_again_when_told(stage: Stage) -> None:
    async with stage.running():
        stage.path.unlink()
        await stage.look(0.15)
        text = await press(stage.pilot, "enter")
        assert "Written again" in text
        assert "file vanished" not in text.splitlines()[0]
        assert stage.text == LIST
        assert stage.session.unsaved is None


@pytest.mark.slow
async def test_an_emptied_file_is_written_again_when_told(stage: Stage) -> None:
    async with stage.running():
        stage.write(b"")
        await stage.look(0.15)
        await press(stage.pilot, "enter")
        assert stage.text == LIST


@pytest.mark.slow
async def test_a_file_that_comes_back_in_time_is_not_asked_about(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safekeeping, "_DOUBT", 0.4)
    async with stage.running():
        stage.path.unlink()
        assert "file vanished" in await stage.look()
        stage.write(LIST.replace("Phase 1", "Phase 2"))
        text = await stage.look(0.6)
        assert "vanished" not in text.splitlines()[0]
        assert "still here" not in text
        assert stage.phase("three") == "Phase 2"


@pytest.mark.slow
async def test_a_half_written_file_is_a_quiet_note_then_a_warning(stage: Stage) -> None:
    async with stage.running():
        stage.write(LIST[:-12])
        text = await stage.look()
        assert "file changed, but does not parse (line 17)" in text
        assert len(stage.session.watchlist) == 3
        await until_told(stage.pilot, "waits until the file is")
        stage.edit("one", "phase", "Phase 3")
        assert stage.session.unsaved is not None
        assert stage.text == LIST[:-12]
        stage.write(LIST.replace("three-cel", "four-cel"))
        await stage.look()
        assert stage.session.unsaved is None
        assert 'phase = "Phase 3"' in stage.text
        assert "four-cel" in stage.text


async def test_git_conflict_markers_are_named(stage: Stage) -> None:
    async with stage.running():
        stage.write(
            LIST.replace('phase = "Phase 1"\n\n', '<<<<<<< mine\nphase = "A"\n=======\nphase = "B"\n>>>>>>> theirs\n\n', 1)
        )
        assert "git merge conflict in lines 7–11" in await stage.look()
        assert len(stage.session.watchlist) == 3


@pytest.mark.slow
async def test_both_sides_of_a_git_conflict_are_merged_with_what_is_not_saved(stage: Stage) -> None:
    async with stage.running():
        sides = '<<<<<<< mine\nphase = "A"\nsponsor = "S"\n=======\nphase = "B"\ntags = ["t"]\n>>>>>>> theirs\n\n'
        stage.write(LIST.replace('phase = "Phase 1"\n\n', sides, 1))
        conflicted = stage.text
        await stage.look()
        await until_told(stage.pilot, "merges both")
        stage.edit("three", "phase", "Phase 3")
        assert stage.session.unsaved is not None
        await stage.app.run_action("app.merge_copies")
        text = await stage.look()
        assert "Also changed outside cartwatch" in text
        await press(stage.pilot, "T f2")
        assert (stage.phase("one"), stage.phase("three")) == ("B", "Phase 3")
        assert 'sponsor = "S"' in stage.text
        assert 'tags = ["t"]' in stage.text
        assert "git merge" not in shown(stage.app).splitlines()[0]
        assert stage.session.keeper is not None
        kept = [stage.session.keeper.backups.read(each).decode() for each in stage.session.keeper.newest_first()]
        assert conflicted in kept


@pytest.mark.slow
async def test_the_question_about_a_lost_file_goes_when_the_file_is_back(stage: Stage) -> None:
    async with stage.running():
        aside = stage.path.with_name("aside")
        stage.path.rename(aside)
        await stage.look()
        await until_told(stage.pilot, "The file has vanished")
        aside.rename(stage.path)
        text = await stage.look()
        assert "The file has vanished" not in text
        assert "The file is back" in text
        assert "vanished" not in text.splitlines()[0]


@pytest.mark.parametrize(
    "name", ["list.sync-conflict-20261122-101500-ABCDEF7.toml", "list (Ann's conflicted copy 2026-11-22).toml"]
)
@pytest.mark.slow
async def test_a_conflicting_copy_is_told_and_taken_over(stage: Stage, name: str) -> None:
    async with stage.running():
        copy = stage.path.parent / name
        theirs = LIST.replace(
            'id = "one"\nname = "one-cel"\nphase = "Phase 1"', 'id = "one"\nname = "one-cel"\nphase = "Phase 2"'
        )
        theirs += '\n[[program]]\nname = "new-cel"\n'
        copy.write_text(theirs, encoding="utf-8")
        text = await stage.look()
        assert "a conflicting copy beside it" in text.splitlines()[0]
        await stage.app.run_action("app.merge_copies")
        text = await stage.look()
        assert "Also changed outside cartwatch" in text  # what both came from is not known
        await press(stage.pilot, "T f2")
        assert stage.phase("one") == "Phase 2"
        assert stage.session.watchlist.get("new-cel") is not None
        assert "# the first" in stage.text
        assert copy.read_text(encoding="utf-8") == theirs
        assert "conflicting" not in shown(stage.app).splitlines()[0]


async def test_a_failed_save_is_tried_again_and_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from cartwatch.app import file_watcher as outside

    monkeypatch.setattr(outside, "_FIRST_RETRY", 0.0)
    async with stage.running():
        stage.app.file_watcher = FileWatcher(lambda: stage.session, stage.app.post_message, watch_terminal=False)
        stage.path.chmod(0o444)
        stage.edit("one", "phase", "Phase 3")
        await press(stage.pilot, "j")
        assert stage.session.unsaved is not None
        stage.path.chmod(0o644)
        await stage.look()
        await stage.look()
        assert stage.session.unsaved is None
        assert stage.phase("one") == "Phase 3"
        assert 'phase = "Phase 3"' in stage.text


@pytest.mark.slow
async def test_leaving_with_something_unsaved_is_asked_about(stage: Stage) -> None:
    async with stage.running():
        stage.path.chmod(0o444)
        stage.edit("one", "phase", "Phase 3")
        text = await press(stage.pilot, "q")
        assert "Not saved" in text
        assert "Save a copy" in text
        await press(stage.pilot, "enter")
        await press(stage.pilot, "enter")
        assert 'phase = "Phase 3"' in (stage.path.parent / "list-copy.toml").read_text(encoding="utf-8")
        await press(stage.pilot, "q j j enter")
        assert stage.app.return_value == 0


@pytest.mark.slow
async def test_a_copy_never_overwrites(stage: Stage) -> None:
    async with stage.running():
        (stage.path.parent / "list-copy.toml").write_text("mine", encoding="utf-8")
        await stage.app.run_action("app.save_copy")
        text = await press(stage.pilot, "enter")
        assert "there is already a file of that name" in text
        assert (stage.path.parent / "list-copy.toml").read_text(encoding="utf-8") == "mine"


async def test_a_newer_schema_written_outside_makes_the_list_read_only(stage: Stage) -> None:
    async with stage.running():
        stage.write(LIST.replace("schema = 1", "schema = 7"))
        assert "read only" in await stage.look()
        assert stage.session.why_readonly == "schema 7 was written by a newer cartwatch"
