"""`cartwatch compare`: prints two to eight programs side by side, rates by data set, and what forbids the comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.commands.show import INDENT, print_pane
from cartwatch.views.comparison import FEWEST, MOST, compare
from cartwatch.views.comparison_page import comparison_document, comparison_pages

if TYPE_CHECKING:
    from cartwatch.cli.context import Call

__all__ = ["run"]

_WIDTH = 140  # cells in a pipe


def run(call: Call) -> int:
    """Print the comparison of the named programs."""
    listing = call.listing()
    programs = list(dict.fromkeys(call.find(listing, each).key for each in call.parsed.words))
    if not FEWEST <= len(programs) <= MOST:
        raise UsageError(f"compare takes {FEWEST} to {MOST} programs, not {len(programs)}")
    found = compare([program for key in programs if (program := listing.watchlist.get(key)) is not None])
    if call.parsed.has("json"):
        from cartwatch.views.documents import head

        call.output.json({**head(call.now), **comparison_document(found, call.now)})
    else:
        width = max((call.output.width or _WIDTH) - len(INDENT), 20)
        for place, each in enumerate(comparison_pages(found, call.look, width)):
            if place:
                call.output.line()
            print_pane(call, each, width)
    call.tell_problems(listing)
    return 0
