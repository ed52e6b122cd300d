"""The program as a process: what it imports, and how it ends when its output goes nowhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = str(Path(__file__).parents[2] / "sample_watchlist.toml")
HEAVY = ("textual", "rich", "httpx", "argparse", "asyncio", "tree_sitter", "icalendar", "platformdirs")

PROBE = """
import sys
from cartwatch.__main__ import main
status = main(sys.argv[1:])
print(sorted(set(sys.modules) & set({names!r})), status, file=sys.stderr)
"""


def probe(names, *argv: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(names=names), *argv], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "argv",
    [["next"], ["next", "--json"], ["list"], ["show", "lasme-cel"], ["when", "Q4 2026"], ["path"], ["--version"], ["--help"]],
)
def test_no_command_imports_what_it_does_not_need(argv):
    assert probe(HEAVY, *argv, "-f", SAMPLE) == "[] 0"


def test_check_needs_no_app_and_no_network():
    assert probe(("textual", "rich", "httpx"), "check", SAMPLE) == "[] 0"


@pytest.mark.parametrize(
    "argv",
    [
        ["set", "a", "phase=2"],
        ["add", "B", "mechanism.targets=CD19"],
        ["move", "a", "first", "Q1 2027"],
        ["resolve", "a", "first", "met"],
        ["rm", "a", "catalyst.first"],
        ["backups"],
        ["restore", "latest"],
        ["undo"],
        ["changes"],
        ["doctor"],
        ["sync"],
    ],
)
def test_no_edit_imports_the_app_or_the_network(tmp_path, monkeypatch, argv):
    from cartwatch.__main__ import main

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = tmp_path / "w.toml"
    path.write_text('[[program]]\nid = "a"\nname = "a"\n[[program.catalyst]]\nid = "first"\nwhen = "Q4 2026"\n')
    assert main(["set", "a", "sponsor=S", "-f", str(path)]) == 0
    assert probe(("textual", "rich", "httpx", "argparse", "asyncio", "icalendar"), *argv, "-f", str(path)) == "[] 0"


def test_a_release_is_read_without_the_network_and_the_reader_of_pages(tmp_path):
    path = tmp_path / "release.txt"
    path.write_text("Acme, March 1, 2026 -- Data of lasme-cel are expected in Q4 2026.")
    names = ("textual", "rich", "httpx", "asyncio", "selectolax", "pypdf", "icalendar", "argparse")
    assert probe(names, "read", str(path), "--dry-run", "-f", SAMPLE) == "[] 0"


def test_a_closed_pipe_ends_quietly(script):
    done = subprocess.run(
        ["sh", "-c", f"{' '.join(script)} show lasme-cel -f '{SAMPLE}' | true"], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_is_said(script):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*script, "list", "-f", SAMPLE], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("cartwatch: cannot write the output: ")
    assert done.stderr.count("\n") == 1


def test_closed_streams_are_no_traceback(script):
    done = subprocess.run(
        ["sh", "-c", f"{' '.join(script)} list -f '{SAMPLE}' >&-"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1


def test_output_in_a_poor_encoding_is_plain(script):
    done = subprocess.run(
        [*script, "next", "-f", SAMPLE, "--today", "2026-11-22"],
        capture_output=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert b"OPEN | <=39d left" in done.stdout
    assert done.stdout.isascii()


def test_an_interrupt_is_130(tmp_path):
    # A job in the background of a shell inherits that interrupts are ignored, and so would the program in it.
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code += "import time, cartwatch.cli.dispatch as d; d.dispatch = lambda *_: print('up', flush=True) or time.sleep(30)\n"
    code += "import sys; from cartwatch.__main__ import main; sys.exit(main(['list']))"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "", "")


def on_terminal(*argv: str, **environment: str) -> tuple[int, str]:
    """Runs the program in a pseudo-terminal of 80 columns; its exit status and all that it wrote."""
    code = "import fcntl, os, struct, sys, termios; "
    code += "fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0)); "
    code += "from cartwatch.__main__ import main; sys.exit(main(sys.argv[1:]))"
    pid, terminal = os.forkpty()
    if not pid:
        os.execve(sys.executable, [sys.executable, "-c", code, *argv], {**os.environ, **environment})
    written = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not part:
            break
        written += part
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), written.decode()


def test_a_terminal_gets_colour_its_own_width_and_a_word_on_the_sign():
    status, out = on_terminal("next", "-f", SAMPLE, "--today", "2026-11-22", TERM="xterm-256color")
    assert status == 0
    assert "\x1b[1;32mOPEN · ≤39d left\x1b[0m" in out
    assert "Sponsor" not in out
    assert "° marks facts whose source is not checked" in out


@pytest.mark.parametrize(("options", "environment"), [([], {"NO_COLOR": "1"}), ([], {"TERM": "dumb"}), (["--no-color"], {})])
def test_colour_can_be_refused(options, environment):
    status, out = on_terminal("list", "-f", SAMPLE, *options, **{"TERM": "xterm", **environment})
    assert status == 0
    assert "\x1b" not in out


def test_a_dumb_terminal_gets_no_app():
    status, out = on_terminal(SAMPLE, TERM="dumb")
    assert status == 2
    assert "cartwatch list" in out
    assert "\x1b" not in out


@pytest.mark.parametrize(("argv", "status"), [(["list"], 0), (["when", "soonish"], 1), (["shwo"], 2)])
def test_the_process_ends_with_the_status_and_all_of_its_output(argv, status, home):
    words = [*argv, "-f", str(SAMPLE)] if argv[0] == "list" else argv
    begin = "import sys; from cartwatch.__main__ import main, script; "
    ended, plain = (
        subprocess.run([sys.executable, "-c", begin + end, *words], capture_output=True, text=True, timeout=60, check=False)
        for end in ("script()", "sys.exit(main())")
    )
    assert ended.returncode == plain.returncode == status
    assert (ended.stdout, ended.stderr) == (plain.stdout, plain.stderr)
    assert ended.stdout or ended.stderr
