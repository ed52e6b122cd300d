"""Bars of a screen: the title bar (file, shown programs, nearest catalyst) and the footer with the keys that work here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.strip import Strip

from cartwatch.app.commands import Command, shown_keys
from cartwatch.app.widgets.drawn import Drawn
from cartwatch.document.problems import tally
from cartwatch.domain.text import clean
from cartwatch.views.layout import Runs, one_line, width_of
from cartwatch.views.look import role_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events

    from cartwatch.app.display import Display
    from cartwatch.domain.agenda import Item
    from cartwatch.session.session import Session
    from cartwatch.views.look import Look

__all__ = ["KeyBar", "TitleBar", "headline", "nearest_runs"]

_GAP = ("   ", "")

_BETWEEN = 3  # the least space between the two sides


class TitleBar(Drawn):
    """A left and a right side; the right one is shortened where there is no room."""

    DEFAULT_CSS = """
    TitleBar { height: 1; background: $panel; color: $foreground; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: Runs = []
        self._right: list[Runs] = []

    def show(self, left: Runs, right: list[Runs]) -> None:
        """Draw both sides; `right` has variants from long to short, and the first that fits is drawn."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        room = width - 2
        left = self._left
        right = next((each for each in self._right if width_of(left) + _BETWEEN + width_of(each) <= room), [])
        if not right:
            left = one_line(left, room)
        space = " " * max(0, room - width_of(left) - width_of(right))
        segments = self.ink.segments([(" ", ""), *left, (space, ""), *right, (" ", "")])
        return Strip(segments).crop_extend(0, width, self.ink.style(""))


def headline(session: Session, display: Display, shown: int, look: Look) -> Runs:
    """Build the left side: the file, the number of shown programs, the filter, and warnings about the file."""
    name = clean(session.path.replace("\\", "/").rpartition("/")[2], limit=60)
    total = len(session.watchlist)
    runs: Runs = [(name, "title"), _GAP]
    if display.query:
        runs += [(f"{shown}", "strong"), (f" of {total}", "quiet"), _GAP, (f"/{clean(display.query, limit=40)}", "accent")]
    else:
        runs.append((f"{total} program{'' if total == 1 else 's'}", "quiet"))
    if display.marked:
        runs += [_GAP, (f"{len(display.marked)} marked", "accent")]
    if session.opened.readonly:
        runs += [_GAP, ("read only", "soon")]
    if session.trouble_outside is not None:
        runs += [_GAP, (clean(session.trouble_outside, limit=120), "soon")]
    if session.problems:
        runs += [_GAP, (f"! {tally(session.problems)}", "soon")]
    return runs


def nearest_runs(item: Item | None, look: Look) -> list[Runs]:
    """Build the nearest catalyst with its countdown, from long to short."""
    if item is None:
        return []
    count = item.countdown
    dot = (f" {look.glyphs.dot} ", "quiet")
    tail: Runs = [(look.plainly(count.text), role_of(count))]
    name: Runs = [(item.program.label, "strong")]
    window: Runs = [dot, (item.window.text, "")] if item.window.text else []
    event = item.catalyst.event or item.catalyst.key
    short = event if len(event) <= 32 else event[:31].rstrip() + ("~" if look.ascii else "…")
    return [
        [("next ", "quiet"), *name, ("  ", ""), (event, "quiet"), *window, ("  ", ""), *tail],
        [("next ", "quiet"), *name, ("  ", ""), (short, "quiet"), *window, ("  ", ""), *tail],
        [("next ", "quiet"), *name, *window, ("  ", ""), *tail],
        [*name, ("  ", ""), *tail],
        tail,
    ]


_KEY_GAP = 3
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
        self._followers: tuple[str, Sequence[tuple[str, str]]] = ("", ())

    def follow(self, first: str, followers: Sequence[tuple[str, str]]) -> None:
        """Show what can follow the first key of a chord, in place of the commands; "" shows them again."""
        self._followers = (first, followers)
        self.refresh()

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
        sizes = {each.id: width_of([(self._key(each), ""), (each.footer, "")]) + 1 + _KEY_GAP for each in self._commands}
        kept = [each for each in self._commands if each.id in _LAST]
        room = width + _KEY_GAP - sum(sizes[each.id] for each in kept)
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
        first, followers = self._followers
        if first:
            after = [run for key, word in followers for run in ((key, "key"), (f" {word}", "quiet"), (" " * _KEY_GAP, ""))]
            segments = self.ink.segments(one_line([(" ", ""), (first, "key"), (" \u2026  ", "quiet"), *after], width))
            return Strip(segments).crop_extend(0, width, self.ink.style(""))
        x = 1
        for each in self._fitting(width - 2):
            key = self._key(each)
            segments += self.ink.segments([(key, "key"), (f" {each.footer}", "quiet"), (" " * _KEY_GAP, "")])
            end = x + width_of([(key, ""), (each.footer, "")]) + 1
            self._places.append((x, end, each))
            x = end + _KEY_GAP
        return Strip(segments).crop_extend(0, width, self.ink.style(""))

    def on_click(self, event: events.Click) -> None:
        for start, end, each in self._places:
            if start <= event.x < end:
                self.post_message(self.Pressed(each))
                return
