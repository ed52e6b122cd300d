"""Programs that come from another file keep their text, and what stood in this one stays as it was."""

from __future__ import annotations

import pytest
import tomli

from cartwatch.document.document import Document
from cartwatch.document.edits import AddBlocks, EditError, apply

BLOCKS = '# from the wire\n[[program]]\nname = "B"  # by hand\n\n# and another\n[[program]]\nname = "C"\nown = 1\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", BLOCKS),
        ("# mine\ntitle = 't'\n", "# mine\ntitle = 't'\n\n" + BLOCKS),
        ('[[program]]\nname = "A"\n', '[[program]]\nname = "A"\n\n' + BLOCKS),
        ('[[program]]\nname = "A"', '[[program]]\nname = "A"\n\n' + BLOCKS),
        ('[[program]]\nname = "A"\n\n# the end\n', '[[program]]\nname = "A"\n\n' + BLOCKS + "\n# the end\n"),
        ('[[program]]\r\nname = "A"\r\n', ('[[program]]\nname = "A"\n\n' + BLOCKS).replace("\n", "\r\n")),
    ],
)
def test_blocks_go_behind_the_last_program_with_their_comments(before: str, after: str) -> None:
    document = apply(Document.parse(before.encode()), [AddBlocks(BLOCKS)]).document
    assert document.text == after
    assert [each["name"] for each in document.programs][-2:] == ["B", "C"]
    again = Document.parse(document.raw)
    assert [each.text for each in again.units] == [each.text for each in document.units]
    assert again.data == document.data


def test_programs_in_an_inline_list_take_them_as_data() -> None:
    document = apply(Document.parse(b'program = [{ name = "A" }]\n'), [AddBlocks(BLOCKS)]).document
    assert [each["name"] for each in tomli.loads(document.text)["program"]] == ["A", "B", "C"]


def test_one_block_alone_and_one_after_the_other() -> None:
    one = '[[program]]\nname = "B"\n'
    document = apply(Document.parse(b'[[program]]\nname = "A"\n'), [AddBlocks(one), AddBlocks(one)]).document
    assert document.text == '[[program]]\nname = "A"\n\n' + one + "\n" + one


@pytest.mark.parametrize("text", ["", "name = 1\n", 'x = 1\n[[program]]\nname = "B"\n', "[[program]\n"])
def test_what_is_no_program_is_refused(text: str) -> None:
    with pytest.raises(EditError):
        apply(Document.parse(b""), [AddBlocks(text)])
