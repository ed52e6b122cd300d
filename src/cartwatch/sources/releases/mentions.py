"""Finds whose a statement is: programs of the list by name, alias, trial or number, and names that are on no list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from cartwatch.domain.vocabulary import fold
from cartwatch.proposals.matching import name_parts

from .lexicon import lexicon, pattern
from .sentences import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cartwatch.domain.watchlist import Watchlist

__all__ = ["Mention", "Names", "Owner", "owner_of"]

_SHORTEST = 3
_MOST = 9  # candidates
_CODE = pattern("mentions", "code")
_INN = pattern("mentions", "inn")
_TRIAL = pattern("mentions", "trial")
_OF_TRIAL = pattern("mentions", "of_trial")
_TRIAL_OF = pattern("mentions", "trial_of")
_BETWEEN = pattern("mentions", "between")
_ITS_OWN = pattern("mentions", "its_own")
_GENERAL = pattern("mentions", "general")
_ASIDE = pattern("mentions", "aside")
_BOTH = pattern("mentions", "both")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text; `keys` are the programs of the list that have it, none for a name that is on no list."""

    start: int
    end: int
    keys: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a statement is: `keys` are certain together where `certain`, else the candidates; `names` are on no list."""

    keys: tuple[str, ...]
    certain: bool
    names: tuple[str, ...] = ()
    where: str = ""


class Names:
    """The names of the programs of a list."""

    def __init__(self, watchlist: Watchlist) -> None:
        owners: dict[str, list[str]] = {}
        shapes: dict[str, str] = {}
        for program in watchlist.programs:
            names = [program.key, program.id, program.name, program.short, *program.aliases]
            names += [part for each in names if each for part in name_parts(each)]
            names += [each for trial in program.trials for each in (trial.nct, trial.name, trial.id)]
            for each in names:
                plain = _plain(each) if each else ""
                if each and len(plain) >= _SHORTEST and not plain.isdigit():
                    shapes.setdefault(plain, _shape(each))
                    if program.key not in owners.setdefault(plain, []):
                        owners[plain].append(program.key)
        self.trials = {
            _plain(name): trial.nct or name
            for program in watchlist.programs
            for trial in program.trials
            for name in (trial.nct, trial.name)
            if name
        }
        self.sponsors = {program.key: fold(program.sponsor or "") for program in watchlist.programs}
        self.owners = {name: tuple(keys) for name, keys in owners.items()}
        self.shapes = shapes
        self.pattern = self.compiled()

    def trial(self, low: str) -> str:
        """The one trial that a stretch of folded text names, by its number or else its name; "" for none or several."""
        found = {trial for each in self.known(low) if (trial := self.trials.get(_plain(each.name))) is not None}
        return found.pop() if len(found) == 1 else ""

    def of_sponsor(self, company: str) -> tuple[str, ...]:
        """The programs of a company: candidates where a release names none."""
        name = fold(company)
        found = [key for key, sponsor in self.sponsors.items() if name and sponsor and (name in sponsor or sponsor in name)]
        return tuple(found[:_MOST])

    def compiled(self) -> re.Pattern[str] | None:
        listed = sorted(self.shapes, key=len, reverse=True)
        return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(self.shapes[each] for each in listed)})(?![a-z0-9])") if listed else None

    def learn(self, sentences: Iterable[tuple[str, str]]) -> None:
        """Take the trial names of a release, folded and as written, for those of the one program that stands with each."""
        beside: dict[str, set[str]] = {}
        for text, low in sentences:
            keys = {key for each in self.known(low) for key in each.keys}
            for hit in _TRIAL.finditer(text):
                if _OF_TRIAL.match(low, hit.end()) or _TRIAL_OF.search(low[: hit.start()]):
                    if _plain(hit[0]) in self.owners:
                        continue
                    beside.setdefault(hit[0], set()).update(keys if len(keys) == 1 else keys and {*keys, ""})
        for name, keys in beside.items():
            if len(keys) == 1:
                plain = _plain(name)
                self.owners[plain] = tuple(keys)
                self.shapes[plain] = _shape(name)
                self.trials[plain] = name
        if beside:
            self.pattern = self.compiled()

    def known(self, low: str) -> list[Mention]:
        """The mentions of programs of the list in a folded text."""
        if self.pattern is None:
            return []
        found = []
        for hit in self.pattern.finditer(low):
            keys = self.owners.get(_plain(hit[0]))
            if keys:
                found.append(Mention(hit.start(), hit.end(), keys, hit[0]))
        return found

    def regimen(self, low: str) -> bool:
        """Whether a sentence is about an agent of the regimen, such as a lymphodepleting antibody, that is on no list."""
        return any(not self.known(low[max(0, hit.start(1) - 24) : hit.end(1) + 24]) for hit in lexicon().agents.finditer(low))

    def foreign(self, text: str, low: str) -> list[Mention]:
        """The names in a text that look like those of drugs and are on no list."""
        mine = [(each.start, each.end) for each in self.known(low)]
        agents = lexicon().agents
        found = []
        for form in (_CODE, _INN):
            for hit in form.finditer(text):
                if any(start < hit.end() and hit.start() < end for start, end in mine) or agents.search(f"of {hit[0].lower()}"):
                    continue
                found.append(Mention(hit.start(), hit.end(), (), hit[0]))
        return sorted(found, key=lambda each: each.start)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", folded(name))


def _shape(name: str) -> str:
    """The pattern of a name: a hyphen or space may stand or be missing between letters and figures."""
    return "[ -]?".join(re.escape(each) for each in re.findall(r"[^\W\d_]+|\d+", folded(name)))


def owner_of(
    names: Names,
    text: str,
    low: str,
    region: tuple[int, int],
    core: tuple[int, int],
    above: Sequence[str],
    block: str,
    only: str = "",
) -> Owner:
    """Return whose a statement is.

    `region` is the part of the sentence `text` that the statement stands in, `core` that from the event to its window;
    `block` is what stands before the sentence in its block, `above` are the headings, outermost first. `only` is the one
    program of the list that the whole release names.
    """
    start, end = region
    known = [each for each in names.known(low) if not _aside(low, each.start)]
    own = names.foreign(text, low)
    core_start, core_end = core
    inner = [each for each in known if core_start <= each.start < core_end]
    if inner:
        return _chosen(low, inner, core_end, "sentence", ())
    if _GENERAL.search(low, core_start, core_end) and not _BOTH.search(low, core_start, core_end):
        return Owner((), False, (), "several programs")
    near = [each for each in known if start <= each.start < end]
    near_own = tuple(dict.fromkeys(each.name for each in own if start <= each.start < end))
    if near:
        return _chosen(low, near, end, "sentence", near_own)
    if known and not near_own:
        if _ITS_OWN.search(low, start, core_start) and not _BOTH.search(low):
            return Owner(
                tuple(dict.fromkeys(key for each in known for key in each.keys)), False, (), "a program without a name"
            )
        return _chosen(low, known, end, "sentence", near_own)
    strangers = near_own or tuple(dict.fromkeys(each.name for each in own))
    if strangers:
        return Owner((), False, strangers, "a name that is not in the list")
    here = low[start:end]
    if _ITS_OWN.search(here) or (_ITS_OWN.search(low) and not _BOTH.search(low)):
        return Owner((), False, (), "a program without a name")
    before = folded(block)
    in_block = names.known(before)
    if in_block:
        if _BOTH.search(low):
            last = in_block[-1]
            group = [each for each in in_block if last.end - each.end < 400]
            return Owner(tuple(dict.fromkeys(key for each in group[-2:] for key in each.keys)), len(group) > 1, (), "block")
        return _chosen(before, in_block, len(before), "bullet", ())
    strangers = tuple(dict.fromkeys(each.name for each in names.foreign(block, before)))
    if strangers:
        return Owner((), False, strangers, "a name that is not in the list")
    for heading in reversed(above):
        head = folded(heading)
        if found := names.known(head):
            return _chosen(head, found, len(head), "heading", ())
        if strangers := tuple(dict.fromkeys(each.name for each in names.foreign(heading, head))):
            return Owner((), False, strangers, "a heading that is not in the list")
    return Owner((only,), True, (), "the only program of the release") if only else Owner((), False)


def _aside(low: str, at: int) -> bool:
    """Whether a name stands in an opening such as "In addition to …," which tells of something else."""
    hit = _ASIDE.match(low)
    return hit is not None and at < hit.end()


def _chosen(low: str, found: Sequence[Mention], end: int, where: str, strangers: tuple[str, ...]) -> Owner:
    keys = tuple(dict.fromkeys(key for each in found for key in each.keys))
    certain = all(len(each.keys) == 1 for each in found)
    if len(keys) == 1:
        return Owner(keys, True, strangers, where)
    if certain and _listed(low, found):
        return Owner(keys, True, strangers, where)
    last = max((each for each in found if each.end <= end), key=lambda each: each.end, default=found[0])
    return Owner(tuple(dict.fromkeys((*last.keys, *keys))), False, strangers, where)


def _listed(low: str, found: Sequence[Mention]) -> bool:
    """Whether the mentions are items of one list: `A, B and C`, `both A and B`."""
    return all(
        _BETWEEN.match(low[one.end : other.start]) is not None or one.keys == other.keys for one, other in pairwise(found)
    )


def the_only_one(names: Names, texts: Iterable[str]) -> str:
    """Return the one program that a release names, "" where it names none or several."""
    keys = {key for each in texts for mention in names.known(each) for key in mention.keys}
    return keys.pop() if len(keys) == 1 else ""
