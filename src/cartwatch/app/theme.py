"""Themes, and the style of each role of the views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from .palettes import PALETTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .palettes import Palette

__all__ = [
    "DEFAULT",
    "LIGHT",
    "MATCH",
    "MONOCHROME",
    "ROLES",
    "STATES",
    "THEMES",
    "role_style",
    "theme_of",
    "variable_defaults",
]

DEFAULT, LIGHT = "cartwatch-dark", "cartwatch-light"
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


_COLOURS = ("hue", "quiet", "open", "soon", "overdue", "link", "line", "cursor", "heading")


def theme_of(palette: Palette) -> Theme:
    """Build the theme of a palette: one background, one accent (`hue`), three meanings."""
    colour = palette.__getitem__
    ground = colour("background")
    return Theme(
        name=palette.name,
        dark=palette.dark,
        primary=colour("hue"),
        secondary=colour("link"),
        accent=colour("hue"),
        warning=colour("soon"),
        error=colour("overdue"),
        success=colour("open"),
        background=ground,
        surface=ground,
        panel=colour("panel"),
        foreground=colour("foreground"),
        variables={
            **{name: colour(name) for name in _COLOURS},
            "hover": colour("panel"),
            "text-primary": colour("hue"),
            "text-secondary": colour("link"),
            "text-accent": colour("hue"),
            "text-success": colour("open"),
            "text-warning": colour("soon"),
            "text-error": colour("overdue"),
            "input-cursor-background": colour("foreground"),
            "input-cursor-foreground": ground,
            "input-selection-background": colour("cursor"),
            "scrollbar": colour("line"),
            "scrollbar-hover": colour("quiet"),
            "scrollbar-active": colour("hue"),
            "scrollbar-background": ground,
            "scrollbar-background-hover": ground,
            "scrollbar-background-active": ground,
            "scrollbar-corner-color": ground,
        },
    )


_ANSI = dict.fromkeys(("quiet", "heading", "line", "cursor", "hover"), "ansi_default")

THEMES: dict[str, tuple[str, Theme]] = {
    theme.name: (title, theme)
    for title, theme in (
        *((each.title, theme_of(each)) for each in PALETTES),
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
