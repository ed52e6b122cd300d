"""Text editor for several lines: notes, summaries, quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.reactive import reactive
from textual.widgets import TextArea

from cartwatch.app.commands import bindings
from cartwatch.app.screens.dialog import Dialog
from cartwatch.app.screens.dialogs import DROP, KEEP, SAVE, leaving
from cartwatch.app.widgets.drawn import Foot

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

__all__ = ["MemoScreen", "holds"]


def holds(text: str) -> bool:
    """Whether the editor can return a text unchanged: it breaks lines at some rare characters."""
    return not any(each in text.replace("\r\n", "\n") for each in "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


class _Text(TextArea, inherit_bindings=True):
    """The text area; the dialog's keys take precedence over its own."""

    BINDINGS: ClassVar = bindings("text")
    cursor_blink = reactive(False, init=False)  # nothing on the screen moves unless something changed


class MemoScreen(Dialog[str]):
    """Dialog that edits a long text; returns it when it is saved.

    `commit` saves the text first and returns the reason if it is refused; `kept` gets the typed text as a draft. `restored`
    is an earlier draft.
    """

    CSS_PATH: ClassVar = ["dialog.tcss", "form.tcss"]  # type: ignore[assignment]  # Textual takes a list too
    contexts: ClassVar[tuple[str, ...]] = ("text",)

    def __init__(
        self,
        title: str,
        text: str,
        *,
        help: str = "",
        restored: str | None = None,
        commit: Callable[[str], str | None] | None = None,
        kept: Callable[[str | None], None] | None = None,
    ) -> None:
        super().__init__(title)
        self._text = text
        self._help = help
        self._restored = restored
        self._commit = commit
        self._kept = kept

    def body(self) -> ComposeResult:
        text = self._restored if self._restored is not None else self._text
        yield _Text(text, id="text", soft_wrap=True, tab_behavior="focus")
        yield Foot(id="foot")

    def on_mount(self) -> None:
        super().on_mount()
        area = self.query_one(_Text)
        area.move_cursor(area.document.end)
        self.set_focus(area)
        back = self._restored is not None
        self._say(*(("Your draft is back.", "soon") if back else (self._help, "quiet"),))

    def _say(self, *runs: tuple[str, str]) -> None:
        self.query_one("#foot", Foot).show(list(runs))

    @property
    def text(self) -> str:
        """The typed text."""
        return self.query_one(_Text).text

    @property
    def dirty(self) -> bool:
        return self.text.strip("\n") != self._text.replace("\r\n", "\n").strip("\n")

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self._kept is not None and self.is_mounted:
            self._kept(self.text if self.dirty else None)

    def action_save(self) -> None:
        if not self.dirty:
            self.dismiss(None)
            return
        why = self._commit(self.text) if self._commit is not None else None
        if why is not None:
            self._say((why, "bad"))
            return
        self.dismiss(self.text)

    async def action_leave(self) -> None:
        if not self.dirty:
            self.dismiss(None)
            return

        def answered(answer: str | None) -> None:
            if answer == SAVE:
                self.action_save()
            elif answer == KEEP and self._kept is not None:
                self._kept(self.text)
                self.notify("Your text is kept as a draft: open it again to go on.", markup=False, timeout=4)
                self.dismiss(None)
            elif answer == KEEP:
                self.dismiss(self.text)  # the form keeps the text
            elif answer == DROP:
                if self._kept is not None:
                    self._kept(None)
                self.dismiss(None)

        await self.app.push_screen(leaving("The text is not saved yet", self.key_of("close")), answered)

    def action_close(self) -> None:
        self.call_later(self.action_leave)
