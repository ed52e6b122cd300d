"""Comparison of two to eight programs as plain values: what forbids it, rates by data set, mitigation, mechanism.

Nothing is ranked, tested or pooled: each data set keeps its own line, and what is absent is "not reported".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cartwatch.domain.fields import facts
from cartwatch.domain.mechanism import Mechanism
from cartwatch.domain.provenance import provenance
from cartwatch.domain.slips import ledgers, tally
from cartwatch.domain.vocabulary import against_rejection, fold

from .facts import unread_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cartwatch.domain.program import Program
    from cartwatch.domain.rates import Rate
    from cartwatch.domain.safety import Report
    from cartwatch.domain.slips import SlipTally

__all__ = [
    "EVENTS",
    "FEWEST",
    "MOST",
    "Caution",
    "Comparison",
    "DataSet",
    "FactCell",
    "FactRow",
    "RateBlock",
    "RateLine",
    "compare",
    "rate_blocks",
]

FEWEST, MOST = 2, 8
"""So many programs can be compared."""

EVENTS = {"crs": "CRS", "icans": "ICANS", "neurotox": "Neurotoxicity", "gvhd": "GVHD"}
_GRADES = ("any", "severe")


class DataSet(NamedTuple):
    """One data set of a program: the reports on it, each with its path; rates of two data sets are never joined."""

    program: Program
    reports: tuple[tuple[str, Report], ...]

    @property
    def report(self) -> Report:
        """The first report, which names trial, population and cut-off for all of them."""
        return self.reports[0][1]

    @property
    def trial(self) -> str | None:
        """The name of its trial, else its number."""
        number = self.report.trial
        return next((each.name for each in self.program.trials if each.number == number and each.name), number)

    @property
    def scales(self) -> tuple[str | None, ...]:
        """The scales that its reports state; None alone where none does."""
        return tuple(dict.fromkeys(each.scale for _, each in self.reports if each.scale)) or (None,)


class RateLine(NamedTuple):
    """One rate of one data set, as one of its reports gives it.

    Without a rate `remark` says why, and `unread` that it is the text of an unreadable value. `disputed` says that the reports
    on this data set give different figures.
    """

    program: Program
    data: DataSet | None
    rate: Rate | None
    remark: str = ""
    unread: bool = False
    verified: bool = True
    report: Report | None = None
    path: str | None = None
    disputed: bool = False


class RateBlock(NamedTuple):
    """One event at one grade ("any" or "severe") in every data set that reports the event."""

    event: str
    grade: str
    lines: tuple[RateLine, ...]


class FactCell(NamedTuple):
    """A fact of one program: its text and its state ("verified", "unverified", "unread", "absent")."""

    text: str
    state: str


class FactRow(NamedTuple):
    """A fact side by side; it `differs` where two programs state different values."""

    label: str
    cells: tuple[FactCell, ...]
    differs: bool = False


class Caution(NamedTuple):
    """A reason against setting the rates beside each other."""

    topic: str
    words: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that the page of a comparison shows."""

    programs: tuple[Program, ...]
    cautions: tuple[Caution, ...]
    rates: tuple[RateBlock, ...]
    mitigation: tuple[FactRow, ...]
    mechanism: tuple[FactRow, ...]
    slips: tuple[SlipTally, ...]


def compare(programs: Sequence[Program]) -> Comparison:
    """Compare programs, in the given order. Raises ValueError for fewer than FEWEST or more than MOST."""
    if not FEWEST <= len(programs) <= MOST:
        raise ValueError(f"{FEWEST} to {MOST} programs can be compared, not {len(programs)}")
    return Comparison(
        tuple(programs),
        tuple(_cautions(programs)),
        rate_blocks(programs),
        tuple(_mitigation(programs)),
        tuple(_mechanism(programs)),
        tuple(tally(each.label, ledgers((each,))) for each in programs),
    )


def _data_sets(program: Program) -> list[DataSet]:
    reports = program.safety.reports if program.safety is not None else ()
    named = [(f"safety.report.{place + 1}", report) for place, report in enumerate(reports)]
    return [DataSet(program, tuple(named[place] for place in places)) for places in program.data_sets()]


# ---- rates


def rate_blocks(programs: Sequence[Program]) -> tuple[RateBlock, ...]:
    """List the rates of the four events at both grades; neurotoxicity only where a program reports it."""
    out = []
    for event in EVENTS:
        told = [_told(program, event) for program in programs]
        if event == "neurotox" and not any(told):
            continue
        for grade in _GRADES:
            lines = [line for program, sets in zip(programs, told, strict=True) for line in _lines(program, sets, event, grade)]
            out.append(RateBlock(event, grade, tuple(lines)))
    return tuple(out)


def _told(program: Program, event: str) -> list[DataSet]:
    """Return the data sets that say something of an event, readable or not."""

    def tells(path: str, report: Report) -> bool:
        return bool(getattr(report, event)) or unread_words(program, f"{path}.{event}") is not None

    return [each for each in _data_sets(program) if any(tells(*report) for report in each.reports)]


def _lines(program: Program, sets: Sequence[DataSet], event: str, grade: str) -> Iterator[RateLine]:
    for data in sets:
        yield from _of_data_set(data, event, grade)
    if not sets:
        applies = event != "gvhd" or _source(program) != "autologous"
        yield RateLine(program, None, None, "not reported" if applies else "not applicable: autologous")


def _of_data_set(data: DataSet, event: str, grade: str) -> Iterator[RateLine]:
    """List the rates of one data set: one for each different figure among its reports, and each unreadable value."""
    program = data.program
    found: dict[object, RateLine] = {}
    unread = []
    for path, report in data.reports:
        frequency = getattr(report, event)
        rate = getattr(frequency, grade) if frequency is not None else None
        own = f"{path}.{event}" if frequency is None else f"{path}.{event}.{grade}"
        verified = provenance(program, path, report).verified
        words = unread_words(program, own) if rate is None else None
        if rate is not None:
            figure = (rate.affected, rate.n, rate.percent, rate.bound, report.scale)
            before = found.get(figure)
            if before is None or (verified and not before.verified):
                found[figure] = RateLine(program, data, rate, verified=verified, report=report, path=own)
        elif words is not None:
            unread.append(RateLine(program, data, None, words, True, verified, report, own))
    yield from (each._replace(disputed=len(found) > 1) for each in found.values())
    yield from unread
    if not found and not unread:
        path, report = data.reports[0]
        yield RateLine(program, data, None, "not reported", report=report, path=f"{path}.{event}")


def _source(program: Program) -> str | None:
    return program.mechanism.source if program.mechanism is not None else None


# ---- what forbids the comparison


def _cautions(programs: Sequence[Program]) -> Iterator[Caution]:
    sets = [
        each for program in programs for each in _data_sets(program) if any(getattr(each.report, event) for event in EVENTS)
    ]
    if sets:
        words = (
            "each rate comes from its own patients, dose and grading: a difference may come from those, not from the product"
        )
        yield Caution("Separate data", words)
    yield from _of_source(programs)
    if sets:
        yield from _of_population(sets)
        yield from _of_line(sets)
        yield from _of_scale(sets)
        yield from _of_prophylaxis(programs, sets)
        yield from _of_cutoff(sets)
        yield from _of_pools(sets)
        yield from _of_neurotoxicity(programs)


def _names(programs: Iterable[Program]) -> str:
    return ", ".join(dict.fromkeys(each.label for each in programs))


def _grouped(items: Iterable[tuple[str, Program]]) -> str:
    """Group programs by a text: `Penn (tisa-cel), scale not stated (axi-cel, liso-cel)`."""
    groups: dict[str, list[Program]] = {}
    for text, program in items:
        groups.setdefault(text, []).append(program)
    return "; ".join(f"{text} ({_names(found)})" for text, found in groups.items())


def _of_source(programs: Sequence[Program]) -> Iterator[Caution]:
    stated = {_source(each) for each in programs}
    if len(stated) > 1:
        told = _grouped((_source(each) or "not reported", each) for each in programs)
        apart = ": GVHD and rejection are questions of donor cells" if "autologous" in stated else ""
        yield Caution("Cell source", told + apart)


def _of_population(sets: Sequence[DataSet]) -> Iterator[Caution]:
    known = {fold(each.report.population) for each in sets if each.report.population}
    blank = [each for each in sets if not each.report.population]
    parts = [f"{len(known)} different ones in {len(sets)} data sets, each named beside its rate"] if len(known) > 1 else []
    parts += [f"not reported for {_counted(blank)}"] if blank else []
    if parts:
        yield Caution("Population", "; ".join(parts))


_LINES = re.compile(
    r"\b(?:first|second|third|fourth|fifth|1st|2nd|3rd)[- ]line\b|\bfront-?line\b|\bnewly diagnosed\b|\b[1-9]L\+?"
    r"|\bafter (?:one|two|three|four) lines?(?: or more)?\b|\br/r\b|\brelapsed\b|\brefractory\b",
    re.IGNORECASE,
)


def _of_line(sets: Sequence[DataSet]) -> Iterator[Caution]:
    found = [(_line_of(each.report.population), each) for each in sets]
    stated = {words for words, _ in found if words}
    blank = [each for words, each in found if not words]
    if not stated:
        yield Caution("Line of therapy", "not stated in the name of any data set")
    elif len(stated) > 1 or blank:
        told = _grouped((words, each.program) for words, each in found if words)
        yield Caution("Line of therapy", told + (f"; not stated for {_counted(blank)}" if blank else ""))


def _line_of(population: str | None) -> str:
    found = _searched(_LINES, population)
    words = found.group() if found else ""
    return words.upper() if words[:1].isdigit() or "/" in words else words.lower()


def _searched(pattern: re.Pattern[str], text: str | None) -> re.Match[str] | None:
    return pattern.search((text or "")[:500])


def _mentions(pattern: re.Pattern[str], data: DataSet) -> bool:
    texts = (text for _, each in data.reports for text in (each.population, each.note, each.trial))
    return any(_searched(pattern, text) for text in texts)


def _of_scale(sets: Sequence[DataSet]) -> Iterator[Caution]:
    found = [(scale, each.program) for each in sets for scale in each.scales]
    stated = {scale for scale, _ in found}
    if stated == {None}:
        yield Caution("Grading scale", "not stated for any data set: a grade of one scale is not that grade of another")
    elif len(stated) > 1:
        told = _grouped((scale or "not stated", program) for scale, program in found)
        yield Caution("Grading scale", f"{told}: a grade of one scale is not that grade of another")


_PROPHYLAXIS = re.compile(r"prophyla", re.IGNORECASE)


def _of_prophylaxis(programs: Sequence[Program], sets: Sequence[DataSet]) -> Iterator[Caution]:
    named = [each for each in sets if _mentions(_PROPHYLAXIS, each)]
    told = [each.program for each in named]
    for program in programs:
        risks = [program.safety.crs, program.safety.icans] if program.safety is not None else []
        texts = [text for risk in risks if risk is not None for text in (risk.note, *risk.mitigation)]
        if any(_searched(_PROPHYLAXIS, text) for text in texts):
            told.append(program)
    if not told:
        yield Caution("Prophylaxis", "against CRS or ICANS: not reported for any of them")
        return
    others = [each for each in programs if each not in told]
    rest = f"; not reported for {_names(others)}" if others else ""
    yield Caution("Prophylaxis", f"mentioned for {_names(told)}{rest}")


def _of_cutoff(sets: Sequence[DataSet]) -> Iterator[Caution]:
    days = sorted(
        (each.report.cutoff.end, each.report.cutoff.text) for each in sets if each.report.cutoff and each.report.cutoff.end
    )
    blank = [each for each in sets if each.report.cutoff is None]
    parts = []
    if days and days[0][0] != days[-1][0]:
        parts.append(f"from {days[0][1]} to {days[-1][1]}")
    if blank:
        parts.append(f"not reported for {_counted(blank)}")
    if parts:
        yield Caution("Cut-off", "; ".join(parts))


def _counted(sets: Sequence[DataSet]) -> str:
    return f"{len(sets)} data set{'' if len(sets) == 1 else 's'} ({_names(each.program for each in sets)})"


_POOLED = re.compile(r"\b(?:pooled|integrated|combined|all trials)\b", re.IGNORECASE)


def _of_pools(sets: Sequence[DataSet]) -> Iterator[Caution]:
    pooled = [each for each in sets if _mentions(_POOLED, each)]
    if pooled:
        yield Caution(
            "Pooled", f"{_counted(pooled)} {'is' if len(pooled) == 1 else 'are'} pooled, as named, over trials or diseases"
        )
    several = [each.program for each in sets]
    twice = [each for each in dict.fromkeys(each.key for each in several) if sum(one.key == each for one in several) > 1]
    if twice:
        told = _names(each for each in several if each.key in twice)
        yield Caution("Same patients", f"data sets of one program may share patients, so they are never added up ({told})")


def _of_neurotoxicity(programs: Sequence[Program]) -> Iterator[Caution]:
    wider = [each for each in programs if _told(each, "neurotox")]
    if wider:
        words = f"{_names(wider)}: a wider category than ICANS, with lines of its own; neither stands for the other"
        yield Caution("Neurotoxicity", words)


# ---- facts side by side


def _row(label: str, cells: Sequence[FactCell]) -> FactRow:
    stated = {fold(each.text) for each in cells if each.state in ("verified", "unverified")}
    return FactRow(label, tuple(cells), len(stated) > 1)


def _cell(program: Program, path: str, text: str) -> FactCell:
    if not text:
        unread = unread_words(program, path)
        return FactCell(unread, "unread") if unread else FactCell("not reported", "absent")
    return FactCell(text, "verified" if provenance(program, path).verified else "unverified")


def _mechanism(programs: Sequence[Program]) -> Iterator[FactRow]:
    for key, fact in facts(Mechanism).items():
        if fact.kind == "prose":
            continue
        cells = []
        for program in programs:
            value = getattr(program.mechanism, fact.attribute) if program.mechanism is not None else None
            text = "none" if value == () and key == "knockouts" else _listed(value) if key == "knockouts" else _text(value)
            cells.append(_cell(program, f"mechanism.{key}", text or ""))
        if any(each.state != "absent" for each in cells):
            yield _row(fact.label, cells)


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value or "")


def _listed(value: object) -> str:
    return ", ".join(each.gene for each in value) if isinstance(value, tuple) else ""


def _mitigation(programs: Sequence[Program]) -> Iterator[FactRow]:
    rows: tuple[tuple[str, Callable[[Program], FactCell]], ...] = (
        ("CRS", lambda program: _risk(program, "crs")),
        ("ICANS", lambda program: _risk(program, "icans")),
        ("GVHD", lambda program: _risk(program, "gvhd", lambda measure: not against_rejection(measure))),
        ("Against rejection by the host", _rejection),
    )
    for label, cell in rows:
        yield _row(label, [cell(each) for each in programs])


def _risk(program: Program, risk: str, counts: Callable[[str], bool] = lambda measure: True) -> FactCell:
    known = getattr(program.safety, risk) if program.safety is not None else None
    measures = [each for each in known.mitigation if counts(each)] if known is not None else []
    path = f"safety.{risk}.mitigation"
    if not measures and risk == "gvhd" and _source(program) == "autologous":
        return FactCell("not applicable: autologous", "absent")
    return _cell(program, path, ", ".join(measures))


def _rejection(program: Program) -> FactCell:
    """Collect what works against rejection: knock-outs, the lymphodepletion, and measures listed under GVHD."""
    if _source(program) == "autologous":
        return FactCell("not applicable: autologous", "absent")
    known, safety = program.mechanism, program.safety
    found: list[tuple[str, str]] = []
    if known is not None:
        for each in known.knockouts or ():
            if (each.why or "").startswith("against rejection") or against_rejection(each.gene):
                found.append((f"{each.gene} knock-out", "mechanism.knockouts"))
        if known.lymphodepletion and against_rejection(known.lymphodepletion):
            found.append((known.lymphodepletion, "mechanism.lymphodepletion"))
    listed = safety.gvhd.mitigation if safety is not None and safety.gvhd is not None else ()
    named = {fold(text) for text, _ in found}
    found += [(each, "safety.gvhd.mitigation") for each in listed if against_rejection(each) and fold(each) not in named]
    if not found:
        return FactCell("not reported", "absent")
    verified = all(provenance(program, path).verified for _, path in found)
    return FactCell(", ".join(text for text, _ in found), "verified" if verified else "unverified")
