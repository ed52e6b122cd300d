"""Layout of a pane's lines for a width: labels in one column, prose wrapped, small tables aligned."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from cartwatch.app.widgets.linelist import DrawnLine
from cartwatch.views.layout import Runs, width_of, wrap
from cartwatch.views.lines import Line, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["lay_out"]

_LABEL = 20  # cells that a label may take at most
_INDENT = 2
_GAP = 2


def lay_out(lines: Sequence[Line], width: int) -> list[DrawnLine]:
    """Draw the lines in `width` cells. The owner of each drawn line is the index of its line."""
    labels = [width_of([(each.label, "")]) for each in lines if each.label]
    label_width = min(max(labels, default=0), _LABEL, max(6, width // 3))
    out: list[DrawnLine] = []
    for is_table, group in groupby(enumerate(lines), key=lambda each: bool(each[1].cells)):
        entries = list(group)
        if is_table:
            _tables(entries, width, out)
            continue
        beside = False  # whether the previous line has a label; a line without one goes below its value
        for owner, line in entries:
            _space_above(line, out)
            beside = bool(line.label) or (beside and not line.rule and not line.indent)
            if beside and not line.label:
                line = line._replace(label=" ")
            if any(run.role == "prose" for run in line.runs):
                _prose(owner, line, width, label_width, out)
            else:
                _line(owner, line, width, label_width, out)
    return out


def _space_above(line: Line, out: list[DrawnLine]) -> None:
    if line.rule and out:
        out.append(DrawnLine())


def _texts(runs: Sequence[Run]) -> Runs:
    return [(each.text, each.role) for each in runs]


def _line(owner: int, line: Line, width: int, label_width: int, out: list[DrawnLine], hang: int = 0) -> None:
    indent = _INDENT * line.indent
    left: Runs = [(" " * indent, "")] if indent else []
    column = indent
    if line.label:
        room = max(1, label_width)
        label = wrap([(line.label, "label")], room)
        column = indent + room + _GAP
    else:
        label = []
    body = wrap(_texts(line.runs), max(8, width - column - hang))
    if not line.runs and not line.label:
        out.append(DrawnLine())
        return
    # A title is no fact: the cursor skips it.
    stands = owner if line.path is not None or not _is_title(line) else None
    for at in range(max(len(body), len(label))):
        runs: Runs = list(left)
        if line.label:
            part = label[at] if at < len(label) else []
            runs += part
            runs.append((" " * (column - indent - width_of(part)), ""))
        if at and hang:
            runs.append((" " * hang, ""))
        if at < len(body):
            runs += body[at]
        out.append(DrawnLine(tuple(runs), stands))


def _is_title(line: Line) -> bool:
    return all(run.role == "heading" for run in line.runs)


def _prose(owner: int, line: Line, width: int, label_width: int, out: list[DrawnLine]) -> None:
    """Draw Markdown: each block as lines of its own, all of one entry."""
    from cartwatch.app.widgets.markdown import rendered

    text = "".join(run.text for run in line.runs)
    first = True
    for block in rendered(text):
        if block.space and not first:
            out.append(DrawnLine((), owner))
        label = line.label if first else (" " if line.label else "")
        shown = Line(
            tuple(Run(*run) for run in block.runs), label=label, path=line.path or "", indent=line.indent + block.indent
        )
        _line(owner, shown, width, label_width, out, hang=block.hang)
        first = False


def _tables(entries: list[tuple[int, Line]], width: int, out: list[DrawnLine]) -> None:
    """Compute the column widths of consecutive lines of cells; the widest column gives way where there is no room."""
    columns = max(len(line.cells) for _, line in entries)
    indent = _INDENT * max(line.indent for _, line in entries)
    needs = [0] * columns
    for _, line in entries:
        for at, cell in enumerate(line.cells):
            needs[at] = max(needs[at], width_of(_texts(cell)))
    room = width - indent - _GAP * (columns - 1)
    while sum(needs) > room and max(needs) > 4:
        needs[needs.index(max(needs))] -= 1
    for owner, line in entries:
        _space_above(line, out)
        wrapped = [wrap(_texts(cell), max(1, need)) for cell, need in zip(line.cells, needs, strict=False)]
        for at in range(max(len(each) for each in wrapped)):
            runs: Runs = [(" " * indent, "")] if indent else []
            for column, cell_lines in enumerate(wrapped):
                part = cell_lines[at] if at < len(cell_lines) else []
                runs += part
                if column + 1 < len(wrapped):
                    runs.append((" " * (needs[column] - width_of(part) + _GAP), ""))
            stands = owner if line.path is not None or not all(_is_head(cell) for cell in line.cells) else None
            out.append(DrawnLine(tuple(runs), stands))


def _is_head(cell: Sequence[Run]) -> bool:
    return all(run.role in ("heading", "label", "quiet") for run in cell)
