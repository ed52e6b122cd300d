"""What the journal and the backups tell, and the way back to an earlier text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cartwatch.storage.own_files import save_state
from cartwatch.storage.places import places

TEXT = """\
# mine
[[program]]
id = "a"
name = "Alpha"
phase = "Phase 1"

[[program.catalyst]]
id = "first"
event = "First readout"
when = "Q4 2026"

[[program]]
id = "b"
name = "Beta"
"""


@pytest.fixture
def edit(run, tmp_path):
    path = tmp_path / "w.toml"
    path.write_text(TEXT, encoding="utf-8")

    def edited(*argv: str):
        return run(*argv, "-f", str(path), "--today", "2026-11-22")

    edited.path = path
    return edited


@pytest.fixture
def edited(edit):
    """After four changes."""
    for argv in (
        ("set", "a", "phase=2", "--cite", "pr"),
        ("move", "a", "first", "Q1 2027", "--said", "2026-11-20"),
        ("resolve", "a", "first", "met", "--on", "2026-11-21"),
        ("add", "Gamma"),
    ):
        assert edit(*argv).status == 0
    return edit


def told(edit, *argv: str) -> list[dict]:
    return json.loads(edit("changes", "--json", *argv).out)["changes"]


def words(answer) -> list[str]:
    return [line.split("  ")[1] for line in answer.out.splitlines()]


def test_changes_are_told_in_domain_words_the_last_first(edited):
    answer = edited("changes")
    assert answer.status == 0
    assert words(answer) == [
        "Gamma: new program",
        "Alpha: First readout: met",
        "Alpha: First readout moved Q4 2026 → Q1 2027, end +90 days, start +92 days",
        "Alpha: phase Phase 1 → Phase 2",
    ]
    assert all(line.endswith("(cli)") for line in answer.out.splitlines())


def test_changes_as_json_have_what_the_contract_names(edited):
    document = json.loads(edited("changes", "--json").out)
    assert (document["schema"], document["today"]) == (1, "2026-11-22")
    added, resolved, moved, phase = document["changes"]
    assert set(phase) == {"at", "program", "path", "old", "new", "kind", "words", "weight", "origin"}
    assert (phase["program"], phase["path"], phase["old"], phase["new"]) == ("a", "phase", "Phase 1", "Phase 2")
    assert [each["kind"] for each in (added, resolved, moved, phase)] == ["program added", "resolved", "moved", "changed"]
    assert [each["weight"] for each in (added, resolved, moved, phase)] == [100, 95, 90, 76]
    assert (moved["path"], moved["old"], moved["new"]) == ("catalyst.first.when", "Q4 2026", "Q1 2027")
    assert datetime.fromisoformat(phase["at"]).tzinfo is not None
    assert phase["origin"] == "cli"


def test_what_was_taken_back_is_told_the_other_way_round(edited):
    edited("undo")
    edited("undo")
    first, second = told(edited)[:2]
    assert (first["kind"], first["path"], first["old"], first["new"]) == ("removed", "catalyst.first.outcome", "met", None)
    assert (second["kind"], second["program"], second["origin"]) == ("program removed", "gamma", "undo")
    assert edited("changes").out.splitlines()[0].endswith("  undo: Alpha: first met on 2026-11-21")


def test_what_was_written_again_as_it_was_is_no_change(edited):
    assert edited("resolve", "a", "first", "met", "--on", "2026-11-20").status == 0
    last, *_ = words(edited("changes"))
    assert last.startswith("Alpha: ")
    assert last.endswith("outcome on 2026-11-21 → 2026-11-20")
    assert told(edited)[0]["path"] == "catalyst.first.outcome_on"


def test_changes_of_one_program_even_of_one_that_is_gone(edited):
    assert words(edited("changes", "Alpha"))[-1] == "Alpha: phase Phase 1 → Phase 2"
    assert len(told(edited, "a")) == 3
    edited("rm", "gamma")
    assert [each["kind"] for each in told(edited, "gam")] == ["program removed", "program added"]
    answer = edited("changes", "nobody")
    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
    answer = edited("changes", "b")
    assert (answer.status, answer.out) == (0, "")
    assert "no change of b in the journal" in answer.err


def test_changes_since_a_day(edited):
    assert len(told(edited, "--since", "2000-01-01")) == 4
    assert told(edited, "--since", "2999-01-01") == []
    assert edited("changes", "--since", "yesterday").status == 2


def test_changes_since_the_last_visit(edited, home):
    import os

    answer = edited("changes", "--since", "last-visit")
    assert (answer.status, answer.err.count("\n")) == (2, 1)
    where = places(str(edited.path), os.environ)
    save_state(where.state, {"watchlist": {where.key: {"visited": datetime.now(UTC)}}})
    assert told(edited, "--since", "last-visit") == []
    edited("set", "b", "phase=2")
    assert len(told(edited, "--since", "last-visit")) == 1


def test_a_list_that_was_never_changed_has_no_changes_and_no_backups(edit):
    for command in ("changes", "backups"):
        answer = edit(command)
        assert (answer.status, answer.out, answer.err.count("\n")) == (0, "", 1)
    assert edit("restore", "1").status == 2


@pytest.mark.parametrize("command", [("changes",), ("backups",), ("restore", "latest")])
def test_no_line_is_wider_than_the_terminal(edited, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "60")
    answer = edited(*command)
    assert answer.status == 0
    assert answer.out
    if command[0] != "restore":  # what was done is said whole
        assert max(len(line) for line in answer.out.splitlines()) <= 60


def test_backups_are_numbered_and_say_what_differs(edited):
    document = json.loads(edited("backups", "--json").out)
    assert [each["number"] for each in document["backups"]][:3] == [1, 2, 3]  # a fourth where a minute ended meanwhile
    assert [each["programs_differing"] for each in document["backups"]][:3] == [1, 2, 2]
    assert not any(each["damaged"] for each in document["backups"])
    lines = edited("backups").out.splitlines()
    assert lines[0].split() == ["#", "Made", "Size", "Why", "Differs", "from", "now"]
    assert [line.split("  ")[-1].strip() for line in lines[1:4]] == ["1 program", "2 programs", "2 programs"]


def test_comments_alone_are_said_to_be_comments(edit):
    edit.path.write_text(TEXT + "# more\n", encoding="utf-8")
    edit("set", "b", "phase=2")
    edit.path.write_text(TEXT, encoding="utf-8")
    assert "comments or layout only" in edit("backups").out
    assert "comments, layout or your own keys" in edit("restore", "2", "--dry-run").out


def test_a_restore_says_what_it_would_change_and_changes_nothing(edited):
    before = edited.path.read_bytes()
    answer = edited("restore", "3", "--dry-run")
    assert answer.status == 0
    assert answer.out.splitlines() == [
        "Gamma: program removed",
        "Alpha: First readout moved Q1 2027 → Q4 2026, end −90 days, start −92 days",
        "Alpha: First readout outcome removed (was met)",
        "Alpha: First readout outcome on removed (was 2026-11-21)",
    ]
    assert "nothing was done" in answer.err
    assert edited.path.read_bytes() == before


def test_a_restore_brings_the_bytes_back_and_can_be_undone(edited):
    before = edited.path.read_bytes()
    kept = json.loads(edited("backups", "--json").out)["backups"][2]
    wanted = Path(kept["path"]).read_bytes()
    answer = edited("restore", "3")
    assert answer.status == 0
    assert answer.out.startswith("restored the backup of ")
    assert edited.path.read_bytes() == wanted != before
    labels = [each["label"] for each in json.loads(edited("backups", "--json").out)["backups"]]
    assert labels[0] == "restore"
    assert edited("changes").out.splitlines()[0].endswith("(restore)")
    assert edited("undo").out.startswith("undone: restored the backup of ")
    assert edited.path.read_bytes() == before


def test_latest_is_the_newest_that_differs(edited):
    after = edited.path.read_text(encoding="utf-8")
    assert edited("restore", "latest").status == 0
    assert "Gamma" in after
    assert "Gamma" not in edited.path.read_text(encoding="utf-8")


@pytest.mark.parametrize("there", ["[[program]\n", "", None, "\0\0\0\0", "<<<<<<< a\nx=1\n=======\n>>>>>>> b\n"])
def test_what_is_broken_or_gone_is_restored(edited, there):
    if there is None:
        edited.path.unlink()
    else:
        edited.path.write_text(there)
    assert edited("backups").status == 0
    answer = edited("restore", "latest")
    assert (answer.status, "bug" in answer.err) == (0, False), answer
    assert "Alpha" in edited.path.read_text(encoding="utf-8")
    if there and there.strip("\0"):
        kept = [Path(each["path"]).read_text() for each in json.loads(edited("backups", "--json").out)["backups"]]
        assert there in kept
    after = edited.path.read_bytes()
    edited("undo")  # back to what was, or a line on why not
    assert edited("list").status in (0, 2)
    assert after


def test_a_damaged_backup_is_not_restored(edited):
    found = json.loads(edited("backups", "--json").out)["backups"]
    Path(found[0]["path"]).write_text("[[program]]\nname='another'\n")
    assert "damaged: choose another" in edited("backups").out
    before = edited.path.read_bytes()
    answer = edited("restore", "1")
    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert "damaged" in answer.err
    assert edited.path.read_bytes() == before
    assert edited("restore", "latest").status == 0


@pytest.mark.parametrize(("asked", "said"), [("0", "no backup 0"), ("99", "no backup 99"), ("x", "not"), ("-1", "no option")])
def test_a_number_that_is_none(edited, asked, said):
    answer = edited("restore", asked)
    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert said in answer.err


def test_a_restore_of_what_is_there_is_nothing(edited):
    edited("restore", "1")
    found = json.loads(edited("backups", "--json").out)["backups"]
    same = next(each["number"] for each in found if Path(each["path"]).read_bytes() == edited.path.read_bytes())
    answer = edited("restore", str(same))
    assert (answer.status, answer.out) == (0, "")
    assert "nothing to restore" in answer.err


def test_a_read_only_list_is_not_restored(edited):
    edited.path.chmod(0o444)
    before = edited.path.read_bytes()
    answer = edited("restore", "3")
    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert edited.path.read_bytes() == before
