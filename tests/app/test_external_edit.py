"""The text of a program in $EDITOR: whatever the editor does, what was written there is kept, said, and offered again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from editing_stage import keys
from test_forms_overtaken import LONG, overtaken, to
from test_outside_changes import Stage

from cartwatch.app.editing.external import NoEditor

if TYPE_CHECKING:
    from textual.pilot import Pilot

Answer = bytes | Callable[[Path], None]


class Editor:
    """Stands in for $EDITOR: each call leaves the next of the texts, or does what a function does to the file."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[bytes] = []
        self.answers: list[Answer] = []
        monkeypatch.setattr("cartwatch.app.controllers.edit.run_editor", self)

    def __call__(self, words: list[str], path: str) -> None:
        file = Path(path)
        self.seen.append(file.read_bytes())
        answer = self.answers.pop(0)
        if isinstance(answer, bytes):
            file.write_bytes(answer)
        else:
            answer(file)

    def leaves(self, *answers: Answer) -> None:
        self.answers = list(answers)


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Editor:
    return Editor(monkeypatch)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    found = Stage(tmp_path, LONG)
    found.app.suspend = contextlib.nullcontext  # type: ignore[assignment,method-assign]
    return found


def texts(stage: Stage) -> list[Path]:
    """The files that editors were given, and that are still there."""
    assert stage.session.places is not None
    return sorted(Path(stage.session.places.drafts_dir).glob("text-*"))


async def told(pilot: Pilot[int], *pressed: str) -> str:
    """Press keys; what is on the screen then, and in its messages, as one line."""
    screen = await keys(pilot, *pressed)
    messages = [message for message, _ in pilot.app.told]  # type: ignore[attr-defined]
    return " ".join([*messages, *screen.split()])


def killed(path: Path) -> None:
    raise NoEditor("vi was ended by signal 9")


def written_then_killed(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b'short = "Mine"\n')
    killed(path)


TEXT = b'[[program]]\nid = "two"\nname = "two-cel"\nshort = "Mine"\n'
TROUBLE = {
    "a byte that is not UTF-8": (TEXT + b"# caf\xe9\n", "line 5, the byte 0xe9 is not UTF-8"),
    "UTF-16": (TEXT.decode().encode("utf-16"), "not UTF-8"),
    "NUL": (TEXT + b"# \0\n", "line 5"),
    "no TOML": (TEXT + b"phase = Phase 2\n", "line 5"),
    "a value refused": (TEXT + b"[[program]]\n", ""),
}


@pytest.mark.parametrize(("left", "why"), TROUBLE.values(), ids=TROUBLE)
@pytest.mark.slow
async def test_a_text_that_can_not_be_taken_over_is_kept_byte_for_byte_and_offered_again(
    stage: Stage, editor: Editor, left: bytes, why: str
) -> None:
    async with stage.running():
        await to(stage, "two")
        editor.leaves(left, lambda path: None)  # the second time it is left as it was refused
        screen = await told(stage.pilot, "E")
        assert stage.text == LONG
        assert why in screen
        assert "the text is kept" in screen
        (file,) = texts(stage)
        assert str(file) in screen
        assert left.splitlines()[-1] in file.read_bytes()
        editor.leaves(TEXT)
        await keys(stage.pilot, "E")
        assert editor.seen[2].replace(b"\xef\xbb\xbf", b"") == left
        assert 'short = "Mine"' in stage.text
        assert texts(stage) == []


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        (killed, "ended by signal 9"),
        (lambda path: path.write_bytes(b""), "an empty file, or none"),
        (lambda path: path.unlink(), "an empty file, or none"),
    ],
    ids=["killed", "emptied", "removed"],
)
@pytest.mark.slow
async def test_an_editor_that_fails_changes_nothing_and_takes_no_earlier_text_with_it(
    stage: Stage, editor: Editor, trouble: Callable[[Path], None], why: str
) -> None:
    async with stage.running():
        await to(stage, "two")
        editor.leaves(trouble)
        assert why in await told(stage.pilot, "E")
        assert stage.text == LONG
        assert texts(stage) == []
        editor.leaves(written_then_killed)
        assert "the text is kept" in await told(stage.pilot, "E")
        editor.leaves(trouble)
        assert "the text is kept" in await told(stage.pilot, "E")
        editor.leaves(lambda path: None)
        await keys(stage.pilot, "E")
        assert b'short = "Mine"' in editor.seen[-1]
        assert 'short = "Mine"' in stage.text


@pytest.mark.slow
async def test_a_huge_text_stays_in_its_file(stage: Stage, editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cartwatch.app.editing.external._LARGEST", 1000)
    huge = TEXT + b"#" * 2000
    async with stage.running():
        await to(stage, "two")
        editor.leaves(huge)
        screen = await told(stage.pilot, "E")
        (file,) = texts(stage)
        assert str(file) in screen
        editor.leaves(lambda path: None)
        await keys(stage.pilot, "E")
        assert file.read_bytes() == huge
        assert stage.text == LONG


async def test_a_missing_editor_is_said_and_an_unchanged_text_leaves_nothing(stage: Stage, editor: Editor) -> None:
    async with stage.running():
        await to(stage, "two")
        editor.leaves(lambda path: None)
        await keys(stage.pilot, "E")
        assert texts(stage) == []
        assert stage.text == LONG


def program_gone(stage: Stage) -> Callable[[Path], None]:
    """Another application removes the program, and saves, while the editor is open."""

    def leave(path: Path) -> None:
        path.write_bytes(TEXT)
        before, rest = stage.text.split('[[program]]\nid = "two"')
        stage.write(f"{before}[[program]]{rest.partition('[[program]]')[2]}")

    return leave


@pytest.mark.slow
async def test_a_program_that_is_removed_while_the_editor_is_open_loses_no_text(stage: Stage, editor: Editor) -> None:
    async with stage.running():
        await to(stage, "two")
        editor.leaves(program_gone(stage))
        await keys(stage.pilot, "E")
        assert 'short = "Mine"' in stage.text or texts(stage)


@pytest.mark.slow
async def test_a_draft_asks_in_the_text_when_the_program_was_changed_meanwhile(stage: Stage, editor: Editor) -> None:
    async with stage.running():
        await to(stage, "two")
        editor.leaves(written_then_killed)
        await keys(stage.pilot, "E")
        await overtaken(stage, '"Due"', '"Theirs"')
        editor.leaves(lambda path: None)
        screen = await told(stage.pilot, "E")
        assert 'sponsor = "Theirs"' in stage.text
        assert "the line that asks about it is still in the text" in screen
        first, second, *_ = editor.seen[-1].decode().splitlines()
        assert first.startswith("# cartwatch: Meanwhile another application changed this program")
        assert second == '# cartwatch:   sponsor = "Theirs"'
        editor.leaves(lambda path: path.write_bytes(path.read_bytes().partition(b"\n")[2]))
        await keys(stage.pilot, "E")
        assert 'sponsor = "Due"' in stage.text
        assert 'short = "Mine"' in stage.text
        assert "cartwatch" not in stage.text
        assert texts(stage) == []
