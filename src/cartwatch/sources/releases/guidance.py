"""Reads guidance: what is to happen in a window, or the rule for which nothing is offered."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .clauses import SOFT, Clause, clause_of
from .lexicon import lexicon, pattern
from .sections import ABOUT, MILESTONES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cartwatch.domain.dates.window import Window

    from .sections import Passage
    from .spans import DateSpan

__all__ = ["Event", "Guided", "event_words", "guided"]


@dataclass(frozen=True, slots=True)
class Event:
    """An event named in a clause: its kind, what such an event is called, and its place in the clause."""

    kind: str
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Guided:
    """The reading of one window: the events that it is given for, or `refused`, the rule that refuses it."""

    span: DateSpan
    events: tuple[Event, ...] = ()
    rule: str = ""
    refused: str = ""
    why: str = ""
    clause: Clause | None = None
    was: str = ""


_NEEDS_NO_TENSE = ("pdufa", "adcom", "chmp")
_LONGEST_EVENT = 90
_ARTICLE = re.compile(r"^(?:an?|the|its|our|their|this) ", re.I)
_CLOSE = re.compile(r"\b(?:potential|planned|anticipated|expected|upcoming|targeted) [^,;]{0,60}$")
_TALK_DATE = re.compile(r"\b(?:date|date and time|date ?/ ?time|time|when)\b[^:;]{0,20}: *$")
_RESULTS = re.compile(
    r"\b(?:quarter|half|year|annual|financial|h[12]|q[1-4]|[1-4]q)[^.;,]{0,20} (?:results|earnings)"
    r"(?: on| for| will be released(?: on)?)? *$"
)
_TALKS = r"\b(?:poster|oral|presentation|session|abstract)s?\b"
_LEADING = re.compile(r"^(?:\W|\b(?:and|with|including|or|as well as|both)\b)*")
_TAIL = pattern("guidance", "tail")
_WAS = pattern("guidance", "was")
_AHEAD = pattern("guidance", "ahead")
_BARE = pattern("guidance", "bare")


def guided(low: str, found: Sequence[DateSpan], passage: Passage, said: date | None) -> list[Guided]:
    """Read every window of a sentence."""
    out: list[Guided] = []
    for at in range(len(found)):
        out.append(_one(low, found, at, passage, said, out))
    return out


def _one(low: str, found: Sequence[DateSpan], at: int, passage: Passage, said: date | None, before: list[Guided]) -> Guided:
    span = found[at]
    left = low[: span.start]
    if span.refused or span.window is None:
        return Guided(span, refused=span.refused or "unreadable")
    if _WAS.search(left[-60:]) and before:
        if before[-1].events and not before[-1].was:
            before[-1] = replace(before[-1], was=span.words)
        return Guided(span, refused="earlier guidance")
    refused = lexicon().refused
    clause = clause_of(low, found, at)
    around = f"{clause.wide} {low[span.end : span.end + 60]}" if clause.fronted else clause.wide
    if refused["as_of"].search(left) or (refused["history"].search(left[-30:]) and not span.was):
        return Guided(span, refused="as of" if refused["as_of"].search(left) else "since or until")
    if lexicon().relative.match(low[span.end :]) and _relative(span.words.lower()):
        return Guided(span, refused="relative to another event")
    if refused["runway"].search(low) and (
        re.search(r"\b(?:into|through|until|to|at least|beyond|for)\b[^a-z0-9]*(?:the )?$", left)
        or refused["runway"].search(around)
    ):
        return Guided(span, refused="cash runway")
    if re.search(r"\b(?:r&d|investor|research and development|pipeline) day\b", low):
        data = [each for each in _events(low) if each.kind in ("readout", "interim")]
        if data and not lexicon().past.search(left):
            return Guided(span, (data[-1],), "data at an R&D day", why="an R&D day: check that data are meant", clause=clause)
    if refused["fiscal"].search(left if not clause.fronted else left + clause.text):
        strict = refused["fiscal"].search(clause.text) or refused["fiscal"].search(left[-60:])
        if strict:
            return Guided(span, refused="financial period or figure")
    if re.match(r" (?:financial |operating |full[- ]year )*(?:results|earnings)\b", low[span.end :]) or _RESULTS.search(left):
        return Guided(span, refused="financial period or figure")
    for name in ("call", "investors", "corporate", "legal"):
        if refused[name].search(_near(low, clause, span)):
            return Guided(
                span,
                refused={
                    "call": "call or webcast",
                    "investors": "investor conference",
                    "corporate": "corporate matter",
                    "legal": "legal matter",
                }[name],
            )
    if said is not None and _over(span.window, said):
        return Guided(span, refused="past")
    if clause.marker == "past":
        return Guided(span, refused="past")
    scope = clause.text if clause.text.strip() else clause.wide
    if refused["negated"].search(scope) and not re.search(r"\bnot only\b", scope):
        return Guided(span, refused="negated")
    conditional = refused["conditional"].search(
        re.split(r", (?:and,? )?if |,? and, if ", scope)[0] if clause.fronted else scope
    )
    events = _governing(clause, low)
    if not events and not clause.fronted and re.search(r"\b(?:completion|submission)\b", clause.text):
        told = [each for each in _events(left) if each.kind in ("filing", "enrolment")]
        events = (told[-1],) if told else ()
    if not events and not clause.fronted:
        behind = re.match(r" ?[^.;,()]{0,40}", low[span.end :])
        event = _head(f"{clause.text} {behind[0] if behind is not None else ''}")
        events = (event,) if event is not None else _inherited(clause, before)
    if not events and not clause.fronted and (close := _CLOSE.search(left)) is not None:
        event = _head(close[0])
        events = (event,) if event is not None else ()
    if (
        not events
        and _TALK_DATE.search(left)
        and re.search(_TALKS, f"{passage.before} {passage.low} {' '.join(passage.headings).lower()}")
    ):
        events = (_event_of("conference"),)
    events = tuple(_in_context(each, span, low) for each in events)
    if refused["talk"].search(scope):
        return Guided(span, refused="talk of timing")
    if refused["progress"].search(scope) and not _own_event(events):
        return Guided(span, refused="progress towards")
    if not events:
        if refused["milestones"].search(clause.text.rstrip(" ,")):
            return Guided(span, refused="milestones in general")
        return Guided(span, refused="conditional" if conditional is not None else "no event")
    if conditional is not None and not re.search(r"\bupcoming\b|\bto be presented\b", scope):
        return Guided(span, refused="conditional")
    if refused["progress"].search(scope) and clause.marker != "imperative":
        return Guided(span, refused="progress towards")
    why = ""
    if conditional is not None:
        why = "stands in a condition"
    rule = f"{events[0].kind}: {_rule(clause, events[0], passage)}"
    if not clause.marker and events[0].kind not in _NEEDS_NO_TENSE and not _AHEAD.search(span.words.lower()):
        if passage.section == MILESTONES or (span.window.open_left and span.window.end is not None):
            pass
        elif said is None or span.window.start is None or span.window.start > said or span.meeting:
            why = "no verb says that it is to come"
        else:
            return Guided(span, refused="no plan")
    if passage.section == ABOUT:
        why = why or "stands in a description of the product"
    return Guided(span, events, rule, why=why, clause=clause, was=span.was)


def _rule(clause: Clause, event: Event, passage: Passage) -> str:
    if clause.marker == "imperative":
        return "an item of a list of plans"
    if clause.marker == "future":
        return "to come in the window"
    return "a milestone" if passage.section == MILESTONES else "named with the window"


def _near(low: str, clause: Clause, span: DateSpan) -> str:
    """The clause with the words close behind the window."""
    tail = re.split(r"[;,]|\. | and ", low[span.end : span.end + 90])[0]
    return f"{clause.text} {tail}"


def _relative(words: str) -> bool:
    return (
        re.search(
            r"\b(?:within|in|next|over|about|approximately)\b.*\b(?:days?|weeks?|months?|years?)$|^(?:\d+|one|two|three|six|twelve)\b",
            words,
        )
        is not None
    )


def _over(window: Window, said: date) -> bool:
    return window.end is not None and window.end < said


def _events(text: str) -> list[Event]:
    """Every event that a text names; those within a longer one are left out."""
    found: list[Event] = []
    for kind in lexicon().kinds:
        for hit in kind.pattern.finditer(text):
            if hit.end() > hit.start():
                found.append(Event(kind.name, kind.event, hit.start() + len(hit[0]) - len(hit[0].lstrip()), hit.end()))
    found.sort(key=lambda each: each.start)
    return found


def _head(text: str) -> Event | None:
    """The event that a stretch of words is about: the first, made more precise by what stands with it."""
    found = _events(text)
    if not found:
        return None
    first = found[0]
    same = [each for each in found if each.start == first.start]
    first = next((each for kind in lexicon().kinds for each in same if each.name == kind.event), first)
    if first.kind == "readout":
        better = [each for each in found if each.kind in ("interim", "conference")]
        better = [each for each in better if each.start <= first.end + 140]
        if better:
            return better[0]
    if first.kind == "interim":
        talk = [
            each
            for each in found
            if each.kind == "conference" and re.search(r"present|poster|oral", text[each.start : each.end])
        ]
        if talk:
            return talk[0]
    if "update" in text[first.start : first.end]:
        talks = [each for each in found if each.name == "Regulatory meeting"]
        if talks:
            return talks[0]
    if first.name == "Trial start":
        inside = [each for each in found if each.kind == "enrolment" and each.start <= first.end]
        if inside and not re.search(r"enroll?ing", text[inside[0].start : inside[0].end]):
            return inside[0]
    if first.kind in ("approval", "launch", "enrolment", "other", "readout"):
        return next((each for each in found if each.kind in _NEEDS_NO_TENSE), first)
    return first


def _governing(clause: Clause, low: str) -> tuple[Event, ...]:
    """The events that the window is given for."""
    words = lexicon()
    text = clause.text
    behind = text[max(0, clause.after) :] if clause.marker else text
    if _BARE.search(behind) and (event := _head(text)) is not None and event.kind == "enrolment":
        return (event,)
    parts = words.coordinated.split(behind)
    found = [event for part in parts if (event := _head(part)) is not None]
    if found:
        if len(parts) == len(found) > 1 and len({each.kind for each in found}) == len(found):
            return tuple(found)
        if clause.fronted:
            return (found[0],)
        return (found[-1],) if len(parts) > 1 and _head(parts[-1]) is not None else (found[0],)
    if (event := _head(text)) is not None:
        return (event,)
    wide = clause.wide
    if clause.fronted or wide == text:
        return ()
    return (event,) if (event := _head(wide)) is not None else ()


def _event_of(kind: str) -> Event:
    return next(Event(kind, each.event, 0, 0) for each in lexicon().kinds if each.name == kind)


def _in_context(event: Event, span: DateSpan, low: str) -> Event:
    """An event as its surroundings make it: data at a meeting are a talk there, an update on talks with an agency no data."""
    if span.meeting and event.kind in ("readout", "interim", "other"):
        return _event_of("conference")
    if event.kind == "readout" and re.search(
        r"\b(?:dsmb|idmc|dmc|monitoring (?:board|committee))\b[^;]*\breview", low[: span.start]
    ):
        return next(Event(each.name, each.event, event.start, event.end) for each in lexicon().kinds if "board" in each.event)
    if event.kind == "readout" and re.search(
        r"^\W*(?:and|with|with an?|an|an? \w+)? ?updates?\b", low[: span.start].rpartition(",")[2]
    ):
        talks = [each for each in _events(low[: span.start]) if each.name == "Regulatory meeting"]
        return talks[-1] if talks else event
    return event


def _own_event(events: Sequence[Event]) -> bool:
    return bool(events) and events[0].kind not in ("other",)


def _inherited(clause: Clause, before: Sequence[Guided]) -> tuple[Event, ...]:
    """The event of the window before, where a clause only goes on with `and Phase 2 in Q3 2026`."""
    if not before or not before[-1].events:
        return ()
    if re.match(r"^\W*(?:and|or|followed by|then)\b[^;]{0,60}$", clause.text) and not clause.marker:
        return before[-1].events
    return ()


def event_words(text: str, low: str, region: tuple[int, int], event: Event, span: DateSpan) -> tuple[str, tuple[int, int]]:
    """The event in the words of the release, from where it is named to the verb of tense or the window; and that place."""
    start, end = region
    fronted = span.start - start < 4
    limit = end if fronted else span.start
    begin = _named_at(low, start, limit, event, fronted)
    if begin is None:
        return event.name, (start, end)
    core = (begin, end) if fronted else (begin, span.end)
    stop = next((hit.start() for hit in lexicon().future.finditer(low, begin + 4, limit)), limit)
    words = _TAIL.sub("", text[begin:stop].strip())
    if len(words) > _LONGEST_EVENT:
        words = words[:_LONGEST_EVENT].rsplit(" ", 1)[0]
    if words.count("(") > words.count(")"):
        words = words[: words.rindex("(")]
    words = _TAIL.sub("", words.strip(" ,;:"))
    words = _ARTICLE.sub("", words)
    if len(words) < 8 or words.lower() in ("on track", "initiate", "conference presentation"):
        words = event.name
    return words[:1].upper() + words[1:], core


def _named_at(low: str, start: int, limit: int, event: Event, fronted: bool) -> int | None:
    """Where an event is named: in the clause next to the window first."""
    patterns = [each.pattern for each in lexicon().kinds if each.name == event.kind]
    soft = max((hit.end() for hit in SOFT.finditer(low, start, limit)), default=start)
    for begin in (start,) if fronted else (soft, start):
        found = [hit for each in patterns if (hit := each.search(low, begin, limit)) is not None]
        if found:
            return min(hit.start() + len(hit[0]) - len(_LEADING.sub("", hit[0])) for hit in found)
    return None
