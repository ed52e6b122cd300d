"""Watchlist: all programs, frozen; the input of every view."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .fields import listed
from .program import Program
from .sponsor import Sponsor
from .vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Ambiguous", "Unknown", "Watchlist"]

_NAMED = 6  # programs that a message names


class Unknown(LookupError):
    """No program has that name; `suggestion` is the nearest one."""

    def __init__(self, asked: str, suggestion: str | None) -> None:
        hint = f': did you mean "{suggestion}"?' if suggestion else ""
        super().__init__(f'no program is called "{asked}"{hint}')
        self.suggestion = suggestion


class Ambiguous(LookupError):
    """Several programs have that name."""

    def __init__(self, asked: str, programs: Sequence[Program]) -> None:
        named = programs[:_NAMED] if len(programs) > _NAMED + 1 else programs
        names = [each.key if fold(each.label) == fold(each.key) else f"{each.label} ({each.key})" for each in named]
        more = f" or {len(programs) - _NAMED} others" if len(named) < len(programs) else ""
        super().__init__(f'"{asked}" may be {" or ".join(names)}{more}')


@dataclass(frozen=True, slots=True)
class Watchlist:
    """Programs in the order of the file."""

    programs: tuple[Program, ...] = ()
    title: str | None = None
    schema: int = 1
    sponsors: tuple[Sponsor, ...] = listed(Sponsor)
    _known: dict[str, int] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def _places(self) -> dict[str, int]:
        """The place of each key; computed on first use."""
        if self._known is None:
            object.__setattr__(self, "_known", {each.key: place for place, each in enumerate(self.programs)})
        assert self._known is not None
        return self._known

    def __len__(self) -> int:
        return len(self.programs)

    def with_others(self, others: Mapping[int, Program]) -> Watchlist:
        """Return the same list with other programs at some places."""
        programs = list(self.programs)
        for place, program in others.items():
            programs[place] = program
        made = Watchlist(tuple(programs), self.title, self.schema, self.sponsors)
        if all(program.key == self.programs[place].key for place, program in others.items()):
            object.__setattr__(made, "_known", self._known)
        return made

    def sponsor(self, name: str | None) -> Sponsor | None:
        """Return the record of the sponsor of this name, in any case."""
        wanted = fold(name or "")
        return next((each for each in self.sponsors if wanted and each.name and fold(each.name) == wanted), None)

    def place(self, key: str) -> int | None:
        """Return the index of the program with this key."""
        return self._places.get(key)

    def get(self, key: str) -> Program | None:
        """Return the program with this key."""
        place = self._places.get(key)
        return None if place is None else self.programs[place]

    def find(self, asked: str) -> Program:
        """Find a program by exact id or name, else ignoring case, else by unambiguous prefix.

        An exact name comes before a key made from another name. Raises Unknown with the nearest name, or Ambiguous
        with those that match.
        """
        for fits in (_has_id, _has_name, _has_key, _has_folded, _has_prefix):
            found = [each for each in self.programs if fits(each, asked)]
            if len(found) == 1:
                return found[0]
            if found:
                raise Ambiguous(asked, found)
        from .vocabulary import nearest

        known = [name for each in self.programs for name in (each.key, each.label, each.name, *each.aliases)]
        raise Unknown(asked, nearest(asked, known))


def _has_id(program: Program, asked: str) -> bool:
    return program.id == asked


def _has_name(program: Program, asked: str) -> bool:
    return asked in (program.short, program.name, *program.aliases)


def _has_key(program: Program, asked: str) -> bool:
    return program.key == asked


def _has_folded(program: Program, asked: str) -> bool:
    wanted = fold(asked)
    return bool(wanted) and wanted in _names(program)


def _has_prefix(program: Program, asked: str) -> bool:
    wanted = fold(asked)
    return bool(wanted) and any(each.startswith(wanted) for each in _names(program))


def _names(program: Program) -> set[str]:
    names = (program.key, program.id, program.short, program.name, *program.aliases)
    return {fold(each) for each in names if each}
