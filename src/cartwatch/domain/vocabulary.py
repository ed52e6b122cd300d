"""Vocabularies, closed and open, with order, synonyms and nearest match."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

__all__ = [
    "VOCABULARIES",
    "Vocabulary",
    "against_rejection",
    "fold",
    "kind_word",
    "nearest",
    "purpose_of",
    "registry_words",
]


def fold(text: str) -> str:
    """Fold a text for comparison: case, dashes, brackets and runs of spaces do not matter."""
    folded = text.casefold()
    for mark in "-/()[]_":
        folded = folded.replace(mark, " ")
    if not folded.isascii():
        for dash in "‐‑‒–—":
            folded = folded.replace(dash, " ")
        folded = folded.replace("’", "'")
    return " ".join(folded.split())


def nearest(word: str, known: list[str]) -> str | None:
    """Return the known word that `word` most likely misspells, or None."""
    return _nearest(word, tuple(known))


_SHORT = 3  # letters of an abbreviation: M&A is not MAA


@lru_cache(maxsize=512)  # a file with an unknown word usually has it many times
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    from difflib import get_close_matches

    folded = {fold(each): each for each in reversed(known)}
    close = get_close_matches(fold(word), list(folded), n=1, cutoff=0.6 if len(word) > _SHORT else 0.75)
    return folded[close[0]] if close else None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """An ordered list of words, each with its synonyms.

    In a closed vocabulary an unknown word causes a warning; in an open one it does not. Either way it is kept. A synonym that
    says more than its word, as "Phase 2b" does, matches the pattern `narrow`: it counts and sorts as that word, but is kept.
    """

    name: str
    words: tuple[str, ...]
    closed: bool = True
    synonyms: dict[str, str] = field(default_factory=dict)
    narrow: str = ""
    _folded: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        folded = {fold(spelling): word for spelling, word in self.synonyms.items()}
        folded.update({fold(word): word for word in self.words})
        object.__setattr__(self, "_folded", folded)

    def canonical(self, text: str) -> str | None:
        """Return the vocabulary's own spelling of a word, or None if it is unknown."""
        return text if text in self.words else self._folded.get(fold(text))

    def kept(self, text: str) -> str | None:
        """Return a known word in the spelling to show and to write: as it is where it says more than the vocabulary's word."""
        word = self.canonical(text)
        return text if word is not None and self.narrow and re.search(self.narrow, fold(text)) else word

    def rank(self, text: str | None) -> tuple[int, str]:
        """Return a sort key in the vocabulary's order; unknown words come after the known ones, absent ones last."""
        if text is None:
            return (len(self.words) + 1, "")
        word = self.canonical(text)
        return (self.words.index(word), "") if word is not None else (len(self.words), fold(text))

    def suggest(self, text: str) -> str | None:
        """Return the word that `text` most likely misspells, or None; "not approved" and "unmet" misspell nothing."""
        if fold(text).startswith(("no", "un")):
            return None
        close = nearest(text, [*self.words, *self.synonyms])
        return self.canonical(close) if close is not None else None


PHASE = Vocabulary(
    "phase",
    (
        "Preclinical",
        "Early Phase 1",
        "Phase 1",
        "Phase 1/2",
        "Phase 2",
        "Phase 2/3",
        "Pivotal",
        "Phase 3",
        "Filed",
        "Approved",
        "Withdrawn",
        "On hold",
        "Discontinued",
    ),
    synonyms={
        **{
            f"{prefix}{number}": f"Phase {name}"
            for prefix in ("", "phase", "phase ", "ph", "ph ", "p")
            for name, numbers in {
                "1": ("1", "i", "1a", "1b", "ia", "ib"),
                "1/2": ("1/2", "i/ii", "1-2", "1b/2", "1/2a", "ib/ii", "i/iia", "ib/iia", "1b/2a", "1a/2", "1/2b"),
                "2": ("2", "ii", "2a", "2b", "iia", "iib"),
                "2/3": ("2/3", "ii/iii", "2-3", "2b/3", "iib/iii"),
                "3": ("3", "iii", "3a", "3b", "iiia", "iiib"),
            }.items()
            for number in numbers
        },
        "pre-clinical": "Preclinical",
        "IND-enabling": "Preclinical",
        "discovery": "Preclinical",
        "phase 0": "Early Phase 1",
        "first in human": "Phase 1",
        "registrational": "Pivotal",
        "potentially registrational": "Pivotal",
        "pivotal phase 2": "Pivotal",
        "phase 2 pivotal": "Pivotal",
        "phase 2 registrational": "Pivotal",
        **{
            f"{application} {state}": "Filed"
            for application in ("BLA", "sBLA", "NDA", "sNDA", "MAA", "application")
            for state in ("filed", "submitted", "accepted", "under review", "filing", "submission")
        },
        "submitted": "Filed",
        "under review": "Filed",
        "marketed": "Approved",
        "commercial": "Approved",
        "launched": "Approved",
        "licensed": "Approved",
        "clinical hold": "On hold",
        "hold": "On hold",
        "paused": "On hold",
        "suspended": "On hold",
        "stopped": "Discontinued",
        "terminated": "Discontinued",
        "withdrawn from the market": "Withdrawn",
        "dropped": "Discontinued",
    },
    narrow=r"(?:\d|i)[abc]\b|^potentially",
)

MODALITY = Vocabulary(
    "modality",
    ("CAR-T", "CAR-NK", "CAR-M", "TCR-T", "TIL", "NK", "Treg", "MSC", "VST", "other"),
    synonyms={
        "CAR T cell": "CAR-T",
        "CART": "CAR-T",
        "CAR T cells": "CAR-T",
        "CAR macrophage": "CAR-M",
        "CAR NK cell": "CAR-NK",
        "TCR T cell": "TCR-T",
        "engineered TCR": "TCR-T",
        "tumour-infiltrating lymphocytes": "TIL",
        "tumor-infiltrating lymphocytes": "TIL",
        "natural killer": "NK",
        "NK cell": "NK",
        "regulatory T": "Treg",
        "regulatory T cell": "Treg",
        "T reg": "Treg",
        "mesenchymal stromal cell": "MSC",
        "mesenchymal stem cell": "MSC",
        "virus-specific T cells": "VST",
    },
)

SOURCE = Vocabulary(
    "source",
    ("autologous", "allogeneic donor", "iPSC", "cord blood", "in vivo"),
    synonyms={
        "auto": "autologous",
        "patient": "autologous",
        "allogeneic": "allogeneic donor",
        "allo": "allogeneic donor",
        "donor": "allogeneic donor",
        "healthy donor": "allogeneic donor",
        "off-the-shelf": "allogeneic donor",
        "induced pluripotent stem cell": "iPSC",
        "iPS": "iPSC",
        "umbilical cord blood": "cord blood",
        "UCB": "cord blood",
        "in-vivo": "in vivo",
    },
)

CELL = Vocabulary(
    "cell",
    ("αβ T", "γδ T", "NK", "iNKT", "CD4/CD8 defined"),
    closed=False,
    synonyms={
        "alpha-beta T": "αβ T",
        "alpha beta T": "αβ T",
        "ab T": "αβ T",
        "gamma-delta T": "γδ T",
        "gamma delta T": "γδ T",
        "gd T": "γδ T",
        "natural killer": "NK",
        "invariant NKT": "iNKT",
    },
)

COSTIMULATION = Vocabulary(
    "costimulation", ("4-1BB", "CD28", "none"), closed=False, synonyms={"CD137": "4-1BB", "41BB": "4-1BB"}
)

_MILESTONES = {
    **{f"{each} {step}": "filing" for each in ("BLA", "sBLA", "NDA", "MAA") for step in ("submission", "filing")},
    **dict.fromkeys(("first patient dosed", "first patient in", "FPI", "last patient in", "LPI"), "enrolment"),
}  # spellings of a kind that say which application, or which patient

KIND = Vocabulary(
    "kind",
    (
        "interim",
        "readout",
        "filing",
        "acceptance",
        "pdufa",
        "adcom",
        "approval",
        "chmp",
        "launch",
        "enrolment",
        "conference",
        "designation",
        "earnings",
        "other",
    ),
    synonyms={
        **_MILESTONES,
        "interim analysis": "interim",
        "futility": "interim",
        "topline": "readout",
        "top-line": "readout",
        "results": "readout",
        "submission": "filing",
        "BLA": "filing",
        "sBLA": "filing",
        "MAA": "filing",
        "filing acceptance": "acceptance",
        "accepted": "acceptance",
        **dict.fromkeys(("clinical readout", "data readout", "topline data", "top-line data", "topline readout"), "readout"),
        "interim data": "interim",
        "PDUFA date": "pdufa",
        "goal date": "pdufa",
        "target action date": "pdufa",
        "advisory committee": "adcom",
        "FDA approval": "approval",
        "decision": "approval",
        "CHMP opinion": "chmp",
        "enrollment": "enrolment",
        "accrual": "enrolment",
        "congress": "conference",
        "meeting": "conference",
        "presentation": "conference",
    },
)


def kind_word(text: str) -> str | None:
    """The kind of catalyst that a text means, by all of it or by the words in it; None where those mean none, or several."""
    whole = KIND.canonical(text)
    if whole is not None:
        return whole
    for mark in "/()_":
        text = text.replace(mark, " ")
    words = text.split()
    for length in (3, 2, 1):
        parts = [" ".join(words[at : at + length]) for at in range(len(words) - length + 1)]
        found = {kind for each in parts if (kind := KIND.canonical(each)) is not None and kind != "other"}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


OUTCOME = Vocabulary(
    "outcome",
    (
        *("met", "missed", "mixed", "futility", "approved", "accelerated approval", "crl", "refuse to file"),
        *("positive opinion", "negative opinion", "extended", "withdrawn", "terminated", "happened"),
    ),
    synonyms={
        "futile": "futility",
        "stopped for futility": "futility",
        "halted for futility": "futility",
        **dict.fromkeys(("met primary endpoint", "primary endpoint met"), "met"),
        **dict.fromkeys(("missed primary endpoint", "primary endpoint missed", "primary endpoint not met"), "missed"),
        **dict.fromkeys(("CRL received", "CRL issued"), "crl"),
        **dict.fromkeys(("PDUFA extended", "goal date extended", "review extended"), "extended"),
        **dict.fromkeys(("approved (accelerated)", "accelerated approval granted"), "accelerated approval"),
        "refused to file": "refuse to file",
        "full approval": "approved",
        "regular approval": "approved",
        "accelerated": "accelerated approval",
        "conditional approval": "accelerated approval",
        "RTF": "refuse to file",
        "refusal to file": "refuse to file",
        "positive CHMP opinion": "positive opinion",
        "negative CHMP opinion": "negative opinion",
        "discontinued": "terminated",
        "halted": "terminated",
        "completed": "happened",
        "success": "met",
        "positive": "met",
        "failed": "missed",
        "failure": "missed",
        "not met": "missed",
        "negative": "missed",
        "complete response letter": "crl",
        "done": "happened",
        "occurred": "happened",
        "cancelled": "withdrawn",
        "canceled": "withdrawn",
    },
)

DESIGNATION = Vocabulary(
    "designation",
    (
        "RMAT",
        "Breakthrough",
        "Fast Track",
        "Orphan",
        "Priority Review",
        "Accelerated Approval",
        "PRIME",
        "Sakigake",
        "Rare Pediatric",
    ),
    closed=False,
    synonyms={
        "BTD": "Breakthrough",
        "breakthrough therapy": "Breakthrough",
        "ODD": "Orphan",
        "orphan drug": "Orphan",
        "FTD": "Fast Track",
        "regenerative medicine advanced therapy": "RMAT",
        "priority medicines": "PRIME",
        "rare pediatric disease": "Rare Pediatric",
        "rare paediatric": "Rare Pediatric",
        "RPD": "Rare Pediatric",
    },
)

AGENCY = Vocabulary(
    "agency",
    ("FDA", "EMA", "EC", "MHRA", "PMDA", "NMPA"),
    closed=False,
    synonyms={"European Commission": "EC", "European Medicines Agency": "EMA"},
)

REGION = Vocabulary(
    "region",
    ("US", "EU", "UK", "CH", "CA", "AU", "JP", "CN", "KR"),
    closed=False,
    synonyms={
        **dict.fromkeys(("USA", "U.S.", "United States", "America"), "US"),
        **dict.fromkeys(("E.U.", "Europe", "European Union", "EEA"), "EU"),
        **dict.fromkeys(("U.K.", "GB", "Great Britain", "United Kingdom"), "UK"),
        "Switzerland": "CH",
        "Canada": "CA",
        "Australia": "AU",
        "Japan": "JP",
        **dict.fromkeys(("China", "mainland China"), "CN"),
        **dict.fromkeys(("Korea", "South Korea"), "KR"),
    },
)

HOLD = Vocabulary(
    "hold",
    ("clinical hold", "partial hold", "voluntary pause"),
    synonyms={
        **dict.fromkeys(("hold", "full hold", "full clinical hold", "FDA hold", "FDA clinical hold"), "clinical hold"),
        **dict.fromkeys(("partial", "partial clinical hold"), "partial hold"),
        **dict.fromkeys(("pause", "paused", "voluntary hold", "sponsor pause"), "voluntary pause"),
    },
)

ROLE = Vocabulary(
    "role",
    ("licensee", "licensor", "co-development", "commercial", "manufacturing"),
    synonyms={
        "license holder": "licensee",
        "in-licensed": "licensor",
        **dict.fromkeys(("codevelopment", "co-developer", "co-develop", "development"), "co-development"),
        **dict.fromkeys(("commercialisation", "commercialization", "distribution", "distributor"), "commercial"),
        **dict.fromkeys(("manufacturer", "CDMO", "CMO"), "manufacturing"),
    },
)

SCALE = Vocabulary(
    "scale",
    (
        "ASTCT 2019",
        "Lee 2014",
        "Penn",
        "CARTOX",
        "MSKCC",
        "CTCAE v5",
        "CTCAE v4",
        "MAGIC",
        "NIH 2014",
        "Glucksberg",
    ),
    closed=False,
    synonyms={
        "ASTCT": "ASTCT 2019",
        "Lee 2019": "ASTCT 2019",
        "ASBMT": "ASTCT 2019",
        "Lee": "Lee 2014",
        "CTCAE 5": "CTCAE v5",
        "CTCAE v5.0": "CTCAE v5",
        "CTCAE 5.0": "CTCAE v5",
        "CTCAE 4.03": "CTCAE v4",
        "CTCAE v4.03": "CTCAE v4",
    },
)

STATUS = Vocabulary(
    "status",
    (
        *("NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "SUSPENDED", "TERMINATED"),
        *("COMPLETED", "WITHDRAWN", "UNKNOWN"),
    ),
    closed=False,
    synonyms={
        "active, not recruiting": "ACTIVE_NOT_RECRUITING",
        "enrolling": "ENROLLING_BY_INVITATION",
        "unknown status": "UNKNOWN",
    },
)
"""Overall status of a trial. Source: ClinicalTrials.gov API v2, enumeration Status."""

VOCABULARIES: dict[str, Vocabulary] = {
    each.name: each
    for each in (
        PHASE,
        MODALITY,
        SOURCE,
        CELL,
        COSTIMULATION,
        KIND,
        OUTCOME,
        DESIGNATION,
        AGENCY,
        REGION,
        HOLD,
        ROLE,
        SCALE,
        STATUS,
    )
}

# What the edit is for; domain/README names them: against graft-versus-host, or against rejection by the host.
_PURPOSES = {
    "TCR": "against GVHD: the cells lose the receptor that would attack the host",
    "TRAC": "against GVHD: the cells lose the receptor that would attack the host",
    "TRBC": "against GVHD: the cells lose the receptor that would attack the host",
    "CD52": "against rejection: survives alemtuzumab or ALLO-647",
    "B2M": "against rejection: no MHC class I for the host's T cells to see",
    "MHC class I": "against rejection: hidden from the host's T cells",
    "HLA-E": "against rejection: holds off the host's NK cells",
}


def purpose_of(gene: str) -> str | None:
    """Return the purpose of a well-known edit. Source: the project's vetted vocabulary page."""
    folded = fold(gene)
    for known, purpose in _PURPOSES.items():
        name = fold(known)
        if folded == name or folded.split(" ")[0] == name or (known == "TRBC" and folded.startswith("trbc")):
            return purpose
    return None


_AGAINST_REJECTION = ("cd52", "b2m", "mhc class i", "hla e", "hla match", "alemtuzumab", "allo 647")


def against_rejection(measure: str) -> bool:
    """Whether a measure works against rejection by the host, so that it is none against GVHD; source as above."""
    folded = fold(measure)
    return any(each in folded for each in _AGAINST_REJECTION)


_OF_REGISTRY = {
    "ACTIVE_NOT_RECRUITING": "active, not recruiting",
    "EARLY_PHASE1": "early phase 1",
    "NA": "not applicable",
}


def registry_words(value: str) -> str:
    """Spell out a ClinicalTrials.gov value: `ACTIVE_NOT_RECRUITING` is "active, not recruiting", `PHASE2` "phase 2"."""
    if value in _OF_REGISTRY:
        return _OF_REGISTRY[value]
    words = value.replace("_", " ").lower() if value.isupper() or value.startswith("PHASE") else value
    return words.replace("phase", "phase ") if value.startswith("PHASE") else words
