"""Settings of the app: the settings file, with keys and themes checked, and the state kept from the last run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cartwatch.app.display import Display
from cartwatch.app.keymap import Keymap, read_keymap
from cartwatch.app.palettes import PALETTES, Palette, palettes_of
from cartwatch.storage.config import read_config
from cartwatch.storage.own_files import load_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.storage.config import Config
    from cartwatch.storage.places import Places

__all__ = ["Arrangement", "Settings", "Terminal", "arrangement", "has_no_colours", "read_settings", "settings_of", "told"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's settings; `problems` are whole lines. An invalid setting has its default; `theme` None is not set."""

    theme: str | None = None
    palettes: tuple[Palette, ...] = PALETTES
    keymap: Keymap = field(default_factory=dict)
    glyphs: str = "auto"
    reduced_motion: bool = False
    mouse: bool = True
    problems: tuple[str, ...] = ()


def read_settings(path: str) -> Settings:
    """Read and check a settings file; a missing file is no problem."""
    return settings_of(read_config(path))


def settings_of(config: Config) -> Settings:
    """Check the keys, themes and views of a settings file, beside what is checked already."""
    keymap, wrong = read_keymap(config.table("keys"), config.value("keys.preset"))
    for id, message in wrong:
        config.report(("keys", id), message, key="there is no" in message)
    palettes = palettes_of(config)
    if config.table("views"):
        from cartwatch.views.saved_views import saved_views

        saved_views(config)
    return Settings(
        config.given("theme"),
        palettes,
        keymap,
        config.value("glyphs"),
        config.value("reduced_motion"),
        config.value("mouse"),
        tuple(config.problems),
    )


@dataclass(frozen=True, slots=True)
class Terminal:
    """What is known of the terminal before it is asked: a dark background, sixteen colours or none, ASCII signs only."""

    dark: bool = True
    few_colours: bool = False
    no_colours: bool = False
    ascii_only: bool = False


_SIXTEEN = ("linux", "ansi", "cygwin", "xterm-16color")
_NO_COLOURS = ("dumb", "-m", "-mono")


def has_no_colours(env: Mapping[str, str]) -> bool:
    """Whether no colour is to be sent: $NO_COLOR, or a terminal that has none, as a vt100."""
    kind = env.get("TERM", "")
    return bool(env.get("NO_COLOR")) or kind.startswith("vt") or kind.endswith(_NO_COLOURS)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Start state of the app: settings, terminal, and display of the last run. `damage` names a damaged state file."""

    settings: Settings
    terminal: Terminal
    display: Display
    damage: str | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the lines to tell at the start."""
        return tuple(filter(None, [told(self.settings.problems), self.damage]))


def told(problems: tuple[str, ...]) -> str:
    """Put the problems of the settings into one line."""
    more = f" (and {len(problems) - 1} more: the settings list them)" if len(problems) > 1 else ""
    return f"{problems[0]}{more}" if problems else ""


def arrangement(where: Places, *, has_unicode: bool = True) -> Arrangement:
    """Read the settings and the interface state; no content raises. `has_unicode` says what the locale's encoding has."""
    from .background import from_environment

    settings = read_settings(where.config)
    state, damage = load_state(where.state)
    lists = state.get("watchlist")
    kept = lists.get(where.key) if isinstance(lists, dict) else None
    known = state.get("background")
    guess = from_environment(where.env)
    dark = guess if guess is not None else known != "light"
    kind = where.env.get("TERM", "")
    poor = not has_unicode or kind == "linux" or kind.startswith("vt")  # the fonts of a console lack most signs
    terminal = Terminal(dark, kind in _SIXTEEN, has_no_colours(where.env), poor)
    return Arrangement(settings, terminal, Display.of(kept if isinstance(kept, dict) else {}), damage)
