"""The steps between two versions of plain data, made as edits: on data, and on the text of a real file."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from cartwatch.document.document import Document
from cartwatch.document.edits import Add, Delete, Edit, Move, Set, apply, apply_data
from cartwatch.domain.identity import same
from cartwatch.domain.merge import Step, edits_between

SAMPLE = (Path(__file__).parents[2] / "sample_watchlist.toml").read_text(encoding="utf-8")
PROGRAMS: list[dict[str, Any]] = tomli.loads(SAMPLE)["program"]


def as_edit(step: Step) -> Edit:
    kind, path, *rest = step
    if kind == "set":
        return Set(path, rest[0])
    if kind == "delete":
        return Delete(path)
    return Add(path, *rest) if kind == "add" else Move(path, *rest)


scalar = st.integers(0, 2) | st.sampled_from(["x", "y"]) | st.booleans()
records = st.lists(
    st.fixed_dictionaries({}, optional={"event": st.sampled_from("AB"), "id": st.sampled_from("ab"), "n": scalar}), max_size=3
)
program = st.fixed_dictionaries(
    {"name": st.sampled_from(["P", "Q", "R"])},
    optional={
        "tags": st.lists(st.sampled_from("abc"), max_size=2),
        "catalyst": records,
        "own": st.dictionaries(st.sampled_from("uv"), scalar | records, max_size=2),
    },
)


@settings(max_examples=150)
@given(st.lists(program, min_size=1, max_size=3), st.lists(program, min_size=1, max_size=3))
def test_the_steps_made_as_edits_lead_from_one_version_to_the_other(old: list[Any], new: list[Any]) -> None:
    data: dict[str, Any] = {"program": deepcopy(old)}
    for step in edits_between(old, new):
        data = apply_data(data, as_edit(step))
    assert same(data["program"], new)


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ([("phase",)], 1),
        ([("catalyst", 0, "when")], 1),
        ([("phase",), ("source", 3, "title")], 2),
    ],
)
def test_only_the_lines_of_what_changed_change(changes: list[tuple[Any, ...]], lines: int) -> None:
    new = deepcopy(PROGRAMS)
    for path in changes:
        inner: Any = new[2]
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = "changed"
    document = apply(Document.parse(SAMPLE.encode()), [as_edit(each) for each in edits_between(PROGRAMS, new)]).document
    text = document.text
    assert same(tomli.loads(text)["program"], new)
    assert len(set(text.splitlines()) - set(SAMPLE.splitlines())) <= lines
    assert len(text.splitlines()) == len(SAMPLE.splitlines())


def test_programs_and_records_come_and_go_in_the_text() -> None:
    new = deepcopy(PROGRAMS)
    new.insert(1, {"id": "new-one", "name": "New one", "checked": date(2026, 11, 22)})
    del new[5], new[8]["source"][0]
    new[0]["catalyst"].append({"event": "New", "when": "2029"})
    new.append(new.pop(3))
    applied = apply(Document.parse(SAMPLE.encode()), [as_edit(each) for each in edits_between(PROGRAMS, new)])
    assert same(tomli.loads(applied.document.text)["program"], new)
    assert applied.notes == ()
