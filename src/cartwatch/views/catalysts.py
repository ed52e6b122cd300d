"""Catalysts pane: upcoming catalysts, their windows and sources, and how the guidance has moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.agenda import items, slides
from cartwatch.domain.dates.format import days_of, precision_words
from cartwatch.domain.dates.parser import why_unreadable
from cartwatch.domain.difference import below
from cartwatch.domain.provenance import provenance
from cartwatch.domain.slips import classify, words

from .facts import cited
from .lines import Line, Run
from .look import role_of

if TYPE_CHECKING:
    from cartwatch.domain.agenda import Item
    from cartwatch.domain.catalyst import Catalyst
    from cartwatch.domain.program import Program
    from cartwatch.domain.provenance import Provenance
    from cartwatch.domain.slips import WindowMove

    from .look import Look

__all__ = ["about", "catalysts", "outcome_role", "shift", "sourced"]


_BAD = ("missed", "futility", "crl", "refuse to file", "negative opinion", "withdrawn", "terminated")


def catalysts(program: Program, look: Look) -> tuple[Line, ...]:
    """Build the catalysts pane of a program, in agenda order."""
    found = items(program, look.now)
    if not found:
        return (Line((Run("No upcoming catalyst.", "quiet"),), path="catalyst"),)
    out: list[Line] = []
    for place, each in enumerate(found):
        out += about(program, look, each, place)
    return tuple(out)


def about(program: Program, look: Look, item: Item, place: int = 0) -> list[Line]:
    """Build the lines of one catalyst, with a space above if it is not the first."""
    catalyst, path = item.catalyst, below("catalyst", item.catalyst.key)
    out = [
        Line((Run(catalyst.event or catalyst.key, "strong"),), path=f"{path}.event", rule=place > 0),
        _headline(program, look, item, path),
    ]
    rows = [
        ("outcome", "Outcome", _open_outcome(catalyst)),
        ("kind", "Kind", (Run(catalyst.kind),) if catalyst.kind else None),
        ("said", "Said", _said(item, look)),
        ("trial", "Trial", _trial(program, catalyst)),
        ("cite", "Source", sourced(look, provenance(program, f"{path}.when", catalyst))),
        ("note", "Note", (Run(catalyst.note),) if catalyst.note else None),
    ]
    if item.waiting or catalyst.when is not None:
        out.append(Line(_window(program, look, item, path), "When", f"{path}.when", 1))
    out += [Line(runs, label, f"{path}.{key}", 1) for key, label, runs in rows if runs]
    return out + _moves(look, catalyst, path)


def _open_outcome(catalyst: Catalyst) -> tuple[Run, ...] | None:
    """Return an outcome text that is not a known outcome, so that the catalyst stays upcoming."""
    if catalyst.outcome is None or catalyst.closed:
        return None
    return (Run(catalyst.outcome), Run(" (not a known outcome: still upcoming)", "unread"))


def _said(item: Item, look: Look) -> tuple[Run, ...] | None:
    if slides(item.catalyst, look.today):
        return (Run("no day said: the window moves with today", "unread"),)
    if item.catalyst.said is not None:
        return (Run(item.catalyst.said.text),)
    return (Run("not stated", "quiet"),) if item.waiting else None


def _headline(program: Program, look: Look, item: Item, path: str) -> Line:
    catalyst, count = item.catalyst, item.countdown
    if item.waiting:
        text = "no date given" if count.state == "undated" else look.plainly(count.text)
        return Line((Run(text, role_of(count)),), path=f"{path}.when", indent=1, ticks=True)
    told = f"{catalyst.outcome} {catalyst.outcome_on.text}" if catalyst.outcome_on else str(catalyst.outcome)
    runs = cited(program, look, f"{path}.outcome", told, outcome_role(catalyst.outcome), catalyst)
    return Line(runs, path=f"{path}.outcome", indent=1)


def outcome_role(outcome: str | None) -> str:
    """Return the role of an outcome: favorable, unfavorable or neither."""
    if outcome in ("met", "approved", "accelerated approval", "positive opinion"):
        return "good"
    return "bad" if outcome in _BAD else "done"


def _window(program: Program, look: Look, item: Item, path: str) -> tuple[Run, ...]:
    """Build the runs of the guidance: its words, its days and its precision."""
    window = item.window
    if not window.text:
        return (Run("not reported", "quiet"),)
    if not window.readable:
        said = item.catalyst.said.start if item.catalyst.said is not None else None
        why = why_unreadable(window.text, said, look.today)
        return (Run(window.text, "unread"), Run(f"  {why}: kept as written, sorts last", "quiet"))
    runs = cited(program, look, f"{path}.when", window.text, record=item.catalyst)
    days = look.plainly(days_of(window))
    dot = f" {look.glyphs.dot} "
    exact = precision_words(window)
    if days and days != window.text:
        return (*runs, Run(dot, "quiet"), Run(days), Run(dot + exact, "quiet"))
    return (*runs, Run(dot + exact, "quiet"))


def _trial(program: Program, catalyst: Catalyst) -> tuple[Run, ...] | None:
    if not catalyst.trial:
        return None
    name = next((each.name for each in program.trials if each.number == catalyst.trial and each.name), None)
    return (Run(name), Run(f"  {catalyst.trial}", "quiet")) if name else (Run(catalyst.trial),)


def sourced(look: Look, behind: Provenance) -> tuple[Run, ...]:
    """List the sources of a fact, each with the day it was last checked and its words for this fact."""
    if not behind.cited:
        return (Run("none", "quiet"), look.unverified)
    runs: list[Run] = []
    quotes = {each.id: each.quote for each in behind.cites if each.quote}
    for each in behind.sources:
        if runs:
            runs.append(Run("; ", "quiet"))
        runs.append(Run(each.title or each.id or ""))
        if each.checked and each.checked.dated:
            runs.append(Run(f" {look.glyphs.dot} checked {each.checked.text}", "quiet"))
        else:
            runs += [Run(f" {look.glyphs.dot} ", "quiet"), Run("not checked ", "unverified"), look.unverified]
        if quote := quotes.get(each.id or ""):
            runs += [Run(" "), Run(look.quoted(quote), "prose")]
    for missing in behind.missing:
        runs.append(Run(f"{'; ' if runs else ''}{missing}, which is not listed ", "unverified"))
        runs.append(look.unverified)
    return tuple(runs)


def _moves(look: Look, catalyst: Catalyst, path: str) -> list[Line]:
    """List the moves of the guidance, newest first."""
    chain = [(each.when, each.said) for each in catalyst.moves] + [(catalyst.when, catalyst.said)]
    out: list[Line] = []
    for place in reversed(range(len(chain) - 1)):
        (old, said), (new, _) = chain[place], chain[place + 1]
        if old is None or new is None:
            continue
        told = f" (said {said.text})" if said is not None else ""
        runs = (
            Run(old.text),
            Run(f"{told} {look.glyphs.arrow} ", "quiet"),
            Run(new.text),
            Run("  "),
            shift(look, classify(old, new)),
        )
        out.append(Line(runs, "Moved" if not out else "", f"{path}.move.{place + 1}", 1))
    return out


def shift(look: Look, move: WindowMove) -> Run:
    """Describe a move in the role of good or bad news; a narrower window is neither."""
    told = words(move)
    text = told if told.startswith(move.kind) or move.kind == "unknown" else f"{move.kind}: {told}"
    return Run(look.plainly(text), {"slipped": "bad", "pulled in": "good"}.get(move.kind, "quiet"))
