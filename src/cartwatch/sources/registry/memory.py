"""Remembers between refreshes: the records last seen, and the client that worked."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cartwatch.storage.own_files import read_own
from cartwatch.storage.sightings import Sightings
from cartwatch.storage.writing import write_whole

from .record import RecordError, StudyRecord, parse_study, trial_facts
from .saved import study_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cartwatch.storage.places import Places

    from .clinicaltrials import Refreshed
    from .record import Facts

__all__ = ["Memory", "Records"]

_VERSIONS = 3  # versions of one record: the file may hold an earlier one, as after an undo


class Memory:
    """The state of one watchlist between refreshes: records last seen, changes seen, and notes of damaged files."""

    def __init__(self, places: Places) -> None:
        self.records = Records(places)
        self.sightings = Sightings(places.sightings)
        self.notes = tuple(each for each in (self.records.damage, self.sightings.damage) if each is not None)


class Records:
    """The records last seen and the client that worked, in the cache, which may be deleted at any time.

    They allow comparing sponsors and outcomes, which the watchlist does not hold, and a refresh while the registry's
    data are unchanged costs one request. `damage` describes damage of the file, or is None.
    """

    def __init__(self, places: Places) -> None:
        self.path = places.records
        kept, self.damage = read_own(self.path)
        self.base = str(kept.get("base", ""))
        self.rung = kept["rung"] if isinstance(kept.get("rung"), str) else None
        self._stamp = kept["stamp"] if isinstance(kept.get("stamp"), str) else None
        self._covered = {str(one): str(other) for one, other in _table(kept.get("covered")).items()}
        self._studies = {nct: each for nct, each in _table(kept.get("records")).items() if isinstance(each, list)}

    def stamp_for(self, base: str, asked: Iterable[str]) -> str | None:
        """Return the registry's data date under which all of these were seen; None if they differ."""
        known = base == self.base and all(self.is_missing(each) or self.latest(each) for each in asked)
        return self._stamp if known else None

    def is_missing(self, asked: str) -> bool:
        """Whether the number was unknown to the registry at the last request."""
        return self._covered.get(asked) == ""

    def versions(self, nct: str) -> list[StudyRecord]:
        """Return the versions seen of a record, newest first."""
        found = []
        for study in reversed(self._studies.get(nct, [])):
            with suppress(RecordError):
                found.append(parse_study(study))
        return found

    def latest(self, asked: str) -> StudyRecord | None:
        """Return the record seen for a number under the registry's last data date."""
        return next(iter(self.versions(self._covered.get(asked, ""))), None)

    def state_of(self, nct: str, facts: Facts) -> StudyRecord | Facts:
        """Return the record that a trial of the watchlist was written from, else the facts themselves."""
        wanted = _bare(facts)
        moment = datetime.min
        return next((each for each in self.versions(nct) if _bare(trial_facts(each, moment)) == wanted), facts)

    def take(self, base: str, found: Refreshed, asked: Iterable[str]) -> frozenset[str]:
        """Remember an answer of the registry. Returns the numbers of records seen before unchanged."""
        self.rung = found.rung
        if base != self.base or found.data_timestamp != self._stamp or found.data_timestamp is None:
            self._covered.clear()
        self.base, self._stamp = base, found.data_timestamp
        before = set()
        for trial in found.trials:
            study = json.loads(json.dumps(study_of(trial)))
            seen = self._studies.get(trial.nct, [])
            versions = [each for each in seen if each != study]
            if len(versions) < len(seen):
                before.add(trial.nct)
            self._studies[trial.nct] = [*versions, study][-_VERSIONS:]
        self._covered.update({each: trial.nct for each, trial in found.by_asked(asked).items()})
        self._covered.update(dict.fromkeys(found.missing, ""))
        return frozenset(before)

    def save(self) -> None:
        """Write the cache; failures are ignored."""
        kept = {"base": self.base, "rung": self.rung, "stamp": self._stamp, "covered": self._covered, "records": self._studies}
        with suppress(OSError):
            write_whole(self.path, json.dumps(kept, separators=(",", ":")).encode("utf-8", "replace"))


def _bare(facts: Facts) -> dict[str, object]:
    """Return facts without the time of the fetch, days as text."""
    plain = {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in facts.items()}
    plain.pop("fetched", None)
    return plain


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
