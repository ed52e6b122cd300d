"""The text that a save displaces stays reachable, so that whoever was just writing to it loses nothing."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from cartwatch.storage.errors import LateConflict, StorageError
from cartwatch.storage.reading import Stamp, read_file, sha256, stamp_of
from cartwatch.storage.writing import PREFIX, SUFFIX, discard, own_directory, write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.storage.reading import FileState

__all__ = ["check", "copy", "link", "pending", "settle", "stamps", "tidy"]


def _kept(keep_dir: str, key: str) -> list[str]:
    try:
        names = os.listdir(keep_dir)
    except OSError:  # not there yet, or not readable: nothing to compare with
        return []
    return [os.path.join(keep_dir, name) for name in names if name.startswith(f"{key}-") and name.endswith(".toml")]


def _place(keep_dir: str, key: str, sha: str) -> str:
    """The content's hash is in the name: what no longer has it was written to after it had been displaced."""
    return os.path.join(keep_dir, f"{key}-{sha}.toml")


def pending(keep_dir: str, key: str) -> str:
    """Where the new text is while it is written in place."""
    return os.path.join(keep_dir, f"pending-{key}.toml")


def _room(keep_dir: str, key: str, sha: str) -> str:
    own_directory(keep_dir)
    for path in _kept(keep_dir, key):
        discard(path)
    return _place(keep_dir, key, sha)


def link(real: str, keep_dir: str, key: str, sha: str) -> str | None:
    """Give the file that is about to be displaced a second name: in `keep_dir`, or else beside it, where that is another
    file system. The name; None where neither can be had."""
    with contextlib.suppress(OSError):
        kept = _room(keep_dir, key, sha)
        os.link(real, kept)
        return kept
    beside = os.path.join(os.path.dirname(real), f"{PREFIX}{os.urandom(6).hex()}{SUFFIX}")
    with contextlib.suppress(OSError):
        os.link(real, beside)
        return beside
    return None


def copy(data: bytes, keep_dir: str, key: str, sha: str) -> None:
    """Keep a copy. Raises OSError."""
    write_whole(_room(keep_dir, key, sha), data)


def settle(name: str, keep_dir: str, key: str, sha: str) -> str | None:
    """Give up a name beside the watchlist, putting a text that was written to it where `check` finds it. A warning where
    that text had to stay."""
    if os.path.dirname(name) == keep_dir:
        return None
    try:
        data = read_file(name).data
        if sha256(data) != sha:
            copy(data, keep_dir, key, sha)
    except (OSError, StorageError):
        aside = os.path.join(os.path.dirname(name), f"cartwatch-displaced-{sha[:8]}.toml")  # out of the sweep's way
        with contextlib.suppress(OSError):
            os.replace(name, aside)
        return f"{aside}: what the last save displaced, and another program may have written to"
    discard(name)
    return None


def _same(kept: str, real: str) -> bool:
    return os.path.exists(real) and os.path.samefile(kept, real)


def tidy(keep_dir: str, key: str, real: str) -> None:
    """Under the lock: a kept file that is the watchlist itself was left by a save that was killed before it displaced it."""
    for kept in _kept(keep_dir, key):
        with contextlib.suppress(OSError):
            if _same(kept, real):
                os.unlink(kept)


def stamps(keep_dir: str, key: str) -> list[Stamp]:
    """What a poll compares to notice that somebody may have written to what was displaced."""
    found = []
    for kept in _kept(keep_dir, key):
        with contextlib.suppress(OSError):
            found.append(stamp_of(os.stat(kept)))
    return found


def check(keep_dir: str, key: str, path: str, real: str, known: Sequence[FileState] = ()) -> LateConflict | None:
    """Whether somebody wrote to the text that was displaced; theirs is put aside under a name of its own.

    `known` are states whose bytes need not be hashed again."""
    for kept in _kept(keep_dir, key):
        base = os.path.basename(kept)[len(key) + 1 : -len(".toml")]
        try:
            if _same(kept, real):
                continue  # a save is under way, and has displaced nothing yet
            state = read_file(kept, expected=next((each for each in known if each.sha256 == base), None))
        except (OSError, StorageError):  # what can't be read can't be merged; it stays where it is
            continue
        foreign, found = state.data, state.sha256
        if found == base:
            continue
        aside = os.path.join(keep_dir, f"late-{key}-{found[:8]}.toml")
        try:
            os.replace(kept, aside)
        except OSError:
            aside = kept
        message = f"{path}: another program wrote to the file while it was being saved; its text is kept at {aside}"
        return LateConflict(message, foreign, aside, base)
    return None
