"""Screens in place of the list: the welcome, and the base of the recovery screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.screen import Screen

from cartwatch.app.commands import COMMANDS, bindings, key_of
from cartwatch.app.widgets.bars import KeyBar
from cartwatch.app.widgets.drawn import RunLine
from cartwatch.app.widgets.linelist import DrawnLine, LineList
from cartwatch.domain.text import clean
from cartwatch.views.layout import wrap

from .dialog import Begin, PastedText, Reload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events
    from textual.app import ComposeResult

    from cartwatch.session.session import Opened

__all__ = ["State", "StateLines", "Welcome", "unreadable_lines"]

_Text = tuple[str, str]


class StateLines(LineList, inherit_bindings=False):
    """The text of a state, and the choices."""

    BINDINGS: ClassVar = bindings("list", "choices")
    always_show_cursor = True


class State(Screen[None], inherit_bindings=False):
    """A screen of text and a few choices."""

    CSS_PATH: ClassVar = "states.tcss"
    BINDINGS: ClassVar = bindings("states")
    AUTO_FOCUS = "StateLines"
    contexts: ClassVar[tuple[str, ...]] = ("states",)

    def compose(self) -> ComposeResult:
        with Vertical(id="middle"):
            yield StateLines(id="state")
        yield KeyBar(id="keys")
        yield RunLine(("Too small: 30 × 8 cells are needed.", ""), id="too-small")

    def on_mount(self) -> None:
        self.query_one(StateLines).show(self.lines, entry=0, top=True)
        shown = [each for context in (*self.contexts, "everywhere") for each in COMMANDS if context in each.where]
        self.query_one(KeyBar).show(shown, self.keymap)

    @property
    def keymap(self) -> Mapping[str, tuple[str, ...]]:
        """The user's own keys."""
        keymap: Mapping[str, tuple[str, ...]] = getattr(self.app, "keymap", {})
        return keymap

    async def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        if set(self.contexts) & set(event.command.where):
            await self.run_action(event.command.bound)
        else:
            await self.app.run_action(event.command.bound)

    def lines(self, width: int) -> list[DrawnLine]:
        """Return the text of the screen."""
        return []

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.post_message(PastedText(event.text))

    def action_reload(self) -> None:
        self.post_message(Reload())


def _paragraph(width: int, *runs: _Text) -> list[DrawnLine]:
    return [DrawnLine(tuple(line)) for line in wrap(runs, width)]


class Welcome(State):
    """Welcome, shown without a file: what cartwatch is, and how to begin."""

    BINDINGS: ClassVar = bindings("welcome")
    contexts: ClassVar[tuple[str, ...]] = ("welcome", "states")
    CHOICES: ClassVar = (
        ("sample", "Look at the sample", "28 programs in development, with their sources"),
        ("tour", "Take the tour", "six keys, on a copy of the sample"),
        ("empty", "Start an empty list", "you add the programs"),
        ("import", "Import a list", "a file, a table, an address"),
    )

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def lines(self, width: int) -> list[DrawnLine]:
        out = _paragraph(width, ("cartwatch", "title"))
        out.append(DrawnLine())
        out += _paragraph(
            width, ("A watchlist for cell-therapy programs: what each one is, how safe it looks, and what comes next.", "")
        )
        out.append(DrawnLine())
        out += _paragraph(width, ("There is no watchlist yet at ", "quiet"), (clean(self._path, limit=500), ""))
        out.append(DrawnLine())
        widest = max(len(title) for _, title, _ in self.CHOICES)
        for at, (_, title, note) in enumerate(self.CHOICES):
            runs = [(title.ljust(widest + 3), "strong"), (note, "quiet")]
            out += [DrawnLine(tuple(line), at) for line in wrap(runs, width)]
        return out

    def action_command(self, id: str) -> None:
        self.post_message(Begin({"add_program": "add"}.get(id, id)))

    def on_line_list_activated(self, event: LineList.Activated) -> None:
        if event.entry is not None:
            self.post_message(Begin(self.CHOICES[event.entry][0]))


def unreadable_lines(path: str, opened: Opened, width: int, keymap: Mapping[str, tuple[str, ...]]) -> list[DrawnLine]:
    """Draw the message about a file that is not TOML: where, why, and what to do; the file is not changed."""
    trouble = opened.trouble
    out = _paragraph(width, ("The watchlist cannot be read", "title"))
    out.append(DrawnLine())
    if trouble is not None:
        place = f"line {trouble.line}, column {trouble.column}: " if trouble.line else ""
        out += _paragraph(width, (clean(path, limit=500), "strong"))
        out += _paragraph(width, (place, ""), (clean(str(trouble.message), limit=500), "bad"))
        if trouble.source_line:
            out.append(DrawnLine())
            out += _excerpt(width, trouble.line, trouble.column, trouble.source_line)
    out.append(DrawnLine())
    out += _paragraph(
        width,
        ("Nothing was changed. Fix the line in an editor, then press ", ""),
        (key_of("reload", keymap), "key"), (" to try again; ", ""),
        (key_of("quit", keymap), "key"), (" leaves.", ""),
    )  # fmt: skip
    return out


def _excerpt(width: int, line: int, column: int, source: str) -> list[DrawnLine]:
    """Draw the file's line with a caret below the error, cut to the width around it."""
    number = f"{line} │ "
    room = max(10, width - len(number))
    before = clean(source[: column - 1])
    shown = before + clean(source[column - 1 :], limit=room)
    start = max(0, len(before) - room * 2 // 3)
    text = shown[start : start + room]
    caret = " " * (len(number) + len(before) - start) + "^"
    return [DrawnLine(((number, "quiet"), (text, ""))), DrawnLine(((caret, "bad"),))]
