"""Saves a watchlist: all of it or nothing, and never over another application's change."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from threading import Thread
from typing import TYPE_CHECKING

from cartwatch.storage import displaced
from cartwatch.storage.errors import FileConflict, NotSaved, ReadOnly, not_saved, words
from cartwatch.storage.last_text import LastText
from cartwatch.storage.lock import WAIT, locked
from cartwatch.storage.places import watchlist_key
from cartwatch.storage.reading import FileState, Stamp, read_regular, stamp_of
from cartwatch.storage.writing import create_temporary, discard, replace, sync_directory, sync_file, write_all, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Saved", "save"]

_NOT_REPLACEABLE = frozenset({errno.EBUSY, errno.EXDEV})  # a single file mounted into a container
_NO_LINKS = frozenset({errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
_LARGE = 1 << 20  # bytes; below that starting a thread takes longer than hashing
_ACCESS_LIST = "system.posix_acl_access"


@dataclass(frozen=True, slots=True)
class Saved(FileState):
    """What a save wrote, as a reading would find it; `warnings` are whole sentences, each worth showing once a session."""

    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Target:
    """What a save replaces: the named path, the real one, and the content under the lock."""

    path: str
    real: str
    key: str
    keep_dir: str
    current: FileState | None
    warnings: list[str]


def save(
    path: str,
    data: bytes,
    *,
    base: str | None,
    lock_dir: str,
    keep_dir: str,
    prove: Callable[[bytes], None] | None = None,
    known: Sequence[FileState] = (),
    wait: float = WAIT,
) -> Saved:
    """Replace a file whose content has the SHA-256 `base` by `data`; None: the file must not exist yet.

    `prove` raises where the bytes do not mean what was intended; then nothing is written. Symbolic links are followed; mode,
    access list and (where the system allows it) owner are kept; a new file has mode 0600. The displaced file stays in
    `keep_dir` until the next save. `wait` is how long, in seconds, another save of the same file is waited for.

    `known` are states whose bytes are probably found again, as those of the last two readings or saves: equal
    bytes are not hashed again.

    Raises FileConflict (the file is not what was loaded: merge, then save with the new base), LateConflict (it was written to
    in the instant of the save: merge its text), Busy, ReadOnly, NotAFile, TooLarge or NotSaved. The file is then what it was,
    except after a LateConflict whose `saved` is set. Any thread may call it; a signal handler too, but one that interrupts a
    save of its own thread meets the lock and gets Busy after `wait`.
    """
    if prove is not None:
        prove(data)
    real = os.path.realpath(path)
    key = watchlist_key(real)
    with locked(os.path.join(lock_dir, f"{key}.lock"), path, wait) as warning:
        displaced.tidy(keep_dir, key, real)
        if late := displaced.check(keep_dir, key, path, real, known):
            raise late
        try:
            current = _current(real, next((each for each in known if each.sha256 == base), None))
            _compare(path, current, base)
            saved = _replace(_Target(path, real, key, keep_dir, current, [warning] if warning else []), data)
            saved = _kept(saved, LastText(keep_dir, key), path)
        except OSError as error:
            raise not_saved(path, error) from error
        if late := displaced.check(keep_dir, key, path, real, known):
            late.saved = saved
            raise late
    return saved


def _kept(saved: Saved, last: LastText, path: str) -> Saved:
    """Keep a copy of the saved text, for the next reader to compare with; a failure does not fail the save."""
    try:
        last.keep(saved.data)
    except OSError as error:
        warning = f"{path}: saved, but no copy of it could be kept ({words(error)}): a late writer may go unnoticed"
        return replace_fields(saved, warnings=(*saved.warnings, warning))
    return saved


def _current(real: str, expected: FileState | None) -> FileState | None:
    """Return the current content of the file, None if there is none. An unreadable file must not be replaced."""
    try:
        return read_regular(real, expected=expected)
    except FileNotFoundError:
        return None


def _compare(path: str, current: FileState | None, base: str | None) -> None:
    if current is None:
        if base is not None:
            raise FileConflict(f"{path}: not saved, the file has vanished; save it again to make it anew", None)
        return
    if base is None:
        raise FileConflict(f"{path}: not saved, there is already a file of that name", current.data)
    if current.sha256 != base:
        raise FileConflict(f"{path}: not saved, another application has changed the file", current.data)
    if current.readonly:
        raise ReadOnly(f"{path}: not saved, {current.readonly}; save a copy elsewhere", errno.EACCES)


def _replace(target: _Target, data: bytes) -> Saved:
    directory = os.path.dirname(target.real)
    written = FileState(data, (0, 0, 0, 0), 0o600)
    fd, temporary = create_temporary(directory)
    try:
        hashed = _hashing(written)
        try:
            write_all(fd, data)
            mode = _dress(fd, target)
            sync_file(fd)
            stamp = stamp_of(os.fstat(fd))
        finally:
            os.close(fd)
            hashed()
        if read_regular(temporary, expected=written).data != data:  # a system can claim to have written what it has not
            raise _other_bytes(target.path)
        stamp = _put(target, temporary, data) or stamp
    finally:
        discard(temporary)  # gone already after a replace
    failure = sync_directory(directory)
    if failure is not None:
        target.warnings.append(
            f"{target.path}: saved, but its directory could not be synced; a power cut may bring the old text back"
        )
    return Saved(data, stamp, mode, _sha=written._sha, warnings=tuple(target.warnings))


def _hashing(state: FileState) -> Callable[[], object]:
    """Hash a large text while the disk works; the returned function waits for the end of it."""
    if len(state.data) < _LARGE:
        return lambda: None
    thread = Thread(target=lambda: state.sha256, name="hashing", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no more threads: it is hashed when first asked for
        return lambda: None
    return thread.join


def _other_bytes(path: str) -> NotSaved:
    return NotSaved(f"{path}: not saved, the disk gave back other bytes than were written; save a copy elsewhere", errno.EIO)


def _dress(fd: int, target: _Target) -> int:
    """Give the new file the owner, mode and access list of the old one, owner first as that clears bits; return its mode."""
    if target.current is None or not hasattr(os, "fchown"):
        return 0o600
    mode = target.current.mode
    own = os.fstat(fd)
    user, group = target.current.owner
    if (own.st_uid, own.st_gid) != (user, group):
        try:
            os.fchown(fd, user, group)
        except OSError:  # not ours to give away, or no such owner in this container
            with contextlib.suppress(OSError):
                os.fchown(fd, -1, group)
        own = os.fstat(fd)
        if own.st_gid != group:  # our own group gets no more rights than others
            mode = (mode & ~0o070) | (mode & 0o007) << 3
    if stat.S_IMODE(own.st_mode) != mode:
        os.fchmod(fd, mode)
    if own.st_gid == group and hasattr(os, "getxattr"):
        with contextlib.suppress(OSError):
            os.setxattr(fd, _ACCESS_LIST, os.getxattr(target.real, _ACCESS_LIST))
    return mode


def _put(target: _Target, temporary: str, data: bytes) -> Stamp | None:
    """Rename the temporary file to the file. Returns the stamp if it had to be written in place instead."""
    if target.current is None:
        _put_new(target, temporary)
        return None
    sha = target.current.sha256
    name = None
    if target.current.links > 1:  # the old file remains under its other names, and writing to it there is no conflict
        target.warnings.append(f"{target.path}: had {target.current.links} names (hard links); the others keep the old text")
    else:
        name = displaced.link(target.real, target.keep_dir, target.key, sha)
    try:
        if name is None:
            _compare(target.path, _current(target.real, target.current), sha)
        replace(temporary, target.real)
    except BaseException as error:
        if name is not None:  # it is still the file itself
            discard(name)
        if isinstance(error, OSError) and error.errno in _NOT_REPLACEABLE:
            return _write_in_place(target, data)
        raise
    if name is not None and (warning := displaced.settle(name, target.keep_dir, target.key, sha)):
        target.warnings.append(warning)
    return None


def _put_new(target: _Target, temporary: str) -> None:
    """Link the new file: a link, unlike a rename, fails if another application has created that name meanwhile."""
    try:
        os.link(temporary, target.real)
    except FileExistsError:
        _compare(target.path, _current(target.real, None), None)
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        replace(temporary, target.real)


def _write_in_place(target: _Target, data: bytes) -> Stamp:
    """Overwrite a file that cannot be replaced, once both texts are safe elsewhere."""
    assert target.current is not None
    pending = displaced.pending(target.keep_dir, target.key)
    displaced.copy(target.current.data, target.keep_dir, target.key, target.current.sha256)
    write_whole(pending, data)
    _compare(target.path, _current(target.real, target.current), target.current.sha256)
    fd = os.open(target.real, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    try:
        write_all(fd, data)
        os.ftruncate(fd, len(data))
        sync_file(fd)
        stamp = stamp_of(os.fstat(fd))
    except OSError as error:
        broken = not_saved(target.path, error)
        raise NotSaved(f"{broken}; the file may be torn, both texts are in {target.keep_dir}", broken.number) from error
    finally:
        os.close(fd)
    if read_regular(target.real).data != data:
        raise _other_bytes(target.path)
    discard(pending)
    return stamp
