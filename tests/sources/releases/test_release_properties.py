"""What holds of any text: nothing is raised, quotes stand in it, windows are those of the date reader, no fact comes twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartwatch.document.document import Document
from cartwatch.document.edits import apply
from cartwatch.document.reader import read_watchlist
from cartwatch.domain.dates.parser import read_window
from cartwatch.proposals.accept import accept
from cartwatch.sources.releases.proposing import propose_release
from cartwatch.sources.releases.reading import read_release
from cartwatch.sources.releases.release import Refusal, Release, Statement

TODAY = date(2025, 6, 2)
SAID = date(2025, 5, 12)
LIST = """
[[program]]
name = "nora-cel"
aliases = ["NC-101"]

[[program.trial]]
nct = "NCT01234567"
name = "NORTHERN-1"

[[program.catalyst]]
event = "Topline data of NORTHERN-1"
kind = "readout"
when = "2H 2025"

[[program]]
name = "FB-210"
"""
_TEXTS = Path(__file__).parent / "texts"
# fmt: off
_WORDS = [
    "we", "expect", "expects", "plan", "plans", "to", "submit", "file", "report", "initiate", "complete", "enrollment",
    "topline", "interim", "data", "results", "BLA", "IND", "PDUFA", "date", "FDA", "EMA", "approval", "launch", "trial",
    "study", "Phase", "3", "nora-cel", "NC-101", "FB-210", "NORTHERN-1", "NCT01234567", "CRS", "ICANS", "grade", "of",
    "patients", "12/40", "2.4%", "(n=20)", "no", "not", "if", "could", "and", ",", ";", ":", ".", "-", "(", ")", "in",
    "by", "Q1", "Q3", "2025", "2026", "mid-2026", "1H", "year-end", "the", "end", "second", "half", "December", "15,",
    "granted", "designation", "RMAT", "orphan", "clinical", "hold", "lifted", "cash", "runway", "into", "fund",
    "operations", "as", "of", "respectively", "previously", "delayed", "from", "today", "announced", "ASH", "2025",
    "months", "after", "within", "six", "≥3", "•", "–", "[/b]", "[CD19]", "\x1b[31m", "\u202e", "骨髄", "\xa0", "&nbsp;",
    "<p>", "</p>", "<td>", "**", "__",
]
# fmt: on
words = st.lists(st.sampled_from(_WORDS), max_size=60).map(" ".join)
lines = st.lists(words, max_size=8).map("\n".join)
pages = st.lists(words, max_size=6).map(lambda parts: "<html><body><p>" + "</p><p>".join(parts) + "</p></body></html>")
texts = st.one_of(lines, pages, st.text(max_size=300))


def document() -> Document:
    return Document.parse(LIST.encode())


def read(data: bytes | str, said: date | None = SAID) -> Release:
    made = document()
    return read_release(data, read_watchlist(made.head, made.programs, TODAY).watchlist, said=said)


@given(st.one_of(texts, st.binary(max_size=300)))
@settings(max_examples=400)
def test_no_text_of_any_kind_raises_and_every_quote_stands_in_it(data: str | bytes) -> None:
    if isinstance(data, bytes) and data.startswith(b"%PDF"):
        return
    found = read(data)
    told: list[Statement | Refusal] = [*found.statements, *found.refusals]
    for each in told:
        start, end = each.span
        assert each.quote in found.text
        assert 0 <= start <= end <= len(each.quote)


@given(st.one_of(lines, pages))
@settings(max_examples=400)
def test_a_window_is_what_the_date_reader_makes_of_its_words(text: str) -> None:
    for each in read(text).statements:
        if each.what == "guidance":
            window = read_window(each.facts["when"], SAID)
            assert each.window is not None
            assert (window.start, window.end) == (each.window.start, each.window.end)
            assert window.end is None or window.end >= SAID


@given(st.one_of(lines, pages))
@settings(max_examples=150)
def test_what_was_accepted_is_not_proposed_again(text: str) -> None:
    made = document()
    watchlist = read_watchlist(made.head, made.programs, TODAY).watchlist
    found = read_release(text, watchlist, said=SAID)
    asked = {each.number: "nora-cel" for each in found.statements if each.default == "ask"}
    proposal = propose_release(made, watchlist, found, TODAY, asked)
    choices = {(at, number) for at, entry in enumerate(proposal.entries) for number in entry.choices}
    change = accept(made, watchlist, proposal, choices)
    if change is None:
        return
    after = apply(made, change.edits).document
    again = read_watchlist(after.head, after.programs, TODAY)
    assert [each for each in again.problems if each.level == "error"] == []
    repeated = propose_release(after, again.watchlist, read_release(text, again.watchlist, said=SAID), TODAY, asked)
    assert [offer.path for entry in repeated.entries for offer in entry.offers] == []


def test_the_fixtures_propose_nothing_a_second_time() -> None:
    for path in sorted(_TEXTS.iterdir()):
        made = Document.parse(b'[[program]]\nname = "hala-cel"\n')
        watchlist = read_watchlist(made.head, made.programs, TODAY).watchlist
        found = read_release(path.read_bytes(), watchlist, said=SAID, program="hala-cel")
        asked = {each.number: "hala-cel" for each in found.statements if each.default == "ask"}
        proposal = propose_release(made, watchlist, found, TODAY, asked)
        choices = {(at, number) for at, entry in enumerate(proposal.entries) for number in entry.choices}
        change = accept(made, watchlist, proposal, choices)
        if change is None:
            continue
        after = apply(made, change.edits).document
        again = read_watchlist(after.head, after.programs, TODAY).watchlist
        second = read_release(path.read_bytes(), again, said=SAID, program="hala-cel")
        repeated = propose_release(after, again, second, TODAY, asked)
        assert [(path.name, offer.path) for entry in repeated.entries for offer in entry.offers] == []


@pytest.mark.slow
def test_a_page_of_five_megabytes_is_read_in_bounded_time_and_says_its_one_thing_once() -> None:
    paragraph = (
        "<p>Topline data from NORTHERN-1 are expected in the fourth quarter of 2025.</p>" + "<p>" + "words " * 4000 + "</p>"
    )
    page = "<html><body>" + paragraph * 200 + "</body></html>"
    found = read(page)
    assert len(page) > 4_800_000
    assert len([each for each in found.statements if each.repeats is None]) == 1


def test_elements_nested_without_end_are_read_as_text() -> None:
    found = read("<div>" * 200_000 + "Topline data of nora-cel are expected in Q4 2025.")
    assert [each.programs for each in found.statements] == [("nora-cel",)]
