"""Brings the text of an older schema to the present one, step by step, in memory; saving it is up to whoever asked."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cartwatch.document.document import Document
    from cartwatch.document.edits import Edit

    Step = Callable[[Document], Sequence[Edit]]

__all__ = ["STEPS", "migrated", "schema_of"]

STEPS: Mapping[int, Step] = MappingProxyType({})
"""By the schema that a step starts from: what it changes to get to the next. Schema 1 is the first there is."""


def schema_of(document: Document) -> int:
    """The schema that a text says it is in; 1 where it says none, or nothing sensible."""
    value = document.head.get("schema", 1)
    return value if type(value) is int and value >= 1 else 1


def migrated(document: Document, to: int, steps: Mapping[int, Step] = STEPS) -> Document:
    """The same list in schema `to`; the document itself where it is in that schema, or in a newer one.

    Comments, unknown keys and their order stay, as every step is made of edits. Raises EditError where an edit can't be made.
    """
    if schema_of(document) >= to:
        return document
    from cartwatch.document.edits import Set, apply

    for at in range(schema_of(document), to):
        document = apply(document, [*steps[at](document), Set(("schema",), at + 1)]).document
    return document
