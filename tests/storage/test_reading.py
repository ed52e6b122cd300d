"""Reading: regular files only, no more than the limit, one line of trouble."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from desk import OLD, Desk
from faulty_os import FaultyOs, install

from cartwatch.storage.errors import NotAFile, StorageError, TooLarge, Unreadable
from cartwatch.storage.reading import FileState, read_file, sha256


def test_the_state_of_a_file(desk: Desk) -> None:
    found, status = desk.read(), desk.file.stat()
    assert found.data == OLD
    assert found.sha256 == sha256(OLD)
    assert found.stamp == (status.st_mtime_ns, len(OLD), status.st_ino, status.st_dev)
    assert (found.mode, found.links, found.readonly) == (status.st_mode & 0o7777, 1, None)


def test_the_limit_is_exact(desk: Desk) -> None:
    assert read_file(str(desk.file), len(OLD)).data == OLD
    with pytest.raises(TooLarge, match="larger than"):
        read_file(str(desk.file), len(OLD) - 1)


SIZES = [0, 1, 1 << 18, (1 << 18) + 1, 600_000]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("other", ["same", "shorter", "longer", "first", "last", "in the middle", "nothing"])
def test_what_is_expected_is_compared_to_the_last_byte(tmp_path: Path, size: int, other: str) -> None:
    data = os.urandom(size)
    expected = {
        "same": bytes(data),
        "shorter": data[:-1],
        "longer": data + b"x",
        "first": b"\xff" + data[1:] if data[:1] != b"\xff" else b"\x00" + data[1:],
        "last": data[:-1] + bytes([data[-1] ^ 1]) if data else b"?",
        "in the middle": data[: size // 2] + b"+" + data[size // 2 :],
        "nothing": b"",
    }[other]
    path = tmp_path / "file"
    path.write_bytes(data)
    known = FileState(expected, (0, 0, 0, 0), 0)
    hash_before = known.sha256
    found = read_file(str(path), expected=known)
    assert found.data == data
    assert found.sha256 == sha256(data)
    assert known.sha256 == hash_before == sha256(expected)


@pytest.mark.parametrize("more", [0, 1, 300_000])
def test_the_limit_holds_beside_what_is_expected(tmp_path: Path, more: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * (300_000 + more))
    known = FileState(b"x" * 290_000, (0, 0, 0, 0), 0)
    if not more:
        assert len(read_file(str(path), 300_000, known).data) == 300_000
        return
    with pytest.raises(TooLarge):
        read_file(str(path), 300_000, known)


@pytest.mark.parametrize("kind", ["directory", "fifo", "socket", "/dev/zero", "/dev/full", "/dev/null"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    path = tmp_path / "thing"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        monkeypatch.chdir(tmp_path)  # a socket name must be short, which a deep temporary directory is not
        listening = socket.socket(socket.AF_UNIX)
        listening.bind("thing")
        listening.close()
    else:
        path = Path(kind)
    with pytest.raises((NotAFile, Unreadable)) as caught:
        read_file(str(path))
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_the_callers_matter(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_file(str(tmp_path / "no.toml"))


def test_a_loop_of_links_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("a")
    with pytest.raises(StorageError, match="form a loop"):
        read_file(str(tmp_path / "a"))


def test_a_file_that_is_being_written_is_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    longer = OLD + b"more = 1\n"

    def finish() -> None:
        desk.file.write_bytes(longer)

    faulty = install(monkeypatch, FaultyOs(before={"read": finish}))
    found = read_file(str(desk.file))
    assert found.data == longer
    assert found.stamp == desk.read().stamp
    assert [name for name, _ in faulty.calls].count("lseek") == 1
