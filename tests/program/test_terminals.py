"""Terminals of every kind: the program sends what each can show, and follows its light or dark."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pty_terminal import PATIENCE, Terminal

LIST = '[[program]]\nid = "a"\nname = "Alpha"\npinned = true\n'
ASK = b"\x1b]11;?\x1b\\"
TRUE_COLOUR, ANY_COLOUR = (
    re.compile(rb"\x1b\[[\d;]*[34]8;2;"),
    re.compile(rb"\x1b\[(?:[\d;]*;)?(?:[349][0-7]|10[0-7]|[34]8)[;m]"),
)

REVERSED = re.compile(rb"\x1b\[(?:[\d;]*;)?7[;m]")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    path = tmp_path / "list.toml"
    path.write_text(LIST, encoding="utf-8")
    return path


def seen(path: Path, **env: Any) -> Terminal:
    """A terminal on which the list stands."""
    running = Terminal([str(path)], path.parent / "home", **env)
    running.until("quit")
    return running


@pytest.mark.slow
def test_a_light_terminal_gets_the_light_theme_and_its_change_is_followed(path: Path) -> None:
    with closing(seen(path)) as terminal:
        assert ASK in terminal.sent
        light = b"48;2;251;250;247"
        assert light not in terminal.sent
        terminal.type("\x1b]11;rgb:ffff/ffff/ffff\x1b\\")
        wait_for(terminal, light)
        terminal.sent = b""
        terminal.type("\x1b[?997;1n")
        wait_for(terminal, b"48;2;20;24;29")
        terminal.type("q")
        assert terminal.end() == 0
        assert b"\x1b[?2031l" in terminal.sent
    state = next((path.parent / "home").rglob("state.toml")).read_text()
    assert 'background = "dark"' in state


@pytest.mark.slow
def test_a_terminal_that_never_answers_is_not_waited_for(path: Path) -> None:
    with closing(seen(path, COLORFGBG="0;15")) as terminal:
        assert b"48;2;251;250;247" in terminal.sent  # from the environment


@pytest.mark.slow
def test_a_chosen_theme_stays_whatever_the_terminal_says(path: Path) -> None:
    config = path.parent / "config.toml"
    config.write_text('theme = "high-contrast"\n')
    with closing(seen(path, CARTWATCH_CONFIG=str(config))) as terminal:
        assert b"48;2;0;0;0" in terminal.sent
        terminal.sent = b""
        terminal.type("\x1b]11;rgb:ffff/ffff/ffff\x1b\\?")
        terminal.until("type to search")
        assert b"48;2;251;250;247" not in terminal.sent


@pytest.mark.slow
def test_a_wrong_setting_is_told_once_and_the_others_count(path: Path) -> None:
    config = path.parent / "c.toml"
    config.write_text('theme = "drak"\nmouse = false\n')
    with closing(seen(path, CARTWATCH_CONFIG=str(config))) as terminal:
        terminal.until("theme: choose from auto")
        assert b"\x1b[?1000h" not in terminal.sent
        terminal.type("j")
        terminal.until(lambda text: "choose from" not in text)


@pytest.mark.slow
def test_the_linux_console_gets_ascii_and_its_own_colours(path: Path) -> None:
    with closing(seen(path, TERM="linux", COLORTERM="")) as terminal:
        assert ASK not in terminal.sent
        assert not TRUE_COLOUR.search(terminal.sent)
        assert ANY_COLOUR.search(terminal.sent)
        assert terminal.text.isascii()


@pytest.mark.parametrize("env", [{"TERM": "vt100", "COLORTERM": ""}, {"NO_COLOR": "1"}], ids=["vt100", "NO_COLOR"])
@pytest.mark.slow
def test_a_terminal_without_colour_gets_none(path: Path, env: dict[str, str]) -> None:
    with closing(seen(path, **env)) as terminal:
        terminal.type("?")
        terminal.until("type to search")
        assert not ANY_COLOUR.search(terminal.sent)
        assert REVERSED.search(terminal.sent)  # the cursor


@pytest.mark.slow
def test_a_locale_without_unicode_gets_ascii(path: Path) -> None:
    with closing(seen(path, LANG="C", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")) as terminal:
        assert terminal.text.isascii()


@pytest.mark.slow
def test_a_chord_that_arrives_in_one_piece_is_one(path: Path) -> None:
    config = path.parent / "config.toml"
    config.write_text('[keys]\npreset = "vim"\n')
    with closing(seen(path, CARTWATCH_CONFIG=str(config))) as terminal:
        terminal.type("gtgtg")
        terminal.until(lambda text: "Mitigation" in text and "previous pane" in text)  # the third g waits
        terminal.type("\x1b")
        terminal.until(lambda text: "previous pane" not in text)
        terminal.type("ZZ")
        assert terminal.end() == 0
    state = next((path.parent / "home").rglob("state.toml")).read_text()
    assert 'pane = "safety"' in state


@pytest.mark.parametrize("size", [(40, 15), (300, 80)])
@pytest.mark.slow
def test_the_smallest_and_the_largest_terminal(path: Path, size: tuple[int, int]) -> None:
    with closing(Terminal([str(path)], path.parent / "home", size=size)) as terminal:
        terminal.until("Alpha")
        terminal.type(",")
        terminal.until("Settings")
        terminal.type("\x1b")
        terminal.until(lambda text: "Settings" not in text)
        terminal.type("q")
        assert terminal.end() == 0


@pytest.mark.long  # a server of its own
@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_tmux_shows_the_list_and_escape_is_quick_enough(path: Path) -> None:
    def tmux(*words: str) -> str:
        socket = str(path.parent / "tmux.sock")
        return subprocess.run(
            ["tmux", "-S", socket, "-f", "/dev/null", *words], capture_output=True, text=True, check=False
        ).stdout

    def until(wanted: str, gone: str = "\0") -> str:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            text = tmux("capture-pane", "-p")
            if wanted in text and gone not in text:
                return text
            time.sleep(0.1)
        raise AssertionError(tmux("capture-pane", "-p"))

    import sys

    run = f"env HOME={path.parent / 'home'} LANG=C.UTF-8 PYTHONUTF8=1 {sys.executable} -m cartwatch {path}"
    tmux("-u", "new-session", "-d", "-x", "100", "-y", "30", run)
    try:
        until("Alpha")
        tmux("send-keys", ",")
        assert "╭" in until("Reduced motion")
        tmux("send-keys", "Escape")
        until("Alpha", gone="Reduced motion")
        tmux("resize-window", "-x", "40", "-y", "15")
        until("Alpha")
    finally:
        tmux("kill-server")


def wait_for(terminal: Terminal, sent: bytes) -> None:
    end = time.monotonic() + PATIENCE
    while sent not in terminal.sent:
        assert time.monotonic() < end, terminal.text
        terminal.read(0.05)
