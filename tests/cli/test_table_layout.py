"""Text in terminal cells: whatever the text, lines are as wide as they should be and nothing is lost but by an ellipsis."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cartwatch.cli.output import safe
from cartwatch.cli.table_layout import Track, cells, fit, table, width_of, wrap
from cartwatch.views.lines import Run, plain

texts = st.text(st.sampled_from("ab –≤漢字é\u0301🙂°—　"), max_size=30)


@given(st.lists(texts, max_size=3), st.integers(1, 20), st.booleans())
def test_a_fitted_cell_is_exactly_as_wide_as_asked(parts, width, right):
    runs = [Run(each) for each in parts]
    assert width_of(fit(runs, width, "…", right=right)) == width


@given(texts, st.integers(8, 30))
def test_wrapped_lines_fit_and_keep_every_word(text, width):
    lines = wrap([Run(text)], width)
    joined = [plain(tuple(each)) for each in lines]
    assert all(cells(each) <= width for each in joined)
    assert "".join(joined).replace(" ", "") == safe(text).replace(" ", "")


def test_words_that_are_parted_by_a_line_end_stay_apart():
    assert [plain(tuple(each)) for each in wrap([Run("aaaaaaa   b")], 8)] == ["aaaaaaa", "b"]


def test_an_address_is_never_broken():
    url = "https://example.org/" + "x" * 60
    assert any(plain(tuple(each)) == url for each in wrap([Run("see "), Run(url, "link")], 20))


def test_columns_of_one_priority_leave_together_and_the_least_first():
    tracks = [Track("a", 4, 8), Track("b", 4, 8, 10), Track("c", 4, 8, 20), Track("d", 4, 8, 20)]
    rows = [[[Run("x" * 8)] for _ in tracks]]

    def shown(width):
        return plain(tuple(table(tracks, rows, width, "…")[0])).split()

    assert shown(None) == shown(38) == ["a", "b", "c", "d"]
    assert shown(37) == ["a", "c", "d"]
    assert shown(27) == ["a"]


def test_without_a_width_nothing_is_cut():
    long = "x" * 500
    assert plain(tuple(table([Track("a", 4, 8)], [[[Run(long)]]], None, "…")[1])) == long
