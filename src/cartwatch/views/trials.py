"""Trials pane: registry data of each linked trial, their age, and the last change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.dates.format import iso
from cartwatch.domain.dates.moments import in_zone
from cartwatch.domain.difference import below, record_names
from cartwatch.domain.vocabulary import registry_words

from .facts import not_reported
from .lines import Line, Run
from .look import level_role

if TYPE_CHECKING:
    from datetime import date

    from cartwatch.domain.dates.window import Window
    from cartwatch.domain.program import Program, Trial

    from .look import Look

__all__ = ["STOPPED", "in_words", "trials"]

_OLD = 90  # days after which the age of registry data is shown
# ClinicalTrials.gov, glossary of terms, "recruitment status": the meaning of Unknown.
_UNKNOWN = "past its completion date, not verified for two years"
STOPPED = ("TERMINATED", "SUSPENDED", "WITHDRAWN")


def trials(program: Program, look: Look) -> tuple[Line, ...]:
    """Build the trials pane of a program."""
    if not program.trials:
        return (Line((Run("No trial is linked.", "quiet"),), path="trial"),)
    out: list[Line] = []
    for place, each in enumerate(program.trials):
        out += _trial(program, look, each, place)
    return tuple(out)


def _trial(program: Program, look: Look, trial: Trial, place: int) -> list[Line]:
    number = trial.number or str(place)
    path = below("trial", record_names(program.trials)[place])
    name = (Run(trial.name, "strong"), Run(f"  {number}", "link")) if trial.name else (Run(number, "strong"),)
    out = [Line(name, path=path, rule=place > 0)]
    names = {number, trial.name} - {None}
    waiting = [each.event or each.key for each in program.catalysts if each.trial in names and not each.closed]
    if waiting:
        out.append(Line((Run("; ".join(waiting)),), "Upcoming", path, 1))
    if trial.fetched is None:
        words = "never refreshed" if trial.nct else "not of ClinicalTrials.gov: never refreshed"
        out.append(Line((Run(words, "quiet"),), "Registry", f"{path}.fetched", 1))
        return out
    enrolment = f"{trial.enrollment:,}" if trial.enrollment is not None else None
    stopped = "overdue" if trial.status in STOPPED else ""
    rows = (
        ("status", "Status", in_words(trial.status), stopped, _quiet(_UNKNOWN) if trial.status == "UNKNOWN" else ()),
        ("why_stopped", "Why stopped", trial.why_stopped, stopped, ()),
        ("phase", "Phase", ", ".join(in_words(each) or "" for each in trial.phase), "", ()),
        ("enrollment", "Enrolment", _typed(enrolment, trial.enrollment_type), "", ()),
        ("start", "Start", _typed(_date(trial.start), trial.start_type), "", _lapsed(look, trial, "start")),
        (
            "primary_completion",
            "Primary completion",
            _typed(_date(trial.primary_completion), trial.primary_completion_type),
            "",
            _lapsed(look, trial, "primary_completion") or _quiet("a registry date, no readout"),
        ),
        (
            "completion",
            "Completion",
            _typed(_date(trial.completion), trial.completion_type),
            "",
            _lapsed(look, trial, "completion"),
        ),
        ("results_submitted", "Results submitted", _date(trial.results_submitted), "", _in_review(trial)),
        ("results_posted", "Results posted", _date(trial.results_posted), "", ()),
        ("updated", "Registry updated", _date(trial.updated), "", ()),
    )
    quiet = ("why_stopped", "results_submitted")
    for key, label, text, role, remark in rows:
        if text:
            out.append(Line((Run(text, role), *remark), label, f"{path}.{key}", 1))
        elif key not in quiet:
            out.append(not_reported(f"{path}.{key}", label, 1))
    return [*out, *_seen(look, trial, path)]


def _seen(look: Look, trial: Trial, path: str) -> list[Line]:
    """Show when the data were fetched, whether they were confirmed since, and the last change."""
    fetched = trial.fetched
    assert fetched is not None
    lines = []
    confirmed, changes = _sighted(look, trial)
    runs = [Run(iso(fetched.start) or fetched.text), *_age(look, fetched.start)]
    if confirmed is not None and (fetched.start is None or confirmed > fetched.start):
        runs = [Run(iso(fetched.start) or fetched.text), Run(f"  unchanged on {iso(confirmed)}")]
        runs += _age(look, confirmed)
    lines.append(Line(tuple(runs), "Fetched", f"{path}.fetched", 1))
    for place, (level, words, rule) in enumerate(changes[0]):
        told = (
            Run(f"{level}: ", level_role(level)),
            Run(look.plainly(words)),
            Run(f"  ({look.plainly(rule)})", "quiet"),
        )
        lines.append(Line(told, "Changed last" if place == 0 else " ", f"{path}.fetched", 1))
    if changes[1]:
        lines.append(Line((Run(changes[1], "quiet"),), " ", f"{path}.fetched", 1))
    return lines


def _sighted(look: Look, trial: Trial) -> tuple[date | None, tuple[list[tuple[str, str, str]], str]]:
    if not look.sightings or not trial.nct:
        return None, ([], "")
    from cartwatch.storage.sightings import read_sightings  # not before the first trial is shown

    known = read_sightings(look.sightings)
    confirmed = known.confirmed(trial.nct)
    moment = trial.fetched.instant if trial.fetched is not None else None
    last = known.last(trial.nct, moment)
    day = in_zone(confirmed, look.now.tzinfo).date() if confirmed is not None else None
    return day, ([(each.level, each.words, each.rule) for each in last], last[0].seen if last else "")


def _age(look: Look, day: date | None) -> list[Run]:
    """Describe the age of registry data."""
    if day is None:
        return []
    days = (look.today - day).days
    words = "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago" if days > 0 else ""
    return [Run(f"  {words}", "soon" if days >= _OLD else "quiet")] if words else []


def _quiet(remark: str) -> tuple[Run, ...]:
    return (Run(f"  {remark}", "quiet"),)


def _lapsed(look: Look, trial: Trial, key: str) -> tuple[Run, ...]:
    """Mark an estimated date that has passed and was not confirmed."""
    when: Window | None = getattr(trial, key)
    past = when is not None and when.end is not None and when.end < look.today
    return (Run("  lapsed, unconfirmed", "soon"),) if past and getattr(trial, f"{key}_type") == "ESTIMATED" else ()


def _in_review(trial: Trial) -> tuple[Run, ...]:
    in_review = trial.results_submitted is not None and trial.results_posted is None
    return (Run("  in review, not posted", "soon"),) if in_review else ()


def in_words(text: str | None) -> str | None:
    """Capitalize a registry value in words: `ACTIVE_NOT_RECRUITING`, `PHASE1`."""
    words = registry_words(text) if text else ""
    return words[:1].upper() + words[1:] or None


def _date(window: Window | None) -> str | None:
    return window.text if window is not None else None


def _typed(text: str | None, kind: str | None) -> str | None:
    return f"{text} ({kind.lower()})" if text and kind else text
