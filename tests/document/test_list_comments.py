"""Comments inside a list: each stays with its item through reorder, insertion, the first item and emptying."""

from __future__ import annotations

import pytest

from cartwatch.document.document import Document
from cartwatch.document.edits import Set, apply

PATH = ("program", 0, "tags")


def changed(array: str, items: list[str]) -> str:
    head = '[[program]]\nname = "A"\n'
    document = Document.parse(f"{head}tags = {array}\n".encode())
    return apply(document, (Set(PATH, items),)).document.raw.decode().removeprefix(head).removeprefix("tags = ").rstrip("\n")


NOTED = '[\n  "a",  # first\n  # above b\n  "b",  # second\n  "c"  # third\n]'


@pytest.mark.parametrize(
    ("array", "items", "after"),
    [
        ('[\n    # "old",   # retired\n]', ["new"], '[\n    # "old",   # retired\n    "new",\n]'),
        ("[  # mine\n]", ["new"], '[  # mine\n  "new",\n]'),
        ('[  # mine\n    # group\n    "x",\n    # reserved: "y"\n]', [], '[  # mine\n    # group\n    # reserved: "y"\n]'),
        (NOTED, ["b", "a", "c"], '[\n  # above b\n  "b",  # second\n  "a",  # first\n  "c"  # third\n]'),
        (NOTED, ["b", "x", "a"], '[\n  # above b\n  "b",  # second\n  "x",\n  "a",  # first\n]'),
        (NOTED, ["a", "c"], '[\n  "a",  # first\n  # above b\n  "c"  # third\n]'),
        ('["a", "b", "c"]', ["c", "a", "b"], '["c", "a", "b"]'),
        ('["a", "b"]', ["b", "x"], '["b", "x"]'),
        ('["a", "b"]', [], "[]"),
    ],
)
def test_comments_of_a_list_stay_with_their_items(array: str, items: list[str], after: str) -> None:
    assert changed(array, items) == after
