"""Compares two states of a registry record by precision and type; each change has a weight and its rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from cartwatch.domain.vocabulary import registry_words
from cartwatch.proposals.model import RecordChange

from .record import DATED, Facts, RegistryDate, StudyRecord, read_date, trial_facts

__all__ = ["CRITICAL", "LEVELS", "MINOR", "NOTABLE", "compare", "first_seen", "in_brief", "same_day"]

CRITICAL, NOTABLE, MINOR = "critical", "notable", "minor"
LEVELS = (CRITICAL, NOTABLE, MINOR)

_STOPPED = frozenset({"TERMINATED", "SUSPENDED", "WITHDRAWN"})
_NAMES = {"start": "start", "primary_completion": "primary completion", "completion": "study completion"}
_ENROLLED_SHARE = 0.20
_MOVED_DAYS = 30


def compare(old: StudyRecord | Facts, new: StudyRecord | Facts) -> list[RecordChange]:
    """Return the changes from one state of a record to the next, the weightiest first.

    Either may be a record or its facts in a watchlist file (those have no sponsor and no outcomes, which are then
    not compared). A trial without a status has never been fetched: nothing has changed. Not compared, being noise: stamps,
    the order of lists, case and punctuation, sites, the registry's derived section, titles and conditions.
    One event gives one change: a start date that is confirmed by a trial leaving "not yet recruiting" is reported with the
    status, a study completion that moves just as the primary one does with that.
    """
    before, after = _state(old), _state(new)
    if not before.get("status"):
        return []
    changes = [*_status(before, after), *_dates(before, after), *_design(before, after), *_results(before, after)]
    return sorted(changes, key=lambda each: LEVELS.index(each.level))


def first_seen(before: date | datetime | None, after: date | datetime) -> str:
    """Describe when a change was first seen: between the last fetch without it and the first with it."""
    later = _day(after)
    earlier = _day(before) if before is not None else ""
    if not earlier or earlier > later:
        return f"the registry record changed, first seen by {later}"
    span = f"on {later}" if earlier == later else f"between {earlier} and {later}"
    return f"the registry record changed, first seen {span}"


def in_brief(trial: StudyRecord) -> str:
    """Summarize a record: status, phase, enrolment and primary completion."""
    told = [
        _current(trial.status, trial.last_known_status) if trial.status else "status not given",
        *(_phases(trial.phases) or ()),
    ]
    if trial.enrollment is not None:
        kind = f" {trial.enrollment_type.lower()}" if trial.enrollment_type else ""
        told.append(f"{trial.enrollment:,} participants{kind}")
    if trial.primary_completion is not None:
        told.append(f"primary completion {_dated(trial.primary_completion)}")
    if trial.results_in_review:
        told.append("results in review")
    elif trial.has_results:
        told.append("results posted")
    return ", ".join(told)


def _phases(phases: tuple[str, ...]) -> tuple[str, ...]:
    """Format phases as one word: `phase 1/phase 2`."""
    return ("/".join(map(registry_words, phases)),) if phases and phases != ("NA",) else ()


def _current(status: str, last_known: str | None) -> str:
    """Describe a status; for an unknown one also the last known."""
    return f"unknown, last known {registry_words(last_known)}" if status == "UNKNOWN" and last_known else registry_words(status)


def same_day(old: RegistryDate, new: RegistryDate) -> bool:
    """Whether two dates agree at the coarser precision: `2026-12` and `2026-12-31` do."""
    return all(one == other for one, other in zip(old.parts, new.parts, strict=False))


def _day(moment: date | datetime) -> str:
    return (moment.date() if isinstance(moment, datetime) else moment).isoformat()


def _state(state: StudyRecord | Facts) -> Mapping[str, object]:
    if not isinstance(state, StudyRecord):
        return {**state, "in_review": bool(state.get("results_submitted")) and not state.get("results_posted")}
    return {
        **trial_facts(state, datetime.min),
        "last_known": state.last_known_status,
        "sponsor": state.sponsor,
        "collaborators": state.collaborators,
        "interventions": tuple(each.name for each in state.interventions),
        "primary_outcomes": state.primary_outcomes,
        "posted": state.has_results,
        "in_review": state.results_in_review,
    }


def _text(state: Mapping[str, object], name: str) -> str | None:
    value = state.get(name)
    return value if isinstance(value, str) and value else None


def _list(state: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = state.get(name)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list | tuple) else ()


def _bare(text: str) -> str:
    """Normalize text for comparison: ignore case, punctuation and runs of spaces."""
    return " ".join("".join(each if each.isalnum() else " " for each in text.casefold()).split())


def _status(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[RecordChange]:
    old, new = _text(before, "status"), _text(after, "status")
    if old and not new:
        words = f"status {registry_words(old)} → not given"
        yield RecordChange("status", old, None, NOTABLE, "no longer given", words)
    if old and new and old != new:
        words = f"status {registry_words(old)} → {_current(new, _text(after, 'last_known'))}"
        if _started(before, after):
            began = read_date(after.get("start"))
            words += f" (start {began.text} actual)" if began else ""
        stopped = new in _STOPPED
        rule = "terminated, suspended or withdrawn" if stopped else "any other change of status"
        yield RecordChange("status", old, new, CRITICAL if stopped else NOTABLE, rule, words)
    why, reason = _text(before, "why_stopped"), _text(after, "why_stopped")
    if reason and not why:
        words = f"a reason to stop appears: {reason}"
        yield RecordChange("why_stopped", None, reason, CRITICAL, "a reason to stop appears", words)
    elif why and _bare(why) != _bare(reason or ""):
        words = f"reason to stop reworded: {reason}" if reason else "reason to stop no longer given"
        yield RecordChange("why_stopped", why, reason, MINOR, "any other change", words)


def _started(before: Mapping[str, object], after: Mapping[str, object]) -> bool:
    """Whether the trial left "not yet recruiting" and its start date changed from estimated to actual."""
    left = before.get("status") == "NOT_YET_RECRUITING" != after.get("status")
    return left and before.get("start_type") == "ESTIMATED" and after.get("start_type") == "ACTUAL"


def _date(state: Mapping[str, object], name: str) -> RegistryDate | None:
    return read_date(state.get(name), _text(state, f"{name}_type"))


def _dates(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[RecordChange]:
    pairs = {name: (_date(before, name), _date(after, name)) for name in DATED}
    if pairs["start"][0] is not None and not _started(before, after):  # a file may hold no start: then none is new
        yield from filter(None, [_moved("start", *pairs["start"])])
    primary, whole = (_moved(name, *pairs[name]) for name in ("primary_completion", "completion"))
    if primary and whole and _days(*pairs["primary_completion"]) == _days(*pairs["completion"]):
        primary, whole = replace(primary, words=f"{primary.words} (study completion likewise)"), None
    yield from filter(None, [primary, whole])


def _moved(name: str, old: RegistryDate | None, new: RegistryDate | None) -> RecordChange | None:
    """Return the change of one date at the coarser precision, or of its type."""
    if old is None or new is None:
        if old is None and new is None:
            return None
        words = f"{_NAMES[name]} {_dated(old) or 'not given'} → {_dated(new) or 'not given'}"
        if old is not None and old.type == "ACTUAL":
            return RecordChange(name, _dated(old), None, CRITICAL, "an actual date rewritten", words)
        return RecordChange(name, _dated(old), _dated(new), MINOR, "any other change", words)
    moved = not same_day(old, new)
    kinds = (old.type, new.type)
    if old.type == "ACTUAL" and (moved or new.type == "ESTIMATED"):
        level, rule = CRITICAL, "an actual date rewritten"
    elif kinds == ("ESTIMATED", "ACTUAL"):
        level, rule = NOTABLE, "estimated → actual"
    elif moved and _far(old, new):
        level, rule = NOTABLE, "a date moved by 30 days or more"
    elif moved:
        level, rule = MINOR, "a date moved by less than 30 days"
    else:
        return None
    return RecordChange(name, _dated(old), _dated(new), level, rule, f"{_NAMES[name]} {_dated(old)} → {_dated(new)}")


def _days(old: RegistryDate | None, new: RegistryDate | None) -> tuple[str | None, str | None]:
    return old.text if old else None, new.text if new else None


def _far(old: RegistryDate, new: RegistryDate) -> bool:
    """Whether two dates differ by 30 days or more; with only months or years known, by at least one of them."""
    if len(old.parts) == len(new.parts) == 3:
        return abs((new.first - old.first).days) >= _MOVED_DAYS
    return True


def _dated(value: RegistryDate | None) -> str | None:
    return f"{value.text} {value.type.lower()}" if value and value.type else value.text if value else None


def _design(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[RecordChange]:
    phases, phases_now = sorted(_list(before, "phase")), sorted(_list(after, "phase"))
    if phases != phases_now:
        was, now = ("/".join(map(registry_words, each)) or None for each in (phases, phases_now))
        words = f"{was or 'phase not given'} → {now or 'phase not given'}"
        yield RecordChange("phase", was, now, NOTABLE, "a change of phase", words)
    enrolled = _enrolled(before, after)
    if enrolled:
        yield enrolled
    old, new = _text(before, "sponsor"), _text(after, "sponsor")
    if old and new and _bare(old) != _bare(new):
        yield RecordChange("sponsor", old, new, NOTABLE, "a change of sponsor", f"sponsor {old} → {new}")
    for name in ("collaborators", "interventions"):
        was_list, now_list = _list(before, name), _list(after, name)
        if was_list and now_list and {*map(_bare, was_list)} != {*map(_bare, now_list)}:
            was, now = "; ".join(sorted(was_list)), "; ".join(sorted(now_list))
            yield RecordChange(name, was, now, MINOR, "any other change", f"{name} {was} → {now}")


def _enrolled(before: Mapping[str, object], after: Mapping[str, object]) -> RecordChange | None:
    old, new = before.get("enrollment"), after.get("enrollment")
    if isinstance(old, int) and new is None:
        return RecordChange("enrollment", str(old), None, NOTABLE, "no longer given", f"enrolment {old} → not given")
    if not isinstance(old, int) or not isinstance(new, int):
        return None
    kinds = (before.get("enrollment_type"), after.get("enrollment_type"))
    if old != new and abs(new - old) >= _ENROLLED_SHARE * old:
        level, rule = NOTABLE, "enrolment changed by 20 % or more"
    elif kinds == ("ESTIMATED", "ACTUAL"):
        level, rule = NOTABLE, "estimated → actual"
    elif old != new:
        level, rule = MINOR, "enrolment changed by less than 20 %"
    else:
        return None
    was, now = (
        f"{count} {kind.lower()}" if isinstance(kind, str) else str(count)
        for count, kind in zip((old, new), kinds, strict=True)
    )
    return RecordChange("enrollment", was, now, level, rule, f"enrolment {was} → {now}")


def _results(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[RecordChange]:
    old, new = read_date(before.get("results_posted")), read_date(after.get("results_posted"))
    was_posted, is_posted = (bool(date) or state.get("posted") is True for date, state in ((old, before), (new, after)))
    outcomes, outcomes_now = _list(before, "primary_outcomes"), _list(after, "primary_outcomes")
    reworded = bool(outcomes and outcomes_now) and {*map(_bare, outcomes)} != {*map(_bare, outcomes_now)}
    was, now = "; ".join(outcomes), "; ".join(outcomes_now)
    if is_posted and not was_posted:
        words = f"results posted {new.text}" if new else "results posted"
        # With results, the registry lists the outcomes as reported: not a reworded plan, but worth showing.
        words += f"; primary outcomes as reported: {now} (before: {was})" if reworded else ""
        yield RecordChange("results_posted", None, new.text if new else "posted", NOTABLE, "results posted or in review", words)
    elif reworded:
        words = f"primary outcome {was} → {now}"
        yield RecordChange("primary_outcomes", was, now, CRITICAL, "a primary outcome reworded", words)
    elif outcomes and "primary_outcomes" in after and not outcomes_now:
        words = f"primary outcome {was} → not given"
        yield RecordChange("primary_outcomes", was, None, CRITICAL, "a primary outcome reworded", words)
    if was_posted and not is_posted:
        words = "results no longer posted"
        yield RecordChange("results_posted", old.text if old else "posted", None, NOTABLE, "results posted or in review", words)
    elif old and new and not same_day(old, new):
        words = f"results posted {old.text} → {new.text}"
        yield RecordChange("results_posted", old.text, new.text, MINOR, "any other change", words)
    if after.get("in_review") and not before.get("in_review") and not was_posted:
        since = read_date(after.get("results_submitted"))
        words = f"results in review, submitted {since.text}" if since else "results in review"
        shown = since.text if since else "in review"
        yield RecordChange("results_submitted", None, shown, NOTABLE, "results posted or in review", words)
    if before.get("in_review") and not after.get("in_review") and not is_posted:
        since = read_date(before.get("results_submitted"))
        words = "results no longer in review" + (f" (submitted {since.text})" if since else "")
        shown = since.text if since else "in review"
        yield RecordChange("results_submitted", shown, None, NOTABLE, "results posted or in review", words)
