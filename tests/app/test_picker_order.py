"""What is typed in full comes first in a list to choose from."""

from __future__ import annotations

from cartwatch.app.screens.picker import Choice, found


def test_a_title_typed_in_full_is_before_longer_ones_that_begin_so() -> None:
    choices = [Choice("catalyst.1", "Phase 1 data", "catalyst"), Choice("phase", "Phase", "field"), Choice("x", "Early phase")]
    assert [each.key for each in found(choices, "phase")] == ["phase", "catalyst.1", "x"]
    assert [each.key for each in found(choices, "phase 1")] == ["catalyst.1"]


def test_the_name_of_a_fact_is_before_the_long_title_of_a_record_that_begins_so() -> None:
    choices = [
        Choice("source.1", "Targeted Oncology: an interview on interim data", "source"),
        Choice("targets", "Targets", "field"),
    ]
    assert [each.key for each in found(choices, "target")] == ["targets", "source.1"]
