"""Sightings: when each trial of a watchlist was last compared with the registry, and its last change."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from cartwatch.domain.dates.moments import in_zone
from cartwatch.storage.errors import words
from cartwatch.storage.own_files import read_own
from cartwatch.storage.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["LastChange", "Sightings", "read_sightings"]

_CHANGES = 4  # changes of a trial that are kept


@dataclass(frozen=True, slots=True)
class LastChange:
    """The changes of a trial in a refresh: level and rule of each, and when they were first seen."""

    words: str
    level: str
    rule: str
    seen: str


@dataclass(slots=True)
class _Sighting:
    confirmed: str = ""  # when the record was last seen to be as the watchlist has it
    changes: list[dict[str, str]] = field(default_factory=list)


class Sightings:
    """For each trial of one watchlist: when its record was last seen, and its last change.

    A change counts only while the watchlist holds the data that it was seen in: an undo removes it. `damage` describes what is
    wrong with the file, or is None.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._of: dict[str, _Sighting] = {}
        known, self.damage = read_own(path)
        for nct, each in known.items():
            if isinstance(each, dict):
                changes = each.get("changes")
                listed = changes if isinstance(changes, list) else []
                self._of[nct] = _Sighting(str(each.get("confirmed", "")), [one for one in listed if _is_change(one)])

    def confirmed(self, nct: str) -> datetime | None:
        """Return when the registry was last seen to agree with the watchlist on a trial."""
        known = self._of.get(nct)
        with suppress(ValueError):
            found = datetime.fromisoformat(known.confirmed) if known is not None else None
            return found if found is not None and found.tzinfo is not None else None
        return None

    def last(self, nct: str, fetched: datetime | None) -> list[LastChange]:
        """Return the last changes of a trial whose data were fetched at a moment, the weightiest first."""
        known = self._of.get(nct)
        if known is None or fetched is None or fetched.tzinfo is None:
            return []
        until = _moment(fetched)
        held = [each for each in known.changes if each["at"] <= until]
        newest = max((each["at"] for each in held), default="")
        return [LastChange(each["words"], each["level"], each["rule"], each["seen"]) for each in held if each["at"] == newest]

    def confirm(self, nct: str, now: datetime) -> None:
        """Record that the registry agrees with the watchlist."""
        self._of.setdefault(nct, _Sighting()).confirmed = now.isoformat()

    def note(self, nct: str, fetched: datetime, changes: Iterable[LastChange]) -> None:
        """Record changes of a trial that were accepted, with data fetched at a moment."""
        at = _moment(fetched)
        known = self._of.setdefault(nct, _Sighting())
        made = [{"at": at, "words": each.words, "level": each.level, "rule": each.rule, "seen": each.seen} for each in changes]
        if made:
            moments = sorted({each["at"] for each in known.changes} | {at})[-_CHANGES:]
            kept = [each for each in known.changes if each["at"] in moments and each["at"] != at]
            known.changes = [*kept, *made]

    def save(self) -> str | None:
        """Write the file; return the warning if that failed, else None."""
        kept = {nct: {"confirmed": each.confirmed, "changes": each.changes} for nct, each in self._of.items()}
        try:
            write_whole(self.path, json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace"))
        except OSError as error:
            return f"{self.path}: not written, {words(error)}"
        return None


def _is_change(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in ("at", "words", "level", "rule", "seen"))


def _moment(moment: datetime) -> str:
    """Format a moment so that texts sort as moments."""
    return in_zone(moment, UTC).replace(microsecond=0).isoformat()


def read_sightings(path: str) -> Sightings:
    """Read the sightings in a file, cached while it does not change; read-only."""
    try:
        stamp = os.stat(path).st_mtime_ns
    except OSError:
        stamp = 0
    return _read(path, stamp)


@lru_cache(maxsize=2)
def _read(path: str, stamp: int) -> Sightings:
    return Sightings(path)
