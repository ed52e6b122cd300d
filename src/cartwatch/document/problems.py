"""Problems of a watchlist file: message, place, and remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cartwatch.domain.description import counted
from cartwatch.domain.fields import RawPath

__all__ = ["ADVICE", "ERROR", "WARNING", "Problem", "dotted", "in_words", "tally"]

ERROR = "error"
WARNING = "warning"
ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem, or one piece of advice.

    `path` is the place in the data, from the document's root; `program` is the label of the program it is in, if any; `line`
    and `column` count from 1, and are 0 until the problem has been located in the text.
    """

    level: str
    path: RawPath
    message: str
    program: str | None = None
    key: str | None = None
    line: int = 0
    column: int = 0

    @property
    def field(self) -> str:
        """The place inside the program as a dotted path: `catalyst[2].when`."""
        return dotted(self.path[2:] if self.path[:1] == ("program",) and len(self.path) > 1 else self.path)

    @property
    def words(self) -> str:
        """The problem in one line, with its place in the data."""
        where = f'program "{self.program}": ' if self.program is not None else ""
        return f"{where}{self.field}: {self.message}" if self.field else f"{where}{self.message}"


def tally(problems: Iterable[Problem]) -> str:
    """Count findings by their level, in words: `1 error, 2 warnings, 3 pieces of advice`; empty if there are none."""
    return in_words(Counter(each.level for each in problems))


def in_words(counts: Mapping[str, int]) -> str:
    """Say how many findings of each level there are, as `tally` does."""
    words = ((ERROR, "error", "errors"), (WARNING, "warning", "warnings"), (ADVICE, "piece of advice", "pieces of advice"))
    return ", ".join(counted(counts[level], one, more) for level, one, more in words if counts.get(level))


def dotted(path: RawPath) -> str:
    """Format a raw path with list items counted from 1."""
    out = ""
    for step in path:
        if isinstance(step, int):
            out += f"[{step + 1}]"
        else:
            plain = step.isascii() and step.replace("-", "").replace("_", "").isalnum()
            out += ("." if out else "") + (step if plain else f'"{step}"')
    return out
