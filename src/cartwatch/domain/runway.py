"""Cash runway: until when the sponsor's cash lasts, as it says, set against the window of a catalyst."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from .dates.parser import read_window
from .dates.window import Window

if TYPE_CHECKING:
    from datetime import date

__all__ = ["AFTER", "MAY_OUTLAST", "WITHIN", "against_cash", "cash_until", "read_runway", "runway_against"]

WITHIN, MAY_OUTLAST, AFTER = "within the cash", "may outlast the cash", "after the cash ends"

_LEAD = re.compile(r"(at least )?(?:(into|to|until)|(through(?:out)?|for))(?: at least)? ", re.IGNORECASE)


def read_runway(value: str | date, said: date | None, today: date) -> Window:
    """Read until when cash lasts: a phrase of a date, also after "into" or "to" (it ends somewhere in P) or "through" (on its
    last day; so "for the next 12 months"); "at least" leaves the end open. Unreadable where the phrase is."""
    if not isinstance(value, str):
        return read_window(value, said, today)
    text = " ".join(value.split())
    lead = _LEAD.match(text)
    found = read_window(text[lead.end() :] if lead is not None else text, said, today)
    if lead is None or not found.dated:
        return replace(found, text=value)
    start, end = found.start, found.end
    if lead[3]:
        start = end
    at_least = lead[1] is not None or " at least" in lead[0].casefold()
    precision = "day" if lead[3] and not at_least and end is not None else found.precision
    return replace(found, text=value, start=start, end=None if at_least else end, precision=precision)


def cash_until(runway: Window) -> str:
    """Word a runway: `cash into 2H 2027`; "into" is added where the sponsor's words have no such word."""
    text = " ".join(runway.text.split())
    return f"cash {text}" if _LEAD.match(f"{text} ") else f"cash to {text}" if runway.is_day else f"cash into {text}"


def runway_against(runway: Window, window: Window, today: date) -> str:
    """Say how a catalyst's window lies to the end of the cash; empty where either is unknown.

    "within the cash": it closes before the cash can end. "after the cash ends": it opens after the cash must have ended.
    All between "may outlast the cash". A window that has closed without its event says nothing until the cash has ended too.
    """
    if not (runway.dated and window.dated):
        return ""
    overdue = window.end is not None and window.end < today
    opens = today if overdue else window.start
    closes = None if overdue else window.end
    if runway.end is not None and opens is not None and runway.end < opens:
        return AFTER
    if overdue:
        return ""
    lasts = runway.start is not None and closes is not None and closes < runway.start
    return WITHIN if lasts else MAY_OUTLAST


def against_cash(runway: Window, window: Window, today: date) -> str:
    """Word how a window lies to the end of the cash: `window closes 2027-12-31: may outlast the cash`; empty if unknown."""
    verdict = runway_against(runway, window, today)
    if not verdict:
        return ""
    late = verdict == AFTER and window.start is not None and window.start >= today
    if window.end is None or late:
        return f"window opens {window.start}: {verdict}"
    return f"window {'closed' if window.end < today else 'closes'} {window.end}: {verdict}"
