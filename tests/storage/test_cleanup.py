"""What killed programs left behind goes at the next start: at once, and nothing else with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from cartwatch.app.file_watcher import FileWatcher
from cartwatch.session import changes
from cartwatch.session.session import Session
from cartwatch.storage.cleanup import strays, sweep
from cartwatch.storage.places import Places, places
from cartwatch.storage.writing import create_temporary, write_whole

LIST = '[[program]]\nid = "a"\nname = "A"\nphase = "Phase 1"\n'


@pytest.fixture(scope="module")
def dead() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def where(tmp_path: Path) -> Places:
    (tmp_path / "list.toml").write_text(LIST)
    return places(str(tmp_path / "list.toml"), {"HOME": str(tmp_path / "home")})


def leave(where: Places, dead: int) -> list[str]:
    """What a save that was killed at any of its steps leaves, wherever it writes."""
    folders = [os.path.dirname(where.watchlist), where.keep_dir, where.backups_dir, where.drafts_dir, where.state_dir]
    left = [os.path.join(folder, f".cartwatch-{dead}-0123456789ab.tmp") for folder in folders]
    for path in left:
        write_whole(path, b"half a te")
    return left


def opened(where: Places) -> Session:
    session = Session(where.watchlist, date(2026, 11, 22), where)
    session.open()
    return session


def test_only_old_strays_of_ours_are_swept_where_nobody_knows_whose_they_are(tmp_path: Path) -> None:
    ours, young = tmp_path / ".cartwatch-0123.tmp", tmp_path / ".cartwatch-4567.tmp"
    others = [tmp_path / name for name in ("watchlist.toml.tmp", ".cartwatch-notes", "x.cartwatch-1.tmp")]
    for path in (ours, young, *others):
        path.write_bytes(b"")
    (tmp_path / ".cartwatch-dir.tmp").mkdir()
    now = time.time()
    assert sweep(str(tmp_path), now + 590) == 0
    assert sweep(str(tmp_path), now + 700) == 2
    assert not ours.exists()
    assert all(path.exists() for path in others)
    assert sweep(str(tmp_path / "nowhere"), now) == 0


def test_those_of_a_dead_process_go_at_once_those_of_a_running_one_stay(tmp_path: Path, dead: int) -> None:
    descriptor, ours = create_temporary(str(tmp_path))
    os.close(descriptor)
    of_another = tmp_path / f".cartwatch-{os.getppid()}-00.tmp"
    of_nobody = [tmp_path / f".cartwatch-{number}-00.tmp" for number in (dead, 10**30)]
    for path in (of_another, *of_nobody):
        path.write_bytes(b"")
    assert sweep(str(tmp_path), time.time()) == 2
    assert sorted(os.listdir(tmp_path)) == sorted([os.path.basename(ours), of_another.name])


def test_the_first_change_of_a_run_sweeps_and_looking_does_not(where: Places, dead: int) -> None:
    left = leave(where, dead)
    session = opened(where)
    assert sorted(strays(where)) == sorted(left)
    session.change(changes.set_fact(session.document, session.watchlist, "a", "phase", "Phase 3"))
    assert session.unsaved is None
    assert strays(where) == []
    assert [path for path in left if os.path.exists(path)] == []


def test_the_start_of_the_app_sweeps(where: Places, dead: int) -> None:
    leave(where, dead)
    session = opened(where)
    file_watcher = FileWatcher(lambda: session, lambda _: None, watch_terminal=False)
    file_watcher.start()
    end = time.monotonic() + 10
    while strays(where) and time.monotonic() < end:
        time.sleep(0.01)
    file_watcher.stop()
    assert strays(where) == []
    assert Path(where.watchlist).read_text() == LIST
