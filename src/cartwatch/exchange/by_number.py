"""Registry records by their number: whole records fetched, to be drafts of programs or to refresh what is linked already."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cartwatch.registry.record import valid_nct

from .incoming import Incoming, Refused, drafted
from .registry_news import SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cartwatch.registry.clinicaltrials import Access, Progress

__all__ = ["number_of", "read_numbers"]

_PAGE = re.compile(
    r"https?://(?:www\.)?clinicaltrials\.gov/(?:ct2/show|study|api/v2/studies)/(NCT\d{8})(?:[/?#].*)?", re.I | re.ASCII
)
_NETWORK = 3  # exit status


def number_of(source: str) -> str | None:
    """The NCT number that a source is, or whose page at the registry it is; None for every other source."""
    page = _PAGE.fullmatch(source.strip())
    return valid_nct(page[1] if page is not None else source)


def read_numbers(
    numbers: Sequence[str], now: datetime, access: Access | None = None, progress: Progress | None = None
) -> tuple[Incoming | None, list[Refused]]:
    """Fetch the whole records of some numbers: what they hold, None for nothing, and a line for each that did not come."""
    from cartwatch.registry.clinicaltrials import RegistryError, fetch_now

    try:
        found = fetch_now(numbers, access=access, progress=progress)
    except RegistryError as wrong:
        return None, [Refused(SOURCE, str(wrong), status=_NETWORK)]
    refused = [Refused(each, "the registry does not know this number: check it") for each in found.missing]
    if found.error is not None:
        left = ", ".join(found.unanswered)
        refused.append(Refused(SOURCE, f"{found.error}; not answered: {left}", status=_NETWORK))
    if not found.trials:
        return None, refused
    incoming = drafted(SOURCE, found.trials, now)
    if incoming.answers is not None:
        by_number = {**incoming.answers.trials, **found.by_asked(numbers)}
        incoming = replace(incoming, answers=replace(incoming.answers, trials=by_number, asked=tuple(numbers)))
    return incoming, refused
