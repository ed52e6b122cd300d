"""HTML report in one printable file: timeline, agenda, table and programs, without external resources."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import TYPE_CHECKING

from cartwatch.domain.addresses import is_web_address
from cartwatch.domain.dates.moments import later_day
from cartwatch.views.look import role_of
from cartwatch.views.panes import pane

from .report import AGENDA, agenda_rows, headline, program_rows, report_columns, shown_panes, waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.program import Program
    from cartwatch.views.lines import Line, Run
    from cartwatch.views.look import Look

__all__ = ["report"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_STYLE = """
:root { --ink: #1b1f24; --quiet: #6a737d; --rule: #d8dee4; --soft: #f4f6f8; --open: #1a7f37; --soon: #9a6700;
  --ahead: #3b6ea8; --overdue: #b42318; }
* { box-sizing: border-box; }
body { font: 13px/1.45 system-ui, "Segoe UI", "Helvetica Neue", "Noto Sans", Arial, sans-serif; color: var(--ink);
  background: #fff; margin: 2rem auto; max-width: 1200px; padding: 0 1.25rem; }
h1 { font-size: 1.7rem; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; padding-bottom: .25rem; border-bottom: 2px solid var(--ink); break-after: avoid; }
h3 { font-size: .72rem; margin: 0 0 .3rem; text-transform: uppercase; letter-spacing: .07em; color: var(--quiet);
  break-after: avoid; }
p.when { color: var(--quiet); margin: .2rem 0 1.2rem; }
table { border-collapse: collapse; width: 100%; font-size: .86rem; }
th { text-align: left; font-size: .72rem; color: var(--quiet); font-weight: 600; border-bottom: 1px solid var(--ink);
  padding: .2rem .5rem; vertical-align: bottom; }
td { padding: .22rem .5rem; border-bottom: 1px solid var(--rule); vertical-align: top; overflow-wrap: break-word; }
tr { break-inside: avoid; }
td.number, th.number { text-align: right; white-space: nowrap; overflow-wrap: normal; }
td.tight { white-space: nowrap; overflow-wrap: normal; }
.strong, .heading { font-weight: 600; }
.quiet, .label, .unverified { color: var(--quiet); }
.open, .good { color: var(--open); font-weight: 600; }
.soon { color: var(--soon); font-weight: 600; }
.overdue, .bad { color: var(--overdue); font-weight: 600; }
.unread { color: #8250df; }
.prose { white-space: pre-wrap; }
section.program h2 small { font-weight: 400; color: var(--quiet); }
.panes { columns: 2; column-gap: 2rem; }
.pane { margin-bottom: 1rem; orphans: 3; widows: 3; }
.line { display: flex; gap: .6rem; break-inside: avoid; }
.line > .label { flex: 0 0 7.2rem; }
.line > .value { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.line.rule { margin-top: .45rem; }
.in1 { padding-left: .9rem; } .in2 { padding-left: 1.8rem; }
.rates { display: grid; grid-template-columns: 6.5rem 3rem 5.5rem 3.5rem 1fr; padding-left: .9rem;
  column-gap: .4rem; break-inside: avoid; font-variant-numeric: tabular-nums; }
.rates.c3 > :last-child { grid-column: 3 / -1; }
a { color: var(--ahead); text-decoration: none; overflow-wrap: anywhere; }
svg.timeline { width: 100%; height: auto; display: block; font-size: 11px; }
svg .label { fill: var(--ink); font-weight: 400; } svg text.month, svg text.year { fill: var(--quiet); }
svg text.year { font-weight: 700; }
svg line.month { stroke: var(--rule); } svg line.year { stroke: #aab4be; }
svg .today { fill: var(--overdue); stroke: none; } svg line.today { stroke: var(--overdue); stroke-width: 1.2; }
svg g.ahead { --mark: var(--ahead); } svg g.open { --mark: var(--open); } svg g.soon { --mark: var(--soon); }
svg g.overdue { --mark: var(--overdue); }
svg .bar, svg .day { fill: var(--mark); } svg .more { fill: none; stroke: #fff; stroke-width: 1.6; }
svg .bar.vague { stroke: var(--mark); stroke-width: .8; }
svg .ink.ahead { fill: var(--ahead); } svg .ink.open { fill: var(--open); } svg .ink.soon { fill: var(--soon); }
svg .ink.overdue { fill: var(--overdue); }
svg .ahead .vague { fill: url(#hatch-ahead); } svg .open .vague { fill: url(#hatch-open); }
svg .soon .vague { fill: url(#hatch-soon); } svg .overdue .vague { fill: url(#hatch-overdue); }
svg .before { stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 2 1.5; }
footer { margin-top: 2.5rem; padding-top: .6rem; border-top: 1px solid var(--rule); color: var(--quiet); font-size: .82rem; }
@page { size: A4; margin: 14mm 12mm; }
@media print { body { font-size: 9pt; margin: 0; max-width: none; padding: 0; } a { color: inherit; }
  .panes { column-gap: 1.2rem; } .line > .label { flex-basis: 6rem; }
  .rates { grid-template-columns: 4.8rem 2.2rem 4.6rem 2.8rem 1fr; }
  td, th { padding-left: .25rem; padding-right: .25rem; } table { font-size: 8.2pt; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
@media screen { .wide { overflow-x: auto; } }
@media screen and (max-width: 1180px) { table { font-size: .78rem; } td, th { padding-left: .3rem; padding-right: .3rem; } }
@media screen and (max-width: 760px) { .panes { columns: 1; } }
"""
_JOINER = "\u2060"  # the sign for an unverified fact stays with it
_NUMBERS = ("crs", "icans", "gvhd")
_TIGHT = ("program", "phase", "countdown")


def report(programs: Sequence[Program], look: Look, title: str) -> str:
    """Write the report of some programs, as of the moment of `look`; every text of the file is escaped."""
    coming = waiting(programs, look)
    drawing = _timeline(coming, look.today)
    dated = sum(each.window.dated for each in coming)
    parts = [f"<h1>{_text(title)}</h1>", f'<p class="when">{_text(headline(programs, look))}</p>']
    if drawing:
        left_out = f'<p class="when">The {_MOST} that come first of {dated}.</p>' if dated > _MOST else ""
        parts += ["<h2>Timeline</h2>", drawing, left_out]
        parts += ["<h2>What comes next</h2>", _table(AGENDA, agenda_rows(programs, look), tight=(0, 2))]
    columns = report_columns()
    numbers = tuple(at for at, each in enumerate(columns) if each.key in _NUMBERS)
    tight = tuple(at for at, each in enumerate(columns) if each.key in _TIGHT)
    parts += [
        "<h2>Programs</h2>",
        _table([each.label for each in columns], program_rows(programs, look), numbers=numbers, tight=tight),
    ]
    parts += [_program(each, look) for each in programs]
    return _page(title, "\n".join(parts))


def _page(title: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="referrer" content="no-referrer">
<title>{_text(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
{body}
<footer>° marks facts whose source is not checked. A window is not a day: a bar is as long as its window,
hatched where it is approximate or open, and a dashed mark shows where it stood before. A blank is “not reported”, never
zero. Not medical or investment advice.</footer>
</body>
</html>
"""


def _program(program: Program, look: Look) -> str:
    name = f" <small>{_text(program.name)}</small>" if program.name and program.name != program.label else ""
    panes = "\n".join(_pane(key, program, look) for key in shown_panes(program, look))
    return f'<section class="program"><h2>{_text(program.label)}{name}</h2>\n<div class="panes">{panes}</div></section>'


def _pane(key: str, program: Program, look: Look) -> str:
    part = pane(key, program, look)
    out = []
    labelled: int | None = None  # the indent of a label that the lines below it share
    for line in part.lines:
        if line.label or line.rule or line.indent != labelled:
            labelled = line.indent if line.label else None
        out.append(_line(line, labelled is not None))
    return f'<div class="pane"><h3>{_text(part.title)}</h3>{"".join(out)}</div>'


def _line(line: Line, labelled: bool) -> str:
    style = " ".join(["line", *(["rule"] if line.rule else []), *([f"in{min(line.indent, 2)}"] if line.indent else [])])
    if line.cells:
        cells = "".join(f"<span>{_runs(each)}</span>" for each in line.cells)
        return f'<div class="rates c{len(line.cells)}">{cells}</div>'
    label = f'<span class="label">{_text(line.label)}</span>' if labelled else ""
    return f'<div class="{style}">{label}<span class="value">{_runs(line.runs)}</span></div>'


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[Sequence[Run]]], *, numbers: Sequence[int] = (), tight: Sequence[int] = ()
) -> str:
    def kind(at: int) -> str:
        return ' class="number"' if at in numbers else ' class="tight"' if at in tight else ""

    head = "".join(f"<th{kind(at)}>{_text(each)}</th>" for at, each in enumerate(heads))
    body = "\n".join(
        "<tr>" + "".join(f"<td{kind(at)}>{_runs(cell)}</td>" for at, cell in enumerate(row)) + "</tr>" for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def _runs(runs: Sequence[Run]) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    text = _text(run.text)
    if run.role == "link" and is_web_address(run.text):
        return f'<a href="{text}" rel="noopener noreferrer">{text}</a>'
    joined = _JOINER if run.role == "unverified" and len(run.text) == 1 else ""
    return f'<span class="{run.role}">{joined}{text}</span>' if run.role else text


def _text(text: str) -> str:
    return escape(text, quote=True)


# ---- the timeline: a window is a bar over its days, and a day is a diamond

_MOST = 60  # catalysts drawn, at most: those that end first

_WIDTH, _LABELS, _RIGHT = 1000, 350, 12
_TOP, _ROW, _BAR = 34, 20, 9
_BACK, _AHEAD = 92, 730  # days before and after today, at most
_SHORTEST = 300
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LETTERS = 52


def _timeline(items: Sequence[Item], today: date) -> str:
    """Draw the upcoming catalysts with dates, in the given order; "" if there are none."""
    shown = [each for each in items if each.waiting and each.window.dated][:_MOST]
    if not shown:
        return ""
    scale = _Scale(today, shown)
    height = _TOP + _ROW * len(shown) + 8
    out = [
        f'<svg class="timeline" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Timeline of catalysts" '
        'xmlns="http://www.w3.org/2000/svg">',
        _HATCH,
        *_grid(scale, height),
    ]
    for row, item in enumerate(shown):
        out += _row(item, scale, _TOP + _ROW * row)
    x = scale.x(today)
    out.append(f'<line class="today" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 12}" y2="{height - 4}"/>')
    out.append(f'<text class="today" x="{x:.1f}" y="{_TOP - 22}" text-anchor="middle">today</text></svg>')
    return "\n".join(out)


_ROLES = ("ahead", "open", "soon", "overdue")
_HATCH = "<defs>{}</defs>".format(
    "".join(
        f'<pattern id="hatch-{role}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="2.4" height="5" class="ink {role}"/></pattern>'
        for role in _ROLES
    )
)


class _Scale:
    """Maps days to horizontal positions."""

    def __init__(self, today: date, items: Sequence[Item]) -> None:
        days = [each for item in items for each in (item.window.start, item.window.end) if each is not None]
        first = min([later_day(today, -14), *(each for each in days if each >= later_day(today, -_BACK))])
        last = max(each for each in (*days, today))
        ahead = min(max((last - today).days + 15, _SHORTEST), _AHEAD)
        self.first = max(first, later_day(today, -_BACK))
        self.last = later_day(today, ahead)

    def x(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return _LABELS + min(max(share, 0.0), 1.0) * (_WIDTH - _LABELS - _RIGHT)


def _grid(scale: _Scale, height: int) -> list[str]:
    """Draw a line at the start of each month, or each quarter if months are too close; years are labelled."""
    out = []
    step = 1 if (scale.last - scale.first).days < 400 else 3
    months = (divmod(at, 12) for at in range(_month(scale.first) + 1, _month(scale.last) + 1))
    for year, month in ((year, at + 1) for year, at in months if at % step == 0):
        x = scale.x(date(year, month, 1))
        kind = "year" if month == 1 else "month"
        name = str(year) if month == 1 else _MONTHS[month - 1]
        out.append(f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 4}" y2="{height - 4}"/>')
        out.append(f'<text class="{kind}" x="{x:.1f}" y="{_TOP - 8}" text-anchor="middle">{name}</text>')
    return out


def _month(day: date) -> int:
    """Count the months from the year 0."""
    return 12 * day.year + day.month - 1


def _row(item: Item, scale: _Scale, top: int) -> list[str]:
    middle = top + _ROW / 2
    role = role_of(item.countdown) or "ahead"
    event = f"{item.program.label} · {item.catalyst.event or item.catalyst.key}"
    shown = event if len(event) <= _LETTERS else event[: _LETTERS - 1] + "…"
    told = f"{event}: {item.window.text} ({item.countdown.text})"
    return [
        f'<g class="{role}"><title>{escape(told)}</title>',
        f'<text class="label" x="{_LABELS - 8}" y="{middle + 3.5:.1f}" text-anchor="end">{escape(shown)}</text>',
        *_before(item, scale, middle),
        *_bar(item, scale, middle),
        "</g>",
    ]


def _bar(item: Item, scale: _Scale, middle: float) -> list[str]:
    window = item.window
    start, end = window.start, window.end
    if window.is_day and start is not None:
        x = scale.x(start)
        return [f'<path class="day" d="M{x:.1f} {middle - 6:.1f}l6 6l-6 6l-6 -6z"/>']
    left = scale.x(start) if start is not None and not window.open_left else scale.x(scale.first)
    right = scale.x(later_day(end, 1)) if end is not None else scale.x(scale.last)
    width = max(right - left, 2.0)
    style = "bar vague" if window.approximate or window.open_left or end is None else "bar"
    y = middle - _BAR / 2
    out = [f'<rect class="{style}" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_BAR}" rx="2"/>']
    if start is not None and start < scale.first and not window.open_left:
        out.append(f'<path class="more" d="M{left + 5:.1f} {middle - 4:.1f}l-5 4l5 4"/>')
    if end is None or end > scale.last:
        out.append(f'<path class="more" d="M{right - 5:.1f} {middle - 4:.1f}l5 4l-5 4"/>')
    return out


def _before(item: Item, scale: _Scale, middle: float) -> list[str]:
    """Draw the window before its last move."""
    moves = [each.when for each in item.catalyst.moves if each.when is not None and each.when.end is not None]
    if not moves or moves[-1].end is None or moves[-1].end < scale.first:
        return []
    x = scale.x(moves[-1].end)
    return [f'<line class="before" x1="{x:.1f}" x2="{x:.1f}" y1="{middle - 6:.1f}" y2="{middle + 6:.1f}"/>']
