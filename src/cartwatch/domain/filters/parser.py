"""The filter language: words, `field:value`, comparisons, `!` and `|`, as after `/` and on the command line."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cartwatch.domain.agenda import items

from .fields import find_field, suggest_field
from .matching import Condition, Indexed, ValueProblem, condition, folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.program import Program

__all__ = ["Filter", "FilterError", "TermSpan", "matching", "parse", "prepare"]

# A field's name may carry a grade (`crs>=3:`); the value may begin with a comparison.
_FIELD = re.compile(r"(?P<name>[^\W\d][\w.\-]*?(?:(?:>=|≥)3)?):(?P<value>.*)", re.DOTALL)
_BARE = re.compile(r"(?P<name>[^\W\d][\w.\-]*?)(?P<comparison>>=|<=|≥|≤|>|<|=)(?P<value>.+)", re.DOTALL)
_COMPARISON = re.compile(r"\s*(>=|<=|≥|≤|>|<|=)?\s*", re.DOTALL)
_QUOTES = '"“”'  # typed, and as a word processor or a telephone makes them


class FilterError(ValueError):
    """The text is not a filter; `start` and `end` mark the error, the message says what to write."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


class TermSpan(NamedTuple):
    """A term as it stands in the text: what it is made of, for colouring. `kind` is `word`, `field` or `unfinished`."""

    start: int
    end: int
    kind: str


class _Word(NamedTuple):
    wanted: str

    def test(self, entry: Indexed, item: Item | None, now: datetime) -> bool:
        return self.wanted in entry.text


class _Term(NamedTuple):
    inverted: bool
    alternatives: tuple[_Word | Condition, ...]

    @property
    def catalyst(self) -> bool:
        """Whether every alternative speaks of a single catalyst."""
        return all(isinstance(each, Condition) and each.field.catalyst for each in self.alternatives)

    def holds(self, entry: Indexed, now: datetime, item: Item | None = None) -> bool:
        for each in self.alternatives:
            if item is None and isinstance(each, Condition) and each.field.catalyst:
                if any(each.test(entry, one, now) for one in items(entry.program, now)):
                    return True
            elif each.test(entry, item, now):
                return True
        return False


class Filter:
    """A parsed filter.

    A program matches if every term does. Terms about catalysts speak of one and the same catalyst: `kind:pdufa due:90d` wants a
    PDUFA date that is due, not a PDUFA date and something else that is due. An inverted one wants no catalyst like that.
    """

    __slots__ = ("_catalyst", "_inverted", "_program", "spans", "text")

    def __init__(self, text: str, terms: Iterable[_Term], spans: tuple[TermSpan, ...]) -> None:
        self.text = text
        self.spans = spans
        terms = tuple(terms)
        self._inverted = tuple(each for each in terms if each.inverted)
        self._catalyst = tuple(each for each in terms if not each.inverted and each.catalyst)
        self._program = tuple(each for each in terms if not each.inverted and not each.catalyst)

    def __bool__(self) -> bool:
        """Whether the filter has any term."""
        return bool(self._inverted or self._catalyst or self._program)

    def matches(self, program: Program, now: datetime) -> bool:
        """Whether a program matches; `now` is the viewer's clock."""
        entry = _indexed(program)
        for term in self._program:
            if not term.holds(entry, now):
                return False
        for term in self._inverted:
            if term.holds(entry, now):
                return False
        if not self._catalyst:
            return True
        for item in items(program, now):
            for term in self._catalyst:
                if not term.holds(entry, now, item):
                    break
            else:
                return True
        return False

    @property
    def plain_words(self) -> tuple[str, ...]:
        """The folded words of a filter made of plain words only, else ()."""
        if self._inverted or self._catalyst:
            return ()
        alternatives = [each.alternatives for each in self._program]
        words = [each[0].wanted for each in alternatives if len(each) == 1 and isinstance(each[0], _Word)]
        return tuple(words) if len(words) == len(alternatives) else ()

    @property
    def words(self) -> tuple[str, ...]:
        """The folded words to highlight in matches; inverted terms have none."""
        found: dict[str, None] = {}
        for term in (*self._program, *self._catalyst):
            for each in term.alternatives:
                found.update(dict.fromkeys(each.words if isinstance(each, Condition) else (each.wanted,)))
        return tuple(found)

    def highlights(self, shown: str) -> tuple[tuple[int, int], ...]:
        """Positions of the words in a displayed text: disjoint (start, end) pairs in order."""
        text, places = _folded_with_places(shown)
        marks: list[tuple[int, int]] = []
        for word in self.words:
            at = text.find(word)
            while at >= 0:
                marks.append((places[at], places[at + len(word) - 1] + 1))
                at = text.find(word, at + len(word))
        joined: list[tuple[int, int]] = []
        for start, end in sorted(marks):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return tuple(joined)


def matching(programs: Iterable[Program], wanted: Filter, now: datetime) -> list[Program]:
    """Return the programs that match a filter, in their order."""
    if not wanted:
        return list(programs)
    words = wanted.plain_words
    if len(words) == 1:  # as it mostly is while somebody types
        word = words[0]
        return [each for each in programs if word in _indexed(each).text]
    return [each for each in programs if wanted.matches(each, now)]


def prepare(programs: Iterable[Program]) -> None:
    """Fold the texts of programs in advance, so that the first search does not wait."""
    for each in programs:
        _ = _indexed(each).text  # kept once it is made


def parse(text: str, *, partial: bool = False) -> Filter:
    """Parse a filter.

    With `partial` the text is still being typed: its last term is left out as long as it makes no sense.
    Raises FilterError for an unknown field, with the nearest that there is, for a value that does not fit its field, for
    a quote that is not closed and for a sign that nothing follows.
    """
    terms: list[_Term] = []
    spans: list[TermSpan] = []
    for start, end in _split(text, 0, len(text), " "):
        unfinished = partial and end == len(text)
        try:
            terms.append(_term(text, start, end, closed=not unfinished))
        except FilterError:
            if not unfinished:
                raise
            spans.append(TermSpan(start, end, "unfinished"))
            continue
        fields = any(isinstance(each, Condition) for each in terms[-1].alternatives)
        spans.append(TermSpan(start, end, "field" if fields else "word"))
    return Filter(text, terms, tuple(spans))


_indexes: dict[str, Indexed] = {}
_SPACED = {ord(each): " " for each in map(chr, range(128)) if not folded(each)}


@lru_cache(maxsize=1024)
def _folded_character(char: str) -> str:
    return folded(char) or " "


def _indexed(program: Program) -> Indexed:
    entry = _indexes.get(program.key)
    if entry is None or entry.program is not program:
        entry = _indexes[program.key] = Indexed(program)
    return entry


def _split(text: str, start: int, end: int, separator: str) -> list[tuple[int, int]]:
    """Split at separators outside quotes; a space stands for any white space."""
    found, at, quoted = [], start, False
    for place in range(start, end):
        char = text[place]
        if char in _QUOTES:
            quoted = not quoted
        elif not quoted and (char.isspace() if separator == " " else char == separator):
            found.append((at, place))
            at = place + 1
    found.append((at, end))
    return [each for each in found if each[0] < each[1]] if separator == " " else found


def _term(text: str, start: int, end: int, *, closed: bool) -> _Term:
    at = start
    while at < end and text[at] == "!":
        at += 1
    if at == end:
        raise FilterError("a term is missing after !", start, end)
    if closed and sum(text.count(each, start, end) for each in _QUOTES) % 2:
        raise FilterError("a quote is not closed", start, end)
    alternatives: list[_Word | Condition] = []
    field = ""
    for first, last in _split(text, at, end, "|"):
        if first == last:
            raise FilterError("a term is missing beside |", max(start, first - 1), max(first, min(end, last + 1)))
        alternative, field = _alternative(text, first, last, field)
        alternatives.append(alternative)
    return _Term((at - start) % 2 == 1, tuple(alternatives))


def _alternative(text: str, start: int, end: int, field: str) -> tuple[_Word | Condition, str]:
    """Parse one side of `|`; also return the field that the next side inherits."""
    raw = text[start:end]
    named = None if raw[0] in _QUOTES else _FIELD.fullmatch(raw)
    if named is not None:
        return _condition(named["name"], named["value"], start, end, start + len(named["name"])), named["name"]
    if raw[0] not in _QUOTES and (bare := _BARE.fullmatch(raw)) is not None and find_field(bare["name"]) is not None:
        if find_field(f"{bare['name']}>=3") is not None and not bare["value"].endswith("%"):
            name = bare["name"]
            raise FilterError(f"write {name}>=3:<5% for a grade, or {name}:>=5% for a rate", start, end)
        value = bare["comparison"] + bare["value"]
        return _condition(bare["name"], value, start, end, start + len(bare["name"])), bare["name"]
    if field:
        return _condition(field, raw, start, end, end), field
    wanted = folded(_unquoted(raw))
    if not wanted:
        raise FilterError("there is nothing to look for", start, end)
    return _Word(wanted), ""


def _condition(name: str, raw: str, start: int, end: int, name_end: int) -> Condition:
    found = find_field(name)
    if found is None:
        close = suggest_field(name)
        hint = f'did you mean "{close}:"?' if close else "put the words in quotes to look for them"
        raise FilterError(f'no field is called "{name.strip()}": {hint}', start, name_end)
    lead = _COMPARISON.match(raw)
    assert lead is not None
    comparison = (lead[1] or "").replace("≥", ">=").replace("≤", "<=")
    try:
        value = raw[lead.end() :]
        return condition(found, comparison, _unquoted(value), parts=value[:1] in _QUOTES and bool(value))
    except ValueProblem as wrong:
        raise FilterError(str(wrong), start, end) from None


def _unquoted(raw: str) -> str:
    return "".join(each for each in raw if each not in _QUOTES and each != "\0").strip()


def _folded_with_places(shown: str) -> tuple[str, Sequence[int]]:
    """Fold a text; also return the source position of each folded character."""
    if shown.isascii():
        text = shown.lower().translate(_SPACED)
        if "  " not in text and not text.startswith(" "):  # as most are: each character stays where it is
            return text, range(len(text))
    out: list[str] = []
    places: list[int] = []
    for place, char in enumerate(shown):
        piece = _folded_character(char)
        if piece == " " and (not out or out[-1] == " "):
            continue
        out.extend(piece)
        places.extend([place] * len(piece))
    return "".join(out), places
