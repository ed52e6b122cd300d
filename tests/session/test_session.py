"""An open watchlist saves each change at once, merges what others write, and never loses a side."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from session_stage import TEXT, TODAY, opened, written

from cartwatch.document.edits import EditError
from cartwatch.session import changes
from cartwatch.session.session import Session
from cartwatch.storage.places import places


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path)


def set_fact(session: Session, key: str, path: str, value: object) -> None:
    session.change(changes.set_fact(session.document, session.watchlist, key, path, value))


def test_a_change_is_on_disk_at_once_and_undo_brings_the_bytes_back(file: Path) -> None:
    session = opened(file)
    set_fact(session, "a", "phase", "Phase 3")
    assert session.unsaved is None
    assert file.read_text() == TEXT.replace("Phase 1", "Phase 3")
    session.undo()
    assert file.read_text() == TEXT
    session.redo()
    assert file.read_text() == TEXT.replace("Phase 1", "Phase 3")


def test_two_copies_that_change_different_things_both_keep_their_changes(file: Path) -> None:
    one, other = opened(file), opened(file)
    set_fact(one, "a", "phase", "Phase 3")
    set_fact(other, "b", "phase", "Pivotal")
    assert other.conflicts == []
    assert file.read_text() == TEXT.replace("Phase 1", "Phase 3").replace("Phase 2", "Pivotal")
    assert other.watchlist.find("a").phase == "Phase 3"


def test_a_field_changed_on_both_sides_keeps_ours_and_reports_theirs(file: Path) -> None:
    one, other = opened(file), opened(file)
    set_fact(one, "a", "phase", "Phase 3")
    set_fact(other, "a", "phase", "Pivotal")
    assert other.watchlist.find("a").phase == "Pivotal"
    (conflict,) = other.conflicts
    assert (conflict.ours, conflict.theirs) == ("Pivotal", "Phase 3")


def test_an_editors_comment_survives_our_save(file: Path) -> None:
    session = opened(file)
    file.write_text(TEXT + "\n# written meanwhile\n")
    set_fact(session, "b", "sponsor", "Somebody")
    text = file.read_text()
    assert text.endswith("# written meanwhile\n")
    assert 'sponsor = "Somebody"' in text


@pytest.mark.parametrize("there", [None, b"", b"\0" * 40])
def test_a_vanished_or_emptied_file_is_not_written_over(file: Path, there: bytes | None) -> None:
    session = opened(file)
    if there is None:
        file.unlink()
    else:
        file.write_bytes(there)
    set_fact(session, "a", "phase", "Phase 3")
    assert session.unsaved is not None
    assert "still here" in session.unsaved
    assert session.watchlist.find("a").phase == "Phase 3"
    assert (file.read_bytes() if file.exists() else None) == there


def test_a_half_written_file_is_not_written_over(file: Path) -> None:
    session = opened(file)
    file.write_text(TEXT[:40])
    set_fact(session, "a", "phase", "Phase 3")
    assert session.unsaved is not None
    assert file.read_text() == TEXT[:40]
    file.write_text(TEXT)
    assert session.save()
    assert file.read_text() == TEXT.replace("Phase 1", "Phase 3")


def test_a_save_that_fails_says_why_and_keeps_the_change(file: Path) -> None:
    session = opened(file)
    file.chmod(0o444)
    set_fact(session, "a", "phase", "Phase 3")
    assert session.unsaved is not None
    assert "read-only" in session.unsaved
    assert file.read_text() == TEXT
    file.chmod(0o644)
    assert session.save()
    assert session.unsaved is None
    assert "Phase 3" in file.read_text()


def test_a_read_only_file_is_not_changed(file: Path) -> None:
    file.chmod(0o444)
    session = opened(file)
    with pytest.raises(EditError, match="read-only"):
        set_fact(session, "a", "phase", "Phase 3")
    assert session.document.text == TEXT


def test_a_newer_schema_is_looked_at_and_not_written(file: Path) -> None:
    file.write_text("schema = 99\n" + TEXT)
    session = opened(file)
    assert session.opened.state == "newer"
    with pytest.raises(EditError, match="newer cartwatch"):
        set_fact(session, "a", "phase", "Phase 3")


def test_the_first_program_of_a_new_list_makes_the_file(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path)}
    where = places(None, env)
    session = Session(where.watchlist, TODAY, where)
    assert session.open().state == "missing"
    session.change(changes.add_program(session.document, session.watchlist, "lasme-cel"))
    assert session.unsaved is None
    assert Path(where.watchlist).read_text() == '[[program]]\nid = "lasme-cel"\nname = "lasme-cel"\n'
    assert os.stat(where.watchlist).st_mode & 0o777 == 0o600


def test_a_late_writer_of_the_displaced_file_loses_nothing(file: Path) -> None:
    session = opened(file)
    with open(file, "r+") as editor:  # holds the file that the save displaces
        set_fact(session, "a", "phase", "Phase 3")
        editor.write(TEXT.replace("my list", "my LIST"))
    set_fact(session, "b", "phase", "Pivotal")
    text = file.read_text()
    assert session.unsaved is None
    assert '"Phase 3"' in text
    assert '"Pivotal"' in text
    assert "my LIST" in text


def test_relative_guidance_is_read_anew_on_another_day(file: Path) -> None:
    file.write_text('[[program]]\nname = "A"\n[[program.catalyst]]\nevent = "x"\nwhen = "next quarter"\n')
    session = opened(file)
    first = session.watchlist.programs[0].catalysts[0].when
    assert session.on_day(date(2027, 1, 1))
    second = session.watchlist.programs[0].catalysts[0].when
    assert first is not None
    assert second is not None
    assert (first.start, second.start) == (date(2027, 1, 1), date(2027, 4, 1))


def test_the_journal_says_what_was_changed(file: Path) -> None:
    session = opened(file)
    set_fact(session, "a", "phase", "Phase 3")
    session.undo()
    assert session.keeper is not None
    undone, done = session.keeper.journal.newest_first()
    assert (done.words, done.origin, done.edits) == (
        "A: phase Phase 1 → Phase 3",
        "app",
        ({"program": "a", "path": "phase", "old": "Phase 1", "new": "Phase 3"},),
    )
    assert (undone.origin, undone.undoes) == ("undo", done.id)


def test_the_text_before_the_first_save_is_among_the_backups(file: Path) -> None:
    session = opened(file)
    set_fact(session, "a", "phase", "Phase 3")
    assert session.keeper is not None
    last, backup = session.keeper.backups.newest_first(datetime.now(UTC))
    assert "Phase 3" in session.keeper.backups.read(last).decode()
    assert session.keeper.backups.read(backup).decode() == TEXT


def test_a_journal_that_cannot_be_written_does_not_stop_the_save(file: Path) -> None:
    session = opened(file)
    assert session.places is not None
    Path(session.places.journal).parent.parent.mkdir(parents=True)
    Path(session.places.journal).parent.write_text("in the way")
    set_fact(session, "a", "phase", "Phase 3")
    assert session.unsaved is None
    assert "Phase 3" in file.read_text()
    assert session.keeper is not None
    assert session.keeper.warnings
