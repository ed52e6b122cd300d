"""Lay runs of text out in terminal cells: cut, pad, wrap, and put a table into the width there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.views.lines import Run

from .output import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CORE", "Track", "cells", "fit", "table", "width_of", "wrap"]

CORE = 70  # priority from which a column is rather cut than left out
_GAP = 2
_NARROW = frozenset("αβγδ–—‘’“”•…→−≤≥★─✓")  # one cell each, like all of the Latin letters


class Track:
    """A column of a printed table.

    `priority` says how soon it is left out of a narrow one (None: never). Below CORE that happens as soon as the others would
    be narrower than their `comfort`, from there on only where they would be narrower than their `least`. Columns of the same
    priority come and go together.
    """

    __slots__ = ("comfort", "header", "least", "priority", "right")

    def __init__(self, header: str, least: int, comfort: int, priority: int | None = None, *, right: bool = False) -> None:
        self.header = header
        self.least = least
        self.comfort = comfort
        self.priority = priority
        self.right = right


def cells(text: str) -> int:
    """How many terminal cells a text takes."""
    if text.isascii() or all(each < "\u0300" or each in _NARROW for each in text):
        return len(text)
    from wcwidth import wcswidth  # dear to import: most tables get by without

    return max(wcswidth(text), 0)


def width_of(runs: Sequence[Run]) -> int:
    return sum(cells(safe(each.text)) for each in runs)


def fit(runs: Sequence[Run], width: int, ellipsis: str, *, right: bool = False) -> list[Run]:
    """Runs in exactly `width` cells: padded, or cut with an ellipsis; a wide character is never cut in two."""
    shown = [Run(safe(each.text), each.role) for each in runs]
    spare = width - sum(cells(each.text) for each in shown)
    if spare >= 0:
        pad = Run(" " * spare)
        return [pad, *shown] if right else [*shown, pad]
    out, room = [], width - 1
    for each in shown:
        taken = _prefix(each.text, room)
        room -= cells(taken)
        if taken != each.text:
            out.append(Run(taken.rstrip() + ellipsis, each.role))
            break
        out.append(each)
    else:
        out.append(Run(ellipsis, shown[-1].role))
    return [*out, Run(" " * (width - sum(cells(each.text) for each in out)))]


def _prefix(text: str, width: int) -> str:
    """As much of a text as stands in `width` cells."""
    if text.isascii():
        return text[: max(width, 0)]
    end = min(len(text), max(width, 0))
    while end and cells(text[:end]) > width:
        end -= 1
    while end < len(text) and end and cells(text[: end + 1]) <= width:
        end += 1
    return text[:end]


def wrap(runs: Sequence[Run], width: int | None) -> list[list[Run]]:
    """Runs on as many lines as they need, broken at spaces; a word longer than a line is broken where it must.

    An address stays whole, for the terminal to wrap: a broken one cannot be opened or copied.
    """
    if width is None:
        return [list(runs)]
    width = max(width, 8)
    lines: list[list[Run]] = [[]]
    room = width
    for run in runs:
        for word in _words(safe(run.text)):
            size, blank = cells(word), word[0] == " "
            if size > room and not blank and lines[-1]:
                lines.append([])
                room = width
            while size > room and not blank and run.role != "link":
                head = _prefix(word, room) or word[:1]
                _add(lines[-1], head, run.role)
                lines.append([])
                word, room = word[len(head) :], width
                size = cells(word)
            if blank and size > room:
                room = 0  # what follows goes on the next line, and the space nowhere
                continue
            if blank and not lines[-1] and len(lines) > 1:
                continue
            _add(lines[-1], word, run.role)
            room -= size
    return [each for each in lines if each] or [[]]


def _add(line: list[Run], text: str, role: str) -> None:
    """Put text at the end of a line, to the run before it where the role is the same."""
    if line and line[-1].role == role:
        line[-1] = Run(line[-1].text + text, role)
    else:
        line.append(Run(text, role))


def _words(text: str) -> list[str]:
    """Words and the spaces between them, apart."""
    out: list[str] = []
    for char in text:
        if out and (char == " ") == (out[-1][-1] == " "):
            out[-1] += char
        else:
            out.append(char)
    return out


def table(
    tracks: Sequence[Track], rows: Sequence[Sequence[Sequence[Run]]], width: int | None, ellipsis: str
) -> list[list[Run]]:
    """A table with its header, in `width` cells: the least important columns go first, then the widest are cut.

    With `width` None nothing is left out or cut.
    """
    natural = [max([cells(track.header), *(width_of(row[place]) for row in rows)]) for place, track in enumerate(tracks)]
    shown = list(range(len(tracks)))
    sizes = dict(enumerate(natural))
    if width is not None:
        shown = _kept(tracks, natural, width)
        sizes = _sizes(tracks, natural, shown, width)
    header = [[Run(each.header, "quiet")] for each in tracks]
    return [
        _joined([fit(row[place], sizes[place], ellipsis, right=tracks[place].right) for place in shown])
        for row in (header, *rows)
    ]


def _kept(tracks: Sequence[Track], natural: Sequence[int], width: int) -> list[int]:
    """The columns that have room."""
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
    """Widths that fit: cell by cell from the column that stands widest over its least."""
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


def _joined(columns: Sequence[Sequence[Run]]) -> list[Run]:
    out: list[Run] = []
    for place, column in enumerate(columns):
        if place:
            out.append(Run(" " * _GAP))
        out += column
    return out
