"""The line at the top: the file, how many programs are shown, and the nearest catalyst with its countdown."""

from __future__ import annotations

from textual.strip import Strip

from cartwatch.app.widgets.drawn import Drawn
from cartwatch.views.layout import Runs, one_line, width_of

__all__ = ["TitleBar"]

_BETWEEN = 3  # the least space between the two sides


class TitleBar(Drawn):
    """Two sides; the right one gives way where there is no room, piece by piece."""

    DEFAULT_CSS = """
    TitleBar { height: 1; background: $panel; color: $foreground; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: Runs = []
        self._right: list[Runs] = []

    def show(self, left: Runs, right: list[Runs]) -> None:
        """`right` offers the same words from long to short; the first that fits is drawn."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        room = width - 2
        left = self._left
        right = next((each for each in self._right if width_of(left) + _BETWEEN + width_of(each) <= room), [])
        if not right:
            left = one_line(left, room)
        space = " " * max(0, room - width_of(left) - width_of(right))
        segments = self.segments([(" ", ""), *left, (space, ""), *right, (" ", "")])
        return Strip(segments).crop_extend(0, width, self.style_of(""))
