"""A plain value is changed on its line without a syntax tree; whatever looks like such a line and is none is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from styled_toml import Styled

from cartwatch.document import edits
from cartwatch.document.document import Document
from cartwatch.document.edits import Add, Delete, Set, apply, apply_data
from cartwatch.document.rewriting import on_its_line
from cartwatch.domain.identity import same

BLOCK = """# of a
[[program]]
name = "A" # here
 phase   =   'Phase 1'  # there
tags = ["x"]
on = 2026-01-01 07:30:00
a.b = 1

[program.mechanism]
summary = "s" #
name = "other"

[[program.catalyst]]
when = "Q1"
[[program . catalyst]]\r
when = "Q2"\r
note = \"\"\"
when = "Q3"
\"\"\"
"""


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("name",), "B", 'name = "A" # here', 'name = "B" # here'),
        (("phase",), "Phase 2", "   'Phase 1'  # there", "   'Phase 2'  # there"),
        (("phase",), "it's", "'Phase 1'", '"it\'s"'),
        (("on",), 5, "2026-01-01 07:30:00", "5"),
        (("mechanism", "summary"), "t", '"s" #', '"t" #'),
        (("mechanism", "name"), "t", '"other"', '"t"'),
        (("catalyst", 0, "when"), "Q4", '"Q1"', '"Q4"'),
    ],
)
def test_a_value_is_changed_where_it_stands(path, value, old, new):
    assert on_its_line(BLOCK, ("program", 0, *path), value) == BLOCK.replace(old, new)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("tags",), "x"),
        (("tags", 0), "y"),
        (("a", "b"), 2),
        (("b",), 2),
        (("catalyst", 1, "when"), "Q4"),  # two lines say so, one of them in a block of text
        (("catalyst", 2, "when"), "Q4"),
        (("catalyst", 0, "note"), "n"),
        (("catalyst", 1, "note"), "n"),
        (("mechanism", "summary"), "two\nlines"),
        (("name",), ["B"]),
        (("mechanism",), "x"),
    ],
)
def test_what_stands_otherwise_is_left_to_the_syntax_tree(path, value):
    assert on_its_line(BLOCK, ("program", 0, *path), value) is None


def test_a_line_in_a_block_of_text_is_not_taken_for_the_value():
    text = '[[program]]\nnotes = """\n[program.mechanism]\nsummary = "old"\n"""\n[program]\n'.replace("[program]\n", "")
    text += "mechanism.summary = 'old'\n"
    applied = apply(Document.parse(text.encode()), [Set(("program", 0, "mechanism", "summary"), "new")])
    assert applied.notes == ()
    assert applied.document.text == text.replace("'old'", "'new'")


CHANGES = st.one_of(
    st.tuples(st.sampled_from(["name", "phase", "own"]), st.sampled_from(["x", 1, True, "a\nb"])).map(
        lambda t: Set((t[0],), t[1])
    ),
    st.sampled_from(["name", "phase"]).map(lambda key: Delete((key,))),
    st.sampled_from(["x", "y"]).map(lambda each: Add(("tags",), each)),
    st.sampled_from(["x", "y"]).map(lambda each: Set(("mechanism", "summary"), each)),
)


@settings(max_examples=150)
@given(st.integers(0, 2**32), st.lists(CHANGES, min_size=2, max_size=5))
def test_edits_made_together_are_those_made_one_by_one(seed, changes):
    document = Document.parse(Styled(seed).raw)
    if not document.programs or document.whole:
        return
    made, data = [], document.data
    for each in changes:
        edit = type(each)(("program", 0, *each.path), *([each.value] if not isinstance(each, Delete) else []))
        try:
            data = apply_data(data, edit)
        except edits.EditError:
            continue
        made.append(edit)
    one_by_one = document
    for each in made:
        one_by_one = apply(one_by_one, [each]).document
    together = apply(document, made).document
    assert same(together.data, data)
    assert together.text == one_by_one.text
