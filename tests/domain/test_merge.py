"""The three-way merge and the steps between two versions: by example, and by law on random data."""

from __future__ import annotations

import math
from copy import deepcopy
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_versions import three_versions

from cartwatch.domain.identity import pair_records, same
from cartwatch.domain.merge import Conflict, edits_between, head_edits_between, merge
from cartwatch.domain.program import Program

BASE: dict[str, Any] = {
    "id": "a",
    "name": "Alpha",
    "phase": "Phase 1",
    "tags": ["heme", "allo"],
    "mine": {"rank": 3, "why": "because"},
    "mechanism": {"knockouts": ["TRAC", "CD52"], "targets": ["CD19"]},
    "catalyst": [
        {"event": "Interim of ALPHA-1", "when": "Q3 2026"},
        {"id": "bla", "event": "BLA", "when": "2028"},
    ],
    "designation": [{"kind": "RMAT", "agency": "FDA", "indication": "ALL"}, {"kind": "Orphan", "agency": "EC"}],
    "safety": {"report": [{"trial": "NCT1", "n": 40, "crs": {"any": "3/40"}}]},
}


def changed(record: dict[str, Any] = BASE, /, **values: Any) -> dict[str, Any]:
    """A copy with some values given, by path (`catalyst__0__when`); None deletes."""
    out = deepcopy(record)
    for dotted, value in values.items():
        *steps, last = [int(each) if each.isdigit() else each for each in dotted.split("__")]
        inner: Any = out
        for step in steps:
            inner = inner[step]
        if value is None:
            del inner[last]
        elif isinstance(last, int) and last == len(inner):
            inner.append(value)
        else:
            inner[last] = value
    return out


def merged(ours: dict[str, Any], theirs: dict[str, Any]) -> tuple[dict[str, Any], tuple[Conflict, ...]]:
    found = merge(({}, [BASE]), ({}, [ours]), ({}, [theirs]))
    assert len(found.programs) == 1
    return found.programs[0], found.conflicts


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ({"phase": "Phase 2"}, {"sponsor": "S"}, {"phase": "Phase 2", "sponsor": "S"}),
        ({"phase": "Phase 2"}, {"phase": "Phase 2"}, {"phase": "Phase 2"}),
        ({"phase": None}, {"sponsor": "S"}, {"phase": None, "sponsor": "S"}),
        ({"tags": ["heme", "mine"]}, {"tags": ["heme", "allo", "theirs"]}, {"tags": ["heme", "theirs", "mine"]}),
        ({"mine__rank": 4}, {"mine__new": True}, {"mine__rank": 4, "mine__new": True}),
        ({"catalyst__0__when": "Q4 2026"}, {"catalyst__1__when": "2029"},
         {"catalyst__0__when": "Q4 2026", "catalyst__1__when": "2029"}),
        ({"catalyst__0": None}, {"catalyst__1__note": "late"}, {"catalyst__1__note": "late", "catalyst__0": None}),
        ({"catalyst__0__when": "Q4 2026"}, {"catalyst__0__said": date(2026, 3, 1)},
         {"catalyst__0__when": "Q4 2026", "catalyst__0__said": date(2026, 3, 1)}),
        ({"designation__1__indication": "ALL"}, {"designation__0": None},
         {"designation__1__indication": "ALL", "designation__0": None}),
        ({"safety__report__0__n": 41}, {"safety__report__0__population": "ALL", "safety__report__0__crs__severe": "0/40"},
         {"safety__report__0__n": 41, "safety__report__0__population": "ALL", "safety__report__0__crs__severe": "0/40"}),
        ({"mechanism__knockouts": [{"gene": "TRAC", "purpose": "p"}, "CD52"]},
         {"mechanism__knockouts": ["TRAC", "CD52", "B2M"]},
         {"mechanism__knockouts": [{"gene": "TRAC", "purpose": "p"}, "CD52", "B2M"]}),
        ({"catalyst__0__id": "interim-of-alpha-1"}, {"catalyst__0__note": "n"},
         {"catalyst__0__id": "interim-of-alpha-1", "catalyst__0__note": "n"}),
    ],
)  # fmt: skip
def test_changes_of_both_sides_come_together(ours: Any, theirs: Any, expected: Any) -> None:
    both, conflicts = merged(changed(**ours), changed(**theirs))
    assert conflicts == ()
    assert both == changed(**expected)


@pytest.mark.parametrize(
    ("ours", "theirs", "path", "sides", "expected"),
    [
        ({"phase": "Phase 2"}, {"phase": "Phase 3"}, ("phase",), ("Phase 1", "Phase 2", "Phase 3"), {"phase": "Phase 2"}),
        ({"phase": None}, {"phase": "Phase 3"}, ("phase",), ("Phase 1", None, "Phase 3"), {"phase": "Phase 3"}),
        ({"phase": "Phase 3"}, {"phase": None}, ("phase",), ("Phase 1", "Phase 3", None), {"phase": "Phase 3"}),
        ({"sponsor": "O"}, {"sponsor": "T"}, ("sponsor",), (None, "O", "T"), {"sponsor": "O"}),
        ({"mine": 1}, {"mine__rank": 5}, ("mine",), (BASE["mine"], 1, {"rank": 5, "why": "because"}), {"mine": 1}),
        ({"catalyst__1__when": "2029"}, {"catalyst__1__when": "2030", "catalyst__0": None},
         ("catalyst", 0, "when"), ("2028", "2029", "2030"), {"catalyst__1__when": "2029", "catalyst__0": None}),
        ({"catalyst__0": None}, {"catalyst__0__when": "H2 2026"},
         ("catalyst", 0), (BASE["catalyst"][0], None, {"event": "Interim of ALPHA-1", "when": "H2 2026"}),
         {"catalyst__0__when": "H2 2026"}),
    ],
)  # fmt: skip
def test_what_both_changed_stays_ours_and_is_told(ours: Any, theirs: Any, path: Any, sides: Any, expected: Any) -> None:
    both, conflicts = merged(changed(**ours), changed(**theirs))
    assert conflicts == (Conflict("Alpha", ("program", 0, *path), *sides),)
    assert both == changed(**expected)


def test_programs_are_told_apart_by_id_else_by_the_slug_of_the_name() -> None:
    a, b = {"name": "Alpha One", "phase": "1"}, {"id": "b", "name": "Beta"}
    ours = [b, {"id": "alpha-one", "name": "Alpha One", "phase": "1"}, {"name": "Ours"}]
    theirs = [{"name": "Theirs"}, {**a, "phase": "2"}]
    found = merge(({}, [a, b]), ({"title": "T"}, ours), ({"schema": 1}, theirs))
    assert found.programs == [{"name": "Theirs"}, {"id": "alpha-one", "name": "Alpha One", "phase": "2"}, {"name": "Ours"}]
    assert found.head == {"schema": 1, "title": "T"}
    assert found.conflicts == ()


def test_a_program_that_one_side_deleted_and_the_other_edited_stays() -> None:
    edited = changed(phase="Phase 2")
    found = merge(({}, [BASE]), ({}, []), ({}, [edited]))
    assert found.programs == [edited]
    assert found.conflicts == (Conflict("Alpha", ("program", 0), BASE, None, edited),)


def test_values_of_different_types_are_different() -> None:
    found = merge(({"x": 1}, []), ({"x": True}, []), ({"x": 1}, []))
    assert found.head["x"] is True
    assert not same(1, 1.0)
    assert same({"a": [math.nan]}, {"a": [math.nan]})
    assert not same(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1))
    assert not same(datetime(2026, 1, 1), date(2026, 1, 1))


# ── laws ────────────────────────────────────────────────────────────────────────────────────────────────────────

plain = st.one_of(
    st.integers(0, 3),
    st.booleans(),
    st.sampled_from(["x", "y", "Z"]),
    st.just(1.0),
    st.dates(date(2026, 1, 1), date(2026, 1, 3)),
)
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "u", "v"]), inner, max_size=3),
    max_leaves=5,
)
catalysts = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["c1", "c2"]),
        "event": st.sampled_from(["E1", "E2", "e1"]),
        "when": st.sampled_from(["Q1 2026", "2027"]),
        "move": st.lists(st.fixed_dictionaries({"when": st.sampled_from(["a", "b"])}), max_size=2),
        "own": anything,
    },
)
knockouts = st.sampled_from(["T", "U"]) | st.fixed_dictionaries({"gene": st.just("T"), "purpose": plain})
a_program = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["p1", "p2", "p3"]),
        "name": st.sampled_from(["N1", "N2", "p1"]),
        "phase": plain,
        "tags": st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
        "mechanism": st.fixed_dictionaries({}, optional={"knockouts": st.lists(knockouts, max_size=3)}),
        "catalyst": st.lists(catalysts, max_size=3) | plain,
        "own": anything,
    },
)  # fmt: skip
sides = st.tuples(
    st.dictionaries(st.sampled_from(["title", "schema", "own"]), anything, max_size=3), st.lists(a_program, max_size=3)
)


@st.composite
def versions(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    """A base and two versions of it that share much of it, as people's copies do."""
    base = draw(sides)

    def edited(value: Any) -> Any:
        if isinstance(value, dict):
            out = {}
            for key, each in value.items():
                choice = draw(st.integers(0, 7))
                if choice:
                    out[key] = draw(anything) if choice == 1 else edited(each)
            return out
        if isinstance(value, list):
            return [edited(each) for each in value if draw(st.integers(0, 6))]
        return value

    def version() -> Any:
        head, programs = base
        kept = [edited(each) for each in programs if draw(st.integers(0, 6))]
        return edited(head), kept + (draw(st.lists(a_program, max_size=1)))

    return base, version(), version()


def equal(found: Any, wanted: Any) -> bool:
    return same(found.head, wanted[0]) and same(found.programs, wanted[1])


def unordered(value: Any) -> Any:
    """Data with its lists in an order that does not depend on who merged."""
    if isinstance(value, dict):
        return {key: unordered(each) for key, each in sorted(value.items())}
    if isinstance(value, list):
        return sorted((unordered(each) for each in value), key=repr)
    return value


def leaves(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {f"{key}={leaf}" for key, each in value.items() for leaf in leaves(each)} or {"{}"}
    if isinstance(value, list):
        return {leaf for each in value for leaf in leaves(each)} or {"[]"}
    return {repr(value)}


def hold_the_laws(three: tuple[Any, Any, Any]) -> bool:
    """Assert the laws of a merge (who changed nothing has no say; the sides can change places; nothing that was added or
    edited is dropped; what is merged stays as it is) on three versions; whether there was a conflict."""
    base, ours, theirs = three
    before = repr(three)
    assert equal(merge(base, ours, base), ours)
    assert equal(merge(base, base, theirs), theirs)
    assert equal(merge(base, ours, ours), ours)
    found, other_way = merge(base, ours, theirs), merge(base, theirs, ours)
    assert (found.conflicts == ()) == (other_way.conflicts == ())
    if not found.conflicts:
        assert unordered(found.head) == unordered(other_way.head)
        assert unordered(found.programs) == unordered(other_way.programs)
    assert repr(three) == before
    nothing_is_dropped(three, found)
    return bool(found.conflicts)


def nothing_is_dropped(three: tuple[Any, Any, Any], found: Any) -> None:
    base, ours, theirs = three
    present = leaves([found.head, found.programs, [[each.ours, each.theirs] for each in found.conflicts]])
    plain_leaves = {leaf.rpartition("=")[2] for leaf in present}
    for side in (ours, theirs):
        for leaf in leaves(list(side)) - leaves(list(base)):
            assert leaf.endswith(("{}", "[]")) or leaf in present or leaf.rpartition("=")[2] in plain_leaves
    for each in found.conflicts:
        place: Any = {**found.head, "program": found.programs}
        for step in each.path:
            place = place[step]
        assert same(place, each.theirs if each.ours is None else each.ours) or isinstance(place, dict)


@settings(max_examples=200)
@given(versions())
@pytest.mark.slow
def test_the_laws_of_a_merge(three: tuple[Any, Any, Any]) -> None:
    hold_the_laws(three)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(8))  # in parts, as several processes test at once
def test_a_hundred_thousand_random_merges_keep_the_laws(seed: int) -> None:
    rng = Random(seed)
    conflicts = sum(hold_the_laws(three_versions(rng)) for _ in range(12_500))
    assert 5_000 < conflicts < 10_000


# ── steps ───────────────────────────────────────────────────────────────────────────────────────────────────────


def make(data: Any, step: tuple[Any, ...]) -> None:
    """Make a step on plain data, in place; written apart from the document's own edits."""
    kind, path, *rest = step
    parent = data
    for key in path[:-1]:
        parent = parent[key]
    last = path[-1]
    if kind == "set":
        parent[last] = deepcopy(rest[0])
    elif kind == "delete":
        del parent[last]
        if isinstance(last, int) and not parent:  # as the document does: an emptied list of tables goes
            outer = data
            for key in path[:-2]:
                outer = outer[key]
            del outer[path[-2]]
    elif kind == "add":
        parent.setdefault(last, []) if isinstance(parent, dict) else None
        parent[last].insert(rest[1], deepcopy(rest[0]))
    else:
        parent.insert(rest[0], parent.pop(last))


@settings(max_examples=200)
@given(versions())
def test_the_steps_between_two_versions_lead_from_one_to_the_other(three: tuple[Any, Any, Any]) -> None:
    _, old, new = three
    data = {**deepcopy(old[0]), "program": deepcopy(old[1])}
    for step in (*head_edits_between(old[0], new[0]), *edits_between(old[1], new[1])):
        make(data, step)
    assert same(data.pop("program", []), new[1])
    assert same(data, new[0])


@pytest.mark.parametrize(
    ("values", "steps"),
    [
        ({}, []),
        ({"phase": "Phase 2"}, [("set", ("program", 0, "phase"), "Phase 2")]),
        ({"phase": None}, [("delete", ("program", 0, "phase"))]),
        ({"catalyst__1__when": "2029"}, [("set", ("program", 0, "catalyst", 1, "when"), "2029")]),
        ({"catalyst__0": None}, [("delete", ("program", 0, "catalyst", 0))]),
        ({"catalyst__2": {"event": "New"}}, [("add", ("program", 0, "catalyst"), {"event": "New"}, 2)]),
        ({"trial": [{"nct": "N"}]}, [("add", ("program", 0, "trial"), {"nct": "N"}, 0)]),
        ({"tags": ["x"]}, [("set", ("program", 0, "tags"), ["x"])]),
        ({"safety__report__0__crs__any": "4/40"}, [("set", ("program", 0, "safety", "report", 0, "crs", "any"), "4/40")]),
    ],
)  # fmt: skip
def test_a_step_is_as_small_as_the_change(values: dict[str, Any], steps: list[Any]) -> None:
    assert edits_between([BASE], [changed(**values)]) == steps


def test_a_moved_and_edited_program_is_moved_and_edited() -> None:
    other = {"name": "Other"}
    assert edits_between([BASE, other], [other, changed(phase="Phase 2")]) == [
        ("set", ("program", 0, "phase"), "Phase 2"),
        ("move", ("program", 1), 0),
    ]


def test_records_that_share_an_identity_are_paired_in_their_order_and_the_same_ones_first() -> None:
    assert pair_records(Program, [{"id": "a"}, {"id": "a", "x": 1}], [{"id": "a", "x": 1}, {"id": "a", "y": 2}]) == [
        (0, 1),
        (1, 0),
    ]
