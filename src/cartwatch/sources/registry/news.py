"""What a registry record says that it did not say before, as the journal and people are told it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cartwatch.proposals.compare import Offer
    from cartwatch.proposals.proposal import Proposal

    from .compare import Change
    from .refresh import Answers

__all__ = ["FIRST", "SOURCE", "RegistryNews", "registry_tables", "summary", "weight"]

SOURCE = "ClinicalTrials.gov"
FIRST = "first data"


@dataclass(frozen=True, slots=True)
class RegistryNews:
    """What is new in the record of a trial.

    `nct` is the number that the registry gives it, `about` the trial in words. `changes` come the weightiest first; where
    there are none, `otherwise` says what the record brings instead. `seen` says between which days the change was first seen.
    """

    nct: str
    about: str
    changes: tuple[Change, ...]
    otherwise: str
    seen: str

    def lines(self) -> list[tuple[str, str, str]]:
        """Level, words and rule of each change; the level of what is none is ""."""
        return [(each.level, each.words, each.rule) for each in self.changes] or [("", self.otherwise, "")]


def weight(offers: Iterable[Offer]) -> str:
    """The level of the weightiest change among what a refresh offers, FIRST where there is none, "" for new stamps only."""
    from .compare import LEVELS

    offered = list(offers)
    found = {change.level for each in offered if each.news is not None for change in each.news.changes}
    first = FIRST if any(each.kind == "added" for each in offered) else ""
    return next((each for each in LEVELS if each in found), first)


def registry_tables(key: str, offers: Iterable[Offer]) -> list[dict[str, Any]]:
    """The journal's tables for what was taken over from the registry, a table a change."""
    tables: list[dict[str, Any]] = []
    for offer in offers:
        news = offer.news
        if news is None:
            tables.append({"program": key, "path": offer.path, "old": offer.old, "new": offer.new})
            continue
        if not news.changes:
            words = f"{news.about}: {news.otherwise}"
            tables.append({"program": key, "path": offer.path, "words": words, "level": "", "new": offer.new})
        for each in news.changes:
            tables.append(
                {
                    "program": key,
                    "path": f"{offer.path}.{each.field}",
                    "old": each.old,
                    "new": each.new,
                    "words": f"{news.about}: {each.words}",
                    "level": each.level,
                    "rule": each.rule,
                    "seen": news.seen,
                }
            )
    return tables


def summary(proposal: Proposal, answers: Answers) -> str:
    """What a refresh brought, in a line: `24 trials looked up, 2 changed; data of 2026-11-20`."""
    offers = [offer for entry in proposal.entries for offer in entry.offers]
    changed = sum(offer.news is not None and bool(offer.news.changes) for offer in offers)
    quiet = sum(offer.kind == "changed" and offer.news is not None and not offer.news.changes for offer in offers)
    count = len(answers.trials)
    parts = [f"{count} trial{'' if count == 1 else 's'} looked up", f"{changed} changed" if changed else "nothing changed"]
    if first := sum(offer.kind == "added" for offer in offers):
        parts.append(f"{first} with first data")
    if quiet:
        parts.append(f"{quiet} with only new time stamps")
    return ", ".join(parts) + (f"; data of {answers.data[:10]}" if answers.data else "")
