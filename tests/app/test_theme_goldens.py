"""Every theme class on the main screens: what is written is the same in all of them, and can be read in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from app_stage import GOLDEN_LIST, app_on, shown
from rich.color import ColorType
from test_app_goldens import check

from cartwatch.app.palettes import LEAST, PALETTES, contrast
from cartwatch.app.settings import Settings, Terminal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from rich.segment import Segment
    from textual.pilot import Pilot

    from cartwatch.app.app import CartwatchApp

SIZES = [(60, 20), (80, 24), (140, 45), (200, 60)]
ASCII_LIST = GOLDEN_LIST.replace('cell = "αβ T"\n', "")
FRAMES = set("─│╭╮╰╯▁▂▃▄▅▆▇█▔▏▎▌┊ ")  # what divides, and holds no text


async def screens(pilot: Pilot[int]) -> AsyncIterator[str]:
    """Show the main screen, the help and the settings, one after the other, and name each."""
    app: CartwatchApp = pilot.app  # type: ignore[assignment]
    await pilot.pause()
    yield "main"
    await app.action_help()
    await pilot.pause()
    await pilot.pause()  # for the scroll bar
    yield "help"
    app.pop_screen()
    await app.action_settings()
    await pilot.pause()
    yield "settings"


def drawn(app: CartwatchApp) -> list[Segment]:
    """The pieces on the screen, of a dialog those of its panel."""
    strips = app.screen._compositor.render_strips(app.size)
    panel = app.screen.query("#panel")
    if not panel:
        return [segment for strip in strips for segment in strip]
    region = panel.first().region
    return [segment for strip in strips[region.y : region.bottom] for segment in strip.crop(region.x, region.right)]


def framed(app: CartwatchApp) -> str:
    """What stands on the screen, of a dialog its panel: what is behind it changes for other reasons."""
    panel = app.screen.query("#panel")
    if not panel:
        return shown(app)
    region = panel.first().region
    lines = (strip.crop(region.x, region.right).text for strip in app.screen._compositor.render_strips(app.size))
    return "".join(f"{line.rstrip()}\n" for line in [*lines][region.y : region.bottom])


def written(app: CartwatchApp) -> str:
    return "".join(text for text, *_ in drawn(app))


def styles(app: CartwatchApp) -> str:
    """The styles of what is drawn, without what stands in them: that changes more often."""
    found = {str(style) for text, style, _ in drawn(app) if not set(text) <= FRAMES and style is not None}
    return "".join(f"{style}\n" for style in sorted(found))


def shown_with(settings: Settings, terminal: Terminal = Terminal(), text: str = GOLDEN_LIST) -> CartwatchApp:  # noqa: B008 - frozen
    return app_on(text, settings=settings, terminal=terminal)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.slow
async def test_each_screen_in_unicode_and_in_ascii(size: tuple[int, int]) -> None:
    found = {}
    for name, app in (("unicode", shown_with(Settings())), ("ascii", shown_with(Settings(glyphs="ascii"), text=ASCII_LIST))):
        async with app.run_test(size=size) as pilot:
            async for screen in screens(pilot):
                found[screen if name == "unicode" else f"{screen}-ascii"] = framed(app)
    assert all(text.isascii() for name, text in found.items() if name.endswith("-ascii"))
    # Those in Unicode of the other sizes are with the other screens.
    check(
        size,
        {
            name: text
            for name, text in found.items()
            if "-" in name or name == "settings" or (size == SIZES[-1] and name == "main")
        },
    )


CLASSES = {
    **{each.name: (Settings(each.name), Terminal()) for each in PALETTES},
    "terminal": (Settings("terminal"), Terminal()),
    "no-colour": (Settings(), Terminal(no_colours=True)),
}


@pytest.fixture(autouse=True)
def _no_colour(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The start sets NO_COLOR on a terminal without colours; Textual looks there."""
    if "no-colour" in request.node.name:
        monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.slow
async def test_a_theme_changes_colours_alone(name: str) -> None:
    plain, themed = shown_with(Settings()), shown_with(*CLASSES[name])
    texts: list[list[str]] = []
    for app in (plain, themed):
        async with app.run_test(size=(140, 45)) as pilot:
            texts.append([written(app) async for screen in screens(pilot) if screen != "settings"])
    assert texts[0] == texts[1]


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.slow
async def test_what_is_drawn_has_its_style(name: str) -> None:
    app, found = shown_with(*CLASSES[name]), ""
    async with app.run_test(size=(140, 45)) as pilot:
        async for screen in screens(pilot):
            found += f"{screen}\n\n{styles(app)}\n"
            low = [*too_faint(app)] if name not in ("terminal", "no-colour") else []
            assert low == [], screen
            if name == "no-colour":
                coloured = [each for each in drawn(app) if each.style and has_colour(each)]
                assert coloured == [], screen
    check((140, 45), {f"styles-{name}": found})


def has_colour(segment: Segment) -> bool:
    assert segment.style is not None
    return any(each is not None and each.type is not ColorType.DEFAULT for each in (segment.style.color, segment.style.bgcolor))


def too_faint(app: CartwatchApp) -> Iterator[tuple[str, str, str, float]]:
    """The texts on the screen whose contrast with what is behind them is too low."""
    for text, style, _ in drawn(app):
        if set(text) <= FRAMES or style is None or style.color is None or style.bgcolor is None:
            continue
        colours = [each.get_truecolor().hex for each in (style.color, style.bgcolor)]
        if (ratio := contrast(*colours)) < LEAST:
            yield text, colours[0], colours[1], round(ratio, 2)
