"""Where a fact comes from: which citation counts, and what makes it verified."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cartwatch.document.reader import read_watchlist
from cartwatch.domain.program import Program
from cartwatch.domain.provenance import last_checked, provenance

SOURCES = [
    {"id": "read", "checked": "2026-11-01"},
    {"id": "too", "checked": "2026-10"},
    {"id": "unread"},
    {"id": "planned", "checked": "pending"},
]


def program(**values: Any) -> Program:
    return read_watchlist({}, [{"name": "P", "source": SOURCES, **values}], date(2026, 11, 22)).watchlist.programs[0]


@pytest.mark.parametrize(
    ("cite", "verified", "missing"),
    [
        (None, False, ()),
        ("read", True, ()),
        (["read", "too"], True, ()),
        (["read", "unread"], False, ()),
        ("unread", False, ()),
        ("planned", False, ()),  # a word is no check
        (["read", "gone"], False, ("gone",)),
        ([], False, ()),
    ],
)
def test_a_fact_is_verified_where_a_person_read_every_source_of_it(cite: Any, verified: bool, missing: tuple[str, ...]) -> None:
    found = provenance(program(cite={"phase": cite} if cite is not None else {}), "phase")
    assert (found.verified, found.missing) == (verified, missing)


def test_the_field_counts_before_its_record_and_the_record_before_what_is_above() -> None:
    catalysts = [{"id": "c", "event": "E", "cite": "read"}, {"id": "d", "event": "F"}]
    cited = {"catalyst": "unread", "catalyst.c.outcome": "too", "mechanism": "read"}
    one = program(catalyst=catalysts, cite=cited)
    c, d = one.catalysts
    assert provenance(one, "catalyst.c.outcome", c).cited == ("too",)
    assert provenance(one, "catalyst.c.when", c).cited == ("read",)
    assert provenance(one, "catalyst.d.when", d).cited == ("unread",)
    assert provenance(one, "mechanism.targets").cited == ("read",)
    assert provenance(one, "phase").cited == ()


@pytest.mark.parametrize(
    ("values", "day"),
    [
        ({}, date(2026, 11, 1)),
        ({"checked": "2026-06-01"}, date(2026, 6, 1)),  # the person's word on the whole record
        ({"checked": "pending"}, date(2026, 11, 1)),
        ({"source": [{"id": "x"}]}, None),
        ({"source": []}, None),
    ],
)
def test_the_day_a_program_was_last_checked(values: dict[str, Any], day: date | None) -> None:
    assert last_checked(program(**values)) == day
