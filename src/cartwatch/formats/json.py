"""JSON export of programs, with a schema number, and its import."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cartwatch.document.problems import WARNING, Problem
from cartwatch.document.text import FOREIGN
from cartwatch.domain.fields import Fact, facts, plain_key
from cartwatch.domain.program import root
from cartwatch.domain.sponsor import Sponsor
from cartwatch.domain.text import clean
from cartwatch.proposals.incoming import Incoming, Refused, from_records
from cartwatch.views.documents import SCHEMA, head, program_document, value_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cartwatch.domain.program import Program

__all__ = ["document", "read_json"]

_TOLD = ("own", "unread")  # what a document only tells in words


def document(programs: Sequence[Program], now: datetime, title: str | None) -> str:
    """Build the document of some programs, as of a moment."""
    companies = {id(each.company): each.company for each in programs if each.company is not None}
    told = {
        **head(now),
        "title": title,
        "sponsors": [value_document(each, now) for each in companies.values()],
        "programs": [program_document(each, now) for each in programs],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def read_json(name: str, data: bytes, now: datetime) -> Incoming | None:
    """Read the programs of an export or of `list --json` and `show --json`; None for other JSON. Raises Refused."""
    try:
        told = json.loads(data) if len(data) <= FOREIGN.size else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or "schema" not in told or "today" not in told:
        return None
    listed = told.get("programs")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise Refused(name, "JSON of another command of cartwatch: import takes that of export, list and show", 1, 1)
    if isinstance(told["schema"], int) and told["schema"] > SCHEMA:
        raise Refused(name, f"schema {told['schema']} was written by a newer cartwatch", 1, 1)
    if not listed:
        raise Refused(name, "no programs in it", 1, 1)
    records = [_record(root(), {key: value for key, value in each.items() if key not in _TOLD}) for each in listed]
    left = tuple(one for at, each in enumerate(listed) for one in _left(at, each))
    sponsors = [_record(Sponsor, each) for each in told.get("sponsors") or () if isinstance(each, dict)]
    return replace(from_records(name, "table", records, now, (), sponsors), left=left)


def _left(at: int, told: Mapping[str, Any]) -> list[Problem]:
    """Describe the parts of a program that the document has only as text: own keys, and unreadable values."""
    paths = [path for key in _TOLD if isinstance(told.get(key), dict) for path in told[key]]
    if not paths:
        return []
    shown = ", ".join(clean(each, limit=40) for each in paths[:8]) + (" …" if len(paths) > 8 else "")
    label = clean(str(told.get("short") or told.get("name") or told.get("id")), limit=60)
    message = f"JSON has only the words of {shown}: not imported; an export as TOML keeps the values"
    return [Problem(WARNING, ("program", at), message, label, line=1, column=1)]


def _record(kind: type | None, told: Mapping[str, Any]) -> dict[str, Any]:
    """Build a record of the file, without absent values."""
    known = facts(kind) if kind is not None else {}
    found = {key: _value(known.get(key), value) for key, value in told.items()}
    return {key: value for key, value in found.items() if value not in (None, [], {}) and not (key == "pinned" and not value)}


def _value(fact: Fact | None, value: Any) -> Any:
    kind = fact.kind if fact is not None else ""
    record = fact.record if fact is not None else None
    if isinstance(value, dict):
        if kind == "guidance":
            return _value(fact, value.get("text"))
        if kind == "map":
            return {path: _one(cites) for path, cites in value.items()}
        return _bare(_record(record, value), plain_key(record))
    if isinstance(value, list):
        return _one(value) if kind == "cites" else [_value(fact, each) for each in value if each is not None]
    return _day(value) if kind in ("date", "guidance", "until") and isinstance(value, str) else value


def _bare(record: dict[str, Any], plain: str) -> Any:
    return record[plain] if plain and list(record) == [plain] else record


def _one(cites: Any) -> Any:
    return cites[0] if isinstance(cites, list) and len(cites) == 1 else cites


def _day(text: str) -> date | str:
    with suppress(ValueError):
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text) if "T" in text else text
    return text
