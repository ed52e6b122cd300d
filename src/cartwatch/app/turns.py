"""Keys one at a time: the next counts when everything that the one before has set off is over."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App
    from textual.events import Key
    from textual.message_pump import MessagePump
    from textual.widget import Widget

__all__ = ["Turns"]

_LONGEST = 3.0  # seconds that a key may hold up the next where the widget it went to is gone
_LAPS = 2  # from the focus to the app: the key itself, and what it made the widgets on the way say


class Turns:
    """Holds keys back until their turn.

    Textual hands every key to what has the focus when it arrives. On a slow line, "e", "Enter" and the letters that follow come
    in one piece, and the letters would go to the table, or into a text before the Enter that was to close it.
    """

    def __init__(self, app: App[int]) -> None:
        self._app = app
        self._waiting: deque[Key] = deque()
        self._next: Key | None = None
        self._number = 0
        self._busy = False

    def admit(self, key: Key) -> bool:
        """Whether it is this key's turn; else it is kept, and comes again."""
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
        self._app.set_timer(_LONGEST, partial(self._over, self._number))

    def follow(self, widget: Widget) -> None:
        """The key is on its way from this widget up to the app."""
        way: list[MessagePump] = [widget, *widget.ancestors]
        self._hop(self._number, way * _LAPS)

    def _hop(self, number: int, way: list[MessagePump]) -> None:
        """Go behind the key through the queue of each widget on the way."""
        for at, each in enumerate(way):
            if each.call_later(self._hop, number, way[at + 1 :]):
                return
        self._over(number)

    def _over(self, number: int) -> None:
        if number != self._number or not self._busy:
            return
        self._busy = False
        if self._waiting:
            self._next = self._waiting.popleft()
            self._app.post_message(self._next)
