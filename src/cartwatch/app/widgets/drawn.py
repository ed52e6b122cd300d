"""Widgets that draw their own lines: runs of text with a role, in the styles of the theme."""

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

__all__ = ["Drawn", "Ink", "RunLine", "RunNote", "Text"]

Text = tuple[str, str]  # a stretch of text and its role
_NOTE = 3  # lines of a note


class Ink:
    """The style of each role on a widget: worked out once, until `clear` says that the widget's own style is another."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: dict[tuple[str, str], Style] = {}

    def clear(self) -> None:
        """Forget the styles."""
        self._styles.clear()

    def style(self, role: str, state: str = "") -> Style:
        """The style of text of a role (theme.ROLES), on a line in a state (theme.STATES, or "")."""
        style = self._styles.get((role, state))
        if style is None:
            widget, app = self._widget, self._widget.app
            own = role_style(role, state, app.theme_variables, ansi=app.native_ansi_color or app.no_color)
            style = self._styles[role, state] = widget.rich_style + own
        return style

    def segments(self, runs: Iterable[Text], state: str = "") -> list[Segment]:
        """The runs as they are drawn."""
        return [Segment(text, self.style(role, state)) for text, role in runs]


class Drawn(Widget):
    """A widget whose lines are runs of text with a role."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        self.ink = Ink(self)
        super().__init__(id=id)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.ink.clear()


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
        segments = self.ink.segments(one_line(self.runs, width))
        return Strip(segments).crop_extend(0, width, self.ink.style(""))


class RunNote(Drawn):
    """A few lines of runs, as many as they need; what does not fit three of them ends in an ellipsis."""

    DEFAULT_CSS = """
    RunNote { height: auto; min-height: 1; max-height: 3; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.runs: tuple[Text, ...] = ()

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
        segments = self.ink.segments(lines[y] if y < len(lines) else [])
        return Strip(segments).crop_extend(0, width, self.ink.style(""))
