"""What foreign text may still hold after cleaning."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cartwatch.domain.text import clean


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("", ""),
        ("anito-cel", "anito-cel"),
        ("[CD19] [/red] [@click=app.quit]", "[CD19] [/red] [@click=app.quit]"),
        ("α/β – 4-1BB × ≥3 “quoted”", "α/β – 4-1BB × ≥3 “quoted”"),
        ("two\nlines\r\nand\ttab", "two lines and tab"),
        ("\x1b[31mred\x07", "�[31mred�"),
        ("csi\x9b2J del\x7f nel\x85", "csi�2J del� nel�"),
        ("abc\u202edef\u2066\u061c\u200f", "abc�def���"),
        ("la\u200bsme\ufeff", "la�sme�"),
        ("line\u2028para\u2029", "line�para�"),
        ("half \ud83d", "half �"),
        ("lone \r return", "lone � return"),
        ("日本 細胞", "日本 細胞"),
        ("e\u0301", "e\u0301"),
        ("z" + "\u0301" * 9 + "a", "z" + "\u0301" * 4 + "a"),
        ("\u0301a", "◌\u0301a"),
        ("👩\u200d🔬 ❤\ufe0f\u200d🔥", "👩\u200d🔬 ❤\ufe0f\u200d🔥"),
        ("👩🏽\u200d🔬", "👩🏽\u200d🔬"),
        ("a\u200db 👩\u200d", "a�b 👩�"),
        ("👩" + "\u200d👩" * 4, "👩" + "\u200d👩" * 3 + "�👩"),
    ],
)
def test_text_shows_itself_and_does_nothing_else(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_lines_stay_lines_when_asked() -> None:
    assert clean("one\r\ntwo\n\nthree\t\x1b", lines=True) == "one\ntwo\n\nthree �"


def test_a_limit_ends_in_an_ellipsis_and_is_never_passed() -> None:
    assert clean("abcdef", limit=4) == "abc…"
    assert clean("abcd", limit=4) == "abcd"
    assert clean("abcd", limit=0) == ""
    assert clean("\u0301" * 100_000, limit=10) == "◌" + "\u0301" * 4 + "…"


any_text = st.text(st.characters(exclude_categories=()), max_size=60)


@given(any_text, st.booleans())
@example("👩" + "\u200d👩" * 6, False)
def test_nothing_invisible_is_left_and_cleaning_twice_changes_nothing(raw: str, lines: bool) -> None:
    shown = clean(raw, lines=lines)
    kinds = {unicodedata.category(char) for char in shown if char not in ("\n" if lines else "") + "\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert clean(shown, lines=lines) == shown


@given(any_text, st.integers(0, 20))
def test_a_limit_holds_for_any_text(raw: str, limit: int) -> None:
    if len(raw) > limit:
        assert len(clean(raw, limit=limit)) <= limit
    else:
        assert clean(raw, limit=limit) == clean(raw)
