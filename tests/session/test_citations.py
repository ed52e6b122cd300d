"""A source stands only behind what it was named for: never behind a new value, a new item, or another fact."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from session_stage import opened

from cartwatch.domain.provenance import provenance
from cartwatch.session import changes, guidance

if TYPE_CHECKING:
    from pathlib import Path

    from cartwatch.domain.program import Program

TEXT = """\
[[program]]
id = "a"
name = "A"
phase = "Phase 1"
[program.cite]
phase = "s"
mechanism = "s"
safety = "s"
"mechanism.knockouts" = "s"
[program.mechanism]
targets = ["CD19"]
knockouts = ["TRAC"]
[[program.catalyst]]
id = "t"
event = "T"
when = "Q4 2026"
said = 2026-05-01
cite = "s"
[[program.catalyst]]
id = "u"
event = "U"
[[program.source]]
id = "s"
checked = 2026-11-01
[[program.source]]
id = "new"
checked = 2026-11-02
"""
TODAY = date(2026, 11, 22)


class Sourced:
    """An open list with one program, and the sources of its facts."""

    def __init__(self, path: Path) -> None:
        path.write_text(TEXT)
        self.session = opened(path)

    def do(self, make: Any, *given: Any, **more: Any) -> Sourced:
        self.session.change(make(self.session.document, self.session.watchlist, "a", *given, **more))
        return self

    @property
    def program(self) -> Program:
        return self.session.watchlist.programs[0]

    def behind(self, path: str) -> tuple[str, ...]:
        """Return the sources that verify a fact."""
        steps = path.split(".")
        record: Any = self.program.catalyst(steps[1]) if steps[0] == "catalyst" else None
        if steps[:2] == ["safety", "report"] and self.program.safety is not None:
            record = self.program.safety.reports[int(steps[2]) - 1]
        found = provenance(self.program, path, record)
        return found.cited if found.verified else ()


@pytest.fixture
def sourced(tmp_path: Path) -> Sourced:
    return Sourced(tmp_path / "l.toml")


def test_the_old_source_named_again_confirms_new_guidance(sourced: Sourced) -> None:
    sourced.do(guidance.new_guidance, "t", "Q1 2027", today=TODAY, cite="s")
    assert sourced.behind("catalyst.t.when") == ("s",)
    sourced.do(guidance.new_guidance, "t", "Q2 2027", today=TODAY)
    assert sourced.behind("catalyst.t.when") == ()
    assert [[one.id for one in each.cite] for each in sourced.program.catalysts[0].moves] == [["s"], ["s"]]
    sourced.do(guidance.new_guidance, "t", "Q3 2027", today=TODAY, cite="new")
    assert sourced.behind("catalyst.t.when") == ("new",)


def test_a_new_source_of_guidance_replaces_the_confirmed_one(sourced: Sourced) -> None:
    sourced.do(guidance.new_guidance, "t", "Q1 2027", today=TODAY, cite="s")
    sourced.do(changes.set_fact, "catalyst.t.when", "Q2 2027", cite="new")
    assert sourced.behind("catalyst.t.when") == ("new",)


def test_a_borrowed_source_in_an_old_file_is_confirmed_by_naming_it(sourced: Sourced) -> None:
    ledger = [{"when": "Q3 2026", "cite": "s"}]
    sourced.do(changes.set_fact, "catalyst.t.move", ledger)
    assert sourced.behind("catalyst.t.when") == ()
    sourced.do(changes.cite_fact, "catalyst.t.when", "s")
    assert sourced.behind("catalyst.t.when") == ("s",)


def test_kept_sources_stand_behind_the_new_values(sourced: Sourced) -> None:
    values = {"phase": "Phase 2", "catalyst.t.when": "Q1 2027", "mechanism.targets": ["CD22"]}
    sourced.do(changes.set_facts, values, kept=["phase", "catalyst.t.when"])
    assert [sourced.behind(each) for each in values] == [("s",), ("s",), ()]
    sourced.do(changes.set_facts, {"phase": "Phase 3", "sponsor": "S"}, cites={"phase": "new"})
    assert (sourced.behind("phase"), sourced.behind("sponsor")) == (("new",), ())


def test_a_source_of_an_outcome_is_none_of_the_guidance(sourced: Sourced) -> None:
    sourced.do(changes.set_fact, "catalyst.u.when", "2027")
    sourced.do(changes.set_fact, "catalyst.u.outcome", "met", cite="new")
    sourced.do(changes.set_fact, "catalyst.u.kind", "readout", cite="new")
    assert sourced.behind("catalyst.u.outcome") == ("new",)
    assert sourced.behind("catalyst.u.kind") == ("new",)
    assert sourced.behind("catalyst.u.when") == ()


def test_new_records_and_new_items_do_not_borrow_what_is_above_them(sourced: Sourced) -> None:
    sourced.do(changes.add_record, "safety.report", {"n": 10, "crs": {"any": "1/10"}})
    assert sourced.behind("safety.report.1.crs.any") == ()
    sourced.do(changes.set_facts, {}, [("mechanism.knockouts", "CD52")])
    assert sourced.behind("mechanism.knockouts") == ()
    assert sourced.behind("mechanism.targets") == ("s",)
    sourced.do(changes.add_record, "safety.report", {"n": 20, "cite": "new"})
    assert sourced.behind("safety.report.2.n") == ("new",)


def test_one_item_of_a_list_that_changes_loses_the_source_of_the_list(sourced: Sourced) -> None:
    sourced.do(changes.set_facts, {"mechanism.knockouts.1": "B2M"})
    assert sourced.behind("mechanism.knockouts") == ()
    assert sourced.behind("mechanism.targets") == ("s",)


def test_a_list_that_loses_an_item_loses_its_source(sourced: Sourced) -> None:
    sourced.do(changes.set_facts, {"mechanism.knockouts": ["TRAC", "CD52"]}, cite="s")
    assert sourced.behind("mechanism.knockouts") == ("s",)
    sourced.do(changes.delete, "mechanism.knockouts.1")
    assert sourced.behind("mechanism.knockouts") == ()
