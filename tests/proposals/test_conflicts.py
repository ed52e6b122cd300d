"""A merged file with conflicts is a valid watchlist that says them where they stand."""

from __future__ import annotations

from datetime import date

import pytest

from cartwatch.document.document import Document
from cartwatch.document.merging import merge_documents
from cartwatch.document.reader import read_watchlist
from cartwatch.proposals.propose import propose_conflicts
from cartwatch.session.conflicts import conflict_words, with_conflicts

BASE = '[[program]]\nid = "a"\nname = "A"\n{}\n'


def merged(template: str, values: tuple[str, str, str]) -> tuple[Document, Document, list[str]]:
    base, mine, theirs = (Document.parse(template.format(each).encode()) for each in values)
    applied, conflicts = merge_documents(base, mine, theirs)
    told = with_conflicts(applied.document, conflicts)
    return applied.document, told, [conflict_words(applied.document, each) for each in conflicts]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_comment_above_the_line_says_theirs(newline: str) -> None:
    plain, told, words = merged(BASE.replace("\n", newline), ('phase = "1"', 'phase = "Phase 3"  # mine', 'phase = "Filed"'))
    assert words == ['A: phase: yours "Phase 3", theirs "Filed", before "1"']
    above = '# CONFLICT phase: yours "Phase 3", theirs "Filed", before "1"; yours stands below'
    assert told.text == BASE.format(f'{above}\nphase = "Phase 3"').replace("\n", newline)
    assert told.data == plain.data


@pytest.mark.parametrize(
    "values",
    [
        ("x = { a = 1 }", "x = { a = 2 }", "x = { a = 3 }"),
        ("x = [\n  { id = 'i', a = 1 },\n]", "x = [\n  { id = 'i', a = 2 },\n]", "x = [\n  { id = 'i', a = 3 },\n]"),
        ('x = """\n1"""', 'x = """\n2"""', 'x = """\n3"""'),
        ("y.z = 1", "y.z = 2", "y.z = 3"),
    ],
)
def test_the_data_is_the_same_however_the_value_is_written(values: tuple[str, str, str]) -> None:
    plain, told, words = merged(BASE, values)
    assert len(words) == 1
    assert told.data == plain.data
    assert told.text.count("# CONFLICT") == 1


def test_a_value_with_control_characters_stays_on_its_line() -> None:
    _, told, (words,) = merged(BASE, ('n = "a"', 'n = "b\\n\\u001b"', 'n = "c"'))
    assert "\x1b" not in words
    assert "\n" not in words
    assert '# CONFLICT n: yours "b\\n\\u001b", theirs "c", before "a"; yours stands below' in told.text.split("\n")


def test_conflicts_are_offered_like_an_import_and_each_has_its_choice() -> None:
    sides = [
        f'title = "{title}"\n[[program]]\nid = "a"\nname = "[CD19]"\nphase = "{phase}"\n\n[[program]]\nid = "b"\n'
        f'name = "B"\n{rest}[program.mechanism]\nsummary = "{phase}"\n'
        for title, phase, rest in (("T", "Phase 1", 'notes = "n"\n'), ("M", "Phase 2", ""), ("O", "Phase 3", 'notes = "o"\n'))
    ]
    merged, conflicts = merge_documents(*(Document.parse(each.encode()) for each in sides))
    document = merged.document
    watchlist = read_watchlist(document.head, document.programs, date(2026, 11, 22)).watchlist
    proposal, choices = propose_conflicts(document, watchlist, conflicts, "both are kept")
    assert len(set(choices)) == len(conflicts) == 4
    assert [(each.label, [offer.path for offer in each.offers]) for each in proposal.entries] == [
        ("[CD19]", ["phase"]),
        ("B", ["notes", "mechanism.summary"]),
    ]
    (title,) = proposal.head
    assert (title.path, title.mine, title.theirs, title.base) == ("title", "M", "O", "T")
    assert proposal.choices() == set()
    assert proposal.notes == ("both are kept",)
    for conflict, choice in zip(conflicts, choices, strict=True):
        offer = proposal.offer(choice)
        assert offer is not None
        assert (offer.kind, offer.mine, offer.theirs, offer.base) == (
            "conflict",
            conflict.ours,
            conflict.theirs,
            conflict.base,
        )


def test_what_i_took_out_and_they_changed_is_not_there_in_mine() -> None:
    base, ours, theirs = (Document.parse(BASE.format(each).encode()) for each in ('phase = "Phase 1"', "", 'phase = "Phase 2"'))
    merged, conflicts = merge_documents(base, ours, theirs)
    document = merged.document
    watchlist = read_watchlist({}, document.programs, date(2026, 11, 22)).watchlist
    proposal, _ = propose_conflicts(document, watchlist, conflicts)
    (offer,) = proposal.entries[0].offers
    assert (offer.mine, offer.theirs, offer.base) == (None, "Phase 2", "Phase 1")
