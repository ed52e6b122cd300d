"""Finds the date phrases of a sentence: the longest that the date reader reads whole; pairs of windows one by one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from cartwatch.domain.dates.conferences import meetings
from cartwatch.domain.dates.parser import read_window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cartwatch.domain.dates.window import Window

__all__ = ["DateSpan", "spans"]

_SOME_DAY = date(2020, 6, 15)  # tells a phrase that lacks a day from one that is none
_MOST_WORDS = 16
_EXACT = ("day", "instant", "range", "month")


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date phrase: its place in the sentence, its words and window.

    `window` is None where the phrase can't be read without the day of the release, or not at all; then `refused` has the rule.
    `of_list`: it is one of several windows that a sentence gives for several events, in their order. `was` is the earlier
    guidance of `delayed from Q3 2026 to Q1 2027`.
    """

    start: int
    end: int
    words: str
    window: Window | None
    refused: str = ""
    of_list: int = 0
    meeting: bool = False
    was: str = ""


_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|"
    "oct|nov|dec"
)
_UNIT = (
    rf"(?:{_MONTHS})\b\.?|q[1-4](?:'?\d{{2,4}})?\b|[1-4]q'?(?:\d{{2,4}})?\b|h[12](?:'?\d{{2,4}})?\b|[12]h'?(?:\d{{2,4}})?\b|"
    r"(?:20|19)\d{2}-\d{2}(?:-\d{2})?\b|\d{1,2}/\d{1,2}/\d{2,4}\b|\d{1,2}\.\d{1,2}\.\d{4}\b|(?:20|19)\d{2}\b|"
    r"(?:fy|cy|ye)'?\d{2,4}\b|year-end|yearend|mid-?year|quarters?\b|hal(?:f|ves)\b|spring|summer|autumn|fall|winter|"
    r"weeks?|months?|years?|days?|quarter-end|month-end|today|imminent(?:ly)?"
)
_SMALL = (
    "by|before|after|in|during|on|at|of|the|to|through|between|and|or|no|not|later|earlier|sooner|than|early|mid|late|end|"
    "beginning|start|middle|first|second|third|fourth|last|final|calendar|fiscal|this|next|coming|current|within|over|"
    "approximately|approx\\.?|around|about|circa|latter|prior|ahead|starting|as|soon|turn|onwards?|beyond|back|front|part|close|"
    "remainder|rest|upcoming|just|only|away|a|an|few|couple|monday|tuesday|wednesday|thursday|friday|saturday|sunday|now|"
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|week|most|earliest|latest|until|sometime|possibly|year's"
)
_TOKEN = (
    r"\d{1,2}:\d{2}(?: ?[ap]\.?m\.?)?(?![a-z])|\d{1,2} ?[ap]\.m\.|[ap]\.m\.|(?:[ap]m|et|est|edt|pt|pst|pdt|ct|cet|cest|gmt|utc|"
    rf"mt|eastern|pacific|time)\b|(?:{_UNIT})|(?:{_SMALL})\b|\d{{1,2}}(?:st|nd|rd|th)?\b|[,/~()&+-]"
)
_RUN = re.compile(rf"(?<!\w)(?:(?:{_TOKEN})(?:'s\b)? *)+")
_PART = re.compile(rf"(?:{_TOKEN})(?:'s\b)?")
_ANCHOR = re.compile(
    rf"(?:20|19)\d{{2}}|\b(?:{_MONTHS})\b|\bq[1-4]|[1-4]q|\bh[12]|[12]h\b|[12]h\d|quarter|half|year|month|week|spring|summer|"
    r"autumn|fall|winter|\d/\d|fy|cy|\bye'?\d|days\b|imminent"
)
_WORD = re.compile(r"[a-z0-9]")
_BARE_UNIT = re.compile(
    rf"(?:(?:the|on|at) )?(?:(?:{_MONTHS})\.?|spring|summer|autumn|fall|winter|q[1-4]|[1-4]q|h[12]|[12]h|"
    r"(?:first|second|third|fourth|last)[ -](?:quarter|half))"
)
_MOVED_FROM = re.compile(
    r"\b(?:delayed|pushed|moved|shifted|postponed|slipped|deferred|accelerated|pulled|brought|narrowed|refined|revised|updated|"
    r"rescheduled|changed|extended)(?: (?:back|out|up|forward|in))? from (?:the )?$"
)
_URL = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_STARTS = re.compile(
    r"(?:in|during|on|at|the|by|before|after|between|no|not|early|mid|late|end|beginning|start|middle|first|second|third|fourth|"
    r"last|calendar|fiscal|this|next|coming|current|within|over|approximately|approx|around|about|circa|latter|prior|ahead|starting|"
    r"as|turn|back|front|close|remainder|rest|just|only|monday|tuesday|wednesday|thursday|friday|saturday|sunday|sometime|possibly|"
    r"later|upcoming|\d|q|h|~|fy|cy|ye|mid|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|spring|summer|autumn|fall|winter|"
    r"imminent|week|weeks|year)"
)
_SIDES = re.compile(r"\b(?:by|before|after|until|within|between|than|beyond|prior|ahead|or|from|since)\b")
_PAIR = re.compile(
    r"(?P<first>(?:(?:early|mid|late)[- ])?(?:q[1-4]|[1-4]q|h[12]|[12]h|(?:first|second|third|fourth) (?:quarter|half)|"
    rf"(?:first|second|third|fourth)|(?:{_MONTHS})|early|mid|late|(?:19|20)\d\d)(?:[ -]+(?:of )?(?:20\d\d))?)"
    r",? and (?:in |the |by )*"
    r"(?P<second>(?:(?:early|mid|late)[- ])?(?:the )?(?:q[1-4]|[1-4]q|h[12]|[12]h|"
    rf"(?:first|second|third|fourth) (?:quarter|half)|(?:first|second|third|fourth) (?:quarters|halves)|"
    rf"(?:{_MONTHS})|early|mid|late)?[ -]*(?:of )?(?P<year>20\d\d))\b"
)


def spans(low: str, text: str, said: date | None) -> list[DateSpan]:
    """Return the date phrases of a sentence in order; `low` is the folded `text`. Without `said`, relative ones are refused."""
    if not _ANCHOR.search(low) and not _meeting_pattern().search(low):
        return []
    hidden = _URL.sub(lambda hit: " " * len(hit[0]), low) if "." in low or "@" in low else low
    found = list(_meeting_spans(hidden, text, said))
    for each in found:
        hidden = hidden[: each.start] + "\0" * (each.end - each.start) + hidden[each.end :]
    paired = list(_pairs(hidden, text, said)) if " and " in hidden else []
    for each in paired:
        hidden = hidden[: each.start] + "\0" * (each.end - each.start) + hidden[each.end :]
    found += paired
    if _ANCHOR.search(hidden):
        for tokens in _runs(hidden):
            found += _read_run(hidden, text, tokens, said)
    days = [each for each in found if not each.meeting and each.window is not None and each.window.precision in _EXACT]
    talks = [each for each in found if each.meeting]
    vague = [each for each in days if _precision(each) == "month" and any(_of_meeting(low, talk, each) for talk in talks)]
    days = [each for each in days if each not in vague]
    found = [each for each in found if not each.meeting or not any(_of_meeting(low, each, day) for day in days)]
    found = [each for each in found if each not in vague]
    return sorted(found, key=lambda each: (each.start, each.of_list))


def _precision(span: DateSpan) -> str:
    return span.window.precision if span.window is not None else ""


def _of_meeting(low: str, meeting: DateSpan, day: DateSpan) -> bool:
    """Whether a day is that of a talk at a meeting, or the days of the meeting itself: then the meeting says nothing more."""
    assert day.window is not None
    gap = low[meeting.end : day.start] if day.start > meeting.end else low[day.end : meeting.start]
    if ";" in gap or len(gap) > 120:
        return False
    window = meeting.window
    return window is None or window.start is None or day.window.end is None or abs((day.window.end - window.start).days) < 62


def _runs(low: str) -> Iterator[list[tuple[int, int]]]:
    """Runs of words that a date phrase may be made of, with a unit among them."""
    for run in _RUN.finditer(low):
        if _ANCHOR.search(low, run.start(), run.end()):
            yield [part.span() for part in _PART.finditer(low, run.start(), run.end())]


def _read_run(low: str, text: str, tokens: list[tuple[int, int]], said: date | None) -> Iterator[DateSpan]:
    """The phrases of a run, the longest from the left; what is left over and matters refuses its neighbour."""
    at = 0
    left_over = ""
    while at < len(tokens):
        start = tokens[at][0]
        hit = None
        if _STARTS.match(low, start):
            last = min(len(tokens), at + _MOST_WORDS)
            for stop in range(last, at, -1):
                end = tokens[stop - 1][1]
                words = low[start:end]
                if not _ANCHOR.search(words):
                    break
                if words[-1] in ",/~(&+-" or _ends_open(words):
                    continue
                span = _read(text[start:end], start, low, said)
                if span is not None:
                    hit = (stop, span)
                    break
        if hit is None:
            left_over = f"{left_over} {low[tokens[at][0] : tokens[at][1]]}" if _WORD.match(low, start) else left_over
            at += 1
            continue
        at, span = hit
        if _SIDES.search(left_over) and not re.search(r"\b(?:to|and|or|at|on)\s*$", left_over):
            span = DateSpan(span.start, span.end, span.words, None, "words around the date are not understood")
        left_over = ""
        yield span


def _ends_open(words: str) -> bool:
    return (
        re.search(r"\b(?:of|the|and|or|in|by|to|at|on|before|after|as|a|an|between|than|about|during|over)$", words) is not None
    )


def _read(words: str, start: int, low: str, said: date | None) -> DateSpan | None:
    """Read one phrase; None where it is none."""
    words = words.strip()
    if _BARE_UNIT.fullmatch(words.lower()) and not _before_month(low[max(0, start - 12) : start]):
        return None
    moved = _MOVED_FROM.search(low, max(0, start - 40), start)
    if moved is not None and (both := re.fullmatch(r"(.+?) to (.+)", words)) is not None:
        after = read_window(both[2], said)
        if after.dated and read_window(both[1], said).dated:
            return DateSpan(start + both.start(2), start + both.end(2), both[2], after, was=both[1])
    window = read_window(words, said)
    if window.dated:
        return DateSpan(start, start + len(words), words, window)
    if said is None and read_window(words, _SOME_DAY).dated:
        return DateSpan(start, start + len(words), words, None, "counted from the day of the release, which is not known")
    return None


def _before_month(low: str) -> bool:
    """Whether a bare "may" or "march" is a month, by the word before it."""
    return (
        re.search(r"\b(?:in|by|of|early|mid|late|during|through|until|to|this|next|for|before|after|end)[ -]*$|\($", low)
        is not None
    )


def _pairs(low: str, text: str, said: date | None) -> Iterator[DateSpan]:
    """Two windows that share a year, `Q1 and Q3 2026`: each its own, never one that spans both."""
    for hit in _PAIR.finditer(low):
        if re.search(r"between (?:the )?$", low[: hit.start()]):
            continue
        first, second, year = hit["first"], hit["second"], hit["year"]
        if not re.search(r"20\d\d", first):
            unit = re.search(r"(quarter|hal)", second) if first in ("first", "second", "third", "fourth") else None
            tail = {"quarter": " quarter", "hal": " half"}[unit[1]] if unit is not None else ""
            first = f"{first}{tail} {year}"
        second = second.replace("quarters", "quarter").replace("halves", "half")
        by = re.search(r"\bby (?:the )?$", low[: hit.start()])
        lead = "by " if by else ""
        windows = [read_window(lead + each, said) for each in (first, second)]
        if all(each.dated for each in windows):
            words = text[hit.start() : hit.end()]
            for number, (phrase, window) in enumerate(zip((first, second), windows, strict=True), 1):
                yield DateSpan(hit.start(), hit.end(), _as_written(lead + phrase, words), window, of_list=number)


def _as_written(phrase: str, words: str) -> str:
    """A phrase in the case in which the text has it."""
    out = []
    for part in phrase.split(" "):
        at = words.lower().find(part)
        out.append(words[at : at + len(part)] if at >= 0 else part)
    return " ".join(out)


@cache
def _meeting_pattern() -> re.Pattern[str]:
    names = sorted({" ".join(name) for each in meetings() for name in each.names}, key=len, reverse=True)
    listed = "|".join(re.escape(each).replace(r"\ ", r"[ -]") for each in names)
    around = (
        r"(?:annual|international|meeting|congress|conference|and|exposition|expo|hybrid|virtual|scientific|"
        r"sessions?|symposium|the|of)"
    )
    return re.compile(
        rf"\b(?:(?:the|20\d\d|\d{{1,3}}(?:st|nd|rd|th)|annual|upcoming) )*(?:{listed})(?![a-z-])"
        rf"(?:'s)?(?: ?\([a-z ]{{2,12}}(?: ?'?\d{{2,4}})?\))?(?:'s)?(?:[ -](?:\d{{1,3}}(?:st|nd|rd|th)|{around})\b)*"
        r"(?: ?\([a-z]{2,8}(?: ?'?\d{2,4})?\))?(?:,? ?20\d\d\b| ?'\d\d\b)?(?: (?:annual|meeting|congress|conference)\b)*"
    )


def _meeting_spans(low: str, text: str, said: date | None) -> Iterator[DateSpan]:
    for hit in _meeting_pattern().finditer(low):
        words = text[hit.start() : hit.end()]
        year = re.search(r"20\d\d", words)
        tries = [words]
        plain = re.sub(r"\([^)]*\)|\b\d{1,3}(?:st|nd|rd|th)\b|\b(?:and|expo(?:sition)?)\b|['’]s\b|,", " ", words)
        tries.append(" ".join(plain.split()))
        if year is not None:
            name = next(
                (
                    " ".join(name)
                    for each in meetings()
                    for name in each.names
                    if re.search(rf"\b{re.escape(' '.join(name))}\b", words.lower())
                ),
                "",
            )
            tries.append(f"{name} {year[0]}")
        for each in tries:
            window = read_window(each, said)
            if window.dated:
                yield DateSpan(hit.start(), hit.end(), each, window, meeting=True)
                break
