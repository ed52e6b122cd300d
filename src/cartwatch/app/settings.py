"""The user's settings file: keys and theme, each problem in a line; the app only ever reads it."""

from __future__ import annotations

from dataclasses import dataclass, field

import tomli

from cartwatch.app.keymap import read_keymap
from cartwatch.app.theme import THEMES
from cartwatch.domain.vocabulary import nearest
from cartwatch.storage.errors import StorageError
from cartwatch.storage.reading import read_file

__all__ = ["Settings", "read_settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings say; `problems` are whole lines. What is wrong is left as it is without settings."""

    theme: str | None = None
    keymap: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_settings(path: str) -> Settings:
    """Read `theme = "…"` and `[keys]` of a settings file; a missing file is no problem."""
    try:
        data = tomli.loads(read_file(path).data.decode("utf-8-sig"))
    except FileNotFoundError:
        return Settings()
    except StorageError as wrong:
        return Settings(problems=(str(wrong),))
    except ValueError as wrong:  # no TOML, or no UTF-8
        return Settings(problems=(f"{path}: {wrong}",))
    problems: list[str] = []
    theme = data.get("theme")
    if theme is not None and theme not in THEMES:
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
