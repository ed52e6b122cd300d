"""Page: a dialog as large as the screen that shows sections of lines: a comparison, slips, reference cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cartwatch.app.clipboard import copy_text
from cartwatch.app.commands import bindings
from cartwatch.app.screens.dialog import Dialog
from cartwatch.app.widgets.linelist import DrawnLine, LineList
from cartwatch.app.widgets.panelayout import lay_out
from cartwatch.domain.text import clean
from cartwatch.views.layout import cells

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from cartwatch.views.lines import Pane

__all__ = ["PageDialog"]

_COPIED = 100  # cells of a copied line


class PageLines(LineList, inherit_bindings=False):
    """Sections of lines; without entries the keys scroll."""

    BINDINGS: ClassVar = bindings("list", "page")


class EntryLines(LineList, inherit_bindings=False):
    """Sections of lines with a cursor on those that lead somewhere."""

    BINDINGS: ClassVar = bindings("list", "choices", "page")
    always_show_cursor = True


class PageDialog(Dialog["tuple[str, str]"]):
    """Dialog that shows the sections made for a width; returns the program and path of the chosen line.

    `places` names the program of each line, by its place among all, where the lines lead somewhere, and `entry` the line
    that the cursor begins on; `copied` is what the message says was copied.
    """

    def __init__(
        self,
        title: str,
        make: Callable[[int], Sequence[Pane]],
        *,
        copied: str,
        places: Sequence[tuple[str, str] | None] = (),
        entry: int = 0,
    ) -> None:
        super().__init__(title)
        self.add_class("-page")
        self._make = make
        self._copied = copied
        self._places = places
        self._entry = entry
        self._starts: list[int] = []

    @property
    def contexts(self) -> tuple[str, ...]:  # type: ignore[override]  # nothing to choose where no line leads anywhere
        return ("choices", "page", "dialog") if self._places else ("page", "dialog")

    def body(self) -> ComposeResult:
        kind = EntryLines if self._places else PageLines
        yield kind(id="menu", ascii_only=self.ascii_only)

    @property
    def lines(self) -> LineList:
        return self.query_one("#menu", LineList)

    def on_mount(self) -> None:
        super().on_mount()
        self.set_focus(self.lines)
        self.lines.show(self._drawn, entry=self._entry, top=True)

    def _drawn(self, width: int) -> list[DrawnLine]:
        out: list[DrawnLine] = []
        self._starts = []
        first = 0
        for pane in self._make(width):
            out += [DrawnLine()] if out else []
            self._starts.append(len(out))
            rule = ("-" if self.ascii_only else "─") * max(width - cells(pane.title) - 1, 0)
            out.append(DrawnLine(((pane.title, "accent"), (" ", ""), (rule, "grid"))))
            for line in lay_out(pane.lines, width):
                owner = first + line.owner if line.owner is not None and self._places else None
                leads = owner is not None and self._places[owner] is not None
                out.append(DrawnLine(line.runs, owner if leads else None))
            first += len(pane.lines)
        return out

    def action_section(self, by: int) -> None:
        """Scroll to the next section, or to the one before."""
        top = self.lines.scroll_offset.y
        if by > 0:
            wanted = next((each for each in self._starts if each > top), None)
        else:
            wanted = next((each for each in reversed(self._starts) if each < top), None)
        if wanted is not None:
            self.lines.scroll_to(y=wanted, animate=False)

    def action_copy(self) -> None:
        """Send the whole page as plain text to the terminal's clipboard."""
        drawn = ["".join(text for text, _ in line.runs).rstrip() for line in self._drawn(_COPIED)]
        self._starts = []
        self.lines.show(self._drawn)
        text = "\n".join([clean(self._title), "", *(clean(each) for each in drawn)]) + "\n"
        session = getattr(self.app, "session", None)
        copy_text(self.app, text, self._copied, session.places if session is not None else None)

    def on_line_list_activated(self, event: LineList.Activated) -> None:
        event.stop()
        self.action_activate()

    def action_activate(self) -> None:
        at = self.lines.entry
        if at is not None and self._places:
            self.dismiss(self._places[at])
