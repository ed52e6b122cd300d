"""Picker: a dialog that finds one of many choices by typing: command palette, help, themes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.reactive import reactive
from textual.widgets import Input

from cartwatch.app.editing.targets import raw_program, value_at
from cartwatch.app.screens.dialog import ChoiceLines, Dialog
from cartwatch.app.widgets.linelist import DrawnLine
from cartwatch.document.typed import as_typed
from cartwatch.domain.description import apart_from, inside, title_of
from cartwatch.domain.difference import below, record_names
from cartwatch.domain.fields import facts, kind_of
from cartwatch.domain.program import Program, root
from cartwatch.domain.record_lists import lists, records_at
from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import fold
from cartwatch.session.changes import is_address
from cartwatch.session.sponsors import LIST, sponsor_place
from cartwatch.views.layout import Runs, one_line, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from textual.app import ComposeResult

    from cartwatch.domain.fields import Fact
    from cartwatch.session.session import Session

__all__ = ["NONE", "Choice", "Picker", "field_picker", "found", "picked", "source_picker"]


_TITLE = 32  # cells of a title that are never given up for a note
_NAME = 30  # letters of the name of a fact, at most


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice. `keys` are drawn left of the title, `note` right of it; `refused` is the reason why it is unavailable.

    A `told` one is a text to read: title and note over the whole width.
    """

    key: str
    title: str
    note: str = ""
    keys: str = ""
    group: str = ""
    refused: str = ""
    told: bool = False


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
            whole = title == " ".join(words)
            begins = title.startswith(words[0]) or each.key.startswith(words[0])  # "ics" names a format
            rank = 0 if whole else 1 if begins else 2 if all(word in title for word in words) else 3
            ranked.append((rank, len(title) > _NAME, place, each))  # the name of a fact is short, the title of a record is not
    return [each for *_, each in sorted(ranked, key=lambda one: one[:3])]


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
        if each.told:
            key: Runs = [("  ", ""), (each.keys, "key")] if each.keys else []
            return wrap([(each.title, "strong"), (f"  {each.note}", "quiet"), *key], width)
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
                reason = wrap([(each.refused, "quiet")], width - indent - 2) if each.refused else []
                return [one_line([*left, title], width), *([(" " * (indent + 2), ""), *line] for line in reason)]
            named = one_line([title], room)
            if each.refused:  # why a command is unavailable is never cut
                why, *more = wrap([(note, "quiet")], width - indent - room - 2)
                space = (" " * (room - width_of(named) + 2), "")
                return [[*left, *named, space, *why], *([(" " * (indent + room + 2), ""), *line] for line in more)]
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


NONE = ""  # the result for "no source"; an address is returned as typed

_FIELD, _NEW = ".", "+"  # before the path of a field, and of a list that gets a new record


def field_picker(session: Session, program: Program, recent: Sequence[str] = ()) -> Picker:
    """Build the picker of every record and field of a program with its value, those at the `recent` paths first.

    `picked` turns its result into a path.
    """
    raw = raw_program(session, program.key)
    choices = [*_records(program), *_fields(root(), raw, (), "")]
    for path, fact in _groups():
        choices += _fields(fact.record, raw, (path,), "") if fact.record is not None else []
    for key, fact in facts(root()).items():
        if fact.names is not None and getattr(program, fact.attribute):
            place = sponsor_place(session.document, getattr(program, fact.attribute))
            held = session.document.head[LIST][place] if place is not None else {}
            choices += [
                each for each in _fields(fact.names, {key: held}, (key,), fact.label) if each.key != f"{_FIELD}{key}.name"
            ]
    choices += [Choice(f"{_NEW}{path}", f"New {kind.label}") for path, kind in lists().items()]
    first = {f"{_FIELD}{path}": place for place, path in enumerate(recent)}
    choices.sort(key=lambda each: first.get(each.key, len(first)))
    return Picker(f"Edit {program.label}", choices, hint="type to search", wide=True)


def picked(choice: str) -> str | None:
    """Return the path of a picked entry; None for the program as a whole."""
    return choice.removeprefix(_FIELD).removeprefix(_NEW) or None


def _records(program: Program) -> Iterator[Choice]:
    """Return the choices for records with a form of their own."""
    yield Choice("", program.label, "all its main fields")
    for path, fact in _groups():
        yield Choice(path, fact.label, "all its fields")
    for path, kind in sorted(lists().items(), key=lambda each: not each[1].named_by):  # catalysts first: they change most
        records = records_at(program, path)
        for record, name in zip(records, record_names(records), strict=True):
            title = clean(title_of(record) or name, limit=60)
            note = " · ".join((kind.label, *(clean(each, limit=40) for each in apart_from(record))))
            yield Choice(below(path, name), title, note)


def _groups() -> Iterator[tuple[str, Fact]]:
    """Return the choices for records that a program has once, such as its mechanism."""
    return ((key, fact) for key, fact in facts(root()).items() if fact.kind == "record")


def _fields(record: type, raw: Mapping[str, Any], steps: tuple[str, ...], above: str) -> Iterator[Choice]:
    """Return the choices for the fields of a record and its nested records; items of lists have forms instead."""
    for key, fact in facts(record).items():
        place = (*steps, key)
        title = f"{above} {inside(fact)}" if above else fact.label
        if fact.record is None and fact.kind != "map":
            yield Choice(f"{_FIELD}{'.'.join(place)}", title, _note(fact, value_at(raw, place), steps))
        elif steps and fact.kind == "record" and fact.record is not None:
            yield from _fields(fact.record, raw, place, fact.label)
        elif (kind := kind_of(fact.record)) is not None and kind.plain:
            held = value_at(raw, place)
            said = [each.get(kind.plain) if isinstance(each, dict) else each for each in held] if isinstance(held, list) else []
            yield Choice(".".join(place), title, f"{steps[0]} · {clean(', '.join(map(str, said)), limit=80) or fact.help}")


def _note(fact: Fact, value: Any, steps: tuple[str, ...]) -> str:
    """Return the value of a field, or its help where it is empty."""
    text = clean(" ".join(as_typed(value).split()), limit=80)
    said = text or (f"– {fact.help}" if value is None else "")
    return " · ".join(each for each in (*steps[:1], said) if each)


def source_picker(title: str, program: Program, current: Sequence[str], last: str | None) -> Picker:
    """Build the picker of a program's sources, last used first; it returns a source id, a pasted address, or NONE."""
    choices = []
    for each in sorted(program.sources, key=lambda one: one.id != last):
        if each.id:
            used = "last used" if each.id == last else "stands behind it now" if each.id in current else ""
            read = f"checked {each.checked.text}" if each.checked and each.checked.dated else "not checked"
            note = " · ".join(part for part in (used, each.id, read) if part)
            choices.append(Choice(each.id, clean(each.title or each.url or each.id, limit=60), note))
    if current:
        choices.append(Choice(NONE, "No source", "it shows as unverified"))
    at = last if any(each.key == last for each in choices) else (current[0] if current else None)

    def offer(typed: str) -> list[Choice]:
        address = typed.strip()
        return [Choice(address, "A new source", clean(address, limit=200))] if is_address(address) else found(choices, address)

    return Picker(title, choices, current=at, hint="type to search, or paste a web address", wide=True, offer=offer)
