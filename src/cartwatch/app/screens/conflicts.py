"""What this program and another changed differently: both values of each, and which one is to stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from cartwatch.app.commands import bindings
from cartwatch.app.screens.dialog import Dialog
from cartwatch.app.widgets.linelist import DrawnLine, LineList
from cartwatch.domain.text import clean
from cartwatch.session.conflicts import place_words, theirs_stands
from cartwatch.views.layout import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from cartwatch.domain.merge import Conflict
    from cartwatch.session.session import Session

__all__ = ["ConflictLines", "Conflicts"]

_LABEL = 11  # cells of "before", "theirs" and their sign


def _told(value: Any) -> tuple[str, str]:
    """A value in words, and its role."""
    if value is None:
        return "not there", "quiet"
    text = ", ".join(str(each) for each in value) if isinstance(value, list | tuple) else str(value)
    return clean(text, limit=400) or "“”", ""


class ConflictLines(LineList, inherit_bindings=False):
    """The conflicts, one an entry."""

    BINDINGS: ClassVar = bindings("list", "conflict")
    always_show_cursor = True


class Conflicts(Dialog["tuple[bool, ...]"]):
    """Gives, for each conflict, whether theirs is taken; None leaves what stands. Both are in the log at `log` already."""

    contexts: ClassVar[tuple[str, ...]] = ("conflict", "dialog")

    def __init__(self, session: Session, conflicts: Sequence[Conflict], log: str) -> None:
        count = len(conflicts)
        super().__init__(f"Another program changed {'this' if count == 1 else f'these {count}'} too", wide=True)
        self._places = [place_words(session.document, each) for each in conflicts]
        self._conflicts = conflicts
        self._log = log
        self._theirs = [theirs_stands(session.document, each) for each in conflicts]

    def body(self) -> ComposeResult:
        yield ConflictLines(id="menu", ascii_only=self.ascii_only)

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(len(self._lines(min(100, self.app.size.width - 8))))
        self.set_focus(self.query_one(ConflictLines))
        self.query_one(ConflictLines).show(self._lines, entry=0, top=True)

    def _lines(self, width: int) -> list[DrawnLine]:
        lines: list[DrawnLine] = []
        for at, (each, theirs) in enumerate(zip(self._conflicts, self._theirs, strict=True)):
            program, path = self._places[at]
            head = wrap([(clean(program), "strong"), ("  ", ""), (clean(path), "quiet")], width)
            lines += [DrawnLine(tuple(runs), at) for runs in head]
            for label, value, chosen in (("mine", each.ours, not theirs), ("theirs", each.theirs, theirs)):
                lines += self._side(label, value, width, at, chosen=chosen)
            if each.base is not None:  # else it was not there, or nobody knows what both came from
                lines += self._side("before", each.base, width, at, chosen=None)
            lines.append(DrawnLine())
        where = wrap([("Both are kept in ", "quiet"), (clean(self._log, limit=300), "quiet")], width)
        return [*lines, *(DrawnLine(tuple(runs)) for runs in where)]

    def _side(self, label: str, value: Any, width: int, at: int, *, chosen: bool | None) -> list[DrawnLine]:
        sign = (("*" if self.ascii_only else "●") if chosen else " ") if chosen is not None else " "
        text, role = _told(value)
        role = "quiet" if chosen is None else "strong" if chosen and value is not None else role
        head = [(f" {sign} ", "key"), (label.ljust(_LABEL - 3), "quiet")]
        first, *more = wrap([(text, role)], max(10, width - _LABEL))
        return [DrawnLine((*head, *first), at), *(DrawnLine(((" " * _LABEL, ""), *runs), at) for runs in more)]

    def _choose(self, places: Sequence[int], *, theirs: bool) -> None:
        for at in places:
            self._theirs[at] = theirs
        lines = self.query_one(ConflictLines)
        lines.show(self._lines, entry=lines.entry)

    def on_line_list_activated(self, event: ConflictLines.Activated) -> None:
        event.stop()
        if event.entry is not None:
            self._choose([event.entry], theirs=not self._theirs[event.entry])

    def action_other(self) -> None:
        """The other value of the conflict under the cursor."""
        at = self.query_one(ConflictLines).entry
        if at is not None:
            self._choose([at], theirs=not self._theirs[at])

    def action_all(self, theirs: bool) -> None:
        self._choose(range(len(self._theirs)), theirs=theirs)

    def action_take(self) -> None:
        self.dismiss(tuple(self._theirs))
