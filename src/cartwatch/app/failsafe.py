"""Failsafe for unexpected errors in the app: saves the list, restores the terminal, prints a line, writes a report."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from rich.console import Console
from textual.app import App
from textual.worker import WorkerFailed

from cartwatch.storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Failsafe", "accident_line"]


class Failsafe(App[int], inherit_bindings=False):
    """App that saves before it ends with an error, and leaves the report to its caller."""

    accident: BaseException | None = None
    """The first unexpected error."""
    when_falling: Callable[[], None] | None = None
    """Called after the save: the app is about to end, or can be ended by force after a while."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Textual's own report shows the values of variables, the user's notes among them, on the terminal.
        self.error_console = Console(quiet=True)

    def emergency_save(self) -> None:
        """Write pending changes now."""

    def _handle_exception(self, error: Exception) -> None:
        """Save and keep the error: Textual 8.2 has no public hook for an error while the app runs (its issue 2818).

        Without this method the list would still be saved after `run`, but the report and the forced exit on a terminal that
        does not read would be lost. tests/app/test_failsafe.py fails if it is not called.
        """
        if self.accident is None:
            self.accident = error.error if isinstance(error, WorkerFailed) else error
            try:
                self.emergency_save()
            finally:
                if self.when_falling is not None:
                    self.when_falling()
        super()._handle_exception(error)


def accident_line(error: BaseException | None, *, unsaved: str | None) -> str:
    """Write the report and return the line to print; `error` is None if Textual ended the app without telling why."""
    from cartwatch.storage.reports import keep_report

    kept = "your list is saved" if unsaved is None else f"NOT SAVED: {unsaved}"
    if error is None:
        return f"this is a bug; {kept}"
    try:
        where = f"the details are in {keep_report(error, os.environ)}"
    except (OSError, StorageError) as wrong:
        where = f"no report could be written ({type(wrong).__name__})"
    return f"this is a bug ({type(error).__name__}); {kept}; {where}"
