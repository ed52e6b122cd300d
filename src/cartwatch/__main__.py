"""The entry point: reads the command line, and imports no more than what was asked for needs."""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # importing typing would double the cost of the shortest commands
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

__all__ = ["main", "script"]

_TOO_LITTLE = b"cartwatch: too little memory for this; the watchlist is whole, `cartwatch changes` says what is in it\n"


def main(argv: list[str] | None = None) -> int:
    """Run a command line and return its exit status. No exception leaves it."""
    if argv is None:
        gc.disable()  # a command ends before there is garbage worth a walk through all that was read; the app has it on again
    try:
        return _run(sys.argv[1:], _later) if argv is None else _run(argv)
    except KeyboardInterrupt:
        return 130
    except MemoryError:
        return _too_little_memory()
    except Exception as error:
        try:
            from .cli.dispatch import report

            return report(error)
        except (MemoryError, SystemError):  # the latter is how a compiler without memory fails
            return _too_little_memory()


def script() -> None:
    """Run the command line of this process and end the process with its exit status.

    A command ends at once when its output is written: taking down the interpreter costs as much as reading a small file.
    """
    status = main()
    if "textual" not in sys.modules:  # the app has threads that the interpreter waits for
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (AttributeError, OSError, ValueError):  # closed, or full: the interpreter says so as it does for any program
            sys.exit(status)
        os._exit(status)
    sys.exit(status)


def _too_little_memory() -> int:
    os.write(2, _TOO_LITTLE)  # made beforehand: the words for it might not fit any more
    return 2


def _run(argv: list[str], later: Callable[[Callable[[], object]], None] | None = None) -> int:
    from cartwatch.cli.dispatch import dispatch

    return dispatch(argv, _start, _wrong_settings, later)


def _later(work: Callable[[], object]) -> None:
    from cartwatch.cli.background import in_background

    in_background(work)


def _start(file: str | None, today: date | None) -> int:
    from cartwatch.app.start import run

    return run(file, today)


def _wrong_settings(path: str) -> tuple[str, ...]:
    """Return the problems of a settings file; keys and themes are the app's, which the command line does not import."""
    from cartwatch.app.settings import read_settings

    return read_settings(path).problems


if __name__ == "__main__":
    script()
