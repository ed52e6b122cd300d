"""The few statistics that are shown: a binomial proportion with its Wilson score interval."""

from __future__ import annotations

from math import sqrt

__all__ = ["wilson"]

_Z95 = 1.959963984540054  # the 97.5 % point of the normal distribution


def wilson(affected: float, n: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of a proportion, as fractions between 0 and 1.

    `affected` of `n` patients; `affected` may be fractional where only a percentage was published.
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
