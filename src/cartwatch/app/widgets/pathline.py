"""Path line: input for a path, with matching directory entries or recent paths below."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input

from cartwatch.app.commands import bindings
from cartwatch.app.typedpaths import completions
from cartwatch.app.widgets.linelist import DrawnLine, LineList
from cartwatch.domain.text import clean
from cartwatch.views.layout import one_line, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

__all__ = ["PathLine"]


class _PathInput(Input):
    cursor_blink = reactive(False, init=False)  # nothing on the screen moves unless something changed
    BINDINGS: ClassVar = bindings("path")

    def on_paste(self, event: events.Paste) -> None:
        """Join the lines of a paste: several dropped files arrive as several lines."""
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor(clean(" ".join(event.text.split("\n")).strip()))


class _Offered(LineList):
    always_show_cursor = True


class PathLine(Vertical):
    """Input for a path; Tab completes it with the first offer below, then with the next.

    `recent` is offered while the line is empty. `lists_only` offers only files that may be lists.
    """

    DEFAULT_CSS = """
    PathLine { height: auto; background: $surface; }
    PathLine #offered { height: 6; background: $surface; }
    """

    class Typed(Message):
        """The text is another one."""

    def __init__(self, value: str = "", *, recent: Sequence[str] = (), lists_only: bool = True, hint: str = "") -> None:
        super().__init__(id="path")
        self._input = _PathInput(value, placeholder=hint, id="search", select_on_focus=False)
        self._offered = _Offered(id="offered")
        self._offered.can_focus = False
        self._recent = list(recent)
        self._lists_only = lists_only
        self._offers: list[str] = []
        self._taken: int | None = None

    def compose(self) -> ComposeResult:
        yield self._input
        yield self._offered

    def on_mount(self) -> None:
        self._offer()

    @property
    def value(self) -> str:
        return self._input.value

    @property
    def line(self) -> Input:
        """The widget to focus."""
        return self._input

    def _offer(self) -> None:
        typed = self._input.value
        self._taken = None
        self._offers = completions(typed, lists_only=self._lists_only) if typed.strip() else self._recent
        self._offered.show(self._lines, entry=-1, top=True)

    def _lines(self, width: int) -> list[DrawnLine]:
        """Draw the offers, long ones shortened from the left; the cursor is on the taken one."""
        shown = [_end(clean(each, limit=500), width) for each in self._offers]
        roles = ["" if at == self._taken else "quiet" for at in range(len(shown))]
        return [DrawnLine(tuple(one_line([each], width)), at) for at, each in enumerate(zip(shown, roles, strict=True))]

    def complete(self, step: int) -> None:
        """Complete with the next offer, or with the previous one."""
        if not self._offers:
            return
        single = len(self._offers) == 1
        at = (0 if step > 0 else -1) if self._taken is None else self._taken + step
        at %= len(self._offers)
        self._write(self._offers[at])
        if single and self._input.value.endswith(os.sep):  # a single directory: go on inside it
            self._offer()
        else:
            self._taken = at
            self._offered.show(self._lines, entry=at)
        self.post_message(self.Typed())

    def _write(self, path: str) -> None:
        """Write a path into the line without making new offers."""
        with self.prevent(Input.Changed):
            self._input.value = path
        self._input.cursor_position = len(path)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._offer()
        self.post_message(self.Typed())

    def on_line_list_activated(self, event: LineList.Activated) -> None:
        event.stop()

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        """Complete with a clicked offer."""
        event.stop()
        if event.entry is not None and event.entry < len(self._offers) and event.entry != self._taken:
            self._taken = event.entry
            self._write(self._offers[event.entry])
            self.post_message(self.Typed())


def _end(path: str, width: int) -> str:
    """Shorten a path from the left; its end is the telling part."""
    while path and width_of([(path, "")]) > width - 1:
        cut = path.find("/", 1)
        if cut < 0:
            return path
        path = path[cut:]
        if width_of([(path, "")]) <= width - 1:
            return f"…{path}"
    return path
