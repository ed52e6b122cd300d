"""There and back: what is exported comes home unchanged, others read it, and a colleague's copy brings its news and no more."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import tomli
import vobject

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"
WHOLE = tomli.loads(SAMPLE.read_text())
PROGRAMS = {each["id"]: each for each in WHOLE["program"]}


@pytest.fixture
def empty(tmp_path):
    path = tmp_path / "empty.toml"
    path.write_bytes(b"")
    return path


@pytest.mark.slow
def test_a_list_as_toml_comes_into_an_empty_one_as_it_was(run, empty, tmp_path):
    copy = tmp_path / "copy.toml"
    assert run.sample("export", "-o", str(copy)).status == 0
    assert run("import", str(copy), "-f", str(SAMPLE), "--dry-run").out == f"{len(PROGRAMS)} the same\n"
    assert run("import", str(copy), "-f", str(empty)).status == 0
    assert tomli.loads(empty.read_text()) == {
        key: each for key, each in WHOLE.items() if key != "schema"
    }  # 1 goes without saying
    kept = [line for line in SAMPLE.read_text().splitlines() if line.lstrip().startswith("#")]
    above = SAMPLE.read_text().partition("[[program]]")[0].splitlines()  # of the file, not of a program
    assert [line for line in kept if line not in above] == [
        line for line in empty.read_text().splitlines() if line.lstrip().startswith("#")
    ]
    again = run("export", "-f", str(empty)).out
    assert again == empty.read_text()
    assert run("diff", str(SAMPLE), str(empty)).out == ""


@pytest.mark.parametrize("rows", ["programs", "catalysts"])
def test_a_list_as_a_table_comes_into_an_empty_one_with_the_same_fields(run, empty, tmp_path, rows):
    table = tmp_path / "table.csv"
    assert run.sample("export", "--rows", rows, "-o", str(table)).status == 0
    assert run("import", str(table), "-f", str(SAMPLE), "--dry-run").status == 0
    assert run("import", str(table), "-f", str(empty)).status == 0
    back = {each["id"]: each for each in tomli.loads(empty.read_text())["program"]}
    assert back.keys() == {key for key, each in PROGRAMS.items() if rows == "programs" or "catalyst" in each}
    same = ["name", "sponsor", *(["phase", "ticker", "indications", "tags", "aliases"] if rows == "programs" else [])]
    for key, program in back.items():
        for field in same:
            assert program.get(field) == PROGRAMS[key].get(field), (key, field)
        if rows == "catalysts":
            found = [(each["id"], each["event"], each.get("when")) for each in program["catalyst"]]
            wanted = [(each["id"], each["event"], each.get("when")) for each in PROGRAMS[key]["catalyst"]]
            assert sorted((id, event, str(when)) for id, event, when in found) == sorted(
                (a, b, str(c)) for a, b, c in wanted
            ), key


def test_a_table_is_read_by_another_program_with_a_row_a_program(run):
    rows = list(csv.DictReader(io.StringIO(run.sample("export", "--format", "csv").out.removeprefix("\ufeff"))))
    assert [each["id"] for each in rows] == list(PROGRAMS)
    for row in rows:
        program = PROGRAMS[row["id"]]
        assert (row["name"], row["sponsor"]) == (program["name"], program.get("sponsor", ""))
        targets = next(csv.reader([row["mechanism.targets"]], skipinitialspace=True), [])
        assert targets == program.get("mechanism", {}).get("targets", [])


def test_json_says_what_the_file_says(run):
    told = json.loads(run.sample("export", "--format", "json").out)
    assert [each["id"] for each in told["programs"]] == list(PROGRAMS)
    for program in told["programs"]:
        mine = PROGRAMS[program["id"]]
        for field in ("name", "sponsor", "ticker", "phase", "notes"):
            assert (program[field] or "").strip() == mine.get(field, "").strip(), (program["id"], field)
        assert (program["mechanism"] or {}).get("targets", []) == mine.get("mechanism", {}).get("targets", [])
        assert [each["id"] for each in program["catalyst"]] == [each["id"] for each in mine.get("catalyst", [])]
        for catalyst, own in zip(program["catalyst"], mine.get("catalyst", []), strict=True):
            assert catalyst["event"] == own["event"]
            assert catalyst["when"]["text"] == str(own["when"])
            ends = [date.fromisoformat(each) for each in (catalyst["when"]["start"], catalyst["when"]["end"]) if each]
            assert ends == sorted(ends)


def test_another_calendar_library_reads_each_window_once(run):
    text = run.sample("export", "--format", "ics").out
    entries = {each.uid.value: each for each in vobject.readOne(text).vevent_list}
    catalysts = {
        f"{program['id']}.{each['id']}@cartwatch": each
        for program in json.loads(run.sample("export", "--format", "json").out)["programs"]
        for each in program["catalyst"]
        if each["when"] and (each["when"]["end"] or each["when"]["start"])
    }
    assert entries.keys() == catalysts.keys()
    for uid, entry in entries.items():
        window, happened = catalysts[uid]["when"], catalysts[uid]["outcome_on"]
        if happened and re.fullmatch(r"\d{4}-\d\d-\d\d", happened):
            window = {"start": happened, "end": happened}
        last = date.fromisoformat((window["end"] or window["start"])[:10])
        assert (entry.dtstart.value, entry.dtend.value) == (last, last + timedelta(days=1)), uid
        assert entry.transp.value == "TRANSPARENT"
        assert (entry.status.value == "CONFIRMED") is (window["start"] == window["end"]), uid
        assert not entry.contents.get("valarm")


@pytest.mark.slow
def test_a_calendar_after_a_move_and_its_undo_has_the_same_entry_with_a_higher_sequence(run, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_bytes(SAMPLE.read_bytes())

    def entries():
        text = run("export", "--format", "ics", "-f", str(mine)).out
        assert text == run("export", "--format", "ics", "-f", str(mine)).out
        assert text.count("\r\n") == text.count("\n")
        return {each.uid.value: each for each in vobject.readOne(text).vevent_list}

    before = entries()
    uid = "lasme-cel.balli-01-interim@cartwatch"
    for turn, when in enumerate(("Q1 2027", "mid-2027"), 1):
        assert run("move", "lasme-cel", "balli-01-interim", when, "-f", str(mine), "--today", "2026-11-22").status == 0
        after = entries()
        assert after.keys() == before.keys()
        assert int(after[uid].sequence.value) == int(before[uid].sequence.value) + turn
        assert after[uid].dtstart.value > before[uid].dtstart.value
        assert all(after[each].serialize() == before[each].serialize() for each in before if each != uid)
    moved = int(after[uid].sequence.value)
    assert run("undo", "-f", str(mine)).status == run("undo", "-f", str(mine)).status == 0
    undone = entries()
    assert int(undone[uid].sequence.value) > moved  # what a calendar has seen is outdone, never gone back to
    assert undone[uid].dtstart.value == before[uid].dtstart.value
    assert all(undone[each].serialize() == before[each].serialize() for each in before if each != uid)


MINE = """# my list
title = "Mine"

# followed since March
[[program]]
id = "foo-101"
name = "Foolimab autoleucel"
aliases = ["FOO-101"]
phase = "Phase 1"  # from the deck
notes = "Met them at ASH."
my-rank = 3

[[program.catalyst]]
id = "interim"
event = "Interim"
when = "Q3 2026"
said = 2026-01-10
"""
THEIRS = """[[program]]
name = "[foo 101]"  # as their deck has it
phase = "Phase 2"
notes = "Slow enrolment."
their-score = "B"

[[program.catalyst]]
id = "interim"
event = "Interim"
when = "Q4 2026"
said = 2026-08-05

# from the poster
[[program]]
name = "Barleucel"
own = { a = [1, 2] }  # theirs
"""
MERGED = """# my list
title = "Mine"

# followed since March
[[program]]
id = "foo-101"
name = "Foolimab autoleucel"
aliases = ["FOO-101"]
phase = "Phase 2"  # from the deck
notes = \"\"\"
Met them at ASH.

Slow enrolment.
\"\"\"
my-rank = 3
their-score = "B"

[[program.catalyst]]
id = "interim"
event = "Interim"
when = "Q4 2026"
said = 2026-08-05
move = [
  { when = "Q3 2026", said = 2026-01-10 },
]

# from the poster
[[program]]
name = "Barleucel"
own = { a = [1, 2] }  # theirs
"""


def test_a_colleagues_copy_brings_its_news_once_and_is_taken_back_in_one_step(run, tmp_path):
    mine, theirs = tmp_path / "mine.toml", tmp_path / "theirs.toml"
    mine.write_text(MINE)
    theirs.write_text(THEIRS)
    answer = run("import", str(theirs), "-f", str(mine))
    assert answer.status == 0
    assert "foo-101, matched by name" in answer.out
    assert mine.read_text() == MERGED

    again = run("import", str(theirs), "-f", str(mine))
    assert (again.status, again.out, mine.read_text()) == (0, "2 the same\n", MERGED)

    theirs.write_text(
        THEIRS.replace("Slow enrolment.", "Enrolment done.").replace("Q4 2026", "Q1 2027").replace("08-05", "11-05")
    )
    assert run("import", str(theirs), "-f", str(mine)).status == 0
    newer = tomli.loads(mine.read_text())["program"]
    assert [each["name"] for each in newer] == ["Foolimab autoleucel", "Barleucel"]
    assert newer[0]["notes"] == "Met them at ASH.\n\nEnrolment done.\n"
    (catalyst,) = newer[0]["catalyst"]
    assert (catalyst["when"], [each["when"] for each in catalyst["move"]]) == ("Q1 2027", ["Q3 2026", "Q4 2026"])

    assert run("undo", "-f", str(mine)).status == 0
    assert mine.read_text() == MERGED
    assert run("undo", "-f", str(mine)).status == 0
    assert mine.read_text() == MINE


def test_there_is_a_backup_of_what_was_before(run, tmp_path, home):
    mine, theirs = tmp_path / "mine.toml", tmp_path / "theirs.toml"
    mine.write_text(MINE)
    theirs.write_text(THEIRS)
    assert run("import", str(theirs), "-f", str(mine)).status == 0
    kept = [each for each in (home / "XDG_STATE_HOME").rglob("backups/**/*") if each.is_file()]
    assert MINE.encode() in [each.read_bytes() for each in kept]
