"""Builds the edits of a sponsor's record at the top of the file, which a path below a program's `sponsor` leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Add, Delete, Edit, Set
from cartwatch.document.paths import PathError, raw_path, split
from cartwatch.domain.sponsor import Sponsor
from cartwatch.domain.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.document.document import Document

__all__ = ["LIST", "leads_to_sponsor", "sponsor_edits", "sponsor_place"]

LIST = "sponsor"


def leads_to_sponsor(path: str) -> bool:
    """Whether a path of a program leads to the record of its sponsor: `sponsor.runway.when`."""
    steps = split(path)
    return steps[0] == LIST and len(steps) > 1


def sponsor_place(document: Document, name: str) -> int | None:
    """Return the place of the sponsor of this name in the file, in any case."""
    listed = document.head.get(LIST)
    for place, each in enumerate(listed if isinstance(listed, list) else ()):
        known = each.get("name") if isinstance(each, dict) else None
        if isinstance(known, str) and fold(known) == fold(name):
            return place
    return None


def sponsor_edits(document: Document, name: str, values: Mapping[str, Any]) -> tuple[Edit, ...]:
    """Return the edits that set fields of the record of a sponsor, which is added where it is missing; None deletes one.

    Raises PathError where a path leads to nothing.
    """
    place = sponsor_place(document, name)
    if place is None:
        record: dict[str, Any] = {"name": name}
        for path, value in values.items():
            *above, last = split(path)[1:]
            here = record
            for step in above:
                here = here.setdefault(step, {})
            if value is not None:
                here[last] = value
        return (Add((LIST,), record),) if len(record) > 1 else ()
    held = document.head[LIST][place]
    edits: list[Edit] = []
    for path, value in values.items():
        where = raw_path(held, ".".join(split(path)[1:]), record=Sponsor)
        old: Any = held
        for key in where:
            old = old.get(key) if isinstance(old, dict) else None
        if value is None and old is None:
            raise PathError(f"{path} is not there")
        if old != value or type(old) is not type(value):
            edits.append(Set((LIST, place, *where), value) if value is not None else Delete((LIST, place, *where)))
    return tuple(edits)
