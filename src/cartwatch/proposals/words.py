"""Describes the offers of an import in the words used for any change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import EditError, apply_data
from cartwatch.document.reader import read_program
from cartwatch.document.typed import as_typed
from cartwatch.domain.difference import difference_of
from cartwatch.domain.identity import UniqueNames
from cartwatch.domain.text import clean

from .accept import rebased

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from .model import Offer

__all__ = ["offer_words", "sources_words"]

_LONGEST, _NOTES, _WORDS = 60, 200, 400  # characters of a value, of notes, and of all


def offer_words(offer: Offer, mine: Mapping[str, Any], today: date) -> str:
    """Describe an offer in one line: `First interim moved Q3 2026 → Q4 2026, end +92 days, source pr-q3`."""
    if offer.news is not None:
        words = "; ".join(words for _, words, _ in offer.news.lines())
        return f"{offer.news.about}: {words}"
    if offer.path == "notes" and isinstance(offer.theirs, str):
        return _notes_words(offer.mine, offer.theirs)
    data: dict[str, Any] = {"program": [mine]}
    try:
        for edit in rebased(offer.edits, 0):
            data = apply_data(data, edit)
    except EditError as wrong:
        return f"{offer.path}: {wrong}"
    before, _ = read_program(mine, 0, today, UniqueNames())
    after, _ = read_program(data["program"][0], 0, today, UniqueNames())
    changes = [each for each in difference_of(before, after) if each.weight]
    about = [each for each in changes if not each.path.startswith("cite.")] or changes
    said = [each.words.removeprefix(f"{each.label}: ") for each in about]
    words = "; ".join(said) or f"{offer.path}: {_value(offer.mine)} → {_value(offer.theirs)}"
    return words if len(words) <= _WORDS else words[: _WORDS - 1] + "…"


def sources_words(offer: Offer) -> str:
    """Describe the sources of two values if they differ: `yours from pr-a, theirs from pr-b`."""
    if offer.mine is None or offer.my_cites == offer.their_cites:
        return ""
    mine, theirs = (" and ".join(each) or "no source" for each in (offer.my_cites, offer.their_cites))
    return f"yours from {mine}, theirs from {theirs}"


def _notes_words(old: Any, new: str) -> str:
    """Describe the addition to the notes by their text, not a count."""
    kept = old.strip() if isinstance(old, str) else ""
    below = bool(kept) and new.startswith(kept)
    more = clean(" ".join((new.removeprefix(kept) if below else new).split()))
    shown = more if len(more) <= _NOTES else more[: _NOTES - 1] + "…"
    return f"notes, below yours: “{shown}”" if below else f"notes: “{shown}”"


def _value(value: Any) -> str:
    text = "–" if value is None else as_typed(value) or "a record"
    shown = clean(text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
