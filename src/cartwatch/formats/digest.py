"""Digest to forward, in Markdown: overdue, due and open catalysts, moved guidance, news, and unverified facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.dates.format import iso
from cartwatch.domain.dates.moments import later_day
from cartwatch.domain.description import inside
from cartwatch.domain.difference import described
from cartwatch.domain.fields import facts, kind_of
from cartwatch.domain.program import root
from cartwatch.domain.provenance import provenance
from cartwatch.domain.runway import against_cash, cash_until
from cartwatch.domain.slips import slips
from cartwatch.domain.slips import words as move_words
from cartwatch.views.facts import stated, unverified

from .markdown import escaped
from .report import waiting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.dates.window import Window
    from cartwatch.domain.program import Program
    from cartwatch.domain.slips import Slip
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.views.look import Look

__all__ = ["DUE", "digest"]

DUE = 90  # days
_GROUPS = ("mechanism", "safety")  # prefixes that are left out before a fact of theirs


def digest(watchlist: Watchlist, look: Look, since: date, title: str, changes: Sequence[str] = ()) -> str:
    """Write the digest of a watchlist as of the moment of `look`; moves and news are those dated `since` or later.

    `changes` are lines on changes of the list itself since then, whatever the dates of the facts.

    Dates are those in the file: of guidance the day it was said, or its source published; of an outcome, a designation or a
    source its own day.
    """
    coming = waiting(watchlist.programs, look)
    limit = later_day(look.today, DUE)
    overdue = [each for each in coming if each.countdown.state == "overdue"]
    due = [each for each in coming if each not in overdue and each.window.end is not None and each.window.end <= limit]
    opened = [each for each in coming if each.countdown.state in ("open", "today") and each not in due]
    moved = [each for each in slips(watchlist) if _after(_said(each), since)]
    cash = list(_cash(watchlist.programs, look))
    parts = [
        (f"Overdue ({len(overdue)})", [_waited(each) for each in overdue]),
        (f"Due by {iso(limit)} ({len(due)})", [_waited(each) for each in due]),
        (f"Open, and closing later ({len(opened)})", [_waited(each) for each in opened]),
        (f"Moved since {iso(since)} ({len(moved)})", [_moved(each) for each in moved]),
        (f"New since {iso(since)}", list(_news(watchlist.programs, since, look.today))),
        (f"Changed in this list since {iso(since)}", [f"- {escaped(each)}" for each in changes]),
        *([(f"Cash beside the next window ({len(cash)})", cash)] if cash else []),
        ("Unverified, by program", list(_unverified(watchlist.programs))),
    ]
    number = f"{len(watchlist)} program{'' if len(watchlist) == 1 else 's'}"
    out = [f"# {escaped(title)}: digest of {iso(look.today)}", "", f"{number}, news since {iso(since)}.", ""]
    for heading, lines in parts:
        out += [f"## {heading}", "", *(lines or ["Nothing."]), ""]
    out.append("A window is not a day: a catalyst may come on any day of it. ° marks guidance whose source is not checked.")
    return "\n".join(out) + "\n"


def _waited(item: Item) -> str:
    """Format an upcoming catalyst: `- **lasme-cel**: First interim — Q4 2026, OPEN · ≤39d left`."""
    catalyst, program = item.catalyst, item.program
    sign = "" if provenance(program, f"catalyst.{catalyst.key}.when", catalyst).verified else "°"
    when = f"{escaped(item.window.text)}{sign}"
    return f"- **{escaped(program.label)}**: {escaped(catalyst.event or catalyst.key)} — {when}, {escaped(item.countdown.text)}"


def _cash(programs: Iterable[Program], look: Look) -> Iterator[str]:
    """Set each sponsor's cash beside the next window, with the day it was said; silent without data."""
    for program in programs:
        runway = program.company.runway if program.company is not None else None
        item = look.next(program)
        if runway is None or runway.when is None or item is None:
            continue
        words = against_cash(runway.when, item.window, look.today)
        if words:
            sign = "" if runway.verified else "°"
            said = f", said {runway.said.text}" if runway.said is not None else ""
            told = f"{cash_until(runway.when)}{sign}{said}; {item.catalyst.event or item.catalyst.key}: {words}"
            yield f"- **{escaped(program.label)}**: {escaped(told)}"


def _moved(slip: Slip) -> str:
    name = f"**{escaped(slip.program.label)}**: {escaped(slip.catalyst.event or slip.catalyst.key)}"
    kind = slip.move.kind if slip.move.kind in ("slipped", "pulled in") else ""
    told = "; ".join(each for each in (kind, move_words(slip.move)) if each)
    said = _said(slip)
    day = f", said {escaped(said.text)}" if said is not None and slip.said is not None else ""
    source = f", source {escaped(' and '.join(each.id for each in slip.cite))}" if slip.cite else ""
    return f"- {name} — {escaped(slip.old.text)} → {escaped(slip.new.text)} ({told}{day}{source})"


def _said(slip: Slip) -> Window | None:
    """Return the day of the later guidance, else the first day on which one of its sources was published."""
    if slip.said is not None:
        return slip.said
    sources = (slip.program.source(each.id) for each in slip.cite)
    days = [each.published for each in sources if each is not None and each.published is not None and each.published.end]
    return min(days, key=lambda each: str(each.end), default=None)


def _after(day: Window | None, since: date) -> bool:
    return day is not None and day.end is not None and day.end >= since


def _news(programs: Iterable[Program], since: date, today: date) -> Iterator[str]:
    """Return outcomes, designations, results and sources, one line each, under their program."""
    for program in programs:
        found: list[tuple[Window | None, str]] = []
        for catalyst in program.catalysts:
            if catalyst.closed:
                day = catalyst.outcome_on or catalyst.when
                found.append((day, f"{escaped(catalyst.event or catalyst.key)}: **{escaped(catalyst.outcome or '')}**"))
        found += [(each.placed, f"{escaped(described(each))} placed") for each in program.holds]
        found += [(each.lifted, f"{escaped(described(each))} lifted") for each in program.holds if not each.open]
        found += [(each.granted, f"{escaped(described(each))} granted") for each in program.designations]
        found += [(each.results_posted, f"{escaped(described(each))}: results posted") for each in program.trials]
        found += [(each.published, f"source: {escaped(each.title or each.id or 'untitled')}") for each in program.sources]
        for day, words in found:
            if day is not None and _after(day, since) and (day.start is None or day.start <= today):
                yield f"- **{escaped(program.label)}**: {words} ({escaped(day.text)})"


def _unverified(programs: Iterable[Program]) -> Iterator[str]:
    for program in programs:
        lacking = unverified(program)
        if lacking:
            known = sum(1 for _ in stated(program))
            named = ", ".join(map(_fact_words, lacking[:4])) + (f" and {len(lacking) - 4} more" if len(lacking) > 4 else "")
            yield f"- **{escaped(program.label)}**: {len(lacking)} of {known} facts ({escaped(named)})"


def _fact_words(path: str) -> str:
    """Name a fact in words: `costimulation` for `mechanism.costimulation`, `trial NCT03056339`."""
    kind: type | None = root()
    words: list[str] = []
    steps = path.split(".")
    for place, step in enumerate(steps, 1):
        fact = facts(kind).get(step) if kind is not None else None
        kind = fact.record if fact is not None else kind
        if fact is None:
            words.append(step)
        elif place == len(steps) or step not in _GROUPS:
            one = fact.kind == "records" and place < len(steps)
            record = kind_of(fact.record)
            words.append(record.label if one and record is not None else inside(fact))
    return " ".join(words) or path
