"""Lexer of date phrases: normalizes case, dashes, dots and spaces, splits into tokens, and reads them with backtracking."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    _T = TypeVar("_T")

__all__ = ["LONGEST", "Token", "TokenReader", "plain", "tokens"]

LONGEST = 200
"""Characters a phrase may have once its runs of spaces are squeezed; what is longer is prose, and unreadable."""

_BOUNDS = {"≥": ">=", "⩾": ">=", "≤": "<=", "⩽": "<="}
_LIKE_ASCII = str.maketrans(
    {**dict.fromkeys("‐‑‒–—―−﹘﹣", "-"), **dict.fromkeys("‘’‚‛ʼ′´`＇", "'"), "≈": "~", "∼": "~", **_BOUNDS}
)
_QUOTES = ('""', "\u201c\u201d", "\u201e\u201c", "\u00ab\u00bb")

_MONTHS = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 0, "final": 0}
_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_TWO_WORDS = {"midyear": "mid year", "yearend": "year end", "ye": "year end", "eoy": "year end"}
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Token:
    """A word, a number or a mark. `kind` is the mark itself, or one of the names in `_token_pattern`."""

    __slots__ = ("definite", "kind", "number", "spaced", "text")

    def __init__(self, kind: str, text: str, number: int, spaced: bool, definite: bool = False) -> None:
        self.definite = definite  # "the" stands before it
        self.kind = kind
        self.text = text
        self.number = number
        self.spaced = spaced


def plain(text: str) -> str | None:
    """Normalize a phrase: lower case, plain dashes and apostrophes, single spaces, no quotation marks around it.

    None where it is too long, or has a figure that is raised or circled: that of a note, or of the date, nobody can tell.
    """
    squeezed = " ".join(text.split()) if len(text) < LONGEST else " ".join(text[: 20 * LONGEST].split())
    if len(squeezed) > LONGEST or len(text) > 20 * LONGEST:
        return None
    if len(squeezed) > 2 and squeezed[0] + squeezed[-1] in _QUOTES:
        squeezed = squeezed[1:-1].strip()
    if not squeezed.isascii():
        from unicodedata import decomposition, normalize

        if any(not decomposition(char).startswith("<wide>") for char in squeezed if char.isnumeric() and not char.isascii()):
            return None
        squeezed = normalize("NFKC", squeezed.translate(_LIKE_ASCII)).translate(_LIKE_ASCII)
        squeezed = " ".join(squeezed.split())
    return squeezed.lower()


def tokens(phrase: str) -> list[Token] | None:
    """Split a normalized phrase into tokens; None where something in it belongs to no date."""
    phrase = _dots().sub("", phrase.replace(",", " ").rstrip().removesuffix(".").rstrip())
    match = _token_pattern().match
    known = _known_words()
    found: list[Token] = []
    definite = False
    at, end = 0, len(phrase)
    while at < end:
        hit = match(phrase, at)
        if hit is None:
            return None
        kind = hit.lastgroup or ""
        text = hit.group(kind)
        spaced = hit.start(kind) > at
        at = hit.end()
        if text == "the":
            definite = True
            continue
        if kind == "word":
            if text in _TWO_WORDS:
                found.extend(Token("word", word, 0, spaced) for word in _TWO_WORDS[text].split())
            else:
                kind, number = known.get(text, ("word", 0))
                found.append(Token(kind, text, number, spaced, definite))
        elif kind == "mark":
            found.append(Token(text, text, 0, spaced))
        else:
            digits = _first_number().search(text)
            found.append(Token(kind, text, int(digits.group()) if digits else 0, spaced))
        definite = False
    return found


@cache
def _dots() -> re.Pattern[str]:
    """The full stop of an abbreviation: `Dec.`, `a.m.`"""
    return re.compile(r"(?<=[a-z])\.")


@cache
def _first_number() -> re.Pattern[str]:
    return re.compile(r"[0-9]+")


@cache
def _token_pattern() -> re.Pattern[str]:
    return re.compile(
        r"""[ ]*(?:
          (?P<instant>[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?
             (?:z|[+-](?:0[0-9]|1[0-4]):?[0-9]{2})?(?![0-9:.]))
        | (?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))
        | (?P<group>[0-9]{4}-[0-9]{2}(?![0-9]))
        | (?P<slash>(?<![\w/])(?:[0-9]{1,2}/[0-9]{1,2}/(?:[0-9]{4}|[0-9]{2})|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2})(?![0-9/]))
        | (?P<dotted>(?<![\w.])[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{4}|[0-9]{2})(?![0-9.]))
        | (?P<dashed>(?<![\w-])[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}(?![0-9-]))
        | (?P<monthyear>(?<![\w/])[0-9]{1,2}/[0-9]{4}(?![0-9/]))
        | (?P<quarter>f?q[1-4](?=[0-9]{4}(?![0-9])|(?![0-9]))|[1-4]f?q)
        | (?P<half>h[12](?=[0-9]{4}(?![0-9])|(?![0-9]))|[12]h)
        | (?P<time>[0-9]{1,2}(?::[0-9]{2}){1,2}(?:[ ]?[ap]m(?![a-z]))?|[0-9]{1,2}[ ]?[ap]m(?![a-z]))
        | (?P<ordinal>[0-9]{1,2}(?:st|nd|rd|th)(?![a-z]))
        | (?P<year>[0-9]{4}(?![0-9]))
        | (?P<count>[0-9]{1,3}(?![0-9]))
        | (?P<shortyear>'[0-9]{2}(?![0-9]))
        | (?P<possessive>'s(?![a-z]))
        | (?P<word>[a-z]+)
        | (?P<mark>[<>]=|[-/~?:()&@+\[\]])
        )""",
        re.VERBOSE,
    )


@cache
def _known_words() -> dict[str, tuple[str, int]]:
    known = {}
    for names in _MONTHS:
        known.update({name: ("month", number) for number, name in enumerate(names.split(), 1)})
    known["sept"] = ("month", 9)
    known.update({"spring": ("season", 0), "summer": ("season", 1), "winter": ("season", 3)})
    known.update({"fall": ("season", 2), "autumn": ("season", 2)})
    known.update({word: ("ordinal", number) for word, number in _ORDINALS.items()})
    known.update({word: ("count", number) for number, word in enumerate(_NUMBERS, 1)})
    for number, name in enumerate(_WEEKDAYS):
        known.update({name: ("weekday", number), name[:3]: ("weekday", number)})
    known.update({"tues": ("weekday", 1), "thur": ("weekday", 3), "thurs": ("weekday", 3)})
    return known


@cache
def _by_first_word(sequences: str) -> dict[str, tuple[list[str], ...]]:
    """Index word sequences by their first word, longest first."""
    found: dict[str, list[list[str]]] = {}
    for sequence in sequences.split("|"):
        words = sequence.split()
        found.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(those, key=len, reverse=True)) for first, those in found.items()}


class TokenReader:
    """A place in a phrase. A rule that does not fit returns None; `attempt` puts its tokens back."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def kind(self, ahead: int = 0) -> str:
        """The kind of the token at this distance; "" past the end."""
        at = self.at + ahead
        return self.tokens[at].kind if at < len(self.tokens) else ""

    def take(self, *kinds: str) -> Token | None:
        """Take the next token if it is of one of these kinds."""
        if self.at < len(self.tokens) and self.tokens[self.at].kind in kinds:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def words(self, sequences: str) -> str:
        """Take the longest of these word sequences that comes next; "" if none does."""
        at = self.at
        if at < len(self.tokens) and self.tokens[at].kind == "word":
            for sequence in _by_first_word(sequences).get(self.tokens[at].text, ()):
                end = at + len(sequence)
                if [token.text for token in self.tokens[at:end]] == sequence:
                    self.at = end
                    return " ".join(sequence)
        return ""

    def attempt(self, rule: Callable[..., _T | None], *given: object) -> _T | None:
        """Run a rule at this place; where it does not fit, its tokens are put back."""
        start = self.at
        found = rule(*given)
        if found is None:
            self.at = start
        return found
