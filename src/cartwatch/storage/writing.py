"""Steps of every durable write: a temporary file, fsync, replace, fsync of its directory."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time

__all__ = [
    "PREFIX",
    "SUFFIX",
    "create_temporary",
    "discard",
    "own_directory",
    "replace",
    "sync_directory",
    "sync_file",
    "write_all",
    "write_whole",
]

PREFIX, SUFFIX = ".cartwatch-", ".tmp"  # a short fixed name: one made from the file's own could become too long
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_DIRECTORY_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF, errno.ENOSYS})
_HELD_OPEN = frozenset({5, 32, 33})  # Windows: a scanner, an indexer or a sync client has the file open for a moment
_RETRIES = (0.05, 0.1, 0.2, 0.4, 0.75, 1.0)  # seconds, 2.5 in all


def create_temporary(directory: str) -> tuple[int, str]:
    """Create an empty file of mode 0600 in a directory: its descriptor, open for writing, and its path. Raises OSError.

    The process id is in the name, so that files left by a killed process are recognized (see `cleanup`).
    """
    while True:
        path = os.path.join(directory, f"{PREFIX}{os.getpid()}-{os.urandom(6).hex()}{SUFFIX}")
        with contextlib.suppress(FileExistsError):
            return os.open(path, _NEW, 0o600), path


def write_all(fd: int, data: bytes) -> None:
    """Write every byte; the system may take fewer at a time than it is given. Raises OSError."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def sync_file(fd: int) -> None:
    """Return when the bytes are on the disk. Raises OSError; then the descriptor must not be synced again, as a second fsync
    can succeed with the data gone (PostgreSQL's "fsyncgate")."""
    if sys.platform == "darwin":
        import fcntl

        try:  # plain fsync does not reach the platter on macOS
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        except OSError as error:
            if error.errno not in (errno.ENOTSUP, errno.EINVAL, errno.ENOTTY):
                raise
        else:
            return
    os.fsync(fd)


def sync_directory(directory: str) -> OSError | None:
    """Make a rename in a directory durable; the error where that failed, None where it worked or there is no such thing."""
    if os.name == "nt":
        return None
    try:
        fd = os.open(directory, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        return None if error.errno in _NO_DIRECTORY_SYNC else error
    return None


def replace(source: str, target: str) -> None:
    """Replace one file by another atomically. Raises OSError; on Windows only after 2.5 s of another application's use."""
    for pause in _RETRIES:
        try:
            os.replace(source, target)
        except OSError as error:
            if os.name != "nt" or getattr(error, "winerror", None) not in _HELD_OPEN:
                raise
            time.sleep(pause)
        else:
            return
    os.replace(source, target)


def discard(path: str) -> None:
    """Remove a file of our own; if that fails it is swept at the next start."""
    with contextlib.suppress(OSError):
        os.unlink(path)


def own_directory(path: str) -> None:
    """Create a directory, and missing ones above it, readable by the owner only. Raises OSError."""
    if os.path.isdir(path):
        return
    parent = os.path.dirname(path)
    if parent and parent != path:
        own_directory(parent)
    with contextlib.suppress(FileExistsError):
        os.mkdir(path, 0o700)
    if not os.path.isdir(path):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)


def write_whole(path: str, data: bytes) -> None:
    """Write one of cartwatch's own files (0600) atomically. Raises OSError.

    Not for the watchlist, which other applications write too: see `save`.
    """
    directory = os.path.dirname(path)
    own_directory(directory)
    fd, temporary = create_temporary(directory)
    try:
        try:
            write_all(fd, data)
            sync_file(fd)
        finally:
            os.close(fd)
        replace(temporary, path)
    except BaseException:
        discard(temporary)
        raise
    sync_directory(directory)
