"""Advice on a watchlist: each rule where it applies, and silence where it does not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli

from cartwatch.document.reader import read_watchlist
from cartwatch.domain.checks import CODES, Finding, check

TODAY = date(2026, 11, 22)
SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"


def advice(*programs: dict[str, Any]) -> tuple[Finding, ...]:
    return check(read_watchlist({}, [{"name": "P", **each} for each in programs], TODAY).watchlist, TODAY)


def catalyst(**values: Any) -> dict[str, Any]:
    return {"catalyst": [{"event": "E", **values}]}


def report(**values: Any) -> dict[str, Any]:
    return {"safety": {"report": [values]}}


@pytest.mark.parametrize(
    ("program", "path", "code", "words"),
    [
        (catalyst(when="Q3 2026"), ("catalyst", 0, "when"), "overdue", "E: Q3 2026 closed 53 days ago without an outcome"),
        (catalyst(when="2026-11-21"), ("catalyst", 0, "when"), "overdue", "closed yesterday"),
        (report(scale="ASTCT", crs={"any": "3/40", "severe": "4/40"}), ("safety", "report", 0, "crs", "severe"),
         "any-below-severe", "CRS: 4/40 at grade ≥3 is more than 3/40 at any grade"),
        (report(gvhd={"any": "5%", "severe": "1/10"}), ("safety", "report", 0, "gvhd", "severe"), "any-below-severe",
         "1/10 at grade ≥3 is more than 5% at any grade"),
        (report(other=[{"event": "HLH", "any": "0/4", "severe": "1/4"}]), ("safety", "report", 0, "other", 0, "severe"),
         "any-below-severe", "HLH"),
        (report(icans={"severe": "0/4"}), ("safety", "report", 0), "scale-missing", "add scale"),
        ({"mechanism": {"source": "allo"}}, ("mechanism", "source"), "gvhd-blank", "allogeneic donor, without data on GVHD"),
        ({"mechanism": {"source": "iPSC"}, "safety": {"gvhd": {}}}, ("mechanism", "source"), "gvhd-blank", "iPSC"),
        ({"phase": "2", "cite": {"phase": "nowhere"}}, ("cite", "phase"), "source-unknown", '"nowhere"'),
        (catalyst(move=[{"when": "2025", "cite": "gone"}]), ("catalyst", 0, "move", 0, "cite"), "source-unknown", '"gone"'),
        ({"source": [{"id": "s", "checked": "pending"}], "cite": {"phase": "s", "notes": ["s"]}}, ("source", 0),
         "source-unread", "2 facts rest on s, which is not checked"),
        ({"source": [{"id": "s"}, {"id": "t"}], "cite": {"phase": "s", "notes": ["s", "t"]}}, ("source", 0),
         "source-unread", "3 facts rest on sources that are not checked (s, t)"),
        ({"checked": "2026-05-01"}, ("checked",), "stale", "last checked on 2026-05-01, 205 days ago"),
        ({"source": [{"id": "s", "checked": "2026-05-01"}]}, (), "stale", "205 days"),
        (catalyst(when="2026-12-31", kind="readout"), ("catalyst", 0, "when"), "false-day", "last day of a quarter"),
        (catalyst(when="2028-02-29"), ("catalyst", 0, "when"), "false-day", "last day of a month"),
        (catalyst(when="2027-03-31", kind="pdufa"), ("catalyst", 0, "when"), "false-day", "quarter"),
        (catalyst(when="Q4 2026", outcome="met", outcome_on="2026-08-01"), ("catalyst", 0, "outcome_on"), "outcome-early",
         "lies before Q4 2026"),
        (catalyst(when="Q4 2026", outcome_on="2026-11-01"), ("catalyst", 0, "outcome_on"), "outcome-missing",
         "record the outcome"),
        (catalyst(when="within 6 months"), ("catalyst", 0, "when"), "unsaid", "counts from today and moves with it"),
        (catalyst(when="by next quarter"), ("catalyst", 0, "when"), "unsaid", "set said"),
        (catalyst(when="starting next year"), ("catalyst", 0, "when"), "unsaid", "starting next year"),
        (catalyst(when="2028", said="2026-11-23"), ("catalyst", 0, "said"), "future", "is in the future"),
        ({"source": [{"id": "s", "published": "2027-01"}]}, ("source", 0, "published"), "future", "published on 2027-01"),
        (catalyst(when="2028", said="2026-01-01", move=[{"when": "2027", "said": "2026-02-01"}]), ("catalyst", 0, "said"),
         "ledger-order", "said on 2026-01-01, after guidance of 2026-02-01"),
        (catalyst(when="2028", move=[{"when": "2027", "said": "2026-02-01"}, {"when": "2026", "said": "2025"}]),
         ("catalyst", 0, "move", 1, "said"), "ledger-order", "oldest first"),
    ],
)  # fmt: skip
def test_a_rule_speaks_where_it_applies(program: dict[str, Any], path: tuple[Any, ...], code: str, words: str) -> None:
    (found,) = advice(program)
    assert (found.path, found.code) == (("program", 0, *path), code)
    assert words in found.message


@pytest.mark.parametrize(
    "program",
    [
        {},
        catalyst(when="Q3 2026", outcome="met"),
        catalyst(when="Q4 2026"),  # still open
        catalyst(when="2026-11-22"),  # today
        catalyst(when="2025 or later"),
        catalyst(when="nonsense of words"),  # a problem of reading
        report(crs={"any": "4/40", "severe": "4/40"}, scale="ASTCT 2019"),
        report(crs={"any": "38/40"}),  # no grade, so no scale is missed
        report(crs={"any": "95%"}, gvhd={"any": "0/4", "severe": "0/4"}),
        {"mechanism": {"source": "auto"}},
        {"mechanism": {"source": "allo"}, "safety": {"gvhd": {"mitigation": ["TRAC knock-out"]}}},
        {"mechanism": {"source": "allo"}, "safety": {"report": [{"gvhd": {"any": "0/4"}}]}},
        {"checked": "2026-06-01", "source": [{"id": "s", "checked": "2020-01-01"}]},
        {"source": [{"id": "unused"}]},
        catalyst(when="2026-12-30"),
        catalyst(when="December 2026"),
        catalyst(when="by Q4 2027"),  # its end stays where it is
        catalyst(when="next quarter", said="2026-11-02"),
        catalyst(when="next quarter", outcome="met"),
        catalyst(when="2027-01-31", kind="pdufa"),  # goal dates do fall on any day
        {**catalyst(when="2026-12-31", cite="s"), "source": [{"id": "s", "quote": "by December 31", "checked": "2026-11-01"}]},
        catalyst(when="2026-12-23", kind="pdufa", outcome="approved", outcome_on="2026-11-20"),
        catalyst(when="by Q4 2026", said="2026-06-01", outcome="met", outcome_on="2026-05-01"),
        catalyst(when="2028", said="2026-02", move=[{"when": "2027", "said": "2026-02-20"}]),  # the same month is no earlier
    ],
)
def test_a_rule_is_silent_where_it_does_not_apply(program: dict[str, Any]) -> None:
    assert advice(program) == ()


def test_one_trial_of_two_programs_is_told_at_the_second() -> None:
    trial = {"trial": [{"nct": "NCT04150497"}]}
    (found,) = advice({**trial, "name": "A"}, {"name": "B", "trial": [{"nct": "nct04150497"}]})
    assert (found.path, found.code) == (("program", 1, "trial", 0, "nct"), "trial-twice")
    assert "linked to A too" in found.message
    assert advice({"trial": [*trial["trial"], *trial["trial"]]}) == ()


@pytest.mark.parametrize("other", ["Caf\u00e9-1", "cafe\u0301-1", "CAF\u00c9-1"])
def test_ids_that_are_all_but_one_are_told_and_still_two(other: str) -> None:
    records = [{"id": "caf\u00e9-1", "name": "A"}, {"id": other, "name": "B"}]
    (found,) = advice(*records)
    assert (found.path, found.code) == (("program", 1, "id"), "id-alike")
    assert "the same as that of A" in found.message
    watchlist = read_watchlist({}, records, TODAY).watchlist
    assert [watchlist.find(each).label for each in ("caf\u00e9-1", other)] == ["A", "B"]


AS_OF = date(2026, 12, 1)  # the newest day of the sample


def test_the_sample_is_advised_on_its_unread_sources_and_unstated_scales_only() -> None:
    data = tomli.loads(SAMPLE.read_text(encoding="utf-8"))
    found = check(read_watchlist({}, data["program"], AS_OF).watchlist, AS_OF)
    assert {each.code for each in found} == {"source-unread", "scale-missing"}
    assert all(each.code in CODES for each in found)
    paths = [each.path[1] for each in found]
    assert paths == sorted(paths, key=lambda place: int(place))
