"""Layout of a pane's lines for a width: labels in one column, Markdown prose wrapped, small tables aligned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from cartwatch.app.widgets.linelist import DrawnLine
from cartwatch.views.layout import Runs, width_of, wrap
from cartwatch.views.lines import Line, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Block", "lay_out", "rendered"]

_LABEL = 20  # cells that a label may take at most
_INDENT = 2
_GAP = 2


def lay_out(lines: Sequence[Line], width: int) -> list[DrawnLine]:
    """Draw the lines in `width` cells. The owner of each drawn line is the index of its line."""
    labels = [width_of([(each.label, "")]) for each in lines if each.label]
    words = [width_of([(word, "")]) for each in lines for word in each.label.split()]
    label_width = min(max(labels, default=0), _LABEL, max(*words, 6, width // 3) if words else 6)  # no word is broken
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
    """Compute the column widths of consecutive lines of cells; the widest gives way, a word only at last."""
    columns = max(len(line.cells) for _, line in entries)
    indent = _INDENT * max(line.indent for _, line in entries)
    needs, words = [0] * columns, [0] * columns
    for _, line in entries:
        for at, cell in enumerate(line.cells):
            texts = _texts(cell)
            needs[at] = max(needs[at], width_of(texts))
            longest = (width_of([(word, "")]) for word in "".join(text for text, _ in texts).split())
            if at + 1 < len(line.cells) or at + 1 == columns:
                words[at] = max(words[at], 0, *longest)
    room = width - indent - _GAP * (columns - 1)
    while sum(needs) > room and (giving := [at for at in range(columns) if needs[at] > words[at]]):
        needs[max(giving, key=needs.__getitem__)] -= 1
    gap = _GAP if sum(needs) <= room else 1
    room += (_GAP - gap) * (columns - 1)
    while sum(needs) > room and (giving := [at for at in range(columns) if needs[at] > 4]):
        needs[giving[-1]] -= 1  # the rates stand left of what is said about them
    for owner, line in entries:
        _space_above(line, out)
        rooms = needs[: len(line.cells)]
        rooms[-1] = sum(needs[len(rooms) - 1 :]) + gap * (columns - len(rooms))  # what is last takes the empty cells beside it
        wrapped = [wrap(_texts(cell), max(1, each)) for cell, each in zip(line.cells, rooms, strict=True)]
        for at in range(max(len(each) for each in wrapped)):
            runs: Runs = [(" " * indent, "")] if indent else []
            for column, cell_lines in enumerate(wrapped):
                part = cell_lines[at] if at < len(cell_lines) else []
                runs += part
                if column + 1 < len(wrapped):
                    runs.append((" " * (needs[column] - width_of(part) + gap), ""))
            stands = owner if line.path is not None or not all(_is_head(cell) for cell in line.cells) else None
            out.append(DrawnLine(tuple(runs), stands))


def _is_head(cell: Sequence[Run]) -> bool:
    return all(run.role in ("heading", "label", "quiet") for run in cell)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, heading or line of code; `hang`: indent of its further lines; `space`: empty line above."""

    runs: tuple[tuple[str, str], ...]
    indent: int = 0
    hang: int = 0
    space: bool = False


@cache
def _inline() -> re.Pattern[str]:
    # Bounded repetition: hostile text must not make the search slow.
    return re.compile(
        r"`([^`\n]{1,500})`"
        r"|\*\*(\S(?:[^*\n]{0,500}\S)?)\*\*"
        r"|__(\S(?:[^_\n]{0,500}\S)?)__"
        r"|(?<![\w*])\*(\S(?:[^*\n]{0,500}\S)?)\*(?![\w*])"
        r"|(?<![\w_])_(\S(?:[^_\n]{0,500}\S)?)_(?![\w_])"
        r"|(?<!!)\[([^\[\]\n]{1,300})\]\((https?://[^\s()]{1,1000})\)"
        r"|(https?://[^\s<>()\[\]]{1,1000})"
    )


_ROLES = ("code", "strong", "strong", "emphasis", "emphasis")


@cache
def _starts() -> re.Pattern[str]:
    return re.compile(r"(?P<in> {0,12})(?:(?P<head>#{1,6}) |(?P<bullet>[-*+]) |(?P<number>\d{1,4}[.)]) |(?P<quote>> ?))?")


def rendered(text: str) -> list[Block]:
    """Parse a text into blocks; text that is not Markdown is kept as written."""
    blocks: list[Block] = []
    paragraph: list[str] = []
    space = fenced = False

    def flush() -> None:
        nonlocal space
        if paragraph:
            blocks.append(Block(_spans(" ".join(paragraph)), space=space))
            paragraph.clear()
            space = False

    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            flush()
            fenced = not fenced
            continue
        if fenced:
            blocks.append(Block(((line or " ", "code"),), indent=1, space=space))
            space = False
            continue
        if not line.strip():
            flush()
            space = bool(blocks)
            continue
        if set(line.strip()) <= {"-"} and len(line.strip()) >= 3:
            flush()
            blocks.append(Block((("───", "quiet"),), space=space))
            space = False
            continue
        found = _starts().match(line)
        assert found is not None
        marker = found["head"] or found["bullet"] or found["number"] or found["quote"]
        if not marker:
            paragraph.append(line.strip() if not line.endswith("  ") else line.strip() + "\n")
            continue
        flush()
        blocks.append(_marked(found, line[found.end() :], space))
        space = False
    flush()
    return blocks or [Block((("", ""),))]


def _marked(found: re.Match[str], rest: str, space: bool) -> Block:
    if found["head"]:
        return Block(tuple((text, role or "heading") for text, role in _spans(rest.strip(" #"))), space=True)
    if found["quote"]:
        return Block((("│ ", "quiet"), *_spans(rest)), hang=2, space=space)
    sign = "• " if found["bullet"] else f"{found['number']} "
    return Block(((sign, "quiet"), *_spans(rest)), indent=len(found["in"]) // 2, hang=len(sign), space=space)


def _spans(text: str) -> tuple[tuple[str, str], ...]:
    out: list[tuple[str, str]] = []
    at = 0
    for found in _inline().finditer(text):
        if found.start() > at:
            out.append((text[at : found.start()], ""))
        at = found.end()
        if found[6] is not None:
            out += [(found[6], "link"), (f" ({found[7]})", "quiet")]
        elif found[8] is not None:
            out.append((found[8], "link"))
        else:
            place = next(number for number in range(1, 6) if found[number] is not None)
            out.append((found[place], _ROLES[place - 1]))
    if at < len(text):
        out.append((text[at:], ""))
    return tuple(out)
