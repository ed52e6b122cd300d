"""Text in terminal cells: whatever the text, lines are as wide as they should be and nothing is lost but by an ellipsis."""

from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cartwatch.domain.text import clean
from cartwatch.views.layout import Track, cells, fit, fit_runs, one_line, table, width_of, wrap
from cartwatch.views.lines import Run


@pytest.mark.slow
def test_text_is_measured_as_textual_draws_it() -> None:
    """Every mark and sign, and every eighth letter: behind a letter, as an emoji and joined to another."""
    signs = [chr(code) for code in range(0x20, 0x20000) if category(chr(code))[0] in "MSPZN"]
    letters = [chr(code) for code in range(0x20, 0x20000, 8) if category(chr(code))[0] == "L"]
    texts = (text for char in (*signs, *letters) for text in (f"a{char}\u200dx", f"{char}\ufe0f") if clean(text) == text)
    assert [text for text in (*texts, *signs, *letters) if cells(text) != cell_len(text)] == []


@pytest.mark.parametrize(
    ("text", "width", "align", "shown"),
    [
        ("CD19", 6, "left", "CD19  "),
        ("4.2%", 6, "right", "  4.2%"),
        ("ciltacabtagene", 6, "left", "cilta…"),
        ("two words", 5, "left", "two… "),
        ("日本語", 6, "left", "日本語"),
        ("日本語", 5, "left", "日本…"),
        ("日本語", 4, "left", "日… "),
        ("日本語", 4, "right", " 日…"),
        ("日本語", 1, "left", "…"),
        ("x", 0, "left", ""),
        ("x", -3, "left", ""),
        ("", 2, "left", "  "),
        ("a\x1bb", 4, "left", "a�b "),
    ],
)
def test_text_takes_exactly_its_cells(text: str, width: int, align: str, shown: str) -> None:
    assert fit(text, width, align) == shown  # type: ignore[arg-type]


def test_the_ellipsis_can_be_ascii() -> None:
    assert fit("ciltacabtagene", 6, ellipsis="~") == "cilta~"


any_text = st.text(st.characters(exclude_categories=("Cn",)), max_size=40)
emoji_text = st.text("👩🔬\u200d\ufe0f❤🏽日a\u0301", max_size=40)


@given(any_text | emoji_text, st.integers(0, 30), st.sampled_from(["left", "right"]))
def test_any_text_takes_exactly_its_cells(text: str, width: int, align: str) -> None:
    assert cell_len(fit(text, width, align)) == width  # type: ignore[arg-type]


@given(st.lists(any_text | emoji_text, max_size=4), st.integers(0, 20), st.sampled_from(["left", "right"]))
def test_any_runs_take_exactly_their_cells(texts: list[str], width: int, align: str) -> None:
    runs = fit_runs(tuple((text, str(at)) for at, text in enumerate(texts)), width, align)  # type: ignore[arg-type]
    assert sum(cell_len(text) for text, _ in runs) == width


def test_runs_keep_their_roles_and_the_cut_one_gets_the_ellipsis() -> None:
    assert fit_runs((("★", "mark"), (" phase", "quiet")), 5) == [("★", "mark"), (" ph…", "quiet")]
    assert fit_runs((("ab", "x"), ("cd", "y")), 2) == [("a…", "x")]
    assert fit_runs((("ab", "x"),), 4, "right") == [("  ", ""), ("ab", "x")]


words = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Mn", "Me", "Mc")), max_size=80)


@given(st.lists(st.tuples(words, st.sampled_from(["", "strong"])), max_size=4), st.integers(2, 30))
def test_wrapping_loses_no_word_and_never_overflows(runs: list[tuple[str, str]], width: int) -> None:
    lines = wrap(runs, width)
    assert all(width_of(line) <= width for line in lines)
    drawn = "".join(text for line in lines for text, _ in line)
    assert "".join(drawn.split()) == "".join("".join(text for text, _ in runs).split())


@given(st.lists(st.tuples(words, st.sampled_from(["", "strong"])), max_size=4), st.integers(1, 30))
def test_one_line_never_overflows(runs: list[tuple[str, str]], width: int) -> None:
    assert width_of(one_line(runs, width)) <= width


printed = st.text(st.sampled_from("ab –≤漢字é\u0301🙂°—　"), max_size=30)


def shown(runs):
    return "".join(text for text, _ in runs)


@given(printed, st.integers(8, 30))
def test_wrapped_lines_fit_and_keep_every_word(text, width):
    lines = wrap([Run(clean(text))], width)
    joined = [shown(each) for each in lines]
    assert all(cells(each) <= width for each in joined)
    assert "".join("".join(joined).split()) == "".join(clean(text).split())


def test_words_that_are_parted_by_a_line_end_stay_apart():
    assert [shown(each) for each in wrap([Run("aaaaaaa   b")], 8)] == ["aaaaaaa", "b"]


def test_an_address_is_never_broken():
    url = "https://example.org/" + "x" * 60
    assert any(shown(each) == url for each in wrap([Run("see "), Run(url, "link")], 20, whole="link"))


def test_columns_of_one_priority_leave_together_and_the_least_first():
    tracks = [Track("a", 4, 8), Track("b", 4, 8, 10), Track("c", 4, 8, 20), Track("d", 4, 8, 20)]
    rows = [[[Run("x" * 8)] for _ in tracks]]

    def kept(width):
        return shown(table(tracks, rows, width, "…")[0]).split()

    assert kept(None) == kept(38) == ["a", "b", "c", "d"]
    assert kept(37) == ["a", "c", "d"]
    assert kept(27) == ["a"]


def test_without_a_width_nothing_is_cut():
    long = "x" * 500
    assert shown(table([Track("a", 4, 8)], [[[Run(long)]]], None, "…")[1]) == long
