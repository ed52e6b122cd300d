"""Terminal app: the first screen for the state of the file, the themes, and the commands that work everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual._styles_cache import StylesCache  # no public way to the cache of colours it keeps
from textual.binding import Binding
from textual.events import Key, MouseUp

from cartwatch.app.appearance import Appearance
from cartwatch.app.chords import Chords
from cartwatch.app.commands import COMMANDS, GROUPS, bindings, command, shown_keys
from cartwatch.app.display import Display
from cartwatch.app.screens.main import MainScreen
from cartwatch.app.settings import Settings, Terminal
from cartwatch.app.theme import THEMES, variable_defaults
from cartwatch.app.widgets.drawn import RunNote
from cartwatch.domain.text import JOINER

from .failsafe import Failsafe
from .file_guard import FileGuard
from .key_queue import KeyQueue
from .output_filter import AsciiSigns, Guard
from .screens.dialog import Begin, PastedText

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from textual.await_complete import AwaitComplete
    from textual.driver import Driver
    from textual.events import Event
    from textual.filter import LineFilter
    from textual.notifications import SeverityLevel
    from textual.screen import Screen

    from cartwatch.app.commands import Command
    from cartwatch.app.screens.recovery import Recover
    from cartwatch.session.session import Session
    from cartwatch.storage.places import Places

    from .terminal_driver import BackgroundSeen

__all__ = ["CartwatchApp"]


class _Typed(str):
    """A character that is text although Python does not call it printable: the joiner within an emoji."""

    __slots__ = ()

    def isprintable(self) -> bool:
        return True


_PASSING = "passing"  # the id of the line for what is told


class CartwatchApp(FileGuard, Failsafe, inherit_bindings=False):
    """The Textual app.

    `session` is open already; `clock` returns the viewer's local time; `settings` are the user's, in the file that `places`
    names; `keymap` replaces their keys, `ascii_only` and `no_color` what is known of the `terminal`; `sample` opens a session
    on the sample, for the welcome; `ready` is called once the first screen is shown.
    """

    ENABLE_COMMAND_PALETTE = False
    # Each class of the screen names the arrangement in main.tcss; Textual declares the lists so.
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (30, "-narrow"), (60, "-stacked"), (100, "-wide"), (240, "-broad")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (8, "-high"), (36, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar = [*bindings("everywhere"), Binding("ctrl+c", "hint_quit", show=False)]
    CSS_PATH = "screens/main.tcss"  # here, not at its screen: a screen's own file has Textual parse all CSS again
    TITLE = "cartwatch"

    def __init__(
        self,
        session: Session,
        clock: Callable[[], datetime],
        display: Display | None = None,
        *,
        settings: Settings | None = None,
        terminal: Terminal | None = None,
        places: Places | None = None,
        keymap: Mapping[str, tuple[str, ...]] | None = None,
        no_color: bool = False,
        ascii_only: bool = False,
        sample: Callable[[], Session] | None = None,
        ready: Callable[[], None] | None = None,
    ) -> None:
        no_color = no_color or (terminal is not None and terminal.no_colours)
        super().__init__(ansi_color=True if no_color else None)
        self.session = session
        self.display_state = display or Display()
        self.keymap = dict(keymap or {})
        self.ascii_only = ascii_only
        self.monochrome = no_color
        self._clock = clock
        self._guard = Guard()
        self._signs = AsciiSigns()
        self._key_queue = KeyQueue(self)
        self.told: list[tuple[str, str]] = []
        self._sample = sample
        self._begun = (session, self.display_state)
        self._when_ready = ready
        for _, each in THEMES.values():
            self.register_theme(each)
        self.chords = Chords(self)
        terminal = terminal or Terminal(no_colours=no_color, ascii_only=ascii_only)
        self.appearance = Appearance(self, self.chords, settings or Settings(keymap=self.keymap), terminal, places)
        self.appearance.apply(self.appearance.settings)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, with the control character filter last."""
        signs = [self._signs] if self.ascii_only else []
        return [*super().get_line_filters(), *signs, self._guard]

    def get_driver_class(self) -> type[Driver]:
        """Return Textual's driver class, with the input filter where the driver reads a terminal."""
        chosen = super().get_driver_class()
        if chosen.__module__ != "textual.drivers.linux_driver":
            return chosen
        from .terminal_driver import TerminalDriver

        return TerminalDriver

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults()

    async def on_mount(self) -> None:
        await self.push_screen(self._screen())

    def on_ready(self) -> None:
        if self._when_ready is not None:
            self._when_ready()

    async def on_event(self, event: Event) -> None:
        """Handle keys that arrive in one piece one after the other."""
        if not isinstance(event, Key) or event.is_forwarded:
            await super().on_event(event)
            if isinstance(event, MouseUp):
                self._heard()
        elif self._key_queue.admit(event):
            self._heard()
            if event.character == JOINER:
                event.character = _Typed(JOINER)
            if (whole := self.chords.take(event)) is not None:
                await super().on_event(whole)
            self._key_queue.follow(self.focused or self.screen)

    # ---- what is told in passing

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Tell something in a line of its own, on the screen that is on top by then, until the next key."""
        run = (message, "" if severity == "information" else "soon")
        if run not in self.told:
            self.told.append(run)
            self.call_later(self._tell)

    async def _tell(self) -> None:
        """Show what is told above the lines at the bottom of the main screen, below a dialog."""
        if not self.told:
            return
        screen = self.screen
        found = screen.query(RunNote).filter(f"#{_PASSING}")
        note = found.first() if found else RunNote(id=_PASSING)
        if not found:
            await screen.mount(note, after="#body" if isinstance(screen, MainScreen) else None)
        note.show(*[run for each in self.told for run in ((" · ", "quiet"), each)][1:])
        note.display = True

    def _heard(self) -> None:
        """A key was pressed: what was told is gone."""
        if self.told:
            self.told.clear()
            for screen in self.screen_stack:
                for each in screen.query(f"#{_PASSING}"):
                    each.display = False

    def pop_screen(self) -> AwaitComplete:
        """Close a dialog and drop the cached colours, which would keep its drawn lines in memory for 1,024 more widgets."""
        StylesCache.get_inner_outer.cache_clear()
        return super().pop_screen()

    # ---- the screen for the state of the file

    def _screen(self) -> Screen[None]:
        return self.recovery() or self.first_screen()

    def on_reload(self) -> None:
        """Read the file again and show it."""
        from cartwatch.document.edits import EditError
        from cartwatch.storage.errors import StorageError

        self.session.today = self._clock().date()
        shown = self.screen
        try:
            opened = self.session.reload()
        except (StorageError, EditError) as wrong:
            self.say(str(wrong), warning=True)
            return
        if isinstance(shown, MainScreen) and opened.state in ("ok", "newer"):
            shown.take_watchlist()
            shown.look_again()
            count = len(self.session.watchlist)
            self.say(f"Reloaded: {count} program{'' if count == 1 else 's'}")
        else:
            self.switch_screen(self._screen())

    def on_background_seen(self, event: BackgroundSeen) -> None:
        """Follow the terminal's own light or dark."""
        self.appearance.see(event.dark)

    def on_begin(self, event: Begin) -> None:
        """Carry out the choice made on the welcome screen."""
        if event.choice == "sample" and self._sample is not None:
            self.session = self._sample()
            self.display_state = Display()
        if event.choice == "tour":
            self._tour()
            return
        if event.choice == "welcome":
            self.session, self.display_state = self._begun
            self.switch_screen(self.first_screen())
            return
        main = self.main_screen()
        self.switch_screen(main)
        if event.choice == "add":
            main.call_after_refresh(main.action_command, "add_program")
        elif event.choice == "import":
            main.call_after_refresh(main.action_command, "import")

    def _tour(self) -> None:
        """Go on the tour, with a list of its own; the welcome comes back after it."""
        from cartwatch.app.screens.tour import TourScreen

        self._begun = (self.session, self.display_state)
        screen = TourScreen(self._clock, ascii_only=self.ascii_only)
        self.arranged(screen)
        self.session, self.display_state = screen.session, screen.display_state
        self.switch_screen(screen)

    def on_pasted_text(self, event: PastedText) -> None:
        """Keep a text that was pasted where it can't be read now."""
        main = next(self.lists(), None)
        if sum(bool(each.strip()) for each in event.text.splitlines()) < 2:
            return
        if main is None:
            self.notify("A pasted text can be read once there is a list: begin one, then paste it again", markup=False)
        elif main.why_not(command("import")) is None:
            main.releases.keep(event.text)
            main.say(f"The pasted text is kept: {main.key_of('import')} offers it in the list")

    # ---- commands

    def _choices(self, commands: Sequence[Command]) -> list[tuple[Command, str]]:
        """Return commands as choices, unavailable ones with the reason."""
        screen = self.screen
        out = []
        for each in commands:
            if isinstance(screen, MainScreen):
                out.append((each, screen.why_not(each) or ""))
            elif {"everywhere", "states"} & set(each.where):
                out.append((each, ""))
        return out

    async def _pick(
        self, title: str, commands: Sequence[Command], *, grouped: bool, first: Sequence[tuple[str, str, bool]] = ()
    ) -> None:
        """Open a picker of commands, below the meanings that come `first`, which lead to the reference cards."""
        from cartwatch.app.screens.picker import Choice, Picker

        cards = command("reference")
        keys = " ".join(shown_keys(cards, self.keymap, ascii_only=self.ascii_only))
        choices = [
            Choice(cards.id if risk else "", name, said, keys if risk else "", "Here", told=True) for name, said, risk in first
        ]
        choices += [
            Choice(
                each.id,
                each.title,
                each.help,
                " ".join(shown_keys(each, self.keymap, ascii_only=self.ascii_only)),
                each.group,
                why if not grouped else "",
            )
            for each, why in self._choices(commands)
        ]

        async def chosen(id: str | None) -> None:
            if id:
                await self._run(command(id))

        await self.push_screen(Picker(title, choices, grouped=grouped, hint="type to search", wide=True), chosen)

    async def _run(self, command: Command) -> None:
        screen = self.screen
        if isinstance(screen, MainScreen):
            await screen.run_command(command)
        elif "states" in command.where:
            await screen.run_action(command.bound)
        elif "everywhere" in command.where:
            await self.run_action(command.action)

    async def on_recover(self, event: Recover) -> None:
        from .restore import recover

        await recover(self, event.choice)

    async def action_quit(self) -> None:
        """Quit; ask first if something is not saved."""
        for screen in self.lists():
            screen.commit.settle()
        if self.session.pending and not self.session.collect():
            self.leaving = True
            self.say("The disk is slow: the app ends when the last change is saved")
            return
        if self.session.unsaved is None or self.session.save():
            self.exit(0)
            return
        if self.session.pending:
            self.leaving = True
            return
        from .restore import ask_to_leave

        await ask_to_leave(self)

    async def action_backups(self) -> None:
        from .restore import pick_backup

        await pick_backup(self)

    async def action_save_copy(self) -> None:
        from .restore import save_copy

        await save_copy(self)

    def action_merge_copies(self) -> None:
        from .restore import merge_copy

        merge_copy(self)
        self.tell_state()

    async def action_palette(self) -> None:
        await self._pick("Commands", [each for each in COMMANDS if each.palette], grouped=False)

    async def action_help(self) -> None:
        by_group = sorted((each for each in COMMANDS if each.keys), key=lambda each: GROUPS.index(each.group))
        screen, first = self.screen, []
        if isinstance(screen, MainScreen) and screen.program is not None:
            from cartwatch.app.meanings import RISKS, meanings

            first = [(*each, each[0] in RISKS) for each in dict.fromkeys(meanings(screen.pane, screen.here))]
        await self._pick("Help", by_group, grouped=True, first=first)

    def action_signs(self) -> None:
        """Switch between ASCII and Unicode signs, which is a setting."""
        if (told := self.appearance.change([("glyphs", "unicode" if self.ascii_only else "ascii")])) is not None:
            self.say(told, warning=True)

    async def action_settings(self) -> None:
        from cartwatch.app.screens.settings import SettingsScreen

        self.appearance.reread()
        await self.push_screen(SettingsScreen(self.appearance))

    async def action_choose_theme(self) -> None:
        from cartwatch.app.screens.picker import Choice, Picker

        if self.monochrome:
            self.say("NO_COLOR is set: no colours")
            return
        own = [(each.name, each.title) for each in self.appearance.settings.palettes if each.name not in THEMES]
        shipped = [(name, title) for name, (title, _) in THEMES.items()]
        choices = [Choice(*each) for each in (("auto", "As the terminal: light or dark"), *shipped, *own)]

        def chosen(name: str | None) -> None:
            if name is not None and (wrong := self.appearance.change([("theme", name)])) is not None:
                self.say(wrong, warning=True)

        current = self.appearance.settings.theme or "auto"
        await self.push_screen(Picker("Theme", choices, current=current, hint="type to search"), chosen)

    def action_hint_quit(self) -> None:
        """Show how to quit: Ctrl-C is pressed by reflex and for copying, so it does not quit."""
        self.say(f"Press {self.key_of('quit')} to quit")
