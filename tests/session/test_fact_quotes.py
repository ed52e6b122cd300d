"""Each fact keeps its own words of a source: what is read, written, merged and shown of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cartwatch.document.document import Document
from cartwatch.document.reader import read_watchlist
from cartwatch.domain.cites import Cite
from cartwatch.domain.difference import difference
from cartwatch.domain.filters.parser import matching, parse
from cartwatch.domain.merge import edits_between, merge
from cartwatch.domain.provenance import provenance
from cartwatch.formats.csv import table
from cartwatch.formats.json import document as json_document
from cartwatch.session import changes as amendments
from cartwatch.session import guidance
from cartwatch.session.session import Session
from cartwatch.sources.incoming import propose_incoming, read_incoming
from cartwatch.views.look import Look
from cartwatch.views.panes import pane

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
LONG = "the pivotal study of the candidate continues to enrol at sites in the United States and Europe, " * 3
TEXT = """\
[[program]]
id = "a"
name = "A"
phase = "Pivotal"
indications = ["ALL"]

[program.cite]
phase = { id = "pr-1", quote = "now in its [pivotal] study" }   # mine
indications = ["pr-1", { id = 'pr-2', quote = "for ALL" }]

[program.mechanism]
targets = ["CD19"]

[[program.catalyst]]
id = "readout"
event = "First readout"
when = "Q3 2026"
said = 2026-01-01
cite = { quote = "data in the third quarter of 2026", id = "pr-1" }

[[program.source]]
id = "pr-1"
title = "One"
checked = 2026-11-01
quote = "the headline"

[[program.source]]
id = "pr-2"
title = "Two"
"""


@pytest.fixture
def session(tmp_path: Path) -> Session:
    path = tmp_path / "list.toml"
    path.write_text(TEXT)
    session = Session(str(path), TODAY)
    session.open()
    return session


def lines_changed(session: Session) -> tuple[list[str], list[str]]:
    old, new = TEXT.splitlines(), session.document.text.splitlines()
    return [each for each in old if each not in new], [each for each in new if each not in old]


def amended(session: Session, amendment: amendments.PlannedChange) -> None:
    session.change(amendment)


def test_a_quote_belongs_to_its_fact_and_the_old_forms_stay(session: Session) -> None:
    program = session.watchlist.programs[0]
    assert provenance(program, "phase").cites == (Cite("pr-1", "now in its [pivotal] study"),)
    assert provenance(program, "phase").verified
    assert provenance(program, "indications").cites == (Cite("pr-1"), Cite("pr-2", "for ALL"))
    assert provenance(program, "catalyst.readout.when", program.catalysts[0]).cited == ("pr-1",)
    assert session.document.text == TEXT
    assert not session.problems


@pytest.mark.parametrize("quote", ["now in Phase 3", LONG])
def test_a_new_quote_is_one_line(session: Session, quote: str) -> None:
    cite = {"id": "pr-2", "quote": quote}
    amended(session, amendments.set_fact(session.document, session.watchlist, "a", "phase", "Phase 3", cite=cite))
    assert lines_changed(session) == (
        ['phase = "Pivotal"', 'phase = { id = "pr-1", quote = "now in its [pivotal] study" }   # mine'],
        ['phase = "Phase 3"', f'phase = {{ id = "pr-2", quote = "{quote}" }}   # mine'],
    )
    amended(session, amendments.cite_fact(session.document, session.watchlist, "a", "mechanism.targets", cite))
    assert f'"mechanism.targets" = {{ id = "pr-2", quote = "{quote}" }}' in session.document.text.splitlines()


def test_two_long_quotes_of_one_fact_stay_in_the_table_of_sources(session: Session) -> None:
    cite = [{"id": "pr-1", "quote": LONG}, {"id": "pr-2", "quote": LONG}]
    amended(session, amendments.cite_fact(session.document, session.watchlist, "a", "sponsor", cite))
    assert "[[program.cite" not in session.document.text
    assert [each.quote for each in provenance(session.watchlist.programs[0], "sponsor").cites] == [LONG.strip()] * 2


def test_a_changed_fact_loses_the_quote_of_the_old_value(session: Session) -> None:
    amended(session, amendments.set_fact(session.document, session.watchlist, "a", "phase", "Phase 3"))
    assert provenance(session.watchlist.programs[0], "phase").cites == ()


def test_new_guidance_keeps_the_words_of_the_old(session: Session) -> None:
    cite = {"id": "pr-1", "quote": "now expected in 2027"}
    args = (session.document, session.watchlist, "a", "readout", "2027")
    amended(session, guidance.new_guidance(*args, today=TODAY, said=TODAY, cite=cite))
    (catalyst,) = session.watchlist.programs[0].catalysts
    assert catalyst.cite == (Cite("pr-1", "now expected in 2027"),)
    assert catalyst.moves[0].cite == (Cite("pr-1", "data in the third quarter of 2026"),)
    assert provenance(session.watchlist.programs[0], "catalyst.readout.when", catalyst).verified  # other words of one release


def test_a_renamed_source_takes_its_quotes_along(session: Session) -> None:
    amended(session, amendments.set_facts(session.document, session.watchlist, "a", {"source.pr-1.id": "for-all"}))
    program = session.watchlist.programs[0]
    assert provenance(program, "phase").cites == (Cite("for-all", "now in its [pivotal] study"),)
    assert provenance(program, "indications").cites == (Cite("for-all"), Cite("pr-2", "for ALL"))
    assert program.catalysts[0].cite == (Cite("for-all", "data in the third quarter of 2026"),)


def test_a_quote_is_a_change_of_its_own(session: Session) -> None:
    before = session.watchlist
    amended(session, amendments.cite_fact(session.document, before, "a", "phase", {"id": "pr-1", "quote": "other"}))
    (change,) = difference(before, session.watchlist)
    assert change.words == "A: source of phase + pr-1 “other”, − pr-1 “now in its [pivotal] study”"


def test_the_quotes_of_both_sides_are_merged() -> None:
    def version(phase: object, indications: object) -> list[dict[str, object]]:
        return [{"id": "a", "name": "A", "cite": {"phase": phase, "indications": indications}}]

    base, quoted = version("pr-1", ["pr-1"]), {"id": "pr-1", "quote": "one"}
    ours, theirs = version(quoted, ["pr-1"]), version("pr-1", ["pr-1", {"id": "pr-2", "quote": "two"}])
    merged = merge(({}, base), ({}, ours), ({}, theirs))
    assert merged.programs == version(quoted, ["pr-1", {"id": "pr-2", "quote": "two"}])
    assert merged.conflicts == ()
    both = merge(
        ({}, version(quoted, [])), ({}, version({**quoted, "quote": "2"}, [])), ({}, version({**quoted, "quote": "3"}, []))
    )
    assert [each.path for each in both.conflicts] == [("program", 0, "cite", "phase")]
    assert edits_between(base, ours) == [("set", ("program", 0, "cite", "phase"), quoted)]


@pytest.mark.parametrize("name", ["x.csv", "x.json", "x.toml"])
def test_quotes_come_back_from_an_export(session: Session, name: str) -> None:
    found = [*session.watchlist.programs]
    texts = {
        "x.csv": table([(found[0], session.document.programs[0])], NOW, rows="catalysts"),
        "x.json": json_document(found, NOW, None),
        "x.toml": TEXT,
    }
    incoming = read_incoming(name, texts[name].encode(), NOW)
    assert not incoming.errors
    proposal = propose_incoming(session.document, session.watchlist, [incoming])
    assert [each.state for each in proposal.entries] == ["same"]
    empty = Document.parse(b"")
    (fresh,) = propose_incoming(empty, read_watchlist({}, [], TODAY).watchlist, [incoming]).entries
    assert fresh.program.catalysts[0].cite == (Cite("pr-1", "data in the third quarter of 2026"),)


def test_an_import_without_quotes_takes_none_away(session: Session) -> None:
    theirs = TEXT.replace('{ id = "pr-1", quote = "now in its [pivotal] study" }', '"pr-1"').replace(
        '"Two"', '"Two"\npublished = 2026-10-01'
    )
    incoming = read_incoming("x.toml", theirs.encode(), NOW)
    (entry,) = propose_incoming(session.document, session.watchlist, [incoming]).entries
    assert [each.path for each in entry.offers] == ["source.pr-2.published"]


def test_an_offer_shows_the_words_of_its_fact(session: Session) -> None:
    theirs = TEXT.replace("now in its [pivotal] study", "has been filed").replace('"Pivotal"', '"Filed"')
    incoming = read_incoming("x.toml", theirs.encode(), NOW)
    (entry,) = propose_incoming(session.document, session.watchlist, [incoming]).entries
    (offer,) = entry.offers
    assert [(each.source, each.quote) for each in offer.evidence] == [("pr-1", "has been filed")]


def test_the_panes_show_the_words_of_each_fact(session: Session) -> None:
    program, look = session.watchlist.programs[0], Look(NOW)
    shown = ["".join(run.text for run in each.runs) for each in pane("sources", program, look).lines]
    assert "“the headline”" in shown
    assert shown[shown.index("phase") + 1] == "“now in its [pivotal] study”"
    assert shown[shown.index("First readout: when") + 1] == "“data in the third quarter of 2026”"
    assert any(
        "“data in the third quarter of 2026”" in run.text
        for each in pane("catalysts", program, look).lines
        for run in each.runs
    )
    document = json.loads(json_document([program], NOW, None))["programs"][0]
    assert document["cite"]["phase"] == [{"id": "pr-1", "quote": "now in its [pivotal] study"}]
    assert document["cite"]["indications"] == ["pr-1", {"id": "pr-2", "quote": "for ALL"}]


@pytest.mark.parametrize("text", ["cite:pivotal", "cite:third", "cite=pr-1", "cite:pr-2", "pivotal third", "!cite:other"])
def test_a_filter_finds_sources_and_their_words(session: Session, text: str) -> None:
    programs = session.watchlist.programs
    assert matching(programs, parse(text), NOW) == list(programs)
