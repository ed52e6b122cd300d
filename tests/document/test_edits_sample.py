"""In the sample watchlist a change of any one value is one line out and one line in."""

from __future__ import annotations

import datetime as dt
import difflib
from pathlib import Path
from typing import Any

import pytest
from styled_toml import paths, value_at

from cartwatch.document.document import Document
from cartwatch.document.edits import Add, Delete, Set, apply

SAMPLE = Document.parse((Path(__file__).parents[2] / "sample_watchlist.toml").read_bytes())


def numstat(before: str, after: str) -> tuple[int, int]:
    """Lines added and deleted, as `git diff --numstat` counts them."""
    opcodes = difflib.SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False).get_opcodes()
    changed = [each for each in opcodes if each[0] != "equal"]
    return sum(end - start for *_, start, end in changed), sum(end - start for _, start, end, *_ in changed)


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value.replace("\n", " and more\n", 1) if "\n" in value else value + " (changed)"
    if isinstance(value, dt.date):
        return value + dt.timedelta(days=400)
    return value + 1


def scalars(index: int) -> list[tuple[str | int, ...]]:
    record = SAMPLE.programs[index]
    return [path for path in paths(record) if not isinstance(value_at(record, path), dict | list)]


@pytest.mark.parametrize("index", range(len(SAMPLE.programs)))
def test_any_value_is_one_line(index: int) -> None:
    for path in scalars(index)[:: 1 if index < 3 else 7]:
        value = value_at(SAMPLE.programs[index], path)
        applied = apply(SAMPLE, [Set(("program", index, *path), other(value))])
        unit = SAMPLE.place_of_program(index)
        assert numstat(SAMPLE.units[unit].text, applied.document.units[unit].text) == (1, 1), path
        assert applied.document.units[:unit] == SAMPLE.units[:unit]
        assert applied.document.units[unit + 1 :] == SAMPLE.units[unit + 1 :]
        assert not applied.notes


@pytest.mark.parametrize("key", ["schema", "title"])
def test_any_value_of_the_top_is_one_line(key: str) -> None:
    new = apply(SAMPLE, [Set((key,), other(SAMPLE.head[key]))]).document
    assert numstat(SAMPLE.text, new.text) == (1, 1)


@pytest.mark.slow
def test_new_guidance_is_one_changed_line_and_its_ledger_entry() -> None:
    changes = set()
    for index, program in enumerate(SAMPLE.programs):
        for place, catalyst in enumerate(program.get("catalyst", [])):
            here = ("program", index, "catalyst", place)
            entry = {"when": catalyst["when"], "said": dt.date(2026, 1, 1), "cite": "x"}
            new = apply(SAMPLE, [Add((*here, "move"), entry), Set((*here, "when"), "Q1 2031")]).document
            changes.add((len(catalyst.get("move", [])) > 0, *numstat(SAMPLE.text, new.text)))
    assert changes == {(True, 2, 1), (False, 4, 1)}


@pytest.mark.slow
def test_every_list_item_and_record_leaves_with_its_own_lines() -> None:
    for index in (0, 1, 2):
        for path in paths(SAMPLE.programs[index]):
            new = apply(SAMPLE, [Delete(("program", index, *path))]).document
            unit = SAMPLE.place_of_program(index)
            added, deleted = numstat(SAMPLE.units[unit].text, new.units[unit].text)
            assert added <= 1
            assert deleted >= 1


def test_a_hundred_edits_undone_give_the_first_bytes() -> None:
    first = SAMPLE.raw
    history = [SAMPLE]
    for step in range(100):
        index = step % len(SAMPLE.programs)
        path = scalars(index)[step % len(scalars(index))]
        value = value_at(history[-1].programs[index], path)
        history.append(apply(history[-1], [Set(("program", index, *path), other(value))]).document)
    assert len({document.raw for document in history}) == 101
    assert history[0].raw == first
