"""From the bytes of a release to the proposal that the preview shows."""

from __future__ import annotations

from datetime import date

from cartwatch.document.document import Document
from cartwatch.document.edits import apply
from cartwatch.document.reader import read_watchlist
from cartwatch.proposals.accept import accept
from cartwatch.proposals.model import Proposal
from cartwatch.sources.releases.proposing import propose_release
from cartwatch.sources.releases.reading import read_release

TODAY = date(2026, 3, 20)
LIST = b"""
[[program]]
id = "nora-cel"
name = "noracabtagene autoleucel"
short = "nora-cel"
sponsor = "Fjordbio"

[[program.catalyst]]
id = "topline"
event = "Topline data of NORTHERN-1"
kind = "readout"
when = "1H 2026"
said = 2025-11-04

[[program]]
id = "fb-210"
name = "FB-210"
sponsor = "Fjordbio"
"""
TEXT = """Fjordbio Reports Fourth Quarter 2025 Results

OSLO, Norway, March 17, 2026 (GLOBE NEWSWIRE) -- Fjordbio ASA today reported its results and gave an update.

Topline data from the pivotal NORTHERN-1 trial of nora-cel are now expected in the third quarter of 2026.

The company plans to submit an IND application for FB-210 by year-end 2026.

A regulatory filing is planned for 2027.
"""


def proposed(document: Document, answers: dict[int, str] | None = None) -> Proposal:
    watchlist = read_watchlist(document.head, document.programs, TODAY).watchlist
    release = read_release(TEXT, watchlist, name="q4.txt")
    return propose_release(document, watchlist, release, TODAY, answers)


def test_guidance_moves_the_catalyst_that_it_is_about_and_the_rest_is_new_or_asked() -> None:
    document = Document.parse(LIST)
    proposal = proposed(document)
    by_key = {entry.key: entry for entry in proposal.entries}
    moved = by_key["nora-cel"].offers[0]
    assert (moved.path, moved.mine, moved.theirs, moved.default) == (
        "catalyst.topline.when",
        "1H 2026",
        "third quarter of 2026",
        True,
    )
    assert moved.evidence[0].quote.startswith("Topline data from the pivotal NORTHERN-1 trial")
    assert moved.evidence[0].date == date(2026, 3, 17)
    assert moved.rule
    assert by_key["fb-210"].offers[0].theirs["when"] == "by year-end 2026"
    asked = [entry for entry in proposal.entries if entry.asks is not None]
    assert [entry.offers[0].evidence[0].quote for entry in asked] == ["A regulatory filing is planned for 2027."]


def test_an_answer_gives_a_statement_to_a_program() -> None:
    document = Document.parse(LIST)
    asked = next(entry.asks for entry in proposed(document).entries if entry.asks is not None)
    proposal = proposed(document, {asked: "nora-cel"})
    assert all(entry.asks is None for entry in proposal.entries)
    mine = next(entry for entry in proposal.entries if entry.key == "nora-cel")
    assert "2027" in [
        offer.theirs["when"] for offer in mine.offers if isinstance(offer.theirs, dict) and "when" in offer.theirs
    ]


def test_what_was_accepted_is_not_proposed_again() -> None:
    document = Document.parse(LIST)
    watchlist = read_watchlist(document.head, document.programs, TODAY).watchlist
    proposal = proposed(document)
    change = accept(document, watchlist, proposal, proposal.choices())
    assert change is not None
    again = proposed(apply(document, change.edits).document)
    assert [entry.offers for entry in again.entries if entry.asks is None] == [(), ()]
