"""A value that is in the file and cannot be read is shown as it is written, marked, and never as "not reported"."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cartwatch.document.reader import read_watchlist
from cartwatch.domain.program import Program
from cartwatch.views.columns import column
from cartwatch.views.documents import program_document
from cartwatch.views.look import Look
from cartwatch.views.panes import PANES, pane

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOOK = Look(NOW)


def read(**record: Any) -> Program:
    return read_watchlist({}, [{"name": "A", **record}], NOW.date()).watchlist.programs[0]


def report(**record: Any) -> dict[str, Any]:
    return {"safety": {"report": [record]}}


def shown(program: Program, key: str) -> list[str]:
    return ["".join(run.text for cell in line.cells or (line.runs,) for run in cell) for line in pane(key, program, LOOK).lines]


CASES = [
    ({"phase": 2}, "2"),
    ({"sponsor": ["x", "y"]}, "x, y"),
    ({"mechanism": {"targets": 19}}, "19"),
    ({"mechanism": {"modality": True}}, "yes"),
    ({"mechanism": {"knockouts": "TRAC"}}, "TRAC"),
    ({"mechanism": "CAR-T"}, "CAR-T"),
    ({"tags": [1, "ok"]}, "1"),
    (report(n="forty"), "forty"),
    (report(n=40, crs={"any": "38/40 (93%)"}), "38/40 (93%)"),
    (report(crs={"any": 4}), "4"),
    (report(gvhd={"severe": "none"}), "none"),
    (report(icans="8%"), "8%"),
    ({"safety": {"report": ["text"]}}, "text"),
    ({"catalyst": [{"event": "X", "when": 2027}]}, "2027"),
    ({"catalyst": [{"event": "X", "when": [2026]}]}, "2026"),
    ({"catalyst": "soon"}, "soon"),
    ({"checked": 2026}, "2026"),
]


@pytest.mark.parametrize(("record", "words"), CASES)
def test_it_is_shown_in_a_pane_and_in_the_document(record: dict[str, Any], words: str) -> None:
    program = read(**record)
    assert any(words in line for key, _ in PANES for line in shown(program, key))
    assert json.dumps(words) in json.dumps(program_document(program, NOW), default=str)


@pytest.mark.parametrize(
    ("record", "key", "words"),
    [
        ({"phase": 2}, "phase", "2"),
        ({"mechanism": {"targets": 19}}, "target", "19"),
        (report(crs={"severe": "few"}), "crs", "few"),
    ],
)
def test_a_cell_of_the_table_shows_the_words_marked(record: dict[str, Any], key: str, words: str) -> None:
    runs = column(key).cell(read(**record), LOOK)
    assert (runs[0].text, runs[0].role) == (words, "unread")


def test_an_empty_value_is_not_reported_and_no_unreadable_one() -> None:
    assert read(phase="", tags=[], mechanism={}, notes="  ").unread == ()


def test_a_bare_count_is_read_where_the_number_of_patients_is_known() -> None:
    safety = read(**report(n=40, crs={"any": 2})).safety
    assert safety is not None
    assert safety.reports[0].crs is not None
    assert safety.reports[0].crs.any is not None
    assert safety.reports[0].crs.any.counts == "2/40"


def test_hostile_words_are_cleaned() -> None:
    (found,) = read(phase=["\x1b[31m[/b]‮"]).unread
    assert found == ("phase", "\ufffd[31m[/b]\ufffd")
