"""What may be meant by what is typed: the words of a vocabulary, the sources, the trials, or what other programs say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.domain.fields import facts
from cartwatch.domain.program import Program
from cartwatch.domain.vocabulary import VOCABULARIES, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cartwatch.domain.fields import Fact
    from cartwatch.domain.watchlist import Watchlist

__all__ = ["completed", "known_words", "matching"]

_LISTS = ("words", "cites")
_ELSEWHERE = ("text", "words")  # kinds for which what other programs say is worth offering


def known_words(fact: Fact, steps: Sequence[str], program: Program | None, watchlist: Watchlist) -> tuple[str, ...]:
    """Everything that a field could well hold; `steps` are the keys that lead to it from the program."""
    if fact.kind == "term" and fact.vocabulary is not None:
        return VOCABULARIES[fact.vocabulary].words
    if fact.kind == "flag":
        return ("yes", "no")
    if fact.kind == "date":
        return ("today",)
    if program is not None and fact.kind == "cites":
        return tuple(each.id for each in program.sources if each.id)
    if program is not None and fact.key == "trial" and fact.kind == "text":
        return tuple(each.number for each in program.trials if each.number)
    if fact.kind in _ELSEWHERE:
        return _elsewhere(tuple(steps), watchlist)
    return ()


def _elsewhere(steps: tuple[str, ...], watchlist: Watchlist) -> tuple[str, ...]:
    """What the programs of the list say in the same field, the most frequent first."""
    attributes = []
    kind: type | None = Program
    for step in steps:
        fact = facts(kind).get(step) if kind is not None else None
        if fact is None or fact.kind == "records" or step in ("id", "name", "short", "aliases"):
            return ()
        attributes.append(fact.attribute)
        kind = fact.record
    counts: dict[str, int] = {}
    for program in watchlist.programs:
        here: Any = program
        for attribute in attributes:
            here = getattr(here, attribute, None)
        for each in (here,) if isinstance(here, str) else here or ():
            if "\n" not in each:
                counts[each] = counts.get(each, 0) + 1
    return tuple(sorted(counts, key=lambda each: (-counts[each], fold(each))))


def matching(fact: Fact, words: Iterable[str], text: str) -> tuple[str, ...]:
    """The words that go on from what is typed, those that begin with it first; of a list, from its last item."""
    typed = _last(text) if fact.kind in _LISTS else text
    taken = {fold(each) for each in text.split(",")[:-1]} if fact.kind in _LISTS else set()
    wanted = fold(typed)
    begin, hold = [], []
    for each in words:
        folded = fold(each)
        if folded in taken:
            continue
        if folded.startswith(wanted):
            begin.append(each)
        elif wanted in folded:
            hold.append(each)
    return (*begin, *hold)


def completed(fact: Fact, text: str, word: str) -> str:
    """The text with a word of the choices in place of what was typed of it."""
    if fact.kind not in _LISTS:
        return word
    before = text[: len(text) - len(_last(text))].rstrip()
    quoted = f'"{word}"' if "," in word else word
    return f"{before} {quoted}" if before else quoted


def _last(text: str) -> str:
    return text.rpartition(",")[2].lstrip()
