"""Take the pictures of README and the guide on the sample, as of a fixed day: `python docs/picture.py`."""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
from datetime import datetime
from pathlib import Path

from cartwatch.app.app import CartwatchApp
from cartwatch.session.session import Session
from cartwatch.views.look import Look
from cartwatch.views.timeline import timeline_svg

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SIZE = (140, 40)  # cells of a picture in the site
MOMENT = datetime(2026, 11, 22, 10, 30).astimezone()
PICTURES = {
    "screenshot.svg": ["4"],
    "compare.svg": ["slash", *"nhl", "enter", "c", "tab", "tab"],
    "slips.svg": ["L"],
}
"""The pictures of README and the guide, and the keys that lead to each."""

COLLEAGUE = "colleague.toml"
"""A list to import: the sample with a few facts changed."""

SCREENS: dict[str, tuple[str, str, list[str]]] = {
    "table": (
        "Table and overview",
        "`j` and `k` go through the programs, `1` to `8` through the panes beside them.",
        ["j", "1"],
    ),
    "mechanism": ("Mechanism", "`2`: what a program is; `°` marks a fact whose source is not checked.", ["2"]),
    "safety": (
        "Safety",
        "`3`: rates by data set, each with its patients, then what is done about them.",
        ["G", "k", "k", "k", "3"],
    ),
    "catalysts": ("Catalysts", "`4`: what comes, in the sponsor's words and as a window; then what came.", ["4"]),
    "trials": ("Trials", "`5`: the linked trials, as the registry has them.", ["5"]),
    "sources": ("Sources", "`6`: where the facts come from.", ["6"]),
    "filter": ("Filter", "`/`: words, or fields such as `target:CD19`.", ["slash", *"target:CD19"]),
    "sort": ("Sort", "`S`: by any columns.", ["S"]),
    "columns": ("Columns", "`C`: which columns, in which order; any field can be one.", ["C"]),
    "views": ("Views", "`v`: columns, filter, order and groups under a name.", ["v"]),
    "timeline": ("Timeline", "`T`: windows as bars as wide as they are.", ["T"]),
    "compare": (
        "Compare",
        "`c`: marked programs side by side, and what forbids the comparison.",
        ["slash", *"nhl", "enter", "c"],
    ),
    "slips": ("Slips", "`L`: how guidance moved, by sponsor.", ["L"]),
    "reference": ("Reference cards", "`d`: the grades of CRS, ICANS and GVHD.", ["d"]),
    "edit": ("New guidance", "`w`: read as it is typed; the old goes to the ledger.", ["4", "tab", "w", *"Q1 2027"]),
    "form": ("Add a program", "`a`: a form; only the name is required.", ["a"]),
    "import": (
        "Import",
        "`i`: what another list would change, fact by fact, before anything is taken.",
        ["i", *COLLEAGUE, "enter"],
    ),
    "problems": ("Problems", "`!`: errors, warnings and advice, each a key away.", ["!"]),
    "commands": ("Commands", "`:`: every command by its name.", [":"]),
    "help": ("Help", "`?`: every key, searchable.", ["?"]),
    "settings": ("Settings", "`,`: every setting, changed at once.", ["comma"]),
}
"""Every screen for the site: its heading, what it is, and the keys that lead to it."""


def sample() -> Session:
    session = Session(str(ROOT / "sample_watchlist.toml"), MOMENT.date())
    session.open()
    return session


async def screen(keys: list[str], size: tuple[int, int] = (132, 36)) -> str:
    """Return what the app shows after some keys, as SVG without anything from outside."""
    app = CartwatchApp(sample(), lambda: MOMENT)
    async with app.run_test(size=size) as pilot:
        await pilot.press(*keys)
        await pilot.pause(0.5)
        svg = app.export_screenshot(title="cartwatch")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


def timeline() -> str:
    """Return the timeline of the sample, as SVG."""
    return timeline_svg(sample().watchlist.programs, Look(MOMENT)) + "\n"


def page() -> str:
    """Return the site's page of screens."""
    out = [
        "<!-- Made by docs/picture.py from the program itself: change it there. -->\n",
        "# Screens\n",
        "Each is a picture of the program with its sample, as of 22 November 2026. [A cast](cartwatch.cast) shows it moving:",
        "`asciinema play docs/cartwatch.cast`, or `python docs/cast.py play` where there is no asciinema.",
    ]
    for name, (title, words, _) in SCREENS.items():
        out += [f"\n## {title}\n", f"{words}\n", f"![{title}](screens/{name}.svg)"]
    return "\n".join(out) + "\n"


def colleague(folder: Path) -> None:
    """Write a list to import: newer guidance, another phase, a program less and one more."""
    text = (ROOT / "sample_watchlist.toml").read_text(encoding="utf-8")
    changed = text.replace('when = "Q4 2026"', 'when = "Q1 2027"', 2).replace('phase = "Phase 1"', 'phase = "Phase 2"', 1)
    (folder / COLLEAGUE).write_text(f'{changed}\n[[program]]\nname = "demo-cel"\nsponsor = "Demo Bio"\n', encoding="utf-8")


def write() -> None:
    """Write every picture and the page that shows them."""
    (DOCS / "timeline.svg").write_text(timeline(), encoding="utf-8")
    for name, keys in PICTURES.items():
        (DOCS / name).write_text(asyncio.run(screen(keys)), encoding="utf-8")
    (DOCS / "screens.md").write_text(page(), encoding="utf-8")
    (DOCS / "screens").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        colleague(Path(folder))
        for name, (_, _, keys) in SCREENS.items():
            (DOCS / "screens" / f"{name}.svg").write_text(asyncio.run(screen(keys, SIZE)), encoding="utf-8")


if __name__ == "__main__":
    write()
