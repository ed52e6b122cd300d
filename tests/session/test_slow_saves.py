"""A slow disk holds nobody up: saves go on in a thread, in order, and what is not on disk yet is known."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from session_stage import TEXT, opened, written

from cartwatch.session import changes, saving
from cartwatch.session.session import Session
from cartwatch.storage.errors import NotSaved


class Disk:
    """A disk that keeps a save waiting until it is let go; `told` counts the saves that were told to be over."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = Event()
        self.fails = False
        self.over = Event()
        real = saving.save

        def slow(path: str, *rest: Any, **named: Any) -> Any:
            assert self.go.wait(20)
            if self.fails:
                raise NotSaved(f"{path}: not saved, the disk is full")
            return real(path, *rest, **named)

        monkeypatch.setattr(saving, "save", slow)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def app(file: Path, disk: Disk) -> Session:
    session = opened(file)
    session.patience = 0.01
    session.when_saved = disk.over.set
    return session


def phase(session: Session, key: str, value: str) -> None:
    session.change(changes.set_fact(session.document, session.watchlist, key, "phase", value))


def test_a_change_does_not_wait_for_the_disk_and_is_known_not_to_be_there(file: Path, disk: Disk) -> None:
    session = app(file, disk)
    phase(session, "a", "Phase 3")
    assert session.pending
    assert session.watchlist.find("a").phase == "Phase 3"
    assert file.read_text() == TEXT
    disk.go.set()
    assert disk.over.wait(20)
    assert session.pending  # until it is taken up
    assert session.collect()
    assert not session.pending
    assert file.read_text() == TEXT.replace("Phase 1", "Phase 3")


def test_what_is_changed_meanwhile_is_saved_after_it_and_undo_takes_all_of_it_back(file: Path, disk: Disk) -> None:
    session = app(file, disk)
    phase(session, "a", "Phase 3")
    phase(session, "b", "Pivotal")
    phase(session, "b", "Filed")
    disk.go.set()
    assert session.finish(20)
    assert file.read_text() == TEXT.replace("Phase 1", "Phase 3").replace("Phase 2", "Filed")
    assert session.done[0].entry != ""
    for _ in range(3):
        session.undo()
        assert session.finish(20)
    assert session.undo() is None
    assert session.undo() is None
    assert file.read_text() == TEXT


def test_a_slow_save_that_fails_leaves_the_change_in_memory(file: Path, disk: Disk) -> None:
    session = app(file, disk)
    phase(session, "a", "Phase 3")
    disk.fails = True
    disk.go.set()
    assert not session.finish(20)
    assert session.unsaved is not None
    assert not session.pending
    disk.fails = False
    session.save()
    assert session.finish(20)
    assert file.read_text() == TEXT.replace("Phase 1", "Phase 3")


def test_what_another_application_wrote_during_a_slow_save_is_merged(file: Path, disk: Disk) -> None:
    session = app(file, disk)
    phase(session, "a", "Phase 3")
    file.write_text(TEXT.replace("# about B", "# of B"))
    phase(session, "b", "Pivotal")
    disk.go.set()
    assert session.finish(20)
    text = TEXT.replace("# about B", "# of B").replace("Phase 1", "Phase 3").replace("Phase 2", "Pivotal")
    assert (file.read_text(), session.document.text) == (text, text)


def test_waiting_for_a_disk_that_does_not_come_back_ends(file: Path, disk: Disk) -> None:
    session = app(file, disk)
    phase(session, "a", "Phase 3")
    assert not session.finish(0.05)
    assert session.pending
    disk.go.set()
    assert session.finish(20)


def test_an_error_that_nobody_expected_is_raised_where_it_is_seen(
    file: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = app(file, disk)

    def broken(*_: Any, **__: Any) -> None:
        assert disk.go.wait(20)
        raise ZeroDivisionError

    monkeypatch.setattr(saving, "save", broken)
    phase(session, "a", "Phase 3")
    disk.go.set()
    with pytest.raises(ZeroDivisionError):
        session.finish(20)
