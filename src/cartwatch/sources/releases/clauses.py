"""Finds the part of a sentence that a window belongs to, and what is said there: to come, over, denied or supposed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .spans import DateSpan

__all__ = ["SOFT", "Clause", "clause_of", "region_of"]

_HARD = re.compile(r"; |: |:$| - | -- | \| ")
SOFT = re.compile(
    r", (?:and|with|which|while|but|where|whereas|as well as|followed by|including|or|both|each|plus|yet|so|then)\b|"
    r" (?:while|whereas|followed by)\b| \(|\) |, (?=(?:we|the company|it|they) )"
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_FRONT = re.compile(
    r"^\W*(?:(?:and|but|also|additionally|further|furthermore|in addition|moreover|looking ahead|separately|finally|later|then|"
    r"as previously (?:announced|guided|disclosed)|importantly|for|with|looking (?:ahead|forward) (?:to|into)),? *)*$"
)
_LABEL = re.compile(r"^ ?(?:[:|]|-{1,2} )\s*\S")


@dataclass(frozen=True, slots=True)
class Clause:
    """The words that govern a window.

    `text` is folded, without adjuncts and closed brackets. `marker` is the last word of tense before the
    window: "future", "past", "imperative" or "" for none; `after` is where the words behind the marker begin. `fronted`: the
    window stands before its clause. `wide` is all that stands before the window up to the window before it.
    """

    text: str
    wide: str
    marker: str
    after: int
    fronted: bool = False


def clause_of(low: str, all_spans: Sequence[DateSpan], at: int) -> Clause:
    """Return the clause of the span at a place in the list of a sentence's spans."""
    span = all_spans[at]
    before = max((each.end for each in all_spans if each.end <= span.start), default=0)
    after = min((each.start for each in all_spans if each.start >= span.end), default=len(low))
    left, right = _without_brackets(low[before : span.start]), low[span.end : after]
    borders = [0, *(hit.end() for hit in _HARD.finditer(left))]
    hard = borders[-1]
    item = re.split(r"; |\. ", _without_brackets(right))[0]
    if hard and not re.search(r"[a-z]{3}", left[hard:]) and not re.search(r"[a-z]{3}", item):
        hard = (
            0 if " | " in left else next(each for each in reversed(borders) if re.search(r"[a-z]{3}", left[each:]) or not each)
        )
        left = left.replace(" | ", " ").rstrip(" :|-")  # a label before its window, or the cells before it in a row
    left = left[hard:]
    if _fronted(left, right, before == 0 or hard > 0):
        end = re.search(r"; |\. ", right)
        text = right[: end.start()] if end is not None else right
        masked = _masked(text)
        marker, place = _first_marker(masked)
        return Clause(masked, text, marker, place, fronted=True)
    masked = _masked(left)
    soft = max((hit.start() for hit in SOFT.finditer(masked)), default=0)
    marker, place = _last_marker(masked, soft)
    return Clause(masked[soft:], masked, marker, place - soft)


def region_of(low: str, all_spans: Sequence[DateSpan], at: int) -> tuple[int, int]:
    """Return the part of a sentence between the window before, or a hard border, and the window after."""
    span = all_spans[at]
    before = max((each.end for each in all_spans if each.end <= span.start), default=0)
    after = min((each.start for each in all_spans if each.start >= span.end), default=len(low))
    borders = [before, *(hit.end() for hit in _HARD.finditer(low, before, span.start))]
    hard = borders[-1]
    if not re.search(r"[a-z]{3}", low[hard : span.start]) and not re.search(r"[a-z]{3}", low[span.end : after]):
        hard = next((each for each in reversed(borders) if re.search(r"[a-z]{3}", low[each : span.start])), before)
    stop = next((hit.start() for hit in _HARD.finditer(low, span.end, after)), after)
    if not _fronted(low[hard : span.start], low[span.end : after], before == 0 or hard > before):
        stop = min(
            stop,
            next((hit.start() for hit in re.finditer(r", | and | while | whereas ", low[span.end : stop])), stop - span.end)
            + span.end,
        )
    return hard, stop


def _without_brackets(text: str) -> str:
    """Leave out what stands in brackets that are closed again."""
    return re.sub(r"  +", " ", _BRACKETS.sub(" ", text)) if "(" in text or "[" in text else text


def _fronted(left: str, right: str, begins: bool) -> bool:
    if not begins or not _FRONT.match(left):
        return False
    return bool(re.match(r"^\W*[a-z]", right)) or bool(_LABEL.match(right))


def _masked(text: str) -> str:
    """Blank out adjuncts: from "based on", "to support", "following" … to the next comma, verb of tense or the window."""
    words = lexicon()
    out = text
    for hit in words.adjuncts.finditer(text):
        tail = text[hit.end() :]
        stop = words.adjunct_end.search(tail)
        end = hit.end() + (stop.start() if stop is not None else len(tail))
        out = out[: hit.start()] + "\0" * (end - hit.start()) + out[end:]
    return re.sub(r"\0+ *", "", out)


def _last_marker(text: str, soft: int) -> tuple[str, int]:
    """The marker nearest to the window, and where the words behind it begin."""
    words = lexicon()
    found: list[tuple[int, int, str]] = [(hit.start(), hit.end(), "future") for hit in words.future.finditer(text)]
    found += [(hit.start(), hit.end(), "past") for hit in words.past.finditer(text) if not _adjective(text, hit.start())]
    for base in {0, soft, *(hit.end() for hit in words.coordinated.finditer(text))}:
        hit = words.imperative.match(re.sub(r"^(?:, )?(?:and|with|but) ", lambda each: " " * len(each[0]), text[base:]))
        if hit is not None:
            verb = base + len(hit[0]) - len(hit[0].lstrip())
            found.append((verb, verb, "imperative"))
    if not found:
        return "", 0
    within = sorted(each for each in found if each[0] >= soft) or sorted(found)
    last = max(within, key=lambda each: (each[1], each[2] == "future"))
    if any(each[2] == "past" and 0 <= last[0] - each[1] <= 1 for each in within):
        return "past", last[1]  # "was expected to report"
    begin = last[1]
    for each in reversed(within):
        if each[2] == "past":
            if each[1] < last[1]:
                break
        elif last[2] != "past" and (last[2] == "imperative" or len(text[each[1] : begin].split()) <= 3):
            begin = min(begin, each[1])
    return last[2], begin


def _first_marker(text: str) -> tuple[str, int]:
    words = lexicon()
    found = [(hit.start(), hit.end(), "future") for hit in words.future.finditer(text)]
    found += [(hit.start(), hit.end(), "past") for hit in words.past.finditer(text) if not _adjective(text, hit.start())]
    hit = words.imperative.match(re.sub(r"^[\s,:|-]+", lambda each: " " * len(each[0]), text))
    if hit is not None:
        found.append((0, 0, "imperative"))
    if not found:
        return "", 0
    first = min(found)
    return first[2], first[1]


def _adjective(text: str, at: int) -> bool:
    """Whether a participle is one only by form: `the completed study`, `to be submitted`."""
    return lexicon().before_participle.search(text[max(0, at - 24) : at]) is not None
