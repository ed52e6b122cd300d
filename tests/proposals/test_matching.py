"""Which program is which: by id, then NCT number, then name; and never two to one in silence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cartwatch.document.reader import read_watchlist
from cartwatch.proposals.matching import match


def program(id: str | None = None, nct: str | None = None, name: str = "x", **more: Any) -> dict[str, Any]:
    record: dict[str, Any] = {"name": name, **more}
    if id:
        record["id"] = id
    if nct:
        record["trial"] = [{"nct": nct}]
    return record


def programs(*records: dict[str, Any]) -> Any:
    return read_watchlist({}, list(records), date(2026, 11, 22)).watchlist.programs


N1, N2 = "NCT00000001", "NCT00000002"


@pytest.mark.parametrize(
    ("mine", "theirs", "found"),
    [
        ([program("a")], [program("a", name="y")], [(0, "id")]),
        ([program(name="Foo-101")], [program(name="foo 101!")], [(0, "name")]),
        ([program("foo", name="Foolimab")], [program(name="Foo")], [(0, "name")]),
        ([program("a", N1)], [program("b", N1.lower(), "y")], [(0, f"NCT number {N1}")]),
        ([program("a", aliases=["UCART-22"])], [program("b", name="[ucart 22]")], [(0, "name")]),
        ([program("a", aliases=["UCART22"])], [program("b", name="UCART-22")], [(0, "name")]),
        ([program("a", name="CTX 112")], [program("b", name="ctx112")], [(0, "name")]),
        ([program("a", name="CTX-112"), program("b", name="CTX112")], [program("c", name="ctx 112")], [None]),
        ([program("a", name="CTX-112")], [program("b", name="CTX112"), program("c", name="CTX 112")], [None, None]),
        ([program("a", short="lasme")], [program("b", name="y", aliases=["Lasme"])], [(0, "name")]),
        ([program("a", N1), program("b", name="y")], [program("b", N1, "y")], [(1, "id")]),
        ([program("a", N1), program("b", N1, "y")], [program("c", N1, "z")], [None]),
        ([program("a", N1)], [program("c", N1, "z"), program("d", N1, "w")], [None, None]),
        ([program("a", N1)], [program("a", N1), program("d", N1, "w")], [(0, "id"), (None, "")]),
        ([program("a", name="Foo")], [program("b", name="Foo"), program("c", name="foo")], [None, None]),
        ([program("a")], [program("a"), program("a", name="y")], [(0, "id"), None]),
        ([program("a", name="Obe-cel", aliases=["Aucatzyl"])], [program(name="obe-cel (Aucatzyl)")], [(0, "name")]),
        ([program("a", name="obe-cel (AUTO1)")], [program("b", name="AUTO-1")], [(0, "name")]),
        ([program("a", name="obe-cel"), program("b", name="Aucatzyl")], [program(name="obe-cel / Aucatzyl")], [None]),
        ([program("a", name="obe-cel")], [program(name="obe-cel"), program(name="obe-cel (Aucatzyl)")], [(0, "name"), None]),
        ([program("a", name="CAR-T cells (CD19)")], [program("b", name="CAR-T cells (BCMA)")], [(None, "")]),
        ([], [program("a"), program("a", name="y")], [(None, ""), None]),
        ([program("a", name="AB")], [program("b", name="ab")], [(None, "")]),
        ([program("a", N1, "n")], [program("b", N2, "m")], [(None, "")]),
    ],
)
def test_a_program_is_told_by_the_strictest_sign(mine: list[Any], theirs: list[Any], found: list[Any]) -> None:
    told = match(programs(*mine), programs(*theirs))
    assert [None if each.unclear else (each.place, each.by) for each in told] == found
