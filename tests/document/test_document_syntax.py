"""Every way a file can fail to be TOML gives one line with its place."""

from __future__ import annotations

import pytest

from cartwatch.document.document import Document, SyntaxProblem

# bytes, line, column, words of the message
INVALID = [
    (b"a = \n", 1, 5, "text needs quotes"),
    (b"a = 1\nb\n", 2, 2, ""),
    (b"= 1\n", 1, 1, ""),
    (b"a = 1 b = 2\n", 1, 7, "text needs quotes"),
    (b'a = "x\n', 1, 7, "no closing quote"),
    (b"a = 'x\n", 1, 7, "no closing quote"),
    (b'a = """x\n', 1, 9, ""),
    (b"a = '''x\n", 1, 9, ""),
    (b"a = [1, 2\n", 1, 10, ""),
    (b"a = [1 2]\n", 1, 8, ""),
    (b"a = {b = 1\n", 1, 11, ""),
    (b"a = {b = 1, b = 2}\n", 1, 18, ""),
    (b"a = {,}\n", 1, 6, ""),
    (b"[a\n", 1, 3, ""),
    (b"[[a]\n", 1, 4, ""),
    (b"[]\n", 1, 2, ""),
    (b"[a.]\n", 1, 4, ""),
    (b"[.a]\n", 1, 2, ""),
    (b"[a] b = 1\n", 1, 5, "text needs quotes"),
    (b"a.b. = 1\n", 1, 6, ""),
    (b"a..b = 1\n", 1, 3, ""),
    (b'"a = 1\n', 1, 7, "no closing quote"),
    (b"a b = 1\n", 1, 3, ""),
    (b"a = 1\na = 2\n", 2, 1, "given twice"),
    (b"[a]\n[a]\n", 2, 1, "given twice"),
    (b"a = 1\n[a]\n", 2, 1, "given twice"),
    (b"a = [1]\n[[a]]\n", 2, 1, "given twice"),
    (b"[[a]]\n[a]\n", 2, 1, "given twice"),
    (b"a.b = 1\n[a]\n", 2, 1, "given twice"),
    (b"a = {b = 1}\na.c = 2\n", 2, 1, "given twice"),
    (b"when = Q4 2026\n", 1, 8, "text needs quotes"),
    (b"phase = Pivotal\n", 1, 9, "text needs quotes"),
    (b"d = 2026-13-01\n", 1, 9, "text needs quotes"),
    (b"d = 2026-02-29\n", 1, 5, ""),
    (b"d = 2026-01-01T25:00:00\n", 1, 15, "text needs quotes"),
    (b"d = 2026-Q3\n", 1, 9, "text needs quotes"),
    (b"n = 01\n", 1, 6, "text needs quotes"),
    (b"n = 1__0\n", 1, 6, "text needs quotes"),
    (b"n = 0xG\n", 1, 6, "text needs quotes"),
    (b"n = 1.\n", 1, 6, "text needs quotes"),
    (b"n = .5\n", 1, 5, "text needs quotes"),
    (b"n = +\n", 1, 5, "text needs quotes"),
    (b"t = True\n", 1, 5, "text needs quotes"),
    (b"n = null\n", 1, 5, "text needs quotes"),
    (b's = "\\q"\n', 1, 8, ""),
    (b's = "\\u12"\n', 1, 8, ""),
    (b's = "\\ud800"\n', 1, 12, ""),
    (b's = "a\x01b"\n', 1, 7, ""),
    (b"# c\x07\n", 1, 4, ""),
    (b"a = 1\r", 1, 6, "text needs quotes"),
    (b"a = 1\rb = 2\n", 1, 6, "text needs quotes"),
    (b's = "\x7f"\n', 1, 6, ""),
    (b"\n\n  x = \n", 3, 7, "text needs quotes"),
    (b'ok = 1\n\n[[program]]\nname = "a\nphase = "b"\n', 4, 10, "no closing quote"),
    (b'a = "\xce\xb1" x\n', 1, 9, "text needs quotes"),
    (b"caf\xe9 = 1\n", 1, 4, "not UTF-8"),
    (b'a = "ok"\nb = "caf\xe9"\n', 2, 9, "not UTF-8"),
    (b'a = "\xed\xa0\x80"\n', 1, 6, "not UTF-8"),
    (b'a = "\xc0\xaf"\n', 1, 6, "not UTF-8"),
    (b"\xff\xfea\x00", 1, 1, "UTF-16"),
    (b"a\x00 \x00=\x00 \x001\x00\n\x00", 1, 1, "UTF-16"),
    (b"\x00a\x00 \x00=\x00 \x001\x00\n", 1, 1, "UTF-16"),
    (b"\0" * 40, 1, 1, "zero byte"),
    (b"a = 1\n" + b"\0" * 40, 2, 1, "zero byte"),
    (b'a = "x\x00y"\n', 1, 7, "zero byte"),
    (b"\x1f\x8b\x08\x00", 1, 1, "gzip"),
    (b"PK\x03\x04", 1, 1, "zip file"),
    (b"%PDF-1.7", 1, 1, "PDF"),
    (b"a = 1\n<<<<<<< HEAD\nb = 1\n=======\nb = 2\n>>>>>>> other\nc = 1\n", 2, 1, "git merge conflict in lines 2–6"),
    (
        b"<<<<<<< a\r\nx=1\r\n=======\r\nx=2\r\n>>>>>>> b\r\n<<<<<<< a\r\nx=1\r\n=======\r\nx=2\r\n>>>>>>> b\r\n",
        1,
        1,
        "git merge conflict in lines 1–5 (and 1 more)",
    ),
    (b'[[program]]\nname = "a"\n[program]\n', 3, 1, "given twice"),
    (b"a = ]\n", 1, 5, "text needs quotes"),
    (b"a = 2026-01-01T00:00:00+25:00\n", 1, 24, "text needs quotes"),
    (b'program = [{name = "a"}]\n[[program]]\n', 2, 1, "given twice"),
    (b"\xef\xbb\xbfa = \n", 1, 5, "text needs quotes"),
    (b"a = 1e\n", 1, 6, "text needs quotes"),
    (b'a = "x" "y"\n', 1, 9, "text needs quotes"),
    (b"{a = 1}\n", 1, 1, ""),
    (b'name: "x"\n', 1, 5, ""),
    (b"// c\n", 1, 1, ""),
    (b'a = """x""""""\n', 1, 14, "text needs quotes"),
    (b"a = [\n  1,\n  # c\n  b,\n]\n", 4, 3, "text needs quotes"),
]


@pytest.mark.parametrize(("raw", "line", "column", "words"), INVALID)
def test_what_is_no_toml_is_refused_at_its_place(raw: bytes, line: int, column: int, words: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        Document.parse(raw)
    problem = caught.value
    assert (problem.line, problem.column) == (line, column)
    assert words in problem.message
    assert problem.message
    assert "\n" not in problem.message


@pytest.mark.parametrize(("raw", "line", "column", "words"), INVALID)
def test_the_offending_line_travels_with_the_problem(raw: bytes, line: int, column: int, words: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        Document.parse(raw)
    shown = caught.value.source_line
    if b"\0" not in raw and words not in ("gzip", "zip file", "PDF", "UTF-16"):
        text = raw.removeprefix(b"\xef\xbb\xbf").decode(errors="replace")
        assert shown.split("\r")[0] in text.split("\n")[line - 1]
        assert column <= len(shown) + 1


def test_a_byte_order_mark_is_accepted_and_kept() -> None:
    document = Document.parse(b"\xef\xbb\xbfschema = 1\n")
    assert document.bom
    assert document.head == {"schema": 1}
    assert document.raw == b"\xef\xbb\xbfschema = 1\n"


def test_conflict_markers_inside_a_string_are_text() -> None:
    raw = b'notes = """\n<<<<<<< HEAD\n=======\n>>>>>>> x\n"""\n'
    assert "HEAD" in Document.parse(raw).head["notes"]
