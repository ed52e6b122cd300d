"""Find controller: filter, sort, columns, marks and problems of the table."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from cartwatch.app.display import also, only

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.app.display import SortOrder
    from cartwatch.app.rows import RowOrder
    from cartwatch.app.widgets.filterline import FilterLine
    from cartwatch.app.widgets.programs import ProgramTable
    from cartwatch.domain.filters.parser import Filter
    from cartwatch.domain.program import Program

    from .host import Host

__all__ = ["Find"]

_OFFERED = 2_000  # programs whose values are offered while a filter is typed
_UNNAMED = 4  # rank of a program that matches by something else than its name
_PREPARED = 100  # programs prepared for a filter in one step: some milliseconds
_BETWEEN = 0.005  # seconds


class Find:
    """Decides which programs the table shows, and in which order."""

    def __init__(self, host: Host, table: ProgramTable, row_order: RowOrder) -> None:
        self._host = host
        self._table = table
        self._row_order = row_order
        self.filter: Filter | None = None
        self.titles: dict[str, str] = {}
        """The title of each group, by the program that comes first in it."""
        self._groups: dict[str, tuple[Program, Any, str]] = {}
        self.last: Filter | None = None
        """The last filter that there was, on or not."""

    def wanted(self) -> list[str]:
        """Return the keys of the programs to show, filtered and sorted."""
        host = self._host
        keys = self._row_order.keys(host.session.watchlist, self.filter, host.display_state.sort, host.look)
        self.titles = {}
        if host.display_state.group:
            return self._in_groups(keys, host.display_state.group)
        return self._named_first(keys) if self.filter and self.filter.plain_words else keys

    def _named_first(self, keys: Sequence[str]) -> list[str]:
        """Bring the programs that are called so to the top, whole names before beginnings and parts of names."""
        wanted = " ".join(self.filter.plain_words) if self.filter else ""
        get = self._host.session.watchlist.get
        ranks = {key: _rank(program, wanted) for key in keys if (program := get(key)) is not None}
        return sorted(keys, key=lambda key: ranks.get(key, _UNNAMED))

    def _in_groups(self, keys: Sequence[str], group: str) -> list[str]:
        """Bring the rows of a group together; the first of each has its title."""
        from cartwatch.views.grouping import grouped

        get = self._host.session.watchlist.get
        found = grouped([program for key in keys if (program := get(key)) is not None], group, self._host.look, self._groups)
        self.titles = {each.programs[0].key: each.title for each in found}
        return [program.key for each in found for program in each.programs]

    def empty_words(self) -> str:
        """Return the text of an empty table."""
        if self.filter and len(self._host.session.watchlist):
            back, change = self._host.key_of("back"), self._host.key_of("filter")
            return f"No program matches.\n\n{back} shows all of them again.\n{change} changes the filter."
        add, read = self._host.key_of("add_program"), self._host.key_of("import")
        return f"No program yet.\n\n{add} adds one.\n{read} imports a list."

    # ---- filter

    def read(self, text: str, *, partial: bool = False) -> str | None:
        """Parse and set a filter; return its error, in which case the filter before stays."""
        read = None
        if text:
            from cartwatch.domain.filters.parser import FilterError, parse

            try:
                read = parse(text, partial=partial)
            except FilterError as wrong:
                return str(wrong)
        display = self._host.display_state
        self.filter = read or None
        if read:
            self.last = read
            display.last_query = text
        display.query = text if read else ""
        return None

    def show(self, text: str, *, partial: bool = False) -> str | None:
        """Set a filter and show the matching programs; return its error."""
        wrong = self.read(text, partial=partial)
        if wrong is None:
            self._host.show_rows()
        return wrong

    @cached_property
    def line(self) -> FilterLine:
        """Return the filter line; built on first use."""
        from cartwatch.app.widgets.filterline import FilterLine

        return FilterLine(self.suggestion, id="filter")

    async def type_filter(self) -> None:
        """Open the filter line."""
        await self._host.open_line(self.line)
        self._host.focus_on(self.line.start(self._host.display_state.query))
        self._say_matches()
        self._prepare(self._host.session.watchlist.programs)

    def _prepare(self, programs: Sequence[Program]) -> None:
        """Prepare the texts of a large list for filtering, a few programs at a time, so that no key waits."""
        from cartwatch.domain.filters.parser import prepare

        prepare(programs[:_PREPARED])
        if len(programs) > _PREPARED and self.line.typing:  # drawing happens in between
            self._host.after(_BETWEEN, partial(self._prepare, programs[_PREPARED:]))

    def typed(self, text: str) -> None:
        """Filter the table while the filter is typed."""
        wrong = self.show(text, partial=True)
        if wrong is not None:
            self.line.say((wrong, "bad"))
            return
        if self.filter and self.filter.plain_words and self._host.shown:
            self._table.move_to(self._host.shown[0])  # the best match
        self._say_matches()

    def suggestion(self, text: str) -> str | None:
        """Return the text with its last term completed from the fields and from what the list has in them."""
        from cartwatch.domain.filters.complete import complete_filter
        from cartwatch.domain.filters.matching import values_in

        programs = self._host.session.watchlist.programs
        return complete_filter(text, lambda field: values_in(programs[:_OFFERED], field))

    def _say_matches(self) -> None:
        count = len(self._host.shown)
        told = f"{count} match{'' if count == 1 else 'es'}" if self.filter else ""
        program = self._host.program
        if self.filter and program is not None and self.filter.words and not self._table.shows_match(program.key):
            from cartwatch.domain.filters.matching import found_in

            place = found_in(program, self.filter.words)
            told += f" · in {place}" if place else ""
        self.line.say((told, "quiet"))

    def keep(self, text: str) -> None:
        """Keep the typed filter and leave the line."""
        wrong = self.show(text)
        if wrong is not None:
            self.line.say((wrong, "bad"))
            return
        self._leave()

    def clear(self) -> None:
        """Remove the filter and leave the line."""
        self.show("")
        self._leave()

    def _leave(self) -> None:
        self.line.stop()
        self._host.focus_on(self._table)

    def match(self, matches: int) -> None:
        """Move to the next program that matches the last filter; wraps at the end of the list."""
        keys, last = self._host.shown, self.last
        if last is None or not keys:
            self._host.say("No filter yet")
            return
        here = keys.index(self._table.cursor_key) if self._table.cursor_key is not None else 0
        for distance in range(1, len(keys) + 1):
            key = keys[(here + distance * matches) % len(keys)]
            program = self._host.session.watchlist.get(key)
            if program is not None and last.matches(program, self._host.look.now):
                self._table.move_to(key)
                return
        self._host.say(f"No program shown matches {self._host.display_state.last_query}")

    # ---- sort and columns

    def sort_by(self, key: str, *, also_by: bool = False) -> None:
        """Sort by a column, alone or as an additional key."""
        order = self._host.display_state.sort
        self._set_sort(also(order, key) if also_by else only(order, key))

    def _set_sort(self, order: SortOrder) -> None:
        self.sort_as(order)
        self._host.show_rows()

    def sort_as(self, order: SortOrder) -> None:
        """Set the sort order for the next time that the rows are shown."""
        self._host.display_state.sort = order
        self._table.sorted_by = order

    def group_by(self, key: str) -> None:
        """Group the rows by a column; by the same again: no more."""
        display = self._host.display_state
        display.group = "" if display.group == key else key
        self._host.show_rows()

    async def sort(self) -> None:
        """Open the sort menu."""
        from cartwatch.app.screens.columns import SortMenu

        display = self._host.display_state
        menu = SortMenu(display.sort, display.columns, self._set_sort, display.group, self.group_by)
        await self._host.ask(menu, lambda _: None)

    def set_columns(self, keys: tuple[str, ...]) -> None:
        """Show these columns."""
        self._host.display_state.columns = keys
        self._table.show_columns(keys)

    async def columns(self) -> None:
        """Open the column chooser."""
        from cartwatch.app.screens.columns import ColumnChooser

        shown = self._host.display_state.columns
        await self._host.ask(ColumnChooser(shown, self.set_columns), lambda _: None)

    # ---- marks

    def mark(self) -> None:
        """Mark or unmark the program under the cursor, and move to the next."""
        key = self._table.cursor_key
        if key is not None:
            self._host.display_state.marked ^= {key}
            self._host.look_again()
            if self._table.has_focus:
                self._table.action_cursor(1)

    def mark_all(self) -> None:
        """Mark every program shown; if all are marked, unmark them."""
        display, shown = self._host.display_state, frozenset(self._host.shown)
        display.marked = display.marked - shown if shown <= display.marked else display.marked | shown
        self._host.look_again()

    # ---- problems

    async def problems(self) -> None:
        """List the errors and warnings of the file, and advice."""
        from cartwatch.app.screens.dialogs import problem_list
        from cartwatch.session.findings import findings

        found = findings(self._host.session)
        if not found:
            self._host.say("no errors, no warnings, no advice")
            return

        def chosen(key: str | None) -> None:
            if key is not None:
                self._host.reveal(key)

        await self._host.ask(problem_list(found), chosen)


def _rank(program: Program, wanted: str) -> int:
    """Rank how a program is called so: 0 by a whole name, then a beginning, a beginning of a word, a part of a name."""
    from cartwatch.domain.filters.matching import folded

    names = [folded(each) for each in (program.label, program.name, program.key, *program.aliases) if each]
    if wanted in names:
        return 0
    if any(each.startswith(wanted) for each in names):
        return 1
    if any(f" {wanted}" in each for each in names):
        return 2
    return 3 if any(wanted in each for each in names) else _UNNAMED
