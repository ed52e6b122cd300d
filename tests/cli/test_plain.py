"""--plain reads well aloud: one line after the other, words in place of signs, no pictures, and no full-screen app."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

LIST = """
[[program]]
name = "alpha-cel"
pinned = true
sponsor = "Firm · One"
phase = "Phase 2"
[program.mechanism]
targets = ["CD19"]
[[program.catalyst]]
event = "Readout of [CD19] \\u001b data"
when = "Q4 2026"
[[program.safety.report]]
trial = "T"
n = 40
crs = { any = "38/40", severe = ">90%" }

[[program]]
name = "beta-cel"
"""
SIGNS = re.compile(r"[─│╭╮╰╯┊●◀▌◆▏★✓°≤≥→·…█▲▼\x1b]")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "w.toml"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_a_row_is_a_line_of_names_and_values(run, path):
    answer = run("list", "--plain", "-f", str(path), "--today", "2026-11-22")
    first, second = answer.out.splitlines()
    assert first.startswith("alpha-cel pinned; ")
    assert "; Sponsor: Firm" in first
    assert "; When: Q4 2026" in first
    assert "; Countdown: OPEN" in first
    assert second == "beta-cel; Next catalyst: none upcoming"


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("next",),
        ("show", "alpha-cel"),
        ("timeline",),
        ("compare", "alpha-cel", "beta-cel"),
        ("when", "Q4 2026"),
        ("check",),
        ("slips",),
    ],
    ids=lambda words: words[0],
)
def test_there_is_no_sign_left_that_a_voice_skips(run, path, words):
    answer = run(*words, "--plain", "-f", str(path), "--today", "2026-11-22")
    own = answer.out.replace("Firm · One", "").replace("Firm, One", "")
    assert not SIGNS.findall(own), own


@pytest.mark.slow
def test_the_app_does_not_open_and_says_what_reads_the_rest(path):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cartwatch", "--plain", str(path)],
        capture_output=True, text=True, check=False, env={"HOME": str(path.parent), "PATH": ""},
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "beta-cel; Next catalyst: none upcoming"
    assert "`cartwatch show NAME --plain`" in done.stderr
    assert "| textual" not in done.stderr
