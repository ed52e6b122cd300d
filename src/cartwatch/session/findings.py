"""Findings: everything to look at in a watchlist, as errors, warnings and advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.document.problems import ADVICE, Problem

from .state import located

if TYPE_CHECKING:
    from .session import Session

__all__ = ["findings"]


def findings(session: Session) -> tuple[Problem, ...]:
    """Return every finding of a watchlist, located, in the order of the file."""
    from cartwatch.domain.checks import check

    advice = []
    for each in check(session.watchlist, session.today):
        program = session.watchlist.programs[each.path[1]] if len(each.path) > 1 and isinstance(each.path[1], int) else None
        name, key = (program.label, program.key) if program is not None else (None, None)
        advice.append(Problem(ADVICE, each.path, each.message, name, key))
    return located(session.document, (*session.problems, *advice))
