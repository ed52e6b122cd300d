"""`cartwatch slips`: prints how guidance moved, by sponsor and by program, and against what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.cli.commands.show import print_lines
from cartwatch.cli.output import Failure
from cartwatch.domain.vocabulary import fold, nearest
from cartwatch.domain.watchlist import Ambiguous, Unknown
from cartwatch.views.slips import slips_document, slips_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.cli.context import Call
    from cartwatch.domain.program import Program
    from cartwatch.domain.watchlist import Watchlist

__all__ = ["run"]


def run(call: Call) -> int:
    """Print the slips of all programs, of one, or of one sponsor; none is no error."""
    asked = " ".join(call.parsed.words)
    listing = call.listing()
    programs = _asked(listing.watchlist, asked) if asked else listing.watchlist.programs
    if call.parsed.has("json"):
        from cartwatch.views.documents import head

        call.output.json({**head(call.now), **slips_document(programs, call.now)})
    elif not len(listing.watchlist):
        call.tell_empty(listing)
    else:
        print_lines(call, [line for _, line in slips_lines(programs, call.look, sponsors=len(programs) != 1)])
    call.tell_problems(listing)
    return 0


def _asked(watchlist: Watchlist, asked: str) -> Sequence[Program]:
    """Find a sponsor or a program: a sponsor's whole name first, then a program, then the beginning of a sponsor's name."""
    wanted = fold(asked)
    of_sponsor = [each for each in watchlist.programs if wanted and fold(each.sponsor or "") == wanted]
    if of_sponsor:
        return of_sponsor
    try:
        return (watchlist.find(asked),)
    except Ambiguous as ambiguous:
        raise Failure(str(ambiguous)) from None
    except Unknown:
        begun = [each for each in watchlist.programs if wanted and fold(each.sponsor or "").startswith(wanted)]
    if len({fold(each.sponsor or "") for each in begun}) == 1:
        return begun
    if begun:
        names = sorted({each.sponsor or "" for each in begun})
        raise Failure(f'"{asked}" may be {" or ".join(names)}')
    known = {name for each in watchlist.programs for name in (each.label, each.sponsor) if name}
    close = nearest(asked, sorted(known))
    hint = f'did you mean "{close}"?' if close else "`cartwatch list --columns program,sponsor` shows all"
    raise Failure(f'no program or sponsor is called "{asked}": {hint}')
