"""The user's settings file, which the app only ever reads, and what the app itself kept of the last run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cartwatch.app.display import Display
from cartwatch.app.keymap import read_keymap
from cartwatch.app.theme import DEFAULT, THEMES
from cartwatch.domain.vocabulary import nearest
from cartwatch.storage.own_files import read_own
from cartwatch.storage.state import load_state

if TYPE_CHECKING:
    from cartwatch.storage.places import Places

__all__ = ["Arrangement", "Settings", "arrangement", "read_settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings say; `problems` are whole lines. What is wrong is left as it is without settings."""

    theme: str | None = None
    keymap: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_settings(path: str) -> Settings:
    """Read `theme = "…"` and `[keys]` of a settings file; a missing file is no problem."""
    data, note = read_own(path, aside=False)
    if note is not None:
        return Settings(problems=(note,))
    problems: list[str] = []
    theme = data.get("theme")
    if theme is not None and (not isinstance(theme, str) or theme not in THEMES):
        close = nearest(theme, list(THEMES)) if isinstance(theme, str) else None
        problems.append(f"theme: choose from {', '.join(THEMES)}" + (f': did you mean "{close}"?' if close else ""))
        theme = None
    keys = data.get("keys", {})
    keymap: dict[str, tuple[str, ...]] = {}
    if isinstance(keys, dict):
        keymap, wrong_keys = read_keymap(keys)
        problems += wrong_keys
    else:
        problems.append("keys: expected a table: write [keys]")
    return Settings(theme, keymap, tuple(f"{path}: {each}" for each in problems))


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the app starts: the settings, and the theme and display of the last run. `damage` names a damaged state file."""

    settings: Settings
    theme: str
    display: Display
    damage: str | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """All that is to be told once the app stands, in whole lines."""
        return (*self.settings.problems, *filter(None, [self.damage]))


def arrangement(where: Places) -> Arrangement:
    """Read the settings and the interface state, whatever these hold."""
    settings = read_settings(where.config)
    state, damage = load_state(where.state)
    theme, lists = state.get("theme"), state.get("watchlist")
    kept = lists.get(where.key) if isinstance(lists, dict) else None
    chosen = theme if isinstance(theme, str) else settings.theme or DEFAULT
    return Arrangement(settings, chosen, Display.of(kept if isinstance(kept, dict) else {}), damage)
