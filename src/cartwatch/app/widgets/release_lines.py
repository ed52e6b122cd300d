"""Draws what a release says in the preview: the change, the window, the sentence, the rule, and the programs to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.domain.text import clean
from cartwatch.sources.releases.shown import shown
from cartwatch.views.layout import wrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cartwatch.proposals.model import Entry, Offer
    from cartwatch.views.layout import Runs
    from cartwatch.views.look import Look

__all__ = ["fact_lines", "fact_runs", "question_lines"]


def fact_lines(offer: Offer, record: Mapping[str, Any], look: Look, width: int, entry: Entry | None = None) -> list[Runs]:
    """Draw a fact of a release: its name, what becomes of it and its days, the sentence, and why it is ticked or not."""
    told = shown(offer, record, look, entry)
    lines = wrap([(look.plainly(told.title), "strong")], width)
    lines += wrap([*told.change], width)
    if told.window:
        lines += wrap([*told.window], width)
    for quote in told.quotes:
        lines += wrap([*quote], width)
    why, _, reason = told.why.partition(": ")
    role = {"ticked": "good", "asked": "soon"}.get(why, "soon")
    rule = f"{look.glyphs.dot} {told.rule}" if told.rule else ""
    return [*lines, *wrap([(why, role), ("  ", ""), (look.plainly(f"{reason} {rule}"), "quiet")], width)]


def fact_runs(offer: Offer, look: Look) -> Runs:
    """Draw a fact as one line of the list: its name and what becomes of it."""
    told = shown(offer, {}, look)
    return [(look.plainly(told.title), "strong"), ("  ", ""), *told.change]


def question_lines(entry: Entry, labels: Sequence[str], keys: tuple[str, str], look: Look, width: int) -> list[Runs]:
    """Draw a statement whose program is open, and the key of each program that it may be about.

    `keys` are those for any other program and for a new one.
    """
    lines: list[Runs] = []
    for offer in entry.offers:
        lines += fact_lines(offer, {}, look, width, entry)
    rows = [(str(number), label) for number, label in enumerate(labels[:9], 1)]
    rows.append((keys[0], "another program of the list"))
    if name := clean(entry.program.name, limit=60):
        rows.append((keys[1], f"a new program: {name}"))
    lines += [[], *wrap([("Which program is it about? Without an answer it is left out.", "heading")], width)]
    for key, words in rows:
        lines += wrap([(f"  {key:<3}", "key"), (words, "")], width)
    return lines
