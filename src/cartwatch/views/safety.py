"""Safety pane: the three risks and their mitigation, then every data set with its rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cartwatch.document.paths import joined, split
from cartwatch.domain.provenance import provenance
from cartwatch.domain.rates import RateError, read_rate
from cartwatch.domain.safety import RISKS, Safety
from cartwatch.domain.vocabulary import fold

from .facts import line, unread_runs
from .lines import Line, Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.domain.program import Program
    from cartwatch.domain.rates import Rate
    from cartwatch.domain.safety import Frequency, OtherEvent, Report

    from .look import Look

__all__ = ["RISK_NAMES", "efficacy", "safety"]

RISK_NAMES = {"crs": "CRS", "icans": "ICANS", "gvhd": "GVHD", "neurotox": "Neurotoxicity"}
_Reports: TypeAlias = "Sequence[tuple[str, Report]]"  # the reports on one data set, each with its path
_SHORT = {**RISK_NAMES, "neurotox": "Neurotox"}


def safety(program: Program, look: Look) -> tuple[Line, ...]:
    """Build the safety pane: risks, boxed warning and REMS, data sets; a blank is "not reported", never zero."""
    known = program.safety or Safety()
    out: list[Line] = []
    if known.summary:
        verified = provenance(program, "safety.summary").verified
        runs = (Run(known.summary, "prose"),)
        out.append(Line(runs if verified else (*runs, look.unverified), path="safety.summary"))
    out.append(_label(program, look, "boxed_warning", "Boxed warning", known.boxed_warning, rule=bool(out)))
    out.append(_label(program, look, "rems", "REMS", known.rems))
    for risk in RISKS:
        out += _risk(program, look, known, risk)
    out.append(Line((Run("Rates", "heading"),), rule=True))
    if not known.reports:
        out.append(Line((Run("no data set is listed", "quiet"),), path="safety.report"))
    for number, places in enumerate(program.data_sets()):
        out += _data_set(
            program, look, [(f"safety.report.{each + 1}", known.reports[each]) for each in places], first=not number
        )
    if program.efficacy:
        out += [Line((Run("Efficacy", "heading"),), rule=True), *efficacy(program, look)]
    return tuple(out)


def _label(program: Program, look: Look, key: str, label: str, text: str | None, *, rule: bool = False) -> Line:
    found = line(program, look, f"safety.{key}", label, text)
    return Line(found.runs, found.label, found.path, rule=rule)


def _risk(program: Program, look: Look, known: Safety, risk: str) -> list[Line]:
    said = getattr(known, risk)
    path = f"safety.{risk}"
    mitigation = ", ".join(said.mitigation) if said else ""
    out = [Line((Run(RISK_NAMES[risk], "heading"),), path=path, rule=True)]
    if said is not None and said.note:
        out.append(line(program, look, f"{path}.note", "Note", said.note, indent=1))
    if not mitigation and said is not None and (said.note or "").startswith("not applicable"):
        return out
    shown = line(program, look, f"{path}.mitigation", "Mitigation", mitigation, indent=1)
    sources = ", ".join(provenance(program, f"{path}.mitigation", said).cited) if mitigation else ""
    beside = (Run(f" {look.glyphs.dot} {sources}", "quiet"),) if sources else ()
    return [*out, shown._replace(runs=(*shown.runs, *beside))]


def _data_set(program: Program, look: Look, reports: _Reports, *, first: bool) -> list[Line]:
    """Build the block of one data set, with the rates of every report on it."""
    path, report = reports[0]
    dot = Run(f" {look.glyphs.dot} ", "quiet")
    head: list[Run] = [Run(report.population or report.trial or f"Data set {path.rpartition('.')[2]}", "strong")]
    trial = _trial_name(program, report.trial) if report.population else None
    if trial:
        head += [dot, Run(trial)]
    head += [dot, *_n(program, reports)]
    scales = list(dict.fromkeys(each.scale for _, each in reports if each.scale))
    facts = [
        Run(f"cut-off {report.cutoff.text}") if report.cutoff else Run("cut-off not reported", "quiet"),
        dot,
        Run(" / ".join(scales)) if scales else Run("scale not stated", "quiet"),
    ]
    out = [Line(tuple(head), path=path, rule=not first)]
    for place, (own, each) in enumerate(reports):
        facts = (
            facts
            if place == 0
            else [Run(f"also reported by {', '.join(one.id for one in each.cite) or 'a source not named'}", "quiet")]
        )
        if not provenance(program, own, each).verified:
            facts += [dot, Run("unverified ", "unverified"), look.unverified]
        out.append(Line(tuple(facts), path=own))
        if each.note:
            out.append(Line((Run(each.note, "quiet"),), path=f"{own}.note"))
    return out + _rates(program, look, reports)


def _n(program: Program, reports: _Reports) -> tuple[Run, ...]:
    said = list(dict.fromkeys(each.n for _, each in reports if each.n is not None))
    if said:
        return (Run(f"n = {' / '.join(map(str, said))}"),)
    unread = next((found for path, _ in reports if (found := unread_runs(program, f"{path}.n"))), None)
    return (Run("n = "), *unread) if unread else (Run("n not reported", "quiet"),)


def _trial_name(program: Program, trial: str | None) -> str | None:
    return next((each.name for each in program.trials if each.number == trial and each.name), trial)


def _rates(program: Program, look: Look, reports: _Reports) -> list[Line]:
    """Build the lines of one data set: one for each event and grade, with counts, percentage and 95 % interval.

    Where the reports state different scales, each rate has its own beside it.
    """
    scaled = len({each.scale for _, each in reports}) > 1
    out = [_row(("", ""), ("grade", "quiet"), ("n/N", "quiet"), ("%", "quiet"), ("95% CI", "quiet"))]
    autologous = program.mechanism is not None and program.mechanism.source == "autologous"
    for risk in ("crs", "icans", "neurotox", "gvhd"):
        paths = [f"{path}.{risk}" for path, _ in reports]
        given = [(own, each, found) for own, (_, each) in zip(paths, reports, strict=True) if (found := getattr(each, risk))]
        unread = [(own, words) for own in paths if (words := unread_runs(program, own)) is not None]
        out += [Line(path=own, indent=1, cells=((Run(_SHORT[risk]),), (), words)) for own, words in unread]
        if given:
            out += _grades(program, look, _SHORT[risk], given, scaled)
        elif risk != "neurotox" and not unread:
            remark = "not applicable" if risk == "gvhd" and autologous else "not reported"
            out.append(_row((_SHORT[risk], ""), ("", ""), (remark, "quiet"), path=paths[0]))
    others: dict[str, list[tuple[str, Report, OtherEvent]]] = {}
    for path, report in reports:
        for place, other in enumerate(report.other):
            others.setdefault(fold(other.event or f"{path} {place}"), []).append((f"{path}.other.{place + 1}", report, other))
    for found in others.values():
        name = found[0][2].event or "other event"
        out += _grades(program, look, name, found, scaled)
    fatal = [(f"{path}.fatal", report, report.fatal) for path, report in reports]
    if any(each or unread_runs(program, path) for path, _, each in fatal):
        out += _rate_lines(program, look, "Fatal", "5", fatal, scaled)
    used: dict[str, list[tuple[str, Report, Rate | None]]] = {}
    for path, report in reports:
        for named in report.used:
            used.setdefault(fold(named.name), []).append((joined((*split(path), "used", named.name)), report, named.rate))
    for key, rates in used.items():
        name = next(each.name for _, report in reports for each in report.used if fold(each.name) == key)
        out += _rate_lines(program, look, name, "used", rates, scaled)
    return out


def efficacy(program: Program, look: Look) -> list[Line]:
    """Build the blocks of efficacy, each under its population; a count has its percentage and interval beside it."""
    out: list[Line] = []
    dot = Run(f" {look.glyphs.dot} ", "quiet")
    for place, each in enumerate(program.efficacy):
        path = f"efficacy.{place + 1}"
        trial = _trial_name(program, each.trial)
        head = [Run(each.population or trial or f"Data set {place + 1}", "strong")]
        head += [dot, Run(trial)] if trial and each.population else []
        head += [dot, Run(f"n = {each.n}") if each.n is not None else Run("n not reported", "quiet")]
        facts = [Run(f"cut-off {each.cutoff.text}") if each.cutoff else Run("cut-off not reported", "quiet")]
        facts += [] if each.population else [dot, Run("population not stated", "quiet")]
        if not provenance(program, path, each).verified:
            facts += [dot, Run("unverified ", "unverified"), look.unverified]
        out += [Line(tuple(head), path=path, rule=place > 0), Line(tuple(facts), path=path)]
        out += [Line((Run(each.note, "quiet"),), path=f"{path}.note")] if each.note else []
        for number, result in enumerate(each.results):
            cells = [
                (result.endpoint or "endpoint not stated", ""),
                (result.value or "not reported", "strong" if result.value else "quiet"),
            ]
            cells += _share(look, result.value)
            out.append(_row(*cells, path=f"{path}.results.{number + 1}"))
    return out


def _share(look: Look, value: str | None) -> list[tuple[str, str]]:
    """Return the percentage and interval of a result that is a count."""
    try:
        rate = read_rate(value or "")
    except RateError:
        return []
    if rate.affected is None or rate.derived:
        return []
    return [(rate.shown_percent, ""), (look.plainly(rate.shown_interval) or look.glyphs.absent, "quiet")]


def _is_serious(event: str) -> bool:
    """Whether an event is counted as serious: a legal category at any grade, with no line for grade 3."""
    return event.partition(":")[0].casefold().endswith(", serious")


def _grades(
    program: Program, look: Look, name: str, given: Sequence[tuple[str, Report, Frequency | OtherEvent]], scaled: bool
) -> list[Line]:
    """Build the lines of one event, a rate that several reports give once; its name is on the first."""
    if _is_serious(name) and not any(each.severe for _, _, each in given):
        return _rate_lines(program, look, name, "", [(f"{path}.any", report, each.any) for path, report, each in given], scaled)
    any_grade = [(f"{path}.any", report, each.any) for path, report, each in given]
    severe = [(f"{path}.severe", report, each.severe) for path, report, each in given]
    least = f"{look.glyphs.least}3"
    return [*_rate_lines(program, look, name, "any", any_grade, scaled), *_rate_lines(program, look, "", least, severe, scaled)]


def _rate_lines(
    program: Program, look: Look, name: str, grade: str, given: Sequence[tuple[str, Report, Rate | None]], scaled: bool
) -> list[Line]:
    """Build the lines of one grade: one for each different rate, with its source where there are several."""
    lines: list[Line] = []
    rates = {
        (each.affected, each.n, each.percent, each.counts): (path, report, each)
        for path, report, each in reversed(given)
        if each
    }
    for path, report, rate in sorted(rates.values(), key=lambda each: given.index(each)):
        counted = rate.affected is not None and not rate.derived
        counts = rate.counts if counted else f"of {rate.n}" if rate.n else "no n"
        beside = [report.scale or "scale not stated"] if scaled else []
        beside += (one.id for one in report.cite) if len(rates) > 1 else ()
        lines.append(
            _row(
                (name if not lines else "", ""),
                (grade, "quiet"),
                (counts, "" if counted else "quiet"),
                (rate.shown_percent, "strong"),
                (look.plainly(rate.shown_interval) or look.glyphs.absent, "" if rate.n else "quiet"),
                *([(", ".join(beside), "quiet")] if beside else []),
                path=path,
            )
        )
    for path, _, none in given:
        if none is None and (unread := unread_runs(program, path)) is not None:
            lines.append(Line(path=path, indent=1, cells=((Run(name if not lines else ""),), (Run(grade, "quiet"),), unread)))
    return lines or [_row((name, ""), (grade, "quiet"), ("not reported", "quiet"), path=given[0][0])]


def _row(*cells: tuple[str, str], path: str | None = None) -> Line:
    return Line(path=path, indent=1, cells=tuple((Run(text, role),) for text, role in cells))
