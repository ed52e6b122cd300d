"""Finds the kind and targets of a product in its name, or in the title of its trial, if stated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

__all__ = [
    "is_cell_therapy",
    "is_companion",
    "is_description",
    "is_kind_only",
    "is_other_medicine",
    "may_be_cells",
    "modality_of",
    "own_part",
    "targets_of",
    "title_part",
    "without_dose",
]

# Given with a cell product, or in its place: never the product.
_COMPANIONS = (
    r"\b(?:placebo|saline|sham|standard of care|best supportive|chemotherapy|lymphodeplet|conditioning|leuk(?:o)?apheresis|"
    r"apheresis|radiation|radiotherapy|biopsy|questionnaire|cyclophosphamide|fludarabine|bendamustine|busulfan|melphalan|"
    r"alemtuzumab|tocilizumab|dexamethasone|rituximab|aldesleukin|interleukin|mesna|thiotepa|clofarabine|cytarabine|etoposide|"
    r"treosulfan|cytoxan|endoxan|fludara|flu ?/ ?cy|cy ?/ ?flu|(?:anti-?)?thymocyte globulin|thymoglobulin|ATG\b(?!-))"
    r"|^(?:no(?:ne)?\b(?!-)|not applicable\b|n/a\b|(?:standard |long[- ]term )?(?:observation|follow[- ]?up)\b)"
)

# Beginnings and ends of an intervention's name that state a dose or cohort.
_DOSE_BEFORE = (
    r"^(?:(?:(?:single|split|fixed|repeat(?:ed)?|multiple|escalating|one|first) )?"
    r"(?:dos(?:e|es|age)|infusions?|injections?|administration)(?: level)?(?: ?-?\d+)?(?: of\b| ?[:–]| - )"
    r"|(?:cohort|arm|part|group|stage|DL)[ -]?\w{1,3} ?(?:[:–]| - )"
    r"|\d[\d.,]*(?: ?[-–] ?\d[\d.,]*)? ?[x×*] ?10\^?\d*\S*(?: cells)?(?: of\b)?) *"
)
_DOSE_AFTER = (
    r"[ ,;:(\[–]+(?:(?:at |dose:? |dose of )?\d[\d.,]*(?: ?[-–] ?\d[\d.,]*)? ?"
    r"(?:[x×*] ?10|e\d|million\b|billion\b|mg\b|[μm]cg\b)"
    r"|(?:dose level|DL|cohort) ?-?\d|(?:low|mid|middle|high|single)[- ]dose\b).*$"
)

# Stems of international names: antibodies, fusion proteins, kinase inhibitors and others, given along with cells.
_OTHER_MEDICINES = (
    r"(?i:\w{2,}(?:mab|cept|kinra|leukin|tinib|limus|parib|domide|zomib|clax|platin|rubicin|bopag|grastim|ciclib|fusp|degib)\b"
    r"|\bvedotin\b|\bvaccine\b|\bantibod(?:y|ies)\b)"
)
# The international names of cell therapies end in -cel (WHO, INN for cell-based therapies).
_CELL_THERAPY = r"(?i:\b\w{4,}(?<!par)(?<!can)(?<!ex)cel(?:-[a-z]\b)?\b|-cel\b)"
_KIND_ONLY = r"(?i:(?:CAR[- ]?T|CART|CAR[- ]?NK|TCR[- ]?T|TIL|NK|MSC|VST|Treg)s?(?: cells?)?(?: therapy)?)"

# An antigen by its own name. A number alone ("CART-19", "CAR7") names it only by custom.
_ANTIGEN = (
    r"(?:CD ?\d{1,3}[a-z]?|BCMA|B[- ]cell maturation antigen|GPRC5D|FcRH5|TACI|BAFF-?R|CLDN ?(?:18\.2|6)|"
    r"Claudin[- ]?(?:18\.2|6)|GPC[23]|Glypican[- ]?3|mesothelin|MSLN|HER-?2|EGFRvIII|EGFR|GD-?2|PSMA|PSCA|MUC1|CEA|GUCY2C|GCC|"
    r"ROR1|CLL-?1|CLEC12A|FLT3|NKG2D ligands?|B7-?H3|DLL3|IL-?13R(?:a|α|alpha)2|EpCAM|EphA2|FAP|FR[aα]|c-?MET|AXL|SLAMF7|CS1|"
    r"TROP-?2|Nectin-?4|TRBC[12]|PRAME|MAGE-?A\d{1,2}|NY[- ]?ESO-?1|AFP|WT1|KRAS G12[DV]|HPV-?16 E[67]|KK-?LC-?1)"
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
    "GD2": "GD2",
    "CMET": "c-MET",
    "TROP2": "TROP2",
    "NECTIN4": "Nectin-4",
    "NYESO1": "NY-ESO-1",
}
# Markers by which cells are sorted, and signalling parts of a CAR: a target only where the text says "anti-" or "targeting".
_MARKERS = frozenset({"CD2", "CD4", "CD8", "CD25", "CD45", "CD45RA", "CD52", "CD62L"})
_NO_TARGETS = frozenset({"CD3", "CD28", "CD34", "CD137"})  # stimulants of T cells, and sorting markers of stem cells

_AMONG = r"(?:in|for|among|of) (?:(?!(?:in|for|with|of|to|and)\b)[-\w/+.]+ ){0,5}"
_ELSEWHERE = (
    r"\b(?:after|following|post|prior|previous(?:ly)?|failed|failing|versus|vs|compared|naive|receiving|received|undergoing|"
    r"recipients?|treated with|prevent\w*|prophyla\w*|management|toxicit\w*|"
    rf"{_AMONG}(?:patients|participants|subjects|candidates|recipients))\b|[- ](?:induced|associated|related)\b"
)

# In a title, the words after this name a companion of the product, or another product.
_ALONG = (
    r"(?<!transduced )(?<!modified )(?<!engineered )(?<!armed )\bwith\b"
    r"|\b(?:combin\w+|plus|before|together|alongside|bridging)\b"
)

_T_CELLS = r"T[- ](?:cells?|lymphocytes?)\b"
_TREGS = r"(?:T[- ]?regs?\b|regulatory T[- ]cells?)"
_MODALITIES = {
    "Treg": rf"^(?:\W|autologous|allogeneic|polyclonal|expanded)*{_TREGS}(?! ?CD34)"
    rf"|\bCAR[- ](?:modified |engineered )?{_TREGS}|chimeric antigen receptors? (?:modified |engineered )?{_TREGS}",
    "CAR-NK": r"\bCAR\d*[- ]?NK|\bCAR\b.*\b(?:NK|natural killer)\b|chimeric antigen receptor.*natural killer",
    "CAR-M": r"\bCAR[- ]?Ms?\b|\bCAR[- ]macrophages?",
    "TCR-T": r"\bTCR[- ]?T\b|\b(?:TCR|T[- ]cell receptor)[- ](?:transduced|engineered|modified)",
    "CAR-T": rf"(?:\b|(?<=\d))CAR[- ]?Ts?\b|\bUCAR[- ]Ts?\b|\b(?:hu)?CART(?:\b|[- ]?\d)"
    rf"|CAR[-\w+]*[ -](?:[-\w]+[ -]){{0,2}}{_T_CELLS}"
    rf"|chimeric (?:antigen )?receptors?\b.{{0,60}}\b{_T_CELLS}|\b{_T_CELLS}.{{0,160}}\b(?:chimeric antigen receptors?|CAR)\b"
    rf"|\bCAR[- ](?:engineered|modified|transduced|expressing)\b.{{0,60}}\b{_T_CELLS}"
    rf"|\b{_T_CELLS}.{{0,120}}(?:scFv[ :-]*(?:TCRz|BBz|CD3)|-(?:BB|28)z\b)",
    "TIL": r"(?i:tumou?r[- ]infiltrating lymphocytes?)|\bTILs?\b",
    "VST": r"(?i:virus[- ]specific (?:cytotoxic )?T\b)|\bVSTs?\b",
    "MSC": r"(?:(?i:mesenchymal (?:stem|stromal) cells?)|\bMSCs?\b)(?![- ]derived)",
    "NK": r"\bNK[- ]cells?\b|natural killer cells?",
}
# fmt: off
_DESCRIBING = frozenset({
    "a", "an", "the", "and", "or", "of", "to", "with", "x", "anti", "targeting", "targeted", "specific", "directed",
    "redirected", "against", "autologous", "allogeneic", "allogenic", "universal", "donor", "derived", "human", "humanized",
    "humanised", "modified", "genetically", "engineered", "gene", "transduced", "expressing", "expressed", "dual",
    "bispecific", "tandem", "car", "cars", "cart", "t", "b", "nk", "cell", "cells", "lymphocyte", "lymphocytes", "therapy",
    "treatment", "infusion", "injection", "product", "immunotherapy", "chimeric", "antigen", "receptor", "receptors",
    "generation", "second", "third", "fourth", "umbilical", "cord", "blood",
})
# fmt: on
_ABBREVIATED = frozenset({"TIL", "VST", "MSC"})  # in lower case these are other words


def is_companion(name: str) -> bool:
    """Whether an intervention is given with a product or in its place: placebo, lymphodepletion, rescue."""
    return _compiled(_COMPANIONS).search(name) is not None


def is_other_medicine(name: str) -> bool:
    """Whether a name is that of an antibody, a small molecule or the like, and not of cells."""
    return _compiled(_OTHER_MEDICINES, True).search(name) is not None and not is_cell_therapy(name) and not modality_of([name])


def is_cell_therapy(name: str) -> bool:
    """Whether a name is an international name of a cell therapy, as ciltacabtagene autoleucel and cilta-cel."""
    return _compiled(_CELL_THERAPY, True).search(name) is not None


def may_be_cells(name: str) -> bool:
    """Whether a name may be that of cells: a code, the international name of a cell therapy, or cells by name."""
    pattern = r"\d|\bcells?\b|lymphocytes?\b|\bCAR|\bTCR|\bgraft\b|-T\b"
    return is_cell_therapy(name) or modality_of([name]) is not None or _compiled(pattern).search(name) is not None


def without_dose(name: str) -> str:
    """Remove dose and cohort from the name of an intervention: "Single dose of CTL019" is CTL019."""
    bare = _compiled(_DOSE_BEFORE).sub("", name)
    bare = _compiled(_DOSE_AFTER).sub("", bare).strip(" ,;:-–")
    return bare if len(bare) > 2 and not is_kind_only(bare) else name


def is_description(name: str) -> bool:
    """Whether a name is only descriptive, as "CD19 CAR-T cells": many sponsors have such a product."""
    rest = _compiled(rf"{_ANTIGEN}(?:[/x×]\d{{1,3}}\b)*").sub(" ", name)
    if re.search(r"\d", rest):  # a code
        return False
    rest = _compiled("|".join(_MODALITIES.values())).sub(" ", rest)
    return all(word in _DESCRIBING for word in re.split(r"[\W_]+", rest.casefold()) if word)


def is_kind_only(name: str) -> bool:
    """Whether a name is only the kind of product, as the acronym "CAR-T"."""
    return _compiled(_KIND_ONLY, True).fullmatch(name.strip()) is not None


def modality_of(names: list[str]) -> str | None:
    """Return the kind of cell product stated in a name; the first name that states one counts."""
    for name in names:
        for modality, pattern in _MODALITIES.items():
            if _compiled(pattern, modality in _ABBREVIATED).search(own_part(name)):
                return modality
    return None


def targets_of(names: list[str]) -> list[str]:
    """Return the target antigens stated in a name; the first name that states any counts."""
    for name in names:
        found = list(dict.fromkeys(_aimed(own_part(name))))
        if found:
            return found
    return []


def own_part(name: str) -> str:
    """Cut a title before earlier treatment, a comparison, the patients or a side effect."""
    return _compiled(_ELSEWHERE).split(name, maxsplit=1)[0]


def title_part(title: str) -> str:
    """Cut a title before the companions of the product."""
    return _compiled(_ALONG).split(own_part(title), maxsplit=1)[0]


def _aimed(text: str) -> Iterator[str]:
    hits = sorted(
        (match.start(), match[1], named)
        for pattern, named in _contexts().items()
        for match in _compiled(pattern).finditer(text)
    )
    for _, listed, named in hits:
        for antigen in _spelled(listed):
            if antigen.upper() not in _NO_TARGETS and (named or antigen.upper() not in _MARKERS):
                yield antigen


@cache
def _contexts() -> dict[str, bool]:
    """Yield the places where an antigen is a target, and whether words say so ("anti-", "targeting")."""
    ends = rf"(?!(?![x×](?:anti-)?{_ANTIGEN})[A-Za-z0-9]|[+⁺])"
    first = rf"(?<![A-Za-z0-9]){_ANTIGEN}{ends}"
    between = r"(?: ?(?:/|-|x|×|\+|&)|,? (?:and|or)|,) ?"
    several = rf"((?>{first}(?:{between}(?:anti-)?(?:{_ANTIGEN}{ends}|\d{{1,3}}(?![\dA-Za-z])))*))"
    aim = (
        r"(?:\banti[- –]?|\b(?:targeting|targeted (?:to|against)|(?:directed )?against|directed (?:at|to)|specific (?:for|to)|"
        r"receptors?(?: \(CAR\))? (?:to|for))[- ])"
    )
    qualified = (
        r"[- ]?(?:BBz|28z)?\)?[- ]?(?:(?:(?:bi|dual|tri|tandem|multi)[-\w]*|allogene?ic|autologous|universal|humani[sz]ed|"
        r"off-the-shelf|(?:second|third|fourth)[- ]generation)[- ])*"
    )
    receptor = (
        r"(?:(?:targeted|targeting|specific|directed|redirected)\b"
        r"|[-. ]?(?:[cu]?CART?(?![a-z])|TCR(?![a-z])|chimeric (?:antigen )?receptor))"
    )
    other = r"(?:monoclonal |bispecific )?(?:antibod|mAb)|monoclonal|bispecific|safety switch|switch"
    return {
        rf"{aim}{several}(?![- ]?(?:depleted|depletion|selected|enriched)|,? ?(?:x ?CD3|{other}))": True,
        several + qualified + receptor: False,
        rf"((?<![A-Za-z0-9]){_ANTIGEN})(?=CAR)": True,
        rf"\bCAR(?:[- ]?T)?(?: cells?)?[-.( ]{{1,2}}{several}": False,
    }


def _spelled(listed: str) -> Iterator[str]:
    """Return the antigens of a list such as `CD19/CD22`, `CD19/20` or `BCMA and CD19`, each in its usual spelling."""
    for match in _compiled(rf"{_ANTIGEN}(?![A-WYZ0-9])|{_ANTIGEN}$|(?<=[/x×])\s?\d{{1,3}}\b").finditer(listed):
        word = match[0].strip()
        if word.isdigit():
            yield f"CD{word}"
        else:
            usual = _SPELLINGS.get(re.sub(r"[- ]", "", word).upper())
            cluster = word[:2].upper() == "CD" and f"CD{word[2:].strip()}"
            yield usual or cluster or (word.upper() if word.islower() else word)


@cache
def _compiled(pattern: str, cased: bool = False) -> re.Pattern[str]:
    return re.compile(pattern, 0 if cased else re.IGNORECASE)
