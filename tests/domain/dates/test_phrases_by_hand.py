"""The reader against windows that were worked out by hand, and against qualifiers combined with them."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.dates.window import Window

TODAY = date(2026, 11, 22)


def cases() -> Iterator[tuple[str, date | None, str]]:
    said: date | None = None
    for line in (Path(__file__).parent / "phrases_by_hand.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            said = None if line == "@ -" else date.fromisoformat(line[2:])
        elif not line.startswith("# "):
            phrase, _, expected = line.rpartition(" | ")
            written = re.sub(r"\\(u[0-9a-f]{4}|t|n)", lambda escape: escape[0].encode().decode("unicode_escape"), phrase)
            yield written, said, expected


def agrees(window: Window, expected: str) -> bool:
    if not window.dated:
        return expected == ("0" if window.readable else "!")
    if expected in ("!", "0"):
        return False
    days, precision, *flags = expected.split()
    return (
        days == f"{window.start or '-'}..{window.end or '-'}"
        and precision in ("*", window.precision)
        and ("~?" in flags or ("~" in flags) == window.approximate)
        and ("<?" in flags or ("<" in flags) == window.open_left)
    )


@pytest.mark.parametrize(("phrase", "said", "expected"), list(cases()))
def test_a_phrase_reads_as_it_does_by_hand(phrase: str, said: date | None, expected: str) -> None:
    window = read_window(phrase, said, TODAY)
    allowed = expected.removeprefix("?").split(" ; ") + (["!"] if expected.startswith("?") else [])
    assert any(agrees(window, one) for one in allowed), window


UNITS = [
    ("Q4 2026", date(2026, 10, 1), date(2026, 12, 31), False),
    ("the first quarter of 2027", date(2027, 1, 1), date(2027, 3, 31), False),
    ("2H27", date(2027, 7, 1), date(2027, 12, 31), False),
    ("2027", date(2027, 1, 1), date(2027, 12, 31), False),
    ("mid-2027", date(2027, 5, 1), date(2027, 8, 31), True),
    ("late Q1 2027", date(2027, 3, 1), date(2027, 3, 31), True),
    ("December 15, 2026", date(2026, 12, 15), date(2026, 12, 15), False),
    ("Jan '27", date(2027, 1, 1), date(2027, 1, 31), False),
    ("summer 2027", date(2027, 6, 1), date(2027, 8, 31), True),
    ("the first half of next year", date(2027, 1, 1), date(2027, 6, 30), False),
    ("FY27", date(2027, 1, 1), date(2027, 12, 31), True),
    ("ASH 2026", date(2026, 12, 12), date(2026, 12, 15), False),
    ("Q1", date(2027, 1, 1), date(2027, 3, 31), True),
    ("mid-January", date(2027, 1, 11), date(2027, 1, 20), True),
    ("the week of December 7, 2026", date(2026, 12, 7), date(2026, 12, 13), False),
]
# Sequences before and behind a unit, between bars. Those of the second line may stay unread; none may be dropped.
WHOLE = ["{}"]
BY = (
    "by {}|no later than {}|on or before {}|{} at the latest|within {}|by no later than {}|by {} at the latest",
    "until {}|up to {}|as late as {}|at most {}|≤{}|<= {}|through {}|not after {}|not beyond {}|{} or earlier|latest {}",
)
BEFORE = ("before {}|prior to {}|ahead of {}|earlier than {}", "pre-{}|< {}|sooner than {}|in advance of {}")
FROM = (
    "from {}|starting {}|not before {}|no earlier than {}|as early as {}|as soon as {}|{} or later|{} at the earliest|"
    "not until {}|from {} onwards",
    "{}+|≥ {}|beginning {}|since {}|at least {}|not expected before {}|not expected until {}|unlikely before {}|{} and later",
)
AFTER = ("after {}|later than {}|beyond {}", "following {}|past {}|post-{}|not by {}|> {}|only after {}")
ABOUT = ("~{}|about {}|around {}|approximately {}|circa {}|{} (est.)|{}?", "roughly {}|{} or so|{}-ish|somewhere around {}")
NOT_A_WINDOW = (
    "not {}|not in {}|no {}|previously {}|formerly {}|was {}|until after {}|delayed from {}|missed {}|more than {}|over {}|"
    "a year after {}|6 months after {}|two weeks before {}|within 6 months of {}|within 30 days after {}|half of {}|"
    "{} results|{} earnings|with {} results|except {}|every {}|{} minus 1|{} plus 30 days|a quarter after {}|into {}|"
    "runway into {}|never {}|{} excluded|{} or never|{} or TBD|if {}|{} cancelled|{} (delayed)|{} (previously)|"
    "{} previously|{} ago|{} but not before 2030|{} through|to {}|or {}|{} or|{} -|- {}|between {}|two {}|between {} and TBD"
)
LEAD_INS = ["", "expected ", "expected in ", "likely in ", "on track for ", "now expected ", "Expected to be "]


def qualified(kind: str, start: date, end: date, approximate: bool) -> tuple[date | None, date | None, bool, bool]:
    """First day, last day, approximate and deadline of a unit behind a qualifier."""
    return {
        "by": (TODAY, end, approximate, True),
        "before": (TODAY, start - timedelta(days=1), approximate, True),
        "from": (start, None, approximate, False),
        "after": (end + timedelta(days=1), None, approximate, False),
        "about": (start, end, True, False),
    }[kind]


@pytest.mark.parametrize(
    ("kind", "forms"), [("by", BY), ("before", BEFORE), ("from", FROM), ("after", AFTER), ("about", ABOUT)]
)
def test_a_qualifier_is_understood_or_makes_the_phrase_unreadable(kind: str, forms: tuple[str, str]) -> None:
    for (sure, form), (unit, start, end, approximate), lead_in in product(
        [(sure, form) for sure, those in zip((True, False), forms, strict=True) for form in those.split("|")], UNITS, LEAD_INS
    ):
        if kind == "before" and start <= TODAY:
            continue
        phrase = lead_in + form.format(unit)
        window = read_window(phrase, TODAY, date(2030, 1, 1))
        if window.readable or (sure and not lead_in):
            found = (window.start, window.end, window.approximate, window.open_left)
            assert found == qualified(kind, start, end, approximate), phrase


@pytest.mark.parametrize("form", NOT_A_WINDOW.split("|"))
def test_words_that_turn_a_date_into_something_else_are_never_dropped(form: str) -> None:
    for (unit, *_), lead_in in product(UNITS, LEAD_INS):
        assert not read_window(lead_in + form.format(unit), TODAY, TODAY).readable, (lead_in, unit)


TWO = "{} to {}|{} - {}|{}–{}|{}/{}|{} or {}|{} through {}|between {} and {}|from {} to {}|either {} or {}"
NOT_TWO = (
    "delayed to after {} or {}|delayed from {} or {}|previously {}, now {}|{} instead of {}|{}; {}|{} vs {}|{} (never {})|"
    "not {} but {}|{} rather than {}|before {} or {}|after {} or {}|after {} to {}|not before {} to {}|{} or after {}|"
    "{} or before {}|between {} or {}|by {} and {}|{} by {}|{} after {}|{} before {}|no earlier than {} or {}|{}, then {}"
)


@pytest.mark.parametrize("form", TWO.split("|"))
def test_two_dates_are_a_range_from_the_first_to_the_last(form: str) -> None:
    read = 0
    with_a_year = [unit for unit in UNITS if unit[0] not in ("Q1", "mid-January")]
    for (one, start, _, vague), (two, begins, end, vaguer) in product(with_a_year, with_a_year):
        window = read_window(form.format(one, two), TODAY, TODAY)
        if one != two and window.readable:
            read += 1
            assert (window.start, window.end, window.approximate) == (start, end, vague or vaguer), window
            assert start <= begins
    assert read > 50


@pytest.mark.parametrize("form", NOT_TWO.split("|"))
def test_two_dates_that_are_no_range_are_unreadable(form: str) -> None:
    for (one, *_), (two, *_) in product(UNITS, UNITS):
        if one != two:
            assert not read_window(form.format(one, two), TODAY, TODAY).readable, (one, two)
