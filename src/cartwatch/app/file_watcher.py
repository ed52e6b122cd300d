"""File watcher thread: changes by other applications, wake from sleep, a closed terminal, saves to retry."""

from __future__ import annotations

import time
from threading import Event, Thread
from typing import TYPE_CHECKING

from textual.message import Message

from cartwatch.storage.cleanup import sweep_places
from cartwatch.storage.watching import FileChange, Watcher

from .signals import terminal_gone

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartwatch.session.session import Session
    from cartwatch.storage.reading import FileState

__all__ = ["Conflicting", "FileWatcher", "Outside", "TerminalGone", "TryAgain", "WatchFailed", "Woken"]

INTERVAL = 1.75  # seconds between two looks: changes by others are on screen within two seconds
_JUMP = 20.0  # seconds of drift between both clocks within one look that count as a jump; less is a correction
_FIRST_RETRY, _LAST_RETRY = 2.0, 60.0  # seconds until a failed save is tried again: doubled each time


class Outside(Message):
    """Another application changed the file."""

    def __init__(self, change: FileChange) -> None:
        super().__init__()
        self.change = change


class Conflicting(Message):
    """There are conflicts that the user has not seen."""


class TryAgain(Message):
    """A failed save is due to be tried again."""


class Woken(Message):
    """The clock has jumped: the machine slept, or the clock was set."""


class TerminalGone(Message):
    """The terminal was closed without a signal."""


class WatchFailed(Message):
    """The watcher stopped at an unexpected error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


class FileWatcher:
    """Looks every INTERVAL from a thread, so that a slow network file system does not block the app.

    It first deletes temporary files of killed processes. `session` returns the open watchlist; only values that the app
    replaces as a whole are read here. `tell` must be safe to call from any thread.
    """

    def __init__(self, session: Callable[[], Session], tell: Callable[[Message], object], *, watch_terminal: bool) -> None:
        self._session = session
        self._tell = tell
        self._watch_terminal = watch_terminal
        self._watched: Session | None = None
        self._watcher: Watcher | None = None
        self._known: FileState | None = None
        self._told_conflicts = 0
        self._offset = time.time() - time.monotonic()
        self._pause = _FIRST_RETRY
        self._retry_at: float | None = None
        self._wake = Event()
        self._over = False

    def start(self) -> None:
        """Start the thread."""
        Thread(target=self._run, name="file_watcher", daemon=True).start()

    def stop(self) -> None:
        """Stop the thread."""
        self._over = True
        self._wake.set()

    def look_now(self) -> None:
        """Wake the thread to look now."""
        self._wake.set()

    def _run(self) -> None:
        try:
            if (places := self._session().places) is not None:
                sweep_places(places, time.time())
            while not self._over:
                self.look()
                self._wake.wait(INTERVAL)
                self._wake.clear()
        except Exception as error:  # an error in a thread would go unnoticed
            self._tell(WatchFailed(error))

    def look(self) -> None:
        """Look once, and post what has changed."""
        if self._watch_terminal and terminal_gone():
            self._tell(TerminalGone())
        offset = time.time() - time.monotonic()
        if abs(offset - self._offset) > _JUMP:
            self._tell(Woken())
        self._offset = offset
        session = self._session()
        if session.places is None:
            return
        self._look_at_file(session)
        if len(session.conflicts) > self._told_conflicts:
            self._tell(Conflicting())
        self._told_conflicts = len(session.conflicts)
        self._look_at_save(session)

    def _look_at_file(self, session: Session) -> None:
        known = session.opened.file
        if self._watcher is None or session is not self._watched:
            assert session.places is not None
            self._watched, self._known = session, known
            self._watcher = Watcher(session.path, known, session.places.keep_dir)
        elif known is not self._known:  # the app has saved or read the file again
            self._known = known
            self._watcher.loaded(known)
        while (change := self._watcher.poll()) is not None:
            self._tell(Outside(change))

    def _look_at_save(self, session: Session) -> None:
        if session.unsaved is None:
            self._retry_at, self._pause = None, _FIRST_RETRY
        elif self._retry_at is None:
            self._retry_at = time.monotonic() + self._pause
        elif time.monotonic() >= self._retry_at:
            self._pause = min(_LAST_RETRY, self._pause * 2)
            self._retry_at = time.monotonic() + self._pause
            self._tell(TryAgain())
