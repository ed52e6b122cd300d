"""Reads what it can of a text that does not parse: each program alone, the others left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from cartwatch.document.blocks import LIST, top_of_comments
from cartwatch.document.document import Document, SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Salvage", "salvage"]


@dataclass(frozen=True, slots=True)
class Salvage:
    """Result of a salvage.

    `document` holds the programs that parse, and the text before the first if that parses; `lost` has the first lines
    (from 1) of the other blocks.
    """

    document: Document
    lost: tuple[int, ...]


def salvage(data: bytes) -> Salvage:
    """Split a text at its `[[program]]` headers and keep each piece that parses alone. Never raises; may be empty.

    A header inside a multi-line string counts as one: losing that program is better than losing all.
    """
    text = data.decode("utf-8-sig", "replace").replace("\0", "")
    good: list[str] = []
    lost: list[int] = []
    line = 1
    for piece in _pieces(text):
        if (document := _parsed(piece)) is None:
            lost.append(line)
        elif document.programs or not good:
            good.append(piece if piece.endswith("\n") else f"{piece}\n")
        line += piece.count("\n")
    whole = _parsed("".join(good)) or _parsed("".join(good[1:]))  # the text before the programs may clash with one of them
    return Salvage(whole or Document.empty(), tuple(lost))


def _pieces(text: str) -> Iterator[str]:
    starts = [top_of_comments(text, each.start()) for each in re.finditer(rf"(?m)^[ \t]*\[\[\s*{LIST}\s*\]\]", text)]
    edges = sorted({0, *starts, len(text)})
    for start, end in pairwise(edges):
        yield text[start:end]


def _parsed(text: str) -> Document | None:
    try:
        return Document.parse(text.encode())
    except SyntaxProblem:
        return None
