"""Conflicts that are settled: the chosen values become one change, and what has changed again since is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from cartwatch.document.document import Document
from cartwatch.document.edits import apply
from cartwatch.domain.merge import Conflict
from cartwatch.session.conflicts import conflict_words, log_items, settled, theirs_stands, with_conflicts

TEXT = """\
# mine
[[program]]
id = "a"
name = "A"
phase = "Phase 1"
tags = ["one", "two"]

[[program]]
id = "b"
name = "B"
"""


@pytest.fixture
def document() -> Document:
    return Document.parse(TEXT.encode())


def conflict(path: tuple[str | int, ...], base: Any, ours: Any, theirs: Any, program: str | None = "A") -> Conflict:
    return Conflict(path=path, base=base, ours=ours, theirs=theirs, program=program)


PHASE = conflict(("program", 0, "phase"), "Preclinical", "Phase 1", "Phase 2")


def lines_after(document: Document, *conflicts: Conflict, theirs: bool = True) -> list[str]:
    made, gone = settled(document, conflicts, [theirs] * len(conflicts))
    assert made is not None
    assert gone == 0
    return apply(document, made.edits).document.text.splitlines()


def test_their_value_replaces_mine_and_the_rest_stays(document: Document) -> None:
    assert lines_after(document, PHASE) == [line.replace("Phase 1", "Phase 2") for line in TEXT.splitlines()]


def test_what_stands_already_is_no_change(document: Document) -> None:
    assert settled(document, [PHASE], [False]) == (None, 0)


def test_what_they_deleted_goes_and_what_they_added_comes(document: Document) -> None:
    gone = conflict(("program", 0, "phase"), "Preclinical", "Phase 1", None)
    new = conflict(("program", 1, "phase"), "Phase 1", None, "Phase 2", "B")
    text = "\n".join(lines_after(document, gone, new))
    assert 'phase = "Phase 1"' not in text
    assert text.count('phase = "Phase 2"') == 1


def test_a_program_that_was_removed_is_added_again(document: Document) -> None:
    back = conflict(("program", 2), {"id": "c"}, None, {"id": "c", "name": "C"}, "C")
    assert lines_after(document, back)[-2:] == ['id = "c"', 'name = "C"']


@pytest.mark.parametrize(
    "moved",
    [
        conflict(("program", 0, "phase"), "Preclinical", "Phase 3", "Phase 2"),  # changed again since
        conflict(("program", 1, "phase"), None, None, "Phase 2", "A"),  # another program stands there now
        conflict(("program", 7, "phase"), "Phase 1", None, "Phase 2", "A"),
        conflict(("program", "x", "phase"), "Phase 1", None, "Phase 2", "A"),
    ],
)
def test_what_has_changed_since_is_counted_and_left_alone(document: Document, moved: Conflict) -> None:
    assert settled(document, [moved], [True]) == (None, 1)


def test_keys_of_the_list_itself_are_settled_too(document: Document) -> None:
    title = conflict(("title",), "Old", None, "New", None)
    assert lines_after(document, title) == ['title = "New"', "", *TEXT.splitlines()]
    assert conflict_words(document, title) == 'title: yours nothing, theirs "New", before "Old"'


def test_the_words_of_a_conflict_have_three_sides(document: Document) -> None:
    assert conflict_words(document, PHASE) == 'A: phase: yours "Phase 1", theirs "Phase 2", before "Preclinical"'
    assert not theirs_stands(document, PHASE)
    assert theirs_stands(document, conflict(("program", 0, "phase"), None, "Phase 3", "Phase 1"))


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (("program", 0, "phase"), ("A", "phase")),
        (("program", 0), ("A", "the whole program")),
        (("program", 9, "phase"), ("A", "phase")),
        (("title",), ("A", "title")),
    ],
)
def test_the_log_names_program_and_path(document: Document, where: tuple[str | int, ...], told: tuple[str, str]) -> None:
    expected = told if len(where) > 1 else ("the list itself", told[1])
    assert log_items(document, [conflict(where, 1, 2, 3)]) == [(*expected, 1, 2, 3)]


def test_a_comment_stands_above_the_line_of_each_conflict(document: Document) -> None:
    text = with_conflicts(document, [PHASE]).text
    above, line = text.splitlines()[4:6]
    assert above == '# CONFLICT phase: yours "Phase 1", theirs "Phase 2", before "Preclinical"; yours stands below'
    assert line == 'phase = "Phase 1"'


def test_inside_a_text_of_several_lines_the_comments_stand_at_the_top() -> None:
    inside = Document.parse(b'title = """\none\n[[program]]\n"""\n[[program]]\nname = "A"\n')
    item = conflict(("title",), "x", "one", "two", None)
    found = with_conflicts(inside, [item])
    assert found.data == inside.data
    assert found.text.count("# CONFLICT") == 1
