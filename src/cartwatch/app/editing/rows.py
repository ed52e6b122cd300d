"""The rows of a form: every field that a record declares, with what the file says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cartwatch.document.typed import as_typed
from cartwatch.domain.fields import facts, plain_key
from cartwatch.domain.program import Program

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.domain.fields import Fact

__all__ = ["NEW", "Row", "fresh_item", "one_row", "rows_of"]

NEW = "+"  # the name of an item that is not there yet, with a number behind it
_WITHIN = ("move", "knockouts", "other")  # lists of small records that stand in the form of the record around them
_REFRESHED = "written by a registry refresh, not by hand"
_FOREIGN = "not of this field's kind: “Edit as text” changes it"


@dataclass(slots=True)
class Row:
    """A field in a form.

    `steps` lead to it from the record that the form is of; an item of a list has its number from 1, or NEW and a number.
    `start` is what the file says as a person types it, `text` what is typed now, `fixed` why it can't be changed here; `begun`
    is what the file said when text that was kept as a draft was begun.
    """

    fact: Fact
    steps: tuple[str, ...]
    label: str
    heading: str = ""
    start: str = ""
    text: str = ""
    fixed: str = ""
    begun: str | None = None

    @property
    def changed(self) -> bool:
        if self.fact.kind == "words":
            return self.text.rstrip(", ") != self.start.rstrip(", ")
        return self.text != self.start

    @property
    def name(self) -> str:
        """What tells the row from the others of its form."""
        return ".".join(self.steps)

    @property
    def item(self) -> tuple[str, ...] | None:
        """The list item that the row belongs to, where it does."""
        at = next((at for at, each in enumerate(self.steps) if each in _WITHIN and at + 2 < len(self.steps)), None)
        return self.steps[: at + 2] if at is not None else None


def one_row(fact: Fact, steps: tuple[str, ...], value: Any, *, heading: str = "", label: str = "") -> Row:
    """The row of one field that has this value in the file."""
    why = _REFRESHED if fact.registry else "" if _holds(fact, value) else _FOREIGN
    text = as_typed(value)
    if fact.kind == "flag" and value is None:
        text = "no"
    return Row(fact, steps, label or fact.label, heading, text, text, why)


def _holds(fact: Fact, value: Any) -> bool:
    """Whether a value can be typed into a field of this kind without losing any of it."""
    if isinstance(value, dict):
        return False
    if isinstance(value, list):
        return fact.kind in ("words", "cites") and all(isinstance(each, str) and '"' not in each for each in value)
    return not isinstance(value, str) or fact.kind == "prose" or not ("\n" in value or "\r" in value)


def rows_of(record: type, raw: Any, steps: tuple[str, ...] = (), heading: str = "") -> list[Row]:
    """The rows of a record with this data, in the order of its declaration; what a refresh writes comes last."""
    plain = plain_key(record)
    if isinstance(raw, str) and plain:
        raw = {plain: raw}
    held: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    rows: list[Row] = []
    for key, fact in facts(record).items():
        value = held.get(key)
        if fact.kind == "map" or (record is Program and fact.record is not None):
            continue
        if fact.kind == "record" and fact.record is not None and isinstance(value, dict | None):
            rows += rows_of(fact.record, value or {}, (*steps, key), fact.label)
        elif fact.kind == "records":
            rows += _items(fact, value, (*steps, key)) if key in _WITHIN else []
        else:
            rows.append(one_row(fact, (*steps, key), value, heading="Registry" if fact.registry else heading))
    return sorted(rows, key=lambda row: row.fact.registry)


def _items(fact: Fact, value: Any, steps: tuple[str, ...]) -> list[Row]:
    rows: list[Row] = []
    assert fact.record is not None
    listed = value if isinstance(value, list) else []
    for place, item in enumerate(listed, 1):
        rows += _numbered(rows_of(fact.record, item, (*steps, str(place)), fact.label), str(place))
    return [*rows, *fresh_item(fact, steps, 1)]


def fresh_item(fact: Fact, steps: tuple[str, ...], number: int) -> list[Row]:
    """The empty rows of an item that is not there yet."""
    assert fact.record is not None
    return _numbered(rows_of(fact.record, {}, (*steps, f"{NEW}{number}"), fact.label), NEW)


def _numbered(rows: list[Row], sign: str) -> list[Row]:
    for row in rows:
        row.label = f"{sign} {row.label}"
    return rows
