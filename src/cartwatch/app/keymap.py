"""The user's own keys: what `[keys]` of the settings says, checked whole before any of it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.app.commands import COMMANDS, command
from cartwatch.domain.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ALWAYS", "read_keymap"]

ALWAYS = ("quit", "help", "palette")  # never without a key

_NAMED = {
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "backspace", "tab", "enter",
    "escape", "space", *(f"f{number}" for number in range(1, 25)),
}  # fmt: skip
_SPELLINGS = {
    "esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "pgdown": "pagedown",
    "del": "delete", "ins": "insert",
}  # fmt: skip
_MODIFIERS = ("ctrl", "alt", "shift", "super")
# What a terminal cannot tell from another key.
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+[": "escape"}


def read_keymap(settings: Mapping[str, Any]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The keys by command id, and every problem in words.

    A command takes a key or a list of keys; an empty list takes its keys away. What has a problem is left as it was: the usual
    keys of that command stay.
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
    """Leave out what would give two commands of one place the same key, until none does."""
    while True:
        taken: dict[tuple[str, str], str] = {}
        clash: tuple[str, str, str] | None = None
        # The usual keys first: the user's own choice is what is refused.
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
    """The places in which a command's key would meet another's: the main screen's keys work in the table and the detail too."""
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
    """A key as Textual names it, or None."""
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
