"""Edits from the command line: one line of the file for one value, in the words of the field, and never half-way."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
import tomli

from cartwatch.session.session import Session
from cartwatch.storage.places import places
from cartwatch.storage.reading import read_file

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"
HOSTILE = '[red]\x1b[31m\x9b2J‮evil[/] = "x" 漢字'
PLAIN = """\
# mine
[[program]]
id = "a"
name = "Alpha"  # the first
phase = "Phase 1"
tags = ["x", "y"]

[[program.catalyst]]
id = "first-readout"
event = "First readout"
when = "Q4 2026"
said = 2026-03-01
cite = "pr-1"

[[program.catalyst]]
id = "second-readout"
event = "Second readout"
when = "2027"

[[program.source]]
id = "pr-1"
url = "https://example.org/pr/one.html"
"""


@pytest.fixture
def edit(run, tmp_path):
    """Runs commands on a list of its own, and gives the answer."""
    path = tmp_path / "w.toml"
    path.write_text(PLAIN, encoding="utf-8")

    def edited(*argv: str):
        return run(*argv, "-f", str(path), "--today", "2026-11-22")

    edited.path = path
    return edited


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    from difflib import ndiff

    lines = list(ndiff(before.splitlines(), after.splitlines()))
    return [each[2:] for each in lines if each[0] == "-"], [each[2:] for each in lines if each[0] == "+"]


@pytest.mark.parametrize(
    "assignment",
    [
        "sponsor=Somebody else",
        "phase=ph3",
        "pinned=no",
        "pinned=false",
        'tags=["one", "two"]',
        "tags=one, two",
        "indications=B-ALL",
        "mechanism.targets=CD22, CD19",
        "mechanism.summary=In a sentence.",
        "mechanism.modality=CAR-NK",
        "safety.crs.note=none seen",
        "catalyst.balli-01-interim.event=Another event",
        "catalyst.balli-01-interim.when=Q1 2027",
        "catalyst.balli-01-interim.cite=pharmanow",
        "catalyst.balli.kind=readout",
        "designation.2.granted=2024-06-05",
        "cite.sponsor=pharmanow",
        "trial.1.name=BALLI",
    ],
)
def test_one_value_is_one_line(run, tmp_path, assignment):
    path = tmp_path / "s.toml"
    shutil.copy(SAMPLE, path)
    answer = run("set", "lasme-cel", assignment, "-f", str(path))
    assert (answer.status, answer.out.startswith("lasme-cel: ")) == (0, True), answer
    gone, come = changed_lines(SAMPLE.read_text(encoding="utf-8"), path.read_text(encoding="utf-8"))
    if "cite" not in assignment:  # a changed fact loses its source: that may be one line more
        ids = {each["id"] for each in next(each for each in programs(SAMPLE) if each["id"] == "lasme-cel")["source"]}
        lost = [each for each in gone if (named := re.findall(r'"([^"]+)"', each)) and named[-1] in ids]
        lost += [each for each in come if each.endswith("= []")]
        assert len(lost) <= 1
        gone, come = ([each for each in lines if each not in lost] for lines in (gone, come))
    assert (len(gone), len(come)) == (1, 1)


def test_new_guidance_is_one_line_and_the_ledger(run, tmp_path):
    path = tmp_path / "s.toml"
    shutil.copy(SAMPLE, path)
    answer = run("move", "lasme", "interim", "Q1", "2027", "-f", str(path), "--today", "2026-11-22")
    assert answer.status == 0
    assert "moved Q4 2026 → Q1 2027, end +90 days" in answer.out
    assert "Q1 2027: 2027-01-01 – 2027-03-31, quarter, opens 40d" in answer.err
    old = next(each for each in programs(SAMPLE) if each["id"] == "lasme-cel")["catalyst"][0]
    new = next(each for each in programs(path) if each["id"] == "lasme-cel")["catalyst"][0]
    assert new["when"] == "Q1 2027"
    assert new["move"] == [*old.get("move", []), {key: old[key] for key in ("when", "said", "cite") if key in old}]
    gone, come = changed_lines(SAMPLE.read_text(encoding="utf-8"), path.read_text(encoding="utf-8"))
    assert len(gone) == (3 if "said" in old else 2)  # the old source goes to the ledger too
    assert sum("Q4 2026" in each for each in come) == 1


def programs(path: Path) -> list[dict]:
    return tomli.loads(path.read_text(encoding="utf-8"))["program"]


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("sponsor=Cellectis", "sponsor", "Cellectis"),
        ('sponsor="Cellectis"', "sponsor", "Cellectis"),
        ("sponsor=2026", "sponsor", "2026"),
        ("short=a = b", "short", "a = b"),
        ('sponsor="A" # B', "sponsor", '"A" # B'),
        ("phase=ii", "phase", "Phase 2"),
        ("tags=[]", "tags", []),
        ('tags="a, b", c', "tags", ["a, b", "c"]),
        ("aliases=2026", "aliases", ["2026"]),
        ("pinned=yes", "pinned", True),
        ("checked=2026-11-22", "checked", date(2026, 11, 22)),
        ("checked=today", "checked", date(2026, 11, 22)),
        ("checked=March 2026", "checked", "March 2026"),
        ("notes=one\ntwo", "notes", "one\ntwo\n"),
        ("mechanism.knockouts=TRAC, CD52", "mechanism", {"knockouts": ["TRAC", "CD52"]}),
        ('safety.crs={note = "n"}', "safety", {"crs": {"note": "n"}}),
        ('safety.report=[{n = 10, crs = {any = "1/10"}}]', "safety", {"report": [{"n": 10, "crs": {"any": "1/10"}}]}),
        ("cite.phase=pr-1", "cite", {"phase": "pr-1"}),
        ('cite={phase = ["pr-1"]}', "cite", {"phase": ["pr-1"]}),
        ('cite.phase={id = "pr-1", quote = "it says"}', "cite", {"phase": {"id": "pr-1", "quote": "it says"}}),
        ('cite.phase=pr-1 "it says", pr-2', "cite", {"phase": [{"id": "pr-1", "quote": "it says"}, "pr-2"]}),
        ("tags.1=z", "tags", ["z", "y"]),
    ],
)
def test_values_are_toml_where_the_field_allows_it_else_text(edit, text, path, value):
    answer = edit("set", "a", text)
    assert answer.status == 0, answer.err
    assert programs(edit.path)[0][path] == value


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("set", "a", "phse=x"), 'there is no field "phse": did you mean "phase"?'),
        (("set", "a", "catalyst.first-readout.nte=x"), 'there is no field "nte": did you mean "note"?'),
        (("set", "a", "catalyst.nope.note=x"), 'catalyst has no item "nope": first-readout, second-readout'),
        (("set", "a", "phase.x=1"), "phase has no fields of its own"),
        (("set", "a", 'safety.crs={nte = "n"}'), 'there is no field "nte": did you mean "note"?'),
        (("set", "a", "cite.phse=pr-1"), 'did you mean "phase"?'),
        (("set", "a", "safety.crs=x"), "CRS is a table as in"),
        (("set", "a", "tags=[x"), "is not TOML"),
        (("set", "a", 'tags=["x", 1]'), "is a list of texts"),
        (("set", "a", "pinned=perhaps"), "pinned: write yes or no"),
        (("set", "a", "sponsor=a\nb"), "sponsor: Sponsor is one line"),
        (("set", "a", "phase=Phase 2", "id=No Id"), "id: an id is made of small letters"),
        (("set", "a", "catalyst.first-readout.id=second-readout"), 'another catalyst is already called "second-readout"'),
        (("set", "a", 'safety.report=[{crs = {any = "9/5"}}]'), "safety.report: '9/5' has more patients"),
        (("set", "a", "phase"), "FIELD=VALUE is needed"),
        (("set", "a", "phase=x", "phase=y"), "phase is given twice"),
        (("set", "a", "ticker="), "ticker is not there"),
        (("set", "a", "name="), "a program needs a name"),
        (("set", "nobody", "phase=x"), 'no program is called "nobody": `cartwatch list` shows all'),
        (("set", "a"), "set needs PROGRAM FIELD=VALUE…"),
        (("set", "a", "=x"), "FIELD=VALUE is needed"),
        (("set", "a", ".=x"), "not a field path"),
        (("rm", "a", "ticker"), "ticker is not there"),
        (("rm", "a", "cite.phase"), "cite.phase is not there"),
        (("rm", "a", "phse"), 'Alpha: there is no field "phse": did you mean "phase"?'),
        (("set", "a", "zzz=4"), "source; --own adds a field of your own"),
        (("set", "a", "zzz.x=4"), "source; --own adds a field of your own"),
        (("set", "a", "safety.report.1.n=4"), 'there is no report "1" yet: add one first'),
        (("rm", "a", "name"), "a program needs a name"),
        (("move", "a", "readout", "2027"), '"readout" may be first-readout or second-readout'),
        (("move", "a", "third", "2027"), 'has no catalyst "third"'),
        (("move", "a", "first", " "), "move needs the new guidance"),
        (("move", "a", "first", "2027", "--said", "someday"), "--said needs a date"),
        (("resolve", "a", "first", ""), "has no outcome to remove"),
        (("resolve", "a", "first", "met", "--cite", ""), "--cite needs the id of a source"),
        (("add", "Alpha"), 'there is already a program called "Alpha": a'),
        (("add", "AL-PHA"), 'program called "AL-PHA": a (Alpha); `cartwatch add AL-PHA id=al-pha` adds another one'),
        (("add", "A"), 'there is already a program called "A": a (Alpha); `cartwatch add A id=a-2` adds'),
        (("add", "B", "short=alpha"), 'there is already a program called "alpha": a; `cartwatch add B id=alpha` adds'),
        (("add", "B", "id=a"), 'another program is already called "a"'),
        (("add", "B", "catalyst.x.when=2027"), 'there is no catalyst "x" yet'),
        (("add", "B", "sponser=x"), 'did you mean "sponsor"?'),
        (("add", "B", "--cite", "x"), "no sources to cite yet"),
        (("add", "B", "Two"), '"Two" is neither FIELD=VALUE nor a kind of record'),
        (("add", "a", "catalyst"), "nothing was filled in"),
        (("add", "a", "catlyst", "event=x"), 'did you mean "catalyst"?'),
        (("undo",), "there is nothing to undo"),
    ],
)
def test_what_cannot_be_done_is_a_line_and_changes_nothing(edit, argv, words):
    answer = edit(*argv)
    assert (answer.status, answer.out) == (2, "")
    assert words in answer.err
    assert answer.err.count("\n") == 1
    assert edit.path.read_text(encoding="utf-8") == PLAIN


def test_a_table_of_ones_own_is_made_when_asked_for(edit):
    assert edit("set", "a", "my.conviction=4", "--own").status == 0
    assert edit("set", "a", "my.model.npv=1.5", "--own").status == 0
    assert programs(edit.path)[0]["my"] == {"conviction": 4, "model": {"npv": 1.5}}
    edit("undo")
    edit("undo")
    assert edit.path.read_text(encoding="utf-8") == PLAIN


def test_fields_of_ones_own_are_kept_when_asked_for(edit):
    assert edit("set", "a", "priority=3", "--own").status == 0
    assert programs(edit.path)[0]["priority"] == 3
    assert edit("set", "a", "priority=high").status == 0  # it is there now
    assert programs(edit.path)[0]["priority"] == "high"


def test_doubts_are_told_and_the_edit_is_made(edit):
    answer = edit("set", "a", "phase=Phas 9", "catalyst.first.when=soonish")
    assert answer.status == 0
    assert "unknown phase “Phas 9”" in answer.err
    assert "not a date phrase that cartwatch reads" in answer.err
    record = programs(edit.path)[0]
    assert (record["phase"], record["catalyst"][0]["when"]) == ("Phas 9", "soonish")


def test_doubts_name_their_field_and_put_right_guidance_names_the_ledger(edit):
    answer = edit("set", "a", "phase=Fase 9", "checked=2026-99-99", "catalyst.first-readout.when=Q1 2028")
    assert "look again: phase: unknown phase “Fase 9”" in answer.err
    assert "look again: checked: “2026-99-99” is not a date that cartwatch reads" in answer.err
    assert "`cartwatch move a first-readout WHEN` keeps the old in the ledger" in answer.err
    assert "ledger" not in edit("move", "a", "first-readout", "Q2 2028").err


def test_several_facts_are_one_step(edit):
    answer = edit("set", "a", "sponsor=S", "phase=3", "tags=")
    assert answer.out.splitlines() == ["Alpha: phase Phase 1 → Phase 3", "Alpha: sponsor S", "Alpha: tags − x, − y"]
    assert edit("undo").out == "undone: Alpha: changed sponsor, phase, tags\n"
    assert edit.path.read_text(encoding="utf-8") == PLAIN


def test_a_source_goes_with_the_fact(edit):
    answer = edit("set", "a", "phase=2", "--cite", "pr-1")
    assert answer.out == "Alpha: phase Phase 1 → Phase 2, source pr-1\n"
    assert programs(edit.path)[0]["cite"] == {"phase": "pr-1"}
    answer = edit("set", "a", "phase=3", "--cite", "pr-2")
    assert 'has no source "pr-2": did you mean "pr-1"?' in answer.err
    assert "phase: no source yet; --cite pr-2 says that the old one holds for the new value" in edit("set", "a", "phase=1").err
    assert "cite" not in programs(edit.path)[0]


def test_an_address_is_a_source_known_or_new(edit):
    assert edit("move", "a", "first", "2028", "--cite", "https://example.org/pr/one.html").status == 0
    assert [each["id"] for each in programs(edit.path)[0]["source"]] == ["pr-1"]
    answer = edit("move", "a", "second", "2028", "--cite", "https://example.org/pr/two.html")
    assert "a new source, not checked" in answer.err
    record = programs(edit.path)[0]
    assert record["source"][1]["url"] == "https://example.org/pr/two.html"
    assert record["catalyst"][1]["cite"] == record["source"][1]["id"]


def test_moved_guidance_keeps_what_was_said(edit):
    answer = edit("move", "a", "first", "H1 2027", "--said", "2026-11-20", "--cite", "pr-1")
    assert answer.status == 0
    (moved, _) = programs(edit.path)[0]["catalyst"]
    assert moved["said"].isoformat() == "2026-11-20"
    assert [(each["when"], each["said"].isoformat(), each["cite"]) for each in moved["move"]] == [
        ("Q4 2026", "2026-03-01", "pr-1")
    ]


@pytest.mark.parametrize("asked", ["first-readout", "first", "First readout", "FIRST"])
def test_a_catalyst_goes_by_id_beginning_or_words(edit, asked):
    assert edit("resolve", "a", asked, "MET", "--on", "2026-11-21").status == 0
    first = programs(edit.path)[0]["catalyst"][0]
    assert (first["outcome"], first["outcome_on"].isoformat()) == ("met", "2026-11-21")


def test_an_outcome_is_not_quietly_put_down_to_the_source_of_the_guidance(edit):
    assert "catalyst.first-readout.outcome: no source yet; --cite pr-1" in edit("resolve", "a", "first", "met").err
    assert programs(edit.path)[0]["cite"] == {"catalyst.first-readout.outcome": []}
    assert "no source" not in edit("resolve", "a", "second", "met").err
    assert "no source" not in edit("resolve", "a", "first", "mixed", "--cite", "pr-1").err
    assert programs(edit.path)[0]["cite"] == {"catalyst.first-readout.outcome": "pr-1"}


def test_an_empty_outcome_opens_a_catalyst_again(edit):
    edit("resolve", "a", "first", "met", "--on", "2026-11-21")
    assert edit("resolve", "a", "first", "").status == 0
    assert edit.path.read_text(encoding="utf-8") == PLAIN


def test_a_program_goes_with_all_it_has_and_comes_back(edit):
    answer = edit("rm", "a")
    assert answer.out == "Alpha: program removed\n"
    assert "with it 2 catalysts, 1 source; `cartwatch undo` brings it back" in answer.err
    assert edit("undo").status == 0
    assert edit.path.read_text(encoding="utf-8") == PLAIN


def test_records_go_one_by_one(edit):
    assert edit("rm", "a", "catalyst.second-readout").out == "Alpha: catalyst Second readout removed\n"
    assert [each["id"] for each in programs(edit.path)[0]["catalyst"]] == ["first-readout"]


def test_a_program_is_added_behind_the_last(edit):
    answer = edit("add", "Beta cell", "mechanism.targets=CD19", "phase=2", "sponsor=S", "notes=")
    assert answer.out == "Beta cell: new program (S, Phase 2)\n"
    text = edit.path.read_text(encoding="utf-8")
    assert text.startswith(PLAIN)
    record = programs(edit.path)[1]
    assert list(record) == ["id", "name", "sponsor", "phase", "mechanism"]
    assert record["id"] == "beta-cell"


def test_a_record_is_added_to_a_program(edit):
    answer = edit("add", "a", "catalyst", "event=BLA filing", "when=H1 2028", "kind=filing", "--cite", "pr-1")
    assert answer.out == "Alpha: new catalyst: BLA filing, H1 2028, source pr-1\n"
    assert programs(edit.path)[0]["catalyst"][2] == {
        "id": "bla-filing",
        "event": "BLA filing",
        "kind": "filing",
        "when": "H1 2028",
        "cite": "pr-1",
    }
    assert edit("add", "a", "safety.report", "n=10", "crs.any=1/10", 'crs.severe="0/10"').status == 0
    assert programs(edit.path)[0]["safety"]["report"] == [{"n": 10, "crs": {"any": "1/10", "severe": "0/10"}}]


def test_the_usual_list_is_made_by_the_first_add(run, home):
    answer = run("add", "Alpha")
    assert (answer.status, answer.out, answer.err) == (0, "Alpha: new program\n", "")
    path = home / "home" / ".local" / "share" / "cartwatch" / "watchlist.toml"
    assert programs(path) == [{"id": "alpha", "name": "Alpha"}]
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_made_by_other_commands(run, home):
    for argv in (("set", "a", "phase=2"), ("rm", "a"), ("undo",), ("move", "a", "b", "2027")):
        answer = run(*argv)
        assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
        assert "no watchlist yet" in answer.err
    assert not (home / "home").exists()


def test_a_named_file_must_be_there(run, tmp_path):
    answer = run("add", "A", "-f", str(tmp_path / "none.toml"))
    assert (answer.status, answer.err.count("\n")) == (2, 1)
    assert "there is no such file" in answer.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("schema = 9\n[[program]]\nname = 'A'\n", "schema 9 was written by a newer cartwatch"),
        ("[[program]\n", ":1:"),
        ("<<<<<<< a\nx=1\n=======\nx=2\n>>>>>>> b\n", "git merge conflict in lines 1–5"),
    ],
)
def test_what_cannot_be_read_or_is_newer_is_not_written(run, tmp_path, text, words):
    path = tmp_path / "w.toml"
    path.write_text(text)
    for argv in (("set", "A", "phase=2"), ("add", "B"), ("rm", "A"), ("undo",)):
        answer = run(*argv, "-f", str(path))
        assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
        assert words in answer.err
    assert path.read_text() == text


def test_a_read_only_file_is_not_written(edit):
    edit.path.chmod(0o444)
    answer = edit("set", "a", "phase=2")
    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "nothing can be changed: its permissions (0444) are read-only" in answer.err


def test_what_is_not_on_disk_is_said_so(edit, monkeypatch):
    from cartwatch.session import saving
    from cartwatch.storage.errors import NotSaved

    def full(path, *rest, **more):
        raise NotSaved(f"{path}: not saved, the disk is full")

    monkeypatch.setattr(saving, "save", full)
    answer = edit("set", "a", "phase=2")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == f"cartwatch: NOT SAVED: {edit.path}: not saved, the disk is full\n"
    assert edit.path.read_text(encoding="utf-8") == PLAIN


def test_another_programs_change_of_the_same_fact_is_told(edit, monkeypatch):
    from cartwatch.session.session import Session

    opened = Session.open

    def open_and_lose(self):
        found = opened(self)
        edit.path.write_text(PLAIN.replace('"Phase 1"', '"Approved"'), encoding="utf-8")
        monkeypatch.setattr(Session, "open", opened)
        return found

    monkeypatch.setattr(Session, "open", open_and_lose)
    answer = edit("set", "a", "phase=Phase 2")
    assert answer.status == 1
    assert answer.out == "Alpha: phase Phase 1 → Phase 2\n"
    assert "phase: your “Phase 2” stands; another application set it to “Approved”" in answer.err
    assert programs(edit.path)[0]["phase"] == "Phase 2"


@pytest.mark.slow
def test_undo_takes_back_what_another_process_did(edit, script):
    environment = dict(os.environ)
    for argv in (["set", "a", "phase=2"], ["move", "a", "first", "2028"], ["rm", "a", "tags"]):
        subprocess.run([*script, *argv, "-f", str(edit.path)], env=environment, check=True, capture_output=True, timeout=60)
    assert edit("undo").out == "undone: Alpha: deleted tags\n"
    assert edit("undo").out.startswith("undone: window of Alpha first-readout Q4 2026 → 2028")
    done = subprocess.run(
        [*script, "undo", "-f", str(edit.path)], env=environment, check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "undone: Alpha: phase Phase 1 → Phase 2\n"
    assert edit.path.read_text(encoding="utf-8") == PLAIN


def test_undo_leaves_what_was_changed_by_hand_and_says_so_where_it_was_the_same_value(edit):
    edit("set", "a", "phase=2")
    by_hand = edit.path.read_text(encoding="utf-8") + "# by hand\n"
    edit.path.write_text(by_hand, encoding="utf-8")
    assert edit("undo").status == 0
    assert edit.path.read_text(encoding="utf-8") == PLAIN + "# by hand\n"
    edit("set", "a", "phase=2")
    edit.path.write_text(by_hand.replace('"Phase 2"', '"Phase 3"'), encoding="utf-8")
    answer = edit("undo")
    assert answer.status == 1
    assert "“Phase 3” stands; undo would make it" in answer.err
    assert '"Phase 3"' in edit.path.read_text(encoding="utf-8")


def test_undo_where_another_program_changed_the_same_value_tells_both(edit):
    edit("set", "a", "phase=2")
    beside = Session(str(edit.path), date(2026, 11, 22), places(str(edit.path), os.environ))  # as an app that is open
    beside.open()
    edit.path.write_text(edit.path.read_text(encoding="utf-8").replace('"Phase 2"', '"Phase 3"'), encoding="utf-8")
    assert beside.refresh(read_file(str(edit.path)))
    answer = edit("undo")
    assert answer.status == 1
    assert "conflict: Alpha: phase: another application changed it since, “Phase 3” stands; undo would make it" in answer.err
    assert edit.path.read_text(encoding="utf-8") == PLAIN.replace("Phase 1", "Phase 3")


@pytest.mark.parametrize("word", [HOSTILE, "\x1b]0;x\x07", "a\x00b", "\ud800", "-", "é" * 300])
def test_hostile_words_are_shown_and_obeyed_by_nobody(edit, word):
    for argv in (
        ("add", word),
        ("set", "a", f"sponsor={word}"),
        ("set", "a", f"{word}=1"),
        ("set", "a", f"phase={word}"),
        ("set", word, "phase=1"),
        ("move", "a", "first", word),
        ("move", "a", word, "2027"),
        ("rm", "a", word),
        ("rm", word),
        ("add", "a", "source", f"title={word}", f"id={word}"),
        ("set", "a", "phase=1", "--cite", word),
        ("undo",),
        ("changes",),
        ("changes", word),
        ("backups",),
    ):
        answer = edit(*argv)
        assert answer.status in (0, 1, 2)
        text = answer.out + answer.err
        assert "this is a bug" not in text
        assert all(each.isprintable() or each == "\n" for each in text), repr(text)
        tomli.loads(edit.path.read_text(encoding="utf-8"))


def test_hostile_values_come_back_as_they_went_in(edit):
    edit("set", "a", f"notes={HOSTILE}")
    assert programs(edit.path)[0]["notes"] == HOSTILE.strip()
    edit("undo")
    assert edit.path.read_text(encoding="utf-8") == PLAIN


def test_the_journal_says_that_the_command_line_did_it(edit):
    edit("set", "a", "phase=2")
    (change,) = json.loads(edit("changes", "--json").out)["changes"]
    assert change["origin"] == "cli"


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("set", "a", "phase=Phase 1"), "is already Phase 1: nothing was written"),
        (("set", "a", "phase=Phase 1", "name=Alpha"), "all of it is so already: nothing was written"),
        (("move", "a", "first", "Q4 2026"), "is already guided for Q4 2026: nothing was written"),
    ],
)
def test_what_is_so_already_is_done(edit, argv, words):
    answer = edit(*argv)
    assert (answer.status, answer.out) == (0, "")
    assert words in answer.err
    assert edit.path.read_text(encoding="utf-8") == PLAIN


def test_of_several_facts_those_that_are_new_are_written(edit):
    assert edit("set", "a", "phase=Phase 1", "sponsor=New").status == 0
    assert 'sponsor = "New"' in edit.path.read_text(encoding="utf-8")


def test_a_short_field_name_is_the_field_inside(run, tmp_path):
    path = str(tmp_path / "w.toml")
    Path(path).write_text('[[program]]\nname = "A"\n')
    assert run("set", "A", "targets=CD19", "-f", path).status == 0
    assert 'targets = ["CD19"]' in Path(path).read_text()
    answer = run("set", "A", "mitigation=tocilizumab", "-f", path)
    assert answer.status == 2
    assert "safety.crs.mitigation, safety.icans.mitigation, safety.gvhd.mitigation" in answer.err


def test_cite_names_a_source_with_its_words(edit):
    answer = edit("set", "a", "phase=2", "--cite", 'https://example.org/pr/two.html "now in Phase 2, it says"')
    assert answer.status == 0
    record = programs(edit.path)[0]
    assert record["cite"] == {"phase": {"id": record["source"][1]["id"], "quote": "now in Phase 2, it says"}}
    assert edit("move", "a", "first", "2028", "--cite", 'pr-1 "in 2028"').status == 0
    assert programs(edit.path)[0]["catalyst"][0]["cite"] == {"id": "pr-1", "quote": "in 2028"}
    assert "“now in Phase 2, it says”" in edit("show", "a").out
    answer = edit("set", "a", "phase=3", "--cite", 'pr-3 "x"')
    assert 'Alpha has no source "pr-3"' in answer.err
    answer = edit("set", "a", 'cite.phase={id = "pr-1", words = "x"}')
    assert answer.status == 2
    assert "is a source id" in answer.err
