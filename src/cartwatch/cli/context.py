"""Context of a command: its options, today, the output, and the watchlist."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cartwatch.views.layout import Track, table, width_of, wrap
from cartwatch.views.lines import Run
from cartwatch.views.look import Look

from .arguments import UsageError
from .listing import Listing, kept_listing, listing_of
from .output import Failure, safe, say

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from datetime import date, datetime
    from typing import Any

    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session
    from cartwatch.sources.registry.clinicaltrials import Access, Progress
    from cartwatch.sources.registry.memory import Records
    from cartwatch.sources.registry.refresh import Answers
    from cartwatch.storage.places import Places

    from .arguments import Parsed
    from .output import Output

__all__ = [
    "NETWORK",
    "Call",
    "a_day",
    "a_span",
    "conversed",
    "progress",
    "reached",
]

_LEAST = 24  # cells: with less room, the text goes below its head


class Call:
    """Context of a command: the parsed line, the output, and on demand the moment and the open watchlist.

    `wrong_settings` lists the problems of a settings file. `may_use_kept` is False once a kept value was damaged; `later` is
    work for after the output.
    """

    def __init__(self, parsed: Parsed, output: Output, wrong_settings: Callable[[str], tuple[str, ...]]) -> None:
        self.wrong_settings = wrong_settings
        self.parsed = parsed
        self.output = output
        self.may_use_kept = True
        self.later: Callable[[], object] | None = None
        self.now = _moment(parsed.get("as-of") or parsed.get("today"), "as-of" if parsed.get("as-of") else "today")

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def look(self) -> Look:
        return Look(self.now, ascii=self.output.ascii or self.output.plain, plain=self.output.plain)

    @property
    def ellipsis(self) -> str:
        return "..." if self.output.plain else "~" if self.output.ascii else "…"

    def print_table(self, tracks: Sequence[Track], rows: Sequence[Sequence[Sequence[Run]]]) -> None:
        """Print a table in the available width, and on a terminal the meaning of the "unverified" sign.

        For a screen reader each row is a sentence: the first column, then each other that holds something by its name.
        """
        if self.output.plain:
            for row in rows:
                self._print_row(tracks, row)
            return
        for line in table(tracks, rows, self.output.width, self.ellipsis):
            self.output.runs(line)
        if self.output.terminal and any(run.role == "unverified" for row in rows for cell in row for run in cell):
            self.output.tell(f"{self.look.glyphs.unverified} marks facts whose source is not checked")

    def _print_row(self, tracks: Sequence[Track], row: Sequence[Sequence[Run]]) -> None:
        out: list[Run] = []
        for track, cell in zip(tracks, row, strict=True):
            text = "".join(run.text for run in cell).strip()
            if text in ("", "-", self.look.glyphs.absent):
                continue
            name = f"{track.header}: " if out and track.header else ""
            out += [Run("; " if out else ""), Run(name, "label"), Run(self.look.plainly(text))]
        self.output.runs(out)

    def print_hanging(self, head: Sequence[Run], text: Sequence[Run]) -> None:
        """Print `head`, and `text` beside it in the remaining width."""
        width = self.output.width
        room = width - width_of(head) if width is not None else None
        if room is not None and room < _LEAST:
            self.output.runs(head)
            head, room = (Run("    "),), max(width or 0, _LEAST) - 4
        indent = Run(" " * width_of(head))
        for place, line in enumerate(wrap([(safe(each.text), each.role) for each in text], room, whole="link")):
            self.output.runs([*(head if place == 0 else (indent,)), *line])

    def agreed(self, question: str) -> bool:
        """Ask on the terminal; without one, or at the end of input, the answer is no."""
        if not self.output.terminal or sys.stdin is None or not sys.stdin.isatty():
            return False
        sys.stderr.write(f"{question} [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().casefold() in ("y", "yes")

    def places(self, file: str | None = None) -> Places:
        """Return the places of the files; `file` is a watchlist that was not given by --file. Raises Failure."""
        from cartwatch.storage.errors import StorageError
        from cartwatch.storage.places import places

        try:
            return places(file if file is not None else self.parsed.get("file"), os.environ)
        except StorageError as error:
            raise Failure(str(error)) from None

    def open(self, file: str | None = None, *, quiet: bool = False) -> Session:
        """Open the watchlist; a missing one is empty, with a message unless `quiet`.

        Raises Failure for a file that was named and is not there, and for one that cannot be read.
        """
        from time import sleep

        from cartwatch.session.session import Session
        from cartwatch.storage.errors import StorageError

        where = self.places(file)
        session = Session(where.watchlist, self.today, where)
        session.pause = sleep
        try:
            opened = session.open()
        except StorageError as error:
            raise Failure(str(error)) from None
        if opened.state == "missing":
            if where.named:
                from cartwatch.session.backups import lost_list

                back = "; `cartwatch restore latest` brings back what was saved last" if lost_list(session) is not None else ""
                raise Failure(f"{where.watchlist}: there is no such file{back}")
            if not quiet:
                self.output.tell(f"no watchlist yet at {where.watchlist}: run `cartwatch` to make one")
        if opened.state == "newer" and not quiet:
            self.output.tell(f"{where.watchlist}: {opened.readonly}: what is new in that is not shown")
        if opened.trouble is not None:
            trouble = opened.trouble
            raise Failure(f"{where.watchlist}:{trouble.line}:{trouble.column}: {trouble.message}")
        if (day := self.parsed.get("as-of")) is not None:
            from cartwatch.session.as_of import go_back

            self.output.tell(f"as of {day}: {go_back(session, self.today, self.now.tzinfo)}")
        return session

    def listing(self, *, quiet: bool = False) -> Listing:
        """Open the watchlist to show it: from its kept values if they are those of this text, day and code. Raises Failure."""
        where = self.places()
        kept = kept_listing(where, self.today) if self.may_use_kept and self.parsed.get("as-of") is None else None
        if kept is not None:
            return kept
        found = listing_of(self.open(quiet=quiet), where)
        if self.parsed.get("as-of") is None:
            self.later = found.later
        return found

    def find(self, session: Session | Listing, asked: str) -> Program:
        """Find a program by name. Raises Failure if none or several match."""
        from cartwatch.domain.watchlist import Ambiguous, Unknown

        if _is_missing(session):
            raise Failure(f"no watchlist yet at {session.path}: `cartwatch add NAME` makes one")
        try:
            return session.watchlist.find(asked)
        except Unknown as unknown:
            raise Failure(str(unknown) if unknown.suggestion else f"{unknown}: `cartwatch list` shows all") from None
        except Ambiguous as ambiguous:
            raise Failure(str(ambiguous)) from None

    def tell_empty(self, session: Session | Listing) -> None:
        """Tell that the file has no programs; a missing file was told at opening."""
        if not _is_missing(session):
            self.output.tell(f"{session.path} has no programs yet: `cartwatch add NAME` adds one")

    def tell_problems(self, opened: Session | Listing) -> None:
        """Tell on stderr how many errors and warnings the file has."""
        if opened.problems:
            from cartwatch.document.problems import in_words, tally

            told = in_words(opened.problems) if isinstance(opened, Listing) else tally(opened.problems)
            self.output.tell(f"{opened.path}: {told}: `cartwatch check` says where")


def _is_missing(opened: Session | Listing) -> bool:
    return (opened.state if isinstance(opened, Listing) else opened.opened.state) == "missing"


def _moment(today: str | None, option: str) -> datetime:
    """Return the viewer's local time; with --today or --as-of, the first moment of that day."""
    from datetime import datetime

    if today is None:
        return datetime.now().astimezone()
    from cartwatch.domain.dates.moments import in_zone

    day = a_day(today, option)
    return in_zone(datetime(day.year, day.month, day.day))


def a_day(text: str, option: str) -> date:
    """Read a day option. Raises UsageError."""
    from datetime import date

    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(f'--{option} needs a day as in 2026-11-22, not "{text}"')


def a_span(text: str, option: str) -> int:
    """Read a span such as `90d`, `12w`, `6m` or `1y` in days; a bare number is days. Raises UsageError."""
    days = {"d": 1, "w": 7, "m": 30, "y": 365}.get(text[-1:].lower())
    digits = text if days is None else text[:-1]
    if digits.isascii() and digits.isdigit() and len(digits) <= 5:
        return int(digits) * (days or 1)
    raise UsageError(f'--{option} needs a span as in 90d, 12w, 6m or 1y, not "{text}"')


NETWORK = 3  # exit status


def reached(call: Call, where: Places, records: Records | None = None) -> Access:
    """Read how to reach the registry; problems of the settings are printed."""
    from cartwatch.sources.registry.settings import reach

    access, problems = reach(where, records)
    for each in problems:
        call.output.tell(each)
    return access


def progress(call: Call) -> Progress | None:
    """Return a function that shows progress on a terminal at once, not with the rest at the end."""
    told = ""

    def tell(done: int, of: int, words: str) -> None:
        nonlocal told
        if words not in (told, "received"):
            told = words
            say(f"cartwatch: {words} …")

    return tell if call.output.terminal else None


def conversed(
    call: Call, session: Session, records: Records, talk: Callable[[Access, Progress | None], Coroutine[Any, Any, Answers]]
) -> Answers:
    """Run a registry session and return its answers; the list is then read again, as it may have changed.

    Raises Failure where there is no answer, or no list any more.
    """
    import asyncio

    from cartwatch.sources.registry.clinicaltrials import RegistryError

    assert session.places is not None
    try:
        answers = asyncio.run(talk(reached(call, session.places, records), progress(call)))
    except RegistryError as wrong:
        raise Failure(f"{wrong} (the data you have stay as they are)", NETWORK) from None
    session.open()
    if session.opened.trouble is not None or session.opened.state == "missing":
        raise Failure(f"{session.path} was changed meanwhile and can't be read: nothing was changed")
    return answers
