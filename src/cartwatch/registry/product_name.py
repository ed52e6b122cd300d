"""What the name of a product, or the title of its trial, says outright of its kind and its targets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

__all__ = [
    "is_cell_therapy",
    "is_companion",
    "is_kind_only",
    "is_other_medicine",
    "modality_of",
    "own_part",
    "targets_of",
    "title_part",
]

# Given with a cell product, or in its place: never the product.
_COMPANIONS = (
    r"\b(?:placebo|saline|sham|standard of care|best supportive|chemotherapy|lymphodeplet|conditioning|leuk(?:o)?apheresis|"
    r"apheresis|radiation|radiotherapy|biopsy|questionnaire|cyclophosphamide|fludarabine|bendamustine|busulfan|melphalan|"
    r"alemtuzumab|tocilizumab|dexamethasone|rituximab|aldesleukin|interleukin|mesna|thiotepa|clofarabine|cytarabine|etoposide)"
)

# By the stems of their international names: antibodies, fusion proteins, kinase inhibitors and others, given along with cells.
_OTHER_MEDICINES = (
    r"(?i:\w{2,}(?:mab|cept|kinra|leukin|tinib|limus|parib|domide|zomib|clax|platin|rubicin|bopag|grastim|ciclib|fusp|degib)\b"
    r"|\bvedotin\b|\bvaccine\b|\bantibod(?:y|ies)\b)"
)
# The international names of cell therapies end in -cel (WHO, INN for cell-based therapies).
_CELL_THERAPY = r"(?i:\b\w{4,}(?<!par)(?<!can)(?<!ex)cel(?:-[a-z]\b)?\b|-cel\b)"
_KIND_ONLY = r"(?i:(?:CAR[- ]?T|CART|CAR[- ]?NK|TCR[- ]?T|TIL|NK|MSC|VST|Treg)s?(?: cells?)?(?: therapy)?)"

# An antigen by its own name. A number alone ("CART-19", "CAR7") says it only by custom.
_ANTIGEN = (
    r"(?:CD\d{1,3}[a-z]?|BCMA|B[- ]cell maturation antigen|GPRC5D|FcRH5|TACI|BAFF-?R|CLDN ?(?:18\.2|6)|"
    r"Claudin[- ]?(?:18\.2|6)|GPC[23]|Glypican[- ]?3|mesothelin|MSLN|HER-?2|EGFRvIII|EGFR|GD2|PSMA|PSCA|MUC1|CEA|GUCY2C|GCC|"
    r"ROR1|CLL-?1|CLEC12A|FLT3|NKG2D ligands?|B7-?H3|DLL3|IL-?13R(?:a|α|alpha)2|EpCAM|EphA2|FAP|FR[aα]|c-?MET|AXL|SLAMF7|CS1|"
    r"TROP-?2|Nectin-?4|TRBC[12]|PRAME|MAGE-?A\d{1,2}|NY-?ESO-?1|AFP|WT1|KRAS G12[DV]|HPV-?16 E[67]|KK-?LC-?1)"
)
_SPELLINGS = {
    "BCELLMATURATIONANTIGEN": "BCMA",
    "FCRH5": "FcRH5",
    "CLAUDIN18.2": "CLDN18.2",
    "CLDN18.2": "CLDN18.2",
    "CLAUDIN6": "CLDN6",
    "CLDN6": "CLDN6",
    "GLYPICAN3": "GPC3",
    "MSLN": "mesothelin",
    "MESOTHELIN": "mesothelin",
    "HER2": "HER2",
    "EGFRVIII": "EGFRvIII",
    "CLL1": "CLL-1",
    "CLEC12A": "CLL-1",
    "B7H3": "B7-H3",
    "IL13RALPHA2": "IL13Rα2",
    "IL13RA2": "IL13Rα2",
    "EPCAM": "EpCAM",
    "EPHA2": "EphA2",
    "CMET": "c-MET",
    "TROP2": "TROP2",
    "NECTIN4": "Nectin-4",
    "NYESO1": "NY-ESO-1",
}
# Markers by which cells are sorted, and signalling parts of a CAR: a target only where the text says "anti-" or "targeting".
_MARKERS = frozenset({"CD2", "CD3", "CD4", "CD8", "CD25", "CD28", "CD34", "CD45", "CD45RA", "CD52", "CD62L", "CD137"})

_ELSEWHERE = (
    r"\b(?:after|following|post|prior|previous(?:ly)?|failed|failing|versus|vs|compared|naive|receiving|received|undergoing|"
    r"recipients?|treated with|in (?:adult |pediatric )?(?:patients|participants|subjects)|prevent\w*|prophyla\w*|management|"
    r"toxicit\w*)\b|[- ](?:induced|associated|related)\b"
)

# In a title, what comes after this is given along with the product, or is somebody else's.
_ALONG = (
    r"(?<!transduced )(?<!modified )(?<!engineered )(?<!armed )\bwith\b"
    r"|\b(?:combin\w+|plus|before|together|alongside|bridging)\b"
)

_T_CELLS = r"T[- ](?:cells?|lymphocytes?)\b"
_MODALITIES = {
    "CAR-NK": r"\bCAR\d*[- ]?NK|\bCAR\b.*\b(?:NK|natural killer)\b|chimeric antigen receptor.*natural killer",
    "CAR-M": r"\bCAR[- ]?Ms?\b|\bCAR[- ]macrophages?",
    "TCR-T": r"\bTCR[- ]?T\b|\b(?:TCR|T[- ]cell receptor)[- ](?:transduced|engineered|modified)",
    "CAR-T": rf"\bCAR[- ]?Ts?\b|\bCART(?:\b|[- ]?\d)|CAR[-\w+]*[ -](?:[-\w]+[ -]){{0,2}}{_T_CELLS}"
    rf"|chimeric antigen receptors?\b.{{0,60}}\b{_T_CELLS}|\b{_T_CELLS}.{{0,160}}\b(?:chimeric antigen receptors?|CAR)\b"
    rf"|\bCAR[- ](?:engineered|modified|transduced|expressing)\b.{{0,60}}\b{_T_CELLS}"
    rf"|\b{_T_CELLS}.{{0,120}}(?:scFv[ :-]*(?:TCRz|BBz|CD3)|-(?:BB|28)z\b)",
    "TIL": r"(?i:tumou?r[- ]infiltrating lymphocytes?)|\bTILs?\b",
    "VST": r"(?i:virus[- ]specific (?:cytotoxic )?T\b)|\bVSTs?\b",
    "MSC": r"(?:(?i:mesenchymal (?:stem|stromal) cells?)|\bMSCs?\b)(?![- ]derived)",
    "Treg": r"^(?:\W|autologous|allogeneic|polyclonal|expanded)*(?:regulatory T[- ]cells?|Tregs?)\b(?! ?CD34)",
    "NK": r"\bNK[- ]cells?\b|natural killer cells?",
}
_ABBREVIATED = frozenset({"TIL", "VST", "MSC"})  # in lower case these are other words


def is_companion(name: str) -> bool:
    """Whether an intervention is given with a product or in its place: placebo, lymphodepletion, rescue."""
    return _compiled(_COMPANIONS).search(name) is not None


def is_other_medicine(name: str) -> bool:
    """Whether a name is that of an antibody, a small molecule or the like, and of no cells."""
    return _compiled(_OTHER_MEDICINES, True).search(name) is not None and not is_cell_therapy(name) and not modality_of([name])


def is_cell_therapy(name: str) -> bool:
    """Whether a name is the international one of a cell therapy, as ciltacabtagene autoleucel and cilta-cel are."""
    return _compiled(_CELL_THERAPY, True).search(name) is not None


def is_kind_only(name: str) -> bool:
    """Whether a name says no more than the kind of product, as the acronym "CAR-T" does."""
    return _compiled(_KIND_ONLY, True).fullmatch(name.strip()) is not None


def modality_of(names: list[str]) -> str | None:
    """The kind of cell product that a name says outright; the first name that says one counts."""
    for name in names:
        for modality, pattern in _MODALITIES.items():
            if _compiled(pattern, modality in _ABBREVIATED).search(own_part(name)):
                return modality
    return None


def targets_of(names: list[str]) -> list[str]:
    """The antigens that a name says outright are aimed at; the first name that says any counts."""
    for name in names:
        found = list(dict.fromkeys(_aimed(own_part(name))))
        if found:
            return found
    return []


def own_part(name: str) -> str:
    """A title up to where it goes on to earlier treatment, a comparison, the patients or a side effect."""
    return _compiled(_ELSEWHERE).split(name, maxsplit=1)[0]


def title_part(title: str) -> str:
    """A title up to where it goes on to what is given along with the product."""
    return _compiled(_ALONG).split(own_part(title), maxsplit=1)[0]


def _aimed(text: str) -> Iterator[str]:
    hits = sorted(
        (match.start(), match[1], named)
        for pattern, named in _contexts().items()
        for match in _compiled(pattern).finditer(text)
    )
    for _, listed, named in hits:
        for antigen in _spelled(listed):
            if named or antigen.upper() not in _MARKERS:
                yield antigen


@cache
def _contexts() -> dict[str, bool]:
    """Where an antigen is a target, and whether the text says so in words ("anti-", "targeting") rather than by its place."""
    token = rf"(?<![A-Za-z0-9]){_ANTIGEN}(?![A-Za-z0-9]|[+⁺])"
    several = rf"({token}(?: ?(?:/|-|x|×|,|\+|and|&) ?(?:anti-)?(?:{token}|\d{{1,3}}(?![\dA-Za-z])))*)"
    aim = (
        r"(?:\banti[- –]?|\b(?:targeting|targeted (?:to|against)|(?:directed )?against|directed (?:at|to)|specific (?:for|to))"
        r"[- ])"
    )
    several_in_one = r"[- ]?(?:BBz|28z)?\)?[- ]?(?:(?:bi|dual|tri|tandem|multi)[-\w]*[- ])?"
    receptor = (
        r"(?:(?:targeted|targeting|specific|directed|redirected)\b"
        r"|[- ]?(?:CART?(?![a-z])|TCR(?![a-z])|chimeric antigen receptor))"
    )
    return {
        aim + several + r"(?!,? ?(?:x ?CD3|(?:monoclonal |bispecific )?(?:antibod|mAb)|monoclonal|bispecific))": True,
        several + several_in_one + receptor: False,
        rf"((?<![A-Za-z0-9]){_ANTIGEN})(?=CAR)": False,
        rf"\bCAR(?:[- ]?T)?(?: cells?)?[-.( ]{{1,2}}{several}": False,
    }


def _spelled(listed: str) -> Iterator[str]:
    """The antigens of a list such as `CD19/CD22`, `CD19/20` or `BCMA and CD19`, each in its usual spelling."""
    for match in _compiled(rf"{_ANTIGEN}(?![A-Za-z0-9])|{_ANTIGEN}$|(?<=[/x×])\s?\d{{1,3}}\b").finditer(listed):
        word = match[0].strip()
        if word.isdigit():
            yield f"CD{word}"
        else:
            usual = _SPELLINGS.get(re.sub(r"[- ]", "", word).upper())
            yield usual or (f"CD{word[2:]}" if word[:2].upper() == "CD" else word.upper() if word.islower() else word)


@cache
def _compiled(pattern: str, cased: bool = False) -> re.Pattern[str]:
    return re.compile(pattern, 0 if cased else re.IGNORECASE)
