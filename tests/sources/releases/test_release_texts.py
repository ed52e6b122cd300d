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
