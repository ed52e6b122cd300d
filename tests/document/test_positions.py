"""The place of a value or key is its line and columns in the file, in characters."""

from __future__ import annotations

from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st
from styled_toml import Styled, paths, value_at

from cartwatch.document.document import Document
from cartwatch.domain.identity import same

TEXT = """\
# αβ comment
title = "αβ T" # x

[[program]]
name = "日本" # n
"odd key" = [ 1, "αβ", { a = 2, b.c = 3 } ]
mechanism.modality = "CAR-T"

# about the catalyst
  [[program.catalyst]]
  when = "Q4 2026"
[program.catalyst.extra]
[[program.catalyst]]
note = '''
two'''

[[program]]
[program.safety.deep]
k = {}
"""

VALUES = [
    (("title",), (2, 9, 2, 15), '"αβ T"'),
    (("program", 0), (4, 1, 4, 12), "[[program]]"),
    (("program", 0, "name"), (5, 8, 5, 12), '"日本"'),
    (("program", 0, "odd key", 1), (6, 18, 6, 22), '"αβ"'),
    (("program", 0, "odd key", 2, "b", "c"), (6, 39, 6, 40), "3"),
    (("program", 0, "odd key", 2, "b"), (6, 33, 6, 34), "b"),
    (("program", 0, "mechanism"), (7, 1, 7, 10), "mechanism"),
    (("program", 0, "mechanism", "modality"), (7, 22, 7, 29), '"CAR-T"'),
    (("program", 0, "catalyst"), (10, 13, 10, 21), "catalyst"),
    (("program", 0, "catalyst", 0), (10, 3, 10, 23), "[[program.catalyst]]"),
    (("program", 0, "catalyst", 0, "when"), (11, 10, 11, 19), '"Q4 2026"'),
    (("program", 0, "catalyst", 0, "extra"), (12, 1, 12, 25), "[program.catalyst.extra]"),
    (("program", 0, "catalyst", 1, "note"), (14, 8, 15, 7), "'''\ntwo'''"),
    (("program", 1, "safety"), (18, 10, 18, 16), "safety"),
    (("program", 1, "safety", "deep", "k"), (19, 5, 19, 7), "{}"),
    (("program", 1, "absent", "deeper"), (17, 1, 17, 12), "[[program]]"),
    (("program", 0, "catalyst", 7, "when"), (10, 13, 10, 21), "catalyst"),
    (("absent",), (1, 1, 1, 1), ""),
    ((), (1, 1, 1, 1), ""),
]
KEYS = [
    (("title",), "title"),
    (("program", 0, "odd key"), '"odd key"'),
    (("program", 0, "odd key", 2, "b", "c"), "c"),
    (("program", 0, "odd key", 1), '"αβ"'),
    (("program", 0, "mechanism", "modality"), "modality"),
    (("program", 0, "catalyst", 0), "catalyst"),
    (("program", 0, "catalyst", 0, "extra"), "extra"),
    (("program", 0, "catalyst", 1, "note"), "note"),
    (("program", 1, "safety"), "safety"),
    (("program", 0), "program"),
]


def between(text: str, place: Any) -> str:
    lines = text.split("\n")[place.line - 1 : place.end_line]
    lines[-1] = lines[-1][: place.end_column - 1]
    lines[0] = lines[0][place.column - 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize(("path", "place", "source"), VALUES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_value_is_found(path: Any, place: tuple[int, ...], source: str, newline: str) -> None:
    document = Document.parse(b"\xef\xbb\xbf" + TEXT.replace("\n", newline).encode())
    found = document.position(path)
    assert (found.line, found.column, found.end_line, found.end_column) == place
    assert between(TEXT, found) == source


@pytest.mark.parametrize(("path", "source"), KEYS)
def test_a_key_is_found(path: Any, source: str) -> None:
    assert between(TEXT, Document.parse(TEXT.encode()).key_position(path)) == source


def test_a_file_of_one_unit_has_places_too() -> None:
    text = 'title = 1\nprogram = [\n  { name = "a" }, { name = "b" },\n]\n'
    document = Document.parse(text.encode())
    assert document.whole
    assert between(text, document.position(("program", 1, "name"))) == '"b"'
    assert between(text, document.position(("program", 1))) == '{ name = "b" }'


def test_a_foreign_table_between_programs_has_places_too() -> None:
    text = "a = 1\n[[program]]\n[x]\nk = 2\n[[program]]\nname = 'b'\n[x.y]\nk = 3\n"
    document = Document.parse(text.encode())
    assert not document.whole
    assert document.position(("x", "y", "k")).line == 8
    assert document.position(("x", "k")).line == 4
    assert document.position(("program", 1, "name")).line == 6


@pytest.mark.usefixtures("blind_grammar")
def test_syntax_that_the_grammar_does_not_know_still_has_the_line_of_its_block() -> None:
    text = "[[program]]\n\n# c\n[[program]]\nname = { a = 1, b = 2 }\n"
    assert Document.parse(text.encode()).position(("program", 1, "name", "b")).line == 4


@pytest.mark.parametrize(
    "source",
    [
        r'"\u0041"',
        "07:32:00",
        "1979-05-27 07:32:00",
        '"""a\\  \n  \n  b"""',
        "'\\'",
        r'"\\"',
        r'"\""',
        r'"""\""""',
        r"'''\'''",
    ],
)
def test_a_value_with_odd_escapes_is_found(source: str) -> None:
    text = f"[[program]]\na = [{source}]\nb = {source} # \\ \nc = 'after'\n"
    document = Document.parse(text.encode())
    assert between(text, document.position(("program", 0, "a", 0))) == source
    assert between(text, document.position(("program", 0, "b"))) == source
    assert between(text, document.position(("program", 0, "c"))) == "'after'"


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_the_text_at_a_place_is_the_value(seed: int) -> None:
    styled = Styled(seed)
    document = Document.parse(styled.raw)
    data = tomli.loads(styled.text)
    for path in paths(data):
        value = value_at(data, path)
        if not isinstance(value, dict | list):
            source = between(styled.text, document.position(path))
            assert same(tomli.loads(f"k = {source}")["k"], value), path
