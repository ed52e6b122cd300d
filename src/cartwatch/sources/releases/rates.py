"""Reads rates of CRS, ICANS, neurotoxicity and GVHD, each with its number of patients from the same sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cartwatch.domain.rates import RateError, read_rate

from .lexicon import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["FoundRate", "RefusedRate", "rates"]

_COUNTED = re.compile(r"(?<![\d./])(\d{1,3}) (?:patients )?[(\[]$")
_ALL_LOW = re.compile(r"\ball (?:\w+ ){0,3}(?:grade|low|mild|g1)")
_EVENT = pattern("rates", "event")
_GRADE = r"(?:grades? ?(?:3|iii|three)|g3)"
_SEVERE = pattern("rates", "severe")
_HIGH = pattern("rates", "high")
_LOW = pattern("rates", "low")
_NUMBERS = tuple(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "  # noqa: SIM905
    "nineteen twenty".split()
)
_COUNT = rf"(?:\d{{1,4}}|{'|'.join(_NUMBERS)}|none|no|zero)"
_N_OF = pattern("rates", "n_of")
_SHARE = re.compile(r"(?<![\d.])(?P<bound>[<>≤≥]?) ?(?P<share>\d{1,3}(?:\.\d{1,2})?) ?%")
_N = pattern("rates", "n")
_UNSURE = pattern("rates", "unsure")
_PART = pattern("rates", "part")
_OTHER = pattern("rates", "other")
_NO = pattern("rates", "no")
_ZERO_LIST = re.compile(
    r"^(?:\W|\b(?:no|or|and|nor|any|of|events?|cases?|grade|severe|high-grade|treatment-related|immune|were|was|crs|icans|gvhd|syndrome|neurotoxicity|acute|chronic|\d|(?:[a-z]+-)?[a-z]*)\b)*$"
)


@dataclass(frozen=True, slots=True)
class FoundRate:
    """A rate: the event and grade by their names in the file, as text `n/N`, with its place in the sentence."""

    event: str
    grade: str
    text: str
    n: int
    start: int
    end: int
    note: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRate:
    """Words that look like a rate, and the rule that refuses them."""

    start: int
    end: int
    rule: str


def rates(low: str) -> Iterator[FoundRate | RefusedRate]:
    """Yield the rates of a sentence, folded; those that are not certain to be rates of all its patients are refused."""
    events = _events(low)
    if not events:
        return
    numbers = _numbers(low)
    zeroes = set(_zeroes(low, events))
    if not numbers and not zeroes:
        return
    if (part := _PART.search(low)) is not None and (numbers or zeroes):
        place = (numbers or [(events[0][1], events[0][2], "", 0)])[0]
        rule = (
            "efficacy or a course, no rate"
            if part[0].startswith(("respon", "remission", "resolved", "recover", "median", "onset", "duration"))
            else "part of the patients or of the time"
        )
        yield RefusedRate(place[0], place[1], rule)
        return
    size = _size(low, numbers)
    paired = _respectively(low, events, numbers)
    for index, (name, start, end) in enumerate(events):
        found = [(paired[index], *_grade(low, events, index))] if paired else _numbers_of(low, events, index, numbers)
        if not found and index in zeroes:
            grade, note = _grade(low, events, index)
            listed = re.fullmatch(r",?(?: or| and| nor|,)? ?", low[events[index - 1][2] : start]) if index else None
            if grade == "any" and listed is not None and index - 1 in zeroes:
                grade, note = _grade(low, events, index - 1)  # no grade 3 CRS or ICANS
            if grade is not None and size is None:
                yield RefusedRate(start, end, "rate without its number of patients")
            elif grade is not None and size is not None:
                yield FoundRate(name, grade, f"0/{size}", size, _first_word(low, start), end, note)
        for at, grade, note in found:
            if grade is not None:
                yield _rate(name, grade, note, numbers[at], size, start, end)


def _rate(
    name: str, grade: str, note: str, number: tuple[int, int, str, int], size: int | None, start: int, end: int
) -> FoundRate | RefusedRate:
    first, last, text, n = number
    if not n and size is None:
        return RefusedRate(first, last, "rate without its number of patients")
    n = n or size or 0
    text = f"{text}/{n}" if text.isdigit() else text
    try:
        read_rate(text, n)
    except RateError:
        return RefusedRate(first, last, "numbers that do not agree")
    return FoundRate(name, grade, text, n, min(first, start), max(last, end), note)


def _events(low: str) -> list[tuple[str, int, int]]:
    """The events named, each once where it is named again in brackets."""
    found: list[tuple[str, int, int]] = []
    for hit in _EVENT.finditer(low):
        name = str(hit.lastgroup)
        if found and found[-1][0] == name and hit.start() - found[-1][2] < 4:
            found[-1] = (name, found[-1][1], hit.end())
        else:
            found.append((name, hit.start(), hit.end()))
    return found


def _numbers(low: str) -> list[tuple[int, int, str, int]]:
    """Counts and percentages in order: place, text, and the number of patients that stands with it, else 0."""
    found: list[tuple[int, int, str, int]] = []
    for hit in _N_OF.finditer(low):
        affected, n = _number(hit["affected"]), _number(hit["n"])
        if (
            n
            and affected is not None
            and affected <= n
            and not re.search(r"(?:phase|cohort|grade|part|dose|of) ?$", low[: hit.start()])
        ):
            found.append((hit.start(), hit.end(), f"{affected}/{n}", n))
    for hit in _SHARE.finditer(low):
        beside = next((each for each in found if _touches(low, each, hit.start(), hit.end())), None)
        counted = _COUNTED.search(low[: hit.start()])
        if counted is not None and beside is None:
            found.append((counted.start(1), hit.end(), counted[1], 0))
        elif beside is None and float(hit["share"]) <= 100:
            found.append((hit.start(), hit.end(), f"{hit['bound']}{hit['share']}%", 0))
    return sorted(found)


def _touches(low: str, number: tuple[int, int, str, int], start: int, end: int) -> bool:
    """Whether only a bracket stands between a count and a percentage: they are one rate."""
    between = low[number[1] : start] if number[1] <= start else low[end : number[0]]
    return len(between) < 5 and re.search(r"[a-z0-9,;]", between) is None


def _number(word: str) -> int | None:
    if word in ("no", "none", "zero"):
        return 0
    return int(word) if word.isdigit() else _NUMBERS.index(word) + 1


def _size(low: str, numbers: Sequence[tuple[int, int, str, int]]) -> int | None:
    """The one number of patients that a sentence names; None for none, several, or "more than 150"."""
    found = {n for _, _, _, n in numbers if n}
    for hit in _N.finditer(low):
        group = next(name for name in ("n1", "n2", "n3") if hit[name])
        if _UNSURE.search(low[: hit.start(group)]):
            return None
        found.add(_number(hit[group]) or 0)
    return found.pop() if len(found) == 1 else None


def _zeroes(low: str, events: Sequence[tuple[str, int, int]]) -> Iterator[int]:
    """The events of which a sentence says that there were none."""
    for index, (_, start, _end) in enumerate(events):
        before = low[max(0, start - 120) : start]
        denied = None
        for hit in _NO.finditer(before):
            denied = hit
        if denied is None:
            continue
        between = before[denied.end() :]
        if re.search(r"\d/\d|\d ?%|;|(?<!\.)\.(?!\.)|\b(?:but|except|with)\b", between) or len(between.split()) > 14:
            continue
        yield index


def _grade(low: str, events: Sequence[tuple[str, int, int]], index: int) -> tuple[str | None, str]:
    """The grade of an event by the words close to it: "severe", "any", or None for another range."""
    _, start, end = events[index]
    before = low[max(events[index - 1][2] if index else 0, start - 70) : start]
    after = low[end : min(events[index + 1][1] if index + 1 < len(events) else len(low), end + 45)]
    return _graded(re.split(r"[;]|, (?!grade|or|and|≥|>)", before)[-1], re.split(r"[;.]", after)[0])


def _graded(before: str, after: str) -> tuple[str | None, str]:
    """The grade that the words before and behind an event or a number give it."""
    near = f"{before} \0 {after}"
    if _SEVERE.search(near):
        return "severe", ""
    if _HIGH.search(before):
        return "severe", '"high-grade" in the release; the grades are not given'
    if _LOW.search(near) and not _ALL_LOW.search(near):
        return None, ""
    return "any", ""


def _respectively(
    low: str, events: Sequence[tuple[str, int, int]], numbers: Sequence[tuple[int, int, str, int]]
) -> dict[int, int]:
    if "respectively" not in low or len(events) != len(numbers):
        return {}
    return {index: index for index in range(len(events))}


def _numbers_of(
    low: str, events: Sequence[tuple[str, int, int]], index: int, numbers: Sequence[tuple[int, int, str, int]]
) -> list[tuple[int, str | None, str]]:
    """The numbers of an event, each with its grade: those behind it up to the next event, else the last one before it."""
    _, start, end = events[index]
    limit = events[index + 1][1] if index + 1 < len(events) else len(low)
    before_limit = events[index - 1][2] if index else 0
    found: list[tuple[int, str | None, str]] = []
    at_end = end
    for at, (first, last, _, _) in enumerate(numbers):
        if first < end or first >= limit:
            continue
        between = low[at_end:first]
        if len(between) > 60 or ";" in between or _OTHER.search(between) or re.search(r"\. ", between):
            break
        behind = re.split(r"[;,.)]| and ", low[last : min(limit, last + 40)])[0]
        grade, note = _graded(between, behind)
        if not found:
            own, own_note = _grade(low, [(name, one, two if two != end else end) for name, one, two in events], index)
            if grade == "any" and own != "any":
                grade, note = own, own_note
        found.append((at, grade, note))
        at_end = last
    if found:
        return found
    for at in range(len(numbers) - 1, -1, -1):
        first, last, _, _ = numbers[at]
        between = low[last:start]
        if before_limit <= first and last <= start and len(between) < 110 and not re.search(r"[;]|\. ", between):
            if _OTHER.search(low[max(0, first - 60) : first]):
                return []
            taken = index and _numbers_of(low, events, index - 1, numbers)
            if taken and any(each[0] == at for each in taken):
                return []
            grade, note = _grade(low, events, index)
            return [(at, grade, note)]
    return []


def _first_word(low: str, start: int) -> int:
    hit = None
    for each in _NO.finditer(low, max(0, start - 120), start):
        hit = each
    return hit.start() if hit is not None else start
