"""Compares two watchlists fact by fact, in the words of the field, sorted by importance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .catalyst import Catalyst, Guidance
from .dates.window import Window
from .description import field_texts, inside, record_line, short, title_of
from .fields import Fact, facts, kind_of
from .identity import UniqueNames, pair_records
from .mechanism import Knockout
from .program import Program, Source, Trial
from .provenance import provenance
from .regulatory import Designation
from .safety import OtherEvent, Report
from .slips import classify
from .slips import words as move_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .fields import Fact
    from .program import Program
    from .watchlist import Watchlist

__all__ = [
    "Change",
    "below",
    "catalyst_name",
    "difference",
    "difference_of",
    "record_added",
    "record_label",
    "record_names",
    "record_removed",
    "sourced",
    "value_words",
    "weight_of",
]

# The first match gives the importance of a change at a path; other paths have the default.
_WEIGHTS: tuple[tuple[str, int], ...] = (
    ("trial.*.fetched", 0),
    ("trial.*.updated", 0),
    ("safety.report", 80),
    ("safety.boxed_warning", 85),
    ("safety.rems", 78),
    ("hold", 84),
    ("efficacy", 79),
    ("phase", 76),
    ("status", 75),
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
    """Return the importance of a change at a path, 0 (a stamp) to 100."""
    if fact.kind == "cites":
        return 8
    steps = path.split(".")
    for pattern, weight in _WEIGHTS:
        wanted = pattern.split(".")
        if len(steps) >= len(wanted) and all(want in ("*", step) for want, step in zip(wanted, steps, strict=False)):
            return weight
    return 40


def value_words(fact: Fact, old: Any, new: Any) -> str:
    """Describe the change of a value: `Phase 2 → Pivotal`, `+ heme, − solid`, `removed (was CLLS)`."""
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
    return short(getattr(value, "counts", None) or getattr(value, "text", None) or str(value))


def sourced(program: Program, path: str, record: Any) -> str:
    """Return `, source pr-q3`, or nothing without a cite."""
    cited = provenance(program, path, record).cited
    return f", source {' and '.join(cited)}" if cited else ""


def catalyst_name(catalyst: Catalyst) -> str:
    """Name a catalyst inside a sentence."""
    return _short(catalyst.event or catalyst.key)


def record_names(records: tuple[Any, ...]) -> list[str]:
    """Return the path names of the records of a list: key, id or NCT number, else their place from 1."""
    own = []
    for record in records:
        kind = kind_of(type(record))
        fields = () if kind is None else ("key",) if kind.named_by else kind.names
        own.append(next((name for each in fields if (name := getattr(record, each))), None))
    names = UniqueNames(own)
    return [names.take(name or str(place + 1), given=name is not None) for place, name in enumerate(own)]


def below(path: str, step: str) -> str:
    """Append a step to a path, in quotes if it contains dots."""
    if any(each in '."[]' or each.isspace() for each in step):
        step = '"' + step.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{path}.{step}" if path else step


def record_label(about: str, fact: Fact, record: Any = None) -> str:
    """Name the record of a field below it: `CRS (R/R B-ALL, cut-off 2026-06-30)`, `RMAT (FDA)`; may be empty."""
    if record is None:
        if kind_of(fact.record) is not None:
            return ""
        return f"{fact.label} ({about})" if about else fact.label
    return described(record)


def described(record: Any) -> str:
    """Describe a record in a few words."""
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
    if isinstance(record, OtherEvent):
        return _short(record.event or "event")
    kind = kind_of(type(record))
    return " ".join(each for each in (kind.label if kind is not None else "", title_of(record)) if each)


def _told(record: Any) -> str:
    """Describe the fields of a new record, after its name."""
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
    if isinstance(record, _TOLD_BY_HAND):
        return ""
    told = ", ".join(f"{inside(fact)} {short(text)}" for fact, text in field_texts(record) if fact.kind != "cites")
    return f": {told}" if told else ""


_TOLD_BY_HAND = (Catalyst, Designation, Guidance, Knockout, OtherEvent, Report, Source, Trial)


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
    return f"{prefix}{named}" if isinstance(record, Designation | OtherEvent) else f"{prefix}new {named}"


def record_removed(record: Any, about: str) -> str:
    """`catalyst removed: First interim`."""
    kind = {Catalyst: "catalyst ", Report: "data set "}.get(type(record), "")
    return f"{f'{about}: ' if about else ''}{kind}{described(record)} removed"


_MOVED = {"slipped": 90, "pulled in": 88, "widened": 70, "refined": 60, "unknown": 65, "unchanged": 20}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a fact.

    `program` is the program's key ("" for the watchlist's own title), `label` the name it is shown under, `path` the place of
    the fact in it, as in `catalyst.balli-01-interim.when`. `old` and `new` are domain values, or None.
    `kind` is added, removed, changed, moved (guidance), resolved (an outcome), program added or program removed. `words` say
    it in a line; `weight` is the importance, 0 for a stamp. `parts` are the
    paths of fields changed with it, as the day and source of new guidance.
    """

    program: str
    label: str
    path: str
    old: Any
    new: Any
    kind: str
    words: str
    weight: int
    parts: tuple[str, ...] = ()


def difference(old: Watchlist, new: Watchlist) -> tuple[Change, ...]:
    """Return every change between two watchlists, the most important first; programs are matched by key."""
    found: list[Change] = []
    if old.title != new.title:
        words = f'the watchlist is now called "{new.title}"' if new.title else f'the title "{old.title}" was removed'
        found.append(Change("", "", "title", old.title, new.title, _kind(old.title, new.title), words, 5))
    found += _sponsors(old, new)
    for program in new.programs:
        before = old.get(program.key)
        if before is None:
            about = ", ".join(each for each in (program.sponsor, program.phase) if each)
            words = f"{program.label}: new program" + (f" ({about})" if about else "")
            found.append(Change(program.key, program.label, "", None, program, "program added", words, 100))
        elif before is not program:
            found.extend(_program(before, program))
    for program in old.programs:
        if new.get(program.key) is None:
            words = f"{program.label}: program removed"
            found.append(Change(program.key, program.label, "", program, None, "program removed", words, 99))
    return _ordered(found)


def _sponsors(old: Watchlist, new: Watchlist) -> list[Change]:
    """Return every change between the sponsors at the top of the file; they are matched by name."""
    found: list[Change] = []
    for sponsor in new.sponsors:
        before = old.sponsor(sponsor.name)
        if before is None:
            found.append(Change("", "", "sponsor", None, sponsor, "added", f"new sponsor {record_line(sponsor)}", 40))
        elif before != sponsor:
            was, now = dict(_leaves(before)), dict(_leaves(sponsor))
            for path in dict.fromkeys((*was, *now)):
                (fact, one), (same, other) = was.get(path, (None, None)), now.get(path, (None, None))
                declared = fact or same
                if declared is not None and one != other:
                    words = f"sponsor {sponsor.name}: {path.replace('.', ' ')} {value_words(declared, one, other)}"
                    found.append(Change("", "", f"sponsor.{path}", one, other, _kind(one, other), words, 60))
    for sponsor in old.sponsors:
        if new.sponsor(sponsor.name) is None:
            found.append(Change("", "", "sponsor", sponsor, None, "removed", f"sponsor {sponsor.name} removed", 40))
    return found


def _leaves(record: Any, path: str = "") -> Iterator[tuple[str, tuple[Fact, Any]]]:
    """Yield each value of a record and of the records in it, by path."""
    declared: type = type(record)
    for key, fact in facts(declared).items():
        value = getattr(record, fact.attribute)
        if fact.kind == "record" and value is not None:
            yield from _leaves(value, f"{path}{key}.")
        elif value not in (None, ()):
            yield f"{path}{key}", (fact, value)


def difference_of(old: Program, new: Program) -> tuple[Change, ...]:
    """Return every change between two versions of one program, the most important first."""
    return _ordered(_program(old, new))


def _ordered(found: list[Change]) -> tuple[Change, ...]:
    return tuple(sorted(found, key=lambda each: -each.weight))


def _kind(old: Any, new: Any) -> str:
    return "added" if old in (None, ()) else "removed" if new in (None, ()) else "changed"


def _program(old: Program, new: Program) -> list[Change]:
    comparison = _Comparison(new)
    comparison.record(old, new, type(new), "", "", None)
    return comparison.found


class _Comparison:
    """A comparison of two versions of a program in progress."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.found: list[Change] = []

    def add(
        self, path: str, old: Any, new: Any, words: str, weight: int, kind: str | None = None, parts: tuple[str, ...] = ()
    ) -> None:
        key, label = self.program.key, self.program.label
        said = f"{label}: {words}"
        self.found.append(Change(key, label, path, old, new, kind or _kind(old, new), said, weight, parts))

    def record(
        self, old: Any, new: Any, record: type, path: str, about: str, citing: Any, skip: frozenset[str] = frozenset()
    ) -> None:
        """Compare two versions of a record.

        `about` names it in words, `citing` is the record whose `cite` applies to its facts, `skip` holds keys already handled.
        """
        for key, fact in facts(record).items():
            if key in skip:
                continue
            before, after = getattr(old, fact.attribute), getattr(new, fact.attribute)
            if before is after or before == after:
                continue
            place = below(path, key)
            if fact.kind == "record":
                assert fact.record is not None
                named = record_label(about, fact)
                self.record(before or fact.record(), after or fact.record(), fact.record, place, named, citing)
            elif fact.kind == "records":
                self.records(before or (), after or (), fact, place, about, citing)
            elif fact.kind == "map":
                self.sources(before or {}, after or {}, fact, place)
            elif getattr(before, "text", before) != getattr(after, "text", after):
                name = " ".join(each for each in (about, inside(fact)) if each)
                source = sourced(self.program, place, citing) if after not in (None, ()) and fact.kind != "cites" else ""
                words = f"{name} {value_words(fact, before, after)}{source}"
                self.add(place, before, after, words, weight_of(place, fact))

    def sources(self, old: Any, new: Any, fact: Fact, path: str) -> None:
        for key in dict.fromkeys((*old, *new)):
            before, after = old.get(key), new.get(key)
            if before != after:
                self.add(below(path, key), before, after, f"source of {key} {value_words(fact, before, after)}", 8)

    def records(self, olds: Any, news: Any, fact: Fact, path: str, about: str, citing: Any) -> None:
        assert fact.record is not None
        pairs = pair_records(fact.record, olds, news)
        names = record_names(news)
        for before, after in pairs:
            old, new = olds[before], news[after]
            if old is new or old == new:
                continue
            if isinstance(new, Catalyst):
                self.catalyst(old, new, below(path, names[after]))
            else:
                behind = new if hasattr(new, "cite") else citing
                self.record(old, new, fact.record, below(path, names[after]), record_label(about, fact, new), behind)
        kept_old, kept_new = {old for old, _ in pairs}, {new for _, new in pairs}
        for place, new in enumerate(news):
            if place not in kept_new:
                behind = new if hasattr(new, "cite") else citing
                words = record_added(new, about) + ("" if isinstance(new, Source) else sourced(self.program, path, behind))
                self.add(below(path, names[place]), None, new, words, weight_of(path, fact))
        for place, (old, name) in enumerate(zip(olds, record_names(olds), strict=True)):
            if place not in kept_old:
                self.add(below(path, name), old, None, record_removed(old, about), weight_of(path, fact))

    def catalyst(self, old: Catalyst, new: Catalyst, path: str) -> None:
        done: set[str] = set()
        name = catalyst_name(new)
        if new.closed and not old.closed:
            on = f" on {new.outcome_on.text}" if new.outcome_on is not None else ""
            source = sourced(self.program, f"{path}.outcome", new)
            parts = (f"{path}.outcome_on",) if old.outcome_on != new.outcome_on else ()
            self.add(path + ".outcome", None, new.outcome, f"{name}: {new.outcome}{on}{source}", 95, "resolved", parts)
            done |= {"outcome", "outcome_on"}
        if _words_of(old.when) != _words_of(new.when):
            done |= {"when", "said", "cite", "move"}
            self.guidance(old, new, path, name)
        self.record(old, new, type(new), path, name, new, frozenset(done))

    def guidance(self, old: Catalyst, new: Catalyst, path: str, name: str) -> None:
        before, after = old.when, new.when
        also = (("said", old.said, new.said), ("cite", old.cite, new.cite), ("move", old.moves, new.moves))
        parts = tuple(f"{path}.{key}" for key, was, now in also if was != now)
        source = sourced(self.program, f"{path}.when", new)
        if before is None or after is None:
            words = (
                f"{name} expected {after.text}{source}"
                if after is not None
                else f"{name}: guidance {_words_of(before)} removed"
            )
            self.add(f"{path}.when", before, after, words, 65, None if before is None else "removed", parts)
            return
        move = classify(before, after)
        verb = {"refined": "refined", "widened": "widened", "unchanged": "reworded"}.get(move.kind, "moved")
        shift = "" if move.kind in ("unchanged", "unknown") else f", {move_words(move).removeprefix(f'{verb}, ')}"
        words = f"{name} {verb} {before.text} → {after.text}{'' if shift == f', {verb}' else shift}{source}"
        self.add(f"{path}.when", before, after, words, _MOVED[move.kind], "moved", parts)


def _words_of(window: Window | None) -> str | None:
    return None if window is None else window.text
