"""The questions before something typed, or something listed, goes: what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cartwatch.app.commands import bindings
from cartwatch.app.screens.dialog import ChoiceLines, Dialog, MenuLines
from cartwatch.app.widgets.linelist import DrawnLine
from cartwatch.views.layout import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

__all__ = ["BACK", "DROP", "KEEP", "SAVE", "Leaving", "Question"]

_WIDTH = 68  # cells of a question, at most

SAVE, KEEP, DROP, BACK = "save", "keep", "drop", "back"


class Leaving(Dialog[str]):
    """Esc was pressed over typed text. Esc again keeps it as a draft, so that it is never lost."""

    contexts: ClassVar[tuple[str, ...]] = ("choices",)
    CHOICES: ClassVar = (
        (SAVE, "Save", "write it to the file"),
        (KEEP, "Keep for later", "it comes back when this is opened again; Esc does this"),
        (BACK, "Go on typing", ""),
        (DROP, "Throw it away", ""),
    )

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    @property
    def title_text(self) -> str:  # type: ignore[override]  # it counts
        return self._title

    def body(self) -> ComposeResult:
        yield ChoiceLines(id="menu", ascii_only=bool(getattr(self.app, "ascii_only", False)))

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(len(self.CHOICES))
        self.set_focus(self.query_one(ChoiceLines))
        self.query_one(ChoiceLines).show(self._lines, entry=0)

    def _lines(self, width: int) -> list[DrawnLine]:
        widest = max(len(title) for _, title, _ in self.CHOICES)
        return [
            DrawnLine(((title.ljust(widest + 3), "strong"), (note, "quiet")), at)
            for at, (_, title, note) in enumerate(self.CHOICES)
        ]

    def on_line_list_activated(self, event: ChoiceLines.Activated) -> None:
        event.stop()
        self.action_activate()

    def action_activate(self) -> None:
        at = self.query_one(ChoiceLines).entry
        if at is not None:
            self.dismiss(self.CHOICES[at][0])

    def action_close(self) -> None:
        self.dismiss(KEEP)


class Question(Dialog[bool]):
    """Asks before something goes, and names it; anything but "y" leaves it."""

    BINDINGS: ClassVar = bindings("ask")
    contexts: ClassVar[tuple[str, ...]] = ("ask",)

    def __init__(self, title: str, named: Sequence[str], remark: str = "") -> None:
        super().__init__()
        self._title = title
        self._named = named
        self._remark = remark

    @property
    def title_text(self) -> str:  # type: ignore[override]  # each question has its own
        return self._title

    def body(self) -> ComposeResult:
        yield QuestionLines(id="menu")

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(len(self._lines(_WIDTH)))
        self.query_one(QuestionLines).show(self._lines)
        self.set_focus(self.query_one(QuestionLines))

    def _lines(self, width: int) -> list[DrawnLine]:
        lines = [DrawnLine(tuple(runs)) for each in self._named for runs in wrap([(each, "")], width)]
        if self._remark:
            lines += [DrawnLine(), *(DrawnLine(tuple(runs)) for runs in wrap([(self._remark, "quiet")], width))]
        return lines

    def action_answer(self, agreed: bool) -> None:
        self.dismiss(agreed)


class QuestionLines(MenuLines):
    """What a question names; only its answers are keys here."""

    BINDINGS: ClassVar = bindings("ask")
