"""`cartwatch changes`: prints the changes in the journal with origin and time, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.cli.context import a_day
from cartwatch.cli.output import Failure
from cartwatch.domain.dates.moments import in_zone
from cartwatch.domain.watchlist import Ambiguous, Unknown
from cartwatch.session.session import Session
from cartwatch.storage.errors import StorageError
from cartwatch.storage.journal import Journal
from cartwatch.views.journaled import Told, by_line, told
from cartwatch.views.lines import Run

if TYPE_CHECKING:
    from datetime import datetime

    from cartwatch.cli.context import Call
    from cartwatch.storage.places import Places

__all__ = ["run"]

_ORIGINS = {"undo": "undo", "disk": "another application", "registry": "registry"}


def run(call: Call) -> int:
    """Print one line per change. A watchlist without changes is no error."""
    where = call.places()
    journal = Journal(where.journal)
    since = _since(call, where)
    session = _session(call, where)
    found = list(told(journal, session.watchlist, call.today, since))
    program = _program(session, " ".join(call.parsed.words), found) if call.parsed.words else None
    found = [each for each in found if program in (None, each.program)]
    if call.parsed.has("json"):
        from cartwatch.views.documents import head

        call.output.json({**head(call.now), "changes": [each.document() for each in found]})
        return 0
    lines = by_line(found)
    for each in lines:
        _print(call, each)
    if not lines:
        span = "" if since is None else f" since {in_zone(since):%Y-%m-%d %H:%M}"
        call.output.tell(f"no change{f' of {program}' if program else ''} in the journal{span}")
    if damaged := journal.damaged():
        call.output.tell(f"{damaged} damaged entries of {journal.path} were skipped")
    return 0


def _session(call: Call, where: Places) -> Session:
    """Open the watchlist for the names of programs; the journal is printed without it too."""
    import os

    session = Session(where.watchlist, call.today, where, origin="cli")
    try:
        opened = session.open()
    except StorageError as error:
        raise Failure(str(error)) from None
    if opened.state == "missing" and where.named and not os.path.exists(where.journal):
        raise Failure(f"{where.watchlist}: there is no such file")
    return session


def _program(session: Session, asked: str, found: list[Told]) -> str:
    """Find the key of a program; a deleted one is found by its former id, or a prefix of that."""
    try:
        return session.watchlist.find(asked).key
    except Unknown as unknown:
        gone = sorted({each.program for each in found if each.program.startswith(asked.casefold())})
        if len(gone) != 1:
            raise Failure(f"{unknown}, nor in the journal") from None
        return gone[0]
    except Ambiguous as error:
        raise Failure(str(error)) from None


def _since(call: Call, where: Places) -> datetime | None:
    from datetime import datetime

    text = call.parsed.get("since")
    if text is None:
        return None
    if text == "last-visit":
        return _last_visit(where)
    day = a_day(text, "since")
    return in_zone(datetime(day.year, day.month, day.day))


def _last_visit(where: Places) -> datetime:
    """Return the moment when the app last closed this watchlist. Raises Failure where it never did."""
    from datetime import datetime

    from cartwatch.storage.own_files import load_state

    here: Any = load_state(where.state)[0]
    for step in ("watchlist", where.key, "visited"):
        here = here.get(step) if isinstance(here, dict) else None
    if not isinstance(here, datetime):
        raise Failure("the app has not opened this watchlist yet: --since needs a day as in 2026-11-22")
    return in_zone(here)


def _print(call: Call, each: Told) -> None:
    change = each.change
    words = each.line
    words += f" ({each.level}: {each.rule}; {each.seen})" if each.level else ""
    head = [Run(f"{in_zone(change.at):%Y-%m-%d %H:%M}", "quiet"), Run("  ")]
    origin = Run(f"  ({_ORIGINS.get(change.origin, change.origin)})", "quiet")
    call.print_hanging(head, [Run(call.look.plainly(words)), *((origin,) if change.origin != "undo" else ())])
