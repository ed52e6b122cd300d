"""The main screen: the table of programs, the detail of the one under the cursor, and the lines above and below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.widgets import Input

from cartwatch.app.commands import COMMANDS, bindings
from cartwatch.app.controllers.registry import Refreshing
from cartwatch.app.messages import Reload, Signs
from cartwatch.app.rows import Standing
from cartwatch.app.screens.headline import headline, nearest_runs
from cartwatch.app.ticking import Ticking
from cartwatch.app.widgets.detail import Detail, PaneLines
from cartwatch.app.widgets.drawn import RunLine
from cartwatch.app.widgets.keybar import KeyBar
from cartwatch.app.widgets.panestrip import PaneStrip
from cartwatch.app.widgets.programs import ProgramTable
from cartwatch.app.widgets.titlebar import TitleBar
from cartwatch.domain.agenda import items, next_tick
from cartwatch.views.look import Look
from cartwatch.views.panes import PANES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from textual.app import ComposeResult

    from cartwatch.app.commands import Command
    from cartwatch.app.display import Display
    from cartwatch.domain.agenda import Item
    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session

__all__ = ["MainScreen"]


class MainScreen(Refreshing, inherit_bindings=False):
    """Everything that is followed, at a glance and in detail."""

    CSS_PATH: ClassVar = "main.tcss"
    BINDINGS: ClassVar = bindings("main")
    AUTO_FOCUS = "#programs"

    def __init__(self, session: Session, clock: Callable[[], datetime], display: Display, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.session = session
        self.display_state = display
        self.look = Look(clock(), ascii_only, display.marked, session.places.sightings if session.places is not None else "")
        self._clock = clock
        self.standing = Standing()
        self._following = False
        self.programs = ProgramTable(lambda key: self.session.watchlist.get(key), lambda: self.look, id="programs")
        self.detail = Detail(id="detail")
        self._ticking = Ticking(self, clock, lambda: self.look.now, self._next_change, self.tick)

    def compose(self) -> ComposeResult:
        yield TitleBar(id="title")
        with Container(id="body"):
            yield self.programs
            yield self.detail
        yield KeyBar(id="keys")
        yield RunLine(("Too small: 30 × 8 cells are needed.", ""), id="too-small")

    def on_mount(self) -> None:
        self.programs.ascii_only = self.look.ascii
        self.programs.sorted_by = self.display_state.sort
        self.programs.show_columns(self.display_state.columns)
        self.read_filter(self.display_state.query)
        self.take_watchlist(keep=self.display_state.program)
        self.call_later(self.offer_drafts)

    # ---- what is shown

    @property
    def program(self) -> Program | None:
        """The program under the cursor."""
        key = self.programs.cursor_key
        return self.session.watchlist.get(key) if key is not None else None

    def take_watchlist(self, *, keep: str | None = None) -> None:
        """Show the session's watchlist, which is another one than before."""
        self.standing.take(self.session.watchlist, self.look.now)
        self.show_rows(keep=keep)

    def show_rows(self, *, keep: str | None = None) -> None:
        """Filter and sort anew, and show what that gives; the cursor stays on its program."""
        keys = self.wanted_keys()
        self.programs.empty = self.empty_words()
        self.programs.show_programs(keys, keep=keep or self.programs.cursor_key, matched=self._filter)
        self.show_detail()
        self.show_lines()
        self._ticking.arm()

    def show_detail(self) -> None:
        """Show the program under the cursor in the pane that is chosen."""
        self.detail.show(self.program, self.look, self.display_state.pane)

    def show_lines(self) -> None:
        """Bring the lines above and below up to date."""
        left = headline(self.session, self.display_state, len(self.programs.keys), self.look)
        self.query_one(TitleBar).show(*self.with_status(left, nearest_runs(self.standing.nearest, self.look)))
        self.query_one(KeyBar).show(list(self.offered()), self.keymap, ascii_only=self.look.ascii)

    def look_again(self) -> None:
        """Draw everything anew: marks or signs have changed."""
        self.look = replace(self.look, marked=self.display_state.marked)
        self.programs.invalidate()
        self.show_detail()
        self.show_lines()

    def offered(self) -> Iterator[Command]:
        """The commands that do something where the focus is, in the order of their table."""
        focused = self.focused
        contexts = ["main", "everywhere"]
        if isinstance(focused, ProgramTable):
            contexts.insert(0, "table")
        elif isinstance(focused, PaneLines):
            contexts.insert(0, "detail")
        elif focused is not None:
            contexts = ["line"] if self.edit_line.typing else ["filter"]
        for each in COMMANDS:
            if any(context in each.where for context in contexts) and self.why_not(each) is None:
                yield self.worded(each)

    # ---- the clock

    def _visible(self) -> Iterator[Item]:
        """What is on screen and counts down, as far as it can tick by the second or change at midnight."""
        program = self.program
        if program is not None:
            yield from items(program, self.look.now)
        if self.standing.nearest is not None:
            yield self.standing.nearest
        if self.standing.instants:
            for key in self.programs.visible_keys:
                each = self.session.watchlist.get(key) if key in self.standing.instants else None
                if each is not None:
                    yield from items(each, self.look.now)[:1]

    def _next_change(self, now: datetime) -> datetime | None:
        return next_tick(self._visible(), now)

    def tick(self, now: datetime) -> None:
        """Show what the clock alone has changed; nothing is drawn where nothing has."""
        days = {self.look.today, self.session.today}
        self.look = replace(self.look, now=now, marked=self.display_state.marked)
        if days != {now.date()}:
            self.session.on_day(now.date())
            self.take_watchlist()
            self.programs.invalidate()
            return
        self.standing.tick(now)
        self.programs.tick()
        self.detail.tick(self.look)
        self.show_lines()

    # ---- what the widgets say

    def on_watch_table_highlighted(self, event: ProgramTable.Highlighted) -> None:
        self.display_state.program = event.key
        if not self.programs.has_focus:
            self._follow()
        elif not self._following:
            # The cursor is drawn first, in the frame of its two lines alone; a key held down draws no detail in between.
            self._following = True
            self.call_after_refresh(self._follow)

    def _follow(self) -> None:
        """Show the program that the cursor has come to."""
        self._following = False
        self.show_detail()
        self.show_lines()
        if self.standing.instants:
            self._ticking.arm()

    def on_program_table_scrolled(self) -> None:
        if self.standing.instants:
            self.programs.tick()
            self._ticking.arm()

    def on_watch_table_activated(self) -> None:
        self.set_focus(self.detail.lines)

    def on_watch_table_header_clicked(self, event: ProgramTable.HeaderClicked) -> None:
        self.sort_by(event.key, also_by=event.shift)

    def on_pane_strip_chosen(self, event: PaneStrip.Chosen) -> None:
        self.action_pane(event.index + 1)

    def on_line_list_highlighted(self) -> None:
        self.show_lines()

    async def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        await self.run_command(event.command)

    def on_descendant_focus(self) -> None:
        if self._following and not self.programs.has_focus:
            self._follow()  # what a key does in the detail it does to the program under the cursor
        if not isinstance(self.focused, Input):  # the line at the bottom leaves things as they are
            self.set_class(isinstance(self.focused, PaneLines), "-opened")  # where there is room for one side only
        self.show_lines()

    # ---- moving about

    def action_program(self, rows: int) -> None:
        self.programs.action_cursor(rows)

    def action_pane(self, number: int) -> None:
        """Show the pane with this number, 1 the first."""
        self.display_state.pane = PANES[number - 1][0]
        self.show_detail()
        self.show_lines()

    def action_pane_by(self, panes: int) -> None:
        keys = [key for key, _ in PANES]
        self.action_pane((keys.index(self.display_state.pane) + panes) % len(keys) + 1)

    def action_other_side(self) -> None:
        self.set_focus(self.detail.lines if isinstance(self.focused, ProgramTable) else self.programs)

    def action_back(self) -> None:
        """One level back: from the detail to the table, then out of the filter."""
        if not isinstance(self.focused, ProgramTable):
            self.action_other_side()
        elif self.display_state.query:
            self.set_query("")

    def action_reload(self) -> None:
        self.post_message(Reload())

    def action_glyphs(self) -> None:
        self.look = replace(self.look, ascii=not self.look.ascii, marked=self.display_state.marked)
        self.programs.ascii_only = self.look.ascii
        self.post_message(Signs(self.look.ascii))
        self.look_again()
