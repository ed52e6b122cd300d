"""Conflicts of a merge, said where they stand: a comment above each line, in a file that stays a valid watchlist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.paths import human_path
from cartwatch.document.text import BOM
from cartwatch.document.writing import literal
from cartwatch.domain.equality import same
from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.domain.merge import Conflict

__all__ = ["conflict_words", "with_conflicts"]

_LONGEST = 200  # characters of a value


def conflict_words(document: Document, conflict: Conflict) -> str:
    """A conflict in a line: `lasme-cel: phase: yours "Phase 3", theirs "Filed", before "Pivotal"`."""
    place = _place(document, conflict)
    program = f"{clean(conflict.program)}: " if conflict.program else ""
    return f"{program}{place}: {_sides(conflict)}"


def _sides(conflict: Conflict) -> str:
    return f"yours {_said(conflict.ours)}, theirs {_said(conflict.theirs)}, before {_said(conflict.base)}"


def with_conflicts(document: Document, conflicts: Sequence[Conflict]) -> Document:
    """A merged document with a comment above the line of each conflict; yours stands in the line itself.

    Where lines can't have a comment above them, all comments stand at the top of the file.
    """
    newline = document.newline
    above: dict[int, list[str]] = {}
    for each in conflicts:
        kept = "yours" if each.ours is not None else "theirs"
        told = f"# CONFLICT {_place(document, each)}: {_sides(each)}; {kept} stands below"
        above.setdefault(document.key_position(each.path).line, []).append(told)
    out: list[str] = []
    for number, text in enumerate(document.text.split("\n"), 1):
        indent = text[: len(text) - len(text.lstrip(" \t"))]
        out += [indent + each + newline.removesuffix("\n") for each in above.get(number, [])]
        out.append(text)
    found = _same_data("\n".join(out), document)
    if found is None:
        comments = "".join(each + newline for told in above.values() for each in told)
        found = _same_data(comments + document.text, document)
    return found or document


def _same_data(text: str, document: Document) -> Document | None:
    """The document of a text, where its comments have changed nothing of the data."""
    try:
        found = Document.parse((BOM if document.bom else b"") + text.encode())
    except SyntaxProblem:
        return None
    return found if same(found.data, document.data) else None


def _place(document: Document, conflict: Conflict) -> str:
    path = conflict.path
    if path[:1] == ("program",) and len(path) > 1 and isinstance(path[1], int):
        record = document.programs[path[1]] if path[1] < len(document.programs) else {}
        return clean(human_path(record, path[2:])) or "the whole program"
    return clean(".".join(map(str, path))) or "the list"


def _said(value: Any) -> str:
    """A value on one line of TOML, so that it can be put in the place of the other."""
    if value is None:
        return "nothing"
    text = literal(value)
    return clean(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
