"""Footer: the keys that work here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.strip import Strip

from cartwatch.app.commands import Command, shown_keys
from cartwatch.app.widgets.drawn import Drawn
from cartwatch.views.layout import width_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events

__all__ = ["KeyBar"]

_GAP = 3
_LAST = ("help", "close", "quit")  # kept where there is not room for all


class KeyBar(Drawn):
    """Keys, each with a word; a click runs the command."""

    DEFAULT_CSS = """
    KeyBar { height: 1; background: $panel; color: $foreground; }
    """

    class Pressed(Message):
        """A command in the footer was clicked."""

        def __init__(self, command: Command) -> None:
            super().__init__()
            self.command = command

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._commands: Sequence[Command] = ()
        self._keymap: Mapping[str, tuple[str, ...]] = {}
        self._ascii = False
        self._places: list[tuple[int, int, Command]] = []

    def show(
        self, commands: Sequence[Command], keymap: Mapping[str, tuple[str, ...]] | None = None, *, ascii_only: bool = False
    ) -> None:
        """Show the commands that have a footer word, in this order, as far as there is room."""
        wanted = [each for each in commands if each.footer and shown_keys(each, keymap)]
        state = (wanted, keymap or {}, ascii_only)
        if state != (self._commands, self._keymap, self._ascii):
            self._commands, self._keymap, self._ascii = state
            self.refresh()

    def _key(self, each: Command) -> str:
        return shown_keys(each, self._keymap, ascii_only=self._ascii)[0]

    def _fitting(self, width: int) -> list[Command]:
        """Return the entries that fit; help and quit have priority."""
        sizes = {each.id: width_of([(self._key(each), ""), (each.footer, "")]) + 1 + _GAP for each in self._commands}
        kept = [each for each in self._commands if each.id in _LAST]
        room = width + _GAP - sum(sizes[each.id] for each in kept)
        out = []
        for each in self._commands:
            if each.id in _LAST:
                continue
            room -= sizes[each.id]
            if room < 0:
                break
            out.append(each)
        return [*out, *kept]

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        segments = self.ink.segments([(" ", "")])
        self._places = []
        x = 1
        for each in self._fitting(width - 2):
            key = self._key(each)
            segments += self.ink.segments([(key, "key"), (f" {each.footer}", "quiet"), (" " * _GAP, "")])
            end = x + width_of([(key, ""), (each.footer, "")]) + 1
            self._places.append((x, end, each))
            x = end + _GAP
        return Strip(segments).crop_extend(0, width, self.ink.style(""))

    def on_click(self, event: events.Click) -> None:
        for start, end, each in self._places:
            if start <= event.x < end:
                self.post_message(self.Pressed(each))
                return
