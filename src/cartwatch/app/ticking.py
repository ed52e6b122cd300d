"""The one timer of the countdowns: aimed at the next moment at which something on screen changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.dates.saturating import next_midnight

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from textual.timer import Timer
    from textual.widget import Widget

__all__ = ["LONGEST", "Ticking", "pause_until"]

LONGEST = 60.0  # seconds without a look at the clock: how late a changed clock, or a wake from sleep, is noticed
_BEHIND = 0.003  # seconds past the moment, so that it is over when the clock is asked


def pause_until(moment: datetime | None, drawn: datetime, now: datetime) -> float:
    """Seconds from now to a moment or to the midnight after `drawn`, counted through a change of the clocks.

    At most LONGEST; nearly none where either passed between the drawing and now, as on a machine that is busy.
    """
    midnight = next_midnight(drawn)
    moments = [each.timestamp() for each in (midnight, moment) if each is not None]
    return max(_BEHIND, min(LONGEST, min(moments) - now.timestamp() + _BEHIND))


class Ticking:
    """Asks the clock, never counts: what is shown can't drift, whatever the timer does.

    `drawn` says as of when the screen is, `aim` gives the moment after one at which something visible changes first, `fire`
    is told the time whenever that may have come.
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
        """Aim anew: something else is on screen."""
        self.stop()
        drawn = self._drawn()
        pause = pause_until(self._aim(drawn), drawn, self._clock())
        self._timer = self._owner.set_timer(pause, self.ring, name="countdown")

    def ring(self) -> None:
        """The time has come, or a minute has passed."""
        self._fire(self._clock())
        self.arm()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
