"""`cartwatch timeline`: draws the windows of catalysts as bars, in characters or as SVG."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.commands.list import sort_keys
from cartwatch.cli.context import a_day, a_span
from cartwatch.cli.output import Failure
from cartwatch.domain.dates.format import iso
from cartwatch.domain.description import counted
from cartwatch.domain.filters.parser import FilterError, matching, parse
from cartwatch.views.columns import ordered
from cartwatch.views.drawing import paint
from cartwatch.views.layout import wrap
from cartwatch.views.lines import Run
from cartwatch.views.time_axis import TimeSpan, span_of
from cartwatch.views.timeline import BY, kinds, left_out, legend, timeline, timeline_svg, widths

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cartwatch.cli.context import Call
    from cartwatch.domain.agenda import Item
    from cartwatch.domain.program import Program
    from cartwatch.views.look import Look

__all__ = ["run"]

_WIDTH = 100  # columns, without a terminal
_LEAST, _MOST = 40, 1000
_SHORTEST = 7  # days
_LONGEST = 36_525  # days: a hundred years


def run(call: Call) -> int:
    """Draw the catalysts of the programs that match the filter; none is no error."""
    parsed = call.parsed
    keys = sort_keys(parsed.get("sort"))
    by, form, width = _by(parsed.get("by")), _format(call), _width(call)
    span = _span(call)
    try:
        wanted = parse(" ".join(parsed.words))
    except FilterError as error:
        raise UsageError(str(error)) from None
    listing = call.listing()
    look = replace(call.look, ascii=call.look.ascii or parsed.has("ascii"))
    found = ordered(matching(listing.watchlist.programs, wanted, call.now), keys, look)
    if parsed.has("json"):
        _json(call, found, look, span)
    elif form == "svg":
        _svg(call, found, look, span)
    elif found:
        _draw(call, found, look, span, width, by)
    elif not len(listing.watchlist):
        call.tell_empty(listing)
    else:
        call.output.tell(f"none of {len(listing.watchlist)} programs matches")
    call.tell_problems(listing)
    return 0


def _draw(call: Call, programs: Sequence[Program], look: Look, span: TimeSpan, width: int, by: str) -> None:
    made = timeline(programs, look, span, width, by=by, moves=call.parsed.has("moves"))
    room = widths(width, by)
    first, last = (iso(each) for each in span.dates)
    if call.output.plain:
        _tell_rows(call, [each.item for row in made.rows for each in row.entries], f"{first} to {last}")
        return
    call.output.runs([Run("Timeline", "strong"), Run(look.plainly(f"  {first} – {last}"), "quiet")])
    for line in paint(made.drawing, track=room.track, left=room.left, right=room.right, ascii=look.ascii):
        call.output.runs(line)
    if not made.rows:
        call.output.line("No catalyst in these days")
    call.output.line()
    for line in wrap([(run.text, run.role) for run in legend(look, kinds(made.drawing))], width):
        call.output.runs(line)
    if rest := left_out(made.found, made.before, made.after):
        for line in wrap([(rest, "quiet")], width):
            call.output.runs(line)


def _tell_rows(call: Call, drawn: Sequence[Item], days: str) -> None:
    """Print the windows as sentences, for a screen reader."""
    call.output.line(f"Timeline {days}")
    for each in drawn:
        event = each.catalyst.event or each.catalyst.key
        call.output.line(f"{each.program.label}: {event}; {each.window.text}; {call.look.plainly(each.countdown.text)}")
    if not drawn:
        call.output.line("No catalyst in these days")


def _json(call: Call, programs: Sequence[Program], look: Look, span: TimeSpan) -> None:
    from cartwatch.views.documents import catalyst_document, head

    made = timeline(programs, look, span, _WIDTH)
    first, last = (iso(each) for each in span.dates)
    drawn = [catalyst_document(each.item, call.now) for row in made.rows for each in row.entries]
    missing = {"undated": made.found.undated, "unreadable": made.found.unreadable, "before": made.before, "after": made.after}
    call.output.json({**head(call.now), "from": first, "to": last, "catalysts": drawn, "not_drawn": missing})


def _svg(call: Call, programs: Sequence[Program], look: Look, span: TimeSpan) -> None:
    from cartwatch.formats.formats import ExportError, write_export

    drawn = timeline_svg(programs, look, span=span, most=1000)
    target = call.parsed.get("output")
    if not drawn:
        raise Failure("no catalyst in these days: nothing was drawn")
    if target is None or target == "-":
        call.output.document([f"{drawn}\n".encode()])
        return
    try:
        write_export(target, [f"{drawn}\n".encode()], force=call.parsed.has("force"), own=call.places())
    except ExportError as wrong:
        raise Failure(str(wrong)) from None
    call.output.tell(f"{target}: {counted(len(programs), 'program')} drawn")


def _by(text: str | None) -> str:
    if text is not None and text not in BY:
        raise UsageError(f'--by needs {" or ".join(BY)}, not "{text}"')
    return text or BY[0]


def _format(call: Call) -> str:
    target = call.parsed.get("output")
    form = call.parsed.get("format") or ("svg" if target is not None and target.lower().endswith(".svg") else "text")
    if form not in ("text", "svg"):
        raise UsageError(f'--format needs text or svg, not "{form}"')
    if form == "text" and target is not None:
        raise UsageError("--output writes a picture: add --format svg")
    return form


def _width(call: Call) -> int:
    text = call.parsed.get("width")
    if text is None:
        return max(call.output.width or _WIDTH, _LEAST)
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and _LEAST <= int(text) <= _MOST):
        raise UsageError(f'--width needs a number from {_LEAST} to {_MOST}, not "{text}"')
    return int(text)


def _span(call: Call) -> TimeSpan:
    """Read which days to show: from a day or around today, to a day or for a span. Raises UsageError."""
    first, last = (_day(call, each) for each in ("from", "to"))
    text = call.parsed.get("span")
    if text is not None and first is not None and last is not None:
        raise UsageError("--from, --to and --span: two of them are enough")
    days = _within(a_span(text, "span")) if text is not None else None
    if first is not None and last is not None:
        if last < first:
            raise UsageError(f"--to {iso(last)} lies before --from {iso(first)}")
        return TimeSpan(first.toordinal(), _within((last - first).days + 1)).moved(0)
    usual = span_of(call.today, 12)
    days = days or usual.days
    if last is not None:
        return TimeSpan(last.toordinal() - days + 1, days).moved(0)
    return TimeSpan(first.toordinal() if first is not None else call.today.toordinal() - days // 8, days).moved(0)


def _within(days: int) -> int:
    return min(max(days, _SHORTEST), _LONGEST)


def _day(call: Call, option: str) -> date | None:
    text = call.parsed.get(option)
    return a_day(text, option) if text is not None else None
