"""Chords: two keys in a row for one command. The first waits for the second, however long that takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.events import Key

from .commands import COMMANDS, command, key_names, textual_keys
from .widgets.bars import KeyBar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .commands import Command
    from .file_guard import FileGuard

__all__ = ["Chords"]


class Chords:
    """Joins the two keys of a chord into one key event, whose name is bound like any other key's.

    Esc gives a first key up; a second key that ends no chord is told and does nothing else.
    """

    def __init__(self, app: FileGuard) -> None:
        self._app = app
        self._firsts: frozenset[str] = frozenset()
        self._first = ""

    def watch(self, keymap: Mapping[str, tuple[str, ...]]) -> None:
        """Look for the chords of these keys."""
        keys = (key for each in COMMANDS for key in keymap.get(each.id, each.keys) if " " in key)
        self._firsts = frozenset(textual_keys([key]).partition(" ")[0] for key in keys)
        self._first = ""

    def take(self, event: Key) -> Key | None:
        """Return the event to handle: the key itself, or a whole chord; None while its second key is waited for."""
        if self._first:
            return self._end(event)
        if event.key not in self._firsts:
            return event
        if event.is_printable and self._app.focused is not None:
            from textual.widgets import Input, TextArea  # here: the start needs neither

            if isinstance(self._app.focused, Input | TextArea):
                return event
        found = self._chords(event.key)
        if not found:
            return event
        self._first = event.key
        self._show(event.key, found)
        return None

    def _end(self, event: Key) -> Key | None:
        first, self._first = self._first, ""
        self._show("", {})
        whole = f"{first} {event.key}"
        if event.key == "escape":
            return None
        if whole in self._app.active_bindings:
            return Key(whole, None)
        self._app.say(f"{key_names(whole, ascii_only=self._app.ascii_only)} has no command")
        return None

    def _chords(self, first: str) -> dict[str, Command]:
        """Return the commands whose chord begins with a key, by their second key."""
        begin = f"{first} "
        return {
            key.removeprefix(begin): command(each.binding.id)
            for key, each in self._app.active_bindings.items()
            if key.startswith(begin) and each.enabled and each.binding.id is not None
        }

    def _show(self, first: str, found: Mapping[str, Command]) -> None:
        """Show in the footer what can follow."""
        plain = self._app.ascii_only
        runs = [(key_names(key, ascii_only=plain), each.footer or each.title.lower()) for key, each in found.items()]
        for screen in self._app.screen_stack:  # one that was opened meanwhile has a footer of its own
            for bar in screen.query(KeyBar):
                bar.follow(key_names(first, ascii_only=plain) if first and screen is self._app.screen else "", runs)
