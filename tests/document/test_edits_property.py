"""Random edits of files of many hands: the data they give, the lines they leave alone, and the way back."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
import tomli
from hypothesis import example, given, settings
from hypothesis import strategies as st
from styled_toml import Styled, some_edit, value_at

from cartwatch.document.document import Document
from cartwatch.document.edits import Add, Delete, Edit, EditError, Move, ReplaceBlock, Set, apply, apply_data
from cartwatch.document.records import record_text
from cartwatch.domain.identity import same

COMMENT = re.compile(r"# c\d+\.")
ABSENT = object()


def filled(text: str) -> list[str]:
    """The lines with something on them."""
    return [line.rstrip("\r") for line in text.split("\n") if line.strip()]


def lines_lost_and_gained(before: str, after: str) -> tuple[int, int]:
    one, other = Counter(filled(before)), Counter(filled(after))
    return (one - other).total(), (other - one).total()


def check_lines(document: Document, edit: Edit, new: Document) -> None:
    """No line is touched but those of the value changed."""
    assert not isinstance(edit, ReplaceBlock)
    lost, gained = lines_lost_and_gained(document.text, new.text)
    try:
        old = value_at(document.data, edit.path)
    except (KeyError, IndexError, TypeError):
        old = ABSENT
    if isinstance(edit, Add) or (isinstance(edit, Set) and old is ABSENT):
        assert lost <= 1  # a list on one line, or the comma behind what was the last item
    elif isinstance(edit, Set) and not isinstance(old, dict | list):
        place = document.position(edit.path)
        one, other = document.text.split("\n"), new.text.split("\n")
        after = len(one) - place.end_line
        assert one[: place.line - 1] == other[: place.line - 1]
        assert after == 0 or one[place.end_line :] == other[-after:]
    elif isinstance(edit, Delete):
        assert gained <= 1  # what is left of a list or table on one line, or `[program.safety]`
    elif isinstance(edit, Move):
        assert isinstance(edit.path[-1], int)
        assert max(lost, gained) <= max(2, abs(edit.path[-1] - edit.to) + 1)  # lines that several items share; commas


@settings(max_examples=200)
@given(st.integers(0, 2**32))
@pytest.mark.slow
def test_edits_of_the_text_are_edits_of_the_data(seed: int) -> None:
    rng = random.Random(seed)
    styled = Styled(seed)
    first = document = Document.parse(styled.raw)
    data = tomli.loads(styled.text)
    history: list[tuple[Document, bytes]] = []
    for _ in range(6):
        edit = some_edit(rng, data)
        try:
            wanted = apply_data(data, edit)
        except EditError:
            assert isinstance(edit, Delete)
            continue
        history.append((document, document.raw))
        applied = apply(document, [edit])
        new = applied.document
        assert same(tomli.loads(new.text), wanted)
        assert same(new.data, wanted)
        assert same(Document.parse(new.raw).data, wanted)
        if not applied.notes:
            check_lines(document, edit, new)
            if isinstance(edit, Add | Move):
                assert set(COMMENT.findall(document.text)) <= set(COMMENT.findall(new.text))
        document, data = new, wanted
    for kept, raw in reversed(history):
        assert kept.raw == raw
    assert first.raw == styled.raw


@settings(max_examples=100)
@given(st.integers(0, 2**32), st.data())
def test_a_deleted_program_leaves_every_other_line(seed: int, draw: st.DataObject) -> None:
    document = Document.parse(Styled(seed).raw)
    if document.whole or not document.programs:
        return
    index = draw.draw(st.integers(0, len(document.programs) - 1))
    place = document.place_of_program(index)
    new = apply(document, [Delete(("program", index))]).document
    kept = [unit.text for unit in document.units[:place] + document.units[place + 1 :]]
    left = iter(filled(new.text))
    assert all(line in left for text in kept for line in filled(text))
    assert {*filled(new.text)} <= {*filled(document.text)}


@settings(max_examples=100)
@given(st.integers(0, 2**32))
@example(583)
@example(19506)  # line ends of both kinds in one record
def test_a_record_typed_as_it_stands_changes_nothing(seed: int) -> None:
    document = Document.parse(Styled(seed).raw)
    for index in range(len(document.programs)):
        new = apply(document, [ReplaceBlock(index, record_text(document, index))]).document
        assert same(new.data, document.data)
        if not document.whole:
            assert new.text.rstrip("\r\n") == document.text.rstrip("\r\n")


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_an_added_program_that_is_deleted_again_leaves_the_file_as_it_was(seed: int) -> None:
    document = Document.parse(Styled(seed).raw)
    if document.whole or not document.programs:
        return
    end = len(document.programs)
    there = apply(document, [Add(("program",), {"name": "x", "catalyst": [{"when": "Q4"}]})]).document
    back = apply(there, [Delete(("program", end))]).document
    assert filled(back.text) == filled(document.text)


def below(path: tuple[str | int, ...], value: object) -> list[tuple[str | int, ...]]:
    """A path, and every path below it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, each in inner for one in below((*path, key), each))]


@settings(max_examples=150)
@example(131646612)  # a line of a string that begins as a comment does stands above the header
@given(st.integers(0, 2**32))
def test_a_deleted_record_takes_the_comment_directly_above_it_and_no_other(seed: int) -> None:
    document = Document.parse(Styled(seed).raw)
    lines = document.text.split("\n")
    for index, program in enumerate(document.programs):
        for kind in ("catalyst", "source"):
            for place, record in enumerate(program.get(kind, []) if not document.whole else []):
                path = ("program", index, kind, place)
                header = document.position(path).line - 1
                if not lines[header].lstrip().startswith("[["):
                    continue  # an inline table: a list item, whose line goes
                applied = apply(document, [Delete(path)])
                above = header
                while above and COMMENT.match(lines[above - 1].lstrip()):  # a line of a string may begin with a sign, too
                    above -= 1
                end = max(document.position(each).end_line for each in below(path, record))
                directly = set(COMMENT.findall("\n".join(lines[above:header])))
                within = set(COMMENT.findall("\n".join(lines[header:end])))
                gone = set(COMMENT.findall(document.text)) - set(COMMENT.findall(applied.document.text))
                assert directly <= gone <= directly | within
