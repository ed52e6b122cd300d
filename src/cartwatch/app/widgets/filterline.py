"""Filter line at the bottom, with the number of matches or the error beside it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input

from cartwatch.app.commands import bindings
from cartwatch.app.widgets.drawn import RunLine, Text
from cartwatch.views.layout import width_of

__all__ = ["FilterLine"]


class _FilterInput(Input):
    cursor_blink = reactive(False, init=False)  # nothing on the screen moves unless something changed
    BINDINGS: ClassVar = bindings("filter")
    context = "filter"

    def action_keep(self) -> None:
        self.post_message(FilterLine.Kept(self.value))

    def action_clear(self) -> None:
        self.post_message(FilterLine.Cleared())


class FilterLine(Vertical):
    """Input line for a filter; visible while it has the focus."""

    DEFAULT_CSS = """
    FilterLine { height: auto; background: $panel; display: none; }
    FilterLine.-typing { display: block; }
    FilterLine Horizontal { height: 1; }
    FilterLine RunLine { background: $panel; }
    FilterLine #slash { width: 3; }
    FilterLine #said { width: 0; }
    FilterLine #below { display: none; padding: 0 1; }
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
        """Enter was pressed: keep the filter, hide the line."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Cleared(Message):
        """Escape was pressed: remove the filter, hide the line."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._input = _FilterInput(placeholder="words, or phase:2  target:CD19  due:90d  !open:", select_on_focus=False)
        self._said = RunLine(id="said")
        self._below = RunLine(id="below")

    def compose(self) -> ComposeResult:
        yield self._below
        with Horizontal():
            yield RunLine((" / ", "key"), id="slash")
            yield self._input
            yield self._said

    def start(self, text: str) -> Input:
        """Show the line with the current filter; return the widget to focus."""
        self.add_class("-typing")
        with self.prevent(Input.Changed):
            self._input.value = text
        self._input.cursor_position = len(text)
        return self._input

    def stop(self) -> None:
        self.remove_class("-typing")

    @property
    def typing(self) -> bool:
        return self.has_class("-typing")

    def say(self, *runs: Text) -> None:
        """Show the number of matches or the error, beside the text or, if there is no room, on a line of its own."""
        needed = width_of(runs) + 1 if runs else 0
        beside = self.app.size.width >= needed + max(14, len(self._input.value) + 5)
        self._said.show(*(runs if beside else ()))
        self._said.styles.width = needed if beside else 0
        self._below.show(*(() if beside else runs))
        self._below.display = not beside

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(event.value))
