"""Files too large, too deep or too odd are refused with one clear line; files that only look so are not."""

from __future__ import annotations

import pytest

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.text import FOREIGN, USER, Limits

HOSTILE = {
    "open brackets": (b"[" * 496, "nested"),
    "many more open brackets": (b"a = " + b"[" * 200_000, "nested"),
    "inline tables": (b"a = " + b"{a = " * 400 + b"1" + b"}" * 400, "nested"),
    "depth hidden by strings": (b"a = " + b'[ "]", ' * 2000, "nested"),
    "tables hidden by dots": (b"a = " + b"{a.b.c.d.e.f.g.h.i.j = " * 30 + b"1" + b"}" * 30, "nested"),
    "a long dotted key": (b".".join([b"a"] * 16_000) + b" = 1", "dotted key"),
    "a long dotted header": (b"[" + b".".join([b"a"] * 100) + b"]", "dotted key"),
    "a long quoted dotted key": (b".".join([b'"a b"'] * 100) + b" = 1", "dotted key"),
    "a long dotted key in an inline table": (b"t = { x = 1, " + b" . ".join([b"a"] * 100) + b" = 1 }", "dotted key"),
    "a long hexadecimal integer": (b"a = 0x" + b"f" * 10_000, "64 bits"),
    "more digits than Python converts": (b"a = " + b"1" * 5_000, "64 bits"),
    "2 ** 63": (b"a = 9223372036854775808", "64 bits"),
    "-2 ** 63 - 1": (b"a = [-9_223_372_036_854_775_809]", "64 bits"),
    "a million empty programs": (b"[[program]]\n" * 1_000_000, "programs"),
    "a million spaced programs": (b"[[ program ]]\n" * 1_000_000, "tables and lists"),
    "a list without end": (b"a = [" + b"1," * 3_200_000 + b"]", "values"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name: str) -> None:
    raw, words = HOSTILE[name]
    for limits in (USER, FOREIGN):
        with pytest.raises(SyntaxProblem) as caught:
            Document.parse(raw, limits=limits)
        assert caught.value.line >= 1
        assert caught.value.column >= 1
        assert len(caught.value.source_line) <= 400
        if limits is USER:
            assert words in caught.value.message


@pytest.mark.parametrize(
    ("raw", "line", "column"),
    [
        (b"a = 1\nb = 9223372036854775808\n", 2, 5),
        (b'[[program]]\nname = "x"\nn = { deep = [1, 0xFFFFFFFFFFFFFFFFFF] }\n', 3, 18),
        (b"a = 1\nb = " + b"[" * 65 + b"]" * 65, 2, 69),
        (b"a = 1\n " + b"k." * 64 + b"k = 1", 2, 2),
    ],
)
def test_a_limit_is_reported_where_it_is_exceeded(raw: bytes, line: int, column: int) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        Document.parse(raw)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_what_only_looks_hostile_is_read() -> None:
    raw = (
        b"# " + b"[" * 500 + b"\n"
        b'a = "' + b"[" * 500 + b'"\n'
        b'b = """\n' + b"a." * 500 + b"\n" + b"[" * 100 + b'\n"""\n'
        b'u = "https://example.org/1195516602641289216123"\n'
        b"n = 9223372036854775807\nm = -9223372036854775808\nh = 0x7fffffffffffffff\n" + b"k." * 63 + b"k = 1\n"
    )
    assert Document.parse(raw).head["n"] == 2**63 - 1


def test_only_a_foreign_file_must_be_finite_and_small() -> None:
    for raw in (b"a = inf", b"a = [{b = nan}]", b"a = -1e400", b"[[program]]\n" * 10_001, b"#" * 5_000_001):
        Document.parse(raw)
        with pytest.raises(SyntaxProblem):
            Document.parse(raw, limits=FOREIGN)


def test_a_limit_of_ones_own() -> None:
    limits = Limits(100, depth=2, key_parts=3, programs=1, brackets=50, marks=20, finite=True)
    Document.parse(b"a.b.c = [[1, 2]]\n", limits=limits)
    for raw in (b"a.b.c.d = 1", b"a = [[[1]]]", b"[[program]]\n[[program]]\n", b"#" * 101, b"a=[" + b"1," * 21 + b"]"):
        with pytest.raises(SyntaxProblem):
            Document.parse(raw, limits=limits)
