"""Markdown report: agenda, table of programs, then each program; text of the file is always escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cartwatch.domain.addresses import is_web_address
from cartwatch.views.lines import plain
from cartwatch.views.panes import pane

from .report import AGENDA, agenda_row, headline, program_row, report_columns, shown_panes, waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.domain.program import Program
    from cartwatch.views.lines import Line, Run
    from cartwatch.views.look import Look

__all__ = ["escaped", "report"]

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_OPENING = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")
_BLANKS = re.compile(r"\n{3,}")


def report(programs: Sequence[Program], look: Look, title: str) -> str:
    """Write the report of some programs, as of the moment of `look`."""
    coming = waiting(programs, look)
    out = [f"# {escaped(title)}", "", escaped(headline(programs, coming, look)), ""]
    if coming:
        out += ["## What comes next", "", *_table(AGENDA, [agenda_row(each, look) for each in coming]), ""]
    heads = [each.label for each in report_columns()]
    out += ["## Programs", "", *_table(heads, [program_row(each, look) for each in programs]), ""]
    for program in programs:
        out += [f"## {escaped(program.label)}", ""]
        for key in shown_panes(program, look):
            part = pane(key, program, look)
            out += [f"### {part.title}", "", *_lines(part.lines), ""]
    out.append("° marks facts whose source is not checked. A window is not a day; a blank is “not reported”, never zero.")
    return _BLANKS.sub("\n\n", "\n".join(out)).rstrip() + "\n"


def escaped(text: str) -> str:
    """Escape a text of one line, so that Markdown shows it unchanged."""
    return _OPENING.sub(r"\1\\\2", _MARKS.sub(r"\\\1", " ".join(text.split())))


def _table(heads: Sequence[str], rows: Sequence[Sequence[Sequence[Run]]]) -> list[str]:
    out = ["| " + " | ".join(map(escaped, heads)) + " |", "|" + " --- |" * len(heads)]
    return out + ["| " + " | ".join(escaped(plain(tuple(cell))) for cell in row) + " |" for row in rows]


def _lines(lines: Sequence[Line]) -> list[str]:
    """Write the lines of a pane as a list; small tables keep their cells in a row, prose is a paragraph."""
    out: list[str] = []
    labelled = -1  # the level of the last labelled line; lines without a label continue its value
    for line in lines:
        labelled = line.indent if line.label else labelled if line.indent == labelled and not line.rule else -1
        if line.cells:
            out.append("    - " + " · ".join(text for cell in line.cells if (text := escaped(plain(cell)))))
        elif line.runs and line.runs[0].role == "prose":
            out += ["", *(escaped(each) for each in plain(line.runs).split("\n")), ""]
        else:
            text = _linked(line.runs)
            label = f"**{escaped(line.label)}** " if line.label else ""
            level = line.indent + (not line.label and line.indent == labelled)
            out.append(f"{'  ' * level}- {label}{text}".rstrip())
    return out


def _linked(runs: Sequence[Run]) -> str:
    return "".join(
        f"<{each.text}>" if each.role == "link" and is_web_address(each.text) else _spaced(each.text) for each in runs
    )


def _spaced(text: str) -> str:
    """Escape a text, but keep the spaces at its ends, which separate it from the runs beside it."""
    middle = escaped(text)
    return (" " if text[:1].isspace() else "") + middle + (" " if text[-1:].isspace() and middle else "")
