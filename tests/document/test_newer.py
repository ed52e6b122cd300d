"""TOML 1.1 in a file of TOML 1.0: told with its place and what to write instead, and never mistaken for what looks like it."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.edits import EditError, ReplaceBlock, apply

NEWER = [
    ("a = {b = 1,}", 1, 11, "a comma at the end of an inline table"),
    ("a = {b = [1,], c = { d = 1 , } }", 1, 28, "a comma at the end"),
    ("a = {\n}", 1, 5, "an inline table that goes on"),
    ("a = 1\nb = [ {c = 1,\r\n d = 2} ]", 2, 7, "goes on in the next line"),
    ("a = {b = 1 # why\n}", 1, 5, "goes on"),
    ("a = {b = {}\n, c = {}}", 1, 5, "goes on"),
    ("a = {b = [\n1\n]\n}", 1, 5, "goes on"),
    ("a = { b = { c = 1\n} }", 1, 11, "goes on"),
    ("a = 07:32", 1, 5, "write 07:32:00"),
    ("a = [07:32:00, 07:33]", 1, 16, "write 07:33:00"),
    ("a = [ # then\n\t23:59 ]", 2, 2, "write 23:59:00"),
    ("a = {b = 07:32}", 1, 10, "without seconds"),
    ("a = 1979-05-27T07:32Z", 1, 16, "without seconds"),
    ("a = 1979-05-27t07:32-07:00", 1, 16, "without seconds"),
    ("a = 1979-05-27 07:32", 1, 16, "without seconds"),
    ("'é' = 1\na = 07:32", 2, 5, "without seconds"),
    (r'a = "\\\e"', 1, 8, r"the escape \e is TOML 1.1, which some applications cannot read: write \u001B"),
    (r'"a\x41b" = 1', 1, 3, r"write \u0041"),
    ('a = """\n"\n\\xe9"""', 3, 1, r"write \u00E9"),
]
LOOKALIKES = [
    "a = { b = [\n1,\n], c = '''\n''', d = \"\"\"{\n\"\"\" }",
    'a = "{"\nb = "}"\nc = \'{ x = 1,\'  # {\nd = """\n{ a, }\n"""',
    "a = 'C:\\example\\x'\nb = '''\\e'''\nc = \"\\\\e \\\\x41\"  # \\e",
    'a = "Results, 07:32"\nb = """\n07:32\n = 07:33"""  # 07:34\nc = 2026-01-01T07:32:00+05:30',
    "a = 07:32:00.5\nb = 1979-05-27 07:32:00Z\nc = [1979-05-27T07:32:00-07:00,\n07:32:59]",
    "a = {}  # ,}",
    "a = { b = {}, c = { d = [{}, {}] } }",
    'a = [[{}], ["}"],\n{ "{" = 1 }]',
    "",
]


def refusal(text: str) -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        Document.parse(text.encode())
    return caught.value


@pytest.mark.parametrize(("text", "line", "column", "words"), NEWER)
def test_what_only_toml_1_1_has_is_refused_with_what_to_write(text: str, line: int, column: int, words: str) -> None:
    problem = refusal(text)
    assert (problem.line, problem.column) == (line, column)
    assert words in problem.message
    assert "TOML 1.1" in problem.message


@pytest.mark.parametrize("text", LOOKALIKES)
def test_what_only_looks_like_it_is_read(text: str) -> None:
    assert Document.parse(text.encode()).data == tomllib.loads(text)


def test_a_record_typed_with_it_is_refused_before_it_reaches_the_file() -> None:
    document = Document.parse(b'[[program]]\nname = "A"\n')
    with pytest.raises(EditError, match=r"line 3, column 14: a comma at the end of an inline table is TOML 1\.1"):
        apply(document, [ReplaceBlock(0, '[[program]]\nname = "A"\nown = { b = 1, }\n')])


def reads_only_1_0() -> bool:
    try:
        tomllib.loads("a = {b = 1,}")
    except tomllib.TOMLDecodeError:
        return True
    return False


GAPS = st.sampled_from(["", " ", "\t", "\n", " # c, } {\n", "\r\n"])
TIMES = ("07:32", "07:32:00", "1979-05-27", "1979-05-27T07:32", "1979-05-27 07:32:00+05:30", "1979-05-27 07:32+05:30")
STRINGS = ('""', "'{'", '"}"', '"\\\\e"', '"\\e"', "'\\e'", '"\\x41"', '"\\\\x4"', '"a, 10:30"', "'# '")
LONG_STRINGS = ('"""\n{,\n"""', "'''\\e}\n'''", '"""\n"\\e"""', '"""\\x41"" """')
SCALARS = st.sampled_from(["1", "true", *TIMES, *STRINGS, *LONG_STRINGS])


def lists(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    item = st.tuples(GAPS, values, GAPS).map("".join)
    return st.tuples(st.lists(item, max_size=3).map(",".join), st.sampled_from(["", ","]), GAPS).map(
        lambda t: f"[{''.join(t)}]"
    )


@st.composite
def tables(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    gaps = st.sampled_from(["", " "]) if draw(st.booleans()) else GAPS
    keys = ("k", '"k{"', "'k,'", '"k\\\\e"')
    pairs = [f"{draw(gaps)}{keys[n]}={draw(values)}{draw(gaps)}" for n in range(draw(st.integers(0, 3)))]
    return "{" + ",".join(pairs) + draw(st.sampled_from(["", "", "", ","])) + draw(gaps) + "}"


VALUES = st.recursive(SCALARS, lambda inner: lists(inner) | tables(inner), max_leaves=6)


@pytest.mark.skipif(not reads_only_1_0(), reason="this Python's own parser reads TOML 1.1 too")
@settings(max_examples=300)
@given(st.lists(VALUES, min_size=1, max_size=3), st.sampled_from(["\n", "\r\n"]))
def test_a_text_is_read_exactly_where_a_parser_of_toml_1_0_reads_it(values: list[str], newline: str) -> None:
    text = "".join(f'a{place} = {each}  # "{newline}' for place, each in enumerate(values))
    try:
        wanted = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        refusal(text)
    else:
        assert Document.parse(text.encode()).data == wanted
