"""`cartwatch show`: prints one program, pane by pane."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cartwatch.cli.arguments import UsageError
from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import nearest
from cartwatch.views.layout import Runs, cells, fit_runs, width_of, wrap
from cartwatch.views.lines import Line, Pane, Run
from cartwatch.views.panes import PANES, pane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.cli.context import Call

__all__ = ["INDENT", "print_lines", "print_pane", "run"]

_LABELS = 18  # cells of a label, at most
_LEAST = 8  # least cells of a line of text
_READABLE = 100  # cells: longer lines of text are hard to read
INDENT = "  "


def run(call: Call) -> int:
    """Print the panes of a program."""
    keys = _panes(call.parsed.get("pane"))
    listing = call.listing()
    program = call.find(listing, " ".join(call.parsed.words))
    if call.parsed.has("json"):
        from cartwatch.views.documents import head, program_document

        call.output.json({**head(call.now), "programs": [program_document(program, call.now)]})
        call.tell_problems(listing)
        return 0
    places = listing.places
    look = replace(call.look, sightings=places.sightings)
    if "history" in keys:
        from cartwatch.storage.journal import Journal
        from cartwatch.views.journaled import told

        changes = [each for each in told(Journal(places.journal), listing.watchlist, call.today) if each.program == program.key]
        look = replace(look, told=lambda _: changes)
    for place, key in enumerate(keys):
        if place:
            call.output.line()
        print_pane(call, pane(key, program, look))
    call.tell_problems(listing)
    return 0


def _panes(text: str | None) -> list[str]:
    known = [key for key, _ in PANES]
    if text is None:
        return known
    keys = [each.strip().lower() for each in text.split(",") if each.strip()]
    for each in keys:
        if each not in known:
            close = nearest(each, known)
            hint = f'did you mean "{close}"?' if close else f"choose from {', '.join(known)}"
            raise UsageError(f'there is no pane "{each}": {hint}')
    return keys or known


def print_pane(call: Call, shown: Pane, room: int | None = None) -> None:
    """Print a pane under its title, in `room` cells or in those that are easy to read."""
    out = call.output
    room = room or _room(call)
    title = [Run(shown.title, "accent"), Run(f"  {shown.mark}" if shown.mark else "", "quiet")]
    rule = ("-" if out.ascii else "─") * max((room or 60) + len(INDENT) - width_of(title) - 1, 0)
    out.runs(title if out.plain else [*title, Run(" "), Run(rule, "quiet")])
    print_lines(call, shown.lines, room)


def _room(call: Call) -> int | None:
    width = call.output.width
    return min(width - len(INDENT), _READABLE) if width is not None else None


def print_lines(call: Call, lines: Sequence[Line], room: int | None = None) -> None:
    """Print lines in `room` cells: labels in one column, cells as a table."""
    out = call.output
    room = room or _room(call)
    labels = min(max((cells(each.label) for each in lines if each.label), default=0), _LABELS)
    tables = _table_widths(lines)
    for place, line in enumerate(lines):
        if line.rule and place:
            out.line()
        indent = INDENT * (line.indent + 1)
        space = room - len(INDENT) * line.indent if room is not None else None
        if line.cells:
            out.runs(_row(line, tables[place], call), indent)
            continue
        for each in _lines(line, labels, space, labelled=_under_label(lines, place)):
            out.runs(each, indent)


def _under_label(lines: Sequence[Line], place: int) -> bool:
    """Whether a line without a label continues a labelled one, like a second designation."""
    line = lines[place]
    if line.label or line.rule or not place:
        return bool(line.label)
    above = lines[place - 1]
    same_group = above.path is not None and line.path is not None and _group(above.path) == _group(line.path)
    return same_group and above.indent == line.indent and _under_label(lines, place - 1)


def _group(path: str) -> str:
    return path.partition(".")[0]


def _lines(line: Line, labels: int, space: int | None, *, labelled: bool) -> list[Runs]:
    """Print a line with its label; the value wraps with a hanging indent."""
    text = [(clean(each.text, lines=True), each.role) for each in line.runs]
    gap = labels + 2 if labelled else 0
    wrapped = wrap(text, max(space - gap, _LEAST) if space is not None else None, whole="link")
    if not labelled:
        return wrapped
    label = [(line.label, "label"), (" " * (gap - cells(line.label)), "")]
    return [[*(label if place == 0 else [(" " * gap, "")]), *each] for place, each in enumerate(wrapped)]


def _table_widths(lines: Sequence[Line]) -> dict[int, list[int]]:
    """Compute the column widths of each table; consecutive lines of cells are one table."""
    out: dict[int, list[int]] = {}
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].cells:
            end += 1
        if end > at:
            columns = max(len(each.cells) for each in lines[at:end])
            widths = [
                max((width_of(each.cells[i]) for each in lines[at:end] if len(each.cells) > i), default=0)
                for i in range(columns)
            ]
            out.update(dict.fromkeys(range(at, end), widths))
        at = end + 1
    return out


def _row(line: Line, widths: Sequence[int], call: Call) -> Runs:
    out: Runs = []
    if call.output.plain:
        for each in line.cells:
            out += [*([(", ", "")] if out and width_of(each) else []), *each]
        return out
    for place, each in enumerate(line.cells):
        last = place == len(line.cells) - 1
        out += each if last else [*fit_runs(each, widths[place], ellipsis=call.ellipsis), ("  ", "")]
    return out
