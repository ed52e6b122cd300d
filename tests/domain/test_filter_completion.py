"""A filter that is typed is completed: fields first, then the values of the vocabulary and of the list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.domain.filters.complete import complete_filter, complete_term
from cartwatch.domain.filters.fields import Field

SPONSORS = ["Cellectis", "Bristol Myers Squibb", 'a "quoted" one']


def values(field: Field) -> list[str]:
    return SPONSORS if field.name == "sponsor" else []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("spon", "sponsor:"),
        ("sponsor:cel", "sponsor:cellectis"),
        ("sponsor:Cel", "sponsor:Cellectis"),
        ('sponsor:"bri', 'sponsor:"bristol Myers Squibb"'),
        ("target:CD19 sponsor:c", "target:CD19 sponsor:cellectis"),
        ("!ove", "!overdue:"),
        ("sponsor:x|cel", "sponsor:x|cell:"),
        ("phase:Piv", "phase:Pivotal"),
        ("state:ov", "state:overdue"),
        ("p", None),  # one letter begins too many
        ("", None),
        ("zzz", None),
        ("zzz:", None),
        ("crs:<", None),
        ("sponsor:cellectis", None),
        ("target:CD19 ", None),
    ],
)
def test_the_last_term_is_completed(typed: str, found: str | None) -> None:
    got = complete_filter(typed, values)
    assert (got or "").casefold() == (found or "").casefold()
    assert got is None or got.startswith(typed)


def test_every_candidate_has_the_help_of_its_field() -> None:
    found = complete_term("s", values)
    assert {"sponsor:", "state:", "said:"} <= {text for text, _ in found}
    assert all(help for _, help in found)


@given(st.text(alphabet='abcst:!|" ', max_size=20))
def test_no_text_breaks_it_and_what_is_typed_stays(text: str) -> None:
    got = complete_filter(text, values)
    assert got is None or (got.startswith(text) and len(got) > len(text))
