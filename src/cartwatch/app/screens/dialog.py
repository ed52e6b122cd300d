"""What all dialogs are: a quiet panel over the screen, closed by Esc, with its keys at its foot."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.containers import Vertical
from textual.screen import ModalScreen

from cartwatch.app.commands import COMMANDS, bindings
from cartwatch.app.widgets.drawn import RunLine
from cartwatch.app.widgets.keybar import KeyBar
from cartwatch.app.widgets.linelist import LineList

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

__all__ = ["ChoiceLines", "Dialog", "MenuLines"]

_Result = TypeVar("_Result")


class MenuLines(LineList, inherit_bindings=False):
    """The entries of a dialog; the cursor always shows."""

    BINDINGS: ClassVar = bindings("list")
    always_show_cursor = True


class ChoiceLines(MenuLines):
    """Entries of which one is chosen."""

    BINDINGS: ClassVar = bindings("choices")


class Dialog(ModalScreen[_Result], inherit_bindings=False):
    """A panel with a title, a body and the line of its keys."""

    CSS_PATH: ClassVar = "dialog.tcss"
    BINDINGS: ClassVar = bindings("dialog")
    contexts: ClassVar[tuple[str, ...]] = ("dialog",)
    AUTO_FOCUS = ""
    title_text: ClassVar[str] = ""
    _waiting: Callable[[], object] | None = None

    def body(self) -> ComposeResult:
        """What stands between the title and the keys."""
        yield from ()

    def compose(self) -> ComposeResult:
        with Vertical(id="panel"):
            yield RunLine((self.title_text, "title"), id="dialog-title")
            yield from self.body()
            yield KeyBar(id="dialog-keys")

    def on_mount(self) -> None:
        shown = [each for context in self.contexts for each in COMMANDS if context in each.where]
        self.query_one("#dialog-keys", KeyBar).show(shown, getattr(self.app, "keymap", None))

    def size_for(self, lines: int, *, others: int = 2) -> None:
        """Make the panel as high as so many lines of its body need, and `others` beside them."""
        self.query_one("#panel").styles.height = lines + others + 4  # its border and padding

    def once_on_top(self, act: Callable[[], object]) -> None:
        """Do what a thread has made ready: at once, or when what stands over this dialog is gone; never after it was closed."""
        if self.is_active:
            act()
        else:
            self._waiting = act

    def on_screen_resume(self) -> None:
        act, self._waiting = self._waiting, None
        if act is not None:
            act()

    def on_key_bar_pressed(self, event: KeyBar.Pressed) -> None:
        event.stop()
        self.call_later(self.run_action, event.command.bound)

    def action_close(self) -> None:
        self.dismiss(None)
