"""Finds which catalyst of a program a statement is about: the same kind, trial, application and words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.vocabulary import KIND, OUTCOME, fold, kind_word

from .sentences import folded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .release import Statement

__all__ = ["CatalystMatch", "catalyst_of", "is_closed", "is_same_window"]

_APPLICATIONS = re.compile(r"\b(s?bla|s?nda|maa|ind|cta)s?\b")
_PHASES = re.compile(r"\bphase (\d|i{1,3}v?)")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_REGIONS = {
    "us": re.compile(r"\b(?:u\.?s\.?|fda|united states|bla|nda)(?![a-z])"),
    "eu": re.compile(r"\b(?:eu|ema|maa|europe\w*|ec)\b"),
    "jp": re.compile(r"\b(?:japan|pmda|mhlw)\b"),
    "cn": re.compile(r"\b(?:china|nmpa)\b"),
    "uk": re.compile(r"\b(?:uk|mhra|united kingdom)\b"),
}
_MEASURES = {
    "futility": re.compile(r"\bfutility\b|\bmrd\b"),
    "survival": re.compile(r"\b(?:event|progression|disease)-free survival|\b(?:efs|pfs|dfs|overall survival|os)\b"),
    "final": re.compile(r"\bfinal\b|\bprimary (?:analysis|completion)\b"),
}
_ENDS = re.compile(r"\b(?:complet\w+|finish\w*|clos\w+|last)\b")
_STARTS = re.compile(r"\b(?:start\w*|begin\w*|initiat\w+|commenc\w+|first)\b")
_SMALL = frozenset(
    {
        *("the", "and", "for", "from", "with", "data", "results", "result", "update", "updates", "trial", "study", "phase"),
        *("expected", "first", "patients", "analysis", "interim"),
    }
)
_FAMILY = ("interim", "readout")
_LEAST = 2


@dataclass(frozen=True, slots=True)
class CatalystMatch:
    """The catalyst that a statement is about: its place, how well it fits, and why that is not certain."""

    at: int | None = None
    score: int = 0
    why: str = ""


def catalyst_of(statement: Statement, record: Mapping[str, Any], *, closed: bool = False) -> CatalystMatch:
    """Return the catalyst that a statement is about; with `closed`, of those that have an outcome."""
    listed = record.get("catalyst")
    scores: list[tuple[int, int]] = []
    for at, each in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(each, dict) and is_closed(each) == closed and (score := _score(statement, each, record)) is not None:
            scores.append((score, at))
    scores.sort(key=lambda each: (-each[0], each[1]))
    if not scores or scores[0][0] < _LEAST:
        return CatalystMatch()
    score, at = scores[0]
    if len(scores) > 1 and scores[1][0] == score:
        return CatalystMatch(at, score, "may be another catalyst of the program")
    return CatalystMatch(at, score, "" if score > _LEAST else "only the kind is the same")


def is_closed(catalyst: Mapping[str, Any]) -> bool:
    """Whether a catalyst has an outcome that closes it."""
    outcome = catalyst.get("outcome")
    return isinstance(outcome, str) and OUTCOME.canonical(outcome) is not None


def is_same_window(statement: Statement, catalyst: Mapping[str, Any]) -> bool:
    """Whether a catalyst has the window of a statement already."""
    window, said = statement.window, catalyst.get("said")
    if window is None or "when" not in catalyst:
        return False
    mine = read_window(catalyst["when"], said if isinstance(said, date) else None)
    if window.open_left or mine.open_left:
        return mine.open_left == window.open_left and mine.end == window.end
    return (mine.start, mine.end) == (window.start, window.end)


def _score(statement: Statement, catalyst: Mapping[str, Any], record: Mapping[str, Any]) -> int | None:
    """How well a catalyst fits; None where it is of another kind."""
    event = catalyst.get("event")
    event = event if isinstance(event, str) else ""
    given = catalyst.get("kind")
    kind = (KIND.canonical(given) if isinstance(given, str) else None) or kind_word(event) or "other"
    same_window = is_same_window(statement, catalyst)
    if kind == statement.kind:
        score = 2
    elif {kind, statement.kind} <= set(_FAMILY) or (
        same_window and kind in ("readout", "conference", "interim") and statement.kind in ("readout", "conference", "interim")
    ):
        score = 1
    elif (
        {kind, statement.kind} == {"other", "enrolment"}
        and _STARTS.search(folded(event))
        and _STARTS.search(folded(statement.event))
    ):
        score = 1  # a trial starts with its first patient
    else:
        return None
    mine, theirs = folded(f"{event} {catalyst.get('indication') or ''}"), folded(f"{statement.event} {_around(statement)}")
    score += 3 if same_window else 0
    score += _trials(catalyst, record, theirs)
    for one, other, gain, loss in (
        (_applications(mine), _applications(theirs), 2, 4),
        (_phases(mine), _phases(theirs), 1, 3),
        (_regions(mine), _regions(theirs), 1, 3),
        (_measures(mine), _measures(folded(statement.event)), 2, 4),
    ):
        if one and other:
            score += gain if one & other else -loss
    if (
        statement.kind == "enrolment"
        and bool(_STARTS.search(mine)) != bool(_STARTS.search(folded(statement.event)))
        and bool(_ENDS.search(mine)) != bool(_ENDS.search(folded(statement.event)))
    ):
        score -= 3
    named = folded(statement.event) if statement.kind == "other" else theirs  # "other" says nothing: the event itself must
    if statement.kind in ("other", "conference") and not same_window and not _words(mine) & _words(named):
        return None
    return score + min(2, len(_words(mine) & _words(theirs)))


def _around(statement: Statement) -> str:
    """The words of the quote near the window."""
    start, end = statement.span
    return statement.quote[max(0, start - 160) : end + 40]


def _trials(catalyst: Mapping[str, Any], record: Mapping[str, Any], theirs: str) -> int:
    named = str(catalyst.get("trial") or "")
    names: dict[str, bool] = {}
    trials = record.get("trial")
    for each in trials if isinstance(trials, list) else ():
        if isinstance(each, dict):
            here = [str(each[key]) for key in ("nct", "name", "id") if each.get(key)]
            own = fold(named) in [fold(name) for name in here] or any(
                fold(name) in fold(str(catalyst.get("event") or "")) for name in here
            )
            for name in here:
                names[folded(name)] = own
    if named:
        names.setdefault(folded(named), True)
    found = [own for name, own in names.items() if len(name) > 2 and name in theirs]
    if any(found):
        return 3
    return -4 if found and any(names.values()) else 0


def _applications(text: str) -> set[str]:
    named = {hit[1] for hit in _APPLICATIONS.finditer(text)}
    for words, short in (
        ("biologics license application", "bla"),
        ("new drug application", "nda"),
        ("marketing authori", "maa"),
        ("investigational new drug", "ind"),
        ("clinical trial application", "cta"),
    ):
        if words in text and not (short == "nda" and "investigational new drug application" in text):
            named.add(short)
    return named


def _phases(text: str) -> set[str]:
    return {_ROMAN.get(hit[1], hit[1]) for hit in _PHASES.finditer(text)}


def _regions(text: str) -> set[str]:
    return {name for name, pattern in _REGIONS.items() if pattern.search(text)}


def _measures(text: str) -> set[str]:
    return {name for name, pattern in _MEASURES.items() if pattern.search(text)}


def _words(text: str) -> set[str]:
    return {each[:6] for each in re.findall(r"[a-z0-9][a-z0-9+-]{2,}", text)} - _SMALL - {each[:6] for each in _SMALL}
