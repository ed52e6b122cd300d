"""Assignments: reads `FIELD=VALUE` from the command line into the value for the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cartwatch.document.paths import PathError, declaration, human_path, joined, raw_path, split, unknown_field
from cartwatch.document.typed import TypedError, read_typed
from cartwatch.domain.cites import cite_ids, typed_cites
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.fields import facts, plain_key, rate_in, walk
from cartwatch.domain.program import root
from cartwatch.domain.provenance import provenance
from cartwatch.domain.vocabulary import nearest
from cartwatch.session.changes import source_ids

from .arguments import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.domain.dates.window import Window
    from cartwatch.domain.fields import Fact
    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session

    from .context import Call

__all__ = ["Assignments", "cited", "doubt_source", "is_assignment", "nested", "refuse_cite"]

_PATH = re.compile(r'((?:"(?:[^"\\]|\\.)*"|[^"=])+)=(.*)', re.DOTALL)
_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("id", "text", "prose", "term", "link", "rate"), (str,)),
    "words": (list,),
    "flag": (bool,),
    "count": (int,),
    **dict.fromkeys(("date", "guidance", "until"), (str, date, datetime)),
    "cites": (str, list, dict),
    **dict.fromkeys(("map", "rates", "record"), (dict,)),
    "records": (list,),
}
_ONLY_TOML = {
    "map": 'a table as in {phase = "source-id"}',
    "record": 'a table as in {note = "…"}',
    "records": "a list of tables as in [{…}]",
}


def is_assignment(word: str) -> bool:
    """Whether a word of the command line is `FIELD=VALUE`."""
    return _PATH.fullmatch(word) is not None


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Nest values by dotted path into tables. Raises UsageError where a path leads through a value."""
    out: dict[str, Any] = {}
    for path, value in values.items():
        *above, last = split(path)
        here = out
        for step in above:
            here = here.setdefault(step, {})
            if not isinstance(here, dict):
                raise UsageError(f"{path}: {step} is given as a value too")
        here[last] = value
    return out


@dataclass(frozen=True, slots=True)
class _Around:
    """Context of a value: the day its guidance counts from, the patients of its data set."""

    said: date | None = None
    n: int | None = None


class Assignments:
    """Assignments to the fields of a program, or of a new record of it.

    `record` is the program's data; `base` the list of a new record, such as `catalyst`, whose fields the paths then are. `own`
    allows fields that cartwatch does not know. `values` holds the values by path, None for a removed one; `doubts` are
    warnings about values, `windows` the readings of guidance.
    """

    def __init__(self, record: Mapping[str, Any], today: date, *, own: bool = False, base: str = "") -> None:
        self.values: dict[str, Any] = {}
        self.doubts: list[str] = []
        self.windows: list[Window] = []
        self._record = record
        self._today = today
        self._own = own
        self._base = base

    def add(self, word: str) -> None:
        """Read one `FIELD=VALUE`. Raises UsageError, PathError or TypedError; value errors name the path."""
        found = _PATH.fullmatch(word)
        if found is None:
            raise UsageError(f'FIELD=VALUE is needed, as in phase="Phase 2", not "{word}"')
        path, text = self._path(found[1].strip()), found[2]
        if path in self.values:
            raise UsageError(f"{path} is given twice")
        fact = self._fact(path)
        if not text.strip():
            self.values[path] = None
        elif fact is None:
            value = _toml(text)
            self.values[path] = text if value is None else value[0]
        else:
            doubts = len(self.doubts)
            try:
                self.values[path] = self._read(fact, text, self._around(path))
            except TypedError as wrong:
                raise TypedError(f"{path}: {wrong}") from None
            self.doubts[doubts:] = [f"{path}: {each}" for each in self.doubts[doubts:]]

    def read(self, path: str, text: str, said: date | None = None) -> Any:
        """Read the value of a text for a field of the program; its doubts are kept. Raises TypedError."""
        fact = self._fact(path)
        assert fact is not None, path
        return self._read(fact, text, _Around(said))

    def _path(self, typed: str) -> str:
        """Resolve a typed path, in which a prefix or a number names an item, to the names in the file."""
        steps = split(typed)
        if self._base:
            return joined(steps)
        if not self._own and steps[0] not in facts(root()) and steps[0] not in self._record:
            inner = [each for each, _ in walk(root()) if each[-1] == steps[0] and not _in_list(each)]
            if len(inner) == 1:  # a short name: `targets` is mechanism.targets
                return self._path(joined((*inner[0], *steps[1:])))
            if inner:
                raise PathError(f'"{steps[0]}" is a field of several: {", ".join(map(joined, inner))}')
            why = unknown_field(steps[0])
            raise PathError(why if "did you mean" in why else f"{why}; --own adds a field of your own")
        return human_path(self._record, raw_path(self._record, joined(steps), own=self._own))

    def _fact(self, path: str) -> Fact | None:
        """Return the declared field at a path; None for one of the user's own. Raises PathError for an unknown field."""
        full = joined((*split(self._base), "1", *split(path))) if self._base else path
        declared = declaration(full) or self._item(full)
        if declared is None and not self._own and not self._is_there(path):
            raise PathError(unknown_field(full))
        return declared

    def _item(self, path: str) -> Fact | None:
        """Return the field as which a list item, or an entry of the table of sources, is read."""
        *above, last = split(path)
        parent = declaration(joined(above)) if above else None
        if parent is None:
            return None
        if parent.kind == "map":
            if not self._own and declaration(last) is None and not self._is_there(last):
                raise PathError(unknown_field(last))
            return replace(parent, kind="cites", label=f"Source of {last}")
        if parent.kind == "words":
            return replace(parent, kind="term" if parent.vocabulary else "text")
        return replace(parent, kind="record") if parent.kind == "records" else None

    def _is_there(self, path: str) -> bool:
        return not self._base and self._way(path)[-1] is not None

    def _around(self, path: str) -> _Around:
        """Collect the context of a path from its record, or from earlier assignments to a new one."""
        if self._base:
            return _around(self.values, self._today, _Around())
        around = _Around()
        for each in self._way(path)[:-1]:
            if isinstance(each, dict):
                around = _around(each, self._today, around)
        return around

    def _way(self, path: str) -> list[Any]:
        """Return the value at every step of a path, from the program on; None where there is none."""
        way: list[Any] = [self._record]
        for step in raw_path(self._record, path, own=self._own):
            here = way[-1]
            if isinstance(step, int):
                way.append(here[step] if isinstance(here, list) else None)
            else:
                way.append(here.get(step) if isinstance(here, dict) else None)
        return way

    def _read(self, fact: Fact, text: str, around: _Around) -> Any:
        value = _toml(text)
        if value is not None and type(value[0]) in _TYPES[fact.kind]:
            return self._value(fact, value[0], around)
        plain = plain_key(fact.record)
        if not plain and (wanted := _ONLY_TOML.get(fact.kind)):
            raise TypedError(f"{fact.label} is {wanted}")
        if text.lstrip()[:1] in ("[", "{") and fact.kind in ("words", "cites", "rates", *_ONLY_TOML):
            raise TypedError(f'{fact.label}: {text} is not TOML; write a, b or ["a", "b"]')
        return self._typed(replace(fact, kind="words") if plain and fact.kind == "records" else fact, text, around)

    def _typed(self, fact: Fact, text: str, around: _Around) -> Any:
        if fact.kind == "record":  # records that may be a bare text in the file
            return text.strip()
        if fact.kind == "date" and text.strip().casefold() == "today":
            return self._today
        typed = read_typed(fact, text, today=self._today, said=around.said, n=around.n)
        if typed.doubt:
            self.doubts.append(typed.doubt)
        elif fact.kind == "guidance":
            self.windows.append(read_window(text.strip(), around.said, self._today))
        return typed.value

    def _value(self, fact: Fact, value: Any, around: _Around) -> Any:
        """Read a TOML value and check all its items. Raises TypedError where it does not fit the field."""
        kind = fact.kind
        plain = plain_key(fact.record)
        if isinstance(value, str) and plain and kind == "record":
            return value
        if type(value) not in _TYPES[kind] or (kind == "count" and value < 0):
            raise TypedError(f"{fact.label}: {value!r} does not fit: {_ONLY_TOML.get(kind) or fact.help}")
        if kind == "words" and not all(isinstance(each, str) for each in value):
            raise TypedError(f"{fact.label} is a list of texts")
        if kind == "cites" and not all(map(_is_cite, value if isinstance(value, list) else [value])):
            raise TypedError(f'{fact.label} is a source id, {{ id = "…", quote = "…" }}, or a list of them')
        if kind == "text" and "\n" in value:
            raise TypedError(f"{fact.label} is one line")
        if isinstance(value, str) and kind not in ("text", "prose", "cites"):
            return self._typed(fact, value, around)
        if kind == "rates":
            return {key: self._value(rate_in(fact, key), each, around) for key, each in value.items()}
        if kind == "map":
            return {key: self._value(replace(fact, kind="cites"), each, around) for key, each in value.items()}
        if kind == "records":
            return [self._value(replace(fact, kind="record"), each, around) for each in value]
        return self._table(fact, value, _around(value, self._today, around)) if kind == "record" else value

    def _table(self, fact: Fact, table: Mapping[str, Any], around: _Around) -> dict[str, Any]:
        assert fact.record is not None
        known = facts(fact.record)
        if not self._own and (unknown := next((key for key in table if key not in known), None)):
            raise PathError(unknown_field(joined([unknown]), fact.record))
        return {key: self._value(known[key], each, around) if key in known else each for key, each in table.items()}


def _is_cite(value: Any) -> bool:
    """Whether a TOML value is a source id, or one with its quote and nothing else."""
    plain = (
        isinstance(value, dict) and value.keys() <= {"id", "quote"} and all(isinstance(each, str) for each in value.values())
    )
    return isinstance(value, str) or (plain and bool(value.get("id")))


def _in_list(steps: tuple[str, ...]) -> bool:
    """Whether a declared field is one of the records of a list."""
    above = (declaration(joined(steps[:depth])) for depth in range(1, len(steps)))
    return any(each is None or each.kind == "records" for each in above)


def _around(table: Mapping[str, Any], today: date, around: _Around) -> _Around:
    n, said = table.get("n"), table.get("said")
    if type(n) is int:
        around = replace(around, n=n)
    if isinstance(said, date):
        return replace(around, said=said.date() if isinstance(said, datetime) else said)
    return replace(around, said=read_window(said, None, today).end) if isinstance(said, str) else around


def _toml(text: str) -> tuple[Any] | None:
    """Parse a text as one TOML value; None if it is not one.

    Brackets around it keep a comment, a second value or a further line from passing as part of it.
    """
    import tomli

    if text.rstrip().endswith(","):
        return None
    try:
        tomli.loads(f"v = {text}")
        (items,) = tomli.loads(f"v = [{text}]").values()
    except (ValueError, RecursionError):
        return None
    return (items[0],) if len(items) == 1 else None


def refuse_cite(call: Call) -> None:
    """Refuse --cite for a new program, which has no source yet. Raises UsageError."""
    if call.parsed.has("cite"):
        raise UsageError("a new program has no sources to cite yet: add a source, then `cartwatch set … --cite ID`")


def cited(call: Call, session: Session, program: Program, given: Assignments) -> tuple[Any, list[dict[str, Any]]]:
    """Return the cite that --cite gives, with the quote if it has one, and a new source if it is an unknown address."""
    cite = call.parsed.get("cite")
    if cite is None:
        return None, []
    if not cite.strip():
        raise UsageError("--cite needs the id of a source, or an address")
    value, new = source_ids(session.watchlist, program.key, typed_cites(cite) if set(cite) & set('"“') else cite.strip())
    added = {each["id"] for each in new}
    for id in cite_ids(value):
        if id in added:
            given.doubts.append(f"{id} is a new source, not checked: give it a title, and set checked once you have read it")
        elif program.source(id) is None:
            close = nearest(id, [each.id for each in program.sources if each.id])
            hint = f'did you mean "{close}"?' if close else "add it, or the fact stays unverified"
            given.doubts.append(f'{program.label} has no source "{id}": {hint}')
    return value, new


def doubt_source(program: Program, given: Assignments, path: str) -> None:
    """Add the warning that the old value's source does not cover the new value."""
    steps = split(path)
    declared = declaration(path)
    if (
        declared is None
        or not declared.sourced
        or declared.kind in ("cites", "map", "record", "records")
        or steps[0] == "source"
    ):
        return
    guided = steps[0] == "catalyst" and steps[-1] in ("when", "outcome")
    behind = provenance(program, path, program.catalyst(steps[1]) if guided else None).cited
    if behind:
        given.doubts.append(f"{path}: no source yet; --cite {behind[0]} says that the old one holds for the new value")
