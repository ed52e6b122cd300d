"""The real process, the real kernel: each system call of a save fails, or is the last that the process makes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desk import NEW, OLD, Desk

from cartwatch.storage import save as save_module
from cartwatch.storage.cleanup import sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = str(Path(save_module.__file__).parents[2])
MARK = "/cartwatch-test-mark"
SAVER = f"""
import os, sys
sys.path.insert(0, sys.argv[1])
import cartwatch.storage.errors, fcntl, hashlib
from cartwatch.storage.errors import StorageError
from cartwatch.storage.reading import read_file, sha256
from cartwatch.storage.save import save
_, _, path, state, new = sys.argv
data = open(new, "rb").read()
base = sha256(open(path, "rb").read())
os.access("{MARK}", 0)
try:
    save(path, data, base=base, lock_dir=state + "/locks", keep_dir=state + "/kept")
    outcome = "saved"
except StorageError as error:
    outcome = "refused " + str(error)
os.access("{MARK}", 0)
print(outcome)
"""
# Those that a save makes; memory and clocks are not its own.
CALLS = re.compile(
    r"^(?:\d+ +)?(openat|read|write|close|fsync|fchmod|fchown|flock|link|rename|unlink|lseek|newfstatat|fstat|mkdir)\("
)
ERRORS = ["ENOSPC", "EIO", "EACCES", "EXDEV", "EBUSY", "EDQUOT", "EMFILE", "ENOLCK"]


@cache
def _works(*options: str) -> bool:
    if shutil.which("strace") is None:
        return False
    probe = ["strace", "-qq", *options, "-e", "inject=fsync:error=EIO:when=99", sys.executable, "-I", "-S", "-c", ""]
    return subprocess.run(probe, capture_output=True, timeout=20, check=False).returncode == 0


def _only(call: str, what: str) -> list[str]:
    """Trace one kind of call and the marks. The kernel's own filter spares the others the way, but no signal comes by it."""
    fast = ["-f", "--seccomp-bpf"]
    filtered = what.startswith("error") and _works(*fast)
    return [*(fast if filtered else []), "-e", f"trace=access,faccessat,faccessat2,{call}"]


pytestmark = pytest.mark.skipif(not _works(), reason="strace is not installed, or may not trace here")


class Traced:
    """A save of a second text under strace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "saver.py").write_text(SAVER)
        (folder / "new").write_bytes(NEW)
        self.before: Counter[str] = Counter()
        self.during: Counter[str] = Counter()
        desk, lines = self.run("count")
        assert desk.file.read_bytes() == NEW
        marks = 0
        for line in lines:
            marks += MARK in line
            if match := CALLS.match(line):
                (self.before if marks == 0 else self.during if marks == 1 else Counter[str]())[match[1]] += 1

    def run(self, name: str, *options: str) -> tuple[Desk, list[str]]:
        desk = Desk.at(self.folder / name)
        desk.save(b"zeroth = 0\n")
        desk.save(OLD)
        log = desk.state / "strace.log"
        command = ["strace", "-qq", "-o", str(log), *options, sys.executable, "-I", "-S", "-B", str(self.folder / "saver.py")]
        arguments = [SOURCE, str(desk.file), str(desk.state), str(self.folder / "new")]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=30, check=False)
        self.outcome, self.trouble, self.code = done.stdout.strip(), done.stderr, done.returncode
        lines = log.read_text().splitlines()
        log.unlink()
        return desk, lines

    def sweep(self, what: str, calls: list[str]) -> int:
        """Inject at call 1, 2, 3 … of each kind until none is left; how many runs were hit within the save."""
        hit = 0
        for call in calls:
            for number in range(1, self.during[call] + 1):
                name = f"{what}-{call}-{number}".replace("=", "-")
                inject = f"inject={call}:{what}:when={self.before[call] + number}"
                desk, lines = self.run(name, *_only(call, what), "-e", inject)
                hit += self._injected(lines, what)
                found = desk.file.read_bytes()
                assert found in (OLD, NEW), name
                assert "Traceback" not in self.trouble, f"{name}: {self.trouble}"
                if self.outcome:
                    assert found == (NEW if self.outcome == "saved" else OLD), f"{name}: {self.outcome}"
                    assert call in ("unlink", "close") or desk.litter() == [], name
                desk.save(b"afterwards = 1\n")
                for folder in (desk.folder, desk.state / "kept"):  # as the next start does
                    sweep(str(folder), time.time())
                assert desk.litter() == [], name
                shutil.rmtree(desk.folder.parent)
        return hit

    def _injected(self, lines: list[str], what: str) -> bool:
        if what == "signal=KILL":
            return self.code != 0 and not self.outcome
        marks = 0
        for line in lines:
            marks += MARK in line
            if "(INJECTED)" in line:
                return marks == 1
        return False


@pytest.fixture
def traced() -> Iterator[Traced]:
    with tempfile.TemporaryDirectory() as folder:  # not far down: each step of the path is looked at many times a save
        yield Traced(Path(folder) / "t")


CHANGING = ["openat", "write", "fsync", "fchmod", "fchown", "flock", "link", "rename", "unlink", "mkdir"]


@pytest.mark.slow
def test_killed_at_each_call_that_changes_a_name(traced: Traced) -> None:
    expected = sum(traced.during[call] for call in ("link", "rename", "unlink"))
    assert traced.sweep("signal=KILL", ["link", "rename", "unlink"]) == expected > 3


@pytest.mark.slow
def test_the_last_step_fails_for_real(traced: Traced) -> None:
    assert traced.sweep("error=ENOSPC", ["write", "fsync", "rename"]) == 5  # the copy of what was saved, too


def test_a_write_that_lies_is_found_out(traced: Traced) -> None:
    at = traced.before["write"] + 1
    desk, lines = traced.run("lie", "-e", f"inject=write:retval=1:when={at}")
    assert any("(INJECTED)" in line for line in lines)
    assert "other bytes than were written" in traced.outcome
    assert desk.file.read_bytes() == OLD
    assert desk.litter() == []


@pytest.mark.long
@pytest.mark.parametrize("error", ERRORS)
def test_each_call_fails_once(traced: Traced, error: str) -> None:
    calls = sorted(traced.during)
    assert traced.sweep(f"error={error}", calls) == traced.during.total() > 40


@pytest.mark.long
@pytest.mark.parametrize("error", ERRORS)
def test_each_kind_of_call_fails_for_ever(traced: Traced, error: str) -> None:
    for call in CHANGING:
        if not traced.during[call]:
            continue
        at = traced.before[call] + 1
        desk, _ = traced.run(f"for-ever-{call}", *_only(call, "error"), "-e", f"inject={call}:error={error}:when={at}+")
        found = desk.file.read_bytes()
        assert found in (OLD, NEW)
        assert "Traceback" not in traced.trouble
        if traced.outcome:  # the answer itself can't be written if every write fails
            assert found == (NEW if traced.outcome == "saved" else OLD)


@pytest.mark.long
def test_killed_at_each_call(traced: Traced) -> None:
    assert traced.sweep("signal=KILL", sorted(traced.during)) == traced.during.total()
