"""`cartwatch reference`: prints the cards with the grades of CRS, ICANS and GVHD."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.commands.show import INDENT, print_pane
from cartwatch.views.reference import CARDS, cards_about, reference_pages

if TYPE_CHECKING:
    from cartwatch.cli.context import Call

__all__ = ["run"]

_WIDTH = 100  # cells in a pipe


def run(call: Call) -> int:
    """Print all cards, or those of one risk."""
    asked = call.parsed.words[0] if call.parsed.words else ""
    cards = cards_about(asked)
    if not cards:
        known = dict.fromkeys([*(risk for each in CARDS for risk in each.about), *(each.key for each in CARDS)])
        raise UsageError(f'there is no card "{asked}": choose from {", ".join(known)}')
    width = max(min(call.output.width or _WIDTH, _WIDTH) - len(INDENT), 20)
    for place, each in enumerate(reference_pages(cards, call.look, width)):
        if place:
            call.output.line()
        print_pane(call, each, width)
    return 0
