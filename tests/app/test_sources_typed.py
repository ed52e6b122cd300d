"""A changed fact loses its source in front of the user, who confirms it or names another with one key."""

from __future__ import annotations

import pytest
from editing_stage import outcome

LOSES = "source pr-rmat will no longer stand behind it"
PHASE = ("@phase", "e", "ctrl+u", "'Filed")
WHEN = ("@catalyst.balli-01-interim.when", "e", "ctrl+u", "'Q1 2027")


@pytest.mark.slow
async def test_the_line_tells_which_source_goes_while_typing() -> None:
    lines, screen = await outcome(*PHASE, size=(80, 24))
    assert not lines
    assert LOSES in screen
    assert "F6 keeps it" in screen
    _, screen = await outcome("@phase", "e", size=(80, 24))
    assert "stand behind" not in screen
    _, screen = await outcome("@sponsor", "e", "'X", size=(80, 24))
    assert "stand behind" not in screen


@pytest.mark.slow
async def test_f6_confirms_the_old_source_and_again_does_not() -> None:
    lines, _ = await outcome(*PHASE, "f6", "enter")
    assert lines == ['-phase = "Pivotal"', '+phase = "Filed"']
    lines, screen = await outcome(*PHASE, "f6", "f6")
    assert LOSES in screen
    lines, _ = await outcome(*WHEN, "f6", "enter")
    assert lines == ['+"catalyst.balli-01-interim.when" = "pr-rmat"', '-when = "Q4 2026"', '+when = "Q1 2027"']


@pytest.mark.slow
async def test_f7_names_another_source() -> None:
    lines, screen = await outcome(*PHASE, "f7", "'https://example.org/pr", "enter")
    assert "source: https://example.org/pr" in screen
    lines, _ = await outcome(*PHASE, "f7", "'https://example.org/pr", "enter", "enter")
    assert {'+phase = "Filed"', '+phase = "example-pr"', '+url = "https://example.org/pr"'} <= set(lines)


@pytest.mark.slow
async def test_a_form_marks_what_loses_its_source_and_keeps_what_is_confirmed() -> None:
    form = ("@catalyst.balli-01-interim.event", "e", "down", "down", "ctrl+u", "'Q1 2027")
    lines, screen = await outcome(*form)
    assert LOSES in screen
    lines, screen = await outcome(*form, "down")
    assert "° " in next(each for each in screen.splitlines() if "Q1 2027" in each)
    lines, screen = await outcome(*form, "f6")
    assert "confirmed: source pr-rmat" in screen
    lines, _ = await outcome(*form, "f6", "f2")
    assert '-cite = "pr-rmat"' not in lines
    assert '+when = "Q1 2027"' in lines


@pytest.mark.slow
async def test_new_guidance_confirms_the_old_source_too() -> None:
    new = ("@catalyst.balli-01-interim.when", "w", "'Q1 2027")
    _, screen = await outcome(*new)
    assert LOSES in screen
    lines, _ = await outcome(*new, "f6", "f2")
    assert '-cite = "pr-rmat"' not in lines
    assert any('"catalyst.balli-01-interim.when" = "pr-rmat"' in each for each in lines)
    _, screen = await outcome(*new, "enter", "enter", "'x")
    assert "° " not in next(each for each in screen.splitlines() if "Q1 2027" in each)


@pytest.mark.slow
async def test_a_bulk_edit_tells_whose_sources_go() -> None:
    marked = ("space", "space", "@phase", "e", "ctrl+u", "'Filed")
    lines, screen = await outcome(*marked)
    assert "will no longer stand behind it" in screen
    assert "F7" not in screen
    lines, _ = await outcome(*marked, "f6", "enter")
    assert not [each for each in lines if "pr-rmat" in each]
    assert lines.count('+phase = "Filed"') == 2
