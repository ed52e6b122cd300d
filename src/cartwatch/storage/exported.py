"""Remembers each calendar entry that was exported, so that its sequence number grows with every change and never falls."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from .own_files import read_own
from .writing import write_whole

__all__ = ["Exported"]


class Exported:
    """The calendar entries of one watchlist as they were exported last, in a file of cartwatch's own.

    Without a path, or if the file cannot be read or written, numbers come from the records alone.
    """

    def __init__(self, path: str | None = None) -> None:
        self._path = path
        self._known: dict[str, Any] = read_own(path)[0] if path is not None else {}

    def revision(self, uid: str, content: str, least: int, stamp: datetime, now: datetime) -> tuple[int, datetime]:
        """Return the SEQUENCE and DTSTAMP of an entry: those exported last while its content stays, else greater ones.

        `content` identifies the exported entry, `least` and `stamp` come from the record itself.
        """
        sequence, before, known = _revision(self._known.get(uid))
        if known == content:
            return max(sequence, 0), before
        made = (least, stamp) if known is None else (max(least, sequence + 1), max(stamp, before, now.astimezone(UTC)))
        self._known[uid] = {"content": content, "sequence": made[0], "stamp": made[1].isoformat()}
        return made

    def save(self) -> None:
        """Write the file. If that fails the calendar is still right, but a later one cannot know of it."""
        if self._path is not None:
            with suppress(OSError):
                write_whole(self._path, json.dumps(self._known).encode())


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def _revision(entry: Any) -> tuple[int, datetime, str | None]:
    """Return sequence, stamp and content of an entry of the file; none of a damaged one."""
    if not isinstance(entry, dict) or not isinstance(entry.get("content"), str):
        return -1, _LONG_AGO, None
    try:
        stamp = datetime.fromisoformat(str(entry.get("stamp")))
    except ValueError:
        stamp = _LONG_AGO
    given: Any = entry.get("sequence")
    sequence = given if type(given) is int and 0 <= given < 2**31 else 0
    content: str = entry["content"]
    return sequence, stamp if stamp.tzinfo is not None else _LONG_AGO, content
