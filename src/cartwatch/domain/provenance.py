"""Where a fact comes from, and whether a person has read it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .program import Program, Source

__all__ = ["Provenance", "provenance"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """The sources behind a fact.

    `cited` holds the ids as written, `sources` those that the program lists. A fact is `verified` only where it cites at
    least one source and a person has read every one it cites. `outdated` says that the source is the one already given for
    earlier guidance: it can't be behind the new words before somebody says so.
    """

    cited: tuple[str, ...]
    sources: tuple[Source, ...]
    outdated: bool = False

    @property
    def verified(self) -> bool:
        """Whether a person has read the fact where it is said to stand."""
        known = bool(self.cited) and len(self.sources) == len(self.cited)
        return known and not self.outdated and all(each.checked for each in self.sources)

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids that are cited but not listed."""
        known = {each.id for each in self.sources}
        return tuple(each for each in self.cited if each not in known)


def provenance(program: Program, path: str, record: object = None) -> Provenance:
    """The sources behind the fact at a dotted field path, as in `mechanism.targets`.

    What `[program.cite]` says of the field itself counts first, then the own `cite` of the `record` that holds it, then what
    `[program.cite]` says of anything above it.
    """
    path_end = path.rpartition(".")[2]
    named = program.cite or {}
    cited = named.get(path)
    if cited is None and record is not None:
        cited = getattr(record, "cite", None) or None
    while cited is None and "." in path:
        path = path.rpartition(".")[0]
        cited = named.get(path)
    cited = cited or ()
    sources = tuple(found for each in cited if (found := program.source(each)) is not None)
    moves = getattr(record, "moves", ()) if path_end == "when" else ()
    return Provenance(tuple(cited), sources, outdated=bool(moves and cited and moves[-1].cite == cited))
