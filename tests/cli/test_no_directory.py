"""A data directory that can't be made is told in one line, and what was typed is kept."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import SAMPLE, Runner

from cartwatch.app.app import CartwatchApp
from cartwatch.session.session import Session
from cartwatch.storage.errors import StorageError
from cartwatch.storage.places import places

KINDS = ("file", "dangling link", "loop", "no file system")


@pytest.fixture(params=KINDS)
def blocked(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory in whose place something else is, even to root."""
    path = tmp_path / "in the way"
    if request.param == "file":
        path.write_text("mine", encoding="utf-8")
    elif request.param == "dangling link":
        path.symlink_to(tmp_path / "nothing" / "here")
    elif request.param == "loop":
        path.symlink_to(path)
    else:
        path = Path("/proc/self/nothing")
        if not path.parent.exists():
            pytest.skip("needs /proc")
    monkeypatch.setenv("XDG_DATA_HOME", str(path))
    return path


@pytest.mark.parametrize("argv", [["add", "X"], ["import", str(SAMPLE)], ["add", "X", "--anew"]], ids=lambda argv: argv[0])
def test_a_command_says_so_in_a_line(run: Runner, blocked: Path, argv: list[str]) -> None:
    answer = run(*argv)
    assert answer.status == 2
    assert "this is a bug" not in answer.err
    assert len([line for line in answer.err.splitlines() if str(blocked) in line]) == 1
    assert run("list").status in (0, 2)
    assert run("list", "-f", str(SAMPLE)).status == 0


def test_doctor_says_what_to_do(run: Runner, blocked: Path) -> None:
    answer = run("doctor")
    assert answer.status == 1
    assert "this is a bug" not in answer.err


def test_the_first_name_that_is_typed_is_kept(run: Runner, blocked: Path, tmp_path: Path) -> None:
    where = places(None, os.environ)
    session = Session(where.watchlist, datetime(2026, 11, 22).date(), where)
    try:
        session.open()
    except StorageError:  # the start of the app says so, and ends
        return
    app = CartwatchApp(session, lambda: datetime(2026, 11, 22, 10, tzinfo=UTC))

    async def drive() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("a")
            await pilot.pause()
            for key in ("N", "e", "w", "ctrl+s"):
                await pilot.press(key)
                await pilot.pause()

    asyncio.run(drive())
    assert app.accident is None
    assert [each.name for each in session.watchlist.programs] == ["New"]
    assert session.unsaved is not None
    assert "can't be made" in session.unsaved
