"""Exports on the disk: written whole or not at all, and never over another file unless told to."""

from __future__ import annotations

import os
import stat

from cartwatch.storage.errors import words
from cartwatch.storage.writing import create_temporary, discard, replace, sync_directory, sync_file, write_all

__all__ = ["ExportError", "write_export"]


class ExportError(Exception):
    """The file was not written; the message is one line that says why and what to do."""


def write_export(path: str, data: bytes, *, force: bool = False) -> None:
    """Write a file that readers see whole. An existing one is replaced only with `force`, and then keeps its mode.

    Raises ExportError.
    """
    try:
        found = os.stat(path)
    except FileNotFoundError:
        found = None
    except (OSError, ValueError) as error:
        raise ExportError(f"{path}: not written, {words(error) if isinstance(error, OSError) else error}") from None
    if found is not None:
        if not stat.S_ISREG(found.st_mode):
            raise ExportError(f"{path}: not written, it is not an ordinary file")
        if not force:
            raise ExportError(f"{path}: already exists; --force replaces it")
    target = os.path.realpath(path) if found is not None else path
    try:
        _write(
            target, data, stat.S_IMODE(found.st_mode) if found is not None else 0o666 & ~_umask(), replacing=found is not None
        )
    except FileExistsError:
        raise ExportError(f"{path}: already exists; --force replaces it") from None
    except OSError as error:
        raise ExportError(f"{path}: not written, {words(error)}") from None


def _write(target: str, data: bytes, mode: int, *, replacing: bool) -> None:
    directory = os.path.dirname(target) or "."
    descriptor, temporary = create_temporary(directory)
    try:
        try:
            write_all(descriptor, data)
            sync_file(descriptor)
        finally:
            os.close(descriptor)
        os.chmod(temporary, mode)
        if replacing or not _linked(temporary, target):
            replace(temporary, target)
    finally:
        discard(temporary)
    sync_directory(directory)


def _linked(temporary: str, target: str) -> bool:
    """Give the file its name without replacing another that came meanwhile; False where the file system has no links."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(target):
            raise FileExistsError(target) from None
        return False
    return True


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
