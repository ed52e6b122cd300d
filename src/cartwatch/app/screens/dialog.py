"""Base of all dialogs: a panel over the screen, closed by Esc, with its keys in the last line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.containers import Vertical
from textual.message import Message
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen

from cartwatch.app.commands import COMMANDS, bindings, key_of
from cartwatch.app.widgets.bars import KeyBar
from cartwatch.app.widgets.dimmed import Dimmed
from cartwatch.app.widgets.drawn import RunLine
from cartwatch.app.widgets.linelist import LineList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual import events
    from textual.app import ComposeResult, RenderResult

__all__ = ["Begin", "ChoiceLines", "Dialog", "MenuLines", "PastedText", "Reload", "SaveOver"]

_Result = TypeVar("_Result")


class MenuLines(LineList, inherit_bindings=False):
    """Entries of a dialog; the cursor is always visible."""

    BINDINGS: ClassVar = bindings("list")
    always_show_cursor = True


class ChoiceLines(LineList, inherit_bindings=False):
    """Entries from which one is chosen."""

    BINDINGS: ClassVar = bindings("list", "choices")
    always_show_cursor = True


class Dialog(ModalScreen[_Result], inherit_bindings=False):
    """A panel with a title, a body and a line of keys; `wide` gives room for long lines."""

    CSS_PATH: ClassVar = "dialog.tcss"
    BINDINGS: ClassVar = bindings("dialog")
    contexts: ClassVar[tuple[str, ...]] = ("choices", "dialog")
    """The context whose commands are named in the last line."""
    AUTO_FOCUS = ""
    _waiting: Callable[[], object] | None = None

    def __init__(self, title: str, *, wide: bool = False) -> None:
        super().__init__(classes="-wide-panel" if wide else None)
        self._title = title

    @property
    def keymap(self) -> Mapping[str, tuple[str, ...]]:
        """The user's own keys."""
        keymap: Mapping[str, tuple[str, ...]] = getattr(self.app, "keymap", {})
        return keymap

    @property
    def ascii_only(self) -> bool:
        """Whether the display is limited to ASCII signs."""
        return bool(getattr(self.app, "ascii_only", False))

    def key_of(self, id: str) -> str:
        """Return the key of a command as shown to the user."""
        return key_of(id, self.keymap, ascii_only=self.ascii_only)

    def body(self) -> ComposeResult:
        """Compose the widgets between the title and the keys."""
        yield from ()

    def render(self) -> RenderResult | Dimmed:  # type: ignore[override]  # Textual draws a Visual as well
        """Draw the screen below, dimmed."""
        below = super().render()
        return Dimmed(below.screen, below.color) if isinstance(below, BackgroundScreen) else below

    def compose(self) -> ComposeResult:
        with Vertical(id="panel"):
            yield RunLine((self._title, "title"), id="dialog-title")
            yield from self.body()
            yield KeyBar(id="dialog-keys")

    def on_mount(self) -> None:
        shown = [each for context in self.contexts for each in COMMANDS if context in each.where]
        self.query_one("#dialog-keys", KeyBar).show(shown, self.keymap)

    def size_for(self, lines: int, *, others: int = 2) -> None:
        """Set the height of the panel for this many lines of its body, plus `others`."""
        self.query_one("#panel").styles.height = lines + others + 4  # its border and padding

    def once_on_top(self, act: Callable[[], object]) -> None:
        """Run an action prepared in a thread: now, or once no dialog covers this one; never after this one is closed."""
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

    def on_paste(self, event: events.Paste) -> None:
        """Pass a text on that was pasted outside a field."""
        event.stop()
        self.post_message(PastedText(event.text))

    def action_close(self) -> None:
        self.dismiss(None)


class PastedText(Message):
    """A text was pasted outside a field while something else than the list is open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Reload(Message):
    """Read the file again."""


class SaveOver(Message):
    """A long save has ended, with or without success."""


class Begin(Message):
    """Begin without a file: with the "sample", an "empty" list, or one to "add" or "import" programs to."""

    def __init__(self, choice: str) -> None:
        super().__init__()
        self.choice = choice
