"""What widgets that draw their own lines share: the style of each role, asked of Textual once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from cartwatch.app.theme import role_style
from cartwatch.views.layout import one_line, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.geometry import Size

__all__ = ["Drawn", "RunLine", "RunNote", "Text"]

Text = tuple[str, str]  # a stretch of text and its role
_NOTE = 3  # lines of a note


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


class RunNote(RunLine):
    """A few lines of runs, as many as they need; what does not fit three of them ends in an ellipsis."""

    DEFAULT_CSS = """
    RunNote { height: auto; min-height: 1; max-height: 3; padding: 0 1; }
    """

    def show(self, *runs: Text) -> None:
        if runs != self.runs:
            self.runs = runs
            self.refresh(layout=True)

    def _wrapped(self, width: int) -> list[list[Text]]:
        lines = wrap(self.runs, width)
        if len(lines) > _NOTE:
            rest = [run for line in lines[_NOTE - 1 :] for run in (*line, (" ", ""))]
            lines = [*lines[: _NOTE - 1], one_line(rest, width)]
        return lines

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, len(self._wrapped(width)))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self._wrapped(width)
        segments = self.segments(lines[y] if y < len(lines) else [])
        return Strip(segments).crop_extend(0, width, self.style_of(""))
