"""Columns of a table: the field of each, by its header or its cells, and the items in a cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cartwatch.domain.addresses import is_web_address
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.fields import Fact, facts
from cartwatch.domain.program import root
from cartwatch.domain.vocabulary import CELL, KIND, MODALITY, OUTCOME, PHASE, SOURCE, STATUS, fold, kind_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

__all__ = [
    "CATALYST",
    "CITED",
    "DATED",
    "FIGURE",
    "IGNORED",
    "OWN",
    "TRIAL",
    "TableColumn",
    "by_cells",
    "column_of",
    "cut",
    "fields",
    "joined_items",
    "phase_word",
    "trials_in",
]

CATALYST = "catalyst."
CITED = "source"  # a column of sources to cite
TRIAL = "trial"  # a column of trials, by number or by name
DATED = "dated."  # a column of dates of one kind of catalyst, as in `pdufa_date`
FIGURE = "figure."  # a column of rates, patients or results
OWN = "own."  # a column that no field takes
IGNORED = ("next.", "rate.", "window.", "list.")
"""Beginnings of the columns that are worked out from others, and so never read back."""

# Field names in other tables. Names are compared folded: case, dashes and underscores do not matter.
_SYNONYMS = {
    "name": "program, program name, product, product name, drug, drug name, therapy, asset, candidate, generic name",
    "short": "short name, code, code name",
    "aliases": "alias, aka, also known as, other names, other name, synonyms, synonym, brand name, brand",
    "sponsor": "company, developer, manufacturer, owner",
    "ticker": "symbol, stock",
    "indications": "indication, disease, diseases, condition, conditions, tumor type, cancer type",
    "phase": "phases, stage, development stage, development phase, clinical phase, status, development status",
    "tags": "tag, labels, label, keywords",
    "notes": "note, comment, comments, remarks, memo",
    "checked": "last checked, verified, last verified",
    "mechanism.modality": "type, product type, cell therapy type, platform",
    "mechanism.source": "source, cell source, donor, auto/allo, autologous/allogeneic",
    "mechanism.cell": "cell type",
    "mechanism.targets": "target, antigen, antigens, target antigen, target antigens",
    "mechanism.knockouts": "knock-out, knockout, knock-outs, gene edits, edits",
    "mechanism.costimulation": "costim, costimulatory domain, co-stimulation",
    "mechanism.summary": "mechanism, mechanism of action, moa",
    "safety.summary": "safety",
    TRIAL: "trial, trials, trial id, trial name, study, clinical trial, nct, nct number, nct id, nctid, clinicaltrials.gov",
    CITED: "sources, source url, url, link, links, reference, references, press release, citation",
    "catalyst.event": "catalyst, event, milestone, next catalyst, next event, upcoming catalyst",
    "catalyst.when": "when, date, timing, expected, expected date, guidance, window, timeline, next date, catalyst date",
    "catalyst.kind": "kind, event type, catalyst type",
    "catalyst.said": "said, guidance date, guided on",
    "catalyst.outcome": "outcome, result",
    "catalyst.outcome_on": "outcome on, outcome date, result date",
}
_SPELT = {each.casefold(): each for each in ("PDUFA", "BLA", "sBLA", "MAA", "CHMP", "FDA", "AdCom", "EMA", "NDA")}
_LISTS = ("aka", "also known as")  # names of columns that hold several items without ending in "s"


def fields() -> dict[str, Fact]:
    """Return every field that a column can hold, by path: of the program, its knock-outs and trials, and a catalyst."""
    return _fields(root())


@cache
def _fields(program: type) -> dict[str, Fact]:
    found = dict(_flat(program, ""))
    found["mechanism.knockouts"] = facts(_record(program, "mechanism"))["knockouts"]
    found["trial.nct"] = facts(_record(program, "trial"))["nct"]
    catalyst = facts(_record(program, "catalyst"))
    found |= {CATALYST + key: fact for key, fact in catalyst.items() if fact.kind not in ("records", "map")}
    return found


def _flat(record: type, path: str) -> Iterator[tuple[str, Fact]]:
    for key, fact in facts(record).items():
        if fact.kind == "record" and fact.record is not None:
            yield from _flat(fact.record, f"{path}{key}.")
        elif fact.kind not in ("records", "map"):
            yield path + key, fact


def _record(record: type, key: str) -> type:
    found = facts(record)[key].record
    assert found is not None
    return found


@cache
def _names(program: type) -> dict[str, str]:
    known: dict[str, str] = {}
    for path, words in _SYNONYMS.items():
        known |= dict.fromkeys(map(_plain, words.split(", ")), path)
    for path, fact in _fields(program).items():
        known.setdefault(_plain(fact.label), path)
        known.setdefault(_plain(path.rpartition(".")[2]), path)
    return known | {_plain(path): path for path in _fields(program)}


def _plain(header: str) -> str:
    for each in ("(s)", "?", ":", "*", "#"):
        header = header.replace(each, "")
    return fold(header.replace(".", " "))


def column_of(header: str) -> str | None:
    """Return the path of the field that a column's header names, or None."""
    plain, known = _plain(header), _names(root())
    if plain in known:
        return known[plain]
    if plain.endswith("s") and plain[:-1] in known:
        return known[plain[:-1]]
    return _dated(plain)


def _dated(plain: str) -> str | None:
    """Return the dates of one kind of catalyst: "pdufa date" and "pdufa", but of "decision" only with "date"."""
    words = plain.split()
    while words and words[-1] in ("date", "dates"):
        words.pop()
    what = " ".join(words)
    kind = KIND.canonical(what) if what else None
    if kind is None and what:
        kind = kind_word(what)
    with_date = len(words) < len(plain.split())
    known = with_date or what in ("pdufa", "adcom", "chmp")
    return f"{DATED}{kind}" if kind is not None and kind != "other" and known else None


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column as read: the path of its field, or None; whether a cell holds several items, also separated by commas.

    `why` is the reason why the cells do not belong to the field that the header names.
    """

    header: str
    path: str | None
    several: bool = False
    why: str = ""

    @property
    def event(self) -> str:
        """The catalyst name of a column of dates: "PDUFA date", "Decision"."""
        words = self.header.replace("_", " ").split()
        if len(words) > 1 and words[-1].casefold() in ("date", "dates") and fold(words[0]) != "pdufa":
            words.pop()
        spelt = " ".join(_SPELT.get(each.casefold(), each) for each in words)
        spelt = "PDUFA date" if fold(spelt) in ("pdufa", "pdufa date") else spelt
        return spelt[:1].upper() + spelt[1:]


def by_cells(header: str, cells: Sequence[str], today: date) -> TableColumn:
    """Decide how a column is read, from its header and its cells."""
    shown = header.strip()
    if not shown or shown.casefold().startswith(IGNORED):
        told = shown.casefold().startswith("list.") and any(each.strip() for each in cells)
        return TableColumn(shown, None, why="tells records in words" if told else "")
    path, plain = column_of(shown), _plain(shown)
    if path is None:
        found = figure_of(shown) or _dated_by_cells(plain, [each for each in cells if each.strip()], today)
        return TableColumn(shown, found or f"{OWN}{shown}", several=plain.endswith("s"))
    if plain == _plain(path) and "." in path:
        return TableColumn(shown, path, several=True)  # a column name of our own export
    listed = path == fold(shown) or plain.endswith("s") or "(s)" in shown or plain in _LISTS
    column = TableColumn(shown, path, several=listed and path in fields() and fields()[path].kind == "words")
    if path in ("mechanism.knockouts", TRIAL):
        column = replace(column, several=listed)
    found = _of_cells(plain, path, [text for each in cells if (text := each.strip())], today)
    return replace(column, path=found) if found is None or found in _readable() else replace(column, path=None, why=found)


_RISKS = {"crs": "crs", "icans": "icans", "neurotox": "neurotox", "neurotoxicity": "neurotox", "gvhd": "gvhd", "agvhd": "gvhd"}
_SEVERE = re.compile(
    r"(?:≥|>=|>|\b(?:gr|grade|g))\.?\s*(?:≥|>=)?\s*[≥>=]*\s*3\s*(?:\+|or (?:higher|worse|more))?|\b3\s*\+|\bsevere\b"
)
_ANY = re.compile(r"\b(?:any|all|grades?|gr|rates?|incidence|of|pts|patients|n)\b|[^a-z0-9]")
_DATA_SET = {
    "n": "n|patients|pts|evaluable|n evaluable|evaluable patients|n patients|patients n|safety n|n pts",
    "cutoff": "cutoff|cut off|data cutoff|data cut off|dco",
    "population": "population|patient population",
    "partner": "partner|partners|collaborator|collaborators|partner company|licensee|partnership",
}
_ENDPOINTS = frozenset(
    [
        "orr",
        "cr",
        "crr",
        "cr rate",
        "pfs",
        "mpfs",
        "median pfs",
        "dor",
        "mdor",
        "median dor",
        "os",
        "mos",
        "median os",
        "efs",
        "median efs",
        "mrd",
        "mrd negativity",
        "mrd neg",
    ]
)


def figure_of(header: str) -> str | None:
    """Return what figures a column's header names: a risk with its grade, a part of the data set, a result, or a partner."""
    plain = _plain(header.replace("%", " "))
    for what, names in _DATA_SET.items():
        if plain in names.split("|"):
            return FIGURE + what
    if plain in _ENDPOINTS:
        return f"{FIGURE}endpoint"
    words = header.casefold()
    found = re.search(r"\b(?:" + "|".join(_RISKS) + r")\b", words)
    if found is None:
        return None
    rest = words[: found.start()] + " " + words[found.end() :]
    if severe := _SEVERE.search(rest):
        rest, grade = rest[: severe.start()] + rest[severe.end() :], "severe"
    else:
        grade = "any"
    return f"{FIGURE}{_RISKS[found[0]]}.{grade}" if not _ANY.sub("", rest) else None


def _dated_by_cells(plain: str, cells: Sequence[str], today: date) -> str | None:
    """Return the dates of the kind of catalyst that a header mentions, as in "Data readout", if half of its cells are dates."""
    kind = kind_word(plain)
    dates = sum(_is_event_date(each, today) for each in cells)
    return f"{DATED}{kind}" if kind not in (None, "other") and cells and dates >= len(cells) / 2 else None


def _readable() -> set[str]:
    return {*fields(), CITED, TRIAL, *(f"{DATED}{each}" for each in KIND.words)}


def _of_cells(plain: str, path: str, cells: list[str], today: date) -> str | None:
    """Return the path that the cells indicate if the header is ambiguous; else the reason why there is none."""
    choices = _CHOICES.get(plain) or _CHOICES.get(path)
    if choices is None or not cells:
        return path
    scores = {each: sum(_FITS[each](cell, today) for cell in cells) for each in choices}
    best = max(scores, key=lambda each: scores[each])
    if scores[best]:
        return best if best != _STATUS else "holds the status of trials, which comes with a refresh from the registry"
    return _OTHERWISE.get(plain, path)


def _of_words(path: str) -> Callable[[str, date], bool]:
    vocabulary = {"mechanism.modality": MODALITY, "mechanism.source": SOURCE, "mechanism.cell": CELL}[path]
    return lambda cell, _: vocabulary.canonical(cell) is not None


def _is_event_date(cell: str, today: date) -> bool:
    return read_window(cell, None, today).start is not None


_STATUS = "status"
_FITS: dict[str, Callable[[str, date], bool]] = {
    **{each: _of_words(each) for each in ("mechanism.modality", "mechanism.source", "mechanism.cell")},
    "phase": lambda cell, _: phase_word(cell) is not None,
    "catalyst.kind": lambda cell, _: kind_word(cell) is not None,
    "catalyst.outcome": lambda cell, _: OUTCOME.canonical(cell) is not None,
    "catalyst.when": _is_event_date,
    "catalyst.event": lambda cell, today: not _is_event_date(cell, today),
    _STATUS: lambda cell, _: STATUS.canonical(cell) is not None,
    CITED: lambda cell, _: any(is_web_address(each) for each in cell.split()),
}

# Possible meanings of a header, the usual one first; the cells decide. By header if ambiguous, else by field.
_CHOICES: dict[str, tuple[str, ...]] = {
    "type": ("mechanism.modality", "catalyst.kind", "phase", "mechanism.source", "mechanism.cell"),
    "kind": ("catalyst.kind", "mechanism.modality"),
    "category": ("mechanism.modality", "catalyst.kind"),
    "platform": ("mechanism.modality", "mechanism.source"),
    "source": ("mechanism.source", CITED),
    "status": ("phase", _STATUS, "catalyst.outcome"),
    "result": ("catalyst.outcome", CITED),
    "stage": ("phase", "catalyst.kind"),
    "catalyst": ("catalyst.event", "catalyst.when"),
    "next catalyst": ("catalyst.event", "catalyst.when"),
    "next event": ("catalyst.event", "catalyst.when"),
    "milestone": ("catalyst.event", "catalyst.when"),
}
_OTHERWISE = {
    "type": "holds neither modalities nor kinds of catalysts",
    "source": CITED,
    "status": "holds neither phases nor outcomes",
}


NCT = re.compile(r"(?<![A-Za-z0-9])NCT[\s-]?(\d{8})(?!\d)", re.I | re.ASCII)
_OTHERS = re.compile(r"(ChiCTR|jRCT|ISRCTN|ACTRN|DRKS|CTRI|UMIN|EUCTR|KCT)(?=[-/\s\d])[-/\s]?\w[\w./-]*", re.I)
_QUOTED = re.compile(r'\s*"((?:[^"]|"")*)"\s*')
_STRONG = ";|\n"
_MARKS = re.compile(r'[;|\n,"]')
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def cut(text: str, *, commas: bool = False) -> list[str]:
    """Split a cell into items at `;`, `|` and line ends; with `commas`, at commas if there is none of these.

    Text in brackets or double quotes stays together.
    """
    if not _MARKS.search(text):
        return [bare] if (bare := text.strip()) else []
    places = _places(text, _STRONG) or (_places(text, ",") if commas else [])
    ends = [-1, *places, len(text)]
    parts = [text[start + 1 : end] for start, end in pairwise(ends)]
    return [item for each in parts if (item := _bare(each))]


def _bare(part: str) -> str:
    quoted = _QUOTED.fullmatch(part)
    return quoted[1].replace('""', '"') if quoted else part.strip()


def _places(text: str, marks: str) -> list[int]:
    """Return the positions of separators outside quotes and, if the brackets are balanced, outside brackets."""
    found: list[int] = []
    depth, at = 0, 0
    balanced = _balanced(text)
    while at < len(text):
        if (at == 0 or text[at - 1] in f",{_STRONG}") and (quoted := _QUOTED.match(text, at)):
            at = quoted.end()
            continue
        if text[at] in marks and (not balanced or depth == 0):
            found.append(at)
        depth += _BRACKETS.get(text[at], 0)
        at += 1
    return found


def _balanced(text: str) -> bool:
    return sum(_BRACKETS.get(each, 0) for each in text) == 0


def joined_items(items: list[str]) -> str:
    """Join items to a cell that `cut` with commas splits again."""
    return ", ".join(_guarded(each) for each in items)


def _guarded(item: str) -> str:
    plain = item == item.strip() and not set(item) & {*_STRONG, ",", '"'} and _balanced(item)
    return item if plain else '"' + item.replace('"', '""') + '"'


def phase_word(text: str) -> str | None:
    """Return the phase of a cell, as Phase 1/2 for `PHASE1|PHASE2`; None for no phase, or several, as of several diseases."""
    whole = PHASE.kept(text)
    if whole is not None:
        return whole
    words = {PHASE.canonical(each.strip().replace("_", " ").replace("PHASE", "Phase ")) for each in re.split(r"[|,/+&]", text)}
    if len(words) == 1:
        return words.pop()
    return {"Phase 1 Phase 2": "Phase 1/2", "Phase 2 Phase 3": "Phase 2/3"}.get(" ".join(sorted(map(str, words))))


def trials_in(text: str, *, commas: bool = False) -> list[dict[str, Any]]:
    """Return the trials in a cell: by NCT number, by a number of another registry, by name, or by both."""
    found: list[dict[str, Any]] = []
    numbers = len(NCT.findall(text))
    for part in cut(text, commas=commas or numbers > 1):
        given = [f"NCT{each}" for each in NCT.findall(part)]
        name = re.sub(r"\(\s*\)|\[\s*\]", "", NCT.sub(" ", part)).strip(" ,:/–—-\t")
        name = " ".join(name.split())
        other = _OTHERS.fullmatch(name)
        if other is not None and not given:
            found.append({"registry": other[1], "id": name})
        elif len(given) == 1 and name:
            found.append({"nct": given[0], "name": name})
        else:
            found += [{"nct": each} for each in given] + ([{"name": name}] if name else [])
    return found
