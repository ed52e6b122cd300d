"""The columns of a table of programs or catalysts: their names, what each may be called elsewhere, and cells that stay text."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from cartwatch.document.typed import as_typed, read_typed
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.fields import Fact, facts
from cartwatch.domain.program import Program, Trial
from cartwatch.domain.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

__all__ = ["CATALYST", "IGNORED", "cell_text", "cell_value", "column_of", "fields", "guarded", "unguarded"]

CATALYST = "catalyst."
IGNORED = ("next.", "rate.", "window.")
"""Beginnings of the columns that are worked out from others, and so never read back."""

_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_NUMBER = re.compile(r"-\d+")
_GUARDED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")
_PURPOSE = " = "  # between a gene and what its knock-out is for
_GENES = facts(Program)["aliases"]  # a list of words

# What other tables call a field. Names are compared folded: case, dashes and underscores do not matter.
_SYNONYMS = {
    "name": "program, program name, product, product name, drug, therapy, asset, candidate, generic name",
    "short": "short name, code, code name",
    "aliases": "alias, aka, also known as, other names, synonyms",
    "sponsor": "company, developer, manufacturer, owner",
    "ticker": "symbol, stock",
    "indications": "indication, disease, condition, conditions, tumor type, cancer type",
    "phase": "stage, development stage, development phase, clinical phase, status",
    "tags": "tag, labels, label, keywords",
    "notes": "note, comment, comments, remarks, memo",
    "checked": "last checked, verified, last verified",
    "mechanism.modality": "type, product type, cell therapy type, platform",
    "mechanism.source": "source, cell source, donor, auto/allo, autologous/allogeneic",
    "mechanism.cell": "cell type",
    "mechanism.targets": "target, antigen, antigens, target antigen",
    "mechanism.knockouts": "knock-out, knockout, knock-outs, gene edits, edits",
    "mechanism.costimulation": "costim, costimulatory domain, co-stimulation",
    "mechanism.summary": "mechanism, mechanism of action, moa",
    "safety.summary": "safety",
    "trial.nct": "nct, nct number, nct id, nctid, trial, trials, trial id, clinicaltrials.gov",
    "catalyst.event": "catalyst, event, milestone, next catalyst, next event, upcoming catalyst",
    "catalyst.when": "when, date, timing, expected, expected date, guidance, window, timeline, next date, catalyst date",
    "catalyst.kind": "kind, event type, catalyst type",
    "catalyst.said": "said, guidance date, guided on",
    "catalyst.outcome": "outcome, result",
    "catalyst.outcome_on": "outcome on, outcome date, result date",
}


@cache
def fields() -> dict[str, Fact]:
    """Every field that a column can hold, by its path: those of the program, its knock-outs and trials, and of a catalyst."""
    found = dict(_flat(Program, ""))
    found["mechanism.knockouts"] = facts(_record(Program, "mechanism"))["knockouts"]
    found["trial.nct"] = facts(Trial)["nct"]
    found |= {CATALYST + key: fact for key, fact in facts(Catalyst).items() if fact.kind not in ("records", "map")}
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
def _names() -> dict[str, str]:
    known: dict[str, str] = {}
    for path, words in _SYNONYMS.items():
        known |= dict.fromkeys(map(_plain, words.split(", ")), path)
    for path, fact in fields().items():
        known.setdefault(_plain(fact.label), path)
        known.setdefault(_plain(path.rpartition(".")[2]), path)
    return known | {_plain(path): path for path in fields()}


def _plain(header: str) -> str:
    return fold(header.replace(".", " ").replace("?", "").replace(":", ""))


def column_of(header: str) -> str | None:
    """The path of the field that a column's header names, None where it names none."""
    return _names().get(_plain(header))


def cell_text(path: str, value: Any) -> str:
    """A raw value of the file as a cell."""
    if path == "mechanism.knockouts":
        value = [_gene(each) for each in value] if isinstance(value, list) else value
    return as_typed(value)


def _gene(knockout: Any) -> Any:
    if not isinstance(knockout, dict):
        return knockout
    gene, purpose = knockout.get("gene"), knockout.get("purpose")
    return f"{gene}{_PURPOSE}{purpose}" if purpose else gene


def cell_value(path: str, text: str, today: date) -> Any:
    """The raw value that a cell stands for. Raises TypedError."""
    if path == "mechanism.knockouts":
        return [_knockout(each) for each in read_typed(_GENES, text, today=today).value]
    if path == "trial.nct":
        return [{"nct": each.upper()} for each in re.split(r"[,;\s]+", text.strip()) if each]
    fact = fields()[path]
    if fact.kind in ("words", "cites") and ";" in text and "," not in text:
        text = text.replace(";", ",")
    return read_typed(fact, text, today=today).value


def _knockout(text: str) -> Any:
    gene, mark, purpose = text.partition(_PURPOSE)
    return {"gene": gene, "purpose": purpose} if mark else text


def guarded(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what would begin one, but for a number."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """The cell as it was before `guarded`."""
    return text[1:] if _GUARDED.match(text) else text
