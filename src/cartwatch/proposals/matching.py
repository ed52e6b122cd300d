"""Matches incoming programs with one's own: by id, then NCT number, then name or alias; never two to one silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cartwatch.domain.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.domain.program import Program

__all__ = ["Match", "match", "name_parts", "plain_name", "rivals", "twin"]


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
    for by, names_of_mine, names in _STAGES:
        owners: dict[str, set[int]] = {}
        for place in free:
            for name in names_of_mine(mine[place]):
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
    taken = [place for place in range(len(mine)) if place not in free]
    whole = {name: place for place in taken for name in _by_name(mine[place])}
    partly = {name: place for place in taken for name in _by_part(mine[place])}
    for index, program in enumerate(theirs):
        if index not in found:
            found_in = [whole[each] for each in _by_part(program) if each in whole]
            found_in += [partly[each] for each in _by_name(program) if each in partly]
            if found_in:
                key = mine[min(found_in)].key
                found[index] = Match(unclear=f"may be {key} by name, which another program of the import is")
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
    return {plain for each in _names(program) if len(plain := plain_name(each)) > 2}


def _by_part(program: Program) -> Iterable[str]:
    """Match by a part of a name that gives another in brackets or after a slash: "obe-cel (Aucatzyl)"."""
    parts = [part for each in _names(program) for part in name_parts(each)]
    return {plain for each in parts if len(plain := plain_name(each)) > 2}


def _names(program: Program) -> list[str]:
    return [each for each in (program.key, program.name, program.short, *program.aliases) if each]


def plain_name(name: str) -> str:
    """A name as names are compared: without case, dashes and spaces."""
    return fold(name).replace(" ", "")


def name_parts(name: str) -> list[str]:
    """The names that one text gives, none where it is a single one."""
    parts = [each.strip() for each in _PARTS.split(name)]
    found = [each for each in parts if each]
    return found if len(found) > 1 else []


def rivals(programs: Sequence[Program], sources: Sequence[str]) -> dict[int, int]:
    """Return the programs that may be an earlier one of another source, by NCT number or name, each with that one's place."""
    found: dict[int, int] = {}
    whole: dict[str, int] = {}
    partly: dict[str, int] = {}
    for place, (program, source) in enumerate(zip(programs, sources, strict=True)):
        names, parts = [*_by_number(program), *_by_name(program)], [*_by_part(program)]
        hits = [whole[each] for each in (*names, *parts) if each in whole] + [partly[each] for each in names if each in partly]
        other = next((each for each in sorted(hits) if sources[each] != source), None)
        if other is not None:
            found[place] = other
            continue
        whole |= {each: whole.get(each, place) for each in names}
        partly |= {each: partly.get(each, place) for each in parts}
    return found


def twin(mine: Iterable[Program], name: str) -> Program | None:
    """Return the program that has a name, or a part of it, already, however it is written."""
    wanted = {plain_name(name), *(plain for each in name_parts(name) if len(plain := plain_name(each)) > 2)} - {""}
    first = {each[0] for each in wanted}
    for program in mine:
        # A list may be long, and this runs at each key: the first letter is looked at before the whole name.
        near = [each for each in _names(program) if each[0].casefold() in first or any(mark in each for mark in "([/;,")]
        if any(wanted & {plain_name(part) for part in (each, *name_parts(each))} for each in near):
            return program
    return None


_PARTS = re.compile(r"[()\[\]]|\s/\s|;|\s(?:aka|formerly)\s|,\s", re.I)
_Names = Callable[["Program"], Iterable[str]]
_STAGES: tuple[tuple[str, _Names, _Names], ...] = (
    ("id", _by_id, _by_id),
    ("NCT number", _by_number, _by_number),
    ("name", _by_name, _by_name),
    ("name", _by_name, _by_part),
    ("name", _by_part, _by_name),
)
