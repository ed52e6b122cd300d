"""The picker of a source: those of the program, the last used first, a pasted address, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from cartwatch.app.editing.parse import is_address
from cartwatch.app.screens.dialog import ChoiceLines
from cartwatch.app.screens.picker import Choice, Picker, found
from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.domain.program import Program

__all__ = ["NONE", "SourcePicker"]

NONE = ""  # what is given for "no source"; an address is given as it is


class SourcePicker(Picker):
    """Gives the id of a source, an address, or NONE."""

    def __init__(self, title: str, program: Program, current: Sequence[str], last: str | None) -> None:
        choices = []
        for each in sorted(program.sources, key=lambda one: one.id != last):
            if each.id:
                used = "last used" if each.id == last else "stands behind it now" if each.id in current else ""
                read = f"checked {each.checked.text}" if each.checked and each.checked.dated else "not read"
                note = " · ".join(part for part in (used, each.id, read) if part)
                choices.append(Choice(each.id, clean(each.title or each.url or each.id, limit=60), note))
        if current:
            choices.append(Choice(NONE, "No source", "it shows as unverified"))
        self._of_program = choices
        at = last if any(each.key == last for each in choices) else (current[0] if current else None)
        super().__init__(title, choices, current=at, hint="type to search, or paste a web address", wide=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        event.prevent_default()
        typed = event.value.strip()
        self._shown = found(self._of_program, typed)
        if is_address(typed):
            self._shown = [Choice(typed, "A new source", clean(typed, limit=200))]
        self.query_one(ChoiceLines).show(self._lines, entry=0, top=True)
