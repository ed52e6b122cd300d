"""One declaration: a field and a kind of record declared on copies of the classes are found in every place."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cartwatch.app.editing.form import rows_of
from cartwatch.app.editing.targets import lists_of_pane, target
from cartwatch.document.document import Document
from cartwatch.document.edits import apply
from cartwatch.document.reader import read_watchlist
from cartwatch.domain.difference import difference_of
from cartwatch.domain.fields import RecordKind, fact, listed
from cartwatch.domain.filters.parser import matching, parse
from cartwatch.domain.program import Program, rooted_in
from cartwatch.domain.record_lists import lists
from cartwatch.formats import csv, html, markdown
from cartwatch.session.changes import set_fact
from cartwatch.views.columns import columns
from cartwatch.views.documents import program_document
from cartwatch.views.lines import plain
from cartwatch.views.look import Look
from cartwatch.views.panes import pane

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Hold:
    """A kind of record that cartwatch does not have."""

    record_kind: ClassVar[RecordKind] = RecordKind(
        key="pause",
        heading="Pauses",
        help="Voluntary pauses.",
        label="pause",
        plural="pauses",
        identity=(("reason",),),
        titles=("reason",),
        pane="safety",
    )

    reason: str | None = fact("text", "Reason", "Why it was paused.")
    length: int | None = fact("count", "Length", "Days that it took.")


@dataclass(frozen=True, slots=True)
class Wider(Program):
    """A program with one field and one kind of record more."""

    manufacturer: str | None = fact("text", "Manufacturer", "Who makes the vector.")
    pauses: tuple[Hold, ...] = listed(Hold)


TEXT = """[[program]]
id = "a"
name = "Alpha [CD19]"
manufacturer = "Lonza [/b]"
desk = "kept \\u001b[31mby me"

[[program.pause]]
reason = "cloudy vials"
length = 41
"""


@pytest.fixture(autouse=True)
def _wider() -> Iterator[None]:
    with rooted_in(Wider):
        yield


def read(text: str = TEXT) -> tuple[Document, Any]:
    document = Document.parse(text.encode())
    return document, read_watchlist(document.head, document.programs, TODAY)


def test_errors_of_reading_name_both() -> None:
    _, found = read(TEXT.replace('"Lonza [/b]"', "7").replace("41", '"long"'))
    assert {each.field for each in found.problems} == {"manufacturer", "pause[1].length"}


def test_the_command_line_and_the_forms_take_both() -> None:
    document, found = read()
    planned = set_fact(document, found.watchlist, "a", "pause.1.length", 42)
    assert "length = 42" in apply(document, list(planned.edits)).document.text
    assert "manufacturer" in [each.name for each in rows_of(Wider, document.programs[0])]
    assert [each.name for each in rows_of(Hold, document.programs[0]["pause"][0])] == ["reason", "length"]
    place = target("pause.1")
    assert place is not None
    assert place.record is Hold
    assert lists()["pause"].label == "pause"
    assert lists_of_pane("safety", "pause.1") == ("pause",)


def test_panes_columns_and_filters_show_both() -> None:
    _, found = read()
    look, program = Look(NOW), found.watchlist.programs[0]
    overview = "\n".join(f"{each.label} {plain(each.runs)}" for each in pane("overview", program, look).lines)
    assert "Other fields" in overview
    assert "Manufacturer Lonza [/b]" in overview
    assert "desk kept" in overview
    assert "\x1b" not in overview
    safety = "\n".join(f"{each.label} {plain(each.runs)}" for each in pane("safety", program, look).lines)
    assert "Pauses cloudy vials" in safety
    assert "41" in safety
    shown = {each.key: plain(each.cell(program, look)) for each in columns()}
    assert shown["manufacturer"] == "Lonza [/b]"
    assert "cloudy vials" in shown["pause"]
    for text in ("manufacturer:lonza", "pause.length:>40", "reason:cloudy"):
        assert matching(found.watchlist.programs, parse(text), NOW)


def test_exports_and_the_reference_page_have_both() -> None:
    document, found = read()
    program = found.watchlist.programs[0]
    data = program_document(program, NOW)
    assert data["manufacturer"] == "Lonza [/b]"
    assert data["pause"] == [{"reason": "cloudy vials", "length": 41}]
    assert "kept" in data["own"]["desk"]
    texts = (
        csv.table([(program, document.programs[0])], NOW),
        "".join(html.report([program], Look(NOW), "List")),
        markdown.report([program], Look(NOW), "List"),
    )
    for text in texts:
        assert "Lonza" in text
        assert "cloudy vials" in text
        assert "kept" in text
    page = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "build.py"))["format_page"]()
    assert "| `manufacturer` |" in page
    assert "[[program.pause]]" in page


def test_a_difference_is_told_in_words() -> None:
    _, old = read()
    _, new = read(TEXT.replace("41", "42").replace("Lonza", "Catalent") + '\n[[program.pause]]\nreason = "strike"\n')
    told = [each.words for each in difference_of(old.watchlist.programs[0], new.watchlist.programs[0])]
    assert any("manufacturer Lonza [/b] → Catalent [/b]" in each for each in told)
    assert any("length 41 → 42" in each for each in told)
    assert any("new pause strike" in each for each in told)
