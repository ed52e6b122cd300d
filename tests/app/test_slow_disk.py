"""A slow disk never freezes the keys: what is shown is on disk, or marked; and half a file is asked about."""

from __future__ import annotations

import os
import time
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from app_stage import press, shown, until, until_told
from test_outside_changes import LIST, Stage

from cartwatch.app import file_guard, signals
from cartwatch.app.screens.dialog import SaveOver
from cartwatch.session import saving

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(file_guard, "_DOUBT", 0.05)
    return Stage(tmp_path)


@pytest.fixture
def disk(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Event:
    """A disk that takes nothing before it is set."""
    go, real = Event(), saving.save

    def slow(*arguments: Any, **named: Any) -> Any:
        assert go.wait(20)
        return real(*arguments, **named)

    monkeypatch.setattr(saving, "save", slow)
    stage.session.patience = 0.01
    stage.session.when_saved = lambda: stage.app.post_message(SaveOver())
    return go


@pytest.mark.slow
async def test_keys_go_on_while_a_save_takes_long_and_the_title_says_so(stage: Stage, disk: Event) -> None:
    async with stage.running():
        text = await press(stage.pilot, "p")
        assert "saving …" in text
        assert stage.text == LIST
        await press(stage.pilot, "j")
        screen = next(stage.app.lists())
        assert screen.program is not None
        assert screen.program.key == "two"
        disk.set()
        text = await until(stage.pilot, lambda: not stage.session.pending)
        assert "saving …" not in text
        assert "NOT SAVED" not in text
        assert stage.text != LIST


@pytest.mark.slow
async def test_quitting_waits_for_the_disk_with_a_line(stage: Stage, disk: Event) -> None:
    async with stage.running():
        await press(stage.pilot, "p")
        await press(stage.pilot, "q")
        assert "The disk is slow" in " ".join(shown(stage.app).split())
        assert stage.app.is_running
        disk.set()
        for _ in range(500):
            if stage.app.return_code is not None:
                break
            await stage.pilot.pause(0.02)
        assert stage.app.return_code == 0
        assert stage.text != LIST


async def test_the_end_by_a_signal_waits_for_the_disk(stage: Stage, disk: Event) -> None:
    async with stage.running():
        await press(stage.pilot, "p")
        disk.set()
        stage.app.emergency_save()
        assert not stage.session.pending
        assert stage.text != LIST
        assert stage.app.kept_elsewhere == ""


async def test_the_end_by_a_signal_keeps_a_copy_and_goes_on_waiting(
    stage: Stage, disk: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_guard, "_HASTE", 0.01)
    async with stage.running():
        await press(stage.pilot, "p")
        keeper = stage.session.keeper
        assert keeper is not None
        kept: list[bytes] = []

        def keep(data: bytes, label: str) -> None:
            kept.append(data)
            disk.set()

        monkeypatch.setattr(type(keeper), "keep", lambda self, data, label: keep(data, label))
        stage.app.emergency_save()
        assert not stage.session.pending
        assert [each.decode() for each in kept] == [stage.text]
        assert stage.text != LIST
        assert stage.app.kept_elsewhere == ""


async def test_a_disk_that_takes_nothing_to_the_end_is_told(stage: Stage, disk: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_guard, "_HASTE", 0.01)
    monkeypatch.setattr(file_guard, "_SLOW", 0.01)
    async with stage.running():
        await press(stage.pilot, "p")
        stage.app.emergency_save()
        assert stage.session.unsaved is not None
        assert stage.app.kept_elsewhere == "; it is kept among the backups"
        disk.set()
        await until(stage.pilot, lambda: not stage.session.pending)


def test_a_signal_leaves_a_slow_disk_more_time_than_a_terminal_that_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    patience: list[float] = []

    class Clock:
        daemon = False

        def __init__(self, seconds: float, *_: Any) -> None:
            patience.append(seconds)

        def start(self) -> None:
            """No time passes."""

    class App:
        lent = False

        def exit(self, result: int | None = None, return_code: int = 0) -> None:
            """Not reached: there is no loop."""

        def resumed(self, *, redraw: bool) -> None:
            """Not stopped."""

        def emergency_save(self) -> None:
            patience.append(0)

    monkeypatch.setattr(signals, "Timer", Clock)
    monkeypatch.setattr(signals.signal, "signal", lambda *_: None)
    monkeypatch.setattr(signals.Signals, "_by_force", lambda *_: None)
    signals.Signals(App()).end(143)
    slow, save, terminal = patience
    assert save == 0
    assert slow > file_guard._SLOW + file_guard._HASTE > terminal


@pytest.mark.slow
async def test_half_a_file_is_asked_about_and_taken_only_when_told(stage: Stage) -> None:
    async with stage.running():
        stage.edit("one", "sponsor", "A")
        whole = stage.text
        half = whole[: whole.index('\n[[program]]\nid = "two"')]
        stage.write(half)
        text = await stage.look()
        assert "half of it may be missing" in " ".join(text.split())
        assert "3 programs" in text
        long_ago = time.time() - 60
        os.utime(stage.path, (long_ago, long_ago))
        await stage.look()
        await until_told(stage.pilot, "Half of the file may be missing")
        assert len(stage.session.watchlist) == 3
        await press(stage.pilot, "down enter")
        await until(stage.pilot, lambda: len(stage.session.watchlist) == 1)
        assert stage.text == half
