"""Drafts a program from a registry record: only explicit facts of the record, for a person to accept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cartwatch.domain.dates.moments import in_zone
from cartwatch.domain.program import slug
from cartwatch.domain.vocabulary import fold
from cartwatch.proposals.incoming import Refused, from_records
from cartwatch.proposals.joining import joined
from cartwatch.proposals.matching import plain_name

from .product_name import (
    is_cell_therapy,
    is_companion,
    is_description,
    is_kind_only,
    is_other_medicine,
    may_be_cells,
    modality_of,
    own_part,
    targets_of,
    title_part,
    without_dose,
)
from .record import Intervention, StudyRecord, record_url, trial_facts
from .refresh import Answers, DraftedPrograms
from .saved import SavedError, read_saved

__all__ = ["draft", "drafted", "phase_of", "read_drafts", "source_of"]

_PHASES = {
    ("EARLY_PHASE1",): "Early Phase 1",
    ("PHASE1",): "Phase 1",
    ("PHASE1", "PHASE2"): "Phase 1/2",
    ("PHASE2",): "Phase 2",
    # PHASE2 with PHASE3 is not a phase of the file format, and the record does not say whether it is pivotal.
    ("PHASE3",): "Phase 3",
}

_CELLULAR = ("GENETIC", "BIOLOGICAL", "COMBINATION_PRODUCT")


def draft(trial: StudyRecord, fetched: datetime) -> dict[str, object]:
    """Draft a program: name, sponsor, indications, phase, the trial, and the record as the source.

    Targets and modality are set only if the name of the product, or else a title, states them. The source has no
    `checked`, so every drafted fact is unverified until a person checks it. The name is the product's; a
    record without one uses its acronym or title. A descriptive name ("CD19 CAR-T cells") is shared by the products of
    many sponsors: the id of such a program ends in the number of its trial.
    """
    product = _product(trial)
    acronym = trial.acronym if trial.acronym and not is_kind_only(trial.acronym) else None
    name = product.name if product else acronym or trial.title or trial.nct
    titles = [title_part(each) for each in (trial.title, trial.official_title) if each and _about(product, each)]
    # Without a product (exercise, a diet), the title refers to another treatment of the patients.
    silent = is_other_medicine(name) if product else bool(trial.interventions)
    names = [] if silent else [name, *titles]
    source = source_of(trial)
    cited = str(source["id"])
    mechanism = {"modality": modality_of(names), "targets": targets_of(names)}
    facts: dict[str, object | None] = {
        "id": slug(f"{_cut(name)} {trial.nct}" if product and is_description(name) else name),
        "name": name,
        "aliases": _aliases(product) if product else [],
        "sponsor": trial.sponsor,
        "indications": list(trial.conditions),
        "phase": phase_of(trial.phases),
        "notes": _notes(trial),
        "mechanism": {key: value for key, value in mechanism.items() if value} or None,
    }
    program = {key: value for key, value in facts.items() if value}
    paths = ["name", *(key for key in ("aliases", "sponsor", "indications", "phase") if key in program)]
    paths += [f"mechanism.{key}" for key, value in mechanism.items() if value]
    program["cite"] = dict.fromkeys(paths, cited)
    fetched = in_zone(fetched, UTC).replace(microsecond=0)
    link: dict[str, object] = {"nct": trial.nct}
    if acronym:
        link["name"] = acronym
    program["trial"] = [{**link, **trial_facts(trial, fetched), "cite": cited}]
    program["source"] = [source]
    return program


def source_of(trial: StudyRecord) -> dict[str, object]:
    """Build the `[[program.source]]` entry of a record; its version is its date, and it is not checked."""
    called = f" ({trial.acronym})" if trial.acronym and not is_kind_only(trial.acronym) else ""
    version = f", version of {trial.updated.text}" if trial.updated else ""
    source: dict[str, object] = {
        "id": f"ctg-{trial.nct.lower()}",
        "title": f"ClinicalTrials.gov record {trial.nct}{called}{version}",
        "url": record_url(trial.nct),
    }
    if trial.updated:
        source["published"] = trial.updated.value
    return source


def phase_of(phases: tuple[str, ...]) -> str | None:
    """Return the program's phase in the words of the file format; None if the record's phases do not tell."""
    return _PHASES.get(tuple(sorted(set(phases))))


def _cut(name: str, most: int = 48) -> str:
    """Shorten a name to whole words."""
    return name if len(name) <= most else name[: most + 1].rpartition(" ")[0] or name[:most]


def _aliases(product: Intervention) -> list[str]:
    """Return the other names of a product that identify it."""
    names = {product.name.casefold(): ""}
    for each in product.other_names:
        if not is_description(each) and not is_kind_only(each):
            names.setdefault(without_dose(each).casefold(), without_dose(each))
    return [each for each in names.values() if each]


def _about(product: Intervention | None, title: str) -> bool:
    """Whether a title refers to the product, which may be cells: always for a biological one, for a drug only by name."""
    return product is None or (may_be_cells(product.name) and (product.type in _CELLULAR or _named(product, title)))


def _named(each: Intervention, title: str | None) -> bool:
    return _place(each, title) is not None


def _place(each: Intervention, title: str | None) -> int | None:
    """Return the position of an intervention's name in a title."""
    words = own_part(title or "").casefold()
    places = [words.find(name.casefold()) for name in (each.name, *each.other_names) if len(name) > 2]
    return min((place for place in places if place >= 0), default=None)


def _product(trial: StudyRecord) -> Intervention | None:
    """Return the intervention that is the product.

    A cell product by its own name; else the one in the title; else the first genetic or biological one, or drug. Companions
    of a product, procedures and devices do not count.
    """
    kinds = [*_CELLULAR, "DRUG", *([None] if any(phase != "NA" for phase in trial.phases) else [])]  # a search may omit it
    listed = [replace(each, name=without_dose(each.name)) for each in trial.interventions]
    own = [each for each in listed if each.type in kinds and not is_companion(each.name)]
    others = [each for each in own if not is_other_medicine(each.name)]
    own = others if any(each.type in _CELLULAR for each in others) else own
    given = [each for each in listed if each.type in (*kinds, "OTHER")]
    cells = [each for each in given if modality_of([each.name]) or is_cell_therapy(each.name)]
    titled = sorted((each for each in own if _named(each, trial.title)), key=lambda each: _place(each, trial.title) or 0)
    ranked = sorted(own, key=lambda each: kinds.index(each.type))
    return next(iter([*(each for each in cells if each in own), *cells, *titled, *ranked]), None)


def _notes(trial: StudyRecord) -> str | None:
    """List all interventions of the trial, as in the record."""
    given = [f"{each.name} ({each.type.replace('_', ' ').lower()})" if each.type else each.name for each in trial.interventions]
    return f"Interventions in the registry record {trial.nct}: {'; '.join(given)}." if given else None


def read_drafts(name: str, data: bytes, now: datetime) -> DraftedPrograms:
    """Draft programs from a saved file of records. Raises Refused."""
    try:
        saved = read_saved(data, name)
    except SavedError as wrong:
        reason = str(wrong).removeprefix(f"{name}: ")
        found = re.search(r"\(line (\d+), column (\d+)", reason)
        line, column = (int(found[1]), int(found[2])) if found else (1, 1)
        raise Refused(name, reason, line, column) from None
    return drafted(name, saved.trials, now, tuple(each.removeprefix(f"{name}: ") for each in saved.problems))


def _products(drawn: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the sponsor of a draft with each name of its product, as they are compared."""
    sponsor = drawn.get("sponsor")
    names = [drawn["name"], *drawn.get("aliases", [])]
    return [(fold(sponsor), plain_name(each)) for each in names] if sponsor else []


def drafted(name: str, trials: Sequence[StudyRecord], now: datetime, notes: tuple[str, ...] = ()) -> DraftedPrograms:
    """Draft programs from registry records; records of one product give one program. Raises Refused."""
    records: dict[str, dict[str, Any]] = {}
    products: dict[tuple[str, str], str] = {}
    parts: dict[str, list[dict[str, Any]]] = {}
    for trial in trials:
        drawn: dict[str, Any] = draft(trial, now)
        names = _products(drawn)
        key = (
            drawn["id"] if drawn["id"] in records else next((products[each] for each in names if each in products), drawn["id"])
        )
        parts.setdefault(key, []).append(drawn)
        records[key] = joined(parts[key])
        products |= {each: products.get(each, key) for each in names}
    by_number = {alias: trial for trial in trials for alias in trial.aliases} | {trial.nct: trial for trial in trials}
    answers = Answers(tuple(each.nct for each in trials), by_number, now)
    made = from_records(name, "registry", list(records.values()), now, notes)
    vague = frozenset(at for at, each in enumerate(made.read.watchlist.programs) if is_description(each.name))
    answers = Answers(tuple(each.nct for each in trials), by_number, now)
    several = {at: tuple(each) for at, each in enumerate(parts.values()) if len(each) > 1}
    return DraftedPrograms(
        name, "registry", made.document, made.read, made.problems, notes, vague, (), several, answers=answers
    )
