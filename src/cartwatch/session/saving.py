"""Saves the document in memory to disk, merged with changes made meanwhile by another application."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.edits import EditError
from cartwatch.document.merging import merge_documents
from cartwatch.document.reader import migrated, schema_of
from cartwatch.storage import displaced
from cartwatch.storage.displaced import LateConflict
from cartwatch.storage.errors import FileConflict, StorageError
from cartwatch.storage.last_text import last_text
from cartwatch.storage.lock import locked
from cartwatch.storage.reading import FileState, is_settled, read_file, sha256
from cartwatch.storage.save import save

from .conflicts import log_items
from .reconcile import Reconciled, doubt_about, known_texts, outside_words, reconcile
from .state import SCHEMA, Pending

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cartwatch.domain.merge import Conflict
    from cartwatch.storage.places import Places

    from .keeper import Keeper

__all__ = ["Doubtful", "Running", "Saving", "awaited"]

_LOOKS = 12
_TRIES = 8  # retries of a save after a merge, while another application keeps writing
_TICK = 0.001  # seconds
_LOOK = 0.25  # seconds between two reads of a text that may be half written


class Doubtful(StorageError):
    """The file may be half written. `stands`: it has not changed for a while, and the user must decide."""

    def __init__(self, message: str, *, stands: bool) -> None:
        super().__init__(message)
        self.stands = stands


@dataclass(slots=True)
class Saving:
    """Saves `document` over `on_disk` (`file`); afterwards both hold the result.

    It changes only itself and files, so that it may run in a thread. `entries` are its entries for the journal;
    `believe` accepts a text that looks half written; `pause` waits between two reads of one (None: no wait).
    """

    path: str
    places: Places
    keeper: Keeper
    document: Document
    on_disk: Document
    file: FileState | None
    entries: list[Pending] = field(default_factory=list)
    label: str = ""
    from_older: bool = False
    displaced_file: FileState | None = None
    believe: bool = False
    pause: Callable[[float], None] | None = None
    conflicts: list[Conflict] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unsaved: str | None = None
    doubt: Doubtful | None = None
    entered: str = ""
    late: list[LateConflict] = field(default_factory=list)
    merging: list[LateConflict] = field(default_factory=list)

    def run(self) -> bool:
        """Save; return whether it is on disk. If not, `unsaved` gives the reason."""
        for _ in range(_TRIES):
            try:
                self._write()
                while self.merging:
                    displaced.merged(self.merging.pop())
                self.unsaved = None
                return True
            except FileConflict as found:
                theirs = found.current
            except LateConflict as late:
                self.take_late(late)
                continue
            except StorageError as wrong:
                self.unsaved = str(wrong)
                return False
            if not self._take_now(theirs):
                return False
        self.unsaved = f"{self.path} keeps being changed by another application; try again"
        return False

    def _take_now(self, theirs: bytes | None) -> bool:
        """Merge the unexpected content of the file; return whether the save may go on."""
        if self.pause is not None and theirs is not None:
            with contextlib.suppress(FileNotFoundError, StorageError):
                theirs = awaited(self.path, self.places, read_file(self.path), self.pause).data
        if theirs is None or not theirs.strip(b"\0 \r\n\t"):
            what = "vanished" if theirs is None else "been emptied"
            self.unsaved = f"{self.path} has {what}: your list is still here; save a copy, or write it anew"
            return False
        try:
            self.take(read_file(self.path))
        except (FileConflict, FileNotFoundError):
            return True  # it has changed again: the next try meets it
        except (SyntaxProblem, EditError) as wrong:
            self.unsaved = f"{self.path} was changed by another application and can't be merged: {wrong}"
        except StorageError as wrong:
            self.doubt = wrong if isinstance(wrong, Doubtful) else None
            self.unsaved = str(wrong)
        else:
            return True
        return False

    # ---- what others wrote

    def take(self, file: FileState) -> None:
        """Merge the content of the file, which is the base of the next write; nothing of it is lost.

        Raises Doubtful, SyntaxProblem, EditError; StorageError if the values put back cannot be saved.
        """
        file = self._standing(file)
        known = list(known_texts(self.places))
        file = self._settled(file, known)
        theirs = self.on_disk if self.on_disk.raw == file.data else self._parsed(file.data)
        outside = reconcile(theirs, known)
        before, pending = self.file, self.document is not self.on_disk
        self._contest(outside.document, outside.conflicts)
        if outside.late:
            self._note(known[0], file)
            file = self._put_back(file, outside)
        elif not known and (before is None or before.sha256 != file.sha256):
            self.keeper.enter_theirs(before, file)
        elif known and file.data != known[0]:
            told = self._note(known[0], file)
            if outside.restored:
                self._restored(known[0], told)
            self._keep(file.data)
        if outside.document is not self.on_disk:
            applied, conflicts = merge_documents(self.on_disk, self.document, outside.document)
            self._contest(applied.document, conflicts)
            self.document = applied.document if pending else outside.document
        self.file, self.on_disk = file, outside.document
        while self.late:
            self._merge_late(self.late.pop())

    def _standing(self, file: FileState) -> FileState:
        """Read the file while no save is in progress: between its steps another cartwatch's text looks foreign."""
        last = last_text(self.places).read()
        if last is None or last == file.data:
            return file
        with locked(self.places.lock, self.path):
            found = read_file(self.path, expected=file)
        return file if found.data == file.data else found

    def _contest(self, document: Document, conflicts: Sequence[Conflict]) -> None:
        """Log both values before the file holds only one of them: the process may be killed in between."""
        if conflicts:
            self.keeper.log_conflicts(log_items(document, conflicts))
            self.conflicts += conflicts

    def _parsed(self, data: bytes) -> Document:
        found = Document.parse(data)
        if schema_of(found) > SCHEMA:
            raise EditError(f"schema {schema_of(found)} was written by a newer cartwatch")
        document = migrated(found, SCHEMA)
        self.from_older = document is not found
        return document

    def _settled(self, file: FileState, known: Sequence[bytes]) -> FileState:
        """Return the file once it is not in doubt, re-reading until it has not changed for a while. Raises Doubtful."""
        looks = _LOOKS
        while not self.believe and (doubt := doubt_about(file.data, known)) is not None:
            if is_settled(file):
                looks = 0
            if looks == 0 and not doubt.stands:
                break
            if looks == 0 or self.pause is None:
                advice = (
                    "`cartwatch restore` brings the last text back" if looks == 0 else "another application may still write it"
                )
                raise Doubtful(f"{self.path}: half of it may be missing, {doubt.words}; {advice}", stands=looks == 0)
            self.pause(_LOOK)
            looks -= 1
            try:
                found = read_file(self.path)
            except FileNotFoundError:
                continue
            file = found
        return file

    def _note(self, before: bytes, after: FileState) -> str:
        """Enter the change of another application, with the values, in the journal (another cartwatch has done so itself);
        return one line on the change."""
        words, tables = outside_words(Document.parse(before), Document.parse(after.data))
        self.keeper.enter_theirs(FileState(before, (0, len(before), 0, 0), 0o600), after, words, tables)
        return words

    def _restored(self, before: bytes, told: str) -> None:
        self.keeper.back_up(before, "outside")
        self.warnings.append(
            f"{self.path}: an earlier text was put back ({told}); the text before it is among the backups (`cartwatch backups`)"
        )

    def _keep(self, data: bytes) -> None:
        """Make a text from outside the one that the next is compared with, if it still stands."""
        try:
            with locked(self.places.lock, self.path):
                if read_file(self.path).data == data:
                    last_text(self.places).keep(data)
        except (OSError, StorageError):
            pass  # on failure it is only reported once more next time

    def _put_back(self, file: FileState, outside: Reconciled) -> FileState:
        """Save the values that an earlier text reverted, as a change of its own, so that undo never restores that text."""
        while True:
            try:
                saved = self._save(outside.document, file)
            except LateConflict as late:
                self.late.append(late)
                if late.saved is None:
                    continue
                saved = late.saved
            break
        words = "put back what another application had reverted by writing an earlier text"
        self.keeper.write_down(words, file, saved, origin="disk")
        return saved

    def take_late(self, late: LateConflict) -> None:
        """Merge a text that was written to a file displaced by a save. An incomplete one stays where it is."""
        if late.saved is not None:
            self._saved(late.saved)
        self._merge_late(late)

    def _merge_late(self, late: LateConflict) -> None:
        try:
            theirs = self._parsed(late.foreign)
            known = [*known_texts(self.places), *self._displaced(late)]
            base = next((each for each in known if sha256(each) == late.base), None)
            doubt = doubt_about(late.foreign, known, base)
            if doubt is not None and (doubt.stands or not _at_rest(late)):
                self._waits(late)
                return
            outside = reconcile(theirs, known, base)
            applied, conflicts = merge_documents(self.on_disk, self.document, outside.document)
        except (SyntaxProblem, EditError):
            self._waits(late)
            return
        self._contest(outside.document, outside.conflicts)
        self._contest(applied.document, conflicts)
        self.document = applied.document
        self.merging.append(late)  # until that is on disk the text stays where the next start finds it

    def _displaced(self, late: LateConflict) -> list[bytes]:
        return [each.data for each in (self.displaced_file, self.file) if each is not None and each.sha256 == late.base]

    def _waits(self, late: LateConflict) -> None:
        self.warnings.append(
            f"{self.path}: another application is writing to the file as it was before a save; "
            f"its text, {late.kept}, is merged once it is whole"
        )

    # ---- writing

    def _write(self) -> None:
        """Write the document to disk if it is not there, and enter the save in the journal."""
        self.keeper.sweep()
        if self.file is not None and self.document.raw == self.file.data:
            self.on_disk = self.document
            if self.entries:  # an undo that found nothing left to undo
                self._saved(self.file)
            return
        file = self.file
        if file is None:
            self.places.make_watchlist_dir()
        else:
            self.keeper.back_up(file.data, self.label or ("migration" if self.from_older else ""))
        self._saved(self._save(self.document, file))

    def _save(self, document: Document, file: FileState | None) -> FileState:
        saved = save(
            self.path,
            document.raw,
            base=file.sha256 if file is not None else None,
            lock_dir=self.places.lock_dir,
            keep_dir=self.places.keep_dir,
            known=[each for each in (file, self.displaced_file) if each is not None],
        )
        self.displaced_file = file
        self.warnings += [each for each in saved.warnings if each not in self.warnings]
        return saved

    def _saved(self, saved: FileState) -> None:
        waiting, self.entries = self.entries, []
        before, was = self.file, self.on_disk
        self.file, self.on_disk, self.from_older = saved, self.document, False
        if not waiting:
            words, tables = outside_words(was, self.document)
            self.keeper.write_down(f"merged: {words}", before, saved, origin="disk", edits=tables)
            return
        words = "; ".join(each.words for each in waiting)
        tables = [table for each in waiting for table in each.tables]
        undoes = waiting[0].undoes if len(waiting) == 1 else ""
        self.entered = self.keeper.write_down(words, before, saved, origin=waiting[-1].origin, edits=tables, undoes=undoes)


def _at_rest(late: LateConflict) -> bool:
    try:
        return is_settled(read_file(late.kept))
    except (OSError, StorageError):
        return False


class Running:
    """A save in its own thread, which a signal handler may wait for too, without locks."""

    def __init__(self, work: Saving, tell: Callable[[], object]) -> None:
        self.work = work
        self.ours = work.document
        self.error: BaseException | None = None
        self._tell = tell
        self._over = self._telling = False
        Thread(target=self._run, name="saving", daemon=True).start()

    def _run(self) -> None:
        try:
            self.work.run()
        except BaseException as error:  # an error in a thread would be lost
            self.error = error
        self._over = True
        if self._telling:
            self._tell()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within the given seconds."""
        end = time.monotonic() + seconds
        while not self._over and time.monotonic() < end:
            time.sleep(_TICK)
        return self._over

    def tell_at_the_end(self) -> None:
        """Call `tell` when it ends, as the caller no longer waits."""
        self._telling = True
        if self._over:
            self._tell()


def awaited(path: str, places: Places, file: FileState, pause: Callable[[float], None]) -> FileState:
    """Return the file once it seems complete, or has not changed for a while."""
    known = list(known_texts(places))
    for _ in range(_LOOKS):
        if is_settled(file) or not _half(file.data, known):
            break
        pause(_LOOK)
        with contextlib.suppress(FileNotFoundError):
            file = read_file(path)
    return file


def _half(data: bytes, known: Sequence[bytes]) -> bool:
    try:
        Document.parse(data)
    except SyntaxProblem:
        return True
    return not data.strip() or doubt_about(data, known) is not None
