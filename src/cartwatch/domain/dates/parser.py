"""Parser for date phrases: reads a sponsor's words into a window, and never guesses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from cartwatch.domain.dates.moments import later_day

from .format import shown
from .lexer import plain, tokens
from .lexicon import (
    ABOUT,
    ABOUT_BEHIND,
    COMING,
    EARLIER,
    GOAL_DATES,
    HEDGES,
    HEDGES_BEHIND,
    NOTES,
    SAID_TWICE,
    SEPARATORS,
    SHIFTED_FROM,
    SHIFTED_TO,
    SIDE_MARKS,
    SIDES,
    SIDES_BEHIND,
    SOON,
    STRETCHES,
    UNDATED,
)
from .moments import ZONES, at_zone, iso_moment, time_of_day
from .unit_grammar import EARLY_MID_LATE, PARTS, UnitWords
from .units import DateUnit, month_end, span
from .window import Window

if TYPE_CHECKING:
    from .lexer import Token

__all__ = ["earlier_guidance", "read_window", "shown", "why_unreadable"]

_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
_LAST = {"quarter": (4, 1), "half": (2, 1), "month": (12, 6), "day": (12, 6)}  # in a year; how far two may be apart
_KEPT = 256  # characters; what is longer is rare and not worth keeping the reading of


def read_window(value: str | date | datetime, said: date | None = None, today: date | None = None) -> Window:
    """Read a TOML date, a date-time or a phrase into a window.

    `said` is the day the guidance was given; without it, what is counted from that day is counted from `today`, and a
    unit without a year stays unreadable, as does what has neither day to count from. No text raises.
    """
    if not isinstance(value, str):
        window = Window.of_date(value)
        return window if _sane(window) else Window(window.text)
    if len(value) > _KEPT:
        found = _understood.__wrapped__(value)
    else:
        found = _understood(value)
    if isinstance(found, Window):
        return found
    return _windowed(found, value, said, today) or Window(value)


def why_unreadable(text: str, said: date | None, today: date) -> str:
    """Say why a phrase has no window: it names no year, its window was over when it was said, or it is not understood."""
    if read_window(text, said, today).dated:
        return "not written as text"
    if said is None:
        return "names no year" if read_window(text, today, today).dated else "not understood"
    return "over before it was said" if read_window(text, None, said).dated else "not understood"


def earlier_guidance(text: str) -> str | None:
    """Return the earlier guidance that a readable phrase names: the `q4 2026` of `Q1 2027 (was Q4 2026)`, in lower case."""
    simple = plain(text)
    found = _earlier_words().search(simple) if simple else None
    if found is None:
        return None
    words = next(group for group in found.groups() if group).strip(" ,.")
    return words if read_window(words, _FIRST_DAY).dated else None


@cache
def _earlier_words() -> re.Pattern[str]:
    replaced, shifted, since = (
        "|".join(sorted(words.split("|"), key=len, reverse=True)) for words in (EARLIER, SHIFTED_TO, SHIFTED_FROM)
    )
    return re.compile(
        rf"\b(?:(?:{since}) (.+?) to |(?:{shifted}) .+? from ([^)\]]+)|(?:{replaced}) ([^)\]]+))",
    )


@lru_cache(maxsize=4096)
def _understood(text: str) -> Window | ParsedPhrase:
    """Parse a phrase to its window, or to a reading where the window depends on the day of the guidance."""
    simple = plain(text)
    if simple is None:
        return Window(text)
    if (simple.rstrip(" .") or simple) in UNDATED:
        return Window(text, precision="undated")
    cut = tokens(simple)
    reading = _Phrase(cut).whole() if cut else None
    if reading is None:
        return Window(text)
    return _windowed(reading, text, None, None) or reading


# From words to a reading


@dataclass(slots=True)
class ParsedPhrase:
    """A parsed phrase, before its calendar days are computed."""

    form: str  # unit range by before from after within later instant
    first: DateUnit | None = None
    second: DateUnit | None = None
    approximate: bool = False
    count: int = 0  # of `unit`, for the form within
    unit: str = ""
    instant: datetime | None = None


class _Phrase(UnitWords):
    """The grammar above a single unit: lead-ins, open starts and ends, stretches, ranges and trailing remarks."""

    hedge = ""  # the last one taken
    side = ""  # the words that opened one
    shifted = False  # "delayed to" stands before the date
    hyphened = False  # the last separator was a hyphen without spaces

    def whole(self) -> ParsedPhrase | None:
        """Parse the whole phrase, or return None."""
        label = self.attempt(self.goal_date)
        begins = self.at
        approximate, form = self.lead_ins()
        if label and self.at > begins:
            return None  # "PDUFA date expected by" such a day may be when the date itself is told
        reading = self.attempt(self.stretch, form) if self.kind() in ("word", "count", "~") else None
        if reading is None and not form:
            reading = self.attempt(self.later) or self.attempt(self.instant)
        if reading is None:
            reading = self.dates(form)
        if reading is None:
            return None
        reading.approximate |= approximate
        reading = self.behind(reading)
        return reading if self.at == len(self.tokens) else None

    def goal_date(self) -> bool | None:
        """The name of an agency's deadline before the day itself: `PDUFA target action date of December 23, 2026`."""
        self.words("a|an|fda|a fda|an fda")
        act = self.words("prescription drug user fee act")
        if act:
            self.attempt(self.bracketed, "pdufa")
        if not (self.words(GOAL_DATES) or act):
            return None
        if not self.take(":"):
            self.words("of|is|in|on|for")
        return True

    def lead_ins(self) -> tuple[bool, str]:
        """Take hedges, words for "about" and for an open start or end: whether approximate, and the form."""
        approximate, form = False, ""
        while True:
            if self.words(ABOUT) or self.take("~"):
                approximate = True
            elif not form and (form := self.opening()):
                continue
            elif hedge := self.words(HEDGES):
                self.hedge = hedge
                self.take(":")
            elif not form and (self.words(SHIFTED_TO) or self.attempt(self.shifted_from)):
                self.shifted = True
            else:
                return approximate, form

    def shifted_from(self) -> bool | None:
        """`delayed from Q4 2026 to`: the earlier guidance before the present one."""
        if not self.words(SHIFTED_FROM) or self.attempt(self.operand) is None:
            return None
        return bool(self.words("to")) or None

    def opening(self) -> str:
        start, end, form = self.at, self.at, ""
        for name, sequences in SIDES.items():
            self.at = start
            words = self.words(sequences) or (name if self.take(*SIDE_MARKS.get(name, ())) else "")
            if self.at > end:
                end, form, self.side = self.at, name, words
        self.at = end
        return form

    def stretch(self, form: str) -> ParsedPhrase | None:
        """A time counted from the guidance: `within 6 months`, `in the next 90 days`, `in 3 months`, `imminent`."""
        within = self.side == "within"
        if form and not within:
            return None
        if not form and (soon := self.words("|".join(SOON))):
            return ParsedPhrase("within", None, None, True, *SOON[soon])
        over = self.words("over")  # over the next six months is within them; over six months is more than that
        if coming := self.words("|".join(COMING)):
            return ParsedPhrase("within", None, None, True, *COMING[coming])
        definite = self.at < len(self.tokens) and self.tokens[self.at].definite
        ahead = self.words("next|coming")
        about = self.words(ABOUT) or self.take("~")
        number = self.take("count")
        more = self.attempt(self.upper_count, number) if number is not None else None
        single = number is None and (self.words("a|an") or (ahead == "next" and (within or over) and definite))
        if number is None and not single:
            return None
        unit = STRETCHES.get(self.words("|".join(STRETCHES)), "")
        in_months = self.hedge == "in" and (unit == "month" or more is not None) and number is not None and not over
        if not unit or not (ahead or in_months or (within and not over)):
            return None
        approximate = unit != "day" or bool(about) or more is not None
        return ParsedPhrase("within", None, None, approximate, more or (number.number if number else 1), unit)

    def upper_count(self, lower: Token) -> int | None:
        """The `18` of `12–18 months`."""
        if not (self.take("-") or self.words("to|or")):
            return None
        upper = self.take("count")
        return upper.number if upper is not None and upper.number > lower.number else None

    def later(self) -> ParsedPhrase | None:
        """`later this year`, `later in 2026`, `the rest of the year`."""
        if self.words("rest of|remainder of|balance of"):
            unit = self.plain_unit(False)
            return ParsedPhrase("later", unit) if unit is not None and unit.kind == "year" and not unit.end else None
        if not self.words("later"):
            return None
        if self.words("this"):
            name = self.words("week|month|quarter|half|year")
            if not name:
                return None
            return ParsedPhrase("later", DateUnit(name, years_on=0) if name == "year" else DateUnit(name, units_on=0))
        unit = self.plain_unit(True) if self.words("in") else None
        return ParsedPhrase("later", unit) if unit is not None and unit.kind == "year" and not unit.end else None

    def instant(self) -> ParsedPhrase | None:
        """A day with a time: `Dec 15 2026 5:00 pm ET`, `8:00 a.m. ET on December 15, 2026`."""
        if not any(token.kind in ("time", "instant") for token in self.tokens):
            return None
        if iso := self.take("instant"):
            local = iso_moment(iso.text)
        else:
            clock = self.take("time")
            zone = self.words(ZONES) if clock else ""
            if clock:
                self.words("on")
            day = self.plain_unit(False)
            if day is None or day.kind != "day" or day.year is None or day.approximate:
                return None
            if clock is None:
                self.words("at") or self.take("@")
                clock = self.take("time")
            found, hour = span(day, None, False), time_of_day(clock.text) if clock else None
            local = datetime.combine(found.start, hour) if found is not None and hour is not None else None
            if zone and local is not None:
                local = at_zone(local, zone)
        if local is not None and local.tzinfo is None and (zone := self.words(ZONES)):
            local = at_zone(local, zone)
        elif iso and local is not None and local.tzinfo is None and local.time() == time.min:
            return ParsedPhrase("unit", DateUnit("day", local.month, local.day, local.year))  # as spreadsheets write a day
        return None if local is None else ParsedPhrase("instant", instant=local)

    # One date or two

    def dates(self, form: str) -> ParsedPhrase | None:
        """One date, with one side open or none, or two."""
        between = not form and bool(self.words("between"))
        separators = "and" if between else SEPARATORS.get(self.side if form == "from" else form, "")
        first = self.attempt(self.bare_start, separators) if separators else None
        if first is None:
            first = self.attempt(self.operand)
        if first is None:
            return None
        reading = self.attempt(self.range, form, first, separators)
        if reading is None and first.kind and not between:
            return _sided(form, first)
        return reading

    def range(self, form: str, first: DateUnit, separators: str) -> ParsedPhrase | None:
        """Two dates; the first may leave to the second what both share. A deadline of two is the later one."""
        if not separators or (form == "from" and self.kind() == "/") or not self.attempt(self.separator, separators):
            return None
        self.words("in|during|on|at")
        second = self.attempt(self.day_alone, first) or self.attempt(self.operand)
        if second is None or (second.yearless and not first.yearless):
            return None
        both = _completed(first, second)
        if both is None or (both.yearless and not second.yearless) or (first.yearless and self.one_name(first, second)):
            return None
        if form == "by":
            return ParsedPhrase("by", both, replace(second, end=False))
        return ParsedPhrase("range", both, second)

    def one_name(self, first: DateUnit, second: DateUnit) -> bool:
        """Whether two units that a hyphen joins may be one: `ASCO-SITC 2027` is a meeting, `1H-November 2026` half a month."""
        if not self.hyphened:
            return False
        return (first.kind, second.kind) in (("event", "event"), ("half", "month"))

    def separator(self, separators: str) -> bool | None:
        if separators == "and":
            return bool(self.words("and")) or None
        hyphen = self.take("-")
        self.hyphened = hyphen is not None and not hyphen.spaced
        word = self.words(separators)
        if word:
            self.take("-")
        return bool(word or hyphen or self.take("/")) or None

    def bare_start(self, separators: str) -> DateUnit | None:
        """The first of two dates without its unit: `early to mid 2027`, `third or fourth quarter of 2026`, `12-15 December`."""
        part = self.words(PARTS)
        token = None if part else self.take("ordinal", "count")
        end = self.at
        if not (part or token) or not self.separator(separators):
            return None
        if part and self.words(PARTS):
            self.at = end
            return DateUnit("", part=EARLY_MID_LATE[part])
        if token is None:
            return None
        if token.kind == "ordinal" and token.number > 0 and self.attempt(self.numbered) is not None:
            self.at = end
            return DateUnit("", index=token.number)
        if token.text[0].isdigit() and self.attempt(self.day_first) is not None:
            self.at = end
            return DateUnit("", day=token.number)
        return None

    def day_alone(self, first: DateUnit) -> DateUnit | None:
        """The second of two dates where only its number is given: `Dec 5-8, 2026`, `Q3-4 2026`."""
        token = self.take("count", "ordinal")
        if token is None or not token.text[0].isdigit() or not first.yearless or self.kind() in ("month", "word"):
            return None
        if first.kind == "day":
            return self.year_behind(replace(first, day=token.number, weekday=None))
        if first.kind == "quarter" and first.part is None and not first.end and 1 <= token.number <= 4:
            return self.year_behind(replace(first, index=token.number), True)
        return None

    def behind(self, reading: ParsedPhrase) -> ParsedPhrase:
        """Take trailing remarks: `or later`, `(est.)`, `?`, `expected`; anything else is left, so that the phrase fails."""
        while self.at < len(self.tokens):
            if self.take("?", "~") or self.set_apart(ABOUT_BEHIND):
                reading.approximate = True
            elif (
                self.attempt(self.remark)
                or self.set_apart(HEDGES_BEHIND)
                or self.words(SAID_TWICE.get(reading.form, "at no time"))
            ):
                continue
            elif reading.form == "unit" and reading.first is not None:
                if self.attempt(self.again, reading.first):
                    continue
                form = next((name for name, sequences in SIDES_BEHIND.items() if self.words(sequences)), "")
                if not form and self.kind() == "+" and not self.tokens[self.at].spaced and self.take("+"):
                    form = "from"
                if not form:
                    break
                reading = replace(_sided(form, reading.first), approximate=reading.approximate)
            else:
                break
        return reading

    def behind_words(self, form: str) -> bool:
        return self.set_apart(HEDGES_BEHIND) or bool(self.words(SAID_TWICE.get(form, "at no time")))

    def remark(self) -> bool | None:
        """`(was Q4 2026)`, `previously Q4 2026`, `(interim)`, `[topline]`: earlier guidance, or what the date is of."""
        if self.words(EARLIER) or (self.shifted and self.words("from")):
            return self.attempt(self.operand) is not None or None
        closing = {"(": ")", "[": "]"}.get(self.kind())
        if closing is None:
            return None
        self.at += 1
        if self.words(EARLIER):
            return (self.attempt(self.operand) is not None and self.take(closing) is not None) or None
        words = []
        while self.at < len(self.tokens) and self.kind() != closing:
            words.append(self.tokens[self.at].text)
            self.at += 1
        return (" ".join(word for word in words if word != "-") in NOTES and self.take(closing) is not None) or None

    def again(self, unit: DateUnit) -> bool | None:
        """The same unit once more in brackets: `fourth quarter of 2026 (4Q26)`."""
        other = self.attempt(self.operand) if self.take("(") else None
        if other is None or not self.take(")"):
            return None
        other = _completed(other, unit)
        same = other is not None and replace(other, approximate=unit.approximate) == unit
        return same or None

    def set_apart(self, sequences: str) -> bool:
        """Take trailing words, bare or in brackets."""
        return bool(self.words(sequences) or self.attempt(self.bracketed, sequences))

    def bracketed(self, sequences: str) -> str | None:
        words = self.words(sequences) if self.take("(") else ""
        return words if words and self.take(")") else None


def _sided(form: str, unit: DateUnit) -> ParsedPhrase:
    """Build a reading with an open start or end. "By" and "before the end of P" mean by P; "after its end" means after P."""
    if unit.end and form in ("by", "before", "after"):
        return ParsedPhrase("by" if form == "before" else form, replace(unit, end=False))
    return ParsedPhrase(form or "unit", unit)


def _completed(first: DateUnit, second: DateUnit) -> DateUnit | None:
    """Complete the first of two dates with the year, or the unit, that it shares with the second."""
    if first.kind:
        if not first.yearless:
            return first
        back = 1 if _crosses(first, second) else 0
        year = None if second.year is None else second.year - back
        return replace(first, year=year, years_on=None if second.years_on is None else second.years_on - back)
    if first.part is not None:
        return None if second.part is None else replace(second, part=first.part)
    if first.day:
        return replace(second, day=first.day, weekday=None) if second.kind == "day" else None
    return replace(second, index=first.index) if second.kind in ("quarter", "half") else None


def _crosses(first: DateUnit, second: DateUnit) -> bool:
    """Whether two units of one kind lie across the turn of a year: `Q4/Q1 2027`, `Dec/Jan 2027`."""
    if first.kind != second.kind or first.kind not in _LAST or first.index <= second.index:
        return False
    in_year, most = _LAST[first.kind]
    return second.index + in_year - first.index <= most


# From a reading to a window


def _windowed(reading: ParsedPhrase, text: str, said: date | None, today: date | None) -> Window | None:
    """Compute the window of a reading; None where the calendar has none or there is no day to count from."""
    try:
        window = _laid_out(reading, text, _day(said or today), said is not None)
    except (ValueError, OverflowError):
        return None
    if window is None:
        return None
    if window.open_left and said is None and window.end is not None and window.start and window.start > window.end:
        window = replace(window, start=None)  # the deadline is over; when it was given is not on record
    return window if _sane(window) else None


def _laid_out(reading: ParsedPhrase, text: str, as_of: date | None, said: bool) -> Window | None:
    form, approximate = reading.form, reading.approximate
    if reading.instant is not None:
        day = reading.instant.date()
        return Window(text, day, day, "instant", approximate, instant=reading.instant)
    if form == "within":
        if as_of is None:
            return None
        return Window(text, as_of, _after(as_of, reading.count, reading.unit), "range", approximate, relative=True)
    if reading.first is None:
        return None
    joined = None
    if reading.second is not None:
        joined = _joined(reading.first, reading.second, text, approximate, as_of, said)
        if joined is None or form == "range":
            return joined
    found = span(reading.second or reading.first, as_of, said)
    if found is None:
        return None
    approximate |= found.approximate or (joined is not None and joined.approximate)
    start, end = found.start, found.end
    if form == "unit" and reading.first.implied:  # "year-end" alone is by the end of this year, where it is known which
        return Window(text, as_of, end, "year", True, open_left=True, relative=True) if said else None
    if form == "unit":
        return Window(text, start, end, found.precision, approximate, relative=found.relative)
    if form == "later":
        if as_of is None or not start <= as_of <= end:
            return None
        return Window(text, later_day(as_of, 1), end, "range", True, relative=True)
    precision = "day" if found.precision == "event" and form in ("before", "after") else found.precision
    if form == "from":
        return Window(text, start, None, precision, approximate, relative=found.relative)
    if form == "after":
        return Window(text, later_day(end, 1), None, precision, approximate, relative=found.relative)
    if as_of is None:
        return None
    last = end if form == "by" else later_day(start, -1)
    return Window(text, as_of, last, precision, approximate, open_left=True, relative=True)


def _joined(first: DateUnit, second: DateUnit, text: str, approximate: bool, as_of: date | None, said: bool) -> Window | None:
    """Join two units to a range; the second must not end before the first."""
    last = span(second, as_of, said)
    if last is None:
        return None
    if first.yearless:
        first = replace(first, year=last.end.year if second.kind != "season" else last.start.year)
    begin = span(first, as_of, said)
    if begin is None or begin.start > last.start or begin.end > last.end:
        return None
    approximate |= begin.approximate or last.approximate
    return Window(text, begin.start, last.end, "range", approximate, relative=begin.relative or last.relative)


def _after(day: date, count: int, unit: str) -> date:
    """Add a number of units to a day; in a month that is too short the last day is taken."""
    if unit in ("day", "week"):
        return later_day(day, count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    last = month_end(months // 12, months % 12 + 1)
    return last.replace(day=min(day.day, last.day))


def _sane(window: Window) -> bool:
    """Whether the days are in order and within the supported years."""
    days = [day for day in (window.start, window.end) if day is not None]
    return days == sorted(days) and all(_FIRST_DAY <= day <= _LAST_DAY for day in days)


def _day(value: date | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value
