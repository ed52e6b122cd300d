"""An error that nobody expected, inside the app: the list is saved, the terminal restored, a line said, a report written."""

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
    """An app that saves before it falls, and that leaves the telling to whoever runs it."""

    accident: BaseException | None = None
    """The first error that nobody expected."""
    when_falling: Callable[[], None] | None = None
    """Called once it has saved: the app will end, or can be ended by force after a while."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Textual's own report shows the values of variables, the user's notes among them, on the terminal.
        self.error_console = Console(quiet=True)

    def save_in_haste(self) -> None:
        """Put on disk what is not there yet."""

    def _handle_exception(self, error: Exception) -> None:
        """Textual 8.2 has no public way to hear of an error while the app still stands (its issue 2818): `run` returns, and
        says 1. Without this method the list would still be saved, as it is once more after `run`; what would be lost is the
        report, and the end by force where the terminal does not read. tests/app/test_accident.py fails if it is not called.
        """
        if self.accident is None:
            self.accident = error.error if isinstance(error, WorkerFailed) else error
            try:
                self.save_in_haste()
            finally:
                if self.when_falling is not None:
                    self.when_falling()
        super()._handle_exception(error)


def accident_line(error: BaseException | None, *, unsaved: str | None) -> str:
    """What to say of it, once the terminal is restored. Writes the report; None: Textual ended the app and did not say why."""
    from cartwatch.storage.reports import keep_report

    kept = "your list is saved" if unsaved is None else f"NOT SAVED: {unsaved}"
    if error is None:
        return f"this is a bug; {kept}"
    try:
        where = f"the details are in {keep_report(error, os.environ)}"
    except (OSError, StorageError) as wrong:
        where = f"no report could be written ({type(wrong).__name__})"
    return f"this is a bug ({type(error).__name__}); {kept}; {where}"
