"""Break runs of text into lines of a given width in cells, at spaces where there are any."""

from __future__ import annotations

import re
from functools import cache

from rich.cells import cell_len, chop_cells

__all__ = ["Runs", "one_line", "width_of", "wrap"]

Runs = list[tuple[str, str]]


@cache
def _words() -> re.Pattern[str]:
    return re.compile(r"\s*\S+|\s+$")


def width_of(runs: Runs | tuple[tuple[str, str], ...]) -> int:
    """The width of some runs, in cells."""
    return sum(cell_len(text) for text, _ in runs)


def wrap(runs: Runs | tuple[tuple[str, str], ...], width: int) -> list[Runs]:
    """The runs on as many lines as they need; a word longer than a line is cut. Always one line at least."""
    width = max(1, width)
    if not any("\n" in text for text, _ in runs) and width_of(runs) <= width:
        return [list(runs)]
    lines: list[Runs] = [[]]
    used = 0
    for text, role in runs:
        for part, paragraph in enumerate(text.split("\n")):
            if part:
                lines.append([])
                used = 0
            used = _fill(lines, used, paragraph, role, width)
    return lines


def _fill(lines: list[Runs], used: int, text: str, role: str, width: int) -> int:
    """Add one run to the last line and as many more as it takes; give the width of the last one."""
    if len(text) <= width - used and text.isascii():
        lines[-1].append((text, role))
        return used + len(text)
    line = ""
    for word in _words().findall(text):
        size = cell_len(word)
        if used + size > width:
            fresh = word.lstrip()
            size = cell_len(fresh)
            if used:
                lines[-1].append((line, role))
                lines.append([])
                line, used = "", 0
            if size > width:
                *full, rest = chop_cells(fresh, width)
                for each in full:
                    lines[-1].append((each, role))
                    lines.append([])
                fresh, size = rest, cell_len(rest)
            word = fresh
        line += word
        used += size
    if line:
        lines[-1].append((line, role))
    return used


def one_line(runs: Runs | tuple[tuple[str, str], ...], width: int, ellipsis: str = "…") -> Runs:
    """The runs in at most `width` cells; what is longer ends in the ellipsis."""
    if width_of(runs) <= width:
        return list(runs)
    if width < 1:
        return []
    out: Runs = []
    room = width - 1
    for text, role in runs:
        size = cell_len(text)
        if size > room:
            cut = chop_cells(text, room)[0] if room else ""
            out.append((cut.rstrip() + ellipsis, role))
            break
        out.append((text, role))
        room -= size
    return out
