"""Themes, and the style of each role of the views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEFAULT", "MATCH", "MONOCHROME", "ROLES", "STATES", "THEMES", "role_style", "variable_defaults"]

DEFAULT = "cartwatch-dark"
MONOCHROME = "terminal"  # the theme that sends no colour of its own

MATCH = "+match"
"""Behind a role: the same, underlined, where a filter matched."""

# Each role of views.lines.ROLES, and some of the app's own: the colour (a variable of the theme, "" the plain one), the
# attributes, and those that it has besides in the terminal's own palette, which may have no colour to tell it by.
ROLES: Mapping[str, tuple[str, str, str]] = {
    "strong": ("", "bold", ""),
    "quiet": ("quiet", "", "dim"),
    "label": ("quiet", "", "dim"),
    "heading": ("heading", "bold", ""),
    "open": ("open", "bold", ""),
    "soon": ("soon", "", ""),
    "overdue": ("overdue", "bold", ""),
    "done": ("quiet", "", "dim"),
    "good": ("open", "", ""),
    "bad": ("overdue", "", ""),
    "unverified": ("", "italic", ""),
    "unread": ("soon", "underline", ""),
    "moved": ("link", "", ""),
    "link": ("link", "", "underline"),
    "accent": ("hue", "", ""),
    "mark": ("hue", "bold", ""),
    "key": ("hue", "bold", ""),
    "title": ("hue", "bold", ""),
    "here": ("hue", "bold underline", ""),
    "emphasis": ("", "italic", ""),
    "code": ("hue", "", ""),
    "bar": ("hue", "bold", ""),
    "resting bar": ("quiet", "", ""),
    "column": ("quiet", "", ""),
    "grid": ("line", "", "dim"),
    "ghost": ("quiet", "", "dim"),
    "today": ("hue", "", "bold"),
    "sorted": ("", "bold", ""),
}
# The same for a whole line: its background, and what marks it where there is no colour.
STATES: Mapping[str, tuple[str, str]] = {
    "cursor": ("cursor", "reverse"),
    "resting": ("hover", "bold"),  # the cursor of a widget without the focus
    "hover": ("hover", "underline"),
    "header": ("", "underline"),
    "header hover": ("hover", "bold underline"),
}


def role_style(role: str, state: str, variables: Mapping[str, str], *, ansi: bool) -> Style:
    """Return the style of a role, which may end in MATCH, on a line in a state, over the widget's own style.

    `variables` are those of the theme, `ansi` says that it uses the terminal's own colours. Through Textual's stylesheet the
    roles would cost more than the rest of the start: it computes every class for every widget again.
    """
    style = Style()
    background, mark = STATES.get(state, ("", ""))
    if ansi:
        style += Style.parse(mark)
    elif background:
        style += Style(bgcolor=Color.parse(variables[background]).rich_color)
    colour, attributes, besides = ROLES.get(role.removesuffix(MATCH), ("", "", ""))
    if colour and not style.reverse:  # a reversed line would become a block of that colour
        style += Style(color=Color.parse(variables[colour]).rich_color)
    style += Style.parse(f"{attributes} {besides}" if ansi else attributes)
    return style + Style(underline=True) if role.endswith(MATCH) else style


def _theme(
    name: str,
    *,
    dark: bool,
    background: str,
    foreground: str,
    panel: str,
    hue: str,
    quiet: str,
    open: str,
    soon: str,
    overdue: str,
    link: str,
    line: str,
    cursor: str,
    heading: str | None = None,
) -> Theme:
    """Build a theme from its colours: one background, one accent (`hue`), three meanings."""
    return Theme(
        name=name,
        dark=dark,
        primary=hue,
        secondary=link,
        accent=hue,
        warning=soon,
        error=overdue,
        success=open,
        background=background,
        surface=background,
        panel=panel,
        foreground=foreground,
        variables={
            "hue": hue,
            "quiet": quiet,
            "open": open,
            "soon": soon,
            "overdue": overdue,
            "link": link,
            "line": line,
            "cursor": cursor,
            "hover": panel,
            "heading": heading or foreground,
            "text-primary": hue,
            "text-secondary": link,
            "text-accent": hue,
            "text-success": open,
            "text-warning": soon,
            "text-error": overdue,
            "input-cursor-background": foreground,
            "input-cursor-foreground": background,
            "input-selection-background": cursor,
            "scrollbar": line,
            "scrollbar-hover": quiet,
            "scrollbar-active": hue,
            "scrollbar-background": background,
            "scrollbar-background-hover": background,
            "scrollbar-background-active": background,
            "scrollbar-corner-color": background,
        },
    )


_ANSI = dict.fromkeys(("quiet", "heading", "line", "cursor", "hover"), "ansi_default")

THEMES: dict[str, tuple[str, Theme]] = {
    theme.name: (title, theme)
    for title, theme in (
        (
            "Dark",
            _theme(
                "cartwatch-dark",
                dark=True,
                background="#14181d",
                foreground="#d3d8de",
                panel="#1c2128",
                hue="#6fc3c4",
                quiet="#868f9a",
                open="#8fcf8b",
                soon="#e0b565",
                overdue="#ee8079",
                link="#8fb4e8",
                line="#303841",
                cursor="#27404a",
            ),
        ),
        (
            "Light",
            _theme(
                "cartwatch-light",
                dark=False,
                background="#fbfaf7",
                foreground="#23282e",
                panel="#f0eee8",
                hue="#0b6e74",
                quiet="#5f666f",
                open="#1f7a35",
                soon="#8d5a00",
                overdue="#b3261e",
                link="#1f5fae",
                line="#d8d4c9",
                cursor="#cfe6e4",
            ),
        ),
        (
            "High contrast",
            _theme(
                "high-contrast",
                dark=True,
                background="#000000",
                foreground="#ffffff",
                panel="#1a1a1a",
                hue="#00e5ff",
                quiet="#c8c8c8",
                open="#5cff5c",
                soon="#ffe14d",
                overdue="#ff8a8a",
                link="#9cc9ff",
                line="#8a8a8a",
                cursor="#004a66",
            ),
        ),
        (
            "Colour-blind safe",  # the palette of Okabe and Ito: blue, orange and yellow stay apart for every common kind
            _theme(
                "colour-blind-safe",
                dark=True,
                background="#14171c",
                foreground="#dcdfe4",
                panel="#1d2127",
                hue="#56b4e9",
                quiet="#8d949e",
                open="#56b4e9",
                soon="#f0e442",
                overdue="#e69f00",
                link="#9ec9ee",
                line="#333a44",
                cursor="#173c55",
            ),
        ),
        (
            "The terminal's own colours",
            Theme(
                name=MONOCHROME,
                ansi=True,
                primary="ansi_cyan",
                secondary="ansi_blue",
                accent="ansi_cyan",
                warning="ansi_yellow",
                error="ansi_red",
                success="ansi_green",
                foreground="ansi_default",
                background="ansi_default",
                surface="ansi_default",
                panel="ansi_default",
                boost="ansi_default",
                variables={
                    **BUILTIN_THEMES["ansi-dark"].variables,
                    **_ANSI,
                    "hue": "ansi_cyan",
                    "open": "ansi_green",
                    "soon": "ansi_yellow",
                    "overdue": "ansi_red",
                    "link": "ansi_blue",
                    "line": "ansi_bright_black",
                    "scrollbar": "ansi_bright_black",
                    "scrollbar-background": "ansi_default",
                    "scrollbar-background-hover": "ansi_default",
                    "scrollbar-background-active": "ansi_default",
                },
            ),
        ),
    )
}


def variable_defaults() -> dict[str, str]:
    """Return the app's colour variables, for themes that do not define them."""
    return dict(THEMES[DEFAULT][1].variables)
