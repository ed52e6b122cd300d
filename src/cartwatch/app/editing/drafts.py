"""Drafts: typed text that is not in the file yet, kept by form name and offered when the form is opened again."""

from __future__ import annotations

import contextlib
import os
import tempfile
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING

from cartwatch.storage.drafts import Draft, Drafts
from cartwatch.storage.errors import StorageError
from cartwatch.storage.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from cartwatch.app.editing.form import Form
    from cartwatch.session.session import Session

__all__ = ["Shelf"]

_PAUSE = 0.5  # seconds between two writes of a draft while the user types


class Shelf:
    """The drafts of all forms that are open or were left without saving, in memory and on disk.

    `found` are drafts left by earlier runs; `later` calls back after some seconds, which writes the last letters when the
    typing stops.
    """

    def __init__(
        self,
        session: Session,
        clock: Callable[[], datetime],
        later: Callable[[float, Callable[[], None]], object] = lambda seconds, call: None,
    ) -> None:
        self._session = session
        self._clock = clock
        self._texts: dict[str, dict[str, str]] = {}
        self._starts: dict[str, dict[str, str]] = {}
        self._written = 0.0
        self._later = later
        self._waiting = False
        self._unwritten: tuple[str, str] | None = None  # name and texts of the form not on disk yet
        self._numbers: dict[str, int] = {}  # number of each form's file on disk
        self._kept: Drafts | None = None
        self._found: dict[str, Draft] = {}
        if session.places is not None:
            self._kept = Drafts(session.places.drafts_dir, os.getpid())
            self._found = {each.form: each for each in reversed(self._kept.left())}

    @property
    def notes(self) -> list[str]:
        """Return the problems of unreadable drafts, with their paths."""
        return self._kept.notes if self._kept is not None else []

    @property
    def directory(self) -> str:
        """Directory of the texts that are open in an external editor."""
        places = self._session.places
        return places.drafts_dir if places is not None else tempfile.gettempdir()

    @property
    def found(self) -> tuple[Draft, ...]:
        """Return the drafts left by a run that ended early, newest last."""
        return tuple(each for each in self._found.values() if self._is_news(each))

    def take_gone(self) -> list[tuple[Draft, str]]:
        """Put aside the drafts of programs that are no longer in the file, and return each with the path of its text."""
        kept = self._kept
        if kept is None or self._session.opened.state not in ("ok", "newer"):
            return []
        keys = [each.key for each in self._session.watchlist.programs]
        gone = [each for each in self.found if not _has_place(each.form, keys)]
        for each in gone:
            del self._found[each.form]
        paths = [(each, kept.put_aside(each)) for each in gone]
        return [(each, self._text_file(each) or path) for each, path in paths]

    def _text_file(self, draft: Draft) -> str | None:
        name = draft.fields.get("file")
        return os.path.join(self.directory, os.path.basename(name)) if name else None

    def _is_news(self, draft: Draft) -> bool:
        """Whether a draft differs from its start; a form may have been opened and not changed."""
        if "file" not in draft.fields:
            return True
        try:
            data = read_file(os.path.join(self.directory, os.path.basename(draft.fields["file"]))).data
        except FileNotFoundError:
            return False
        except StorageError:
            return True
        return data.decode("utf-8", "surrogateescape") != draft.starts.get("text")

    def text(self, name: str) -> dict[str, str]:
        """Return the text typed into the form of this name, by row."""
        found = self._found.get(name)
        return self._texts.get(name) or (dict(found.fields) if found is not None else {})

    def starts(self, name: str) -> dict[str, str]:
        """Return the file's value of each row of that form when the typing began."""
        found = self._found.get(name)
        return self._starts[name] if name in self._texts else dict(found.starts) if found is not None else {}

    def take_up(self, form: Form) -> bool:
        """Restore a draft into a form, with the values it was typed over; return whether there was one."""
        texts = self.text(form.draft)
        if texts:
            form.retype(texts, self.starts(form.draft))
        return form.dirty and bool(texts)

    def put(self, form: Form) -> None:
        """Keep the current text of a form."""
        about = f"{form.title} · {form.rows[0].label}" if len(form.rows) == 1 else form.title
        self.put_text(form.draft, about, form.typed(), form.starts())

    def put_text(self, name: str, about: str, texts: dict[str, str], starts: dict[str, str]) -> None:
        """Keep the texts of a form by its name, with the values they were typed over."""
        if not texts:
            self.drop(name)
            return
        self._texts[name], self._starts[name] = texts, starts
        wait = self._written + _PAUSE - monotonic()
        if wait <= 0 or (self._unwritten is not None and self._unwritten[0] != name):
            self._settle()
            self.flush(name, about)
            return
        self._unwritten = name, about
        if not self._waiting:
            self._waiting = True
            self._later(wait, self._settled)

    def _settled(self) -> None:
        self._waiting = False
        self._settle()

    def _settle(self) -> None:
        """Write the most recent text to disk."""
        if self._unwritten is not None:
            self.flush(*self._unwritten)

    def flush(self, name: str, about: str) -> None:
        """Write the draft of a form to disk."""
        self._unwritten = None
        texts = self._texts.get(name)
        if self._kept is None or texts is None:
            return
        self._written = monotonic()
        file = self._session.opened.file
        draft = Draft(self._clock(), name, about, file.sha256 if file is not None else "", texts, starts=self._starts[name])
        with contextlib.suppress(StorageError):  # the text is still in memory
            free = next(each for each in count() if each not in self._numbers.values())
            self._kept.save(draft, self._numbers.setdefault(name, free))
            if name in self._found:  # this continues the draft found
                self._kept.discard(self._found.pop(name))

    def drop(self, name: str) -> None:
        """Drop the draft of a form that was saved or discarded."""
        self._texts.pop(name, None)
        self._starts.pop(name, None)
        found = self._found.pop(name, None)
        number = self._numbers.pop(name, None)
        if self._unwritten is not None and self._unwritten[0] == name:
            self._unwritten = None
        if self._kept is None:
            return
        if found is not None:
            self._kept.discard(found)
        if number is not None:
            self._kept.clear(number)


def _has_place(form: str, keys: Sequence[str]) -> bool:
    """Whether a form of this name can be opened: of a new program, of the list, or of programs that are in the file."""
    owners, slash, _ = form.partition("/")
    if not slash or not owners or any(form.startswith(f"{each}/") for each in keys):
        return True
    return set(owners.split("+")) <= set(keys)
