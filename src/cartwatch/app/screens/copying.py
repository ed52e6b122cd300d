"""Asks for the path of a copy of the list."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.widgets import Input

from cartwatch.app.screens.dialog import Dialog
from cartwatch.app.widgets.drawn import RunLine
from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

__all__ = ["SaveCopy"]


class _Path(Input):
    BINDINGS: ClassVar = [Binding("enter", "screen.take", show=False)]


class SaveCopy(Dialog[str]):
    """Hands a path to `write`, which says why nothing could be written there, if so; gives the path written to."""

    title_text: ClassVar[str] = "Save a copy"

    def __init__(self, suggested: str, write: Callable[[str], str | None]) -> None:
        super().__init__()
        self._suggested = suggested
        self._write = write

    def body(self) -> ComposeResult:
        yield _Path(self._suggested, id="search", select_on_focus=False)
        yield RunLine((" An existing file is never overwritten. Enter saves.", "quiet"), id="copy-note")

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(1, others=4)
        self.set_focus(self.query_one(Input))

    def action_take(self) -> None:
        path = os.path.expanduser(self.query_one(Input).value.strip())
        if not path:
            return
        why = self._write(path)
        if why is None:
            self.dismiss(path)
        else:
            self.query_one("#copy-note", RunLine).show((f" {clean(why, limit=300)}", "bad"))
