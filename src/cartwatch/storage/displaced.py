"""Keeps the text that a save displaces reachable, so that an application still writing to it loses nothing."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from cartwatch.storage.errors import StorageError
from cartwatch.storage.reading import Stamp, read_file, sha256, stamp_of
from cartwatch.storage.writing import PREFIX, SUFFIX, discard, own_directory, write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.storage.reading import FileState

__all__ = ["LateConflict", "all_late", "check", "copy", "link", "merged", "pending", "settle", "stamps", "texts", "tidy"]

_FILES = 4  # displaced files kept: a writer may hold one open for longer than one save


class LateConflict(StorageError):
    """The file was written to while, or after, it was being replaced: `foreign` is that text, also kept at `kept`.

    `base` is the sha256 of the text it started from. `saved` is what this save wrote, None if nothing. Merge
    `foreign` and save again, with `saved.sha256` (or the same base as before) as the base; then call `merged`.
    """

    def __init__(self, message: str, foreign: bytes, kept: str, base: str) -> None:
        super().__init__(message)
        self.foreign = foreign
        self.kept = kept
        self.base = base
        self.saved: FileState | None = None


def _named(keep_dir: str, start: str) -> list[str]:
    """Return the files whose names begin so, newest first."""
    found = []
    with contextlib.suppress(OSError), os.scandir(keep_dir) as entries:  # missing or not readable: there are none
        for entry in entries:
            if entry.name.startswith(start) and entry.name.endswith(".toml"):
                with contextlib.suppress(OSError):  # just removed
                    found.append((entry.stat(follow_symlinks=False).st_ctime_ns, entry.path))
    return [path for _, path in sorted(found, reverse=True)]


def _kept(keep_dir: str, key: str) -> list[str]:
    return _named(keep_dir, f"{key}-")


def texts(keep_dir: str, key: str) -> list[bytes]:
    """Return the texts that saves displaced, as they were then, last first."""
    found = []
    for path in _kept(keep_dir, key):
        with contextlib.suppress(OSError, StorageError):
            data = read_file(path).data
            if path == _place(keep_dir, key, sha256(data)):
                found.append(data)
    return found


def _place(keep_dir: str, key: str, sha: str) -> str:
    """Return the path of a displaced text, named by its hash: a file that no longer matches was written to later."""
    return os.path.join(keep_dir, f"{key}-{sha}.toml")


def pending(keep_dir: str, key: str) -> str:
    """Return the path of the new text while it is written in place."""
    return os.path.join(keep_dir, f"pending-{key}.toml")


def _room(keep_dir: str, key: str, sha: str) -> str:
    own_directory(keep_dir)
    place = _place(keep_dir, key, sha)
    discard(place)  # the same text, displaced before
    for path in _kept(keep_dir, key)[_FILES - 1 :]:
        discard(path)
    return place


def link(real: str, keep_dir: str, key: str, sha: str) -> str | None:
    """Give the file to be displaced a second name, in `keep_dir` or else beside it; return it, None if neither works."""
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
        return f"{aside}: the text displaced by the last save, which another application may have changed"
    discard(name)
    return None


def _same(kept: str, real: str) -> bool:
    return os.path.exists(real) and os.path.samefile(kept, real)


def tidy(keep_dir: str, key: str, real: str) -> None:
    """Under the lock, remove a kept file that is the watchlist itself, left by a save killed before it displaced it."""
    for kept in _kept(keep_dir, key):
        with contextlib.suppress(OSError):
            if _same(kept, real):
                os.unlink(kept)


def stamps(keep_dir: str, key: str) -> list[Stamp]:
    """Return the stamps by which a poll notices that a displaced text may have been written to."""
    found = []
    for kept in _kept(keep_dir, key):
        with contextlib.suppress(OSError):
            found.append(stamp_of(os.stat(kept)))
    return found


def check(keep_dir: str, key: str, path: str, real: str, known: Sequence[FileState] = ()) -> LateConflict | None:
    """Return the text that was written to a displaced file, if any, and put it aside under its own name.

    `known` are states whose bytes need not be hashed again."""
    for kept in _kept(keep_dir, key):
        base = os.path.basename(kept)[len(key) + 1 : -len(".toml")]
        try:
            if _same(kept, real):
                continue  # a save is running, and has displaced nothing yet
            state = read_file(kept, expected=next((each for each in known if each.sha256 == base), None))
        except (OSError, StorageError):  # an unreadable text cannot be merged; it stays where it is
            continue
        foreign, found = state.data, state.sha256
        if found == base:
            continue
        aside = os.path.join(keep_dir, f"{_aside(key)}{base}-{os.urandom(3).hex()}.toml")
        try:
            os.replace(kept, aside)
        except OSError:
            aside = kept
        return _late(path, foreign, aside, base)
    return None


def _aside(key: str) -> str:
    return f"late-{key}-"


def _late(path: str, foreign: bytes, kept: str, base: str) -> LateConflict:
    message = f"{path}: another application wrote to the file while it was being saved; its text is kept at {kept}"
    return LateConflict(message, foreign, kept, base)


def all_late(keep_dir: str, key: str, path: str) -> list[LateConflict]:
    """Return the late texts not merged yet: new ones, and those whose finder was killed or that were incomplete."""
    found: list[LateConflict] = []
    while check(keep_dir, key, path, os.path.realpath(path)) is not None:
        pass
    for kept in _named(keep_dir, _aside(key)):
        with contextlib.suppress(OSError, StorageError):
            base = os.path.basename(kept)[len(_aside(key)) :].partition("-")[0]
            found.append(_late(path, read_file(kept).data, kept, base))
    return found


def merged(late: LateConflict) -> None:
    """A late text has been merged: it is kept as one that was displaced, so that more that is written to it is found too."""
    keep_dir, name = os.path.split(late.kept)
    if name.startswith("late-"):
        with contextlib.suppress(OSError):
            os.replace(late.kept, _place(keep_dir, name.split("-")[1], sha256(late.foreign)))
