"""A stage for the app: an open watchlist from a text, a clock that stands still, and what the screen shows as text."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cartwatch.app.app import CartwatchApp
from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.reader import Read, read_watchlist
from cartwatch.domain.watchlist import Watchlist
from cartwatch.session.session import Opened, Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
GOLDEN_LIST = (HERE / "goldens" / "watchlist.toml").read_text(encoding="utf-8")


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def session_on(text: str | bytes | None, *, path: str = "list.toml", readonly: str | None = None) -> Session:
    """A session as if `text` stood in the file; None: there is no file."""
    session = Session(path, NOW.date())
    if text is None:
        return session
    raw = text if isinstance(text, bytes) else text.encode()
    try:
        document = Document.parse(raw)
    except SyntaxProblem as trouble:
        session.opened = Opened("unreadable", Document.empty(), Read(Watchlist()), trouble=trouble)
        return session
    read = read_watchlist(document.head, document.programs, NOW.date())
    session.opened = Opened("ok", document, read, readonly=readonly)
    return session


def app_on(text: str | bytes | None = GOLDEN_LIST, **options: object) -> CartwatchApp:
    """The app on a watchlist, not running yet."""
    return CartwatchApp(session_on(text), options.pop("clock", None) or Clock(), **options)  # type: ignore[arg-type]


def shown(app: CartwatchApp) -> str:
    """What stands on the screen, line by line, without trailing spaces: the strips as the compositor has them."""
    strips = app.screen._compositor.render_strips(app.size)
    return "\n".join(strip.text.rstrip() for strip in strips) + "\n"


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> str:
    """Wait, ten seconds at most, for what a thread or a timer brings about, and give what is then on the screen."""
    for _ in range(500):
        await pilot.pause()
        if condition():
            await pilot.pause()
            return shown(pilot.app)  # type: ignore[arg-type]
        await asyncio.sleep(0.02)
    raise AssertionError(f"it did not come about: {shown(pilot.app)}")  # type: ignore[arg-type]


async def until_told(pilot: Pilot[int], words: str) -> str:
    """Wait for words, which may be broken into lines, to be on the screen."""
    return await until(pilot, lambda: words in " ".join(shown(pilot.app).split()))  # type: ignore[arg-type]


async def press(pilot: Pilot[int], keys: str) -> str:
    """Press keys, given with spaces between them, and give what is then on the screen."""
    await pilot.press(*keys.split())
    await pilot.pause()
    return shown(pilot.app)  # type: ignore[arg-type]
