"""iCalendar export of catalysts: one uid for each, which stays the same when guidance moves.

RFC 5545; SEQUENCE by RFC 5546 §2.1.4: it rises with every change, so that a calendar moves its entry and adds no second.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cartwatch.domain.addresses import is_web_address
from cartwatch.domain.dates.moments import in_zone, later_day
from cartwatch.storage.own_files import read_own
from cartwatch.storage.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from icalendar import Event

    from cartwatch.domain.catalyst import Catalyst
    from cartwatch.domain.dates.window import Window
    from cartwatch.domain.program import Program

__all__ = ["WINDOWS", "Exported", "calendar", "left_out"]

WINDOWS = ("last", "span", "edges")
"""How a window is drawn: one entry on its last day, one over all of it, or one on its first day and one on its last."""

_DIGITS = 16  # of the hash that identifies the content of an entry
_NO_DAY = datetime(1970, 1, 1, tzinfo=UTC)  # a constant stamp if the record gives no day of its own


class Exported:
    """Remembers each exported calendar entry of one watchlist, so that its SEQUENCE grows with every change and never falls.

    Without a path, or if the file cannot be read or written, numbers come from the records alone.
    """

    def __init__(self, path: str | None = None) -> None:
        self._path = path
        self._known: dict[str, Any] = read_own(path)[0] if path is not None else {}

    def revision(self, uid: str, content: str, least: int, stamp: datetime, now: datetime) -> tuple[int, datetime]:
        """Return the SEQUENCE and DTSTAMP of an entry: those exported last while its content stays, else greater ones.

        `content` identifies the exported entry, `least` and `stamp` come from the record itself.
        """
        sequence, before, known = _revision(self._known.get(uid))
        if known == content:
            return max(sequence, 0), before
        made = (least, stamp) if known is None else (max(least, sequence + 1), max(stamp, before, now.astimezone(UTC)))
        self._known[uid] = {"content": content, "sequence": made[0], "stamp": made[1].isoformat()}
        return made

    def save(self) -> None:
        """Write the file. If that fails the calendar is still right, but a later one cannot know of it."""
        if self._path is not None:
            with suppress(OSError):
                write_whole(self._path, json.dumps(self._known).encode())


def _revision(entry: Any) -> tuple[int, datetime, str | None]:
    """Return sequence, stamp and content of an entry of the file; none of a damaged one."""
    if not isinstance(entry, dict) or not isinstance(entry.get("content"), str):
        return -1, _NO_DAY, None
    try:
        stamp = datetime.fromisoformat(str(entry.get("stamp")))
    except ValueError:
        stamp = _NO_DAY
    given: Any = entry.get("sequence")
    sequence = given if type(given) is int and 0 <= given < 2**31 else 0
    content: str = entry["content"]
    return sequence, stamp if stamp.tzinfo is not None else _NO_DAY, content


def calendar(
    programs: Iterable[Program],
    *,
    title: str = "cartwatch",
    windows: str = "last",
    exported: Exported | None = None,
    now: datetime | None = None,
) -> bytes:
    """Build the calendar of every dated catalyst of some programs, byte for byte the same for the same programs.

    `exported` remembers the entries of earlier calendars; a changed one gets a greater SEQUENCE, and `now` as its
    DTSTAMP. Undated and unreadable catalysts are left out (`left_out` counts them). Raises ValueError for unknown `windows`.
    """
    if windows not in WINDOWS:
        raise ValueError(f"windows are drawn as {', '.join(WINDOWS)}, not {windows}")
    from icalendar import Calendar

    out = Calendar()
    out.add("prodid", "-//cartwatch//watchlist//EN")
    out.add("version", "2.0")
    out.add("x-wr-calname", title)
    memory = exported or Exported()
    for program in programs:
        for catalyst in program.catalysts:
            for event in _events(program, catalyst, windows):
                content = sha256(event.to_ical()).hexdigest()[:_DIGITS]
                least, stamp = len(catalyst.moves) + catalyst.closed, _stamp(program, catalyst)
                sequence, stamp = memory.revision(str(event["uid"]), content, least, stamp, now or stamp)
                event.add("dtstamp", stamp)
                event.add("sequence", sequence)
                out.add_component(event)
    memory.save()
    ics: bytes = out.to_ical()
    return ics


def left_out(programs: Iterable[Program]) -> int:
    """Count the catalysts without a readable date, which a calendar leaves out."""
    return sum(each.when is None or not each.when.dated for program in programs for each in program.catalysts)


def _events(program: Program, catalyst: Catalyst, windows: str) -> Iterator[Event]:
    window = catalyst.when
    if window is None or not window.dated:
        return
    uid = f"{program.key}.{catalyst.key}@cartwatch"
    happened = catalyst.outcome_on if catalyst.closed and catalyst.outcome != "withdrawn" else None
    if happened is not None and happened.is_day:
        window = happened  # on the day it happened, not the day it was expected
    if window.is_day and window.start is not None:
        yield _event(program, catalyst, uid, window.start, window.start, "", exact=window)
    elif window.end is None:
        assert window.start is not None
        yield _event(program, catalyst, uid, window.start, window.start, f"not before: {window.text}")
    elif windows == "span" and window.start is not None and not window.open_left:
        yield _event(program, catalyst, uid, window.start, window.end, f"window: {window.text}")
    else:
        if windows == "edges" and window.start is not None and not window.open_left:
            yield _event(program, catalyst, f"opens.{uid}", window.start, window.start, f"window opens: {window.text}")
        word = "window" if catalyst.closed else "no later than" if window.open_left else "window closes"
        yield _event(program, catalyst, uid, window.end, window.end, f"{word}: {window.text}")


def _event(
    program: Program, catalyst: Catalyst, uid: str, first: date, last: date, mark: str, exact: Window | None = None
) -> Event:
    """Build an entry over some days; `exact` is the day, or the moment, that is known."""
    from icalendar import Event

    assert catalyst.when is not None
    event = Event()
    event.add("uid", uid)
    outcome = f" ({catalyst.outcome})" if catalyst.closed else ""
    precision = f" [{mark}]" if mark else ""
    event.add("summary", f"{program.label}: {catalyst.event or catalyst.key}{outcome}{precision}")
    if exact is not None and exact.instant is not None and exact.instant.tzinfo is not None:
        event.add("dtstart", in_zone(exact.instant, UTC))
    else:
        event.add("dtstart", first)
        event.add("dtend", later_day(last, 1))  # exclusive
    event.add("status", _status(catalyst, exact))
    event.add("transp", "TRANSPARENT")
    event.add("description", _description(program, catalyst, catalyst.when))
    cited = (program.source(each.id) for each in catalyst.cite)
    links = [each.url for each in cited if each is not None and each.url and is_web_address(each.url)]
    if links:
        event.add("url", links[0])
    return event


def _status(catalyst: Catalyst, exact: Window | None) -> str:
    if catalyst.outcome == "withdrawn":
        return "CANCELLED"
    return "CONFIRMED" if exact is not None and not exact.approximate else "TENTATIVE"


def _stamp(program: Program, catalyst: Catalyst) -> datetime:
    """Return when the record last changed: its outcome, its guidance, or the publishing of its source."""
    days = [each.end for each in (catalyst.outcome_on, catalyst.said) if each is not None and each.end is not None]
    for cite in catalyst.cite:
        source = program.source(cite.id)
        if source is not None and source.published is not None and source.published.end is not None:
            days.append(source.published.end)
    return datetime(*max(days).timetuple()[:3], tzinfo=UTC) if days else _NO_DAY


def _description(program: Program, catalyst: Catalyst, window: Window) -> str:
    lines = [f"Guidance: {window.text}"]
    if window.start != window.end or window.approximate:
        first = "open" if window.start is None or window.open_left else window.start.isoformat()
        last = "open" if window.end is None else window.end.isoformat()
        about = ", approximate" if window.approximate else ""
        lines.append(f"Window: {first} to {last} ({window.precision}{about})")
    if catalyst.outcome:
        on = f", {catalyst.outcome_on.text}" if catalyst.outcome_on is not None else ""
        lines.append(f"Outcome: {catalyst.outcome}{on}")
    if catalyst.said is not None:
        lines.append(f"Said: {catalyst.said.text}")
    lines += [f"Earlier: {each.when.text}" for each in reversed(catalyst.moves) if each.when is not None]
    for cite in catalyst.cite:
        source = program.source(cite.id)
        told = source.title or cite.id if source is not None else cite.id
        lines.append(f"Source: {told}" + (f": “{cite.quote}”" if cite.quote else ""))
    if catalyst.note:
        lines.append(catalyst.note)
    return "\n".join(lines)
