"""External editing of a program's text: written to a private file, checked on return, and never lost."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
from typing import TYPE_CHECKING

from cartwatch.document.edits import EditError, ReplaceBlock, apply
from cartwatch.document.records import record_text
from cartwatch.session.changes import ChangeError, PlannedChange
from cartwatch.storage.errors import StorageError
from cartwatch.storage.reading import read_file
from cartwatch.storage.writing import discard, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cartwatch.session.session import Session

    from .drafts import Shelf

__all__ = ["NoEditor", "TextEdit", "editor_command", "marked", "run_editor", "unmarked"]

_MARK = "# cartwatch: "
_ASK = "Meanwhile another application changed this program. To put your text in its place, delete this line. What is new:"
_TOLD = 8  # lines shown of the changes
_ROUNDS = 3  # times that a refused text goes back to the editor: one that is a script never leaves it as it was
_LARGEST = 8_000_000  # bytes of a program


class NoEditor(Exception):
    """No editor is available, or it could not be run; the message says why."""


def editor_command(env: Mapping[str, str]) -> list[str]:
    """Split $VISUAL, else $EDITOR, else vi into words. Raises NoEditor where they are no command."""
    given = env.get("VISUAL") or env.get("EDITOR") or ("notepad" if os.name == "nt" else "vi")
    try:
        words = shlex.split(given, posix=os.name != "nt")
    except ValueError as wrong:
        raise NoEditor(f"$VISUAL or $EDITOR can't be read: {wrong}") from None
    if not words:
        raise NoEditor("$VISUAL and $EDITOR are empty")
    return words


def marked(text: str, problem: str) -> str:
    """Insert a problem into the text as a comment above the line that it names, or at the top."""
    lines = unmarked(text).split("\n")
    at = 0
    if problem.startswith("line "):
        number = problem[5:].partition(",")[0]
        at = min(int(number) - 1, len(lines)) if number.isdigit() else 0
    told = _MARK + " ".join(problem.split())
    return "\n".join([*lines[:at], told, *lines[at:]])


def unmarked(text: str) -> str:
    """Remove the comments that `marked` inserted."""
    return "\n".join(line for line in text.replace("\r\n", "\n").split("\n") if not line.startswith(_MARK))


class TextEdit:
    """A program's text in an external editor, kept in a private file until the text is applied.

    A text kept from an earlier try, in this run or one that ended early, is offered instead of the list's text.
    """

    def __init__(self, session: Session, key: str, shelf: Shelf) -> None:
        place = session.watchlist.place(key)
        if place is None:
            raise ChangeError(f'there is no program "{key}" any more')
        self._session, self._shelf = session, shelf
        self._key, self._name = key, f"{key}/text"
        self.before = record_text(session.document, place).replace("\r\n", "\n")
        kept = shelf.text(self._name)
        name = os.path.basename(kept.get("file", ""))
        self.path = os.path.join(shelf.directory, name or _file_name(key))
        self._readable = True
        text = kept.get("text", "")
        if name:
            with contextlib.suppress(NoEditor):
                text = unmarked(self._read())
            if not self._readable:  # an unreadable file is left in place
                self.path = os.path.join(shelf.directory, _file_name(key))
                self._readable = True
        drafted = bool(text.strip())
        self.text = text if drafted else self.before
        self._began = shelf.starts(self._name).get("text", "") if drafted else self.before
        self._answered = True

    # ---- the way through the editor

    def through(self, run: Callable[[str], None]) -> str | None:
        """Let `run` open the file until its text is accepted; return the reason if the user leaves it refused.

        Raises NoEditor, OSError, with the text in the file all the same.
        """
        refused = ""
        for _ in range(_ROUNDS):
            shown = self.text
            self._edited(run)
            if not self.changed:
                return None
            if not self._answered:
                return "another application has changed this program, and the line that asks about it is still in the text"
            self._began = self.before
            try:
                self._check()
            except (EditError, ChangeError) as why:
                if unmarked(shown) == self.text and shown != self.text:
                    return str(why)
                refused = str(why)
                self.text = marked(self.text, refused)
            else:
                return None
        self.text = unmarked(self.text)
        return refused

    def _edited(self, run: Callable[[str], None]) -> None:
        self._write()
        self._shelf.put_text(self._name, f"{self._key} as text", {"file": os.path.basename(self.path)}, {"text": self._began})
        self._shelf.flush(self._name, f"{self._key} as text")
        failed: NoEditor | None = None
        try:
            run(self.path)
        except NoEditor as wrong:  # the editor may have written something before it failed
            failed = wrong
        raw = self._read()
        if not raw.strip():
            self._write()
            raise failed or NoEditor("the editor left an empty file, or none")
        self.text, self._answered = unmarked(raw), _ASK not in raw
        if failed is not None:
            raise failed

    def _write(self) -> None:
        asked = [f"{_MARK}{each}" for each in (_ASK, *self._news())] if self._began != self.before else []
        text = "\n".join([*asked, self.text])
        write_whole(self.path, text.encode("utf-8", "surrogateescape"))

    def _news(self) -> list[str]:
        """Return the lines that another application wrote since the draft was begun."""
        old = self._began.splitlines()
        return [f"  {each}" for each in self.before.splitlines() if each.strip() and each not in old][:_TOLD]

    def _read(self) -> str:
        try:
            data = read_file(self.path, _LARGEST).data
        except FileNotFoundError:
            data = b""
        except StorageError as wrong:
            self._readable = False
            raise NoEditor(str(wrong)) from None
        return data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")

    # ---- what became of it

    @property
    def changed(self) -> bool:
        return bool(self.text.strip()) and self.text.strip("\n") != self.before.strip("\n")

    @property
    def kept(self) -> bool:
        """Whether the file has text that is not in the list."""
        return self.changed or not self._readable

    def done(self) -> None:
        """Delete the file; its text is applied or has no change."""
        self._shelf.drop(self._name)
        discard(self.path)

    def planned(self) -> PlannedChange:
        """Build the change made by the text. Raises ChangeError."""
        place = self._session.watchlist.place(self._key)
        program = self._session.watchlist.get(self._key)
        if place is None or program is None:
            raise ChangeError(f'there is no program "{self._key}" any more')
        return PlannedChange((ReplaceBlock(place, self.text),), f"{program.label}: edited as text", self._key)

    def _check(self) -> None:
        """Check the text. Raises EditError where it can't be applied."""
        for number, line in enumerate(self.text.split("\n"), 1):
            foreign = next((each for each in line if "\ud800" <= each <= "\udfff"), None)
            if foreign is not None:
                raise EditError(f"line {number}, the byte 0x{ord(foreign) & 0xFF:02x} is not UTF-8: save the text as UTF-8")
        apply(self._session.document, self.planned().edits)


def _file_name(key: str) -> str:
    """Make the name of a new file from the program's key."""
    plain = "".join(each if each.isalnum() and each.isascii() else "-" for each in key)[:40]
    return f"text-{plain}-{os.urandom(4).hex()}.toml"


def run_editor(words: list[str], path: str) -> None:
    """Run the editor and wait for it. Raises NoEditor."""
    try:
        done = subprocess.run([*words, path], check=False)  # noqa: S603 - the user's own editor
    except OSError as wrong:
        raise NoEditor(f"{words[0]} can't be run: {wrong.strerror}") from None
    if done.returncode < 0:
        raise NoEditor(f"{words[0]} was ended by signal {-done.returncode}")
    if done.returncode:
        raise NoEditor(f"{words[0]} ended with status {done.returncode}: nothing was changed")
