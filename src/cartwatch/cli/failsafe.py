"""An error that nobody expected: one line for the user, the details in a file for a bug report."""

from __future__ import annotations

import os

from .output import say

__all__ = ["report"]


def report(error: Exception) -> int:
    """Say in a line what happened and keep the traceback in the state directory, readable by its owner alone."""
    words = f"cartwatch: this is a bug: {type(error).__name__}: {error}"
    from cartwatch.storage.errors import StorageError
    from cartwatch.storage.reports import keep_report

    try:
        kept = keep_report(error, os.environ)
    except (OSError, StorageError) as failure:
        say(f"{words} (no report could be written: {failure})")
    else:
        say(f"{words}; the details are in {kept}")
    return 2
