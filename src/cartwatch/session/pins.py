"""The ids that an edit writes, so that a record without one is the same record before and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Edit, Set
from cartwatch.document.paths import item_names
from cartwatch.domain.fields import facts, kind_of
from cartwatch.domain.program import root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["pins"]


def pins(record: Mapping[str, Any], place: int, where: Sequence[str | int], *, gone: bool = False) -> list[Edit]:
    """Build the edits that write the ids which an edit of a program at a place could change.

    A record whose name is made of its text, or of its place in the list, gets that name as its id at its first edit; where one
    is deleted (`gone`), those that would be named anew. They come before the edit itself.
    """
    edits: list[Edit] = []
    here: Any = record
    kind: type | None = root()
    for depth, step in enumerate(where):
        if isinstance(step, str):
            declared = facts(kind).get(step) if kind is not None else None
            kind = declared.record if declared is not None else None
            here = here.get(step) if isinstance(here, dict) else None
            continue
        if not isinstance(here, list) or step >= len(here):
            break
        leaves = gone and depth + 1 == len(where)
        if where[depth + 1 :] != ("id",):
            base = ("program", place, *where[:depth])
            edits += [Set((*base, at, "id"), name) for at, name in _unpinned(kind, here, step, leaves=leaves)]
        here = here[step]
    return edits


def _unpinned(kind: type | None, items: Sequence[Any], at: int, *, leaves: bool) -> list[tuple[int, str]]:
    """The items of a list that are to get an id, each with it."""
    declared = kind_of(kind)
    if declared is None or not declared.named_by or "id" not in declared.names:
        return []
    names = item_names(kind, items)
    touched = [at]
    if leaves:
        others = [each for each in range(len(items)) if each != at]
        after = item_names(kind, [items[each] for each in others])
        touched = [each for each, name in zip(others, after, strict=True) if name != names[each]]
    return [(each, names[each]) for each in touched if isinstance(items[each], dict) and not items[each].get("id")]
