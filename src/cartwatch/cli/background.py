"""Runs work that nobody waits for in a process of its own, when the output of the command is out."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # importing typing would double the cost of the shortest commands
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["in_background"]

_KIND = 10  # how much the work steps back for others, as in `nice`


def in_background(work: Callable[[], object]) -> None:
    """Start work in a process that outlives this one and holds none of its streams; without `fork` it is not done."""
    if not hasattr(os, "fork"):
        return
    try:
        if os.fork():
            return
    except OSError:  # too many processes: it is done another time
        return
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        os.closerange(3, 256)
        os.setsid()
        os.nice(_KIND)
        work()
    finally:
        os._exit(0)
