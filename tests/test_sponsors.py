"""Sponsors: the record at the top of the file, read, set through a program, merged, told as a difference and imported."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cartwatch.app.editing.targets import target
from cartwatch.document.document import Document
from cartwatch.document.edits import apply
from cartwatch.document.reader import Read, read_watchlist
from cartwatch.domain.difference import difference
from cartwatch.domain.filters.parser import matching, parse
from cartwatch.domain.merge import merge
from cartwatch.domain.sponsor import Sponsor
from cartwatch.formats import csv, json
from cartwatch.formats.digest import digest
from cartwatch.proposals.propose import propose
from cartwatch.session.changes import ChangeError, delete, set_fact, set_facts
from cartwatch.views.columns import column
from cartwatch.views.lines import plain
from cartwatch.views.look import Look
from cartwatch.views.panes import pane

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
RUNWAY = 'runway = { when = "into 2H 2027", said = 2025-11-07, quote = "cash [/b]" }'
TEXT = """title = "t"  # kept

[[sponsor]]
name = "Cellectis"
tickers = ["CLLS", "ALCLS.PA"]
RUNWAY  # from the release

[[program]]
id = "a"
name = "Alpha"
sponsor = "cellectis"

[[program.catalyst]]
event = "Readout"
when = "Q4 2027"

[[program]]
id = "b"
name = "Beta"
sponsor = "Other Bio"

[[program]]
id = "c"
name = "Gamma"
""".replace("RUNWAY", RUNWAY)


def read(text: str = TEXT) -> tuple[Document, Read]:
    document = Document.parse(text.encode())
    return document, read_watchlist(document.head, document.programs, TODAY)


def test_a_sponsor_belongs_to_the_programs_that_name_it_in_any_case() -> None:
    _, found = read()
    assert found.problems == ()
    assert [each.company and each.company.name for each in found.watchlist.programs] == ["Cellectis", None, None]


def test_problems_are_located_and_a_second_sponsor_of_a_name_does_not_count() -> None:
    text = TEXT.replace("quote =", "qoute =").replace('"into 2H 2027"', '"into profit"') + '\n[[sponsor]]\nname = "CELLECTIS"\n'
    _, found = read(text)
    assert [each.path for each in found.problems] == [
        ("sponsor", 0, "runway", "when"),
        ("sponsor", 0, "runway", "qoute"),
        ("sponsor", 1, "name"),
    ]
    assert len(found.watchlist.sponsors) == 1


def test_a_change_of_the_top_reaches_programs_that_did_not_change_themselves() -> None:
    _, before = read()
    document = Document.parse(TEXT.replace("2H 2027", "2028").encode())
    after = read_watchlist(document.head, document.programs, TODAY, before)
    assert after.watchlist.programs[0].company is after.watchlist.sponsors[0]


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (
            "sponsor.runway.when",
            "into 2028",
            'runway = { when = "into 2028", said = 2025-11-07, quote = "cash [/b]" }  # from the release',
        ),
        ("sponsor.cik", "0001627281", 'cik = "0001627281"'),
    ],
)
def test_a_program_leads_to_its_sponsor_and_one_line_changes(path: str, value: Any, line: str) -> None:
    document, found = read()
    text = apply(document, list(set_fact(document, found.watchlist, "a", path, value).edits)).document.text
    assert [each for each in text.splitlines() if each not in TEXT.splitlines()] == [line]


def test_a_missing_sponsor_is_added_and_a_program_without_one_says_so() -> None:
    document, found = read()
    made = set_fact(document, found.watchlist, "b", "sponsor.runway.when", "into 2028")
    new = apply(document, list(made.edits)).document
    assert new.head["sponsor"][1] == {"name": "Other Bio", "runway": {"when": "into 2028"}}
    assert new.programs == document.programs
    with pytest.raises(ChangeError, match="names no sponsor"):
        set_fact(document, found.watchlist, "c", "sponsor.runway.when", "into 2028")
    with pytest.raises(ChangeError, match="cites no source"):
        set_facts(document, found.watchlist, "a", {"sponsor.runway.when": "into 2028"}, cite="x")
    with pytest.raises(ChangeError, match="a step of its own"):
        set_facts(document, found.watchlist, "a", {"sponsor.runway.when": "into 2028", "phase": "Phase 2"})
    with pytest.raises(ChangeError, match='did you mean "when"'):
        set_fact(document, found.watchlist, "a", "sponsor.runway.wen", "into 2028")


def test_a_field_of_a_sponsor_is_deleted() -> None:
    document, found = read()
    new = apply(document, list(delete(document, found.watchlist, "a", "sponsor.runway").edits)).document
    assert new.head["sponsor"] == [{"name": "Cellectis", "tickers": ["CLLS", "ALCLS.PA"]}]


def test_its_line_in_the_app_is_a_field_of_the_sponsor() -> None:
    found = target("sponsor.runway.when")
    assert found is not None
    assert (found.base, found.record, found.steps) == ("sponsor", Sponsor, ("runway", "when"))
    plain_name = target("sponsor")
    assert plain_name is not None
    assert plain_name.base == ""


def test_overview_says_the_cash_beside_the_next_window_and_who_said_it_and_is_silent_without_data() -> None:
    _, found = read()
    look = Look(NOW)
    texts = [
        "\n".join(f"{each.label} {plain(each.runs)}" for each in pane("overview", one, look).lines)
        for one in found.watchlist.programs
    ]
    assert "Cash cash into 2H 2027° · window closes 2027-12-31: may outlast the cash" in texts[0]
    assert "said by Cellectis on 2025-11-07" in texts[0]
    assert "cash [/b]" in texts[0]
    assert not any("cash" in each.casefold() for each in texts[1:])
    shown = [plain(column("runway").cell(each, look)) for each in found.watchlist.programs]
    assert shown == ["into 2H 2027°", "–", "–"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("runway:", ["a"]),
        ("runway:<18m", ["a"]),
        ("runway:<12m", []),
        ("runway:>6m", ["a"]),
        ("runway:>12m", []),
        ("runway:may", ["a"]),
        ("runway:within", []),
        ("runway:after", []),
    ],
)
def test_filters_compare_the_time_until_the_cash_ends(text: str, keys: list[str]) -> None:
    _, found = read()
    assert [each.key for each in matching(found.watchlist.programs, parse(text), NOW)] == keys


def test_the_digest_sets_the_cash_beside_the_next_window_and_has_no_such_part_without_data() -> None:
    _, found = read()
    text = digest(found.watchlist, Look(NOW), TODAY, "t")
    assert "cash into 2H 2027°, said 2025-11-07; Readout: window closes 2027-12-31: may outlast the cash" in text
    _, other = read(TEXT.replace('name = "Cellectis"', 'name = "Somebody else"'))
    assert "Cash" not in digest(other.watchlist, Look(NOW), TODAY, "t")


def test_exports_have_the_sponsor_and_json_comes_in_again() -> None:
    document, found = read()
    programs = found.watchlist.programs
    told = json.document(programs, NOW, "t")
    assert '"when": "into 2H 2027"' in told
    back = json.read_json("a.json", told.encode(), NOW)
    assert back is not None
    assert back.document.head["sponsor"] == document.head["sponsor"]
    mine = Document.parse(b'[[sponsor]]\nname = "Cellectis"\n\n[[program]]\nid = "a"\nname = "Alpha"\n')
    offers = propose(mine, read_watchlist(mine.head, mine.programs, TODAY).watchlist, [back]).head
    assert [each.path for each in offers] == ["sponsor Cellectis: tickers", "sponsor Cellectis: runway"]
    assert "into 2H 2027" in csv.table(list(zip(programs, document.programs, strict=True)), NOW)


def test_a_difference_is_told_in_words() -> None:
    texts = (TEXT, TEXT.replace('"into 2H 2027"', '"into 2028"') + '\n[[sponsor]]\nname = "Other Bio"\n')
    old, new = (read(text)[1].watchlist for text in texts)
    told = [each.words for each in difference(old, new)]
    assert "sponsor Cellectis: runway when into 2H 2027 → into 2028" in told
    assert any(each.startswith("new sponsor Other Bio") for each in told)
    assert any("removed" in each.words for each in difference(new, old))


def test_branches_that_change_different_sponsors_merge_clean() -> None:
    def side(text: str) -> Any:
        document = Document.parse(text.encode())
        return document.head, document.programs

    ours = TEXT.replace('"into 2H 2027"', '"into 2028"')
    theirs = TEXT.replace('\n[[program]]\nid = "a"', '\n[[sponsor]]\nname = "Other Bio"\n\n[[program]]\nid = "a"')
    merged = merge(side(TEXT), side(ours), side(theirs))
    assert merged.conflicts == ()
    assert [each["name"] for each in merged.head["sponsor"]] == ["Cellectis", "Other Bio"]
    assert merged.head["sponsor"][0]["runway"]["when"] == "into 2028"
