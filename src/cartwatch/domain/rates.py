"""How often an event occurred: n/N or a percentage, as it was published, with its 95 % interval."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .statistics import wilson

__all__ = ["Rate", "RateError", "read_rate"]

_COUNT = re.compile(r"([0-9]{1,7}) */ *([0-9]{1,7})")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?) *%")
_SHOWN = 60  # characters of a text inside a message


class RateError(ValueError):
    """The text is no rate; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A published rate.

    `text` is the words of the file. `n` is the number of evaluable patients, `affected` how many had the event; where only a
    percentage of a known `n` was published, `affected` is given if one whole number alone rounds to it, and `derived` says so.
    `percent` is 0 to 100.
    """

    text: str
    percent: float
    affected: int | None = None
    n: int | None = None
    derived: bool = False

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval in percent, or None where the number of patients is not known."""
        if not self.n:
            return None
        affected = self.affected if self.affected is not None else self.percent / 100 * self.n
        low, high = wilson(affected, self.n)
        return 100 * low, 100 * high

    @property
    def counts(self) -> str:
        """`1/40`, `11% of 70`, or `2.4%` where no number of patients is known."""
        if self.affected is not None and not self.derived:
            return f"{self.affected}/{self.n}"
        return f"{self.shown_percent} of {self.n}" if self.n else self.shown_percent

    @property
    def shown_percent(self) -> str:
        """The percentage as published; from n/N, with one decimal below 10 where it has one, and never 0 or 100 for some."""
        if self.affected is None or self.n is None or self.derived:
            return self.text.replace(" ", "")
        tenths = (2000 * self.affected + self.n) // (2 * self.n)  # a half is rounded up
        if tenths == 0 and self.affected:
            return "<0.1%"
        if tenths == 1000 and self.affected < self.n:
            return ">99.9%"
        whole = (200 * self.affected + self.n) // (2 * self.n)
        return f"{tenths / 10:g}%" if tenths < 100 or (whole == 100 and tenths < 1000) else f"{whole}%"

    @property
    def shown_interval(self) -> str:
        """`0–13%`, or nothing where the number of patients is not known."""
        interval = self.interval
        if interval is None:
            return ""
        low, high = interval
        places = 1 if high < 1 or low > 99 else 0
        return f"{low:.{places}f}–{high:.{places}f}%"


def read_rate(text: str, n: int | None = None) -> Rate:
    """Read `"n/N"`, or a percentage (of `n` where it is known).

    Raises RateError for what is neither, for more affected than treated, for a share above 100 %.
    """
    stripped = text.strip()
    shown = repr(stripped if len(stripped) <= _SHOWN else stripped[:_SHOWN] + "…")
    counted = _COUNT.fullmatch(stripped)
    if counted:
        affected, evaluable = int(counted[1]), int(counted[2])
        if evaluable == 0:
            raise RateError(f"{shown} has no patients: leave it out where nothing is reported")
        if affected > evaluable:
            raise RateError(f"{shown} has more patients with the event than evaluable ones")
        return Rate(stripped, 100 * affected / evaluable, affected, evaluable)
    share = _PERCENT.fullmatch(stripped)
    if share:
        percent = float(share[1])
        if percent > 100:
            raise RateError(f"{shown} is more than 100%")
        affected_of_n = _whole(share[1], n) if n else None
        return Rate(stripped, percent, affected_of_n, n or None, derived=affected_of_n is not None)
    raise RateError(f'{shown} is not a rate: write "n/N" (as in "1/40") or a percentage (as in "2.4%")')


def _whole(share: str, n: int) -> int | None:
    """The one number of `n` patients that rounds to a published percentage, if there is just one."""
    whole, _, decimals = share.partition(".")
    percent, parts = int(whole + decimals), 200 * 10 ** len(decimals)
    low, high = -((n - 2 * percent * n) // parts), (2 * percent * n + n) // parts
    low, high = max(low, 0), min(high, n)
    return low if low == high else None
