"""How many programs of a backup differ is counted as reading both texts whole would count it."""

from __future__ import annotations

from itertools import product

import pytest

from cartwatch.cli.commands.backups import _differing
from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.domain.identity import pair_records, same
from cartwatch.domain.program import Program

A, B = '[[program]]\nid = "a"\nname = "A"\n', '[[program]]\nid = "b"\nname = "B"\n'
TEXTS = (
    "",
    "schema = 1\n",
    A,
    A + B,
    B + A,
    "# mine\n" + A + B,
    'title = "x"\n' + A + B,
    A + '[[program.catalyst]]\nevent = "e"\n' + B,
    A + "# note\n" + B + "# end",
    A + A,
    (A + B).replace("\n", "\r\n"),
    A + 'notes = """\n[[program]]\nname = "no"\n"""\n' + B,
    A + 'notes = """\n[[program]]\n"""\n' + B,
    'program = [{id = "a", name = "A"}, {id = "b", name = "C"}]\n',
    'title = """\n[[program]]\nid = "a"\n"""\n' + B,
    '[[ program ]]\nid = "a"\nname = "A"\n  [[program]]\nname = "D"\n' + B,
    A + "x = 1\n" + B.replace('"B"', '"B2"'),
)


@pytest.mark.parametrize(("now", "then"), list(product(TEXTS, TEXTS)))
def test_the_count_is_that_of_a_whole_reading(now, then):
    old, new = (Document.parse(each.encode()).programs for each in (now, then))
    pairs = pair_records(Program, old, new)
    alike = sum(same(old[one], new[other]) for one, other in pairs)
    assert _differing(now, then) == len(old) + len(new) - len(pairs) - alike


@pytest.mark.parametrize("torn", [A + "[[program", A + 'x = "', "x = \n" + A, A + "name = 3\n" + B, "\0\0"])
def test_what_is_no_toml_has_no_count(torn):
    with pytest.raises(SyntaxProblem):
        _differing(A + B, torn)
