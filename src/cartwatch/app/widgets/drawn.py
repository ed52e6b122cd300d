"""What widgets that draw their own lines share: the style of each role, asked of Textual once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from cartwatch.app.theme import role_style
from cartwatch.app.widgets.wrapping import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Drawn", "RunLine", "Text"]

Text = tuple[str, str]  # a stretch of text and its role


class Drawn(Widget):
    """A widget whose lines are runs of text with a role (views.lines.ROLES, and those of the theme)."""

    ALLOW_SELECT = False

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles_of: dict[tuple[str, str], Style] = {}

    def style_of(self, role: str, state: str = "") -> Style:
        """The style of text of a role, on a line in a state ("", "cursor", "hover")."""
        held = getattr(self, "_styles_of", None)
        if held is None:
            held = self._styles_of = {}
        style = held.get((role, state))
        if style is None:
            style = self.rich_style + role_style(role, state, self.app.theme_variables, ansi=self.app.native_ansi_color)
            held[role, state] = style
        return style

    def segments(self, runs: Iterable[Text], state: str = "") -> list[Segment]:
        """The runs as they are drawn."""
        return [Segment(text, self.style_of(role, state)) for text, role in runs]


class RunLine(Drawn):
    """One line of runs; what does not fit ends in an ellipsis."""

    DEFAULT_CSS = """
    RunLine { height: 1; }
    """

    def __init__(self, *runs: Text, id: str | None = None) -> None:
        super().__init__(id=id)
        self.runs: tuple[Text, ...] = runs

    def show(self, *runs: Text) -> None:
        """Show these instead."""
        if runs != self.runs:
            self.runs = runs
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        segments = self.segments(one_line(self.runs, width))
        return Strip(segments).crop_extend(0, width, self.style_of(""))
