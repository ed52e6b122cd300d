"""The words of the line at the top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.text import clean
from cartwatch.views.look import role_of

if TYPE_CHECKING:
    from cartwatch.app.display import Display
    from cartwatch.domain.agenda import Item
    from cartwatch.session.session import Session
    from cartwatch.views.layout import Runs
    from cartwatch.views.look import Look

__all__ = ["headline", "nearest_runs"]

_GAP = ("   ", "")


def headline(session: Session, display: Display, shown: int, look: Look) -> Runs:
    """The file, how many of its programs are shown, the filter, and what a person should know of the file."""
    name = clean(session.path.replace("\\", "/").rpartition("/")[2], limit=60)
    total = len(session.watchlist)
    runs: Runs = [(name, "title"), _GAP]
    if display.query:
        runs += [(f"{shown}", "strong"), (f" of {total}", "quiet"), _GAP, (f"/{clean(display.query, limit=40)}", "accent")]
    else:
        runs.append((f"{total} program{'' if total == 1 else 's'}", "quiet"))
    if display.marked:
        runs += [_GAP, (f"{len(display.marked)} marked", "accent")]
    if session.opened.readonly:
        runs += [_GAP, ("read only", "soon")]
    if session.trouble_outside is not None:
        runs += [_GAP, (clean(session.trouble_outside, limit=120), "soon")]
    if session.problems:
        count = len(session.problems)
        runs += [_GAP, (f"! {count} problem{'' if count == 1 else 's'}", "soon")]
    return runs


def nearest_runs(item: Item | None, look: Look) -> list[Runs]:
    """The nearest catalyst with its countdown, from long to short."""
    if item is None:
        return []
    count = item.countdown
    dot = (f" {look.glyphs.dot} ", "quiet")
    tail: Runs = [(look.plainly(count.text), role_of(count))]
    name: Runs = [(item.program.label, "strong")]
    window: Runs = [dot, (item.window.text, "")] if item.window.text else []
    event = item.catalyst.event or item.catalyst.key
    short = event if len(event) <= 32 else event[:31].rstrip() + ("~" if look.ascii else "…")
    return [
        [("next ", "quiet"), *name, ("  ", ""), (event, "quiet"), *window, ("  ", ""), *tail],
        [("next ", "quiet"), *name, ("  ", ""), (short, "quiet"), *window, ("  ", ""), *tail],
        [("next ", "quiet"), *name, *window, ("  ", ""), *tail],
        [*name, ("  ", ""), *tail],
        tail,
    ]
