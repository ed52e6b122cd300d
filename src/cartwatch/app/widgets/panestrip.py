"""Pane strip: the titles of the panes, the current one, and the number of entries in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.strip import Strip

from cartwatch.app.widgets.drawn import Drawn
from cartwatch.views.layout import width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.segment import Segment
    from textual import events

__all__ = ["PaneStrip"]

_Tab = tuple[str, str]  # title, mark
# What gives way first where there is little room; never by which pane is shown, or the titles would jump.
_SHORT = (
    ("Mechanism", "Mech"),
    ("Catalysts", "Catal"),
    ("History", "Hist"),
    ("Overview", "Over"),
    ("Sources", "Src"),
    ("Trials", "Tri"),
    ("Safety", "Safe"),
)


class PaneStrip(Drawn):
    """One line of titles; a click on one asks for its pane. Titles that do not fit are shortened, the current one last."""

    DEFAULT_CSS = """
    PaneStrip { height: 1; background: $surface; color: $foreground; }
    """

    class Chosen(Message):
        """A title was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs: Sequence[_Tab] = ()
        self._at = 0
        self._gap = 2
        self._places: list[tuple[int, int]] = []

    def show(self, tabs: Sequence[_Tab], at: int) -> None:
        """Show these titles with their marks; the one at `at` is the current one."""
        if (tabs, at) != (self._tabs, self._at):
            self._tabs, self._at = tabs, at
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        segments: list[Segment] = []
        self._places = []
        x = 1
        segments += self.ink.segments([(" ", "")])
        shown = self._fitting(width - 2)
        for index, (title, mark) in enumerate(shown):
            runs = [(title, "here" if index == self._at else "quiet")]
            if mark:
                runs.append((f" {mark}", "quiet"))
            segments += self.ink.segments([*runs, (" " * self._gap, "")])
            end = x + width_of(runs)
            self._places.append((x, end))
            x = end + self._gap
        return Strip(segments).crop_extend(0, width, self.ink.style(""))

    def _fitting(self, width: int) -> Sequence[_Tab]:
        """Fit the titles: with counts, without, shortened one by one, or only numbers and the current title."""
        titles = [title for title, _ in self._tabs]
        self._gap = 2
        for tabs in (self._tabs, [(each, "") for each in titles]):
            if self._needs(tabs) <= width:
                return tabs
        self._gap = 1
        for long, short in (("", ""), *_SHORT):
            titles = [short if each == long else each for each in titles]
            if self._needs([(each, "") for each in titles]) <= width:
                return [(each, "") for each in titles]
        return [(title if at == self._at else str(at + 1), "") for at, (title, _) in enumerate(self._tabs)]

    def _needs(self, tabs: Sequence[_Tab]) -> int:
        return sum(width_of([(title, "")]) + (len(mark) + 1 if mark else 0) + self._gap for title, mark in tabs) - self._gap

    def on_click(self, event: events.Click) -> None:
        for index, (start, end) in enumerate(self._places):
            if start <= event.x < end:
                self.post_message(self.Chosen(index))
                return
