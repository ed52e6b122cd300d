"""The program in a terminal: what is typed is in the file, at once, and nothing else of the file is another."""

from __future__ import annotations

import difflib
import os
import shutil
import signal
import stat
from typing import TYPE_CHECKING

import pytest
import tomli
from pty_terminal import Terminal

from cartwatch.sample import sample_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SIZE = (120, 35)


class Desk:
    """A file of one's own, and terminals on it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.path = folder / "list.toml"
        shutil.copy(sample_path(), self.path)
        self.path.chmod(0o600)
        self.before = self.text
        self.open_terminals: list[Terminal] = []

    def open(self, **env: str) -> Terminal:
        terminal = Terminal(["--today", "2026-11-22", str(self.path)], self.home, size=SIZE, **env)
        self.open_terminals.append(terminal)
        terminal.until("lasme-cel   Cellectis")
        return terminal

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def changed(self) -> list[str]:
        lines = difflib.unified_diff(self.before.splitlines(), self.text.splitlines(), n=0, lineterm="")
        return [each for each in lines if not each.startswith(("---", "+++", "@@"))]

    @property
    def program(self) -> dict[str, object]:
        """The first program, as the file has it."""
        found: dict[str, object] = tomli.loads(self.text)["program"][0]
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path)
    yield found
    for each in found.open_terminals:
        each.close()


def saved(terminal: Terminal) -> None:
    terminal.until("saved ")


@pytest.mark.long  # twenty changes through a terminal, each saved
def test_ten_edits_are_in_the_file_and_undo_brings_the_first_bytes_back(desk: Desk) -> None:
    terminal = desk.open()
    steps: list[tuple[str, Callable[[], bool]]] = [
        ("ephase\r\x15filed\r", lambda: desk.program["phase"] == "Filed"),
        ("etarget\r\x15CD22, CD19\r", lambda: 'targets = ["CD22", "CD19"]' in desk.text),
        ("t, seen\r", lambda: "seen" in str(desk.program["tags"])),
        ("p", lambda: "pinned" not in desk.program),
        ("eticker\r\x15XYZ\r", lambda: desk.program["ticker"] == "XYZ"),
        ("V", lambda: str(desk.program.get("checked")) == "2026-11-22"),
        ("Abig readout\rreadout\rmid-2027\x13", lambda: "big readout" in desk.text),
        ("ebig readout\r\x1b[B\x1b[Bx\x15conference\x13", lambda: 'kind = "conference"' in desk.text),
        ("mA memo.\x13", lambda: "A memo." in desk.text),
        ("aSecond list\x13", lambda: "second-list" in desk.text),
    ]
    for keys, written in steps:
        terminal.type(keys)
        terminal.until(lambda _, written=written: written())  # type: ignore[misc]
    program = desk.program
    assert program["phase"] == "Filed"
    assert program["ticker"] == "XYZ"
    assert program["tags"] == ["allogeneic", "heme", "leukaemia", "seen"]
    assert "pinned" not in program
    assert str(program["checked"]) == "2026-11-22"
    assert str(program["notes"]).endswith("A memo.\n")
    assert program["mechanism"]["targets"] == ["CD22", "CD19"]  # type: ignore[index]
    catalyst = program["catalyst"][-1]  # type: ignore[index]
    assert (catalyst["event"], catalyst["kind"], catalyst["when"]) == ("big readout", "conference", "mid-2027")
    assert tomli.loads(desk.text)["program"][-1] == {"id": "second-list", "name": "Second list"}
    assert stat.S_IMODE(os.stat(desk.path).st_mode) == 0o600
    terminal.type("u" * len(steps))
    terminal.until(lambda _: desk.text == desk.before)
    terminal.type("q")
    assert terminal.end() == 0


@pytest.mark.slow
def test_the_users_editor_takes_the_text_of_a_program(desk: Desk, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i \'s/^sponsor = "Cellectis"/sponsor = "Somebody"/\' "$1"\n')
    editor.chmod(0o700)
    terminal = desk.open(VISUAL=str(editor))
    terminal.type("E")
    terminal.until("Somebody")
    saved(terminal)
    assert desk.changed == ['-sponsor = "Cellectis"', '+sponsor = "Somebody"']
    terminal.type("q")
    assert terminal.end() == 0


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exit 1", "ended with status 1"),
        ("kill -9 $$", "ended by signal 9"),
        (': > "$1"', "left an empty file"),
        ("printf '\\377' >> \"$1\"", "not UTF-8"),
    ],
    ids=["fails", "killed", "emptied", "a bad byte each time"],
)
@pytest.mark.slow
def test_the_app_goes_on_whatever_the_editor_does(desk: Desk, tmp_path: Path, script: str, told: str) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\n{script}\n")
    editor.chmod(0o700)
    terminal = desk.open(VISUAL=str(editor))
    terminal.type("E")
    terminal.until(told)
    assert desk.changed == []
    terminal.type("p")
    terminal.until(lambda _: bool(desk.changed))
    terminal.type("q")
    assert terminal.end() == 0


@pytest.mark.slow
def test_what_was_typed_before_a_crash_is_offered(desk: Desk) -> None:
    terminal = desk.open()
    for key, shown in (("4", "Said    not stated"), ("\t", "Tab table"), ("e", "Ctrl-s save"), ("X", "BALLI-01X")):
        terminal.type(key)
        terminal.until(shown)
    os.kill(terminal._pid, signal.SIGKILL)
    os.waitpid(terminal._pid, 0)
    terminal.status = -9
    again = desk.open()
    again.until("not saved before the last run ended")
    for key, shown in (("4", "Said    not stated"), ("\t", "Tab table"), ("e", "Your draft is back")):
        again.type(key)
        again.until(shown)
    again.until("BALLI-01X")
    assert desk.text == desk.before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda number: number.name)
@pytest.mark.slow
def test_a_text_that_the_editor_had_when_the_app_ended_is_offered(desk: Desk, tmp_path: Path, number: signal.Signals) -> None:
    editor, ready = tmp_path / "editor", tmp_path / "ready"
    editor.write_text(f'#!/bin/sh\nsed -i \'s/"Cellectis"/"Somebody"/\' "$1"\ntouch "{ready}"\nread line\n')
    editor.chmod(0o700)
    terminal = desk.open(VISUAL=str(editor))
    terminal.type("E")
    terminal.until(lambda _: ready.exists())
    os.kill(terminal._pid, number)
    assert terminal.end() == (-9 if number == signal.SIGKILL else 128 + number)
    assert desk.text == desk.before
    again = desk.open(VISUAL="true")
    again.until("not saved before the last run ended")
    again.type("E")
    again.until("Somebody")
    saved(again)
    assert desk.changed == ['-sponsor = "Cellectis"', '+sponsor = "Somebody"']
    again.type("q")
    assert again.end() == 0
    assert not [each for each in desk.home.rglob("drafts/*/*") if each.is_file()]
