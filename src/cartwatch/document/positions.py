"""Finds lines and columns of a value or key by raw path, or of its nearest ancestor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .syntax import UnreadableSyntax, read_syntax

if TYPE_CHECKING:
    from cartwatch.domain.fields import RawPath

__all__ = ["Position", "locate"]


@dataclass(frozen=True, slots=True)
class Position:
    """A range of a file: 1-based lines, 1-based columns in characters, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


def locate(text: str, path: RawPath, *, key: bool = False, first_line: int = 1) -> Position:
    """Return the position of the value (or, with `key`, of the key) at a path of a valid text.

    For an absent value it is that of the nearest ancestor in the text; `first_line` is the file's line on which
    the text begins.
    """
    start = end = 0
    try:
        syntax = read_syntax(text)
    except UnreadableSyntax:
        start, end = _first_words(text)
    else:
        spans = syntax.keys if key else syntax.spans
        for depth in range(len(path), 0, -1):
            found = spans.get(path[:depth])
            if found:
                start, end = found
                break
    return Position(*_place(text, start, first_line), *_place(text, end, first_line))


def _first_words(text: str) -> tuple[int, int]:
    """Return the first line that is neither blank nor a comment: the header, in a program's block."""
    start = 0
    for line in text.split("\n"):
        words = line.strip()
        if words and not words.startswith("#"):
            indent = len(line) - len(line.lstrip())
            return start + indent, start + indent + len(words)
        start += len(line) + 1
    return 0, 0


def _place(text: str, offset: int, first_line: int) -> tuple[int, int]:
    return first_line + text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset)
