"""Lists the changes in the journal fact by fact, with the kinds, words and weights of `domain.difference`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from cartwatch.document.paths import declaration, joined, split
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.cites import read_cites
from cartwatch.domain.dates.moments import in_zone
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.description import inside
from cartwatch.domain.difference import difference_of, value_words, weight_of
from cartwatch.domain.program import Program
from cartwatch.storage.journal import JournalEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cartwatch.domain.fields import Fact
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.storage.journal import Journal

__all__ = ["WHOLE", "Told", "by_line", "history", "told"]

WHOLE = ("undo", "restore", "disk")
"""Origins that are described as a whole, not fact by fact."""

LEDGER = "ledger"
"""Origin of a move of guidance that the file tells and the journal does not."""

_Table = dict[str, Any]
_LEVELS = {"critical": 96, "notable": 62, "minor": 30}  # weights, as differences have them
_AT_ONCE = timedelta(seconds=10)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_PARTS = {"when": ("said", "cite", "move"), "outcome": ("outcome_on",)}  # fields changed together with another


@dataclass(frozen=True, slots=True)
class Told:
    """One changed fact of a journal entry; `path` is empty for a whole program or the whole file.

    For a change in a registry record, `level` is its importance, `rule` the reason and `seen` the day it was first seen.
    """

    change: JournalEntry
    program: str
    path: str
    old: Any
    new: Any
    kind: str
    words: str
    weight: int
    level: str = ""
    rule: str = ""
    seen: str = ""

    @property
    def line(self) -> str:
        """Describe the change in one line: the whole action, or the old and new value of the fact."""
        return self.change.words if self.change.origin in WHOLE else self.words

    @property
    def day(self) -> str:
        """The day, as YYYY-MM-DD in the viewer's zone; of the ledger as it was said."""
        if self.change.origin == LEDGER:
            return self.seen or "day not stated"
        return f"{in_zone(self.change.at):%Y-%m-%d}"

    def document(self) -> dict[str, Any]:
        """Convert to JSON data."""
        return {
            "at": self.change.at.isoformat(),
            "program": self.program or None,
            "path": self.path or None,
            "old": _plain(self.old),
            "new": _plain(self.new),
            "kind": self.kind,
            "words": self.words,
            "weight": self.weight,
            "origin": self.change.origin,
        } | ({"level": self.level, "rule": self.rule, "seen": self.seen} if self.level else {})


def told(journal: Journal, watchlist: Watchlist, today: date, since: datetime | None = None) -> Iterator[Told]:
    """List the changes of the journal, last first. `watchlist` gives the names of programs that still exist."""
    changes = _once(journal.newest_first())
    by_id = {each.id: each for each in changes}
    for change in changes:
        if since is not None and change.at < since:
            continue
        tables = _essential(_edits(change, by_id))
        if not tables:
            yield Told(change, "", "", None, None, "changed", change.words, 40)
        for table in tables:
            yield _told(change, table, watchlist, today, alone=len(tables) == 1)


def _once(changes: Iterable[JournalEntry]) -> list[JournalEntry]:
    """Drop what a process noticed of a save that another process had not yet written to the journal."""
    listed = list(changes)
    made = {each.new: each.at for each in listed if each.origin != "disk"}
    return [each for each in listed if each.origin != "disk" or abs(each.at - made.get(each.new, _LONG_AGO)) > _AT_ONCE]


def by_line(found: Iterable[Told]) -> list[Told]:
    """Return one entry for an action that is described as a whole, else one for each fact."""
    out: list[Told] = []
    whole = ""
    for each in found:
        if each.change.origin not in WHOLE or each.change.id != whole:
            out.append(each)
        whole = each.change.id
    return out


def history(found: Iterable[Told], program: Program, today: date) -> list[Told]:
    """Return what is known of a program, newest first: its changes in the journal, and the moves of guidance before these."""
    listed = by_line(found)
    known = {(each.path, str(each.old), str(each.new)) for each in listed}
    moves = [each for each in _ledger(program, today) if (_guidance(each.path), str(each.old), str(each.new)) not in known]
    return sorted([*listed, *moves], key=lambda each: in_zone(each.change.at).date(), reverse=True)


def _guidance(path: str) -> str:
    """Return the path of the guidance that an entry of its ledger is of; any other path as it is."""
    return f"{path.partition('.move.')[0]}.when" if ".move." in path else path


def _ledger(program: Program, today: date) -> Iterator[Told]:
    """List the moves of guidance in the words of a difference, last first."""
    for catalyst in program.catalysts:
        chain = [(each.when, each.said) for each in catalyst.moves] + [(catalyst.when, catalyst.said)]
        for place in reversed(range(len(chain) - 1)):
            (old, _), (new, said) = chain[place], chain[place + 1]
            if old is None or new is None:
                continue
            path = joined(("catalyst", catalyst.key, "move", str(place + 1)))
            sides = [
                Program(program.key, short=program.label, catalysts=(Catalyst(catalyst.key, event=catalyst.event, when=when),))
                for when in (old, new)
            ]
            change = next(iter(difference_of(*sides)), None)
            day = said.end if said is not None else None
            at = datetime(day.year, day.month, day.day, tzinfo=UTC) if day is not None else _LONG_AGO
            entry = JournalEntry(at, LEDGER, change.words if change is not None else "", "", "")
            words = entry.words or f"{program.label}: {catalyst.event or catalyst.key}: {new.text}"
            weight = change.weight if change is not None else 40
            yield Told(entry, program.key, path, old.text, new.text, "moved", words, weight, seen=said.text if said else "")


def _edits(change: JournalEntry, by_id: Mapping[str, JournalEntry]) -> list[_Table]:
    """Return the edits of a change; for an undo, the edits that it undoes, reversed."""
    back = False
    seen = set()
    while change.undoes in by_id and change.id not in seen:
        seen.add(change.id)
        change, back = by_id[change.undoes], not back
    tables = [{**each, **{name: str(each.get(name) or "") for name in ("program", "path")}} for each in change.edits]
    if not back:
        return tables
    return [{**each, "old": each.get("new"), "new": each.get("old")} for each in tables]


def _essential(tables: Sequence[_Table]) -> list[_Table]:
    """Drop edits that changed nothing or only accompany another: a first id, the day and source of new guidance."""
    tables = [each for each in tables if each.get("old") is None or each.get("old") != each.get("new")] or list(tables)
    paths = {(each.get("program"), each.get("path")) for each in tables}
    found = [each for each in tables if not _comes_along(each, paths)]
    return found or list(tables[:1])


def _comes_along(table: _Table, paths: set[tuple[Any, Any]]) -> bool:
    program, path = table["program"], table["path"]
    if len(paths) > 1 and ((path.rpartition(".")[2] == "id" and table.get("old") is None) or path.startswith("cite.")):
        return True
    above, _, last = path.rpartition(".")
    return any(last in parts and (program, f"{above}.{name}") in paths for name, parts in _PARTS.items())


def _told(change: JournalEntry, table: _Table, watchlist: Watchlist, today: date, *, alone: bool) -> Told:
    """Describe one edit in the words of `domain.difference`; in the words of the journal where the edit is not readable."""
    old, new = table.get("old"), table.get("new")
    kind = "added" if old is None else "removed" if new is None else "changed"
    try:
        return _fact(change, table, kind, watchlist, today, alone=alone)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):  # a value that no such field has, a lost path
        return Told(change, table["program"], table["path"], old, new, kind, change.words, 40)


def _fact(change: JournalEntry, table: _Table, kind: str, watchlist: Watchlist, today: date, *, alone: bool) -> Told:
    key, path = table["program"], table["path"]
    old, new = table.get("old"), table.get("new")
    program = watchlist.get(key)
    label = program.label if program is not None else key
    if isinstance(table.get("words"), str):
        return _of_registry(change, table, key, label, kind)
    if not path:
        if "added" in (old, new) or "deleted" in (old, new):
            kind = "program removed" if new is None else "program added"
            words = f"{label}: {'program removed' if new is None else 'new program'}"
            return Told(change, key, "", None, None, kind, words, 99 if new is None else 100)
        return Told(change, key, "", None, None, "changed", change.words, 40)
    steps = split(path)
    if len(steps) == 3 and steps[0] == "catalyst" and steps[2] in ("when", "outcome"):
        found = _of_catalyst(program, key, label, steps, old, new, today)
        if found is not None:
            return Told(change, key, path, old, new, *found)
    fact = declaration(path)
    weight = weight_of(path, fact) if fact is not None else 40
    if fact is None or fact.kind in ("record", "records") or (fact.kind != "cites" and dict in (type(old), type(new))):
        words = change.words if alone and not change.undoes else f"{label}: {path} {kind}"
    else:
        read = read_cites if fact.kind == "cites" else lambda each: tuple(each) if isinstance(each, list) else each
        old_value, new_value = (read(each) if each is not None else None for each in (old, new))
        words = f"{label}: {_named(program, path, fact)} {value_words(fact, old_value, new_value)}"
    return Told(change, key, path, old, new, kind, words, weight)


def _of_registry(change: JournalEntry, table: _Table, key: str, label: str, kind: str) -> Told:
    """Describe a change of a registry record in the words of the refresh."""
    level, rule, seen = (str(table.get(name) or "") for name in ("level", "rule", "seen"))
    back = "undone: " if change.undoes else ""
    words = f"{label}: {back}{table['words']}"
    weight = _LEVELS.get(level, 20)
    return Told(change, key, table["path"], table.get("old"), table.get("new"), kind, words, weight, level, rule, seen)


def _named(program: Program | None, path: str, fact: Fact) -> str:
    """Name a field inside a sentence, with the record that it is in."""
    name = inside(fact)
    steps = split(path)
    if len(steps) < 2 or steps[0] == "mechanism" or (len(steps) == 2 and steps[0] == "safety"):
        return name
    catalyst = program.catalyst(steps[1]) if program is not None and steps[0] == "catalyst" else None
    if catalyst is None or not catalyst.event:
        return f"{joined(steps[:-1])} {name}"
    earlier = f"earlier guidance {steps[3]} " if len(steps) == 5 and steps[2] == "move" else ""
    return f"{catalyst.event} {earlier}{name}"


def _of_catalyst(
    program: Program | None, key: str, label: str, steps: tuple[str, ...], old: Any, new: Any, today: date
) -> tuple[str, str, int] | None:
    """Return kind, words and weight of new guidance or of an outcome, as `domain.difference` has them."""
    _, name, field = steps
    known = program.catalyst(name) if program is not None else None
    event = known.event if known is not None else None
    sides = []
    for value in (old, new):
        text = value if isinstance(value, str) or value is None else value.isoformat()
        when = read_window(text, None, today) if text is not None and field == "when" else None
        outcome = text if field == "outcome" else None
        sides.append(Program(key, short=label, catalysts=(Catalyst(name, event=event, when=when, outcome=outcome),)))
    found = difference_of(*sides)
    return (found[0].kind, found[0].words, found[0].weight) if found else None


def _plain(value: Any) -> Any:
    """Convert a TOML value to JSON data."""
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
