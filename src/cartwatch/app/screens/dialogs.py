"""Small dialogs: a list to choose from, and a question to answer with yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cartwatch.app.commands import bindings
from cartwatch.app.widgets.linelist import DrawnLine, LineList
from cartwatch.document.problems import ERROR, WARNING, tally
from cartwatch.views.layout import width_of, wrap

from .dialog import ChoiceLines, Dialog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from cartwatch.document.problems import Problem

__all__ = ["BACK", "DROP", "KEEP", "SAVE", "ListDialog", "Question", "choosing", "leaving", "open_address", "problem_list"]

_WIDTH = 72  # cells of a line, to reckon the height with before there is a width
_QUESTION = 68  # cells of a question, at most

SAVE, KEEP, DROP, BACK = "save", "keep", "drop", "back"


class ListDialog(Dialog[str]):
    """Dialog of lines, some of them entries; returns the result of the chosen entry, `otherwise` for Esc.

    `accept` is a key that chooses, beside Enter; `lines` is the number of lines that the panel has room for at first.
    """

    def __init__(
        self,
        title: str,
        make: Callable[[int], list[DrawnLine]],
        results: Sequence[str | None],
        *,
        lines: int | None = None,
        otherwise: str | None = None,
        accept: str = "",
        wide: bool = False,
    ) -> None:
        super().__init__(title, wide=wide)
        self._make = make
        self._results = results
        self._height = lines
        self._otherwise = otherwise
        self._accept = accept

    @property
    def contexts(self) -> tuple[str, ...]:  # type: ignore[override]  # where Esc is a choice, its key is not labelled "close"
        return ("choices", "dialog") if self._otherwise is None else ("choices",)

    def body(self) -> ComposeResult:
        yield ChoiceLines(id="menu", ascii_only=self.ascii_only)

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(self._height or len(self._make(min(_WIDTH, self.app.size.width - 8))))
        self.set_focus(self.query_one(ChoiceLines))
        self.query_one(ChoiceLines).show(self._make, entry=0, top=True)

    def on_key(self, event: events.Key) -> None:
        if event.key == self._accept:
            event.stop()
            self.action_activate()

    def on_line_list_activated(self, event: ChoiceLines.Activated) -> None:
        event.stop()
        self.action_activate()

    def action_activate(self) -> None:
        at = self.query_one(ChoiceLines).entry
        if at is not None:
            self.dismiss(self._results[at])

    def action_close(self) -> None:
        self.dismiss(self._otherwise)


def choosing(title: str, told: Sequence[tuple[str, str]], choices: Sequence[tuple[str, str, str]]) -> ListDialog:
    """Build a dialog of paragraphs and choices (key, title, note); it returns the key of the chosen one."""
    widest = max(width_of([(title, "")]) for _, title, _ in choices)

    def make(width: int) -> list[DrawnLine]:
        lines = [DrawnLine(tuple(runs)) for each in told for runs in wrap([each], width)]
        if lines:
            lines.append(DrawnLine())
        for at, (_, title, note) in enumerate(choices):
            head = [(title.ljust(widest + 3), "strong")]
            beside = wrap([(note, "quiet")], max(12, width - widest - 3)) if note else [[]]
            lines.append(DrawnLine((*head, *beside[0]), at))
            lines += [DrawnLine(((" " * (widest + 3), ""), *runs), at) for runs in beside[1:]]
        return lines

    return ListDialog(title, make, [key for key, _, _ in choices])


def leaving(title: str, close: str) -> ListDialog:
    """Build the dialog that asks what to do with unsaved text. The key `close` keeps it as a draft."""
    choices = (
        (SAVE, "Save", "write it to the file"),
        (KEEP, "Keep for later", f"it comes back when this is opened again; {close} does this"),
        (BACK, "Go on typing", ""),
        (DROP, "Throw it away", ""),
    )
    widest = max(len(name) for _, name, _ in choices)

    def make(width: int) -> list[DrawnLine]:  # one line each at any width: the form below stays in view
        named = enumerate((name.ljust(widest + 3), note) for _, name, note in choices)
        return [DrawnLine(((name, "strong"), (note, "quiet")), at) for at, (name, note) in named]

    return ListDialog(title, make, [key for key, _, _ in choices], otherwise=KEEP)


_LEVELS = {ERROR: "bad", WARNING: "soon"}


def problem_list(problems: Sequence[Problem]) -> ListDialog:
    """Build the list of the file's findings, in file order; it returns the key of the program to go to."""

    def make(width: int) -> list[DrawnLine]:
        lines = []
        for at, each in enumerate(problems):
            where = f"{each.line}:{each.column}" if each.line else ""
            head = [(where.ljust(9), "quiet"), *(((each.program, "strong"), ("  ", "")) if each.program else ())]
            head += [(f"{each.level}  ", _LEVELS.get(each.level, "quiet")), (each.field, "quiet")]
            lines += [DrawnLine(tuple(runs), at) for runs in wrap(head, width)]
            body = wrap([(each.message, "bad" if each.level == ERROR else "")], max(10, width - 9))
            lines += [DrawnLine((("         ", ""), *runs), at) for runs in body]
        return lines

    return ListDialog(tally(problems), make, [each.key for each in problems], lines=len(problems) * 2, wide=True)


def open_address(url: str, host: str) -> ListDialog:
    """Build the dialog that shows an address and its host before the browser opens it; it returns the address."""

    def make(width: int) -> list[DrawnLine]:
        lines = [DrawnLine(((host, "strong"),))]
        lines += [DrawnLine(tuple(runs)) for runs in wrap([(url, "quiet")], width)]
        return [*lines, DrawnLine(), DrawnLine((("Open it", ""),), 0)]

    return ListDialog("Open in the browser?", make, [url], lines=6, accept="y")


class Question(Dialog[bool]):
    """Asks before a deletion and names what is deleted; any answer but yes cancels."""

    BINDINGS: ClassVar = bindings("ask")
    contexts: ClassVar[tuple[str, ...]] = ("ask",)

    def __init__(self, title: str, named: Sequence[str], remark: str = "") -> None:
        super().__init__(title)
        self._named = named
        self._remark = remark

    def body(self) -> ComposeResult:
        yield QuestionLines(id="menu")

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(len(self._lines(_QUESTION)))
        self.query_one(QuestionLines).show(self._lines)
        self.set_focus(self.query_one(QuestionLines))

    def _lines(self, width: int) -> list[DrawnLine]:
        lines = [DrawnLine(tuple(runs)) for each in self._named for runs in wrap([(each, "")], width)]
        if self._remark:
            lines += [DrawnLine(), *(DrawnLine(tuple(runs)) for runs in wrap([(self._remark, "quiet")], width))]
        return lines

    def action_answer(self, agreed: bool) -> None:
        self.dismiss(agreed)


class QuestionLines(LineList, inherit_bindings=False):
    """The lines of a question; the answer keys work here, beside the keys that scroll."""

    BINDINGS: ClassVar = bindings("list", "ask")
    always_show_cursor = True
