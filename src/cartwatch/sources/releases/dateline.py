"""Finds what a release says of itself: the day it was published, its title and its company."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cartwatch.domain.dates.parser import read_window

from .blocks import HEADING, ROW
from .lexicon import pattern

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from .blocks import TextBlock

__all__ = ["begin_of_news", "company_of", "day_of", "title_of"]

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|"
    "Oct|Nov|Dec"
)
_ANY = f"(?:{_MONTHS}|{_MONTHS.upper()})"
_DATE = (
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? )?"
    rf"(?:{_ANY}\.? \d{{1,2}}(?:st|nd|rd|th)?,? 20\d\d|\d{{1,2}} {_ANY}\.?,? 20\d\d)"
)
_WIRE = r"(?:\(\s*[A-Z][\w .&-]{2,40}\)|/\s?PR ?Newswire|/\s?CNW|--|[–—-]|:|\()"
DATELINE = re.compile(rf"^.{{0,140}}?\b(?P<day>{_DATE})\s*,?\s*(?:{_WIRE})", re.S)
_AFTER_WIRE = re.compile(rf"^.{{0,160}}?(?:Newswire|NEWSWIRE|Wire|WIRE)\S*\s*[,/|–—-]+\s*(?P<day>{_DATE})")
_PUBLISHED = re.compile(
    rf"(?:published|posted|released?|date|dated?|issued)(?: on| at| date)?:?\s*(?P<day>{_DATE}|20\d\d-\d\d-\d\d)", re.I
)
_ALONE = re.compile(rf"\W*(?P<day>{_DATE})(?:[\s,|–-]*(?:at )?\d{{1,2}}:\d\d.{{0,30}})?\W*")
_CITY = re.compile(r"^[^a-z]{0,6}[A-Z][A-Za-z.'’ -]{1,40}(?:,| and |/| \(| [–—-] )")
_NO_TITLE = pattern("dateline", "no_title")
_REPORTS = pattern("dateline", "reports")
_FORMS = pattern("dateline", "forms")
_NAMED = pattern("dateline", "named")
_READ = 60  # blocks


def day_of(blocks: Sequence[TextBlock], published: str = "") -> date | None:
    """Return the day of a release from its dateline, the head of its page, or a line such as "Published: …"; else None."""
    lines = [each for each in blocks[:_READ] if each.kind != ROW]
    for form in (DATELINE, _AFTER_WIRE):
        for each in lines:
            hit = form.match(each.text[:400])
            placed = hit is not None and (form is _AFTER_WIRE or _CITY.match(each.text) or hit.start("day") < 4)
            if hit is not None and placed and (day := _day(hit["day"])) is not None:
                return day
    if published and (day := _day(published[:10])) is not None:
        return day
    for each in lines[:25]:
        hit = _ALONE.fullmatch(each.text) or (_PUBLISHED.search(each.text) if len(each.text) < 120 else None)
        if hit is not None and (day := _day(hit["day"])) is not None:
            return day
    return None


def begin_of_news(text: str) -> int:
    """Return where the news begins in a block that opens with a dateline; 0 for every other block."""
    hit = DATELINE.match(text[:400])
    if hit is None or not (_CITY.match(text) or hit.start("day") < 4):
        return 0
    return hit.end()


def _day(words: str) -> date | None:
    window = read_window(words)
    return window.start if window.is_day else None


def title_of(blocks: Sequence[TextBlock]) -> str:
    """Return the first line that can be a title."""
    for each in blocks[:12]:
        if (
            each.kind != ROW
            and 15 <= len(each.text) <= 600
            and not _NO_TITLE.search(each.text)
            and not DATELINE.match(each.text)
        ):
            return each.text if len(each.text) <= 300 else f"{each.text[:300].rsplit(' ', 1)[0]} …"
    return ""


def company_of(blocks: Sequence[TextBlock], title: str) -> str:
    """Return the name of the company, from the dateline or the title; "" where neither tells."""
    for each in blocks[:_READ]:
        if each.kind != HEADING and (hit := DATELINE.match(each.text[:400])) is not None:
            named = _NAMED.search(each.text, hit.end("day"), hit.end() + 120)
            if named is not None:
                return named["name"].strip()
    said = _REPORTS.search(title)
    name = _FORMS.sub("", title[: said.start()]).strip() if said is not None and said.start() < 60 else ""
    return "" if name.lower().startswith(("the ", "a ", "an ")) else name
