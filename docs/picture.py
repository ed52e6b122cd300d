"""Take README's picture of the app on the sample, as of a fixed day: `python docs/picture.py`."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from pathlib import Path

from cartwatch.app.app import CartwatchApp
from cartwatch.session.session import Session

ROOT = Path(__file__).resolve().parents[1]
MOMENT = datetime(2026, 11, 22, 10, 30).astimezone()


async def picture() -> str:
    """The main screen on the safety of a program, as SVG without anything from outside."""
    session = Session(str(ROOT / "sample_watchlist.toml"), MOMENT.date())
    session.open()
    app = CartwatchApp(session, lambda: MOMENT)
    async with app.run_test(size=(132, 36)) as pilot:
        await pilot.press("4")
        await pilot.pause(0.3)
        svg = app.export_screenshot(title="cartwatch")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


if __name__ == "__main__":
    (ROOT / "docs" / "screenshot.svg").write_text(asyncio.run(picture()), encoding="utf-8")
