"""The filter as it is typed: a line at the bottom, with what is wrong beside it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from cartwatch.app.commands import bindings
from cartwatch.app.widgets.drawn import RunLine, Text
from cartwatch.app.widgets.wrapping import width_of

__all__ = ["FilterLine"]


class _FilterInput(Input):
    BINDINGS: ClassVar = bindings("filter")

    def action_keep(self) -> None:
        self.post_message(FilterLine.Kept(self.value))

    def action_clear(self) -> None:
        self.post_message(FilterLine.Cleared())


class FilterLine(Horizontal):
    """A line to type a filter in; it is shown while it has the focus."""

    DEFAULT_CSS = """
    FilterLine { height: 1; background: $panel; display: none; }
    FilterLine.-typing { display: block; }
    FilterLine > RunLine { background: $panel; }
    FilterLine > #slash { width: 3; }
    FilterLine > #said { width: 0; }
    FilterLine Input {
        width: 1fr; height: 1; border: none; padding: 0; background: $panel; color: $foreground;
        &:focus { border: none; background: $panel; background-tint: $foreground 0%; }
    }
    FilterLine Input > .input--placeholder { color: $quiet; }
    """

    class Typed(Message):
        """The text has changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Kept(Message):
        """Enter: the filter stays, the line goes."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Cleared(Message):
        """Escape: no filter."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._input = _FilterInput(placeholder="words, or phase:2  target:CD19  due:90d  !open:", select_on_focus=False)
        self._said = RunLine(id="said")

    def compose(self) -> ComposeResult:
        yield RunLine((" / ", "key"), id="slash")
        yield self._input
        yield self._said

    def start(self, text: str) -> None:
        """Take the focus, with the filter there is."""
        self.add_class("-typing")
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text)
        self._input.focus()

    def stop(self) -> None:
        self.remove_class("-typing")

    @property
    def typing(self) -> bool:
        return self.has_class("-typing")

    def say(self, *runs: Text) -> None:
        """Say something at the right: how many match, or what is wrong."""
        self._said.show(*runs)
        room = self.app.size.width * 2 // 3
        self._said.styles.width = min(width_of(runs) + 1, room) if runs else 0

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(event.value))
