"""`cartwatch diff` and `cartwatch merge`, the latter as git calls it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"
LIST = """\
# list
[[program]]
id = "a"
name = "A"
phase = "Phase 1"  # by hand
sponsor = "S"

[[program]]
id = "b"
name = "B"
"""


@pytest.fixture
def three(tmp_path):
    def write(mine: str, theirs: str, base: str = LIST) -> list[str]:
        paths = []
        for name, text in (("base", base), ("mine", mine), ("theirs", theirs)):
            path = tmp_path / f"{name}.toml"
            path.write_text(text)
            paths.append(str(path))
        return paths

    return write


def test_a_difference_is_told_by_program_and_weight(run, tmp_path):
    other = tmp_path / "b.toml"
    text = SAMPLE.read_text().replace('phase = "Pivotal"', 'phase = "Filed"', 1)
    other.write_text(text.replace('when = "Q4 2026"', 'when = "Q1 2027"', 1))
    answer = run("diff", str(SAMPLE), str(other), "--today", "2026-11-22")
    assert answer.status == 0
    assert answer.out.splitlines()[0] == "lasme-cel"
    assert "moved Q4 2026 → Q1 2027, end +90 days" in answer.out.splitlines()[1]
    assert answer.out.splitlines()[2].startswith("  phase Pivotal → Filed")
    assert run("diff", str(other), "-f", str(other)) == (0, "", "cartwatch: there are no differences\n")
    told = json.loads(run("diff", str(SAMPLE), str(other), "--json").out)["changes"]
    assert [(each["path"], each["kind"]) for each in told] == [
        ("catalyst.balli-01-interim.when", "moved"),
        ("phase", "changed"),
    ]
    assert (told[1]["old"], told[1]["new"], told[0]["old"]) == ("Pivotal", "Filed", "Q4 2026")


@pytest.mark.parametrize("name", ["none.toml", "", "."])
def test_a_file_that_cannot_be_read_is_one_line(run, name, tmp_path):
    status, out, err = run("diff", str(SAMPLE), name if name != "." else str(tmp_path))
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_what_each_changed_is_in_the_merged_file(run, three):
    mine, theirs = LIST.replace("Phase 1", "Phase 2"), LIST.replace('"S"', '"T"')
    answer = run("merge", *three(mine, theirs))
    assert answer == (0, LIST.replace("Phase 1", "Phase 2").replace('"S"', '"T"'), "")


def test_a_conflict_is_said_and_mine_stands(run, three, tmp_path):
    paths = three(LIST.replace("Phase 1", "Phase 2"), LIST.replace("Phase 1", "Phase 3"))
    answer = run("merge", *paths, "-o", paths[1])
    assert (answer.status, answer.out) == (1, "")
    assert 'conflict: A: phase: yours "Phase 2", theirs "Phase 3", before "Phase 1"' in answer.err
    text = Path(paths[1]).read_text()
    assert 'yours stands below\nphase = "Phase 2"' in text
    check = run("check", paths[1])
    assert (check.status, "choose one of the two" in check.out) == (1, True)


def test_what_is_no_watchlist_leaves_the_file_alone(run, three):
    paths = three(LIST, "a =")
    status, out, err = run("merge", *paths, "-o", paths[1])
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert Path(paths[1]).read_text() == LIST


def conflicted(mine: str, theirs: str) -> str:
    old = 'phase = "Phase 1"  # by hand\n'
    return LIST.replace(old, f"<<<<<<< HEAD\n{mine}=======\n{theirs}>>>>>>> other\n")


def test_the_sides_of_a_conflict_that_git_left_are_merged_in_place(run, tmp_path):
    path = tmp_path / "list.toml"
    path.write_text(conflicted('phase = "Phase 2"\n', 'phase = "Phase 2"\ntags = ["x"]\n'))
    before = path.read_text()
    elsewhere = tmp_path / "merged.toml"
    assert run("merge", str(path), "-o", str(elsewhere)).status == 0
    assert path.read_text() == before
    answer = run("merge", str(path))
    assert (answer.status, answer.out) == (0, "")
    assert answer.err == f"cartwatch: {path}: both sides merged; the file as it was is among its backups\n"
    assert (
        path.read_text()
        == elsewhere.read_text()
        == conflicted("", "").replace("<<<<<<< HEAD\n=======\n>>>>>>> other\n", 'phase = "Phase 2"\ntags = ["x"]\n')
    )
    (backup,) = (each for each in json.loads(run("backups", "-f", str(path), "--json").out)["backups"])
    assert (backup["label"], Path(backup["path"]).read_text()) == ("unreadable", before)


def test_what_both_sides_changed_is_told_above_the_line(run, tmp_path):
    path = tmp_path / "list.toml"
    path.write_text(conflicted('phase = "Phase 2"\n', 'phase = "Phase 3"\n'))
    answer = run("merge", str(path))
    assert answer.status == 1
    assert 'conflict: A: phase: yours "Phase 2", theirs "Phase 3"' in answer.err
    assert 'yours stands below\nphase = "Phase 2"' in path.read_text()


@pytest.mark.parametrize(
    "text", [LIST, conflicted("phase = \n", "x = 1\n"), "<<<<<<< a\nx = 1\n", "", "schema = 9\n" + conflicted("", "x = 1\n")]
)
def test_what_can_not_be_taken_apart_is_left(run, tmp_path, text):
    path = tmp_path / "list.toml"
    path.write_text(text)
    answer = run("merge", str(path))
    assert (answer.status, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert path.read_text() == text
    assert run("merge", str(path), str(path)).status == 2


@pytest.mark.skipif(shutil.which("git") is None, reason="no git here")
@pytest.mark.slow
def test_git_merges_two_branches_with_it(tmp_path):
    repository = tmp_path / "repository"
    repository.mkdir()
    environment = {**os.environ, "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*argv: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        named = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "init.defaultBranch=main"]
        return subprocess.run(
            ["git", *named, *argv], cwd=repository, env=environment, text=True, capture_output=True, check=check, timeout=60
        )

    def commit(text: str, message: str) -> None:
        (repository / "list.toml").write_text(text)
        git("add", "-A")
        git("commit", "-qm", message)

    git("init", "-q")
    git("config", "merge.cartwatch.driver", f"{sys.executable} -m cartwatch merge %O %A %B -o %A")
    (repository / ".gitattributes").write_text("*.toml merge=cartwatch\n")
    commit(LIST, "base")
    git("checkout", "-qb", "theirs")
    # both add a program at the end, and both edit neighbouring lines: git alone would stop at either
    commit(LIST.replace('"S"', '"T"') + '\n[[program]]\nname = "C"\n', "theirs")
    git("checkout", "-q", "main")
    commit(LIST.replace("Phase 1", "Phase 2") + '\n[[program]]\nname = "D"\n', "mine")
    merged = git("merge", "-q", "theirs", check=False)
    assert merged.returncode == 0, merged.stderr
    text = (repository / "list.toml").read_text()
    assert 'phase = "Phase 2"  # by hand\nsponsor = "T"' in text
    assert 'name = "C"' in text
    assert 'name = "D"' in text

    git("checkout", "-qb", "other", "HEAD~1")
    commit((repository / "list.toml").read_text().replace("Phase 2", "Filed"), "other")
    git("checkout", "-q", "main")
    commit(text.replace("Phase 2", "Approved"), "mine again")
    stopped = git("merge", "other", check=False)
    assert stopped.returncode == 1
    assert "CONFLICT" in stopped.stdout
    assert "cartwatch: conflict: A: phase" in stopped.stdout + stopped.stderr
    assert 'yours stands below\nphase = "Approved"' in (repository / "list.toml").read_text()
    assert git("status", "--porcelain").stdout.startswith("UU list.toml")


def test_a_merged_file_is_shown_to_a_terminal_and_does_nothing_there(run, three, monkeypatch):
    mine = LIST.replace('"S"', '"\u202eS\x9b2J"')
    assert run("merge", *three(mine, LIST)).out == LIST.replace('"S"', r'"\u202ES\u009B2J"')
    assert run("merge", *three(mine, LIST, mine)).out == LIST
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run("merge", *three(LIST, LIST)).out == LIST
    shown = run("merge", *three(mine, mine)).out
    assert 'sponsor = "\ufffdS\ufffd2J"' in shown
