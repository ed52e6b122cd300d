"""A cite as a person types it, and as the file has it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.domain.cites import Cite, read_cites, says_no_more, typed, typed_cites, written

QUOTE = "currently enrolling in a pivotal study"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("pr-1", "pr-1"),
        ("pr-1, pr-2", ["pr-1", "pr-2"]),
        (f'pr-1 "{QUOTE}"', {"id": "pr-1", "quote": QUOTE}),
        (f"pr-1 “{QUOTE}”", {"id": "pr-1", "quote": QUOTE}),
        ('pr-1 "a, b", pr-2', [{"id": "pr-1", "quote": "a, b"}, "pr-2"]),
        ('pr-1 "the ""pivotal"" study"', {"id": "pr-1", "quote": 'the "pivotal" study'}),
        ('https://example.org/a,b "it says"', {"id": "https://example.org/a,b", "quote": "it says"}),
        ("https://example.org/a, pr-1", ["https://example.org/a", "pr-1"]),
        ('"a, b", c', ["a, b", "c"]),
        ('pr-1 "never closed', 'pr-1 "never closed'),
        (" , ", None),
    ],
)
def test_what_a_person_types(text: str, value: Any) -> None:
    assert typed_cites(text) == value


words = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), min_size=1).map(str.strip).filter(bool)
ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True)


@given(st.lists(st.builds(Cite, ids, st.none() | words), min_size=1, max_size=3))
def test_what_is_written_is_typed_and_read_back(cites: list[Cite]) -> None:
    assert read_cites(written(cites)) == tuple(cites)
    assert read_cites(typed_cites(typed(written(cites)))) == tuple(cites)


@given(st.text())
def test_any_text_is_read_in_linear_steps(text: str) -> None:
    assert typed_cites(text) is None or read_cites(typed_cites(text))


def test_a_cite_without_my_quote_says_no_more() -> None:
    mine = {"id": "a", "quote": "q"}
    assert says_no_more("a", mine)
    assert says_no_more(["a"], mine)
    assert not says_no_more({"id": "a", "quote": "other"}, mine)
    assert not says_no_more("b", mine)
    assert not says_no_more(["a", "b"], mine)
