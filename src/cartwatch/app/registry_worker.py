"""Registry worker: runs a registry session in a thread, reports its progress, and can be stopped at any time."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from threading import Thread
from typing import TYPE_CHECKING, Any

from textual.message import Message

from cartwatch.sources.registry.transport import RegistryError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cartwatch.sources.registry.clinicaltrials import Progress

__all__ = ["Answered", "Progressed", "RegistryWorker"]

_SWITCH = 0.0005  # seconds that this thread may delay a key, a tenth of Python's default


class Progressed(Message):
    """Progress of a request: trials done, their total, and the current step."""

    def __init__(self, asking: RegistryWorker, done: int, of: int, words: str) -> None:
        super().__init__()
        self.asking = asking
        self.done = done
        self.of = of
        self.words = words


class Answered(Message):
    """A request has ended, with its answers or an error; `trouble` is an unexpected error."""

    def __init__(
        self, asking: RegistryWorker, found: Any = None, error: RegistryError | None = None, trouble: Exception | None = None
    ):
        super().__init__()
        self.asking = asking
        self.found = found
        self.error = error
        self.trouble = trouble


class RegistryWorker:
    """A running request. `tell` must be safe to call from any thread; it is not called after `stop`."""

    def __init__(self, talk: Callable[[Progress], Coroutine[Any, Any, Any]], tell: Callable[[Message], object]) -> None:
        self._talk = talk
        self._tell = tell
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[Any] | None = None
        self.stopped = False
        Thread(target=self._run, name="registry", daemon=True).start()

    def stop(self) -> None:
        """Stop the request at any point."""
        self.stopped = True
        with contextlib.suppress(RuntimeError):  # it had ended already
            self._loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _run(self) -> None:
        usual = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH)
        try:
            self._run_loop()
        finally:
            sys.setswitchinterval(usual)

    def _run_loop(self) -> None:
        try:
            self._task = self._loop.create_task(self._talk(self._progress))
            if self.stopped:
                self._task.cancel()
            found = self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            return
        except RegistryError as wrong:
            self._say(Answered(self, error=wrong))
        except Exception as trouble:  # an error in a thread would go unnoticed
            self._say(Answered(self, trouble=trouble))
        else:
            self._say(Answered(self, found))
        finally:
            with contextlib.suppress(RuntimeError):
                self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    def _progress(self, done: int, of: int, words: str) -> None:
        self._say(Progressed(self, done, of, words))

    def _say(self, message: Message) -> None:
        if not self.stopped:
            self._tell(message)
