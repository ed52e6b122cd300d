"""Appearance: applies the settings to the running app, at the start and live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.storage.config import Config, changed, config_of, read_config, write_config
from cartwatch.storage.errors import NotSaved, StorageError

from .commands import textual_keys
from .settings import settings_of, told
from .theme import DEFAULT, LIGHT, MONOCHROME, THEMES, theme_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.storage.places import Places

    from .chords import Chords
    from .file_guard import FileGuard
    from .settings import Settings, Terminal

__all__ = ["Appearance"]


class Appearance:
    """What the settings make of the app: theme, signs, motion and keys.

    `terminal` is what is known of the terminal; `places` names the settings file, None where there is none to write to.
    """

    def __init__(self, app: FileGuard, chords: Chords, settings: Settings, terminal: Terminal, places: Places | None) -> None:
        self._app = app
        self._chords = chords
        self.settings = settings
        self.dark = terminal.dark
        self._terminal = terminal
        self._places = places
        self._unwritten: Config | None = None

    @property
    def config(self) -> Config:
        """What the settings file holds now, or what was changed in this run and could not be written."""
        if self._unwritten is not None:
            return self._unwritten
        return read_config(self._places.config) if self._places is not None else Config("settings")

    def apply(self, settings: Settings) -> None:
        """Apply settings; what is on the screen is drawn anew by the caller."""
        app, self.settings = self._app, settings
        for each in settings.palettes:
            if each.name not in THEMES:
                app.register_theme(theme_of(each))
        app.keymap = dict(settings.keymap)
        self._chords.watch(app.keymap)
        app.set_keymap({id: textual_keys(keys) or f"no-key-of-{id}" for id, keys in app.keymap.items()})
        app.animation_level = "none" if settings.reduced_motion else "full"
        app.ascii_only = self._terminal.ascii_only if settings.glyphs == "auto" else settings.glyphs == "ascii"
        self.paint()

    def paint(self) -> None:
        """Choose the theme that the settings and the terminal ask for."""
        app = self._app
        wanted = self.settings.theme or "auto"
        if self._terminal.no_colours:
            wanted = MONOCHROME
        elif wanted == "auto":
            wanted = MONOCHROME if self._terminal.few_colours else DEFAULT if self.dark else LIGHT
        if app.theme != wanted:
            app.theme = wanted if wanted in app.available_themes else DEFAULT

    def reread(self) -> None:
        """Apply what was changed in the file by hand meanwhile."""
        found = settings_of(self.config) if self._places is not None else self.settings
        if found != self.settings:
            self.apply(found)
            self.draw_anew()

    def draw_anew(self) -> None:
        """Draw everything after the signs, the keys or the colours changed."""
        for screen in self._app.lists():
            screen.show_signs(ascii_only=self._app.ascii_only)
            screen.look_again()
        self._app.refresh_css(animate=False)

    def see(self, dark: bool) -> None:
        """Take what the terminal says of its background."""
        self.dark = dark
        self.paint()

    def change(self, changes: Sequence[tuple[str, Any]]) -> str | None:
        """Write settings to the file, None to remove one, and apply what it then holds; return what there is to tell.

        What can't be written is applied all the same, for this run.
        """
        notes: tuple[str, ...] = ()
        wrong = None
        try:
            if self._places is None:
                raise NotSaved("There is no settings file here")
            notes = write_config(self._places, changes)
            self._unwritten = None
        except StorageError as error:
            wrong = f"{error}; it holds until you quit"
            before = self.config
            if before.unreadable:
                return str(error)
            self._unwritten = config_of(before.path, changed(before, changes)[0])
        self.apply(settings_of(self.config))
        self.draw_anew()
        return wrong or told(self.settings.problems) or "; ".join(notes) or None
