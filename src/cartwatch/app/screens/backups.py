"""Backup picker: when and why each backup was made, the changes since, and the choice of one to restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cartwatch.app.screens.dialog import ChoiceLines, Dialog
from cartwatch.app.widgets.linelist import DrawnLine, LineList
from cartwatch.document.document import SyntaxProblem
from cartwatch.domain.dates.moments import in_zone
from cartwatch.domain.text import clean
from cartwatch.session.backups import since, why_made
from cartwatch.storage.errors import StorageError
from cartwatch.views.layout import one_line, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.app import ComposeResult

    from cartwatch.domain.difference import Change
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.session.session import Session
    from cartwatch.storage.backups import Backup

__all__ = ["BackupPicker", "size_words", "told_changes"]

_MOST = 40  # changes listed per backup


def size_words(size: int) -> str:
    """Format a number of bytes for people."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1e6:.1f} MB"


def told_changes(changes: Sequence[Change], width: int, most: int = _MOST) -> list[DrawnLine]:
    """Draw changes, highest weight first, each wrapped over the lines that it needs."""
    lines: list[DrawnLine] = []
    for each in changes[:most]:
        name, words = clean(each.label), clean(each.words)
        known = words.startswith(name)
        runs = [(name, "strong"), (words.removeprefix(name), "")] if known else [(words, "")]
        lines += [DrawnLine(tuple(line)) for line in wrap(runs, width)]
    if len(changes) > most:
        lines.append(DrawnLine(((f"and {len(changes) - most} more", "quiet"),)))
    return lines


class BackupPicker(Dialog["Backup"]):
    """Dialog that returns the chosen backup. `against` is the text to compare with, by default the list in memory."""

    CSS_PATH: ClassVar = ["dialog.tcss", "backups.tcss"]  # type: ignore[assignment]  # Textual takes a list too

    def __init__(self, session: Session, backups: Sequence[Backup], now: datetime, against: Watchlist | None = None) -> None:
        super().__init__("Backups", wide=True)
        self._session = session
        self._backups = backups
        self._now = now
        self._against = against
        self._since: dict[int, tuple[Change, ...] | str] = {}

    def body(self) -> ComposeResult:
        yield ChoiceLines(id="menu", ascii_only=self.ascii_only)
        yield LineList(id="since", ascii_only=self.ascii_only)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#since").can_focus = False
        self.size_for(len(self._backups) + 12)
        self.set_focus(self.query_one(ChoiceLines))
        self.query_one(ChoiceLines).show(self._lines, entry=0)
        self._show_since()

    def _when(self, backup: Backup) -> str:
        local = in_zone(backup.at, self._now.tzinfo)
        days = (self._now.date() - local.date()).days
        age = "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago" if days > 0 else "in the future"
        return f"{local:%Y-%m-%d %H:%M}  {age}"

    def _lines(self, width: int) -> list[DrawnLine]:
        if not self._backups:
            return [DrawnLine((("There is no backup yet: one is made before each save, at most one a minute.", "quiet"),))]
        whens = [self._when(each) for each in self._backups]
        widest = max(map(len, whens))
        lines = []
        for at, (when, backup) in enumerate(zip(whens, self._backups, strict=True)):
            runs = [(when.ljust(widest + 2), ""), (f"{size_words(backup.size):>9}  ", "quiet"), (why_made(backup), "quiet")]
            lines.append(DrawnLine(tuple(one_line(runs, width)), at))
        return lines

    def _changes(self, at: int) -> tuple[Change, ...] | str:
        if at not in self._since:
            try:
                self._since[at] = since(self._session, self._backups[at], self._against)
            except (StorageError, FileNotFoundError) as wrong:
                self._since[at] = str(wrong)
            except SyntaxProblem as wrong:
                self._since[at] = f"This one can't be read either: {wrong}"
        return self._since[at]

    def _show_since(self) -> None:
        if not self._backups:
            return
        at = self.query_one(ChoiceLines).entry or 0  # None until the first layout
        changes = self._changes(at)

        def lines(width: int) -> list[DrawnLine]:
            if isinstance(changes, str):
                return [DrawnLine(tuple(runs)) for runs in wrap([(clean(changes, limit=300), "bad")], width)]
            if not changes:
                return [DrawnLine((("It says the same as the list does now.", "quiet"),))]
            count = f"Since then {len(changes)} change{'' if len(changes) == 1 else 's'}, which restoring takes back:"
            return [DrawnLine(((count, "heading"),)), *told_changes(changes, width)]

        self.query_one("#since", LineList).show(lines, top=True)

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        event.stop()
        if event.lines.id == "menu":
            self._show_since()

    def on_line_list_activated(self, event: LineList.Activated) -> None:
        event.stop()
        self.action_activate()

    def action_activate(self) -> None:
        at = self.query_one(ChoiceLines).entry
        if at is not None and self._backups:
            self.dismiss(self._backups[at])
