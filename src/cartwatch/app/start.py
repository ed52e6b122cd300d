"""Starts the app: opens the watchlist, chooses the display, runs, and stores the state."""

from __future__ import annotations

import gc

gc.disable()  # saves a fifth of the time to the first paint: imports leave no garbage

import contextlib  # noqa: E402
import io  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from datetime import datetime  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

from cartwatch.app.app import CartwatchApp  # noqa: E402
from cartwatch.app.settings import arrangement, has_no_colours  # noqa: E402
from cartwatch.app.signals import HUNG_UP, Signals, terminal_gone  # noqa: E402
from cartwatch.domain.dates.moments import in_zone  # noqa: E402
from cartwatch.domain.text import clean  # noqa: E402
from cartwatch.session.session import Session  # noqa: E402
from cartwatch.storage.errors import StorageError  # noqa: E402
from cartwatch.storage.own_files import load_state, save_state  # noqa: E402
from cartwatch.storage.places import places  # noqa: E402

from .failsafe import accident_line  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from cartwatch.session.state import Opened
    from cartwatch.storage.places import Places

__all__ = ["clock_of", "run"]


_REMEMBERED = 100  # watchlists
_LARGE = 4_000_000  # bytes, which take about a second


def clock_of(today: date | None) -> Callable[[], datetime]:
    """Return the viewer's clock in this machine's zone; with a day, that day at the current time."""

    def now() -> datetime:
        moment = datetime.now().astimezone()
        if today is None:
            return moment
        return in_zone(datetime.combine(today, moment.time()))

    return now


def run(file: str | None = None, today: date | None = None) -> int:
    """Open a watchlist in the terminal app and return the exit status: 0, or 2 if it can't be opened.

    A named file must exist; the default one may be missing, and the app then shows the welcome.
    """
    try:
        gc.freeze()
        return _run(file, today)
    except StorageError as wrong:
        _say(str(wrong))
        return 2
    finally:
        gc.enable()


def _run(file: str | None, today: date | None) -> int:
    clock = clock_of(today)
    where = places(file, os.environ)
    session = Session(where.watchlist, clock().date(), where)
    opened = _opened(session)
    session.settle()
    if opened.state == "missing" and where.named:
        _say(f"{where.watchlist}: there is no such file")
        return 2
    if os.environ.get("NO_COLOR") == "":  # the standard: set and not empty
        del os.environ["NO_COLOR"]
    if has_no_colours(os.environ):
        os.environ["NO_COLOR"] = "1"  # Textual looks there
    known = arrangement(where, has_unicode=_has_unicode())
    app = CartwatchApp(
        session,
        clock,
        known.display,
        settings=known.settings,
        terminal=known.terminal,
        places=where,
        sample=lambda: _sample(clock().date()),
        ready=lambda: _stands(app, signals, known.notes),
    )
    signals = Signals(app)
    status = app.run(mouse=known.settings.mouse)
    return _over(app, where, session, status, known.damage)


def _opened(session: Session) -> Opened:
    """Read the list; show a note on the terminal while a large one is read."""
    try:
        size = os.stat(session.path).st_size
    except OSError:
        size = 0
    if size < _LARGE:
        return session.open()
    sys.stderr.write(f"reading {size // 1_000_000} MB - Ctrl-C stops"[: os.get_terminal_size(2).columns - 1])
    sys.stderr.flush()
    try:
        return session.open()
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _stands(app: CartwatchApp, signals: Signals, notes: Iterable[str]) -> None:
    gc.freeze()  # a collection over a large list would delay a key
    gc.enable()
    for each in notes:
        app.say(each, warning=True)
    app.keep_watch(signals)
    for screen in app.lists():
        screen.history.look_for_news()


def _over(app: CartwatchApp, where: Places, session: Session, status: int | None, note: str | None) -> int:
    """Print the closing lines on the restored terminal, and return the exit status."""
    app.emergency_save()
    _say(note)
    _remember(app, where, session)
    if app.accident is not None or app.return_code == 1:
        _say(accident_line(app.accident, unsaved=app.session.unsaved))
        return 1
    if app.session.unsaved is not None:
        _say(f"NOT SAVED: {app.session.unsaved}{app.kept_elsewhere}")
    if status is None:
        status = app.return_code or 0
    if not terminal_gone():
        return status
    # What Python still holds for a terminal that is gone can't be flushed at its exit, which would change the status.
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - to the end of the process
    return status or HUNG_UP


def _say(text: str | None) -> None:
    """Print lines on the terminal, if it is still there."""
    if text is not None:
        with contextlib.suppress(OSError):
            print(f"cartwatch: {clean(text)}", file=sys.stderr, flush=True)  # noqa: T201


def _remember(app: CartwatchApp, where: Places, session: Session) -> None:
    """Store the display state beside those of other watchlists, which another cartwatch may have changed meanwhile."""
    if app.session is not session:  # the display state of the sample is not kept
        return
    state, _ = load_state(where.state)
    lists = state.get("watchlist")
    lists = dict(lists) if isinstance(lists, dict) else {}
    lists.pop(where.key, None)
    lists[where.key] = app.display_state.kept(app.now().replace(microsecond=0))
    state["watchlist"] = dict(list(lists.items())[-_REMEMBERED:])
    state.pop("theme", None)  # of an earlier version: it is a setting
    state["background"] = "dark" if app.appearance.dark else "light"
    try:
        save_state(where.state, state)
    except StorageError as wrong:
        _say(str(wrong))


def _has_unicode() -> bool:
    """Whether the terminal's encoding has every sign. A missing one is drawn as "?", not as an escape that moves the rest."""
    encoding = getattr(sys.__stdout__, "encoding", None) or ""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    return encoding.replace("-", "").lower() in ("utf8", "utf16", "utf32")


def _sample(today: date) -> Session:
    from dataclasses import replace

    from cartwatch.sample import sample_path

    session = Session(sample_path(), today)
    session.opened = replace(session.open(), readonly="it is the sample")
    return session
