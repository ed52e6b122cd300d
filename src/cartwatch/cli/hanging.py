"""A line of output whose last part wraps under itself, as in a list of dated changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.views.lines import Run

from .layout import width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .call import Call

__all__ = ["print_hanging"]

_LEAST = 24  # cells: where there is less, the text goes below what it hangs on


def print_hanging(call: Call, head: Sequence[Run], text: Sequence[Run]) -> None:
    """Print `head`, and `text` beside it in the width that is left."""
    width = call.output.width
    room = width - width_of(head) if width is not None else None
    if room is not None and room < _LEAST:
        call.output.runs(head)
        head, room = (Run("    "),), max(width or 0, _LEAST) - 4
    indent = Run(" " * width_of(head))
    for place, line in enumerate(wrap(text, room)):
        call.output.runs([*(head if place == 0 else (indent,)), *line])
