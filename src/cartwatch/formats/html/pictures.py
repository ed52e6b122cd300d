"""Pictures of the page: of the whole list at its top, and of one program inside its section.

A picture is added here and nowhere else; the page frames it, and a narrow screen scrolls it sideways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cartwatch.views.comparison import rate_blocks
from cartwatch.views.comparison_page import rate_pictures
from cartwatch.views.timeline import timeline_svg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.program import Program
    from cartwatch.views.look import Look

__all__ = ["Picture", "pictures_of_list", "pictures_of_program"]


class Picture(NamedTuple):
    """A drawing: its heading, its SVG with every text escaped, a caption, and the name that screen readers say."""

    title: str
    svg: str
    caption: str = ""
    spoken: str = ""


def pictures_of_list(coming: Sequence[Item], look: Look) -> Iterator[Picture]:
    """Yield the pictures at the top; `coming` are the upcoming catalysts, in agenda order."""
    programs = list({id(each.program): each.program for each in coming}.values())
    drawn = timeline_svg(programs, look, styled=False)
    if drawn:
        caption = (
            "A bar is as long as its window, its ends dashed where they are approximate; a diamond is a day; "
            "a low dashed bar shows where guidance stood before."
        )
        yield Picture("Timeline", drawn, caption, "Timeline of catalysts; the table below says the same")


def pictures_of_program(program: Program, anchor: str, look: Look) -> Iterator[Picture]:
    """Yield the pictures of one program, for its section: rates that several of its data sets report."""
    for title, svg in rate_pictures(rate_blocks([program]), anchor, look, least=2, styled=False):
        yield Picture(
            title,
            svg,
            "Each data set has its own line: populations, scales and cut-offs differ. Intervals are calculated (Wilson, 95 %).",
            f"{title} of {program.label} by data set; the section says the same",
        )
