"""Take the pictures of README and the guide on the sample, as of a fixed day: `python docs/picture.py`."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from pathlib import Path

from cartwatch.app.app import CartwatchApp
from cartwatch.session.session import Session
from cartwatch.views.look import Look
from cartwatch.views.timeline import timeline_svg

ROOT = Path(__file__).resolve().parents[1]
MOMENT = datetime(2026, 11, 22, 10, 30).astimezone()
SCREENS = {
    "screenshot.svg": ["4"],
    "compare.svg": ["slash", *"nhl", "enter", "c", "tab", "tab"],
    "slips.svg": ["L"],
}
"""Each picture of a screen, and the keys that lead to it."""


def sample() -> Session:
    session = Session(str(ROOT / "sample_watchlist.toml"), MOMENT.date())
    session.open()
    return session


async def screen(keys: list[str]) -> str:
    """Return what the app shows after some keys, as SVG without anything from outside."""
    app = CartwatchApp(sample(), lambda: MOMENT)
    async with app.run_test(size=(132, 36)) as pilot:
        await pilot.press(*keys)
        await pilot.pause(0.3)
        svg = app.export_screenshot(title="cartwatch")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


def timeline() -> str:
    """Return the timeline of the sample, as SVG."""
    return timeline_svg(sample().watchlist.programs, Look(MOMENT)) + "\n"


if __name__ == "__main__":
    (ROOT / "docs" / "timeline.svg").write_text(timeline(), encoding="utf-8")
    for name, keys in SCREENS.items():
        (ROOT / "docs" / name).write_text(asyncio.run(screen(keys)), encoding="utf-8")
