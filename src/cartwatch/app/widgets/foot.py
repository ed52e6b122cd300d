"""Foot: the lines below a form with a field's help, its choices and its error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip

from cartwatch.app.widgets.drawn import Drawn
from cartwatch.views.layout import Runs, one_line, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Foot", "chips"]

_GAP = "  "


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
    while start < at and sum(width_of([(each + _GAP, "")]) for each in words[start : at + 1]) > width - 4:
        start += 1
    if start:
        runs.append(("… ", "quiet"))
    for each in words[start:]:
        if width_of(runs) + width_of([(each, "")]) > width - 3:
            runs.append(("…", "quiet"))
            break
        runs += [(each, "here" if each == taken else "quiet"), (_GAP, "")]
    return runs
