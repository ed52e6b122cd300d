"""Countdown timer: fires at the next moment at which a visible text changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.dates.moments import next_midnight

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.timer import Timer
    from textual.widget import Widget

__all__ = ["LONGEST", "Ticking", "pause_until"]

LONGEST = 60.0  # longest seconds between looks at the clock, to notice a changed clock or a wake from sleep
_BEHIND = 0.003  # seconds added, so that the moment has passed when the clock is read


def pause_until(moment: datetime | None, drawn: datetime, now: datetime) -> float:
    """Return the seconds from now to a moment or to the midnight after `drawn`, across clock changes.

    At most LONGEST; nearly zero if either passed between the drawing and now, as on a busy machine.
    """
    midnight = next_midnight(drawn)
    moments = [each.timestamp() for each in (midnight, moment) if each is not None]
    return max(_BEHIND, min(LONGEST, min(moments) - now.timestamp() + _BEHIND))


class Ticking:
    """Timer that asks the clock and never counts, so that countdowns can't drift.

    `drawn` returns the moment that the screen shows, `aim` the first moment after a given one at which a visible text
    changes; `fire` is called with the time when that moment may have come.
    """

    def __init__(
        self,
        owner: Widget,
        clock: Callable[[], datetime],
        drawn: Callable[[], datetime],
        aim: Callable[[datetime], datetime | None],
        fire: Callable[[datetime], None],
    ) -> None:
        self._owner = owner
        self._clock = clock
        self._drawn = drawn
        self._aim = aim
        self._fire = fire
        self._timer: Timer | None = None

    def arm(self) -> None:
        """Set the timer again after the screen changed."""
        self.stop()
        drawn = self._drawn()
        pause = pause_until(self._aim(drawn), drawn, self._clock())
        self._timer = self._owner.set_timer(pause, self.ring, name="countdown")

    def ring(self) -> None:
        """Fire the timer, at its moment or after a minute."""
        self._fire(self._clock())
        self.arm()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
