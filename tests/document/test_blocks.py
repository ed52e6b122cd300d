"""A file is cut into units at its real `[[program]]` headers, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st
from styled_toml import Styled

from cartwatch.document.blocks import LIST, cut
from cartwatch.document.document import Document
from cartwatch.domain.identity import same

LITERAL = "'''"

# the units of a text (joined they are the text); one string: the file is one unit
CUTS: dict[str, list[str] | str] = {
    "nothing": [""],
    "no program": ["schema = 1\n[x]\ny = 2\n"],
    "two lines": ["", '[[program]]\nname = "a"\n'],
    "comments above travel": [
        "# top\n\n",
        "# about a\n[[program]]\n\n# section\n\n",
        "# about b\n# more\n[[program]]\n",
    ],
    "a string that looks like headers": [
        'a = """\n[[program]]\n"""\n',
        f"[[program]]\nn = {LITERAL}\n[[program]]\n[[program]]{LITERAL}\n",
        "[[program]]\n",
    ],
    "a nested list that looks like a header": ["", "[[program]]\nx = [\n[['program']]\n]\n"],
    "a string that ends in a line like a comment": ["", '[[program]]\nn = """\n# x"""\n', "[[program]]\n"],
    "headers of every hand": [
        "",
        "  [[ program ]] # x\n",
        "\t[['program']]\n",
        '[["program"]]\n',
        '[["pro\\u0067ram"]]\n',
    ],
    "parts of a program": [
        "",
        "[[program]]\n[program.mechanism]\n[[program.catalyst]]\n",
        "[[program]]\n",
    ],
    "foreign tables between and after": [
        "",
        "[[program]]\n",
        "# of x\n[x]\na = 1\n\n",
        "[[program]]\n",
        "[[y]]\n",
    ],
    "a foreign table in two parts": ["[x.a]\n", "[[program]]\n", "[x.b]\n"],
    "CRLF": ["a = 1\r\n", "# b\r\n[[program]]\r\nc = 1\r\n"],
    "no final newline": ["", "[[program]]\n", "[[program]]\nname = 'x'"],
    "U+2028 and U+0085 end no line": ['a = "\u2028[[program]]"\n', "# \x85\n[[program]]\n"],
    "one inline array": "program = [{ name = 'a' }]\n",
    "a part behind a foreign table": "[[program]]\n[x]\n[program.y]\n",
    "a single table": "[program]\nname = 'a'\n",
    "a list of other things": "program = [1, 2]\n",
    "an empty list": "program = []\n",
}


@pytest.mark.parametrize("name", CUTS)
def test_a_text_is_cut_at_its_headers(name: str) -> None:
    expected = CUTS[name]
    text = "".join(expected)
    units = cut(text, tomli.loads(text))
    assert (units and [unit.text for unit in units]) == (None if isinstance(expected, str) else expected)


@pytest.mark.parametrize("name", CUTS)
def test_a_document_keeps_every_byte_and_all_data(name: str) -> None:
    text = "".join(CUTS[name])
    document = Document.parse(text.encode())
    assert document.raw == text.encode()
    assert document.data == tomli.loads(text)
    assert document.whole is isinstance(CUTS[name], str)


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_every_unit_parses_alone_to_its_record(seed: int) -> None:
    styled = Styled(seed)
    document = Document.parse(styled.raw)
    assert document.raw == styled.raw
    assert same(document.data, tomli.loads(styled.text))
    assert document.units[0].record is None
    head: dict[str, Any] = {}
    for unit in document.units:
        alone = tomli.loads(unit.text)
        if unit.record is None:
            head.update(alone)
        else:
            assert same(alone, {LIST: [unit.record]})
    assert same(head, document.data if document.whole else document.head)


def toml(value: str) -> Any:
    return tomli.loads(f"k = {value}")["k"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1", "1", True),
        ("1", "0x1", True),
        ("1", "1.0", False),
        ("1", "true", False),
        ("nan", "-nan", True),
        ("0.0", "0", False),
        ("[1, {a = 1}]", "[1, {a = 1}]", True),
        ("[1, {a = 1}]", "[1, {a = 1.0}]", False),
        ("{a = 1, b = 2}", "{b = 2, a = 1}", True),
        ("[1]", "[1, 2]", False),
        ("2026-11-22", '"2026-11-22"', False),
        ("2026-11-22", "2026-11-22T00:00:00", False),
        ("2026-11-22T09:00:00Z", "2026-11-22T09:00:00+00:00", True),
        ("2026-11-22T09:00:00Z", "2026-11-22T10:00:00+01:00", False),
        ("2026-11-22T09:00:00Z", "2026-11-22T09:00:00", False),
    ],
)
def test_equal_means_equal_with_types(one: str, other: str, expected: bool) -> None:
    assert same(toml(one), toml(other)) is expected
    assert same(toml(other), toml(one)) is expected
