"""What another version of a program offers: news, never a step back, and nothing of mine is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cartwatch.document.edits import Delete, Edit, apply_data
from cartwatch.proposals.accept import rebased
from cartwatch.proposals.compare import offers_of
from cartwatch.proposals.model import Evidence, Offer
from cartwatch.proposals.propose import with_my_ids

NAME = {"name": "A"}


def offered(
    mine: dict[str, Any], theirs: dict[str, Any], base: dict[str, Any] | None = None, **given: Any
) -> tuple[Offer, ...]:
    return offers_of({**NAME, **mine}, {**NAME, **theirs}, None if base is None else {**NAME, **base}, **given)


def taken(mine: dict[str, Any], offers: tuple[Offer, ...]) -> dict[str, Any]:
    data: dict[str, Any] = {"program": [{**NAME, **mine}]}
    done: list[Edit] = []
    for offer in offers:
        for edit in rebased(offer.edits, 0):
            if isinstance(edit, Delete) and edit in done:
                continue  # as `accept` does
            data = apply_data(data, edit)
            done.append(edit)
    record: dict[str, Any] = data["program"][0]
    return {key: value for key, value in record.items() if key != "name"}


@pytest.mark.parametrize(
    ("mine", "theirs", "base", "kind"),
    [
        ({}, {"phase": "Phase 1"}, None, "added"),
        ({"phase": "Phase 1"}, {"phase": "Phase 2"}, None, "changed"),
        ({"phase": "Phase 2"}, {"phase": "Ph2"}, None, None),
        ({"phase": "Phase 2"}, {"phase": "Phase 2b"}, None, "changed"),
        ({"phase": "Phase 2b"}, {"phase": "Phase 2"}, None, None),
        ({"phase": "Phase 2b"}, {"phase": "Phase 2a"}, None, "changed"),
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
        ({"when": "Q4 2026", "move": [{"when": "Q3 2026"}]}, {"when": "Q3 2026"}, None),
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


def event(**more: Any) -> dict[str, Any]:
    return {"catalyst": [{"id": "c", "event": "e", **more}]}


def test_the_day_that_only_they_know_is_added_to_a_move_that_is_there() -> None:
    mine = event(when="Q4 2026", move=[{"when": "Q3 2026", "note": "n"}])
    for theirs in (
        event(when="Q4 2026", move=[{"when": "q3 2026", "said": date(2026, 1, 1), "cite": "s"}]),
        event(when="Q3 2026", said=date(2026, 1, 1), cite="s"),
    ):
        offers = offered(mine, theirs)
        assert [(each.path, each.kind) for each in offers] == [("catalyst.c.move", "changed")]
        after = taken(mine, offers)
        assert after["catalyst"][0]["when"] == "Q4 2026"
        assert after["catalyst"][0]["move"] == [{"when": "Q3 2026", "said": date(2026, 1, 1), "cite": "s", "note": "n"}]


@pytest.mark.parametrize(
    "outcome", [({"outcome": "met"}, {}), ({}, {"outcome": "met"}), ({"outcome": "met"}, {"outcome": "met"})]
)
def test_a_more_exact_day_of_what_is_done_is_no_slip(outcome: tuple[dict[str, Any], dict[str, Any]]) -> None:
    mine, theirs = event(when="Q4 2026", **outcome[0]), event(when=date(2026, 12, 7), **outcome[1])
    after = taken(mine, offered(mine, theirs))
    assert after["catalyst"][0] == {"id": "c", "event": "e", "when": date(2026, 12, 7), "outcome": "met"}


def test_another_day_of_what_is_done_is_asked_about_and_is_no_slip_either() -> None:
    mine = event(when="Q3 2026", outcome="met")
    (offer,) = offered(mine, event(when=date(2026, 12, 7)))
    assert offer.kind == "conflict"
    assert "move" not in taken(mine, (offer,))["catalyst"][0]


def test_what_came_later_than_it_was_said_has_slipped_and_an_unknown_outcome_closes_nothing() -> None:
    moved = [{"when": "Q3 2026"}]
    for mine, theirs in (
        (event(when="Q3 2026"), event(when=date(2026, 12, 7), outcome="met")),
        (event(when="Q3 2026", outcome="Pending"), event(when="Sep 2026")),
    ):
        assert taken(mine, offered(mine, theirs))["catalyst"][0]["move"] == moved


def designation(**more: Any) -> dict[str, Any]:
    return {"kind": "RMAT", "agency": "FDA", **more}


def test_a_designation_for_another_indication_is_another_one() -> None:
    mine = {"designation": [designation(indication="ALL", granted=date(2025, 1, 2))]}
    theirs = {"designation": [designation(indication="lupus", granted=date(2026, 3, 4))]}
    assert taken(mine, offered(mine, theirs))["designation"] == [*mine["designation"], *theirs["designation"]]
    vague = {"designation": [designation(granted=date(2025, 1, 2), note="n")]}
    assert taken(mine, offered(mine, vague))["designation"] == [{**mine["designation"][0], "note": "n"}]


def report(**more: Any) -> dict[str, Any]:
    return {"safety": {"report": [{"trial": "NCT00000001", "cutoff": date(2026, 6, 30), **more}]}}


def test_a_data_set_of_another_population_or_cut_off_is_another_one() -> None:
    mine = report(population="ALL, pivotal dose", n=40, crs={"any": "38/40"})
    for theirs in (
        report(population="all doses", n=60, crs={"any": "50/60"}),
        report(population="ALL, pivotal dose", cutoff=date(2026, 12, 31), n=52, crs={"any": "50/52"}),
    ):
        after = taken(mine, offered(mine, theirs))
        assert after["safety"]["report"] == [*mine["safety"]["report"], *theirs["safety"]["report"]]


def test_a_data_set_of_the_same_numbers_keeps_its_own_words_for_the_population() -> None:
    mine = report(population="ALL, pivotal dose", n=40, crs={"any": "38/40"})
    theirs = report(population="Adults with ALL", n=40, crs={"any": "38/40"}, icans={"any": "4/40"})
    offers = offered(mine, theirs)
    assert [(each.kind, each.default) for each in offers] == [("conflict", False), ("added", True)]
    assert taken(mine, tuple(each for each in offers if each.default))["safety"]["report"] == [
        {**mine["safety"]["report"][0], "icans": {"any": "4/40"}}
    ]


def test_two_trials_of_one_name_stay_two() -> None:
    mine, theirs = ({"trial": [{"nct": f"NCT0000000{each}", "name": "ONE"}]} for each in (1, 2))
    assert taken(mine, offered(mine, theirs))["trial"] == [*mine["trial"], *theirs["trial"]]


@pytest.mark.parametrize(
    ("mine", "theirs", "kinds"),
    [
        ({"event": "PDUFA date", "kind": "pdufa"}, {"event": "PDUFA"}, []),
        ({"event": "PDUFA date", "kind": "pdufa"}, {"event": "PDUFA goal date", "when": "December 23, 2026"}, []),
        ({"event": "PDUFA", "kind": "pdufa"}, {"event": "Target action date", "when": "12/23/2026", "kind": "pdufa"}, []),
        ({"event": "PDUFA", "kind": "pdufa"}, {"event": "PDUFA date", "kind": "PDUFA date", "note": "n"}, ["added"]),
        ({"event": "PDUFA", "kind": "pdufa"}, {"event": "PDUFA for adults", "kind": "pdufa"}, ["conflict"]),
        ({"event": "Readout of ONE", "kind": "readout"}, {"event": "Readout of TWO", "kind": "readout"}, ["added"]),
        ({"event": "PDUFA", "kind": "pdufa"}, {"event": "PDUFA", "when": date(2026, 12, 24), "id": "x"}, ["changed"]),
    ],
)
def test_an_event_of_the_same_kind_and_day_is_the_same_in_other_words(
    mine: dict[str, Any], theirs: dict[str, Any], kinds: list[str]
) -> None:
    day = {"when": date(2026, 12, 23)}
    offers = offered({"catalyst": [{"id": "c", **day, **mine}]}, {"catalyst": [{**day, **theirs}]})
    assert [each.kind for each in offers] == kinds


@pytest.mark.parametrize(
    ("theirs", "aliases"),
    [
        ({"name": "alphacabtagene", "short": "Alpha"}, ["alphacabtagene"]),
        ({"name": "alpha (Brandname)"}, ["Brandname"]),
        ({"name": "ALPHA", "aliases": ["B"]}, ["B"]),
        ({"name": "Al-pha"}, None),
    ],
)
def test_a_full_name_where_there_is_a_short_one_becomes_an_alias(theirs: dict[str, Any], aliases: list[str] | None) -> None:
    mine = {"name": "Alpha", "phase": "Phase 1"}
    after = taken({**mine}, offers_of(mine, theirs, renamed=False))
    assert after.get("aliases") == aliases
    assert "short" not in after or after["short"] == "Alpha"


@pytest.mark.parametrize("theirs", ["Alpha (Brandname)", "brandname", "alpha"])
def test_a_name_that_is_a_part_of_mine_is_no_further_alias(theirs: str) -> None:
    assert offers_of({"name": "Alpha (Brandname)"}, {"name": theirs}, renamed=False) == ()


def test_a_changed_fact_does_not_borrow_my_source() -> None:
    mine = {
        "phase": "Phase 1",
        "mechanism": {"targets": ["CD19"]},
        "cite": {"phase": "a", "mechanism": "a"},
        "designation": [designation(granted=date(2025, 1, 2), cite="a")],
        **report(population="p", n=40, crs={"any": "38/40"}, cite="a"),
    }
    theirs = {
        "phase": "Phase 2",
        "mechanism": {"targets": ["CD22"]},
        "designation": [designation(granted=date(2025, 2, 2), cite="b")],
        **report(population="p", n=41, crs={"any": "39/41"}),
    }
    offers = offered(mine, theirs)
    after = taken(mine, offers)
    assert after["cite"] == {"mechanism": "a", "mechanism.targets": []}
    assert after["designation"] == [designation(granted=date(2025, 2, 2), cite="b")]
    assert after["safety"] == {"report": [{**theirs["safety"]["report"][0]}]}
    granted = next(each for each in offers if each.path.endswith("granted"))
    assert taken(mine, (granted,))["designation"] == [designation(granted=date(2025, 2, 2), cite="b")]
