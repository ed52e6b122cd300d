"""Tour: six steps on a copy of the sample, each of which names a key and waits until it was used."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, NamedTuple

from cartwatch.app.display import Display
from cartwatch.app.screens.main import MainScreen
from cartwatch.app.screens.picker import Picker
from cartwatch.app.widgets.drawn import RunNote
from cartwatch.sample import read_sample
from cartwatch.session.session import Session

from .dialog import Begin

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cartwatch.app.commands import Command
    from cartwatch.views.layout import Runs

__all__ = ["STEPS", "TourScreen", "TourStep"]


class TourStep(NamedTuple):
    """A step: the command whose key it names, what it says of it, and how it is seen that the key was used."""

    command: str
    text: str
    done: Callable[[TourScreen], bool]


STEPS: tuple[TourStep, ...] = (
    TourStep("down", "goes down the programs, and the detail follows.", lambda s: s.moved),
    TourStep("open", "opens the detail; there the digits choose a pane, Esc goes back.", lambda s: s.in_detail),
    TourStep("filter", "filters: type cd22, then Enter; Esc shows all again.", lambda s: bool(s.display_state.query)),
    TourStep(
        "edit", "edits a fact: choose one, type, Enter; in your own list it is saved at once.", lambda s: bool(s.session.done)
    ),
    TourStep("undo", "undoes the change, to the last byte.", lambda s: bool(s.session.undone)),
    TourStep("help", "says what is under the cursor, and every key.", lambda s: s.helped),
)


class TourScreen(MainScreen, inherit_bindings=False):
    """The main screen on a copy of the sample, with a line that leads through it; the copy goes with the screen."""

    BINDINGS = MainScreen.BINDINGS
    moved: bool
    helped: bool

    def __init__(self, clock: Callable[[], datetime], *, ascii_only: bool = False) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cartwatch-tour-")
        path = os.path.join(self._folder.name, "tour.toml")
        with open(path, "wb") as file:
            file.write(read_sample())
        session = Session(path, clock().date())
        session.open()
        super().__init__(session, clock, Display(), ascii_only=ascii_only)
        self.step = 0
        self.moved = self.helped = False
        self._start: str | None = None
        self._note = RunNote(id="tour")

    def on_mount(self) -> None:
        super().on_mount()
        self._start = self.programs.cursor_key
        self.mount(self._note, before="#keys")
        self._note.display = True
        self.show_lines()

    def on_screen_suspend(self) -> None:
        self.helped = self.helped or isinstance(self.app.screen_stack[-1], Picker)

    def on_screen_resume(self) -> None:
        self.show_lines()

    def on_unmount(self) -> None:
        self._folder.cleanup()

    def show_lines(self) -> None:
        super().show_lines()
        if self._start is None:
            return
        self.moved = self.moved or self.programs.cursor_key not in (None, self._start)
        if self.step < len(STEPS) and STEPS[self.step].done(self):
            self.step += 1
            self.helped = False  # only what is pressed at its step counts
        self._note.show(*self._words())

    def _words(self) -> Runs:
        if self.step == len(STEPS):
            return [("That was the tour. ", "strong"), (self.key_of("back"), "key"), (" goes back to the beginning.", "")]
        step = STEPS[self.step]
        return [
            (f"Tour {self.step + 1} of {len(STEPS)}  ", "quiet"),
            (self.key_of(step.command), "key"),
            (f" {step.text}", ""),
            (f"  {self.key_of('back')} in the table ends the tour.", "quiet"),
        ]

    def why_not(self, each: Command) -> str | None:
        return None if each.id == "back" else super().why_not(each)

    def action_back(self) -> None:
        """Go one level back; from the table, end the tour."""
        if self.in_detail or self.marked or self.display_state.query:
            super().action_back()
        else:
            self.post_message(Begin("welcome"))
