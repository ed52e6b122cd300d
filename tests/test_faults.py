"""Faults of the whole program that no single room of it is to blame for: memory, kills, many writers, long days."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import tomli

from cartwatch.app import file_watcher as outside
from cartwatch.app.file_watcher import FileWatcher, TryAgain
from cartwatch.document.edits import Set
from cartwatch.document.reader import migrated
from cartwatch.session import changes
from cartwatch.session import session as session_module
from cartwatch.session.session import Session
from cartwatch.storage.cleanup import strays, sweep_places
from cartwatch.storage.places import Places, places
from cartwatch.storage.reading import read_file

TODAY = date(2026, 11, 22)
LIST = """# mine
schema = 1
own = "kept"

[[program]]
id = "shared"
name = "shared"  # with others

[[program]]
id = "b"
name = "B"
phase = "Phase 2"
"""


@pytest.fixture
def where(tmp_path: Path) -> Places:
    (tmp_path / "list.toml").write_text(LIST)
    return places(str(tmp_path / "list.toml"), {"HOME": str(tmp_path / "home")})


def opened(where: Places) -> Session:
    session = Session(where.watchlist, TODAY, where)
    session.open()
    return session


def set_fact(session: Session, key: str, path: str, value: object) -> None:
    session.change(changes.set_fact(session.document, session.watchlist, key, path, value, own=True))


def text(where: Places) -> str:
    return Path(where.watchlist).read_text()


# ---- many writers


WRITER = """
import sys
from datetime import date
from cartwatch.session import changes
from cartwatch.session.session import Session
from cartwatch.storage.places import places
path, home, me, count = sys.argv[1:]
session = Session(path, date(2026, 11, 22), places(path, {"HOME": home}))
session.open()
for number in range(int(count)):
    key = me if number % 2 else "shared"
    session.change(changes.set_fact(session.document, session.watchlist, key, f"{me}-{number}", number, own=True))
    while session.unsaved is not None:
        session.save()
    assert session.conflicts == []
"""


@pytest.mark.long
def test_four_cartwatches_a_hundred_and_fifty_edits_each_lose_none_of_six_hundred(where: Places) -> None:
    """In programs of their own and in one that all share, which the merge by field brings together."""
    writers = [f"w{at}" for at in range(4)]
    Path(where.watchlist).write_text(LIST + "".join(f'\n[[program]]\nid = "{me}"\nname = "{me}"\n' for me in writers))
    before = text(where)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, where.watchlist, where.env["HOME"], me, "150"], stderr=subprocess.PIPE, text=True
        )
        for me in writers
    ]
    for process in running:
        _, trouble = process.communicate(timeout=240)
        assert (process.returncode, trouble) == (0, "")
    programs = {each["id"]: each for each in tomli.loads(text(where))["program"]}
    for me in writers:
        there = {key: value for each in (me, "shared") for key, value in programs[each].items() if key.startswith(f"{me}-")}
        assert there == {f"{me}-{number}": number for number in range(150)}
    assert strays(where) == []
    for _ in range(10):  # one journal of four programs, which leads back
        assert opened(where).undo() is not None
    programs = {each["id"]: each for each in tomli.loads(text(where))["program"]}
    assert sum(key.startswith("w") for each in programs.values() for key in each) == 590
    assert before.splitlines()[:3] == text(where).splitlines()[:3]


# ---- killed


KILLED = """
import os, signal, sys
left = int(sys.argv.pop(1))
def counted(real):
    def call(*args, **named):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **named)
    return call
for name in ("replace", "link", "unlink", "fsync", "ftruncate"):
    setattr(os, name, counted(getattr(os, name)))
from cartwatch.__main__ import main
status = main(sys.argv[1:])
print("calls left", left)
sys.exit(status)
"""


def killed_import(where: Places, at: int, source: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLED, str(at), "import", str(source), "-f", where.watchlist]
    return subprocess.run(command, env={**os.environ, **where.env}, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.long
def test_an_import_killed_at_any_step_is_there_whole_or_not_at_all(where: Places, tmp_path: Path) -> None:
    source = tmp_path / "theirs.toml"
    source.write_text("".join(f'[[program]]\nid = "n{n}"\nname = "N{n}"\n\n' for n in range(20)))
    outcomes = []
    for at in range(1, 80):
        shutil.rmtree(where.env["HOME"], ignore_errors=True)  # nobody knows of the programs of the time before
        Path(where.watchlist).write_text(LIST)
        done = killed_import(where, at, source)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        names = [each["name"] for each in tomli.loads(text(where))["program"]]
        assert names in (["shared", "B"], ["shared", "B", *(f"N{n}" for n in range(20))])
        assert text(where).startswith(LIST)
        outcomes.append(len(names))
        sweep_places(where, datetime.now(UTC).timestamp())
        assert strays(where) == []
        if done.returncode == 0:
            break
    assert done.returncode == 0
    assert len(outcomes) > 5
    assert outcomes == sorted(outcomes)  # from one step on it is there


# ---- memory


SHORT_OF_MEMORY = """
import resource, sys
from cartwatch.__main__ import main
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
limit = used + int(sys.argv.pop(1)) * 100_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited by way of /proc")
@pytest.mark.parametrize("tenths", [3, 20, 50, 120, 200, 300])
def test_memory_that_runs_out_leaves_the_file_whole(where: Places, tenths: int) -> None:
    old = LIST + "".join(f'\n[[program]]\nname = "P{n}"\nnotes = "{"x" * 1000}"\n' for n in range(3000))
    Path(where.watchlist).write_text(old)
    command = [sys.executable, "-c", SHORT_OF_MEMORY, str(tenths), "set", "b", "phase=3", "-f", where.watchlist]
    done = subprocess.run(command, env={**os.environ, **where.env}, capture_output=True, text=True, timeout=60, check=False)
    assert text(where) in (old, old.replace("Phase 2", "Phase 3"))
    assert done.returncode in (0, 2)
    assert done.returncode == 2 or "Phase 3" in text(where)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or done.stderr.startswith("cartwatch: ")
    assert strays(where) == []


# ---- a long day


@pytest.mark.long
@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no list of open descriptors here")
def test_a_long_day_of_edits_and_foreign_changes_leaks_nothing(where: Places) -> None:
    """A day of 24 hours is not waited for: what happens in one is done at a stretch, and nothing may grow with it."""
    session = opened(where)
    told: list[object] = []
    file_watcher = FileWatcher(lambda: session, told.append, watch_terminal=False)

    def an_hour(at: int) -> None:
        set_fact(session, "shared", "own-note", f"{at}")
        old, new = ("# mine", "# ours") if at % 2 == 0 else ("# ours", "# mine")
        Path(where.watchlist).write_text(text(where).replace(old, new))
        file_watcher.look()
        session.refresh(read_file(where.watchlist))
        session.undo()
        session.redo()
        del session.done[:-20]  # what undo keeps is meant to stay
        session.on_day(TODAY)
        told.clear()

    def standing() -> tuple[int, int]:
        gc.collect()
        return len(os.listdir("/proc/self/fd")), len(gc.get_objects())

    for at in range(20):
        an_hour(at)
    descriptors, objects = standing()
    for at in range(60):
        an_hour(at)
    after = standing()
    assert after[0] == descriptors
    assert after[1] < objects + 1500
    assert session.unsaved is None
    assert strays(where) == []


# ---- saves that fail for long


def test_a_save_that_fails_is_tried_again_ever_more_rarely(where: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(outside.time, "monotonic", lambda: now)
    monkeypatch.setattr(outside.time, "time", lambda: now)
    session = opened(where)
    told: list[object] = []
    file_watcher = FileWatcher(lambda: session, told.append, watch_terminal=False)
    session.unsaved = "the disk is full"
    tries = []
    while now < 400:
        file_watcher.look()
        if any(isinstance(each, TryAgain) for each in told):
            tries.append(now)
        told.clear()
        now += 1
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert tries[0] == 2
    assert pauses == [4, 8, 16, 32, 60, 60, 60, 60, 60]
    session.unsaved = None
    file_watcher.look()
    session.unsaved = "the disk is full"
    file_watcher.look()
    now += 2
    file_watcher.look()
    assert [type(each) for each in told] == [TryAgain]  # it begins anew


# ---- an older schema


def test_an_older_file_is_migrated_in_memory_and_backed_up_before_it_is_saved(
    where: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "SCHEMA", 2)
    steps = {1: lambda document: [Set(("program", at, "migrated"), True) for at in range(len(document.programs))]}
    monkeypatch.setattr(session_module, "migrated", lambda document, to: migrated(document, to, steps))
    session = opened(where)
    assert session.document.head["schema"] == 2
    assert text(where) == LIST  # to look is not to change
    set_fact(session, "b", "phase", "Phase 3")
    assert session.unsaved is None
    assert 'phase = "Phase 3"' in text(where)
    assert tomli.loads(text(where))["schema"] == 2
    assert session.keeper is not None
    last, backup = session.keeper.newest_first()
    assert (last.label, session.keeper.backups.read(last).decode()) == ("saved", text(where))
    assert (backup.label, session.keeper.backups.read(backup).decode()) == ("migration", LIST)
    monkeypatch.undo()
    old = opened(where)  # the program as it was before
    assert (old.opened.state, old.why_readonly) == ("newer", "schema 2 was written by a newer cartwatch")
