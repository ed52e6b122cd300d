"""What a person does with the list as a whole: filter, sort, choose columns, mark, copy, open a link."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from textual.screen import Screen

from cartwatch.app.commands import command, shown_keys
from cartwatch.app.display import also, only
from cartwatch.app.links import RefusedAddress, checked_address
from cartwatch.app.widgets.detail import PaneLines
from cartwatch.domain.text import clean
from cartwatch.session.session import located
from cartwatch.views.lines import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.widget import Widget

    from cartwatch.app.commands import Command
    from cartwatch.app.display import Display
    from cartwatch.app.rows import Standing
    from cartwatch.app.widgets.detail import Detail
    from cartwatch.app.widgets.filterline import FilterLine
    from cartwatch.app.widgets.programs import ProgramTable
    from cartwatch.domain.filters.parser import Filter
    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session
    from cartwatch.views.look import Look

__all__ = ["Finding"]

_PREPARED = 100  # programs whose texts are got ready for a filter at once: some milliseconds
_BETWEEN = 0.005  # seconds


class Finding(Screen[None]):
    """A screen with a list of programs. The main screen says how it is drawn."""

    session: Session
    display_state: Display
    look: Look
    programs: ProgramTable
    detail: Detail
    standing: Standing
    _filter: Filter | None = None
    _last: Filter | None = None

    @property
    def program(self) -> Program | None:
        raise NotImplementedError

    def show_rows(self, *, keep: str | None = None) -> None:
        raise NotImplementedError

    def show_lines(self) -> None:
        raise NotImplementedError

    def look_again(self) -> None:
        raise NotImplementedError

    @property
    def keymap(self) -> Mapping[str, tuple[str, ...]]:
        """The user's own keys."""
        keymap: Mapping[str, tuple[str, ...]] = getattr(self.app, "keymap", {})
        return keymap

    def key_of(self, id: str) -> str:
        """The key of a command as a person reads it; its name in the palette where it has none."""
        found = command(id)
        return next(iter(shown_keys(found, self.keymap, ascii_only=self.look.ascii)), f"“{found.title}”")

    # ---- commands

    def why_not(self, command: Command) -> str | None:
        """Why a command would do nothing here, or None."""
        if command.needs == "program" and not self.programs.keys:
            return "no program is shown"
        if command.needs == "back" and self.programs.has_focus and not self.display_state.query:
            return "this is the table"
        if command.needs == "query" and self._last is None:
            return "nothing was filtered yet"
        if command.needs == "problems" and not self.session.problems:
            return "the file has no problems"
        if command.needs == "link" and not self.link():
            return "no web address here"
        return None

    async def run_command(self, command: Command) -> None:
        """Do what a command does, or say why not."""
        why = self.why_not(command)
        if why is not None:
            self.say(why)
            return
        if "main" in command.where:
            await self.run_action(command.action)
        elif "everywhere" in command.where:
            await self.app.run_action(command.action)
        elif self.focused is not None:
            await self.focused.run_action(command.action)

    def say(self, text: str, *, warning: bool = False) -> None:
        """Tell something in passing. Text is data, never markup."""
        self.notify(clean(text, limit=300), severity="warning" if warning else "information", markup=False, timeout=4)

    # ---- filter

    def wanted_keys(self) -> list[str]:
        """The keys of the programs to show, filtered and sorted."""
        return self.standing.keys(self.session.watchlist, self._filter, self.display_state.sort, self.look)

    def empty_words(self) -> str:
        """What the table says when it has no rows."""
        if self._filter and len(self.session.watchlist):
            return "No program matches.\n\nEsc shows all of them again."
        return "No program yet.\n\na adds one."

    def read_filter(self, text: str, *, partial: bool = False) -> str | None:
        """Take a filter; what is wrong with it, where it can't be read (then the one before stays)."""
        read = None
        if text:
            from cartwatch.domain.filters.parser import FilterError, parse

            try:
                read = parse(text, partial=partial)
            except FilterError as wrong:
                return str(wrong)
        self._filter = read or None
        if read:
            self._last = read
            self.display_state.last_query = text
        self.display_state.query = text if read else ""
        return None

    def set_query(self, text: str, *, partial: bool = False) -> str | None:
        """Show what a filter lets through."""
        wrong = self.read_filter(text, partial=partial)
        if wrong is None:
            self.show_rows()
        return wrong

    @cached_property
    def filter_line(self) -> FilterLine:
        """The line that a filter is typed in, made for the first."""
        from cartwatch.app.widgets.filterline import FilterLine

        return FilterLine(id="filter")

    async def stand(self, line: Widget) -> None:
        """Put a line at the bottom that nobody has asked for before."""
        if not line.is_attached:
            await self.mount(line, before="#keys")

    async def action_filter(self) -> None:
        await self.stand(self.filter_line)
        self.set_focus(self.filter_line.start(self.display_state.query))
        self._say_matches()
        self._prepare(self.session.watchlist.programs)

    def _prepare(self, programs: Sequence[Program]) -> None:
        """Get a large list ready for the first letter, a few programs at a time, so that no key waits for it."""
        from cartwatch.domain.filters.parser import prepare

        prepare(programs[:_PREPARED])
        if len(programs) > _PREPARED and self.filter_line.typing:
            self.set_timer(_BETWEEN, partial(self._prepare, programs[_PREPARED:]))  # what is to be drawn is drawn in between

    def on_filter_line_typed(self, event: FilterLine.Typed) -> None:
        wrong = self.set_query(event.text, partial=True)
        if wrong is not None:
            self.filter_line.say((wrong, "bad"))
        else:
            self._say_matches()

    def _say_matches(self) -> None:
        count = len(self.programs.keys)
        self.filter_line.say((f"{count} match{'' if count == 1 else 'es'}" if self._filter else "", "quiet"))

    def on_filter_line_kept(self, event: FilterLine.Kept) -> None:
        wrong = self.set_query(event.text)
        if wrong is not None:
            self.filter_line.say((wrong, "bad"))
            return
        self._leave_filter()

    def on_filter_line_cleared(self) -> None:
        self.set_query("")
        self._leave_filter()

    def _leave_filter(self) -> None:
        self.filter_line.stop()
        self.set_focus(self.programs)

    def action_match(self, matches: int) -> None:
        """Go to the next program that matches the last filter, round the end of the list."""
        keys = self.programs.keys
        if self._last is None or not keys:
            self.say("nothing was filtered yet")
            return
        here = keys.index(self.programs.cursor_key) if self.programs.cursor_key is not None else 0
        for distance in range(1, len(keys) + 1):
            key = keys[(here + distance * matches) % len(keys)]
            program = self.session.watchlist.get(key)
            if program is not None and self._last.matches(program, self.look.now):
                self.programs.move_to(key)
                return
        self.say(f"no program shown matches {self.display_state.last_query}")

    # ---- sort and columns

    def sort_by(self, key: str, *, also_by: bool = False) -> None:
        """Sort by a column: alone, or as a further key."""
        order = self.display_state.sort
        self.set_sort(also(order, key) if also_by else only(order, key))

    def set_sort(self, order: tuple[tuple[str, bool], ...]) -> None:
        self.display_state.sort = order
        self.programs.sorted_by = order
        self.show_rows()

    async def action_sort(self) -> None:
        from cartwatch.app.screens.sort import SortMenu

        await self.app.push_screen(
            SortMenu(self.display_state.sort, self.display_state.columns, self.set_sort, ascii_only=self.look.ascii)
        )

    def set_columns(self, keys: tuple[str, ...]) -> None:
        self.display_state.columns = keys
        self.programs.show_columns(keys)

    async def action_columns(self) -> None:
        from cartwatch.app.screens.columns import ColumnChooser

        await self.app.push_screen(ColumnChooser(self.display_state.columns, self.set_columns, ascii_only=self.look.ascii))

    # ---- marks

    def action_mark(self) -> None:
        key = self.programs.cursor_key
        if key is not None:
            self.display_state.marked ^= {key}
            self.look_again()
            if self.programs.has_focus:
                self.programs.action_cursor(1)

    def action_mark_all(self) -> None:
        shown = frozenset(self.programs.keys)
        marked = self.display_state.marked
        self.display_state.marked = marked - shown if shown <= marked else marked | shown
        self.look_again()

    # ---- out of the app

    def link(self) -> str | None:
        """The web address under the cursor: of the line, or of the source it is about."""
        program, line = self.program, self.detail.line
        if program is None or line is None or not isinstance(self.focused, PaneLines):
            return None
        for run in line.runs:
            if run.role == "link" and run.text.lower().startswith(("https://", "http://")):
                return run.text
        return self.links_of(program, line.path or "")

    @staticmethod
    def links_of(program: Program, path: str) -> str | None:
        """The address that a path is about: a source's own, a trial's at its registry, or that of the first source cited."""
        from cartwatch.domain.provenance import provenance

        kind, _, rest = path.partition(".")
        if kind == "source":
            source = next((each for each in program.sources if each.id and rest.startswith(each.id)), None)
            return source.url if source is not None else None
        if kind == "trial":
            trial = next((each for each in program.trials if each.nct and rest.startswith(each.nct)), None)
            return f"https://clinicaltrials.gov/study/{trial.nct}" if trial is not None else None
        record = program.catalyst(rest.split(".")[0]) if kind == "catalyst" else None
        for id in provenance(program, path, record).cited if path else ():
            source = program.source(id)
            if source is not None and source.url:
                return source.url
        return None

    async def action_open_link(self) -> None:
        from cartwatch.app.screens.notices import OpenAddress

        url = self.link()
        if url is None:
            self.say("no web address here: go to a line of the detail that has one")
            return
        try:
            address, host = checked_address(url)
        except RefusedAddress as why:
            self.say(f"not opened: {why}", warning=True)
            return

        def answered(agreed: bool | None) -> None:
            if agreed:
                self.app.open_url(address)

        await self.app.push_screen(OpenAddress(address, host), answered)

    def action_copy(self) -> None:
        program = self.program
        if program is None:
            return
        line = self.detail.line if isinstance(self.focused, PaneLines) else None
        text = plain(line.runs) or " ".join(plain(cell) for cell in line.cells) if line is not None else program.label
        self.app.copy_to_clipboard(clean(text, lines=True))
        shown = clean(text, limit=40)
        self.say(f"sent to the terminal's clipboard: {shown}")

    async def action_problems(self) -> None:
        from cartwatch.app.screens.notices import Problems

        problems = self.session.problems
        if not problems:
            self.say("the file has no problems")
            return

        def chosen(key: str | None) -> None:
            if key is not None and not self.programs.move_to(key):
                self.set_query("")
                self.programs.move_to(key)

        await self.app.push_screen(Problems(located(self.session.document, problems), ascii_only=self.look.ascii), chosen)
