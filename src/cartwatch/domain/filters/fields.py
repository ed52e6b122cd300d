"""Fields of the filter language, derived from the declarations."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from cartwatch.domain.dates.countdown import STATES
from cartwatch.domain.fields import Fact, walk
from cartwatch.domain.program import root
from cartwatch.domain.vocabulary import nearest

__all__ = ["LEADING", "Field", "field_names", "find_field", "suggest_field"]


class Field(NamedTuple):
    """A field of the filter: `kind` says how values compare, `catalyst` that it speaks of a single catalyst."""

    name: str
    help: str
    kind: str  # text words term flag count date span rate state facts
    paths: tuple[tuple[str, ...], ...] = ()
    vocabulary: str | None = None
    catalyst: bool = False


LEADING = {"crs": "CRS", "icans": "ICANS", "gvhd": "GVHD", "neurotox": "neurotoxicity"}
_KINDS = {
    "id": "text",
    "prose": "text",
    "link": "text",
    "cites": "text",
    "map": "text",
    "guidance": "date",
    "count": "count",
    "rates": "text",
}

# Short names that could mean several declared fields, and the fields they stand for.
_MEANT: dict[str, tuple[str, ...]] = {
    "id": ("id",),
    "name": ("name", "short", "aliases"),
    "phase": ("phase",),
    "indication": ("indications", "status.indication"),
    "note": ("notes", "*.note"),
    "alias": ("aliases",),
    "tag": ("tags",),
    "target": ("mechanism.targets",),
    "summary": ("*.summary",),
    "cite": ("cite", "*.cite"),
    "source": ("mechanism.source",),
    "knockout": ("mechanism.knockouts.gene", "mechanism.knockouts.purpose"),
    "mitigation": ("*.mitigation",),
    "event": ("catalyst.event",),
    "kind": ("catalyst.kind",),
    "when": ("catalyst.when",),
    "said": ("catalyst.said",),
    "outcome": ("catalyst.outcome",),
    "moved": ("catalyst.move.when",),
    "designation": ("designation.kind",),
    "trial": ("trial.name", "trial.nct", "trial.id", "safety.report.trial", "efficacy.trial", "catalyst.trial"),
    "nct": ("trial.nct", "safety.report.trial", "efficacy.trial", "catalyst.trial"),
    "other": ("safety.report.other.event",),
    "n": ("safety.report.n",),
    "population": ("safety.report.population", "efficacy.population"),
    "fatal": ("safety.report.fatal",),
    "partner": ("partner.name",),
    "scale": ("safety.report.scale",),
}

_SPECIAL = (
    Field("due", "catalysts whose window ends within so long, as in 90d", "span", catalyst=True),
    Field("within", "catalysts whose window overlaps the coming time, as in 90d", "span", catalyst=True),
    Field("open", "catalysts that can happen today", "flag", catalyst=True),
    Field("overdue", "catalysts whose window has closed without an outcome", "flag", catalyst=True),
    Field("done", "catalysts that have their outcome", "flag", catalyst=True),
    Field("state", f"state of a catalyst: {' '.join(STATES)}", "state", catalyst=True),
    Field("hold", "clinical holds that are not lifted; with a word: those that mention it, as in hold:partial", "hold"),
    Field("runway", "time until the sponsor's cash ends, as in <18m; may: it may end before the next window", "runway"),
    Field("age", "time since a person last checked the program, as in >90d", "span"),
    Field("unverified", "facts whose source is not checked; alone: any main fact", "facts"),
    *(
        Field(name, f"rate of {label} at any grade, as in <5%, or what is said of it", "rate", (("safety", name),))
        for name, label in LEADING.items()
    ),
    *(Field(f"{name}>=3", f"rate of {label} at grade 3 or higher, as in <5%", "rate") for name, label in LEADING.items()),
)


def _fields() -> dict[str, Field]:
    return _fields_of(root())


@cache
def _fields_of(program: type) -> dict[str, Field]:
    """All fields by folded name: short names first, then each declared field by its dotted path."""
    declared = {".".join(path): (path, fact) for path, fact in walk(program) if fact.kind not in ("record", "records")}
    found: dict[str, Field] = {each.name: each for each in _SPECIAL}
    for name, wanted in _MEANT.items():
        paths = [path for path in declared if any(_is(path, each) for each in wanted)]
        found[name] = _field(name, [declared[each] for each in paths])
    leaves: dict[str, list[tuple[tuple[str, ...], Fact]]] = {}
    for path, fact in declared.values():
        leaves.setdefault(path[-1], []).append((path, fact))
    for leaf, meant in leaves.items():
        if leaf not in found and _singular(leaf) not in found and len({fact.kind for _, fact in meant}) == 1:
            found[leaf] = _field(leaf, meant)
    for dotted, only in declared.items():
        if "." in dotted:
            found.setdefault(dotted, _field(dotted, [only]))
    return {name: field for name, field in found.items() if field.kind != "rate" or field in _SPECIAL or name in _MEANT}


def _is(path: str, wanted: str) -> bool:
    return path == wanted or (wanted.startswith("*") and path.rpartition(".")[2] == wanted[2:])


def _field(name: str, meant: list[tuple[tuple[str, ...], Fact]]) -> Field:
    paths = tuple(path for path, _ in meant)
    fact = meant[0][1]
    kind = _KINDS.get(fact.kind, fact.kind) if len({each.kind for _, each in meant}) == 1 else "text"
    catalyst = all(path[0] == "catalyst" for path in paths)
    return Field(name, fact.help.rstrip("."), kind, paths, fact.vocabulary, catalyst)


def _spellings() -> dict[str, Field]:
    return _spellings_of(root())


@cache
def _spellings_of(program: type) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for name, field in _fields().items():
        for spelling in (name, _singular(name)):
            found.setdefault(_squeezed(spelling), field)
    for path, fact in walk(program):
        labelled = _fields().get(path[-1]) if len(path) <= 2 else None
        if labelled is not None and path in labelled.paths:
            found.setdefault(_squeezed(fact.label), labelled)
    return found


def _singular(name: str) -> str:
    if name.endswith("ses"):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith(("ss", "us", "is", "rems", "crs", "icans")) else name


def _squeezed(name: str) -> str:
    return "".join(each for each in name.casefold().replace("≥", ">=") if each not in " -_")


def find_field(name: str) -> Field | None:
    """Find a field by its name, plural, dotted path or label, in any case."""
    wanted = _squeezed(name)
    spellings = _spellings()
    return spellings.get(wanted) or spellings.get(_singular(wanted))


def suggest_field(name: str) -> str | None:
    """Suggest the field name nearest to a misspelt one."""
    return nearest(name, field_names())


def field_names() -> list[str]:
    """List the field names for completion: short ones first, then dotted paths."""
    return sorted(_fields(), key=lambda each: ("." in each, each))
