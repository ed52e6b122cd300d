"""Builds the JSON documents: programs, catalysts and windows with the keys of the file, null for what is absent."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any

from cartwatch.domain.cites import Cite
from cartwatch.domain.dates.countdown import countdown
from cartwatch.domain.dates.format import iso
from cartwatch.domain.dates.window import Window
from cartwatch.domain.difference import below
from cartwatch.domain.fields import facts
from cartwatch.domain.provenance import provenance
from cartwatch.domain.rates import Rate

if TYPE_CHECKING:
    from datetime import datetime

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.dates.countdown import Countdown
    from cartwatch.domain.program import Program

__all__ = ["SCHEMA", "catalyst_document", "head", "program_document", "value_document", "window_document"]

SCHEMA = 1


def head(now: datetime) -> dict[str, Any]:
    """Return the fields that every document starts with."""
    return {"schema": SCHEMA, "today": iso(now.date())}


def window_document(window: Window | None, now: datetime, count: Countdown | None = None) -> dict[str, Any] | None:
    """Build the document of a window with its state; days and dates are null where they are open or unknown."""
    if window is None:
        return None
    count = count or countdown(window, now)
    return {
        "text": window.text,
        "start": iso(window.start) or None,
        "end": iso(window.end) or None,
        "precision": window.precision,
        "approximate": window.approximate,
        "state": count.state,
        "days_to_start": count.days_to_start,
        "days_to_end": count.days_to_end,
    }


def catalyst_document(item: Item, now: datetime) -> dict[str, Any]:
    """Build the document of an agenda item: `program` is the program's key and `name` its label in the table."""
    catalyst, program = item.catalyst, item.program
    return {
        "program": program.key,
        "name": program.label,
        "id": catalyst.key,
        "event": catalyst.event,
        "kind": catalyst.kind,
        "window": window_document(item.window, now, item.countdown),
        "said": value_document(catalyst.said, now),
        "cite": value_document(catalyst.cite, now),
        "verified": provenance(program, f"{below('catalyst', catalyst.key)}.when", catalyst).verified,
        "outcome": catalyst.outcome,
        "moves": [_record(each, now) for each in catalyst.moves],
    }


def program_document(program: Program, now: datetime) -> dict[str, Any]:
    """Build the document of a program; `own` has the user's own keys, `unread` the unreadable values, by path."""
    return {**_record(program, now), "id": program.key, "own": dict(program.own), "unread": dict(program.unread)}


def _record(record: Any, now: datetime) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, each in facts(record.__class__).items():
        value = getattr(record, each.attribute)
        if each.kind == "guidance" and isinstance(value, Window):
            out[key] = window_document(value, now, _counted(record, value, now))
        elif each.kind == "rates":
            out[key] = {named.name: named.rate.text for named in value}
        else:
            out[key] = value_document(value, now)
    return out


def _counted(record: Any, window: Window, now: datetime) -> Countdown:
    """Compute the countdown of a record's guidance, with the outcome and kind of a catalyst."""
    outcome, day = getattr(record, "known_outcome", None), getattr(record, "outcome_on", None)
    return countdown(window, now, kind=getattr(record, "kind", None) or "other", outcome=outcome, outcome_on=day)


def value_document(value: Any, now: datetime) -> Any:
    """Convert any domain value to JSON data with the keys of the file."""
    if isinstance(value, Cite):
        return {"id": value.id, "quote": value.quote} if value.quote else value.id
    if isinstance(value, Rate):
        return value.text
    if isinstance(value, Window):
        return _date(value)
    if isinstance(value, tuple):
        return [value_document(each, now) for each in value]
    if isinstance(value, dict):
        return {key: value_document(each, now) for key, each in value.items()}
    return _record(value, now) if is_dataclass(value) and not isinstance(value, type) else value


def _date(window: Window) -> str:
    """Format a plain date: ISO 8601 for a day or an instant, else as written."""
    if window.instant is not None:
        return window.instant.isoformat()
    return iso(window.end) if window.precision == "day" else window.text
