"""Forest plot of rates: each with its 95 % interval over a scale of 0 to 100 %, for `drawing` and `svg` to paint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .drawing import Drawing, Lane, Mark, Scale, Tick
from .lines import Run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cartwatch.domain.rates import Rate

    from .comparison import RateBlock, RateLine
    from .look import Look

__all__ = ["about", "figures", "forest", "rate_marks", "told"]

PERCENTS = Scale(0, 100.001)
"""From 0 up to 100 %, which is the last value inside."""
TICKS = tuple(Tick(at, f"{at}%") for at in (0, 25, 50, 75, 100))


def rate_marks(rate: Rate | None) -> tuple[Mark, ...]:
    """Return the marks of a rate: its interval and the rate in it, the rate alone, or an arrow for a published bound."""
    if rate is None:
        return ()
    at = rate.percent
    if rate.bound in ("<", "≤"):
        return (Mark("thin", 0, at), Mark("deadline", at), Mark("left", 0))
    if rate.bound:
        return (Mark("thin", at, 100), Mark("deadline", at), Mark("right", 100))
    interval = rate.interval
    if interval is None:
        return (Mark("alone", at, role="strong"),)
    return (Mark("thin", *interval), Mark("point", at, role="strong"))


def forest(rows: Iterable[tuple[tuple[Run, ...], Rate | None, tuple[Run, ...]]]) -> Drawing:
    """Draw rates, each with the text to its left and right."""
    return Drawing(PERCENTS, tuple(Lane(left, rate_marks(rate), right) for left, rate, right in rows), TICKS)


def figures(rate: Rate | None) -> tuple[str, str, str]:
    """Return percentage, counts and interval of a rate as texts; empty without a rate."""
    if rate is None:
        return ("", "", "")
    counts = rate.counts if rate.affected is not None and not rate.derived else f"of {rate.n}" if rate.n else "no n"
    return (rate.shown_percent, counts, rate.shown_interval or ("bound" if rate.bound else "no interval"))


def about(line: RateLine, look: Look) -> str:
    """Describe the data set of a rate: population, trial, cut-off and scale, each named where it is not reported."""
    data, report = line.data, line.report
    if data is None or report is None:
        return ""
    parts = [
        report.population or "population not reported",
        data.trial or "trial not reported",
        f"cut-off {report.cutoff.text}" if report.cutoff is not None else "cut-off not reported",
        report.scale or "scale not stated",
    ]
    if line.disputed:
        parts.append(f"source {', '.join(each.id for each in report.cite) or 'not named'}")
    return f" {look.glyphs.dot} ".join(parts)


def told(block: RateBlock, title: str, look: Look) -> str:
    """Tell a block of rates in words, for those who do not see the picture."""
    parts = []
    for line in block.lines:
        percent, counts, interval = figures(line.rate)
        rate = f"{percent} ({counts}), {interval}" if line.rate is not None else line.remark
        described = about(line, look)
        parts.append(f"{line.program.label}{f' ({described})' if described else ''}: {rate}")
    return f"{title}. {'; '.join(parts)}."
