"""Converts the text typed into a field to the value in the file, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from cartwatch.domain.cites import is_cite, typed, typed_cites
from cartwatch.domain.dates.parser import read_window, why_unreadable
from cartwatch.domain.identity import is_id
from cartwatch.domain.rates import RateError, read_named_rates, read_rate
from cartwatch.domain.runway import read_runway
from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import VOCABULARIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.domain.fields import Fact

__all__ = ["Typed", "TypedError", "are_rates", "as_typed", "read_typed", "short_text"]

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ITEM = re.compile(r'\s*(?:"([^"]*)"|([^,]+))\s*(?:,|$)')
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?")


class TypedError(ValueError):
    """The typed text cannot be stored in this field; the message says why and what would do."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The value for the file, and a warning where the user should check it."""

    value: Any
    doubt: str | None = None


def read_typed(fact: Fact, text: str, *, today: date, said: date | None = None, n: int | None = None) -> Typed:
    """Convert the text typed into a field to its TOML value.

    `said` is the day that guidance counts from, `n` the evaluable patients of the data set that a percentage belongs to.
    The caller handles empty text, which deletes the field. Raises TypedError.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    stripped = text.strip()
    if fact.kind == "prose":
        return Typed(text.strip("\n") + "\n" if "\n" in text.strip("\n") else stripped)
    if "\n" in stripped:
        raise TypedError(f"{fact.label} is one line")
    return _READERS.get(fact.kind, _text)(fact, stripped, today, said, n)


def _text(fact: Fact, text: str, today: date, said: date | None, n: int | None) -> Typed:
    return Typed(text)


def _id(fact: Fact, text: str, today: date, said: date | None, n: int | None) -> Typed:
    if not is_id(text):
        raise TypedError("an id is made of small letters, digits and dashes, at most 64")
    return Typed(text)


def _link(fact: Fact, text: str, today: date, said: date | None, n: int | None) -> Typed:
    if not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise TypedError("a link starts with https://")
    return Typed(text)


def _words(fact: Fact, text: str, today: date, said: date | None, n: int | None) -> Typed:
    return Typed(_listed(text))


def _listed(text: str) -> list[str]:
    """Split a list typed with commas; an item that contains a comma is in double quotes."""
    items = [quoted or bare.strip() for quoted, bare in _ITEM.findall(text)]
    return [each for each in items if each]


def _cites(fact: Fact, text: str, today: date, said: date | None, n: int | None) -> Typed:
    return Typed(typed_cites(text) or [])


def _term(fact: Fact, text: str, today: date, said: date | None, n: int | None) -> Typed:
    vocabulary = VOCABULARIES[fact.vocabulary or ""]
    known = vocabulary.kept(text)
    if known is not None or not vocabulary.closed:
        return Typed(known or text)
    close = vocabulary.suggest(text)
    hint = f"did you mean {close}?" if close else f"choose from {', '.join(vocabulary.words)}"
    return Typed(text, f"unknown {fact.label.lower()} “{text}”: {hint}")


def _flag(fact: Fact, text: str, today: date, said: date | None, n: int | None) -> Typed:
    word = text.casefold()
    if word in ("true", "yes", "y", "on", "1"):
        return Typed(True)
    if word in ("false", "no", "n", "off", "0"):
        return Typed(False)
    raise TypedError("write yes or no")


def _count(fact: Fact, text: str, today: date, said: date | None, n: int | None) -> Typed:
    plain = text.replace(",", "").replace("_", "").replace(" ", "")
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:
        raise TypedError(f"{fact.label} is a whole number, zero or more")
    return Typed(int(plain))


def _when(fact: Fact, text: str, today: date, said: date | None, n: int | None) -> Typed:
    window = read_window(text, said, today)
    if _DAY.fullmatch(text) and window.start is not None:
        return Typed(window.start)
    if _MOMENT.fullmatch(text) and window.instant is not None:
        return Typed(datetime.fromisoformat(text.replace("Z", "+00:00")))
    if window.precision == "unreadable":
        what = "date phrase that cartwatch reads: it will be kept, and sorts last"
        if fact.kind == "date":
            what = "date that cartwatch reads: it will be kept; write 2026-11-22, 2026-11 or Q4 2026"
        elif (why := why_unreadable(text, said, today)) != "not understood":
            more = "add it, or say when the guidance was given (said)" if said is None else "check the day of the guidance"
            return Typed(text, f"“{text}” {'' if said is None else 'was '}{why}: {more}")
        return Typed(text, f"“{text}” is not a {what}")
    return Typed(text)


def _rate(fact: Fact, text: str, today: date, said: date | None, n: int | None) -> Typed:
    try:
        rate = read_rate(text, n)
    except RateError as wrong:
        raise TypedError(str(wrong)) from None
    doubt = f"{text} has more patients than the data set's n = {n}" if rate.n and n and rate.n > n else None
    return Typed(_close(rate.text), doubt)


def _close(rate: str) -> str:
    return re.sub(r"\s*([/%])", r"\1", re.sub(r"/\s+", "/", rate))


def _rates(fact: Fact, text: str, today: date, said: date | None, n: int | None) -> Typed:
    try:
        rates = read_named_rates(text, n)
    except RateError as wrong:
        raise TypedError(str(wrong)) from None
    more = [each.text for each in rates if each.rate.n and n and each.rate.n > n]
    doubt = f"{', '.join(more)}: more patients than the data set's n = {n}" if more else None
    return Typed({each.name: _close(each.rate.text) for each in rates}, doubt)


def _until(fact: Fact, text: str, today: date, said: date | None, n: int | None) -> Typed:
    if read_runway(text, said, today).precision == "unreadable":
        return Typed(text, f"“{text}” is not a date phrase that cartwatch reads: it will be kept; write it as in into 2H 2027")
    return Typed(_when(fact, text, today, said, n).value) if _DAY.fullmatch(text) else Typed(text)


_READERS = {
    "id": _id,
    "link": _link,
    "words": _words,
    "cites": _cites,
    "term": _term,
    "flag": _flag,
    "count": _count,
    "date": _when,
    "guidance": _when,
    "until": _until,
    "rate": _rate,
    "rates": _rates,
}


def as_typed(value: Any) -> str:
    """Return a value of the file as typed into its field; empty if it is absent or not a single value."""
    if value is None:
        return ""
    if isinstance(value, dict):
        if is_cite(value) and value.keys() <= {"id", "quote"}:
            return typed(value)
        return ", ".join(f"{key} {each}" for key, each in value.items()) if are_rates(value) else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep="T", timespec="minutes" if not value.second else "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        words = [(each, as_typed(each)) for each in value]
        return ", ".join(f'"{word}"' if "," in word and not is_cite(each) else word for each, word in words if word)
    return str(value)


def are_rates(value: Mapping[str, Any]) -> bool:
    """Whether a table of the file can be typed as one line of names and rates without loss."""
    try:
        typed = read_named_rates(", ".join(f"{key} {each}" for key, each in value.items()))
    except RateError:
        return False
    return {each.name: each.rate.text for each in typed} == value


_SHORT = 120  # characters of a value of any shape that are shown
_LARGE = 10**18
_DEEPEST, _ITEMS = 3, 20  # levels of such a value, and items of its lists and tables


def short_text(value: Any) -> str:
    """Format any value of the file as one short line of clean text."""
    return " ".join(clean(_any_text(value), limit=_SHORT).split())


def _any_text(value: Any, depth: int = 0) -> str:
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_any_text(each, depth + 1)}" for key, each in islice(value.items(), _ITEMS))
    if isinstance(value, list):
        return ", ".join(_any_text(each, depth + 1) for each in value[:_ITEMS])
    if isinstance(value, int) and abs(value) >= _LARGE:
        return "a very large number"
    return as_typed(value)
