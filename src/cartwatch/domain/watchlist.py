"""The watchlist: all programs, frozen; what every view reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .program import Program
from .vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Ambiguous", "Unknown", "Watchlist"]

_NAMED = 6  # programs that a message spells out


class Unknown(LookupError):
    """No program goes by that name; `suggestion` is the nearest that does."""

    def __init__(self, asked: str, suggestion: str | None) -> None:
        hint = f': did you mean "{suggestion}"?' if suggestion else ""
        super().__init__(f'no program is called "{asked}"{hint}')
        self.suggestion = suggestion


class Ambiguous(LookupError):
    """Several programs go by that name."""

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
    _known: dict[str, int] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def _places(self) -> dict[str, int]:
        """Where each key is; found out when first asked for."""
        if self._known is None:
            object.__setattr__(self, "_known", {each.key: place for place, each in enumerate(self.programs)})
        assert self._known is not None
        return self._known

    def __len__(self) -> int:
        return len(self.programs)

    def with_others(self, others: Mapping[int, Program]) -> Watchlist:
        """The same list with other programs at some places."""
        programs = list(self.programs)
        for place, program in others.items():
            programs[place] = program
        made = Watchlist(tuple(programs), self.title, self.schema)
        if all(program.key == self.programs[place].key for place, program in others.items()):
            object.__setattr__(made, "_known", self._known)
        return made

    def place(self, key: str) -> int | None:
        """The index of the program with this key."""
        return self._places.get(key)

    def get(self, key: str) -> Program | None:
        """The program with this key."""
        place = self._places.get(key)
        return None if place is None else self.programs[place]

    def find(self, asked: str) -> Program:
        """The program that goes by an id, else a name or an alias, else an unambiguous prefix of one, in any case.

        Raises Unknown with the nearest name, or Ambiguous with those that do.
        """
        if (same := self.get(asked)) is not None:
            return same
        wanted = fold(asked)
        exact = [each for each in self.programs if wanted and wanted == fold(each.key)]
        exact = exact or [each for each in self.programs if wanted in _names(each)]
        found = exact or [each for each in self.programs if wanted and any(n.startswith(wanted) for n in _names(each))]
        if len(found) == 1:
            return found[0]
        if found:
            raise Ambiguous(asked, found)
        from .vocabulary import nearest

        known = [name for each in self.programs for name in (each.key, each.label, each.name, *each.aliases)]
        raise Unknown(asked, nearest(asked, known))


def _names(program: Program) -> set[str]:
    names = (program.key, program.id, program.short, program.name, *program.aliases)
    return {fold(each) for each in names if each}
