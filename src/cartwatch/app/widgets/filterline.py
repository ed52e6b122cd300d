"""Filter line at the bottom, with the number of matches or the error beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.suggester import Suggester
from textual.widgets import Input

from cartwatch.app.commands import bindings
from cartwatch.app.widgets.drawn import RunLine, Text
from cartwatch.views.layout import width_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FilterLine"]


class _Completion(Suggester):
    """Offers the completion of the last term, drawn quietly behind the cursor."""

    def __init__(self, complete: Callable[[str], str | None]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete

    async def get_suggestion(self, value: str) -> str | None:
        return self._complete(value)


class _FilterInput(Input):
    cursor_blink = reactive(False, init=False)  # nothing on the screen moves unless something changed
    BINDINGS: ClassVar = bindings("filter")
    context = "filter"

    def action_keep(self) -> None:
        self.post_message(FilterLine.Kept(self.value))

    def action_complete(self) -> None:
        """Take the completion that is shown."""
        if self._suggestion:
            self.cursor_position = len(self.value)
            self.action_cursor_right()

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
    FilterLine Input > .input--placeholder, FilterLine Input > .input--suggestion { color: $quiet; }
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

    def __init__(self, complete: Callable[[str], str | None], *, id: str) -> None:
        """`complete` gives a typed text with its last term completed, or None."""
        super().__init__(id=id)
        self._input = _FilterInput(
            placeholder="words, or phase:2  target:CD19  due:90d  !open:",
            select_on_focus=False,
            suggester=_Completion(complete),
        )
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
