"""Drafts: a killed program's open form is found by the next one, a living one's is left alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cartwatch.storage.drafts import Draft, Drafts
from cartwatch.storage.errors import NotSaved

NOW = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
FIELDS = {"phase": "Phase 2", "notes": 'two\nlines, "quoted"', "half": "", "own key.x": "é"}


@pytest.fixture
def dead() -> int:
    """The id of a process that runs no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_draft_is_found_after_its_program_died(tmp_path: Path, dead: int) -> None:
    draft = Draft(NOW, "edit", "lasme-cel", "0" * 64, FIELDS)
    Drafts(str(tmp_path / "d"), dead).save(draft)
    (found,) = Drafts(str(tmp_path / "d"), os.getpid()).left()
    assert (found.at, found.form, found.about, found.base, found.fields) == (NOW, "edit", "lasme-cel", "0" * 64, FIELDS)
    assert stat.S_IMODE(os.stat(found.path).st_mode) == 0o600
    Drafts(str(tmp_path / "d"), os.getpid()).discard(found)
    assert Drafts(str(tmp_path / "d"), os.getpid()).left() == []


def test_a_closed_form_leaves_nothing(tmp_path: Path, dead: int) -> None:
    drafts = Drafts(str(tmp_path), dead)
    drafts.clear()
    drafts.save(Draft(NOW, "edit", "a", "", {}))
    drafts.clear()
    assert drafts.left() == []
    assert os.listdir(tmp_path) == []


def test_forms_are_kept_side_by_side(tmp_path: Path, dead: int) -> None:
    drafts = Drafts(str(tmp_path), dead)
    drafts.save(Draft(NOW, "edit", "a", "", {"x": "1"}))
    drafts.save(Draft(NOW + timedelta(minutes=1), "edit", "b", "", {"x": "2"}), 1)
    assert [draft.about for draft in drafts.left()] == ["b", "a"]
    drafts.clear()
    assert [draft.about for draft in Drafts(str(tmp_path), os.getpid()).left()] == ["b"]
    (tmp_path / "1-x.toml").write_bytes(b"")
    (tmp_path / "x-1.toml").write_bytes(b"")
    assert len(drafts.left()) == 1


def test_the_draft_of_a_running_program_is_its_own_matter(tmp_path: Path) -> None:
    Drafts(str(tmp_path), os.getppid()).save(Draft(NOW, "edit", "a", "", {}))
    assert Drafts(str(tmp_path), os.getpid()).left() == []


def test_newest_first_and_what_is_damaged_is_passed_over(tmp_path: Path) -> None:
    for process, minutes in ((99999901, 1), (99999902, 3), (99999903, 2)):
        Drafts(str(tmp_path), process).save(Draft(NOW + timedelta(minutes=minutes), "edit", str(minutes), "", {}))
    (tmp_path / "99999904.toml").write_bytes(b"at = ")
    (tmp_path / "99999905.toml").write_bytes(b'at = 1\nform = ""\nabout = ""\nbase = ""\nfields = {}\n')
    (tmp_path / "99999906.toml").write_bytes(b"\xff")
    (tmp_path / "notes.toml").write_bytes(b"")
    assert [draft.about for draft in Drafts(str(tmp_path), 1).left()] == ["3", "2", "1"]


def test_no_directory_has_no_drafts_and_one_in_the_way_is_said(tmp_path: Path) -> None:
    drafts = Drafts(str(tmp_path / "file" / "d"), 1)
    assert drafts.left() == []
    (tmp_path / "file").touch()
    with pytest.raises(NotSaved, match="no draft kept"):
        drafts.save(Draft(NOW, "edit", "a", "", {}))
