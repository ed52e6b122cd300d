"""Record the screencast from the real program in a pseudo-terminal, or play it: `python docs/cast.py [play]`.

The recording is an asciicast of version 2. Its clock is the script's, not the machine's: a slow machine records the same.
"""

from __future__ import annotations

import codecs
import fcntl
import json
import os
import pty
import select
import shutil
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CAST = ROOT / "docs" / "cartwatch.cast"
COLUMNS, ROWS = 98, 32
QUIET = 0.4  # seconds without output: the program has drawn what it has to
STEPS: tuple[tuple[str, float], ...] = (
    ("", 2.0),
    *((key, 0.35) for key in "jjj"),
    ("3", 2.0),
    ("4", 1.5),
    ("/", 0.6),
    *((key, 0.12) for key in "target:CD19"),
    ("\r", 1.6),
    ("T", 3.0),
    ("\x1b", 0.8),
    ("*", 0.6),
    ("\x1b", 0.6),
    ("\x1b", 0.8),
    ("g", 0.6),
    ("w", 1.0),
    *((key, 0.15) for key in "Q1 2027"),
    ("", 2.5),
    ("\x1b", 0.8),
    ("?", 2.5),
    ("\x1b", 0.8),
    ("q", 0.5),
)
"""What is typed, and how long it is looked at."""


def record() -> list[tuple[float, str]]:
    """Run the program on a copy of the sample, and return what it writes, each piece at its second."""
    with tempfile.TemporaryDirectory() as home:
        shutil.copy(ROOT / "sample_watchlist.toml", Path(home, "watchlist.toml"))
        Path(home, "config.toml").write_text("reduced_motion = true\n", encoding="utf-8")
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(home)
            environment = {"PATH": os.environ.get("PATH", ""), "HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
            argv = [sys.executable, "-m", "cartwatch", "watchlist.toml", "--today", "2026-11-22"]
            os.execve(argv[0], argv, {**environment, "LANG": "C.UTF-8", "COLORFGBG": "15;0", "CARTWATCH_CONFIG": "config.toml"})  # noqa: S606
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        try:
            return _events(terminal)
        finally:
            os.close(terminal)
            os.waitpid(child, 0)


def _events(terminal: int) -> list[tuple[float, str]]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    events: list[tuple[float, str]] = []
    at = 0.0
    for keys, seconds in STEPS:
        if keys:
            os.write(terminal, keys.encode())
        text = decoder.decode(_drawn(terminal, first=not events))
        if text:
            events.append((at, text))
        at += seconds
    return events


def _drawn(terminal: int, *, first: bool) -> bytes:
    """Read until the program is quiet; the first picture may take a while."""
    data, end = b"", time.monotonic() + 20
    while time.monotonic() < end and select.select([terminal], [], [], 10 if first and not data else QUIET)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the program has ended
            break
        data += piece
    return data


def write() -> None:
    """Record, and write the cast."""
    head = {"version": 2, "width": COLUMNS, "height": ROWS, "title": "cartwatch", "env": {"TERM": "xterm-256color"}}
    lines = [json.dumps(head), *(json.dumps([round(at, 2), "o", text], ensure_ascii=False) for at, text in record())]
    CAST.write_text("\n".join(lines) + "\n", encoding="utf-8")


def play() -> None:
    """Play the cast in this terminal."""
    _, *events = map(json.loads, CAST.read_text(encoding="utf-8").splitlines())
    before = 0.0
    for at, _, text in events:
        time.sleep(at - before)
        before = at
        sys.stdout.write(text)
        sys.stdout.flush()


if __name__ == "__main__":
    play() if sys.argv[1:] == ["play"] else write()
