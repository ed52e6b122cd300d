"""What `cartwatch doctor` finds of the surroundings: the terminal, its characters, the directories and the room on the disk."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .restoring import size_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cartwatch.storage.places import Places

    from .call import Call

__all__ = ["Finding", "examine"]

_WIDE, _HIGH = 100, 24  # cells from which the app shows the table and the detail side by side
_LEAST_WIDE, _LEAST_HIGH = 40, 12
_ROOM = 20_000_000  # bytes: many saves of a large list, with its backups


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: level "ok", "look" (worth knowing) or "do" (something needs doing), what it is about, the words."""

    level: str
    about: str
    words: str


def examine(call: Call) -> Iterator[Finding]:
    """Look at what surrounds the watchlist. Raises Failure where there is no place for it at all."""
    yield _version()
    yield _terminal(call)
    yield _characters()
    where = call.places()
    yield from _directories(where)
    yield from _room(where)


def _version() -> Finding:
    from cartwatch import __version__

    python = ".".join(map(str, sys.version_info[:3]))
    return Finding("ok", "version", f"cartwatch {__version__}, Python {python}, {sys.platform}")


def _terminal(call: Call) -> Finding:
    kind = os.environ.get("TERM", "")
    if not call.output.terminal:
        return Finding("ok", "terminal", f"the output is not a terminal (TERM={kind or 'unset'}): the commands do not need one")
    if kind in ("", "dumb"):
        return Finding("do", "terminal", f"TERM={kind or 'unset'} can't show the app: set TERM, as in TERM=xterm-256color")
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        size = os.terminal_size((0, 0))
    colours = _colours(kind)
    if not all(size):  # a serial line, or a recorder, that says nothing of it
        return Finding("look", "terminal", f"{kind}, of unknown size, {colours}")
    words = f"{kind}, {size.columns} × {size.lines}, {colours}"
    if size.columns < _LEAST_WIDE or size.lines < _LEAST_HIGH:
        return Finding("do", "terminal", f"{words}: too small for the app, {_LEAST_WIDE} × {_LEAST_HIGH} is the least")
    if size.columns < _WIDE or size.lines < _HIGH:
        return Finding("ok", "terminal", f"{words}; from {_WIDE} × {_HIGH} the detail stands beside the table")
    return Finding("ok", "terminal", words)


def _colours(kind: str) -> str:
    if os.environ.get("NO_COLOR"):
        return "no colours (NO_COLOR)"
    if os.environ.get("COLORTERM", "").casefold() in ("truecolor", "24bit"):
        return "16 million colours"
    return "256 colours" if "256" in kind else "16 colours"


def _characters() -> Finding:
    encoding = getattr(sys.stdout, "encoding", None) or "unknown"
    named = next((f"{name}={os.environ[name]}" for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "unset")
    if encoding.replace("-", "").replace("_", "").casefold() in ("utf8", "utf16", "utf32"):
        return Finding("ok", "locale", f"{named}, {encoding}")
    return Finding("do", "locale", f"{named}, {encoding}: signs are drawn in ASCII; set LANG=C.UTF-8 or another UTF-8 locale")


def _directories(where: Places) -> Iterator[Finding]:
    if where.homeless is not None:
        yield Finding("do", "home", f"{where.homeless}; set HOME")
    for about, path in (
        ("directory", os.path.dirname(os.path.realpath(where.watchlist))),
        ("state", where.state_dir),
        ("cache", where.cache_dir),
        ("settings", os.path.dirname(os.path.abspath(where.config))),
    ):
        if (found := _directory(about, path, private=about == "state")) is not None:
            yield found


def _directory(about: str, path: str, *, private: bool) -> Finding | None:
    """A directory, or the one above it that it would be made in; None where that of the settings or cache is not needed yet."""
    there = path
    while not os.path.lexists(there) and os.path.dirname(there) != there:
        there = os.path.dirname(there)
    if not os.path.isdir(there):
        return Finding("do", about, f"{there} is not a directory: move it away")
    if not os.access(there, os.W_OK | os.X_OK):
        return Finding("do", about, f"{there} can't be written: chmod u+rwx, or name another place (`cartwatch path`)")
    if there != path:
        return Finding("ok", about, f"{path} (not there yet, can be made)")
    mode = stat.S_IMODE(os.stat(path).st_mode)
    if private and mode & 0o077 and os.name != "nt":
        return Finding("do", about, f"{path} is open to other users ({mode:04o}): chmod 700 {path}")
    return Finding("ok", about, path)


def _room(where: Places) -> Iterator[Finding]:
    """The space on the disks of the watchlist and of what is kept about it."""
    import shutil

    seen = set()
    for path in (os.path.dirname(os.path.realpath(where.watchlist)), where.state_dir):
        while not os.path.isdir(path) and os.path.dirname(path) != path:
            path = os.path.dirname(path)
        try:
            device, free = os.stat(path).st_dev, shutil.disk_usage(path).free
        except OSError:
            continue
        if device in seen:
            continue
        seen.add(device)
        if free < _ROOM:
            yield Finding("do", "free space", f"{size_words(free)} at {path}: make room, or saves will fail")
        else:
            yield Finding("ok", "free space", f"{size_words(free)} at {path}")
