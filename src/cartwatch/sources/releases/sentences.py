"""Cuts a block into sentences, and folds text for the search of words without moving a character."""

from __future__ import annotations

import re

__all__ = ["folded", "sentences"]

_LIKE_ASCII = {
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣"), "-"),
    **dict.fromkeys(map(ord, "‘’‚‛ʼ′´`＇"), "'"),
    **dict.fromkeys(map(ord, "“”„‟«»″"), '"'),
    **dict.fromkeys(map(ord, "™®©\u00a0\u2009\u202f℠"), " "),
}
_END = re.compile(r"\s[•▪●■◦]\s+|(?<!\.\.)(?:[!?]|\.(?!\.))[\"”’')\]]*(?:\d{1,2})?\s+(?=[\"“‘'(\[]?[A-Z0-9À-Þ])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|prof|inc|ltd|corp|co|vs|no|nos|fig|st|jr|sr|u\.s|u\.k|e\.u|e\.g|i\.e|ph\.d|m\.d|m\.sc|b\.sc|m\.b\.a|"
    r"m\.p\.h|approx|est|al|etc|dept|univ|calif|mass|conn|md|pa|n\.j|n\.c|n\.y|wash|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|"
    r"a\.m|p\.m|s\.a|n\.v|b\.v|d\.c|v|ver|vol|pp?|ca)|\b[a-z])\.$",
    re.I,
)


def folded(text: str) -> str:
    """A text in lower case with plain dashes and quotes, each character in its place."""
    plain = text.translate(_LIKE_ASCII)
    low = plain.lower()
    if len(low) != len(plain):
        low = "".join(char.lower() if len(char.lower()) == 1 else char for char in plain)
    return low


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each sentence of a block."""
    found: list[tuple[int, int]] = []
    start = 0
    for hit in _END.finditer(text):
        if hit[0][0].isspace():
            found.append((start, hit.start()))
            start = hit.end()
            continue
        if text[hit.start()] == "." and _ABBREVIATION.search(text, max(start, hit.start() - 12), hit.start() + 1):
            after = text[hit.end() : hit.end() + 12]
            if not re.match(
                r"(?:The|In|We|This|These|It|A|An|As|For|Our|To|On|At|By|Topline|Data|Enrollment|Additionally)\b", after
            ):
                continue
        found.append((start, hit.end()))
        start = hit.end()
    found.append((start, len(text)))
    return [
        (first, last - len(text[first:last]) + len(text[first:last].rstrip()))
        for first, last in found
        if text[first:last].strip()
    ]
