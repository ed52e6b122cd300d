"""Meaning of the pane and the field under the cursor, from their declarations, for the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.app.editing.targets import target
from cartwatch.domain.fields import facts, kind_of
from cartwatch.domain.program import root
from cartwatch.domain.record_lists import lists, lists_of_pane
from cartwatch.views.panes import PANES

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["RISKS", "meanings"]

RISKS = {
    "CRS": "Cytokine release syndrome: the activated cells set off fever, low blood pressure and lack of oxygen.",
    "ICANS": "Immune effector cell-associated neurotoxicity syndrome: confusion, loss of words, seizures, brain swelling.",
    "GVHD": "Graft-versus-host disease: T cells of a donor attack the skin, the gut and the liver of the patient.",
}
"""A sentence on each risk that the app names by its letters."""

_PANES = {
    "overview": "What the program is, what comes next and what is known of its safety, in short.",
    "history": "Earlier guidance, and every change of this list.",
}


def meanings(pane: str, path: str | None) -> Iterator[tuple[str, str]]:
    """Return what the pane means, then the record and the field at a path, then the risks that the pane names."""
    declared = facts(root()).get(pane)
    said = [declared.help] if declared is not None else [lists()[each].help for each in lists_of_pane(pane)]
    yield f"Pane {dict(PANES)[pane]}", _PANES.get(pane) or " ".join(said)
    found = target(path) if path is not None else None
    if found is not None:
        record = kind_of(found.record)
        if found.base and record is not None and record.heading != dict(PANES)[pane]:
            yield record.heading, record.help
        within: type | None = found.record
        for step in found.steps:
            fact = facts(within).get(step) if within is not None else None
            if fact is not None:
                yield fact.label, RISKS.get(fact.label, fact.help)
                within = fact.record
    if pane in ("overview", "safety"):
        yield from RISKS.items()
