"""The steps that turn one version of plain watchlist data into another, as small as the data lets them be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .equality import same
from .identity import inner_record, pair_records
from .program import Program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Step", "edits_between", "head_edits_between"]

Path = tuple[str | int, ...]
Step = tuple[Any, ...]
"""("set", path, value), ("delete", path), ("add", path of the list, value, index) or ("move", path, to index)."""


def edits_between(olds: Sequence[Mapping[str, Any]], news: Sequence[Mapping[str, Any]]) -> list[Step]:
    """The steps that turn the programs of one version into those of another, to be made one after the other.

    Each path counts from the root of the document and as the step before has left it. Programs and records are told apart as
    in a merge, so that a changed value of a moved program is one `set`. A list of tables that is emptied is deleted whole.
    """
    steps: list[Step] = []
    _lists(list(olds), list(news), ("program",), Program, steps)
    return steps


def head_edits_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Step]:
    """The same for what stands outside the programs."""
    steps: list[Step] = []
    _tables(old, new, (), None, steps)
    return steps


def _values(old: Any, new: Any, path: Path, record: type | None, steps: list[Step]) -> None:
    if same(old, new):
        return
    if type(old) is dict and type(new) is dict:
        _tables(old, new, path, record, steps)
    elif _tabular(old) and _tabular(new):
        _lists(old, new, path, record, steps)
    else:
        steps.append(("set", path, new))


def _tabular(value: Any) -> bool:
    """Whether a value is a list of tables and nothing else, to be edited record by record."""
    return type(value) is list and bool(value) and all(type(each) is dict for each in value)


def _tables(old: Mapping[str, Any], new: Mapping[str, Any], path: Path, record: type | None, steps: list[Step]) -> None:
    for key in old:
        if key not in new:
            steps.append(("delete", (*path, key)))
    for key, value in new.items():
        if key in old:
            _values(old[key], value, (*path, key), inner_record(record, key), steps)
        elif _tabular(value):
            steps.extend(("add", (*path, key), each, place) for place, each in enumerate(value))
        else:
            steps.append(("set", (*path, key), value))


def _lists(olds: list[Any], news: list[Any], path: Path, record: type | None, steps: list[Step]) -> None:
    pairs = pair_records(record, olds, news)
    for old, new in pairs:
        _values(olds[old], news[new], (*path, old), record, steps)
    kept = dict(pairs)
    standing = [kept.get(place) for place in range(len(olds))]
    for place in reversed(range(len(olds))):
        if standing[place] is None:
            steps.append(("delete", (*path, place)))
            del standing[place]
    for place, new in enumerate(news):
        if place < len(standing) and standing[place] == place:
            continue
        if place in standing:
            at = standing.index(place)
            steps.append(("move", (*path, at), place))
            standing.insert(place, standing.pop(at))
        else:
            steps.append(("add", path, new, place))
            standing.insert(place, place)
