"""Dispatch: runs the command of a command line, or the app."""

from __future__ import annotations

import os
import sys

from .arguments import COMMANDS, Parsed, UsageError, help_text, parse, unknown_command
from .output import Failure, Output, say, write

TYPE_CHECKING = False  # importing typing would double the cost of the shortest commands
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    Later = Callable[[Callable[[], object]], None]

__all__ = ["dispatch", "report"]

_PLAIN = (
    "cartwatch: with --plain the full-screen app does not open. `cartwatch show NAME --plain` reads a program, `next` the "
    "coming catalysts, `changes` what changed, `compare` and `timeline` the pictures in words; `add`, `set`, `move` and "
    "`resolve` edit"
)


def dispatch(
    argv: list[str],
    start: Callable[[str | None, date | None], int],
    wrong_settings: Callable[[str], tuple[str, ...]],
    later: Later | None = None,
) -> int:
    """Run a command line; a failure is one line on stderr.

    `start` opens the app on a file, as of a day; `wrong_settings` lists the problems of a settings file;
    `later` does work that nobody waits for, when the output is out.
    """
    try:
        parsed = parse(argv)
        if parsed.has("help"):
            write(help_text(parsed.command))
            return 0
        if parsed.has("version"):
            from cartwatch import __version__

            write(f"cartwatch {__version__}\n")
            return 0
        return (
            _open_app(parsed, start, wrong_settings, later) if parsed.command is None else _run(parsed, wrong_settings, later)
        )
    except UsageError as error:
        say(f"cartwatch: {error}")
        return 2
    except Failure as error:
        say(f"cartwatch: {error}")
        return error.status


def _run(parsed: Parsed, wrong_settings: Callable[[str], tuple[str, ...]], later: Later | None) -> int:
    from importlib import import_module

    from .context import Call

    assert parsed.command is not None
    command = import_module(parsed.command.module)
    try:
        call = Call(parsed, _output(parsed), wrong_settings)
        status = command.run(call)
    except Exception as damage:
        from cartwatch.storage.errors import DamagedList

        if not isinstance(damage, DamagedList):
            raise
        call = Call(parsed, _output(parsed), wrong_settings)  # nothing was written yet: the text of the file is read instead
        call.may_use_kept = False
        status = command.run(call)
    call.output.flush()
    if call.later is not None and later is not None:
        later(call.later)
    return int(status)


def _output(parsed: Parsed) -> Output:
    return Output.of_process(color=not parsed.has("no-color"), plain=parsed.has("plain"))


def _open_app(
    parsed: Parsed,
    start: Callable[[str | None, date | None], int],
    wrong_settings: Callable[[str], tuple[str, ...]],
    later: Later | None,
) -> int:
    if len(parsed.words) > 1:
        first, second, *_ = parsed.words
        if os.path.exists(first) or "." in first:
            raise UsageError(f'the app opens one file: "{second}" is one too many')
        raise unknown_command(first)
    file = parsed.words[0] if parsed.words else None
    if file is not None and not os.path.exists(file) and "." not in file and os.sep not in file:
        raise unknown_command(file)
    if file is not None and parsed.has("file"):
        raise UsageError(f'two files: "{file}" and "{parsed.get("file")}"')
    named = file or parsed.get("file")
    if named is not None and not os.path.exists(named):
        raise Failure(f"{named}: there is no such file")
    if parsed.has("plain"):
        given = {"file": named} if named is not None else {}
        status = _run(Parsed(COMMANDS["list"], {**parsed.options, **given}, []), wrong_settings, later)
        say(_PLAIN)
        return status
    _need_terminal()
    if parsed.has("no-color"):
        os.environ["NO_COLOR"] = "1"
    today = parsed.get("today")
    if today is not None:
        from .context import a_day

        day = a_day(today, "today")
    else:
        day = None
    return start(named, day)


def _need_terminal() -> None:
    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not all(each is not None and each.isatty() for each in streams):
        raise Failure("the app needs a terminal: `cartwatch list` prints the table, `cartwatch next` the upcoming catalysts")
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise Failure("this terminal (TERM=dumb) cannot show the app: `cartwatch list` prints the table")


def report(error: Exception) -> int:
    """Print one line for an unexpected error; its traceback goes to the state directory, readable by its owner only."""
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
