"""Damaged files: whatever was cut off or flipped, an import ends with 0, 1 or 2, and 2 has touched nothing."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from cartwatch.__main__ import main

SAMPLE = (Path(__file__).parents[2] / "sample_watchlist.toml").read_bytes()
GOOD = (
    SAMPLE[:6_000],
    b'\xef\xbb\xbftitle = "T"\r\n[[program]]\r\nname = "A"\r\nnotes = """\r\nx\r\n"""\r\n',
    b'program = [{ name = "A", catalyst = [{ event = "e", when = 2026-12-01 }] }, { name = "B", own.deep = [1, 2.5, true] }]\n',
    b'name,phase,event,when\n"A, B",Phase 2,BLA,Q4 2026\nC,,,\n',
    b'{"studies": [{"protocolSection": {"identificationModule": {"nctId": "NCT00000001", "briefTitle": "x"}}}]}',
)
START = b'[[program]]\nid = "a"\nname = "A"\nphase = "Phase 1"\n'
NAMES = ("a.toml", "b.toml", "c.toml", "d.csv", "e.json")


def damaged(number: int) -> tuple[str, bytes]:
    """The number-th damaged file, always the same one."""
    chance = random.Random(number)
    which = chance.randrange(len(GOOD))
    data = bytearray(GOOD[which])
    kind = chance.randrange(4)
    if kind == 0:
        del data[chance.randrange(len(data)) :]
    elif kind == 1:
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif kind == 2:
        at = chance.randrange(len(data))
        data[at:at] = chance.choice([b"\0", b"\xff", b'"', b"[", b"\n", b"=", b"\x1b", b"\xe2\x80\xae", b"{", b"'''", b"1e999"])
    else:
        first, last = sorted(chance.randrange(len(data)) for _ in range(2))
        del data[first : min(last, first + 200)]
    return NAMES[which], bytes(data)


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder: its bytes and the time of its last change."""
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                found[path] = (file.read(), os.fstat(file.fileno()).st_mtime_ns)
    return found


def check(folder: Path, capsys: pytest.CaptureFixture[str], numbers: range) -> None:
    kept = folder / "kept"
    mine = kept / "mine.toml"
    seen = dict.fromkeys((0, 1, 2), 0)
    before: dict[str, tuple[bytes, int]] | None = None
    for at, number in enumerate(numbers):
        if at % 20 == 0:  # a list with an edit that can be taken back, a journal and a backup
            shutil.rmtree(kept, ignore_errors=True)
            kept.mkdir()
            mine.write_bytes(START)
            assert main(["set", "a", "phase=Phase 2", "-f", str(mine)]) == 0
            capsys.readouterr()
            before = None
        name, data = damaged(number)
        (folder / name).write_bytes(data)
        before = tree(kept) if before is None else before
        assert len(before) > 2
        status = main(["import", str(folder / name), "-f", str(mine)])
        out, err = capsys.readouterr()
        assert status in seen, (number, err)
        seen[status] += 1
        assert "Traceback" not in err
        assert "this is a bug" not in err, (number, err)
        if status == 2:
            assert out == ""
            assert err.count("\n") == 1, (number, err)
            assert tree(kept) == before, number
        else:
            before = None
    assert all(seen[each] for each in (0, 2)), seen


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "kept" / "state"))


@pytest.mark.slow
def test_damaged_files(tmp_path, capsys):
    check(tmp_path, capsys, range(150))


@pytest.mark.long
@pytest.mark.parametrize("first", range(1_000, 11_000, 1_250))
def test_ten_thousand_damaged_files(tmp_path, capsys, first):
    check(tmp_path, capsys, range(first, first + 1_250))


@pytest.mark.long
def test_damaged_files_in_processes_of_their_own(tmp_path, script):
    mine = tmp_path / "kept" / "mine.toml"
    mine.parent.mkdir()
    mine.write_bytes(START)
    before, refused = tree(mine.parent), 0
    for number in range(20_000, 20_025):
        name, data = damaged(number)
        path = tmp_path / name
        path.write_bytes(data)
        done = subprocess.run(
            [*script, "import", str(path), "-f", str(mine)], capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode in (0, 1, 2), (number, done)
        assert "Traceback" not in done.stderr, (number, done)
        assert "this is a bug" not in done.stderr, (number, done)
        if done.returncode == 2:
            refused += 1
            assert (done.stdout, done.stderr.count("\n")) == ("", 1), (number, done)
            assert tree(mine.parent) == before, number
        before = tree(mine.parent)
    assert refused


@pytest.mark.long
@pytest.mark.parametrize("which", range(1, len(GOOD)))
def test_every_beginning_of_a_file(tmp_path, capsys, which):
    mine = tmp_path / "mine.toml"
    mine.write_bytes(b"")
    for length in range(len(GOOD[which])):
        path = tmp_path / NAMES[which]
        path.write_bytes(GOOD[which][:length])
        assert main(["import", str(path), "-f", str(mine), "--dry-run"]) in (0, 1, 2)
        assert "this is a bug" not in capsys.readouterr().err
