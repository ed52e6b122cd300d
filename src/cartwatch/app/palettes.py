"""Palettes: the colours of the shipped themes and of the user's own, as plain values, and their contrast."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cartwatch.domain.vocabulary import nearest
from cartwatch.storage.settings import setting

if TYPE_CHECKING:
    from cartwatch.storage.config import Config

__all__ = ["COLOURS", "LEAST", "PALETTES", "Palette", "contrast", "faint", "palettes_of"]

COLOURS = {
    "background": "behind everything",
    "foreground": "ordinary text",
    "panel": "the title, the footer, the line under the pointer",
    "cursor": "the line under the cursor",
    "line": "frames and grids, which hold no text",
    "heading": "titles of groups; not given: as the foreground",
    "hue": "the one accent: keys, titles, marks",
    "quiet": "labels, “not reported”, what is done",
    "open": "a window that is open, a favorable outcome",
    "soon": "a window that is near, a warning",
    "overdue": "an overdue catalyst, an unfavorable outcome",
    "link": "addresses",
}
_TEXT = ("foreground", "heading", "hue", "quiet", "open", "soon", "overdue", "link")
_GROUNDS = ("background", "panel", "cursor")
LEAST = 4.5  # the contrast of text that WCAG 2.2 asks for (success criterion 1.4.3)

_HEX = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")


class Palette:
    """The colours of a theme by their name in COLOURS, as #rrggbb."""

    __slots__ = ("colours", "name", "title")

    def __init__(self, name: str, title: str, colours: dict[str, str]) -> None:
        self.name = name
        self.title = title
        self.colours = colours

    @property
    def dark(self) -> bool:
        return _luminance(self.colours["background"]) < 0.2

    def __getitem__(self, colour: str) -> str:
        return self.colours.get(colour) or self.colours["foreground"]


def _shipped(name: str, title: str, colours: str) -> Palette:
    names = ("background", "foreground", "panel", "cursor", "line", "hue", "quiet", "open", "soon", "overdue", "link")
    return Palette(name, title, dict(zip(names, colours.split(), strict=True)))


PALETTES = (
    _shipped(
        "cartwatch-dark",
        "Dark",
        "#14181d #d3d8de #1e2226 #2c363a #303841 #6fc3c4 #99a2ac #8fcf8b #e0b565 #f08c85 #8fb4e8",
    ),
    _shipped(
        "cartwatch-light",
        "Light",
        "#fbfaf7 #23282e #f3f2f0 #dfe6e5 #d8d4c9 #0b686e #565d66 #1b7030 #6e4f00 #b3261e #1f5fae",
    ),
    _shipped(
        "high-contrast",
        "High contrast",
        "#000000 #ffffff #1a1a1a #303030 #8a8a8a #00e5ff #d0d0d0 #5cff5c #ffe14d #ffb0b0 #a8d0ff",
    ),
    _shipped(  # the colours of Okabe and Ito: blue, orange and yellow stay apart for every common kind
        "colour-blind-safe",
        "Colour-blind safe",
        "#14171c #dcdfe4 #1e2226 #2e363d #333a44 #56b4e9 #9ea5af #56b4e9 #f0e442 #e69f00 #9ec9ee",
    ),
)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def faint(palette: Palette, least: float = LEAST) -> list[tuple[str, str, float]]:
    """Return each text colour and ground whose contrast is less than wanted, with the ratio."""
    pairs = ((text, ground, contrast(palette[text], palette[ground])) for text in _TEXT for ground in _GROUNDS)
    return [each for each in pairs if each[2] < least]


def palettes_of(config: Config) -> tuple[Palette, ...]:
    """Return the shipped palettes and the user's own, and report what is wrong with the latter."""
    named = config.table("theme").items()
    own = [_own(config, name, value) for name, value in named if isinstance(value, dict)]
    for name, value in named:
        if not isinstance(value, dict):
            config.report(("theme", name), f"expected a table of colours: write [theme.{name}]", key=True)
    return (*PALETTES, *(each for each in own if each.name not in setting("theme").choices))


def _own(config: Config, name: str, given: dict[str, Any]) -> Palette:
    shipped = {each.name: each for each in PALETTES}
    if name in setting("theme").choices:
        config.report(("theme", name), "there is a theme of that name already: choose another", key=True)
    base, title = given.get("base", PALETTES[0].name), given.get("title", name)
    if not isinstance(base, str) or base not in shipped:
        close = nearest(base, list(shipped)) if isinstance(base, str) else None
        hint = f'did you mean "{close}"?' if close else f"choose from {', '.join(shipped)}"
        config.report(("theme", name, "base"), f"there is no such theme to begin with: {hint}")
        base = PALETTES[0].name
    colours = dict(shipped[base].colours)
    for key, value in given.items():
        if key in ("base", "title"):
            continue
        if key not in COLOURS:
            close = nearest(key, [*COLOURS, "base", "title"])
            hint = f'did you mean "{close}"?' if close else f"choose from {', '.join(COLOURS)}"
            config.report(("theme", name, key), f"there is no such colour: {hint}", key=True)
        elif not isinstance(value, str) or not _HEX.fullmatch(value):
            config.report(("theme", name, key), 'expected a colour such as "#6fc3c4"')
        else:
            colours[key] = value if len(value) == 7 else "#" + "".join(digit * 2 for digit in value[1:])
    palette = Palette(name, title if isinstance(title, str) else name, colours)
    if low := faint(palette):
        told = ", ".join(f"{text} on {ground} {ratio:.1f}" for text, ground, ratio in low[:3])
        more = f" and {len(low) - 3} more" if len(low) > 3 else ""
        config.report(("theme", name), f"hard to read, contrast below {LEAST}: {told}{more}", key=True)
    return palette
