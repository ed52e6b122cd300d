"""File guard: takes in changes by other applications, asks about conflicts, retries failed saves."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.app import App, SuspendNotSupported

from cartwatch.document.document import SyntaxProblem
from cartwatch.domain.text import clean
from cartwatch.storage.errors import StorageError
from cartwatch.storage.reading import read_file

from .commands import key_of
from .file_watcher import FileWatcher, Outside, WatchFailed
from .screens.dialog import Reload, SaveOver
from .screens.main import MainScreen
from .signals import HUNG_UP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from textual.screen import Screen

    from cartwatch.app.display import Display
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.proposals.model import Choice
    from cartwatch.session.saving import Doubtful
    from cartwatch.session.session import Session
    from cartwatch.storage.watching import FileChange
    from cartwatch.views.look import Look

    from .screens.dialogs import ListDialog
    from .signals import Signals

__all__ = ["FileGuard"]

_DOUBT = 3.0  # seconds until a half-written or missing file is taken for its final state
_LOST = {
    "vanished": ("The file has vanished", "file vanished"),
    "emptied": ("The file has been emptied", "file emptied"),
    "nul": ("The file holds NUL bytes, as after a power cut", "file damaged"),
    "not-a-file": ("Something else stands in place of the file", "no file any more"),
    "unreadable": ("The file can't be read any more", "file unreadable"),
}
PATIENCE = 0.1  # seconds that a save may delay the keys; then it goes on in its thread
_HASTE = 2.0  # seconds that quitting waits for the disk before it keeps a copy among the backups
_SLOW = 40.0  # seconds that it waits for a save under way, once there is that copy
_HALF = "file changed, but half of it may be missing"
_WRITABLE = ("vanished", "emptied", "nul")


class FileGuard(App[int], inherit_bindings=False):
    """App on a session whose file other applications may change."""

    session: Session
    display_state: Display
    ascii_only: bool
    keymap: Mapping[str, tuple[str, ...]]
    when_falling: Callable[[], None] | None
    signals: Signals | None = None
    file_watcher: FileWatcher | None = None
    kept_elsewhere = ""
    """Where an unsaved list was kept at the end, in words."""
    leaving = False
    """Whether the app ends once the save under way is over."""
    asking: ListDialog | None = None
    """The open dialog about a lost file."""
    _clock: Callable[[], datetime]
    _doubtful: FileChange | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.merged_copies: set[str] = set()

    def say(self, text: str, *, warning: bool = False) -> None:
        """Show a passing message. The text is data, never markup."""
        self.notify(clean(text, limit=300), severity="warning" if warning else "information", markup=False, timeout=4)

    def main_screen(self) -> MainScreen:
        """Build the screen with the session's list."""
        return self.arranged(MainScreen(self.session, self._clock, self.display_state, ascii_only=self.ascii_only))

    def arranged(self, screen: MainScreen) -> MainScreen:
        """Give a screen the arrangement for the size of the terminal before it is shown."""
        width, height = self.size
        for cells, breakpoints in ((width, self.HORIZONTAL_BREAKPOINTS), (height, self.VERTICAL_BREAKPOINTS)):
            screen.add_class(max(each for each in breakpoints or [(0, "")] if each[0] <= cells)[1], update=False)
        return screen

    def key_of(self, id: str) -> str:
        """Return the key of a command as shown to the user."""
        return key_of(id, self.keymap, ascii_only=self.ascii_only)

    def first_screen(self) -> Screen[None]:
        """Build the first screen: the list, or the welcome if there is no file."""
        if self.session.opened.state == "missing":
            from cartwatch.app.screens.states import Welcome

            return Welcome(self.session.path)
        return self.main_screen()

    def now(self) -> datetime:
        """The viewer's local time."""
        return self._clock()

    def keep_watch(self, signals: Signals | None = None) -> None:
        """Start the file watcher, and report the state of the file."""
        self.signals = signals
        if signals is not None:
            signals.running()
            self.when_falling = lambda: signals.force_after(1)
        self.session.patience = PATIENCE
        self.session.when_saved = lambda: self.post_message(SaveOver())
        self.file_watcher = FileWatcher(lambda: self.session, self.post_message, watch_terminal=signals is not None)
        self.file_watcher.start()
        why = self.session.opened.readonly
        if why is not None and self.session.places is not None:
            self.say(f"Read only: {why}. “Save a copy” among the commands writes the list elsewhere.", warning=True)

    def lists(self) -> Iterator[MainScreen]:
        """Return the screens with a list: one or none."""
        return (each for each in self.screen_stack if isinstance(each, MainScreen))

    def show_again(self) -> None:
        """Show the session's list after it was replaced; the cursor stays on its program."""
        keys = {each.key for each in self.session.watchlist.programs}
        for each in self.lists():
            each.display_state.marked &= keys
            each.programs.invalidate()
            each.take_watchlist()
            each.look_again()

    # ---- what the signals ask

    lent = False

    @contextlib.contextmanager
    def suspend(self) -> Iterator[None]:
        """Suspend as Textual does; meanwhile another application has the terminal."""
        failed: Exception | None = None
        with super().suspend():
            self.lent = True
            try:
                yield
            except Exception as error:  # Textual takes the terminal back only if nothing is raised in here
                failed = error
            finally:
                self.lent = False
        if self.file_watcher is not None:
            self.file_watcher.look_now()
        if failed is not None:
            raise failed

    def emergency_save(self) -> None:
        """Write pending changes now; the process may be killed at any time."""
        session = self.session
        if session.places is None or (session.saving and not session.pending):
            return
        if session.finish(_HASTE) or session.document is session.on_disk:
            return
        try:
            assert session.keeper is not None
            session.keeper.keep(session.document.raw, "unsaved")
            self.kept_elsewhere = "; it is kept among the backups"
        except StorageError as wrong:
            self.kept_elsewhere = f"; nor could it be kept elsewhere: {wrong}"
        if session.finish(_SLOW):
            self.kept_elsewhere = ""
        elif session.pending:
            session.unsaved = f"{session.path}: the disk has not taken the last change yet"

    def resumed(self, *, redraw: bool) -> None:
        """Check file and clock after the process was stopped."""
        if self.file_watcher is not None:
            self.file_watcher.look_now()
        self.on_woken()
        if redraw:
            self.refresh(layout=True)

    def on_woken(self) -> None:
        """Update the countdowns."""
        for each in self.lists():
            each.tick(self._clock())

    def on_terminal_gone(self) -> None:
        if self.signals is not None:
            self.signals.end(HUNG_UP)
        else:
            self.exit(None, HUNG_UP)

    def on_watch_failed(self, event: WatchFailed) -> None:
        raise event.error

    # ---- changes by other applications

    def on_outside(self, event: Outside) -> None:
        change = event.change
        if change.kind == "conflict-sibling":
            self.tell_state()
            name = os.path.basename(change.path)
            self.say(f"{name}: another version of the list. “Merge a conflict” merges it.")
        elif change.kind == "late" and change.late is not None:
            before = self.session.watchlist
            with self._merging(change):
                self.session.take_late(change.late)
                self._taken_in(before, "Merged a change that another application wrote during a save")
        elif change.kind == "changed":
            self.take_in(change)
        else:
            self._doubt(change, _LOST[change.kind][1])

    def take_in(self, change: FileChange, *, believe: bool = False) -> None:
        """Take in a change by another application; with `believe`, even if the file looks half written."""
        from cartwatch.storage.reading import stamp_of

        assert change.state is not None
        try:
            current = stamp_of(os.stat(change.path)) == change.state.stamp
        except OSError:
            current = False
        if not current:  # changed again, perhaps by our own save: the next look decides
            return
        if not any(self.lists()):
            self.post_message(Reload())
            return
        before, merged = self.session.watchlist, self.session.document is not self.session.on_disk
        with self._merging(change):
            self.session.refresh(change.state, believe=believe)
            self._taken_in(before, "Merged with changes by another application" if merged else "Reloaded")

    @contextlib.contextmanager
    def _merging(self, change: FileChange) -> Iterator[None]:
        from cartwatch.document.edits import EditError
        from cartwatch.session.saving import Doubtful

        try:
            yield
        except Doubtful as doubt:
            self._doubt(change, _HALF, asking=doubt)
        except SyntaxProblem as problem:
            where = problem.message if problem.message.startswith("git") else f"does not parse (line {problem.line})"
            self._doubt(change, f"file changed, but {where}" if where.startswith("does") else where)
        except EditError as wrong:
            self._doubt(change, f"file changed, but can't be merged: {wrong}")

    def _taken_in(self, before: Watchlist, word: str) -> None:
        self._doubtful = None
        self.tell_state()
        if self.asking is not None and self.asking is self.screen:
            self.asking.dismiss(None)
            self.say("The file is back")
        self.asking = None
        now = self.session.watchlist
        if now != before:
            self.show_again()
            self.say(f"{word}: {_counted(before, now)}")
        for warning in self.session.warnings:
            self.say(warning, warning=True)
        self.session.warnings.clear()

    def _doubt(self, change: FileChange, words: str, asking: Doubtful | None = None) -> None:
        """Show a quiet note that the file can't be read; a save by another application may be under way."""
        if asking is not None and asking.stands and self._doubtful is change:
            self.run_worker(self._ask_half(change, asking), exclusive=False)
            return
        self._doubtful = change
        self.tell_state(words)
        self.say(words)
        self.set_timer(_DOUBT, lambda: self._alarm(change, words), name="doubt")

    def tell_state(self, words: str | None = None) -> None:
        beside = len(self.unmerged())
        copies = (
            "" if not beside else "a conflicting copy beside it" if beside == 1 else f"{beside} conflicting copies beside it"
        )
        self.session.trouble_outside = words or copies or None
        for each in self.lists():
            each.show_lines()

    def unmerged(self) -> list[str]:
        """Return the conflicting copies beside the file that are not merged yet."""
        from cartwatch.storage.watching import conflict_siblings

        return [each for each in conflict_siblings(self.session.path) if each not in self.merged_copies]

    async def _alarm(self, change: FileChange, words: str) -> None:
        if self._doubtful is not change:
            return
        if words.startswith("git"):
            self.say(f"{words}; or “Merge a conflict” among the commands merges both sides.", warning=True)
            return
        if words == _HALF:
            with contextlib.suppress(FileNotFoundError, StorageError):  # the next look decides
                self._doubtful = replace(change, state=read_file(change.path))
                self.take_in(self._doubtful)
            return
        if change.kind not in _LOST:
            self.say(f"{words}. The list as it was stays here; your next change waits until the file is fixed.", warning=True)
            return
        await self._file_lost(change, _LOST[change.kind][0], can_write=change.kind in _WRITABLE)

    async def _ask_half(self, change: FileChange, doubt: Doubtful) -> None:
        await self._file_lost(change, "Half of the file may be missing", can_write=True, half=str(doubt))

    async def _file_lost(self, change: FileChange, title: str, *, can_write: bool, half: str = "") -> None:
        """Ask what to do when the file is gone, or may be incomplete (`half` says why). Esc waits."""
        count = len(self.session.watchlist)
        choices = [("write", "Write it again", "the list as it is here")] if can_write else []
        choices += [("take", "Take the file as it is", "what is missing from it goes; undo is in the journal")] if half else []
        choices += [
            ("copy", "Save a copy", "to another path"),
            ("wait", "Wait", f"nothing is written until the file is back; so does {self.key_of('close')}"),
        ]
        told = [
            (clean(self.session.path, limit=300), "strong"),
            (f"Your {count} program{'' if count == 1 else 's'} are still here. Nothing is written unless you say so.", ""),
            *([(clean(half, limit=300), "")] if half else []),
        ]

        async def chosen(choice: str | None) -> None:
            self.asking = None
            if choice == "write":
                if self.session.write_anew(change.state):
                    self.written_anew()
                    self.say("Written again")
                else:
                    self.say(f"NOT SAVED: {self.session.unsaved}", warning=True)
            elif choice == "take":
                self.take_in(change, believe=True)
            elif choice == "copy":
                await self.run_action("app.save_copy")

        from .screens.dialogs import choosing

        self.asking = choosing(title, told, choices)
        await self.push_screen(self.asking, chosen)

    def written_anew(self) -> None:
        """Note that the list is on disk again."""
        self._doubtful = None
        self.tell_state()

    # ---- saves that failed, and conflicts

    def on_save_over(self) -> None:
        """Finish a save that ran while keys were pressed."""
        if not self.session.pending:
            return
        before = self.session.watchlist
        self.session.collect()
        if self.session.watchlist != before:
            self.show_again()
        for each in self.lists():
            each.commit.tell_saved()
        if self.leaving and not self.session.pending:
            self.leaving = False
            self.run_worker(self.action_quit())

    def on_try_again(self) -> None:
        if self.session.unsaved is None:
            return
        if self.session.save():
            self.say("Saved")
        for each in self.lists():
            each.show_lines()

    async def on_conflicting(self) -> None:
        """Ask about conflicts once no dialog is open."""
        session = self.session
        if not session.conflicts:
            return
        if not isinstance(self.screen, MainScreen):
            self.set_timer(1.0, self.on_conflicting, name="conflicts")
            return
        await self._ask_conflicts(self.screen.look)

    def _conflict_log(self) -> str:
        from cartwatch.storage.conflict_log import conflict_log_path

        return conflict_log_path(self.session.places) if self.session.places is not None else ""

    async def _ask_conflicts(self, look: Look) -> None:
        """Show both values of every conflict, and apply the choices. Esc keeps the current values."""
        from cartwatch.app.screens.preview import Preview
        from cartwatch.document.edits import EditError
        from cartwatch.proposals.propose import propose_conflicts
        from cartwatch.session.conflicts import settled, theirs_stands

        found, log, document = tuple(self.session.conflicts), self._conflict_log(), self.session.document
        proposal, choices = propose_conflicts(document, self.session.watchlist, found, f"both values are kept in {log}")
        standing = [choice for each, choice in zip(found, choices, strict=True) if theirs_stands(document, each)]

        def chosen(accepted: frozenset[Choice] | None) -> None:
            self.conflicts_asked(len(found))
            if accepted is None:
                self.say(f"The list stands as it is; both values are kept in {log}")
                return
            planned, gone = settled(self.session.document, found, [each in accepted for each in choices])
            if planned is not None:
                try:
                    self.session.change(planned)
                except EditError as wrong:
                    self.say(f"{wrong}; both values are kept in {log}", warning=True)
                    return
                self.show_again()
            more = f"; {gone} changed again meanwhile, and left as they are" if gone else ""
            self.say(f"Settled{more}; both values are kept in {log}")

        await self.push_screen(Preview("Also changed outside cartwatch", proposal, document, look, standing), chosen)

    def conflicts_asked(self, count: int) -> None:
        """Note that the first `count` conflicts have been shown."""
        del self.session.conflicts[:count]

    # ---- the state that the file is in at the start

    def recovery(self) -> Screen[None] | None:
        """Build the recovery screen: the file can't be read, or is empty or gone although a backup has programs."""
        from cartwatch.session.backups import lost_list

        if self.session.opened.state != "unreadable" and lost_list(self.session) is None:
            return None
        from .screens.recovery import Recovery

        return Recovery(self.session, self._clock())

    def action_suspend_process(self) -> None:
        with contextlib.suppress(SuspendNotSupported):
            super().action_suspend_process()


def _counted(before: Watchlist, now: Watchlist) -> str:
    """Count the changed programs: `2 changed, 1 new`."""
    old = {each.key: each for each in before.programs}
    new = {each.key: each for each in now.programs}
    changed = sum(key in new and new[key] != each for key, each in old.items())
    parts = [(changed, "changed"), (len(new.keys() - old.keys()), "new"), (len(old.keys() - new.keys()), "gone")]
    return ", ".join(f"{count} {word}" for count, word in parts if count) or "the order"
