"""Typed text that is not in the file yet: kept under the name of its form, and offered when that is opened again."""

from __future__ import annotations

import contextlib
import os
from time import monotonic
from typing import TYPE_CHECKING

from cartwatch.storage.drafts import Draft, Drafts
from cartwatch.storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cartwatch.app.editing.form import Form
    from cartwatch.session import Session

__all__ = ["Shelf"]

_PAUSE = 0.5  # seconds between two drafts on disk while somebody types


class Shelf:
    """The typed text of every form that was left without saving, in memory; that of the form last typed into on disk too.

    `found` are the drafts of programs that run no more.
    """

    def __init__(self, session: Session, clock: Callable[[], datetime]) -> None:
        self._session = session
        self._clock = clock
        self._texts: dict[str, dict[str, str]] = {}
        self._written = 0.0
        self._kept: Drafts | None = None
        self._found: dict[str, Draft] = {}
        if session.places is not None:
            self._kept = Drafts(session.places.drafts_dir, os.getpid())
            self._found = {each.form: each for each in reversed(self._kept.left())}

    @property
    def found(self) -> tuple[Draft, ...]:
        """What a program that ended in the middle has left, the newest last."""
        return tuple(self._found.values())

    def text(self, name: str) -> dict[str, str]:
        """What was typed into the form of this name, by row."""
        found = self._found.get(name)
        return self._texts.get(name) or (dict(found.fields) if found is not None else {})

    def take_up(self, form: Form) -> bool:
        """Put typed text back into a form; says whether there was any."""
        texts = self.text(form.draft)
        if texts:
            form.retype(texts)
        return form.dirty and bool(texts)

    def put(self, form: Form) -> None:
        """Keep what is typed in a form now."""
        about = f"{form.title} · {form.rows[0].label}" if len(form.rows) == 1 else form.title
        self.put_text(form.draft, about, form.typed())

    def put_text(self, name: str, about: str, texts: dict[str, str]) -> None:
        """Keep the texts of a form by its name."""
        if not texts:
            self.drop(name)
            return
        self._texts[name] = texts
        if monotonic() - self._written >= _PAUSE:
            self.flush(name, about)

    def flush(self, name: str, about: str) -> None:
        """Write the draft of a form to disk: typing goes on at once, or comes to an end."""
        texts = self._texts.get(name)
        if self._kept is None or texts is None:
            return
        self._written = monotonic()
        file = self._session.opened.file
        draft = Draft(self._clock(), name, about, file.sha256 if file is not None else "", texts)
        with contextlib.suppress(StorageError):  # a draft is a second net: the text is still in memory
            self._kept.save(draft)

    def drop(self, name: str) -> None:
        """The form was saved, or its text thrown away."""
        self._texts.pop(name, None)
        found = self._found.pop(name, None)
        if self._kept is None:
            return
        if found is not None:
            self._kept.discard(found)
        self._kept.clear()
