"""Edit controller: facts in a line, records in forms, guidance, outcomes, sources, notes; loaded on first use."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from cartwatch.app.editing.external import NoEditor, TextEdit, editor_command, run_editor
from cartwatch.app.editing.forms import (
    bulk_fields,
    bulk_form,
    field_form,
    guidance_form,
    list_title_form,
    named,
    new_program_form,
    new_record_form,
    outcome_form,
    record_form,
)
from cartwatch.app.editing.targets import Target, behind, cited_place, lists_of_pane, target
from cartwatch.app.editing.to_changes import checking, deleting, goes, name_source, no_source, pinning, read_today
from cartwatch.app.screens.dialogs import Question
from cartwatch.app.screens.form import FormScreen
from cartwatch.app.screens.memo import MemoScreen, holds
from cartwatch.app.screens.picker import NONE, Choice, Picker, field_picker, picked, source_picker
from cartwatch.app.widgets.editline import EditLine
from cartwatch.document.edits import EditError
from cartwatch.document.paths import joined, split
from cartwatch.domain.agenda import items
from cartwatch.domain.program import Program
from cartwatch.domain.record_lists import lists
from cartwatch.session.changes import ChangeError, PlannedChange, delete

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget

    from cartwatch.app.editing.drafts import Shelf
    from cartwatch.app.editing.form import Form

    from .commit import Commit
    from .host import Host

__all__ = ["Editor"]

_EDITED = 6  # recently edited fields that the picker has first


class Editor:
    """Opens the editor for the program, record or fact under the cursor."""

    def __init__(self, host: Host, commit: Commit, shelf: Shelf) -> None:
        self._host = host
        self._commit = commit
        self.shelf = shelf
        self._back: Widget | None = None
        self._last_source: str | None = None

    @cached_property
    def line(self) -> EditLine:
        """Return the line in which one field is edited; built on first use."""
        return EditLine(self._host.key_of, id="edit")

    # ---- opening

    def _tried(self, make: Callable[[], Form]) -> Form | None:
        try:
            form = make()
        except ChangeError as why:
            self._host.say(str(why), warning=True)
            return None
        form.again = make
        return form

    async def _in_line(self, make: Callable[[], Form]) -> None:
        """Edit the only field of a form in the line at the bottom."""
        form = self._tried(make)
        if form is None:
            return
        row = form.rows[0]
        if row.fixed:
            self._host.say(f"{row.label}: {row.fixed}")
            return
        if self.shelf.take_up(form):
            self._host.say("Your draft is back")
        await self._host.open_line(self.line)
        self._back = self._host.focus_on(self.line.start(form))

    async def _in_form(self, make: Callable[[], Form], at: tuple[str, ...] = ()) -> None:
        form = self._tried(make)
        if form is not None:
            screen = FormScreen(form, self._commit.commit, self.shelf, at=at)
            await self._host.ask(screen, lambda _: None)

    async def _in_text(self, make: Callable[[], Form]) -> None:
        """Edit the long text of a form with one field."""
        form = self._tried(make)
        if form is None:
            return
        row = form.rows[0]
        if row.fixed or not holds(row.start):
            self._host.say(
                row.fixed
                or f"This text has characters that only $EDITOR can keep: {self._host.key_of('edit_text')} opens it there",
                warning=True,
            )
            return
        before = row.text if self.shelf.take_up(form) else None

        def keep(text: str) -> str | None:
            row.text = text
            try:
                planned = form.planned()
                if planned is not None:
                    self._commit.commit(planned)
            except (ChangeError, EditError) as why:
                return str(why)
            self.shelf.drop(form.draft)
            return None

        def kept(text: str | None) -> None:
            row.text = text if text is not None else row.start
            self.shelf.put(form)

        title = f"{form.title} · {row.label}"
        screen = MemoScreen(title, row.start, help=row.fact.help, restored=before, commit=keep, kept=kept)
        await self._host.ask(screen, lambda _: None)

    # ---- the line at the bottom

    def line_typed(self) -> None:
        if self.line.form is not None:
            self.shelf.put(self.line.form)

    def line_keep(self) -> None:
        form = self.line.form
        if form is None:
            return
        error = form.reading(form.rows[0]).error
        if error is not None:
            self.line.refuse(error)
            return
        if form.dirty:
            try:
                planned = form.planned()
                if planned is not None:
                    self._commit.commit(planned)
            except (ChangeError, EditError) as why:
                self.line.refuse(str(why))
                return
        self.shelf.drop(form.draft)
        self._leave_line()

    def line_leave(self) -> None:
        form = self.line.form
        if form is not None and form.dirty:
            self.shelf.put(form)
            self._host.say("Your text is kept as a draft: open it again to go on")
        self._leave_line()

    def line_complete(self, step: int) -> None:
        self.line.complete(step)

    def line_keep_source(self) -> None:
        if self.line.form is not None:
            self.line.form.keep_source(self.line.form.rows[0])
            self.line.redraw()

    async def line_source(self) -> None:
        form = self.line.form
        if form is None or form.around.program is None or not form.can_name(form.rows[0]):
            return
        row = form.rows[0]

        def named_source(id: str | None) -> None:
            row.source = id or ""
            self.line.redraw()

        picker = source_picker(f"Source of {row.label}", form.around.program, form.old_sources(row), self._last_source)
        await self._host.ask(picker, named_source)

    def _leave_line(self) -> None:
        self.line.stop()
        if self._back is not None:
            self._host.focus_on(self._back)
            self._back = None

    # ---- what is under the cursor

    def _key(self) -> str:
        assert self._host.program is not None
        return self._host.program.key

    async def _edit(self, key: str, found: Target) -> None:
        """Edit a fact in a line, a long text in the text editor, a record in its form."""
        session, look = self._host.session, self._host.look
        if found.fact is not None and not found.whole and not found.listed:
            path = joined((*(split(found.base) if found.base else ()), *found.steps))
            rest = [each for each in self._host.display_state.edited if each != path]
            self._host.display_state.edited = (path, *rest)[:_EDITED]
        if found.listed:
            await self._in_form(lambda: new_record_form(session, look, key, found.base))
        elif found.fact is not None and found.fact.kind == "map":
            self._host.say(f"{self._host.key_of('source')} on a fact says which source stands behind it")
        elif found.whole:
            await self._in_form(lambda: record_form(session, look, key, found), found.steps)
        elif found.fact is not None and found.fact.kind == "prose":
            await self._in_text(lambda: field_form(session, look, key, found))
        else:
            await self._in_line(lambda: field_form(session, look, key, found))

    async def edit(self) -> None:
        if self._host.marked:
            await self._edit_marked()
            return
        if not self._host.in_detail:
            await self._pick_field()
            return
        found = target(self._host.here)
        if found is None:
            self._host.say(f"Unknown field: {self._host.key_of('edit_text')} edits the text of the program")
            return
        await self._edit(self._key(), found)

    async def _pick_field(self) -> None:
        """Open a picker over every field and record of the program, narrowed by typing."""
        program = self._host.program
        assert program is not None
        key = program.key

        async def chosen(choice: str | None) -> None:
            found = target(picked(choice)) if choice is not None else None
            if found is not None:
                await self._edit(key, found)

        await self._host.ask(field_picker(self._host.session, program, self._host.display_state.edited), chosen)

    # ---- several at once

    async def _edit_marked(self) -> None:
        keys = self._host.marked
        found = target(self._host.here) if self._host.in_detail else None
        if found is not None and not found.base and found.fact is not None:
            await self._in_line(lambda: bulk_form(self._host.session, self._host.look, keys, ".".join(found.steps)))
            return
        choices = [Choice(each.key, each.label, each.help) for each in bulk_fields()]

        async def chosen(path: str | None) -> None:
            if path is not None:
                await self._in_line(lambda: bulk_form(self._host.session, self._host.look, keys, path))

        await self._host.ask(_picker(f"Edit {len(keys)} programs", choices), chosen)

    @property
    def _keys(self) -> tuple[str, ...]:
        """Return the keys of the marked programs, else of the one under the cursor."""
        return self._host.marked or (self._key(),)

    async def tags(self) -> None:
        keys = self._keys
        await self._in_line(lambda: bulk_form(self._host.session, self._host.look, keys, "tags"))

    async def list_title(self) -> None:
        await self._in_line(lambda: list_title_form(self._host.session, self._host.look))

    def pin(self) -> None:
        self._commit.attempt(lambda: pinning(self._host.session, self._keys))

    # ---- adding

    async def add_program(self) -> None:
        await self._in_form(lambda: new_program_form(self._host.session, self._host.look))

    async def _add(self, path: str) -> None:
        key = self._key()
        await self._in_form(lambda: new_record_form(self._host.session, self._host.look, key, path), _first(path))

    async def add_here(self) -> None:
        """Add a record to the pane's list; the user picks one where the pane shows several and the cursor is in none."""
        paths = lists_of_pane(self._host.pane, self._host.here)
        if len(paths) == 1:
            await self._add(paths[0])
            return

        async def chosen(path: str | None) -> None:
            if path is not None:
                await self._add(path)

        choices = [Choice(each, f"New {lists()[each].label}", lists()[each].help) for each in paths]
        await self._host.ask(_picker("Add to the program", choices), chosen)

    async def add_catalyst(self) -> None:
        await self._add("catalyst")

    # ---- catalysts

    async def _with_catalyst(self, title: str, make: Callable[[str, str], Form], *, done: bool) -> None:
        """Act on the catalyst under the cursor, else on the only open one, else on one that the user picks."""
        program = self._host.program
        assert program is not None
        steps = split(self._host.here) if self._host.here else ()
        key = program.key
        if len(steps) > 1 and steps[0] == "catalyst" and program.catalyst(steps[1]) is not None:
            await self._in_form(lambda: make(key, steps[1]))
            return
        found = [each for each in items(program, self._host.look.now) if done or each.waiting]
        if not found:
            self._host.say(f"{program.label} has no open catalyst: {self._host.key_of('add_catalyst')} adds one")
            return
        if len(found) == 1:
            await self._in_form(lambda: make(key, found[0].catalyst.key))
            return
        choices = [
            Choice(each.catalyst.key, each.catalyst.event or each.catalyst.key, f"{each.window.text}  {each.countdown.text}")
            for each in found
        ]

        async def chosen(catalyst: str | None) -> None:
            if catalyst is not None:
                await self._in_form(lambda: make(key, catalyst))

        await self._host.ask(_picker(f"{program.label} · {title}", choices), chosen)

    async def guidance(self) -> None:
        await self._with_catalyst(
            "new guidance", lambda key, each: guidance_form(self._host.session, self._host.look, key, each), done=False
        )

    async def resolve(self) -> None:
        await self._with_catalyst(
            "outcome", lambda key, each: outcome_form(self._host.session, self._host.look, key, each), done=False
        )

    async def memo(self) -> None:
        key = self._key()
        found = target("notes")
        assert found is not None
        await self._in_text(lambda: field_form(self._host.session, self._host.look, key, found))

    # ---- sources

    async def source(self) -> None:
        program = self._host.program
        place = cited_place(self._host.here) if self._host.here else None
        if program is None or place is None:
            self._host.say("This line has no source: go to a fact")
            return
        key = program.key

        def chosen(id: str | None) -> None:
            if id == NONE:
                self._commit.attempt(lambda: no_source(self._host.session, key, place))
            elif id is not None:
                step = self._commit.attempt(lambda: name_source(self._host.session, key, place, id))
                now = self._host.session.watchlist.get(key)
                if step is not None and now is not None:
                    self._last_source = next((each.id for each in now.sources if id in (each.id, each.url)), None)

        current = behind(program, place).cited
        about = target(place)
        title = f"Source of {named(self._host.session, key, about)}" if about is not None else "Source"
        await self._host.ask(source_picker(title, program, current, self._last_source), chosen)

    def verify(self) -> None:
        here, key, today = self._host.here, self._key(), self._host.look.today
        if self._host.marked or here is None:
            self._commit.attempt(lambda: checking(self._host.session, self._keys, today))
        else:
            self._commit.attempt(lambda: read_today(self._host.session, key, here, today))

    # ---- deleting

    async def delete(self) -> None:
        keys = self._keys
        here = self._host.here if not self._host.marked else None
        programs = [each for key in keys if (each := self._host.session.watchlist.get(key)) is not None]
        if here is None:
            shown = [goes(each) for each in programs[:10]]
            shown += [f"and {len(programs) - 10} more"] if len(programs) > 10 else []
            title = f"Delete {programs[0].label}?" if len(programs) == 1 else f"Delete {len(programs)} programs?"
            await self._ask(title, shown, lambda: deleting(self._host.session, keys))
            return
        found = target(here)
        if found is None or found.listed or (not found.base and found.fact is None):
            self._host.say("Nothing to delete here: go to a record, or to the table for the program")
            return
        if found.fact is not None and found.fact.registry:
            self._host.say("A registry refresh wrote this: delete the whole trial from its first line")
            return
        if found.fact is not None and found.whole:  # the first line of a catalyst or a source
            found = Target(found.base, found.record)
        path = joined((*(split(found.base) if found.base else ()), *found.steps))
        cited = self._cited_by(programs[0], path)
        title = f"Delete {named(self._host.session, keys[0], found)}?"
        await self._ask(title, [self._words(path), *cited], lambda: self._delete(keys[0], path))

    def _delete(self, key: str, path: str) -> PlannedChange:
        return delete(self._host.session.document, self._host.session.watchlist, key, path)

    def _words(self, path: str) -> str:
        """Name the record to delete, in the words of the line under the cursor."""
        from cartwatch.views.lines import plain

        line = self._host.line
        if line is None:
            return path
        text = plain(line.runs) or "  ".join(plain(each) for each in line.cells)
        return f"{line.label}: {text}" if line.label else text

    def _cited_by(self, program: Program, path: str) -> list[str]:
        steps = split(path)
        if steps[0] != "source" or len(steps) != 2:
            return []
        from cartwatch.domain.provenance import provenance
        from cartwatch.views.facts import stated

        count = sum(steps[1] in provenance(program, each.path, each.record).cited for each in stated(program))
        return [f"{count} fact{' cites it and becomes' if count == 1 else 's cite it and become'} unverified"] if count else []

    async def _ask(self, title: str, named: list[str], make: Callable[[], PlannedChange]) -> None:
        try:
            make()
        except ChangeError as why:
            self._host.say(str(why))
            return

        undo = self._host.key_of("undo")

        def answered(agreed: bool | None) -> None:
            if agreed:
                step = self._commit.attempt(make, told=True)
                if step is not None and not self._commit.working:
                    self._host.say(f"{step.words}; {undo} brings it back")

        await self._host.ask(Question(title, named, f"{undo} brings it back."), answered)

    def edit_text(self) -> None:
        """Edit the program's TOML text in the user's editor; text that can't be applied is kept and offered again."""
        edit = TextEdit(self._host.session, self._key(), self.shelf)
        before = len(self._host.session.problems)
        try:
            words = editor_command(os.environ)
            with self._host.suspended():
                why = edit.through(lambda path: run_editor(words, path))
            if why is None and edit.changed:
                self._commit.commit(edit.planned())
        except SuspendNotSupported:
            why = "This terminal can't be handed to an editor"
        except (NoEditor, OSError, ChangeError, EditError) as wrong:
            why = str(wrong)
        if why is None or not edit.kept:
            edit.done()
        if why is not None:
            kept = f": the text is kept, {self._host.key_of('edit_text')} opens it again ({edit.path})" if edit.kept else ""
            self._host.say(f"{why}{kept}", warning=True)
        elif len(self._host.session.problems) > before:
            told = f"Part of the text is not understood: {self._host.key_of('problems')} says what"
            self._host.say(told, warning=True)


def _picker(title: str, choices: list[Choice]) -> Picker:
    return Picker(title, choices, hint="type to search", wide=True)


def _first(path: str) -> tuple[str, ...]:
    """Return the field of a new record that gets the cursor first."""
    return {"catalyst": ("event",), "source": ("title",)}.get(path, ())
