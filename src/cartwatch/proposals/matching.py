"""Matches incoming programs with one's own: by id, then NCT number, then name or alias; never two to one silently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cartwatch.domain.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cartwatch.domain.program import Program

__all__ = ["Match", "match"]


@dataclass(frozen=True, slots=True)
class Match:
    """The place of one's own program, None for a new one; `by` is the rule that matched, `unclear` why none did."""

    place: int | None = None
    by: str = ""
    unclear: str | None = None


def match(mine: Sequence[Program], theirs: Sequence[Program]) -> list[Match]:
    """Return a match for each incoming program, in order."""
    found: dict[int, Match] = _twins(theirs)
    free = set(range(len(mine)))
    for by, names in _STAGES:
        owners: dict[str, set[int]] = {}
        for place in free:
            for name in names(mine[place]):
                owners.setdefault(name, set()).add(place)
        wanted: dict[int, dict[int, str]] = {}
        for index, program in enumerate(theirs):
            if index not in found:
                hits = {place: name for name in names(program) for place in owners.get(name, ())}
                if hits:
                    wanted[index] = hits
        claims: dict[int, list[int]] = {}
        for index, hits in wanted.items():
            for place in hits:
                claims.setdefault(place, []).append(index)
        for index, hits in wanted.items():
            found[index] = _judged(index, hits, claims, by, mine, theirs)
        free -= {each.place for each in found.values() if each.place is not None}
    return [found.get(index, Match()) for index in range(len(theirs))]


def _judged(
    index: int,
    hits: dict[int, str],
    claims: dict[int, list[int]],
    by: str,
    mine: Sequence[Program],
    theirs: Sequence[Program],
) -> Match:
    if len(hits) > 1:
        names = " and ".join(sorted(mine[place].key for place in hits))
        return Match(unclear=f"may be {names}, by {by}")
    ((place, name),) = hits.items()
    rivals = [each for each in claims[place] if each != index]
    if rivals:
        return Match(unclear=f"may be {mine[place].key} by {by}, and so may {theirs[rivals[0]].key}")
    if by == "NCT number":
        by = f"{by} {name}"
    elif theirs[index].id is None:
        by = "name"  # its key was made from it
    return Match(place, by)


def _twins(theirs: Sequence[Program]) -> dict[int, Match]:
    """Return the programs whose id another of the same file already has: the reader has given them other keys."""
    return {
        index: Match(unclear=f'is the second with the id "{program.id}"')
        for index, program in enumerate(theirs)
        if program.id is not None and program.id != program.key
    }


def _by_id(program: Program) -> Iterable[str]:
    return (program.key,)


def _by_number(program: Program) -> Iterable[str]:
    return {each.nct.strip().upper() for each in program.trials if each.nct}


def _by_name(program: Program) -> Iterable[str]:
    """Match by name, ignoring dashes and spaces: CTX112 and CTX-112."""
    names = (program.key, program.name, program.short, *program.aliases)
    return {folded for each in names if each and len(folded := fold(each).replace(" ", "")) > 2}


_STAGES: tuple[tuple[str, Callable[[Program], Iterable[str]]], ...] = (
    ("id", _by_id),
    ("NCT number", _by_number),
    ("name", _by_name),
)
