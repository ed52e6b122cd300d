"""Lists declared fields that no view places by hand, and the user's own keys, under "Other fields" of a pane."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from cartwatch.document.paths import PathError, split
from cartwatch.domain.catalyst import Catalyst, Guidance
from cartwatch.domain.description import field_texts, inside, short, title_of, value_text
from cartwatch.domain.difference import below, described, record_names
from cartwatch.domain.efficacy import Efficacy, Result
from cartwatch.domain.fields import facts, kind_of
from cartwatch.domain.mechanism import Knockout, Mechanism
from cartwatch.domain.program import Program, Source, Trial
from cartwatch.domain.record_lists import pane_below, pane_of
from cartwatch.domain.regulatory import Designation, Hold, Status
from cartwatch.domain.safety import Frequency, OtherEvent, Report, Risk, Safety
from cartwatch.domain.sponsor import Partner

from .facts import cited
from .lines import Line, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .look import Look

__all__ = ["other_fields"]

_OVERVIEW = "overview"
_KEY, _VALUE = 40, 400  # characters of a key of the user's own, and of a value

_REGISTRY = (
    "status phase enrollment enrollment_type start start_type primary_completion primary_completion_type completion "
    "completion_type why_stopped results_submitted results_posted updated fetched"
)
# The fields that the panes place by hand; ids, names in the title and sources are part of every line.
_PLACED: dict[type, str] = {
    Program: "id name short aliases sponsor ticker indications phase tags pinned notes checked cite mechanism safety "
    "status hold partner efficacy designation catalyst trial source",
    Status: "indication line region phase since note cite",
    Hold: "kind agency placed lifted reason note cite",
    Partner: "name role territory ticker note cite",
    Efficacy: "trial population n cutoff results note cite",
    Result: "endpoint value",
    Mechanism: "modality source cell targets binder costimulation vector editing knockouts switch lymphodepletion summary",
    Knockout: "gene purpose",
    Safety: "summary boxed_warning rems crs icans gvhd report",
    Risk: "note mitigation",
    Report: "trial population n cutoff scale crs icans neurotox gvhd fatal other used note cite",
    Frequency: "any severe",
    OtherEvent: "event any severe",
    Designation: "kind agency granted indication ended cite",
    Catalyst: "id event kind when said trial cite note outcome outcome_on move",
    Guidance: "when said cite",
    Trial: f"nct registry id name cite {_REGISTRY}",
    Source: "id title url published checked quote",
}


@cache
def _placed(record: type) -> frozenset[str]:
    return frozenset(next((_PLACED[each] for each in record.__mro__ if each in _PLACED), "").split())


def other_fields(pane: str, program: Program, look: Look) -> tuple[Line, ...]:
    """Build the lines under "Other fields" of a pane; empty if there are none."""
    out = [line for here, line in _unplaced(program, program, look, "", _OVERVIEW) if here == pane]
    for path, text in program.own:
        steps = _steps(path)
        if pane_of(steps) == pane:
            above = (Run(f"  in {'.'.join(steps[:-1])}", "quiet"),) if len(steps) > 1 else ()
            out.append(Line((Run(text or "empty"), *above), short(steps[-1], _KEY), path, 1))
    unread = [
        Line((Run(f"{short(path, _KEY)}  ", "quiet"), Run(words or "empty", "unread")), path=path, indent=1)
        for path, words in program.unread
        if pane_of(_steps(path)) == pane
    ]
    if unread:
        out += [Line((Run("Not readable", "heading"),)), *unread]
    return (Line((Run("Other fields", "heading"),), rule=True), *out) if out else ()


def _steps(path: str) -> tuple[str, ...]:
    try:
        return split(path)
    except PathError:
        return (path,)


def _unplaced(program: Program, record: Any, look: Look, path: str, pane: str, about: str = "") -> Iterator[tuple[str, Line]]:
    """List the unplaced fields of a record and below, each with its pane; `about` names the record."""
    declared: type = type(record)
    placed = _placed(declared)
    if isinstance(record, Trial) and record.fetched is None:  # a trial that was never refreshed has no registry lines
        placed -= frozenset(_REGISTRY.split())
    for key, fact in facts(declared).items():
        value = getattr(record, fact.attribute)
        if not value:
            continue
        here, place = pane_below(fact, pane), f"{path}{key}"
        if fact.record is not None and key in placed:
            inner = ((value, place),) if fact.kind == "record" else _named(value, place)
            for each, name in inner:
                said_of = described(each) if fact.kind == "records" else about if kind_of(fact.record) else fact.label
                yield from _unplaced(program, each, look, f"{name}.", here, said_of)
        elif fact.kind == "records":
            for at, (each, name) in enumerate(_named(value, place)):
                yield here, _whole(program, look, each, fact.label if at == 0 else "", name)
        elif key not in placed:
            text = short(value_text(fact, value), _VALUE)
            runs = cited(program, look, place, text, record=record) if fact.sourced else (Run(text),)
            remark = (Run(f"  {about}", "quiet"),) if about else ()
            yield here, Line((*runs, *remark), fact.label, place, 1)


def _named(records: tuple[Any, ...], path: str) -> Iterator[tuple[Any, str]]:
    for each, name in zip(records, record_names(records), strict=True):
        yield each, below(path, name)


def _whole(program: Program, look: Look, record: Any, label: str, path: str) -> Line:
    """Build the lines of a record of a kind that no pane places: its title, then every other field."""
    runs = list(cited(program, look, path, title_of(record) or described(record), "strong", record))
    for fact, text in field_texts(record):
        runs += [Run(f" {look.glyphs.dot} {inside(fact)} ", "quiet"), Run(short(text, _VALUE))]
    return Line(tuple(runs), label, path, 1)
