"""Slips as lines: how the guidance of each catalyst moved, what came, and counts by sponsor; no forecast is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.domain.difference import below
from cartwatch.domain.slips import FEWEST, ledgers, shift_words, tallies, tally, timing_words

from .catalysts import outcome_role
from .documents import value_document, window_document
from .lines import Line, Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cartwatch.domain.program import Program
    from cartwatch.domain.slips import Ledger, Slip, SlipTally, Timing

    from .look import Look

__all__ = ["slips_document", "slips_lines", "tally_runs"]

NO_FORECAST = "Counted from the guidance in this list. What moved before says nothing certain of what moves next."
_OTHER = ("widened", "unknown")


def slips_lines(programs: Sequence[Program], look: Look, *, sponsors: bool = True) -> tuple[tuple[Program | None, Line], ...]:
    """Build the page of slips, each line with the program it is about: counts by sponsor, then every ledger that moved."""
    every = ledgers(programs)
    moved = [each for each in every if each.moves]
    if not moved:
        return ((None, Line((Run("No guidance has moved yet.", "quiet"),))),)
    out: list[tuple[Program | None, Line]] = []
    if sponsors:
        out += [(None, each) for each in _by_sponsor(tallies(every), look)]
    last: Program | None = None
    for each in moved:
        if each.program is not last:
            last = each.program
            beside = f"  {last.sponsor}" if last.sponsor else ""
            out.append((last, Line((Run(last.label, "accent"), Run(beside, "quiet")), rule=True)))
            mine = [one for one in every if one.program is last]
            out.append((last, Line(tally_runs(tally(last.label, mine), look), indent=1, path="catalyst")))
        out += [(last, line) for line in _ledger(each, look, indent=1)]
    return (*out, (None, Line((Run(NO_FORECAST, "quiet"),), rule=True)))


def _by_sponsor(counts: Iterable[SlipTally], look: Look) -> list[Line]:
    heads = ("Sponsor", "moved", "slipped", "pulled in", "refined", "other", "median slip")
    out = [Line(cells=tuple((Run(each, "quiet"),) for each in heads))]
    still = []
    for each in counts:
        if not each.moves:
            still.append(each)
            continue
        kinds = [each.kinds.get(kind, 0) for kind in ("slipped", "pulled in", "refined")]
        numbers = [*kinds, sum(each.kinds.get(kind, 0) for kind in _OTHER)]
        shown = [(Run(str(number)) if number else Run(look.glyphs.absent, "quiet"),) for number in numbers]
        name = Run(each.name or "sponsor not reported", "strong" if each.name else "quiet")
        out.append(Line(cells=((name,), (Run(f"{each.moved} of {each.catalysts}"),), *shown, _median(each, look))))
    if still:
        others = f"{len(still)} more sponsor{'' if len(still) == 1 else 's'} with guidance that never moved"
        out.append(Line((Run(others, "quiet"),)))
    return out


def _median(count: SlipTally, look: Look) -> tuple[Run, ...]:
    number, middle = len(count.shifts), count.median
    if not number:
        return (Run(look.glyphs.absent, "quiet"),)
    if middle is None:
        return (Run(f"n = {number}: too few for a median", "quiet"),)
    least, most = count.shifts[0], count.shifts[-1]
    return (Run(f"{middle:g} days", "strong"), Run(f"  {least} to {most}, n = {number}", "quiet"))


def tally_runs(count: SlipTally, look: Look) -> tuple[Run, ...]:
    """Describe a tally in a line: catalysts moved, moves by kind, the median slip or why there is none, and outcomes."""
    dot = Run(f" {look.glyphs.dot} ", "quiet")
    if not count.catalysts:
        return (Run("no guidance is listed", "quiet"),)
    runs = [Run(f"{count.moved} of {count.catalysts} catalysts with guidance moved")]
    if count.moves:
        kinds = [f"{number} {'not comparable' if kind == 'unknown' else kind}" for kind, number in count.kinds.items()]
        runs += [dot, Run(", ".join(kinds))]
    if count.shifts:
        runs += [dot, *([Run("median slip ")] if len(count.shifts) >= FEWEST else []), *_median(count, look)]
    if count.timed:
        told = (
            f"outcome within the first guidance {count.first} of {count.timed}, within the last {count.last} of {count.timed}"
        )
        runs += [dot, Run(told)]
    return tuple(runs)


def _ledger(ledger: Ledger, look: Look, indent: int = 0) -> list[Line]:
    catalyst = ledger.catalyst
    path = below("catalyst", catalyst.key)
    out = [Line((Run(catalyst.event or catalyst.key, "strong"),), path=f"{path}.event", rule=True, indent=indent)]
    said = f" (said {ledger.first_said.text})" if ledger.first_said is not None else " (day not stated)"
    place = ledger.steps[0].place + 1 if ledger.steps else 0
    first = f"{path}.move.{place}" if place else f"{path}.when"
    out.append(Line((Run(ledger.first.text), Run(said, "quiet")), "First", first, indent + 1))
    out += [_step(each, look, path, indent + 1) for each in ledger.steps]
    told = _outcome(ledger)
    if told:
        out.append(Line(told, "Outcome", f"{path}.outcome", indent + 1))
    return out


def _step(step: Slip, look: Look, path: str, indent: int) -> Line:
    kind = step.move.kind
    said = step.said.text if step.said is not None else "day not stated"
    told = "same window, other words" if kind == "unchanged" else shift_words(step.move)
    named = told if kind in ("unknown", "unchanged") else f"{kind}: {told}"
    role = {"slipped": "bad", "pulled in": "good"}.get(kind, "quiet")
    runs = (
        Run(f"{look.glyphs.arrow} ", "quiet"),
        Run(step.new.text),
        Run(f" (said {said})" if step.said is not None else f" ({said})", "quiet"),
        Run("  "),
        Run(look.plainly(named), role),
    )
    return Line(runs, path=f"{path}.move.{step.place + 1}", indent=indent)


def _outcome(ledger: Ledger) -> tuple[Run, ...]:
    catalyst, first, last = ledger.catalyst, ledger.against_first, ledger.against_last
    if catalyst.known_outcome is None:
        return ()
    runs = [Run(catalyst.known_outcome, outcome_role(catalyst.outcome))]
    if catalyst.outcome_on is None:
        return (*runs, Run("  day not reported", "quiet"))
    runs.append(Run(f" {catalyst.outcome_on.text}"))
    if first is None or last is None:
        return tuple(runs)
    if not ledger.moves:
        return (*runs, Run(f"  {timing_words(last)} the guidance" if last.kind != "unknown" else "", "quiet"))
    return (*runs, Run(f"  {_against(first)} the first guidance, {_against(last)} the last", "quiet"))


def _against(found: Timing) -> str:
    return "cannot be compared with" if found.kind == "unknown" else timing_words(found)


# ---- JSON


def slips_document(programs: Sequence[Program], now: datetime) -> dict[str, Any]:
    """Build the JSON of slips: every ledger that moved, and the counts by sponsor."""
    every = ledgers(programs)
    return {
        "slips": [_ledger_document(each, now) for each in every if each.moves],
        "sponsors": [_tally_document(each) for each in tallies(every)],
    }


def _ledger_document(ledger: Ledger, now: datetime) -> dict[str, Any]:
    program, catalyst = ledger.program, ledger.catalyst
    return {
        "program": program.key,
        "name": program.label,
        "sponsor": program.sponsor,
        "catalyst": catalyst.key,
        "event": catalyst.event,
        "first": window_document(ledger.first, now),
        "first_said": value_document(ledger.first_said, now),
        "last": window_document(ledger.last, now),
        "moves": [_move_document(each, now) for each in ledger.moves],
        "outcome": catalyst.known_outcome,
        "outcome_on": value_document(catalyst.outcome_on, now),
        "against_first": _timing_document(ledger.against_first),
        "against_last": _timing_document(ledger.against_last),
    }


def _move_document(step: Slip, now: datetime) -> dict[str, Any]:
    return {
        "from": step.old.text,
        "to": step.new.text,
        "said": value_document(step.said, now),
        "cite": value_document(step.cite, now),
        "kind": step.move.kind,
        "start_shift": step.move.start_shift,
        "end_shift": step.move.end_shift,
        "width_change": step.move.width_change,
    }


def _timing_document(found: Timing | None) -> dict[str, Any] | None:
    return {"kind": found.kind, "days": found.days} if found is not None else None


def _tally_document(count: SlipTally) -> dict[str, Any]:
    return {
        "sponsor": count.name or None,
        "catalysts": count.catalysts,
        "moved": count.moved,
        **{
            kind.replace(" ", "_"): count.kinds.get(kind, 0)
            for kind in ("slipped", "pulled in", "refined", "widened", "unknown")
        },
        "n": len(count.shifts),
        "median_days": count.median,
        "range_days": [count.shifts[0], count.shifts[-1]] if count.median is not None else None,
        "outcomes": {"compared": count.timed, "within_first": count.first, "within_last": count.last},
    }
