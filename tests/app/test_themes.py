"""Themes: text can be read in every shipped one, and the terminal's own light or dark is followed."""

from __future__ import annotations

import pytest
from app_stage import app_on
from rich.color import Color as RichColor
from rich.color import ColorSystem
from textual.color import Color

from cartwatch.app.background import is_dark
from cartwatch.app.input_filter import InputFilter
from cartwatch.app.palettes import LEAST, PALETTES, Palette, contrast, faint
from cartwatch.app.settings import Settings, Terminal
from cartwatch.app.terminal_driver import BackgroundSeen
from cartwatch.app.theme import ROLES, STATES, THEMES, role_style

_NO_TEXT = ("grid",)  # frames, bands and grids


def test_contrast_is_as_wcag_defines_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


@pytest.mark.parametrize("name", [each.name for each in PALETTES])
def test_every_role_can_be_read_on_every_line_of_every_theme(name: str) -> None:
    theme = THEMES[name][1]
    low = []
    for role in ROLES:
        for state in ("", *STATES):
            style = role_style(role, state, theme.variables, ansi=False)
            text = Color.from_rich_color(style.color).hex if style.color is not None else theme.foreground or ""
            grounds = (
                [Color.from_rich_color(style.bgcolor).hex] if style.bgcolor else [theme.background or "", theme.panel or ""]
            )
            low += [(role, state, ratio) for each in grounds if (ratio := contrast(text.lower(), each.lower())) < LEAST]
    assert [each for each in low if each[0] not in _NO_TEXT] == []
    assert faint(next(each for each in PALETTES if each.name == name)) == []


@pytest.mark.parametrize("palette", PALETTES, ids=lambda each: each.name)
def test_text_can_be_read_where_the_terminal_has_256_colours(palette: Palette) -> None:
    def nearest(colour: str) -> str:
        return RichColor.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor().hex

    fewer = Palette(palette.name, palette.title, {name: nearest(colour) for name, colour in palette.colours.items()})
    assert faint(fewer) == []
    assert fewer["cursor"] not in (fewer["background"], fewer["panel"])


def test_the_high_contrast_theme_has_that_of_the_stricter_criterion() -> None:
    assert faint(next(each for each in PALETTES if each.name == "high-contrast"), 7.0) == []


@pytest.mark.parametrize(
    ("reply", "dark"),
    [
        ("11;rgb:1e1e/1e1e/1e1e", True),
        ("11;rgb:ffff/ffff/ffff", False),
        ("11;rgb:f/f/0", False),
        ("11;rgba:0000/0000/0000/ffff", True),
        ("11;?", None),
        ("10;rgb:0/0/0", None),
        ("11;rgb:zz/00/00", None),
        ("", None),
    ],
)
def test_a_reply_says_whether_the_background_is_dark(reply: str, dark: bool | None) -> None:
    assert is_dark(reply) is dark


@pytest.mark.parametrize("end", ["\x07", "\x1b\\"])
@pytest.mark.parametrize("cut", [1, 2, 5, 30])
def test_the_reply_is_found_between_keys_however_it_is_cut(end: str, cut: int) -> None:
    kept, sent = InputFilter(0.03), f"j\x1b]11;rgb:fbfb/fafa/f7f7{end}k"
    keys = "".join(kept.feed(sent[at : at + cut]) for at in range(0, len(sent), cut))
    assert keys == "jk"
    assert [is_dark(each) for each in kept.seen] == [False]


def test_a_notice_of_the_terminal_is_heard() -> None:
    kept = InputFilter(0.03)
    assert kept.feed("\x1b[?997;2n\x1b[?997;1n\x1b[?997;3n\x1b]11;rgb:0/0") == ""
    assert [is_dark(each) for each in kept.seen] == [False, True]


async def test_the_theme_follows_the_terminal_until_one_is_chosen() -> None:
    app = app_on(terminal=Terminal(dark=False))
    async with app.run_test() as pilot:
        assert app.theme == "cartwatch-light"
        app.post_message(BackgroundSeen(dark=True))
        await pilot.pause()
        assert app.theme == "cartwatch-dark"
        app.appearance.apply(Settings("high-contrast"))
        app.post_message(BackgroundSeen(dark=False))
        await pilot.pause()
        assert app.theme == "high-contrast"


@pytest.mark.parametrize(
    ("terminal", "theme"),
    [
        (Terminal(few_colours=True), "terminal"),
        (Terminal(no_colours=True), "terminal"),
        (Terminal(), "cartwatch-dark"),
    ],
)
def test_a_terminal_with_few_colours_keeps_its_own(terminal: Terminal, theme: str) -> None:
    assert app_on(terminal=terminal).theme == theme


def test_signs_and_motion_are_those_of_the_settings() -> None:
    assert app_on(terminal=Terminal(ascii_only=True)).ascii_only
    assert not app_on(terminal=Terminal(ascii_only=True), settings=Settings(glyphs="unicode")).ascii_only
    assert app_on(settings=Settings(glyphs="ascii")).ascii_only
    assert app_on(settings=Settings(reduced_motion=True)).animation_level == "none"
