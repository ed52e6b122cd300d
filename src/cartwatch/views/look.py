"""View settings: the viewer's time, the terminal's signs, and marked programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cartwatch.domain.agenda import items

from .lines import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.dates.countdown import Countdown
    from cartwatch.domain.program import Program

    from .journaled import Told

__all__ = ["COUNTDOWN", "SOON", "Glyphs", "Look", "level_role", "role_of"]

COUNTDOWN = 17  # cells: the longest text of a window that is open
SOON = 45  # days: a window that opens or ends within them counts as near


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Signs that views draw; those in the table are one cell wide."""

    marked: str = "✓"
    pinned: str = "★"
    unverified: str = "°"
    absent: str = "–"
    dash: str = "–"
    dot: str = "·"
    arrow: str = "→"
    least: str = "≥"
    times: str = "×"


_UNICODE = Glyphs()
_SPOKEN = Glyphs("marked", "pinned", " (source not checked)", "not reported", "-", ",", "to", "at least ", "times")
_TO_WORDS = str.maketrans(
    {"≤": "at most ", "≥": "at least ", "–": "-", "—": "-", "−": "-", "…": "...", "→": "to", "×": "times"}
)
_ASCII = Glyphs("x", "*", "?", "-", "-", "|", "->", ">=", "x")
_TO_ASCII = str.maketrans(
    {"≤": "<=", "≥": ">=", "·": "|", "–": "-", "—": "-", "−": "-", "…": "...", "→": "->", "×": "x", "°": "?"}
)


@dataclass(frozen=True, slots=True)
class Look:
    """Settings that a view needs beside the program.

    `now` is the viewer's local time, passed in; `ascii` asks for signs that every terminal has, `plain` for words in place of
    signs and pictures, to be read aloud; `marked` holds the keys of marked programs. `sightings` is the file of changes seen
    in the trials at the registry, "" if there is none. `told` gives the changes of a program in the journal, None while they
    are not read yet.
    """

    now: datetime
    ascii: bool = False
    marked: frozenset[str] = frozenset()
    sightings: str = ""
    told: Callable[[str], Sequence[Told] | None] | None = None
    plain: bool = False

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def glyphs(self) -> Glyphs:
        return _SPOKEN if self.plain else _ASCII if self.ascii else _UNICODE

    def next(self, program: Program) -> Item | None:
        """Return the next upcoming catalyst of the program, an overdue one first; None if there is none."""
        first = next(iter(items(program, self.now)), None)
        return first if first is not None and first.waiting else None

    def plainly(self, text: str) -> str:
        """Replace signs in cartwatch's own texts by ASCII where the terminal needs it."""
        if self.plain:
            return text.replace(" · ", ", ").translate(_TO_WORDS)
        return text.translate(_TO_ASCII) if self.ascii else text

    def quoted(self, words: str) -> str:
        """Put verbatim words in quotes."""
        return f'"{words}"' if self.ascii else f"“{words}”"

    @property
    def unverified(self) -> Run:
        """The sign after a fact whose source is not checked."""
        return Run(self.glyphs.unverified, "unverified")


def role_of(count: Countdown) -> str:
    """Return the role of a countdown."""
    if count.state in ("ahead", "by"):
        days = count.days_to_end if count.state == "by" else count.days_to_start
        return "soon" if days is not None and days <= SOON else "ahead"
    return _ROLES[count.state]


_ROLES = {
    "overdue": "overdue",
    "open": "open",
    "today": "open",
    "undated": "quiet",
    "unreadable": "unread",
    "done": "done",
}


def level_role(level: str) -> str:
    """Return the role of a change in a registry record by its level: "critical", "notable" or anything less."""
    return {"critical": "overdue", "notable": "soon"}.get(level, "quiet")
