"""The real program while others are at the same file: a second cartwatch, sed, cp, vim and git."""

from __future__ import annotations

import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from hard_terminal import LIST, HardTerminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[..., HardTerminal]


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
        terminal = running[-1]
        terminal.until("quit")
        return terminal

    yield begin
    for each in running:
        each.close()


def typed(terminal: HardTerminal, *keys: str) -> None:
    for each in keys:
        terminal.type(each)
        terminal.read(0.1)


def until_text(path: Path, wanted: str, seconds: float = 20) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if wanted in (text := path.read_text(encoding="utf-8")):
            return text
        time.sleep(0.05)
    raise AssertionError(f"{wanted!r} is not in\n{path.read_text(encoding='utf-8')}")


@pytest.mark.long
def test_what_one_cartwatch_saves_the_other_shows_within_two_seconds(start: Start, path: Path) -> None:
    one, other = start(), start()
    typed(one, "p")
    until_text(path, "pinned = true")
    begun = time.monotonic()
    other.until("1 changed")
    assert time.monotonic() - begun < 3
    assert other.status is None


SELDOM = """
import sys
from cartwatch.app import file_watcher
file_watcher.INTERVAL = 2.5
from cartwatch.__main__ import main
sys.exit(main())
"""


@pytest.mark.slow
def test_two_that_edit_the_same_value_are_asked_and_lose_neither(start: Start, path: Path, tmp_path: Path) -> None:
    one, other = start(), start(code=SELDOM, size=(100, 30))
    for terminal, text in ((one, "of one"), (other, "of the other")):
        terminal.type("m")
        terminal.until("Ctrl-s save")
        terminal.type(text)
        terminal.until(text)
    one.type("\x13")
    until_text(path, 'notes = "of one"')
    other.type("\x13")
    other.until("Also changed outside cartwatch")
    other.until("yours   of the other")
    other.until("theirs  of one")
    (log,) = tmp_path.glob("home/.local/state/cartwatch/conflicts/*.toml")
    assert all(each in log.read_text(encoding="utf-8") for each in ('ours = "of the other"', 'theirs = "of one"'))
    assert 'notes = "of the other"' in path.read_text(encoding="utf-8")
    other.type(" \x13")
    until_text(path, 'notes = "of one"')
    other.until("Settled")
    other.type("u")
    until_text(path, 'notes = "of the other"')


@pytest.mark.parametrize(
    "way", ["sed -i", pytest.param("cp", marks=pytest.mark.long), pytest.param("in place", marks=pytest.mark.long)]
)
def test_an_editor_changes_the_file_and_the_next_edit_keeps_both(start: Start, path: Path, tmp_path: Path, way: str) -> None:
    terminal = start()
    theirs = LIST.replace("own_key", "their_key")
    if way == "sed -i":
        subprocess.run(["sed", "-i", "s/own_key/their_key/", str(path)], check=True)
    elif way == "cp":
        (tmp_path / "new").write_text(theirs, encoding="utf-8")
        shutil.copy(tmp_path / "new", path)
    else:
        with path.open("r+", encoding="utf-8") as file:
            file.write(theirs)
            file.truncate()
    typed(terminal, "p")
    text = until_text(path, "pinned = true")
    assert "their_key" in text
    assert "# kept as it is" in text
    terminal.type("q")
    assert terminal.end() == 0


@pytest.mark.skipif(shutil.which("vim") is None, reason="there is no vim")
@pytest.mark.long
def test_vim_saves_the_file_while_it_is_open(start: Start, path: Path) -> None:
    terminal = start()
    subprocess.run(
        ["vim", "-es", "-u", "NONE", "-c", "%s/two-cel/vim-cel/", "-c", "wq", str(path)],
        check=False, stdin=subprocess.DEVNULL, timeout=30,
    )  # fmt: skip
    terminal.until("vim-cel")
    assert "NOT SAVED" not in terminal.text


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
@pytest.mark.slow
def test_git_switches_branches_and_conflicts_under_an_open_list(start: Start, path: Path, tmp_path: Path) -> None:
    def git(*words: str, check: bool = True) -> None:
        env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", "-c", "user.name=x", "-c", "user.email=x@example.org", *words], cwd=tmp_path, env=env, capture_output=True
        )
        assert done.returncode == 0 or not check, done.stderr

    git("init", "-q", "-b", "main")
    git("add", "list.toml")
    git("commit", "-qm", "one")
    git("switch", "-qc", "other")
    crlf = LIST.replace("one-cel", "branch-cel").replace("\n", "\r\n")
    path.write_bytes(crlf.encode())
    git("commit", "-qam", "two")
    git("switch", "-q", "main")
    path.write_text(LIST.replace("one-cel", "main-cel"), encoding="utf-8")
    git("commit", "-qam", "three")
    terminal = start(size=(110, 30))
    terminal.until("main-cel")
    git("switch", "-q", "other")
    terminal.until("branch-cel")
    typed(terminal, "p")
    until_text(path, "pinned = true")
    assert path.read_bytes().replace(b"\r\n", b"").count(b"\n") == 0
    git("checkout", "-q", "--", "list.toml")
    terminal.until("Reloaded: 1 changed")
    git("merge", "-q", "main", check=False)
    terminal.until("git merge conflict in lines")
    assert "branch-cel" in terminal.text  # the list as it was
    git("merge", "--abort")
    terminal.until(lambda text: "git merge conflict" not in text.splitlines()[0])
    terminal.type("q")
    assert terminal.end() == 0


@pytest.mark.slow
def test_an_idle_app_writes_nothing_and_costs_little(start: Start) -> None:
    terminal = start()
    terminal.read(0.5)
    terminal.drain()
    sent, used = len(terminal.sent), terminal.processor_time
    time.sleep(3)
    terminal.drain()
    assert len(terminal.sent) == sent
    assert terminal.processor_time - used <= 0.12  # 4 % of a processor; Textual alone takes as much
