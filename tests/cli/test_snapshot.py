"""The kept answer of `next`: the same bytes, and never one that is out of date."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cartwatch.__main__ import main

OLD = 10**9  # a time long ago, in seconds
TEXT = '[[program]]\nname = "a"\n[[program.catalyst]]\nevent = "{}"\nwhen = "Q4 2026"\n'


@pytest.fixture
def watchlist(tmp_path: Path) -> Path:
    path = tmp_path / "w.toml"
    path.write_text(TEXT.format("one"))
    os.utime(path, (OLD, OLD))
    return path


@pytest.fixture
def ask(watchlist, capsys, monkeypatch):
    """Runs `next`; says whether the watchlist had to be read."""
    import cartwatch.cli.dispatch

    calls = []
    slow = cartwatch.cli.dispatch.dispatch

    def counted(argv, start):
        calls.append(argv)
        return slow(argv, start)

    monkeypatch.setattr(cartwatch.cli.dispatch, "dispatch", counted)

    def asked(*options: str, file: Path | None = watchlist):
        calls.clear()
        status = main(["next", *options, *(["-f", str(file)] if file else [])])
        return (status, *capsys.readouterr()), bool(calls)

    return asked


@pytest.mark.parametrize(
    "options",
    [(), ("--json",), ("-n", "0"), ("--within", "9d"), ("--today", "2026-11-22"), ("--no-color",), ("--due", "--within", "1y")],
)
@pytest.mark.parametrize("width", ["", "40", "100"])
def test_the_second_answer_is_the_same_without_reading(ask, monkeypatch, options, width):
    monkeypatch.setenv("COLUMNS", width)
    first, read = ask(*options)
    assert read
    second, read = ask(*options)
    assert not read
    assert first == second


def test_every_change_that_matters_is_noticed(ask, watchlist, monkeypatch):
    def fresh(*options):
        assert ask(*options)[1]
        assert not ask(*options)[1]

    fresh()
    fresh("--json")
    monkeypatch.setenv("COLUMNS", "50")
    fresh()
    watchlist.write_text(TEXT.format("two"))
    os.utime(watchlist, (OLD + 5, OLD + 5))
    assert "two" in ask()[0][1]
    other = watchlist.with_name("other")
    other.write_text(TEXT.format("six"))
    os.utime(other, (OLD + 5, OLD + 5))
    os.replace(other, watchlist)  # the same time and size, another inode
    assert "six" in ask()[0][1]


def test_another_day_is_another_question(ask, monkeypatch):
    import time

    assert ask()[1]
    tomorrow = time.localtime(time.time() + 86_400)
    monkeypatch.setattr(time, "localtime", lambda: tomorrow)
    assert ask()[1]


def test_a_young_file_is_neither_kept_nor_believed(ask, watchlist):
    os.utime(watchlist)
    assert ask()[1]
    assert ask()[1]


def test_an_instant_is_never_kept(ask, watchlist):
    watchlist.write_text(TEXT.replace('"Q4 2026"', "2099-12-15T17:00:00Z").format("one"))
    os.utime(watchlist, (OLD, OLD))
    assert ask()[1]
    assert ask()[1]


def kept(home: Path) -> Path:
    (found,) = (home / "XDG_CACHE_HOME" / "cartwatch").iterdir()
    return found


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"\xff" * 100,
        lambda data: data.replace(b"one", b"\x1b]0;owned\x07"),
        lambda data: data.replace(b"one", b"\x9b2J"),
        lambda data: data.replace(b"one", b"\x1b[2J"),
    ],
)
def test_a_damaged_or_hostile_snapshot_is_ignored(ask, home, damage):
    right, _ = ask()
    path = kept(home)
    path.write_bytes(damage(path.read_bytes()))
    assert ask() == (right, True)


def test_snapshots_are_private_and_few(ask, home, monkeypatch):
    for width in range(40, 140):
        monkeypatch.setenv("COLUMNS", str(width))
        ask()
    files = list((home / "XDG_CACHE_HOME" / "cartwatch").iterdir())
    assert len(files) <= 64
    assert {each.stat().st_mode & 0o777 for each in files} == {0o600}


def test_a_cache_that_cannot_be_written_is_no_loss(ask, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert ask()[0][0] == 0
