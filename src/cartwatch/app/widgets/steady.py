"""An input line whose cursor stands still: nothing on the screen moves unless something changed."""

from __future__ import annotations

from textual.reactive import reactive
from textual.widgets import Input

__all__ = ["SteadyInput"]


class SteadyInput(Input):
    """Textual's input line without the blinking, which writes to the terminal twice a second."""

    cursor_blink = reactive(False, init=False)
