"""Settings screen: every setting with its value and help, changed at once and kept in the settings file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar

from cartwatch.app.commands import COMMANDS, bindings, command, shown_keys
from cartwatch.app.keymap import read_keymap
from cartwatch.app.screens.dialog import Dialog, MenuLines
from cartwatch.app.screens.picker import Choice, Picker
from cartwatch.app.screens.typed import TypedLine
from cartwatch.app.widgets.bars import KeyBar
from cartwatch.app.widgets.drawn import RunNote
from cartwatch.app.widgets.linelist import DrawnLine
from cartwatch.domain.text import clean
from cartwatch.storage.settings import SETTINGS, wrong_in
from cartwatch.views.layout import Runs, one_line, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from cartwatch.app.appearance import Appearance
    from cartwatch.storage.config import Config
    from cartwatch.storage.settings import SettingDeclaration

__all__ = ["SettingsScreen"]

_LABEL, _VALUE = 18, 20  # cells
_BESIDE = 36  # cells of help beside a value, at least
_COMMANDS = "keys"  # the entry for the keys of single commands
_USUAL = ""  # the choice of the default


class SettingsScreen(Dialog[None]):
    """Lists the settings; each change is applied and written at once."""

    BINDINGS: ClassVar = bindings("settings")
    contexts: ClassVar[tuple[str, ...]] = ("settings", "dialog")

    def __init__(self, appearance: Appearance) -> None:
        super().__init__("Settings", wide=True)
        self._appearance = appearance
        self._config = appearance.config
        self._note: Runs = []
        self._beside = False  # whether there is room for the help beside the values

    def body(self) -> ComposeResult:
        yield MenuLines(id="menu", ascii_only=self.ascii_only)
        yield RunNote(id="note")

    def on_mount(self) -> None:
        super().on_mount()
        menu = self.query_one(MenuLines)
        self.size_for(len(self._lines(min(104, self.app.size.width - 8))), others=7)
        self.set_focus(menu)
        menu.show(self._lines, entry=0, top=True)
        self._show_note()

    # ---- what is shown

    def _lines(self, width: int) -> list[DrawnLine]:
        directory = self._config.path.removesuffix(os.path.basename(self._config.path))
        problems = [each.removeprefix(directory) for each in self._appearance.settings.problems]
        lines = [DrawnLine(tuple(runs)) for each in problems for runs in wrap([(clean(each, limit=400), "soon")], width)]
        if lines:
            lines.append(DrawnLine())
        for at, each in enumerate(SETTINGS):
            lines += self._entry(at, each.label, shown(self._config, each), each.help, width, self._is_given(each))
        changed = len(self._config.table("keys"))
        own = f"{changed} changed" if changed else "as the preset"
        lines += self._entry(len(SETTINGS), "Keys of commands", own, "The keys of each command.", width, bool(changed))
        return lines

    def _entry(self, at: int, label: str, value: str, help: str, width: int, given: bool) -> list[DrawnLine]:
        head: Runs = [*one_line([(label.ljust(_LABEL), "label")], _LABEL), ("  ", "")]
        room = width - _LABEL - 2
        self._beside = room >= _VALUE + 2 + _BESIDE
        if not self._beside:
            return [DrawnLine((*head, *one_line([(value, "strong" if given else "")], room)), at)]
        head += [*one_line([(value.ljust(_VALUE), "strong" if given else "")], _VALUE), ("  ", "")]
        first, *more = wrap([(help, "quiet")], room - _VALUE - 2)
        space = (" " * (_LABEL + _VALUE + 4), "")
        return [DrawnLine((*head, *first), at), *(DrawnLine((space, *runs), at) for runs in more)]

    def _is_given(self, each: SettingDeclaration) -> bool:
        return self._config.given(each.key) is not None

    def _at(self) -> int:
        return self.query_one(MenuLines).entry or 0

    def _show_note(self) -> None:
        """Say of the setting under the cursor what it is called and takes, or what the last change came to."""
        at = self._at()
        if self._note:
            self.query_one(RunNote).show(*self._note)
        elif at < len(SETTINGS):
            each = SETTINGS[at]
            place = ".".join(map(str, self._config.place(each.key)))
            if not self._beside:  # no room for what it takes, which is seen when it is changed
                self.query_one(RunNote).show((each.help, ""), (f" {place}", "quiet"))
                return
            later = "" if each.live else ", from the next start on"
            self.query_one(RunNote).show((place, "key"), (f": {each.holds}{later}", "quiet"))
        else:
            where = clean(self._config.path, limit=200)
            self.query_one(RunNote).show(("Choose a command, then type its keys. ", ""), (where, "quiet"))

    def on_line_list_highlighted(self, event: MenuLines.Highlighted) -> None:
        event.stop()
        self._note = []
        self._show_note()

    # ---- changing

    def on_line_list_activated(self, event: MenuLines.Activated) -> None:
        event.stop()
        self.call_later(self.action_change)

    async def action_change(self) -> None:
        """Change the setting under the cursor: switch it, choose, or type."""
        at = self._at()
        if at >= len(SETTINGS):
            await self._choose_command()
            return
        each = SETTINGS[at]
        if each.kind == "flag":
            self._take(each.key, not self._config.value(each.key))
        elif each.kind == "choice":
            await self._choose(each)
        else:
            value = self._config.given(each.key)
            line = TypedLine(each.label, "" if value is None else str(value), f"{each.help} Empty: the usual.", _checked(each))
            await self.app.push_screen(line, lambda text: self._typed(each, text))

    def action_usual(self) -> None:
        """Set the setting under the cursor back to its default."""
        at = self._at()
        if at < len(SETTINGS):
            self._take(SETTINGS[at].key, None)

    async def _choose(self, each: SettingDeclaration) -> None:
        names = (*each.choices, *self._config.own_names(each))
        notes = {each.default: "the usual"}
        choices = [Choice(name, name, notes.get(name, "")) for name in names]
        if each.default is None:
            choices.insert(0, Choice(_USUAL, "not set", "the usual"))

        def chosen(name: str | None) -> None:
            if name is not None:
                self._take(each.key, name or None)

        current = self._config.value(each.key) or _USUAL
        await self.app.push_screen(Picker(each.label, choices, current=current, hint="type to search"), chosen)

    async def _choose_command(self) -> None:
        choices = [
            Choice(
                each.id, each.title, each.help, " ".join(shown_keys(each, self.keymap, ascii_only=self.ascii_only)), each.group
            )
            for each in COMMANDS
            if each.keys
        ]
        picker = Picker("Keys of commands", choices, hint="type to search", wide=True)
        await self.app.push_screen(picker, self._type_keys)

    async def _type_keys(self, id: str | None) -> None:
        if id is None:
            return
        each = command(id)
        held = self.keymap.get(id, each.keys)
        table, preset = self._config.table(_COMMANDS), self._config.value("keys.preset")

        def wrong(text: str) -> str | None:
            if not text.strip():
                return None
            _, problems = read_keymap({**table, id: keys_of(text)}, preset)
            return next((message for which, message in problems if which == id), None)

        hint = 'Commas stand between keys; a chord is two keys, as in "g g". Empty: the usual keys. "none": no key.'
        line = TypedLine(f"Keys of “{each.title}”", ", ".join(held), hint, wrong)

        def typed(text: str | None) -> None:
            if text is not None:
                self._take(f"{_COMMANDS}.{id}", keys_of(text) if text.strip() else None)

        await self.app.push_screen(line, typed)

    def _typed(self, each: SettingDeclaration, text: str | None) -> None:
        if text is not None:
            self._take(each.key, value_of(each, text))

    def _take(self, key: str, value: Any) -> None:
        """Write a setting, None for the default, and show what came of it."""
        told = self._appearance.change([(key, value)])
        self._config = self._appearance.config
        self._note = [(clean(told, limit=300), "soon")] if told else []
        menu = self.query_one(MenuLines)
        menu.ascii_only = self.ascii_only
        menu.show(self._lines)
        shown = [each for context in self.contexts for each in COMMANDS if context in each.where]
        self.query_one("#dialog-keys", KeyBar).show(shown, self.keymap, ascii_only=self.ascii_only)
        self._show_note()


def shown(config: Config, each: SettingDeclaration) -> str:
    """Return the value of a setting in words."""
    value = config.value(each.key)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not set" if value is None else clean(str(value), limit=60)


def value_of(each: SettingDeclaration, text: str) -> Any:
    """Return the value that a typed text stands for, None for the default."""
    text = text.strip()
    if not text:
        return None
    return int(text) if each.kind == "number" and text.isdecimal() and len(text) < 9 else text


def keys_of(text: str) -> list[str]:
    """Return the keys of a typed list."""
    return [] if text.strip() == "none" else [each.strip() for each in text.split(",") if each.strip()]


def _checked(each: SettingDeclaration) -> Callable[[str], str | None]:
    def wrong(text: str) -> str | None:
        value = value_of(each, text)
        if value is None or each.key != "registry.url":
            return None if value is None else wrong_in(each, value)
        from cartwatch.sources.registry.transport import RegistryError, check_base

        try:
            check_base(str(value))
        except RegistryError as error:
            return str(error)
        return None

    return wrong
