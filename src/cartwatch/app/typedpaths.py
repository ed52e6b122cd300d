"""Paths typed, pasted or dropped into a line, and their completion."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["completions", "shortly", "typed_paths"]

_MOST = 200  # directory entries offered
_LISTS = (".toml", ".csv", ".tsv", ".json")


def typed_paths(text: str) -> list[str]:
    """Split a line into paths: one as written, or several as a terminal pastes dropped files, quoted or escaped.

    Addresses stay as they are; a local `file://` address becomes its path, as some terminals paste dropped files that way.
    """
    text = text.strip()
    if not text:
        return []
    if os.path.exists(os.path.expanduser(text)):
        return [os.path.expanduser(text)]
    try:
        words = shlex.split(text, posix=os.name != "nt")
    except ValueError:  # an unclosed quote
        words = [text]
    if len(words) > 1 and not all(_is_one(each) for each in words):
        words = [text]  # a name with spaces in it
    return [_path(each) for each in words]


def _is_one(word: str) -> bool:
    """Whether a word is a source by itself: an existing file, an address, a registry number."""
    from cartwatch.sources.registry.record import valid_nct  # only needed for several words

    path = _path(word)
    return "://" in path or os.path.exists(path) or valid_nct(path) is not None


def _path(word: str) -> str:
    if word.lower().startswith("file://"):
        address = urlsplit(word)
        if address.netloc in ("", "localhost"):
            return unquote(address.path)
    return os.path.expanduser(word)


def shortly(told: str, paths: Sequence[str]) -> str:
    """Shorten a line that begins with one of some paths to the file's name; the path is on the screen already."""
    for each in paths:
        if told.startswith(each):
            return os.path.basename(each.rstrip("/")) + told.removeprefix(each)
    return told


def completions(typed: str, *, lists_only: bool = True) -> list[str]:
    """Return completions of a typed path; directories end in a separator; `lists_only` leaves out files that are no lists.

    An unreadable directory has none. Hidden entries are offered only after a typed dot.
    """
    start = os.path.expanduser(typed)
    folder, beginning = os.path.split(start)
    try:
        with os.scandir(folder or ".") as entries:
            found = [(each.name, _is_directory(each)) for each in entries]
    except (OSError, ValueError):
        return []
    shown = typed[: len(typed) - len(beginning)] if beginning else typed
    out = [
        f"{shown}{name}{os.sep if directory else ''}"
        for name, directory in sorted(found, key=lambda each: (not each[1], each[0].casefold()))
        if name.casefold().startswith(beginning.casefold())
        and (beginning.startswith(".") or not name.startswith("."))
        and (directory or not lists_only or name.lower().endswith(_LISTS))
        and name.isprintable()
    ]
    return out[:_MOST]


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
