"""Reads guidance: what is to happen in a window, or the rule for which nothing is offered."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .clauses import clause_of
from .events import NEEDS_NO_TENSE, events_of, named_events
from .lexicon import lexicon, pattern
from .refusals import is_conditional, refused_as_event, refused_as_window
from .sections import ABOUT, MILESTONES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from .clauses import Clause
    from .events import Event
    from .sections import Passage
    from .spans import DateSpan

__all__ = ["Guided", "guided"]


@dataclass(frozen=True, slots=True)
class Guided:
    """The reading of one window: the events that it is given for, or `refused`, the rule that refuses it."""

    span: DateSpan
    events: tuple[Event, ...] = ()
    rule: str = ""
    refused: str = ""
    why: str = ""
    tense: str = ""
    was: str = ""


_DAY_FOR_DATA = re.compile(r"\b(?:r&d|investor|research and development|pipeline) day\b")
_AND = re.compile(r"^\W*(?:and|or|followed by)\b|^\W*[;,]")
_WAS = pattern("guidance", "was")
_AHEAD = pattern("guidance", "ahead")


def guided(low: str, found: Sequence[DateSpan], passage: Passage, said: date | None) -> list[Guided]:
    """Read every window of a sentence."""
    out: list[Guided] = []
    for at, span in enumerate(found):
        if span.refused or span.window is None:
            out.append(Guided(span, refused=span.refused or "unreadable"))
        elif out and _WAS.search(low[max(0, span.start - 60) : span.start]):
            if out[-1].events and not out[-1].was:
                out[-1] = replace(out[-1], was=span.words)
            out.append(Guided(span, refused="earlier guidance"))
        else:
            out.append(_read(low, found, at, passage, said, out[-1] if out else None))
    return out


def _read(low: str, found: Sequence[DateSpan], at: int, passage: Passage, said: date | None, before: Guided | None) -> Guided:
    span, clause = found[at], clause_of(low, found, at)
    if (day := _day_for_data(low, span)) is not None:
        return day
    if refused := refused_as_window(low, span, clause, said):
        return Guided(span, refused=refused)
    events = events_of(clause, low, span, passage, before.events if before is not None else ())
    if refused := refused_as_event(span, clause, events, passage, said):
        return Guided(span, refused=refused)
    tense = clause.marker
    if not tense and before is not None and before.tense == "future" and _AND.match(low[before.span.end : span.start]):
        tense = "future"
    if not tense and not _comes(span, events[0], passage, said):
        return Guided(span, refused="no plan")
    rule = f"{events[0].kind}: {_rule(tense, passage)}"
    return Guided(span, events, rule, "", _doubt(span, clause, tense, events[0], passage), tense, span.was)


def _day_for_data(low: str, span: DateSpan) -> Guided | None:
    """An R&D day that names data: they may be shown on it."""
    if _DAY_FOR_DATA.search(low) is None or lexicon().past.search(low[: span.start]):
        return None
    data = [each for each in named_events(low) if each.kind in ("readout", "interim")]
    return Guided(span, (data[-1],), "data at an R&D day", why="an R&D day: check that data are meant") if data else None


def _comes(span: DateSpan, event: Event, passage: Passage, said: date | None) -> bool:
    """Whether a window is one to come although no verb says so: it lies ahead, or stands in a list of milestones."""
    window = span.window
    if event.kind in NEEDS_NO_TENSE or passage.section == MILESTONES or span.meeting or _AHEAD.search(span.words.lower()):
        return True
    assert window is not None
    return said is None or window.start is None or window.start > said or window.open_left


def _doubt(span: DateSpan, clause: Clause, tense: str, event: Event, passage: Passage) -> str:
    """Why guidance is not certain; "" where it is."""
    if is_conditional(clause):
        return "stands in a condition"
    if passage.section == ABOUT:
        return "stands in a description of the product"
    sure = tense or event.kind in NEEDS_NO_TENSE or passage.section == MILESTONES or _AHEAD.search(span.words.lower())
    if not sure and not (span.window is not None and span.window.open_left and span.window.end is not None):
        return "no verb says that it is to come"
    return ""


def _rule(tense: str, passage: Passage) -> str:
    if tense == "imperative":
        return "an item of a list of plans"
    if tense == "future":
        return "to come in the window"
    return "a milestone" if passage.section == MILESTONES else "named with the window"
