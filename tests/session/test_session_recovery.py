"""A session whose file is lost, damaged, older or newer, or put back whole; conflicts settled afterwards."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.edits import EditError
from cartwatch.domain.merge import Conflict
from cartwatch.session.changes import set_fact
from cartwatch.session.conflicts import place_words, settled
from cartwatch.session.session import Session
from cartwatch.storage.errors import NotBackedUp
from cartwatch.storage.places import places
from cartwatch.storage.reading import read_file

LIST = 'schema = 1\n\n[[program]]\nname = "one"\nphase = "Phase 1"\n\n[[program]]\nname = "two"\n'


def session_on(folder: Path, text: str | bytes = LIST) -> Session:
    path = folder / "list.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    session = Session(str(path), date(2026, 11, 22), places(str(path), {"HOME": str(folder)}))
    session.open()
    return session


def phase(session: Session, to: str) -> None:
    session.change(set_fact(session.document, session.watchlist, "one", "phase", to))


def on_disk(session: Session) -> str:
    with open(session.path, encoding="utf-8", newline="") as file:
        return file.read()


def test_a_whole_text_put_back_is_one_step_that_can_be_undone_in_a_later_run_too(tmp_path: Path) -> None:
    session = session_on(tmp_path)
    phase(session, "Phase 2")
    changed = on_disk(session)
    session.replace_text(LIST.encode(), "restored", origin="restore", label="restore")
    assert on_disk(session) == LIST
    again = Session(session.path, session.today, session.places)
    again.open()
    step = again.undo()
    assert step is not None
    assert step.words == "restored"
    assert on_disk(again) == changed
    assert session.keeper is not None
    assert "restore" in {each.label for each in session.keeper.newest_first()}


def test_what_does_not_parse_is_not_put_back(tmp_path: Path) -> None:
    session = session_on(tmp_path)
    with pytest.raises(SyntaxProblem):
        session.replace_text(b"a = b c", "restored", origin="restore", label="restore")
    assert on_disk(session) == LIST
    assert not session.done


def test_a_damaged_file_is_kept_before_another_text_takes_its_place(tmp_path: Path) -> None:
    session = session_on(tmp_path, "name = broken text\n")
    assert session.opened.state == "unreadable"
    assert session.recover(LIST.encode(), "restored")
    assert on_disk(session) == LIST
    assert session.keeper is not None
    (kept,) = [each for each in session.keeper.newest_first() if each.label == "unreadable"]
    assert session.keeper.backups.read(kept) == b"name = broken text\n"
    phase(session, "Phase 3")
    assert 'phase = "Phase 3"' in on_disk(session)


def test_what_another_program_changed_meanwhile_is_no_less_in_the_way_of_a_recovery(tmp_path: Path) -> None:
    session = session_on(tmp_path, "name = broken text\n")
    mended = LIST.replace("one", "mended")
    (tmp_path / "list.toml").write_text(mended, encoding="utf-8")
    session.recover(LIST.encode(), "restored")
    assert {"mended", "two"} <= {each.name for each in session.watchlist.programs}


@pytest.mark.parametrize("left", [None, b"", b"\0\0\0"])
def test_a_lost_file_is_written_again_only_when_told(tmp_path: Path, left: bytes | None) -> None:
    session = session_on(tmp_path)
    path = tmp_path / "list.toml"
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    phase(session, "Phase 2")
    assert session.unsaved is not None
    assert not session.save()
    assert (path.read_bytes() if path.exists() else None) == left
    assert session.write_anew(read_file(str(path)) if left is not None else None)
    assert 'phase = "Phase 2"' in on_disk(session)
    assert session.unsaved is None


def test_a_newer_schema_is_never_merged_into(tmp_path: Path) -> None:
    session = session_on(tmp_path)
    path = tmp_path / "list.toml"
    newer = LIST.replace("schema = 1", "schema = 8")
    path.write_text(newer, encoding="utf-8")
    phase(session, "Phase 2")
    assert session.unsaved is not None
    assert "newer cartwatch" in session.unsaved
    assert on_disk(session) == newer
    with pytest.raises(EditError, match="newer cartwatch"):
        session.refresh(read_file(session.path))
    clean = session_on(tmp_path)
    path.write_text(newer, encoding="utf-8")
    assert not clean.refresh(read_file(session.path)) or clean.why_readonly
    assert clean.why_readonly == "schema 8 was written by a newer cartwatch"


@pytest.mark.parametrize("why", ["a newer schema", "no backup"])
def test_sides_that_can_not_be_merged_stay_on_disk(tmp_path: Path, why: str) -> None:
    session = session_on(tmp_path)
    path = tmp_path / "list.toml"
    schema = "8" if why == "a newer schema" else "1"
    text = LIST.replace("schema = 1", f"schema = {schema}\n<<<<<<< a\nx = 1\n=======\ny = 1\n>>>>>>> b")
    path.write_text(text, encoding="utf-8")
    if why == "no backup":
        assert session.places is not None
        Path(session.places.backups_dir).parent.mkdir(parents=True)
        Path(session.places.backups_dir).write_text("in the way", encoding="utf-8")
    with pytest.raises((EditError, NotBackedUp)):
        session.merge_sides(read_file(str(path)))
    phase(session, "Phase 2")
    assert session.unsaved is not None
    assert on_disk(session) == text


def test_a_save_that_interrupts_a_save_leaves_it_to_that_one(tmp_path: Path) -> None:
    session = session_on(tmp_path)
    assert session.keeper is not None
    real, inner = session.keeper.back_up, []

    def interrupted(data: bytes, label: str = "") -> None:
        inner.append(session.save())
        real(data, label)

    session.keeper.back_up = interrupted  # type: ignore[method-assign]
    phase(session, "Phase 2")
    assert inner == [False]
    assert 'phase = "Phase 2"' in on_disk(session)


# ---- conflicts settled


def conflict(place: int, field: str, ours: object, theirs: object, program: str = "one") -> Conflict:
    return Conflict(program, ("program", place, field), None, ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs", "take", "phase_after"),
    [
        ("Phase 1", "Phase 9", True, "Phase 9"),
        ("Phase 1", "Phase 9", False, "Phase 1"),
        ("Phase 1", None, True, None),
        (None, "Phase 1", False, None),
        (None, "Phase 1", True, "Phase 1"),
    ],
)
def test_what_is_chosen_comes_about(tmp_path: Path, ours: object, theirs: object, take: bool, phase_after: object) -> None:
    session = session_on(tmp_path)
    found = conflict(0, "phase", ours, theirs)
    planned, gone = settled(session.document, [found], [take])
    assert gone == 0
    assert (planned is None) == (phase_after == "Phase 1")
    if planned is not None:
        session.change(planned)
    assert session.document.programs[0].get("phase") == phase_after


def test_what_was_changed_once_more_meanwhile_is_left_alone(tmp_path: Path) -> None:
    session = session_on(tmp_path)
    found = [conflict(0, "phase", "Phase 5", "Phase 9"), conflict(1, "phase", None, "Phase 9", "gone")]
    assert settled(session.document, found, [True, True]) == (None, 2)


def test_records_deleted_together_do_not_shift_each_other() -> None:
    text = LIST + "".join(f'[[program.catalyst]]\nevent = "{each}"\n' for each in "abc")
    document = Document.parse(text.encode())
    events = [{"event": each} for each in "abc"]
    found = [Conflict("two", ("program", 1, "catalyst", at), None, events[at], None) for at in (0, 2)]
    planned, _ = settled(document, found, [True, True])
    assert planned is not None
    from cartwatch.document.edits import apply

    after = apply(document, planned.edits).document
    assert after.programs[1]["catalyst"] == [{"event": "b"}]
    assert place_words(document, found[1]) == ("two", "catalyst.3") or place_words(document, found[1])[0] == "two"
