"""Rates: n/N or a percentage, as published, with the 95 % interval."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import sqrt

__all__ = ["NamedRate", "Rate", "RateError", "read_named_rates", "read_rate", "wilson"]

_SHARE = r"([0-9]{1,3}(?:\.[0-9]{1,4})?) *%"
_COUNT = re.compile(rf"([0-9]{{1,7}}) *(?:/| of ) *([0-9]{{1,7}})(?: *[(\[] *{_SHARE} *[)\]])?")
_PERCENT = re.compile(rf"(<=|>=|[<>≤≥]?) *{_SHARE}")
_ALONE = re.compile(r"[0-9]{1,7}")
_BOUNDS = {"<=": "≤", ">=": "≥"}
_SHOWN = 60  # characters of a text inside a message
_Z95 = 1.959963984540054  # the 97.5 % point of the normal distribution


class RateError(ValueError):
    """The text is not a rate; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A published rate.

    `text` is the words of the file. `n` is the number of evaluable patients, `affected` how many had the event; where only a
    percentage of a known `n` was published, `affected` is set if just one whole number rounds to it, and `derived` is True.
    `percent` is 0 to 100; `bound` is the `<`, `≤`, `>` or `≥` before it, if only a limit was published.
    """

    text: str
    percent: float
    affected: int | None = None
    n: int | None = None
    derived: bool = False
    bound: str = ""

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest percentage that the published text allows."""
        beside = 1e-9 if self.bound in ("<", ">") else 0.0
        if self.bound in ("<", "≤"):
            return 0.0, self.percent - beside
        return (self.percent + beside, 100.0) if self.bound else (self.percent, self.percent)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval in percent; None for a bound or without a number of patients."""
        if not self.n or self.bound:
            return None
        affected = self.affected if self.affected is not None else self.percent / 100 * self.n
        low, high = wilson(affected, self.n)
        return 100 * low, 100 * high

    @property
    def counts(self) -> str:
        """The rate as `1/40`, `11% of 70`, `<5% of 70`, or `2.4%` without a number of patients."""
        if self.affected is not None and not self.derived:
            return f"{self.affected}/{self.n}"
        return f"{self.shown_percent} of {self.n}" if self.n else self.shown_percent

    @property
    def shown_percent(self) -> str:
        """The percentage as published; from n/N with one decimal below 10, and never 0 or 100 for some."""
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
        """The interval as `0–13%`; empty without a number of patients."""
        interval = self.interval
        if interval is None:
            return ""
        low, high = interval
        places = 1 if high < 1 or low > 99 else 0
        return f"{low:.{places}f}–{high:.{places}f}%"


@dataclass(frozen=True, slots=True)
class NamedRate:
    """A rate under the name of what it counts, as in `tocilizumab 12/40`."""

    name: str
    rate: Rate

    @property
    def text(self) -> str:
        """The name and the rate as written."""
        return f"{self.name} {self.rate.text}"

    @property
    def counts(self) -> str:
        """The name and the rate as `12/40`."""
        return f"{self.name} {self.rate.counts}"


def read_named_rates(text: str, n: int | None = None) -> tuple[NamedRate, ...]:
    """Parse `tocilizumab 12/40, steroids 12%`, the names before their rates. Raises RateError, also for a name given twice."""
    found: dict[str, NamedRate] = {}
    for item in filter(None, map(str.strip, text.split(","))):
        words = item.replace(":", " ").replace("=", " ").split()
        for at in range(1, len(words)):
            try:
                rate = read_rate(" ".join(words[at:]), n)
            except RateError as wrong:
                if at + 1 == len(words):
                    raise RateError(f"{wrong} after the name of the treatment") from None
                continue
            name = " ".join(words[:at])
            if name in found:
                raise RateError(f"{name} is given twice")
            found[name] = NamedRate(name, rate)
            break
        else:
            raise RateError(f"{item!r} has no rate: write it as in tocilizumab 12/40")
    return tuple(found.values())


def read_rate(text: str, n: int | None = None) -> Rate:
    """Parse `"n/N"`, `"n of N"`, `"n/N (x%)"`, a percentage or its bound (of `n` if known), or a bare count of `n`.

    Raises RateError for any other text, for more affected than treated, a share above 100 %, or counts and a
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
    """Return the one number of `n` patients that rounds to a published percentage, if there is just one."""
    whole, _, decimals = share.partition(".")
    percent, parts = int(whole + decimals), 200 * 10 ** len(decimals)
    low, high = -((n - 2 * percent * n) // parts), (2 * percent * n + n) // parts
    low, high = max(low, 0), min(high, n)
    return low if low == high else None


def wilson(affected: float, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a proportion, as fractions between 0 and 1.

    `affected` may be fractional if only a percentage was published.
    Source: Wilson EB, J Am Stat Assoc 1927;22:209; recommended for small n by Brown, Cai and DasGupta,
    Statist Sci 2001;16:101.
    Raises ValueError unless 0 <= affected <= n and n > 0.
    """
    if n <= 0 or not 0 <= affected <= n:
        raise ValueError(f"{affected} of {n} is not a proportion")
    p = affected / n
    z2 = _Z95 * _Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    low = 0.0 if affected == 0 else max(0.0, centre - half)
    high = 1.0 if affected == n else min(1.0, centre + half)
    return low, high
