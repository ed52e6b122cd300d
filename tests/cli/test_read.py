"""`cartwatch read`: what a release says, with its quotes; taken as one step where it is certain or somebody says so."""

from __future__ import annotations

import io
import json
import sys

import pytest

LIST = """\
# mine
[[program]]
id = "nora-cel"
name = "noracabtagene autoleucel"
short = "nora-cel"
sponsor = "Fjordbio"

[[program.catalyst]]
id = "topline"
event = "Topline data of NORTHERN-1"
kind = "readout"
when = "1H 2026"
said = 2025-11-04

[[program]]
id = "fb-210"
name = "FB-210"
sponsor = "Fjordbio"
"""
HEAD = "Fjordbio Reports Fourth Quarter 2025 Results\n\n"
DATED = "OSLO, Norway, March 17, 2026 (GLOBE NEWSWIRE) -- Fjordbio ASA today gave an update.\n\n"
MOVED = "Topline data from the pivotal NORTHERN-1 trial of nora-cel are now expected in the third quarter of 2026."
PLAN = "The company plans to submit an IND application for FB-210 by year-end 2026."
OPEN = "A regulatory filing is planned for 2027."
RELEASE = "\n\n".join((HEAD + DATED + MOVED, PLAN, OPEN, "Nora-cel could be filed in 2029, if approved."))


@pytest.fixture
def read(run, tmp_path):
    """Runs commands on a list of its own, with a release beside it."""
    path, release = tmp_path / "w.toml", tmp_path / "q4.txt"
    path.write_text(LIST, encoding="utf-8")
    release.write_text(RELEASE, encoding="utf-8")

    def reading(*argv: str, command: str = "read"):
        words = (str(release),) if command == "read" and not any(each.endswith((".txt", ".html", "-")) for each in argv) else ()
        return run(command, *words, *argv, "-f", str(path), "--today", "2026-03-20")

    reading.path, reading.release = path, release  # type: ignore[attr-defined]
    return reading


def test_a_pipe_lists_and_takes_nothing(read):
    answer = read()
    assert answer.status == 1
    assert "1H 2026 → third quarter of 2026: slipped, end +92 days" in answer.out
    assert "2026-07-01 – 2026-09-30 · quarter" in answer.out
    assert f"“{MOVED}”".replace("in the third quarter of 2026", "‹in the third quarter of 2026›") in answer.out
    assert "--yes takes what is ticked" in answer.err
    assert read.path.read_text() == LIST


def test_yes_takes_what_is_certain_as_one_step_and_a_second_reading_finds_nothing(read):
    answer = read("--yes")
    assert answer.status == 1  # whose the filing is, is open
    text = read.path.read_text()
    assert 'when = "third quarter of 2026"\nsaid = 2026-03-17' in text
    assert 'move = [\n  { when = "1H 2026", said = 2025-11-04 },\n]' in text
    assert MOVED in text
    assert "checked = 2026-03-20" in text
    assert "2027" not in text
    again = read("--yes")
    assert "nothing" in again.err
    assert read.path.read_text() == text
    assert read(command="undo").status == 0
    assert read.path.read_text() == LIST


def test_a_dry_run_writes_nothing(read):
    answer = read("--dry-run")
    assert "slipped" in answer.out
    assert "--yes" not in answer.err
    assert read.path.read_text() == LIST


def test_the_program_that_it_is_about_may_be_given(read):
    assert f"? {OPEN}" not in read("--program", "nora", "--yes").out
    assert "2027" in read.path.read_text()


def test_explain_names_the_rule_and_what_was_refused(read):
    answer = read("--explain", "--dry-run")
    assert "(rule: " in answer.out
    assert "not read as a fact" in answer.out
    assert "could be filed ‹in 2029›" in answer.out.partition("not read as a fact")[2]


def test_json_has_the_offers_and_the_refused(read):
    found = json.loads(read("--json", "--dry-run").out)
    assert (found["schema"], found["today"]) == (1, "2026-03-20")
    assert found["source"] == {"title": HEAD.strip(), "url": None, "published": "2026-03-17"}
    moved = next(each for each in found["offers"] if each["what"] == "moved")
    assert (moved["program"], moved["program_certain"], moved["was"], moved["default"]) == ("nora-cel", True, "1H 2026", "take")
    assert (moved["window"]["start"], moved["window"]["end"]) == ("2026-07-01", "2026-09-30")
    assert (moved["kind"], moved["event"], moved["quote"]) == ("readout", "Topline data of NORTHERN-1", MOVED)
    asked = next(each for each in found["offers"] if each["default"] == "ask")
    assert (asked["program"], asked["program_certain"], asked["quote"]) == (None, False, OPEN)
    assert all(each["quote"] in RELEASE.replace("\n\n", "\n") for each in (*found["offers"], *found["refused"]))
    two = json.loads(read("--json", "--dry-run", str(read.release), str(read.release).replace("q4", "./q4")).out)
    assert [list(each) for each in two["releases"]] == [["source", "offers", "refused"]] * 2


def test_without_a_day_it_is_asked_for_by_name(read):
    read.release.write_text(HEAD + MOVED)
    answer = read()
    assert "--said DATE" in answer.out
    assert read("--said", "2026-03-17", "--yes", "--source", "Q4 [b]report[/b]").status == 0
    text = read.path.read_text()
    assert "said = 2026-03-17" in text
    assert 'title = "Q4 [b]report[/b]"' in text


def test_text_from_standard_input(read, monkeypatch):
    class Given:
        buffer = io.BytesIO(RELEASE.encode())

    monkeypatch.setattr(sys, "stdin", Given())
    assert "slipped" in read("-", "--dry-run").out


def test_hostile_text_is_shown_as_text(read):
    read.release.write_text(RELEASE.replace("are now expected", "are \x1b[31m[b]now\u202e expected"))
    for answer in (read("--explain"), read("--json"), read("--yes")):
        assert "\x1b" not in answer.out + answer.err
        assert "\u202e" not in answer.out + answer.err


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--yes", "--dry-run"), "choose one of them"),
        (("--said", "soon"), "--said needs a day"),
        (("--program", "nobody"), "nobody"),
        (("gone.txt",), "there is no such file"),
    ],
)
def test_what_cannot_be_done_is_one_line(read, argv, words):
    answer = read(*argv)
    assert answer.status == 2
    assert words in answer.err
    assert answer.err.count("\n") == 1
    assert read.path.read_text() == LIST


def test_import_says_which_command_reads_it(read):
    answer = read(str(read.release), command="import")
    assert answer.status == 2
    assert "`cartwatch read FILE`" in answer.err


def test_designations_and_rates_are_told_once(read):
    read.release.write_text(
        HEAD
        + DATED
        + "The FDA granted RMAT designation to nora-cel for the treatment of large B-cell lymphoma on March 2, 2026.\n\n"
        "CRS of any grade occurred in 5 of 40 patients (12.5%) treated with nora-cel."
    )
    answer = read("--yes")
    assert "RMAT  (FDA) for large B-cell lymphoma granted 2026-03-02\n" in answer.out
    assert "Rates  new data set: n 40, CRS 5/40\n" in answer.out
    assert 'indication = "large B-cell lymphoma"' in read.path.read_text()
    assert "[[program.safety.report]]" not in read.path.read_text()


FACTS = f"""{HEAD}{DATED}Topline data from the pivotal NORTHERN-1 trial of nora-cel continue to be expected in 1H 2026.

In NORTHERN-1, among 52 patients treated with nora-cel, grade 3 or higher CRS occurred in 2 of 52 patients (4%).

The FDA granted Regenerative Medicine Advanced Therapy (RMAT) designation to nora-cel for the treatment of relapsed B-ALL.

The FDA placed a clinical hold on the IND for FB-210 on March 2, 2026.

Cash and cash equivalents of $120 million are expected to fund operations into the second half of 2027.

Fjordbio expects to present initial data of FB-333 in Q4 2026.
"""


def test_each_kind_of_fact_is_an_offer_of_its_own(read, tmp_path):
    (tmp_path / "facts.txt").write_text(FACTS, encoding="utf-8")
    found = json.loads(read(str(tmp_path / "facts.txt"), "--json", "--dry-run").out)["offers"]
    assert [(each["program"], each["what"], each["default"]) for each in found] == [
        ("nora-cel", "confirmed", "take"),
        ("nora-cel", "designation", "take"),
        ("nora-cel", "rate", "offer"),
        ("fb-210", "hold", "take"),
        (None, "new", "ask"),
        (None, "runway", "take"),
    ]
    by_kind = {each["what"]: each for each in found}
    assert by_kind["rate"]["rate"] == {"event": "crs", "grade": "severe", "affected": 2, "n": 52, "text": "2/52"}
    runway = by_kind["runway"]["window"]
    assert (runway["start"], runway["end"], runway["precision"]) == ("2027-07-01", "2027-12-31", "half")


def test_the_words_of_each_kind_of_fact(read, tmp_path):
    (tmp_path / "facts.txt").write_text(FACTS, encoding="utf-8")
    out = read(str(tmp_path / "facts.txt"), "--dry-run").out
    for words in (
        "1H 2026: the same window, one more source",
        "new data set: n 52, CRS ≥3 2/52",
        "not ticked: check the population and the cut-off",
        "new hold clinical hold: agency FDA, placed 2026-03-02",
        "cash runway into the second half of 2027",
        "asked: a name that is not in the list",
    ):
        assert words in out, words


def test_a_release_on_a_program_that_is_not_in_the_list_makes_a_draft_of_it(read, tmp_path):
    (tmp_path / "facts.txt").write_text(FACTS, encoding="utf-8")
    answer = read(str(tmp_path / "facts.txt"), "--yes")
    text = read.path.read_text()
    assert answer.status == 1
    assert 'name = "RMAT"' in text or 'kind = "RMAT"' in text
    assert "FB-333" not in text  # whose it is, is asked
    assert "2/52" not in text
