"""Data model of a release that has been read: statements, refusals, and what has to be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cartwatch.domain.dates.window import Window

__all__ = ["DEFAULTS", "KINDS_OF_STATEMENT", "Refusal", "Release", "Statement"]

KINDS_OF_STATEMENT = ("guidance", "outcome", "designation", "rate", "hold", "runway")
DEFAULTS = ("take", "offer", "ask")
"""Taken where program, kind and window are certain; offered unticked where one is not; asked where one is open."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact that a release states.

    `what` is one of KINDS_OF_STATEMENT, `kind` the kind of catalyst. `quote` is a sentence, bullet or table row of the
    release, verbatim, `span` the part of it that the window, day or rate was read from, `rule` the name of the rule that
    fired. `programs` are the keys of the programs of the list it may be about: one where that is certain; `names` are names
    in the text that are on no list. `default` is one of DEFAULTS, and `why` says why it is not taken.
    `facts` are the remaining values, under the names of the file format; `repeats` is the number of the statement that it
    only says again, in which case it is not offered itself.
    """

    number: int
    what: str
    kind: str
    event: str
    quote: str
    span: tuple[int, int]
    rule: str
    window: Window | None = None
    programs: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    default: str = "take"
    why: str = ""
    was: str = ""
    repeats: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A date phrase or a rate of a release that is not offered, and the rule that refused it."""

    quote: str
    span: tuple[int, int]
    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class Release:
    """A release that has been read.

    `text` is the cleaned text, a block a line, in which every quote stands. `said` is the day of the release, None where it
    is not plain: it must be asked for, because without it relative phrases are not offered. `questions` are the names of the
    arguments of `read_release` to ask for.
    """

    name: str
    text: str
    title: str = ""
    said: date | None = None
    company: str = ""
    url: str = ""
    statements: tuple[Statement, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """What has to be asked before it is read again: "said" where its day is not plain."""
        return ("said",) if self.said is None else ()
