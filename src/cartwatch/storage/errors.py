"""Errors of files, each in one line with what happened, where and what to do."""

from __future__ import annotations

import errno
import os

__all__ = [
    "Busy",
    "DamagedList",
    "FileConflict",
    "NotAFile",
    "NotBackedUp",
    "NotSaved",
    "PlacesError",
    "ReadOnly",
    "StorageError",
    "TooLarge",
    "Unreadable",
    "not_saved",
    "words",
]


class StorageError(Exception):
    """A file could not be read or written; the message can be shown as it is."""


class DamagedList(Exception):
    """A part of a kept list is not as it was written: read the text. It is caught, never shown."""


class PlacesError(StorageError):
    """There is no place to keep files in."""


class NotAFile(StorageError):
    """The path is a directory, a pipe, a device or the like."""


class TooLarge(StorageError):
    """The file exceeds the largest size that is read."""


class Unreadable(StorageError):
    """The file exists but cannot be read."""


class NotSaved(StorageError):
    """Nothing was written: the file is unchanged. `number` is the errno, 0 if the system reported none."""

    def __init__(self, message: str, number: int = 0) -> None:
        super().__init__(message)
        self.number = number


class ReadOnly(NotSaved):
    """The file or its directory is not writable; only a copy elsewhere can be saved."""


class Busy(NotSaved):
    """Another process holds the lock."""


class FileConflict(NotSaved):
    """The file has changed since it was loaded. `current` is its content, None if it has vanished. Nothing was written."""

    def __init__(self, message: str, current: bytes | None) -> None:
        super().__init__(message)
        self.current = current


class NotBackedUp(StorageError):
    """A backup could not be written; the watchlist itself is untouched."""


_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than the system allows",
    errno.EIO: "the disk reports an input/output error",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open on this machine",
    errno.ENOMEM: "memory is used up",
    errno.EACCES: "permission denied",
    errno.EPERM: "the system does not permit it (immutable?)",
    errno.EROFS: "the file system is read-only",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ENOENT: "its directory does not exist",
    errno.ENOTDIR: "part of its path is not a directory",
    errno.EISDIR: "it is a directory",
    errno.ELOOP: "its symbolic links form a loop",
    errno.EBUSY: "it is in use or mounted by itself",
    errno.EXDEV: "it is mounted by itself",
    errno.ESTALE: "the network file system has lost it",
    errno.ENOLCK: "no lock can be had",
}
_ADVICE = {
    errno.ENOSPC: "free some space, then save again",
    errno.EDQUOT: "free some space, then save again",
    errno.EMFILE: "close something, then save again",
    errno.ENFILE: "close something, then save again",
    errno.ENOMEM: "close something, then save again",
    errno.ENOENT: "make the directory, or save a copy elsewhere",
}
_READ_ONLY = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def words(error: OSError) -> str:
    """Explain an operating-system error in plain words."""
    number = error.errno or 0
    return _WORDS.get(number) or error.strerror or os.strerror(number)


def not_saved(path: str, error: OSError) -> NotSaved:
    """Build the error for a save that met an operating-system error: ReadOnly if the file is not writable at all."""
    number = error.errno or 0
    advice = _ADVICE.get(number, "save a copy elsewhere")
    kind = ReadOnly if number in _READ_ONLY else NotSaved
    return kind(f"{path}: not saved, {words(error)}; {advice}", number)
