"""Pieces of every view: runs of text with a role, lines, and panes of lines.

They are named tuples, as hundreds are made for each frame: one takes a third of the time of an instance of a frozen dataclass.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["ROLES", "Line", "Pane", "Run", "plain"]

ROLES = (
    "",  # ordinary text
    "strong",  # emphasized
    "quiet",  # "not reported", labels, secondary text
    "label",  # the name of a field, left of its value
    "heading",  # the title of a group of lines
    "open",  # a window that is open now
    "soon",  # ahead, and near
    "ahead",  # ahead
    "overdue",  # the window has ended without an outcome
    "done",  # an outcome is recorded
    "good",  # a favorable outcome
    "bad",  # an unfavorable outcome
    "unverified",  # the source is not checked
    "unread",  # an unreadable value
    "link",  # an address
    "accent",  # a mark set by cartwatch
    "prose",  # Markdown source
    "grid",  # the ground of a drawing: its grid and bands
    "ghost",  # earlier guidance in a drawing
    "today",  # the line of today in a drawing
)


class Run(NamedTuple):
    """A piece of text with its role (one of ROLES); never markup."""

    text: str
    role: str = ""


class Line(NamedTuple):
    """One line of a pane, before wrapping.

    `path` is the place of the fact in its program, as in `mechanism.targets` or `catalyst.balli-01-interim.when`: what an edit,
    a source or a history under the cursor is about; None where the line is no fact. `label` stands left of the value in a
    column of its own; `indent` counts levels. `cells`, where given, are the columns of a small table and replace `runs`.
    `rule` puts a space above. `ticks` marks a line whose text changes with the clock alone.
    """

    runs: tuple[Run, ...] = ()
    label: str = ""
    path: str | None = None
    indent: int = 0
    cells: tuple[tuple[Run, ...], ...] = ()
    rule: bool = False
    ticks: bool = False


class Pane(NamedTuple):
    """One pane of a program: a title, a mark behind it (as a count), and its lines."""

    key: str
    title: str
    lines: tuple[Line, ...]
    mark: str = ""


def plain(runs: tuple[Run, ...]) -> str:
    """Join the text of some runs, without their roles."""
    return "".join(each.text for each in runs)
