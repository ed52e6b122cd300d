"""Picker: a dialog that finds one of many choices by typing: command palette, help, themes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.reactive import reactive
from textual.widgets import Input

from cartwatch.app.screens.dialog import ChoiceLines, Dialog
from cartwatch.app.widgets.linelist import DrawnLine
from cartwatch.domain.vocabulary import fold
from cartwatch.views.layout import Runs, one_line, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

__all__ = ["Choice", "Picker", "found"]


_TITLE = 32  # cells of a title that are never given up for a note


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice. `keys` are drawn left of the title, `note` right of it; `refused` is the reason why it is unavailable."""

    key: str
    title: str
    note: str = ""
    keys: str = ""
    group: str = ""
    refused: str = ""


def found(choices: Sequence[Choice], typed: str) -> list[Choice]:
    """Return the choices that contain every typed word, matches in the title first."""
    words = fold(typed).split()
    if not words:
        # A sign alone asks for the key of that name.
        return [each for each in choices if not typed.strip() or typed.strip() in each.keys.split()]
    ranked = []
    for place, each in enumerate(choices):
        title = fold(each.title)
        all_of_it = f"{title} {fold(each.note)} {fold(each.group)} {each.keys.casefold()} {each.key.replace('_', ' ')}"
        if all(word in all_of_it for word in words):
            rank = 0 if title.startswith(words[0]) else 1 if all(word in title for word in words) else 2
            ranked.append((rank, place, each))
    return [each for _, _, each in sorted(ranked, key=lambda one: one[:2])]


class _Search(Input):
    """The search input; the arrow keys still move in the list."""

    cursor_blink = reactive(False, init=False)  # nothing on the screen moves unless something changed

    BINDINGS: ClassVar = [
        Binding("down", "screen.move(1)", show=False),
        Binding("up", "screen.move(-1)", show=False),
        Binding("pagedown", "screen.turn(1)", show=False),
        Binding("pageup", "screen.turn(-1)", show=False),
        Binding("enter", "screen.take", show=False),
        Binding("tab", "screen.move(1)", show=False),
        Binding("shift+tab", "screen.move(-1)", show=False),
    ]


class Picker(Dialog[str]):
    """Dialog of choices narrowed by typing; returns the key of the chosen one, or None.

    `offer` replaces the default filter, which matches each typed word.
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        grouped: bool = False,
        current: str | None = None,
        hint: str = "",
        wide: bool = False,
        offer: Callable[[str], list[Choice]] | None = None,
    ) -> None:
        super().__init__(title, wide=wide)
        self._choices = choices
        self._offer = offer if offer is not None else lambda typed: found(choices, typed)
        self._grouped = grouped
        self._current = current
        self._shown = list(choices)
        self._hint = hint
        self._keys_width = max((width_of([(each.keys, "")]) for each in choices), default=0)
        self._title_width = max((width_of([(each.title, "")]) for each in choices), default=0)

    def body(self) -> ComposeResult:
        yield _Search(placeholder=self._hint, id="search")
        yield ChoiceLines(id="menu")

    def on_mount(self) -> None:
        super().on_mount()
        groups = len({each.group for each in self._choices}) * 2 - 1 if self._grouped else 0
        self.size_for(len(self._choices) + max(0, groups), others=4)
        at = next((at for at, each in enumerate(self._shown) if each.key == self._current), 0)
        self.query_one(ChoiceLines).show(self._lines, entry=at)
        self.set_focus(self.query_one(Input))

    def _lines(self, width: int) -> list[DrawnLine]:
        lines: list[DrawnLine] = []
        group = None
        for at, each in enumerate(self._shown):
            if self._grouped and each.group != group:
                if lines:
                    lines.append(DrawnLine())
                lines.append(DrawnLine(((each.group, "heading"),)))
                group = each.group
            lines += [DrawnLine(tuple(row), at) for row in self._rows(each, width)]
        return lines or [DrawnLine((("Nothing by that name.", "quiet"),))]

    def _rows(self, each: Choice, width: int) -> list[Runs]:
        """Draw a choice: one line in a palette; in the help, wrapped, below the title if there is no room beside it."""
        keys = min(self._keys_width, max(8, width // 3))
        left: Runs = []
        if self._keys_width:
            key_runs = one_line([(each.keys, "quiet" if each.refused else "key")], keys)
            left = [*key_runs, (" " * (keys - width_of(key_runs) + 2), "")]
        title = (each.title, "quiet" if each.refused else "")
        note = each.refused or each.note
        indent = keys + 2 if self._keys_width else 0
        if not self._grouped:
            wanted = max(_TITLE, max(width * 3 // 5, width - 40) - indent)
            room = min(self._title_width, wanted)  # for titles: long ones are cut, so that notes are visible
            if not note or width - indent - room < 14:
                return [one_line([*left, title], width)]
            named = one_line([title], room)
            return [one_line([*left, *named, (" " * (room - width_of(named) + 2), ""), (note, "quiet")], width)]
        beside = indent + self._title_width + 2
        if not note:
            return [one_line([*left, title], width)]
        space = (" " * (self._title_width - width_of([title]) + 2), "")
        if width >= beside + 24:
            first, *more = wrap([(note, "quiet")], width - beside)
            return [[*left, title, space, *first], *([(" " * beside, ""), *line] for line in more)]
        below = wrap([(note, "quiet")], width - indent)
        return [one_line([*left, title], width), *([(" " * indent, ""), *line] for line in below)]

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._shown = self._offer(event.value)
        self.query_one(ChoiceLines).show(self._lines, entry=0, top=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    def on_line_list_activated(self, event: ChoiceLines.Activated) -> None:
        event.stop()
        self.action_take()

    def action_activate(self) -> None:
        self.action_take()

    def action_move(self, entries: int) -> None:
        self.query_one(ChoiceLines).action_cursor(entries)

    def action_turn(self, pages: int) -> None:
        self.query_one(ChoiceLines).action_page(pages)

    def action_take(self) -> None:
        at = self.query_one(ChoiceLines).entry
        if at is not None and self._shown:
            self.dismiss(self._shown[at].key)
