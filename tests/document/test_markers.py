"""A git conflict in a text is taken apart into its sides, and merged by program and field."""

from __future__ import annotations

import pytest

from cartwatch.document.document import SyntaxProblem
from cartwatch.document.merging import has_markers, merge_sides, sides

BEFORE = """# mine
[[program]]
id = "a"
name = "A"
"""
AFTER = """
[[program]]
id = "b"
name = "B"
"""
OURS, THEIRS, BASE = 'phase = "Phase 2"\nsponsor = "S"\n', 'phase = "Phase 2"\ntags = ["x"]\n', 'phase = "Phase 1"\n'


def conflict(ours: str = OURS, theirs: str = THEIRS, base: str | None = None, newline: str = "\n") -> bytes:
    middle = "" if base is None else f"||||||| 1234abc\n{base}"
    text = f"{BEFORE}<<<<<<< HEAD\n{ours}{middle}=======\n{theirs}>>>>>>> branch\n{AFTER}"
    return text.replace("\n", newline).encode()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("base", [None, BASE, ""])
def test_the_sides_are_what_each_had(base: str | None, newline: str) -> None:
    wanted = tuple(f"{BEFORE}{side}{AFTER}".replace("\n", newline).encode() for side in (base or "", OURS, THEIRS))
    assert sides(conflict(base=base, newline=newline)) == wanted


def test_several_conflicts_are_taken_apart_at_once() -> None:
    found = sides(conflict() + conflict("x = 1\n", "").replace(b" HEAD", b"").replace(b" branch", b""))
    assert found is not None
    assert found[1].endswith(f"{BEFORE}x = 1\n{AFTER}".encode())
    assert found[2].endswith(f"{BEFORE}{AFTER}".encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        BEFORE,
        "=======\n",
        "<<<<<<< a\nx = 1\n",
        "<<<<<<< a\nx = 1\n=======\nx = 2\n",
        "<<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> b\n",
        "<<<<<<< a\n=======\n||||||| c\n>>>>>>> b\n",
        "x = 1\n>>>>>>> b\n",
        "<<<<<<<a\n=======\n>>>>>>>b\n",
    ],
)
def test_what_is_no_whole_conflict_is_left_alone(text: str) -> None:
    assert not has_markers(text.encode())
    with pytest.raises(SyntaxProblem):
        merge_sides(text.encode())


def test_a_line_of_equals_signs_outside_a_conflict_is_text() -> None:
    found = sides(b'notes = """\n=======\n"""\n' + conflict())
    assert found is not None
    assert all(side.startswith(b'notes = """\n=======\n"""\n') for side in found)


def test_what_one_side_has_is_taken_and_what_differs_is_a_conflict() -> None:
    applied, conflicts = merge_sides(conflict())
    assert conflicts == ()
    assert applied.document.programs[0] == {"id": "a", "name": "A", "phase": "Phase 2", "sponsor": "S", "tags": ["x"]}
    assert applied.document.text.startswith("# mine\n")
    applied, (found,) = merge_sides(conflict('phase = "Phase 2"\n', 'phase = "Phase 3"\n'))
    assert (found.ours, found.theirs) == ("Phase 2", "Phase 3")
    assert applied.document.programs[0]["phase"] == "Phase 2"


def test_with_what_both_came_from_a_deletion_is_one() -> None:
    applied, conflicts = merge_sides(conflict('phase = "Phase 1"\nsponsor = "S"\n', "", 'phase = "Phase 1"\n'))
    assert conflicts == ()
    assert applied.document.programs[0] == {"id": "a", "name": "A", "sponsor": "S"}


def test_programs_that_both_added_at_one_place_are_both_there() -> None:
    added = '\n[[program]]\nid = "{0}"\nname = "{0}"\n'
    applied, conflicts = merge_sides(conflict(added.format("x"), added.format("y")))
    assert conflicts == ()
    assert sorted(each["id"] for each in applied.document.programs) == ["a", "b", "x", "y"]


def test_a_conflict_that_cuts_through_a_value_is_merged_all_the_same() -> None:
    text = conflict('notes = """\nours\n', 'notes = """\ntheirs\n').replace(AFTER.encode(), b'"""\n' + AFTER.encode())
    applied, (found,) = merge_sides(text)
    assert (found.ours, found.theirs) == ("ours\n", "theirs\n")
    assert len(applied.document.programs) == 2


def test_a_side_that_is_no_toml_is_not_merged() -> None:
    with pytest.raises(SyntaxProblem, match="ours alone is not TOML, at “phase = ”"):
        merge_sides(conflict("phase = \n"))
    with pytest.raises(SyntaxProblem, match="theirs alone"):
        merge_sides(conflict(theirs='id = "twice"\n'))
