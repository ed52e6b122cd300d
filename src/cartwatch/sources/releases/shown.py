"""What a person sees of a fact read from a release: what it changes, the window, the sentence, the rule, and the default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Add
from cartwatch.document.paths import item_names, split
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.dates.format import days_of, precision_words
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.description import short
from cartwatch.domain.rates import RateError, read_rate
from cartwatch.domain.runway import read_runway
from cartwatch.domain.slips import classify, words
from cartwatch.domain.text import clean
from cartwatch.proposals.words import offer_words
from cartwatch.views.documents import window_document
from cartwatch.views.lines import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from cartwatch.document.document import Document
    from cartwatch.domain.dates.window import Window
    from cartwatch.proposals.model import Entry, Evidence, Offer, Proposal
    from cartwatch.views.look import Look

    from .release import Release

__all__ = ["Shown", "comes_along", "kind_of_offer", "quote_runs", "release_document", "shown", "window_of"]

_AROUND = 150  # characters of a sentence that stay on each side of what was read
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """The parts of an offer: `title` names the fact, `change` says what becomes of it, `window` has its days."""

    title: str
    change: tuple[Run, ...]
    window: tuple[Run, ...]
    quotes: tuple[tuple[Run, ...], ...]
    rule: str
    why: str


def shown(offer: Offer, record: Mapping[str, Any], look: Look, entry: Entry | None = None, *, plain: bool = False) -> Shown:
    """Describe an offer read from a release; `record` is my program, empty for a new one and for a statement that is asked.

    `plain`: where there are no colours, signs mark the words that were read.
    """
    what = kind_of_offer(offer)
    window = window_of(offer, look.today)
    quotes = tuple(quote_runs(each, look, plain=plain) for each in offer.evidence if each.quote)
    title, change = _words(what, offer, record, look, window)
    return Shown(title, change, _window(window, look), quotes, offer.rule, _why(offer, entry))


def kind_of_offer(offer: Offer) -> str:
    """Return what an offer does: new, moved, confirmed, outcome, designation, rate, hold, runway, source, or other."""
    steps = split(offer.path) if offer.path else ("",)
    if steps[0] == "catalyst":
        return {"when": "moved", "move": "moved", "cite": "confirmed", "outcome": "outcome"}.get(
            steps[2] if len(steps) > 2 else "", _added(offer)
        )
    if steps[0] == "cite" and ".when" in offer.path:
        return "confirmed"
    found = {"designation": "designation", "hold": "hold", "sponsor": "runway", "source": "source", "guidance": "new"}
    return "rate" if steps[0] in ("safety", "rate") else found.get(steps[0], "outcome" if steps[0] == "outcome" else "other")


def comes_along(offer: Offer) -> bool:
    """Whether an offer is only the source of the other facts, which is taken with them."""
    return not offer.certain and kind_of_offer(offer) == "source"


def _added(offer: Offer) -> str:
    return "outcome" if isinstance(offer.theirs, dict) and "outcome" in offer.theirs else "new"


def window_of(offer: Offer, today: date) -> Window | None:
    """Return the window that an offer gives; None where it gives none."""
    when = offer.theirs.get("when") if isinstance(offer.theirs, dict) else offer.theirs
    what = kind_of_offer(offer)
    if what not in ("new", "moved", "runway") or not isinstance(when, str | date):
        return None
    return (read_runway if what == "runway" else read_window)(when, _said(offer), today)


def _said(offer: Offer) -> date | None:
    days = (each.date for each in offer.evidence)
    return next((each for each in days if isinstance(each, date)), None)


def _words(
    what: str, offer: Offer, record: Mapping[str, Any], look: Look, window: Window | None
) -> tuple[str, tuple[Run, ...]]:
    """Return the name of the fact, and what becomes of it."""
    title = _title(offer, record)
    if what == "moved" and window is not None and isinstance(offer.mine, str | date):
        old = read_window(offer.mine, _said_of(offer, record), look.today)
        move = classify(old, window)
        told = words(move)
        kind = "" if told.startswith(move.kind) or move.kind in ("unknown", "unchanged") else f"{move.kind}, "
        role = {"slipped": "bad", "pulled in": "good"}.get(move.kind, "quiet")
        moved = (Run(clean(old.text)), Run(f" {look.glyphs.arrow} "), Run(clean(window.text), "strong"))
        return title, (*moved, Run(f": {look.plainly(kind + told)}", role))
    if window is not None:
        label = {"runway": "cash runway ", "moved": "guidance "}.get(what, "new catalyst: ")
        return title, (Run(label), Run(clean(window.text), "strong"))
    if what == "confirmed":
        when = _catalyst(record, split(offer.path)[1]).get("when")
        same = "the same window, one more source" if when is None else ": the same window, one more source"
        return title, (*((Run(clean(str(when)), "strong"),) if when is not None else ()), Run(same, "quiet"))
    if not record or not offer.edits or what == "runway":
        theirs = offer.theirs
        if isinstance(theirs, dict):
            theirs = ", ".join(str(value) for key, value in theirs.items() if key not in ("event", "quote", "note", "cite"))
        return title, (Run(clean(str(theirs), limit=_LONGEST)),)
    told = offer_words(offer, record, look.today).removesuffix(f", source {' and '.join(offer.their_cites)}")
    told = told.replace("new data set: data set: ", "new data set: ").removeprefix(title).strip(": ")
    return title, (Run(look.plainly(clean(told, limit=2 * _LONGEST))),)


def _title(offer: Offer, record: Mapping[str, Any]) -> str:
    steps = split(offer.path) if offer.path else ("",)
    if isinstance(offer.theirs, dict):
        own = next((offer.theirs[key] for key in ("event", "title", "kind") if isinstance(offer.theirs.get(key), str)), "")
        if own:
            return short(clean(own))
    if steps[0] == "catalyst" and len(steps) > 1:
        event = _catalyst(record, steps[1]).get("event")
        return short(clean(event if isinstance(event, str) else steps[1]))
    if steps[0] == "sponsor" and len(steps) > 1:
        return clean(steps[1])
    named = {"safety": "Rates", "rate": "Rate", "hold": "Clinical hold", "designation": "Designation", "source": "Source"}
    return named.get(steps[0]) or short(clean(steps[-1].replace("-", " ")))


def _said_of(offer: Offer, record: Mapping[str, Any]) -> date | None:
    steps = split(offer.path)
    said = _catalyst(record, steps[1]).get("said") if len(steps) > 1 else None
    return said if isinstance(said, date) else None


def _catalyst(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    listed = record.get("catalyst")
    items = listed if isinstance(listed, list) else []
    found = dict(zip(item_names(Catalyst, items), items, strict=True)).get(name)
    return found if isinstance(found, dict) else {}


def _window(window: Window | None, look: Look) -> tuple[Run, ...]:
    if window is None or not window.dated:
        return ()
    return (Run(days_of(window, look.glyphs.dash)), Run(f" {look.glyphs.dot} {precision_words(window)}", "quiet"))


def _why(offer: Offer, entry: Entry | None) -> str:
    """Say why an offer is ticked, unticked or asked."""
    if entry is not None and entry.asks is not None:
        return f"asked: {clean(entry.reason, limit=_LONGEST) or 'the program is open'}"
    if offer.default:
        return (
            "ticked: program, kind and window are certain" if _gives_window(offer) else "ticked: program and fact are certain"
        )
    reason = {"older": "older than your own guidance", "conflict": "yours says something else"}.get(offer.kind, "")
    return f"not ticked: {clean(offer.why, limit=_LONGEST) or reason or 'it is not certain'}"


def _gives_window(offer: Offer) -> bool:
    """Whether an offer gives a window."""
    return kind_of_offer(offer) in ("new", "moved", "confirmed")


def quote_runs(evidence: Evidence, look: Look, *, plain: bool = False) -> tuple[Run, ...]:
    """Draw the sentence behind a value, with the part that it was read from marked; a long one is cut around that part."""
    start, end = evidence.span or (0, 0)
    before, read, after = (clean(" ".join(each.split("\n"))) for each in _parts(evidence.quote, start, end))
    gap = "..." if look.ascii else "…"
    if len(before) > _AROUND:
        before = gap + before[-_AROUND:].partition(" ")[2]
    room = _AROUND if read else 2 * _AROUND
    if len(after) > room:
        after = after[:room].rpartition(" ")[0] + gap
    open_, close = look.quoted("\0").split("\0")
    if plain and read:
        read = f"<{read}>" if look.ascii else f"‹{read}›"
    return (Run(open_ + before, "quiet"), Run(read, "strong"), Run(after + close, "quiet"))


def _parts(quote: str, start: int, end: int) -> tuple[str, str, str]:
    return quote[:start], quote[start:end], quote[end:]


def release_document(release: Release, proposal: Proposal, document: Document, now: datetime) -> dict[str, Any]:
    """Build the JSON document of a release: its source, the offers, and what was refused."""
    published = release.said.isoformat() if release.said is not None else None
    offers = [one for entry in proposal.entries for offer in entry.offers for one in _told(entry, offer, document, now)]
    offers += [one for offer in proposal.head for one in _told(None, offer, document, now)]
    return {
        "source": {"title": release.title or None, "url": release.url or None, "published": published},
        "offers": offers,
        "refused": [{"quote": each.quote, "rule": each.rule} for each in release.refusals],
    }


def _told(entry: Entry | None, offer: Offer, document: Document, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield the JSON of an offer: one object, of a data set one for each rate, of a source none."""
    what = kind_of_offer(offer)
    if what == "source":
        return
    record = document.programs[entry.place] if entry is not None and entry.place is not None else {}
    theirs = offer.theirs if isinstance(offer.theirs, dict) else {}
    steps = split(offer.path) if offer.path else ("",)
    mine = _catalyst(record, steps[1]) if steps[0] == "catalyst" and len(steps) > 1 else {}
    asked = entry is not None and entry.asks is not None
    window = window_of(offer, now.date())
    evidence = offer.evidence[0] if offer.evidence else None
    told = {
        "program": None if entry is None or asked else entry.key,
        "program_certain": not asked,
        "what": what,
        "kind": theirs.get("kind") or mine.get("kind"),
        "event": theirs.get("event") or mine.get("event") or (_title(offer, record) if what in ("new", "outcome") else None),
        "window": window_document(window, now) if window is not None else None,
        "was": _plain(offer.mine) if what == "moved" else None,
        "rate": None,
        "quote": evidence.quote if evidence is not None else None,
        "rule": offer.rule or None,
        "default": "ask" if asked else "take" if offer.default else "offer",
    }
    rates = list(_rates(offer)) if what == "rate" else [None]
    for rate in rates or [None]:
        yield {**told, "rate": rate}


def _rates(offer: Offer) -> Iterator[dict[str, Any]]:
    for edit in offer.edits:
        report = edit.value if isinstance(edit, Add) and isinstance(edit.value, dict) else {}
        for event, grades in report.items():
            for grade, text in grades.items() if isinstance(grades, dict) else ():
                if grade in ("any", "severe") and isinstance(text, str):
                    yield _rate(event, grade, text, report.get("n"))


def _rate(event: str, grade: str, text: str, n: Any) -> dict[str, Any]:
    try:
        rate = read_rate(text, n if isinstance(n, int) else None)
    except RateError:
        return {"event": event, "grade": grade, "affected": None, "n": n, "text": text}
    return {"event": event, "grade": grade, "affected": rate.affected, "n": rate.n, "text": text}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
