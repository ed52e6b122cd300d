"""A place in a program's data, named as a sentence names it: `data set 1 GVHD grade ≥3`, `balli-01-interim note`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.paths import item_names
from cartwatch.domain.catalyst import Guidance
from cartwatch.domain.difference import inside
from cartwatch.domain.fields import facts
from cartwatch.domain.mechanism import Knockout
from cartwatch.domain.program import Program
from cartwatch.domain.safety import OtherEvent, Report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cartwatch.domain.fields import Fact

__all__ = ["named_place", "others_of"]

_ITEMS = {Report: "data set", Knockout: "knock-out", OtherEvent: "event", Guidance: "earlier guidance"}
_OWN_NAMES = {Knockout: "gene", OtherEvent: "event"}


def named_place(record: Mapping[str, Any], where: Sequence[str | int]) -> str:
    """The name of a fact or record of a program, with the record that it is in; what is not declared goes by its key."""
    said: list[str] = []
    here: Any = record
    kind: type | None = Program
    above: Fact | None = None
    for at, step in enumerate(where):
        if isinstance(step, int):
            items = here if isinstance(here, list) else []
            if above is not None and above.kind == "records" and above.record is not None:
                said[-1] = _item(above, items, step, last=at + 1 == len(where))
            else:
                said.append(str(step + 1))
            here = items[step] if step < len(items) else None
            continue
        above = facts(kind).get(step) if kind is not None else None
        here = here.get(step) if isinstance(here, dict) else None
        kind = above.record if above is not None else None
        if above is None:
            said.append(step)
        elif not (above.kind == "record" and at == 0 and where[1:] and where[1:] != ("summary",)):  # their fields tell them
            said.append(inside(above))
    return " ".join(said)


def _item(above: Fact, items: Sequence[Any], place: int, *, last: bool) -> str:
    """An item of a list of records; with the kind of record where nothing more is said of it, or it has no name."""
    kind = above.record
    word = _ITEMS.get(kind or object) or above.key
    item = items[place] if place < len(items) else None
    own = item.get(_OWN_NAMES.get(kind or object, "")) if isinstance(item, dict) else item
    if isinstance(own, str) and own.strip():
        return own if not last else f"{word} {own}"
    name = item_names(kind, items)[place] if place < len(items) else str(place + 1)
    return f"{word} {name}" if last or name.isdigit() else name


def others_of(record: Mapping[str, Any], where: Sequence[str | int]) -> set[str]:
    """The names that the other items of a list go by, of the path of a field of one of its items."""
    here: Any = record
    kind: type | None = Program
    found: set[str] = set()
    for step in where[:-1]:
        if isinstance(step, int) and isinstance(here, list):
            names = item_names(kind, here)
            found = {*names[:step], *names[step + 1 :]}
            here = here[step] if step < len(here) else None
        elif isinstance(step, str):
            declared = facts(kind).get(step) if kind is not None else None
            kind = declared.record if declared is not None else None
            here = here.get(step) if isinstance(here, dict) else None
    return found
