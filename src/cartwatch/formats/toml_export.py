"""A part of a watchlist as a watchlist of its own: the blocks of the programs as they stand, comments and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.document.blocks import LIST

if TYPE_CHECKING:
    from collections.abc import Collection

    from cartwatch.document.document import Document

__all__ = ["watchlist_text"]


def watchlist_text(document: Document, places: Collection[int]) -> str:
    """The text of a watchlist that holds the programs at some places, and what stands outside the programs.

    All of them are the file as it is. Where the programs stand in no blocks of their own, the part is written anew.
    """
    wanted = set(places)
    if len(wanted) == len(document.programs):
        return document.text
    from cartwatch.document.records import holds  # the whole file needs neither a syntax tree nor a writer
    from cartwatch.document.writing import document_text

    data = {**document.head, LIST: [each for place, each in enumerate(document.programs) if place in wanted]}
    if not wanted:
        del data[LIST]
    if not document.whole:
        kept, place = [], 0
        for unit in document.units:
            if unit.record is None:
                kept.append(unit.text)
                continue
            if place in wanted:
                kept.append(unit.text if unit.text.endswith("\n") else unit.text + document.newline)
            place += 1
        text = "".join(kept).rstrip("\r\n") + document.newline
        if holds(text, data):
            return text
    return document_text(data).replace("\n", document.newline)
