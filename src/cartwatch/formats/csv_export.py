"""Programs or catalysts as a table for a spreadsheet, one a row, in columns that an import reads back."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from cartwatch.domain.agenda import items
from cartwatch.domain.safety import RISKS

from .csv_columns import CATALYST, cell_text, fields, guarded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.program import Program

__all__ = ["ROWS", "table"]

ROWS = ("programs", "catalysts")


def table(programs: Sequence[tuple[Program, Mapping[str, Any]]], now: datetime, *, rows: str = "programs") -> str:
    """The table of some programs, each given as read and as the file has it. `rows` is one of ROWS.

    Columns whose names begin with `next.`, `rate.` or `window.` are worked out as of `now`.
    """
    lines = [_program(*each, now) for each in programs] if rows == "programs" else []
    if rows == "catalysts":
        lines = [_catalyst(program, record, item) for program, record in programs for item in items(program, now)]
    wanted = _columns(rows)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(wanted)
    writer.writerows([guarded(line.get(each, "")) for each in wanted] for line in lines)
    return out.getvalue()


def _columns(rows: str) -> list[str]:
    own = [each for each in fields() if not each.startswith(CATALYST)]
    if rows == "programs":
        rates = [f"rate.{risk}.{grade}" for risk in RISKS for grade in ("any", "severe")]
        return [*own, "next.event", "next.when", "next.days_to_start", "next.days_to_end", *rates]
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
            line[f"rate.{risk}.{grade}"] = leading[1].counts if leading is not None else ""
    return line


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
