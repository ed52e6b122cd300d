"""What is kept of a watchlist as read: the values of its text, or nothing."""

from __future__ import annotations

import os
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from cartwatch.domain.fields import walk
from cartwatch.domain.program import Program
from cartwatch.domain.watchlist import Watchlist
from cartwatch.session.session import Session
from cartwatch.storage import parsed_list
from cartwatch.storage.errors import DamagedList
from cartwatch.storage.parsed_list import RECORDS, keep_list, kept_list, list_path
from cartwatch.storage.places import Places, places
from cartwatch.storage.reading import FileState

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"
TODAY = date(2026, 11, 22)
SMALL = """schema = 1
title = "Mine"
[[sponsor]]
name = "Acme"
runway = { when = "into 2H 2027" }
[[program]]
name = "[CD19] \\u202e \\u001b 細胞"
sponsor = "Acme"
mine = { nan = [nan, 1.5] }
[[program.catalyst]]
event = "Decision"
when = 2026-12-01T09:00:00-05:00
[[program.catalyst]]
event = "Readout"
when = "next quarter"
[[program]]
name = "Second"
phase = 7
"""


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cartwatch.storage.reading._SETTLED", 0.0)


def where(tmp_path: Path, text: str = SMALL) -> Places:
    path = tmp_path / "w.toml"
    path.write_text(text, encoding="utf-8")
    return places(str(path), {"HOME": str(tmp_path)})


def opened(of: Places) -> tuple[FileState, Watchlist]:
    session = Session(of.watchlist, TODAY, of)
    file = session.open().file
    assert file is not None
    return file, session.watchlist


def keep(of: Places) -> bool:
    return keep_list(of, *opened(of)[:1], TODAY, opened(of)[1], {"error": 1})


def values(watchlist: Watchlist) -> list[str]:
    """Every value with its type: the text of a float or a date tells it."""
    told = [repr((watchlist.title, watchlist.schema, watchlist.sponsors))]
    return told + [repr([getattr(program, each.name) for each in fields(Program)]) for program in watchlist.programs]


@pytest.mark.parametrize("text", [SMALL, SAMPLE.read_text(encoding="utf-8"), ""])
def test_what_is_kept_are_the_values_of_the_text(tmp_path, text):
    of = where(tmp_path, text)
    assert keep(of)
    kept = kept_list(of, TODAY)
    assert kept is not None
    assert kept.problems == {"error": 1}
    assert values(kept.watchlist) == values(opened(of)[1])


def test_a_kept_program_finds_its_sponsor_and_is_copied_like_any_other(tmp_path):
    from dataclasses import replace

    of = where(tmp_path)
    assert keep(of)
    kept = kept_list(of, TODAY)
    assert kept is not None
    program = kept.watchlist.find("[CD19]")
    assert program.company is kept.watchlist.sponsors[0]
    assert replace(program, short="X").catalysts == opened(of)[1].programs[0].catalysts


def test_every_declared_record_can_be_kept():
    declared = {each.record for _, each in (*walk(Program), *walk(Watchlist)) if each.record is not None}
    assert declared <= set(RECORDS)


def test_only_its_owner_reads_it(tmp_path):
    of = where(tmp_path)
    assert keep(of)
    assert os.stat(list_path(of)).st_mode & 0o777 == 0o600


@pytest.mark.slow
def test_no_flipped_byte_and_no_cut_changes_a_value(tmp_path):
    of = where(tmp_path)
    assert keep(of)
    path = Path(list_path(of))
    whole, right = path.read_bytes(), values(opened(of)[1])
    damaged = [whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :] for at in range(len(whole)) for bit in (1, 32)]
    damaged += [whole[:at] for at in range(0, len(whole), 7)]
    for each in damaged:
        path.write_bytes(each)
        kept = kept_list(of, TODAY)
        if kept is not None:
            with pytest.raises(DamagedList):
                assert values(kept.watchlist) == right


def test_parts_of_two_lists_do_not_mix(tmp_path):
    of = where(tmp_path)
    path = Path(list_path(of))
    wholes = []
    for _ in range(2):
        assert keep(of)
        wholes.append(path.read_bytes())
    path.write_bytes(wholes[0][:-900] + wholes[1][-900:])
    kept = kept_list(of, TODAY)
    assert kept is not None
    with pytest.raises(DamagedList):
        values(kept.watchlist)


def test_another_text_of_the_same_size_and_time_is_read(tmp_path, monkeypatch):
    of = where(tmp_path)
    path = Path(of.watchlist)
    assert keep(of)
    before = path.stat()
    path.write_text(SMALL.replace("Second", "Third!"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert kept_list(of, TODAY) is None
    monkeypatch.setattr(parsed_list, "_identity", lambda path: ["same", before.st_mtime_ns, before.st_size, 1, 1, 1])
    path.write_text(SMALL, encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    file, watchlist = opened(of)
    monkeypatch.setattr(parsed_list, "_identity", lambda path: ["same", *file.stamp, 1])
    assert keep_list(of, file, TODAY, watchlist, {})
    assert kept_list(of, TODAY) is not None
    path.write_text(SMALL.replace("Second", "Third!"), encoding="utf-8")
    assert kept_list(of, TODAY) is None  # where nothing else tells, the content does


def test_another_day_or_other_code_reads_the_text(tmp_path, monkeypatch):
    of = where(tmp_path)
    assert keep(of)
    assert kept_list(of, date(2026, 11, 23)) is None
    monkeypatch.setattr(parsed_list, "_made", lambda: "another version")
    assert kept_list(of, TODAY) is None


def test_a_text_just_written_is_neither_kept_nor_taken_from_what_is_kept(tmp_path, monkeypatch):
    of = where(tmp_path)
    assert keep(of)
    monkeypatch.setattr("cartwatch.storage.reading._SETTLED", 3600.0)
    assert kept_list(of, TODAY) is None
    assert not keep(of)


def test_a_text_changed_since_it_was_read_is_not_kept(tmp_path):
    of = where(tmp_path)
    file, watchlist = opened(of)
    Path(of.watchlist).write_text(SMALL + "\n", encoding="utf-8")
    assert not keep_list(of, file, TODAY, watchlist, {})


def test_a_reader_keeps_the_list_it_opened_while_another_process_replaces_it(tmp_path):
    of = where(tmp_path)
    assert keep(of)
    kept, right = kept_list(of, TODAY), values(opened(of)[1])
    Path(of.watchlist).write_text('[[program]]\nname = "Other"\n', encoding="utf-8")
    assert keep(of)
    assert kept is not None
    assert values(kept.watchlist) == right


def test_without_a_cache_directory_nothing_is_kept_nothing_fails_and_no_time_is_spent(tmp_path, monkeypatch):
    of = where(tmp_path)
    encoded: list[object] = []
    monkeypatch.setattr(parsed_list, "_encoded", encoded.append)
    (tmp_path / ".cache").write_text("in the way")
    assert not keep(of)
    assert kept_list(of, TODAY) is None
    assert encoded == []


def test_values_of_an_unknown_class_are_not_kept(tmp_path):
    of = where(tmp_path)
    file, watchlist = opened(of)
    strange = watchlist.with_others({0: Program("a", name="a", notes=object())})  # type: ignore[arg-type]
    assert not keep_list(of, file, TODAY, strange, {})


def test_a_few_lists_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(parsed_list, "_LISTS", 2)
    for name in "abc":
        (tmp_path / name).mkdir()
        (tmp_path / name / "w.toml").write_text(SMALL, encoding="utf-8")
        of = places(str(tmp_path / name / "w.toml"), {"HOME": str(tmp_path)})
        assert keep(of)
    assert len(os.listdir(os.path.dirname(list_path(of)))) == 2
    assert kept_list(of, TODAY) is not None
