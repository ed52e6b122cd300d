"""Several facts in one step, sources that come with them, and what follows an id."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cartwatch.document.document import Document
from cartwatch.document.edits import apply
from cartwatch.document.reader import read_watchlist
from cartwatch.session.changes import ChangeError, new_source, set_facts

TEXT = """\
[[program]]
id = "a-cel"
name = "a-cel"
phase = "Phase 1"   # as of June

[program.cite]
phase = "pr"
"catalyst.readout.outcome" = ["pr", "other"]

[program.safety]
crs = { note = "mild" }

[[program.catalyst]]
event = "Readout"
when = "2027"
cite = "pr"
move = [{ when = "2026", cite = "pr" }, { when = "H1 2027" }]

[[program.source]]
id = "pr"
url = "https://www.example.org/pr/one.html"
"""


def changed(values: dict[str, Any], added: tuple[tuple[str, Any], ...] = ()) -> tuple[dict[str, Any], str]:
    document = Document.parse(TEXT.encode())
    read = read_watchlist(document.head, document.programs, date(2026, 11, 22))
    planned = set_facts(document, read.watchlist, "a-cel", values, added)
    after = apply(document, planned.edits).document
    return after.programs[0], after.text


def test_several_facts_are_one_amendment_and_the_rest_stays() -> None:
    program, text = changed({"phase": "Phase 2", "sponsor": "B", "catalyst.readout.note": "n"})
    assert (program["phase"], program["sponsor"], program["catalyst"][0]["note"]) == ("Phase 2", "B", "n")
    assert 'phase = "Phase 2"   # as of June' in text


def test_items_are_taken_out_from_the_last_so_that_places_hold() -> None:
    program, _ = changed(
        {"catalyst.readout.move.1": None, "catalyst.readout.move.2.when": "Q1 2027"},
        (("catalyst.readout.move", {"when": "Q2 2027"}),),
    )
    assert [each["when"] for each in program["catalyst"][0]["move"]] == ["Q1 2027", "Q2 2027"]


def test_a_table_is_not_left_empty() -> None:
    program, _ = changed({"safety.crs.note": None})
    assert "crs" not in program["safety"]


def test_what_cites_a_source_follows_its_new_id() -> None:
    program, _ = changed({"source.pr.id": "release"})
    assert program["cite"] == {"phase": "release", "catalyst.readout.outcome": ["release", "other"]}
    assert program["catalyst"][0]["cite"] == "release"
    assert program["catalyst"][0]["move"][0]["cite"] == "release"


def test_a_catalyst_that_is_cited_by_its_event_keeps_its_name_when_the_event_changes() -> None:
    program, _ = changed({"catalyst.readout.event": "Topline"})
    assert program["catalyst"][0]["id"] == "readout"


def test_what_can_not_be_done_changes_nothing() -> None:
    with pytest.raises(ChangeError, match="nothing was changed"):
        changed({})
    with pytest.raises(ChangeError, match="nonsense"):
        changed({"nonsense": 1})
    with pytest.raises(ChangeError, match="is not there"):
        changed({"sponsor": None})


def test_a_source_made_of_an_address_has_an_id_of_its_own() -> None:
    document = Document.parse(TEXT.encode())
    watchlist = read_watchlist(document.head, document.programs, date(2026, 11, 22)).watchlist
    made = new_source(watchlist, "a-cel", "https://www.example.org/2026/11/Big-News.html?x=1")
    assert made == {
        "id": "example-big-news",
        "title": "www.example.org/2026/11/Big-News.html?x=1",
        "url": "https://www.example.org/2026/11/Big-News.html?x=1",
    }
    assert new_source(watchlist, "a-cel", "https://pr.org/", "A title")["id"] == "pr-2"
