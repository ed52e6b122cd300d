"""Matching: tests programs against the conditions of a filter."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from cartwatch.domain.agenda import items
from cartwatch.domain.cites import Cite
from cartwatch.domain.dates.countdown import STATES, due_within, overlaps
from cartwatch.domain.fields import facts
from cartwatch.domain.provenance import last_checked, provenance
from cartwatch.domain.rates import NamedRate
from cartwatch.domain.runway import AFTER, MAY_OUTLAST, WITHIN, runway_against
from cartwatch.domain.vocabulary import VOCABULARIES, fold

from .fields import LEADING, Field, find_field, suggest_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date, datetime

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.dates.window import Window
    from cartwatch.domain.program import Program
    from cartwatch.domain.rates import Rate

    Test = Callable[["Indexed", "Item | None", datetime], bool]

__all__ = ["COMPARISONS", "Condition", "Indexed", "ValueProblem", "condition", "folded", "present"]

COMPARISONS = (">=", "<=", ">", "<", "=")
_SPAN = re.compile(r"(\d{1,5})\s*(d|days?|w|weeks?|m|months?|y|years?)?", re.IGNORECASE)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_ACCENTS = re.compile("[\u0300-\u036f]+")
_GAP = " \0 "  # stands between two texts of a program; no query can hold it


class ValueProblem(ValueError):
    """The value does not fit its field; the message says why."""


class Condition(NamedTuple):
    """A field compared with a value."""

    field: Field
    test: Test
    words: tuple[str, ...] = ()  # what to highlight where the field's text is shown


def folded(text: str) -> str:
    """Fold text for comparison: as vocabularies do, and without accents."""
    plain = fold(text)
    if plain.isascii():
        return plain
    from unicodedata import normalize

    return _ACCENTS.sub("", normalize("NFKD", plain))


class Indexed:
    """A program with its folded texts, values and verification state, each computed once."""

    __slots__ = ("_fields", "_text", "_values", "_verified", "checked", "program")

    def __init__(self, program: Program) -> None:
        self.program = program
        self._text: str | None = None
        self._fields: dict[tuple[str, str | None], str] = {}
        self._values: dict[tuple[str, str | None], tuple[Any, ...]] = {}
        self._verified: bool | None = None
        self.checked = last_checked(program)

    @property
    def text(self) -> str:
        """Every text of the program, folded."""
        if self._text is None:
            self._text = folded(_GAP.join((self.program.key, *_texts(self.program))))
        return self._text

    def field(self, field: Field, item: Item | None) -> str:
        """The folded texts of a field, each between two gaps."""
        key = (field.name, None if item is None else item.catalyst.key)
        kept = self._fields.get(key)
        if kept is None:
            found = _values(field, self.program, item)
            texts = (each if isinstance(each, str) else each.text for each in found if isinstance(each, str | NamedRate))
            kept = self._fields[key] = _GAP + _GAP.join(map(folded, texts)) + _GAP
        return kept

    def values(self, field: Field, item: Item | None) -> tuple[Any, ...]:
        """The values of a field as they are."""
        key = (field.name, None if item is None else item.catalyst.key)
        kept = self._values.get(key)
        if kept is None:
            kept = self._values[key] = tuple(_values(field, self.program, item))
        return kept

    @property
    def verified(self) -> bool:
        """Whether the source of each fact of the table was checked."""
        if self._verified is None:
            self._verified = all(_verified(self.program))
        return self._verified


def _texts(record: Any) -> Iterator[str]:
    declared: type = type(record)
    for attribute, kind in _text_plan(declared):
        value = getattr(record, attribute)
        if value is None or value == ():
            continue
        if kind == "record":
            yield from _texts(value)
        elif kind == "records":
            for each in value:
                yield from _texts(each)
        elif kind == "list":
            yield from (each.text for each in value)
        elif kind == "words":
            yield from value
        elif kind == "cites":
            lists = value.values() if isinstance(value, dict) else (value,)
            yield from (each.quote for cites in lists for each in cites if each.quote)
        elif kind == "text":
            yield value
        else:
            yield value.text


def values_in(programs: Iterable[Program], field: Field) -> Iterator[str]:
    """Yield the texts that programs have in a field."""
    for each in programs:
        yield from (value for value in _values(field, each, None) if isinstance(value, str))


def found_in(program: Program, words: Iterable[str]) -> str:
    """Name the first field whose text has one of these folded words: `Safety, CRS, Mitigation`; "" where none has."""
    wanted = tuple(words)
    return next((", ".join(names) for names, text in _named_texts(program, ()) if any(each in text for each in wanted)), "")


def _named_texts(record: Any, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    declared: type = type(record)
    plan = dict(_text_plan(declared))
    for each in facts(declared).values():
        value = getattr(record, each.attribute)
        kind = plan.get(each.attribute)
        if not value or kind is None:
            continue
        here = (*names, each.label)
        if kind in ("record", "records"):
            for one in value if kind == "records" else (value,):
                yield from _named_texts(one, here)
        elif kind in ("text", "words"):
            yield here, folded(" ".join(value) if kind == "words" else value)
        elif kind == "list":
            yield here, folded(" ".join(one.text for one in value))
        elif kind == "window":
            yield here, folded(value.text)


@cache
def _text_plan(record: type) -> tuple[tuple[str, str], ...]:
    plain = {"id": "text", "text": "text", "prose": "text", "term": "text", "link": "text"}
    windows = {"date": "window", "guidance": "window", "rate": "window", "until": "window", "rates": "list"}
    kinds = {**plain, **windows, **{each: each for each in ("words", "record", "records", "cites")}, "map": "cites"}
    return tuple((each.attribute, kinds[each.kind]) for each in facts(record).values() if each.kind in kinds)


def _values(field: Field, program: Program, item: Item | None) -> Iterator[Any]:
    """Yield the values of a field in a program, or in one catalyst of it; of a cite its id and its quote."""
    if field.name == "id":
        yield program.key
    for path in field.paths:
        if item is not None:
            yield from _reach(item.catalyst, path[1:])
        else:
            yield from _reach(program, path)


def _reach(record: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if record is None:
        return
    if not path and isinstance(record, dict):  # the sources of facts
        for each in record.values():
            yield from _reach(each, path)
    elif not path:
        for each in record if isinstance(record, tuple) else (record,):
            if isinstance(each, Cite):
                yield from filter(None, (each.id, each.quote))
            else:
                yield each
    elif isinstance(record, tuple):
        for each in record:
            yield from _reach(each, path)
    else:
        declared: type = type(record)
        yield from _reach(getattr(record, _attribute(declared, path[0])), path[1:])


@cache
def _attribute(record: type, key: str) -> str:
    return facts(record)[key].attribute


def present(program: Program, field: Field) -> Iterator[str]:
    """The texts of a field in a program, for completion."""
    return (each for each in _values(field, program, None) if isinstance(each, str))


def condition(field: Field, comparison: str, value: str, *, parts: bool = False) -> Condition:
    """Build the test of a field against a value; an empty value asks for presence. `parts`: match inside a term.

    Raises ValueProblem where the value makes no sense for the field.
    """
    value = value.strip()
    if comparison and not value:
        raise ValueProblem(f"a value is missing after {comparison}")
    if field.kind == "term" and value and comparison in ("", "=") and (parts or "*" in value):
        test = _parts_test(field, value if "*" in value else f"*{value}*")
    else:
        test = _TESTS[field.kind](field, comparison, value)
    words = (folded(value),) if field.kind in ("text", "words", "term") and value else ()
    return Condition(field, test, words)


def _text_test(field: Field, comparison: str, value: str) -> Test:
    if comparison not in ("", "="):
        raise ValueProblem(f"{field.name} is text: {comparison} does not apply to it")
    wanted = folded(value)
    if not wanted:
        return lambda entry, item, now: entry.field(field, item) != _GAP + _GAP
    if comparison:
        exact = _GAP + wanted + _GAP
        return lambda entry, item, now: exact in entry.field(field, item)
    if field.kind == "words" and wanted[-1].isdigit():
        # CD7 is not CD70: where a name ends in a number, the number is whole
        whole = re.compile(re.escape(wanted) + r"(?!\d)")
        return lambda entry, item, now: whole.search(entry.field(field, item)) is not None
    return lambda entry, item, now: wanted in entry.field(field, item)


def _term_test(field: Field, comparison: str, value: str) -> Test:
    assert field.vocabulary is not None
    vocabulary = VOCABULARIES[field.vocabulary]
    canonical = vocabulary.canonical(value) if value else None
    if not value:
        return _text_test(field, comparison, value)
    if canonical is None and comparison in ("", "="):
        return _parts_test(field, value if comparison else f"{value}*")  # a word being typed, or one of the file's own
    if canonical is None:
        known = vocabulary.suggest(value)
        hint = f'did you mean "{known}"?' if known else f"choose from {', '.join(vocabulary.words)}"
        raise ValueProblem(f'"{value}" has no place in the order of {field.name}: {hint}')
    of_file = vocabulary.canonical if vocabulary.narrow else str  # "Phase 2b" is a Phase 2 too
    if comparison in ("", "="):
        if not vocabulary.narrow:
            exact = _GAP + folded(canonical) + _GAP
            return lambda entry, item, now: exact in entry.field(field, item)
        if vocabulary.kept(value) != canonical:
            bare = _without_kind(field, value)
            return lambda entry, item, now: any(_without_kind(field, each) == bare for each in entry.values(field, item))
        return lambda entry, item, now: any(of_file(each) == canonical for each in entry.values(field, item))
    rank, holds = vocabulary.rank(canonical)[0], _HOLDS[comparison]
    known_words = {word: holds(place, rank) for place, word in enumerate(vocabulary.words)}
    return lambda entry, item, now: any(known_words.get(of_file(each) or each, False) for each in entry.values(field, item))


def _without_kind(field: Field, word: str) -> str:
    """Return a word without the name of its field: `2b` of "Phase 2b"."""
    return re.sub(rf"^(?:{field.name}|{field.name[:2]}|{field.name[:1]}) ?(?=\d|i)", "", fold(word))


def _parts_test(field: Field, pattern: str) -> Test:
    """Match a term by a pattern: `*` stands for any characters; commas are ignored."""
    plain = (re.escape(_without_commas(each)) for each in pattern.split("*"))
    fits = re.compile(".*".join(plain), re.DOTALL).fullmatch
    return lambda entry, item, now: any(
        fits(_without_commas(each)) for each in entry.values(field, item) if isinstance(each, str)
    )


def _without_commas(text: str) -> str:
    return folded(text.replace(",", " "))


_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": lambda a, b: bool(a >= b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    "<": lambda a, b: bool(a < b),
    "=": lambda a, b: bool(a == b),
}


def _flag_test(field: Field, comparison: str, value: str) -> Test:
    wanted = {"": True, "yes": True, "true": True, "no": False, "false": False}.get(value.casefold())
    if wanted is None or comparison:
        raise ValueProblem(f"{field.name} is yes or no")
    states = {"open": ("open", "today", "by"), "overdue": ("overdue",), "done": ("done",)}.get(field.name)
    if states is not None:
        return lambda entry, item, now: item is not None and (item.countdown.state in states) is wanted
    return lambda entry, item, now: any(entry.values(field, item)) is wanted


def _state_test(field: Field, comparison: str, value: str) -> Test:
    wanted = folded(value)
    if comparison not in ("", "=") or (wanted and not any(each.startswith(wanted) for each in STATES)):
        raise ValueProblem(f"a state is one of {', '.join(STATES)}")
    return lambda entry, item, now: item is not None and item.countdown.state.startswith(wanted)


def _count_test(field: Field, comparison: str, value: str) -> Test:
    if not value:
        return lambda entry, item, now: bool(entry.values(field, item))
    if not value.isdecimal():
        raise ValueProblem(f'{field.name} is a number: "{value}" is none')
    number, holds = int(value[:18]), _HOLDS[comparison or "="]
    return lambda entry, item, now: any(holds(each, number) for each in entry.values(field, item))


def _date_test(field: Field, comparison: str, value: str) -> Test:
    if not value:
        return lambda entry, item, now: any(each.dated for each in entry.values(field, item))
    from cartwatch.domain.dates.parser import read_window

    wanted = folded(value)

    @cache
    def read(today: date) -> Window:
        return read_window(value, today, today)

    def test(entry: Indexed, item: Item | None, now: datetime) -> bool:
        asked = read(now.date())
        for each in entry.values(field, item):
            if _stands(each, comparison, asked) if asked.dated else wanted in folded(each.text):
                return True
        return False

    return test


def _stands(window: Window, comparison: str, asked: Window) -> bool:
    """Whether a window lies before, after or in another; an open or unknown end lies nowhere."""
    first, last = asked.start, asked.end
    if comparison == "<":
        return window.end is not None and first is not None and window.end < first
    if comparison == "<=":
        return window.end is not None and last is not None and window.end <= last
    if comparison == ">":
        return window.start is not None and last is not None and window.start > last
    if comparison == ">=":
        return window.start is not None and first is not None and window.start >= first
    if not window.dated:
        return False
    return (last is None or window.start is None or window.start <= last) and (
        first is None or window.end is None or window.end >= first
    )


def _span_test(field: Field, comparison: str, value: str) -> Test:
    if not value:
        return _any_span(field)
    found = _SPAN.fullmatch(value)
    if found is None:
        raise ValueProblem(f'"{value}" is not a length of time: write 90d, 12w, 6m or 1y')
    days = int(found[1]) * _DAYS[(found[2] or "d")[0].casefold()]
    if field.name == "age":
        holds = _HOLDS[comparison or "="]
        return lambda entry, item, now: entry.checked is not None and holds((now.date() - entry.checked).days, days)
    if comparison not in ("", "<="):
        raise ValueProblem(f"{field.name}: takes a length of time alone, as in {field.name}:90d")
    near = due_within if field.name == "due" else overlaps
    return lambda entry, item, now: item is not None and item.waiting and near(item.window, now.date(), days)


def _any_span(field: Field) -> Test:
    if field.name == "age":
        return lambda entry, item, now: entry.checked is not None
    return lambda entry, item, now: item is not None and item.waiting and item.window.dated


def _rate_test(field: Field, comparison: str, value: str) -> Test:
    risk, severe, _ = field.name.partition(">=3")
    grade = "severe" if severe else "any"
    if not value:
        if risk not in LEADING:
            return lambda entry, item, now: bool(entry.values(field, item))
        return lambda entry, item, now: entry.program.leading_rate(risk, grade) is not None
    number = value.removesuffix("%").strip()
    if not re.fullmatch(r"\d{1,3}(\.\d{1,4})?", number):
        if comparison or severe or risk not in LEADING:
            raise ValueProblem(f'{field.name} is a rate in percent: "{value}" is none; write {field.name}:<5%')
        return _said_of_risk(risk, folded(value))
    percent, holds = float(number), _HOLDS[comparison or "="]
    decimals = len(number.partition(".")[2])

    def fits(rate: Rate) -> bool:
        if rate.bound:
            return all(holds(each, percent) for each in rate.limits)
        return holds(rate.percent if comparison not in ("", "=") else round(rate.percent, decimals), percent)

    if risk not in LEADING:
        return lambda entry, item, now: any(map(fits, entry.values(field, item)))

    def test(entry: Indexed, item: Item | None, now: datetime) -> bool:
        found = entry.program.leading_rate(risk, grade)
        return found is not None and fits(found.rate)

    return test


_VERDICTS = {"may": MAY_OUTLAST, "after": AFTER, "within": WITHIN}


def _runway_test(field: Field, comparison: str, value: str) -> Test:
    """Compare the time from today until the cash ends: `<18m` holds only where it ends before, whichever day it is."""
    wanted = folded(value)
    if not comparison and wanted in _VERDICTS:
        return _runway_verdict(_VERDICTS[wanted])
    if not wanted:
        return lambda entry, item, now: (until := _cash(entry)) is not None and until.dated
    found = _SPAN.fullmatch(value)
    if found is None or comparison not in ("<", "<=", ">", ">="):
        raise ValueProblem("runway: write <18m, >1y, may (it may end before the next window), after or within")
    days, holds, less = int(found[1]) * _DAYS[(found[2] or "d")[0].casefold()], _HOLDS[comparison], comparison[0] == "<"

    def lasts(entry: Indexed, item: Item | None, now: datetime) -> bool:
        until = _cash(entry)
        day = None if until is None else until.end if less else until.start
        return day is not None and holds((day - now.date()).days, days)

    return lasts


def _runway_verdict(verdict: str) -> Test:
    """Match where the window of the catalyst, else of the next one, lies so to the end of the cash."""

    def test(entry: Indexed, item: Item | None, now: datetime) -> bool:
        until = _cash(entry)
        waiting = [item] if item is not None else [each for each in items(entry.program, now) if each.waiting][:1]
        return until is not None and any(runway_against(until, each.window, now.date()) == verdict for each in waiting)

    return test


def _cash(entry: Indexed) -> Window | None:
    company = entry.program.company
    return company.runway.when if company is not None and company.runway is not None else None


def _hold_test(field: Field, comparison: str, value: str) -> Test:
    """Match programs by the holds that are not lifted: none of them for "no"."""
    if comparison:
        raise ValueProblem("hold: takes a word, as in hold:partial, or no")
    wanted = folded(value)
    if wanted in ("no", "false"):
        return lambda entry, item, now: not any(each.open for each in entry.program.holds)
    wanted = "" if wanted in ("yes", "true") else wanted
    return lambda entry, item, now: any(wanted in folded(_GAP.join(_texts(each))) for each in entry.program.holds if each.open)


def _said_of_risk(risk: str, wanted: str) -> Test:
    """Match the note, mitigation and rate of a risk as text: `crs:tocilizumab`, `crs:38/40`."""

    def test(entry: Indexed, item: Item | None, now: datetime) -> bool:
        safety = entry.program.safety
        said = getattr(safety, risk, None) if safety else None
        texts = [*_texts(said)] if said else []
        if (found := entry.program.leading_rate(risk, "any")) is not None:
            texts.append(found.rate.text)
        return any(wanted in folded(each) for each in texts)

    return test


_MATTERS = ("phase", "mechanism.targets", "mechanism.source", "sponsor")


def _facts_test(field: Field, comparison: str, value: str) -> Test:
    if comparison:
        raise ValueProblem(f"{field.name}: takes the name of a field, as in {field.name}:phase")
    if not value:
        return lambda entry, item, now: not entry.verified
    asked = find_field(value)
    paths = [".".join(each) for each in asked.paths] if asked is not None else []
    if fold(value) == "catalyst" or (asked is not None and asked.catalyst):
        return lambda entry, item, now: any(
            not provenance(entry.program, f"catalyst.{each.key}", each).verified for each in entry.program.catalysts
        )
    if not paths:
        known = suggest_field(value)
        raise ValueProblem(f'no fact is called "{value}"' + (f': did you mean "{known}"?' if known else ""))
    return lambda entry, item, now: any(
        not provenance(entry.program, path).verified
        for path in paths
        if any(True for _ in _reach(entry.program, tuple(path.split("."))))
    )


def _verified(program: Program) -> Iterable[bool]:
    """Yield, for each fact of the table, whether its source was checked."""
    for path in _MATTERS:
        if any(True for _ in _reach(program, tuple(path.split(".")))):
            yield provenance(program, path).verified
    for each in program.catalysts:
        if not each.closed:
            yield provenance(program, f"catalyst.{each.key}.when", each).verified
    for report in program.safety.reports if program.safety else ():
        yield provenance(program, "safety.report", report).verified


_TESTS: dict[str, Callable[[Field, str, str], Test]] = {
    "text": _text_test,
    "words": _text_test,
    "term": _term_test,
    "flag": _flag_test,
    "state": _state_test,
    "count": _count_test,
    "date": _date_test,
    "span": _span_test,
    "rate": _rate_test,
    "hold": _hold_test,
    "runway": _runway_test,
    "facts": _facts_test,
}
