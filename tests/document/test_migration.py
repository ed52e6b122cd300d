"""Older schemas come to the present one step by step, and keep every byte that a step does not change."""

from __future__ import annotations

import pytest

from cartwatch.document.document import Document
from cartwatch.document.edits import Delete, Edit, Set
from cartwatch.document.reader import STEPS, migrated, schema_of
from cartwatch.session.session import SCHEMA

OLD = """# my list
schema = 1

[[program]]
name = "one"   # a comment
stage = "Phase 1"
own = [1, 2]

[[program]]
name = "two"
"""
GOLDEN = """# my list
schema = 3

[[program]]
name = "one"   # a comment
own = [1, 2]
phase = "Phase 1"
tags = ["migrated"]

[[program]]
name = "two"
tags = ["migrated"]
"""


def rename(document: Document) -> list[Edit]:
    return [
        edit
        for at, each in enumerate(document.programs)
        if "stage" in each
        for edit in (Set(("program", at, "phase"), each["stage"]), Delete(("program", at, "stage")))
    ]


def tag(document: Document) -> list[Edit]:
    return [Set(("program", at, "tags"), ["migrated"]) for at in range(len(document.programs))]


def test_two_steps_give_the_golden_text() -> None:
    found = migrated(Document.parse(OLD.encode()), 3, {1: rename, 2: tag})
    assert found.raw.decode() == GOLDEN
    assert schema_of(found) == 3


@pytest.mark.parametrize("to", [1, 2])
def test_what_is_of_the_schema_or_newer_is_left_as_it_is(to: int) -> None:
    document = Document.parse(OLD.replace("schema = 1", "schema = 2").encode())
    assert migrated(document, to, {1: rename}) is document


@pytest.mark.parametrize(
    ("text", "schema"), [("", 1), ("schema = 4", 4), ("schema = 'x'", 1), ("schema = true", 1), ("schema = 0", 1)]
)
def test_a_missing_or_senseless_schema_is_the_first(text: str, schema: int) -> None:
    assert schema_of(Document.parse(text.encode())) == schema


def test_there_is_a_step_from_every_older_schema() -> None:
    assert set(STEPS) == set(range(1, SCHEMA))
