"""Writes tables: one program or catalyst a row, in cells that no spreadsheet reads as a formula or a date."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from cartwatch.document.typed import as_typed
from cartwatch.domain.agenda import items
from cartwatch.domain.cites import is_cite
from cartwatch.domain.description import record_line
from cartwatch.domain.record_lists import lists, records_at
from cartwatch.domain.safety import RISKS
from cartwatch.domain.text import clean

from .columns import CATALYST, fields, joined_items

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.program import Program

__all__ = ["NONE", "PURPOSE", "ROWS", "guarded", "table", "unguarded"]

ROWS = ("programs", "catalysts")
NONE = "none"  # a list that is known to be empty
PURPOSE = " = "  # between a gene and the purpose of its knock-out

# Spreadsheets may skip these before a formula: spaces, controls, invisible signs.
_BEGINS = r"(?:[\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffd]*[=+\-@＝＋－＠]|[\t\r])"
_FORMULA = re.compile(rf"'*{_BEGINS}")
_NUMBER = re.compile(r"-\d+")
_GUARDED = re.compile(rf"'+{_BEGINS}")


def cell_text(path: str, value: Any) -> str:
    """Format a raw value of the file as a cell."""
    if path == "mechanism.knockouts":
        if value == []:
            return NONE
        value = [_gene(each) for each in value] if isinstance(value, list) else value
    if isinstance(value, list) and not any(map(is_cite, value)):
        return joined_items([as_typed(each) for each in value if not isinstance(each, dict)])
    return as_typed(value)


def _gene(knockout: Any) -> Any:
    if not isinstance(knockout, dict):
        return knockout
    gene, purpose = knockout.get("gene"), knockout.get("purpose")
    return f"{gene}{PURPOSE}{purpose}" if purpose else gene


def guarded(text: str) -> str:
    """Protect a cell from being read as a formula: an apostrophe before a formula start, except in numbers."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """Undo `guarded`."""
    return text[1:] if _GUARDED.match(text) else text


def table(programs: Sequence[tuple[Program, Mapping[str, Any]]], now: datetime, *, rows: str = "programs") -> str:
    """Write some programs as a table, each given as read and as in the file. `rows` is one of ROWS.

    Columns whose names begin with `next.`, `rate.` or `window.` are computed as of `now`; those that begin with `list.`
    describe records in words.
    """
    lines = [_program(*each, now) for each in programs] if rows == "programs" else []
    if rows == "catalysts":
        lines = [_catalyst(program, record, item) for program, record in programs for item in items(program, now)]
    wanted = _columns(rows)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(wanted)
    writer.writerows([guarded(clean(line.get(each, ""), lines=True)) for each in wanted] for line in lines)
    return out.getvalue()


def _columns(rows: str) -> list[str]:
    own = [each for each in fields() if not each.startswith(CATALYST)]
    if rows == "programs":
        rates = [f"rate.{risk}.{grade}" for risk in RISKS for grade in ("any", "severe")]
        return [*own, "next.event", "next.when", "next.days_to_start", "next.days_to_end", *rates, *_told()]
    catalyst = [each for each in fields() if each.startswith(CATALYST)]
    window = [f"window.{each}" for each in ("start", "end", "precision", "state", "days_to_start", "days_to_end")]
    return ["id", "name", "short", "sponsor", *catalyst, *window]


def _program(program: Program, record: Mapping[str, Any], now: datetime) -> dict[str, str]:
    line = {path: cell_text(path, _at(record, path)) for path in fields() if not path.startswith(CATALYST)}
    line["id"] = program.key
    line["trial.nct"] = ", ".join(each.nct for each in program.trials if each.nct)
    coming = next((each for each in items(program, now) if each.waiting), None)
    if coming is not None:
        line["next.event"] = coming.catalyst.event or coming.catalyst.key
        line["next.when"] = coming.window.text
        line["next.days_to_start"] = _number(coming.countdown.days_to_start)
        line["next.days_to_end"] = _number(coming.countdown.days_to_end)
    for risk in RISKS:
        for grade in ("any", "severe"):
            leading = program.leading_rate(risk, grade)
            line[f"rate.{risk}.{grade}"] = leading.rate.counts.replace("/", " of ") if leading is not None else ""
    for path in lists():
        line[f"list.{path}"] = "; ".join(map(record_line, records_at(program, path)))
    line["list.sponsor"] = record_line(program.company) if program.company is not None else ""
    line["list.own"] = "; ".join(f"{path} = {text}" for path, text in program.own)
    return line


def _told() -> list[str]:
    """Return the columns that describe in words the lists of records and the user's own keys."""
    return [*(f"list.{path}" for path in lists()), "list.sponsor", "list.own"]


def _catalyst(program: Program, record: Mapping[str, Any], item: Item) -> dict[str, str]:
    place = next(at for at, each in enumerate(program.catalysts) if each is item.catalyst)
    listed = [each for each in record.get("catalyst", []) if isinstance(each, dict)]
    raw = listed[place]
    line = {path: cell_text(path, raw.get(path.removeprefix(CATALYST))) for path in fields() if path.startswith(CATALYST)}
    line[f"{CATALYST}id"] = item.catalyst.key
    line |= {path: cell_text(path, record.get(path)) for path in ("name", "short", "sponsor")}
    line["id"] = program.key
    count, window = item.countdown, item.window
    line["window.start"], line["window.end"] = _day(window.start), _day(window.end)
    line["window.precision"], line["window.state"] = window.precision, count.state
    line["window.days_to_start"], line["window.days_to_end"] = _number(count.days_to_start), _number(count.days_to_end)
    return line


def _at(record: Mapping[str, Any], path: str) -> Any:
    here: Any = record
    for step in path.split("."):
        here = here.get(step) if isinstance(here, dict) else None
    return here


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _number(number: int | None) -> str:
    return "" if number is None else str(number)
