"""Dialogs that tell or ask one thing: the problems of the file, and whether to open an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding

from cartwatch.app.screens.dialog import ChoiceLines, Dialog
from cartwatch.app.widgets.linelist import DrawnLine
from cartwatch.document.problems import ERROR
from cartwatch.views.layout import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from cartwatch.document.problems import Problem

__all__ = ["OpenAddress", "Problems"]


class Problems(Dialog[str]):
    """What is wrong in the file, in its order; gives the key of the program to go to."""

    contexts: ClassVar[tuple[str, ...]] = ("choices", "dialog")

    def __init__(self, problems: Sequence[Problem], *, ascii_only: bool = False) -> None:
        super().__init__(classes="-wide-panel")
        self._problems = problems
        self._ascii = ascii_only

    @property
    def title_text(self) -> str:  # type: ignore[override]  # it counts
        errors = sum(each.level == ERROR for each in self._problems)
        advice = len(self._problems) - errors
        parts = [f"{errors} problem{'' if errors == 1 else 's'}"] if errors else []
        parts += [f"{advice} piece{'' if advice == 1 else 's'} of advice"] if advice else []
        return " and ".join(parts)

    def body(self) -> ComposeResult:
        yield ChoiceLines(id="menu", ascii_only=self._ascii)

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(len(self._problems) * 2)
        self.set_focus(self.query_one(ChoiceLines))
        self.query_one(ChoiceLines).show(self._lines, entry=0)

    def _lines(self, width: int) -> list[DrawnLine]:
        lines = []
        for at, each in enumerate(self._problems):
            where = f"{each.line}:{each.column}" if each.line else ""
            head = [(where.ljust(9), "quiet"), *(((each.program, "strong"), ("  ", "")) if each.program else ())]
            head.append((each.field, "quiet"))
            lines += [DrawnLine(tuple(runs), at) for runs in wrap(head, width)]
            body = wrap([(each.message, "bad" if each.level == ERROR else "")], max(10, width - 9))
            lines += [DrawnLine((("         ", ""), *runs), at) for runs in body]
        return lines

    def on_line_list_activated(self, event: ChoiceLines.Activated) -> None:
        event.stop()
        self.action_activate()

    def action_activate(self) -> None:
        at = self.query_one(ChoiceLines).entry
        if at is not None:
            self.dismiss(self._problems[at].key)


class OpenAddress(Dialog[bool]):
    """Shows an address and its host before the browser gets it."""

    BINDINGS: ClassVar = [Binding("y", "activate", show=False)]
    title_text = "Open in the browser?"
    contexts: ClassVar[tuple[str, ...]] = ("choices", "dialog")

    def __init__(self, url: str, host: str) -> None:
        super().__init__()
        self._url = url
        self._host = host

    def body(self) -> ComposeResult:
        yield ChoiceLines(id="menu")

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(6)
        self.set_focus(self.query_one(ChoiceLines))
        self.query_one(ChoiceLines).show(self._lines, entry=0)

    def _lines(self, width: int) -> list[DrawnLine]:
        lines = [DrawnLine(((self._host, "strong"),))]
        lines += [DrawnLine(tuple(runs)) for runs in wrap([(self._url, "quiet")], width)]
        return [*lines, DrawnLine(), DrawnLine((("Open it", ""),), 0)]

    def on_line_list_activated(self, event: ChoiceLines.Activated) -> None:
        event.stop()
        self.action_activate()

    def action_activate(self) -> None:
        self.dismiss(True)
