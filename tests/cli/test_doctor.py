"""What the doctor finds in order, and what it finds in a broken house."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cartwatch.storage.lock import locked
from cartwatch.storage.places import places

TEXT = '[[program]]\nid = "a"\nname = "Alpha"\nphase = "Phase 1"\n'


@pytest.fixture
def ask(run, tmp_path):
    path = tmp_path / "list" / "w.toml"
    path.parent.mkdir()
    path.write_text(TEXT)

    def asked(*argv: str):
        return run("doctor", *argv, "-f", str(path))

    asked.path = path
    return asked


def line_of(answer, about: str, level: str) -> str:
    found = [each for each in answer.out.splitlines() if each.startswith(f"{level:<5}  {about} ")]
    assert found, answer.out
    return found[0]


def test_all_is_well(ask, run):
    answer = ask()
    assert (answer.status, answer.err) == (0, "cartwatch: nothing needs doing\n")
    run("set", "a", "phase=2", "-f", str(ask.path))
    answer = ask()
    assert answer.status == 0
    assert "1, the newest of" in line_of(answer, "backups", "ok")
    assert "1 change, " in line_of(answer, "journal", "ok")
    assert "Alpha: phase Phase 1 → Phase 2" in line_of(answer, "last save", "ok")


def test_nothing_yet_is_well_too(run, home):
    answer = run("doctor")
    assert answer.status == 0
    assert "`cartwatch add NAME` makes it" in line_of(answer, "file", "ok")
    assert not (home / "home").exists()


def test_it_changes_nothing(ask, run):
    run("set", "a", "phase=2", "-f", str(ask.path))
    ask()
    before = tree(ask.path.parents[1])
    ask()
    assert tree(ask.path.parents[1]) == before


def tree(top: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in sorted(top.rglob("*")) if each.is_file()}


def where_of(path: Path):
    return places(str(path), os.environ)


def gone(path: Path) -> None:
    path.unlink()


def torn(path: Path) -> None:
    path.write_text("[[program]\n")


def in_conflict(path: Path) -> None:
    path.write_text("<<<<<<< a\nx=1\n=======\nx=2\n>>>>>>> b\n")


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def newer(path: Path) -> None:
    path.write_text("schema = 9\n" + TEXT)


def read_only(path: Path) -> None:
    path.chmod(0o444)


def wrong_value(path: Path) -> None:
    path.write_text(TEXT + "tags = 3\n")


def sibling(path: Path) -> None:
    path.with_name("w.sync-conflict-20261101-101010-ABCDEFG.toml").write_text(TEXT)


def open_to_others(path: Path) -> None:
    state = where_of(path).state_dir
    os.makedirs(state)
    os.chmod(state, 0o755)


def state_is_a_file(path: Path) -> None:
    state = where_of(path).state_dir
    os.makedirs(os.path.dirname(state), exist_ok=True)
    Path(state).write_text("")


def damaged_backup(path: Path) -> None:
    kept = Path(where_of(path).backups_dir)
    kept.mkdir(parents=True, mode=0o700)
    os.chmod(where_of(path).state_dir, 0o700)
    (kept / "20261101T101010Z-00000000.toml").write_text(TEXT)


def late_writer(path: Path) -> None:
    where = where_of(path)
    os.makedirs(where.keep_dir, mode=0o700)
    os.chmod(where.state_dir, 0o700)
    Path(where.keep_dir, f"late-{where.key}-00000000.toml").write_text(TEXT)


def bad_settings(path: Path) -> None:
    config = where_of(path).config
    os.makedirs(os.path.dirname(config))
    Path(config).write_text("theme = \n")


@pytest.mark.parametrize(
    ("broken", "about", "words"),
    [
        (gone, "file", "there is no such file"),
        (torn, "file", "w.toml:1:"),
        (in_conflict, "file", "git merge conflict in lines 1–5"),
        (directory, "file", "a directory, not a file"),
        (newer, "schema", "written by a newer cartwatch"),
        (read_only, "permissions", "read-only"),
        (wrong_value, "values", "1 error"),
        (sibling, "sync", "left by a sync tool"),
        (open_to_others, "state", "chmod 700"),
        (state_is_a_file, "state", "is not a directory"),
        (damaged_backup, "backups", "1 damaged"),
        (bad_settings, "settings", "config.toml:1:9: Invalid value"),
    ],
)
def test_what_is_broken_is_named_with_what_to_do(ask, broken, about, words):
    broken(ask.path)
    answer = ask()
    assert answer.status == 1
    assert words in line_of(answer, about, "TO DO")
    assert answer.err.endswith("to do\n")


def test_each_wrong_setting_is_named_and_the_good_ones_are_listed(ask):
    config = Path(where_of(ask.path).config)
    config.parent.mkdir(parents=True)
    config.write_text('theme = "drak"\n[keys]\nquit = []\n')
    told = [line for line in ask().out.splitlines() if line.startswith("TO DO  settings")]
    assert ["config.toml:1:9: theme" in told[0], "config.toml:3:8: keys.quit" in told[1]] == [True, True]
    config.write_text('theme = "high-contrast"\n[registry]\nseconds = 30\n')
    assert "ok     settings     theme = high-contrast, registry.seconds = 30\n" in ask().out


@pytest.mark.slow
def test_a_held_lock_is_found(ask, monkeypatch):
    where = where_of(ask.path)
    with locked(where.lock, where.watchlist):
        answer = ask()
    assert answer.status == 1
    assert "held by another cartwatch" in line_of(answer, "lock", "TO DO")


def test_what_was_left_over_is_worth_a_look(ask):
    (ask.path.parent / ".cartwatch-0123456789ab.tmp").write_text("")
    answer = ask()
    assert answer.status == 0
    assert ".cartwatch-0123456789ab.tmp" in line_of(answer, "strays", "look")


def test_a_late_text_that_waits_to_be_merged_is_named(ask):
    late_writer(ask.path)
    answer = ask()
    assert answer.status == 0
    assert "late-" in line_of(answer, "displaced", "look")


def test_damage_of_the_journal_and_a_change_by_hand_are_worth_a_look(ask, run):
    run("set", "a", "phase=2", "-f", str(ask.path))
    with open(where_of(ask.path).journal, "ab") as journal:
        journal.write(b"[[change]]\nat = torn")
    ask.path.write_text(ask.path.read_text() + "# by hand\n")
    answer = ask()
    assert answer.status == 0
    assert "1 damaged" in line_of(answer, "journal", "look")
    assert "has been changed in other ways since" in line_of(answer, "last save", "look")


def test_a_full_disk_is_found(ask, monkeypatch):
    import shutil

    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9 - 5_000, 5_000))
    answer = ask()
    assert answer.status == 1
    assert "5.0 kB at" in line_of(answer, "free space", "TO DO")


@pytest.mark.parametrize(("works", "status"), [(True, 0), (False, 1)])
def test_the_network_is_tried_only_when_asked(ask, monkeypatch, works, status):
    from cartwatch.sources.registry import clinicaltrials

    tried = []

    def probe_now(access):
        tried.append(1)
        return [clinicaltrials.Probe("httpx", works, "works" if works else "refused (403)")]

    monkeypatch.setattr(clinicaltrials, "probe_now", probe_now)
    assert ask().status == 0
    assert tried == []
    answer = ask("--network")
    assert (answer.status, tried) == (status, [1])
    assert line_of(answer, "registry", "ok" if works else "TO DO")


@pytest.mark.parametrize(
    ("environment", "about", "level"),
    [({"PYTHONIOENCODING": "latin-1"}, "locale", "TO DO"), ({"PYTHONIOENCODING": "utf-8"}, "locale", "ok")],
)
def test_the_characters_of_the_output_are_looked_at(ask, environment, about, level):
    done = subprocess.run(
        [sys.executable, "-m", "cartwatch", "doctor", "-f", str(ask.path)],
        env={**os.environ, **environment},
        capture_output=True,
        encoding="latin-1",
        timeout=60,
    )
    assert any(each.startswith(f"{level:<5}  {about} ") for each in done.stdout.splitlines())
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize(
    ("kind", "size", "status"), [("dumb", (80, 24), 1), ("xterm-256color", (120, 40), 0), ("xterm", (30, 9), 1)]
)
def test_the_terminal_is_looked_at(ask, kind, size, status):
    import fcntl
    import pty
    import struct
    import termios

    above, below = pty.openpty()
    fcntl.ioctl(below, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    try:
        done = subprocess.Popen(
            [sys.executable, "-m", "cartwatch", "doctor", "--no-color", "-f", str(ask.path)],
            env={**os.environ, "TERM": kind, "PYTHONIOENCODING": "utf-8"},
            stdin=below,
            stdout=below,
            stderr=subprocess.DEVNULL,
        )
        os.close(below)
        shown = b""
        while True:
            try:
                read = os.read(above, 4096)
            except OSError:  # the other end is closed
                break
            if not read:
                break
            shown += read
        assert done.wait(20) == status
    finally:
        os.close(above)
    assert kind.encode() in shown
    assert (f"{size[0]} × {size[1]}".encode() in shown) == (kind != "dumb")


def test_a_narrow_terminal_gets_every_word(ask, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    narrow = ask().out
    assert "Python" in narrow
