"""Key queue: a key is handled after all effects of the key before it are done."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from textual.actions import parse

from .widgets.table import WatchTable

if TYPE_CHECKING:
    from textual.app import App
    from textual.events import Key
    from textual.message_pump import MessagePump
    from textual.widget import Widget

__all__ = ["KeyQueue"]

_LONGEST = 3.0  # seconds that a key may block the next if its widget is gone
_MANY = 4  # waiting keys: more than typing or key repeat gives in the time of a frame
_AT_ONCE = 100  # steps of the cursor
_LAPS = 2  # from the focus to the app: once for the key, once for the messages that it caused


class KeyQueue:
    """Holds each key back until its turn.

    Textual passes every key to the widget that has the focus when it arrives. On a slow line, "e", "Enter" and the letters
    after them come in one piece, and the letters would go to the table, or into a text before the Enter that closes it. Many
    waiting cursor steps, or letters of a long text, are handled as one: they do not move the focus.
    """

    def __init__(self, app: App[int]) -> None:
        self._app = app
        self._waiting: deque[Key] = deque()
        self._next: Key | None = None
        self._number = 0
        self._busy = False
        self._watched = False

    def admit(self, key: Key) -> bool:
        """Whether it is this key's turn; else the key is kept and posted again."""
        if key is not self._next and (self._busy or self._waiting or self._next is not None):
            if not self._waiting:
                self._look_after()
            self._waiting.append(key)
            return False
        self._next = None
        self._busy = True
        self._number += 1
        if self._waiting:
            self._look_after()
        return True

    def _look_after(self) -> None:
        if not self._watched:
            self._watched = True
            self._app.set_timer(_LONGEST, partial(self._look, self._number))

    def _look(self, number: int) -> None:
        """Release the queue if the same key has blocked it for some seconds."""
        self._watched = False
        self._over(number)
        if self._waiting:
            self._look_after()

    def follow(self, widget: Widget) -> None:
        """Follow a key on its way from this widget up to the app."""
        way: list[MessagePump] = [widget, *widget.ancestors]
        self._hop(self._number, way * _LAPS)

    def _hop(self, number: int, way: list[MessagePump]) -> None:
        """Follow the key through the message queue of each widget."""
        for at, each in enumerate(way):
            if each.call_later(self._hop, number, way[at + 1 :]):
                return
        self._over(number)

    def _take_many(self) -> bool:
        """Handle equal keys at the head of a long queue as one step."""
        focused = self._app.focused
        if len(self._waiting) < _MANY or focused is None:
            return False
        return self._move(focused) if isinstance(focused, WatchTable) else self._write(focused)

    def _write(self, focused: Widget) -> bool:
        """Insert letters into a text area, replacing its selection."""
        from textual.widgets import TextArea

        text = ""
        if isinstance(focused, TextArea) and not focused.read_only:
            while self._waiting and self._waiting[0].is_printable:
                text += self._waiting.popleft().character or ""
            if text:
                done = focused.replace(text, *focused.selection, maintain_selection_offset=False)
                focused.move_cursor(done.end_location)
        return bool(text)

    def _move(self, table: WatchTable) -> bool:
        """Move the table's cursor by keys that only move it."""
        bound, moved = self._app.screen.active_bindings, 0
        while self._waiting and moved < _AT_ONCE:
            found = bound.get(self._waiting[0].key)
            if found is None or found.node is not table or not found.enabled:
                break
            _, action, given = parse(found.binding.action)
            if action != "cursor" or not given or not isinstance(given[0], int):
                break
            self._waiting.popleft()
            table.action_cursor(given[0])
            moved += 1
        return bool(moved)

    def _over(self, number: int) -> None:
        if number != self._number or not self._busy:
            return
        self._busy = False
        if self._take_many():
            self._busy = True
            self._number += 1
            self._look_after()
            self.follow(self._app.focused or self._app.screen)
        elif self._waiting:
            self._next = self._waiting.popleft()
            self._app.post_message(self._next)
