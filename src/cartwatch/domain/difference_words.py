"""The words for a change of a fact, and how much such a change matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .catalyst import Catalyst, Guidance
from .mechanism import Knockout
from .program import Designation, Source, Trial
from .provenance import provenance
from .safety import OtherEvent, Report

if TYPE_CHECKING:
    from .declare import Fact
    from .program import Program

__all__ = [
    "below",
    "catalyst_name",
    "inside",
    "record_added",
    "record_label",
    "record_names",
    "record_removed",
    "sourced",
    "value_words",
    "weight_of",
]

_LONGEST = 80  # characters of a value inside a sentence

# How much a change at a path matters, the first that fits; what is not named here is a fact like any other.
_WEIGHTS: tuple[tuple[str, int], ...] = (
    ("trial.*.fetched", 0),
    ("trial.*.updated", 0),
    ("safety.report", 80),
    ("safety.boxed_warning", 85),
    ("safety.rems", 78),
    ("phase", 76),
    ("designation", 74),
    ("catalyst.*.outcome", 72),
    ("catalyst.*.note", 12),
    ("catalyst.*.cite", 8),
    ("catalyst.*.move", 30),
    ("catalyst", 66),
    ("trial.*.status", 62),
    ("trial.*.results_posted", 62),
    ("trial.*.primary_completion", 58),
    ("trial", 45),
    ("mechanism", 50),
    ("safety", 50),
    ("notes", 12),
    ("tags", 10),
    ("pinned", 4),
    ("checked", 6),
    ("cite", 8),
    ("source", 9),
)


def weight_of(path: str, fact: Fact) -> int:
    """How much a change at a path matters, 0 (a stamp) to 100."""
    if fact.kind == "cites":
        return 8
    steps = path.split(".")
    for pattern, weight in _WEIGHTS:
        wanted = pattern.split(".")
        if len(steps) >= len(wanted) and all(want in ("*", step) for want, step in zip(wanted, steps, strict=False)):
            return weight
    return 40


def value_words(fact: Fact, old: Any, new: Any) -> str:
    """What became of a value: `Phase 2 → Pivotal`, `+ heme, − solid`, `removed (was CLLS)`."""
    if fact.kind == "flag":
        return "yes" if new else "no"
    if fact.kind == "prose":
        return "written" if not old else "removed" if not new else "changed"
    if isinstance(old, tuple) or isinstance(new, tuple):
        gone = [each for each in old or () if each not in (new or ())]
        come = [each for each in new or () if each not in (old or ())]
        marks = [f"+ {_short(each)}" for each in come] + [f"− {_short(each)}" for each in gone]
        return ", ".join(marks) or "in another order"
    if new is None:
        return f"removed (was {_short(old)})"
    return _short(new) if old is None else f"{_short(old)} → {_short(new)}"


def _short(value: Any) -> str:
    text = getattr(value, "counts", None) or getattr(value, "text", None) or str(value)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def sourced(program: Program, path: str, record: Any) -> str:
    """`, source pr-q3`: what stands behind a fact, or nothing where nothing is cited."""
    cited = provenance(program, path, record).cited
    return f", source {' and '.join(cited)}" if cited else ""


def catalyst_name(catalyst: Catalyst) -> str:
    """A catalyst as a sentence names it."""
    return _short(catalyst.event or catalyst.key)


def record_names(records: tuple[Any, ...]) -> list[str]:
    """The records of a list as paths name them: by key, id or NCT number, else by their place counted from 1."""
    names: list[str] = []
    for place, record in enumerate(records):
        own = record.key if isinstance(record, Catalyst) else getattr(record, "id", None) or getattr(record, "nct", None)
        name, count = own or str(place + 1), 2
        while name in names:
            name, count = f"{own}~{count}", count + 1
        names.append(name)
    return names


def below(path: str, step: str) -> str:
    """A path with one more step, in quotes where the step has dots of its own."""
    if any(each in '."[]' or each.isspace() for each in step):
        step = '"' + step.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{path}.{step}" if path else step


def inside(fact: Fact) -> str:
    """The name of a field as it stands inside a sentence: lower case, but for abbreviations."""
    first = fact.label.split(" ")[0]
    return fact.label if not first[1:].islower() else fact.label[0].lower() + fact.label[1:]


def record_label(about: str, fact: Fact, record: Any = None) -> str:
    """What a field below is said of: `CRS (R/R B-ALL, cut-off 2026-06-30)`, `RMAT (FDA)`; nothing for what needs no name."""
    if record is None:
        if fact.label in ("Mechanism", "Safety"):
            return ""
        return f"{fact.label} ({about})" if about else fact.label
    return described(record)


def described(record: Any) -> str:
    """A record in a few words, as its list is read aloud."""
    if isinstance(record, Catalyst):
        return catalyst_name(record)
    if isinstance(record, Designation):
        where = f" ({record.agency})" if record.agency else ""
        return f"{record.kind or 'designation'}{where}" + (f" for {_short(record.indication)}" if record.indication else "")
    if isinstance(record, Trial):
        return " ".join(each for each in ("trial", record.number, record.name) if each)
    if isinstance(record, Source):
        return f"source {record.id or record.title or 'without an id'}"
    if isinstance(record, Report):
        what = record.population or record.trial or "data set"
        return _short(what) + (f", cut-off {record.cutoff.text}" if record.cutoff is not None else "")
    if isinstance(record, Knockout):
        return f"knock-out {record.gene}"
    if isinstance(record, Guidance):
        said = f" (said {record.said.text})" if record.said is not None else ""
        return f"earlier guidance {_short(record.when) if record.when is not None else '–'}{said}"
    return _short(getattr(record, "event", None) or "event")


def _told(record: Any) -> str:
    """What a new record says, behind its name."""
    if isinstance(record, Catalyst):
        told = record.outcome or (record.when.text if record.when is not None else None)
        return f", {told}" if told else ""
    if isinstance(record, Designation):
        return f" granted {record.granted.text}" if record.granted is not None else ""
    if isinstance(record, Source):
        return f": {_short(record.title)}" if record.title else ""
    if isinstance(record, Report):
        rates = [f"n {record.n}"] if record.n is not None else []
        for label, name in (("CRS", "crs"), ("ICANS", "icans"), ("GVHD", "gvhd"), ("neurotoxicity", "neurotox")):
            frequency = getattr(record, name)
            if frequency is not None and frequency.any is not None:
                rates.append(f"{label} {frequency.any.counts}")
            if frequency is not None and frequency.severe is not None:
                rates.append(f"{label} ≥3 {frequency.severe.counts}")
        return f": {', '.join(rates)}" if rates else ""
    if isinstance(record, OtherEvent):
        rates = [rate.counts for rate in (record.any, record.severe) if rate is not None]
        return f" {' / '.join(rates)}" if rates else ""
    return ""


def record_added(record: Any, about: str) -> str:
    """`new catalyst: First interim, Q4 2026`, `new trial NCT04150497`."""
    named = f"{described(record)}{_told(record)}"
    prefix = f"{about}: " if about else ""
    if isinstance(record, Catalyst):
        return f"{prefix}new catalyst: {named}"
    if isinstance(record, Report):
        return f"{prefix}new data set: {named}"
    if isinstance(record, Guidance):
        return f"{prefix}{named} noted"
    return f"{prefix}new {named}" if isinstance(record, Trial | Source | Knockout) else f"{prefix}{named}"


def record_removed(record: Any, about: str) -> str:
    """`catalyst removed: First interim`."""
    kind = {Catalyst: "catalyst ", Report: "data set "}.get(type(record), "")
    return f"{f'{about}: ' if about else ''}{kind}{described(record)} removed"
