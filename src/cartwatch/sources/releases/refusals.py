"""The rules for which a window is not offered; each has its name, which `--explain` shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .lexicon import lexicon, pattern
from .sections import MILESTONES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from .clauses import Clause
    from .events import Event
    from .sections import Passage
    from .spans import DateSpan

__all__ = ["is_conditional", "refused_as_event", "refused_as_window"]

_LASTS = re.compile(r"\b(?:into|through|until|to|at least|beyond|for)\b[^a-z0-9]*(?:the )?$")
_REPORTED = re.compile(r" (?:financial |operating |full[- ]year )*(?:results|earnings)\b")
_RESULTS = re.compile(
    r"\b(?:quarter|half|year|annual|financial|h[12]|q[1-4]|[1-4]q)[^.;,]{0,20} (?:results|earnings)"
    r"(?: on| for| will be released(?: on)?)? *$"
)
_STRETCH = re.compile(
    r"\b(?:within|in|next|over|about|approximately)\b.*\b(?:days?|weeks?|months?|years?)$|^(?:\d+|one|two|three|six|twelve)\b"
)
_NAMED = {
    "call": "call or webcast",
    "investors": "investor conference",
    "corporate": "corporate matter",
    "legal": "legal matter",
}
_HAPPENED = re.compile(r"\b(?:was|were|has|have|had|did|we|company|announced|reported|in which|who)\b")
_YEAR = re.compile(r"20\d\d|[qhQH]'?\d\d")
_PRESUPPOSED = re.compile(r"\bupcoming\b|\bto be presented\b")
_SUPPOSED = re.compile(r", (?:and,? )?if |,? and, if ")
_AHEAD = pattern("guidance", "ahead")


def refused_as_window(low: str, span: DateSpan, clause: Clause, said: date | None) -> str:
    """Return the rule that refuses a window by the words around it, whatever the event; "" for none."""
    refused, left = lexicon().refused, low[: span.start]
    if refused["as_of"].search(left):
        return "as of"
    if refused["others"].search(left):
        return "said by others"
    if refused["history"].search(left[-30:]) and not span.was:
        return "since or until"
    if lexicon().relative.match(low[span.end :]) and _STRETCH.search(span.words.lower()):
        return "relative to another event"
    around = f"{clause.wide} {low[span.end : span.end + 60]}" if clause.fronted else clause.wide
    if refused["runway"].search(low) and (_LASTS.search(left) or refused["runway"].search(around)):
        return "cash runway"
    if refused["fiscal"].search(clause.text) or refused["fiscal"].search(left[-60:]):
        return "financial period or figure"
    if _REPORTED.match(low[span.end :]) or _RESULTS.search(left):
        return "financial period or figure"
    near = f"{clause.text} {re.split(r'[;,]|[.] | and ', low[span.end : span.end + 90])[0]}"
    return next((words for name, words in _NAMED.items() if refused[name].search(near)), "")


def refused_as_event(span: DateSpan, clause: Clause, events: Sequence[Event], passage: Passage, said: date | None) -> str:
    """Return the rule that refuses a window by what is said of its event; "" for none."""
    refused, window = lexicon().refused, span.window
    scope = clause.text if clause.text.strip() else clause.wide
    if window is None or (said is not None and window.end is not None and window.end < said):
        return "past"
    if clause.marker == "past" and not _is_ahead(span, scope, passage, said):
        return "past"
    if refused["negated"].search(scope) and "not only" not in scope:
        return "negated"
    if refused["earlier"].search(scope):
        return "earlier guidance"
    if refused["talk"].search(scope):
        return "talk of timing"
    if refused["progress"].search(scope) and (not events or events[0].kind == "other" or clause.marker != "imperative"):
        return "progress towards"
    conditional = is_conditional(clause)
    if not events:
        general = refused["milestones"].search(clause.text.rstrip(" ,")) is not None
        return "milestones in general" if general else "conditional" if conditional else "no event"
    return "conditional" if conditional and not _PRESUPPOSED.search(scope) else ""


def _is_ahead(span: DateSpan, scope: str, passage: Passage, said: date | None) -> bool:
    """Whether a participle can only be of what is to come: `first patient dosed by year-end` among milestones."""
    window = span.window
    if passage.section != MILESTONES or window is None or said is None or _HAPPENED.search(scope):
        return False
    if window.open_left:
        return window.end is not None
    return window.start is not None and window.start > said and _YEAR.search(span.words) is not None


def is_conditional(clause: Clause) -> bool:
    """Whether a clause only supposes: `if approved`, `could`."""
    scope = clause.text if clause.text.strip() else clause.wide
    return lexicon().refused["conditional"].search(_SUPPOSED.split(scope)[0] if clause.fronted else scope) is not None
