"""The text of an open form, kept while it is being typed, so that a killed program costs at most the last keystrokes."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cartwatch.storage.errors import NotSaved, StorageError, words
from cartwatch.storage.reading import read_file
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
    """The drafts of one watchlist: each running program has files named by its process id, and finds those of the dead.

    A form is kept under a number of its own, so that one does not take the place of another.
    """

    def __init__(self, directory: str, process: int) -> None:
        self._directory = directory
        self._process = process

    def _path(self, number: int) -> str:
        return os.path.join(self._directory, f"{self._process}-{number}.toml" if number else f"{self._process}.toml")

    def save(self, draft: Draft, number: int = 0) -> None:
        """Keep a form of this program. Raises NotSaved."""
        import tomli_w

        table = {"at": draft.at.astimezone(UTC), "form": draft.form, "about": draft.about, "base": draft.base}
        text = tomli_w.dumps({**table, "fields": dict(draft.fields), "starts": dict(draft.starts)})
        try:
            write_whole(self._path(number), text.encode("utf-8", "surrogateescape"))
        except OSError as error:
            raise NotSaved(f"{self._path(number)}: no draft kept, {words(error)}", error.errno or 0) from error

    def clear(self, number: int = 0) -> None:
        """The form was closed."""
        discard(self._path(number))

    def left(self) -> list[Draft]:
        """The drafts of programs that run no more, newest first; what can't be read is passed over."""
        try:
            names = os.listdir(self._directory)
        except OSError:
            return []
        found = [draft for name in names if (draft := self._left(name)) is not None]
        return sorted(found, key=lambda draft: draft.at, reverse=True)

    def discard(self, draft: Draft) -> None:
        """A draft that was left has been applied or refused."""
        discard(draft.path)

    def _left(self, name: str) -> Draft | None:
        import tomli

        ids, dot, ending = name.partition(".")
        process, dash, number = ids.partition("-")
        named = process.isdecimal() and (not dash or number.isdecimal()) and dot + ending == ".toml"
        if not named or self._runs(int(process)):
            return None
        path = os.path.join(self._directory, name)
        with contextlib.suppress(FileNotFoundError, StorageError, ValueError, KeyError, TypeError, AttributeError):
            table = tomli.loads(read_file(path).data.decode("utf-8", "surrogateescape"))
            fields, starts = _texts(table["fields"]), _texts(table.get("starts", {}))
            at = table["at"].astimezone(UTC)
            return Draft(at, str(table["form"]), str(table["about"]), str(table["base"]), fields, path, starts)
        return None

    def _runs(self, process: int) -> bool:
        """Whether that program is still there. This one's own file is from before it, by a process that had the same id."""
        return process != self._process and os.name != "nt" and running(process)


def _texts(table: Mapping[str, object]) -> dict[str, str]:
    return {str(key): str(value) for key, value in table.items()}
