"""Characters that nobody can see, taken out of foreign values before they come into one's own file."""

from __future__ import annotations

from typing import Any

from cartwatch.domain.text import REPLACEMENT, clean

__all__ = ["cleaned"]


def cleaned(value: Any) -> tuple[Any, int]:
    """A value without control and format characters, and how many were replaced; tabs and line ends are none of them."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        pairs = [(_text(key), cleaned(each)) for key, each in value.items()]
        count = sum(key[1] + each[1] for key, each in pairs)
        return ({key[0]: each[0] for key, each in pairs}, count) if count else (value, 0)
    if isinstance(value, list):
        items = [cleaned(each) for each in value]
        count = sum(each[1] for each in items)
        return ([each[0] for each in items], count) if count else (value, 0)
    return value, 0


def _text(text: str) -> tuple[str, int]:
    if text.isascii() and text.isprintable():
        return text, 0
    lines = text.replace("\r\n", "\n")
    plain = "\t".join(clean(part, lines=True) for part in lines.split("\t"))
    if plain == lines:
        return text, 0
    return plain, max(1, plain.count(REPLACEMENT) - text.count(REPLACEMENT))
