"""Hand the text of a program to the user's own editor, and take back what it left."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from cartwatch.app.editing.external import NoEditor, TextEdit, editor_command, run_editor, unmarked
from cartwatch.document.edit_types import EditError

if TYPE_CHECKING:
    from cartwatch.app.screens.editing import Editing

__all__ = ["edit_as_text"]


def edit_as_text(screen: Editing, key: str) -> None:
    """Edit a program's text; what is wrong in it is marked for another try, what is given up on is offered again."""
    name, about = f"{key}/text", f"{key} as text"
    edit = TextEdit(screen.session, key, screen.shelf.text(name).get("text"))
    why = "nothing was changed"
    try:
        words = editor_command(os.environ)
        with screen.app.suspend():
            checked = _edited(edit, words)
    except SuspendNotSupported:
        screen.say("this terminal can't be handed to an editor", warning=True)
        return
    except (NoEditor, OSError) as wrong:
        checked, why = False, str(wrong)
    if not checked:
        if edit.changed:
            screen.shelf.put_text(name, about, {"text": unmarked(edit.text)}, {"text": edit.before})
            screen.shelf.flush(name, about)
            why = f"{why}: the text is kept, {screen.key_of('edit_text')} opens it again"
        screen.say(why, warning=True)
        return
    screen.shelf.drop(name)
    if edit.changed:
        before = len(screen.session.problems)
        screen.attempt(edit.amendment)
        if len(screen.session.problems) > before:
            screen.say(f"something in the text is not understood: {screen.key_of('problems')} says what", warning=True)


def _edited(edit: TextEdit, words: list[str]) -> bool:
    """Let the editor run until the text can be read, or is left as it was refused; says whether it can be."""
    while True:
        refused = edit.text
        edit.edited(lambda path: run_editor(words, path))
        if not edit.changed:
            return True
        try:
            edit.check()
        except EditError as why:
            if unmarked(refused) == edit.text and refused != edit.text:
                return False
            edit.refuse(why)
        else:
            return True
