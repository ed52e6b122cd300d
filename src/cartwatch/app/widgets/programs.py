"""Table of programs: the watch table with the columns of views.columns."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from cartwatch.app.commands import bindings
from cartwatch.app.theme import MATCH
from cartwatch.app.widgets.table import Cell, Column, Row, WatchTable
from cartwatch.views.columns import DEFAULT, ColumnSpec, column
from cartwatch.views.lines import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cartwatch.domain.filters.parser import Filter
    from cartwatch.domain.program import Program
    from cartwatch.views.look import Look

__all__ = ["ProgramTable"]

# Cells are padded, and padding is not underlined: these have a role without a line in its place.
_PADDED = {"unread": "soon", "link": "accent"}


class ProgramTable(WatchTable, inherit_bindings=False):
    """Programs in rows; `look_of` and `program_of` are called when a row comes on screen."""

    BINDINGS: ClassVar = bindings("table")
    context = "table"

    class Scrolled(Message):
        """The visible rows have changed."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ProgramTable.Scrolled)

    def __init__(self, program_of: Callable[[str], Program | None], look_of: Callable[[], Look], *, id: str) -> None:
        super().__init__(id=id, ticking=("countdown",))
        self._program_of = program_of
        self._look_of = look_of
        self._filter: Filter | None = None
        self._chosen: tuple[ColumnSpec, ...] = ()
        self._specs: tuple[ColumnSpec, ...] = ()  # the chosen ones that have something to show
        self._grouped_by = ""
        self._titles: Mapping[str, str] = {}
        self._void: frozenset[str] = frozenset()  # usual columns in which every row is empty
        self._spread = False  # whether columns that do not fit can be scrolled to

    def show_columns(self, keys: Sequence[str]) -> None:
        """Show these columns of views.columns, in this order; mark and program stay in view."""
        self._chosen = tuple(column(key) for key in keys)
        self.ticking = frozenset(each.key for each in self._chosen if each.ticks)
        self._arrange(spread=False)

    def leave_out_empty(self, programs: Sequence[Program]) -> None:
        """Leave out the usual columns in which none of these programs has anything; a column that the user added stays."""
        look = self._look_of()
        void = {
            each.key
            for each in self._chosen
            if each.priority is not None and each.key in DEFAULT and 0 < len(programs) <= _LOOKED_THROUGH
            if all(each.sort(program, look) is None for program in programs)
        }
        if void != self._void:
            self._void = frozenset(void)
            self._arrange(spread=self._spread)

    def group_by(self, key: str, titles: Mapping[str, str]) -> None:
        """Show the title of each group before its first program; `key` is the column, "" for no groups."""
        self._titles = titles
        if key != self._grouped_by:
            self._grouped_by = key
            self._arrange(spread=self._spread)

    def _group_spec(self) -> ColumnSpec:
        """Build the column of the groups' titles."""
        return ColumnSpec(
            key=_GROUP,
            label=column(self._grouped_by).label,
            help="",
            width=18,
            min_width=10,
            max_width=30,
            flex=3,
            cell=lambda program, look: (Run(self._titles.get(program.key, ""), "heading"),),
            sort=lambda program, look: None,
        )

    def _arrange(self, *, spread: bool) -> None:
        """Set the table's columns: as many as fit, or all of them to scroll through."""
        self._spread = spread
        self._specs = tuple(each for each in self._chosen if each.key not in self._void and each.key != self._grouped_by)
        if self._grouped_by:
            self._specs = (*self._specs[:1], self._group_spec(), *self._specs[1:])
        stays = ("mark", _GROUP, "program")
        fixed = next((at for at, each in enumerate(self._specs) if each.key not in stays), len(self._specs))
        self.set_columns([_column(each, stays=spread) for each in self._specs], fixed=fixed)

    def action_sideways(self, columns: int) -> None:
        """Scroll sideways; the first step to the right adds the columns that did not fit."""
        if columns > 0 and self.left_out:
            self._arrange(spread=True)
            self.call_after_refresh(super().action_sideways, columns)
        elif columns < 0 and self._spread and self.scroll_offset.x == 0:
            self._arrange(spread=False)
        else:
            super().action_sideways(columns)

    def show_programs(self, keys: Sequence[str], *, keep: str | None = None, matched: Filter | None = None) -> None:
        """Show these programs, in this order, with the words matched by the filter underlined."""
        self._filter = matched
        self.set_rows(keys, self._row, keep=keep)

    def _row(self, key: str) -> Row:
        program, look = self._program_of(key), self._look_of()
        if program is None:  # drawn between a change of the list and the rows that follow from it
            return Row(key, tuple(Cell("") for _ in self._specs))
        cells = (_cell(each, program, look) for each in self._specs)
        wanted = self._filter
        return Row(key, tuple(cells if wanted is None or not wanted.words else (_matched(each, wanted) for each in cells)))

    def shows_match(self, key: str) -> bool:
        """Whether a column on screen shows a word of the filter in a row."""
        cells = self._row_of(key).cells
        return any(role.endswith(MATCH) for place in self._view.places for _, role in cells[place.index].runs)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Scrolled())


_GROUP = "group"
_LOOKED_THROUGH = 2_000  # programs; in a longer list no usual column is empty
_CHOSEN = 85  # of a column chosen by the user: only program, next catalyst and countdown outrank it


def _column(spec: ColumnSpec, *, stays: bool) -> Column:
    priority = spec.priority if spec.priority is None or spec.key in DEFAULT else max(spec.priority, _CHOSEN)
    return Column(
        spec.key,
        spec.label,
        spec.width,
        align=spec.align,
        min_width=spec.min_width,
        good_width=spec.good_width,
        max_width=spec.max_width,
        flex=spec.flex,
        priority=None if stays else priority,
        whole=spec.whole,
    )


def _cell(spec: ColumnSpec, program: Program, look: Look) -> Cell:
    runs = spec.cell(program, look)
    if len(runs) == 1:
        return Cell(runs[0].text, _PADDED.get(runs[0].role, runs[0].role))
    texts = tuple((each.text, _PADDED.get(each.role, each.role)) for each in runs)
    return Cell("".join(text for text, _ in texts), runs=texts)


def _matched(cell: Cell, wanted: Filter) -> Cell:
    """Return the cell with the text matched by the filter highlighted."""
    places = wanted.highlights(cell.text)
    if not places:
        return cell
    edges = {edge for place in places for edge in place}
    runs: list[tuple[str, str]] = []
    at = 0
    for text, role in cell.runs or ((cell.text, cell.style),):
        cuts = [at, *sorted(edge for edge in edges if at < edge < at + len(text)), at + len(text)]
        for start, end in pairwise(cuts):
            hit = any(first <= start < last for first, last in places)
            runs.append((cell.text[start:end], role + MATCH if hit else role))
        at += len(text)
    return Cell(cell.text, cell.style, tuple(runs))
