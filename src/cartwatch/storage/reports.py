"""Error reports: where in the code it happened, and nothing of the user's data."""

from __future__ import annotations

import os
import sys
import traceback
from time import strftime
from typing import TYPE_CHECKING

from cartwatch import __version__
from cartwatch.storage.places import places
from cartwatch.storage.writing import own_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["keep_report", "report_text"]


def report_text(error: BaseException) -> str:
    """Return the versions, the kinds of the errors and the places in the code.

    Values of variables and messages of errors are left out: both may quote the user's data.
    """
    lines = [f"cartwatch {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n"]
    for each in _chain(error):
        kind = type(each)
        number = f", error {each.errno}" if isinstance(each, OSError) else ""
        lines.append("\nTraceback (most recent call last):\n")
        lines += traceback.format_list(traceback.extract_tb(each.__traceback__))
        lines.append(f"{kind.__module__}.{kind.__qualname__}{number}\n")
    return "".join(lines)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Return an error and its causes, last first; of a group, each."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
        waiting += [one for one in (each.__cause__, each.__context__) if one is not None]


def keep_report(error: BaseException, env: Mapping[str, str]) -> str:
    """Write a report that only its owner can read, and return its path. Raises OSError or StorageError."""
    folder = places(None, env).reports_dir
    own_directory(folder)
    path = os.path.join(folder, f"error-{strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(report_text(error))
    return path
