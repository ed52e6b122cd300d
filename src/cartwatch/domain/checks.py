"""Checks a whole watchlist and gives advice, each with a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from .agenda import slides
from .fields import RawPath
from .provenance import last_checked
from .vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .catalyst import Catalyst
    from .cites import Cite
    from .dates.window import Window
    from .program import Program, Source
    from .safety import Frequency, OtherEvent, Report
    from .watchlist import Watchlist

__all__ = ["CODES", "STALE_DAYS", "Finding", "any_below_severe", "check"]

STALE_DAYS = 180  # days since its last check after which a program is stale

CODES = {
    "overdue": "a window has closed and no outcome is recorded",
    "any-below-severe": "fewer patients with an event at any grade than at grade 3 or higher",
    "gvhd-blank": "an allogeneic product without data on GVHD",
    "scale-missing": "graded rates without their grading scale",
    "source-unknown": "a fact cites a source that is not listed",
    "source-unread": "facts rest on a source that is not checked",
    "stale": f"a program was not checked for more than {STALE_DAYS} days",
    "false-day": "the last day of a month or quarter, where the source may have named the month or quarter",
    "outcome-early": "an outcome dated before its window opened",
    "outcome-missing": "a day on which it happened, but no outcome",
    "unsaid": "guidance counted from a day that is not recorded",
    "future": "a day in the future for something said, checked or published",
    "ledger-order": "earlier guidance out of order",
    "id-alike": "two ids that differ only in case, or in how accents are encoded",
    "trial-twice": "one trial linked to several programs",
}
"""Every code with its meaning."""

# Donor, cell-bank and cord-blood products contain another person's cells, so data on GVHD are needed.
_ALLOGENEIC = ("allogeneic donor", "iPSC", "cord blood")
# An agency may act before its date (13 of 28 recorded decisions did: reading/field.md §1c), a sponsor file before its guidance.
_MAY_BE_EARLY = ("pdufa", "approval", "chmp", "acceptance", "filing")


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of advice; `path` is the place in the data, as in ("program", 3, "catalyst", 0, "when")."""

    path: RawPath
    code: str
    message: str


def check(watchlist: Watchlist, today: date) -> tuple[Finding, ...]:
    """Return all advice in file order; problems of reading are reported by the reader and not repeated here."""
    found: list[Finding] = []
    linked: dict[str, Program] = {}
    ids: dict[str, Program] = {}
    for place, program in enumerate(watchlist.programs):
        path: RawPath = ("program", place)
        for rule in (_overdue, _rates, _gvhd, _citations, _stale, _days, _unsaid, _outcomes, _future, _ledgers):
            found.extend(Finding((*path, *below), code, message) for below, code, message in rule(program, today))
        twin = ids.setdefault(normalize("NFC", program.key).casefold(), program)
        if twin is not program:
            message = f"its id looks the same as that of {twin.label}: people and some file systems confuse the two; change it"
            found.append(Finding((*path, "id") if program.id else path, "id-alike", message))
        for at, trial in enumerate(program.trials):
            number = fold(trial.nct or "")
            other = linked.setdefault(number, program) if number else program
            if other is not program:
                message = f"{trial.nct} is linked to {other.label} too: is it a trial of both?"
                found.append(Finding((*path, "trial", at, "nct"), "trial-twice", message))
    return tuple(found)


_Advice = tuple[RawPath, str, str]


def _overdue(program: Program, today: date) -> Iterator[_Advice]:
    for place, each in enumerate(program.catalysts):
        if each.closed or each.when is None or each.when.end is None or each.when.end >= today:
            continue
        late = (today - each.when.end).days
        ago = "yesterday" if late == 1 else f"{late} days ago"
        message = f"{_event(each)}: {each.when.text} closed {ago} without an outcome: record it, or the new guidance"
        yield ("catalyst", place, "when"), "overdue", message


def _rates(program: Program, today: date) -> Iterator[_Advice]:
    for place, report in enumerate(program.safety.reports if program.safety else ()):
        path: RawPath = ("safety", "report", place)
        graded = False
        for name, label in (("crs", "CRS"), ("icans", "ICANS"), ("neurotox", "neurotoxicity"), ("gvhd", "GVHD")):
            frequency: Frequency | None = getattr(report, name)
            graded = graded or (name in ("crs", "icans") and frequency is not None and frequency.severe is not None)
            if frequency is not None and any_below_severe(frequency):
                yield (*path, name, "severe"), "any-below-severe", _fewer_words(label, frequency)
        for at, other in enumerate(report.other):
            if any_below_severe(other):
                yield (*path, "other", at, "severe"), "any-below-severe", _fewer_words(other.event or "event", other)
        if graded and report.scale is None:
            message = (
                f"{_data_set(report)}: CRS or ICANS of grade ≥3 without a scale: add scale, as in ASTCT 2019, if it is stated"
            )
            yield path, "scale-missing", message


def any_below_severe(rates: Frequency | OtherEvent) -> bool:
    """Whether fewer patients have an event at any grade than at grade 3 or higher."""
    if rates.any is None or rates.severe is None:
        return False
    if rates.any.n == rates.severe.n and rates.any.affected is not None and rates.severe.affected is not None:
        return rates.any.affected < rates.severe.affected
    return rates.any.percent < rates.severe.percent


def _fewer_words(label: str, rates: Frequency | OtherEvent) -> str:
    assert rates.any is not None
    assert rates.severe is not None
    return f"{label}: {rates.severe.counts} at grade ≥3 is more than {rates.any.counts} at any grade: check both"


def _gvhd(program: Program, today: date) -> Iterator[_Advice]:
    source = program.mechanism.source if program.mechanism else None
    if source not in _ALLOGENEIC:
        return
    safety = program.safety
    said = safety is not None and (
        (safety.gvhd is not None and (safety.gvhd.note or safety.gvhd.mitigation)) or any(each.gvhd for each in safety.reports)
    )
    if not said:
        message = f"{source}, without data on GVHD: add a rate, its mitigation, or safety.gvhd.note"
        yield ("mechanism", "source"), "gvhd-blank", message


def _citations(program: Program, today: date) -> Iterator[_Advice]:
    known = {each.id for each in program.sources}
    used: dict[str, int] = {}
    for path, cites in _cites(program):
        for each in cites:
            used[each.id] = used.get(each.id, 0) + 1
            if each.id not in known:
                yield path, "source-unknown", f'no source has the id "{each.id}": add [[program.source]], or correct the cite'
    unread = [
        (place, source)
        for place, source in enumerate(program.sources)
        if used.get(source.id or "") and not _is_dated(source.checked)
    ]
    if unread:  # one line a program: a line a source would hide everything else
        count = sum(used[source.id or ""] for _, source in unread)
        facts = "1 fact rests" if count == 1 else f"{count} facts rest"
        names = ", ".join(_source(source) for _, source in unread)
        what = f"{names}, which is not checked" if len(unread) == 1 else f"sources that are not checked ({names})"
        message = f"{facts} on {what}: read {'it' if len(unread) == 1 else 'them'}, then set checked"
        yield ("source", unread[0][0]), "source-unread", message


def _cites(program: Program) -> Iterator[tuple[RawPath, tuple[Cite, ...]]]:
    """Yield every place that cites, with its cites."""
    for name, cited in (program.cite or {}).items():
        yield ("cite", name), cited
    lists: tuple[tuple[RawPath, tuple[Any, ...]], ...] = (
        (("safety", "report"), program.safety.reports if program.safety else ()),
        (("designation",), program.designations),
        (("catalyst",), program.catalysts),
        (("trial",), program.trials),
    )
    for path, records in lists:
        for place, record in enumerate(records):
            if record.cite:
                yield (*path, place, "cite"), record.cite
    for place, catalyst in enumerate(program.catalysts):
        for at, move in enumerate(catalyst.moves):
            if move.cite:
                yield ("catalyst", place, "move", at, "cite"), move.cite


def _stale(program: Program, today: date) -> Iterator[_Advice]:
    day = last_checked(program)
    if day is not None and (today - day).days > STALE_DAYS:
        message = f"last checked on {day}, {(today - day).days} days ago: check its sources, then set checked"
        yield (("checked",) if program.checked is not None else ()), "stale", message


def _days(program: Program, today: date) -> Iterator[_Advice]:
    for place, each in enumerate(program.catalysts):
        window = each.when
        if each.closed or window is None or window.precision != "day" or window.end is None:
            continue
        unit = _last_day_of(window.end)
        if unit is None or (each.kind == "pdufa" and unit == "month") or _quoted(program, each.cite):
            continue
        message = f"{_event(each)}: {window.text} is the last day of a {unit}: write the {unit} if that is what the source says"
        yield ("catalyst", place, "when"), "false-day", message


def _unsaid(program: Program, today: date) -> Iterator[_Advice]:
    """Guidance that never comes nearer: it counts from today, because the day it was given is not recorded."""
    for place, each in enumerate(program.catalysts):
        if slides(each, today):
            assert each.when is not None
            message = f"{_event(each)}: {each.when.text} counts from today and moves with it: set said, the day of the guidance"
            yield ("catalyst", place, "when"), "unsaid", message


def _last_day_of(day: date) -> str | None:
    """Return the unit that a day ends: the day may have been entered for it."""
    if day != date.max and (day + timedelta(days=1)).day != 1:
        return None
    return "quarter" if day.month % 3 == 0 else "month"


def _quoted(program: Program, cites: tuple[Cite, ...]) -> bool:
    return any(each.quote or ((source := program.source(each.id)) is not None and source.quote) for each in cites)


def _outcomes(program: Program, today: date) -> Iterator[_Advice]:
    for place, each in enumerate(program.catalysts):
        on = each.outcome_on
        if on is None or on.end is None:
            continue
        if not each.closed:
            yield (
                ("catalyst", place, "outcome_on"),
                "outcome-missing",
                f"{_event(each)}: {on.text}, but no outcome: record the outcome",
            )
        start = each.when.start if each.when is not None and not each.when.open_left else None
        if each.closed and start is not None and on.end < start and each.kind not in _MAY_BE_EARLY:
            assert each.when is not None
            message = f"{_event(each)}: the outcome of {on.text} lies before {each.when.text}: check both dates"
            yield ("catalyst", place, "outcome_on"), "outcome-early", message


def _future(program: Program, today: date) -> Iterator[_Advice]:
    days: list[tuple[RawPath, str, Window | None]] = [(("checked",), "checked", program.checked)]
    for place, each in enumerate(program.catalysts):
        days.append((("catalyst", place, "said"), "said", each.said))
        days.append((("catalyst", place, "outcome_on"), "an outcome", each.outcome_on))
        for at, move in enumerate(each.moves):
            days.append((("catalyst", place, "move", at, "said"), "said", move.said))
    for place, source in enumerate(program.sources):
        days.append((("source", place, "checked"), "checked", source.checked))
        days.append((("source", place, "published"), "published", source.published))
    for path, what, window in days:
        if window is not None and window.start is not None and window.start > today:
            yield path, "future", f"{what} on {window.text}, which is in the future: check the date"


def _ledgers(program: Program, today: date) -> Iterator[_Advice]:
    for place, each in enumerate(program.catalysts):
        latest: Window | None = None
        for at, said in enumerate([*(move.said for move in each.moves), each.said]):
            if said is None or said.end is None or said.start is None:
                continue
            if latest is not None and latest.start is not None and said.end < latest.start:
                path: RawPath = ("catalyst", place, "move", at, "said") if at < len(each.moves) else ("catalyst", place, "said")
                message = f"{_event(each)}: said on {said.text}, after guidance of {latest.text}: put the oldest first"
                yield path, "ledger-order", message
            latest = said


def _is_dated(window: Window | None) -> bool:
    return window is not None and window.dated


def _event(catalyst: Catalyst) -> str:
    return catalyst.event or catalyst.key


def _data_set(report: Report) -> str:
    return report.population or report.trial or "data set"


def _source(source: Source) -> str:
    return source.id or source.title or "a source"
