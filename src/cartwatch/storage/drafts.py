"""Drafts: the text of an open form, saved while typing, so that a killed process loses at most the last keystrokes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from cartwatch.domain.dates.moments import in_zone
from cartwatch.storage.errors import NotSaved, words
from cartwatch.storage.own_files import read_own
from cartwatch.storage.writing import discard, write_whole

from .cleanup import running

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Draft", "Drafts"]


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished form: when, which form, of what (a program, a path), over which text of the watchlist (SHA-256), what its
    fields held, and what each held in the watchlist when it was begun. `path` is the file it was found in."""

    at: datetime
    form: str
    about: str
    base: str
    fields: Mapping[str, str]
    path: str = ""
    starts: Mapping[str, str] = field(default_factory=dict)


class Drafts:
    """The drafts of one watchlist: each process has files named by its process id, and finds those of dead processes.

    Each form has its own number, so that one does not replace another. `notes` describes each draft that
    `left` could not read, and where it is kept.
    """

    def __init__(self, directory: str, process: int) -> None:
        self.notes: list[str] = []
        self._directory = directory
        self._process = process

    def _path(self, number: int) -> str:
        return os.path.join(self._directory, f"{self._process}-{number}.toml" if number else f"{self._process}.toml")

    def save(self, draft: Draft, number: int = 0) -> None:
        """Save a form of this process. Raises NotSaved."""
        import tomli_w

        table = {"at": in_zone(draft.at, UTC), "form": draft.form, "about": draft.about, "base": draft.base}
        text = tomli_w.dumps({**table, "fields": dict(draft.fields), "starts": dict(draft.starts)})
        try:
            write_whole(self._path(number), text.encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise NotSaved(f"{self._path(number)}: no draft kept, {words(error)}", error.errno or 0) from error

    def clear(self, number: int = 0) -> None:
        """Delete the draft of a closed form."""
        discard(self._path(number))

    def left(self) -> list[Draft]:
        """Return the drafts of ended processes, newest first; unreadable ones are put aside, with a note."""
        try:
            names = os.listdir(self._directory)
        except OSError:
            return []
        found = [draft for name in names if (draft := self._left(name)) is not None]
        return sorted(found, key=lambda draft: draft.at, reverse=True)

    def discard(self, draft: Draft) -> None:
        """Delete a draft that has been applied or refused."""
        discard(draft.path)

    def put_aside(self, draft: Draft) -> str:
        """Rename a draft so that it is not found again, and return its path; a failed rename leaves it where it is."""
        stem = draft.path.removesuffix(".toml")
        aside = next(path for number in count(1) if not os.path.lexists(path := f"{stem}.gone-{number}.toml"))
        try:
            os.rename(draft.path, aside)
        except OSError:
            return draft.path
        return aside

    def _left(self, name: str) -> Draft | None:
        ids, dot, ending = name.partition(".")
        process, dash, number = ids.partition("-")
        named = process.isdecimal() and (not dash or number.isdecimal()) and dot + ending == ".toml"
        if not named or self._runs(int(process)):
            return None
        path = os.path.join(self._directory, name)
        table, note = read_own(path, check=_is_draft, errors="surrogateescape")
        if note is not None:
            self.notes.append(note)
        if not table:
            return None
        at, starts = in_zone(table["at"], UTC), table.get("starts", {})
        return Draft(at, table["form"], table["about"], table["base"], table["fields"], path, starts)

    def _runs(self, process: int) -> bool:
        """Whether that process still exists. This process's own file is from an earlier one with the same id."""
        return process != self._process and os.name != "nt" and running(process)


def _is_draft(table: dict[str, Any]) -> bool:
    fields, starts = table.get("fields"), table.get("starts", {})
    if not isinstance(table.get("at"), datetime) or not isinstance(fields, dict) or not isinstance(starts, dict):
        return False
    texts = (table.get("form"), table.get("about"), table.get("base"), *fields.values(), *starts.values())
    return all(isinstance(each, str) for each in texts)
