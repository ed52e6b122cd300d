"""`cartwatch digest`: a page that a person would forward, as of a day."""

from __future__ import annotations

import pytest

LIST = """\
title = "T"
[[program]]
id = "a"
name = "A"
phase = "Phase 1"
[[program.catalyst]]
event = "late one"
when = "Q3 2026"
[[program.catalyst]]
event = "slipped one"
when = "Q1 2027"
said = 2026-11-10
move = [{ when = "Q4 2026", said = 2026-05-01 }]
[[program.catalyst]]
event = "long one"
when = "2026 to 2028"
[[program.catalyst]]
event = "done one"
when = "2026-11-01"
outcome = "met"
outcome_on = 2026-11-02
[[program.designation]]
kind = "RMAT"
agency = "FDA"
granted = 2026-11-05
[[program.source]]
id = "s"
title = "Page"
published = 2026-11-06
"""


@pytest.fixture
def page(run, tmp_path):
    path = tmp_path / "w.toml"
    path.write_text(LIST)

    def made(*argv: str) -> dict[str, list[str]]:
        answer = run("digest", "-f", str(path), "--today", "2026-11-22", *argv)
        assert answer.status == 0
        sections: dict[str, list[str]] = {}
        for line in answer.out.splitlines():
            if line.startswith("## "):
                sections[line.removeprefix("## ").partition(" (")[0]] = []
            elif sections and line:
                next(reversed(sections.values())).append(line)
        return sections

    return made


def test_each_catalyst_stands_in_its_place(page):
    found = page()
    assert found["Overdue"] == ["- **A**: late one — Q3 2026°, OVERDUE 53d"]
    assert found["Due by 2027-02-20"] == ["Nothing."]
    assert [line.partition(" — ")[0] for line in found["Open, and closing later"]] == ["- **A**: long one"]
    assert found["Moved since 2026-10-23"] == [
        "- **A**: slipped one — Q4 2026 → Q1 2027 (slipped; end +90 days, start +92 days, said 2026-11-10)"
    ]
    assert found["New since 2026-10-23"] == [
        "- **A**: done one: **met** (2026-11-02)",
        "- **A**: RMAT (FDA) granted (2026-11-05)",
        "- **A**: source: Page (2026-11-06)",
    ]
    assert found["Unverified, by program"][0].startswith("- **A**: 8 of 8 facts")


def test_since_says_how_far_back(page):
    found = page("--since", "2026-11-06")
    assert found["New since 2026-11-06"] == ["- **A**: source: Page (2026-11-06)"]
    assert found["Moved since 2026-11-06"] != ["Nothing."]
    assert page("--since", "2026-11-20")["Moved since 2026-11-20"] == ["Nothing."]


def test_facts_that_nobody_has_read_are_called_by_their_names(run):
    text = run.sample("digest").out.partition("## Unverified")[2]
    assert "(costimulation, editing, knock-outs, GVHD mitigation)" in text
    assert "(sponsor, partner 1, trial NCT03056339)" in text
    assert "mechanism." not in text


def test_what_was_changed_in_the_list_is_there_whatever_day_it_is_dated(run, tmp_path):
    path = tmp_path / "w.toml"
    path.write_text(LIST)
    here = ("-f", str(path), "--today", "2026-11-22")
    assert run("add", "New [x] *one*", *here).status == 0
    assert run("move", "a", "long-one", "2028", *here).status == 0
    assert run("resolve", "a", "late-one", "met", *here).status == 0
    section = run("digest", *here).out.partition("## Changed in this list since 2026-10-23")[2].partition("## ")[0]
    lines = [each.partition(": ")[2] for each in section.strip().splitlines()]
    assert lines[0].startswith("A: late one: met")
    assert lines[1].startswith("A: long one refined 2026 to 2028 → 2028")
    assert lines[2] == "New \\[x\\] \\*one\\*: new program"
