"""Changes dialog: journal entries since the last visit or of one fact; Enter goes to the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.worker import get_current_worker

from cartwatch.app.commands import bindings
from cartwatch.app.screens.dialog import Dialog
from cartwatch.app.widgets.drawn import RunLine
from cartwatch.app.widgets.linelist import DrawnLine, LineList
from cartwatch.domain.dates.moments import in_zone
from cartwatch.domain.text import clean
from cartwatch.views.journaled import LEDGER
from cartwatch.views.layout import wrap
from cartwatch.views.look import level_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from cartwatch.views.journaled import Told
    from cartwatch.views.layout import Runs
    from cartwatch.views.look import Look

__all__ = ["Changes"]

_ORIGINS = {"app": "", "cli": "command line", "disk": "another application", "undo": "", LEDGER: "in the file"}
_MOST = 2_000
_ABOUT = 4  # lines at most above the changes
_NAMED = 40  # characters of a program's name


class Changes(Dialog["tuple[str, str]"]):
    """Dialog that returns the program and the path of the chosen change.

    `about`, if given, stands above them. `load` reads the changes in a thread; `read`, if given, marks them as read. `none` is
    the text of an empty list.
    """

    def __init__(
        self,
        title: str,
        load: Callable[[], list[Told]],
        look: Look,
        *,
        none: str,
        about: Runs | None = None,
        read: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(title, wide=True)
        self._load = load
        self._look = look
        self._none = none
        self._about = about
        self._mark = read
        self._found: list[Told] | None = None

    @property
    def contexts(self) -> tuple[str, ...]:  # type: ignore[override]  # no key where there is nothing to mark
        return ("choices", "changes", "dialog") if self._mark is not None else ("choices", "dialog")

    def body(self) -> ComposeResult:
        yield RunLine(id="told")
        yield ChangeLines(id="menu", ascii_only=self._look.ascii)

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(12, others=3)
        self.set_focus(self.query_one(ChangeLines))
        self.query_one(ChangeLines).show(self._lines)
        self.query_one("#told", RunLine).show((" reading the journal …", "quiet"))
        self._read_journal()

    @work(thread=True, exclusive=True)
    def _read_journal(self) -> None:
        worker = get_current_worker()
        found = self._load()
        if not worker.is_cancelled:
            self.app.call_from_thread(self._came, found)

    def _came(self, found: list[Told]) -> None:
        self._found = found
        count = len(found)
        told = f" {count} change{'' if count == 1 else 's'}, newest first" if count else f" {self._none}"
        critical = sum(each.level == "critical" for each in found)
        runs: Runs = [(told, "quiet")]
        if critical:
            runs += [("   ", ""), (f"{critical} critical in the registry", "overdue")]
        self.query_one("#told", RunLine).show(*runs)
        self.size_for(len(self._lines(100)), others=3)
        self.query_one(ChangeLines).show(self._lines, entry=0, top=True)

    def _lines(self, width: int) -> list[DrawnLine]:
        about = wrap(self._about, max(10, width - 1)) if self._about else []
        cut = [[*about[_ABOUT - 1], ("…", "quiet")]] if len(about) > _ABOUT else []
        lines = [DrawnLine(tuple(runs)) for runs in (*about[: _ABOUT - len(cut)], *cut)]
        day = ""
        for at, each in enumerate((self._found or [])[:_MOST]):
            moment = in_zone(each.change.at, self._look.now.tzinfo)
            ledger = each.change.origin == LEDGER
            here = each.day if ledger else f"{moment:%Y-%m-%d}"
            if here != day:
                day = here
                lines += [DrawnLine()] if lines else []
                lines.append(DrawnLine(((day, "heading"),)))
            lines += self._told(each, " " * 5 if ledger else f"{moment:%H:%M}", at, width)
        if self._found and len(self._found) > _MOST:
            lines.append(DrawnLine(((f"and {len(self._found) - _MOST} more: cartwatch changes lists them", "quiet"),)))
        return lines

    def _told(self, each: Told, time: str, at: int, width: int) -> list[DrawnLine]:
        """Draw one change: time, program, change and origin; for a registry record also its weight and rule."""
        words = clean(self._look.plainly(each.line))
        name, mark, rest = words.partition(": ")
        name = f"{name[: _NAMED - 1].rstrip()}…" if len(name) > _NAMED else name
        runs: Runs = [(self._look.plainly(name), "strong"), (mark + rest, "")] if mark and each.program else [(words, "")]
        origin = _ORIGINS.get(each.change.origin, each.change.origin)
        if origin:
            runs.append((f"  {origin}", "quiet"))
        head: Runs = [(f"{time}  ", "quiet")]
        lines = wrap(runs, max(10, width - 7))
        if each.level:
            why: Runs = [(each.level, level_role(each.level)), (f": {clean(self._look.plainly(each.rule))}", "quiet")]
            after = self._found[at + 1] if self._found is not None and at + 1 < len(self._found) else None
            if after is None or (after.change.id, after.program, after.seen) != (each.change.id, each.program, each.seen):
                why.append((f"; {clean(each.seen)}", "quiet"))  # once per refresh
            lines += wrap(why, max(10, width - 7))
        return [
            DrawnLine(((*head, *line) if not number else (("       ", ""), *line)), at) for number, line in enumerate(lines)
        ]

    def on_line_list_activated(self, event: ChangeLines.Activated) -> None:
        event.stop()
        self.action_activate()

    def action_activate(self) -> None:
        at = self.query_one(ChangeLines).entry
        if at is not None and self._found:
            self.dismiss((self._found[at].program, self._found[at].path))

    def action_read(self) -> None:
        """Mark the listed changes as read."""
        if self._mark is not None and self._found is not None:
            self._mark()
            self.dismiss(None)


class ChangeLines(LineList, inherit_bindings=False):
    """The list of changes."""

    BINDINGS: ClassVar = bindings("list", "choices", "changes")
    always_show_cursor = True
