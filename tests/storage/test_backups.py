"""Backups: what is kept for how long, whatever the clock and the disk do."""

from __future__ import annotations

import errno
import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartwatch.storage import writing
from cartwatch.storage.backups import Backups
from cartwatch.storage.errors import NotBackedUp

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_syncing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of backups a test; that they are synced is the matter of `write_whole`."""
    monkeypatch.setattr(writing.os, "fsync", lambda fd: None)


@pytest.fixture
def backups(tmp_path: Path) -> Backups:
    return Backups(str(tmp_path / "state" / "backups"))


def _text(number: int) -> bytes:
    return f"number = {number}\n".encode()


def test_a_backup_can_be_read_again(backups: Backups) -> None:
    made = backups.add(b"a = 1\n", NOW)
    assert os.path.basename(made.path) == f"20261123T120000Z-{made.sha}.toml"
    assert list(backups.newest_first(NOW)) == [made]
    assert backups.read(made) == b"a = 1\n"
    assert (made.at, made.label, made.size) == (NOW, "", 6)
    assert stat.S_IMODE(os.stat(made.path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(backups.directory).st_mode) == 0o700


def test_the_time_in_the_name_is_utc(backups: Backups) -> None:
    made = backups.add(b"a = 1\n", NOW.astimezone(timezone(timedelta(hours=14))))
    assert made.at == NOW


def test_the_same_text_is_not_kept_twice_in_a_row(backups: Backups) -> None:
    first = backups.add(b"a = 1\n", NOW)
    assert backups.add(b"a = 1\n", NOW + timedelta(hours=1)).path == first.path
    assert len(backups.newest_first(NOW + timedelta(hours=2))) == 1


def test_a_text_that_came_back_is_stored_once_and_listed_as_newest(backups: Backups) -> None:
    first = backups.add(b"a = 1\n", NOW)
    backups.add(b"a = 2\n", NOW + timedelta(minutes=5))
    again = backups.add(b"a = 1\n", NOW + timedelta(minutes=9))
    assert os.path.samefile(first.path, again.path)
    assert backups.newest_first(NOW + timedelta(hours=1))[0].sha == first.sha
    labelled = backups.add(b"a = 1\n", NOW + timedelta(minutes=10), "import")
    assert (labelled.label, backups.read(labelled)) == ("import", b"a = 1\n")


def test_within_a_second_the_order_is_that_of_making(backups: Backups) -> None:
    made = [backups.add(_text(number), NOW).path for number in range(3)]
    assert [each.path for each in backups.newest_first(NOW)] == made[::-1]


def test_twenty_saves_at_most_one_a_minute(backups: Backups) -> None:
    for number in range(200):
        backups.add(_text(number), NOW + timedelta(seconds=15 * number))
    kept = [backups.read(each) for each in backups.newest_first(NOW + timedelta(hours=2))]
    by_minute = [_text(number) for number in range(196, -1, -4)]
    assert kept[:3] == [_text(199), _text(198), _text(197)]
    assert kept[3:23] == by_minute[:20]
    assert kept[-1] == _text(0)
    assert len(kept) <= 26


@pytest.mark.parametrize("seconds", [0, 1, 3, 20, 61, 500])
@pytest.mark.parametrize("before", [0, 3])
def test_the_text_before_a_burst_of_saves_is_not_pruned_by_them(backups: Backups, seconds: int, before: int) -> None:
    for number in range(before):  # an earlier burst of the same day
        backups.add(_text(1000 + number), NOW - timedelta(hours=3, minutes=number))
    for number in range(60):
        backups.add(_text(number), NOW + timedelta(seconds=seconds * number))
        kept = [backups.read(each) for each in backups.newest_first(NOW + timedelta(hours=12))]
        assert _text(0) in kept
        assert len(kept) < 45


def test_one_a_day_for_thirty_days(backups: Backups) -> None:
    for day in range(40):
        for hour in (9, 17):
            backups.add(_text(100 * day + hour), NOW.replace(hour=hour) + timedelta(days=day))
    kept = [backups.read(each) for each in backups.newest_first(NOW + timedelta(days=50))]
    last_of_days = [_text(100 * day + 17) for day in range(39, 9, -1)]
    assert [text for text in kept if text in last_of_days] == last_of_days
    assert len(kept) == 30 + 10  # the last 20 saves are those of ten days


def test_labelled_ones_outlive_many_saves(backups: Backups) -> None:
    backups.add(b"precious = 1\n", NOW, "import")
    for number in range(60):
        backups.add(_text(number), NOW + timedelta(days=number, minutes=1))
    assert backups.newest_first(NOW + timedelta(days=99))[-1].label == "import"


def test_labelled_ones_do_not_grow_without_end(backups: Backups) -> None:
    for number in range(70):
        backups.add(_text(number), NOW + timedelta(hours=number), "delete")
    assert len(backups.newest_first(NOW + timedelta(days=99))) == 50


def test_a_clock_that_was_ahead_costs_neither_old_nor_new_backups(backups: Backups) -> None:
    ahead = NOW + timedelta(days=2000)
    for number in range(25):
        backups.add(_text(number), ahead + timedelta(minutes=number))
    for number in range(100, 125):
        backups.add(_text(number), NOW + timedelta(minutes=number))
    now = NOW + timedelta(hours=5)
    kept = [backups.read(each) for each in backups.newest_first(now)]
    assert kept[:21] == [_text(number) for number in (*range(124, 104, -1), 100)]
    assert kept[21:] == [_text(number) for number in (*range(24, 4, -1), 0)]


def test_a_failure_never_blocks_a_save(backups: Backups, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = backups.add(b"a = 1\n", NOW)

    def full(fd: int, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(writing, "write_all", full)
    warning = backups.try_add(b"a = 2\n", NOW)
    assert warning is not None
    assert warning.endswith("no backup, the disk is full")
    with pytest.raises(NotBackedUp):
        backups.add(b"a = 2\n", NOW, "import")
    assert [each.path for each in backups.newest_first(NOW)] == [kept.path]
    assert os.listdir(backups.directory) == [os.path.basename(kept.path)]


def test_a_directory_in_the_way_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"")
    warning = Backups(str(tmp_path / "state" / "backups")).try_add(b"a = 1\n", NOW)
    assert warning is not None
    assert "not a directory" in warning


def test_strangers_in_the_directory_are_neither_listed_nor_removed(backups: Backups) -> None:
    os.makedirs(backups.directory)
    names = ["notes.txt", "20261341T990000Z-0123abcd.toml", "20261123T120000Z-0123.toml", ".cartwatch-1.tmp"]
    for name in names:
        Path(backups.directory, name).touch()
    for number in range(60):
        backups.add(_text(number), NOW + timedelta(seconds=number))
    assert set(names) < set(os.listdir(backups.directory))
    assert all(os.path.basename(each.path) not in names for each in backups.newest_first(NOW + timedelta(days=1)))


def test_a_damaged_backup_says_so_and_is_not_linked_to(backups: Backups) -> None:
    made = backups.add(b"a = 1\n", NOW)
    Path(made.path).write_bytes(b"a = 3\n")
    with pytest.raises(NotBackedUp, match="damaged"):
        backups.read(made)
    backups.add(b"b = 1\n", NOW + timedelta(minutes=1))
    assert backups.read(backups.add(b"a = 1\n", NOW + timedelta(minutes=2))) == b"a = 1\n"


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(-4_000_000, 4_000_000), st.integers(0, 5), st.booleans()), min_size=1, max_size=60))
def test_whatever_the_clock_does_the_last_text_is_kept_and_listed_first(steps: list[tuple[int, int, bool]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as directory:
        backups = Backups(directory)
        for seconds, number, labelled in steps:
            now = NOW + timedelta(seconds=seconds)
            backups.add(_text(number), now, "import" if labelled else "")
            kept = backups.newest_first(now)
            assert backups.read(kept[0]) == _text(number)
            assert all(each.at <= now for each in kept[:1])
