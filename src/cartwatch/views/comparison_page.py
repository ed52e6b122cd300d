"""The page of a comparison, at a width: what forbids it, rates as forest plots, mitigation, mechanism, slips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .comparison import EVENTS
from .documents import value_document
from .drawing import paint, sign
from .forest import about, figures, forest, told
from .layout import cells, fit_runs, side_by_side, width_of, wrap
from .lines import Line, Pane, Run
from .safety import efficacy
from .slips import tally_runs
from .svg import picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from cartwatch.domain.program import Program

    from .comparison import Comparison, FactRow, RateBlock, RateLine
    from .layout import Runs
    from .look import Look

__all__ = ["comparison_document", "comparison_pages", "rate_pictures"]

_WIDE = 112  # cells from which the data set stands beside its rate, not below
_NAME, _TRACK, _LEAST = 16, 60, 12  # cells of a program's name at most, and of the plot at most and at least
_COLUMN = 15  # least cells of a program's column of facts
_GAP = "  "
_HEADS = ("%", "n/N", "95% CI")
_LEGEND = (
    ("point", "rate"),
    ("thin", "95% Wilson interval, calculated"),
    ("alone", "rate without n: no interval"),
    ("left", "a bound as published"),
)


def comparison_pages(found: Comparison, look: Look, width: int, *, drawn: bool = True) -> tuple[Pane, ...]:
    """Lay out a comparison for a width, section by section; without `drawn` the rates are left to pictures."""
    out = [
        Pane("programs", "Programs", tuple(_program(each, look) for each in found.programs)),
        Pane("cautions", "What forbids a direct comparison", tuple(_cautions(found, look))),
    ]
    if drawn:
        out += _rates(found.rates, look, width)
    out += [
        Pane("efficacy", "Efficacy by data set", tuple(_efficacy(found.programs, look))),
        Pane("mitigation", "Mitigation", tuple(_facts(found.programs, found.mitigation, look, width))),
        Pane("mechanism", "Mechanism", tuple(_facts(found.programs, found.mechanism, look, width))),
        Pane("slips", "Slips", tuple(_slips(found, look))),
    ]
    return tuple(out)


def _program(program: Program, look: Look) -> Line:
    known = program.mechanism
    parts = (
        program.sponsor,
        program.phase,
        " ".join(each for each in (known.source, known.modality) if each) if known is not None else None,
        ", ".join(known.targets) if known is not None else None,
    )
    beside = f" {look.glyphs.dot} ".join(each for each in parts if each)
    return Line((Run(beside or "nothing more is stated", "" if beside else "quiet"),), program.label)


def _cautions(found: Comparison, look: Look) -> Iterator[Line]:
    for each in found.cautions:
        yield Line((Run(look.plainly(each.words)),), each.topic)
    if not found.cautions:
        yield Line((Run("no data set reports a rate: there is nothing to compare", "quiet"),))


# ---- rates


def title_of_block(block: RateBlock, look: Look) -> str:
    """Name a block: `CRS, any grade`, `ICANS, grade ≥3`."""
    return f"{EVENTS[block.event]}, {'any grade' if block.grade == 'any' else f'grade {look.glyphs.least}3'}"


def _rates(blocks: Sequence[RateBlock], look: Look, width: int) -> Iterator[Pane]:
    """Lay out the rates, a section for each event; the first one explains the signs."""
    sizes = _sizes([line for block in blocks for line in block.lines], look, width)
    for event in dict.fromkeys(block.event for block in blocks):
        grades = [block for block in blocks if block.event == event]
        lines = [*_legend(look, width)] if grades[0] is blocks[0] and sizes.track else []
        if event == "neurotox":
            lines.append(Line((Run("A wider category than ICANS, of older labels: neither stands for the other.", "quiet"),)))
        if any(line.rate or line.unread for block in grades for line in block.lines):
            for block in grades:
                lines.append(Line((Run(title_of_block(block, look), "heading"),), rule=bool(lines)))
                lines += _block(block, look, width, sizes)
        else:
            lines += _block(grades[0], look, width, sizes)
        yield Pane(event, f"{EVENTS[event]} by data set", tuple(lines))


def _legend(look: Look, width: int) -> Iterator[Line]:
    """Explain the signs, each whole on a line."""
    text = ""
    for kind, words in _LEGEND:
        item = f"{sign(kind, ascii=look.ascii)} {words}"
        if text and cells(text) + 3 + cells(item) > width:
            yield Line((Run(text, "quiet"),))
            text = ""
        text = f"{text}   {item}" if text else item
    yield Line((Run(text, "quiet"),))


class _Sizes:
    """Widths of the columns of every plot on the page: they stand one below the other."""

    def __init__(self, name: int, columns: tuple[int, int, int], track: int, beside: int) -> None:
        self.name, self.columns, self.track, self.beside = name, columns, track, beside


def _sizes(lines: Sequence[RateLine], look: Look, width: int) -> _Sizes:
    name = min(max((cells(each.program.label) for each in lines), default=0), _NAME)
    texts = [figures(each.rate) for each in lines]
    percent, counts, interval = (max(map(cells, (*(look.plainly(each[at]) for each in texts), _HEADS[at]))) for at in range(3))
    columns = (percent + 1, counts, interval)  # the sign of an unverified rate stands behind its percentage
    room = width - name - sum(columns) - 4 * len(_GAP)
    if look.plain:
        return _Sizes(name, columns, 0, 0)
    if width < _WIDE:
        return _Sizes(name, columns, min(room, _TRACK) if room >= _LEAST else 0, 0)
    track = min(max(room * 5 // 12, 28), _TRACK)
    return _Sizes(name, columns, track, room - track)


def _block(block: RateBlock, look: Look, width: int, sizes: _Sizes) -> Iterator[Line]:
    ellipsis = "~" if look.ascii else "…"
    track = sizes.track if any(each.rate for each in block.lines) else 0
    drawing = forest([((), each.rate, ()) for each in block.lines])
    axis, *painted = paint(drawing, track=track, ascii=look.ascii) if track else [[], *([] for _ in block.lines)]
    if track:
        heads: Runs = []
        for text, size in zip(_HEADS, sizes.columns, strict=True):
            heads += [(_GAP, ""), *fit_runs([(text, "quiet")], size, ellipsis=ellipsis)]
        beside = [(_GAP, ""), ("data set", "quiet")] if sizes.beside else []
        yield Line(tuple(Run(*each) for each in [(" " * sizes.name + _GAP, ""), *axis, *heads, *beside]))
    for line, drawn in zip(block.lines, painted, strict=True):
        named = fit_runs([(line.program.label, "strong")], sizes.name, ellipsis=ellipsis)
        runs: Runs = [*named, (_GAP, "")]
        runs += [*drawn, (_GAP, "")] if track else []
        runs += _figures(line, look, sizes, ellipsis)
        yield from _with_data(runs, line, look, width, sizes)


def _figures(line: RateLine, look: Look, sizes: _Sizes, ellipsis: str) -> Runs:
    total = sum(sizes.columns) + 2 * len(_GAP)
    if line.rate is None:
        remark: Runs = [(line.remark, "unread"), (" (not readable)", "unread")] if line.unread else [(line.remark, "quiet")]
        return fit_runs(remark, max(total, width_of(remark) if not sizes.beside else total), ellipsis=ellipsis)
    percent, counts, interval = (look.plainly(each) for each in figures(line.rate))
    shown: Runs = [(percent, "strong"), *([] if line.verified else [look.unverified])]
    plain = line.rate.affected is None or line.rate.derived
    columns: tuple[Runs, Runs, Runs] = (
        shown,
        [(counts, "quiet" if plain else "")],
        [(interval, "" if line.rate.interval else "quiet")],
    )
    out: Runs = []
    for at, (column, size) in enumerate(zip(columns, sizes.columns, strict=True)):
        out += [*([(_GAP, "")] if at else []), *fit_runs(column, size, ellipsis=ellipsis)]
    return out


def _with_data(runs: Runs, line: RateLine, look: Look, width: int, sizes: _Sizes) -> Iterator[Line]:
    """Put the data set beside its rate, or below where there is no room; it is wrapped, never cut."""
    path = line.path
    text = about(line, look)
    if not sizes.beside:
        yield Line(tuple(Run(*each) for each in runs), path=path)
        for part in wrap([(text, "quiet")], max(width - 2, 8)) if text else ():
            yield Line((Run("  "), *(Run(*each) for each in part)), path=path)
        return
    before = width_of(runs) + len(_GAP)
    for at, part in enumerate(wrap([(text, "quiet")], max(width - before, 8))):
        left: Runs = [*runs, (_GAP, "")] if at == 0 else [(" " * before, "")]
        yield Line(tuple(Run(*each) for each in (*left, *part)), path=path)


def _efficacy(programs: Sequence[Program], look: Look) -> Iterator[Line]:
    """List the results of each program by data set; nothing stands beside another program's."""
    if any(each.efficacy for each in programs):
        yield Line((Run("Populations, endpoints and follow-up differ: each result is that of its own data set.", "quiet"),))
    for program in programs:
        if not program.efficacy:
            yield Line((Run("not reported", "quiet"),), program.label)
            continue
        yield Line((Run(program.label, "heading"),), rule=True)
        yield from efficacy(program, look)


# ---- facts side by side


def _facts(programs: Sequence[Program], rows: Sequence[FactRow], look: Look, width: int) -> Iterator[Line]:
    label = min(max((cells(each.label) for each in rows), default=0), 18) + 2  # after the sign of a difference
    room = width - label
    most = max(1, room // (_COLUMN + len(_GAP)))
    count = -(-len(programs) // -(-len(programs) // most))  # as many blocks as are needed, of about the same size
    sizes = [label, *[max(room // count - len(_GAP), 4)] * count]
    for first in range(0, len(programs), count):
        chosen = range(first, min(first + count, len(programs)))
        texts: list[Sequence[Runs]] = [[[], *([(programs[at].label, "strong")] for at in chosen)]]
        for row in rows:
            mark = ("!= " if look.ascii else "≠ ") if row.differs else " " * (3 if look.ascii else 2)
            name: Runs = [(mark + row.label, "" if row.differs else "label")]
            texts.append([name, *(_cell(row, at, look) for at in chosen)])
        for place, each in enumerate(texts):
            for at, runs in enumerate(side_by_side(each, sizes[: len(each)])):
                yield Line(tuple(Run(*run) for run in runs), rule=first > 0 and place == 0 and at == 0)


def _cell(row: FactRow, at: int, look: Look) -> Runs:
    text, state = row.cells[at]
    if state == "absent":
        return [(text, "quiet")]
    if state == "unread":
        return [(text, "unread"), (" (not readable)", "unread")]
    return [(text, ""), *([look.unverified] if state == "unverified" else [])]


def _slips(found: Comparison, look: Look) -> Iterator[Line]:
    for count in found.slips:
        yield Line(tally_runs(count, look), count.name)


# ---- pictures and JSON


def rate_pictures(
    blocks: Sequence[RateBlock], name: str, look: Look, *, least: int = 1, styled: bool = True
) -> list[tuple[str, str]]:
    """Draw each block that has `least` rates as SVG: its title and its element; `name` begins the ids."""
    out = []
    for block in blocks:
        if sum(each.rate is not None for each in block.lines) < least:
            continue
        title = title_of_block(block, look)
        rows = []
        for line in block.lines:
            percent, counts, interval = figures(line.rate)
            words = (
                f"{percent}{'' if line.verified else look.glyphs.unverified}  {counts}  {interval}"
                if line.rate
                else line.remark
            )
            described = about(line, look)
            left = (Run(line.program.label, "strong"), *([Run(f"  {described}", "quiet")] if described else []))
            rows.append((left, line.rate, (Run(words, "" if line.rate else "quiet"),)))
        drawing = forest(rows)
        svg = picture(
            drawing,
            f"{name}-{block.event}-{block.grade}",
            title=title,
            told=told(block, title, look),
            left=72,
            right=30,
            track=340,
            styled=styled,
        )
        out.append((title, svg))
    return out


def comparison_document(found: Comparison, now: datetime) -> dict[str, Any]:
    """Build the JSON of a comparison: rates by data set, what forbids it, and the facts side by side."""
    keys = [each.key for each in found.programs]
    return {
        "programs": keys,
        "cautions": [{"topic": each.topic, "words": each.words} for each in found.cautions],
        "rates": [_rate_document(block, line, now) for block in found.rates for line in block.lines],
        "efficacy": [
            {"program": program.key, **value_document(each, now)} for program in found.programs for each in program.efficacy
        ],
        "mitigation": [_fact_document(each, keys) for each in found.mitigation],
        "mechanism": [_fact_document(each, keys) for each in found.mechanism],
    }


def _rate_document(block: RateBlock, line: RateLine, now: datetime) -> dict[str, Any]:
    rate, report = line.rate, line.report
    low, high = rate.interval if rate is not None and rate.interval is not None else (None, None)
    return {
        "program": line.program.key,
        "event": block.event,
        "grade": block.grade,
        "affected": rate.affected if rate is not None else None,
        "n": rate.n if rate is not None else None,
        "percent": rate.percent if rate is not None else None,
        "bound": rate.bound or None if rate is not None else None,
        "low": low,
        "high": high,
        "text": rate.text if rate is not None else line.remark,
        "derived": rate.derived if rate is not None else None,
        "scale": report.scale if report is not None else None,
        "population": report.population if report is not None else None,
        "trial": report.trial if report is not None else None,
        "cutoff": value_document(report.cutoff, now) if report is not None else None,
        "verified": line.verified if rate is not None else None,
    }


def _fact_document(row: FactRow, keys: Sequence[str]) -> dict[str, Any]:
    values = {key: {"text": cell.text, "state": cell.state} for key, cell in zip(keys, row.cells, strict=True)}
    return {"field": row.label, "differs": row.differs, "values": values}
