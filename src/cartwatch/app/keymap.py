"""Keys of the user: presets, chords and `[keys]`, checked as a whole against the command table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.app.commands import COMMANDS, command
from cartwatch.domain.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["ALWAYS", "PRESETS", "Keymap", "read_keymap"]

Keymap = dict[str, tuple[str, ...]]
"""The keys of commands by their ids, where they differ from the command table."""

ALWAYS = ("quit", "help", "palette")  # always have a key

_VIM = {
    "first": ("g g", "home"),
    "page_down": ("ctrl+f", "pagedown"),
    "page_up": ("ctrl+b", "pageup"),
    "pane_next": ("g t", "l", "right", "]"),
    "pane_previous": ("g T", "h", "left", "["),
    "copy": ("y y",),
    "quit": ("q", "Z Z", "ctrl+q"),
}
_LETTERS = frozenset("hjklgG")  # move in vi
_ARROWS = {"next_program": ("ctrl+down",), "previous_program": ("ctrl+up",)}


def _arrows() -> Keymap:
    """Return the keys without letters that move, wherever a named key does the same."""
    found = Keymap()
    for each in COMMANDS:
        left = tuple(key for key in each.keys if key not in _LETTERS)
        if left and left != each.keys and any(len(key) > 1 for key in left):
            found[each.id] = left
    return {**found, **_ARROWS}


PRESETS: dict[str, Callable[[], Keymap]] = {"default": dict, "vim": lambda: dict(_VIM), "arrows": _arrows}

_NAMED = {
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "backspace", "tab", "enter",
    "comma", "escape", "space", *(f"f{number}" for number in range(1, 25)),
}  # fmt: skip
_SPELLINGS = {
    "esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "pgdown": "pagedown",
    "del": "delete", "ins": "insert",
}  # fmt: skip
_MODIFIERS = ("ctrl", "alt", "shift", "super")
# Keys that a terminal cannot tell apart.
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+[": "escape"}
_TYPED = ("filter", "line", "form", "text", "path", "source", "typed")  # contexts in which a letter is typed


def read_keymap(keys: Mapping[str, Any], preset: str = "default") -> tuple[Keymap, list[tuple[str, str]]]:
    """Read the keys by command id over those of a preset, and list the problems, each with its id.

    A command takes a key, a chord of two keys ("g g"), or a list of them; an empty list removes its keys. A command with a
    problem keeps the keys of the preset.
    """
    problems: list[tuple[str, str]] = []
    base, wanted = PRESETS[preset](), Keymap()
    known = {each.id for each in COMMANDS if each.keys}
    for id, value in keys.items():
        if id not in known:
            close = nearest(id, sorted(known))
            hint = f': did you mean "{close}"?' if close else ""
            problems.append((id, f'there is no command "{id}"{hint}'))
            continue
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            problems.append((id, 'expected a key, or a list of keys, as in ["j", "down"]'))
            continue
        found = tuple(dict.fromkeys(_parsed(each) or "" for each in listed))
        why = _refused(id, listed, found)
        if why is not None:
            problems.append((id, why))
        else:
            wanted[id] = found
    kept = {**base, **_without_clashes(base, wanted, problems)}
    return {id: found for id, found in kept.items() if found != command(id).keys}, problems


def _refused(id: str, listed: list[str], keys: tuple[str, ...]) -> str | None:
    """Return why a command can't have these keys, other commands aside."""
    bad = next((each for each in listed if _parsed(each) is None), None)
    if bad is not None:
        if len(bad.split()) > 2:
            return f'"{bad}" has more than two keys: a chord is two, as in "g g"'
        return f'"{bad}" is not a key: write one character, or a name such as "f5", "ctrl+k", "pagedown"'
    if not keys and id in ALWAYS:
        return f"{command(id).title.lower()} must keep a key"
    for each in keys:
        if " " in each and "escape" in each.split():
            return "Esc ends a chord and can't be a part of one"
        if set(command(id).where) & set(_TYPED) and _is_typed(each):
            return f'"{each}" would be typed there: choose a key with Ctrl or Alt, or a function key'
    return None


def _is_typed(key: str) -> bool:
    first = key.partition(" ")[0]
    return len(first) == 1 or first == "space"


def _without_clashes(base: Keymap, wanted: Keymap, problems: list[tuple[str, str]]) -> Keymap:
    """Remove settings that give the same key to two commands of one context, until there are none."""
    while True:
        clash = _clash(base, wanted)
        if clash is None:
            return wanted
        id, message = clash
        problems.append((id, message))
        del wanted[id]


def _clash(base: Keymap, wanted: Keymap) -> tuple[str, str] | None:
    """Return the first command of `wanted` with a key that another one has, or that begins a chord of another."""
    taken: dict[tuple[str, str], str] = {}
    begun: dict[tuple[str, str], tuple[str, str]] = {}  # the first key of a chord: the chord and its command
    # The default keys first: a clash is refused at the user's setting.
    for each in sorted(COMMANDS, key=lambda one: one.id in wanted):
        for key in wanted.get(each.id, base.get(each.id, each.keys)):
            first, chord, _ = key.partition(" ")
            for place in _places(each.where):
                other = taken.setdefault((place, key), each.id)
                if other != each.id and each.id in wanted:
                    return each.id, f'"{key}" is the key of {other} already'
                single, begins = taken.get((place, first)), begun.get((place, key))
                if chord and single is not None and {each.id, single} & wanted.keys():
                    message = f'"{first}" is the key of {single}, so that "{key}" never comes'
                    return (each.id if each.id in wanted else single), message
                if not chord and begins is not None and each.id in wanted:
                    return each.id, f'"{key}" begins "{begins[0]}", the keys of {begins[1]}'
                if chord:
                    begun.setdefault((place, first), (key, each.id))
    return None


def _places(where: tuple[str, ...]) -> set[str]:
    """Return the contexts of a command's keys: those of the main screen work in table and detail too."""
    places = set(where)
    if places & {"main", "everywhere"}:
        places |= {"main", "table", "detail"}
    if "everywhere" in places:
        places.add("states")
    if places & {"dialog", "list"}:
        places |= {"sort", "columns", "settings", "choices", "dialog"}
    if places & {"list", "choices"}:
        places.add("states")
    return places


def _parsed(text: str) -> str | None:
    """Convert a key, or a chord of two, to Textual's names, or None."""
    if text == " ":
        return "space"
    parts = text.split()
    if not 1 <= len(parts) <= 2:
        return None
    keys = [_key(each) for each in parts]
    return None if None in keys else " ".join(each for each in keys if each is not None)


def _key(key: str) -> str | None:
    if len(key) == 1:
        return "comma" if key == "," else key if key.isprintable() else None
    *modifiers, last = key.lower().replace("-", "+").split("+")
    last = _SPELLINGS.get(last, last)
    modifiers = ["ctrl" if each == "control" else each for each in modifiers]
    if any(each not in _MODIFIERS for each in modifiers) or not (last in _NAMED or (len(last) == 1 and modifiers)):
        return None
    whole = "+".join([*modifiers, last])
    return _SAME.get(whole, whole)
