"""Commit controller: applies and saves changes, shows them, undoes and redoes them; a change of many is worked out beside."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cartwatch.document.edit_types import EditError
from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.session.changes import PlannedChange
    from cartwatch.session.session import Foreseen, Step
    from cartwatch.views.layout import Runs

    from .host import Host

__all__ = ["Commit"]

_MANY = 60  # edits; more take longer than a key may wait


class _Large(NamedTuple):
    """A change of many programs that is worked out in a thread; `keys` are those of the list that its edits speak of."""

    planned: PlannedChange
    label: str
    keys: tuple[str, ...]


class Commit:
    """Applies the changes that the other controllers build."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._saved_at: datetime | None = None
        self._large: list[_Large] = []

    def commit(self, planned: PlannedChange, *, label: str = "", told: bool = False, foreseen: Foreseen | None = None) -> Step:
        """Apply a planned change and show the result; with a `label`, make a backup of that name first.

        A change that is not on the screen afterwards is told in words, unless the caller tells it (`told`, or a `label`).
        A change of many programs is worked out in a thread and applied when that is done: then the returned step is only its
        announcement. Raises EditError and changes nothing where the planned change is refused.
        """
        session = self._host.session
        if foreseen is None and len(planned.edits) > _MANY and session.why_readonly is None:
            return self._announce(planned, label)
        before = session.watchlist
        step = session.change(planned, label=label, foreseen=foreseen)
        self._show(step, before)
        if not (told or label) and session.unsaved is None and not self._in_view(step):
            self._host.say(step.words)
        return step

    # ---- a change of many

    @property
    def working(self) -> bool:
        """Whether a change of many programs is being worked out."""
        return bool(self._large)

    def _announce(self, planned: PlannedChange, label: str) -> Step:
        from cartwatch.session.state import Step

        document = self._host.session.document
        self._large.append(_Large(planned, label, self._keys()))
        if len(self._large) == 1:
            self._work_out(self._large[0])
        self._host.show_lines()
        return Step(planned.words, document, document, planned.program, planned.path)

    def _keys(self) -> tuple[str, ...]:
        return tuple(each.key for each in self._host.session.watchlist.programs)

    def _work_out(self, large: _Large) -> None:
        self._host.in_thread(partial(self._foresee, large), "change")

    def _foresee(self, large: _Large) -> None:
        """Work a change out; runs in a thread."""
        try:
            result: Foreseen | EditError = self._host.session.foresee(large.planned)
        except EditError as why:
            result = why
        self._host.later(self._take, large, result)

    def _take(self, large: _Large, result: Foreseen | EditError) -> None:
        """Apply what was worked out; if the list has changed meanwhile, work it out again for the new one."""
        session = self._host.session
        if not self._large or self._large[0] is not large:
            return  # stopped
        if not isinstance(result, Exception) and (result.before is not session.document or result.today != session.today):
            if self._keys() == large.keys:
                self._work_out(large)
                return
            result = EditError(f"{large.planned.words}: not done, the list has other programs now; do it again")
        self._large.pop(0)
        self._apply(large, result)
        if self._large:
            self._work_out(self._large[0])

    def _apply(self, large: _Large, result: Foreseen | EditError) -> None:
        session = self._host.session
        before = session.watchlist
        try:
            if isinstance(result, Exception):
                raise result
            step = session.change(large.planned, label=large.label, foreseen=result)
        except EditError as why:
            self._host.say(str(why), warning=True)
            self._host.show_lines()
            return
        self._show(step, before)
        if session.unsaved is None:
            self._host.say(step.words)

    def settle(self) -> None:
        """Apply now what is still being worked out: the app is about to end."""
        while self._large:
            large = self._large.pop(0)
            self._host.session.change(large.planned, label=large.label)

    def _in_view(self, step: Step) -> bool:
        """Whether a step changed a fact that the detail shows, of the program under the table's cursor."""
        program = self._host.program
        here = program is not None and program.key == step.program
        return here and step.path is not None and self._host.in_view(step.path)

    def attempt(
        self, make: Callable[[], PlannedChange], *, label: str = "", told: bool = False, foreseen: Foreseen | None = None
    ) -> Step | None:
        """Build a planned change and apply it; show the reason where it is refused."""
        from cartwatch.session.changes import ChangeError

        try:
            return self.commit(make(), label=label, told=told, foreseen=foreseen)
        except (ChangeError, EditError) as why:
            self._host.say(str(why), warning=True)
            return None

    def _show(self, step: Step, before: Watchlist, *, follow: bool = False) -> None:
        """Show the current list, with the cursor on the changed program."""
        watchlist = self._host.session.watchlist
        key = step.program
        if key is not None and watchlist.get(key) is None:  # its id has changed
            place = before.place(key)
            same = place is not None and len(before) == len(watchlist)
            key = watchlist.programs[place].key if same and place is not None else None
        here = self._host.program
        if not follow and key in self._host.marked and (here is None or key != here.key):
            key = None  # a change of the marked programs leaves the cursor where it is
        if key is None and follow:  # of several restored programs, the first
            key = next((each.key for each in watchlist.programs if before.get(each.key) is None), None)
        self._host.show_changed(key, step.path, follow=follow)
        for note in step.notes:
            self._host.say(note, warning=True)
        self.tell_saved()

    def tell_saved(self) -> None:
        """Tell the user whether the last change is on disk."""
        session = self._host.session
        if session.pending:
            self._saved_at = None
        elif session.unsaved is None:
            self._saved_at = self._host.now()
        else:
            self._host.say(f"NOT SAVED: {session.unsaved}", warning=True)
        for warning in session.warnings:
            self._host.say(warning, warning=True)
        session.warnings.clear()
        self._host.show_lines()

    # ---- undo

    def undo(self) -> None:
        """Undo the last change; stop one that is still being worked out."""
        if self._large:
            self._host.say(f"Stopped, nothing was changed: {self._large[0].planned.words}")
            self._large.clear()
            self._host.show_lines()
        else:
            self._again(back=True)

    def redo(self) -> None:
        """Redo the last undone change."""
        self._again(back=False)

    def _again(self, *, back: bool) -> None:
        """Undo or redo one step, name it, and move the cursor to it."""
        session = self._host.session
        before = session.watchlist
        try:
            step = session.undo() if back else session.redo()
        except EditError as why:
            self._host.say(str(why), warning=True)
            return
        if step is None:
            self._host.say("Nothing left to undo" if back else "Nothing left to redo")
            return
        self._show(step, before, follow=True)
        self._host.say(f"{'Undo' if back else 'Redo'}: {step.words}")

    # ---- what the title line says of it

    def unsaved_runs(self) -> Runs:
        """Return the title line's warning that the last change is not on disk, with the reason."""
        unsaved = self._host.session.unsaved
        if self._large:
            count, stop = len(self._large[0].planned.edits), self._host.key_of("undo")
            return [("   ", ""), (f"changing {count} facts …", "soon"), (f" {stop} stops", "quiet")]
        if self._host.session.pending:
            return [("   ", ""), ("saving …", "soon")]
        if unsaved is None:
            return []
        return [("   ", ""), ("NOT SAVED", "overdue"), (f" {clean(unsaved, limit=120)}", "soon")]

    def saved_runs(self) -> Runs:
        """Return the time of the last save, for the title line."""
        session = self._host.session
        if session.unsaved is not None or self._saved_at is None or session.places is None:
            return []
        return [("   ", ""), (f"saved {self._saved_at:%H:%M}", "quiet")]
