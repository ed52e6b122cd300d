"""Detail of one program: its name, the strip of panes and the lines of the current pane."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.message import Message
from textual.strip import Strip

from cartwatch.app.commands import bindings
from cartwatch.app.widgets.drawn import Drawn, RunLine
from cartwatch.app.widgets.linelist import DrawnLine, LineList
from cartwatch.app.widgets.panelayout import lay_out
from cartwatch.document.paths import split
from cartwatch.views.layout import width_of
from cartwatch.views.lines import Run
from cartwatch.views.panes import PANES, pane, panes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.segment import Segment
    from textual import events
    from textual.app import ComposeResult

    from cartwatch.domain.program import Program
    from cartwatch.views.lines import Line, Pane
    from cartwatch.views.look import Look

__all__ = ["Detail", "PaneLines", "PaneStrip"]


# Where a pane says that there is nothing yet: what helps, with the ids of the commands in braces.
_NOTHING = {
    ("catalysts", "catalyst"): "{add_catalyst} adds the next event: data, a filing, a decision.",
    ("trials", "trial"): "{add_here} in this pane links one by its number; {refresh} asks the registry what changed.",
    ("sources", "source"): "{add_here} in this pane adds one; on a fact, {source} names where it comes from.",
    ("notes", "notes"): "{memo} writes them.",
    ("safety", "safety.report"): "{add_here} in this pane adds rates; {import} reads them from a release.",
    ("history", None): "Each edit, import and undo is listed here; {edit} edits the fact under the cursor.",
}
_ID = re.compile(r"\{(\w+)\}")


def _with_help(key: str, line: Line, key_of: Callable[[str], str]) -> Line:
    """Return a line that says that there is nothing with the keys that help; any other as it is."""
    help = _NOTHING.get((key, line.path))
    if help is None or line.cells or line.label or len(line.runs) != 1 or line.runs[0].role != "quiet":
        return line
    runs = [Run(key_of(text), "strong") if at % 2 else Run(text, "quiet") for at, text in enumerate(_ID.split(help))]
    said = line.runs[0].text
    return line._replace(runs=(line.runs[0], Run(" " if said.endswith(".") else ": ", "quiet"), *runs))


class PaneLines(LineList, inherit_bindings=False):
    """The lines of a pane, with a cursor on facts."""

    BINDINGS: ClassVar = bindings("detail")
    context = "detail"


class Detail(Vertical):
    """Shows a program in panes; posts a message when a pane or line is chosen.

    `key_of` gives the user's key of a command, for panes with nothing in them; None where nothing can be changed.
    """

    DEFAULT_CSS = """
    Detail { background: $surface; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._heading = RunLine(id="name")
        self._strip = PaneStrip()
        self.lines = PaneLines(id="pane")
        self._program: Program | None = None
        self._key = PANES[0][0]
        self._shown: Pane | None = None
        self.key_of: Callable[[str], str] | None = None

    def compose(self) -> ComposeResult:
        yield self._heading
        yield self._strip
        yield self.lines

    @property
    def line(self) -> Line | None:
        """Line under the cursor; its path is the fact that a key acts on."""
        entry = self.lines.entry
        return self._shown.lines[entry] if self._shown is not None and entry is not None else None

    @property
    def pane(self) -> str:
        """Key of the current pane."""
        return self._key

    def show(self, program: Program | None, look: Look, key: str) -> None:
        """Show a pane of a program; the cursor keeps its fact if program and pane are the same as before."""
        path = self.line.path if self.line is not None else None
        same = self._program is not None and program is not None and (self._program.key, self._key) == (program.key, key)
        self._program, self._key = program, key
        self.lines.ascii_only = look.ascii
        all_panes = panes(program, look) if program is not None else ()
        at = next((at for at, (each, _) in enumerate(PANES) if each == key), 0)
        self._shown = self._helpful(all_panes[at]) if all_panes else None
        self._heading.show(*(_name(program) if program is not None else ()))
        self._strip.show(tuple((each.title, each.mark) for each in all_panes) or tuple((title, "") for _, title in PANES), at)
        if not same:
            self.lines.show(self._laid_out, entry=-1, top=True)
            return
        lines = self._shown.lines if self._shown is not None else ()
        self.lines.show(
            self._laid_out, entry=next((place for place, each in enumerate(lines) if path and each.path == path), None)
        )

    def go_to(self, path: str) -> None:
        """Move the cursor to the line of a fact, or to the line that shares most of its path."""
        wanted = split(path)
        best, most, named = None, 0, False
        for place, each in enumerate(self._shown.lines if self._shown is not None else ()):
            steps = split(each.path) if each.path else ()
            alike = next((at for at, (one, two) in enumerate(zip(steps, wanted, strict=False)) if one != two), None)
            count = min(len(steps), len(wanted)) if alike is None else alike
            exact = count == len(wanted) and bool(each.label)  # among several lines of one fact, the labelled one
            if count > most or (count == most and exact and not named):
                best, most, named = place, count, exact
        if best is not None:
            self.lines.show(self._laid_out, entry=best)

    def tick(self, look: Look) -> int:
        """Redraw the lines that the clock has changed; return their number."""
        if self._program is None or self._shown is None or not any(each.ticks for each in self._shown.lines):
            return 0
        self._shown = self._helpful(pane(self._key, self._program, look))
        return self.lines.tick()

    def _helpful(self, shown: Pane) -> Pane:
        key_of = self.key_of
        if key_of is None:
            return shown
        return shown._replace(lines=tuple(_with_help(shown.key, each, key_of) for each in shown.lines))

    def _laid_out(self, width: int) -> list[DrawnLine]:
        if self._shown is None:
            return []
        return [DrawnLine(), *lay_out(self._shown.lines, width)]


def _name(program: Program) -> tuple[tuple[str, str], ...]:
    beside = " · ".join(each for each in (program.sponsor, program.phase) if each)
    return ((" ", ""), (program.label, "title"), (f"   {beside}", "quiet"))


_Tab = tuple[str, str]  # title, mark
# What gives way first where there is little room; never by which pane is shown, or the titles would jump.
_SHORT = (
    ("Mechanism", "Mech"),
    ("Catalysts", "Catal"),
    ("History", "Hist"),
    ("Overview", "Over"),
    ("Sources", "Src"),
    ("Trials", "Tri"),
    ("Safety", "Safe"),
)


class PaneStrip(Drawn):
    """One line of titles; a click on one asks for its pane. Titles that do not fit are shortened, the current one last."""

    DEFAULT_CSS = """
    PaneStrip { height: 1; background: $surface; color: $foreground; }
    """

    class Chosen(Message):
        """A title was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tabs: Sequence[_Tab] = ()
        self._at = 0
        self._gap = 2
        self._places: list[tuple[int, int]] = []

    def show(self, tabs: Sequence[_Tab], at: int) -> None:
        """Show these titles with their marks; the one at `at` is the current one."""
        if (tabs, at) != (self._tabs, self._at):
            self._tabs, self._at = tabs, at
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        segments: list[Segment] = []
        self._places = []
        x = 1
        segments += self.ink.segments([(" ", "")])
        shown = self._fitting(width - 2)
        for index, (title, mark) in enumerate(shown):
            runs = [(title, "here" if index == self._at else "quiet")]
            if mark:
                runs.append((f" {mark}", "quiet"))
            segments += self.ink.segments([*runs, (" " * self._gap, "")])
            end = x + width_of(runs)
            self._places.append((x, end))
            x = end + self._gap
        return Strip(segments).crop_extend(0, width, self.ink.style(""))

    def _fitting(self, width: int) -> Sequence[_Tab]:
        """Fit the titles: with digits and counts, without the one or both, shortened one by one, or only numbers and the
        current title."""
        titles = [title for title, _ in self._tabs]
        numbered = [(f"{at} {title}", mark) for at, (title, mark) in enumerate(self._tabs, 1)]
        self._gap = 2
        for tabs in (numbered, [(each, "") for each, _ in numbered], self._tabs, [(each, "") for each in titles]):
            if self._needs(tabs) <= width:
                return tabs
        self._gap = 1
        for long, short in (("", ""), *_SHORT):
            titles = [short if each == long else each for each in titles]
            if self._needs([(each, "") for each in titles]) <= width:
                return [(each, "") for each in titles]
        return [(title if at == self._at else str(at + 1), "") for at, (title, _) in enumerate(self._tabs)]

    def _needs(self, tabs: Sequence[_Tab]) -> int:
        return sum(width_of([(title, "")]) + (len(mark) + 1 if mark else 0) + self._gap for title, mark in tabs) - self._gap

    def on_click(self, event: events.Click) -> None:
        for index, (start, end) in enumerate(self._places):
            if start <= event.x < end:
                self.post_message(self.Chosen(index))
                return
