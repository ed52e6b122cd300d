"""Reads a whole regular file within a size limit, with the data needed to notice later changes."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass, field

from cartwatch.storage.errors import NotAFile, TooLarge, Unreadable, words

__all__ = [
    "LIMIT",
    "FileState",
    "Stamp",
    "is_settled",
    "read_file",
    "read_only_reason",
    "read_regular",
    "sha256",
    "stamp_of",
]

LIMIT = 64_000_000  # bytes; a watchlist of 100,000 programs has about 40 million

Stamp = tuple[int, int, int, int]  # mtime in ns, size in bytes, inode, device

# Non-blocking, so that a named pipe cannot hang cartwatch; no controlling terminal is taken from a tty.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_AGAIN = 2
_SETTLED = 3.0  # seconds
_CHUNK = 1 << 18  # bytes compared at once: fits a processor's fast caches


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hex."""
    import hashlib

    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class FileState:
    """A file at one moment: its bytes, stat stamp, permission bits, owner and number of hard links.

    `readonly` is the reason why it cannot be written, None if it can.
    """

    data: bytes = field(repr=False)
    stamp: Stamp
    mode: int
    owner: tuple[int, int] = (-1, -1)
    links: int = 1
    readonly: str | None = None
    _sha: list[str] = field(default_factory=list, repr=False, compare=False)

    @property
    def sha256(self) -> str:
        """The SHA-256, computed on first use: a command that only reads need not load a hash library."""
        if not self._sha:
            self._sha.append(sha256(self.data))
        return self._sha[0]


def is_settled(state: FileState) -> bool:
    """Whether a file has not been written for so long that it is not about to be completed."""
    return time.time() - state.stamp[0] / 1e9 > _SETTLED


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the stamp that a poll compares to notice a change."""
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev


def read_only_reason(path: str, mode: int) -> str | None:
    """Return the reason why a file cannot be saved, None if it can.

    A file without any write permission is read-only to root too: that is deliberate.
    """
    real = os.path.realpath(path)
    if not mode & 0o222:
        return f"its permissions ({mode:04o}) are read-only"
    if not os.access(real, os.W_OK):
        return _mounted_read_only(real) or "permission denied"
    directory = os.path.dirname(real)
    if not os.access(directory, os.W_OK | os.X_OK):
        return _mounted_read_only(real) or f"its directory {directory} can't be written"
    return None


def _mounted_read_only(path: str) -> str | None:
    try:
        flags = os.statvfs(path).f_flag
    except (OSError, AttributeError):
        return None
    return "the file system is read-only" if flags & os.ST_RDONLY else None


def _read(fd: int, path: str, limit: int, expected: bytes | None = None) -> bytes:
    """Read an open file; if the bytes are the expected ones, return those, without a second copy."""
    parts, size = [], 0
    if expected:
        while (chunk := os.read(fd, _CHUNK)) and expected.startswith(chunk, size):
            size += len(chunk)
        if not chunk and size == len(expected):
            return expected
        parts = [expected[:size], chunk]
        size += len(chunk)
        if size > limit:
            raise _too_large(path, limit)
    while chunk := os.read(fd, min(limit + 1 - size, max(1 << 16, os.fstat(fd).st_size + 1))):
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise _too_large(path, limit)
    return b"".join(parts)


def _too_large(path: str, limit: int) -> TooLarge:
    return TooLarge(f"{path}: larger than {limit:,} bytes; that is not a watchlist")


def read_file(path: str, limit: int = LIMIT, expected: FileState | None = None) -> FileState:
    """Read the state of a regular file. `limit` is in bytes; `expected` is its probable content, compared byte for byte.

    Raises FileNotFoundError if there is none, and NotAFile, TooLarge or Unreadable, each with its one line.
    """
    try:
        return read_regular(path, limit, expected)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreadable(f"{path}: can't be read, {words(error)}") from error


def read_regular(path: str, limit: int = LIMIT, expected: FileState | None = None) -> FileState:
    """Do the same for a caller with its own error messages. Raises OSError, NotAFile or TooLarge."""
    fd = os.open(path, _READ)
    try:
        return _state(fd, path, limit, expected)
    finally:
        os.close(fd)


def _state(fd: int, path: str, limit: int, expected: FileState | None) -> FileState:
    before = os.fstat(fd)
    if not stat.S_ISREG(before.st_mode):
        kind = "a directory" if stat.S_ISDIR(before.st_mode) else "a pipe, a device or a socket"
        raise NotAFile(f"{path}: {kind}, not a file; name a TOML file")
    data = _read(fd, path, limit, expected.data if expected is not None else None)
    after = os.fstat(fd)
    for _ in range(_AGAIN):
        if stamp_of(after) == stamp_of(before):
            break
        before = after  # an application is writing in place: accept the text once it is stable
        os.lseek(fd, 0, os.SEEK_SET)
        data = _read(fd, path, limit)
        after = os.fstat(fd)
    mode = stat.S_IMODE(after.st_mode)
    owner, readonly = (after.st_uid, after.st_gid), read_only_reason(path, mode)
    known = expected._sha if expected is not None and data is expected.data else []  # the hash of the same bytes
    return FileState(data, stamp_of(after), mode, owner, after.st_nlink, readonly, known)
