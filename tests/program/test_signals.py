"""The real program on a terminal: ended, stopped, its window closed, its terminal deaf; the list and the terminal in order."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest
from hard_terminal import LIST, HardTerminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[..., HardTerminal]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

MODES = (b"\x1b[?1049", b"\x1b[?1000", b"\x1b[?1003", b"\x1b[?2004")


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

    def begin(**options: object) -> HardTerminal:
        running.append(HardTerminal([str(path)], home, **options))  # type: ignore[arg-type]
        return running[-1]

    yield begin
    for each in running:
        each.close()


def opened(start: Start, **options: object) -> HardTerminal:
    terminal = start(**options)
    terminal.until("two-cel")
    terminal.until("quit")
    return terminal


def restored(terminal: HardTerminal) -> None:
    assert terminal.settings == terminal.settings_before
    for mode in MODES:
        assert terminal.sent.rfind(mode + b"l") > terminal.sent.rfind(mode + b"h"), mode
    assert terminal.sent.rfind(b"\x1b[?25h") > terminal.sent.rfind(b"\x1b[?25l")


def pinned_but_not_saved(terminal: HardTerminal, path: Path) -> None:
    """An edit that could not be written, and could be now."""
    path.chmod(0o444)
    terminal.type("p")
    terminal.until("NOT SAVED")
    path.chmod(0o644)


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (signal.SIGTERM, 143),
        (signal.SIGHUP, 129),
        pytest.param(signal.SIGQUIT, 131, marks=pytest.mark.long),
        pytest.param(signal.SIGINT, 130, marks=pytest.mark.long),
    ],
)
def test_a_signal_saves_restores_the_terminal_and_ends(start: Start, path: Path, number: signal.Signals, status: int) -> None:
    terminal = opened(start)
    pinned_but_not_saved(terminal, path)
    terminal.tell(number)
    assert terminal.end() == status
    restored(terminal)
    assert "pinned = true" in path.read_text(encoding="utf-8")
    assert b"Traceback" not in terminal.sent


@pytest.mark.slow
def test_what_can_not_be_saved_at_the_end_is_said_and_kept_among_the_backups(start: Start, path: Path, tmp_path: Path) -> None:
    terminal = opened(start)
    pinned_but_not_saved(terminal, path)
    path.chmod(0o444)
    terminal.tell(signal.SIGTERM)
    assert terminal.end() == 143
    restored(terminal)
    assert path.read_text(encoding="utf-8") == LIST
    assert b"NOT SAVED" in terminal.sent.rpartition(b"\x1b[?1049l")[2]
    (kept,) = tmp_path.glob("home/.local/state/cartwatch/backups/*/*-unsaved.toml")
    assert "pinned = true" in kept.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_closed_window_saves_and_ends(start: Start, path: Path) -> None:
    terminal = opened(start)
    pinned_but_not_saved(terminal, path)
    terminal.hang_up()
    assert terminal.wait(10) == 129
    assert "pinned = true" in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_closed_window_ends_it_without_a_signal_too(start: Start, path: Path) -> None:
    terminal = opened(start, ignored=(signal.SIGHUP,))
    pinned_but_not_saved(terminal, path)
    used = terminal.processor_time
    terminal.hang_up()
    spent = used
    for _ in range(500):  # 10 s, where Textual alone goes on for ever
        if terminal.wait(0.02) is not None:
            break
        spent = terminal.processor_time
    assert terminal.status == 129
    assert spent - used < 5
    assert "pinned = true" in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_stopped_and_continued_it_draws_anew_and_reads_the_file_at_once(start: Start, path: Path) -> None:
    terminal = opened(start)
    terminal.tell(signal.SIGTSTP)
    stopped(terminal)
    terminal.drain()
    restored(terminal)  # the shell has the terminal
    path.write_text(LIST.replace("two-cel", "other-cel"), encoding="utf-8")
    terminal.screen.reset()
    terminal.tell(signal.SIGCONT)
    terminal.until("other-cel")
    terminal.until("one-cel")
    terminal.until("quit")
    terminal.type("q")
    assert terminal.end() == 0
    restored(terminal)


@pytest.mark.slow
def test_a_stop_in_the_midst_of_drawing_does_not_lock_it_up(start: Start, path: Path) -> None:
    """The signal comes while a frame is put into the queue of what the terminal is to get, with the lock of it held."""
    code = """
import os, queue, signal, sys
from cartwatch.app.controllers.edit import Editor
from textual.drivers._writer_thread import WriterThread
wanted = []
put, pin = queue.Queue._put, Editor.pin
def put_and_stop(self, item):
    put(self, item)
    if wanted and isinstance(item, str):
        wanted.clear()
        os.kill(os.getpid(), signal.SIGTSTP)
queue.Queue._put = put_and_stop
Editor.pin = lambda self: (wanted.append(True), pin(self))
from cartwatch.__main__ import main
sys.exit(main())
"""
    terminal = opened(start, code=code)
    terminal.type("p")
    stopped(terminal)
    restored(terminal)
    terminal.screen.reset()
    terminal.tell(signal.SIGCONT)
    terminal.until("two-cel")
    terminal.type("q")
    assert terminal.end() == 0
    assert "pinned = true" in path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_stop_that_can_not_be_caught_leaves_the_terminal_as_it_was_at_the_end(start: Start, path: Path) -> None:
    terminal = opened(start)
    terminal.tell(signal.SIGSTOP)
    stopped(terminal)
    path.write_text(LIST.replace("two-cel", "other-cel"), encoding="utf-8")
    terminal.screen.reset()  # the shell has written over it
    terminal.tell(signal.SIGCONT)
    terminal.until("other-cel")
    terminal.until("one-cel")
    terminal.until("list.toml")
    before = terminal.processor_time
    time.sleep(0.6)
    terminal.drain()
    assert terminal.processor_time - before < 0.3  # no second reader of the keyboard, no burst of ticks
    terminal.type("j")
    terminal.until(lambda text: any(line.startswith("▌") and "other-cel" in line for line in text.splitlines()))
    terminal.type("q")
    assert terminal.end() == 0
    restored(terminal)


@pytest.mark.long
def test_ctrl_z_goes_back_to_the_shell(start: Start) -> None:
    terminal = opened(start)
    terminal.type("\x1a")
    stopped(terminal)
    terminal.screen.reset()
    terminal.tell(signal.SIGCONT)
    terminal.until("two-cel")
    terminal.type("q")
    assert terminal.end() == 0


def stopped(terminal: HardTerminal) -> None:
    for _ in range(500):
        if terminal.state == "T":
            terminal.drain()  # the last that it wrote may still be under way
            return
        terminal.read(0.02)
    raise AssertionError("it goes on")


@pytest.mark.slow
def test_a_terminal_that_does_not_read_holds_neither_a_save_nor_the_end_up(start: Start, path: Path) -> None:
    terminal = opened(start, size=(200, 50))
    for at in range(200):  # more than the terminal's buffer takes
        terminal.resize(200 - at % 2, 50)
        time.sleep(0.002)
    terminal.type("p")
    begun = time.monotonic()
    terminal.tell(signal.SIGTERM)
    assert terminal.wait(12) == 143
    assert time.monotonic() - begun < 10
    terminal.drain()
    assert terminal.settings == terminal.settings_before
    text = path.read_text(encoding="utf-8")
    assert text == LIST or "pinned = true" in text


@pytest.mark.long
def test_a_second_signal_does_no_harm(start: Start) -> None:
    terminal = opened(start)
    for _ in range(3):
        terminal.tell(signal.SIGTERM)
        terminal.tell(signal.SIGHUP)
    assert terminal.end() in (143, 129)
    restored(terminal)


BROKEN = {
    "a handler": "Editor.pin = boom",
    "a timer": "Editor.pin = lambda self: self._host.set_timer(0.01, boom)",
    "a worker": "Editor.pin = lambda self: self._host.run_worker(boom, thread=True)",
    "a render": "Editor.pin = lambda self: (setattr(RunLine, 'render_line', boom), self._host.refresh(), "
    "[each.refresh() for each in self._host.query('*')], self._host.app.push_screen("
    "__import__('cartwatch.app.screens.dialogs', fromlist=['x']).choosing('t', [], [('a', 'b', 'c')])))",
    "the file watcher": "Editor.pin = lambda self: self._host.app.file_watcher._tell(WatchFailed(RuntimeError(NOTE)))",
}


OFTEN = ("a handler", "a worker")


@pytest.mark.parametrize("where", [each if each in OFTEN else pytest.param(each, marks=pytest.mark.long) for each in BROKEN])
def test_an_unexpected_error_saves_restores_and_reports_without_the_notes(
    start: Start, path: Path, tmp_path: Path, where: str
) -> None:
    code = f"""
import sys
from cartwatch.app.controllers.edit import Editor
from cartwatch.app.widgets.drawn import RunLine
from cartwatch.app.file_watcher import WatchFailed
NOTE = "the secret note"
def boom(*args):
    secret = NOTE
    raise RuntimeError(secret)
{BROKEN[where]}
from cartwatch.__main__ import main
sys.exit(main())
"""
    terminal = opened(start, code=code)
    path.chmod(0o444)
    terminal.type(" tx\r")  # a tag, which can't be saved
    terminal.until("NOT SAVED")
    path.chmod(0o644)
    terminal.type("p")
    assert terminal.end() == 1
    restored(terminal)
    assert 'tags = ["x"]' in path.read_text(encoding="utf-8")
    said = terminal.sent.rpartition(b"\x1b[?25h")[2].decode()
    assert "this is a bug (RuntimeError); your list is saved; the details are in" in said, said
    assert "secret" not in said
    assert said.strip().count("\n") == 0
    (report,) = tmp_path.glob("home/.local/state/cartwatch/reports/error-*.txt")
    assert report.stat().st_mode & 0o777 == 0o600
    written = report.read_text(encoding="utf-8")
    assert "builtins.RuntimeError" in written
    assert "the secret" not in written
    assert os.path.basename(__file__) not in written
