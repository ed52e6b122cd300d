"""A saved registry record drafts a program that is not there, and only refreshes the trial of one that is."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from cartwatch.document.document import Document
from cartwatch.document.edits import apply
from cartwatch.document.reader import read_watchlist
from cartwatch.proposals.accept import accept
from cartwatch.proposals.model import Proposal
from cartwatch.sources.incoming import propose_incoming, read_incoming

NOW = datetime(2026, 11, 22).astimezone()


def study(nct: str, product: str = "FOO-101", status: str = "RECRUITING", updated: str = "2026-10-01") -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": nct, "briefTitle": f"{product} in lymphoma"},
            "statusModule": {"overallStatus": status, "lastUpdatePostDateStruct": {"date": updated}},
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Acme"}},
            "conditionsModule": {"conditions": ["Lymphoma"]},
            "designModule": {"phases": ["PHASE1"]},
            "armsInterventionsModule": {"interventions": [{"type": "BIOLOGICAL", "name": product}]},
        }
    }


def proposed(mine: str, *studies: dict[str, Any]) -> tuple[Proposal, Document]:
    incoming = read_incoming("saved.json", json.dumps({"studies": studies}).encode(), NOW)
    assert incoming.form == "registry"
    document = Document.parse(mine.encode())
    watchlist = read_watchlist(document.head, document.programs, NOW.date()).watchlist
    proposal = propose_incoming(document, watchlist, [incoming])
    planned = accept(document, watchlist, proposal, proposal.choices())
    return proposal, apply(document, planned.edits).document if planned is not None else document


def test_trials_of_one_product_make_one_program() -> None:
    proposal, after = proposed("", study("NCT00000001"), study("NCT00000002"), study("NCT00000003", "BAR-2"))
    assert [each.state for each in proposal.entries] == ["new", "new"]
    assert [each["nct"] for each in after.programs[0]["trial"]] == ["NCT00000001", "NCT00000002"]
    assert len(after.programs[0]["source"]) == 2


def test_a_program_of_several_trials_has_what_any_of_them_says() -> None:
    early, late = study("NCT00000001"), study("NCT00000002")
    late["protocolSection"]["designModule"]["phases"] = ["PHASE3"]
    late["protocolSection"]["conditionsModule"]["conditions"] = ["lymphoma", "Leukemia"]
    late["protocolSection"]["armsInterventionsModule"]["interventions"][0]["otherNames"] = ["foocel"]
    late["protocolSection"]["identificationModule"]["briefTitle"] = "FOO-101, an Anti-CD19 CAR-T"
    _, after = proposed("", early, late)
    (program,) = after.programs
    one, two = "ctg-nct00000001", "ctg-nct00000002"
    assert (program["phase"], program["cite"]["phase"]) == ("Phase 3", two)
    assert (program["indications"], program["cite"]["indications"]) == (["Lymphoma", "Leukemia"], [one, two])
    assert (program["aliases"], program["cite"]["aliases"]) == (["foocel"], two)
    assert (program["sponsor"], program["cite"]["sponsor"]) == ("Acme", one)
    assert (program["mechanism"], program["cite"]["mechanism.targets"]) == ({"modality": "CAR-T", "targets": ["CD19"]}, two)
    assert program["notes"].count("Interventions in the registry record") == 2
    assert len(program["trial"]) == len(program["source"]) == 2
    _, turned = proposed("", late, early)
    assert turned.programs[0]["phase"] == "Phase 3"


def test_products_that_share_a_description_are_not_one_program() -> None:
    first, second = study("NCT00000001", "CD19 CAR-T cells"), study("NCT00000002", "CD19 CAR-T Cells")
    second["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = "Other"
    proposal, after = proposed("", first, second)
    assert [each.state for each in proposal.entries] == ["new", "new"]
    assert [(each["id"], each["sponsor"], len(each["trial"])) for each in after.programs] == [
        ("cd19-car-t-cells-nct00000001", "Acme", 1),
        ("cd19-car-t-cells-nct00000002", "Other", 1),
    ]
    mine = '[[program]]\nname = "CD19 CAR-T cells"\nsponsor = "Third"\n'
    proposal, after = proposed(mine, first)
    assert [each.state for each in proposal.entries] == ["new"]
    assert after.programs[0] == {"name": "CD19 CAR-T cells", "sponsor": "Third"}
    proposal, after = proposed(mine.replace("Third", "acme"), first)
    assert [each.kind for entry in proposal.entries for each in entry.offers] == ["suggested", "suggested"]


def test_a_linked_trial_is_refreshed_and_nothing_else_is_touched() -> None:
    mine = '[[program]]\nid = "x"\nname = "Mine"\nphase = "Pivotal"\n\n[[program.trial]]\nnct = "NCT00000001"\n'
    proposal, after = proposed(mine, study("NCT00000001"))
    (entry,) = proposal.entries
    assert (entry.state, entry.key, entry.by) == ("changed", "x", "")
    (program,) = after.programs
    assert (program["name"], program["phase"]) == ("Mine", "Pivotal")
    assert program["trial"][0]["status"] == "RECRUITING"
    assert "source" not in program
    again, _ = proposed(after.text, study("NCT00000001"))
    assert [each.state for each in again.entries] == ["same"]
    older, _ = proposed(after.text, study("NCT00000001", status="WITHDRAWN", updated="2026-01-01"))
    assert not [each for entry in older.entries for each in entry.offers if each.path.endswith("status")]


def test_a_trial_that_two_programs_link_is_refreshed_in_both() -> None:
    mine = "".join(f'[[program]]\nname = "{each}"\n[[program.trial]]\nnct = "NCT00000001"\n' for each in ("A", "B"))
    _, after = proposed(mine, study("NCT00000001"))
    assert [each["trial"][0]["status"] for each in after.programs] == ["RECRUITING", "RECRUITING"]


def test_a_trial_is_linked_by_its_number_alone_never_by_a_name() -> None:
    mine = '[[program]]\nid = "foo-101"\nname = "FOO-101"\n[[program.trial]]\nnct = "NCT00000001"\n'
    proposal, after = proposed(mine, study("NCT00000001"), study("NCT00000002"))
    suggested = [each for entry in proposal.entries for each in entry.offers if each.kind == "suggested"]
    assert [each.path for each in suggested] == ["trial.NCT00000002", "source.ctg-nct00000002"]
    assert [each["nct"] for each in after.programs[0]["trial"]] == ["NCT00000001"]
    assert after.programs[0]["trial"][0]["status"] == "RECRUITING"
    taken = accept(
        Document.parse(mine.encode()),
        read_watchlist({}, Document.parse(mine.encode()).programs, NOW.date()).watchlist,
        proposal,
        {(at, number) for at, entry in enumerate(proposal.entries) for number in entry.choices},
    )
    assert taken is not None
    linked = apply(Document.parse(mine.encode()), taken.edits).document.programs[0]
    assert [each["nct"] for each in linked["trial"]] == ["NCT00000001", "NCT00000002"]


def test_a_record_that_lists_the_linked_number_as_an_alias_refreshes_that_trial() -> None:
    mine = '[[program]]\nname = "Mine"\n[[program.trial]]\nnct = "NCT00000009"\n'
    record = study("NCT00000001")
    record["protocolSection"]["identificationModule"]["nctIdAliases"] = ["NCT00000009"]
    proposal, after = proposed(mine, record)
    assert [each.state for each in proposal.entries] == ["changed"]
    assert [(each["nct"], each["status"]) for each in after.programs[0]["trial"]] == [("NCT00000001", "RECRUITING")]
