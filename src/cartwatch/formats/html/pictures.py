"""Pictures of the page: of the whole list at its top, and of one program inside its section.

A picture is added here and nowhere else; the page frames it, and a narrow screen scrolls it sideways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .timeline import MOST, timeline

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


def pictures_of_list(programs: Sequence[Program], coming: Sequence[Item], look: Look) -> Iterator[Picture]:
    """Yield the pictures at the top; `coming` are the upcoming catalysts, in agenda order."""
    drawn = timeline(coming, look.today)
    if drawn:
        dated = sum(each.window.dated for each in coming)
        left_out = f"The {MOST} that come first of {dated}. " if dated > MOST else ""
        caption = (
            "A bar is as long as its window, hatched where approximate or open; a dashed mark shows where it stood before."
        )
        yield Picture("Timeline", drawn, left_out + caption, "Timeline of upcoming catalysts; the table below says the same")


def pictures_of_program(program: Program, look: Look) -> Iterator[Picture]:
    """Yield the pictures of one program, for its section."""
    yield from ()
