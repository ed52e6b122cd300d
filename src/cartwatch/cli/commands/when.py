"""`cartwatch when`: prints how a date phrase is read as a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.cli.context import a_day
from cartwatch.domain.dates.countdown import countdown
from cartwatch.domain.dates.format import days_of, precision_words
from cartwatch.domain.dates.parser import read_window, why_unreadable
from cartwatch.views.layout import WHOLE, Track
from cartwatch.views.lines import Run
from cartwatch.views.look import COUNTDOWN, role_of

if TYPE_CHECKING:
    from datetime import date

    from cartwatch.cli.context import Call
    from cartwatch.domain.dates.window import Window

__all__ = ["run"]

_TRACKS = (
    Track("Phrase", 10, 16),
    Track("Days", WHOLE, WHOLE),
    Track("Precision", 7, 20, 10),
    Track("Countdown", WHOLE, WHOLE, 20),
)
_ROOM = 90  # cells from which a countdown shows both ends of a window


def run(call: Call) -> int:
    """Print one line per phrase, in the given order; return 1 if one is unreadable."""
    said = call.parsed.get("said")
    as_of = a_day(said, "said") if said is not None else None
    windows = [read_window(each, as_of, call.today) for each in call.parsed.words]
    if call.parsed.has("json"):
        from cartwatch.views.documents import head, window_document

        call.output.json({**head(call.now), "windows": [window_document(each, call.now) for each in windows]})
    else:
        call.print_table(_TRACKS, [_row(each, call, as_of) for each in windows])
    return 0 if all(each.readable for each in windows) else 1


def _row(window: Window, call: Call, said: date | None) -> list[tuple[Run, ...]]:
    look = call.look
    count = countdown(window, call.now)
    roomy = call.output.width is None or call.output.width >= _ROOM or len(count.text) <= COUNTDOWN
    dash = look.glyphs.absent
    if not window.readable:
        nothing = (Run(dash, "quiet"),)
        why = why_unreadable(window.text, said, call.today)
        why = "no year, and no --said" if why == "names no year" else why
        return [(Run(window.text, "unread"),), (Run(why, "unread"),), (Run("unreadable", "unread"),), nothing]
    return [
        (Run(window.text or '""', "strong"),),
        (Run(look.plainly(days_of(window)) or dash, "" if window.dated else "quiet"),),
        (Run(precision_words(window)),),
        (Run(look.plainly(count.text if roomy else count.short), role_of(count)),),
    ]
