"""An open watchlist: its document, what it means today, its undo and its storage; what the command line and the app drive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.fields import Read, read_watchlist
from cartwatch.domain.watchlist import Watchlist

if TYPE_CHECKING:
    from datetime import date

    from cartwatch.amendments import Amendment
    from cartwatch.document.problems import Problem
    from cartwatch.storage.reading import FileState

__all__ = ["SCHEMA", "Opened", "Session", "Step", "located"]

SCHEMA = 1  # the newest schema that this program writes


@dataclass(frozen=True, slots=True)
class Opened:
    """What one reading of the file found.

    `state` is "ok", "missing" (no file yet), "unreadable" (`trouble` says where and why) or "newer" (a schema of a later
    cartwatch: to be looked at, not written). `readonly` says why nothing can be written, where that is so.
    """

    state: str
    document: Document
    read: Read
    file: FileState | None = None
    trouble: SyntaxProblem | None = None
    readonly: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One change that can be undone: the document before and after, what to call it, and where the cursor goes."""

    words: str
    before: Document
    after: Document
    program: str | None = None
    path: str | None = None
    notes: tuple[str, ...] = ()


class Session:
    """An open watchlist.

    `today` is the viewer's calendar day, given from outside; phrases such as "next quarter" that do not say when they were
    said count from it.
    """

    def __init__(self, path: str, today: date) -> None:
        self.path = path
        self.today = today
        self.opened = Opened("missing", Document.empty(), Read(Watchlist()))
        self.done: list[Step] = []
        self.undone: list[Step] = []

    @property
    def document(self) -> Document:
        return self.opened.document

    @property
    def watchlist(self) -> Watchlist:
        return self.opened.read.watchlist

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of the file, in its order; `located` says where they stand."""
        return self.opened.read.problems

    def open(self) -> Opened:
        """Read the file. A missing or unreadable file is a state, not an error; raises StorageError where it is no file."""
        from cartwatch.storage.reading import read_file

        try:
            file = read_file(self.path)
        except FileNotFoundError:
            self.opened = Opened("missing", Document.empty(), Read(Watchlist()))
            return self.opened
        try:
            document = Document.parse(file.data)
        except SyntaxProblem as trouble:
            self.opened = Opened("unreadable", Document.empty(), Read(Watchlist()), file=file, trouble=trouble)
            return self.opened
        read = read_watchlist(document.head, document.programs, self.today)
        newer = read.watchlist.schema > SCHEMA
        readonly = f"schema {read.watchlist.schema} was written by a newer cartwatch" if newer else file.readonly
        self.opened = Opened("newer" if newer else "ok", document, read, file, readonly=readonly)
        return self.opened

    def on_day(self, today: date) -> bool:
        """Read the same document as of another day; says whether anything reads differently. The file is not touched."""
        self.today = today
        if self.opened.state not in ("ok", "newer"):
            return False
        before = self.watchlist
        self.opened = replace(self.opened, read=read_watchlist(self.document.head, self.document.programs, today))
        return self.watchlist != before

    def _show(self, document: Document) -> None:
        """Make a document the current one, reading again only the programs whose data changed."""
        read = read_watchlist(document.head, document.programs, self.today, self.opened.read)
        self.opened = replace(self.opened, state="ok", document=document, read=read)

    def change(self, amendment: Amendment) -> Step:
        """Carry out an amendment as one step. Raises EditError with everything as it was."""
        from cartwatch.document.edits import apply

        before = self.document
        applied = apply(before, amendment.edits)
        step = Step(amendment.words, before, applied.document, amendment.program, amendment.path, applied.notes)
        self._show(step.after)
        self.done.append(step)
        self.undone.clear()
        return step

    def undo(self) -> Step | None:
        """Take back the last step: the bytes before it come back. None where there is nothing to take back."""
        if not self.done:
            return None
        step = self.done.pop()
        self._show(step.before)
        self.undone.append(step)
        return step

    def redo(self) -> Step | None:
        """Carry out again what was last taken back. None where there is nothing."""
        if not self.undone:
            return None
        step = self.undone.pop()
        self._show(step.after)
        self.done.append(step)
        return step


def located(document: Document, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """The same problems with the line and column of each, in the order of the file."""
    placed = []
    for each in problems:
        position = document.position(each.path)
        placed.append(replace(each, line=position.line, column=position.column))
    return tuple(sorted(placed, key=lambda each: (each.line, each.column)))
