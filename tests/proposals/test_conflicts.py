"""A merged file with conflicts is a valid watchlist that says them where they stand."""

from __future__ import annotations

import pytest

from cartwatch.document.document import Document
from cartwatch.document.merging import merge_documents
from cartwatch.session.conflicts import conflict_words, with_conflicts

BASE = '[[program]]\nid = "a"\nname = "A"\n{}\n'


def merged(template: str, values: tuple[str, str, str]) -> tuple[Document, Document, list[str]]:
    base, mine, theirs = (Document.parse(template.format(each).encode()) for each in values)
    applied, conflicts = merge_documents(base, mine, theirs)
    told = with_conflicts(applied.document, conflicts)
    return applied.document, told, [conflict_words(applied.document, each) for each in conflicts]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_comment_above_the_line_says_theirs(newline: str) -> None:
    plain, told, words = merged(BASE.replace("\n", newline), ('phase = "1"', 'phase = "Phase 3"  # mine', 'phase = "Filed"'))
    assert words == ['A: phase: yours "Phase 3", theirs "Filed", before "1"']
    above = '# CONFLICT phase: yours "Phase 3", theirs "Filed", before "1"; yours stands below'
    assert told.text == BASE.format(f'{above}\nphase = "Phase 3"').replace("\n", newline)
    assert told.data == plain.data


@pytest.mark.parametrize(
    "values",
    [
        ("x = { a = 1 }", "x = { a = 2 }", "x = { a = 3 }"),
        ("x = [\n  { id = 'i', a = 1 },\n]", "x = [\n  { id = 'i', a = 2 },\n]", "x = [\n  { id = 'i', a = 3 },\n]"),
        ('x = """\n1"""', 'x = """\n2"""', 'x = """\n3"""'),
        ("y.z = 1", "y.z = 2", "y.z = 3"),
    ],
)
def test_the_data_is_the_same_however_the_value_is_written(values: tuple[str, str, str]) -> None:
    plain, told, words = merged(BASE, values)
    assert len(words) == 1
    assert told.data == plain.data
    assert told.text.count("# CONFLICT") == 1


def test_a_value_with_control_characters_stays_on_its_line() -> None:
    _, told, (words,) = merged(BASE, ('n = "a"', 'n = "b\\n\\u001b"', 'n = "c"'))
    assert "\x1b" not in words
    assert "\n" not in words
    assert '# CONFLICT n: yours "b\\n\\u001b", theirs "c", before "a"; yours stands below' in told.text.split("\n")
