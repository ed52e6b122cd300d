"""Completion: what may stand at the cursor, and that bash, zsh, fish and tcsh insert it."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cartwatch.cli.arguments import COMMANDS, GLOBAL
from cartwatch.cli.candidates import FILES, candidates
from cartwatch.cli.commands.completion import SHELLS
from cartwatch.domain.filters.parser import parse as parse_filter
from cartwatch.views.columns import columns

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"


@pytest.fixture(autouse=True)
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTWATCH_FILE", str(SAMPLE))


def texts(*words: str) -> list[str]:
    return [each.text for each in candidates(words[:-1], words[-1])]


def test_every_command_and_option_is_a_candidate():
    shown = [name for name, each in COMMANDS.items() if not each.hidden]
    assert texts("") == shown
    for name in shown:
        assert texts(name, "--") == [f"--{each.long}" for each in (*COMMANDS[name].options, *GLOBAL)]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (["un"], ["undo"]),
        (["--today", "2026-11-22", "un"], ["undo"]),
        (["show", "lasm"], ["lasme-cel"]),
        (["show", "KYM"], ["kymriah"]),
        (["compare", "kymriah", "yesc"], ["yescarta"]),
        (["slips", "iov"], ["Iovance"]),
        (["set", "lasme-cel", "pha"], ["phase="]),
        (["set", "lasme-cel", "phase=piv"], ["phase=Pivotal"]),
        (["set", "lasme-cel", "pinned=t"], ["pinned=true"]),
        (["set", "lasme-cel", "mechanism.targ"], ["mechanism.targets="]),
        (["set", "lasme-cel", "targets=CD19,CD2"], ["targets=CD19,CD22"]),
        (["set", "lasme-cel", "catalyst.balli"], ["catalyst.balli-01-interim."]),
        (["set", "lasme-cel", "catalyst.balli-01-interim.whe"], ["catalyst.balli-01-interim.when="]),
        (["set", "lasme-cel", "catalyst.balli-01-interim.cite=troy-w"], ["catalyst.balli-01-interim.cite=troy-weekly"]),
        (["set", "lasme-cel", "x=1", "--cite", "troy-w"], ["troy-weekly"]),
        (["rm", "lasme-cel", "mechanism.targ"], ["mechanism.targets"]),
        (["add", "lasme-cel", "catal"], ["catalyst", "catalyst."]),
        (["add", "lasme-cel", "catalyst", "whe"], ["when="]),
        (["move", "lasme-cel", "ball"], ["balli-01-interim"]),
        (["resolve", "lasme-cel", "balli-01-interim", "me"], ["met"]),
        (["list", "due"], ["due:"]),
        (["list", "!phase:piv"], ["!phase:Pivotal"]),
        (["list", "phase:1|phase:piv"], ["phase:1|phase:Pivotal"]),
        (["list", "sponsor:bri"], ['sponsor:"Bristol Myers Squibb"']),
        (["list", "--columns", "+program,targ"], ["+program,target"]),
        (["list", "--sort", "phase,-countd"], ["phase,-countdown"]),
        (["list", "--sort=-countd"], ["--sort=-countdown"]),
        (["list", "--view", "what"], ["What recruits"]),
        (["list", "--group", "spons"], ["sponsor"]),
        (["show", "lasme-cel", "--pane", "safety,cata"], ["safety,catalysts"]),
        (["timeline", "--by", "pro"], ["program"]),
        (["export", "--format", "xl"], ["xlsx"]),
        (["changes", "--since", "la"], ["last-visit"]),
        (["reference", "ic"], ["icans"]),
        (["git", "se"], ["setup"]),
        (["completion", "z"], ["zsh"]),
        (["undo", "x"], []),
        (["next", "x"], []),
        (["show", "nobody", "x"], []),
        (["set", "nobody", "catalyst."], []),
        (["set", "lasme-cel", '"a'], []),
        (["list", "nofield:x"], []),
    ],
    ids=" ".join,
)
def test_what_may_stand_there(line, wanted):
    assert texts(*line) == wanted


@pytest.mark.parametrize(
    "line", [["check", ""], ["-f", ""], ["read", "--said", "2026-11-22", "x"], ["git", "setup", "l"], ["li."]]
)
def test_names_of_files_are_left_to_the_shell(line):
    assert candidates(line[:-1], line[-1]) is FILES


def test_a_view_of_the_settings_is_completed(tmp_path, monkeypatch):
    (tmp_path / "config.toml").write_text('[views.Mine]\nfilter = "phase:3"\n')
    monkeypatch.setenv("CARTWATCH_CONFIG", str(tmp_path / "config.toml"))
    assert texts("list", "--view", "mi") == ["Mine"]


def test_every_column_is_completed():
    assert set(texts("list", "--columns", "")) == {*(each.key for each in columns()), "all"}


@pytest.mark.slow
def test_a_completed_filter_is_one_that_is_read():
    for field in texts("list", ""):
        for each in texts("list", field)[:5]:
            assert parse_filter(each) is not None


@pytest.mark.parametrize(
    "text", [None, "", "[[program", "program = 3", "[[program]]\nname = 3\ncatalyst = [1]\nsource = 2", "\xff"]
)
def test_a_file_that_is_missing_or_damaged_says_nothing(run, tmp_path, monkeypatch, text):
    path = tmp_path / "list.toml"
    if text is not None:
        path.write_bytes(text.encode("latin-1"))
    for shell in SHELLS:
        for line in (
            "show ",
            "set x ",
            "set x catalyst.",
            "set x phase=",
            "move x ",
            "list sponsor:",
            "rm x source.",
            "set x --cite ",
        ):
            words = [f"cartwatch -f {path} {line}"] if shell in ("bash", "tcsh") else ["-f", str(path), *line.split(" ")]
            answer = run("complete", shell, "--", *words)
            assert (answer.status, answer.err) == (0, ""), (shell, line)


def test_hostile_text_of_a_file_is_no_candidate(run, tmp_path):
    path = tmp_path / "list.toml"
    path.write_text(
        '[[program]]\nid = "a"\nname = "A\\u001b[2J"\nsponsor = "x\\u202ey\\n:files:"\naliases = ["$(reboot)", "[/b]", "列"]\n'
    )
    answer = run("complete", "fish", "--", "-f", str(path), "show", "")
    assert answer.out.count("\n") == 1
    assert answer.out.startswith("a\t")
    assert "\x1b" not in answer.out
    assert run("complete", "bash", "--", f"cartwatch -f {path} show $").out == "\\$\\(reboot\\)\n"
    assert run("complete", "tcsh", "--", f"cartwatch -f {path} show $").out == ""
    assert run("complete", "bash", "--", f"cartwatch -f {path} set a sponsor=").out == ""


def test_the_line_is_split_as_a_shell_splits_it(run):
    def bash(line: str) -> list[str]:
        return run("complete", "bash", "--", line).out.splitlines()

    assert bash("cd /; A=1 cartwatch und") == ["undo"]
    assert bash("cartwatch set 'lasme-cel' phase=Early") == [r"Early\ Phase\ 1"]
    assert bash('cartwatch set lasme-cel phase="Early P') == ["Early Phase 1"]
    assert bash('cartwatch set lasme-cel "phase=Early P') == ["phase=Early Phase 1"]
    assert bash(r"cartwatch set lasme-cel phase=Early\ P") == [r"Early\ Phase\ 1"]
    assert bash("cartwatch list phase:piv") == ["Pivotal"]
    assert bash("") == bash("cartwatch ") != []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "tcsh", "BASH"])
def test_there_is_a_script_for_it(run, shell):
    answer = run("completion", shell)
    assert (answer.status, answer.err) == (0, "")
    assert f"complete {shell.lower()}" in answer.out


def test_a_shell_that_there_is_none_for(run):
    answer = run("completion", "nosuch")
    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)


def test_nothing_heavy_is_loaded_for_it(tmp_path):
    heavy = {"textual", "tree_sitter", "argparse", "httpx"}
    code = f"import sys\nfrom cartwatch.__main__ import main\nmain(sys.argv[1:])\nprint(sorted({heavy} & set(sys.modules)))"
    line = "cartwatch set lasme-cel catalyst.balli-01-interim."
    done = subprocess.run(
        [sys.executable, "-c", code, "complete", "bash", "--", line], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


# In real shells


@pytest.fixture
def shell_home(run, tmp_path: Path) -> Path:
    program = tmp_path / "bin" / "cartwatch"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cartwatch "$@"\n')
    program.chmod(0o755)
    for shell in SHELLS:
        (tmp_path / f"completion.{shell}").write_text(run("completion", shell).out)
    (tmp_path / "here.toml").write_text("")
    return tmp_path


STARTS = {
    "bash": (["bash", "--norc", "--noprofile"], "source ./completion.bash"),
    "zsh": (["zsh", "-f"], "autoload -U compinit; compinit -u -D; source ./completion.zsh"),
    "fish": (["fish", "--no-config"], "source ./completion.fish"),
    "tcsh": (["tcsh", "-f"], "source ./completion.tcsh"),
}


def typed_in(shell: str, home: Path, typed: str, wanted: str, patience: float = 30.0) -> str:
    """What an interactive shell shows after a line and Tab, until `wanted` is there."""
    argv, source = STARTS[shell]
    environment = {
        "PATH": f"{home / 'bin'}:/usr/bin:/bin", "HOME": str(home), "TERM": "xterm", "LANG": "C.UTF-8", "COLUMNS": "200",
        "CARTWATCH_FILE": str(SAMPLE), "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }  # fmt: skip
    pty = pytest.importorskip("pty", reason="no pseudo-terminals here")
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(home)
        os.execvpe(argv[0], argv, environment)
    seen = ""

    def read(until: str, seconds: float = 30.0) -> None:
        nonlocal seen
        deadline = time.monotonic() + seconds
        while until not in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen) and time.monotonic() < deadline:
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    data = os.read(terminal, 65536)
                except OSError:
                    return
                if b"\x1b[c" in data or b"\x1b[0c" in data:
                    os.write(terminal, b"\x1b[?62;22c")  # fish asks what the terminal is
                seen += data.decode("utf-8", "replace")

    try:
        os.write(terminal, f"{source}; echo rea''dy\r".encode())
        read("ready\r\n")
        seen = ""
        os.write(terminal, typed.encode() + b"\t")
        read(wanted, patience)
    finally:
        os.close(terminal)
        os.kill(child, 9)
        os.waitpid(child, 0)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen)


@pytest.mark.parametrize("shell", list(SHELLS))
@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("cartwatch und", "undo"),
        ("cartwatch show lasm", "lasme-cel"),
        ("cartwatch set lasme-cel phase=Piv", "phase=Pivotal"),
        ("cartwatch set lasme-cel catalyst.bal", "li-01-interim."),
        ("cartwatch list --sort phase,-countd", "phase,-countdown"),
        ("cartwatch check her", "here.toml"),
    ],
)
@pytest.mark.slow
def test_a_real_shell_completes(shell, shell_home, typed, wanted):
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    shown = typed_in(shell, shell_home, typed, wanted)
    assert wanted in shown
    assert "rror" not in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_program_may_be_named_by_its_path(shell, shell_home):
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    assert "lasme-cel" in typed_in(shell, shell_home, "~/bin/cartwatch show lasm", "lasme-cel")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.slow
def test_tab_runs_nothing_that_is_typed(shell, shell_home):
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    for typed in ("cartwatch show $(touch ran) lasm", "$(touch ran)/cartwatch und"):
        typed_in(shell, shell_home, f"{typed}\t", "\0", patience=1.5)
        assert not (shell_home / "ran").exists(), typed


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_value_with_spaces_is_quoted_by_a_real_shell(shell, shell_home):
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    assert r"Early\ Phase\ 1" in typed_in(shell, shell_home, "cartwatch set lasme-cel phase=Ear", r"Early\ Phase\ 1")
