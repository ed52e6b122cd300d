"""The page: pictures, agenda, table of programs, then a section for each program, yielded in pieces."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

from cartwatch.domain.dates.format import iso
from cartwatch.formats.report import AGENDA, agenda_row, headline, program_row, report_columns, shown_panes, waiting
from cartwatch.views.panes import pane
from cartwatch.views.svg import STYLE

from .markup import Heading, blocks, escaped, table
from .pictures import pictures_of_list, pictures_of_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cartwatch.domain.program import Program
    from cartwatch.views.look import Look

    from .pictures import Picture

__all__ = ["report"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_NUMBERS = ("crs", "icans", "gvhd")
_TIGHT = ("program", "phase", "countdown")
_PLAIN_KEY = re.compile(r"[a-z0-9-]+")
_NARROW = re.compile(r"\s*\n\s*")


def report(programs: Sequence[Program], look: Look, title: str) -> Iterator[str]:
    """Yield the page of some programs, as of the moment of `look`, in pieces of a table row or a pane."""
    coming = waiting(programs, look)
    yield _head(title)
    yield f'<body>\n<a class="skip" href="#programs">Skip to the programs</a>\n<header><h1>{escaped(title)}</h1>\n'
    day = iso(look.today)
    rest = escaped(headline(programs, coming, look).removeprefix(f"As of {day}"))
    yield f'<p>As of <time datetime="{day}">{day}</time>{rest}</p></header>\n<main>\n'
    for picture in pictures_of_list(programs, coming, look):
        yield f"<section><h2>{escaped(picture.title)}</h2>{_figure(picture)}</section>\n"
    links = {id(each): _anchor(each, at) for at, each in enumerate(programs)}
    if coming:
        yield '<section aria-labelledby="next"><h2 id="next">What comes next</h2>\n'
        heads = [Heading(each, "tight" if at == 0 else "") for at, each in enumerate(AGENDA)]
        rows = (agenda_row(each, look) for each in coming)
        yield from table("Upcoming catalysts, the nearest first", heads, rows, (links[id(each.program)] for each in coming), 2)
        yield "</section>\n"
    yield '<section aria-labelledby="programs"><h2 id="programs" tabindex="-1">Programs</h2>\n'
    yield from table(
        "Programs with their phase, next catalyst and rates",
        [Heading(each.label, _style(each.key)) for each in report_columns()],
        (program_row(each, look) for each in programs),
        links.values(),
        0,
    )
    yield "</section>\n"
    for each in programs:
        yield from _program(each, links[id(each)], look)
    yield _FOOT


def _head(title: str) -> str:
    style = _NARROW.sub("\n", files(__package__).joinpath("style.css").read_text(encoding="utf-8"))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="referrer" content="no-referrer">
<title>{escaped(title)}</title>
<style>{style}{STYLE}</style>
</head>
"""


_FOOT = """</main>
<footer>° marks facts whose source is not checked. A window is not a day. What is blank is “not reported”, never zero.
Intervals (95% CI) are calculated (Wilson). Rates of different data sets are not to be compared without their populations.
Not medical or investment advice.</footer>
</body>
</html>
"""


def _style(key: str) -> str:
    return "number" if key in _NUMBERS else "tight" if key in _TIGHT else ""


def _anchor(program: Program, place: int) -> str:
    """Return the address of a program in the page: its key where that is one of ours, else its place."""
    return f"program-{program.key}" if _PLAIN_KEY.fullmatch(program.key) else f"program.{place + 1}"


def _program(program: Program, anchor: str, look: Look) -> Iterator[str]:
    name = f" <small>{escaped(program.name)}</small>" if program.name and program.name != program.label else ""
    yield f'<section class="program" aria-labelledby="{anchor}"><h2 id="{anchor}">{escaped(program.label)}{name}</h2>\n'
    for picture in pictures_of_program(program, anchor, look):
        yield f'<div class="picture"><h3>{escaped(picture.title)}</h3>{_figure(picture)}</div>\n'
    yield '<div class="panes">\n'
    for key in shown_panes(program, look):
        part = pane(key, program, look)
        lines = [each for each in part.lines if each.path != "name"]  # the heading has the name
        yield f'<div class="pane"><h3>{escaped(part.title)}</h3>{blocks(lines)}</div>\n'
    yield "</div></section>\n"


def _figure(picture: Picture) -> str:
    spoken = escaped(picture.spoken or picture.title)
    caption = f"<figcaption>{escaped(picture.caption)}</figcaption>" if picture.caption else ""
    return f'<figure><div class="wide" role="region" aria-label="{spoken}" tabindex="0">{picture.svg}</div>{caption}</figure>'
