"""What follows every change: it is carried out and saved, shown at once, undone and done again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cartwatch.app.commands import command
from cartwatch.app.editing.targets import LISTS, PANE_LISTS, pane_of
from cartwatch.app.widgets.detail import PaneLines
from cartwatch.domain.text import clean

from .find import Finding

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cartwatch.app.commands import Command
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.session.changes import Amendment
    from cartwatch.session.session import Foreseen, Step
    from cartwatch.views.layout import Runs

__all__ = ["Changing"]

_ONE = ("edit one", "catalyst", "source", "add")


class Changing(Finding):
    """A screen from which a watchlist is changed."""

    _clock: Callable[[], datetime]
    _saved_at: datetime | None = None

    def take_watchlist(self, *, keep: str | None = None) -> None:
        raise NotImplementedError

    def action_pane(self, number: int) -> None:
        raise NotImplementedError

    # ---- what can be done here

    @property
    def marked(self) -> tuple[str, ...]:
        """The keys of the marked programs, in the order of the file."""
        marked = self.display_state.marked
        return tuple(each.key for each in self.session.watchlist.programs if each.key in marked) if marked else ()

    @property
    def here(self) -> str | None:
        """The path of the fact under the cursor, None in the table."""
        line = self.detail.line if isinstance(self.focused, PaneLines) else None
        return line.path if line is not None else None

    def why_not(self, each: Command) -> str | None:
        found = super().why_not(each)
        if found is not None or not each.needs:
            return found
        if each.needs == "undo":
            return None if self.session.done else "nothing was changed yet"
        if each.needs == "redo":
            return None if self.session.undone else "nothing was undone"
        if each.needs not in ("write", "edit", *_ONE):
            return None
        readonly = self.session.why_readonly
        if readonly is not None:
            return f"nothing can be changed: {readonly}"
        if each.needs != "write" and self.program is None:
            empty = f"no program yet: {self.key_of('add_program')} adds one"
            return "no program is shown" if len(self.session.watchlist) else empty
        if each.needs in _ONE and self.marked:
            count = len(self.marked)
            told = "1 program is" if count == 1 else f"{count} programs are"
            return f"{told} marked: marked ones take tags, phase, pin, checked and deletion only"
        return self._why_not_here(each)

    def _why_not_here(self, each: Command) -> str | None:
        if each.needs == "catalyst" and self.program is not None and not self.program.catalysts:
            return f"{self.program.label} has no catalyst yet: {self.key_of('add_catalyst')} adds one"
        if each.needs == "source" and not isinstance(self.focused, PaneLines):
            return "go to a line of the detail first: a source stands behind a fact"
        if each.needs == "add" and self.detail.pane not in PANE_LISTS:
            return f"this pane has no records of its own: {self.key_of('edit')} changes what is under the cursor"
        return None

    def allowed(self, id: str) -> bool:
        """Whether a command can be had here; says why not."""
        why = self.why_not(command(id))
        if why is not None:
            self.say(why)
        return why is None

    def worded(self, each: Command) -> Command:
        """The command with the word for the footer that it has here."""
        if each.id == "add_here":
            return replace(each, footer=f"add {LISTS[PANE_LISTS[self.detail.pane]]}")
        if each.id == "edit" and self.marked:
            return replace(each, footer=f"edit {len(self.marked)}")
        return each

    # ---- changing

    def commit(self, amendment: Amendment, *, label: str = "", told: bool = False, foreseen: Foreseen | None = None) -> Step:
        """Carry out an amendment and show what it made; with a `label` a backup is kept under it first.

        What is not seen where the cursor is then is said, but where the caller says it (`told`, or a `label`). Raises EditError
        with everything as it was.
        """
        before = self.session.watchlist
        step = self.session.change(amendment, label=label, foreseen=foreseen)
        self._after(step, before)
        if not (told or label) and self.session.unsaved is None and not self._in_view(step):
            self.say(step.words)
        return step

    def _in_view(self, step: Step) -> bool:
        """Whether what a step changed stands in the detail, of the program that the table's cursor is on."""
        here = self.program is not None and self.program.key == step.program
        return here and step.path is not None and pane_of(step.path) == self.detail.pane and bool(self.detail.region)

    def attempt(
        self, make: Callable[[], Amendment], *, label: str = "", told: bool = False, foreseen: Foreseen | None = None
    ) -> Step | None:
        """Make an amendment and carry it out; say why where that can't be."""
        from cartwatch.document.edit_types import EditError
        from cartwatch.session.changes import AmendmentError

        try:
            return self.commit(make(), label=label, told=told, foreseen=foreseen)
        except (AmendmentError, EditError) as why:
            self.say(str(why), warning=True)
            return None

    def _after(self, step: Step, before: Watchlist, *, follow: bool = False) -> None:
        """Show the list as it is now, the cursor on the program that was changed."""
        watchlist = self.session.watchlist
        key = step.program
        if key is not None and watchlist.get(key) is None:  # its id is another one now
            place = before.place(key)
            same = place is not None and len(before) == len(watchlist)
            key = watchlist.programs[place].key if same and place is not None else None
        if key is None and follow:  # of several that come back, the first
            key = next((each.key for each in watchlist.programs if before.get(each.key) is None), None)
        if self.display_state.marked:
            self.display_state.marked &= {each.key for each in watchlist.programs}
        self.programs.invalidate()
        if follow and key is not None and key not in self.wanted_keys():
            self.read_filter("")
        self.look = replace(self.look, marked=self.display_state.marked)
        self.take_watchlist(keep=key)
        if key is not None and key in self.programs.keys:
            self.programs.move_to(key)
            if step.path and (follow or pane_of(step.path) == self.detail.pane):
                self.go_to(step.path)
        elif key is not None:
            self.say("the program no longer matches the filter: Esc shows all of them")
        for note in step.notes:
            self.say(note, warning=True)
        self._tell_saved()

    def go_to(self, path: str) -> None:
        """Show the pane that a fact stands in, with the cursor on it."""
        self.display_state.pane = pane_of(path)
        self.detail.show(self.program, self.look, self.display_state.pane)
        self.detail.go_to(path)
        self.show_lines()

    def _tell_saved(self) -> None:
        before, self._saved_at = self._saved_at, self._clock()
        if self.session.unsaved is not None:
            self._saved_at = before
            self.say(f"NOT SAVED: {self.session.unsaved}", warning=True)
        for warning in self.session.warnings:
            self.say(warning, warning=True)
        self.session.warnings.clear()
        self.show_lines()

    # ---- undo

    def action_undo(self) -> None:
        self._again(back=True)

    def action_redo(self) -> None:
        self._again(back=False)

    def _again(self, *, back: bool) -> None:
        """One step back, or forth again, with its words and the cursor where it happened."""
        from cartwatch.document.edit_types import EditError

        before = self.session.watchlist
        try:
            step = self.session.undo() if back else self.session.redo()
        except EditError as why:
            self.say(str(why), warning=True)
            return
        if step is None:
            self.say("nothing is left to undo" if back else "nothing is left to redo")
            return
        self._after(step, before, follow=True)
        self.say(f"{'undo' if back else 'redo'}: {step.words}")

    # ---- what is said of the file

    def with_status(self, left: Runs, right: list[Runs]) -> tuple[Runs, list[Runs]]:
        """The two sides of the title line, with whether the last change is on disk."""
        if self.session.unsaved is not None:
            return [*left, ("   ", ""), ("NOT SAVED", "overdue"), (f" {clean(self.session.unsaved, limit=120)}", "soon")], right
        if self._saved_at is None or self.session.places is None:
            return left, right
        told: Runs = [("   ", ""), (f"saved {self._saved_at:%H:%M}", "quiet")]
        return left, [*([*each, *told] for each in right), told[1:]] if right else [told[1:]]
