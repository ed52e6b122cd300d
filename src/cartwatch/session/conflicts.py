"""Conflicts of a merge: their place in words, and the change that accepts the other side's values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.edits import Add, Delete, EditError, Set, get
from cartwatch.document.paths import human_path
from cartwatch.document.text import BOM
from cartwatch.document.writing import literal
from cartwatch.domain.identity import same
from cartwatch.domain.text import clean

from .changes import PlannedChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.document.document import Document
    from cartwatch.document.edits import Edit
    from cartwatch.domain.merge import Conflict

__all__ = ["conflict_words", "log_items", "place_words", "settled", "theirs_stands", "value_at", "with_conflicts"]


def place_words(document: Document, conflict: Conflict) -> tuple[str, str]:
    """Name the program and the path in it."""
    path = conflict.path
    if conflict.program is None or len(path) < 2 or not isinstance(path[1], int):
        return "the list itself", ".".join(str(each) for each in path)
    if path[1] >= len(document.programs):
        return conflict.program, ".".join(str(each) for each in path[2:])
    return conflict.program, human_path(document.programs[path[1]], path[2:]) or "the whole program"


def log_items(document: Document, conflicts: Sequence[Conflict]) -> list[tuple[str, str, Any, Any, Any]]:
    """Convert conflicts to entries of the log: program, path, before, ours, theirs."""
    return [(*place_words(document, each), each.base, each.ours, each.theirs) for each in conflicts]


def theirs_stands(document: Document, conflict: Conflict) -> bool:
    """Whether the document has their value, as it does if ours deleted or undid something."""
    return same(value_at(document, conflict.path), conflict.theirs)


def settled(document: Document, conflicts: Sequence[Conflict], theirs: Sequence[bool]) -> tuple[PlannedChange | None, int]:
    """Build the change for the chosen values, None if they are current already; and count the conflicts whose value has
    changed again since, which are left alone."""
    sets: list[Edit] = []
    deletes: list[Delete] = []
    gone = 0
    for each, take in zip(conflicts, theirs, strict=True):
        now = value_at(document, each.path)
        wanted = each.theirs if take else each.ours
        if not any(same(now, side) for side in (each.ours, each.theirs)) or not _same_program(document, each):
            gone += 1
        elif not same(now, wanted):
            if now is None and isinstance(each.path[-1], int):
                sets.append(Add(each.path[:-1], wanted))
            elif wanted is None:
                deletes.append(Delete(each.path))
            else:
                sets.append(Set(each.path, wanted))
    # Deleting last keeps the places of the others valid.
    edits = (*sets, *sorted(deletes, key=lambda each: [str(step).zfill(8) for step in each.path], reverse=True))
    if not edits:
        return None, gone
    count = sum(theirs)
    return PlannedChange(edits, f"conflict settled: {count} of theirs, {len(theirs) - count} of mine"), gone


def value_at(document: Document, path: tuple[str | int, ...]) -> Any:
    """Return the value at a path of the file; None if there is none."""
    try:
        return get(document.data, path)
    except EditError:
        return None


def _same_program(document: Document, conflict: Conflict) -> bool:
    if conflict.program is None:
        return True
    place = conflict.path[1]
    if not isinstance(place, int) or place >= len(document.programs):
        return conflict.ours is None and len(conflict.path) == 2  # it was removed, and can be added again
    record = document.programs[place]
    return conflict.program in (record.get("short"), record.get("name"), record.get("id"))


_LONGEST = 200  # characters of a value


def conflict_words(document: Document, conflict: Conflict) -> str:
    """Describe a conflict in one line: `lasme-cel: phase: yours "Phase 3", theirs "Filed", before "Pivotal"`."""
    place = _place(document, conflict)
    program = f"{clean(conflict.program)}: " if conflict.program else ""
    return f"{program}{place}: {_sides(conflict)}"


def _sides(conflict: Conflict) -> str:
    return f"yours {_said(conflict.ours)}, theirs {_said(conflict.theirs)}, before {_said(conflict.base)}"


def with_conflicts(document: Document, conflicts: Sequence[Conflict]) -> Document:
    """Return a merged document with a comment above the line of each conflict; the line itself has your value.

    If a line cannot have a comment above it, all comments are at the top of the file.
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
    """Parse a text and return its document if comments have not changed the data."""
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
    """Format a value on one line of TOML, so that it can replace the other."""
    if value is None:
        return "nothing"
    text = literal(value)
    return clean(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
