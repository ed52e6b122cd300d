"""Typed text that is not in the file yet: kept under the name of its form, and offered when that is opened again."""

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
    from collections.abc import Callable
    from datetime import datetime

    from cartwatch.app.editing.form import Form
    from cartwatch.session.session import Session

__all__ = ["Shelf"]

_PAUSE = 0.5  # seconds between two drafts on disk while somebody types


class Shelf:
    """The typed text of every form that is open or was left without saving, in memory and on disk.

    `found` are the drafts of programs that run no more; `later` calls back after some seconds, so that the last letters are
    on disk too when nothing more is typed.
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
        self._unwritten: tuple[str, str] | None = None  # the name and words of the form whose last letters are in memory only
        self._numbers: dict[str, int] = {}  # what each form is kept under on disk
        self._kept: Drafts | None = None
        self._found: dict[str, Draft] = {}
        if session.places is not None:
            self._kept = Drafts(session.places.drafts_dir, os.getpid())
            self._found = {each.form: each for each in reversed(self._kept.left())}

    @property
    def notes(self) -> list[str]:
        """What is wrong with drafts that could not be read, and where they are."""
        return self._kept.notes if self._kept is not None else []

    @property
    def directory(self) -> str:
        """Where texts are while an editor has them."""
        places = self._session.places
        return places.drafts_dir if places is not None else tempfile.gettempdir()

    @property
    def found(self) -> tuple[Draft, ...]:
        """What an app that ended in the middle has left, the newest last."""
        return tuple(each for each in self._found.values() if self._is_news(each))

    def _is_news(self, draft: Draft) -> bool:
        """Whether a draft says something else than what it began with: an editor may only have been opened."""
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
        """What was typed into the form of this name, by row."""
        found = self._found.get(name)
        return self._texts.get(name) or (dict(found.fields) if found is not None else {})

    def starts(self, name: str) -> dict[str, str]:
        """What each row of that form held in the file when it was typed into."""
        found = self._found.get(name)
        return self._starts[name] if name in self._texts else dict(found.starts) if found is not None else {}

    def take_up(self, form: Form) -> bool:
        """Put typed text back into a form, with the values it was typed over; says whether there was any."""
        texts = self.text(form.draft)
        if texts:
            form.retype(texts, self.starts(form.draft))
        return form.dirty and bool(texts)

    def put(self, form: Form) -> None:
        """Keep what is typed in a form now."""
        about = f"{form.title} · {form.rows[0].label}" if len(form.rows) == 1 else form.title
        self.put_text(form.draft, about, form.typed(), form.starts())

    def put_text(self, name: str, about: str, texts: dict[str, str], starts: dict[str, str]) -> None:
        """Keep the texts of a form by its name, and what they were typed over."""
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
        """Put the last letters on disk."""
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
        with contextlib.suppress(StorageError):  # a draft is a second net: the text is still in memory
            free = next(each for each in count() if each not in self._numbers.values())
            self._kept.save(draft, self._numbers.setdefault(name, free))
            if name in self._found:  # this goes on from there
                self._kept.discard(self._found.pop(name))

    def drop(self, name: str) -> None:
        """The form was saved, or its text thrown away."""
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
