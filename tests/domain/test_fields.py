"""The declarations: every field of every record has one, and each says what a reader needs."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import pytest

from cartwatch.domain.catalyst import Catalyst, Guidance
from cartwatch.domain.efficacy import Efficacy, Result
from cartwatch.domain.fields import KINDS, declared, fact, facts, walk
from cartwatch.domain.mechanism import Knockout, Mechanism
from cartwatch.domain.program import Program, Source, Trial
from cartwatch.domain.regulatory import Designation, Hold, Status
from cartwatch.domain.safety import Frequency, OtherEvent, Report, Risk, Safety
from cartwatch.domain.sponsor import Partner, Runway, Sponsor
from cartwatch.domain.vocabulary import VOCABULARIES

RECORDS = [
    Program,
    Mechanism,
    Knockout,
    Safety,
    Risk,
    Report,
    Frequency,
    OtherEvent,
    Status,
    Hold,
    Partner,
    Efficacy,
    Result,
    Designation,
    Catalyst,
    Guidance,
    Trial,
    Source,
]
EVERY = pytest.mark.parametrize("record", [*RECORDS, Sponsor, Runway], ids=lambda each: each.__name__)


@EVERY
def test_every_field_is_declared_but_the_key(record: type) -> None:
    assert is_dataclass(record)
    names = {each.name for each in fields(record)} - {"key", "own", "unread", "company"}
    assert {each.attribute for each in facts(record).values()} == names


@EVERY
def test_a_declaration_is_complete(record: type) -> None:
    labels = [each.label for each in facts(record).values()]
    assert len(set(labels)) == len(labels)
    for key, each in facts(record).items():
        assert each.key == key
        assert each.kind in KINDS
        assert each.label[0].isupper() or not each.label[0].isascii() or each.label == "n"
        assert each.help
        assert (each.record is not None) == (each.kind in ("record", "records"))
        assert each.vocabulary is None or each.vocabulary in VOCABULARIES
        assert each.kind != "term" or each.vocabulary is not None


def test_every_record_of_the_format_is_reached_from_the_program() -> None:
    paths = {".".join(path): each for path, each in walk(Program)}
    assert {each.record for each in paths.values() if each.record} == set(RECORDS) - {Program}
    for path in ("mechanism.knockouts.gene", "safety.report.crs.severe", "catalyst.move.when", "trial.nct", "designation.kind"):
        assert path in paths


def test_an_attribute_has_its_declaration_and_what_has_none_is_an_error() -> None:
    assert declared(Program, "catalysts").key == "catalyst"
    with pytest.raises(KeyError):
        declared(Program, "key")


def test_a_key_can_differ_from_its_attribute_and_the_order_is_that_of_the_record() -> None:
    @dataclass(frozen=True)
    class Small:
        seconds: Any = fact("count", "Seconds", "How long.", key="second")
        first: Any = fact("text", "First", "A word.", default="x")

    assert list(facts(Small)) == ["second", "first"]
    assert Small().first == "x"
    with pytest.raises(AssertionError):
        fact("number", "Label", "Help.")
