"""The last answer of `cartwatch next`, kept as text so that asking again costs next to nothing.

It is keyed by everything the answer depends on: the file's time, size and inode, the day, the options, the width, colour and
encoding of the output. It is never kept nor believed while the file is younger than two seconds, because another edit could
then leave its time as it is, and never kept where an instant counts down within the day.
"""

from __future__ import annotations

import os
import sys
import time

from cartwatch import __version__

__all__ = ["Answered", "keep", "repeat"]

_YOUNG = 2_000_000_000  # nanoseconds
_LARGEST = 4_000_000  # bytes of an answer that is worth keeping
_FILES = 61  # kept at most, a prime: another question in the same place overwrites
_MODULES = ("", "cli", "document", "domain", "storage", "views")
_SIGNS = frozenset("0123456789;")


class Answered:
    """What an answer rests on: the watchlist, its state when it was read, and the directory for what may be deleted."""

    __slots__ = ("cache", "path", "state")

    def __init__(self, path: str, state: tuple[int, ...], cache: str) -> None:
        self.path = path
        self.state = state
        self.cache = cache


class _Question:
    """What was asked, and of which file in which state: `place` is where its answer is kept, `key` how it begins."""

    __slots__ = ("key", "path", "place", "state")

    def __init__(self, path: str, state: tuple[int, ...], place: str, key: str) -> None:
        self.path = path
        self.state = state
        self.place = place
        self.key = key


def repeat(options: list[str]) -> bool:
    """Print the kept answer to the same question. False where there is none that can be trusted."""
    asked = _question(options)
    if asked is None:
        return False
    try:
        with open(asked.place, encoding="utf-8", newline="\n") as file:
            kept = file.read(_LARGEST)
    except (OSError, ValueError):
        return False
    if not kept.startswith(asked.key) or not kept.endswith("\n\f"):
        return False
    told, sign, text = kept[len(asked.key) : -2].partition("\f")
    if not sign or not _harmless(told) or not _harmless(text):
        return False
    from .output import say, write

    write(text)
    if told:
        say(told.removesuffix("\n"))
    return True


def keep(options: list[str], answered: Answered, text: str, told: str) -> None:
    """Keep the answer about to be printed, `told` being what stderr gets.

    It is kept only where the quick way to the file and the cache, that of `repeat`, leads to the same as the thorough one.
    """
    asked = _question(options)
    if asked is None or (asked.path, asked.state) != (answered.path, answered.state):
        return
    if os.path.dirname(asked.place) != answered.cache:
        return
    if len(text) > _LARGEST // 4 or not _harmless(told) or not _harmless(text):
        return
    mine = f"{asked.place}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(asked.place), mode=0o700, exist_ok=True)
        descriptor = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(f"{asked.key}{told}\f{text}\n\f")
        os.replace(mine, asked.place)
    except (OSError, ValueError):
        return  # a cache that cannot be written is no loss


def _question(options: list[str]) -> _Question | None:
    out, environment = sys.stdout, os.environ
    path, cache = _watchlist(options), _directory("XDG_CACHE_HOME", ".cache")
    if out is None or path is None or cache is None:
        return None
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if time.time_ns() - found.st_mtime_ns < _YOUNG:
        return None
    terminal = out.isatty()
    asked = (
        os.path.abspath(path),
        options,
        environment.get("COLUMNS"),
        environment.get("NO_COLOR"),
        environment.get("TERM"),
        tuple(os.get_terminal_size(out.fileno())) if terminal else (),
        out.encoding,
    )
    state = (found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev)
    name = f"next-{int.from_bytes(repr(asked).encode()) % _FILES}.txt"
    key = f"cartwatch {__version__} snapshot 1 {_code()}\n{asked!r}\n{state!r} {time.localtime()[:3]!r}\n"
    return _Question(path, state, os.path.join(cache, name), key)


def _code() -> int:
    """What changes when a module does from which an answer is made: cartwatch may be run from its sources."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    total = 0
    for folder in _MODULES:
        with os.scandir(os.path.join(package, folder)) as entries:
            for each in entries:
                if each.name.endswith((".py", ".toml")):
                    found = each.stat()
                    total += found.st_mtime_ns ^ found.st_size
    return total


def _watchlist(options: list[str]) -> str | None:
    """The watchlist that the options, the environment or the default name; None where that is not plain to see."""
    named = ""
    at = 0
    while at < len(options):
        word = options[at]
        at += 1
        if word in ("-f", "--file") and at < len(options):
            named = options[at]
            at += 1
        elif word.startswith("--file="):
            named = word[7:]
        elif word[:2] == "-f" or word in ("--", "--file"):
            return None
    if named:
        return named
    named = os.environ.get("CARTWATCH_FILE", "")
    if named:
        return None if named.startswith("~") else named
    folder = _directory("XDG_DATA_HOME", ".local/share")
    return os.path.join(folder, "watchlist.toml") if folder else None


def _directory(variable: str, below_home: str) -> str | None:
    """A directory of the XDG specification; None on a system that has another."""
    if sys.platform in ("darwin", "win32"):
        return None
    given, home = os.environ.get(variable, ""), os.environ.get("HOME", "")
    if given.startswith("/"):
        return os.path.join(given, "cartwatch")
    return os.path.join(home, below_home, "cartwatch") if home.startswith("/") else None


def _harmless(text: str) -> bool:
    """Whether a text holds nothing that a terminal would obey, but line ends and changes of colour."""
    first, *rest = text.replace("\n", "").replace("\u00a0", " ").split("\x1b[")
    if not first.isprintable():
        return False
    for each in rest:
        code, end, body = each.partition("m")
        if not end or not _SIGNS.issuperset(code) or not body.isprintable():
            return False
    return True
