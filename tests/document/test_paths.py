"""Paths as people write them lead to the right place in the data, and back."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartwatch.document.paths import PathError, declaration, human_path, item_names, joined, raw_path, split
from cartwatch.domain.catalyst import Catalyst

PROGRAM = {
    "name": "x",
    "mechanism": {"targets": ["CD19", "CD22"], "knockouts": ["TRAC", {"gene": "CD52"}]},
    "safety": {"report": [{"n": 12}, {"n": 40, "crs": {"any": "1/40"}}]},
    "catalyst": [{"id": "interim", "when": "Q4 2026"}, {"event": "BLA submission"}, {"event": "BLA submission"}],
    "trial": [{"nct": "NCT04150497"}],
    "source": [{"id": "pr.1", "title": "t"}],
    "cite": {"mechanism.targets": "pr.1"},
    "mine": {"deep": 1},
}


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        ("phase", ("phase",)),
        ("mechanism.targets", ("mechanism", "targets")),
        ("catalyst.interim.when", ("catalyst", 0, "when")),
        ("catalyst.inter.when", ("catalyst", 0, "when")),
        ("catalyst.bla-submission.when", ("catalyst", 1, "when")),
        ("catalyst.bla-submission-2.when", ("catalyst", 2, "when")),
        ("catalyst[2].when", ("catalyst", 1, "when")),
        ("safety.report.2.crs.any", ("safety", "report", 1, "crs", "any")),
        ("safety.report.1.icans.severe", ("safety", "report", 0, "icans", "severe")),
        ("trial.NCT04150497.name", ("trial", 0, "name")),
        ('source."pr.1".title', ("source", 0, "title")),
        ('cite."mechanism.targets"', ("cite", "mechanism.targets")),
        ("safety.boxed_warning", ("safety", "boxed_warning")),
        ("mine.deep", ("mine", "deep")),
        ("catalyst", ("catalyst",)),
        ("catalyst.interim", ("catalyst", 0)),
    ],
)
def test_a_path_leads_to_its_place(path: str, raw: tuple[str | int, ...]) -> None:
    assert raw_path(PROGRAM, path) == raw


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "empty"),
        ("a..b", "not a field path"),
        ("mecanism.targets", 'did you mean "mechanism"'),
        ("catalyst.nothing.when", 'no item "nothing"'),
        ("designation.rmat.kind", "there is no designation"),
        ("catalyst.9.when", "no item"),
    ],
)
def test_a_path_to_nowhere_says_what_is_there(path: str, words: str) -> None:
    with pytest.raises(PathError, match=words):
        raw_path(PROGRAM, path)


@pytest.mark.parametrize(
    "path",
    ["phase", "catalyst.interim.when", "catalyst.bla-submission-2.when", "safety.report.2.crs.any", 'source."pr.1".title'],
)
def test_a_place_is_named_as_a_person_would(path: str) -> None:
    assert human_path(PROGRAM, raw_path(PROGRAM, path)) == path


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("phase", "term"),
        ("mechanism.targets", "words"),
        ("catalyst.any-id.when", "guidance"),
        ("catalyst.any-id.move.1.said", "date"),
        ("safety.report.1.crs.severe", "rate"),
        ("catalyst", "records"),
        ("safety.crs.mitigation", "words"),
    ],
)
def test_the_declaration_of_a_field_is_found_by_its_path(path: str, kind: str) -> None:
    found = declaration(path)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("path", ["mine", "catalyst.interim", "phase.deeper", "mechanism.nothing"])
def test_what_is_not_declared_has_no_declaration(path: str) -> None:
    assert declaration(path) is None


def test_items_without_an_id_go_by_number_and_equal_names_are_told_apart() -> None:
    assert item_names(Catalyst, PROGRAM["catalyst"]) == ["interim", "bla-submission", "bla-submission-2"]
    assert item_names(None, [1, 2]) == ["1", "2"]


@given(st.lists(st.text(alphabet=st.sampled_from('ab."\\[]1 ~'), min_size=1), min_size=1, max_size=4))
def test_steps_joined_split_into_the_same_steps(steps: list[str]) -> None:
    assert split(joined(steps)) == tuple(steps)


@given(st.text())
def test_no_text_raises_anything_but_a_path_error(text: str) -> None:
    with contextlib.suppress(PathError):
        assert raw_path(PROGRAM, text)
