"""Saves on disks that are full, read-only, immutable or mounted by the file, as users without rights, short of descriptors."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desk import NEW, OLD, Desk

from cartwatch.storage import save as save_module
from cartwatch.storage import writing
from cartwatch.storage.backups import Backups
from cartwatch.storage.errors import FileConflict, NotSaved, ReadOnly
from cartwatch.storage.lock import locked
from cartwatch.storage.places import watchlist_key
from cartwatch.storage.reading import sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = str(Path(save_module.__file__).parents[2])


@contextlib.contextmanager
def _mounted(*arguments: str, at: Path) -> Iterator[None]:
    """A file system mounted for a while; skips where that is not allowed."""
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.skip("only root may mount")
    done = subprocess.run(["mount", *arguments, str(at)], capture_output=True, text=True, timeout=20, check=False)
    if done.returncode != 0:
        pytest.skip(f"mounting is not possible here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(at)], check=True, timeout=20)


def _as_nobody(act: Callable[[], None]) -> str:
    """Run something in a child that has given up root; what it raised, "" where nothing."""
    if not hasattr(os, "fork") or os.getuid() != 0:
        pytest.skip("only root can become another user")
    reading, writing_end = os.pipe()
    child = os.fork()
    if child == 0:
        words = "the child was ended"
        try:
            os.setgroups([])
            os.setgid(54321)
            os.setuid(54321)
            act()
            words = ""
        except BaseException as error:
            words = f"{type(error).__name__} {error}"
        finally:
            os.write(writing_end, words.encode())
            os._exit(0)
    os.close(writing_end)
    with open(reading, encoding="utf-8") as answer:
        words = answer.read()
    os.waitpid(child, 0)
    return words


def test_a_full_disk_leaves_the_old_text_and_no_litter(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with _mounted("-t", "tmpfs", "-o", "size=64k", "tmpfs", at=disk):
        desk = Desk(disk, tmp_path / "state")
        desk.file.write_bytes(OLD)
        with pytest.raises(NotSaved, match="the disk is full; free some space") as caught:
            desk.save(b"# too much\n" * 7000)
        assert caught.value.number == errno.ENOSPC
        assert desk.file.read_bytes() == OLD
        assert os.listdir(disk) == ["watchlist.toml"]
        desk.save(NEW)
        assert desk.file.read_bytes() == NEW


def test_a_full_disk_for_the_state_does_not_stop_a_save(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    desk = Desk.at(tmp_path / "desk")
    desk.state = disk / "state"
    with _mounted("-t", "tmpfs", "-o", "size=16k", "tmpfs", at=disk):
        with contextlib.suppress(OSError):
            (disk / "filler").write_bytes(b"x" * 100_000)
        saved = desk.save()
        assert desk.file.read_bytes() == NEW
        assert not any("power cut" in each for each in saved.warnings)
        warning = Backups(str(disk / "backups")).try_add(NEW, datetime(2026, 11, 23, tzinfo=UTC))
        assert warning is not None
        assert "the disk is full" in warning


def test_the_state_on_another_file_system_keeps_the_late_check(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    desk = Desk.at(tmp_path / "desk")
    desk.state = disk / "state"
    with _mounted("-t", "tmpfs", "-o", "size=1m", "tmpfs", at=disk):
        assert desk.save().warnings == ()
        assert desk.save(OLD).warnings == ()
    assert desk.litter() == []


def test_a_read_only_file_system_is_known_before_and_refused_with_reason(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with _mounted("-t", "tmpfs", "tmpfs", at=disk):
        desk = Desk(disk, tmp_path / "state")
        desk.file.write_bytes(OLD)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, timeout=20)
        assert desk.read().readonly == "the file system is read-only"
        with pytest.raises(ReadOnly, match="the file system is read-only; save a copy elsewhere"):
            desk.save()
        with pytest.raises(ReadOnly, match="the file system is read-only"):
            desk.save(base=None, path=disk / "fresh.toml")


def test_a_file_mounted_by_itself_is_written_in_place(tmp_path: Path) -> None:
    desk = Desk.at(tmp_path / "desk")
    inside = tmp_path / "inside.toml"
    inside.touch()
    with _mounted("--bind", str(desk.file), at=inside):
        desk.save(path=inside)
        assert desk.file.read_bytes() == inside.read_bytes() == NEW
        desk.save(b"short = 1\n", path=inside)
        assert desk.file.read_bytes() == b"short = 1\n"
    assert [name for name in os.listdir(tmp_path) if name.startswith(".cartwatch")] == []


def test_an_immutable_file_is_read_only_even_to_root(desk: Desk) -> None:
    if shutil.which("chattr") is None or os.getuid() != 0:
        pytest.skip("only root may make a file immutable")
    done = subprocess.run(["chattr", "+i", str(desk.file)], capture_output=True, text=True, timeout=20, check=False)
    if done.returncode != 0:
        pytest.skip(f"this file system knows no immutable files: {done.stderr.strip()}")
    try:
        assert desk.read().readonly == "permission denied"
        with pytest.raises(ReadOnly):
            desk.save()
    finally:
        subprocess.run(["chattr", "-i", str(desk.file)], check=True, timeout=20)
    assert desk.file.read_bytes() == OLD
    assert desk.litter() == []


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("what", ["directory", "file", "unreadable"])
def test_another_users_file_is_shown_and_not_written(what: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        desk = Desk.at(Path(folder) / "desk")
        desk.state.mkdir()
        desk.state.chmod(0o777)
        desk.file.chmod({"directory": 0o666, "file": 0o644, "unreadable": 0o600}[what])
        desk.folder.chmod(0o755 if what == "directory" else 0o777)

        def act() -> None:
            reason = desk.read().readonly
            assert reason is not None
            assert ("its directory" in reason) == (what == "directory")
            desk.save()

        words = _as_nobody(act)
        expected = "Unreadable" if what == "unreadable" else "ReadOnly"
        assert words.startswith(f"{expected} {desk.file}: ")
        assert "\n" not in words
        assert desk.file.read_bytes() == OLD
        assert desk.litter() == []


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_new_list_in_another_users_directory_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        desk = Desk.at(Path(folder) / "desk")
        words = _as_nobody(lambda: desk.save(base=None, path=desk.folder / "fresh.toml") and None)
        assert words.startswith("ReadOnly ")
        assert "permission denied; save a copy elsewhere" in words


def test_a_process_that_is_stopped_with_the_lock_makes_the_others_wait_then_say_so(desk: Desk) -> None:
    lock = desk.state / "locks" / f"{watchlist_key(str(desk.file))}.lock"
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from cartwatch.storage.lock import locked\n"
        "with locked(sys.argv[2], 'x'):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-I", "-S", "-c", code, SOURCE, str(lock)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == b"held\n"
        holder.send_signal(signal.SIGSTOP)
        with pytest.raises(NotSaved, match="another cartwatch is saving"):
            desk.save(wait=0.1)
        holder.kill()
        holder.wait(20)
    desk.save(wait=1)
    assert desk.file.read_bytes() == NEW


def test_no_descriptors_left_is_said_and_passes(desk: Desk) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = max(int(name) for name in os.listdir("/proc/self/fd")) + 1 if os.path.isdir("/proc/self/fd") else 64
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, hard))
    held: list[int] = []
    try:
        with contextlib.suppress(OSError):
            while True:
                held.append(os.dup(0))
        with pytest.raises(NotSaved, match="too many files are open"):
            desk.save(base=sha256(OLD))
    finally:
        for fd in held:
            os.close(fd)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert desk.file.read_bytes() == OLD
    desk.save()
    assert desk.file.read_bytes() == NEW


def test_a_storm_of_signals_disturbs_no_save(desk: Desk) -> None:
    before = signal.signal(signal.SIGALRM, lambda number, frame: None)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        for number in range(30):
            desk.save(b"number = %d\n" % number)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert desk.file.read_bytes() == b"number = 29\n"
    assert desk.litter() == []


def test_a_save_from_a_signal_handler_that_interrupts_a_save_does_not_hang(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes: list[object] = []

    def interrupted(fd: int) -> None:
        try:
            desk.save(b"from the handler = 1\n", base=sha256(OLD), wait=0.05)
        except NotSaved as error:
            outcomes.append(type(error).__name__)
        os.fsync(fd)

    monkeypatch.setattr(save_module, "sync_file", interrupted)
    desk.save()
    assert outcomes == ["Busy"]
    assert desk.file.read_bytes() == NEW


def test_without_a_lock_the_comparison_still_protects(desk: Desk) -> None:
    desk.state.mkdir()
    (desk.state / "locks").touch()
    with pytest.raises(FileConflict):
        desk.save(base=sha256(b"something older"))


@pytest.mark.parametrize("winerror", [5, 32, 33])
def test_windows_is_tried_again_while_a_scanner_has_the_file_open(monkeypatch: pytest.MonkeyPatch, winerror: int) -> None:
    """With fakes only: not tried on a real Windows."""
    tries: list[float] = []

    class Windows:
        name = "nt"

        @staticmethod
        def replace(source: str, target: str) -> None:
            if len(tries) < 4:
                error = PermissionError(errno.EACCES, "held open")
                error.winerror = winerror  # type: ignore[attr-defined]
                raise error

    monkeypatch.setattr(writing, "os", Windows)
    monkeypatch.setattr(time, "sleep", tries.append)
    writing.replace("a", "b")
    assert tries == [0.05, 0.1, 0.2, 0.4]
    tries.clear()
    monkeypatch.setattr(writing, "_RETRIES", (0.1,))
    with pytest.raises(PermissionError):
        writing.replace("a", "b")


def test_macos_is_asked_for_a_full_sync(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With fakes only: not tried on a real macOS."""
    import fcntl

    asked: list[int] = []
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", lambda fd, what: asked.append(what))
    monkeypatch.setattr(os, "fsync", lambda fd: asked.append(0))
    writing.sync_file(1)
    assert asked == [51]

    def unsupported(fd: int, what: int) -> None:
        raise OSError(errno.ENOTSUP, "")

    monkeypatch.setattr(fcntl, "fcntl", unsupported)
    writing.sync_file(1)
    assert asked == [51, 0]


def test_an_unlocked_lock_file_stays(tmp_path: Path) -> None:
    lock = tmp_path / "l" / "x.lock"
    with locked(str(lock), "x") as warning:
        assert warning is None
    assert lock.stat().st_size == 0
