"""Grouping: programs that share a value of a column stand together, each group with its count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cartwatch.domain.vocabulary import fold

from .columns import column
from .lines import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.domain.program import Program

    from .look import Look

__all__ = ["NONE", "Group", "grouped"]

NONE = "not reported"


class Group(NamedTuple):
    """A group: the value as it is shown, and its programs in their order."""

    label: str
    programs: tuple[Program, ...]

    @property
    def title(self) -> str:
        """The value with the number of programs: `CD19 (9)`."""
        return f"{self.label} ({len(self.programs)})"


def grouped(
    programs: Sequence[Program], key: str, look: Look, known: dict[str, tuple[Program, Any, str]] | None = None
) -> list[Group]:
    """Group programs by a column, keeping their order within a group; `known` keeps what was found of each for the next time.

    Groups stand in the order of the column, those without a value last. A program with several tags is in the group of its
    first one.
    """
    spec = column(key)
    found: dict[str, list[Program]] = {}
    labels: dict[str, str] = {}
    ranks: dict[str, Any] = {}
    for program in programs:
        held = known.get(f"{key} {program.key}") if known is not None else None
        if held is None or held[0] is not program or spec.ticks:
            rank = spec.sort(program, look)
            held = (program, rank, NONE if rank is None else _label(program, key, look))
            if known is not None:
                known[f"{key} {program.key}"] = held
        _, rank, label = held
        group = fold(label) if rank is not None else ""
        found.setdefault(group, []).append(program)
        labels.setdefault(group, label)
        ranks.setdefault(group, rank)
    valued = sorted((each for each in found if ranks[each] is not None), key=lambda each: ranks[each])
    return [Group(labels[each], tuple(found[each])) for each in (*valued, *(each for each in found if ranks[each] is None))]


def _label(program: Program, key: str, look: Look) -> str:
    if key == "tags":
        return program.tags[0]
    text = plain(column(key).cell(program, look))
    return " ".join(text.replace(look.unverified.text, "").split())
