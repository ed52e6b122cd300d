"""The keys that change something: each hands over to the editor, which is loaded with the first of them."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from cartwatch.app.controllers.commit import Changing

if TYPE_CHECKING:
    from cartwatch.app.controllers.edit import Editor
    from cartwatch.app.editing.drafts import Shelf
    from cartwatch.app.widgets.editline import EditLine

__all__ = ["Editing"]


class Editing(Changing):
    """A screen with a list of programs that can be edited."""

    @cached_property
    def edit_line(self) -> EditLine:
        """The line that one field is edited in, made for the first."""
        from cartwatch.app.widgets.editline import EditLine

        return EditLine(id="edit")

    @cached_property
    def editor(self) -> Editor:
        """What the keys act through."""
        from cartwatch.app.controllers.edit import Editor

        return Editor(self)

    @cached_property
    def shelf(self) -> Shelf:
        """Typed text that is not in the file yet."""
        from cartwatch.app.editing.drafts import Shelf

        return Shelf(self.session, self._clock, self.set_timer)

    def offer_drafts(self) -> None:
        """Say what a program that ended in the middle has left."""
        places = self.session.places
        if places is None or not os.path.isdir(places.drafts_dir):
            return
        found = self.shelf.found
        if found:
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            self.say(f"typed, but not saved before the last run ended: {found[-1].about}{more}. Open it again to go on.")

    def on_edit_line_typed(self) -> None:
        self.editor.line_typed()

    # Actions, not messages of the line: they are over with the key, and so before the next.

    def action_line_keep(self) -> None:
        self.editor.line_kept()

    def action_line_leave(self) -> None:
        self.editor.line_left()

    def action_line_complete(self, step: int) -> None:
        self.edit_line.complete(step)

    async def action_edit(self) -> None:
        if self.allowed("edit"):
            await self.editor.edit()

    async def action_tags(self) -> None:
        if self.allowed("tags"):
            await self.editor.tags()

    async def action_list_title(self) -> None:
        if self.allowed("list_title"):
            await self.editor.list_title()

    def action_pin(self) -> None:
        if self.allowed("pin"):
            self.editor.pin()

    async def action_add_program(self) -> None:
        if self.allowed("add_program"):
            await self.editor.add_program()

    async def action_add_here(self) -> None:
        if self.allowed("add_here"):
            await self.editor.add_here()

    async def action_add_catalyst(self) -> None:
        if self.allowed("add_catalyst"):
            await self.editor.add_catalyst()

    async def action_guidance(self) -> None:
        if self.allowed("guidance"):
            await self.editor.guidance()

    async def action_resolve(self) -> None:
        if self.allowed("resolve"):
            await self.editor.resolve()

    async def action_memo(self) -> None:
        if self.allowed("memo"):
            await self.editor.memo()

    async def action_source(self) -> None:
        if self.allowed("source"):
            await self.editor.source()

    def action_verify(self) -> None:
        if self.allowed("verify"):
            self.editor.verify()

    async def action_delete(self) -> None:
        if self.allowed("delete"):
            await self.editor.delete()

    def action_edit_text(self) -> None:
        if self.allowed("edit_text"):
            self.editor.edit_text()
