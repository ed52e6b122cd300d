"""What was known on an earlier day, from the days that facts carry: said, granted, placed, cut-off, outcome on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from .catalyst import Catalyst, Guidance
    from .cites import Cite
    from .dates.window import Window
    from .efficacy import Efficacy
    from .program import Program
    from .regulatory import Designation, Hold, Status
    from .safety import Report
    from .sponsor import Sponsor

__all__ = ["GAPS", "as_of"]

GAPS = {
    "guidance": ("guidance without a day said is left out", "guidances without a day said are left out"),
    "outcome": ("outcome without a day is left out", "outcomes without a day are left out"),
    "record": (
        "designation, hold, status or data set without a day is left out",
        "designations, holds, statuses and data sets without a day are left out",
    ),
}
"""What cannot be told of an earlier day, one and many; `as_of` counts each."""

_PLAIN = ("sponsor", "ticker", "indications", "phase", "mechanism")  # facts without a day of their own


def as_of(program: Program, day: date, then: Program | None = None) -> tuple[Program, Counter[str]]:
    """Return the program as it was known at the end of `day`, and how often something could not be told (the keys of GAPS).

    A fact is known from its own day, or from that on which its first source was published; of a month, from its last day. What
    has neither is left out. `then` is the same program in the list's own text of that day: it gives what carries no day, such
    as the phase, and shows which guidance without a day was in the list.
    """
    past = _Past(program, day, then)
    found = [past.catalyst(each) for each in program.catalysts]
    safety = program.safety
    known = replace(
        program,
        catalysts=tuple(each for each in found if each is not None),
        safety=safety and replace(safety, reports=tuple(each for each in safety.reports if past.has(each, each.cutoff))),
        efficacy=tuple(each for each in program.efficacy if past.has(each, each.cutoff)),
        designations=tuple(
            replace(each, ended=None) if _known(each.ended, day) is False else each
            for each in program.designations
            if past.has(each, each.granted)
        ),
        holds=tuple(
            replace(each, lifted=None) if _known(each.lifted, day) is False else each
            for each in program.holds
            if past.has(each, each.placed)
        ),
        statuses=tuple(each for each in program.statuses if past.has(each, each.since)),
        company=_sponsor(program.company, day),
    )
    return (known if then is None else replace(known, **{name: getattr(then, name) for name in _PLAIN})), +past.gaps


def _known(when: Window | None, day: date) -> bool | None:
    """Whether a day had come by the end of `day`; None where it is not given."""
    if when is None or (when.end or when.start) is None:
        return None
    return (when.end or when.start or day) <= day


class _Past:
    """Tells what of a program was known at the end of a day, and counts what has no day."""

    def __init__(self, program: Program, day: date, then: Program | None) -> None:
        self.day = day
        self.gaps: Counter[str] = Counter()
        self._published = {each.id: each.published for each in program.sources if each.id}
        self._recorded = {each.key: each for each in then.catalysts} if then is not None else {}

    def _was_public(self, cite: Iterable[Cite]) -> bool | None:
        """Whether one of the sources was published by then; None if of none is it known."""
        known = {_known(self._published.get(each.id), self.day) for each in cite}
        return True if True in known else False if False in known else None

    def has(self, record: Report | Efficacy | Designation | Hold | Status, since: Window | None) -> bool:
        """Whether a record was known: its own day had come, and one of its sources was published, as far as they have days."""
        known = {_known(since, self.day), self._was_public(record.cite)}
        self.gaps["record"] += known == {None}
        return True in known and False not in known

    def catalyst(self, catalyst: Catalyst) -> Catalyst | None:
        """Return a catalyst with the guidance that stood, without what was said later; None if none is known to have stood."""
        at = self._standing(catalyst)
        if at is None:
            return None
        over = _known(catalyst.outcome_on, self.day)
        if catalyst.outcome is not None and over is None:
            over = _known(catalyst.when, self.day) or False
            self.gaps["outcome"] += not over
        if over is False:
            catalyst = replace(catalyst, outcome=None, outcome_on=None)
        if at == len(catalyst.moves):
            return catalyst
        stood = catalyst.moves[at]
        return replace(catalyst, when=stood.when, said=stood.said, cite=stood.cite, moves=catalyst.moves[:at])

    def _standing(self, catalyst: Catalyst) -> int | None:
        """Return the place of the guidance that stood in the ledger, of which the catalyst's own is the last."""
        given: list[Guidance | Catalyst] = [*catalyst.moves, catalyst]
        said = [known if (known := _known(each.said, self.day)) is not None else self._was_public(each.cite) for each in given]
        at = max((place for place, known in enumerate(said) if known), default=None)
        first = 0 if at is None else at + 1
        undated = range(first, said.index(False, first) if False in said[first:] else len(said))
        then = self._recorded.get(catalyst.key)
        if then is not None:
            return next((place for place in undated if given[place].when == then.when), at)
        self.gaps["guidance"] += bool(undated)
        return at


def _sponsor(company: Sponsor | None, day: date) -> Sponsor | None:
    """Return the sponsor without a runway that was stated later."""
    if company is None or company.runway is None or _known(company.runway.said, day) is not False:
        return company
    return replace(company, runway=None)
