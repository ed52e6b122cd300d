"""Dialog for one typed text that must pass a check."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.reactive import reactive
from textual.widgets import Input

from cartwatch.app.commands import bindings
from cartwatch.app.screens.dialog import Dialog
from cartwatch.app.widgets.drawn import RunNote
from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

__all__ = ["TypedLine"]


class _TypedInput(Input):
    """The input of one setting."""

    cursor_blink = reactive(False, init=False)  # nothing on the screen moves unless something changed
    BINDINGS: ClassVar = bindings("typed")


class TypedLine(Dialog[str]):
    """Dialog for a text that must pass a check; returns the text."""

    contexts: ClassVar[tuple[str, ...]] = ("typed", "dialog")

    def __init__(self, title: str, text: str, hint: str, wrong: Callable[[str], str | None]) -> None:
        super().__init__(title)
        self._text = text
        self._hint = hint
        self._wrong = wrong

    def body(self) -> ComposeResult:
        yield _TypedInput(self._text, id="search", select_on_focus=False)
        yield RunNote(id="note")

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(4, others=4)
        self.set_focus(self.query_one(Input))
        self._say(self._hint, "quiet")

    def _say(self, text: str, role: str) -> None:
        self.query_one(RunNote).show((clean(text, limit=300), role))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        why = self._wrong(event.value)
        self._say(why or self._hint, "soon" if why else "quiet")

    def action_keep(self) -> None:
        text = self.query_one(Input).value
        why = self._wrong(text)
        if why is None:
            self.dismiss(text)
        else:
            self._say(why, "bad")
