"""Single sentences: the windows and kinds that are offered, the traps that are refused, rates, and what has happened."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from cartwatch.domain.watchlist import Watchlist
from cartwatch.sources.releases.rates import FoundRate, rates
from cartwatch.sources.releases.reading import read_release
from cartwatch.sources.releases.regulatory import designations, holds, outcomes, runway
from cartwatch.sources.releases.sentences import folded
from cartwatch.sources.releases.spans import spans

SAID = date(2025, 3, 6)


def rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("row", rows("sentences.tsv"), ids=lambda row: row["sentence"][:60])
def test_what_is_to_come_and_when(row: dict[str, str]) -> None:
    read = read_release(row["sentence"], Watchlist(()), said=SAID)
    got = {
        f"{each.kind} {each.window.start or ''}..{each.window.end or ''}"
        for each in read.statements
        if each.what == "guidance" and each.window is not None
    }
    assert got == set(filter(None, row["expected"].split("; ")))


@pytest.mark.parametrize("row", rows("rates.tsv"), ids=lambda row: row["sentence"][:60])
def test_rates_with_their_number_of_patients(row: dict[str, str]) -> None:
    found = [each for each in rates(folded(row["sentence"])) if isinstance(each, FoundRate)]
    got = [f"{each.event} {each.grade} {each.text}" + (f"/{each.n}" if "%" in each.text else "") for each in found]
    assert "; ".join(got) == row["expected"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("FDA Grants Breakthrough Therapy Designation to KX-1 for Treatment of Myasthenia Gravis", ["Breakthrough FDA"]),
        ("KX-1 has Orphan Drug, Fast Track and RMAT designations from the FDA.", ["Orphan FDA", "Fast Track FDA", "RMAT FDA"]),
        ("The FDA granted KX-1 ODD and RPDD; the EC granted ODD.", ["Orphan FDA", "Rare Pediatric FDA", "Orphan EC"]),
        ("KX-1 received Fast Track designation from the FDA in January 2025.", ["Fast Track FDA January 2025"]),
        ("On January 9, 2025, KX-1 received orphan drug designation from the FDA.", ["Orphan FDA 2025-01-09"]),
        ("The European Commission has granted orphan medicinal product designation to KX-1.", ["Orphan EC"]),
        ("Receipt of PRIME designation from the EMA for KX-1", ["PRIME EMA"]),
        ("The FDA accepted the Biologics License Application (BLA) and granted Priority Review.", ["Priority Review FDA"]),
        ("We plan to apply for RMAT designation in the second half of 2025.", []),
        ("KX-1 may be eligible for RMAT designation.", []),
        ("The FDA denied the request for Breakthrough Therapy designation.", []),
        ("Orphan drug designation provides seven years of market exclusivity.", []),
        ("RMAT designation brings what Fast Track designation brings, and more.", []),
        ("KX-1 would qualify for a priority review voucher if granted.", []),
    ],
)  # fmt: skip
def test_designations_that_were_granted(sentence: str, expected: list[str]) -> None:
    low = folded(sentence)
    found = designations(sentence, low, spans(low, sentence, SAID), SAID)
    assert [
        " ".join(str(each.facts[key]) for key in ("kind", "agency", "granted") if key in each.facts) for each in found
    ] == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The FDA has accepted the BLA for KX-1.", "acceptance happened"),
        ("FDA Approves KX-1 for Adults With LBCL", "approval approved"),
        ("In February 2025, the company submitted its BLA to the FDA.", "filing happened February 2025"),
        ("The trial met its primary endpoint of progression-free survival.", "readout met"),
        ("The study did not meet its primary endpoint.", "readout missed"),
        ("The CHMP adopted a positive opinion recommending approval of KX-1.", "chmp positive opinion"),
        ("The company received a complete response letter from the FDA on March 3, 2025.", "approval crl 2025-03-03"),
        ("The trial was stopped for futility.", "interim futility"),
        ("Enrollment in the Phase 2 trial is complete.", "enrolment happened"),
        ("Type B meeting on KX-1 was completed in February 2025.", "other happened February 2025"),
        ("We believe that the trial will meet its primary endpoint.", ""),
        ("The company received FDA clearance of its IND.", ""),
        ("Israel approved the use of KX-1 in a clinical trial.", ""),
        ("KX-1 is approved in the U.S. and the EU.", ""),
        ("If the FDA approves the BLA, we will launch.", ""),
        ("The FDA has not approved KX-1.", ""),
    ],
)
def test_outcomes_that_are_facts(sentence: str, expected: str) -> None:
    low = folded(sentence)
    found = outcomes(sentence, low, spans(low, sentence, SAID), SAID)
    got = [" ".join(str(each.facts[key]) for key in ("kind", "outcome", "outcome_on") if key in each.facts) for each in found]
    assert "; ".join(got) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The FDA placed a clinical hold on the trial in May 2024.", {"kind": "clinical hold", "placed": "May 2024"}),
        ("On March 3, 2025, the FDA lifted the partial clinical hold.", {"kind": "partial hold", "lifted": date(2025, 3, 3)}),
        ("A clinical hold could delay our trials.", None),
    ],
)  # fmt: skip
def test_clinical_holds(sentence: str, expected: dict[str, object] | None) -> None:
    low = folded(sentence)
    found = [each.facts for each in holds(sentence, low, spans(low, sentence, SAID), SAID)]
    assert [{key: value for key, value in each.items() if key != "agency"} for each in found] == (
        [expected] if expected else []
    )


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("We expect our cash to fund operations into the second half of 2027.", "into the second half of 2027"),
        ("Cash runway extended to late 2026", "to late 2026"),
        ("Cash and investments fund our operating plan at least through 2026.", "through 2026"),
        ("Cash runway is now expected to extend into 1H27.", "into 1H27"),
        ("Cash at the end of 2024 was $30 million.", None),
        ("The trial will run into 2027.", None),
    ],
)
def test_how_long_the_cash_lasts(sentence: str, expected: str | None) -> None:
    found = [each.facts["when"] for each in runway(sentence, folded(sentence), SAID)]
    assert found == ([expected] if expected else [])
