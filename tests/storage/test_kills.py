"""A program killed at any instant of continuous saving: the file is whole, no acknowledged edit gone, no litter."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tomli

from cartwatch.storage import save as save_module
from cartwatch.storage.cleanup import sweep
from cartwatch.storage.journal import Journal

SOURCE = str(Path(save_module.__file__).parents[2])

SAVER = """
import os, sys
sys.path.insert(0, sys.argv[1])
from cartwatch.storage.reading import read_file
from cartwatch.storage.save import save
path, state, acknowledged = sys.argv[2:5]
log = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
found = read_file(path)
number = int(found.data.split()[2])
while True:
    number += 1
    data = b"number = %d\\npadding = [%s]\\nlast = %d\\n" % (number, b"1, " * (number % 7000), number)
    found = save(path, data, base=found.sha256, lock_dir=state + "/locks", keep_dir=state + "/kept")
    assert not found.warnings, found.warnings
    os.write(log, b"%d\\n" % number)
"""

APPENDER = """
import sys
sys.path[:0] = sys.argv[3:]
from datetime import datetime, UTC
from cartwatch.storage.journal import JournalEntry
from cartwatch.storage.journal import Journal
from cartwatch.storage.cleanup import sweep
journal = Journal(sys.argv[1], size=60_000)
number = int(sys.argv[2])
while True:
    number += 1
    journal.append(JournalEntry(datetime.now(UTC), "app", str(number), "0" * 64, "0" * 64, ({"new": "x" * (number % 400)},)))
    print(number, flush=True)
"""


def _kill_saves(tmp_path: Path, kills: int) -> int:
    """Kill that many times; how many saves were acknowledged."""
    path, state, log = tmp_path / "home" / "watchlist.toml", tmp_path / "state", tmp_path / "acknowledged"
    path.parent.mkdir()
    path.write_bytes(b"number = 0\nlast = 0\n")
    script = tmp_path / "saver.py"
    script.write_text(SAVER)
    last = 0
    for _ in range(kills):
        done = log.stat().st_size if log.exists() else 0
        arguments = [sys.executable, "-I", "-S", str(script), SOURCE, str(path), str(state), str(log)]
        process = subprocess.Popen(arguments, stderr=subprocess.PIPE)
        while process.poll() is None and (not log.exists() or log.stat().st_size == done):
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.03))
        process.kill()
        _, trouble = process.communicate(timeout=20)
        assert (process.returncode, trouble) == (-9, b"")
        found = tomli.loads(path.read_text())
        acknowledged = int(log.read_text().split()[-1])
        assert found["number"] == found["last"]
        assert found["number"] in (acknowledged, acknowledged + 1)
        assert found["number"] > last
        last = found["number"]
    sweep(str(path.parent), time.time())  # as the next start does, at once
    sweep(str(state / "kept"), time.time())
    assert os.listdir(path.parent) == ["watchlist.toml"]
    assert len([each for each in os.listdir(state / "kept") if not each.startswith("last-")]) <= 4
    return last


@pytest.mark.slow
def test_killed_while_saving(tmp_path: Path) -> None:
    assert _kill_saves(tmp_path, 12) >= 12


@pytest.mark.long
@pytest.mark.parametrize("part", range(4))  # in parts, as several processes test at once
def test_killed_a_thousand_times_while_saving(tmp_path: Path, part: int) -> None:
    assert _kill_saves(tmp_path, 250) >= 250


@pytest.mark.slow
def test_killed_while_writing_the_journal(tmp_path: Path) -> None:
    script, path = tmp_path / "appender.py", tmp_path / "journal.toml"
    script.write_text(APPENDER)
    site = [entry for entry in sys.path if entry.endswith("site-packages")]
    number = 0
    for _ in range(5):
        arguments = [sys.executable, str(script), str(path), str(number), SOURCE, *site]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(random.uniform(0, 0.05))
        process.kill()
        output, trouble = process.communicate(timeout=20)
        assert trouble == b""
        acknowledged = int(output.split()[-1]) if output else number + 1
        newest = next(Journal(str(path)).newest_first())
        assert int(newest.words) in (acknowledged, acknowledged + 1)
        number = int(newest.words)
    numbers = [int(change.words) for change in Journal(str(path)).newest_first()]
    assert numbers == list(range(number, number - len(numbers), -1))
