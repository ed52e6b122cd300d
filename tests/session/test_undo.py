"""Undo, in this run and in later ones, beside other writers: every change can be taken back, and none but the own."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from session_stage import TEXT, opened, written

from cartwatch.document.edits import EditError
from cartwatch.session import changes
from cartwatch.session.session import Session
from cartwatch.storage import save as save_module
from cartwatch.storage.reading import read_file
from cartwatch.views.journaled import told

if TYPE_CHECKING:
    from cartwatch.storage.journal import JournalEntry


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path)


def set_fact(session: Session, key: str, path: str, value: object) -> None:
    session.change(changes.set_fact(session.document, session.watchlist, key, path, value))


def look(session: Session) -> None:
    """What the app does where it notices that the file is another."""
    session.refresh(read_file(session.path))


def by_hand(file: Path, old: str, new: str) -> None:
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def journal(file: Path) -> list[JournalEntry]:
    keeper = opened(file).keeper
    assert keeper is not None
    return list(keeper.journal.newest_first())


def undo_later(file: Path) -> str | None:
    """Undo in a run of its own, as `cartwatch undo` does; the words of what was taken back."""
    step = opened(file).undo()
    return None if step is None else step.words


A3, B3, A9 = "A: phase Phase 1 → Phase 3", "B: phase Phase 2 → Pivotal", "A: phase Phase 3 → Phase 9"


def test_undo_never_takes_back_what_another_program_wrote(file: Path) -> None:
    session = opened(file)
    set_fact(session, "a", "phase", "Phase 3")
    file.write_text(file.read_text().replace('"Phase 2"', '"Approved"'))
    assert session.refresh(read_file(str(file)))
    session.undo()
    assert file.read_text() == TEXT.replace('"Phase 2"', '"Approved"')
    session.redo()
    assert file.read_text() == TEXT.replace('"Phase 2"', '"Approved"').replace("Phase 1", "Phase 3")


def test_undo_works_after_the_program_was_closed(file: Path) -> None:
    session = opened(file)
    set_fact(session, "a", "phase", "Phase 3")
    set_fact(session, "b", "phase", "Pivotal")
    later = opened(file)
    first = later.undo()
    assert first is not None
    assert first.words == "B: phase Phase 2 → Pivotal"
    assert file.read_text() == TEXT.replace("Phase 1", "Phase 3")
    last = opened(file)
    last.undo()
    assert file.read_text() == TEXT
    assert opened(file).undo() is None


# ---- several writers, and one journal


def test_what_one_cartwatch_saved_the_other_does_not_write_down_once_more(file: Path) -> None:
    one, other = opened(file), opened(file)
    set_fact(one, "a", "phase", "Phase 3")
    look(other)
    set_fact(other, "b", "phase", "Pivotal")
    look(one)
    set_fact(one, "a", "phase", "Phase 9")
    assert [each.origin for each in journal(file)] == ["app"] * 3
    assert [undo_later(file) for _ in range(4)] == [A9, B3, A3, None]
    assert file.read_text() == TEXT


def test_a_merge_of_two_writers_is_taken_back_step_by_step(file: Path) -> None:
    one, other = opened(file), opened(file)
    set_fact(one, "a", "phase", "Phase 3")
    set_fact(other, "b", "phase", "Pivotal")  # which meets the other's save, and merges
    assert [undo_later(file) for _ in range(3)] == [B3, A3, None]
    assert file.read_text() == TEXT


def test_a_save_that_another_noticed_before_it_was_in_the_journal(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = opened(file), opened(file)
    assert one.keeper is not None
    entered = one.keeper.write_down

    def late(*arguments: Any, **named: Any) -> str:
        look(other)  # between the save and its line in the journal
        return entered(*arguments, **named)

    monkeypatch.setattr(one.keeper, "write_down", late)
    set_fact(one, "a", "phase", "Phase 3")
    assert [each.origin for each in journal(file)] == ["app"]
    assert [each.line for each in told(one.keeper.journal, one.watchlist, one.today)] == ["A: phase Phase 1 → Phase 3"]
    set_fact(other, "b", "phase", "Pivotal")
    assert [undo_later(file) for _ in range(3)] == [B3, A3, None]
    assert file.read_text() == TEXT


def test_two_changes_that_another_noticed_as_one(file: Path) -> None:
    one, other = opened(file), opened(file)
    before = other.opened.file
    set_fact(one, "a", "phase", "Phase 3")
    set_fact(one, "b", "phase", "Pivotal")
    assert other.keeper is not None
    other.keeper.write_down("changed", before, read_file(str(file)), origin="disk")
    look(other)
    assert [each.origin for each in journal(file)] == ["disk", "app", "app"]
    assert [undo_later(file) for _ in range(3)] == [B3, A3, None]
    assert file.read_text() == TEXT


def test_changes_that_stand_in_another_order_than_they_were_made(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = opened(file), opened(file)
    assert one.keeper is not None
    entered = one.keeper.write_down

    def late(*arguments: Any, **named: Any) -> str:
        monkeypatch.undo()
        set_fact(other, "b", "phase", "Pivotal")
        return entered(*arguments, **named)

    monkeypatch.setattr(one.keeper, "write_down", late)
    set_fact(one, "a", "phase", "Phase 3")
    assert [each.words for each in journal(file) if each.origin == "app"] == [A3, B3]
    assert sorted(str(undo_later(file)) for _ in range(2)) == [A3, B3]
    assert file.read_text() == TEXT


def test_a_late_writer_is_in_the_journal_and_stays_when_the_change_is_taken_back(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(file)
    real = save_module.replace

    def while_saving(source: str, target: str) -> None:
        monkeypatch.undo()
        by_hand(file, "# my list", "# our list")
        real(source, target)

    monkeypatch.setattr(save_module, "replace", while_saving)
    set_fact(session, "a", "phase", "Phase 3")
    assert file.read_text() == TEXT.replace("my list", "our list").replace("Phase 1", "Phase 3")
    assert undo_later(file) == A3
    assert file.read_text() == TEXT.replace("my list", "our list")


# ---- a person's editor


def test_what_an_editor_changed_while_it_was_open_stays(file: Path) -> None:
    session = opened(file)
    set_fact(session, "a", "phase", "Phase 3")
    by_hand(file, '"Phase 2"', '"Approved"  # at last')
    look(session)
    assert undo_later(file) == A3
    assert file.read_text() == TEXT.replace('"Phase 2"', '"Approved"  # at last')


def test_what_an_editor_changed_while_nobody_looked_stays_too(file: Path) -> None:
    set_fact(opened(file), "a", "phase", "Phase 3")
    by_hand(file, "# my list", "# our list, by hand")
    assert undo_later(file) == A3
    assert file.read_text() == TEXT.replace("# my list", "# our list, by hand")


@pytest.mark.parametrize("noticed", [True, False])
def test_a_value_that_was_changed_again_is_not_taken_back_over_it(file: Path, noticed: bool) -> None:
    session = opened(file)
    set_fact(session, "a", "phase", "Phase 3")
    by_hand(file, '"Phase 3"', '"Approved"')
    if noticed:
        look(session)
        later = opened(file)
        later.undo()
        (conflict,) = later.conflicts
        assert (conflict.ours, conflict.theirs) == ("Phase 1", "Approved")
    else:
        with pytest.raises(EditError, match="changed in other ways since"):
            opened(file).undo()
    assert file.read_text() == TEXT.replace("Phase 1", "Approved")


@pytest.mark.parametrize("back", [True, False], ids=["undo", "redo"])
def test_in_the_same_run_it_is_a_conflict_and_theirs_stands(file: Path, back: bool) -> None:
    session = opened(file)
    set_fact(session, "a", "phase", "Phase 3")
    if not back:
        session.undo()
    by_hand(file, '"Phase 3"' if back else '"Phase 1"', '"Approved"')
    look(session)
    step = session.undo() if back else session.redo()
    assert step is not None
    (conflict,) = session.conflicts
    assert (conflict.ours, conflict.theirs) == ("Phase 1" if back else "Phase 3", "Approved")
    assert file.read_text() == TEXT.replace("Phase 1", "Approved")
    assert "was kept" in journal(file)[0].words


def test_what_another_program_took_out_is_not_brought_back_by_an_undo(file: Path) -> None:
    session = opened(file)
    set_fact(session, "a", "phase", "Phase 3")
    by_hand(file, 'phase = "Phase 3"\n', "")
    look(session)
    session.undo()
    (conflict,) = session.conflicts
    assert (conflict.ours, conflict.theirs) == ("Phase 1", None)
    assert 'phase = "Phase 1"' not in file.read_text()


def test_several_values_go_back_together_or_not_at_all(file: Path) -> None:
    session = opened(file)
    watchlist = session.watchlist
    session.change(changes.set_many(session.document, watchlist, ["a", "b"], "phase", dict.fromkeys("ab", "Phase 3"), "both"))
    by_hand(file, "# my list", "# our list")
    whole = file.read_text()
    by_hand(file, 'name = "B"\nphase = "Phase 3"', 'name = "B"\nphase = "Approved"')
    spoilt = file.read_text()
    with pytest.raises(EditError, match="see the backups"):
        opened(file).undo()
    assert file.read_text() == spoilt
    file.write_text(whole)
    assert undo_later(file) == "both"
    assert file.read_text() == TEXT.replace("# my list", "# our list")


@pytest.mark.parametrize("origin", ["app", "import", "registry"])
@pytest.mark.parametrize("count", [3, 250])
def test_what_the_journal_may_not_tell_in_full_is_not_taken_back_by_values(file: Path, origin: str, count: int) -> None:
    file.write_text(TEXT + "".join(f'\n[[program]]\nid = "p{n}"\nname = "P{n}"\n' for n in range(count)))
    before = file.read_text()
    session = opened(file)
    values = {f"p{n}": "Phase 3" for n in range(count)}
    many = changes.set_many(session.document, session.watchlist, values, "phase", values, "many")
    session.change(replace(many, origin=origin))
    by_hand(file, "# my list", "# our list")
    after = file.read_text()
    if (origin, count) == ("app", 3):
        assert undo_later(file) == "many"
        assert file.read_text() == before.replace("# my list", "# our list")
    else:
        with pytest.raises(EditError, match="see the backups"):
            opened(file).undo()
        assert file.read_text() == after


def test_a_deleted_program_is_not_made_up_from_the_journal(file: Path) -> None:
    session = opened(file)
    session.change(changes.delete(session.document, session.watchlist, "b"))
    by_hand(file, "# my list", "# our list")
    text = file.read_text()
    with pytest.raises(EditError, match="see the backups"):
        opened(file).undo()
    assert file.read_text() == text


def test_changes_that_were_saved_together_go_back_together_and_no_undo_is_undone(file: Path) -> None:
    session = opened(file)
    os.chmod(file, 0o444)
    set_fact(session, "a", "phase", "Phase 3")
    set_fact(session, "b", "phase", "Pivotal")
    os.chmod(file, 0o644)
    assert session.save()
    session.undo()
    assert file.read_text() == TEXT.replace("Phase 1", "Phase 3")
    assert undo_later(file) == f"{A3}; {B3}"
    assert file.read_text() == TEXT
    assert undo_later(file) is None


def test_a_change_that_was_not_saved_is_not_taken_for_the_one_before(file: Path) -> None:
    session = opened(file)
    set_fact(session, "a", "phase", "Phase 3")
    os.chmod(file, 0o444)
    set_fact(session, "b", "phase", "Pivotal")
    assert session.unsaved is not None
    assert session.done[0].entry != ""
    assert session.done[1].entry == ""
