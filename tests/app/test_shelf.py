"""The shelf of typed text: every form, to its last letter, is on disk when nothing more is typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from app_stage import NOW

from cartwatch.app.editing import drafts
from cartwatch.app.editing.drafts import Shelf
from cartwatch.session.session import Session
from cartwatch.storage.drafts import Draft, Drafts
from cartwatch.storage.places import places


class Stage:
    """A shelf over a clock of its own, and what a program after it finds."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = folder / "w.toml"
        file.write_text('[[program]]\nname = "A"\n')
        self.places = places(str(file), {"HOME": str(folder / "home")})
        self.session = Session(str(file), NOW.date(), self.places)
        self.session.open()
        self.seconds = 100.0
        self.later: list[Callable[[], None]] = []
        monkeypatch.setattr(drafts, "monotonic", lambda: self.seconds)
        self.shelf = Shelf(self.session, lambda: NOW, lambda seconds, call: self.later.append(call))

    def found(self) -> dict[str, dict[str, str]]:
        """What is on disk, by form, as another program reads it once this one runs no more."""
        kept = Drafts(self.places.drafts_dir, 1)
        kept._runs = lambda process: False  # type: ignore[method-assign]
        return {each.form: dict(each.fields) for each in kept.left()}


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(tmp_path, monkeypatch)


def test_the_last_letters_are_on_disk_when_nothing_more_is_typed(stage: Stage) -> None:
    stage.shelf.put_text("a", "A", {"note": "o"}, {})
    stage.seconds += 0.1
    stage.shelf.put_text("a", "A", {"note": "on"}, {})
    stage.shelf.put_text("a", "A", {"note": "one"}, {})
    assert stage.found() == {"a": {"note": "o"}}
    assert len(stage.later) == 1
    stage.later.pop()()
    assert stage.found() == {"a": {"note": "one"}}
    stage.seconds += 1
    stage.shelf.put_text("a", "A", {"note": "one two"}, {})
    assert stage.found() == {"a": {"note": "one two"}}


def test_every_form_that_was_left_is_on_disk_beside_the_others(stage: Stage) -> None:
    for name in ("a", "b", "c"):
        stage.seconds += 0.01
        stage.shelf.put_text(name, name, {"note": name}, {})
    for each in stage.later:
        each()
    assert stage.found() == {"a": {"note": "a"}, "b": {"note": "b"}, "c": {"note": "c"}}
    stage.shelf.drop("b")
    assert stage.found() == {"a": {"note": "a"}, "c": {"note": "c"}}
    stage.seconds += 1
    stage.shelf.put_text("d", "d", {"note": "d"}, {})
    assert set(stage.found()) == {"a", "c", "d"}


def test_what_was_saved_is_not_written_afterwards(stage: Stage) -> None:
    stage.shelf.put_text("a", "A", {"note": "o"}, {})
    stage.shelf.put_text("a", "A", {"note": "on"}, {})
    stage.shelf.drop("a")
    for each in stage.later:
        each()
    assert stage.found() == {}


LIST = '[[program]]\nid = "one"\nname = "one"\n'
NAMES = ["one/catalyst.x/w", "gone/notes", "one+gone/tags", "new", "/title"]


def test_the_draft_of_a_program_that_has_left_the_file_is_offered_once(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_text(LIST, encoding="utf-8")
    home = places(str(path), {"HOME": str(tmp_path)})
    session = Session(str(path), NOW.date(), home)
    session.open()
    kept = Drafts(home.drafts_dir, 2**22 + 5)
    for number, name in enumerate(NAMES):
        kept.save(Draft(NOW, name, f"about {name}", "", {"notes": f"text of {name}"}), number)
    shelf = Shelf(session, lambda: NOW)
    gone = shelf.take_gone()
    assert {draft.form for draft, _ in gone} == {"gone/notes", "one+gone/tags"}
    for draft, aside in gone:
        assert f"text of {draft.form}" in Path(aside).read_text(encoding="utf-8")
    assert {each.form for each in shelf.found} == {"one/catalyst.x/w", "new", "/title"}
    again = Shelf(session, lambda: NOW)
    assert again.take_gone() == []
    assert {each.form for each in again.found} == {"one/catalyst.x/w", "new", "/title"}
