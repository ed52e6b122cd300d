"""The journal: every change can be read again, and taken back byte for byte; a torn tail costs nothing that was whole."""

from __future__ import annotations

import errno
import os
import stat
import threading
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import tomli
import tomli_w
from faulty_os import FaultyOs
from hypothesis import given, settings
from hypothesis import strategies as st

from cartwatch.storage import writing
from cartwatch.storage.errors import NotSaved
from cartwatch.storage.journal import CHECK, Journal, JournalEntry, block, entry_of
from cartwatch.storage.patch import Patch, Stretch, patch_of, reversal, reversed_text
from cartwatch.storage.reading import sha256

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TEXTS = [b"a = 0\nb = 0\n" + b"# padding\n" * 3, b"a = 1\nb = 0\n" + b"# padding\n" * 3, b"a = 1\nb = 2\n", "α = 1\n".encode()]


def _change(number: int, before: bytes = b"", after: bytes = b"", **more: Any) -> JournalEntry:
    edits = ({"program": "lasme-cel", "path": "phase", "old": f"Phase {number}", "new": f"Phase {number + 1}"},)
    patch = reversal(before, after)
    at = NOW + timedelta(minutes=number)
    return JournalEntry(at, "cli", f"change {number}", sha256(before), sha256(after), edits, patch, who="me", **more)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(str(tmp_path / "journal" / "0123.toml"))


@pytest.fixture
def written(journal: Journal) -> list[JournalEntry]:
    """Three changes, from TEXTS[0] to TEXTS[3]."""
    return [journal.append(_change(n, TEXTS[n], TEXTS[n + 1])) for n in range(3)]


def test_changes_come_back_newest_first(journal: Journal, written: list[JournalEntry]) -> None:
    assert list(journal.newest_first()) == written[::-1]
    assert [change.words for change in journal.newest_first(NOW + timedelta(minutes=1))] == ["change 2", "change 1"]
    assert journal.damaged() == 0
    assert stat.S_IMODE(os.stat(journal.path).st_mode) == 0o600


def test_the_journal_is_one_toml_file_that_people_can_read(journal: Journal, written: list[JournalEntry]) -> None:
    data = tomli.loads(Path(journal.path).read_text(encoding="utf-8"))
    assert [change["words"] for change in data["change"]] == [change.words for change in written]
    assert data["change"][0]["at"] == NOW
    assert data["change"][0]["edit"][0]["old"] == "Phase 0"


def test_no_journal_has_no_changes(journal: Journal) -> None:
    assert list(journal.newest_first()) == []
    assert journal.to_undo() is None
    assert journal.around(_change(0), b"") is None


VALUES: list[Any] = [
    "text", "", 'quo"te\\ \x1b \u202e', "[[change]]\nwords = 1\n\n# check 0123456789abcdef\n\n", 7, 1.5, True,
    date(2026, 1, 2), NOW, datetime(2026, 1, 2, 3, 4), time(1, 2), ["a", "b"], [], {}, {"gene": "CD52", "purpose": "p" * 200},
    [{"when": "Q3 2026", "said": date(2025, 11, 5)}, {"when": "Q4 2026", "note": "n" * 200}], "x" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_any_toml_value_is_kept_as_it_is(journal: Journal, value: Any) -> None:
    change = JournalEntry(
        NOW, "app", "w", sha256(b""), sha256(b"x"), ({"path": "p", "old": value}, {"path": "q", "new": value})
    )
    journal.append(_change(0))
    journal.append(change)
    journal.append(_change(1))
    (found,) = [change for change in journal.newest_first() if change.origin == "app"]
    assert found.edits == change.edits
    assert journal.damaged() == 0


@pytest.mark.parametrize("value", ["\ud800 half", NOW.astimezone(timezone(-timedelta(hours=4, minutes=56, seconds=2))), {1, 2}])
def test_a_value_that_toml_cannot_hold_is_kept_as_words(journal: Journal, value: Any) -> None:
    journal.append(JournalEntry(NOW, "app", "half \udfff", sha256(b""), sha256(b"x"), ({"old": value, "new": None},)))
    (found,) = journal.newest_first()
    assert list(found.edits[0]) == ["old"]
    assert isinstance(found.edits[0]["old"], str)


def test_every_torn_tail_is_dropped_and_cut_before_the_next_append(journal: Journal, written: list[JournalEntry]) -> None:
    whole = Path(journal.path).read_bytes()
    last = whole.rindex(b"[[change]]")
    for length in range(last, len(whole) - 1, 7):
        Path(journal.path).write_bytes(whole[:length])
        assert list(journal.newest_first()) == written[1::-1]
        added = journal.append(_change(9))
        assert list(journal.newest_first()) == [added, *written[1::-1]]
        assert journal.damaged() == 0


@pytest.mark.parametrize("tail", [b"\0" * 5000, b"[[change]]\nat = 2026", b"\xff\xfe", b"x" * 200_000])
def test_rubbish_at_the_end_is_cut(journal: Journal, written: list[JournalEntry], tail: bytes) -> None:
    with open(journal.path, "ab") as file:
        file.write(tail)
    assert list(journal.newest_first()) == written[::-1]
    added = journal.append(_change(9))
    assert list(journal.newest_first()) == [added, *written[::-1]]
    tomli.loads(Path(journal.path).read_text(encoding="utf-8"))


def test_a_journal_of_rubbish_is_begun_anew(journal: Journal) -> None:
    os.makedirs(os.path.dirname(journal.path))
    Path(journal.path).write_bytes(b"\0" * 300)
    added = journal.append(_change(0))
    assert list(journal.newest_first()) == [added]


def test_a_damaged_block_is_passed_over_and_stays(journal: Journal, written: list[JournalEntry]) -> None:
    path = Path(journal.path)
    path.write_bytes(path.read_bytes().replace(b"change 2", b"change 7"))
    assert list(journal.newest_first()) == written[1::-1]
    assert journal.damaged() == 1
    journal.append(_change(9))
    assert b"change 7" in path.read_bytes()


def test_an_editor_that_takes_the_last_blank_line_costs_nothing(journal: Journal, written: list[JournalEntry]) -> None:
    path = Path(journal.path)
    path.write_bytes(path.read_bytes().rstrip(b"\n") + b"\n")
    added = journal.append(_change(9))
    assert list(journal.newest_first()) == [added, *written[::-1]]


def test_undo_takes_back_one_after_the_other(journal: Journal, written: list[JournalEntry]) -> None:
    text = TEXTS[3]
    for number in (2, 1, 0):
        change = journal.to_undo()
        assert change == written[number]
        around = journal.around(change, text)
        assert around == (TEXTS[number], TEXTS[number + 1])
        journal.append(_change(10, text, TEXTS[number], undoes=change.id))
        text = TEXTS[number]
    assert journal.to_undo() is None


def test_an_undo_that_is_undone_makes_the_change_undoable_again(journal: Journal, written: list[JournalEntry]) -> None:
    undo = journal.append(_change(10, undoes=written[2].id))
    assert journal.to_undo() == written[1]
    journal.append(_change(11, undoes=undo.id))
    assert journal.to_undo() == written[2]


def test_an_earlier_change_is_found_through_the_later_ones(journal: Journal, written: list[JournalEntry]) -> None:
    assert journal.around(written[0], TEXTS[3]) == (TEXTS[0], TEXTS[1])


def test_a_text_that_somebody_else_changed_breaks_the_chain(journal: Journal, written: list[JournalEntry]) -> None:
    assert journal.around(written[2], TEXTS[3] + b"# mine\n") is None
    journal.append(JournalEntry(NOW, "disk", "unknown", sha256(b"?"), sha256(b"??")))
    assert journal.around(written[2], b"??") is None


def test_the_journal_does_not_grow_without_end(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "j.toml"), size=3000)
    written = [journal.append(_change(number)) for number in range(40)]
    found = list(journal.newest_first())
    assert found == written[::-1][: len(found)]
    assert os.path.getsize(journal.path) <= 3000
    assert 3000 < os.path.getsize(journal.path) + os.path.getsize(journal.older) <= 6000


def test_a_change_larger_than_the_journal_is_written_all_the_same(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "j.toml"), size=10)
    added = [journal.append(_change(number)) for number in range(3)]
    assert list(journal.newest_first()) == [added[2], added[1]]


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_leaves_the_journal_as_it_was(
    journal: Journal, written: list[JournalEntry], monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    before = Path(journal.path).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(writing, "os", FaultyOs(1, errno.ENOSPC, only=frozenset({call})))
        with pytest.raises(NotSaved, match="not in the journal, the disk is full"):
            journal.append(_change(9))
    assert Path(journal.path).read_bytes() == before
    assert list(journal.newest_first()) == written[::-1]


def test_many_threads_append_whole_blocks(journal: Journal) -> None:
    def work(of: int) -> None:
        for number in range(8):
            journal.append(_change(100 * of + number), wait=20)

    threads = [threading.Thread(target=work, args=(of,)) for of in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(change.at for change in journal.newest_first()) == [
        NOW + timedelta(minutes=100 * of + number) for of in range(4) for number in range(8)
    ]
    assert journal.damaged() == 0


def test_a_link_in_the_journals_place_is_not_followed(journal: Journal, tmp_path: Path) -> None:
    os.makedirs(os.path.dirname(journal.path))
    os.symlink(tmp_path / "trap", journal.path)
    with pytest.raises(NotSaved):
        journal.append(_change(0))
    assert not (tmp_path / "trap").exists()


LONG = [b"long" * 20 + b"\n", b"other" * 20 + b"\n"]
LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"\xc3\xa9\n", b"\xff\n", b"", b"x", b"\r\n", *LONG]), max_size=30).map(
    b"".join
)


@settings(max_examples=200)
@given(LINES, LINES)
def test_every_reversal_leads_back(before: bytes, after: bytes) -> None:
    patch = reversal(before, after)
    assert reversed_text(patch, after) == before
    assert patch_of(tomli.loads(tomli_w.dumps({"reverse": patch.as_value()}))["reverse"]) == patch


def test_a_reversal_is_the_lines_that_differ() -> None:
    before = b"".join(b"line %d = 1\n" % number for number in range(1000))
    assert reversal(before, before.replace(b"line 500 = 1", b"line 500 = 22")) == Patch(
        (Stretch(before.index(b"line 500"), 14, b"line 500 = 1\n"),)
    )


def test_two_changes_far_apart_cost_what_they_change_and_not_what_is_between(journal: Journal) -> None:
    before = b"".join(b"line %d = 1\n" % number for number in range(2000))
    after = before.replace(b"line 3 = 1", b"line 3 = 2").replace(b"line 1990 = 1", b"line 1990 = 2")
    patch = reversal(before, after)
    assert [each.text for each in patch.stretches] == [b"line 3 = 1\n", b"line 1990 = 1\n"]
    assert reversed_text(patch, after) == before
    journal.append(JournalEntry(NOW, "disk", "w", sha256(before), sha256(after), reverse=patch))
    assert os.path.getsize(journal.path) < 600


def test_a_long_stretch_is_packed() -> None:
    table = reversal(b"line\n" * 10_000, b"").as_value()
    assert "text" not in table
    assert len(table["packed"]) < 1000


@pytest.mark.parametrize("table", [{}, {"at": 1}, {"at": 1, "length": 2, "packed": "!"}, {"at": "x", "length": 2, "text": ""}])
def test_what_is_no_patch_is_no_change(table: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        patch_of(table)


def test_a_patch_that_does_not_fit_is_refused() -> None:
    assert reversed_text(Patch((Stretch(5, 1, b""),)), b"12345") is None
    assert reversed_text(None, b"12345") is None


def test_a_block_of_another_shape_is_no_change() -> None:
    raw = b"[[change]]\nwords = 1\n"
    assert entry_of(raw + CHECK[1:] + sha256(raw)[:16].encode() + b"\n\n") is None
    text, identity = block(_change(1))
    assert entry_of(text) == _change(1).named(identity)
