"""`cartwatch next`: prints the upcoming catalysts in agenda order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.context import a_span
from cartwatch.domain.agenda import agenda
from cartwatch.views.cells import countdown_text, guidance
from cartwatch.views.layout import WHOLE, Track, fit
from cartwatch.views.lines import Run
from cartwatch.views.look import COUNTDOWN, role_of

if TYPE_CHECKING:
    from cartwatch.cli.context import Call
    from cartwatch.domain.agenda import Item
    from cartwatch.views.look import Look

__all__ = ["run"]

_SPAN = 90  # days of --due alone
_EVENT, _SHORT = 28, 12  # cells of an event and of a countdown on a prompt
_ALL = 999  # cells, where there is room for every word
_ROOMS = ((100, _ALL), (70, COUNTDOWN), (0, 12))  # cells of the terminal, and how long a countdown may be there
_TRACKS = (
    Track("Countdown", WHOLE, WHOLE),
    Track("When", WHOLE, WHOLE, 95),
    Track("Program", 10, 14),
    Track("Catalyst", 14, 36, 90),
    Track("Kind", 6, 11, 20),
    Track("Sponsor", 10, 20, 10),
)


def run(call: Call) -> int:
    """Print the open catalysts; none is no error."""
    span = call.parsed.get("within")
    days = a_span(span, "within") if span is not None else None
    due, short = call.parsed.has("due"), call.parsed.has("short")
    if short and call.parsed.has("json"):
        raise UsageError("next takes --short or --json, not both")
    most = _number(call.parsed.get("number"))
    listing = call.listing(quiet=short)
    watchlist = listing.watchlist
    within = None if due else days
    ending = (days if days is not None else _SPAN) if due else None
    found = [each for each in agenda(watchlist, call.now, within=within, due=ending) if each.waiting]
    shown = found if most is None else found[:most]
    if call.parsed.has("json"):
        from cartwatch.views.documents import catalyst_document, head

        call.output.json({**head(call.now), "catalysts": [catalyst_document(each, call.now) for each in shown]})
        call.tell_problems(listing)
        return 0
    if short:
        _print_short(call, shown)
        return 0
    if shown:
        _print(call, shown)
    elif not len(watchlist):
        call.tell_empty(listing)
    elif not found:
        call.output.tell("no upcoming catalyst in that span" if days or due else "no upcoming catalyst")
    if len(found) > len(shown):
        call.output.tell(f"{len(found) - len(shown)} more")
    call.tell_problems(listing)
    return 0


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    raise UsageError(f'--number needs a whole number, not "{text}"')


def _print(call: Call, found: list[Item]) -> None:
    width = call.output.width
    room = next(most for least, most in _ROOMS if width is None or width >= least)
    rows = [_row(each, call.look, room) for each in found]
    call.print_table(_TRACKS, rows)


def _print_short(call: Call, found: list[Item]) -> None:
    """Print program, event and countdown, a line each, and no words about the rest: a prompt has no room for it."""
    for each in found:
        event = each.catalyst.event or each.catalyst.key
        if not call.output.plain:
            event = fit(event, _EVENT, ellipsis=call.ellipsis).rstrip()
        count = countdown_text(each.countdown, call.look, _SHORT)
        head = call.look.plainly(" · ").join((each.program.label, event, ""))
        call.output.runs([Run(head), Run(count, role_of(each.countdown))])


def _row(item: Item, look: Look, room: int) -> list[tuple[Run, ...]]:
    catalyst, count, glyphs = item.catalyst, item.countdown, look.glyphs
    return [
        (Run(countdown_text(count, look, room), role_of(count)),),
        guidance(item, look, *(() if room < _ALL else (_ALL,))),
        (Run(item.program.label, "strong"),),
        (Run(catalyst.event or catalyst.key),),
        (Run(catalyst.kind or glyphs.absent, "quiet"),),
        (Run(item.program.sponsor or glyphs.absent, "quiet"),),
    ]
