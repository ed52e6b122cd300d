"""What a terminal sends beside keys: nothing of it opens a dialog, writes to the list, or ends the program."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from pty_terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIST = '[[program]]\nid = "a"\nname = "Alpha"\n'
REPLIES = (
    "\x1bP>|VTE(7600)\x1b\\\x1b[?61;4;6;7;14;21;22;23;24;28;32;42;52c\x1b[?997;1n"
    "\x1bP>|tmux 3.4\x1b\\\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\"
    "\x1b[106;1:3u\x1b[1;1:3A\x1b[99999999999u\x1b[55296;;55296u"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    path = tmp_path / "list.toml"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.fixture
def terminal(path: Path) -> Iterator[Terminal]:
    running = Terminal([str(path)], path.parent / "home", EDITOR="true")
    running.until("Alpha")
    yield running
    running.close()


@pytest.mark.slow
def test_replies_and_key_releases_do_nothing_and_keys_between_them_count(terminal: Terminal, path: Path) -> None:
    os.write(terminal._master, b"\xff\xfe" + REPLIES.encode())  # and two bytes that are no UTF-8
    for each in REPLIES:
        terminal.type(each)
    terminal.type(f"{REPLIES}p{REPLIES}")
    terminal.until("saved ")
    assert path.read_text(encoding="utf-8") == LIST + "pinned = true\n"
    terminal.type("\x1b[113;1:1u")
    assert terminal.end() == 0


@pytest.mark.slow
def test_a_paste_is_text_up_to_its_end(terminal: Terminal, path: Path) -> None:
    terminal.type("m")
    terminal.until("Ctrl-s save")
    terminal.type("\x1b[200~plain \x1b[0m\nTable of adverse events\n\x1b[201~\x13")
    terminal.until("saved ")
    written = path.read_text(encoding="utf-8")
    assert written.startswith(LIST)
    assert "plain [0m\nTable of adverse events" in written


@pytest.mark.slow
def test_escape_leaves_at_once(terminal: Terminal) -> None:
    terminal.type("?")
    terminal.until("type to search")
    terminal.type("\x1b")
    terminal.until(lambda text: "type to search" not in text)
