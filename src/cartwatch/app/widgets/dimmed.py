"""The screen below a dialog, dimmed: as Textual draws it, with each style mixed once instead of at every segment."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.renderables.background_screen import BackgroundScreen
from textual.strip import Strip
from textual.visual import Visual

if TYPE_CHECKING:
    from textual.color import Color
    from textual.css.styles import RulesMap
    from textual.screen import Screen
    from textual.style import Style as VisualStyle
    from textual.visual import RenderOptions

__all__ = ["Dimmed"]

_STYLES = 1_024  # different styles on a screen, at most


class Dimmed(Visual):
    """The strips of a screen, tinted with a colour."""

    def __init__(self, screen: Screen[object], color: Color) -> None:
        self._screen = screen
        self._color = color

    def render_strips(self, width: int, height: int | None, style: VisualStyle, options: RenderOptions) -> list[Strip]:
        color = self._color
        return [
            Strip([Segment(text, _dimmed(style, color), control) for text, style, control in strip], strip.cell_length)
            for strip in self._screen._compositor.render_strips()  # as BackgroundScreen does
        ]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self._screen.size.height


@lru_cache(maxsize=_STYLES)
def _dimmed(style: Style | None, color: Color) -> Style | None:
    (segment,) = BackgroundScreen.process_segments([Segment("", style)], color)
    return segment.style
