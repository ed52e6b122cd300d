"""Turns runs, lines and tables into HTML; every text of the file is escaped here."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from cartwatch.domain.addresses import is_web_address
from cartwatch.views.lines import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cartwatch.views.lines import Line, Run

__all__ = ["Heading", "blocks", "escaped", "runs_text", "table"]

_JOINER = "\u2060"  # the sign for an unverified fact stays with it
_NOT_REPORTED = "not reported"
_RATE_CELLS = 5
_ABSENT = ("–", "")


class Heading(NamedTuple):
    """A column of a table: its title and its CSS class."""

    title: str
    style: str = ""


def escaped(text: str) -> str:
    """Escape a text for HTML and for attributes in double quotes."""
    return escape(text, quote=True)


def runs_text(runs: Sequence[Run]) -> str:
    """Return the markup of some runs; only plain web addresses become links."""
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    text = escaped(run.text)
    if run.role == "link" and is_web_address(run.text):
        return f'<a href="{text}" rel="noopener noreferrer">{text}</a>'
    if run.role == "unverified" and len(run.text) == 1:
        return f'{_JOINER}<abbr class="unverified" title="source not checked">{text}</abbr>'
    return f'<span class="{run.role}">{text}</span>' if run.role else text


def table(
    caption: str, columns: Sequence[Heading], rows: Iterable[Sequence[Sequence[Run]]], links: Iterable[str], heading: int
) -> Iterator[str]:
    """Yield a table in pieces; the cell in column `heading` names its row and leads to the row's address in `links`.

    On a narrow screen each row becomes a card, so the roles are stated: browsers drop those of a table laid out as blocks.
    """
    head = "".join(f'<th scope="col" role="columnheader"{_class(each.style)}>{escaped(each.title)}</th>' for each in columns)
    yield f'<table class="cards" role="table"><caption class="sr">{escaped(caption)}</caption>\n'
    yield f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n<tbody role="rowgroup">\n'
    for row, link in zip(rows, links, strict=True):
        cells = (
            _cell(each, cell, link if at == heading else "") for at, (each, cell) in enumerate(zip(columns, row, strict=True))
        )
        yield f'<tr role="row">{"".join(cells)}</tr>\n'
    yield "</tbody></table>\n"


def _cell(column: Heading, cell: Sequence[Run], link: str) -> str:
    if link:
        return f'<th scope="row" role="rowheader"{_class(column.style)}><a href="#{escaped(link)}">{runs_text(cell)}</a></th>'
    absent = " absent" if plain(tuple(cell)).strip() in _ABSENT else ""
    style = _class(f"{column.style}{absent}".strip())
    return f'<td role="cell"{style} data-label="{escaped(column.title)}">{runs_text(cell)}</td>'


def _class(style: str) -> str:
    return f' class="{style}"' if style else ""


class _Block(NamedTuple):
    """Lines of a pane below one title, if they have one."""

    title: Line | None
    lines: list[Line]


def blocks(lines: Sequence[Line]) -> str:
    """Return the markup of a pane: titles, lists of facts, tables of rates, and once what is not reported."""
    out: list[str] = []
    missing: list[str] = []
    for title, below in _split(lines):
        reported, gone = _apart(below)
        name = plain(title.runs).strip() if title is not None else ""
        group = title is not None and title.runs[0].role == "heading"
        if group and not reported:
            missing += [f"{name} {_inside(each)}" for each in gone] if gone else []
            continue
        if title is not None:
            out.append(f"<h4>{runs_text(title.runs)}</h4>")
        out += _facts(reported, name)
        if group or title is None:
            missing += [f"{name} {_inside(each)}".strip() if group else each for each in gone]
        elif gone:
            out.append(_missing(gone))
    if missing:
        out.append(_missing(missing))
    return "".join(out)


def _missing(labels: Sequence[str]) -> str:
    first, *rest = labels
    return f'<p class="missing">Not reported: {escaped(", ".join([first, *map(_inside, rest)]))}</p>'


def _inside(label: str) -> str:
    """Write a label inside a sentence: acronyms keep their case."""
    return label if label[1:2].isupper() or not label[1:2].isalpha() else label[:1].lower() + label[1:]


def _split(lines: Sequence[Line]) -> list[_Block]:
    found = [_Block(None, [])]
    for line in lines:
        if line.runs and not line.label and not line.indent and line.runs[0].role in ("heading", "strong"):
            found.append(_Block(line, []))
        else:
            found[-1].lines.append(line)
    return [each for each in found if each.title is not None or each.lines]


def _apart(lines: Sequence[Line]) -> tuple[list[Line], list[str]]:
    """Separate the lines with a value from the labels of those without."""
    reported, gone = [], []
    for line in lines:
        if line.label.strip() and not line.cells and plain(line.runs) == _NOT_REPORTED:
            gone.append(line.label)
        else:
            reported.append(line)
    return reported, gone


def _facts(lines: Sequence[Line], title: str) -> Iterator[str]:
    """Yield labelled lines as a list of terms, small tables as tables, and other lines as paragraphs."""
    kind = ""
    pending: list[str] = []
    rates: list[Line] = []
    labelled: int | None = None  # the indent of a label that the lines below it share
    for line in lines:
        if line.label.strip() or line.rule or line.indent != labelled:
            labelled = line.indent if line.label else None
        now = "rates" if line.cells else "dl" if labelled is not None else "p"
        if now != kind:
            yield from _closed(kind, pending, rates, title)
            kind, pending, rates = now, [], []
        if now == "rates":
            rates.append(line)
        elif now == "dl":
            term = f"<dt>{escaped(line.label)}</dt>" if line.label.strip() else ""
            pending.append(f"{term}<dd>{runs_text(line.runs)}</dd>")
        else:
            pending.append(f"<p{_class('in1' if line.indent else '')}>{runs_text(line.runs)}</p>")
    yield from _closed(kind, pending, rates, title)


def _closed(kind: str, pending: Sequence[str], rates: Sequence[Line], title: str) -> Iterator[str]:
    if kind == "dl":
        yield f"<dl>{''.join(pending)}</dl>"
    elif kind == "rates":
        yield from _rates(rates, title)
    else:
        yield from pending


def _rates(lines: Sequence[Line], title: str) -> Iterator[str]:
    """Yield the rates of one data set; those without a value are named once, below."""
    head, rows = (lines[0], lines[1:]) if len(lines[0].cells) == _RATE_CELLS and not plain(lines[0].cells[0]) else (None, lines)
    shown: list[str] = []
    gone: list[str] = []
    name = ""
    named = True
    for line in rows:
        texts = [plain(each).strip() for each in line.cells]
        if texts[0]:
            name, named = texts[0], False
        if texts[-1] == _NOT_REPORTED:
            gone.append(f"{name} {texts[1]}".strip() if len(texts) > 1 else name)
            continue
        first = line.cells[0] if texts[0] else ()
        shown.append(_rate_row(line, runs_text(first) if first else escaped("" if named else name)))
        named = True
    if shown:
        caption = f"Rates: {title}" if head else title or "Details"
        titles = "".join(f'<th scope="col">{runs_text(each) or "event"}</th>' for each in head.cells) if head else ""
        yield f'<table class="rates"><caption class="sr">{escaped(caption)}</caption>'
        yield f"<thead><tr>{titles}</tr></thead><tbody>{''.join(shown)}</tbody></table>"
    if gone:
        yield _missing(_once(gone))


def _rate_row(line: Line, name: str) -> str:
    cells = line.cells[1:]
    last = len(cells) - 1
    wide = f' colspan="{_RATE_CELLS - len(cells)}"' if len(cells) < _RATE_CELLS - 1 else ""
    data = "".join(f"<td{wide if at == last else ''}>{runs_text(each)}</td>" for at, each in enumerate(cells))
    return f'<tr><th scope="row">{name}</th>{data}</tr>'


def _once(gone: Sequence[str]) -> list[str]:
    """Name an event once where neither grade is reported."""
    out: list[str] = []
    for each in gone:
        event, _, grade = each.rpartition(" ")
        if event and grade.endswith("3") and f"{event} any" in out:
            out[out.index(f"{event} any")] = event
        else:
            out.append(each)
    return out
