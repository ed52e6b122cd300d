"""`cartwatch git setup` in real repositories, and what git then prints; `check --hook`, and `next --short` for prompts."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"
LIST = """\
[[program]]
id = "a"
name = "A"
phase = "Phase 1"

[[program.catalyst]]
id = "topline"
event = "Topline [CD19] of the pivotal trial in adults"
when = "Q4 2026"
"""
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="no git here")


class Repository:
    def __init__(self, top: Path) -> None:
        self.top = top
        top.mkdir()
        self.git("init", "-q")

    def git(self, *argv: str, check: bool = True) -> str:
        named = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "init.defaultBranch=main"]
        done = subprocess.run(["git", *named, *argv], cwd=self.top, text=True, capture_output=True, check=check, timeout=60)
        return done.stdout

    def write(self, name: str, text: str, message: str | None = None) -> Path:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        if message is not None:
            self.git("add", "-A")
            self.git("commit", "-qm", message)
        return path

    @property
    def attributes(self) -> str | None:
        path = self.top / ".gitattributes"
        return path.read_text() if path.exists() else None

    def config(self) -> list[str]:
        return [each for each in self.git("config", "--local", "--list").splitlines() if "cartwatch" in each]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PAGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # no cartwatch there: git is told the whole path
    made = Repository(tmp_path / "lists of mine")
    monkeypatch.chdir(made.top)
    return made


@needs_git
def test_setup_says_what_it_will_write_and_writes_it_only_when_told(run, repository):
    repository.write("list.toml", LIST)
    asked = run("git", "setup", "list.toml")
    assert (asked.status, repository.attributes, repository.config()) == (0, None, [])
    assert "  + /list.toml merge=cartwatch diff=cartwatch" in asked.out.splitlines()
    assert f"  + diff.cartwatch.command = {sys.executable} -m cartwatch git diff" in asked.out.splitlines()
    assert asked.err == "cartwatch: nothing was written: `--yes` writes it\n"
    done = run("git", "setup", "-f", "list.toml", "--yes")
    assert (done.status, done.out) == (0, asked.out)
    assert repository.attributes == "/list.toml merge=cartwatch diff=cartwatch\n"
    assert len(repository.config()) == 4
    again = run("git", "setup", "list.toml", "--yes")
    assert (again.status, again.out, again.err) == (0, "", f"cartwatch: {repository.top}: nothing to do: it is set up\n")
    assert repository.attributes == "/list.toml merge=cartwatch diff=cartwatch\n"


@needs_git
@pytest.mark.parametrize(("answer", "written"), [("y\n", True), ("YES\n", True), ("\n", False), ("n\n", False), ("", False)])
def test_on_a_terminal_it_asks(run, repository, monkeypatch, answer, written):
    repository.write("list.toml", LIST)
    typed = io.StringIO(answer)
    monkeypatch.setattr(typed, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdin", typed)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    asked = run("git", "setup", "list.toml", "--no-color")
    assert (asked.status, "Write this? [y/N]" in asked.err) == (0, True)
    assert (repository.attributes is not None, bool(repository.config())) == (written, written)


@needs_git
@pytest.mark.parametrize("before", [None, "", "*.png binary", "# cartwatch: *.toml merge=cartwatch\r\n*.png -text\r\n"])
def test_what_was_there_comes_back(run, repository, before):
    repository.write("list.toml", LIST)
    if before is not None:
        (repository.top / ".gitattributes").write_bytes(before.encode())
    assert run("git", "setup", "list.toml", "*.cw", "--yes").status == 0
    lines = (repository.attributes or "").splitlines()
    assert lines[-2:] == ["/list.toml merge=cartwatch diff=cartwatch", "*.cw merge=cartwatch diff=cartwatch"]
    gone = run("git", "setup", "--remove", "list.toml", "--yes")
    assert gone.status == 0
    assert "  - *.cw merge=cartwatch diff=cartwatch" in gone.out.splitlines()
    left = (repository.top / ".gitattributes").read_bytes().decode() if repository.attributes is not None else None
    assert left == ((before if "\n" in before else before + "\n") if before else None)
    assert repository.config() == []
    assert run("git", "setup", "--remove", "list.toml", "--yes").err.endswith("nothing to remove\n")


@needs_git
def test_other_attributes_of_a_line_stay(run, repository):
    repository.write("list.toml", LIST)
    (repository.top / ".gitattributes").write_text("*.toml merge=cartwatch text eol=lf\n*.x diff=cartwatch-like\n")
    run("git", "setup", "list.toml", "--remove", "--yes")
    assert repository.attributes == "*.toml text eol=lf\n*.x diff=cartwatch-like\n"


@needs_git
@pytest.mark.parametrize("name", ["my list.toml", "a[1]*.toml", 'say "x".toml', "søk/列表.toml", "#x.toml", "-x.toml"])
def test_a_file_of_any_name_is_matched(run, repository, name):
    repository.write(name, LIST)
    assert run("git", "setup", "--yes", "--", name).status == 0
    said = repository.git("-c", "core.quotepath=off", "check-attr", "-z", "merge", "diff", "--", name).split("\0")
    assert said[:6] == [name, "merge", "cartwatch", name, "diff", "cartwatch"]


@needs_git
def test_what_cannot_be_set_up_is_one_line(run, repository, tmp_path):
    (tmp_path / "outside.toml").write_text(LIST)
    repository.write("list.toml", LIST)
    for words in (["../outside.toml"], ["none.toml"], ["no/such.toml"], ["list.toml", "../outside.toml"]):
        status, out, err = run("git", "setup", *words, "--yes")
        assert (status, out, err.count("\n")) == (2, "", 1), words
    assert run("git", "bogus").status == 2
    (repository.top / ".gitattributes").symlink_to("elsewhere")
    assert run("git", "setup", "list.toml", "--yes").status == 2
    assert repository.config() == []


@needs_git
@pytest.mark.slow
def test_git_then_tells_changes_by_field_and_merges_by_field(run, repository):
    repository.write("list.toml", LIST, "one")
    assert run("git", "setup", "list.toml", "--yes").status == 0
    repository.write("list.toml", LIST.replace("Q4 2026", "Q1 2027"))
    told = repository.git("diff")
    assert told.splitlines()[:2] == ["list.toml", "A"]
    assert "moved Q4 2026 → Q1 2027" in told
    assert "moved Q4 2026 → Q1 2027" in repository.git("difftool", "-y", "-t", "cartwatch")
    assert '-when = "Q4 2026"' in repository.git("diff", "--no-ext-diff")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "mine")
    repository.git("checkout", "-qb", "theirs", "HEAD~1")
    repository.write("list.toml", LIST.replace("Phase 1", "Phase 2"), "theirs")
    repository.git("merge", "-q", "master" if "master" in repository.git("branch") else "main", "-m", "both")
    text = (repository.top / "list.toml").read_text()
    assert 'phase = "Phase 2"' in text
    assert 'when = "Q1 2027"' in text


@needs_git
@pytest.mark.slow
def test_a_new_a_removed_a_renamed_and_a_broken_file_do_not_stop_git(run, repository):
    repository.write("list.toml", LIST, "one")
    assert run("git", "setup", "*.toml", "--yes").status == 0
    repository.write("new.toml", LIST.replace('"a"', '"b"').replace('"A"', '"B [/b]"'))
    repository.git("add", "-A")
    assert "B [/b]" in repository.git("diff", "--cached", "--", "new.toml")
    repository.git("commit", "-qm", "two")
    repository.git("mv", "list.toml", "moved.toml")
    assert "list.toml → moved.toml" in repository.git("diff", "--cached", "-M")
    (repository.top / "new.toml").unlink()
    assert "B [/b]" in repository.git("diff", "--", "new.toml")
    repository.write("new.toml", "a =\n")
    told = repository.git("diff", "--", "new.toml")
    assert "line by line, as it cannot be read" in told
    assert "+a =" in told.splitlines()


def test_a_hook_prints_only_problems(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.toml").write_text(LIST)
    (tmp_path / "odd.toml").write_text(LIST.replace("Phase 1", "Phase Nine"))
    (tmp_path / "bad.toml").write_text(LIST.replace('name = "A"', 'name = "A"\npinned = 3'))
    (tmp_path / "broken.toml").write_text("[[program]]\nname =\n")
    assert run("check", "--hook", "good.toml") == (0, "", "")
    assert run("check", "--hook") == (0, "", "")
    odd = run("check", "--hook", "good.toml", "odd.toml")
    assert (odd.status, odd.err, odd.out.count("\n")) == (0, "", 1)
    assert odd.out.startswith("odd.toml:4:9: warning: ")
    assert run("check", "--hook", "--strict", "odd.toml").status == 1
    all_of_them = run("check", "--hook", "broken.toml", "bad.toml", "good.toml")
    assert (all_of_them.status, all_of_them.err) == (1, "")
    assert [each.split(":")[:2] for each in all_of_them.out.splitlines()] == [["broken.toml", "2"], ["bad.toml", "4"]]
    assert run("check", "--hook", "none.toml", "good.toml").status == 2
    assert run("check", "good.toml", "odd.toml").status == 2
    assert not (tmp_path / "XDG_STATE_HOME").exists()


def test_the_hook_that_pre_commit_reads_is_one_that_runs(run, tmp_path):
    text = (SAMPLE.parent / ".pre-commit-hooks.yaml").read_text()
    entry = next(line.partition(": ")[2] for line in text.splitlines() if line.lstrip().startswith("entry:"))
    program, *words = entry.split()
    assert program == "cartwatch"
    assert run(*words, str(SAMPLE)) == (0, "", "")


def test_a_prompt_gets_one_short_line_or_nothing(run, tmp_path):
    path = tmp_path / "list.toml"
    path.write_text(LIST)
    short = ("next", "-n", "1", "--short", "-f", str(path), "--today")
    assert run(*short, "2026-11-22") == (0, "A · Topline [CD19] of the pivot… · OPEN ≤39d\n", "")
    assert run(*short, "2026-11-22", "--plain").out == "A, Topline [CD19] of the pivotal trial in adults, OPEN at most 39d\n"
    assert run(*short, "2026-01-22", "--due") == (0, "", "")
    path.write_text(LIST.replace("Phase 1", "Phase Nine"))
    assert run(*short, "2026-11-22").err == ""
    path.write_text("")
    assert run(*short, "2026-11-22") == (0, "", "")
    assert run("next", "--short", "-n", "1") == (0, "", "")
    assert run(*short, "2026-11-22", "--json").status == 2
    assert json.loads(run.sample("next", "-n", "1", "--json").out)["catalysts"]


@pytest.mark.slow
def test_the_short_line_has_no_colour_in_a_pipe(script, tmp_path):
    done = subprocess.run(
        [*script, "next", "-n", "1", "--short", "-f", str(SAMPLE), "--today", "2026-11-22"],
        capture_output=True,
        text=True,
        env={**os.environ, "TERM": "xterm-256color"},
        timeout=60,
        check=True,
    )
    assert "\x1b" not in done.stdout
    assert done.stdout.count("\n") == 1
