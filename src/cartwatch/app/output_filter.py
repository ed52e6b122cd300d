"""Output filters before the terminal: control characters are replaced, and signs are drawn in ASCII if needed."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

__all__ = ["AsciiSigns", "Guard"]

# Controls (C0, DEL, C1), bidirectional and other invisible format characters, separators, surrogates, tags.
_FORBIDDEN = (
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0x061C, 0x061C),
    (0x200B, 0x200B),
    (0x200E, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xE0000, 0xE007F),
)
_TABLE = {code: "\ufffd" for first, last in _FORBIDDEN for code in range(first, last + 1)}


class Guard(LineFilter):
    """Replaces every control character in a drawn line by U+FFFD, keeping the line's width.

    Make one and return it last from ``App.get_line_filters`` (the public hook), the same object each time: Textual keeps
    filtered lines by filter.

        def get_line_filters(self) -> Sequence[LineFilter]:
            return [*super().get_line_filters(), self.guard]

    Terminal links whose address holds such a character, and segments that are terminal commands, are dropped.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return *segments* unchanged if they are harmless, which is nearly always."""
        for text, style, control in segments:  # hot loop: every frame passes here
            if not text.isprintable() or control is not None or (style is not None and style.link is not None):
                return self._made_safe(segments)
        return segments

    @staticmethod
    def _made_safe(segments: list[Segment]) -> list[Segment]:
        drawn = [segment for segment in segments if segment.control is None]
        safe = [Segment(text.translate(_TABLE), _without_bad_link(style)) for text, style, _ in drawn]
        width = sum(cell_len(segment.text) for segment in drawn)
        # A control has no width and its replacement has one: a line may not grow, or it would wrap at the screen's edge.
        if sum(cell_len(segment.text) for segment in safe) != width:
            safe = Segment.adjust_line_length(safe, width)
        return safe


def _without_bad_link(style: Style | None) -> Style | None:
    if style is None or style.link is None or style.link.translate(_TABLE) == style.link:
        return style
    return style.update_link(None)


# One cell for one cell: lines, bars, arrows, marks. Words that hold such signs are the views' business.
_SIGNS = str.maketrans(
    "…•▌▎▊█─│╭╮╰╯↑↓←→▲▼‹›✓★°·–—≤≥×▁▂▃▄▅▆▇▔¹²³⁴⁵⁶⁷⁸⁹",
    "~*||##-|++++^v<>^v<>x*?|--<>x       -123456789",
)


class AsciiSigns(LineFilter):
    """Draws the app's signs in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(text.isascii() for text, _, _ in segments):
            return segments
        return [Segment(text.translate(_SIGNS), style, control) for text, style, control in segments]
