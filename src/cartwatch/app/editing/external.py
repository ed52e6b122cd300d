"""The text of a program in the user's own editor: out to a private file, checked on return, and never lost."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import tempfile
from typing import TYPE_CHECKING

from cartwatch.document.edits import EditError, ReplaceBlock, apply
from cartwatch.document.records import record_text
from cartwatch.session.changes import Amendment, AmendmentError
from cartwatch.storage.writing import own_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cartwatch.session.session import Session

__all__ = ["NoEditor", "TextEdit", "editor_command", "marked", "run_editor", "unmarked"]

_MARK = "# cartwatch: "


class NoEditor(Exception):
    """There is no editor to be had, or it could not be run; the message says why."""


def editor_command(env: Mapping[str, str]) -> list[str]:
    """The words of $VISUAL, else $EDITOR, else vi. Raises NoEditor where they make no command."""
    given = env.get("VISUAL") or env.get("EDITOR") or ("notepad" if os.name == "nt" else "vi")
    try:
        words = shlex.split(given, posix=os.name != "nt")
    except ValueError as wrong:
        raise NoEditor(f"$VISUAL or $EDITOR can't be read: {wrong}") from None
    if not words:
        raise NoEditor("$VISUAL and $EDITOR are empty")
    return words


def marked(text: str, problem: str) -> str:
    """The text with a problem in a comment above the line that it names, or at the top."""
    lines = unmarked(text).split("\n")
    at = 0
    if problem.startswith("line "):
        number = problem[5:].partition(",")[0]
        at = min(int(number) - 1, len(lines)) if number.isdigit() else 0
    told = _MARK + " ".join(problem.split())
    return "\n".join([*lines[:at], told, *lines[at:]])


def unmarked(text: str) -> str:
    """The text without the comments that `marked` put into it."""
    return "\n".join(line for line in text.replace("\r\n", "\n").split("\n") if not line.startswith(_MARK))


class TextEdit:
    """A program's text on its way through an editor.

    `draft` is text of an earlier try that was never taken over; it is offered in place of what the file says.
    """

    def __init__(self, session: Session, key: str, draft: str | None = None) -> None:
        place = session.watchlist.place(key)
        if place is None:
            raise AmendmentError(f'there is no program "{key}" any more')
        self._session = session
        self.key = key
        self.before = record_text(session.document, place).replace("\r\n", "\n")
        self.text = draft if draft is not None else self.before

    def edited(self, run: Callable[[str], None]) -> None:
        """Let `run` open a private file with the text, and read what it left. Raises NoEditor, OSError."""
        directory = None
        if self._session.places is not None:
            directory = self._session.places.state_dir
            own_directory(directory)
        handle, path = tempfile.mkstemp(prefix=f"{self.key[:40]}-", suffix=".toml", dir=directory)  # made 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(self.text)
            try:
                run(path)
            finally:  # an editor that fails may have written something all the same
                with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
                    self.text = unmarked(file.read())
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)

    @property
    def changed(self) -> bool:
        return bool(self.text.strip()) and self.text.strip("\n") != self.before.strip("\n")

    def amendment(self) -> Amendment:
        """The change that the text asks for. Raises AmendmentError."""
        place = self._session.watchlist.place(self.key)
        program = self._session.watchlist.get(self.key)
        if place is None or program is None:
            raise AmendmentError(f'there is no program "{self.key}" any more')
        return Amendment((ReplaceBlock(place, self.text),), f"{program.label}: edited as text", self.key)

    def check(self) -> None:
        """Raises EditError where the text can't be taken over."""
        apply(self._session.document, self.amendment().edits)

    def refuse(self, why: EditError) -> None:
        """Mark what is wrong in the text, for another try."""
        self.text = marked(self.text, str(why))


def run_editor(words: list[str], path: str) -> None:
    """Run the editor and wait for it. Raises NoEditor."""
    try:
        done = subprocess.run([*words, path], check=False)  # noqa: S603 - the user's own editor
    except OSError as wrong:
        raise NoEditor(f"{words[0]} can't be run: {wrong.strerror}") from None
    if done.returncode:
        raise NoEditor(f"{words[0]} ended with status {done.returncode}: nothing was changed")
