"""Joins the drafts of one product, as of two registry records, to one program."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import PHASE, fold

from .matching import plain_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["joined", "joined_words"]

_ORDER = ("id", "name", "aliases", "sponsor", "indications", "phase", "notes", "cite", "mechanism", "trial", "source")


def joined(drafts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the program that some drafts of one product make together."""
    return reduce(lambda known, drawn: _two(_with_name(known, drawn), drawn), drafts[1:], dict(drafts[0]))


def joined_words(first: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """Describe the joining of a further draft to the first."""
    product = clean(str(first["name"]), limit=60)
    sponsor = fold(str(first.get("sponsor", ""))) == fold(str(second.get("sponsor", "")))
    shared = f"sponsor and intervention ({product})" if sponsor else f"intervention ({product})"
    return f"joined with {clean(second['trial'][0]['nct'])}, of the same {shared}"


def _two(first: dict[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two drafts of the same product: the first, with additions of the second, each cited from its record.

    The phase is the later of the two; indications and aliases are those of both.
    """
    cite, others = dict(first["cite"]), second["cite"]
    out = {**second, **first}
    for key in ("indications", "aliases"):
        if key in first and key in second:
            known = {fold(each) for each in first[key]}
            more = [each for each in second[key] if fold(each) not in known]
            out[key] = [*first[key], *more]
            cite[key] = [*([cite[key]] if isinstance(cite[key], str) else cite[key]), others[key]] if more else cite[key]
    if "phase" in first and "phase" in second and PHASE.rank(second["phase"]) > PHASE.rank(first["phase"]):
        out["phase"], cite["phase"] = second["phase"], others["phase"]
    for key in ("trial", "source"):
        out[key] = [*first[key], *second[key]]
    if mechanism := {**second.get("mechanism", {}), **first.get("mechanism", {})}:
        out["mechanism"] = mechanism
    if notes := [each["notes"] for each in (first, second) if "notes" in each]:
        out["notes"] = "\n\n".join(notes)
    out["cite"] = {**others, **cite}
    return {key: out[key] for key in _ORDER if key in out}


def _with_name(known: dict[str, Any], drawn: Mapping[str, Any]) -> dict[str, Any]:
    """Add the name of a second draft of a product to the aliases of the first, if it is another."""
    names = {plain_name(each) for each in (known["name"], *known.get("aliases", []), *drawn.get("aliases", []))}
    if plain_name(drawn["name"]) in names:
        return known
    cited = drawn["cite"]["name"]
    before = known["cite"].get("aliases", [])
    cites = [*([before] if isinstance(before, str) else before), cited]
    aliases = [*known.get("aliases", []), drawn["name"]]
    return {**known, "aliases": aliases, "cite": {**known["cite"], "aliases": cites if before else cited}}
