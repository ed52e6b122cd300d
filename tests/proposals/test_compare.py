"""What another version of a program offers: news, never a step back, and nothing of mine is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cartwatch.document.edits import apply_data
from cartwatch.proposals.accept import rebased
from cartwatch.proposals.compare import offers_of
from cartwatch.proposals.model import Evidence, Offer
from cartwatch.proposals.source_ids import with_my_ids

NAME = {"name": "A"}


def offered(
    mine: dict[str, Any], theirs: dict[str, Any], base: dict[str, Any] | None = None, **given: Any
) -> tuple[Offer, ...]:
    return offers_of({**NAME, **mine}, {**NAME, **theirs}, None if base is None else {**NAME, **base}, **given)


def taken(mine: dict[str, Any], offers: tuple[Offer, ...]) -> dict[str, Any]:
    data: dict[str, Any] = {"program": [{**NAME, **mine}]}
    for offer in offers:
        for edit in rebased(offer.edits, 0):
            data = apply_data(data, edit)
    record: dict[str, Any] = data["program"][0]
    return {key: value for key, value in record.items() if key != "name"}


@pytest.mark.parametrize(
    ("mine", "theirs", "base", "kind"),
    [
        ({}, {"phase": "Phase 1"}, None, "added"),
        ({"phase": "Phase 1"}, {"phase": "Phase 2"}, None, "changed"),
        ({"phase": "Phase 2"}, {"phase": "Ph2"}, None, None),
        ({"phase": "Phase 1"}, {"phase": "Phase 2"}, {"phase": "Phase 1"}, "changed"),
        ({"phase": "Phase 2"}, {"phase": "Phase 1"}, {"phase": "Phase 1"}, None),
        ({"phase": "Phase 2"}, {"phase": "Phase 3"}, {"phase": "Phase 1"}, "conflict"),
        ({}, {"phase": "Phase 1"}, {"phase": "Phase 1"}, None),
        ({}, {"phase": "Phase 2"}, {"phase": "Phase 1"}, "conflict"),
        ({"phase": "Phase 1"}, {}, {"phase": "Phase 1"}, None),
        ({"checked": date(2026, 5, 1)}, {"checked": date(2026, 4, 1)}, None, None),
        ({"checked": date(2026, 5, 1)}, {"checked": date(2026, 6, 1)}, None, "changed"),
        ({"own": 1}, {"own": 1.0}, None, "changed"),
        ({"mechanism": {"targets": ["CD19"]}}, {"mechanism": {"targets": ["CD19", "CD22"]}}, None, "changed"),
        ({"mechanism": {"knockouts": ["CD52"]}}, {"mechanism": {"knockouts": [{"gene": "CD52"}]}}, None, None),
    ],
)
def test_who_is_newer(mine: dict[str, Any], theirs: dict[str, Any], base: dict[str, Any] | None, kind: str | None) -> None:
    assert [each.kind for each in offered(mine, theirs, base)] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("mine", "theirs", "after"),
    [
        ({"tags": ["a"]}, {"tags": ["b", "A"]}, {"tags": ["a", "b"]}),
        ({"notes": "mine"}, {"notes": "theirs\n"}, {"notes": "mine\n\ntheirs\n"}),
        ({"notes": "mine\n\ntheirs\n"}, {"notes": "theirs"}, None),
        ({"notes": "theirs"}, {"notes": "theirs, longer"}, {"notes": "theirs, longer"}),
        ({}, {"own": {"deep": [1]}}, {"own": {"deep": [1]}}),
        ({"own": {"a": 1}}, {"own": {"b": 2}}, {"own": {"a": 1, "b": 2}}),
        ({}, {"trial": [{"nct": "NCT00000001"}]}, {"trial": [{"nct": "NCT00000001"}]}),
        ({"trial": [{"nct": "NCT00000001"}]}, {"trial": [{"nct": "nct00000001"}]}, None),
    ],
)
def test_the_words_of_both_are_kept(mine: dict[str, Any], theirs: dict[str, Any], after: dict[str, Any] | None) -> None:
    offers = offered(mine, theirs)
    assert taken(mine, offers) == (mine if after is None else after)
    assert bool(offers) is (after is not None)
    assert offered(taken(mine, offers), theirs) == ()


def test_a_newer_version_of_their_notes_takes_the_place_of_the_old_one() -> None:
    mine, theirs, base = {"notes": "mine\n\nold\n"}, {"notes": "new"}, {"notes": "old"}
    assert taken(mine, offered(mine, theirs, base)) == {"notes": "mine\n\nnew\n"}


def test_new_guidance_moves_mine_into_the_ledger_with_its_source() -> None:
    mine = {"catalyst": [{"id": "c", "event": "e", "when": "Q3 2026", "said": date(2026, 1, 5), "cite": "pr-1"}]}
    theirs = {"catalyst": [{"id": "c", "event": "e", "when": "Q4 2026", "said": date(2026, 8, 5)}]}
    offers = offered(mine, theirs)
    assert [(each.path, each.kind, each.my_cites, each.their_cites) for each in offers] == [
        ("catalyst.c.when", "changed", ("pr-1",), ())
    ]
    assert taken(mine, offers)["catalyst"] == [
        {
            "id": "c",
            "event": "e",
            "when": "Q4 2026",
            "said": date(2026, 8, 5),
            "move": [{"when": "Q3 2026", "said": date(2026, 1, 5), "cite": "pr-1"}],
        }
    ]
    assert offered(taken(mine, offers), theirs) == ()


@pytest.mark.parametrize(
    ("mine", "theirs", "kind"),
    [
        ({"when": "Q4 2026", "move": [{"when": "Q3 2026"}]}, {"when": "Q3 2026", "said": date(2026, 1, 1)}, None),
        ({"when": "Q4 2026", "said": date(2026, 9, 1)}, {"when": "Q3 2026", "said": date(2026, 1, 1)}, "older"),
        ({"when": "Q4 2026", "said": date(2026, 9, 1)}, {"when": "Q1 2027", "said": date(2026, 11, 1)}, "changed"),
        ({"when": "Q4 2026"}, {"when": "q4  2026"}, None),
        ({}, {"when": "Q4 2026"}, "added"),
    ],
)
def test_guidance_that_was_given_earlier_is_no_news(mine: dict[str, Any], theirs: dict[str, Any], kind: str | None) -> None:
    event = {"id": "c", "event": "e"}
    offers = offered({"catalyst": [{**event, **mine}]}, {"catalyst": [{**event, **theirs}]})
    assert [each.kind for each in offers] == ([kind] if kind else [])


def test_earlier_guidance_that_only_they_know_comes_in_its_order() -> None:
    event = {"id": "c", "event": "e", "when": "Q4 2026"}
    mine = {"catalyst": [{**event, "move": [{"when": "Q3 2026", "said": date(2026, 1, 1)}]}]}
    theirs = {"catalyst": [{**event, "move": [{"when": "H1 2026", "said": date(2025, 1, 1)}]}]}
    ledger = taken(mine, offered(mine, theirs))["catalyst"][0]["move"]
    assert [each["when"] for each in ledger] == ["H1 2026", "Q3 2026"]


def test_the_source_of_a_fact_comes_and_goes_with_it() -> None:
    mine = {"phase": "Phase 1", "sponsor": "S", "cite": {"phase": "a", "sponsor": "a"}}
    theirs = {"phase": "Phase 2", "sponsor": "T", "cite": {"phase": "b"}}
    phase, sponsor = offered(mine, theirs)
    assert (phase.my_cites, phase.their_cites) == (("a",), ("b",))
    assert taken(mine, (phase, sponsor))["cite"] == {"phase": "b"}
    assert sponsor.their_cites == ()


def test_the_source_of_the_same_fact_is_offered_by_itself() -> None:
    (offer,) = offered({"phase": "Phase 1"}, {"phase": "Phase 1", "cite": {"phase": "b"}})
    assert offer.path == "cite.phase"
    assert taken({"phase": "Phase 1"}, (offer,)) == {"phase": "Phase 1", "cite": {"phase": "b"}}


@pytest.mark.parametrize(
    ("updated", "taken_over"), [(date(2026, 6, 1), True), (date(2026, 5, 1), True), (date(2026, 4, 1), False)]
)
def test_the_newer_record_of_a_registry_counts_whole(updated: date, taken_over: bool) -> None:
    mine = {"trial": [{"nct": "NCT00000001", "status": "RECRUITING", "enrollment": 5, "updated": date(2026, 5, 1)}]}
    theirs = {"trial": [{"nct": "NCT00000001", "status": "COMPLETED", "updated": updated}]}
    after = taken(mine, offered(mine, theirs))
    assert after == (theirs if taken_over else mine)


def test_a_program_under_another_name_keeps_mine_and_learns_theirs() -> None:
    offers = offers_of({"name": "Alpha"}, {"name": "Alpha", "aliases": ["Beta", "alpha"]}, renamed=False)
    assert taken({}, offers) == {"aliases": ["Beta"]}


def source(id: str, **more: str) -> dict[str, Any]:
    return {"id": id, **more}


@pytest.mark.parametrize(
    ("mine", "theirs", "cited"),
    [
        ([source("pr", url="https://a/1")], source("pr", url="https://a/1"), "pr"),
        ([source("pr", url="https://a/1")], source("pr", url="https://a/2"), "pr-2"),
        ([source("mine", url="https://a/1")], source("pr", url="https://a/1/"), "mine"),
        ([source("pr", title="One"), source("pr-2", title="Two")], source("pr", title="two"), "pr-2"),
        ([source("pr", title="One"), source("pr-2", title="Two")], source("pr", title="Three"), "pr-3"),
        ([source("pr")], source("pr", title="Three"), "pr"),
        ([], source("pr", title="Three"), "pr"),
    ],
)
def test_no_fact_ends_up_behind_a_page_that_does_not_say_it(mine: list[Any], theirs: dict[str, Any], cited: str) -> None:
    program = {
        "mechanism": {"source": "pr"},
        "cite": {"phase": ["pr", "x"], "a": {"b": "pr"}},
        "catalyst": [{"id": "pr", "cite": "pr", "move": [{"cite": "pr"}]}],
        "source": [theirs],
    }
    assert with_my_ids(program, {"source": mine}) == {
        "mechanism": {"source": "pr"},
        "cite": {"phase": [cited, "x"], "a": {"b": cited}},
        "catalyst": [{"id": "pr", "cite": cited, "move": [{"cite": cited}]}],
        "source": [{**theirs, "id": cited}],
    }


def test_an_offer_has_what_both_once_had_and_the_evidence() -> None:
    mine = {"phase": "Phase 1", "sponsor": "S"}
    theirs = {
        "phase": "Phase 2",
        "sponsor": "T",
        "cite": {"phase": ["b", "c"], "sponsor": "gone"},
        "source": [{"id": "b", "title": "B", "published": date(2026, 1, 5), "quote": "is [in] Phase 2"}, {"id": "c"}],
    }
    phase, sponsor, *_ = offered(mine, theirs, {"phase": "Phase 1", "sponsor": "R"})
    assert (phase.kind, phase.mine, phase.theirs, phase.base, phase.default) == (
        "changed",
        "Phase 1",
        "Phase 2",
        "Phase 1",
        True,
    )
    assert phase.evidence == (Evidence("b", date(2026, 1, 5), "is [in] Phase 2"), Evidence("c"))
    assert (sponsor.kind, sponsor.base, sponsor.default) == ("conflict", "R", False)
    assert sponsor.evidence == (Evidence("gone"),)
    assert [each.base for each in offered(mine, theirs)[:2]] == [None, None]
