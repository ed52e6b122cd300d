"""An error that nobody expected: one line for the user, the details in a file for a bug report."""

from __future__ import annotations

import os

from .output import say

__all__ = ["report"]


def report(error: Exception) -> int:
    """Say in a line what happened and keep the traceback in the state directory, readable by its owner alone."""
    words = f"cartwatch: this is a bug: {type(error).__name__}: {error}"
    from cartwatch.storage.errors import StorageError

    try:
        kept = _keep(error)
    except (OSError, StorageError) as failure:
        say(f"{words} (no report could be written: {failure})")
    else:
        say(f"{words}; the details are in {kept}")
    return 2


def _keep(error: Exception) -> str:
    import sys
    import traceback
    from time import strftime

    from cartwatch import __version__
    from cartwatch.storage.places import places

    folder = places(None, os.environ).reports_dir
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = os.path.join(folder, f"error-{strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt")
    details = "".join(traceback.format_exception(error))
    text = f"cartwatch {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n{details}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
    return path
