"""Overview pane: mechanism, sponsor, phase, next catalyst, safety and age of the facts at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.agenda import items
from cartwatch.domain.difference import below
from cartwatch.domain.runway import WITHIN, against_cash, cash_until
from cartwatch.domain.safety import RISKS

from .catalysts import outcome_role
from .cells import fact_age, unread_rate
from .facts import cited, line, not_reported, stated, unverified
from .lines import Line, Run
from .look import role_of
from .safety import RISK_NAMES

if TYPE_CHECKING:
    from cartwatch.domain.agenda import Item
    from cartwatch.domain.program import Program
    from cartwatch.domain.safety import LeadingRate

    from .look import Look

__all__ = ["overview"]

_COMING = 3  # catalysts shown


def overview(program: Program, look: Look) -> tuple[Line, ...]:
    """Build the overview pane: a program in a dozen lines."""
    dot = f" {look.glyphs.dot} "
    out = [Line((Run(program.name or program.label, "strong"),), path="name")]
    if program.aliases:
        out.append(Line((Run(dot.join(program.aliases), "quiet"),), path="aliases"))
    sponsor = line(program, look, "sponsor", "Sponsor", program.sponsor)
    ticker = (Run(f"  {program.ticker}", "quiet"),) if program.ticker else ()
    out.append(Line((*sponsor.runs, *ticker), "Sponsor", "sponsor", rule=True))
    out.append(line(program, look, "indications", "Indications", ", ".join(program.indications)))
    out.append(line(program, look, "phase", "Phase", program.phase))
    out += _statuses(program, look)
    out += _holds(program, look, dot)
    out += _partners(program, look, dot)
    out.append(_product(program, look, dot))
    out += _coming(program, look)
    out += _runway(program, look, dot)
    out += _designations(program, look, dot)
    out.append(_safety(program, look, dot))
    if program.tags:
        out.append(Line((Run(dot.join(program.tags)),), "Tags", "tags"))
    return (*out, *_known(program, look, dot))


def _statuses(program: Program, look: Look) -> list[Line]:
    """Show the phases that differ as a small table: region, phase, indication and line, since when."""
    out = []
    for place, each in enumerate(program.statuses):
        path = f"status.{place + 1}"
        where = " ".join(part for part in (each.indication, each.line) if part)
        phase = cited(program, look, path, each.phase or "not reported", "" if each.phase else "quiet", each)
        since = Run(f"since {each.since.text}" if each.since else "", "quiet")
        out.append(Line(path=path, indent=1, cells=((Run(each.region or "everywhere"),), phase, (Run(where),), (since,))))
        if each.note:
            out.append(Line((Run(each.note, "quiet"),), path=f"{path}.note", indent=2))
    return out


def _holds(program: Program, look: Look, dot: str) -> list[Line]:
    """Show each hold; one that is not lifted stands out."""
    out = []
    for place, each in enumerate(program.holds):
        path, role = f"hold.{place + 1}", "overdue" if each.open else ""
        named = " ".join(part for part in (each.agency, each.kind or "hold") if part)
        placed = f"placed {each.placed.text}" if each.placed else "day not reported"
        lifted = each.lifted.text if each.lifted is not None else ""
        state = f"lifted {lifted}" if not each.open else f"not lifted ({lifted})" if lifted else "not lifted"
        runs = [*cited(program, look, path, named, role, each), Run(f"{dot}{placed}"), Run(f"{dot}{state}", role)]
        runs += [Run(f"{dot}{each.reason}")] if each.reason else []
        out.append(Line(tuple(runs), "Holds" if place == 0 else "", path))
        if each.note:
            out.append(Line((Run(each.note, "quiet"),), path=f"{path}.note", indent=1))
    return out


def _partners(program: Program, look: Look, dot: str) -> list[Line]:
    out = []
    for place, each in enumerate(program.partners):
        path = f"partner.{place + 1}"
        runs = [*cited(program, look, path, each.name or "partner", record=each)]
        runs += [Run(f"  {each.ticker}", "quiet")] if each.ticker else []
        runs += [Run(f"{dot}{part}") for part in (each.role, each.territory) if part]
        runs += [Run(f"{dot}{each.note}", "quiet")] if each.note else []
        out.append(Line(tuple(runs), "Partners" if place == 0 else "", path))
    return out


def _runway(program: Program, look: Look, dot: str) -> list[Line]:
    """Set the sponsor's cash beside the next window, with who said it and when; nothing without data."""
    runway = program.company.runway if program.company is not None else None
    if program.company is None or runway is None or runway.when is None:
        return []
    runs = [Run(cash_until(runway.when), "" if runway.when.readable else "unread")]
    runs += [] if runway.verified else [look.unverified]
    item = look.next(program)
    if item is not None and (words := against_cash(runway.when, item.window, look.today)):
        runs += [Run(dot, "quiet"), Run(words, "" if words.endswith(WITHIN) else "overdue")]
    said = f"said by {program.company.name}" + (f" on {runway.said.text}" if runway.said is not None else ", day not reported")
    out = [Line(tuple(runs), "Cash", "sponsor.runway.when"), Line((Run(said, "quiet"),), "", "sponsor.runway.said")]
    if runway.quote:
        quoted = f"“{runway.quote}”" if not look.ascii else f'"{runway.quote}"'
        out.append(Line((Run(quoted, "quiet"),), "", "sponsor.runway.quote"))
    if runway.url:
        out.append(Line((Run(runway.url, "link"),), "", "sponsor.runway.url"))
    return out


def _product(program: Program, look: Look, dot: str) -> Line:
    known = program.mechanism
    parts = [
        (key, text)
        for key in ("modality", "source", "targets")
        if known is not None and (text := ", ".join(value) if isinstance(value := getattr(known, key), tuple) else value)
    ]
    if not parts:
        return not_reported("mechanism.modality", "Product", program=program)
    runs: list[Run] = []
    for key, text in parts:
        runs += [Run(dot, "quiet")] if runs else []
        runs += cited(program, look, f"mechanism.{key}", text)
    return Line(tuple(runs), "Product", "mechanism.modality")


def _coming(program: Program, look: Look) -> list[Line]:
    found = items(program, look.now)
    coming = [each for each in found if each.waiting]
    out: list[Line] = []
    for place, each in enumerate(coming[:_COMING]):
        out.append(_coming_line(program, look, each, "Next" if place == 0 else "", rule=place == 0))
    if not coming:
        out.append(Line((Run("no upcoming catalyst", "quiet"),), "Next", "catalyst", rule=True))
    elif len(coming) > _COMING:
        out.append(Line((Run(f"and {len(coming) - _COMING} more", "quiet"),), path="catalyst"))
    last = next((each for each in reversed(found) if not each.waiting), None)
    if last is not None:
        out.append(_outcome_line(program, look, last))
    return out


def _coming_line(program: Program, look: Look, item: Item, label: str, *, rule: bool) -> Line:
    count, path = item.countdown, f"{below('catalyst', item.catalyst.key)}.when"
    text = "no date given" if count.state == "undated" else look.plainly(count.text)
    runs: list[Run] = [Run(item.catalyst.event or item.catalyst.key, "strong"), Run("  ")]
    if item.window.text and count.state not in ("undated", "unreadable"):
        runs += [*cited(program, look, path, item.window.text, record=item.catalyst), Run("  ")]
    runs.append(Run(text, role_of(count)))
    return Line(tuple(runs), label, path, rule=rule, ticks=True)


def _outcome_line(program: Program, look: Look, item: Item) -> Line:
    catalyst, path = item.catalyst, f"{below('catalyst', item.catalyst.key)}.outcome"
    day = catalyst.outcome_on or catalyst.when
    runs = cited(program, look, path, catalyst.outcome or "", outcome_role(catalyst.outcome), catalyst)
    when = (Run("  "), Run(day.text, "quiet")) if day is not None and day.text else ()
    return Line((Run(catalyst.event or catalyst.key), *when, Run("  "), *runs), "Last outcome", path)


def _designations(program: Program, look: Look, dot: str) -> list[Line]:
    out = []
    for place, each in enumerate(program.designations):
        text = " ".join(part for part in (each.agency, each.kind) if part) or "designation"
        runs = [*cited(program, look, f"designation.{place + 1}", text, record=each)]
        if each.indication:
            runs += [Run(dot, "quiet"), Run(each.indication)]
        runs.append(Run(dot + (f"granted {each.granted.text}" if each.granted else "day not reported"), "quiet"))
        if each.ended:
            runs.append(Run(f"{dot}ended {each.ended.text}", "overdue"))
        label = "Designations" if place == 0 else ""
        out.append(Line(tuple(runs), label, f"designation.{place + 1}", rule=place == 0))
    return out or [Line((Run("none reported", "quiet"),), "Designations", "designation", rule=True)]


def _safety(program: Program, look: Look, dot: str) -> Line:
    """Show the three risks at grade 3 or higher in one line; any grade where only that is reported."""
    runs: list[Run] = []
    autologous = program.mechanism is not None and program.mechanism.source == "autologous"
    for risk in RISKS:
        runs += [Run(dot, "quiet")] if runs else []
        for grade, word in (("severe", f" {look.glyphs.least}3 "), ("any", " any grade ")):
            leading = program.leading_rate(risk, grade)
            if leading is not None:
                path = f"safety.report.{leading.place + 1}.{risk}.{grade}"
                words = leading.rate.counts if leading.rate.n else f"{leading.rate.counts} of ?"
                runs += [Run(RISK_NAMES[risk] + word), *cited(program, look, path, words, "strong", leading.report)]
                runs += _of_which_set(program, leading)
                break
        else:
            remark = Run("not applicable" if risk == "gvhd" and autologous else "not reported", "quiet")
            written = unread_rate(program, risk, "severe") or unread_rate(program, risk, "any")
            runs += [Run(f"{RISK_NAMES[risk]} "), Run(f"{written} (not readable)", "unread") if written else remark]
    return Line(tuple(runs), "Safety", "safety.report", rule=True)


def _of_which_set(program: Program, leading: LeadingRate) -> list[Run]:
    """Name the data set of a rate where there are several, and the range of the others where they contradict it."""
    several = len(program.data_sets()) > 1
    told = [leading.report.population or leading.report.trial or f"data set {leading.place + 1}"] if several else []
    if leading.disputed:
        shares = sorted(each.percent for each in leading.others if each.percent != leading.rate.percent)
        span = f"{shares[0]:g}%" if shares[0] == shares[-1] else f"{shares[0]:g}–{shares[-1]:g}%"
        told.append(f"{'other data sets' if several else 'another report'} {span}")
    return [Run(f" ({'; '.join(told)})", "quiet")] if told else []


def _known(program: Program, look: Look, dot: str) -> list[Line]:
    age = fact_age(program, look.today)
    newest = "never" if age is None else "today" if age == 0 else f"{age}d ago"
    whole = f"record {program.checked.text}" if program.checked else "record never"
    facts, lacking = sum(1 for _ in stated(program)), len(unverified(program))
    sign = (Run(" "), look.unverified) if lacking else ()
    return [
        Line((Run(whole), Run(dot, "quiet"), Run(f"newest source {newest}")), "Checked", "checked", rule=True),
        Line((Run(f"{lacking} of {facts} facts", "unverified" if lacking else ""), *sign), "Unverified", None),
    ]
