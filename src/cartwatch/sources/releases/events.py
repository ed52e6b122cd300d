"""Finds the event that a window is given for: the kinds of catalysts by the words that name them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .clauses import SOFT, Clause
from .lexicon import lexicon, pattern

if TYPE_CHECKING:
    from .sections import Passage
    from .spans import DateSpan

__all__ = ["NEEDS_NO_TENSE", "Event", "event_words", "events_of", "named_events"]


@dataclass(frozen=True, slots=True)
class Event:
    """An event named in a clause: its kind, what such an event is called, and its place in the clause."""

    kind: str
    name: str
    start: int
    end: int


NEEDS_NO_TENSE = ("pdufa", "adcom", "chmp")
"""Kinds whose day is always one to come: no verb has to say so."""

_LONGEST_EVENT = 90
_ARTICLE = re.compile(r"^(?:an?|the|its|our|their|this) ", re.I)
_CLOSE = re.compile(r"\b(?:potential|planned|anticipated|expected|upcoming|targeted) [^,;]{0,60}$")
_TALK_DATE = re.compile(r"\b(?:date|date and time|date ?/ ?time|time|when)\b[^:;]{0,20}: *$")
_TALKS = re.compile(r"\b(?:poster|oral|presentation|session|abstract)s?\b")
_ENDED = re.compile(r"\b(?:completion|submission)\b")
_UPDATE = re.compile(r"^\W*(?:and|with|with an?|an|an? \w+)? ?updates?\b")
_BOARD = re.compile(r"\b(?:dsmb|idmc|dmc|monitoring (?:board|committee))\b[^;]*\breview")
_GOES_ON = re.compile(r"^\W*(?:and|or|followed by|then)\b[^;]{0,60}$")
_LEADING = re.compile(r"^(?:\W|\b(?:and|with|including|or|as well as|both)\b)*")
_TAIL = pattern("guidance", "tail")
_BARE = pattern("guidance", "bare")
_APPLICATION = pattern("guidance", "application")
_FEW_WORDS = 5


def events_of(clause: Clause, low: str, span: DateSpan, passage: Passage, before: tuple[Event, ...]) -> tuple[Event, ...]:
    """Return the events that a window is given for; `before` are those of the window before it in the sentence."""
    left = low[: span.start]
    found = _governing(clause)
    if not found and not clause.fronted:
        found = _behind(clause, low, span, left, before)
    if not found and _TALK_DATE.search(left):
        near = f"{passage.before} {passage.low} {' '.join(passage.headings).lower()}"
        found = (_event_of("conference"),) if _TALKS.search(near) else ()
    return tuple(_in_context(each, span, low) for each in found)


def _behind(clause: Clause, low: str, span: DateSpan, left: str, before: tuple[Event, ...]) -> tuple[Event, ...]:
    """The event of a clause that does not name one between its borders and the window."""
    if _ENDED.search(clause.text):
        told = [each for each in named_events(left) if each.kind in ("filing", "enrolment")]
        if told:
            return (told[-1],)
    noun = re.match(r" ?[^.;,()]{0,40}", low[span.end :])
    if (event := _head(f"{clause.text} {noun[0] if noun is not None else ''}")) is not None:
        return (event,)
    if len(clause.text.split()) <= _FEW_WORDS and _APPLICATION.search(clause.text):
        return (_event_of("filing"),)
    if before and _GOES_ON.match(clause.text) and not clause.marker:
        return before
    close = _CLOSE.search(left)
    event = _head(close[0]) if close is not None else None
    return (event,) if event is not None else ()


def _governing(clause: Clause) -> tuple[Event, ...]:
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


def _head(text: str) -> Event | None:
    """The event that a stretch of words is about: the first, made more precise by what stands with it."""
    found = named_events(text)
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
        return next((each for each in found if each.kind in NEEDS_NO_TENSE), first)
    return first


def named_events(text: str) -> list[Event]:
    """Every event that a text names; those within a longer one are left out."""
    found: list[Event] = []
    for kind in lexicon().kinds:
        for hit in kind.pattern.finditer(text):
            if hit.end() > hit.start():
                found.append(Event(kind.name, kind.event, hit.start() + len(hit[0]) - len(hit[0].lstrip()), hit.end()))
    found.sort(key=lambda each: each.start)
    return found


def _in_context(event: Event, span: DateSpan, low: str) -> Event:
    """An event as its surroundings make it: data at a meeting are a talk there, an update on talks with an agency no data."""
    if span.meeting and event.kind in ("readout", "interim", "other"):
        return _event_of("conference")
    if event.kind != "readout":
        return event
    left = low[: span.start]
    if _BOARD.search(left):
        return next(Event(each.name, each.event, 0, 0) for each in lexicon().kinds if "board" in each.event)
    if _UPDATE.search(left.rpartition(",")[2]):
        talks = [each for each in named_events(left) if each.name == "Regulatory meeting"]
        return talks[-1] if talks else event
    return event


def _event_of(kind: str) -> Event:
    return next(Event(kind, each.event, 0, 0) for each in lexicon().kinds if each.name == kind)


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
