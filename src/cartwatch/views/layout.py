"""Lays out text in terminal cells: measures, cuts, pads and wraps it, and shares a width among the columns of a table.

Text comes as runs, pairs of a text and a role (`Run` is one). `wrap` and `one_line` take text that is already clean; `fit`,
`fit_runs` and `table` clean it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "CORE",
    "WHOLE",
    "Align",
    "Runs",
    "Track",
    "cells",
    "fit",
    "fit_runs",
    "one_line",
    "side_by_side",
    "table",
    "width_of",
    "wrap",
]

Align = Literal["left", "right"]
Runs = list[tuple[str, str]]

CORE = 40  # priority from which a column is rather cut than left out
WHOLE = 1_000_000  # the least width of a column whose texts are never cut
_GAP = 2
# characters that a cell shows (letters, marks and joined emoji counted); the rest is never looked at
_CHARACTERS_PER_CELL = 16
_JOINER, _WIDENER = "\u200d", "\ufe0f"


# ---- measures


@cache
def _narrow() -> frozenset[str]:
    """Return a pattern of one-cell characters: Latin, Greek, Cyrillic, punctuation, arrows, mathematics, box drawing."""
    ranges = ((0x20, 0x7F), (0xA0, 0xAD), (0xAE, 0x300), (0x370, 0x483), (0x2010, 0x2028), (0x2030, 0x205F), (0x20A0, 0x20C0))
    signs = ((0x2190, 0x231A), (0x2500, 0x25FD))
    return frozenset("★✓" + "".join(chr(code) for each in (*ranges, *signs) for code in range(*each)))


def cells(text: str) -> int:
    """Count the terminal cells of a text; a control character takes none."""
    if text.isascii() and text.isprintable():
        return len(text)
    return len(text) if _narrow().issuperset(text) else _measured(text)


@lru_cache(4096)
def _measured(text: str) -> int:
    total, last, joined = 0, "", False
    for each in text:
        if joined or each == _JOINER:  # joined characters share the same cells
            joined = not joined
        elif each == _WIDENER:
            total += _widened(last) if last else 0
            last = ""
        elif size := _character(each):
            total += size
            last = each
    return total


@lru_cache(4096)
def _character(char: str) -> int:
    from unicodedata import category

    from wcwidth import wcwidth  # slow to import, and most text does not need it

    # Vowel signs, skin tones and halves of flags are drawn into, or beside, the character before: as Textual counts them.
    if category(char) == "Mc" or "\U0001f3fb" <= char <= "\U0001f3ff":
        return 0
    return 1 if "\U0001f1e6" <= char <= "\U0001f1ff" else max(wcwidth(char), 0)


@lru_cache(512)
def _widened(char: str) -> int:
    """Return the cells that a character gains when it is drawn as an emoji."""
    from wcwidth import wcswidth

    return max(wcswidth(char + _WIDENER) - wcswidth(char), 0)


def width_of(runs: Sequence[tuple[str, str]]) -> int:
    """Return the width of some runs, in cells."""
    return sum(cells(text) for text, _ in runs)


def _prefix(text: str, width: int) -> str:
    """Cut a text to `width` cells; a wide character is never cut in two."""
    if text.isascii():
        return text[: max(width, 0)]
    text = text[: _CHARACTERS_PER_CELL * max(width, 0)]
    return text[: bisect_right(range(len(text) + 1), width, key=lambda end: cells(text[:end])) - 1]


# ---- fitting


def fit(text: str, width: int, align: Align = "left", *, ellipsis: str = "…") -> str:
    """Clean a text and fit it to exactly *width* cells; longer text ends in *ellipsis* (one cell wide)."""
    if width <= 0:
        return ""
    if text.isascii() and text.isprintable():
        size = len(text)
    else:
        text = clean(text, limit=_CHARACTERS_PER_CELL * width)
        size = cells(text)
    if size > width:
        text = _prefix(text, width - 1).rstrip() + ellipsis
        size = cells(text)
    pad = " " * (width - size)
    return text + pad if align == "left" else pad + text


def fit_runs(runs: Sequence[tuple[str, str]], width: int, align: Align = "left", *, ellipsis: str = "…") -> Runs:
    """Clean runs and fit them to exactly *width* cells: padding has the role "", an ellipsis that of its run."""
    if width <= 0:
        return []
    shown = one_line([(clean(text, limit=_CHARACTERS_PER_CELL * width), role) for text, role in runs], width, ellipsis)
    space = width - width_of(shown)
    pad = [(" " * space, "")] if space else []
    return [*shown, *pad] if align == "left" else [*pad, *shown]


def one_line(runs: Sequence[tuple[str, str]], width: int, ellipsis: str = "…") -> Runs:
    """Cut the runs to at most `width` cells; longer text ends in the ellipsis."""
    if width_of(runs) <= width:
        return list(runs)
    if width < 1:
        return []
    out: Runs = []
    room = width - 1
    for text, role in runs:
        size = cells(text)
        if size > room:
            out.append((_prefix(text, room).rstrip() + ellipsis, role))
            break
        out.append((text, role))
        room -= size
    return out


# ---- wrapping


@cache
def _words() -> re.Pattern[str]:
    return re.compile(r"\s*\S+|\s+$")


def wrap(runs: Sequence[tuple[str, str]], width: int | None, *, whole: str | None = None) -> list[Runs]:
    """Wrap runs at spaces and at their own line ends; always returns one line at least.

    A word longer than a line is broken, except one with the role `whole`: a broken address cannot be opened
    or copied. With `width` None only line ends break.
    """
    width = max(1, width) if width is not None else None
    if not any("\n" in text for text, _ in runs) and (width is None or width_of(runs) <= width):
        return [list(runs)]
    lines: list[Runs] = [[]]
    used = 0
    for text, role in runs:
        for part, paragraph in enumerate(text.split("\n")):
            if part:
                lines.append([])
                used = 0
            if width is None:
                lines[-1].append((paragraph, role))
            else:
                used = _fill(lines, used, paragraph, role, width, breaks=role != whole)
    return lines


def _fill(lines: list[Runs], used: int, text: str, role: str, width: int, *, breaks: bool) -> int:
    """Add one run to the last line and to as many more as it needs; return the width of the last one."""
    if len(text) <= width - used and text.isascii():
        lines[-1].append((text, role))
        return used + len(text)
    line = ""
    for word in _words().findall(text):
        size = cells(word)
        if used + size > width:
            if not line and (carried := _carried(lines[-1], word)):
                lines.append([carried])
                used = cells(carried[0])
                if used + size <= width:
                    line, used = word, used + size
                    continue
            word = word.lstrip()
            size = cells(word)
            if used:
                lines[-1].append((line, role))
                lines.append([])
                line, used = "", 0
            while size > width and breaks:
                head = _prefix(word, width) or word[:1]
                lines[-1].append((head, role))
                lines.append([])
                word = word[len(head) :]
                size = cells(word)
        line += word
        used += size
    if line:
        lines[-1].append((line, role))
    return used


def _carried(line: Runs, word: str) -> tuple[str, str] | None:
    """Take the last word off a line if *word* goes on from it without a space, as a sign or a comma does."""
    if not line or word[:1].isspace() or not line[-1][0] or line[-1][0][-1].isspace():
        return None
    text, role = line[-1]
    head, space, last = text.rpartition(" ")
    if not space and len(line) == 1:  # nothing else would be left
        return None
    line[-1] = (head + space, role)
    return last, role


# ---- tables


def side_by_side(texts: Sequence[Sequence[tuple[str, str]]], sizes: Sequence[int]) -> list[Runs]:
    """Wrap texts in columns of these widths; the last line of each is followed by space where others go on."""
    parts = [wrap(each, size) for each, size in zip(texts, sizes, strict=True)]
    lines = []
    for at in range(max(map(len, parts))):
        out: Runs = []
        for place, (part, size) in enumerate(zip(parts, sizes, strict=True)):
            runs = part[at] if at < len(part) else []
            out += runs
            if place < len(parts) - 1:
                out.append((" " * (size - width_of(runs) + _GAP), ""))
        lines.append(out)
    return lines


class Track:
    """A column of a printed table.

    `priority` says how soon it is left out of a narrow one (None: never). Below CORE that happens as soon as the others would
    be narrower than their `comfort`, from there on only where they would be narrower than their `least`. Columns of the same
    priority come and go together.
    """

    __slots__ = ("align", "comfort", "header", "least", "priority")

    def __init__(self, header: str, least: int, comfort: int, priority: int | None = None, *, right: bool = False) -> None:
        self.header = header
        self.least = least
        self.comfort = comfort
        self.priority = priority
        self.align: Align = "right" if right else "left"


def table(
    tracks: Sequence[Track],
    rows: Sequence[Sequence[Sequence[tuple[str, str]]]],
    width: int | None,
    ellipsis: str,
) -> list[Runs]:
    """Lay out a table with its header in `width` cells: the least important columns go first, then the widest are cut.

    With `width` None nothing is left out or cut.
    """
    widths = [[width_of([(clean(text), role) for text, role in cell]) for cell in row] for row in rows]
    natural = [max([cells(track.header), *(row[at] for row in widths)]) for at, track in enumerate(tracks)]
    shown = list(range(len(tracks)))
    sizes = dict(enumerate(natural))
    if width is not None:
        shown = _kept(tracks, natural, width)
        sizes = _sizes(tracks, natural, shown, width)
    header = [[(each.header, "quiet")] for each in tracks]
    return [
        _joined([fit_runs(row[at], sizes[at], tracks[at].align, ellipsis=ellipsis) for at in shown]) for row in (header, *rows)
    ]


def _kept(tracks: Sequence[Track], natural: Sequence[int], width: int) -> list[int]:
    """Choose the columns that fit."""
    comfort = [min(track.comfort, size) for track, size in zip(tracks, natural, strict=True)]
    least = [min(track.least, size) for track, size in zip(tracks, natural, strict=True)]
    shown = list(range(len(tracks)))
    for needed, limit in ((comfort, CORE), (least, None)):
        while sum(needed[i] + _GAP for i in shown) - _GAP > width:
            lowest = min((priority for i in shown if (priority := tracks[i].priority) is not None), default=None)
            if lowest is None or (limit is not None and lowest >= limit):
                break
            shown = [i for i in shown if tracks[i].priority != lowest]
    return shown


def _sizes(tracks: Sequence[Track], natural: Sequence[int], shown: Sequence[int], width: int) -> dict[int, int]:
    """Shrink column widths to fit, cell by cell from the column that exceeds its least width most."""
    sizes = {i: natural[i] for i in shown}
    over = sum(sizes.values()) + _GAP * (len(shown) - 1) - width
    while over > 0:
        give = {i: sizes[i] - min(tracks[i].least, natural[i]) for i in shown}
        widest = max(give, key=lambda i: (give[i], i))
        if not give[widest]:
            break
        sizes[widest] -= 1
        over -= 1
    return sizes


def _joined(columns: Sequence[Runs]) -> Runs:
    out: Runs = []
    for place, column in enumerate(columns):
        if place:
            out.append((" " * _GAP, ""))
        out += column
    return out
