"""Reads the text of a field while it is typed: the value for the file, its reading in words, and choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cartwatch.document.typed import Typed, TypedError, read_typed
from cartwatch.domain.checks import any_below_severe
from cartwatch.domain.cites import cite_ids
from cartwatch.domain.dates.countdown import countdown
from cartwatch.domain.dates.format import days_of, precision_words
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.fields import facts
from cartwatch.domain.program import root
from cartwatch.domain.rates import RateError, read_rate
from cartwatch.domain.safety import Frequency
from cartwatch.domain.vocabulary import VOCABULARIES, fold
from cartwatch.session.changes import is_address
from cartwatch.views.look import role_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from cartwatch.domain.dates.window import Window
    from cartwatch.domain.fields import Fact
    from cartwatch.domain.program import Program
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.views.layout import Runs
    from cartwatch.views.look import Look

__all__ = [
    "FieldReading",
    "Setting",
    "completed",
    "known_words",
    "matching",
    "read",
    "settled",
    "since",
]


@dataclass(frozen=True, slots=True)
class Setting:
    """Context in which the text of a field is read.

    `said` is the day that guidance counts from, `kind` that of a catalyst, None without one; `n` is the number of evaluable
    patients of the data set, `beside` the rate of the same event at the other grade, with "any" or "severe" for this one.
    """

    look: Look
    program: Program | None = None
    said: date | None = None
    n: int | None = None
    kind: str | None = "other"
    beside: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class FieldReading:
    """The value for the file (None removes the field) and its reading in words; with an `error` it is refused."""

    value: Any = None
    words: tuple[tuple[str, str], ...] = ()
    error: str | None = None


def read(fact: Fact, text: str, setting: Setting) -> FieldReading:
    """Read the text of a field. Errors are in the reading; nothing is raised."""
    if not text.strip():
        return FieldReading()
    try:
        typed = _typed(fact, settled(fact, text), setting)
    except TypedError as wrong:
        return FieldReading(error=str(wrong), words=((str(wrong), "bad"),))
    if typed.doubt:
        return FieldReading(typed.value, ((typed.doubt, "soon"),))
    words = _WORDS.get(fact.kind)
    return FieldReading(typed.value, tuple(words(fact, text, typed, setting)) if words is not None else ())


def settled(fact: Fact, text: str) -> str:
    """Expand abbreviations in the text: an unambiguous prefix from a closed vocabulary, "today"."""
    if fact.kind != "term" or fact.vocabulary is None:
        return text
    vocabulary = VOCABULARIES[fact.vocabulary]
    if not vocabulary.closed or vocabulary.canonical(text.strip()) is not None:
        return text
    begun = [each for each in vocabulary.words if fold(each).startswith(fold(text))]
    return begun[0] if len(begun) == 1 else text


def _typed(fact: Fact, text: str, setting: Setting) -> Typed:
    if fact.kind == "date" and text.strip().casefold() == "today":
        return Typed(setting.look.today)
    if fact.kind == "cites" and is_address(text):
        return Typed(text.strip())
    return read_typed(fact, text, today=setting.look.today, said=setting.said, n=setting.n)


def since(text: str, look: Look) -> date | None:
    """Return the day that guidance counts from; for a month, its last day."""
    if text.strip().casefold() == "today":
        return look.today
    return read_window(text, None, look.today).end if text.strip() else None


def _window_words(window: Window, setting: Setting, kind: str | None) -> Runs:
    look = setting.look
    if window.precision == "undated":
        return [("no date", "quiet")]
    dot = f" {look.glyphs.dot} "
    runs: Runs = []
    told = look.plainly(days_of(window))
    if told and told != window.text:
        runs.append((told, ""))
    elif window.is_day and window.start is not None:
        runs.append((f"{window.start:%a}", ""))
    runs.append((f"{dot if runs else ''}{precision_words(window)}", "quiet"))
    if kind is not None:
        count = countdown(window, look.now, kind=kind)
        runs += [(dot, "quiet"), (look.plainly(count.text), role_of(count))]
    return runs


def _guidance(fact: Fact, text: str, typed: Typed, setting: Setting) -> Runs:
    return _window_words(read_window(text.strip(), setting.said, setting.look.today), setting, setting.kind)


def _date(fact: Fact, text: str, typed: Typed, setting: Setting) -> Runs:
    words = text if not hasattr(typed.value, "isoformat") else typed.value.isoformat()
    runs = _window_words(read_window(words.strip(), None, setting.look.today), setting, None)
    return [(f"{words}, ", ""), *runs] if words != text.strip() else runs


def _rate(fact: Fact, text: str, typed: Typed, setting: Setting) -> Runs:
    rate = read_rate(typed.value, setting.n)
    share = f"{rate.percent:.1f}".removesuffix(".0")
    runs: Runs = [(f"= {share} %", "strong")]
    if rate.shown_interval:
        runs.append((f", 95 % interval {setting.look.plainly(rate.shown_interval).replace('%', ' %')}", ""))
    else:
        runs.append((", no n, no interval", "quiet"))
    return [*runs, *_other_grade(typed, setting)]


def _other_grade(typed: Typed, setting: Setting) -> Runs:
    """Return a warning if the rate at grade ≥3 is higher than the rate at any grade."""
    grade, text = setting.beside
    try:
        this, other = read_rate(typed.value, setting.n), read_rate(text, setting.n) if text.strip() else None
    except RateError:
        return []
    if other is None:
        return []
    severe = grade == "severe"
    if not any_below_severe(Frequency(other, this) if severe else Frequency(this, other)):
        return []
    least = setting.look.glyphs.least
    told = f"more than {text.strip()} at any grade" if severe else f"fewer than {text.strip()} at grade {least}3"
    return [(f"; {told}: check both", "soon")]


def _term(fact: Fact, text: str, typed: Typed, setting: Setting) -> Runs:
    return [(f"{setting.look.glyphs.arrow} {typed.value}", "accent")] if typed.value != text.strip() else []


def _words(fact: Fact, text: str, typed: Typed, setting: Setting) -> Runs:
    count = len(typed.value)
    return [(f"{count} items", "quiet")] if count > 1 else []


def _cites(fact: Fact, text: str, typed: Typed, setting: Setting) -> Runs:
    runs: Runs = []
    for id in cite_ids(typed.value):
        found = setting.program.source(id) if setting.program is not None else None
        runs += [("; ", "quiet")] if runs else []
        if found is not None:
            checked = found.checked is not None and found.checked.dated
            runs.append((found.title or found.url or id, ""))
            told, role = ("checked", "quiet") if checked else ("not checked", "unverified")
            runs.append((f" {setting.look.glyphs.dot} {told}", role))
        elif is_address(id):
            runs.append(("becomes a new source", "accent"))
        else:
            runs.append((f'no source is called "{id}" yet', "soon"))
    return runs


def _count(fact: Fact, text: str, typed: Typed, setting: Setting) -> Runs:
    return [(f"{setting.look.glyphs.arrow} {typed.value}", "accent")] if str(typed.value) != text.strip() else []


def _rates(fact: Fact, text: str, typed: Typed, setting: Setting) -> Runs:
    runs: Runs = []
    for name, words in typed.value.items():
        rate = read_rate(words, setting.n)
        runs.append((f"{', ' if runs else ''}{name} {rate.counts} = {rate.percent:.1f}".removesuffix(".0") + " %", ""))
    return runs


_WORDS = {
    "guidance": _guidance,
    "date": _date,
    "rate": _rate,
    "rates": _rates,
    "term": _term,
    "words": _words,
    "cites": _cites,
    "count": _count,
}


# ---- choices: the words of a vocabulary, the sources, the trials, or the values of other programs

_LISTS = ("words", "cites")
_ELSEWHERE = ("text", "words")  # kinds that offer the values of other programs


def known_words(fact: Fact, steps: Sequence[str], program: Program | None, watchlist: Watchlist) -> tuple[str, ...]:
    """Return likely words for a field; `steps` are the keys that lead to it from the program."""
    if fact.kind == "term" and fact.vocabulary is not None:
        return VOCABULARIES[fact.vocabulary].words
    if fact.kind == "flag":
        return ("yes", "no")
    if fact.kind == "date":
        return ("today",)
    if program is not None and fact.kind == "cites":
        return tuple(each.id for each in program.sources if each.id)
    if program is not None and fact.key == "trial" and fact.kind == "text":
        return tuple(each.number for each in program.trials if each.number)
    if fact.kind in _ELSEWHERE:
        return _elsewhere(tuple(steps), watchlist)
    return ()


def _elsewhere(steps: tuple[str, ...], watchlist: Watchlist) -> tuple[str, ...]:
    """Return the values of the same field in other programs, most frequent first."""
    attributes = []
    kind: type | None = root()
    for step in steps:
        fact = facts(kind).get(step) if kind is not None else None
        if fact is None or fact.kind == "records" or step in ("id", "name", "short", "aliases"):
            return ()
        attributes.append(fact.attribute)
        kind = fact.record
    counts: dict[str, int] = {}
    for program in watchlist.programs:
        here: Any = program
        for attribute in attributes:
            here = getattr(here, attribute, None)
        for each in (here,) if isinstance(here, str) else here or ():
            if "\n" not in each:
                counts[each] = counts.get(each, 0) + 1
    return tuple(sorted(counts, key=lambda each: (-counts[each], fold(each))))


def matching(fact: Fact, words: Iterable[str], text: str) -> tuple[str, ...]:
    """Return the words that match the typed text, prefix matches first; in a list, for its last item."""
    typed = _last(text) if fact.kind in _LISTS else text
    taken = {fold(each) for each in text.split(",")[:-1]} if fact.kind in _LISTS else set()
    wanted = fold(typed)
    begin, hold = [], []
    for each in words:
        folded = fold(each)
        if folded in taken:
            continue
        if folded.startswith(wanted):
            begin.append(each)
        elif wanted in folded:
            hold.append(each)
    return (*begin, *hold)


def completed(fact: Fact, text: str, word: str) -> str:
    """Replace the typed part of a word by a choice."""
    if fact.kind not in _LISTS:
        return word
    before = text[: len(text) - len(_last(text))].rstrip()
    quoted = f'"{word}"' if "," in word else word
    return f"{before} {quoted}" if before else quoted


def _last(text: str) -> str:
    return text.rpartition(",")[2].lstrip()
