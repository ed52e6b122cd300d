"""Columns of figures (rates, patients, results, partners), and columns that no field takes: the reader's own keys."""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from cartwatch.document.typed import TypedError, read_typed
from cartwatch.domain.fields import facts
from cartwatch.domain.program import root
from cartwatch.domain.rates import RateError, read_rate
from cartwatch.domain.safety import Report
from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import fold

from .columns import FIGURE, IGNORED, OWN, cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .cells import TableRow
    from .columns import TableColumn

__all__ = ["OwnValue", "finish_figures", "held", "own_columns", "own_places", "read_figure"]

OwnValue = tuple[int, str, Any, "dict[str, Any] | None", int, str]
"""A cell for a key of the reader's own: its program, key, value, the catalyst of its row, its line and label."""

_PLAIN_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,10})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,4})?")


def read_figure(row: TableRow, column: TableColumn, text: str) -> None:
    """Add a cell of a column of figures to its row; what cannot be read stays under the column's name."""
    assert column.path is not None
    what, words = column.path.removeprefix(FIGURE), " ".join(text.split())
    if what == "partner":
        known = row.lists.setdefault("partner", [])
        known += [each for name in cut(text, commas=column.several) if (each := {"name": name}) not in known]
    elif what in ("n", "cutoff", "population"):
        try:
            row.data_set[what] = read_typed(facts(Report)[what], words, today=row.today).value
        except TypedError:
            row.own[column.header] = words
    elif what == "endpoint":
        row.results.append({"endpoint": column.header.strip(), "value": words})
    else:
        risk, _, grade = what.partition(".")
        share = words + "%" if "%" in column.header and _NUMBER.fullmatch(words) else words
        row.rates[column.header] = (risk, grade, share, text)


def finish_figures(row: TableRow) -> None:
    """Make the data sets of a row: one of rates, one of results."""
    report: dict[str, Any] = {}
    for header, (risk, grade, share, text) in row.rates.items():
        try:
            read_rate(share, row.data_set.get("n"))
        except RateError:
            row.own[header] = held(text)
            continue
        report.setdefault(risk, {})[grade] = share
    if report:
        row.lists["safety.report"] = [row.data_set | report]
    if row.results:
        row.lists["efficacy"] = [({} if report else row.data_set) | {"results": row.results}]
    if not report and not row.results:
        row.own |= row.data_set  # no figures of which they say anything


def held(text: str) -> Any:
    """Return the number, date or truth value that the cell of a workbook holds; of a text a number or day written just so."""
    value = getattr(text, "held", None)
    if value is not None:
        return value
    plain = text.strip()
    if _PLAIN_NUMBER.fullmatch(plain):
        number = float(plain) if "." in plain else int(plain)
        return number if str(number) == plain else plain
    if _DAY.fullmatch(plain):
        with suppress(ValueError):
            return date.fromisoformat(plain)
    return plain


def own_columns(columns: Sequence[TableColumn], filled: Sequence[bool]) -> list[TableColumn]:
    """Give each column that no field takes a key of the reader's own: its name, apart from other names."""
    taken: set[str] = set()
    out = []
    for at, each in enumerate(columns):
        if each.path is not None and not each.path.startswith(OWN):
            out.append(each)
            continue
        if not filled[at] or each.header.casefold().startswith(IGNORED):
            out.append(replace(each, path=None))
            continue
        name = clean(each.header, limit=100) or f"column {_letters(at)}"
        name = f"{name} (column)" if fold(name) in _reserved(root()) else name
        key = next(
            one for n in range(1, len(columns) + 2) if (one := name if n == 1 else f"{name} ({n})").casefold() not in taken
        )
        taken.add(key.casefold())
        out.append(replace(each, path=OWN + key))
    return out


@cache
def _reserved(program: type) -> frozenset[str]:
    """Return the keys that would be taken for fields of a program or a catalyst."""
    catalyst = facts(program)["catalyst"].record
    assert catalyst is not None
    keys = {*facts(program), *facts(catalyst)}
    return frozenset(fold(each) for key in keys for each in (key, f"{key}s"))


def _letters(at: int) -> str:
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def own_places(values: Sequence[OwnValue], programs: Sequence[dict[str, Any]]) -> Iterator[tuple[int, str, int, str]]:
    """Put the reader's own values into their programs; a column that differs within a program belongs to its catalysts.

    Yields the place, the words, the line and the label of each value for which there was no place.
    """
    seen: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for place, key, value, *_ in values:
        if value not in seen[place, key]:
            seen[place, key].append(value)
    of_catalysts = {key for (_, key), found in seen.items() if len(found) > 1}
    for place, key, value, catalyst, line, label in values:
        program = programs[place]
        below = next((each for each in program.get("catalyst", []) if each == catalyst), None) if catalyst else None
        target = below if key in of_catalysts and below is not None else program
        if target.setdefault(key, value) != value:
            shown, kept = (clean(str(each), limit=40) for each in (value, target[key]))
            yield place, f"conflict: {clean(key, limit=40)} is “{shown}” here and “{kept}” above, which is kept", line, label
