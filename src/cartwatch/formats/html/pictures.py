"""Pictures of the page: of the whole list at its top, and of one program inside its section.

A picture is added here and nowhere else; the page frames it, and a narrow screen scrolls it sideways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cartwatch.views.comparison import FEWEST, MOST, compare, rate_blocks
from cartwatch.views.comparison_page import rate_pictures
from cartwatch.views.timeline import slips_svg, timeline_svg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.program import Program
    from cartwatch.views.look import Look

__all__ = ["Picture", "pictures_of_list", "pictures_of_program"]


_APART = (
    "Each data set has its own line. Populations, lines of therapy, scales and cut-offs differ: nothing is ranked or pooled. "
    "Intervals are calculated (Wilson, 95 %)."
)


class Picture(NamedTuple):
    """A drawing: its heading, its SVG with every text escaped, a caption, and the name that screen readers say."""

    title: str
    svg: str
    caption: str = ""
    spoken: str = ""


def pictures_of_list(programs: Sequence[Program], coming: Sequence[Item], look: Look) -> Iterator[Picture]:
    """Yield the pictures at the top; `coming` are the upcoming catalysts, in agenda order.

    Rates stand beside each other only where so few programs were chosen that they can be compared.
    """
    soonest = list({id(each.program): each.program for each in coming}.values())
    drawn = timeline_svg(soonest, look, styled=False)
    if drawn:
        caption = (
            "A bar is as long as its window, its ends dashed where they are approximate; a diamond is a day; "
            "a low dashed bar shows where guidance stood before."
        )
        yield Picture("Timeline", drawn, caption, "Timeline of catalysts; the table below says the same")
    moved = slips_svg(programs, look, styled=False)
    if moved:
        caption = "Earlier guidance is numbered, the first said first; below each catalyst a row for each says how it moved."
        yield Picture("Slips", moved, caption, "How guidance moved; the histories of the programs say the same")
    if FEWEST <= len(programs) <= MOST:
        found = compare(programs)
        forbids = " ".join(f"{each.topic}: {each.words}." for each in found.cautions)
        for title, svg in rate_pictures(found.rates, "compare", look, least=2, styled=False):
            yield Picture(
                title, svg, f"{_APART} {forbids}".strip(), f"{title} by data set; the sections of the programs say the same"
            )
            forbids = ""


def pictures_of_program(program: Program, anchor: str, look: Look) -> Iterator[Picture]:
    """Yield the pictures of one program, for its section: rates that several of its data sets report."""
    for title, svg in rate_pictures(rate_blocks([program]), anchor, look, least=2, styled=False):
        yield Picture(
            title,
            svg,
            _APART,
            f"{title} of {program.label} by data set; the section says the same",
        )
