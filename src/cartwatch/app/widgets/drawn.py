"""Widgets that draw runs of text, each with a role, in the styles of the theme: a line, a note, the foot of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from cartwatch.app.theme import role_style
from cartwatch.views.layout import Runs, one_line, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.geometry import Size

__all__ = ["Drawn", "Foot", "Ink", "RunLine", "RunNote", "Text", "chips"]

Text = tuple[str, str]  # text and its role
_NOTE = 3  # lines of a note


class Ink:
    """Style of each role on a widget, cached until `clear` is called after the widget's own style changed."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: dict[tuple[str, str], Style] = {}

    def clear(self) -> None:
        """Drop the cached styles."""
        self._styles.clear()

    def style(self, role: str, state: str = "") -> Style:
        """Return the style of a role (theme.ROLES) on a line in a state (theme.STATES, or "")."""
        style = self._styles.get((role, state))
        if style is None:
            widget, app = self._widget, self._widget.app
            own = role_style(role, state, app.theme_variables, ansi=app.native_ansi_color or app.no_color)
            style = self._styles[role, state] = widget.rich_style + own
        return style

    def segments(self, runs: Iterable[Text], state: str = "") -> list[Segment]:
        """Convert runs to segments."""
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
    """One line of runs; a line that is too long ends in an ellipsis."""

    DEFAULT_CSS = """
    RunLine { height: 1; }
    """

    def __init__(self, *runs: Text, id: str | None = None) -> None:
        super().__init__(id=id)
        self.runs: tuple[Text, ...] = runs

    def show(self, *runs: Text) -> None:
        """Replace the runs."""
        if runs != self.runs:
            self.runs = runs
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        segments = self.ink.segments(one_line(self.runs, width))
        return Strip(segments).crop_extend(0, width, self.ink.style(""))


class RunNote(Drawn):
    """Runs wrapped over up to three lines; a longer text ends in an ellipsis."""

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


_CHIP_GAP = "  "


class Foot(Drawn):
    """Paragraphs of runs, each wrapped; if lines are left out, the last one ends in an ellipsis."""

    DEFAULT_CSS = """
    Foot { height: 3; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._paragraphs: list[Runs] = []

    def show(self, *paragraphs: Runs) -> None:
        """Replace the paragraphs; empty ones are left out."""
        wanted = [each for each in paragraphs if each]
        if wanted != self._paragraphs:
            self._paragraphs = wanted
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        lines: list[Runs] = []
        for at, paragraph in enumerate(self._paragraphs):
            left = height - len(lines) - (len(self._paragraphs) - at - 1)
            wrapped = wrap(paragraph, max(1, width - 1))
            if len(wrapped) > max(1, left):
                rest = [run for line in wrapped[max(0, left - 1) :] for run in [*line, (" ", "")]]
                wrapped = [*wrapped[: max(0, left - 1)], one_line(rest, width - 1)]
            lines += wrapped
        runs = lines[y] if y < len(lines) else []
        return Strip(self.ink.segments(runs)).crop_extend(0, width, self.ink.style(""))


def chips(words: Sequence[str], taken: str | None, width: int) -> Runs:
    """Draw choices side by side in one line, the current one marked and in view."""
    runs: Runs = []
    at = words.index(taken) if taken is not None and taken in words else 0
    start = 0
    while start < at and sum(width_of([(each + _CHIP_GAP, "")]) for each in words[start : at + 1]) > width - 4:
        start += 1
    if start:
        runs.append(("… ", "quiet"))
    for each in words[start:]:
        if width_of(runs) + width_of([(each, "")]) > width - 3:
            runs.append(("…", "quiet"))
            break
        runs += [(each, "here" if each == taken else "quiet"), (_CHIP_GAP, "")]
    return runs
