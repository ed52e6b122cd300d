"""Input of one field: a line of text, a yes/no value, or a button to the text editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input

from cartwatch.app.commands import bindings
from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from textual import events

    from cartwatch.app.editing.form import FormRow

__all__ = ["FieldInput", "FormInput", "LineInput", "first_line"]

_YES, _NO = ("y", "1", "x"), ("n", "0")


def first_line(text: str) -> str:
    """Return the part of a long text that fits one line."""
    lines = text.strip("\n").split("\n")
    return lines[0] if len(lines) == 1 else f"{lines[0]} … ({len(lines)} lines)"


class FieldInput(Input):
    """Input that edits one row of a form at a time."""

    cursor_blink = reactive(False, init=False)  # nothing on the screen moves unless something changed
    ALLOW_SELECT = False
    DEFAULT_CSS = """
    FieldInput {
        height: 1; border: none; padding: 0; background: $panel; color: $foreground;
        &:focus { border: none; background: $panel; background-tint: $foreground 0%; }
    }
    FieldInput:ansi { text-style: underline; }
    FieldInput.-fixed { color: $quiet; }
    """

    class Opened(Message):
        """The user wants to edit the row's long text."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, select_on_focus=False, compact=True)
        self.row: FormRow | None = None

    def take(self, row: FormRow) -> None:
        """Edit this row from now on."""
        self.row = row
        shown = first_line(row.text) if row.fact.kind == "prose" else row.text
        self.set_class(bool(row.fixed), "-fixed")
        with self.prevent(Input.Changed):
            self.value = shown
        self.cursor_position = len(shown)
        if row.suggested and row.text == row.start:
            self.select_all()

    def retake(self) -> None:
        """Show the row's text after it was changed elsewhere."""
        if self.row is not None:
            self.take(self.row)

    @property
    def typing(self) -> bool:
        """Whether letters are typed into the line."""
        return self.row is not None and not self.row.fixed and self.row.fact.kind not in ("prose", "flag")

    def on_key(self, event: events.Key) -> None:
        letter = event.is_printable or event.key in ("backspace", "delete")
        if self.typing or self.row is None or not letter:
            return
        event.stop()
        event.prevent_default()
        if self.row.fixed:
            return
        if self.row.fact.kind == "prose":
            self.post_message(self.Opened())
        elif event.key == "space":
            self.value = "no" if self.value == "yes" else "yes"
        elif event.character in (*_YES, *_NO):
            self.value = "yes" if event.character in _YES else "no"

    def on_paste(self, event: events.Paste) -> None:
        """Join the lines of a paste, so that none is lost."""
        event.stop()
        event.prevent_default()
        if self.typing:
            self.insert_text_at_cursor(clean(" ".join(event.text.split())))


class FormInput(FieldInput):
    """The input of a form."""

    BINDINGS: ClassVar = bindings("form")


class LineInput(FieldInput):
    """The input of the edit line."""

    BINDINGS: ClassVar = bindings("line")
    context = "line"
