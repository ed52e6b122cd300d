"""Where an import reads from: a file, standard input or an https address, each once, whole, and no larger than it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.storage.errors import StorageError
from cartwatch.storage.reading import LIMIT, read_file

from .incoming import Incoming, Refused, read_incoming

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import BinaryIO

__all__ = ["read_source", "read_sources"]


def read_sources(
    sources: Sequence[str], now: datetime, stdin: BinaryIO | None = None, *, loopback: bool = False
) -> tuple[list[Incoming], list[Refused]]:
    """Read several sources; what can't be read is among the refused, one line each."""
    read: list[Incoming] = []
    refused: list[Refused] = []
    for each in dict.fromkeys(sources):
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
        from .web import fetch, looks_like_url

        if looks_like_url(source):
            return read_incoming(source.partition("#")[0].partition("?")[0], fetch(source, loopback=loopback).data, now)
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
        raise Refused("-", f"larger than {LIMIT:,} bytes; that is no watchlist")
    return data
