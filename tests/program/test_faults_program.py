"""The real program in odd surroundings: locales, environments, sizes, floods, clocks, files that can't be written or read."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hard_terminal import LIST, HardTerminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[..., HardTerminal]

DATED = """[[program]]
name = "dated-cel"
[[program.catalyst]]
event = "Readout"
when = 2027-01-10
[[program.catalyst]]
event = "Übersicht der Änderungen"
when = "Q4 2027"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "list.toml"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.fixture
def start(tmp_path: Path, path: Path) -> Iterator[Start]:
    running: list[HardTerminal] = []
    home = tmp_path / "home"
    home.mkdir()

    def begin(*arguments: str, **options: object) -> HardTerminal:
        running.append(HardTerminal([*arguments, str(path)], home, **options))  # type: ignore[arg-type]
        return running[-1]

    yield begin
    for each in running:
        each.close()


def leaves(terminal: HardTerminal) -> None:
    terminal.type("q")
    assert terminal.end() == 0
    assert terminal.settings == terminal.settings_before


# ---- what stands around it


@pytest.mark.parametrize("term", ["dumb", None])
def test_a_dumb_terminal_is_refused_in_a_line(start: Start, term: str | None) -> None:
    terminal = start(without=["TERM"]) if term is None else start(TERM=term)
    assert terminal.end() == 2
    assert b"\x1b" not in terminal.sent
    assert b"cartwatch list" in terminal.sent


@pytest.mark.long
def test_a_bogus_terminal_works(start: Start) -> None:
    terminal = start(TERM="no-such-terminal")
    terminal.until("two-cel")
    leaves(terminal)


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        pytest.param({"LC_ALL": "C", "PYTHONIOENCODING": "iso-8859-1", "PYTHONUTF8": "0"}, marks=pytest.mark.long),
        pytest.param({"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}, marks=pytest.mark.long),
    ],
)
def test_a_locale_without_unicode_gets_signs_that_every_terminal_has(start: Start, path: Path, locale: dict[str, str]) -> None:
    path.write_text(DATED, encoding="utf-8")
    terminal = start(size=(120, 30), **locale)
    terminal.until("dated-cel")
    terminal.type("4")
    terminal.until("Readout")
    terminal.type("p")
    terminal.until("saved")
    leaves(terminal)
    shown = terminal.sent.decode("latin-1")
    assert r"\u" not in shown
    assert r"\x" not in shown
    assert "â" not in shown  # the first byte of a frame in UTF-8
    assert "Übersicht der Änderungen" in path.read_text(encoding="utf-8")  # the file is UTF-8 whatever the terminal is


@pytest.mark.parametrize(
    "odd",
    [{"NO_COLOR": "1"}, {"COLUMNS": "0", "LINES": "0"}, {"COLUMNS": "abc"}, {"TZ": "../../etc/passwd"}, {"TZ": "No/Where"}],
)
@pytest.mark.long
def test_an_odd_environment_does_no_harm(start: Start, odd: dict[str, str]) -> None:
    terminal = start(**odd)
    terminal.until("two-cel")
    leaves(terminal)


@pytest.mark.slow
def test_without_a_home_a_named_file_still_opens_and_saves(start: Start, path: Path) -> None:
    terminal = start(without=["HOME", "COLORTERM", "LANG", "PATH"], TMPDIR=str(path.parent))
    terminal.until("two-cel")
    terminal.type("p")
    terminal.until("saved")
    assert "pinned = true" in path.read_text(encoding="utf-8")
    leaves(terminal)


# ---- files


@pytest.mark.slow
def test_a_read_only_file_is_looked_at_and_copied(start: Start, path: Path) -> None:
    path.chmod(0o444)
    terminal = start(size=(100, 30))
    terminal.until("two-cel")
    terminal.until("Read only: its permissions (0444) are")
    terminal.type("p")
    terminal.until("Nothing can be changed")
    terminal.type(":save a copy\r")
    terminal.until("never overwritten")
    terminal.type("\x01\x0b" + str(path.parent / "copy.toml") + "\r")
    terminal.until("Copy saved")
    leaves(terminal)
    assert path.read_text(encoding="utf-8") == LIST
    assert (path.parent / "copy.toml").read_text(encoding="utf-8") == LIST


@pytest.mark.slow
def test_a_newer_schema_is_shown_and_never_written(start: Start, path: Path) -> None:
    newer = LIST.replace("schema = 1", "schema = 9")
    path.write_text(newer, encoding="utf-8")
    terminal = start(size=(100, 30))
    terminal.until("schema 9 was written")
    terminal.type("p")
    terminal.until("Nothing can be changed")
    leaves(terminal)
    assert path.read_text(encoding="utf-8") == newer


@pytest.mark.slow
def test_an_unreadable_file_goes_to_the_editor_and_comes_back(start: Start, path: Path, tmp_path: Path) -> None:
    path.write_text(LIST + "x = two words\n", encoding="utf-8")
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nsed -i /^x/d "$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    terminal = start(EDITOR=str(editor))
    terminal.until("cannot be read")
    terminal.until("Open the file in an editor")
    terminal.type("\r")
    terminal.until("2 programs")
    leaves(terminal)
    assert path.read_text(encoding="utf-8") == LIST


# ---- sizes and floods


@pytest.mark.long
def test_a_storm_of_sizes(start: Start) -> None:
    terminal = start()
    terminal.until("two-cel")
    for keys in ("", ":", "\x1b?", "\x1bC", "\x1bS", "\x1bm", "\x1b"):
        terminal.type(keys)
        for at in range(40):
            terminal.resize(*[(1, 1), (300, 1), (1, 300), (200, 80), (30, 8), (60, 20)][at % 6])
            terminal.read(0.01)
    terminal.resize(100, 30)
    terminal.type("\x1b")
    end = time.monotonic() + 0.5
    while time.monotonic() < end:  # an Esc is one alone only where nothing follows at once
        terminal.read(0.05)
    terminal.until(lambda text: "two-cel" in text and "quit" in text)
    leaves(terminal)


@pytest.mark.parametrize(
    "flood",
    [
        "\x1b[200~" + "x" * 1_000_000 + "\x1b[201~",
        "jk" * 1000,
        "".join(f"\x1b[<35;{at % 80 + 1};{at % 24 + 1}M" for at in range(5000)),
    ],
    ids=["a paste of a megabyte", "keys", "the mouse"],
)
@pytest.mark.long
def test_a_flood_is_over_soon_and_loses_no_edit(start: Start, path: Path, flood: str) -> None:
    terminal = start()
    terminal.until("two-cel")
    data, at = flood.encode(), 0
    os.set_blocking(terminal._master, False)
    begun = time.monotonic()
    while at < len(data) and time.monotonic() - begun < 30:
        with contextlib.suppress(BlockingIOError):
            at += os.write(terminal._master, data[at : at + 4096])
        terminal.read(0.001)
    os.set_blocking(terminal._master, True)
    terminal.type("gp")
    terminal.until("saved")
    assert time.monotonic() - begun < 30
    assert "pinned = true" in path.read_text(encoding="utf-8")
    leaves(terminal)


# ---- clocks


def days_shown(text: str) -> int | None:
    found = re.search(r"dated-cel.*?[^\d](\d+)d\b", text)
    return int(found[1]) if found else None


FAKETIME = next(Path("/usr/lib").glob("**/libfaketime.so.1"), None) if shutil.which("faketime") else None
needs_faketime = pytest.mark.skipif(FAKETIME is None, reason="there is no libfaketime")


def faked(tmp_path: Path, moment: str) -> dict[str, str]:
    """The environment for a clock that a file sets."""
    (tmp_path / "clock").write_text(f"@{moment}\n", encoding="utf-8")
    return {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(tmp_path / "clock"),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


@needs_faketime
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12", "Europe/Berlin"])
@pytest.mark.long
def test_days_are_those_of_the_viewers_zone_and_turn_at_midnight(start: Start, path: Path, tmp_path: Path, zone: str) -> None:
    path.write_text(DATED, encoding="utf-8")
    terminal = start(size=(120, 30), **faked(tmp_path, "2026-12-31 23:59:52"), TZ=zone)
    terminal.until(lambda text: days_shown(text) == 10)
    terminal.until(lambda text: days_shown(text) == 9)
    leaves(terminal)


@needs_faketime
@pytest.mark.slow
def test_after_a_long_sleep_the_time_and_the_file_are_those_of_now(start: Start, path: Path, tmp_path: Path) -> None:
    path.write_text(DATED, encoding="utf-8")
    terminal = start(size=(120, 30), **faked(tmp_path, "2026-12-01 22:00:00"), TZ="UTC")
    terminal.until(lambda text: days_shown(text) == 40)
    terminal.tell(signal.SIGSTOP)
    (tmp_path / "clock").write_text("@2026-12-02 10:00:00\n", encoding="utf-8")
    path.write_text(DATED + '[[program]]\nname = "slept-cel"\n', encoding="utf-8")
    terminal.tell(signal.SIGCONT)
    terminal.until("slept-cel")
    terminal.until(lambda text: days_shown(text) == 39)
    leaves(terminal)


@needs_faketime
@pytest.mark.long
def test_a_clock_set_under_a_running_app_is_followed_within_seconds(start: Start, path: Path, tmp_path: Path) -> None:
    path.write_text(DATED, encoding="utf-8")
    terminal = start(size=(120, 30), **faked(tmp_path, "2026-12-01 12:00:00"), TZ="UTC")
    terminal.until(lambda text: days_shown(text) == 40)
    for day, days in (("2026-12-11", 30), ("2026-11-11", 60)):
        (tmp_path / "clock").write_text(f"@{day} 12:00:00\n", encoding="utf-8")
        begun = time.monotonic()
        terminal.until(lambda text, days=days: days_shown(text) == days)  # type: ignore[misc]
        assert time.monotonic() - begun < 8
    leaves(terminal)


def test_without_a_terminal_it_says_so_at_once(path: Path, tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "TERM": "xterm", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-m", "cartwatch", str(path)], stdin=subprocess.DEVNULL, capture_output=True, env=env, timeout=20
    )
    assert done.returncode == 2
    assert b"needs a terminal" in done.stderr
    assert done.stdout == b""
