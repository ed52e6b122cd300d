"""Timeline: the catalysts of some programs over their windows, with earlier guidance, outcomes and what cannot be drawn.

`entries` reads the catalysts, `arrange` gives them rows, `in_view` keeps the rows of a span, and `drawing` draws rows. The four
are apart because a key that scrolls needs the last two only. `timeline` is all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cartwatch.domain.agenda import items
from cartwatch.domain.dates.format import days_of, iso
from cartwatch.domain.runway import cash_until
from cartwatch.domain.slips import classify

from .catalysts import outcome_role, shift
from .drawing import Drawing, Lane, Mark, Tick, sign
from .layout import cells, fit
from .lines import Run
from .look import role_of
from .svg import picture
from .time_axis import TimeSpan, bands, grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.catalyst import Guidance
    from cartwatch.domain.dates.window import Window
    from cartwatch.domain.program import Program

    from .look import Look

__all__ = [
    "BY",
    "LEGEND",
    "Timeline",
    "TimelineItem",
    "TimelineItems",
    "TimelineRow",
    "Widths",
    "arrange",
    "drawing",
    "entries",
    "in_view",
    "kinds",
    "left_out",
    "legend",
    "slips_svg",
    "timeline",
    "timeline_svg",
    "told",
    "widths",
]

BY = ("catalyst", "program")
LEGEND = (
    ("solid", "open"),
    ("bar", "ahead or past"),
    ("vague", "approximate"),
    ("ghost", "earlier guidance"),
    ("day", "day"),
    ("deadline", "deadline"),
    ("cash", "cash lasts, at least"),
    ("right", "no end"),
    ("late", "overdue"),
    ("good", "good outcome"),
    ("bad", "bad outcome"),
    ("done", "other outcome"),
)
"""The kinds of marks and what they say, for a line below the picture."""
_FAR = 4_000_000  # days: beyond the last of the calendar
_QUARTER = 92  # days
_MEETING = 10  # days of a cell from which on a meeting would be drawn much too wide
_GAP = 2  # cells between two marks in one row
_CLEAR = 1e-3  # days: the last moment of a span lies so much before its end


class TimelineItem(NamedTuple):
    """A catalyst that can be drawn, with the first day and the day after the last of all its marks."""

    item: Item
    first: int
    last: int


class TimelineItems(NamedTuple):
    """The catalysts of some programs: those that can be drawn, and how many have no date or one that is unreadable."""

    entries: tuple[TimelineItem, ...]
    undated: int = 0
    unreadable: int = 0


class TimelineRow(NamedTuple):
    """One row: its catalysts, or one with the number of the earlier guidance that it shows alone."""

    entries: tuple[TimelineItem, ...]
    move: int | None = None
    lane: int = 0  # which row of its program it is, by program

    @property
    def program(self) -> Program:
        return self.entries[0].item.program


class Widths(NamedTuple):
    """The cells of the text on the left, of the track and of the text on the right; `name` of the left is the program."""

    left: int
    track: int
    right: int
    name: int


_LETTERS = Widths(52, 100, 26, 16)
"""Those of an SVG, in letters; its track counts for the names of the months alone."""


class Timeline(NamedTuple):
    """A drawing with its rows, and what is not in it."""

    drawing: Drawing
    rows: tuple[TimelineRow, ...]
    found: TimelineItems
    before: int
    after: int


def timeline(
    programs: Iterable[Program], look: Look, span: TimeSpan, width: int, *, by: str = "catalyst", moves: bool = False
) -> Timeline:
    """Draw the catalysts of some programs, in their order, over a span of days, for a width in cells."""
    found = entries(programs, look)
    room = widths(width, by)
    shown, before, after = in_view(arrange(found, span, room, by=by, moves=moves), span)
    return Timeline(drawing(shown, span, look, room, by=by), tuple(shown), found, before, after)


# ---- what is drawn, and where


def entries(programs: Iterable[Program], look: Look) -> TimelineItems:
    """Return the catalysts of some programs, those of each by their first day."""
    out: list[TimelineItem] = []
    counts = {"undated": 0, "unreadable": 0}
    for program in programs:
        mine = [(_entry(each), each) for each in items(program, look.now)]
        for entry, item in mine:
            if entry is None:
                counts["undated" if item.window.readable else "unreadable"] += 1
        out += sorted((entry for entry, _ in mine if entry is not None), key=_by_day)
    return TimelineItems(tuple(out), **counts)


def _by_day(entry: TimelineItem) -> tuple[int, int, str]:
    window = entry.item.window
    start = (window.start or window.end) if window.dated else None
    return (start.toordinal() if start else entry.first, entry.last, entry.item.catalyst.key)


def _entry(item: Item) -> TimelineItem | None:
    """Return a catalyst with the extent of its marks; None if its own window and its outcome have no dates."""
    catalyst = item.catalyst
    own = [item.window, catalyst.outcome_on if catalyst.closed else None]
    if not any(each is not None and each.dated for each in own):
        return None
    extents = [_extent(each) for each in (*own, *(move.when for move in catalyst.moves)) if each is not None and each.dated]
    return TimelineItem(item, min(first for first, _ in extents), max(last for _, last in extents))


def _extent(window: Window) -> tuple[int, int]:
    """Return the first day and the day after the last, as ordinals; an open end reaches to the end of days."""
    start = window.start.toordinal() if window.start is not None else None
    end = window.end.toordinal() + 1 if window.end is not None else _FAR
    return (min(start, end - 1) if start is not None else end - 1), end


def arrange(
    found: TimelineItems, span: TimeSpan, room: Widths, *, by: str = "catalyst", moves: bool = False
) -> list[TimelineRow]:
    """Give the catalysts their rows: one each, or those of a program in as few as have room for them.

    `moves` gives every earlier guidance a row of its own below its catalyst. The rows depend on the length of the span alone.
    """
    if by == "catalyst":
        return [row for entry in found.entries for row in _rows_of(entry, moves)]
    gap = -(-_GAP * span.days // max(room.track, 1))
    rows: list[TimelineRow] = []
    lanes: list[list[TimelineItem]] = []
    for entry in found.entries:
        if lanes and lanes[0][0].item.program is not entry.item.program:
            rows += [TimelineRow(tuple(each), lane=at) for at, each in enumerate(lanes)]
            lanes = []
        free = next((lane for lane in lanes if lane[-1].last + gap <= entry.first), None)
        if free is None:
            lanes.append([entry])
        else:
            free.append(entry)
    return rows + [TimelineRow(tuple(each), lane=at) for at, each in enumerate(lanes)]


def _rows_of(entry: TimelineItem, moves: bool) -> list[TimelineRow]:
    guided = [at for at, each in enumerate(entry.item.catalyst.moves) if each.when is not None and each.when.dated]
    return [TimelineRow((entry,)), *(TimelineRow((entry,), at) for at in (guided if moves else ()))]


def in_view(rows: Sequence[TimelineRow], span: TimeSpan) -> tuple[list[TimelineRow], int, int]:
    """Return the rows with a mark in the span, and how many catalysts lie wholly before and after it."""
    low, high = span.first, span.first + span.days
    shown = []
    before = after = 0
    for row in rows:
        inside = False
        for entry in row.entries:
            if entry.last <= low:
                before += row.move is None
            elif entry.first >= high:
                after += row.move is None
            else:
                inside = True
        if inside:
            shown.append(row)
    return shown, before, after


def widths(width: int, by: str = "catalyst") -> Widths:
    """Share a width among names, track and countdowns."""
    right = 13 if width < 120 else 19 if width < 180 else 27
    name = min(max(width * 4 // 25, 8), 16)
    left = name + 2 if by == "program" else min(max(width * 2 // 5, 16), 56)
    return Widths(left, max(width - left - right, 8), right, name)


# ---- drawing


def drawing(
    rows: Sequence[TimelineRow],
    span: TimeSpan,
    look: Look,
    room: Widths,
    *,
    by: str = "catalyst",
    cursor: TimelineItem | None = None,
) -> Drawing:
    """Draw rows over a span, with the grid, the meetings and today; the row of the catalyst under the cursor is marked."""
    lanes: list[Lane] = []
    above: Program | None = None
    for row in rows:
        here = cursor is not None and row.move is None and any(each.item is cursor.item for each in row.entries)
        cash = [_cash(row.program, look)] if row.program is not above and row.move is None else []
        marks = (
            *(mark for mark in cash if mark),
            *(mark for each in row.entries for mark in _marks(each, row.move, span, look)),
        )
        left = _left(row, look, room, by, named=row.program is not above)
        lanes.append(Lane(left, marks, _right(row, look, room, by, cursor), "cursor" if here else ""))
        above = row.program
    today = look.today.toordinal()
    known = bands(span) if room.track * _MEETING > span.days else ()
    names = [Tick(each.start, each.title.partition(" ")[0], "quiet", rule=False) for each in known]
    if span.scale.holds(today):
        near = 8 * span.days / room.track
        names = [*(each for each in names if abs(each.at - today) > near), Tick(today, "today", "today", rule=False)]
    return Drawing(
        span.scale,
        tuple(lanes),
        ticks=grid(span, room.track),
        above=tuple(sorted(names, key=lambda each: each.at)),
        bands=known,
        rules=(Mark("rule", today + 0.5, role="today", title="today"),),
    )


def _cash(program: Program, look: Look) -> Mark | None:
    """Draw the sponsor's runway from today to the first day on which its cash may end."""
    runway = program.company.runway if program.company is not None else None
    if runway is None or runway.when is None or runway.when.start is None or runway.when.start <= look.today:
        return None
    title = f"{program.sponsor}: {cash_until(runway.when)}"
    return Mark("cash", look.today.toordinal(), runway.when.start.toordinal(), "quiet", title=title)


def _left(row: TimelineRow, look: Look, room: Widths, by: str, *, named: bool) -> tuple[Run, ...]:
    item = row.entries[0].item
    ellipsis = "~" if look.ascii else "…"
    if row.move is not None:
        move = item.catalyst.moves[row.move]
        said = f"  said {move.said.text}" if move.said is not None else ""
        return (Run(" " * (room.name + 1)), Run(f"{row.move + 1} {move.when.text if move.when else ''}{said}", "ghost"))
    if by == "program":
        return (Run(item.program.label, "strong"),) if row.lane == 0 or named else ()
    name = fit(item.program.label if named else "", room.name, ellipsis=ellipsis)
    event = fit(item.catalyst.event or item.catalyst.key, room.left - room.name - 2, ellipsis=ellipsis)
    return (Run(name, "strong"), Run(" "), Run(event), Run(" "))


def _right(row: TimelineRow, look: Look, room: Widths, by: str, cursor: TimelineItem | None) -> tuple[Run, ...]:
    if row.move is not None:
        chain = [each.when for each in row.entries[0].item.catalyst.moves] + [row.entries[0].item.window]
        old, new = chain[row.move], chain[row.move + 1]
        if old is None or new is None:
            return ()
        move = classify(old, new)
        text, role = shift(look, move)
        return (Run(" "), Run(text if cells(text) < room.right else move.kind, role))
    items = [each.item for each in row.entries]
    item = next((each for each in items if cursor is not None and each is cursor.item), None)
    item = item or next((each for each in items if each.waiting), items[-1])
    if not item.waiting:
        role = outcome_role(item.catalyst.outcome)
        return (Run(" "), Run(item.catalyst.outcome or "", role))
    count = item.countdown
    text = look.plainly(count.text)
    return (Run(" "), Run(text if cells(text) < room.right else look.plainly(count.short), role_of(count)))


def _marks(entry: TimelineItem, move: int | None, span: TimeSpan, look: Look) -> list[Mark]:
    """Draw a catalyst: its earlier guidance, each numbered at its end, then its window, then its outcome."""
    item = entry.item
    moves = [(at, each) for at, each in enumerate(item.catalyst.moves) if move is None or at == move]
    guided = [(at, each.when, each) for at, each in moves if each.when is not None and each.when.dated]
    out = [_earlier(window, str(at + 1)[-1], f"guidance {at + 1}{_of(each)}") for at, window, each in guided]
    out += [each._replace(kind="", title="") for each in out if each.tip]  # above the guidance that came after it
    if move is not None:
        return out
    if item.window.dated:
        out += _edges(_window(item, look, role_of(item.countdown) or "ahead"), span)
    if not item.waiting and item.catalyst.outcome_on is not None and item.catalyst.outcome_on.dated:
        out += _edges(_outcome(item, item.catalyst.outcome_on), span)
    return out


def _of(move: Guidance) -> str:
    said = f", said {move.said.text}" if move.said is not None else ""
    return f"{said}: {move.when.text if move.when is not None else ''}"


def _earlier(window: Window, number: str, title: str) -> Mark:
    first, last = _extent(window)
    if window.is_day:
        return Mark("was", first + 0.5, role="ghost", title=title)
    return Mark("ghost", first, last, "ghost", tip=number if window.end is not None else "", title=title)


def _window(item: Item, look: Look, role: str) -> list[Mark]:
    """Draw a window: a day, a deadline with the time until it, an open end with an arrow, or a bar over its days."""
    window = item.window
    first, last = _extent(window)
    title = told(item)
    goal = window.is_day and (item.catalyst.kind or "").casefold() == "pdufa" and item.waiting
    if window.open_left or window.start is None or goal:
        if goal:  # the agency may act on any day until then
            first = min(look.today.toordinal(), first)
        return [Mark("thin", first, last, role, title=title), Mark("deadline", last, role=role, title=title)]
    if window.is_day:
        return [Mark("day", first + 0.5, role=role, title=title)]
    if window.end is None:
        return [Mark("vague", first, last, role, title=title), Mark("right", last, role=role, title=title)]
    kind = "solid" if item.countdown.state in ("open", "today") else "bar"
    vague, tip = "both" if window.approximate else "", "late" if item.overdue else ""
    return [Mark(kind, first, last, role, vague, tip, title)]


def _outcome(item: Item, window: Window) -> list[Mark]:
    role = outcome_role(item.catalyst.outcome)
    sign = role if role in ("good", "bad") else "done"
    first, last = _extent(window)
    title = told(item)
    if window.is_day:
        return [Mark(sign, first + 0.5, role=role, title=title)]
    return [Mark("vague", first, last, role, title=title), Mark(sign, (first + last) / 2, role=role, title=title)]


def _edges(marks: list[Mark], span: TimeSpan) -> list[Mark]:
    """Add a sign at the edge of the span beyond which marks go on, or lie."""
    low, high = span.scale
    role = marks[0].role
    first = min(each.start for each in marks)
    last = max(each.end or each.start + _CLEAR for each in marks)
    out = [each if each.kind != "right" else each._replace(start=high - _CLEAR) for each in marks]
    if first < low:
        out.append(Mark("before", low, role=role))
    if last > high and all(each.kind != "right" or first >= high for each in marks):
        out.append(Mark("after", high - _CLEAR, role=role))
    return out


# ---- in words


def told(item: Item) -> str:
    """Tell of a catalyst in one line: its program, its event, its window and its countdown or outcome."""
    window = item.window
    when = f"{window.text} ({days_of(window)})" if window.dated and window.text != days_of(window) else window.text
    event = f"{item.program.label}, {item.catalyst.event or item.catalyst.key}: {when or 'no date given'}"
    rough = ", approximate" if window.approximate else ""
    was = ", ".join(each.when.text for each in item.catalyst.moves if each.when is not None)
    return f"{event}{rough}, {item.countdown.text}" + (f"; earlier guidance: {was}" if was else "")


def left_out(found: TimelineItems, before: int = 0, after: int = 0) -> str:
    """Count the catalysts that are not drawn, `before` and `after` the days of the picture among them; "" if there are none."""
    parts = [
        (found.undated, "undated"),
        (found.unreadable, "unreadable"),
        (before, "before"),
        (after, "after"),
    ]
    words = ", ".join(f"{count} {text}" for count, text in parts if count)
    return f"Not drawn: {words}" if words else ""


def legend(look: Look, kinds: Iterable[str], width: int | None = None) -> tuple[Run, ...]:
    """Explain the signs of some kinds of marks in one line, as many as have room in it."""
    wanted = set(kinds)
    shown, used = [], 0
    for kind, words in LEGEND:
        used += cells(words) + 5 if kind in wanted else 0
        if kind in wanted and (width is None or used - 3 <= width):
            shown.append((kind, words))
    return tuple(
        run for kind, words in shown for run in (Run(sign(kind, ascii=look.ascii) + " ", "strong"), Run(words + "   ", "quiet"))
    )


def kinds(drawn: Drawing) -> set[str]:
    """Return the kinds of marks that can be seen in a drawing."""
    low, high = drawn.scale
    seen = [
        mark
        for lane in drawn.rows
        for mark in lane.marks
        if (mark.start < high and mark.end > low if mark.end else low <= mark.start < high)
    ]
    return {mark.kind for mark in seen} | {mark.tip for mark in seen} | {"vague" for mark in seen if mark.vague}


def timeline_svg(
    programs: Sequence[Program],
    look: Look,
    *,
    name: str = "timeline",
    span: TimeSpan | None = None,
    most: int = 60,
    styled: bool = True,
) -> str:
    """Draw the catalysts of some programs as an `svg` element, the first `most` rows of them; "" if there are none.

    Without a span it shows what is upcoming. `name` begins the ids in the picture. Its description tells every catalyst that
    it shows, and counts the others.
    """
    found = entries(programs, look)
    span = span or _coming(found, look)
    return _svg(found, span, look, name, "Timeline of catalysts", most, styled)


def slips_svg(programs: Sequence[Program], look: Look, *, name: str = "slips", most: int = 60, styled: bool = True) -> str:
    """Draw how guidance moved: each catalyst with earlier guidance, and a row for each of these; "" if none moved."""
    every = entries(programs, look)
    moved = tuple(each for each in every.entries if len(_rows_of(each, True)) > 1)
    ends = [each.last for each in moved if each.last < _FAR]
    if not ends:
        return ""
    first = min(each.first for each in moved)
    span = TimeSpan(first - 15, max(*ends, look.today.toordinal()) + 30 - first)
    return _svg(TimelineItems(moved), span, look, name, "How guidance moved", most, styled, moves=True)


def _svg(
    found: TimelineItems, span: TimeSpan, look: Look, name: str, title: str, most: int, styled: bool, *, moves: bool = False
) -> str:
    rows, before, after = in_view(arrange(found, span, _LETTERS, moves=moves), span)
    if not rows:
        return ""
    lines = [told(each.item) for row in rows[:most] for each in row.entries if row.move is None]
    if len(rows) > most:
        lines.append(f"{len(rows) - most} more are not drawn")
    lines.append(left_out(found, before, after))
    first, last = (iso(each) for each in span.dates)
    return picture(
        drawing(rows[:most], span, look, _LETTERS),
        name,
        title=f"{title}, {first} to {last}",
        told=". ".join(each for each in lines if each),
        left=_LETTERS.left,
        right=_LETTERS.right,
        styled=styled,
    )


def _coming(found: TimelineItems, look: Look) -> TimeSpan:
    """Return the span from a quarter before today to the end of what is upcoming: one year at least, two at most."""
    today = look.today.toordinal()
    ends = [each.last for each in found.entries if each.item.waiting and each.last < _FAR]
    return TimeSpan(today - _QUARTER, min(max(max(ends, default=0) + 15 - today, 365), 730) + _QUARTER).moved(0)
