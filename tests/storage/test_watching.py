"""A poll notices every change by another program once, and no change of our own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from desk import NEW, OLD, Desk

from cartwatch.storage.watching import Watcher, conflict_siblings


def _watcher(desk: Desk, path: Path | None = None) -> Watcher:
    watcher = Watcher(str(path or desk.file), desk.read(), str(desk.state / "kept"))
    assert watcher.poll() is None
    return watcher


def _rename_over(path: Path, data: bytes) -> None:
    other = path.with_suffix(".swp")
    other.write_bytes(data)
    other.replace(path)


def _same_size_and_time(path: Path, data: bytes) -> None:
    """As a coarse clock leaves it: only the inode tells."""
    status = path.stat()
    _rename_over(path, data[: status.st_size].ljust(status.st_size, b"\n"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("write", [Path.write_bytes, _rename_over, _same_size_and_time])
def test_a_change_is_reported_once_with_its_bytes(desk: Desk, write: Callable[[Path, bytes], object]) -> None:
    watcher = _watcher(desk)
    write(desk.file, NEW)
    change = watcher.poll()
    assert change is not None
    assert change.state is not None
    assert (change.kind, change.state.data) == ("changed", desk.file.read_bytes())
    assert watcher.poll() is None


def test_touched_or_rewritten_as_it_was_is_no_change(desk: Desk) -> None:
    watcher = _watcher(desk)
    os.utime(desk.file, (1, 1))
    assert watcher.poll() is None
    _rename_over(desk.file, OLD)
    assert watcher.poll() is None


def test_our_own_save_is_no_change(desk: Desk) -> None:
    watcher = _watcher(desk)
    watcher.loaded(desk.save())
    assert watcher.poll() is None


def test_a_change_right_after_our_save_is_one(desk: Desk) -> None:
    watcher = _watcher(desk)
    saved = desk.save()
    desk.file.write_bytes(OLD)
    watcher.loaded(saved)
    change = watcher.poll()
    assert change is not None
    assert change.kind == "changed"


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("vanished", Path.unlink),
        ("emptied", lambda path: path.write_bytes(b"")),
        ("emptied", lambda path: path.write_bytes(b" \n")),
        ("nul", lambda path: path.write_bytes(b"\0" * len(OLD))),
        ("nul", lambda path: path.write_bytes(OLD + b"\0\0")),
        ("not-a-file", lambda path: (path.unlink(), path.mkdir())),
        ("not-a-file", lambda path: (path.unlink(), os.mkfifo(path))),
        ("not-a-file", lambda path: (path.unlink(), path.symlink_to("/dev/zero"))),
        ("vanished", lambda path: (path.unlink(), path.symlink_to("nowhere"))),
        ("unreadable", lambda path: (path.unlink(), path.symlink_to(path.name))),
    ],
    ids=["unlink", "truncate", "blank", "nul", "nul-tail", "directory", "fifo", "device", "dangling", "loop"],
)
def test_a_loss_is_named_once_and_the_return_noticed(desk: Desk, kind: str, action: Callable[[Path], object]) -> None:
    watcher = _watcher(desk)
    action(desk.file)
    change = watcher.poll()
    assert change is not None
    assert change.kind == kind
    assert change.kind != "changed"
    assert watcher.poll() is None
    if desk.file.is_dir():
        desk.file.rmdir()
    elif os.path.lexists(desk.file):
        desk.file.unlink()
    gone = watcher.poll()
    assert gone is None or (kind != "vanished" and gone.kind == "vanished")
    desk.file.write_bytes(NEW)
    back = watcher.poll()
    assert back is not None
    assert back.kind == "changed"


def test_a_link_that_points_elsewhere_now_is_a_change(desk: Desk) -> None:
    link = desk.folder / "link.toml"
    link.symlink_to("watchlist.toml")
    watcher = _watcher(desk, link)
    (desk.folder / "other.toml").write_bytes(NEW)
    link.unlink()
    link.symlink_to("other.toml")
    change = watcher.poll()
    assert change is not None
    assert change.state is not None
    assert change.state.data == NEW


def test_a_write_half_done_is_reported_again_when_it_goes_on(desk: Desk) -> None:
    watcher = _watcher(desk)
    with open(desk.file, "wb") as file:
        file.write(NEW[:100])
        file.flush()
        half = watcher.poll()
        file.write(NEW[100:])
    whole = watcher.poll()
    assert [change and change.state and change.state.data for change in (half, whole)] == [NEW[:100], NEW]


def test_a_list_that_does_not_exist_yet_is_noticed_when_it_does(tmp_path: Path) -> None:
    watcher = Watcher(str(tmp_path / "w.toml"), None, str(tmp_path / "kept"))
    assert watcher.poll() is None
    (tmp_path / "w.toml").write_bytes(NEW)
    change = watcher.poll()
    assert change is not None
    assert change.kind == "changed"


SIBLINGS = [
    "watchlist.sync-conflict-20261123-140203-ABCDEF7.toml",
    "watchlist (Ann's conflicted copy 2026-11-23).toml",
    "watchlist (conflicted copy 2026-11-23 140203).toml",
    "watchlist (Ann's laptop's conflicted copy 2026-11-23 (1)).toml",
]


@pytest.mark.parametrize("name", SIBLINGS[:3])
def test_the_other_version_of_a_sync_tool_is_reported_and_left_alone(desk: Desk, name: str) -> None:
    watcher = _watcher(desk)
    (desk.folder / name).write_bytes(NEW)
    change = watcher.poll()
    assert change is not None
    assert (change.kind, change.path) == ("conflict-sibling", str(desk.folder / name))
    assert watcher.poll() is None
    assert (desk.folder / name).read_bytes() == NEW


def test_siblings_that_are_there_at_the_start_are_reported_one_by_one(desk: Desk) -> None:
    for name in SIBLINGS:
        (desk.folder / name).touch()
    for name in ("watchlist.toml~", "watchlist 2.toml", "other.sync-conflict-20261123-140203-A.toml", "watchlist (copy).toml"):
        (desk.folder / name).touch()
    watcher = Watcher(str(desk.file), desk.read(), str(desk.state / "kept"))
    found = [change.path for _ in range(6) if (change := watcher.poll())]
    assert sorted(found) == sorted(conflict_siblings(str(desk.file))) == sorted(str(desk.folder / name) for name in SIBLINGS)


def test_a_write_through_an_old_descriptor_is_reported_with_its_text(desk: Desk) -> None:
    watcher = _watcher(desk)
    with open(desk.file, "r+b") as editor:
        watcher.loaded(desk.save())
        assert watcher.poll() is None
        editor.write(b"THEIRS")
    change = watcher.poll()
    assert change is not None
    assert change.late is not None
    assert (change.kind, change.late.foreign) == ("late", b"THEIRS" + OLD[6:])
    assert watcher.poll() is None
    assert desk.save(OLD).warnings == ()


def test_git_checkout_is_noticed(desk: Desk) -> None:
    def git(*words: str) -> None:
        identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
        subprocess.run(["git", *identity, *words], cwd=desk.folder, check=True, capture_output=True, timeout=20)

    git("init", "-q")
    git("add", "watchlist.toml")
    git("commit", "-qm", "old")
    git("checkout", "-qb", "other")
    desk.save()
    git("commit", "-qam", "new")
    watcher = Watcher(str(desk.file), desk.read(), "")
    git("checkout", "-q", "-")
    change = watcher.poll()
    assert change is not None
    assert change.state is not None
    assert change.state.data == OLD
