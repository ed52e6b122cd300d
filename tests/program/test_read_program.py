"""`cartwatch read` on a terminal: it asks for the day, for the program, and what to take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pty_terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

LIST = '[[program]]\nid = "nora-cel"\nname = "nora-cel"\n\n[[program]]\nid = "fb-210"\nname = "FB-210"\n'
RELEASE = """Fjordbio gives an update

Topline data of nora-cel are expected in the third quarter of 2026.

The company plans to submit an IND application for FB-210 by year-end 2026.

A regulatory filing is planned for 2027.
"""


@pytest.mark.slow
def test_what_is_open_is_asked_and_only_what_was_ticked_is_taken(tmp_path: Path) -> None:
    path, release = tmp_path / "w.toml", tmp_path / "q4.txt"
    path.write_text(LIST)
    release.write_text(RELEASE)
    terminal = Terminal(["read", str(release), "-f", str(path), "--today", "2026-03-20"], tmp_path, size=(100, 40))
    try:
        terminal.until("Its day")
        terminal.type("2026-02-30\n")
        terminal.until("is not a day")
        terminal.type("2026-03-17\n")
        terminal.until("Which program?")
        terminal.type("fb\n")
        text = terminal.until("Take 3 facts?")
        assert "2026-07-01 – 2026-09-30 · quarter" in text
        assert "FB-210" in text
        terminal.type("7\n")
        terminal.until("write numbers from 1 to 3")
        terminal.type("1\n")
        terminal.until("Take 2 facts?")
        terminal.type("y\n")
        assert terminal.end() == 1
    finally:
        terminal.close()
    text = path.read_text()
    assert "third quarter" not in text
    assert 'when = "2027"' in text
    assert "published = 2026-03-17" in text


@pytest.mark.slow
def test_a_release_pasted_into_the_app_is_read_and_taken(tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    path.write_text(LIST)
    (tmp_path / "home").mkdir()
    text = RELEASE.replace("gives an update", "gives an update\r\rOSLO, March 17, 2026 -- Fjordbio \x1b[31m[b]today[/b]")
    terminal = Terminal([str(path), "--today", "2026-03-20"], tmp_path / "home", size=(100, 36))
    try:
        terminal.until("nora-cel")
        terminal.type(f"\x1b[200~{text}\x1b[201~")
        terminal.until("a press release?")
        terminal.type("\r")
        terminal.until("Which program?")
        terminal.type("2")
        terminal.until("to be taken: 3 facts of 2")
        terminal.type("\x13")
        terminal.until("saved ")
        assert "third quarter of 2026" in path.read_text()
        assert 'when = "2027"' in path.read_text()
        terminal.type("u")
        terminal.until("Undo: read from")
        assert path.read_text() == LIST
        terminal.type("q")
        assert terminal.end() == 0
    finally:
        terminal.close()


@pytest.mark.slow
def test_no_takes_nothing(tmp_path: Path) -> None:
    path, release = tmp_path / "w.toml", tmp_path / "q4.txt"
    path.write_text(LIST)
    release.write_text(RELEASE)
    command = ["read", str(release), "--said", "2026-03-17", "-f", str(path), "--today", "2026-03-20"]
    terminal = Terminal(command, tmp_path, size=(100, 40))
    try:
        terminal.until("Which program?")
        terminal.type("\n")
        terminal.until("Take 2 facts?")
        terminal.type("n\n")
        terminal.until("nothing was taken")
        assert terminal.end() == 1
    finally:
        terminal.close()
    assert path.read_text() == LIST
