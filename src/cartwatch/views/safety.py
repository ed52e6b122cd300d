"""Safety pane: the three risks and their mitigation, then every data set with its rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.provenance import provenance
from cartwatch.domain.safety import RISKS, Safety

from .facts import line, unread_runs
from .lines import Line, Run

if TYPE_CHECKING:
    from cartwatch.domain.program import Program
    from cartwatch.domain.rates import Rate
    from cartwatch.domain.safety import Report

    from .look import Look

__all__ = ["RISK_NAMES", "safety"]

RISK_NAMES = {"crs": "CRS", "icans": "ICANS", "gvhd": "GVHD", "neurotox": "Neurotoxicity"}
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
    for place, report in enumerate(known.reports):
        out += _report(program, look, report, place)
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
    return [*out, line(program, look, f"{path}.mitigation", "Mitigation", mitigation, indent=1)]


def _report(program: Program, look: Look, report: Report, place: int) -> list[Line]:
    path = f"safety.report.{place + 1}"
    dot = Run(f" {look.glyphs.dot} ", "quiet")
    head: list[Run] = [Run(report.population or report.trial or f"Data set {place + 1}", "strong")]
    trial = _trial_name(program, report.trial) if report.population else None
    if trial:
        head += [dot, Run(trial)]
    head += [dot, *_n(program, report, path)]
    facts = [
        Run(f"cut-off {report.cutoff.text}") if report.cutoff else Run("cut-off not reported", "quiet"),
        dot,
        Run(report.scale) if report.scale else Run("scale not stated", "quiet"),
    ]
    if not provenance(program, path, report).verified:
        facts += [dot, Run("unverified ", "unverified"), look.unverified]
    out = [Line(tuple(head), path=path, rule=place > 0), Line(tuple(facts), path=path)]
    if report.note:
        out.append(Line((Run(report.note, "quiet"),), path=f"{path}.note"))
    return out + _rates(program, look, report, path)


def _n(program: Program, report: Report, path: str) -> tuple[Run, ...]:
    if report.n is not None:
        return (Run(f"n = {report.n}"),)
    unread = unread_runs(program, f"{path}.n")
    return (Run("n = "), *unread) if unread else (Run("n not reported", "quiet"),)


def _trial_name(program: Program, trial: str | None) -> str | None:
    return next((each.name for each in program.trials if each.number == trial and each.name), trial)


def _rates(program: Program, look: Look, report: Report, path: str) -> list[Line]:
    """Build the lines of one data set: one for each event and grade, with counts, percentage and 95 % interval."""
    out = [_row(("", ""), ("grade", "quiet"), ("n/N", "quiet"), ("%", "quiet"), ("95% CI", "quiet"))]
    autologous = program.mechanism is not None and program.mechanism.source == "autologous"
    for risk in ("crs", "icans", "neurotox", "gvhd"):
        frequency = getattr(report, risk)
        unread = unread_runs(program, f"{path}.{risk}") if frequency is None else None
        if frequency is None and risk == "neurotox" and unread is None:
            continue
        if unread is not None:
            out.append(Line(path=f"{path}.{risk}", indent=1, cells=((Run(_SHORT[risk]),), (), unread)))
            continue
        if frequency is None:
            remark = "not applicable" if risk == "gvhd" and autologous else "not reported"
            out.append(_row((_SHORT[risk], ""), ("", ""), (remark, "quiet"), path=f"{path}.{risk}"))
            continue
        out += _grades(program, look, _SHORT[risk], frequency.any, frequency.severe, f"{path}.{risk}")
    for place, other in enumerate(report.other):
        name, base = other.event or "other event", f"{path}.other.{place + 1}"
        if _is_serious(name) and other.severe is None:
            out.append(_rate(program, look, name, "", other.any, f"{base}.any"))
            continue
        out += _grades(program, look, name, other.any, other.severe, base)
    return out


def _is_serious(event: str) -> bool:
    """Whether an event is counted as serious: a legal category at any grade, with no line for grade 3."""
    return event.partition(":")[0].casefold().endswith(", serious")


def _grades(program: Program, look: Look, name: str, any_grade: Rate | None, severe: Rate | None, path: str) -> list[Line]:
    """Build the two lines of one event; its name is on the first."""
    return [
        _rate(program, look, name, "any", any_grade, f"{path}.any"),
        _rate(program, look, "", f"{look.glyphs.least}3", severe, f"{path}.severe"),
    ]


def _rate(program: Program, look: Look, name: str, grade: str, rate: Rate | None, path: str) -> Line:
    unread = unread_runs(program, path) if rate is None else None
    if unread is not None:
        return Line(path=path, indent=1, cells=((Run(name),), (Run(grade, "quiet"),), unread))
    if rate is None:
        return _row((name, ""), (grade, "quiet"), ("not reported", "quiet"), path=path)
    counted = rate.affected is not None and not rate.derived
    counts = rate.counts if counted else f"of {rate.n}" if rate.n else "no n"
    interval = look.plainly(rate.shown_interval) or look.glyphs.absent
    return _row(
        (name, ""),
        (grade, "quiet"),
        (counts, "" if counted else "quiet"),
        (rate.shown_percent, "strong"),
        (interval, "" if rate.n else "quiet"),
        path=path,
    )


def _row(*cells: tuple[str, str], path: str | None = None) -> Line:
    return Line(path=path, indent=1, cells=tuple((Run(text, role),) for text, role in cells))
