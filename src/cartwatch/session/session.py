"""Session: an open watchlist with its document, its values today, undo and storage; used by the command line and the app."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.reader import Read, migrated, read_watchlist, schema_of
from cartwatch.domain.watchlist import Watchlist

from .state import SCHEMA, Foreseen, Opened, Pending, Step, conflict_marks, located

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from cartwatch.document.problems import Problem
    from cartwatch.domain.merge import Conflict
    from cartwatch.storage.displaced import LateConflict
    from cartwatch.storage.places import Places
    from cartwatch.storage.reading import FileState

    from .changes import PlannedChange
    from .keeper import Keeper
    from .saving import Doubtful, Running, Saving

__all__ = ["SCHEMA", "Foreseen", "Opened", "Session", "Step", "located"]


class Session:
    """An open watchlist.

    `today` is the viewer's calendar day, given from outside; phrases such as "next quarter" that do not say when they were
    said count from it. With `places` every change is saved at once; without, nothing is written.

    `unsaved` is the reason why the document in memory is not on disk, None if it is. `conflicts` are values that cartwatch and
    another application changed differently since the conflicts were last shown; ours stays. `trouble_outside` is a problem of
    the file while the document in memory is good. `doubt` is the reason why the file may be half written, if it may; `pause`
    waits between two reads of it, for a caller that may wait. `patience` is the longest time in seconds that a save may block
    its caller (None: until it ends); `when_saved` is then called, in another thread, when it ends.
    """

    def __init__(
        self,
        path: str,
        today: date,
        places: Places | None = None,
        *,
        clock: Callable[[], datetime] | None = None,
        origin: str = "app",
    ) -> None:
        self.path = path
        self.today = today
        self.places = places
        self.origin = origin
        self._clock = clock
        self.opened = Opened("missing", Document.empty(), Read(Watchlist()))
        self.on_disk = self.opened.document
        self.done: list[Step] = []
        self.undone: list[Step] = []
        self._marks: tuple[Document, tuple[Problem, ...]] = (self.opened.document, ())
        self._earlier: bool | None = None  # whether the journal has a change to undo; None: it was not looked at
        self.unsaved: str | None = None
        self.warnings: list[str] = []
        self.conflicts: list[Conflict] = []
        self.trouble_outside: str | None = None
        self.doubt: str | None = None
        self.pause: Callable[[float], None] | None = None
        self.saving = False
        self.patience: float | None = None
        self.when_saved: Callable[[], object] = bool
        self._running: Running | None = None
        self._awaiting: list[tuple[Document, Step]] = []  # steps without an id yet, and their result
        self._label = ""
        self._merging: list[LateConflict] = []  # merged in memory, and not on disk yet
        self._from_older = False
        self._displaced_file: FileState | None = None  # the text displaced by the last save
        self._unwritten: list[Pending] = []  # changes that are not on disk yet, for the journal
        self._entered = ""

    @cached_property
    def keeper(self) -> Keeper | None:
        """The backups and the journal, if anything is written at all."""
        from .keeper import Keeper

        return Keeper(self.places, self._clock) if self.places is not None else None

    @property
    def document(self) -> Document:
        return self.opened.document

    @property
    def watchlist(self) -> Watchlist:
        return self.opened.read.watchlist

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every error and warning of the file, in its order; `located` adds their positions, `findings` the advice."""
        if self._marks[0] is not self.document:
            self._marks = (self.document, conflict_marks(self.document))
        return (*self.opened.read.problems, *self._marks[1])

    @property
    def from_older(self) -> bool:
        """Whether the document in memory is that of an older schema, migrated."""
        return self._from_older

    @property
    def why_readonly(self) -> str | None:
        """Why nothing can be changed, None if it can."""
        if self.opened.state == "unreadable":
            return "the file can't be read"
        return self.opened.readonly or self.doubt

    def open(self) -> Opened:
        """Read the file. A missing or unreadable file is a state, not an error; raises StorageError if it is not a file."""
        from cartwatch.storage.reading import read_file

        try:
            file = read_file(self.path)
        except FileNotFoundError:
            self.opened = Opened("missing", Document.empty(), Read(Watchlist()))
        else:
            self._read(file)
            if self.pause is not None and self.places is not None and (whole := self._awaited(file)) is not file:
                self._read(whole)
        self.on_disk = self.opened.document
        self.done.clear()
        self.undone.clear()
        self._earlier = None
        self.unsaved = self.doubt = None
        return self.opened

    def _awaited(self, file: FileState) -> FileState:
        """Return the file once it does not look half written, or has not changed for a while."""
        from cartwatch.storage.last_text import last_text
        from cartwatch.storage.reading import is_settled

        assert self.places is not None
        assert self.pause is not None
        if is_settled(file):
            return file
        last = last_text(self.places).read()
        if last == file.data or (last is None and self.opened.trouble is None and file.data.strip()):
            return file
        from .saving import awaited

        return awaited(self.path, self.places, file, self.pause)

    def _read(self, file: FileState) -> None:
        try:
            document = self._parsed(file.data)
        except SyntaxProblem as trouble:
            self.opened = Opened("unreadable", Document.empty(), Read(Watchlist()), file=file, trouble=trouble)
        else:
            self._accept(document, file)

    def _parsed(self, data: bytes) -> Document:
        """Parse a file to a document of the current schema. Raises SyntaxProblem."""
        found = Document.parse(data)
        document = migrated(found, SCHEMA)
        self._from_older = document is not found
        return document

    def _accept(self, document: Document, file: FileState, earlier: Read | None = None) -> None:
        """Make the content of a file the current document; `earlier` is a reading of the same day."""
        read = read_watchlist(document.head, document.programs, self.today, earlier)
        newer = read.watchlist.schema > SCHEMA
        readonly = f"schema {read.watchlist.schema} was written by a newer cartwatch" if newer else file.readonly
        self.opened = Opened("newer" if newer else "ok", document, read, file, readonly=readonly)

    def on_day(self, today: date) -> bool:
        """Read the same document as of another day; return whether any value changes. The file is not touched."""
        self.today = today
        if self.opened.state not in ("ok", "newer"):
            return False
        before = self.watchlist
        self.opened = replace(self.opened, read=read_watchlist(self.document.head, self.document.programs, today))
        return self.watchlist != before

    def _show(self, document: Document) -> None:
        """Make a document current, reading again only the programs whose data changed."""
        read = read_watchlist(document.head, document.programs, self.today, self.opened.read)
        self.opened = replace(self.opened, state="ok", document=document, read=read)

    def look_at(self, document: Document, why: str) -> None:
        """Show a document other than the file's, read-only: it is never written."""
        read = read_watchlist(document.head, document.programs, self.today)
        self.opened = replace(self.opened, state="ok", document=document, read=read, readonly=why)
        self.on_disk = document

    # ---- changing

    def foresee(self, planned: PlannedChange) -> Foreseen:
        """Compute the result of a planned change for the current document without changing it. Raises EditError.

        It may run in a thread: a large import takes a second.
        """
        from cartwatch.document.edits import apply

        from .keeper import edit_tables

        before, today, read = self.document, self.today, self.opened.read
        made = apply(before, planned.edits)
        after = made.document
        told = [dict(each) for each in planned.told] or edit_tables(before, planned.edits, after)
        return Foreseen(before, today, after, read_watchlist(after.head, after.programs, today, read), made.notes, tuple(told))

    def change(self, planned: PlannedChange, *, label: str = "", foreseen: Foreseen | None = None) -> Step:
        """Apply a planned change as one step, and save it. Raises EditError with everything unchanged.

        With a `label` ("import", "delete", …) a backup of the text before is kept under it. The `foreseen` result is used if
        it is still valid.
        """
        from cartwatch.document.edits import EditError

        if self.why_readonly is not None:
            raise EditError(f"nothing can be changed: {self.why_readonly}")
        before = self.document
        if foreseen is None or foreseen.before is not before or foreseen.today != self.today:
            foreseen = self.foresee(planned)
        step = Step(planned.words, before, foreseen.after, planned.program, planned.path, foreseen.notes)
        self.opened = replace(self.opened, state="ok", document=foreseen.after, read=foreseen.read)
        self.undone.clear()
        self.done.append(step)
        if self.keeper is not None:
            self._unwritten.append(Pending(step.words, planned.origin or self.origin, foreseen.told))
        self.save(label=label)
        return self._noted(self.done, step, step.after)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo, of this run or of an earlier one that the journal knows."""
        if self.done or self.pending:
            return bool(self.done)
        if self._earlier is None:
            self._earlier = self.keeper is not None and self.keeper.journal.to_undo() is not None
        return self._earlier

    def undo(self) -> Step | None:
        """Undo the last step, and save: the bytes before it come back. None if there is nothing to undo.

        Without a step in this run it is the last change in the journal, from any process. Raises EditError if
        that cannot be derived from the text any more.
        """
        if not self.done:
            from .undo import earlier_step

            earlier = None
            if self.keeper is not None and self.why_readonly is None:
                earlier = earlier_step(self.keeper.journal, self.document, self.watchlist)
            if earlier is None:
                return None
            self.done.append(earlier)
        return self._again(self.done, self.undone, back=True)

    def redo(self) -> Step | None:
        """Redo the last undone step, and save. None if there is none."""
        return self._again(self.undone, self.done, back=False)

    def _again(self, source: list[Step], target: list[Step], *, back: bool) -> Step | None:
        from cartwatch.document.edits import EditError

        if not source:
            return None
        if self.why_readonly is not None:
            raise EditError(f"nothing can be changed: {self.why_readonly}")
        step = source[-1]
        here, there = (step.after, step.before) if back else (step.before, step.after)
        now, words = self.document, f"{'undo' if back else 'redo'}: {step.words}"
        if now is not here:  # another application's change came in between: theirs must stay
            from .undo import apply_step

            there, conflicts = apply_step(here, there, now)
            self.add_conflicts(conflicts)
            words += "; what another application has changed since was kept" if conflicts else ""
        source.pop()
        self._earlier = None
        self._show(there)
        self._unwritten.append(Pending(words, "undo", undoes=step.entry))
        self.save()
        before, after = (there, now) if back else (now, there)
        target.append(replace(step, before=before, after=after))
        self._noted(target, target[-1], there)
        return step

    def _noted(self, steps: list[Step], step: Step, document: Document) -> Step:
        """The last step with its id in the journal, which it learns later where its save is still under way."""
        steps[-1] = replace(step, entry="" if self.pending else self._entered)
        if self.pending:
            self._awaiting.append((document, steps[-1]))
        return steps[-1]

    # ---- saving

    def replace_text(self, data: bytes, words: str, *, origin: str, label: str) -> Step:
        """Replace the whole text, as by that of a backup, in a step that can be undone; and save it.

        Raises SyntaxProblem if it does not parse, EditError if nothing can be changed.
        """
        from cartwatch.document.edits import EditError

        if self.why_readonly is not None:
            raise EditError(f"nothing can be changed: {self.why_readonly}")
        step = Step(words, self.document, self._parsed(data))
        self._show(step.after)
        self.undone.clear()
        self.done.append(step)
        self._unwritten.append(Pending(words, origin))
        self.save(label=label)
        return self._noted(self.done, step, step.after)

    def recover(self, data: bytes, words: str) -> bool:
        """Replace an unreadable file, which stays among the backups, by a good text; return whether it is saved.

        Raises SyntaxProblem if that text does not parse either, EditError if it is of a newer cartwatch, StorageError
        if the unreadable one cannot be kept.
        """
        from cartwatch.document.edits import EditError

        file = self.opened.file
        assert self.keeper is not None
        assert file is not None
        document = self._parsed(data)
        if schema_of(document) > SCHEMA:
            raise EditError(f"schema {schema_of(document)} was written by a newer cartwatch")
        self.keeper.keep(file.data, "unreadable")
        self.opened = Opened("ok", Document.empty(), Read(Watchlist()), file, readonly=file.readonly)
        self._show(document)
        self._unwritten.append(Pending(words, "restore"))
        return self.save(label="unreadable")

    def merge_sides(self, found: FileState) -> bool:
        """Merge both sides of a git conflict in the file with unsaved changes, and save; return whether it is saved.

        The old file stays among the backups. Raises SyntaxProblem if a side is not TOML, EditError if they cannot be merged,
        StorageError if the old file cannot be kept.
        """
        from cartwatch.document.merging import merge_documents, merge_sides

        assert self.keeper is not None
        applied, conflicts = merge_sides(found.data)
        if self.opened.state == "ok" and self.document is not self.on_disk:
            applied, more = merge_documents(self.on_disk, self.document, applied.document)
            conflicts += more
        known = self.opened
        self.opened = replace(known, file=found)
        try:
            saved = self.recover(applied.document.raw, "merged both sides of a git conflict")
        except BaseException:
            self.opened = known  # the text found is still not the base of this list
            raise
        self.add_conflicts(conflicts)
        return saved

    def write_anew(self, found: FileState | None) -> bool:
        """Save over the file that another application left: nothing (None), or `found`; return whether it is saved."""
        self.opened = replace(self.opened, file=found)
        self.on_disk = Document.empty()
        self._unwritten = self._unwritten or [Pending("the list was written again after its file was lost", "disk")]
        return self.save()

    def save(self, *, label: str = "") -> bool:
        """Write the document to disk, merged with changes of another application meanwhile; return whether it is there.

        If it fails, `unsaved` has the reason and the document stays in memory; call it again to try again. A call that
        interrupts another, as that of a signal handler does, leaves it to that one. With `patience`, a save that takes longer
        goes on in its thread: it is `pending` until `collect` finishes it, and later changes are saved after it.
        """
        if self._running is not None:
            self._label = label or self._label
            return self.collect()
        if self.saving:
            return False
        if self.places is None or self.document is self.on_disk:
            self.unsaved = None
            self._unwritten.clear()  # a change that was never saved, and was undone
            return self.places is not None
        label, self._label, self._entered = label or self._label, "", ""
        self.saving = True
        try:
            return self._run(self._work(label))
        finally:
            self.saving = False

    @property
    def pending(self) -> bool:
        """Whether a save is running in a thread, so that the shown state may not be on disk yet."""
        return self._running is not None

    def collect(self, wait: float = 0.0) -> bool:
        """Finish a save in its thread, waiting at most the given seconds, and save later changes; return whether
        everything is on disk."""
        running = self._running
        if running is not None:
            if not running.wait(wait):
                return False
            self._end(running)
            if self.unsaved is not None:
                return False
        return self.save()

    def finish(self, wait: float) -> bool:
        """Wait at most the given seconds until every change is on disk; return whether it is."""
        from time import monotonic

        end = monotonic() + wait
        while not (done := self.collect(max(0.0, end - monotonic()))) and self.pending and monotonic() < end:
            pass
        return done

    def _work(self, label: str = "") -> Saving:
        """Build a save of the document in memory."""
        from .saving import Saving

        assert self.places is not None
        assert self.keeper is not None
        entries, self._unwritten = self._unwritten, []
        file, displaced = self.opened.file, self._displaced_file
        work = Saving(
            self.path, self.places, self.keeper, self.document, self.on_disk, file, entries, label, self._from_older, displaced
        )
        work.merging, self._merging = self._merging, []
        return work

    def _run(self, work: Saving) -> bool:
        from .saving import Running

        work.pause = self.pause
        if self.patience is None:
            ours = work.document
            try:
                return work.run()
            finally:
                self._take_up(work, ours)
        running = self._running = Running(work, self.when_saved)
        if running.wait(self.patience):
            self._end(running)
        else:
            running.tell_at_the_end()
        return self._running is None and self.unsaved is None

    def _end(self, running: Running) -> None:
        """Finish a save that has ended, once: a signal handler may have done so first."""
        if self._running is not running:
            return
        self._running = None
        self._take_up(running.work, running.ours)
        saved = [at for at, (document, _) in enumerate(self._awaiting) if document is running.ours]
        if saved:  # earlier steps were saved with it, and its entry covers them
            step = self._awaiting[saved[-1]][1]
            del self._awaiting[: saved[-1] + 1]
            for steps in (self.done, self.undone):
                steps[:] = [replace(each, entry=running.work.entered) if each is step else each for each in steps]
        if running.error is not None:
            raise running.error

    def _take_up(self, work: Saving, ours: Document) -> None:
        """Continue from the result of a save; `ours` is the document that it began with."""
        self.warnings += [each for each in work.warnings if each not in self.warnings]
        self._unwritten = work.entries + self._unwritten
        self._from_older, self._displaced_file = work.from_older, work.displaced_file
        self._merging = work.merging
        self._entered, self.unsaved = work.entered, work.unsaved
        if work.document is not ours and self.document is not ours:  # it was changed during the save
            from cartwatch.document.merging import merge_documents

            applied, conflicts = merge_documents(ours, self.document, work.document)
            self._show(applied.document)
            self.add_conflicts(conflicts)
        elif work.document is not ours:
            self._show(work.document)
        self.on_disk = work.on_disk
        self.opened = replace(self.opened, file=work.file)
        self.conflicts += work.conflicts

    def add_conflicts(self, conflicts: Sequence[Conflict]) -> None:
        """Record values that both sides changed: both go to the log before the user is asked."""
        if not conflicts:
            return
        if self.keeper is not None:
            from .conflicts import log_items

            self.keeper.log_conflicts(log_items(self.document, conflicts))
        self.conflicts.extend(conflicts)

    def settle(self, *, believe: bool = False) -> None:
        """Compare the file with the last text that any cartwatch saved, before anything is changed.

        Values that a late writer reverted are put back and added to the `conflicts`; texts written to a displaced file are
        merged. If the file may be half written, it is re-read with `pause`, and cannot be changed while in doubt unless
        `believe`; without `pause` the last text is shown in its place.
        """
        from cartwatch.document.edits import EditError
        from cartwatch.storage.displaced import all_late
        from cartwatch.storage.errors import StorageError

        from .saving import Doubtful

        file = self.opened.file
        self.doubt = None
        if self.places is None or self.opened.state != "ok" or file is None or not file.data.strip():
            return
        work = self._work()
        ours, work.pause, work.believe = work.document, self.pause, believe
        try:
            work.take(file)
            for late in all_late(self.places.keep_dir, self.places.key, self.path):
                work.take_late(late)
            if work.document is not work.on_disk or work.merging:
                work.run()
        except Doubtful as doubt:
            if self.pause is None:
                self._show_last(work, doubt)
            else:
                self.doubt = str(doubt)
        except (SyntaxProblem, EditError, StorageError, FileNotFoundError) as wrong:
            work.unsaved = str(wrong)
        finally:
            self._take_up(work, ours)

    def _show_last(self, work: Saving, doubt: Doubtful) -> None:
        """Show the last text in place of a file that is in doubt, as if that had happened while it was open."""
        from cartwatch.storage.last_text import last_text
        from cartwatch.storage.reading import FileState

        assert self.places is not None
        assert work.file is not None
        text = last_text(self.places).read()
        if text is None:
            self.doubt = str(doubt)
            return
        work.file = FileState(text, (0, 0, 0, 0), work.file.mode)
        work.document = work.on_disk = Document.parse(text)
        self.trouble_outside = str(doubt)

    def take_late(self, late: LateConflict) -> bool:
        """Merge a text that was written to a file displaced by a save, and save; return whether it is saved."""
        if self.pending:
            return False  # it stays where it is
        work = self._work()
        ours = work.document
        work.take_late(late)
        self._take_up(work, ours)
        return self.save()

    def reload(self) -> Opened:
        """Read the file again on request: its changes are merged, and unsaved changes stay.

        Raises StorageError (Doubtful if the file may be half written) and EditError with everything unchanged.
        """
        from cartwatch.storage.reading import read_file

        if self.opened.state != "ok" or self.places is None:
            self.open()
            self.settle()
            return self.opened
        try:
            self.refresh(read_file(self.path))
        except (SyntaxProblem, FileNotFoundError) as wrong:
            if self.document is not self.on_disk:
                from cartwatch.document.edits import EditError

                raise EditError(f"{self.path} can't be read now ({wrong}); your list stays here") from None
            return self.open()
        self.on_day(self.today)
        return self.opened

    def refresh(self, data: FileState, *, believe: bool = False) -> bool:
        """Read a file changed by another application; return whether any value changes.

        With nothing unsaved their text becomes the document, except values that a late writer reverted; else both are merged
        and saved. Raises SyntaxProblem if it does not parse, EditError if it cannot be merged, Doubtful if it may be
        half written, unless `believe`: the document in memory stays.
        """
        if data.sha256 == (self.opened.file.sha256 if self.opened.file is not None else None):
            return False
        if self.pending:
            return False  # the running save merges it
        before = self.watchlist
        if self.document is self.on_disk and schema_of(found := Document.parse(data.data)) > SCHEMA:
            self._accept(found, data, self.opened.read)
            self.on_disk = found
            return self.watchlist != before
        work = self._work()
        ours, work.believe = work.document, believe
        try:
            work.take(data)
        except BaseException:
            self._unwritten = work.entries + self._unwritten
            raise
        self._take_up(work, ours)
        self.opened = replace(self.opened, readonly=data.readonly)
        if self.document is not self.on_disk:
            self.save()
        return self.watchlist != before
