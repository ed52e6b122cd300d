"""Restore: saves and merges copies of the list, restores backups, and recovers from an unreadable file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.edits import EditError
from cartwatch.domain.dates.moments import in_zone
from cartwatch.domain.text import clean
from cartwatch.storage.errors import StorageError

from .screens.dialog import Reload
from .screens.dialogs import choosing

if TYPE_CHECKING:
    from cartwatch.storage.backups import Backup

    from .file_guard import FileGuard

__all__ = ["ask_to_leave", "merge_copy", "pick_backup", "recover", "save_copy"]


# ---- leaving with something unsaved, and copies


async def ask_to_leave(app: FileGuard) -> None:
    """Ask what to do with unsaved changes before the app quits."""
    told = [(clean(app.session.unsaved or "", limit=400), "")]
    choices = [
        ("copy", "Save a copy", "to another path"),
        ("stay", "Stay", f"it is tried again by itself; {app.key_of('close')} does this too"),
        ("leave", "Leave", "what is not saved is put among the backups, where that can be"),
    ]

    async def chosen(choice: str | None) -> None:
        if choice == "copy":
            await save_copy(app)
        elif choice == "leave":
            app.exit(0)

    await app.push_screen(choosing("Not saved", told, choices), chosen)


async def save_copy(app: FileGuard) -> None:
    """Ask for a path and write the list there. An existing file is never overwritten."""
    from cartwatch.app.screens.paths import SaveTo

    def done(written: str | None) -> None:
        if written is not None:
            app.say(f"Copy saved: {written}")

    await app.push_screen(SaveTo("Save a copy", _suggested(app), lambda path, _: _write_copy(app, path)), done)


def _suggested(app: FileGuard) -> str:
    """Propose a path for a copy: beside the file, or in the home directory if its directory is read-only."""
    path = app.session.path
    stem, ending = os.path.splitext(os.path.basename(path) or "watchlist.toml")
    suggested = os.path.join(os.path.dirname(os.path.abspath(path)), f"{stem}-copy{ending}")
    if app.session.opened.readonly is not None or not os.access(os.path.dirname(suggested), os.W_OK):
        suggested = os.path.join(os.path.expanduser("~"), f"{stem}-copy{ending}")
    return suggested


def _write_copy(app: FileGuard, path: str) -> str | None:
    """Write the copy; return the reason if that failed."""
    from cartwatch.storage.places import places
    from cartwatch.storage.save import save

    try:
        where = places(path, os.environ)
        save(path, app.session.document.raw, base=None, lock_dir=where.lock_dir, keep_dir=where.keep_dir)
    except StorageError as wrong:
        return "there is already a file of that name: choose another" if os.path.exists(path) else str(wrong)
    return None


# ---- copies that a sync tool made


def merge_copy(app: FileGuard) -> None:
    """Merge the first conflicting copy into the list, as one step; the copy itself is not changed.

    The common version is not known: a fact missing in one is taken from the other, and a differing fact is a conflict.
    """
    from cartwatch.document.merging import edits_to, merge_documents
    from cartwatch.session.changes import PlannedChange
    from cartwatch.storage.reading import read_file

    if merge_markers(app):
        return
    copies = app.unmerged()
    if not copies:
        app.say("There is no conflicting copy beside the file")
        return
    copy = copies[0]
    name, ours = os.path.basename(copy), app.session.document
    try:
        merged, conflicts = merge_documents(Document.empty(), ours, Document.parse(read_file(copy).data))
        edits = edits_to(ours, merged.document)
        if edits:
            app.session.change(PlannedChange(edits, f"merged from {name}"), label="import")
    except (StorageError, FileNotFoundError, SyntaxProblem, EditError) as wrong:
        app.say(f"{name}: {wrong}", warning=True)
        return
    app.merged_copies.add(copy)
    app.session.add_conflicts(conflicts)
    app.show_again()
    app.say(f"Merged from {name}; undo reverts it" if edits else f"{name} has nothing that the list lacks")


def merge_markers(app: FileGuard) -> bool:
    """Merge both sides of a git conflict in the file; return whether the file has conflict markers."""
    from cartwatch.document.merging import has_markers
    from cartwatch.storage.reading import read_file

    session = app.session
    try:
        found = read_file(session.path)
        if not has_markers(found.data):
            return False
        saved = session.merge_sides(found)
    except (StorageError, FileNotFoundError, SyntaxProblem, EditError) as wrong:
        app.say(f"Not merged: {wrong.message if isinstance(wrong, SyntaxProblem) else wrong}", warning=True)
        return True
    if not saved:
        app.say(f"NOT SAVED: {session.unsaved}", warning=True)
    else:
        count = len(session.conflicts)
        app.say(f"Both sides merged, {count} to be settled" if count else "Both sides merged; the old file is a backup")
        app.written_anew()
    if any(app.lists()):
        app.show_again()
    else:
        app.switch_screen(app.main_screen())
    return True


# ---- backups, and a file that can't be read


async def pick_backup(app: FileGuard) -> None:
    """Show the backups and, after asking, restore the chosen one."""
    from cartwatch.app.screens.backups import BackupPicker
    from cartwatch.app.screens.dialogs import Question
    from cartwatch.app.screens.recovery import Recovery
    from cartwatch.session.backups import backups_of

    against = app.screen.readable if isinstance(app.screen, Recovery) else None

    async def chosen(backup: Backup | None) -> None:
        if backup is None:
            return
        at = f"{in_zone(backup.at, app.now().tzinfo):%Y-%m-%d %H:%M:%S}"

        def agreed(yes: bool | None) -> None:
            if yes:
                restore(app, backup)

        named = [f"The list goes back to what it was on {at}."]
        await app.push_screen(Question("Restore this backup?", named, "What it is now stays among the backups."), agreed)

    await app.push_screen(BackupPicker(app.session, backups_of(app.session), app.now(), against), chosen)


def restore(app: FileGuard, backup: Backup) -> None:
    """Replace the list by a backup: a step that can be undone, unless the replaced file can't be read."""
    from cartwatch.session.backups import keep_last
    from cartwatch.storage.backups import LAST

    session = app.session
    named = "list as saved last," if backup.label == LAST else "backup of"
    words = f"restored the {named} {in_zone(backup.at, app.now().tzinfo):%Y-%m-%d %H:%M}"
    try:
        assert session.keeper is not None
        data = session.keeper.backups.read(backup)
        keep_last(session, "restore")
        if session.opened.trouble is not None:
            session.recover(data, words)
            undo = ""
        else:
            session.replace_text(data, words, origin="restore", label="restore")
            undo = "; undo reverts it"
    except (StorageError, FileNotFoundError, SyntaxProblem, EditError) as wrong:
        app.say(f"Not restored: {wrong}", warning=True)
        return
    if session.unsaved is not None:
        app.say(f"NOT SAVED: {session.unsaved}", warning=True)
    else:
        app.say(f"{words}{undo}")
    if any(app.lists()):
        app.show_again()
    else:
        app.switch_screen(app.main_screen())


async def recover(app: FileGuard, choice: str) -> None:
    """Carry out the choice made on the recovery screen."""
    from cartwatch.app.screens.recovery import Recovery

    screen = app.screen
    if not isinstance(screen, Recovery):
        return
    if choice == "merge":
        merge_markers(app)
    elif choice == "restore" and screen.backup is not None:
        restore(app, screen.backup[0])
    elif choice == "choose":
        await pick_backup(app)
    elif choice == "edit":
        _edit_file(app)
    elif choice == "anew":
        from cartwatch.session.backups import keep_last

        keep_last(app.session, "anew")
        app.switch_screen(app.first_screen())
    elif choice == "look":
        app.session.look_at(screen.salvage.document, "The file can't be read: this is the readable part")
        app.switch_screen(app.main_screen())


def _edit_file(app: FileGuard) -> None:
    from textual.app import SuspendNotSupported

    from cartwatch.app.editing.external import NoEditor, editor_command, run_editor

    try:
        words = editor_command(os.environ)
        with app.suspend():
            run_editor(words, app.session.path)
    except (NoEditor, SuspendNotSupported) as wrong:
        app.say(str(wrong), warning=True)
        return
    app.post_message(Reload())
