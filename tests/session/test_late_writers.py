"""A process that wrote an older text reverts nothing that cartwatch saved, and half a file is not taken for a whole one."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path

import pytest
import tomli
from session_stage import TODAY, opened

from cartwatch.document.edits import EditError
from cartwatch.session import changes
from cartwatch.session.saving import Doubtful
from cartwatch.session.session import Session
from cartwatch.storage.last_text import last_text
from cartwatch.storage.places import places
from cartwatch.storage.reading import read_file

TEXT = "# mine\n" + "".join(f'\n[[program]]\nid = "{key}"\nname = "{key.upper()}"\nnotes = "old"\n' for key in "abcdef")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.toml"
    path.write_text(TEXT)
    return path


def settled(file: Path) -> Session:
    """A session as a command that changes something opens it."""
    session = opened(file)
    session.pause = lambda _: None
    session.settle()
    return session


def notes(session: Session, key: str, value: str) -> None:
    session.change(changes.set_fact(session.document, session.watchlist, key, "notes", value))


def at_rest(file: Path) -> None:
    """The file was written a while ago."""
    long_ago = time.time() - 60
    os.utime(file, (long_ago, long_ago))


def fact(file: Path, key: str) -> str | None:
    return opened(file).watchlist.find(key).notes


def journal(file: Path) -> list[str]:
    keeper = opened(file).keeper
    assert keeper is not None
    return [each.words for each in keeper.journal.newest_first()]


# ---- late writers


def test_a_late_writer_of_the_file_reverts_no_edit_of_an_earlier_process(file: Path) -> None:
    notes(settled(file), "a", "ours")
    file.write_text(TEXT.replace('name = "B"\nnotes = "old"', 'name = "B"\nnotes = "theirs"'))
    later = settled(file)
    assert (fact(file, "a"), fact(file, "b")) == ("ours", "theirs")
    (conflict,) = later.conflicts
    assert (conflict.program, conflict.path[2:], conflict.ours, conflict.theirs) == ("A", ("notes",), "ours", "old")
    assert any("a: notes ours → old" in each for each in journal(file))


def test_a_program_that_was_removed_does_not_come_back_by_a_late_writer(file: Path) -> None:
    session = settled(file)
    session.change(changes.delete(session.document, session.watchlist, "c"))
    file.write_text(TEXT.replace("# mine", "# theirs"))
    later = settled(file)
    assert later.watchlist.get("c") is None
    assert file.read_text().startswith("# theirs")
    assert 'id = "c"' not in file.read_text()
    (conflict,) = later.conflicts
    assert (conflict.program, conflict.ours, conflict.theirs["notes"]) == ("C", None, "old")


def test_a_program_that_was_added_is_not_dropped_by_a_late_writer(file: Path) -> None:
    session = settled(file)
    session.change(changes.add_program(session.document, session.watchlist, "New"))
    file.write_text(TEXT.replace("# mine", "# theirs").replace('"old"', '"theirs"', 1))
    later = settled(file)
    assert later.watchlist.get("new") is not None
    assert (fact(file, "new"), fact(file, "a")) == (None, "theirs")
    assert [each.theirs for each in later.conflicts] == [None]


def test_a_late_writer_from_several_saves_ago_reverts_none_of_them(file: Path) -> None:
    for number, key in enumerate("abcd"):
        notes(settled(file), key, f"ours {number}")
    file.write_text(TEXT.replace("# mine", "# theirs"))
    later = settled(file)
    assert [fact(file, key) for key in "abcde"] == ["ours 0", "ours 1", "ours 2", "ours 3", "old"]
    assert sorted(each.ours for each in later.conflicts) == ["ours 0", "ours 1", "ours 2", "ours 3"]


def test_what_both_changed_stays_ours_and_names_theirs(file: Path) -> None:
    notes(settled(file), "a", "ours")
    notes(settled(file), "b", "ours")
    file.write_text(TEXT.replace('"old"', '"theirs"', 1))  # of the text before both
    later = settled(file)
    assert (fact(file, "a"), fact(file, "b")) == ("ours", "ours")
    assert sorted((each.ours, each.theirs) for each in later.conflicts) == [("ours", "old"), ("ours", "theirs")]


def test_a_late_writer_beside_an_open_app_reverts_nothing(file: Path) -> None:
    app = settled(file)
    notes(settled(file), "a", "of a command")
    notes(app, "b", "of the app")
    file.write_text(TEXT.replace("# mine", "# theirs"))
    app.refresh(read_file(str(file)))
    assert (fact(file, "a"), fact(file, "b")) == ("of a command", "of the app")
    assert len(app.conflicts) == 2
    file.write_text(TEXT.replace("# mine", "# again"))
    notes(app, "c", "and more")  # the save itself meets it
    assert [fact(file, key) for key in "abc"] == ["of a command", "of the app", "and more"]
    assert file.read_text().startswith("# again")


def test_what_the_late_writer_left_is_not_what_undo_leads_to(file: Path) -> None:
    notes(settled(file), "a", "ours")
    file.write_text(TEXT.replace("# mine", "# theirs"))
    later = settled(file)
    notes(later, "b", "more")
    settled(file).undo()
    assert (fact(file, "a"), fact(file, "b")) == ("ours", "old")
    settled(file).undo()
    assert (fact(file, "a"), fact(file, "b")) == ("old", "old")
    assert file.read_text().startswith("# theirs")


def test_an_edit_by_hand_of_the_last_text_is_taken_as_it_is_and_told(file: Path) -> None:
    notes(settled(file), "a", "ours")
    file.write_text(file.read_text().replace('"ours"', '"by hand"').replace("# mine", "# my"))
    later = settled(file)
    assert later.conflicts == []
    assert fact(file, "a") == "by hand"
    assert "a: notes ours → by hand" in journal(file)[0]


def test_an_earlier_text_put_back_whole_stands_and_is_told_with_its_values(file: Path) -> None:
    notes(settled(file), "a", "ours")
    saved = file.read_bytes()
    file.write_text(TEXT)  # as git checkout does
    later = settled(file)
    assert (fact(file, "a"), later.conflicts) == ("old", [])
    assert any("a: notes ours → old" in each for each in later.warnings)
    assert "a: notes ours → old" in journal(file)[0]
    assert later.keeper is not None
    assert saved in [later.keeper.backups.read(each) for each in later.keeper.newest_first()]


def test_a_command_that_only_reads_writes_nothing(file: Path) -> None:
    notes(settled(file), "a", "ours")
    late = TEXT.replace("# mine", "# theirs")
    file.write_text(late)
    opened(file)
    assert file.read_text() == late
    settled(file)
    assert fact(file, "a") == "ours"


def test_a_held_descriptor_is_merged_after_more_than_one_save(file: Path) -> None:
    with file.open("r+") as editor:
        notes(settled(file), "a", "ours")
        notes(settled(file), "b", "ours")
        editor.write(TEXT.replace("# mine", "# MINE"))
        editor.flush()
        later = settled(file)
    assert file.read_text().startswith("# MINE")
    assert (fact(file, "a"), fact(file, "b"), later.conflicts) == ("ours", "ours", [])


# ---- half of it


def cut(at: str) -> str:
    return TEXT[: TEXT.index(at)]


@pytest.mark.parametrize("edited", [False, True])
def test_half_a_file_is_waited_for_and_then_merged(file: Path, edited: bool) -> None:
    notes(settled(file), "f", "ours")
    half = cut('\n[[program]]\nid = "d"')
    file.write_text(half.replace("old", "theirs", 1) if edited else half)
    session = opened(file)
    waited = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            file.write_text(TEXT.replace("# mine", "# theirs"))

    session.pause = pause
    session.settle()
    assert session.doubt is None
    assert file.read_text().startswith("# theirs")
    assert fact(file, "f") == "ours"
    assert len(session.watchlist) == 6


def test_half_a_file_that_stays_half_is_not_changed(file: Path) -> None:
    notes(settled(file), "f", "ours")
    half = cut('\n[[program]]\nid = "d"')
    file.write_text(half)
    session = settled(file)
    assert session.doubt is not None
    assert "3 of 6 programs are gone from it at once (d, e, f)" in session.doubt
    assert "cartwatch restore" in session.doubt
    with pytest.raises(EditError, match="half of it may be missing"):
        notes(session, "a", "ours")
    assert file.read_text() == half
    last = last_text(places(str(file), {"HOME": str(file.parent / "home")})).read()
    assert last is not None
    assert b'"ours"' in last
    session.settle(believe=True)
    assert session.doubt is None
    notes(session, "a", "ours")
    assert len(opened(file).watchlist) == 3


def test_many_programs_gone_from_the_middle_are_asked_about(file: Path) -> None:
    notes(settled(file), "f", "ours")
    text = file.read_text()
    file.write_text(text[: text.index('\n[[program]]\nid = "b"')] + text[text.index('\n[[program]]\nid = "e"') :])
    assert settled(file).doubt is not None


def test_one_program_deleted_by_hand_is_taken_once_it_has_stood(file: Path) -> None:
    notes(settled(file), "a", "ours")
    file.write_text(file.read_text().removesuffix('\n[[program]]\nid = "f"\nname = "F"\nnotes = "old"\n'))
    session = opened(file)
    session.settle()  # as the app, which does not wait: the list is as it was
    assert (len(session.watchlist), len(tomli.loads(file.read_text())["program"])) == (6, 5)
    assert session.trouble_outside is not None
    at_rest(file)
    session = settled(file)
    assert session.doubt is None
    assert any("f deleted" in each for each in journal(file))


def test_the_app_is_told_that_a_file_is_in_doubt_and_takes_it_when_it_is_whole(file: Path) -> None:
    app = settled(file)
    notes(app, "a", "ours")
    whole = file.read_text().replace("# mine", "# theirs")
    file.write_text(whole[: whole.index('\n[[program]]\nid = "d"')])
    with pytest.raises(Doubtful) as caught:
        app.refresh(read_file(str(file)))
    assert not caught.value.stands
    assert len(app.watchlist) == 6
    at_rest(file)
    with pytest.raises(Doubtful) as caught:
        app.refresh(read_file(str(file)))
    assert caught.value.stands
    notes(app, "b", "kept here")
    assert app.unsaved is not None
    file.write_text(whole)
    assert app.save()
    assert (fact(file, "a"), fact(file, "b")) == ("ours", "kept here")
    assert file.read_text().startswith("# theirs")


@pytest.mark.parametrize(
    "at",
    ['\n[[program]]\nid = "d"', 'me = "D"', '\n[[program]]\nid = "f"'],
    ids=["at a boundary", "elsewhere", "before the last program"],
)
def test_a_displaced_file_that_is_half_written_waits_and_is_merged_at_the_next_open(file: Path, at: str) -> None:
    session = settled(file)
    whole = TEXT.replace("# mine", "# MINE").replace('"old"', '"theirs"', 1)
    with file.open("r+") as editor:
        notes(session, "f", "ours")
        editor.truncate(0)
        editor.write(whole[: whole.index(at)])
        editor.flush()
        notes(session, "e", "ours")
        assert session.unsaved is None
        assert len(session.watchlist) == 6
        editor.write(whole[whole.index(at) :])
    later = settled(file)
    assert file.read_text().startswith("# MINE")
    assert [fact(file, key) for key in "aef"] == ["theirs", "ours", "ours"]
    assert later.places is not None
    assert not list(Path(later.places.keep_dir).glob("late-*"))


def test_a_last_program_deleted_in_a_displaced_file_is_taken_once_it_has_stood(file: Path) -> None:
    session = settled(file)
    with file.open("r+") as editor:
        notes(session, "b", "ours")
        editor.truncate(TEXT.index('\n[[program]]\nid = "f"'))
    later = settled(file)
    assert later.watchlist.get("f") is not None
    assert later.places is not None
    (late,) = Path(later.places.keep_dir).glob("late-*")
    at_rest(late)
    later = settled(file)
    assert later.watchlist.get("f") is None
    assert (fact(file, "b"), later.conflicts) == ("ours", [])


def test_an_edited_text_cut_before_its_last_program_is_waited_for(file: Path) -> None:
    notes(settled(file), "a", "ours")
    whole = file.read_text().replace('"old"', '"theirs"', 1)
    file.write_text(whole[: whole.index('\n[[program]]\nid = "f"')])
    session = opened(file)
    session.pause = lambda _: file.write_text(whole)  # type: ignore[assignment]
    session.settle()
    assert session.doubt is None
    assert session.watchlist.get("f") is not None
    assert "f deleted" not in " ".join(journal(file))


def test_a_list_that_was_never_saved_has_nothing_to_be_compared_with(file: Path) -> None:
    session = settled(file)
    assert (session.doubt, session.conflicts, session.warnings) == (None, [], [])
    assert session.today == TODAY


@pytest.mark.parametrize("half", ["", TEXT[:60], TEXT[: TEXT.index('\n[[program]]\nid = "d"')]])
def test_a_command_that_only_reads_waits_for_the_other_half_too(file: Path, half: str) -> None:
    notes(settled(file), "a", "ours")
    whole = file.read_text()
    file.write_text(half)
    session = opened(file)
    assert len(session.watchlist) < 6
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            file.write_text(whole)

    session.pause = pause
    session.open()
    assert (len(session.watchlist), len(waited)) == (6, 2)
    at_rest(file)
    session.open()
    assert len(waited) == 2


def test_a_reload_keeps_what_is_not_saved_and_is_in_the_journal(file: Path) -> None:
    app = settled(file)
    notes(app, "a", "ours")
    file.write_text(file.read_text().replace("# mine", "# theirs").replace('"old"', '"by hand"', 1))
    app.reload()
    assert "b: notes old → by hand" in journal(file)[0]
    file.chmod(0o444)
    notes(app, "c", "not saved yet")
    assert app.unsaved is not None
    app.reload()
    assert app.watchlist.find("c").notes == "not saved yet"
    file.chmod(0o644)
    assert app.save()
    assert [fact(file, key) for key in "abc"] == ["ours", "by hand", "not saved yet"]


@pytest.mark.slow
def test_memory_stays_as_it_is_over_many_reloads(file: Path) -> None:
    app = settled(file)
    notes(app, "a", "ours")

    def rounds(count: int) -> int:
        for number in range(count):
            file.write_text(f"# {number}\n" + TEXT.replace('"old"', f'"{number}"'))
            app.reload()
        gc.collect()
        return len(gc.get_objects())

    before = rounds(10)
    assert rounds(40) < before + 400


@pytest.mark.parametrize("half", ["", TEXT[:60], TEXT[: TEXT.index('me = "D"')]])
def test_a_save_that_meets_half_a_file_waits_for_the_other_half(file: Path, half: str) -> None:
    session = settled(file)
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            file.write_text(TEXT.replace("# mine", "# theirs"))

    session.pause = pause
    file.write_text(half)
    notes(session, "a", "ours")
    assert session.unsaved is None
    assert file.read_text() == TEXT.replace("# mine", "# theirs").replace("old", "ours", 1)
