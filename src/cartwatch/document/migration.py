"""Migrates a text of an older schema to the current one, in memory; the caller saves it."""

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
"""Migration steps by the schema that they start from. Schema 1 is the first."""


def schema_of(document: Document) -> int:
    """Return the schema number of a text; 1 if it has none or an invalid one."""
    value = document.head.get("schema", 1)
    return value if type(value) is int and value >= 1 else 1


def migrated(document: Document, to: int, steps: Mapping[int, Step] = STEPS) -> Document:
    """Return the document in schema `to`; the same document if its schema is that or newer.

    Comments, unknown keys and their order stay, as every step consists of edits. Raises EditError if an edit cannot be made.
    """
    if schema_of(document) >= to:
        return document
    from cartwatch.document.edits import Set, apply

    for at in range(schema_of(document), to):
        document = apply(document, [*steps[at](document), Set(("schema",), at + 1)]).document
    return document
