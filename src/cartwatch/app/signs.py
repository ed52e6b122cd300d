"""The app's own signs in ASCII, for terminals and fonts that have no others: put in their place on the way out."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

__all__ = ["AsciiSigns"]

# One cell for one cell: lines, bars, arrows, marks. Words that hold such signs are the views' business.
_TABLE = str.maketrans(
    "…•▌▎▊█─│╭╮╰╯↑↓←→▲▼‹›✓★°·–—≤≥×▁▂▃▄▅▆▇▔¹²³⁴⁵⁶⁷⁸⁹",
    "~*||##-|++++^v<>^v<>x*?|--<>x       -123456789",
)


class AsciiSigns(LineFilter):
    """Draw the app's signs in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(text.isascii() for text, _, _ in segments):
            return segments
        return [Segment(text.translate(_TABLE), style, control) for text, style, control in segments]
