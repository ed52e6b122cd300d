"""Read a whole file once, if it is a regular one and not too large, with what is needed to notice a change of it later."""

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

# Non-blocking, so that a named pipe can't hang the program; no controlling terminal is taken from a tty.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_AGAIN = 2
_SETTLED = 3.0  # seconds
_CHUNK = 1 << 18  # bytes compared at once: what the fast caches of a processor hold


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hex."""
    import hashlib

    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file held at one moment: its bytes, stat stamp, permission bits, owner and number of hard links.

    `readonly` says why it can't be written, None where it can.
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
        """Counted when first asked for: a command that only reads need not load a hash library."""
        if not self._sha:
            self._sha.append(sha256(self.data))
        return self._sha[0]


def is_settled(state: FileState) -> bool:
    """Whether a file has not been written for so long that what looks half written is not about to be finished."""
    return time.time() - state.stamp[0] / 1e9 > _SETTLED


def stamp_of(status: os.stat_result) -> Stamp:
    """What a poll compares to notice that a file may have changed."""
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev


def read_only_reason(path: str, mode: int) -> str | None:
    """Why a file can't be saved, None where nothing speaks against it.

    A file that nobody may write is read-only to root too: somebody meant it.
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
    """The bytes of an open file; where they are the expected ones, those very bytes, with no second copy made of them."""
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
    """The state of a regular file. `limit` is in bytes; `expected` is what it probably holds, which is compared byte for byte.

    Raises FileNotFoundError where there is none, and NotAFile, TooLarge or Unreadable, each with its one line.
    """
    try:
        return read_regular(path, limit, expected)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unreadable(f"{path}: can't be read, {words(error)}") from error


def read_regular(path: str, limit: int = LIMIT, expected: FileState | None = None) -> FileState:
    """As `read_file`, for a caller that has its own words for what went wrong. Raises OSError, NotAFile or TooLarge."""
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
        before = after  # a program that writes in place is at it: what stands still is taken
        os.lseek(fd, 0, os.SEEK_SET)
        data = _read(fd, path, limit)
        after = os.fstat(fd)
    mode = stat.S_IMODE(after.st_mode)
    owner, readonly = (after.st_uid, after.st_gid), read_only_reason(path, mode)
    known = expected._sha if expected is not None and data is expected.data else []  # the hash of the same bytes
    return FileState(data, stamp_of(after), mode, owner, after.st_nlink, readonly, known)
