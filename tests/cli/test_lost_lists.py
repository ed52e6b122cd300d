"""A list that was emptied or is gone is never begun anew unasked, and what was saved last always comes back."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Runner

from cartwatch.app.app import CartwatchApp
from cartwatch.app.screens.recovery import Recovery
from cartwatch.session.session import Session
from cartwatch.storage.last_text import last_text
from cartwatch.storage.places import places

LIST = '# mine\n[[program]]\nid = "a"\nname = "A"\nnotes = "n0"\n\n[[program]]\nid = "b"\nname = "B"\n'
THEIRS = '[[program]]\nid = "c"\nname = "C"\n'
LOSSES = {"emptied": b"", "blank": b"\n \n", "zeros": b"\0" * 64, "header only": b"# mine\nschema = 1\n", "gone": None}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The usual list, so that it may be missing, six notes later."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "data" / "cartwatch" / "watchlist.toml"
    path.parent.mkdir(parents=True)
    path.write_text(LIST, encoding="utf-8")
    (tmp_path / "theirs.toml").write_text(THEIRS, encoding="utf-8")
    return path


def noted(run: Runner) -> None:
    for number in range(1, 7):
        assert run("set", "a", f"notes=n{number}").status == 0


def lose(file: Path, how: str) -> None:
    data = LOSSES[how]
    if data is None:
        file.unlink()
    else:
        file.write_bytes(data)


def test_a_named_list_that_is_gone_names_the_way_back(run: Runner, file: Path) -> None:
    noted(run)
    file.unlink()
    answer = run("set", "a", "notes=x", "-f", str(file))
    assert answer.status == 2
    assert "there is no such file; `cartwatch restore latest` brings back" in answer.err
    assert run("restore", "latest", "-f", str(file)).status == 0
    assert "n6" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("how", LOSSES)
def test_no_command_writes_over_a_lost_list(run: Runner, file: Path, tmp_path: Path, how: str) -> None:
    noted(run)
    lose(file, how)
    theirs = str(tmp_path / "theirs.toml")
    for argv in (["add", "X"], ["import", theirs], ["set", "a", "phase=1"], ["undo"], ["rm", "a"], ["sync"]):
        answer = run(*argv)
        assert answer.status == 2, argv
        assert (file.read_bytes() if file.exists() else None) == LOSSES[how], argv
        if how != "zeros":  # no TOML: told so, as every file that can't be read
            assert "2 programs" in answer.err, (argv, answer.err)
            assert "cartwatch restore" in answer.err, argv
            assert ("--anew" in answer.err) == (argv[0] in ("add", "import")), argv
    assert run("doctor").status == 1


@pytest.mark.parametrize("how", LOSSES)
def test_what_was_saved_last_comes_back(run: Runner, file: Path, how: str) -> None:
    noted(run)
    saved = file.read_text(encoding="utf-8")
    assert "n6" in saved
    lose(file, how)
    assert "saved last" in run("backups").out
    answer = run("restore", "latest")
    assert answer.status == 0, answer.err
    assert "as saved last" in answer.out
    assert file.read_text(encoding="utf-8") == saved


@pytest.mark.parametrize("how", ["emptied", "blank", "header only", "gone"])
@pytest.mark.parametrize("argv", [["add", "X"], ["import", "THEIRS"]], ids=lambda argv: argv[0])
def test_a_new_list_is_begun_when_told(run: Runner, file: Path, tmp_path: Path, how: str, argv: list[str]) -> None:
    noted(run)
    saved = file.read_text(encoding="utf-8")
    lose(file, how)
    answer = run(*(str(tmp_path / "theirs.toml") if each == "THEIRS" else each for each in argv), "--anew")
    assert answer.status == 0, answer.err
    assert run("add", "Y").status == 0
    kept = [Path(each).read_text(encoding="utf-8") for each in (tmp_path / "XDG_STATE_HOME").rglob("*.toml")]
    assert saved in kept  # what was lost is still among the backups


def test_a_list_that_cartwatch_itself_emptied_is_no_loss(run: Runner, file: Path) -> None:
    assert run("rm", "a").status == 0
    assert run("rm", "b").status == 0
    assert run("add", "X").status == 0


def test_a_first_list_is_no_loss(run: Runner, file: Path) -> None:
    file.write_bytes(b"")
    assert run("add", "X").status == 0
    file.unlink()
    run("restore", "latest")
    assert 'name = "X"' in file.read_text(encoding="utf-8")


def test_without_the_text_saved_last_the_offer_says_what_is_not_in_it(run: Runner, file: Path) -> None:
    noted(run)
    where = places(None, os.environ)
    newest = last_text(where).newest()
    assert newest is not None
    os.unlink(newest[0])
    file.write_bytes(b"")
    answer = run("add", "X")
    assert answer.status == 2
    answer = run("restore", "latest")
    assert answer.status == 0
    assert 'notes = "n5"' in file.read_text(encoding="utf-8")
    assert "1 later change" in answer.err


def test_the_same_text_is_not_offered(run: Runner, file: Path) -> None:
    noted(run)
    assert "saved last" not in run("backups").out
    file.write_text(LIST.replace("n0", "theirs"), encoding="utf-8")
    assert "saved last" in run("backups").out


@pytest.mark.parametrize("how", LOSSES)
def test_the_app_offers_what_was_saved_last(run: Runner, file: Path, how: str) -> None:
    noted(run)
    saved = file.read_text(encoding="utf-8")
    lose(file, how)
    session = Session(str(file), datetime(2026, 11, 22).date(), places(None, os.environ))
    session.open()
    app = CartwatchApp(session, lambda: datetime(2026, 11, 22, 10, tzinfo=UTC))

    async def drive() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            screen = app.screen
            assert isinstance(screen, Recovery)
            assert any("as saved last" in run.text if hasattr(run, "text") else "as saved last" in run[0]
                       for line in screen.lines(90) for run in line.runs)  # fmt: skip
            await pilot.press("enter")
            await pilot.pause()

    asyncio.run(drive())
    assert file.read_text(encoding="utf-8") == saved


@pytest.mark.parametrize("how", ["emptied", "gone"])
def test_the_app_begins_a_new_list_when_told(run: Runner, file: Path, tmp_path: Path, how: str) -> None:
    noted(run)
    saved = file.read_text(encoding="utf-8")
    lose(file, how)
    session = Session(str(file), datetime(2026, 11, 22).date(), places(None, os.environ))
    session.open()
    app = CartwatchApp(session, lambda: datetime(2026, 11, 22, 10, tzinfo=UTC))

    async def drive() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            assert isinstance(app.screen, Recovery)
            await pilot.press("end", "enter")
            await pilot.pause()
            assert not isinstance(app.screen, Recovery)

    asyncio.run(drive())
    assert saved in [each.read_text(encoding="utf-8") for each in (tmp_path / "XDG_STATE_HOME").rglob("*anew.toml")]
