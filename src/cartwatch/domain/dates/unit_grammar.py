"""Grammar of a single unit: a month, quarter, half, year, season, day or meeting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from .conferences import GENERIC, named
from .lexer import TokenReader
from .units import MONTHS_IN, DateUnit

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EARLY_MID_LATE", "PARTS", "UnitWords"]

# Word sequences stand between bars; the longest that fits is taken.
EARLY_MID_LATE = {
    "early": 0,
    "early in": 0,
    "early part of": 0,
    "beginning of": 0,
    "start of": 0,
    "mid": 1,
    "midway through": 1,
    "middle of": 1,
    "late": 2,
    "late in": 2,
    "later part of": 2,
    "latter part of": 2,
}
"""The third of a unit that each of these words names."""

PARTS = "|".join(EARLY_MID_LATE)
_ENDS = "end|end of|close of"
_COUNTED = "week|month|quarter|half|year"
_FIRST_SHORT_YEAR = 20  # in "Dec-26"; before it, as in "Dec-15", it may well be a day
_HALVES = {"front half": 1, "back half": 2, "latter half": 2}


class UnitWords(TokenReader):
    """The rules for one unit. A rule that does not fit returns None, and `attempt` puts its tokens back."""

    # A unit, or a part of one

    def operand(self) -> DateUnit | None:
        """A unit, the early, mid or late third of one, or its end."""
        part = self.words(PARTS)
        ends = "" if part else self.words(_ENDS)
        if part or ends:
            self.take("-")
            self.words("in|of")
            self.take("-")
        year_first = self.kind() in ("year", "shortyear")
        unit = self.attempt(self.unit, bool(part or ends))
        if unit is None or (unit.end and (part or ends)):
            return None
        if ends and unit.kind == "year" and unit.yearless:
            unit.years_on = 0
        if part and year_first and unit.kind != "year":
            return None  # "early 2027, Q1" is early in the year, not in the quarter
        if part:
            unit.part = EARLY_MID_LATE[part]
            return unit if unit.kind in MONTHS_IN else None
        if ends:
            unit.end = True
            return unit
        return (self.attempt(self.end_behind, unit) if not unit.end and unit.kind in MONTHS_IN else None) or unit

    def end_behind(self, unit: DateUnit) -> DateUnit | None:
        """The end of `Q3 2026-end` or `Q3-end 2026`."""
        self.take("-")
        if not self.words("end"):
            return None
        return replace(self.year_behind(unit) if unit.yearless else unit, end=True)

    def unit(self, now: bool) -> DateUnit | None:
        """A unit with the calendar it is counted in; `now` where a bare month or quarter may be the current one."""
        prefix = self.words("fiscal|calendar|cal|fy|cy")
        if not prefix:
            return self.plain_unit(now)
        fiscal = prefix in ("fiscal", "fy")
        if self.attempt(self.year_end):
            unit: DateUnit | None = self.year_behind(DateUnit("year", end=True), True)
        else:
            named_year = self.words("year")
            year = self.attempt(self.year_number, prefix in ("fy", "cy"))
            if year is not None:
                unit = self.year_first(year)
            elif named_year:
                unit = None if fiscal else DateUnit("year", years_on=0)
            else:
                unit = self.plain_unit(now)
        if unit is None or unit.kind not in ("quarter", "half", "year"):
            return None
        unit.approximate |= fiscal
        return unit

    def plain_unit(self, now: bool) -> DateUnit | None:
        """Parse a unit by its first token."""
        rule = _RULES.get(self.kind())
        if rule is not None:
            return self.attempt(rule, self)
        if self.kind() != "word":
            return None
        return self.attempt(self.relative, now) or self.attempt(self.meeting, None)

    # Dates in figures

    def iso_day(self) -> DateUnit | None:
        text = self.tokens[self.at].text
        self.at += 1
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None
        return DateUnit("day", day.month, day.day, day.year)

    def iso_group(self) -> DateUnit | None:
        """`2026-12`, and the EDTF groups 33 to 41."""
        text = self.tokens[self.at].text
        self.at += 1
        year, code = int(text[:4]), int(text[5:])
        if 1 <= code <= 12:
            return DateUnit("month", code, year=year)
        if 33 <= code <= 36:
            return DateUnit("quarter", code - 32, year=year)
        if 37 <= code <= 39:
            return DateUnit("third", code - 37, year=year)
        return DateUnit("half", code - 39, year=year) if code in (40, 41) else None

    def slash(self) -> DateUnit | None:
        """`12/15/2026` in the US order; day first only where it must be."""
        one, two, three = self.tokens[self.at].text.split("/")
        self.at += 1
        if len(one) == 4:
            return DateUnit("day", int(two), int(three), int(one))
        year = int(three) if len(three) == 4 else 2000 + int(three)
        month, day = int(one), int(two)
        if month > 12:
            return DateUnit("day", day, month, year)
        return DateUnit("day", month, day, year, approximate=day <= 12)

    def european(self) -> DateUnit | None:
        """`31.12.2026`, `31-12-2026`: day first, and unreadable where both orders would be a date."""
        token = self.tokens[self.at]
        self.at += 1
        day, month, year = (int(part) for part in token.text.replace("-", ".").split("."))
        unsure = day <= 12 and day != month
        return None if unsure else DateUnit("day", month, day, year if year > 99 else 2000 + year)

    def month_of_year(self) -> DateUnit | None:
        """`12/2026`."""
        month, year = self.tokens[self.at].text.split("/")
        self.at += 1
        return DateUnit("month", int(month), year=int(year)) if 1 <= int(month) <= 12 else None

    # Quarters, halves, years

    def quarter(self) -> DateUnit | None:
        token = self.tokens[self.at]
        self.at += 1
        return self.year_behind(DateUnit("quarter", token.number, approximate="f" in token.text), True)

    def half(self) -> DateUnit | None:
        token = self.tokens[self.at]
        self.at += 1
        return self.half_of(token.number, True)

    def half_of(self, index: int, bare: bool) -> DateUnit | None:
        """A half of a year, or of a month: `1H November 2026`."""
        start = self.at
        self.words("of|in")
        if self.kind() == "month":
            month = self.month()
            return replace(month, kind="half-month", day=index) if month is not None and month.kind == "month" else None
        self.at = start
        return self.year_behind(DateUnit("half", index), bare)

    def ordinal(self) -> DateUnit | None:
        """`fourth quarter of 2026`, `2nd half`, `15th of December`, `68th ASH annual meeting`."""
        token = self.tokens[self.at]
        week = self.attempt(self.week_of_month)
        if week is not None:
            return week
        named_unit = self.attempt(self.numbered)
        if named_unit is not None:
            unit = self.half_of(named_unit.index, False) if named_unit.kind == "half" else self.year_behind(named_unit)
            if unit is None or (token.number == 0 and unit.yearless):
                return None  # "last quarter" is the one that is over
            unit.approximate |= named_unit.approximate
            return unit
        if not token.text[0].isdigit():
            return None
        day = self.attempt(self.day_first)
        if day is not None:
            return day
        self.at += 1
        meeting = self.meeting(None)
        return None if meeting is None or meeting.yearless else meeting  # which one the 68th was is not known here

    def week_of_month(self) -> DateUnit | None:
        """`first week of December 2026`, `last week in January`."""
        token = self.take("ordinal")
        if token is None or not self.words("week of|week in|full week of") or not 0 <= token.number <= 5:
            return None
        month = self.plain_unit(False)
        return replace(month, kind="month-week", day=token.number) if month is not None and month.kind == "month" else None

    def numbered(self) -> DateUnit | None:
        """`fourth quarter`, `second-half`, `third fiscal quarter`, without what follows."""
        token = self.take("ordinal")
        if token is None:
            return None
        self.take("-")
        fiscal = self.words("calendar|fiscal") == "fiscal"
        name = self.words("quarter|quarters|qtr|half|halves")
        kind, last = ("half", 2) if name in ("half", "halves") else ("quarter", 4)
        if not name or token.number > last:
            return None
        unit = DateUnit(kind, token.number or last, approximate=fiscal)
        self.attempt(self.repeated, unit)
        return unit

    def repeated(self, unit: DateUnit) -> bool | None:
        """The `(Q4)` of `fourth quarter (Q4) of 2026`."""
        again = self.take(unit.kind) if self.take("(") else None
        return (again is not None and again.number == unit.index and self.take(")") is not None) or None

    def year(self) -> DateUnit | None:
        year = self.year_number(False)
        return None if year is None else self.year_first(year)

    def year_first(self, year: int) -> DateUnit | None:
        """`2026`, `2026 Q4`, `2026 second half`, `2026 year-end`, `2026 ASH annual meeting`."""
        unit = self.attempt(self.quarter_behind)
        if unit is None and self.attempt(self.year_end):
            unit = DateUnit("year", end=True)
        if unit is None and self.kind() == "word":
            unit = self.attempt(self.meeting, year)
        return replace(unit or DateUnit("year"), year=year)

    def quarter_behind(self) -> DateUnit | None:
        """The `Q4` of `2026-Q4`; one with a year of its own belongs to that."""
        self.take("-")
        token = self.take("quarter", "half")
        unit = self.numbered() if token is None else DateUnit(token.kind, token.number, approximate="f" in token.text)
        return None if self.kind() in ("year", "shortyear", "count") or self.words("of") else unit

    def year_end(self) -> bool | None:
        """`year-end`, `YE`, `EOY`, without its year."""
        self.take("-")
        if not self.words("year"):
            return None
        self.take("-", "possessive")
        return bool(self.words("end")) or None

    # Days, months, seasons

    def day_first(self) -> DateUnit | None:
        """`15 December 2026`, `15-Dec-26`."""
        token = self.take("ordinal", "count")
        hyphen = self.take("-")
        self.words("of")
        month = self.take("month")
        if token is None or month is None or not token.text[0].isdigit():
            return None
        short = hyphen is not None and self.kind() == "-" and self.kind(1) == "count"
        unit = self.year_behind(DateUnit("day", month.number, token.number), short)
        return None if hyphen and unit.yearless else unit

    def month(self) -> DateUnit | None:
        """`December 2026`, `Dec-26`, `Dec 15, 2026`, `December`."""
        token = self.tokens[self.at]
        self.at += 1
        unit = self.year_behind(DateUnit("month", token.number))
        if not unit.yearless:
            return unit
        return self.attempt(self.day_behind, token.number) or unit

    def day_behind(self, month: int) -> DateUnit | None:
        """The day or the two-digit year behind a month: `Dec 15`, `Dec-26`."""
        hyphen = self.take("-")
        day = self.take("count", "ordinal")
        if day is None or not day.text[0].isdigit():
            return None
        if hyphen is None:
            return self.year_behind(DateUnit("day", month, day.number)) if day.spaced else None
        if (second := self.take("-")) is not None:
            year = self.take("year") if not second.spaced else None
            return DateUnit("day", month, day.number, year.number) if year is not None else None
        if hyphen.spaced or day.spaced or len(day.text) != 2 or day.number < _FIRST_SHORT_YEAR:
            return None
        return DateUnit("month", month, year=2000 + day.number)

    def season(self) -> DateUnit | None:
        """`summer 2026`, `winter 2026/27`."""
        token = self.tokens[self.at]
        self.at += 1
        unit = self.year_behind(DateUnit("season", token.number, approximate=True))
        if token.number != 3:
            return unit
        if unit.yearless:
            return self.attempt(self.two_years) or unit
        self.attempt(self.following_year, unit.year)
        return unit

    def two_years(self) -> DateUnit | None:
        """The `2026-27` of a winter, which looks like a month."""
        self.words("of")
        token = self.take("group")
        if token is None or int(token.text[5:]) != (token.number + 1) % 100:
            return None
        return DateUnit("season", 3, year=token.number, approximate=True)

    def following_year(self, year: int) -> bool | None:
        self.take("-", "/")
        after = self.take("count", "year")
        if after is None:
            return None
        return after.text in (str(year + 1), f"{(year + 1) % 100:02d}") or None

    def weekday(self) -> DateUnit | None:
        """`Tuesday, December 15, 2026`; the two must agree."""
        token = self.tokens[self.at]
        self.at += 1
        unit = self.plain_unit(False)
        return replace(unit, weekday=token.number) if unit is not None and unit.kind == "day" else None

    # Units counted from the guidance, and the rest

    def relative(self, now: bool) -> DateUnit | None:
        """`this quarter`, `next year`, `the year`, `year-end`, `week of December 7`, `back half of 2026`."""
        if self.attempt(self.year_end):
            return self.year_behind(DateUnit("year", end=True), True)
        if week := self.words("week of|week beginning|week commencing|week starting"):
            unit = self.plain_unit(False)
            if unit is None or unit.kind != "day":
                return None
            return replace(unit, kind="week", weekday=unit.weekday if week == "week of" else 0)
        if which := self.words("this|next|current"):
            return self.this_or_next(which)
        if self.words("turn of"):
            return self.turn()
        if half := self.words("|".join(_HALVES)):
            return self.half_of(_HALVES[half], False)
        definite = self.at < len(self.tokens) and self.tokens[self.at].definite
        if self.words("year"):
            year = self.attempt(self.year_number, False)
            if year is None and not definite:
                return DateUnit("year") if now else None  # the next middle of a year, where "the year" is this one
            return DateUnit("year", year=year, years_on=0 if year is None else None)
        if self.words("month of"):
            unit = self.plain_unit(False)
            return unit if unit is not None and unit.kind == "month" else None
        name = self.words("week|month|quarter|half")
        if not name or now:
            return DateUnit(name, units_on=0) if name else None
        self.take("-")
        return DateUnit(name, units_on=0, end=True) if self.words("end") else None

    def turn(self) -> DateUnit | None:
        """`turn of the year 2026/27`, `turn of the year`: the year that ends is its year."""
        if not self.words("year"):
            return None
        years = self.attempt(self.two_years) or self.attempt(self.year_and_next)
        if years is None and self.kind() in ("year", "group"):
            return None  # "the turn of the year 2026" names one of two
        return DateUnit("turn", year=years.year if years else None)

    def year_and_next(self) -> DateUnit | None:
        """The `2026/27` of a turn of the year."""
        token = self.take("year")
        return (
            DateUnit("turn", year=token.number)
            if token is not None and self.attempt(self.following_year, token.number)
            else None
        )

    def this_or_next(self, which: str) -> DateUnit | None:
        on = 1 if which == "next" else 0
        if which == "this" and (token := self.take("month", "season")):
            return DateUnit(token.kind, token.number, approximate=True)
        self.words("calendar")
        name = self.words(_COUNTED)
        if name != "year":
            return DateUnit(name, units_on=on) if name else None
        if not self.take("possessive"):
            return DateUnit("year", years_on=on)
        unit = self.plain_unit(False)
        return replace(unit, years_on=on) if unit is not None and unit.yearless else None

    def meeting(self, year: int | None) -> DateUnit | None:
        """A meeting by any of its names, with the words that usually stand around it."""
        self.generic_words()
        names, ends = [], []
        for at, token in enumerate(self.tokens[self.at :], self.at + 1):
            if token.kind == "word":
                names.append(token.text)
                ends.append(at)
            elif token.kind != "-" or token.spaced or not names:
                break
        found = named(names) if names else None
        if found is None:
            return None
        meeting, count = found
        self.at = ends[count - 1]
        while self.generic_words() or self.acronym(meeting.names):
            pass
        unit = DateUnit("event", year=year, meeting=meeting)
        if year is None:
            adjacent = self.kind() == "count" and not self.tokens[self.at].spaced
            unit = self.year_behind(unit, adjacent)
            self.generic_words()
        in_month = self.attempt(self.month_of_meeting, unit)
        return in_month or unit

    def month_of_meeting(self, unit: DateUnit) -> DateUnit | None:
        """The `in December 2026` behind a meeting, where the meeting is then."""
        if not self.words("in") or self.kind() != "month" or unit.meeting is None:
            return None
        month = self.month()
        if month is None or month.kind != "month" or (unit.year and month.year not in (None, unit.year)):
            return None
        year = month.year or unit.year
        first, last = unit.meeting.months(year)
        return replace(unit, year=year) if first <= month.index <= last else None

    def generic_words(self) -> bool:
        start = self.at
        while self.at < len(self.tokens):
            text = self.tokens[self.at].text
            if text not in GENERIC and (self.at == start or text not in ("and", "&")):
                break
            self.at += 1
        return self.at > start

    def acronym(self, names: tuple[tuple[str, ...], ...]) -> bool:
        """The `(ASH)` behind the full name."""
        if self.kind() == "(" and self.kind(2) == ")" and (self.tokens[self.at + 1].text,) in names:
            self.at += 3
            return True
        return False

    # The year

    def year_behind(self, unit: DateUnit, bare: bool = False) -> DateUnit:
        """Add the year that follows to a unit. `bare`: two digits may be a year.

        A year-end without a year is this year's.
        """
        year = self.attempt(self.following, unit, bare)
        if year is not None:
            return year
        return replace(unit, years_on=0, implied=True) if unit.kind == "year" else unit

    def following(self, unit: DateUnit, bare: bool) -> DateUnit | None:
        joined = self.take("-", "/", ":") is not None
        of = self.words("of" if unit.kind == "season" else "of|in")  # what is likely to fall in 2027 is no autumn
        fiscal, last = False, ""
        while found := self.words("fiscal|calendar|cal|year|fy|cy"):
            fiscal |= found in ("fiscal", "fy")
            last = found
        year = self.attempt(self.year_number, bare or last in ("fy", "cy"))
        if year is not None:
            return replace(unit, year=year, approximate=unit.approximate or fiscal)
        if joined or fiscal:
            return None
        if last == "year" and of:
            return replace(unit, years_on=0)
        which = "" if last else self.words("this year|next year|current year|this calendar year|next calendar year")
        return replace(unit, years_on=int(which.startswith("next"))) if which else None

    def year_number(self, bare: bool) -> int | None:
        self.take("-")
        token = self.take("year", "shortyear", "count")
        if token is None or token.kind == "year":
            return None if token is None else token.number
        if token.kind == "count" and not (bare and len(token.text) == 2 and token.text.isdigit()):
            return None
        return 2000 + token.number


_RULES: dict[str, Callable[[UnitWords], DateUnit | None]] = {
    "day": UnitWords.iso_day,
    "group": UnitWords.iso_group,
    "slash": UnitWords.slash,
    "dotted": UnitWords.european,
    "dashed": UnitWords.european,
    "monthyear": UnitWords.month_of_year,
    "quarter": UnitWords.quarter,
    "half": UnitWords.half,
    "ordinal": UnitWords.ordinal,
    "count": UnitWords.day_first,
    "year": UnitWords.year,
    "shortyear": UnitWords.year,
    "month": UnitWords.month,
    "season": UnitWords.season,
    "weekday": UnitWords.weekday,
}
