"""Where an import reads from: a file, standard input, an https address or the registry, each once, whole, and not too large."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cartwatch.storage.errors import StorageError
from cartwatch.storage.reading import LIMIT, read_file

from .incoming import Incoming, Refused, drafted, read_incoming
from .registry.news import SOURCE
from .registry.record import valid_nct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from typing import BinaryIO

    from .registry.clinicaltrials import Access, Progress

__all__ = ["number_of", "read_numbers", "read_source", "read_sources"]

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
    from .registry.clinicaltrials import RegistryError, fetch_now

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


def read_sources(
    sources: Sequence[str],
    now: datetime,
    stdin: BinaryIO | None = None,
    *,
    loopback: bool = False,
    reach: Callable[[], Access] | None = None,
    progress: Progress | None = None,
) -> tuple[list[Incoming], list[Refused]]:
    """Read several sources; what can't be read is among the refused, one line each.

    NCT numbers are asked for in one conversation with the registry; `reach` says how it is reached, and `progress` is told of
    it.
    """
    read: list[Incoming] = []
    refused: list[Refused] = []
    numbers = {each: number for each in dict.fromkeys(sources) if (number := number_of(each)) is not None}
    if numbers:
        found, unknown = read_numbers(tuple(dict.fromkeys(numbers.values())), now, reach() if reach else None, progress)
        read += [found] if found is not None else []
        refused += unknown
    for each in dict.fromkeys(sources):
        if each in numbers:
            continue
        try:
            read.append(read_source(each, now, stdin, loopback=loopback))
        except Refused as wrong:
            refused.append(wrong)
    return read, refused


def read_source(source: str, now: datetime, stdin: BinaryIO | None = None, *, loopback: bool = False) -> Incoming:
    """Read one source: `-` is standard input. `loopback` is for tests (see web.py). Raises Refused."""
    if source == "-":
        return read_incoming("-", _standard_input(stdin), now)
    if "://" in source:
        from .http import fetch, looks_like_url

        if looks_like_url(source):
            return read_incoming(source.partition("#")[0].partition("?")[0], fetch(source, loopback=loopback).data, now)
    if not source.strip():
        raise Refused('""', "an empty name: give a file, an https address or an NCT number")
    if "\0" in source:
        raise Refused(source, "the name holds a NUL character")
    try:
        data = read_file(source).data
    except FileNotFoundError:
        raise Refused(source, "there is no such file") from None
    except StorageError as wrong:
        raise Refused(source, str(wrong).removeprefix(f"{source}: ")) from None
    return read_incoming(source, data, now)


def _standard_input(stdin: BinaryIO | None) -> bytes:
    data = stdin.read(LIMIT + 1) if stdin is not None else b""
    if len(data) > LIMIT:
        raise Refused("-", f"larger than {LIMIT:,} bytes; that is not a watchlist")
    return data
