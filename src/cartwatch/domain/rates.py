"""How often an event occurred: n/N or a percentage, as it was published, with its 95 % interval."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .statistics import wilson

__all__ = ["Rate", "RateError", "read_rate"]

_SHARE = r"([0-9]{1,3}(?:\.[0-9]{1,4})?) *%"
_COUNT = re.compile(rf"([0-9]{{1,7}}) *(?:/| of ) *([0-9]{{1,7}})(?: *[(\[] *{_SHARE} *[)\]])?")
_PERCENT = re.compile(rf"(<=|>=|[<>≤≥]?) *{_SHARE}")
_ALONE = re.compile(r"[0-9]{1,7}")
_BOUNDS = {"<=": "≤", ">=": "≥"}
_SHOWN = 60  # characters of a text inside a message


class RateError(ValueError):
    """The text is no rate; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A published rate.

    `text` is the words of the file. `n` is the number of evaluable patients, `affected` how many had the event; where only a
    percentage of a known `n` was published, `affected` is given if one whole number alone rounds to it, and `derived` says so.
    `percent` is 0 to 100; `bound` is the `<`, `≤`, `>` or `≥` before it, where only a limit was published.
    """

    text: str
    percent: float
    affected: int | None = None
    n: int | None = None
    derived: bool = False
    bound: str = ""

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest percentage that the published words allow."""
        beside = 1e-9 if self.bound in ("<", ">") else 0.0
        if self.bound in ("<", "≤"):
            return 0.0, self.percent - beside
        return (self.percent + beside, 100.0) if self.bound else (self.percent, self.percent)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval in percent, or None where there is only a bound or no number of patients."""
        if not self.n or self.bound:
            return None
        affected = self.affected if self.affected is not None else self.percent / 100 * self.n
        low, high = wilson(affected, self.n)
        return 100 * low, 100 * high

    @property
    def counts(self) -> str:
        """`1/40`, `11% of 70`, `<5% of 70`, or `2.4%` where no number of patients is known."""
        if self.affected is not None and not self.derived:
            return f"{self.affected}/{self.n}"
        return f"{self.shown_percent} of {self.n}" if self.n else self.shown_percent

    @property
    def shown_percent(self) -> str:
        """The percentage as published; from n/N, with one decimal below 10 where it has one, and never 0 or 100 for some."""
        if self.affected is None or self.n is None or self.derived:
            return self.bound + self.text.replace(" ", "").lstrip("<>=≤≥")
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
    """Read `"n/N"`, `"n of N"`, `"n/N (x%)"`, a percentage or its bound (of `n` where it is known), or a bare count of `n`.

    Raises RateError for what is none of these, for more affected than treated, a share above 100 %, or counts and a
    percentage that do not agree.
    """
    stripped = text.strip()
    shown = repr(stripped if len(stripped) <= _SHOWN else stripped[:_SHOWN] + "…")
    counted = _COUNT.fullmatch(stripped)
    if counted:
        return _counted(stripped, shown, int(counted[1]), int(counted[2]), counted[3])
    if n and _ALONE.fullmatch(stripped):
        return _counted(stripped, shown, int(stripped), n, None)
    share = _PERCENT.fullmatch(stripped)
    if share:
        percent, bound = float(share[2]), _BOUNDS.get(share[1], share[1])
        if percent > 100:
            raise RateError(f"{shown} is more than 100%")
        affected = _whole(share[2], n) if n and not bound else None
        return Rate(stripped, percent, affected, n or None, derived=affected is not None, bound=bound)
    raise RateError(f'{shown} is not a rate: write "n/N" (as in "1/40"), a percentage ("2.4%") or a bound ("<5%")')


def _counted(text: str, shown: str, affected: int, evaluable: int, share: str | None) -> Rate:
    if evaluable == 0:
        raise RateError(f"{shown} has no patients: leave it out where nothing is reported")
    if affected > evaluable:
        raise RateError(f"{shown} has more patients with the event than evaluable ones")
    percent = 100 * affected / evaluable
    if share is not None:
        places = len(share.partition(".")[2])
        if abs(percent - float(share)) > 0.5 / 10**places + 1e-9:
            raise RateError(f"{shown} does not agree with itself: {affected}/{evaluable} is {percent:.{places}f}%")
    return Rate(text, percent, affected, evaluable)


def _whole(share: str, n: int) -> int | None:
    """The one number of `n` patients that rounds to a published percentage, if there is just one."""
    whole, _, decimals = share.partition(".")
    percent, parts = int(whole + decimals), 200 * 10 ** len(decimals)
    low, high = -((n - 2 * percent * n) // parts), (2 * percent * n + n) // parts
    low, high = max(low, 0), min(high, n)
    return low if low == high else None
