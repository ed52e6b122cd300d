"""Twelve releases in the forms that real ones take: all that is offered of each, and the rules that refuse the rest."""

from __future__ import annotations

import csv
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cartwatch.document.reader import read_watchlist
from cartwatch.sources.releases.reading import read_release

if TYPE_CHECKING:
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.sources.releases.release import Release, Statement

HERE = Path(__file__).parent
DATED = [
    "01-quarter.txt",
    "02-designation.txt",
    "03-exhibit.html",
    "04-page.html",
    "06-approval.txt",
    "07-crl.txt",
    "08-abstract.txt",
    "09-milestones.txt",
    "10-pairs.txt",
    "11-company-news.txt",
    "12-notes.md",
]


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


INDEX = {row["file"]: row for row in rows("index.tsv")}


def listed(programs: str) -> Watchlist:
    records = []
    for each in programs.split(";"):
        hit = re.match(r"\s*([^(]+?)\s*(?:\(([^)]*)\))?\s*$", each)
        assert hit is not None
        records.append({"name": hit[1], "aliases": [hit[2]] if hit[2] else []})
    return read_watchlist({}, records, date(2026, 1, 1)).watchlist


@cache
def release(file: str) -> Release:
    row = INDEX[file]
    data = (HERE / "texts" / file).read_bytes()
    return read_release(data, listed(row["programs"]), name=file, said=date.fromisoformat(row["published"]))


def value(statement: Statement) -> str:
    facts, window = statement.facts, statement.window
    if statement.what == "guidance":
        assert window is not None
        return f"{window.start or ''}..{window.end or ''}" + ("~" if window.approximate else "")
    if statement.what == "designation":
        return " ".join(str(facts[key]) for key in ("kind", "agency", "granted") if key in facts)
    if statement.what == "outcome":
        return " ".join(str(each) for each in (statement.kind, facts["outcome"], facts.get("outcome_on", ""))).strip()
    if statement.what == "rate":
        return f"{facts['event']} {facts['grade']} {facts['rate']} n={facts['n']}"
    if statement.what == "hold":
        return " ".join(f"{key}={facts[key]}" for key in ("kind", "agency", "placed", "lifted") if key in facts)
    return str(facts["when"])


@pytest.mark.parametrize("file", INDEX)
def test_a_release_offers_all_that_it_says_and_nothing_else(file: str) -> None:
    offered = [
        (
            each.quote,
            each.kind if each.what == "guidance" else each.what,
            " ".join(each.programs),
            value(each),
            each.default,
        )
        for each in release(file).statements
        if each.repeats is None
    ]
    expected = [tuple(row[key] for key in ("quote", "what", "program", "expected", "default")) for row in rows("expected.tsv")]
    files = [row["file"] for row in rows("expected.tsv")]
    assert offered == [each for name, each in zip(files, expected, strict=True) if name == file]


@pytest.mark.parametrize("row", rows("traps.tsv"), ids=lambda row: f"{row['file']} {row['words']}")
def test_a_trap_is_refused_by_its_rule(row: dict[str, str]) -> None:
    read = release(row["file"])
    if row["rule"]:
        assert row["rule"] in [each.rule for each in read.refusals if each.words == row["words"]]
    taken = [each for each in read.statements if each.quote[each.span[0] : each.span[1]] == row["words"]]
    assert not taken or row["words"] in ("in 2026", "in the second quarter of 2026", "first quarter of 2026")


@pytest.mark.parametrize("file", DATED)
def test_the_day_of_a_release_stands_in_it(file: str) -> None:
    row = INDEX[file]
    read = read_release((HERE / "texts" / file).read_bytes(), listed(row["programs"]))
    assert (read.said, read.questions) == (date.fromisoformat(row["published"]), ())


def test_a_release_without_a_day_asks_for_it_and_offers_nothing_that_is_counted_from_it() -> None:
    read = read_release((HERE / "texts" / "05-wrapped.txt").read_bytes(), listed(INDEX["05-wrapped.txt"]["programs"]))
    assert read.questions == ("said",)
    assert read.statements == ()
    assert "counted from the day of the release, which is not known" in {each.rule for each in read.refusals}


def test_the_title_and_the_company_are_those_of_the_release() -> None:
    assert release("03-exhibit.html").title.startswith("Sequana Cell Announces Positive Topline Results")
    assert release("04-page.html").url == "https://news.example/tarn-hold-lifted"
    assert [release(name).company for name in ("01-quarter.txt", "08-abstract.txt")] == ["Halden Therapeutics", "Brevia"]


def test_earlier_guidance_is_kept_with_the_new_one() -> None:
    topline = release("01-quarter.txt").statements[0]
    assert (topline.facts["when"], topline.was) == ("second quarter of 2026", "first quarter of 2026")


def offered(text: str, *names: str) -> list[tuple[str, str, str]]:
    watchlist = read_watchlist({}, [{"name": each} for each in names], date(2025, 1, 1)).watchlist
    return [
        (" ".join(each.programs), each.kind, str(each.facts["when"]))
        for each in read_release(text, watchlist, said=date(2025, 3, 6)).statements
        if each.what == "guidance"
    ]


def test_a_list_made_of_line_breaks_has_an_item_a_line_and_no_marks_of_notes() -> None:
    page = (
        "<p><b>Upcoming milestones</b><br>• KX-1: Topline data in Q3 2025<br>• KX-2: BLA submission in 2H 2025<sup>1</sup></p>"
    )
    assert offered(f"<html><body>{page}</body></html>", "KX-1", "KX-2") == [
        ("kx-1", "readout", "Q3 2025"),
        ("kx-2", "filing", "2H 2025"),
    ]


def test_a_cell_that_spans_rows_stands_in_each() -> None:
    page = (
        "<html><body><table><tr><th>Program</th><th>Milestone</th><th>Timing</th></tr>"
        "<tr><td rowspan=2>KX-1</td><td>Topline Phase 3 data</td><td>Q3 2025</td></tr>"
        "<tr><td>BLA submission</td><td>1H 2026</td></tr>"
        "<tr><td>KX-2</td><td>Phase 2 start</td><td>mid-2025</td></tr></table></body></html>"
    )
    assert offered(page, "KX-1", "KX-2") == [
        ("kx-1", "readout", "Q3 2025"),
        ("kx-1", "filing", "1H 2026"),
        ("kx-2", "other", "mid-2025"),
    ]


def test_a_participle_among_milestones_is_of_what_is_to_come() -> None:
    text = "2025 milestones\n\n- KX-1: first patient dosed by year-end 2025\n- KX-2: enrolment completed in January\n"
    assert offered(text, "KX-1", "KX-2") == [("kx-1", "enrolment", "by year-end 2025")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KX-1 is our lead. Data from CTX-77 are expected in 2026.", ""),
        ("Topline data from KX-1 and KX-2 are expected in 2026.", "kx-1 kx-2"),
        ("KX-1 is in Phase 3 and KX-2 in Phase 1. The Company expects to provide an update in 2026.", "?"),
        ("KX-1 and KX-2 are in preclinical studies. Trials of both programs are expected to begin in 2026.", "kx-1 kx-2"),
        ("We are also developing an antibody against CD19 and plan to submit an IND in 2026 while KX-1 advances.", "?"),
        ("In addition to the launch of KX-1, we expect updates on our autoimmune programs in 2026.", ""),
        (
            "KX-1 and KX-2\n\nThe NORTHERN-2 trial of KX-1 enrolls.\n\nTopline data of NORTHERN-2 are due in 2026.",
            "kx-1",
        ),
        ("KX 1: data are expected in 2026.", "kx-1"),
        ("KX-10: data are expected in 2026.", ""),
    ],
)
def test_whose_a_statement_is(text: str, expected: str) -> None:
    watchlist = read_watchlist({}, [{"name": "KX-1"}, {"name": "KX-2"}], date(2025, 1, 1)).watchlist
    found = [each for each in read_release(text, watchlist, said=date(2025, 3, 6)).statements if each.what == "guidance"]
    certain = " ".join(key for each in found if each.default != "ask" for key in each.programs)
    asked = [each for each in found if each.default == "ask"]
    assert found
    assert certain == expected.replace("?", "")
    assert bool(asked) == (expected in ("", "?"))
