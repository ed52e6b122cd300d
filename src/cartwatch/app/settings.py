"""Settings: the user's settings file, which is only read, and the state kept from the last run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cartwatch.app.commands import COMMANDS, command
from cartwatch.app.display import Display
from cartwatch.app.theme import DEFAULT, THEMES
from cartwatch.domain.vocabulary import nearest
from cartwatch.storage.own_files import load_state, read_own

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.storage.places import Places

__all__ = ["ALWAYS", "Arrangement", "Settings", "arrangement", "read_keymap", "read_settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's settings; `problems` are whole lines. An invalid setting has its default."""

    theme: str | None = None
    keymap: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_settings(path: str) -> Settings:
    """Read `theme = "…"` and `[keys]` of a settings file; a missing file is no problem."""
    data, note = read_own(path, aside=False)
    if note is not None:
        return Settings(problems=(note,))
    problems: list[str] = []
    theme = data.get("theme")
    if theme is not None and (not isinstance(theme, str) or theme not in THEMES):
        close = nearest(theme, list(THEMES)) if isinstance(theme, str) else None
        problems.append(f"theme: choose from {', '.join(THEMES)}" + (f': did you mean "{close}"?' if close else ""))
        theme = None
    keys = data.get("keys", {})
    keymap: dict[str, tuple[str, ...]] = {}
    if isinstance(keys, dict):
        keymap, wrong_keys = read_keymap(keys)
        problems += wrong_keys
    else:
        problems.append("keys: expected a table: write [keys]")
    return Settings(theme, keymap, tuple(f"{path}: {each}" for each in problems))


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Start state of the app: settings, and theme and display of the last run. `damage` names a damaged state file."""

    settings: Settings
    theme: str
    display: Display
    damage: str | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the lines to tell at the start."""
        return (*self.settings.problems, *filter(None, [self.damage]))


def arrangement(where: Places) -> Arrangement:
    """Read the settings and the interface state; no content raises."""
    settings = read_settings(where.config)
    state, damage = load_state(where.state)
    theme, lists = state.get("theme"), state.get("watchlist")
    kept = lists.get(where.key) if isinstance(lists, dict) else None
    chosen = theme if isinstance(theme, str) else settings.theme or DEFAULT
    return Arrangement(settings, chosen, Display.of(kept if isinstance(kept, dict) else {}), damage)


# ---- the user's own keys

ALWAYS = ("quit", "help", "palette")  # always have a key

_NAMED = {
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "backspace", "tab", "enter",
    "escape", "space", *(f"f{number}" for number in range(1, 25)),
}  # fmt: skip
_SPELLINGS = {
    "esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "pgdown": "pagedown",
    "del": "delete", "ins": "insert",
}  # fmt: skip
_MODIFIERS = ("ctrl", "alt", "shift", "super")
# Keys that a terminal cannot tell apart.
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+[": "escape"}


def read_keymap(settings: Mapping[str, Any]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Read the keys by command id, and list the problems.

    A command takes a key or a list of keys; an empty list removes its keys. A command with a problem keeps its default keys.
    """
    problems: list[str] = []
    wanted: dict[str, tuple[str, ...]] = {}
    known = {each.id for each in COMMANDS if each.keys}
    for id, value in settings.items():
        if id not in known:
            close = nearest(id, sorted(known))
            hint = f': did you mean "{close}"?' if close else ""
            problems.append(f'keys.{id}: there is no command "{id}"{hint}')
            continue
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            problems.append(f'keys.{id}: expected a key, or a list of keys, as in ["j", "down"]')
            continue
        keys = [_parsed(each) for each in listed]
        bad = [each for each, key in zip(listed, keys, strict=True) if key is None]
        if bad:
            problems.append(
                f'keys.{id}: "{bad[0]}" is not a key: write one character, or a name such as "f5", "ctrl+k", "pagedown"'
            )
        elif not keys and id in ALWAYS:
            problems.append(f"keys.{id}: {command(id).title.lower()} must keep a key")
        else:
            wanted[id] = tuple(key for key in keys if key is not None)
    return _without_clashes(wanted, problems), problems


def _without_clashes(wanted: dict[str, tuple[str, ...]], problems: list[str]) -> dict[str, tuple[str, ...]]:
    """Remove settings that give the same key to two commands of one context, until there are none."""
    while True:
        taken: dict[tuple[str, str], str] = {}
        clash: tuple[str, str, str] | None = None
        # The default keys first: a clash is refused at the user's setting.
        for each in sorted(COMMANDS, key=lambda one: one.id in wanted):
            for key in wanted.get(each.id, each.keys):
                for place in _places(each.where):
                    other = taken.setdefault((place, key), each.id)
                    if other != each.id and clash is None:
                        clash = (each.id, other, key)
        if clash is None:
            return wanted
        id, other, key = clash
        problems.append(f'keys.{id}: "{key}" is the key of {other} already')
        del wanted[id]


def _places(where: tuple[str, ...]) -> set[str]:
    """Return the contexts of a command's keys: those of the main screen work in table and detail too."""
    places = set(where)
    if places & {"main", "everywhere"}:
        places |= {"main", "table", "detail"}
    if "everywhere" in places:
        places.add("states")
    if places & {"dialog", "list"}:
        places |= {"sort", "columns", "choices", "dialog"}
    if places & {"list", "choices"}:
        places.add("states")
    return places


def _parsed(text: str) -> str | None:
    """Convert a key to Textual's name, or None."""
    if text == " ":
        return "space"
    key = text.strip()
    if len(key) == 1:
        return key if key.isprintable() and key != "," else None
    *modifiers, last = key.lower().replace("-", "+").split("+")
    last = _SPELLINGS.get(last, last)
    modifiers = ["ctrl" if each == "control" else each for each in modifiers]
    if any(each not in _MODIFIERS for each in modifiers) or not (last in _NAMED or (len(last) == 1 and modifiers)):
        return None
    whole = "+".join([*modifiers, last])
    return _SAME.get(whole, whole)
