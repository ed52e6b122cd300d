"""What can still be read of a text that does not parse."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartwatch.document.reader import salvage

GOOD = """schema = 1
title = "mine"

# of the first
[[program]]
name = "one"

[[program]]
name = "two"
[[program.catalyst]]
event = "e"

[[program]]
name = "three"
"""


def names(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    return [each["name"] for each in salvage(data).document.programs]


@pytest.mark.parametrize(
    ("old", "new", "left", "lost"),
    [
        ('name = "two"', "name = two", ["one", "three"], (8,)),
        ('event = "e"', 'event = "e', ["one", "three"], (8,)),
        ('title = "mine"', "title = mine", ["one", "two", "three"], (1,)),
        ('name = "three"\n', 'name = "thr', ["one", "two"], (13,)),
        ('name = "one"', '<<<<<<< a\nname = "one"\n=======\nname = "uno"\n>>>>>>> b', ["two", "three"], (4,)),
        ('name = "two"', "name = \0\0\0", ["one", "three"], (8,)),
    ],
)
def test_a_broken_program_costs_that_program_alone(old: str, new: str, left: list[str], lost: tuple[int, ...]) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    assert names(text) == left
    assert salvage(text.encode()).lost == lost


def test_a_whole_text_is_all_there() -> None:
    found = salvage(GOOD.encode())
    assert found.lost == ()
    assert found.document.raw.decode() == GOOD


def test_bytes_that_are_no_text_are_passed_over() -> None:
    assert names(GOOD.encode().replace(b'"two"', b'"t\xffo"')) == ["one", "t�o", "three"]
    assert names(b"\xff\xfe\0\0") == []


@given(st.integers(0, len(GOOD)), st.binary(max_size=6))
@settings(max_examples=150)
def test_it_never_raises_and_programs_before_the_damage_are_found(at: int, damage: bytes) -> None:
    data = GOOD.encode()[:at] + damage
    header = len("[[program]]")
    whole = sum(
        end + header <= at for end in (GOOD.index('[[program]]\nname = "two'), GOOD.index('[[program]]\nname = "three'))
    )
    assert len(salvage(data).document.programs) >= whole
