"""Content of every printed report, whatever its format: the agenda, the table of programs, and their panes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.agenda import items
from cartwatch.domain.dates.format import iso
from cartwatch.views.columns import column
from cartwatch.views.facts import absent, cited
from cartwatch.views.lines import Run
from cartwatch.views.look import role_of
from cartwatch.views.other_fields import other_fields
from cartwatch.views.panes import PANES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.program import Program
    from cartwatch.views.columns import ColumnSpec
    from cartwatch.views.look import Look

__all__ = ["AGENDA", "agenda_row", "headline", "program_row", "report_columns", "shown_panes", "waiting"]

AGENDA = ("Countdown", "When", "Program", "Catalyst", "Sponsor")
_COLUMNS = ("program", "sponsor", "target", "source", "phase", "next", "countdown", "crs", "icans", "gvhd")


def waiting(programs: Sequence[Program], look: Look) -> list[Item]:
    """Return the upcoming catalysts, in agenda order."""
    found = [each for program in programs for each in items(program, look.now) if each.waiting]
    return sorted(found, key=lambda each: each.order)


def headline(programs: Sequence[Program], coming: Sequence[Item], look: Look) -> str:
    """Return the headline, given what `waiting` found: `As of 2026-11-22 · 28 programs · 3 overdue, 9 open, 21 ahead`."""
    counts: dict[str, int] = {}
    for item in coming:
        state = {"today": "open", "by": "open"}.get(item.countdown.state, item.countdown.state)
        counts[state] = counts.get(state, 0) + 1
    told = ", ".join(
        f"{counts[each]} {each}" for each in ("overdue", "open", "ahead", "undated", "unreadable") if each in counts
    )
    number = "1 program" if len(programs) == 1 else f"{len(programs)} programs"
    return f"As of {iso(look.today)} · {number}" + (f" · catalysts: {told}" if told else "")


def agenda_row(item: Item, look: Look) -> list[Sequence[Run]]:
    """Return the cells of an upcoming catalyst under AGENDA."""
    catalyst, count, program = item.catalyst, item.countdown, item.program
    when: Sequence[Run] = absent(look)
    if item.window.text:
        role = "unread" if count.state == "unreadable" else ""
        when = cited(program, look, f"catalyst.{catalyst.key}.when", item.window.text, role, catalyst)
    text = {"undated": look.glyphs.absent, "unreadable": "unreadable"}.get(count.state, count.text)
    return [
        (Run(text, role_of(count)),),
        when,
        (Run(program.label, "strong"),),
        (Run(catalyst.event or catalyst.key),),
        (Run(program.sponsor),) if program.sponsor else absent(look),
    ]


def report_columns() -> list[ColumnSpec]:
    """Return the columns of the table of programs."""
    return [column(each) for each in _COLUMNS]


def program_row(program: Program, look: Look) -> list[Sequence[Run]]:
    """Return the cells of a program under `report_columns`."""
    return [each.cell(program, look) for each in report_columns()]


def shown_panes(program: Program, look: Look) -> list[str]:
    """Return the non-empty panes of a program."""
    known = {
        "overview": True,
        "mechanism": program.mechanism is not None,
        "safety": program.safety is not None or bool(program.efficacy),
        "catalysts": bool(program.catalysts),
        "trials": bool(program.trials),
        "notes": bool(program.notes),
        "sources": bool(program.sources),
    }
    return [key for key, _ in PANES if known.get(key) or other_fields(key, program, look)]
