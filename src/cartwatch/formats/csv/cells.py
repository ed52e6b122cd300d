"""Reads the cells of a row into the facts of a program: its fields, catalysts, trials, and cited sources."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cartwatch.document.typed import read_typed
from cartwatch.domain.addresses import is_web_address
from cartwatch.domain.cites import typed_cites
from cartwatch.domain.program import slug
from cartwatch.domain.vocabulary import STATUS, fold, kind_word

from .columns import CATALYST, CITED, DATED, TRIAL, cut, fields, phase_word, trials_in
from .write import NONE, PURPOSE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from .columns import TableColumn

__all__ = ["TableRow", "read_cell"]


@dataclass(slots=True)
class TableRow:
    """The content of one row: fields by path, records by the key of their list, and the cells left out."""

    today: date
    values: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    catalyst: dict[str, Any] = field(default_factory=dict)
    dated: list[dict[str, Any]] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    cites: dict[str, str | list[str]] = field(default_factory=dict)
    kind: str = ""
    own: dict[str, Any] = field(default_factory=dict)
    data_set: dict[str, Any] = field(default_factory=dict)
    rates: dict[str, tuple[str, str, str, str]] = field(default_factory=dict)
    results: list[dict[str, str]] = field(default_factory=list)

    def finish(self, program: Mapping[str, Any]) -> None:
        """Join related values: the dates of catalysts, the name and number of a trial, the sources of facts."""
        self._name_kind()
        if self.catalyst and "when" not in self.catalyst and len(self.dated) == 1:
            (only,) = self.dated
            if self.catalyst.get("kind", only["kind"]) == only["kind"]:
                self.catalyst |= {"kind": only["kind"], "when": only["when"]}
                self.catalyst.setdefault("event", only["event"])
                self.dated = []
        same = ("kind", "when")
        more = [each for each in self.dated if any(each[key] != self.catalyst.get(key) for key in same)]
        catalysts = [*([self.catalyst] if self.catalyst else []), *more]
        self._cite(program, catalysts)
        if catalysts:
            self.lists["catalyst"] = catalysts
        trials = self.lists.get("trial", [])
        if sorted(map(list, trials)) == [["name"], ["nct"]]:
            both = trials[0] | trials[1]
            self.lists["trial"] = [{"nct": both["nct"], "name": both["name"]}]

    def _name_kind(self) -> None:
        """Keep the words of the kind if they are more specific: as the event, or, if that is given, as a note."""
        if not self.kind:
            return
        if "event" not in self.catalyst and "id" not in self.catalyst:
            self.catalyst["event"] = self.kind
        elif fold(self.kind) != fold(self.catalyst["kind"]):
            note = self.catalyst.get("note")
            self.catalyst["note"] = f"{note}; {self.kind}" if note else self.kind

    def _cite(self, program: Mapping[str, Any], catalysts: list[dict[str, Any]]) -> None:
        """List the sources of the row; its catalysts cite them, or, without catalysts, its facts."""
        if not self.cited:
            return
        known = list(program.get("source", []))
        ids = []
        for each in self.cited:
            key = "url" if is_web_address(each) else "title"
            source = next((one for one in known if one.get(key) == each), None)
            if source is None:
                source = {"id": _free_id(each, {one["id"] for one in known}), key: each}
                known.append(source)
                self.lists.setdefault("source", []).append(source)
            ids.append(source["id"])
        cite = ids[0] if len(ids) == 1 else ids
        for catalyst in catalysts:
            catalyst.setdefault("cite", cite)
        if not catalysts:
            self.cites = {each: cite for each in self.values if fields()[each].sourced and fields()[each].kind != "id"}


def _free_id(address: str, taken: set[str]) -> str:
    """Make a free id for a source from the end of its address or from its title."""
    parts = urlsplit(address) if is_web_address(address) else None
    last = parts.path.rstrip("/").rpartition("/")[2].partition(".")[0] if parts is not None else address
    host = (parts.hostname or "").removeprefix("www.").partition(".")[0] if parts is not None else ""
    base = slug(f"{host} {last}"[:48])
    name, count = base, 1
    while name in taken:
        count += 1
        name = f"{base}-{count}"
    return name


_NO_SUCH_EVENT = ("", "n a", "na", "none", "no", "not applicable")  # in a column of dates


def read_cell(row: TableRow, column: TableColumn, text: str) -> None:
    """Add the content of a cell to its row. Raises TypedError."""
    path = column.path
    assert path is not None
    if path in (TRIAL, "trial.nct"):
        trials = row.lists.setdefault("trial", [])
        trials += [each for each in trials_in(text, commas=column.several) if each not in trials]
    elif path == CITED:
        row.cited += [each for each in _sources(text) if each not in row.cited]
    elif path.startswith(DATED) and fold(text) in _NO_SUCH_EVENT:
        if any(map(str.isalpha, text)):
            row.left.append(f"{column.event}: “{_line(text)}” is no date: no catalyst")
    elif path.startswith(DATED):
        when = read_typed(fields()[f"{CATALYST}when"], _line(text), today=row.today).value
        row.dated.append({"event": column.event, "kind": path.removeprefix(DATED), "when": when})
    elif path == "mechanism.knockouts":
        items = [] if _line(text).casefold() == NONE else cut(text, commas=column.several)
        _add(row, path, [_knockout(each) for each in items])
    elif path == "phase":
        _phase(row, text)
    elif path == f"{CATALYST}kind":
        _kind(row, text)
    else:
        _field(row, column, path, text)


def _field(row: TableRow, column: TableColumn, path: str, text: str) -> None:
    fact = fields()[path]
    value: Any
    if fact.kind == "words":
        value = cut(text, commas=column.several)
    elif fact.kind == "cites":
        items = cut(text, commas=True)
        value = typed_cites(text) if set(text) & set('"“') else items[0] if len(items) == 1 else items
    else:
        value = read_typed(fact, text if fact.kind == "prose" else _line(text), today=row.today).value
    if not path.startswith(CATALYST):
        _add(row, path, value)
    elif path == f"{CATALYST}note" and "note" in row.catalyst:
        row.catalyst["note"] = f"{value}; {row.catalyst['note']}"
    else:
        row.catalyst[path.removeprefix(CATALYST)] = value


def _add(row: TableRow, path: str, value: Any) -> None:
    if path in row.values and isinstance(value, list):
        row.values[path] += [each for each in value if each not in row.values[path]]
    elif path in row.values and path == "notes":
        row.values[path] = f"{row.values[path].strip()}\n\n{value.strip()}\n"
    else:
        row.values[path] = value


def _line(text: str) -> str:
    return " ".join(text.split("\n")).strip()


def _phase(row: TableRow, text: str) -> None:
    phase = phase_word(_line(text))
    if phase is None and STATUS.canonical(text) is not None:
        row.left.append(f"“{_line(text)}” is the status of a trial and no phase: not imported")
        return
    row.values["phase"] = phase or _line(text)


def _kind(row: TableRow, text: str) -> None:
    words = _line(text)
    row.catalyst["kind"], row.kind = kind_word(words) or words, words


def _sources(text: str) -> list[str]:
    """Return the sources in a cell: its addresses, and other texts as titles."""
    words = [each.strip(",;|()") for each in re.split(r"[\s|]+", text)]
    addresses = [each for each in words if is_web_address(each)]
    return addresses if len(addresses) == len([each for each in words if each]) else cut(text)


def _knockout(text: str) -> Any:
    gene, mark, purpose = text.partition(PURPOSE)
    return {"gene": gene, "purpose": purpose} if mark else text
