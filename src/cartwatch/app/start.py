"""Start the app: open the watchlist, choose how to draw, run, remember."""

from __future__ import annotations

import gc

gc.disable()  # a fifth of the time to the first paint: nothing that is imported below is garbage

import os  # noqa: E402
import sys  # noqa: E402
from datetime import datetime  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

from cartwatch.app.app import CartwatchApp  # noqa: E402
from cartwatch.app.display import Display  # noqa: E402
from cartwatch.app.theme import DEFAULT  # noqa: E402
from cartwatch.session import Session  # noqa: E402
from cartwatch.storage.errors import StorageError  # noqa: E402
from cartwatch.storage.places import places  # noqa: E402
from cartwatch.storage.state import load_state, save_state  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from cartwatch.storage.places import Places

__all__ = ["clock_of", "run"]


_REMEMBERED = 100  # watchlists


def clock_of(today: date | None) -> Callable[[], datetime]:
    """The viewer's clock, in the zone of this machine; with a day given, that day at the time it is."""

    def now() -> datetime:
        moment = datetime.now().astimezone()
        if today is None:
            return moment
        return datetime.combine(today, moment.time()).astimezone()

    return now


def run(file: str | None = None, today: date | None = None) -> int:
    """Open a watchlist in the terminal app and give the exit status: 0, or 2 where it could not be opened.

    The file that was named must be there; the usual one may be missing, which the app then says.
    """
    try:
        gc.freeze()
        return _run(file, today)
    except StorageError as wrong:
        print(f"cartwatch: {wrong}", file=sys.stderr)  # noqa: T201
        return 2
    finally:
        gc.enable()


def _run(file: str | None, today: date | None) -> int:
    clock = clock_of(today)
    where = places(file, os.environ)
    session = Session(where.watchlist, clock().date(), where)
    opened = session.open()
    if opened.state == "missing" and where.named:
        print(f"cartwatch: {where.watchlist}: there is no such file", file=sys.stderr)  # noqa: T201
        return 2
    if os.environ.get("NO_COLOR") == "":  # the standard: set and not empty
        del os.environ["NO_COLOR"]
    state, note = load_state(where.state)
    kept = state.get("watchlist", {})
    app = CartwatchApp(
        session,
        clock,
        Display.of(kept.get(where.key, {}) if isinstance(kept, dict) else {}),
        theme=str(state.get("theme", DEFAULT)),
        no_color=bool(os.environ.get("NO_COLOR")),
        ascii_only=not _has_unicode(),
        sample=lambda: _sample(clock().date()),
        ready=gc.enable,
    )
    status = app.run()
    if note is not None:
        print(f"cartwatch: {note}", file=sys.stderr)  # noqa: T201
    _remember(app, where, session)
    return status if status is not None else (app.return_code or 0)


def _remember(app: CartwatchApp, where: Places, session: Session) -> None:
    """Keep the arrangement, beside those of other watchlists, which another cartwatch may have changed meanwhile."""
    if app.session is not session:  # the sample, looked at from the welcome, is nobody's arrangement
        return
    state, _ = load_state(where.state)
    lists = state.get("watchlist")
    lists = dict(lists) if isinstance(lists, dict) else {}
    lists.pop(where.key, None)
    lists[where.key] = app.display_state.kept()
    state["watchlist"] = dict(list(lists.items())[-_REMEMBERED:])
    if not app.monochrome:
        state["theme"] = app.theme
    try:
        save_state(where.state, state)
    except StorageError as wrong:
        print(f"cartwatch: {wrong}", file=sys.stderr)  # noqa: T201


def _has_unicode() -> bool:
    encoding = getattr(sys.__stdout__, "encoding", None) or ""
    return encoding.replace("-", "").lower() in ("utf8", "utf16", "utf32")


def _sample(today: date) -> Session:
    from dataclasses import replace

    from cartwatch.sample import sample_path

    session = Session(sample_path(), today)
    session.opened = replace(session.open(), readonly="it is the sample")
    return session
