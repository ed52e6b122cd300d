"""Tells news from what is not: boilerplate, contacts, tables of results, calls; and gives each block its headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .blocks import BULLET, HEADING, ROW, TextBlock
from .lexicon import lexicon
from .sentences import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["ABOUT", "BOILERPLATE", "CALL", "CONTACTS", "FINANCIAL", "MILESTONES", "NEWS", "Passage", "passages"]

NEWS, MILESTONES, ABOUT, COMPANY = "news", "milestones", "about", "about the company"
BOILERPLATE, CONTACTS, CALL, FINANCIAL, NUMBERS = "boilerplate", "contacts", "conference call", "financial results", "numbers"
_DEEPEST = 9
_TITLES = 6
_INLINE_ABOUT = re.compile(r"about (?P<name>[^.]{2,80}?) (?P=name)\b")


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of a release with its headings, outermost first, its lead-in, its section, and the blocks before it."""

    number: int
    text: str
    low: str
    kind: str
    section: str
    headings: tuple[str, ...]
    lead: str = ""
    before: str = ""

    @property
    def read(self) -> bool:
        """Whether it may hold news about a program."""
        return self.section in (NEWS, MILESTONES, ABOUT)


def passages(blocks: Sequence[TextBlock], company: str = "") -> Iterator[Passage]:
    """Yield every block with what stands above it."""
    outline = _Outline(company)
    for number, block in enumerate(blocks):
        low = folded(block.text)
        yield outline.passage(number, block, low, blocks[number + 1].kind if number + 1 < len(blocks) else "")


class _Outline:
    """The headings, lead-ins and sections above the present block."""

    def __init__(self, company: str) -> None:
        self.words = lexicon().sections
        self.company = folded(company)
        self.heads: list[tuple[int, str]] = []
        self.parents: list[tuple[int, str]] = []  # bullets that end with a colon, or stand above deeper ones
        self.lead = ""
        self.last: list[str] = []
        self.section = NEWS
        self.level = 0  # of the heading that began the section
        self.behind = False  # the statements about the future have begun
        self.begun = False  # the first paragraph, with the dateline, has been passed

    def passage(self, number: int, block: TextBlock, low: str, following: str) -> Passage:
        if block.kind == HEADING:
            self.enter(block, low, number)
            before, self.last = " ".join(self.last), [*self.last[-3:], low[:200]]
            return Passage(number, block.text, low, block.kind, self.of_heading(low), self.above(), before=before)
        self.begun |= len(block.text) > 400
        section = self.of_block(block, low)
        if block.kind == BULLET:
            while self.parents and self.parents[-1][0] >= block.depth:
                self.parents.pop()
        else:
            self.parents.clear()
            self.lead = ""
        found = Passage(number, block.text, low, block.kind, section, self.above(), self.lead, " ".join(self.last))
        self.last = [*self.last[-3:], low[:200]]
        if block.kind == BULLET and len(block.text) < 300:
            self.parents.append((block.depth, block.text))
        elif block.text.endswith(":") and following == BULLET:
            self.lead = low
        return found

    def above(self) -> tuple[str, ...]:
        return (*(text for _, text in self.heads), *(text for _, text in self.parents))

    def enter(self, block: TextBlock, low: str, number: int) -> None:
        """Take a heading: one of the same level or above ends those below it."""
        depth = block.depth or _DEEPEST
        while self.heads and self.heads[-1][0] >= depth:
            self.heads.pop()
        self.heads.append((depth, block.text))
        self.parents.clear()
        self.lead = low if low.endswith(":") else ""
        section = self.section_of(low)
        if number < _TITLES and not self.begun and section == FINANCIAL:
            return  # a headline
        if section == NEWS and self.section == MILESTONES and depth >= self.level:
            return  # a program's heading within the milestones
        if section == NEWS and self.behind and self.words["news"].search(low) is None:
            return
        if section == NEWS and self.section in (CONTACTS, BOILERPLATE) and self.words["news"].search(low) is None:
            return
        if section in (BOILERPLATE, CONTACTS):
            self.behind = True
        self.section, self.level = section, depth

    def section_of(self, low: str) -> str:
        words = self.words
        if words["boilerplate"].search(low):
            return BOILERPLATE
        if words["contacts"].search(low):
            return CONTACTS
        if words["about"].search(low):
            return self.about(re.sub(r"^\W*about\W*", "", low))
        if words["call"].search(low):
            return CALL
        if words["financial"].search(low) and not words["news"].search(low):
            return FINANCIAL
        return MILESTONES if words["milestones"].search(low) else NEWS

    def about(self, name: str) -> str:
        """Whether an "About" tells of the company or of a product."""
        first = self.company.split(" ")[0]
        own = bool(first) and len(first) > 2 and (name.startswith(first) or name.split(" ")[0] == first)
        return COMPANY if own or not name or self.words["company"].search(name) else ABOUT

    def of_heading(self, low: str) -> str:
        """A heading may be news itself, as a headline is."""
        section = self.section_of(low)
        return section if section not in (NEWS, MILESTONES, FINANCIAL) else self.section

    def of_block(self, block: TextBlock, low: str) -> str:
        words = self.words
        if self.section in (NEWS, MILESTONES, ABOUT, CALL, COMPANY) and words["forward"].search(low):
            return BOILERPLATE
        if block.kind == ROW and _numeric(low):
            return NUMBERS
        if low.startswith("about ") and (inline := _INLINE_ABOUT.match(low)) is not None:
            return self.about(inline["name"])
        if block.kind == BULLET and (head := re.match(r"[^.:]{3,60}:", low)) is not None:
            section = self.section_of(head[0])
            if section in (FINANCIAL, CALL):
                return section
        if any(words["financial"].search(folded(text)) and not words["news"].search(folded(text)) for _, text in self.parents):
            return FINANCIAL
        return self.section


def _numeric(low: str) -> bool:
    """Whether a table row is made of figures."""
    cells = [each for each in low.split(" | ") if each]
    figures = sum(re.fullmatch(r"[$€£()\d.,%— -]*\d[$€£()\d.,% -]*|[$€£()%—-]+", each) is not None for each in cells)
    return figures * 2 >= len(cells) > 1 or bool(re.search(r"\(?(?:un)?audited\)?|in thousands", low))
