"""Reads a release, from bytes to statements and refusals."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .blocks import text_blocks
from .clauses import region_of
from .dateline import begin_of_news, company_of, day_of, title_of
from .events import event_words
from .guidance import guided
from .html import html_page, looks_like_html
from .mentions import Names, Owner, owner_of, the_only_one
from .rates import FoundRate, rates
from .regulatory import designations, holds, outcomes, runway
from .release import Refusal, Release, Statement
from .sections import ABOUT, COMPANY, FINANCIAL, passages
from .sentences import folded, sentences
from .spans import spans

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cartwatch.domain.watchlist import Watchlist

    from .blocks import TextBlock
    from .sections import Passage
    from .spans import DateSpan

__all__ = ["read_release"]

_LONGEST_QUOTE = 1200
_CUTOFF = re.compile(r"\bcut-? ?off(?: date)?\W*(?:of |on |was |as of )?")
_SOON = re.compile(r"\b(?:away|imminent\w*|coming (?:weeks|months|days))\b", re.I)


def read_release(
    data: bytes | str,
    watchlist: Watchlist,
    *,
    name: str = "-",
    said: date | None = None,
    program: str | None = None,
    title: str | None = None,
    url: str | None = None,
) -> Release:
    """Read a release: text, HTML or PDF, told apart by its first bytes.

    `name` is the source as given by the user. `said` and `title` come before what the text says of itself; `program` is the
    key of the program that every statement without another one is about. Raises Refused where the form can't be read.
    """
    text = data if isinstance(data, str) else _decoded(data, name)
    published = ""
    if looks_like_html(text):
        page = html_page(text)
        blocks, published = page.blocks, page.published
        title, url = title or page.title, url or page.url
    else:
        blocks = text_blocks(text)
    title = title or title_of(blocks)
    said = said or day_of(blocks, published)
    company = company_of(blocks, title)
    reader = _Reader(Names(watchlist), blocks, title, said, company, program)
    whole = "\n".join(each.text for each in blocks)
    return Release(name, whole, title, said, company, url or "", tuple(reader.statements), tuple(reader.refusals))


def _decoded(data: bytes, name: str) -> str:
    """The text of a file in UTF-8, or in the code page of older Windows; of a PDF its text."""
    if data.startswith(b"%PDF"):
        from .pdf import pdf_text

        return pdf_text(data, name)
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


class _Reader:
    """A walk through the blocks of a release, gathering statements and refusals."""

    def __init__(
        self, names: Names, blocks: Sequence[TextBlock], title: str, said: date | None, company: str, program: str | None
    ) -> None:
        self.names = names
        self.said = said
        self.title = title
        self.statements: list[Statement] = []
        self.refusals: list[Refusal] = []
        listed = list(passages(blocks, company))
        news = [each.low for each in listed if each.read]
        self.names.learn(
            (passage.text[a:b], passage.low[a:b]) for passage in listed if passage.read for a, b in sentences(passage.text)
        )
        self.only = program or the_only_one(names, news)
        self.given = program is not None
        self.of_company = names.of_sponsor(company)
        for passage in listed:
            begin = begin_of_news(passage.text)
            for first, last in sentences(passage.text):
                if last > begin:
                    self.sentence(passage, max(first, begin), last)

    def sentence(self, passage: Passage, first: int, last: int) -> None:
        text, low = passage.text[first:last], passage.low[first:last]
        if len(text) > _LONGEST_QUOTE * 4:
            return
        lead = len(low) - len(low.lstrip())
        text, low = text[lead:], low[lead:]
        found = spans(low, text, self.said)
        before = passage.text[:first]
        if passage.read or passage.section in (FINANCIAL, COMPANY):
            self.runway(text, low)
        if not passage.read:
            if passage.section == COMPANY:
                self.facts(passage, text, low, found, before, (designations,))
            self.refusals += [Refusal(text, (each.start, each.end), passage.section, each.words) for each in found]
            return
        self.guidance(passage, text, low, found, before)
        tellers = (designations,) if passage.section == ABOUT else (designations, outcomes, holds)
        self.facts(passage, text, low, found, before, tellers)
        if passage.section != ABOUT:
            self.rates(passage, text, low, before)

    def guidance(self, passage: Passage, text: str, low: str, found: Sequence[DateSpan], before: str) -> None:
        for at, each in enumerate(guided(low, found, passage, self.said)):
            place = (each.span.start, each.span.end)
            if each.refused:
                self.refusals.append(Refusal(text, place, each.refused, each.span.words))
                continue
            region = region_of(low, found, at)
            named = [event_words(text, low, region, event, each.span) for event in each.events]
            owner = self.owner(passage, text, low, region, before, core=named[0][1])
            trial = self.names.trial(low[slice(*region)]) or self.names.trial(low)
            keys: tuple[tuple[str, ...], ...] = (
                tuple((key,) for key in owner.keys) if owner.certain and owner.keys else (owner.keys,)
            )
            if each.span.of_list and owner.certain and len(keys) == 2:
                keys = (keys[each.span.of_list - 1],)
            for event, (words, _) in zip(each.events, named, strict=True):
                for owners in keys:
                    self.add(
                        "guidance",
                        event.kind,
                        words,
                        text,
                        place,
                        each.rule,
                        owner,
                        owners,
                        each.why,
                        window=each.span.window,
                        was=each.was,
                        facts={"when": _when(each.span.words), **({"trial": trial} if trial else {})},
                    )

    def facts(self, passage: Passage, text: str, low: str, found: Sequence[DateSpan], before: str, tellers: Any) -> None:
        for teller in tellers:
            for each in teller(text, low, found, self.said):
                what = {"designation": "designation", "hold": "hold"}.get(each.kind, "outcome")
                owner = self.owner(passage, text, low, (0, len(low)), before, agent=each.end if what == "designation" else None)
                if owner is None:
                    self.refusals.append(
                        Refusal(text, (each.start, each.end), "an agent of the regimen", text[each.start : each.end])
                    )
                    continue
                owners = owner.keys
                window = each.span.window if each.span is not None else None
                why = each.why or ("" if owner.where == "sentence" or self.given else "the sentence names no program")
                self.add(
                    what,
                    each.kind,
                    each.event,
                    text,
                    (each.start, each.end),
                    each.rule,
                    owner,
                    owners,
                    why,
                    window=window,
                    facts=each.facts,
                )

    def rates(self, passage: Passage, text: str, low: str, before: str) -> None:
        for each in rates(low):
            place = (each.start, each.end)
            if not isinstance(each, FoundRate):
                self.refusals.append(Refusal(text, place, each.rule, text[each.start : each.end]))
                continue
            owner = self.owner(passage, text, low, (0, len(low)), before)
            facts: dict[str, Any] = {"event": each.event, "grade": each.grade, "rate": each.text, "n": each.n}
            if each.note:
                facts["note"] = each.note
            if (cutoff := self.cutoff(passage)) is not None:
                facts["cutoff"] = cutoff
            why = each.note or "check the population and the cut-off"
            self.add(
                "rate",
                each.event,
                f"{each.event} {each.grade}",
                text,
                place,
                "a rate with its number of patients",
                owner,
                owner.keys,
                why,
                facts=facts,
            )

    def cutoff(self, passage: Passage) -> date | None:
        """The day of the data cut-off that a block or its headings name."""
        for text in (passage.text, *reversed(passage.headings)):
            low = folded(text)
            if (hit := _CUTOFF.search(low)) is not None:
                days = [each for each in spans(low, text, self.said) if each.start >= hit.end() - 1 and each.window is not None]
                if days and days[0].window is not None and days[0].window.is_day:
                    return days[0].window.start
        return None

    def runway(self, text: str, low: str) -> None:
        for each in runway(text, low, self.said):
            if not any(known.what == "runway" and known.facts["when"] == each.facts["when"] for known in self.statements):
                self.add(
                    "runway",
                    "runway",
                    each.event,
                    text,
                    (each.start, each.end),
                    each.rule,
                    Owner((), True),
                    (),
                    "",
                    facts=each.facts,
                )

    def owner(
        self,
        passage: Passage,
        text: str,
        low: str,
        region: tuple[int, int],
        before: str,
        agent: int | None = None,
        core: tuple[int, int] | None = None,
    ) -> Any:
        if agent is not None and self.names.regimen(low):
            return None
        above = (self.title, *passage.headings)
        owner = owner_of(self.names, text, low, region, core or region, above, before, self.only)
        if owner.keys or owner.names:
            return owner
        if self.given and self.only:
            return Owner((self.only,), True, (), "the program that was given")
        return replace(owner, keys=self.of_company)

    def add(
        self,
        what: str,
        kind: str,
        event: str,
        quote: str,
        place: tuple[int, int],
        rule: str,
        owner: Owner,
        owners: tuple[str, ...],
        why: str,
        **more: Any,
    ) -> None:
        """Add a statement; of one that is certain in all but its program that is asked."""
        default = "offer" if why else "take"
        if what != "runway" and not (owner.certain and len(owners) == 1):
            default = "ask"
            why = f"may be {' or '.join(owners)}" if owners else owner.where or "names no program"
        made = Statement(
            len(self.statements),
            what,
            kind,
            event,
            quote,
            place,
            rule,
            default=default,
            why=why,
            programs=owners,
            names=owner.names,
            **more,
        )
        twin = next((each for each in self.statements if _same(each, made)), None)
        if twin is not None:
            made = replace(made, repeats=twin.number)
            facts = {**made.facts, **twin.facts}
            twin = replace(twin, was=twin.was or made.was)
            better = twin.default == "offer" and made.default == "take"
            self.statements[twin.number] = (
                replace(twin, facts=facts, default="take", why="") if better else replace(twin, facts=facts)
            )
        self.statements.append(made)


def _when(words: str) -> str:
    """The words of a window without the preposition before them, which says nothing."""
    return re.sub(r"^(?:in|during|on|at|the)\s+(?:the\s+)?(?=\S)", "", words, flags=re.I)


def _same(one: Statement, other: Statement) -> bool:
    """Whether two statements say the same of the same program."""
    if one.repeats is not None or (one.what, one.kind) != (other.what, other.kind):
        return False
    if other.what == "designation" and not other.programs and not other.names:
        return one.facts["kind"] == other.facts["kind"] and one.facts.get("agency") == other.facts.get("agency")
    if one.programs != other.programs or (other.default == "ask" and (one.names != other.names or not one.names)):
        return False
    if one.what == "guidance":
        assert one.window is not None
        assert other.window is not None
        if other.window.relative and other.window.approximate and _SOON.search(other.facts["when"]):
            return True  # the same in vaguer words
        return (one.window.start, one.window.end) == (other.window.start, other.window.end)
    if one.what == "hold":
        return bool(one.facts["kind"] == other.facts["kind"])
    if one.what == "outcome":
        return bool(one.facts["outcome"] == other.facts["outcome"])
    if one.what == "designation":
        agencies = {each.facts.get("agency") for each in (one, other)} - {None}
        return one.facts["kind"] == other.facts["kind"] and len(agencies) < 2
    return one.facts == other.facts
