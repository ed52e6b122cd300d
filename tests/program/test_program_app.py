"""The program in a terminal: it starts, moves, filters, quits, and leaves the terminal as it was."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from pty_terminal import Terminal

from cartwatch.sample import sample_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Terminal] = []
    home = tmp_path / "home"
    home.mkdir()

    def begin(arguments: Sequence[str], **options: object) -> Terminal:
        running.append(Terminal(arguments, home, **options))  # type: ignore[arg-type]
        return running[-1]

    yield begin
    for each in running:
        each.close()


def list_of(folder: Path, count: int) -> str:
    """A file with so many programs."""
    path = folder / f"{count}.toml"
    programs = (
        f'[[program]]\nname = "program {at:04}"\nsponsor = "Sponsor {at % 7}"\n'
        f'[[program.catalyst]]\nevent = "Readout"\nwhen = "Q{at % 4 + 1} 2027"\n'
        for at in range(count)
    )
    path.write_text("\n".join(programs), encoding="utf-8")
    return str(path)


def without(word: str) -> Callable[[str], bool]:
    """A test of the screen: a word has gone from it."""
    return lambda text: word not in text


def restored(terminal: Terminal) -> None:
    """The terminal is as it was: settings, screen, cursor, mouse, paste and keyboard modes."""
    assert terminal.settings == terminal.settings_before
    for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?1000h", b"\x1b[?1000l"), (b"\x1b[?1003h", b"\x1b[?1003l"),
                    (b"\x1b[?2004h", b"\x1b[?2004l"), (b"\x1b[?25l", b"\x1b[?25h")):  # fmt: skip
        assert terminal.sent.rfind(off) > terminal.sent.rfind(on), (on, off)


@pytest.mark.slow
def test_a_large_file_is_read_under_a_line_that_says_so_and_goes(start: Start, tmp_path: Path) -> None:
    path = list_of(tmp_path, 3)
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"# {'x' * 76}\n" * 60_000)
    terminal = start([path])
    terminal.until("program 0002")
    said, gone, drawn = (terminal.sent.find(each) for each in (b"reading 4 MB - Ctrl-C stops", b"\r\x1b[K", b"\x1b[?1049h"))
    assert -1 < said < gone < drawn
    terminal.type("q")
    assert terminal.end() == 0
    restored(terminal)


@pytest.mark.slow
def test_it_starts_moves_filters_and_quits(start: Start) -> None:
    terminal = start(["--today", "2026-11-22", sample_path()], size=(120, 35))
    text = terminal.until("28 programs")
    terminal.until("Enter open")
    assert "OPEN · ≤39d left" in text
    assert re.search(r"anito-cel .*2026-12-23.*≤31d", text)
    terminal.type("j")
    terminal.until(lambda text: any(line.startswith("▌") and "lasme-cel" not in line for line in text.splitlines()))
    terminal.type("/BCMA")
    terminal.until("of 28")
    terminal.until("matches")
    terminal.type("\r")
    terminal.until("Enter open")
    terminal.type("q")
    assert terminal.end() == 0
    restored(terminal)


@pytest.mark.slow
def test_where_one_was_is_remembered(start: Start) -> None:
    terminal = start(["--today", "2026-11-22", sample_path()], size=(120, 35))
    terminal.until("lasme-cel   Cellectis")
    terminal.type("jjj4")
    terminal.until(lambda text: any(line.startswith("▌   zugo-cel") for line in text.splitlines()))
    terminal.until("Kind")
    terminal.type("q")
    assert terminal.end() == 0
    again = start(["--today", "2026-11-22", sample_path()], size=(120, 35))
    again.until(lambda text: any(line.startswith("▌   zugo-cel") for line in text.splitlines()))
    again.until("Kind")
    again.type("q")
    assert again.end() == 0


@pytest.mark.parametrize("count", [0, 1, 2000])
@pytest.mark.slow
def test_lists_of_every_size(start: Start, tmp_path: Path, count: int) -> None:
    terminal = start([list_of(tmp_path, count)])
    terminal.until("1 program" if count == 1 else f"{count} programs")
    terminal.type("Gg")
    if count:
        terminal.until("program 0000")
    else:
        terminal.until("No program yet")
    terminal.type("q")
    assert terminal.end() == 0
    restored(terminal)


@pytest.mark.slow
def test_keys_typed_ahead_reach_what_they_are_meant_for(start: Start) -> None:
    terminal = start(["--today", "2026-11-22", sample_path()], size=(120, 35))
    terminal.until("lasme-cel   Cellectis")
    terminal.type("/cd19\r")
    terminal.until("14 of 28   /cd19")
    terminal.type("\x1b")
    terminal.until("28 programs")
    terminal.type("jjSg\r")
    terminal.until("Sort by")
    terminal.until(lambda text: re.search(r"▲ +Program", text) is not None)
    terminal.type("\x1b")
    terminal.until(without("Sort by"))
    terminal.type("q")
    assert terminal.end() == 0


@pytest.mark.slow
def test_the_screen_follows_the_size(start: Start) -> None:
    terminal = start(["--today", "2026-11-22", sample_path()], size=(120, 35))
    terminal.until("lasme-cel   Cellectis")
    for columns, rows, wanted in (
        (50, 20, "Countdown"),
        (20, 5, "Too small"),
        (80, 24, "Overview  Mechanism"),
        (200, 60, "CRS ≥3"),
    ):
        terminal.resize(columns, rows)
        terminal.until(wanted)
    terminal.type("q")
    assert terminal.end() == 0
    restored(terminal)


@pytest.mark.slow
def test_without_a_file_it_welcomes(start: Start) -> None:
    terminal = start([])
    text = terminal.until("Look at the sample")
    assert "There is no watchlist yet" in text
    terminal.type("\r")
    terminal.until("28 programs")
    terminal.type("q")
    assert terminal.end() == 0
    restored(terminal)


@pytest.mark.slow
def test_an_unreadable_file_is_shown_and_tried_again(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_text('[[program]]\nname = "a"\nphase = Phase 2\n', encoding="utf-8")
    terminal = start([str(path)])
    terminal.until("cannot be read")
    terminal.until("line 3, column 9: Invalid value")
    terminal.until("3 │ phase = Phase 2\n")
    path.write_text('[[program]]\nname = "mended"\n', encoding="utf-8")
    terminal.type("\x1b[15~")  # F5
    terminal.until("mended")
    terminal.type("q")
    assert terminal.end() == 0


@pytest.mark.slow
def test_no_control_byte_of_the_data_reaches_the_terminal(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "hostile.toml"
    payload = r"\u001b]52;c;ZXZpbA==\u0007 \u009b31m \u001b[2Jx\u202e [/red] [@click=app.quit]x"
    path.write_text(
        f'[[program]]\nname = "{payload}"\nsponsor = "{payload}"\nphase = "{payload}"\nnotes = "{payload}"\n'
        f'[[program.catalyst]]\nevent = "{payload}"\nwhen = "{payload}"\n'
        f'[[program.source]]\nid = "s"\ntitle = "{payload}"\nurl = "https://example.org/{payload}"\n',
        encoding="utf-8",
    )
    terminal = start([str(path)], size=(120, 35))
    terminal.until("1 program")
    for keys, wanted in (("2", "Modality"), ("3", "Boxed"), ("4", "When"), ("6", "not checked"), ("7", "x"), ("?", "Help")):
        terminal.type(keys)
        terminal.until(wanted)
    terminal.type("\x1b")
    terminal.until(without("Help"))
    terminal.type("!")
    terminal.until("unknown phase")
    terminal.type("\x1b")
    terminal.until(without("unknown phase"))
    terminal.type("q")
    assert terminal.end() == 0
    written = terminal.sent.decode("utf-8", "strict").replace("\x1b]22;default\x07", "")  # Textual's own: the pointer's shape
    assert "\x1b]52" not in written
    assert "\x1b[2Jx" not in written
    assert not re.search("[\x80-\x9f\u202e\x07]", written)


@pytest.mark.slow
def test_no_color_sends_no_colour(start: Start) -> None:
    def colours(sent: bytes) -> set[bytes]:
        codes = (code for run in re.findall(rb"\x1b\[([\d;]*)m", sent) for code in run.split(b";"))
        return {
            code for code in codes if code and int(code) not in (0, 1, 2, 3, 4, 7, 21, 22, 23, 24, 27, 39, 49)
        }  # 39, 49: none

    terminal = start(["--today", "2026-11-22", sample_path()], size=(120, 35), NO_COLOR="1")
    terminal.until("lasme-cel   Cellectis")
    terminal.type("jj?")
    terminal.until("Help")
    terminal.type("\x1b")
    terminal.until(without("Help"))
    terminal.type("q")
    assert terminal.end() == 0
    assert colours(terminal.sent) == set()


@pytest.mark.slow
def test_an_empty_no_color_means_nothing(start: Start) -> None:
    terminal = start(["--today", "2026-11-22", sample_path()], size=(120, 35), NO_COLOR="")
    terminal.until("lasme-cel   Cellectis")
    terminal.type("q")
    assert terminal.end() == 0
    assert b"\x1b[38;2;111;195;196" in terminal.sent or b"38;2;111;195;196" in terminal.sent  # the accent, in its own hue


@pytest.mark.parametrize("keys", ["/", ":", "a", "m"], ids=["filter", "palette", "line", "memo"])
@pytest.mark.slow
def test_where_text_is_typed_nothing_blinks(start: Start, keys: str, tmp_path: Path) -> None:
    terminal = start([list_of(tmp_path, 2)])
    terminal.until("program 0001")
    terminal.type(keys)
    end = time.monotonic() + 20
    quiet = 0.0
    while quiet < 1.2 and time.monotonic() < end:
        written = len(terminal.sent)
        terminal.read(0.1)
        quiet = 0.0 if len(terminal.sent) > written else quiet + 0.1
    assert quiet >= 1.2
