"""Recovery screen for a file that can't be read: newest good backup, differences, editor, and the readable part."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.message import Message

from cartwatch.app.screens.backups import told_changes
from cartwatch.app.screens.states import State, unreadable_lines
from cartwatch.app.widgets.linelist import DrawnLine, LineList
from cartwatch.document.merging import has_markers
from cartwatch.document.reader import Salvage, read_watchlist, salvage
from cartwatch.domain.dates.moments import in_zone
from cartwatch.domain.difference import difference
from cartwatch.domain.text import clean
from cartwatch.session.backups import left_out, meaning_of, newest_good
from cartwatch.storage.backups import LAST
from cartwatch.views.layout import wrap

if TYPE_CHECKING:
    from datetime import datetime

    from cartwatch.domain.difference import Change
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.session.session import Session

__all__ = ["Recover", "Recovery"]

_STAYS = "the file as it is stays among the backups"
_SHOWN = 4  # changes; the picker shows them all


class Recover(Message):
    """Message with the chosen way: "merge" both sides of a git conflict, "restore" the newest good backup, "choose" one,
    "edit" the file, begin "anew", "look" at the readable part."""

    def __init__(self, choice: str) -> None:
        super().__init__()
        self.choice = choice


class Recovery(State):
    """Screen that shows why a file can't be read, with the ways to recover."""

    CSS_PATH: ClassVar = ["states.tcss", "recovery.tcss"]  # type: ignore[assignment]  # Textual takes a list too

    def __init__(self, session: Session, now: datetime) -> None:
        super().__init__()
        self._path = session.path
        self._opened = session.opened
        file = session.opened.file
        self.salvage: Salvage = salvage(file.data if file is not None else b"")
        self.readable: Watchlist = read_watchlist(
            self.salvage.document.head, self.salvage.document.programs, session.today
        ).watchlist
        self.backup = newest_good(session)
        self._later = left_out(session, self.backup[0]) if self.backup is not None else 0
        self._conflicted = file is not None and has_markers(file.data)
        self._empty = session.opened.state != "unreadable" or (file is not None and not file.data.strip(b"\0 \r\n\t"))
        self._now = now
        self._changes = self._differences(session)
        self._choices = self._offered()

    def _differences(self, session: Session) -> tuple[Change, ...]:
        if self.backup is None or self._empty:
            return ()
        return difference(meaning_of(self.backup[1], session.today), self.readable)

    def _offered(self) -> list[tuple[str, str, str]]:
        out = []
        if self._conflicted:
            out.append(("merge", "Merge both sides", "by program and field; where both changed one value you are asked"))
        if self.backup is not None:
            at = in_zone(self.backup[0].at, self._now.tzinfo)
            later, last = self._later, self.backup[0].label == LAST
            note = f"{later} later change{'s are' if later > 1 else ' is'} not in it" if later else _STAYS
            title = "Restore the list as saved last," if last else "Restore the backup of"
            out.append(("restore", f"{title} {at:%Y-%m-%d %H:%M}", note))
            out.append(("choose", "Choose another backup", ""))
        if self._opened.state != "missing":
            out.append(("edit", "Open the file in an editor", "$VISUAL or $EDITOR"))
        if self._opened.state != "unreadable":
            out.append(("anew", "Begin a new list", "what is known of the old one stays among the backups"))
        count, lost = len(self.readable), len(self.salvage.lost)
        if count:
            lines = ", ".join(str(each) for each in self.salvage.lost[:3])
            more = "…" if lost > 3 else ""
            note = f"{count} program{'' if count == 1 else 's'}, read only; left out: from line {lines}{more}"
            out.append(("look", "Show what still parses", note))
        return out

    def lines(self, width: int) -> list[DrawnLine]:
        out = self._empty_lines(width) if self._empty else unreadable_lines(self._path, self._opened, width, self.keymap)
        if self._changes:
            count = len(self._changes)
            head = f"From the newest good backup to what can still be read, {count} change{'s' if count > 1 else ''}:"
            out += [
                DrawnLine(),
                *(DrawnLine(tuple(line)) for line in wrap([(head, "quiet")], width)),
                *told_changes(self._changes, width, _SHOWN),
            ]
        out.append(DrawnLine())
        for at, (_, title, note) in enumerate(self._choices):
            runs = [(title, "strong"), *([("   ", ""), (note, "quiet")] if note else [])]
            out += [DrawnLine(tuple(line), at) for line in wrap(runs, width)]
        return out

    def _empty_lines(self, width: int) -> list[DrawnLine]:
        size = len(self._opened.file.data) if self._opened.file is not None else 0
        gone = self._opened.state == "missing"
        what = "There is no file" if gone else f"The file holds {size} bytes, and no program" if size else "The file is empty"
        out = [DrawnLine(((f"The watchlist is {'gone' if gone else 'empty'}", "title"),)), DrawnLine()]
        out += [DrawnLine(tuple(runs)) for runs in wrap([(clean(self._path, limit=500), "strong")], width)]
        text = f"{what}, but there are backups of a list in this place. Nothing was changed."
        return [*out, *(DrawnLine(tuple(runs)) for runs in wrap([(text, "")], width))]

    def on_line_list_activated(self, event: LineList.Activated) -> None:
        if event.entry is not None:
            self.post_message(Recover(self._choices[event.entry][0]))
