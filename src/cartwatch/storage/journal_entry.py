"""Journal entry: one change of a watchlist as a TOML block with its own checksum."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cartwatch.domain.dates.saturating import in_zone
from cartwatch.storage.patch import Patch, patch_of
from cartwatch.storage.reading import sha256

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CHECK", "DIGITS", "HEADER", "JournalEntry", "block", "entry_of"]

HEADER = b"[[change]]\n"
# A comment, so that it belongs to no table. As no string spans lines in a block, such a line is always its last.
CHECK = b"\n# check "
DIGITS = 16
_TEXTS = ("words", "base", "new", "who", "undoes")


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One committed change.

    `origin` says how it was made (app, cli, import, registry, restore, disk, undo), `who` by whom, `words` its
    description. `edits` are tables of plain TOML values (the program, the path, old and new). `base` and
    `new` are the SHA-256 of the text before and after, `reverse` leads from the latter to the former. `undoes` is the id of
    the change that this one undoes. `id` is given by the journal.
    """

    at: datetime
    origin: str
    words: str
    base: str
    new: str
    edits: tuple[Mapping[str, Any], ...] = ()
    reverse: Patch | None = field(default=None, repr=False)
    who: str = ""
    undoes: str = ""
    id: str = ""

    def named(self, identity: str) -> JournalEntry:
        """Return the same change with its id."""
        return replace(self, id=identity)


def block(change: JournalEntry) -> tuple[bytes, str]:
    """Format a change as a TOML block, and return its id. `at` must know its time zone."""
    import tomli
    import tomli_w

    table: dict[str, Any] = {"at": in_zone(change.at, UTC), "origin": change.origin}
    table |= {name: _clean(value) for name in _TEXTS if (value := getattr(change, name))}
    if change.reverse is not None:
        table["reverse"] = change.reverse.as_value()
    table["edit"] = [_plain(edit) for edit in change.edits]
    try:
        body = tomli_w.dumps({"change": [table]})
        tomli.loads(body)
        raw = body.encode()
    except (TypeError, ValueError):  # a value that TOML cannot hold: an offset with seconds, half a character
        table["edit"] = [{key: _clean(str(value)) for key, value in edit.items()} for edit in table["edit"]]
        raw = tomli_w.dumps({"change": [table]}).encode()
    assert raw.startswith(HEADER)  # the two hashes are too long for tomli-w's inline form
    identity = sha256(raw)[:DIGITS]
    return raw + CHECK[1:] + identity.encode() + b"\n\n", identity


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _plain(edit: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out absent values, as TOML has no null."""
    return {
        _clean(str(key)): list(value) if isinstance(value, tuple) else value for key, value in edit.items() if value is not None
    }


def entry_of(text: bytes) -> JournalEntry | None:
    """Parse the change in a block, ignoring text after its check. None if the check fails."""
    import tomli

    at = text.find(CHECK) + 1
    identity = text[at + len(CHECK) - 1 :][:DIGITS].decode("ascii", "replace")
    if not at or identity != sha256(text[:at])[:DIGITS]:
        return None
    try:
        (table,) = tomli.loads(text[:at].decode())["change"]
        reverse = patch_of(table["reverse"]) if "reverse" in table else None
        texts = {name: str(table.get(name, "")) for name in _TEXTS}
        at, edits = table["at"], table["edit"]
        known = isinstance(at, datetime) and at.tzinfo is not None and all(isinstance(each, dict) for each in edits)
        return (
            JournalEntry(at, str(table["origin"]), **texts, edits=tuple(edits), reverse=reverse, id=identity) if known else None
        )
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError):  # written by another version
        return None
