"""Reads what has happened: designations, outcomes of catalysts, clinical holds; and how long the cash lasts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cartwatch.domain.dates.parser import read_window

from .lexicon import lexicon, pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from .spans import DateSpan

__all__ = ["Found", "designations", "holds", "outcomes", "runway"]


@dataclass(frozen=True, slots=True)
class Found:
    """A fact found in a sentence: its place, the rule, the values under the names of the file, and why it is not certain."""

    start: int
    end: int
    kind: str
    event: str
    rule: str
    facts: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    span: DateSpan | None = None


_GRANTED = pattern("regulatory", "granted")
_GRANT_NOUN = re.compile(r"\b(?:granting|grant|receipt) of\b|\bgranted\b")
_NOT_GRANTED = pattern("regulatory", "not_granted")
_PROGRAM = pattern("regulatory", "program")
_INDICATIONS = tuple(
    pattern("regulatory", f"indication{each}") for each in ("", "_treatment", "_treating", "_as", "_in", "_for")
)
_CUT = pattern("regulatory", "cut")
_TO = re.compile(r"\b(?:to|of|for)\s+(?:the company's |its |our )?(?P<name>[A-Za-z0-9][\w./-]*(?: \([^)]{1,40}\))?)")


def designations(text: str, low: str, found: Sequence[DateSpan], said: date | None) -> Iterator[Found]:
    """Yield the designations that a sentence says were granted, never what another one brings or requests."""
    words = lexicon()
    if not _PROGRAM.search(low):
        return
    granted = _GRANTED.search(low)
    if granted is None:
        return
    if (denied := _NOT_GRANTED.search(low)) is not None and not _reaches(low, denied, granted):
        return
    agencies = sorted((hit.start(), name) for name, form in words.agencies.items() for hit in form.finditer(low))
    named: list[tuple[int, int, str]] = []
    for name, form in words.designations.items():
        for hit in form.finditer(low):
            if not any(hit.start() < end and start < hit.end() for start, end, _ in named):
                named.append((hit.start(), hit.end(), name))
    named.sort()
    kept: list[tuple[int, int, str]] = []
    for start, end, name in named:
        if name == "Priority Review" and re.search(r"\bvoucher\b", low[end : end + 20]):
            continue
        if kept and kept[-1][2] == name and not agencies_between(agencies, kept[-1][1], start):
            continue
        tail = low[end : end + 60]
        if (
            name not in ("Priority Review", "PRIME")
            and not re.search(r"\bdesignations?\b|\bstatus\b|\bmedicinal product\b", low)
            and not re.fullmatch(r"o\w+d|rpdd?|ftd|btd|rmat", low[start:end].strip("() "))
        ):
            continue
        if name == "Breakthrough" and not re.search(r"designation|status", tail + low[max(0, start - 30) : start]):
            continue
        kept.append((start, end, name))
    day = next((each for each in found if _past(each, said)), None)
    indication = _indication(text, low)
    seen: set[tuple[str, str]] = set()
    for start, end, name in kept:
        before, beyond = low.rfind("; ", 0, start), end + len(low[end:].partition("; ")[0])
        agency = _agency([each for each in agencies if before <= each[0] < beyond] or agencies, start, end, kept)
        if (name, agency) in seen:
            continue
        seen.add((name, agency))
        facts: dict[str, Any] = {"kind": name}
        if agency:
            facts["agency"] = agency
        if day is not None and day.window is not None:
            facts["granted"] = day.window.start if day.window.is_day else _plain(day.words)
        elif said is not None and re.search(r"\btoday announced\b|\bannounced today\b", low):
            facts["granted"] = said
            facts["note"] = "day of the announcement"
        if indication:
            facts["indication"] = indication
        yield Found(
            min(start, granted.start()),
            max(end, granted.end()),
            "designation",
            f"{name} designation",
            "a designation was granted",
            facts,
            "" if agency else "the agency is not named",
            day,
        )


def agencies_between(agencies: Sequence[tuple[int, str]], start: int, end: int) -> bool:
    """Whether an agency is named between two places: then the second is another grant."""
    return any(start <= at < end for at, _ in agencies)


def _reaches(low: str, denied: re.Match[str], granted: re.Match[str]) -> bool:
    """Whether the words that deny a grant stand in another clause than the grant."""
    between = low[min(denied.end(), granted.end()) : max(denied.start(), granted.start())]
    return (
        re.search(r"[;,]|\band (?:plans|will|expects)|\bbased on\b|\bwhich\b|\bto expedite\b|\bfor the\b", between) is not None
        and denied.start() > granted.start()
    )


def _agency(agencies: Sequence[tuple[int, str]], start: int, end: int, kept: Sequence[tuple[int, int, str]]) -> str:
    """The agency of a designation: the next one behind it, else the last before it."""
    following = next((each[0] for each in kept if each[0] > start), 10**9)
    behind = next((each for each in agencies if each[0] >= end), None)
    ahead = [each for each in agencies if each[0] < start]
    close = behind is not None and (not ahead or behind[0] - end < 60 or start - ahead[-1][0] > 90)
    if behind is not None and close and (behind[0] < following or not ahead):
        return behind[1]
    if behind is not None and ahead and any(ahead[-1][0] < each[0] < start for each in kept) and behind[0] - end < 120:
        return behind[1]
    return ahead[-1][1] if ahead else behind[1] if behind is not None else ""


def _indication(text: str, low: str) -> str:
    hit = next((found for each in _INDICATIONS if (found := each.search(low)) is not None), None)
    if hit is None:
        return ""
    start, end = hit.span("what")
    cut = _CUT.search(low, start, end)
    words = text[start : cut.start() if cut is not None else end].strip(" ,.")
    return words if len(words) <= 120 else ""


_NOT_YET = pattern("regulatory", "not_yet")
_OTHERS = pattern("regulatory", "others")


def outcomes(text: str, low: str, found: Sequence[DateSpan], said: date | None) -> Iterator[Found]:
    """Yield the outcomes that a sentence reports as facts."""
    if not _TOLD.search(low):
        return
    for kind, outcome, event, rule, words in lexicon().outcomes:
        hit = words.search(low)
        if hit is None:
            continue
        clause = _clause(low, hit.start(), hit.end())
        if _NOT_YET.search(clause) or (kind in ("approval", "filing", "acceptance") and _OTHERS.search(clause)):
            continue
        day = next((each for each in found if _past(each, said) and abs(each.start - hit.end()) < 160), None)
        facts: dict[str, Any] = {"kind": kind, "outcome": outcome}
        if day is not None and day.window is not None:
            facts["outcome_on"] = day.window.start if day.window.is_day else _plain(day.words)
        elif said is not None and re.search(r"\btoday\b", low):
            facts["outcome_on"] = said
        yield Found(hit.start(), hit.end(), kind, event, rule, facts, span=day)


def _clause(low: str, start: int, end: int) -> str:
    """The clause around a place; what stands behind the next comma and "and" is another."""
    before = max((hit.end() for hit in re.finditer(r"; |, (?:and|but) |\. |: ", low[:start])), default=0)
    after = re.search(r"; |, |\. | with | following | and (?:plans|expects|will|anticipates|remains|intends)", low[end:])
    return low[before : end + (after.start() if after is not None else len(low))]


def _past(span: DateSpan, said: date | None) -> bool:
    window = span.window
    return (
        window is not None
        and not span.meeting
        and window.precision in ("day", "month", "quarter")
        and (said is None or (window.start is not None and window.start <= said))
    )


def _plain(words: str) -> str:
    return re.sub(r"^(?:in|on|during|at|the)\s+", "", words, flags=re.I)


_HOLD = pattern("regulatory", "hold")
_TOLD = re.compile(r"accept|approv|letter|opinion|endpoint|futility|enrol|recruit|submi|filed|refus|validat|top-?line|meeting")
_LIFTED = pattern("regulatory", "lifted")
_PLACED = pattern("regulatory", "placed")


def holds(text: str, low: str, found: Sequence[DateSpan], said: date | None) -> Iterator[Found]:
    """Yield clinical holds placed or lifted."""
    hit = _HOLD.search(low)
    if hit is None or re.search(r"\b(?:could|may(?! \d)|might|risk\w*|if|not|potential|avoid|prior)\b", low):
        return
    kind = (
        "partial hold"
        if hit["kind"].startswith("partial")
        else "clinical hold"
        if hit["kind"] in ("clinical hold", "the hold")
        else "voluntary pause"
    )
    lifted, placed = _LIFTED.search(low), _PLACED.search(low)
    if lifted is None and placed is None and kind != "voluntary pause":
        return
    facts: dict[str, Any] = {"kind": kind}
    agency = next((name for name, form in lexicon().agencies.items() if form.search(low)), "")
    if agency:
        facts["agency"] = agency
    day = next((each for each in found if _past(each, said)), None)
    when = (
        day.window.start
        if day is not None and day.window is not None and day.window.is_day
        else _plain(day.words)
        if day is not None
        else said
        if "today" in low
        else None
    )
    if when is not None:
        facts["lifted" if lifted is not None else "placed"] = when
    rule = "a hold was lifted" if lifted is not None else "a hold was placed"
    yield Found(
        hit.start(), hit.end(), "hold", kind.capitalize(), rule, facts, "" if when is not None else "the day is not given", day
    )


_RUNWAY = pattern("regulatory", "runway")
_MONEY = pattern("regulatory", "money")


def runway(text: str, low: str, said: date | None) -> Iterator[Found]:
    """Yield how long the sponsor's cash lasts: `into 2H 2027`."""
    if not _MONEY.search(low):
        return
    hit = _RUNWAY.search(low)
    if hit is None or re.search(r"\b(?:if|could|may not|not be sufficient|prior guidance)\b", low[: hit.start("how")]):
        return
    how = hit["how"].replace("at least ", "")
    how = {"until": "to", "till": "to", "up to": "to", "for at least": "to"}.get(how, how)
    start, end = hit.start("when"), hit.end("when")
    window = read_window(text[start:end], said)
    if not window.dated or (said is not None and window.end is not None and window.end < said):
        return
    if re.fullmatch(r"(?:into|through|to|beyond) (?:the )?", low[hit.start("how") : start]):
        start, how = hit.start("how"), ""
    yield Found(
        hit.start("how"), end, "runway", "Cash runway", "how long the cash lasts", {"when": f"{how} {text[start:end]}".strip()}
    )
