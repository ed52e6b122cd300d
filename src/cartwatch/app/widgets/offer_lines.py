"""Draws the offers of a proposal: both values, news of a registry, facts of a release with their sentence, and questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.app.widgets.linelist import DrawnLine
from cartwatch.app.widgets.panelayout import lay_out
from cartwatch.document.typed import as_typed
from cartwatch.domain.text import clean
from cartwatch.sources.releases.shown import comes_along, quote_runs, shown
from cartwatch.views.layout import wrap
from cartwatch.views.look import level_role
from cartwatch.views.panes import pane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cartwatch.proposals.model import Entry, News, Offer
    from cartwatch.views.layout import Runs
    from cartwatch.views.look import Look

__all__ = ["fact_lines", "fact_runs", "new_lines", "question_lines", "said_lines", "side_lines"]

_LONGEST = 200  # characters of a shown value


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


def said_lines(offer: Offer, record: Mapping[str, Any], words: str, look: Look, width: int) -> list[Runs]:
    """Describe an offer to a program: a fact of a release, the news of a registry, else in `words` with both sources."""
    if offer.rule:
        return fact_lines(offer, record, look, width)
    if offer.news is not None:
        return _news_lines(offer.news, look, width)
    lines = wrap([(look.plainly(words), "")], width)
    if offer.kind == "conflict":
        return [*lines, *side_lines(offer, width)]
    if offer.kind == "older":
        lines += wrap([("older than your own guidance", "quiet")], width)
    behind = _sources(offer.their_cites)
    if offer.mine is not None:
        if offer.my_cites != offer.their_cites:
            behind = f"yours from {_sources(offer.my_cites)}, theirs from {behind}"
        elif offer.their_cites:
            behind = f"both from {behind}"
    lines += wrap([(behind, "quiet")], width)
    return [*lines, *(line for each in offer.evidence if each.quote for line in wrap(quote_runs(each, look), width))]


def _news_lines(news: News, look: Look, width: int) -> list[Runs]:
    lines = wrap([(clean(news.about), "strong")], width)
    for level, words, rule in news.lines():
        runs = [(f"{level}  ", level_role(level))] if level else []
        runs += [(clean(look.plainly(words)), ""), (f"  ({look.plainly(rule)})" if rule else "", "quiet")]
        lines += wrap(runs, width)
    return [*lines, *wrap([(news.seen, "quiet")], width)]


def new_lines(entry: Entry, look: Look, width: int) -> list[DrawnLine]:
    """Draw a new program as its panes will show it; one of a release, as its facts."""
    out: list[DrawnLine] = []
    if any(each.rule for each in entry.offers):
        for each in entry.offers:
            if not comes_along(each):
                drawn = fact_lines(each, {}, look, width, entry)
                out += [*([DrawnLine()] if out else []), *(DrawnLine(tuple(runs), 0) for runs in drawn)]
        return out
    for key in ("overview", "trials", "mechanism", "catalysts", "notes"):
        if key != "overview" and not getattr(entry.program, key, None):
            continue
        if out:
            out.append(DrawnLine())
        last = len(entry.parts[1:])
        out += [DrawnLine(each.runs, last) for each in lay_out(pane(key, entry.program, look).lines, width)]
    return out


def side_lines(offer: Offer, width: int) -> list[Runs]:
    """Draw both values of a conflict, and their common baseline if it is known."""
    sides = [("yours", offer.mine, offer.my_cites), ("theirs", offer.theirs, offer.their_cites)]
    sides += [("before", offer.base, ())] if offer.base is not None else []
    lines: list[Runs] = []
    for side, value, cites in sides:
        shown = clean(as_typed(value) or str(value), limit=_LONGEST) if value is not None else "not there"
        behind = f"  {_sources(cites)}" if cites or (offer.evidence and side != "before") else ""
        lines += wrap([(f"{side:<6}  ", "quiet"), (shown, "strong"), (behind, "quiet")], width)
    return lines


def _sources(cites: tuple[str, ...]) -> str:
    return clean(" and ".join(cites), limit=_LONGEST) or "no source"
