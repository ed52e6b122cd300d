"""`cartwatch slips`: ledgers of all programs, of one, of a sponsor; as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

LIST = """
[[program]]
name = "alpha"
sponsor = "Acme [b]Bio"
[[program.catalyst]]
event = "FDA goal date"
when = 2024-02-24
said = 2023-09-14
outcome = "approved"
outcome_on = 2024-02-16
move = [{ when = 2023-11-25, said = 2023-05-26 }]
[[program]]
name = "beta"
sponsor = "Beta Cells"
[[program.catalyst]]
event = "Readout"
when = "Q4 2026"
said = 2026-05-01
move = [{ when = "2026", said = 2026-01-05 }]
[[program]]
name = "gamma"
"""


@pytest.fixture
def listed(tmp_path: Path) -> str:
    path = tmp_path / "list.toml"
    path.write_text(LIST, encoding="utf-8")
    return str(path)


def test_every_ledger_that_moved_is_told_with_what_came(run: Any, listed: str) -> None:
    answer = run("slips", "-f", listed, "--today", "2026-11-22")
    words = " ".join(answer.out.split())
    assert answer.status == 0
    assert "→ 2024-02-24 (said 2023-09-14) slipped: start +91 days, end +91 days, same width" in words
    assert "approved 2024-02-16 83 days after the first guidance, 8 days before the last" in words
    assert "refined: start +273 days, end same, 273 days narrower" in words
    assert "n = 1: too few for a median" in words
    assert "gamma" not in words


@pytest.mark.parametrize("asked", ["alpha", "acme [B]bio", "acme", "ACME"])
def test_a_program_or_a_sponsor_is_asked_for_by_name_or_its_beginning(run: Any, listed: str, asked: str) -> None:
    answer = run("slips", asked, "-f", listed, "--today", "2026-11-22")
    assert "FDA goal date" in answer.out
    assert "Readout" not in answer.out


def test_a_name_that_is_none_has_a_hint(run: Any, listed: str) -> None:
    answer = run("slips", "Beta Sells", "-f", listed)
    assert answer.status == 2
    assert answer.err == 'cartwatch: no program or sponsor is called "Beta Sells": did you mean "Beta Cells"?\n'


def test_json_has_each_move_in_days_and_no_median_of_one(run: Any, listed: str) -> None:
    found = json.loads(run("slips", "--json", "-f", listed, "--today", "2026-11-22").out)
    assert (found["schema"], found["today"]) == (1, "2026-11-22")
    first, second = found["slips"]
    assert first["moves"][0] == {
        "from": "2023-11-25",
        "to": "2024-02-24",
        "said": "2023-09-14",
        "cite": [],
        "kind": "slipped",
        "start_shift": 91,
        "end_shift": 91,
        "width_change": 0,
    }
    assert first["against_last"] == {"kind": "early", "days": 8}
    assert (second["moves"][0]["kind"], second["outcome"]) == ("refined", None)
    acme = found["sponsors"][0]
    assert (acme["sponsor"], acme["slipped"], acme["n"], acme["median_days"], acme["range_days"]) == (
        "Acme [b]Bio",
        1,
        1,
        None,
        None,
    )


def test_a_list_whose_guidance_never_moved_says_so(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "still.toml"
    path.write_text('[[program]]\nname = "a"\n[[program.catalyst]]\nevent = "E"\nwhen = "2027"\n', encoding="utf-8")
    assert "No guidance has moved yet." in run("slips", "-f", str(path)).out
