"""Remembers the last common version of each program in my list and another, so that a later import tells news from my edits."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.domain.identity import same
from cartwatch.domain.program import slug
from cartwatch.storage.errors import words
from cartwatch.storage.journal import Journal
from cartwatch.storage.own_files import read_own
from cartwatch.storage.patch import reversed_text
from cartwatch.storage.reading import sha256
from cartwatch.storage.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cartwatch.storage.places import Places

    from .model import Choice, Proposal

__all__ = ["Agreed", "remember"]

_BYTES = 200_000_000  # bytes of text reconstructed from the journal, at most
_TAG = "$date"


class Agreed:
    """The common version of each program, by key: as last imported, else before my first change in the journal.

    An undone import does not count. The journal is read only for a program that has never been imported.
    `damage` describes damage of the remembered data, or is None.
    """

    def __init__(self, places: Places, document: Document) -> None:
        self._places = places
        self._document = document
        self._imported, self.damage = _imported(places)
        self._before: dict[str, dict[str, Any]] | None = None

    def get(self, key: str, mine: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the record that both sides once had; None if unknown. `mine` is the current version of my program."""
        found = _standing(self._imported.get(key), mine)
        if found is not None:
            record: dict[str, Any] = _untagged(found["record"])
            return record
        if self._before is None:
            self._before = _before_my_changes(self._places, self._document)
        return self._before.get(key)


def remember(
    places: Places, proposal: Proposal, before: Document, accepted: Collection[Choice], *, all_seen: bool
) -> str | None:
    """Remember the imported versions for the next comparison. Returns a warning if that failed, else None.

    `before` is the document that it was imported into. Offers that were not accepted are offered again next time, unless a
    person has `all_seen` and so refused them. Tables and registry records hold only a part of a program and are not remembered.
    """
    kept, _ = _imported(places)
    whole = {each.name for each in proposal.sources if each.form == "watchlist"}
    for at, entry in enumerate(proposal.entries):
        chosen = [(at, number) in accepted for number in entry.choices]
        if entry.source not in whole or entry.state in ("unclear", "refused") or not (all_seen or all(chosen)):
            continue
        found: dict[str, Any] = {"record": entry.record}
        if entry.place is not None and any(chosen):
            found["before"] = before.programs[entry.place]
            if prior := _standing(kept.get(entry.key), found["before"]):
                found["prior"] = {"record": prior["record"]}
        elif entry.key in kept and same(_untagged(kept[entry.key]["record"]), entry.record):
            continue
        kept[entry.key] = found
    try:
        write_whole(places.imports, json.dumps(kept, default=_tagged, ensure_ascii=False).encode("utf-8", "replace"))
    except OSError as error:
        return f"{places.imports}: not written, {words(error)}; a later import can't tell your edits from theirs"
    return None


def _standing(found: dict[str, Any] | None, mine: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the last import of a program that was not undone: my version is not the one before it."""
    if found is not None and "before" in found and same(_untagged(found["before"]), mine):
        return found.get("prior")
    return found


def _imported(places: Places) -> tuple[dict[str, dict[str, Any]], str | None]:
    """Read the remembered file, its dates still tagged, as most go back into the file unchanged; and its damage."""
    found, note = read_own(places.imports)
    return {key: each for key, each in found.items() if _is_import(each)}, note


def _is_import(found: Any) -> bool:
    """Whether an entry has the form that `remember` writes."""
    if not isinstance(found, dict) or not isinstance(found.get("record"), dict):
        return False
    prior = found.get("prior", {"record": {}})
    if not isinstance(prior, dict) or not isinstance(prior.get("record"), dict):
        return False
    try:
        for each in (found["record"], found.get("before"), prior["record"]):
            _untagged(each)
    except (KeyError, TypeError, ValueError):
        return False
    return True


def _before_my_changes(places: Places, document: Document) -> dict[str, dict[str, Any]]:
    """Return the programs of the oldest text that the journal leads back to; newer programs have no baseline."""
    now = text = document.raw
    spent = 0
    for change in Journal(places.journal).trail(sha256(text)):
        before = reversed_text(change.reverse, text)
        spent += len(text)
        if before is None or spent > _BYTES:
            break
        text = before
    if text is now:
        return {}
    try:
        oldest = _by_key(Document.parse(text))
    except SyntaxProblem:
        return {}
    return {key: oldest.get(key, {}) for key in _by_key(document)}


def _by_key(document: Document) -> dict[str, dict[str, Any]]:
    return {_key(each, place): each for place, each in enumerate(document.programs, 1)}


def _key(record: dict[str, Any], place: int) -> str:
    """Return the key of a program, as the reader makes it; that of a duplicate does not matter."""
    wanted, name = record.get("id"), record.get("name")
    if isinstance(wanted, str) and wanted.strip():
        return wanted
    return slug(name) if isinstance(name, str) and name.strip() else f"program-{place}"


def _tagged(value: Any) -> Any:
    if isinstance(value, date | time):
        return {_TAG: value.isoformat(), "kind": type(value).__name__}
    raise TypeError(type(value).__name__)


_DATES: dict[str, Any] = {"date": date, "datetime": datetime, "time": time}


def _untagged(value: Any) -> Any:
    if isinstance(value, list):
        return [_untagged(each) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {_TAG, "kind"}:
        return _DATES[value["kind"]].fromisoformat(value[_TAG])
    return {key: _untagged(each) for key, each in value.items()}
