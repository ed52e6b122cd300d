"""`--as-of`: the list as it was known on an earlier day, and what cannot be told of it."""

from __future__ import annotations

import json

import pytest

LIST = """\
[[program]]
id = "a"
name = "[CD19] A"
phase = "Pivotal"
[[program.catalyst]]
event = "moved"
when = "Q3 2027"
said = 2026-08-01
move = [{ when = "Q4 2026", said = 2025-03-01 }]
[[program.catalyst]]
event = "without a day"
when = "2027"
"""


@pytest.fixture
def listed(run, tmp_path):
    path = tmp_path / "w.toml"
    path.write_text(LIST)
    return lambda *argv: run(*argv, "-f", str(path))


def test_next_shows_the_guidance_of_that_day_with_its_countdown(listed):
    answer = listed("next", "--as-of", "2026-01-01", "--json")
    assert answer.status == 0
    (found,) = json.loads(answer.out)["catalysts"]
    assert found["event"] == "moved"
    assert found["window"]["text"] == "Q4 2026"
    assert found["window"]["days_to_start"] == 273
    assert "as of 2026-01-01: 1 guidance without a day said is left out" in answer.err
    assert "phases and mechanisms are those of now" in answer.err


@pytest.mark.parametrize("command", [["list"], ["show", "a"], ["timeline", "--span", "2y"]])
def test_the_other_views_show_it_too(listed, command):
    answer = listed(*command, "--as-of", "2026-01-01")
    assert answer.status == 0
    assert "moved" in answer.out
    assert "without a day" not in answer.out
    assert "2027-07" not in answer.out.partition("History")[0]


def test_a_day_that_is_none_is_named(listed):
    answer = listed("list", "--as-of", "yesterday")
    assert answer.status == 2
    assert '--as-of needs a day as in 2026-11-22, not "yesterday"' in answer.err
