"""Main screen: the table of programs, the detail of the program under the cursor, title and footer."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cached_property
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual.actions import parse
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Input

from cartwatch.app.commands import COMMANDS, bindings, command, key_of
from cartwatch.app.controllers.commit import Commit
from cartwatch.app.controllers.find import Find
from cartwatch.app.controllers.history import History
from cartwatch.app.controllers.links import Links
from cartwatch.app.controllers.pictures import Pictures
from cartwatch.app.controllers.registry import Registry
from cartwatch.app.editing.targets import lists_of_pane, pane_of
from cartwatch.app.needs import only_here, why_not
from cartwatch.app.rows import RowOrder
from cartwatch.app.ticking import Ticking
from cartwatch.app.widgets.bars import KeyBar, TitleBar, headline, nearest_runs
from cartwatch.app.widgets.detail import Detail, PaneLines, PaneStrip
from cartwatch.app.widgets.drawn import RunLine
from cartwatch.app.widgets.programs import ProgramTable
from cartwatch.domain.agenda import items, next_tick
from cartwatch.domain.record_lists import lists
from cartwatch.domain.text import clean
from cartwatch.views.look import Look
from cartwatch.views.panes import PANES

from .dialog import Reload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from textual import events
    from textual.app import ComposeResult
    from textual.widget import Widget

    from cartwatch.app.commands import Command
    from cartwatch.app.controllers.compare import Compare
    from cartwatch.app.controllers.edit import Editor
    from cartwatch.app.controllers.exchange import Exchange
    from cartwatch.app.controllers.releases import Releases
    from cartwatch.app.controllers.saved_views import SavedViews
    from cartwatch.app.display import Display
    from cartwatch.app.editing.drafts import Shelf
    from cartwatch.app.widgets.filterline import FilterLine
    from cartwatch.domain.agenda import Item
    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session
    from cartwatch.views.lines import Line

__all__ = ["MainScreen"]


_Result = TypeVar("_Result")
_FEWEST_ROWS = 6  # that the table has room for; above that, no more than there are programs


class MainScreen(Screen[None], inherit_bindings=False):
    """Composes the table, the detail and their controllers, and hands commands to the controllers.

    It implements `controllers.host.Host`, the interface through which the controllers use it.
    """

    CSS_PATH: ClassVar = "main.tcss"
    BINDINGS: ClassVar = bindings("main")
    AUTO_FOCUS = "#programs"

    def __init__(self, session: Session, clock: Callable[[], datetime], display: Display, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.session = session
        self.display_state = display
        self.look = Look(clock(), ascii_only, display.marked, session.places.sightings if session.places is not None else "")
        self._clock = clock
        self.row_order = RowOrder()
        self._following = False
        self.programs = ProgramTable(lambda key: self.session.watchlist.get(key), lambda: self.look, id="programs")
        self.detail = Detail(id="detail")
        self._ticking = Ticking(self, clock, lambda: self.look.now, self._next_change, self.tick)
        self.find = Find(self, self.programs, self.row_order)
        self.commit = Commit(self)
        self.history = History(self)
        self.look = replace(self.look, told=self.history.of)
        self.links = Links(self)
        self.pictures = Pictures(self)
        self.registry = Registry(self, self.commit)

    # Loaded on first use: the table does not need them.

    @cached_property
    def edit(self) -> Editor:
        from cartwatch.app.controllers.edit import Editor

        return Editor(self, self.commit, self.shelf)

    @cached_property
    def compare(self) -> Compare:
        from cartwatch.app.controllers.compare import Compare

        return Compare(self)

    @cached_property
    def saved_views(self) -> SavedViews:
        from cartwatch.app.controllers.saved_views import SavedViews

        return SavedViews(self, self.find)

    @cached_property
    def exchange(self) -> Exchange:
        from cartwatch.app.controllers.exchange import Exchange

        return Exchange(self, self.commit, self.releases)

    @cached_property
    def releases(self) -> Releases:
        from cartwatch.app.controllers.releases import Releases

        return Releases(self, self.commit, self.shelf)

    @cached_property
    def shelf(self) -> Shelf:
        """Drafts: typed text that is not in the file yet."""
        from cartwatch.app.editing.drafts import Shelf

        return Shelf(self.session, self._clock, self.set_timer)

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
        self.find.read(self.display_state.query)
        self.take_watchlist(keep=self.display_state.program)
        self.call_later(self._offer_drafts)

    def _offer_drafts(self) -> None:
        """Tell the user about drafts left by a run that ended early."""
        places = self.session.places
        if places is None or not os.path.isdir(places.drafts_dir):
            return
        gone = self.shelf.take_gone()
        found = self.shelf.found
        for note in self.shelf.notes:
            self.say(note, warning=True)
        for draft, path in gone:
            self.say(f"typed for a program that is no longer in the file: {draft.about}. The text is kept in {path}")
        if found:
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            self.say(f"Typed, but not saved before the last run ended: {found[-1].about}{more}. Open it again to go on.")

    # ---- what the cursor is on

    @property
    def program(self) -> Program | None:
        key = self.programs.cursor_key
        return self.session.watchlist.get(key) if key is not None else None

    @property
    def shown(self) -> Sequence[str]:
        return self.programs.keys

    @property
    def marked(self) -> tuple[str, ...]:
        marked = self.display_state.marked
        return tuple(each.key for each in self.session.watchlist.programs if each.key in marked) if marked else ()

    @property
    def pane(self) -> str:
        return self.detail.pane

    @property
    def in_detail(self) -> bool:
        return isinstance(self.focused, PaneLines)

    @property
    def line(self) -> Line | None:
        return self.detail.line

    @property
    def here(self) -> str | None:
        line = self.detail.line if self.in_detail else None
        return line.path if line is not None else None

    @property
    def undisturbed(self) -> bool:
        return self.is_active and isinstance(self.focused, ProgramTable | PaneLines)

    @property
    def filtered(self) -> bool:
        return self.find.last is not None

    @property
    def working(self) -> bool:
        return self.commit.working

    @property
    def address(self) -> str | None:
        return self.links.address

    @property
    def asking_registry(self) -> bool:
        return self.registry.asking or self.registry.answered

    def now(self) -> datetime:
        return self._clock()

    # ---- telling and asking

    @property
    def keymap(self) -> Mapping[str, tuple[str, ...]]:
        """The user's own keys."""
        keymap: Mapping[str, tuple[str, ...]] = getattr(self.app, "keymap", {})
        return keymap

    def key_of(self, id: str) -> str:
        return key_of(id, self.keymap, ascii_only=self.look.ascii)

    def say(self, text: str, *, warning: bool = False) -> None:
        """Show a passing message. The text is data, never markup."""
        self.notify(clean(text, limit=300), severity="warning" if warning else "information", markup=False, timeout=4)

    async def ask(self, dialog: Screen[_Result], then: Callable[[_Result | None], Any]) -> None:
        await self.app.push_screen(dialog, then)

    async def open_line(self, line: Widget) -> None:
        if not line.is_attached:
            await self.mount(line, before="#keys")

    def focus_on(self, widget: Widget) -> Widget | None:
        before = self.focused
        self.set_focus(widget)
        return before

    # ---- commands

    def why_not(self, each: Command) -> str | None:
        """Return the reason why a command is unavailable here; None if it is available."""
        return why_not(each, self)

    async def action_command(self, id: str) -> None:
        await self.run_command(command(id))

    async def run_command(self, each: Command) -> None:
        """Run a command, or show why it is unavailable."""
        why, alone = self.why_not(each), only_here(each, self)
        if why is not None:
            self.say(why)
        elif each.handed:
            controller, name, arguments = parse(each.action)
            done = getattr(getattr(self, controller), name)(*arguments)
            if isawaitable(done):
                await done
        elif "main" in each.where:
            await self.run_action(each.action)
        elif "everywhere" in each.where:
            await self.app.run_action(each.action)
        elif self.focused is not None:
            await self.focused.run_action(each.action)
        if why is None and alone is not None:
            self.say(alone)

    def offered(self) -> Iterator[Command]:
        """Return the commands available at the focus, in the order of the command table."""
        context = getattr(self.focused, "context", None)
        contexts = (context,) if context in ("line", "filter") else (context, "main", "everywhere")
        for each in COMMANDS:
            if any(context in each.where for context in contexts) and self.why_not(each) is None:
                yield self._worded(each)

    def _worded(self, each: Command) -> Command:
        """Return the command with its footer word for this state."""
        if each.id == "add_here" and len(paths := lists_of_pane(self.pane, self.here)) == 1:
            return replace(each, footer=f"add {lists()[paths[0]].label}")
        if each.id == "reference" and self.pane == "safety":
            return replace(each, footer="grades")
        if each.id == "compare" and self.marked:
            return replace(each, footer=f"compare {len(self.marked)}")
        if each.id == "edit" and self.marked:
            return replace(each, footer=f"edit {len(self.marked)}")
        return each

    # ---- what is shown

    def take_watchlist(self, *, keep: str | None = None) -> None:
        """Show the session's watchlist after it was replaced."""
        self.row_order.take(self.session.watchlist, self.look.now)
        self.programs.leave_out_empty(self.session.watchlist.programs)
        self.programs.styles.max_height = max(_FEWEST_ROWS, len(self.session.watchlist)) + 2
        self.show_rows(keep=keep)

    def show_rows(self, *, keep: str | None = None) -> None:
        keys = self.find.wanted()
        self.programs.empty = self.find.empty_words()
        self.programs.group_by(self.display_state.group, self.find.titles)
        self.programs.show_programs(keys, keep=keep or self.programs.cursor_key, matched=self.find.filter)
        self.show_detail()
        self.show_lines()
        self._ticking.arm()

    def show_detail(self) -> None:
        """Show the program under the cursor in the chosen pane."""
        self.history.attend()
        self.detail.key_of = self.key_of if self.session.why_readonly is None else None
        self.detail.show(self.program, self.look, self.display_state.pane)

    def show_lines(self) -> None:
        self.history.attend()
        left = headline(self.session, self.display_state, len(self.programs.keys), self.look)
        left = [*left, *self.registry.runs(), *self.history.runs(), *self.commit.unsaved_runs()]
        right, saved = nearest_runs(self.row_order.nearest, self.look), self.commit.saved_runs()
        if saved:
            right = [*([*each, *saved] for each in right), saved[1:]]
        self.query_one(TitleBar).show(left, right)
        self.query_one(KeyBar).show(list(self.offered()), self.keymap, ascii_only=self.look.ascii)

    def look_again(self) -> None:
        self.look = replace(self.look, marked=self.display_state.marked)
        self.programs.invalidate()
        self.show_detail()
        self.show_lines()

    def show_changed(self, key: str | None, path: str | None, *, follow: bool) -> None:
        if self.display_state.marked:
            self.display_state.marked &= {each.key for each in self.session.watchlist.programs}
        self.programs.invalidate()
        if follow and key is not None and key not in self.find.wanted():
            self.find.read("")
        self.look = replace(self.look, marked=self.display_state.marked)
        self.take_watchlist(keep=key)
        if key is not None and key in self.programs.keys:
            self.programs.move_to(key)
            if path and (follow or pane_of(path) == self.pane):
                self.go_to(path)
        elif key is not None:
            self.say(f"The program no longer matches the filter: {self.key_of('back')} shows all of them")

    def in_view(self, path: str) -> bool:
        return pane_of(path) == self.pane and bool(self.detail.region)

    def reveal(self, key: str) -> None:
        if not self.programs.move_to(key):
            self.find.show("")
            self.programs.move_to(key)

    def go_to(self, path: str) -> None:
        self.display_state.pane = pane_of(path)
        self.show_detail()
        self.detail.go_to(path)
        self.show_lines()

    # ---- the world around the screen

    def later(self, call: Callable[..., Any], *arguments: Any) -> object:
        return self.call_later(call, *arguments)

    def once_drawn(self, call: Callable[..., Any], *arguments: Any) -> object:
        return self.call_after_refresh(call, *arguments)

    def after(self, seconds: float, call: Callable[[], Any]) -> object:
        return self.set_timer(seconds, call)

    def in_thread(self, work: Callable[[], None], name: str) -> object:
        return self.run_worker(work, thread=True, group=name, description=name)

    def open_address(self, address: str) -> None:
        self.app.open_url(address)

    def copy(self, text: str, about: str) -> None:
        from cartwatch.app.clipboard import copy_text

        copy_text(self.app, text, about, self.session.places)

    def suspended(self) -> AbstractContextManager[None]:
        return self.app.suspend()

    # ---- the clock

    def _visible(self) -> Iterator[Item]:
        """Return the visible windows whose countdown can change, by the second or at midnight."""
        program = self.program
        if program is not None:
            yield from items(program, self.look.now)
        if self.row_order.nearest is not None:
            yield self.row_order.nearest
        if self.row_order.instants:
            for key in self.programs.visible_keys:
                each = self.session.watchlist.get(key) if key in self.row_order.instants else None
                if each is not None:
                    yield from items(each, self.look.now)[:1]

    def _next_change(self, now: datetime) -> datetime | None:
        return next_tick(self._visible(), now)

    def tick(self, now: datetime) -> None:
        """Redraw the texts that the clock has changed, and nothing else."""
        days = {self.look.today, self.session.today}
        self.look = replace(self.look, now=now, marked=self.display_state.marked)
        if days != {now.date()}:
            self.session.on_day(now.date())
            self.take_watchlist()
            self.programs.invalidate()
            return
        self.row_order.tick(now)
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
        """Show the program that the cursor moved to."""
        self._following = False
        self.show_detail()
        self.show_lines()
        if self.row_order.instants:
            self._ticking.arm()

    def on_program_table_scrolled(self) -> None:
        if self.row_order.instants:
            self.programs.tick()
            self._ticking.arm()

    def on_watch_table_activated(self) -> None:
        self.add_class("-entered")  # below the table, the detail takes the whole screen until Esc
        self.set_focus(self.detail.lines)

    def on_watch_table_header_clicked(self, event: ProgramTable.HeaderClicked) -> None:
        self.find.sort_by(event.key, also_by=event.shift)

    def on_pane_strip_chosen(self, event: PaneStrip.Chosen) -> None:
        self.action_pane(event.index + 1)

    async def on_line_list_activated(self) -> None:
        """Edit what was clicked twice; in the detail no key activates a line."""
        await self.run_command(command("edit"))

    def on_line_list_highlighted(self) -> None:
        self.show_lines()

    def on_filter_line_typed(self, event: FilterLine.Typed) -> None:
        self.find.typed(event.text)

    def on_filter_line_kept(self, event: FilterLine.Kept) -> None:
        self.find.keep(event.text)

    def on_filter_line_cleared(self) -> None:
        self.find.clear()

    def on_edit_line_typed(self) -> None:
        self.edit.line_typed()

    async def on_paste(self, event: events.Paste) -> None:
        typed = self.exchange.pasted(event.text)
        text = not typed and sum(bool(each.strip()) for each in event.text.splitlines()) > 1
        if not typed and not text:
            return
        event.stop()
        why = self.why_not(command("import"))
        if why is not None:
            self.say(why)
        elif text:
            await self.releases.paste(event.text)
        else:
            await self.exchange.import_from(typed)

    async def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        await self.run_command(event.command)

    def on_descendant_focus(self) -> None:
        if self._following and not self.programs.has_focus:
            self._follow()  # a key in the detail acts on the program under the cursor
        if not isinstance(self.focused, Input):  # the line at the bottom changes no layout
            opened = isinstance(self.focused, PaneLines)
            self.set_class(opened, "-opened")  # where there is room for one side only
            self.set_class(opened and self.has_class("-entered"), "-entered")
        self.show_lines()

    # ---- moving about

    def action_program(self, rows: int) -> None:
        self.programs.action_cursor(rows)

    def action_pane(self, number: int) -> None:
        """Show the pane with this number; the first is 1."""
        self.display_state.pane = PANES[number - 1][0]
        self.show_detail()
        self.show_lines()

    def action_pane_by(self, panes: int) -> None:
        keys = [key for key, _ in PANES]
        self.action_pane((keys.index(self.display_state.pane) + panes) % len(keys) + 1)

    def action_other_side(self) -> None:
        self.set_focus(self.detail.lines if isinstance(self.focused, ProgramTable) else self.programs)

    def action_back(self) -> None:
        """Go one level back: from the detail to the table, then clear the marks, then the filter."""
        if not isinstance(self.focused, ProgramTable):
            self.action_other_side()
        elif self.marked:
            self.display_state.marked = frozenset()
            self.look_again()
        elif self.display_state.query:
            self.find.show("")

    def action_reload(self) -> None:
        self.post_message(Reload())

    def show_signs(self, *, ascii_only: bool) -> None:
        """Draw ASCII or Unicode signs from now on."""
        self.look = replace(self.look, ascii=ascii_only, marked=self.display_state.marked)
        self.programs.ascii_only = ascii_only
