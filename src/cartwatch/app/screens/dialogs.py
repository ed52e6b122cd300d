"""A dialog that says what is the matter, and offers what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cartwatch.app.widgets.linelist import DrawnLine
from cartwatch.views.layout import width_of, wrap

from .dialog import ChoiceLines, Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

__all__ = ["Choosing"]

_WIDTH = 72  # cells of a line, to reckon the height with before there is a width


class Choosing(Dialog[str]):
    """Paragraphs and choices (a key, a title, a note); gives the key of what was chosen, None for Esc."""

    contexts: ClassVar[tuple[str, ...]] = ("choices", "dialog")

    def __init__(self, title: str, told: Sequence[tuple[str, str]], choices: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._title = title
        self._told = told
        self._choices = choices

    @property
    def title_text(self) -> str:  # type: ignore[override]  # each has its own
        return self._title

    def body(self) -> ComposeResult:
        yield ChoiceLines(id="menu", ascii_only=bool(getattr(self.app, "ascii_only", False)))

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(len(self._lines(min(_WIDTH, self.app.size.width - 8))))
        self.set_focus(self.query_one(ChoiceLines))
        self.query_one(ChoiceLines).show(self._lines, entry=0, top=True)

    def _lines(self, width: int) -> list[DrawnLine]:
        lines = [DrawnLine(tuple(runs)) for each in self._told for runs in wrap([each], width)]
        if lines:
            lines.append(DrawnLine())
        widest = max(width_of([(title, "")]) for _, title, _ in self._choices)
        for at, (_, title, note) in enumerate(self._choices):
            head = [(title.ljust(widest + 3), "strong")]
            beside = wrap([(note, "quiet")], max(12, width - widest - 3)) if note else [[]]
            lines.append(DrawnLine((*head, *beside[0]), at))
            lines += [DrawnLine(((" " * (widest + 3), ""), *runs), at) for runs in beside[1:]]
        return lines

    def on_line_list_activated(self, event: ChoiceLines.Activated) -> None:
        event.stop()
        self.action_activate()

    def action_activate(self) -> None:
        at = self.query_one(ChoiceLines).entry
        if at is not None:
            self.dismiss(self._choices[at][0])
