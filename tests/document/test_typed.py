"""What a person types into a field becomes the value the file will hold, or says why it can't."""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.document.paths import declaration
from cartwatch.document.typed import TypedError, as_typed, read_typed

TODAY = date(2026, 11, 22)


def typed(path: str, text: str, **more: Any) -> Any:
    fact = declaration(path)
    assert fact is not None
    return read_typed(fact, text, today=TODAY, **more)


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("name", "  lasme-cel ", "lasme-cel"),
        ("phase", "ph2", "Phase 2"),
        ("phase", "registrational", "Pivotal"),
        ("mechanism.cell", "ab T", "αβ T"),
        ("mechanism.cell", "a cell of my own", "a cell of my own"),
        ("tags", "heme, allogeneic", ["heme", "allogeneic"]),
        ("indications", '"melanoma, HLA-A*02:01", lupus', ["melanoma, HLA-A*02:01", "lupus"]),
        ("pinned", "yes", True),
        ("pinned", "off", False),
        ("safety.report.1.n", "1,062", 1062),
        ("safety.report.1.crs.any", "38 / 40", "38/40"),
        ("safety.report.1.crs.severe", "2.4 %", "2.4%"),
        ("catalyst.x.when", "Q4 2026", "Q4 2026"),
        ("catalyst.x.when", "2026-12-23", date(2026, 12, 23)),
        ("catalyst.x.when", "2026-12-15T17:00-05:00", datetime.fromisoformat("2026-12-15T17:00-05:00")),
        ("catalyst.x.said", "June 2026", "June 2026"),
        ("catalyst.x.cite", "pr-1", "pr-1"),
        ("catalyst.x.cite", "pr-1, pr-2", ["pr-1", "pr-2"]),
        ("source.x.url", "https://example.org/a", "https://example.org/a"),
        ("notes", "one line", "one line"),
        ("notes", "two\nlines", "two\nlines\n"),
    ],
)
def test_typed_text_becomes_the_value_of_the_file(path: str, text: str, value: Any) -> None:
    got = typed(path, text).value
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("safety.report.1.crs.any", "41/40", "more patients"),
        ("safety.report.1.crs.any", "many", "not a rate"),
        ("safety.report.1.crs.any", "140%", "more than 100%"),
        ("safety.report.1.n", "-3", "whole number"),
        ("safety.report.1.n", "²", "whole number"),
        ("pinned", "perhaps", "yes or no"),
        ("source.x.url", "javascript:alert(1)", "https://"),
        ("id", "Not An Id", "small letters"),
        ("name", "two\nlines", "one line"),
    ],
)
def test_what_cannot_be_kept_says_why(path: str, text: str, words: str) -> None:
    with pytest.raises(TypedError, match=words):
        typed(path, text)


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("phase", "Phse 2", "did you mean Phase 2"),
        ("catalyst.x.when", "soonish perhaps", "kept, and sorts last"),
        ("safety.report.1.crs.any", "1/50", "more patients than the data set's n = 40"),
    ],
)
def test_doubts_are_said_and_the_words_kept(path: str, text: str, words: str) -> None:
    got = typed(path, text, n=40)
    assert got.value == text
    assert got.doubt is not None
    assert words in got.doubt


@given(st.lists(st.text(alphabet="ab, ;-", min_size=1).map(str.strip).filter(bool), max_size=5))
def test_a_list_is_typed_as_it_is_shown(words: list[str]) -> None:
    assert typed("tags", as_typed(words)).value == words


@given(st.sampled_from(["phase", "catalyst.x.when", "tags", "safety.report.1.n", "pinned", "source.x.url", "id"]), st.text())
def test_no_text_raises_anything_but_a_typed_error(path: str, text: str) -> None:
    with contextlib.suppress(TypedError):
        assert typed(path, text) is not None
