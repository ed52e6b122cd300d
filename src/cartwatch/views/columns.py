"""Declares every column once, for the app's table, `cartwatch list`, the column chooser and sorting."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from cartwatch.domain.description import short, value_text
from cartwatch.domain.fields import facts, walk
from cartwatch.domain.program import root
from cartwatch.domain.record_lists import inline_lists, lists
from cartwatch.domain.vocabulary import fold

from . import cells
from .cells import fact_age
from .facts import absent
from .lines import Run
from .look import COUNTDOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cartwatch.domain.fields import Fact
    from cartwatch.domain.program import Program

    from .cells import Cell, Value
    from .look import Look

__all__ = ["COLUMNS", "DEFAULT", "ColumnSpec", "column", "columns", "fact_age", "ordered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """A column of the table; widths are in terminal cells.

    `priority` None: never left out; else the lowest number goes first from a table that is too narrow. `flex` is its turn where
    there is width to spare, the highest first, up to `max_width`; others are left out before it is narrower than
    `good_width`. `ticks` marks a column whose text changes with the clock alone,
    `whole` one that is never cut. `sort` gives what a program is ordered by, or None where it has nothing: such programs stand
    last in either direction (`ordered` sees to it). What has `shown` False is offered for sorting only.
    """

    key: str
    label: str
    help: str
    width: int
    cell: Cell
    sort: Value
    min_width: int | None = None
    good_width: int | None = None
    max_width: int | None = None
    flex: int = 0
    align: Literal["left", "right"] = "left"
    priority: int | None = None
    ticks: bool = False
    whole: bool = False
    shown: bool = True


def ordered(programs: Iterable[Program], keys: Sequence[tuple[str, bool]], look: Look) -> list[Program]:
    """Sort programs by column keys, the most important first, each with True for descending.

    Pinned programs come first, whatever the keys. Programs without a value come last in both directions; ties keep the
    order they came in. Raises KeyError for a key that is no column's.
    """
    found = list(programs)
    for key, descending in reversed(keys):
        value = _by_key(root())[key].sort
        valued = [(value(each, look), each) for each in found]
        having = [each for each in valued if each[0] is not None]
        having.sort(key=_value, reverse=descending)
        lacking = [each for found, each in valued if found is None]
        found = [each for _, each in having] + lacking
    found.sort(key=_not_pinned)
    return found


def compared(keys: Sequence[tuple[str, bool]], look: Look) -> Callable[[Program, Program], int]:
    """Compare two programs in the order of `ordered`: negative if the first comes first, 0 for a tie."""
    columns = [(_by_key(root())[key].sort, descending) for key, descending in keys]

    def compare(one: Program, other: Program) -> int:
        if one.pinned != other.pinned:
            return -1 if one.pinned else 1
        for value, descending in columns:
            first, second = value(one, look), value(other, look)
            if first is None or second is None:
                if first is not second:
                    return 1 if first is None else -1
            elif first != second:
                return 1 if (second < first) != descending else -1
        return 0

    return compare


def _value(pair: tuple[Any, Program]) -> Any:
    return pair[0]


def _not_pinned(program: Program) -> bool:
    return not program.pinned


def column(key: str) -> ColumnSpec:
    """Return the column with this key. Raises KeyError if there is none."""
    return _by_key(root())[key]


def _text(key: str, label: str, help: str, width: int, least: int, most: int, *, priority: int, flex: int = 0) -> ColumnSpec:
    """Build the column of a text field of the program."""
    return ColumnSpec(
        key=key,
        label=label,
        help=help,
        width=width,
        min_width=least,
        max_width=most,
        cell=cells.text(key),
        sort=cells.folded(key),
        flex=flex,
        priority=priority,
    )


def _rate(key: str, label: str, help: str, risk: str, grade: str, priority: int) -> ColumnSpec:
    """Build a column of rates; the help says of which data set they are."""
    return ColumnSpec(
        key=key,
        label=label,
        help=f"{help}: the leading data set; * where others differ.",
        width=11,
        cell=cells.rate(risk, grade),
        sort=cells.percent(risk, grade),
        align="right",
        priority=priority,
        whole=True,
    )


def _day(key: str, label: str, help: str, value: Value, *, shown: bool = True) -> ColumnSpec:
    """Build a column of calendar days."""
    return ColumnSpec(
        key=key, label=label, help=help, width=10, cell=cells.day(value), sort=value, priority=24, whole=True, shown=shown
    )


def _count(key: str, label: str, help: str, value: Value) -> ColumnSpec:
    """Build a column of whole numbers."""
    return ColumnSpec(
        key=key, label=label, help=help, width=len(label), cell=cells.number(value), sort=value, align="right", priority=12
    )


COLUMNS: tuple[ColumnSpec, ...] = (
    ColumnSpec(
        key="mark",
        label="",
        help="Marked, and pinned.",
        width=2,
        cell=cells.mark,
        sort=cells.mark_rank,
    ),
    ColumnSpec(
        key="program",
        label="Program",
        help="The program's short name.",
        width=14,
        min_width=12,
        max_width=22,
        flex=5,
        cell=cells.program_name,
        sort=cells.folded("label"),
    ),
    _text("sponsor", "Sponsor", "The company or institution that develops it.", 14, 10, 30, flex=4, priority=50),
    ColumnSpec(
        key="target",
        label="Target",
        help="The antigens that the receptor binds.",
        width=9,
        min_width=7,
        max_width=22,
        flex=1,
        cell=cells.mechanism("targets"),
        sort=cells.mechanism_rank("targets"),
        priority=60,
    ),
    ColumnSpec(
        key="source",
        label="Source",
        help="Source of the cells: patient (auto), donor (allo), iPSC, cord blood, in vivo.",
        width=6,
        cell=cells.mechanism("source"),
        sort=cells.mechanism_rank("source"),
        priority=25,
    ),
    ColumnSpec(
        key="phase",
        label="Phase",
        help="Phase of development.",
        width=10,
        min_width=10,  # "Phase 1/2°"
        max_width=13,
        flex=1,
        cell=cells.phase,
        sort=cells.phase_rank,
        priority=80,
    ),
    ColumnSpec(
        key="next",
        label="Next catalyst",
        help="The next upcoming catalyst.",
        width=28,
        min_width=14,
        good_width=20,
        flex=6,
        cell=cells.upcoming,
        sort=cells.upcoming_text,
        priority=90,
    ),
    ColumnSpec(
        key="when",
        label="When",
        help="The guidance as written; sorts by the last day, then the first.",
        width=12,
        min_width=11,
        max_width=24,
        flex=1,
        cell=cells.when,
        sort=cells.by_closing,
        priority=100,
        whole=True,
    ),
    ColumnSpec(
        key="countdown",
        label="Countdown",
        help="Time left; sorts as the agenda: overdue, open by soonest end, ahead.",
        width=COUNTDOWN,
        cell=cells.countdown,
        sort=cells.agenda_order,
        ticks=True,
        whole=True,
    ),
    _rate("crs", "CRS ≥3", "Cytokine release syndrome of grade 3 or higher", "crs", "severe", 45),
    _rate("icans", "ICANS ≥3", "ICANS of grade 3 or higher", "icans", "severe", 45),
    _rate("gvhd", "GVHD", "Graft-versus-host disease of any grade", "gvhd", "any", 45),
    ColumnSpec(
        key="age",
        label="Age",
        help="Days since the program was last checked against a source.",
        width=4,
        cell=cells.source_age,
        sort=lambda program, look: fact_age(program, look.today),
        align="right",
        priority=10,
    ),
    _text("name", "Full name", "The program's full name.", 26, 12, 40, flex=2, priority=35),
    _text("indications", "Indications", "The diseases it is meant to treat.", 22, 10, 40, flex=2, priority=35),
    ColumnSpec(
        key="modality",
        label="Modality",
        help="The kind of product.",
        width=8,
        cell=cells.mechanism("modality"),
        sort=cells.mechanism_rank("modality"),
        priority=45,
    ),
    ColumnSpec(
        key="runway",
        label="Runway",
        help="Until when the sponsor's cash lasts, as it says; marked where the next window may outlast it.",
        width=14,
        min_width=8,
        max_width=24,
        flex=1,
        cell=cells.runway,
        sort=cells.runway_end,
        priority=30,
    ),
    _text("tags", "Tags", "Your labels.", 18, 8, 30, flex=1, priority=15),
    _text("ticker", "Ticker", "The sponsor's stock ticker.", 6, 6, 10, priority=35),
    ColumnSpec(
        key="kind",
        label="Kind",
        help="The kind of the next catalyst.",
        width=11,
        cell=cells.kind,
        sort=cells.kind_rank,
        priority=35,
    ),
    _day("opens", "Opens", "The first day of the next window.", cells.opens),
    _day("closes", "Closes", "The last day of the next window.", cells.closes),
    _day("middle", "Middle of the window", "The middle day of the next window.", cells.middle, shown=False),
    _rate("crs_any", "CRS", "Cytokine release syndrome of any grade", "crs", "any", 22),
    _rate("icans_any", "ICANS", "ICANS of any grade", "icans", "any", 21),
    _rate("neurotox", "Neurotox ≥3", "The wider basket of older labels, grade 3 or higher, no ICANS", "neurotox", "severe", 20),
    ColumnSpec(
        key="designations",
        label="Designations",
        help="Regulatory designations.",
        width=18,
        min_width=8,
        max_width=36,
        flex=1,
        cell=cells.designations,
        sort=cells.designation_rank,
        priority=30,
    ),
    ColumnSpec(
        key="trial_status",
        label="Trial status",
        help="The registry's status of the linked trials.",
        width=14,
        min_width=10,
        max_width=24,
        cell=cells.trial_status,
        sort=cells.trial_status_rank,
        priority=20,
    ),
    _count("catalysts", "Waiting", "Number of upcoming catalysts.", cells.waiting),
    _count("moves", "Moves", "Number of times that guidance has moved.", cells.moves),
    _count("unverified", "Unverified", "Number of facts whose source is not checked.", cells.unread),
    _day("checked", "Checked", "Day on which the whole record was last verified.", lambda p, look: p.checked and p.checked.end),
    ColumnSpec(
        key="id",
        label="Id",
        help="The program's key.",
        width=14,
        min_width=8,
        max_width=24,
        cell=cells.text("key", "quiet"),
        sort=cells.folded("key"),
        priority=12,
    ),
)
"""Every column, those shown by default first."""

DEFAULT: tuple[str, ...] = tuple(each.key for each in COLUMNS[:13])
"""The columns shown until the user chooses others: mark to age."""

_BY_HAND = (
    "id name short phase sponsor ticker indications tags pinned checked mechanism.modality mechanism.source mechanism.targets "
    "designation catalyst"
)


def columns() -> tuple[ColumnSpec, ...]:
    """Return every column: those above, then one for each other declared field and list of records."""
    return _columns(root())


@cache
def _columns(program: type) -> tuple[ColumnSpec, ...]:
    taken = {each.key for each in COLUMNS}
    by_hand = {*_BY_HAND.split(), "cite", "notes"}
    found = []
    for steps, fact in walk(program):
        path = ".".join(steps)
        inside_list = any(path.startswith(f"{each}.") for each in lists()) or (len(steps) > 1 and steps[-2] in inline_lists())
        if path not in by_hand and path not in taken and fact.kind != "record" and not inside_list:
            found.append(_declared(path, fact))
    return (*COLUMNS, *found)


def _declared(path: str, fact: Fact) -> ColumnSpec:
    """Build the column of a field that has no column of its own."""

    def text(program: Program) -> str:
        here: Any = program
        for step in path.split("."):
            declared: type = type(here)
            here = getattr(here, facts(declared)[step].attribute) if here is not None else None
        return short(value_text(fact, here))

    return ColumnSpec(
        key=path,
        label=fact.label,
        help=fact.help,
        width=max(12, len(fact.label)),
        min_width=8,
        max_width=30,
        cell=lambda program, look: (Run(shown),) if (shown := text(program)) else absent(look),
        sort=lambda program, look: fold(text(program)) or None,
        priority=8,
    )


@cache
def _by_key(program: type) -> dict[str, ColumnSpec]:
    return {each.key: each for each in _columns(program)}
