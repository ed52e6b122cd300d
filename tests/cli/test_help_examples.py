"""Every command has examples in its help: each is a line that is read, and one that only reads runs on the sample."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from cartwatch.cli.arguments import COMMANDS, help_text, parse

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"
READING = {
    *("next", "list", "timeline", "show", "when", "check", "changes", "compare", "slips", "reference"),
    *("backups", "export", "diff", "digest", "path", "doctor", "completion"),
}
EXAMPLES = [(each.name, code) for each in COMMANDS.values() for code, _ in each.examples]


def own_words(code: str) -> list[str] | None:
    """The words behind `cartwatch` of an example, without what comes through a pipe or goes to a file; None if git runs."""
    found = re.search(r"(?:^|\| )cartwatch (.*?)(?: >>? \S+)?$", code)
    return shlex.split(found[1]) if found is not None else None


@pytest.mark.parametrize("name", [each.name for each in COMMANDS.values() if not each.hidden])
def test_every_command_has_an_example_in_its_help(name):
    examples = COMMANDS[name].examples
    assert examples
    text = help_text(COMMANDS[name])
    assert all(code in text and words in text for code, words in examples)


@pytest.mark.parametrize(("name", "code"), EXAMPLES, ids=[code for _, code in EXAMPLES])
def test_an_example_is_read_and_runs_where_it_only_reads(run, tmp_path, monkeypatch, name, code):
    words = own_words(code)
    if words is None:
        assert code.startswith("git ")
        return
    parsed = parse(words)
    assert parsed.command is COMMANDS[name]
    if name not in READING or parsed.has("output") or "-" in parsed.words:
        return
    for file in ("list.toml", "other.toml"):
        shutil.copy(SAMPLE, tmp_path / file)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CARTWATCH_FILE", "list.toml")
    status, out, err = run(*words, "--today", "2026-11-22")
    if "last-visit" in words:
        assert (status, "has not opened this watchlist yet" in err) == (2, True)
        return
    assert status in (0, 1), err
    assert out or name in ("changes", "check", "backups", "diff"), err
