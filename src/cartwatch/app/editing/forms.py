"""Builds the forms: a record, a new record, a single field, new guidance, an outcome, one field of several programs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cartwatch.document.paths import PathError, joined, split
from cartwatch.document.typed import as_typed
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.cites import written
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.fields import facts
from cartwatch.domain.program import root
from cartwatch.domain.record_lists import lists
from cartwatch.domain.slips import classify
from cartwatch.proposals.matching import twin
from cartwatch.session.changes import (
    ChangeError,
    PlannedChange,
    list_title,
    source_ids,
    with_sources,
)
from cartwatch.session.guidance import new_guidance, resolve
from cartwatch.session.sponsors import LIST, sponsor_place
from cartwatch.views.catalysts import shift

from .form import Form, Surroundings, one_row, rows_of
from .targets import Target, raw_program, record_at, record_title, value_at
from .to_changes import adding_program, adding_record, changing, programs_of, set_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cartwatch.domain.fields import Fact
    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session
    from cartwatch.views.layout import Runs
    from cartwatch.views.look import Look

__all__ = [
    "bulk_fields",
    "bulk_form",
    "field_form",
    "guidance_form",
    "list_title_form",
    "named",
    "new_program_form",
    "new_record_form",
    "outcome_form",
    "record_form",
]


def _around(session: Session, look: Look, key: str, base: str, record: Any) -> Surroundings:
    steps = split(base) if base else ()
    held = record if isinstance(record, dict) else {}
    return Surroundings(look, session.watchlist, session.watchlist.get(key), held, steps)


def _record(session: Session, key: str, base: str) -> Any:
    if base == LIST:
        program = session.watchlist.get(key)
        place = sponsor_place(session.document, program.sponsor or "") if program is not None else None
        return session.document.head[LIST][place] if place is not None else {"name": program.sponsor if program else None}
    try:
        return record_at(raw_program(session, key), base)
    except PathError as wrong:
        raise ChangeError(str(wrong)) from None


def record_form(session: Session, look: Look, key: str, target: Target) -> Form:
    """Build the form of an existing record. Raises ChangeError."""
    raw = _record(session, key, target.base)
    if raw is not None and not isinstance(raw, dict):
        raise ChangeError(f"{target.base} is not a table in the file: “Edit as text” changes it")
    program = session.watchlist.get(key)
    label = program.label if program is not None else key

    def build(form: Form) -> PlannedChange:
        return changing(session, key, target.base, form)

    rows = rows_of(target.record, raw)
    for row in rows:
        row.fact = _explained(row.fact, raw) if row.item is None else row.fact
    title = record_title(label, target.base, raw)
    return Form(title, rows, _around(session, look, key, target.base, raw), build, f"{key}/{target.base}")


def _explained(fact: Fact, raw: Any) -> Fact:
    """Add help to the field of existing guidance: this form corrects it, it does not move it."""
    waiting = fact.kind == "guidance" and isinstance(raw, dict) and raw.get("when") is not None and not raw.get("outcome")
    if not waiting:
        return fact
    return replace(fact, help="Puts these words right. New guidance is another command: it keeps the old in the ledger.")


def field_form(session: Session, look: Look, key: str, target: Target) -> Form:
    """Build a form of one field. Raises ChangeError."""
    raw = _record(session, key, target.base)
    assert target.fact is not None
    program = session.watchlist.get(key)
    row = one_row(_explained(target.fact, raw), target.steps, value_at(raw, target.steps), label=_label(target))

    def build(form: Form) -> PlannedChange:
        return changing(session, key, target.base, form)

    title = record_title(program.label if program is not None else key, target.base, raw)
    path = joined((*(split(target.base) if target.base else ()), *target.steps))
    return Form(title, [row], _around(session, look, key, target.base, raw), build, f"{key}/{path}")


def named(session: Session, key: str, target: Target) -> str:
    """Name a record or a fact: `lasme-cel · catalyst · First interim analysis · When`."""
    program = session.watchlist.get(key)
    title = record_title(program.label if program is not None else key, target.base, _record(session, key, target.base))
    return title if target.fact is None and not target.steps else f"{title} · {_label(target)}"


def _label(target: Target) -> str:
    """Name a field with its group in the record: `CRS, grade ≥3`."""
    names: list[str] = []
    record: type | None = target.record
    for step in target.steps:
        fact = facts(record).get(step) if record is not None else None
        if fact is not None:
            names.append(fact.label)
            record = fact.record
    return ", ".join(names)


# The fields of a new program that come first, in the order in which they are usually known.
_MAIN = ("name", "sponsor", "mechanism.targets", "phase", "indications", "mechanism.source", "mechanism.modality")
_CATALYST = ("event", "when", "said", "kind")


def new_program_form(session: Session, look: Look) -> Form:
    """Build the form of a new program: its main facts, its first catalyst, and all others; its name is enough."""

    def build(form: Form) -> PlannedChange:
        return adding_program(session, form)

    declared = facts(root())
    fields = [*rows_of(root(), {}), *rows_of(declared["mechanism"].record or root(), {}, ("mechanism",), "Mechanism")]
    by_name = {each.name: each for each in fields if each.item is None}
    rows = [by_name.pop(each) for each in _MAIN]
    for each in rows:
        each.heading = ""
    for key in _CATALYST:
        rows.append(one_row(facts(Catalyst)[key], ("catalyst", key), None, heading="First catalyst"))
        if key == "said":
            rows[-1].start = rows[-1].text = as_typed(look.today)
            rows[-1].suggested = True
    for each in by_name.values():
        each.heading = each.heading or "More"
        rows.append(each)
    around = Surroundings(look, session.watchlist)
    return Form("New program", rows, around, build, "new", twin=lambda name: twin(session.watchlist.programs, name))


def list_title_form(session: Session, look: Look) -> Form:
    """Build the form of the list's title. Raises ChangeError."""
    fact = replace(facts(root())["short"], key="title", label="Name", help="What reports and exports call the list.")

    def build(form: Form) -> PlannedChange:
        return list_title(session.document, form.value("title"))

    row = one_row(fact, ("title",), session.document.head.get("title"))
    return Form("The list", [row], Surroundings(look, session.watchlist), build, "/title")


def new_record_form(session: Session, look: Look, key: str, path: str, filled: Mapping[str, str] | None = None) -> Form:
    """Build the form of a new record of a list; `filled` has likely values by field. Raises ChangeError."""
    program = session.watchlist.get(key)
    if program is None:
        raise ChangeError(f'there is no program "{key}" any more')
    record: type | None = root()
    for step in split(path):
        record = facts(record)[step].record if record is not None else None
    assert record is not None

    def build(form: Form) -> PlannedChange:
        return adding_record(session, key, path, form)

    rows = [each for each in rows_of(record, {}) if not each.fact.registry]
    for each in rows:
        each.text = (filled or {}).get(each.name, each.text)
        if each.name == "said" and not each.text:
            each.start = each.text = as_typed(look.today)
            each.suggested = True
    around = Surroundings(look, session.watchlist, program, {}, (*split(path), "+"))
    return Form(f"{program.label} · new {lists()[path].label}", rows, around, build, f"{key}/+{path}")


# ---- what happens to a catalyst


def _catalyst(session: Session, key: str, catalyst: str) -> tuple[Program, Catalyst, Mapping[str, Any]]:
    program = session.watchlist.get(key)
    found = program.catalyst(catalyst) if program is not None else None
    raw = record_at(raw_program(session, key), joined(("catalyst", catalyst)))
    if program is None or found is None or not isinstance(raw, dict):
        raise ChangeError(f'there is no catalyst "{catalyst}" any more')
    return program, found, raw


def guidance_form(session: Session, look: Look, key: str, catalyst: str) -> Form:
    """Build the form of new guidance: window, date and source; the old guidance goes to the ledger. Raises ChangeError."""
    program, found, raw = _catalyst(session, key, catalyst)
    known = facts(Catalyst)
    rows = [
        one_row(replace(known["when"], help="The sponsor's own words, or a date."), ("when",), None),
        one_row(
            replace(known["said"], help="The day it was said; empty: today, where the words count from it."),
            ("said",),
            look.today,
            suggested=True,
        ),
        one_row(replace(known["cite"], help="Who says so: a source, or a web address that becomes one."), ("cite",), None),
    ]
    around = Surroundings(look, session.watchlist, program, {"kind": raw.get("kind")}, ("catalyst", catalyst))

    def build(form: Form) -> PlannedChange:
        when = form.value("when")
        if when is None:
            raise ChangeError("When: say what is expected now")
        cite, new = source_ids(session.watchlist, key, form.value("cite") or form.source_of(form.rows[0]))
        today = look.today
        made = new_guidance(
            session.document, session.watchlist, key, catalyst, when, today=today, said=form.value("said"), cite=cite
        )
        return with_sources(session.document, session.watchlist, key, made, new)

    def remark(form: Form) -> Runs:
        text = form.rows[0].text
        if not text.strip() or found.when is None:
            return []
        setting = form.setting(form.rows[0])
        run = shift(look, classify(found.when, read_window(text.strip(), setting.said or look.today, look.today)))
        return [("move: ", "quiet"), (run.text, run.role)]

    said = f" · said {as_typed(raw['said'])}" if raw.get("said") is not None else ""
    who = f" · {as_typed(raw['cite'])}" if raw.get("cite") else ""
    before = f"Until now: {as_typed(raw.get('when')) or 'nothing'}{said}{who}"
    title = f"{program.label} · new guidance · {found.event or catalyst}"
    return Form(title, rows, around, build, f"{key}/catalyst.{catalyst}/w", remark, before)


def outcome_form(session: Session, look: Look, key: str, catalyst: str) -> Form:
    """Build the form of a catalyst's outcome: result, day and source. Raises ChangeError."""
    program, found, raw = _catalyst(session, key, catalyst)
    known = facts(Catalyst)
    held = {**raw, "outcome_on": raw.get("outcome_on", None if raw.get("outcome") else look.today)}
    rows = [
        one_row(known[each], (each,), held.get(each), suggested=each == "outcome_on" and each not in raw)
        for each in ("outcome", "outcome_on", "note")
    ]
    rows[0].fact = replace(rows[0].fact, help=f"{rows[0].fact.help} A day may follow: met on 2026-11-20.")
    source = replace(known["cite"], help="Who says how it went: a source, or a web address that becomes one.")
    rows.insert(2, one_row(source, ("cite",), _cites(program, catalyst)))
    around = Surroundings(look, session.watchlist, program, {"kind": raw.get("kind")}, ("catalyst", catalyst))

    def build(form: Form) -> PlannedChange:
        outcome = form.value("outcome")
        if outcome is None and not raw.get("outcome"):
            raise ChangeError("Outcome: say how it went")
        changed = {each.fact.key for each in form.rows if each.changed}
        said = form.value("cite") if "cite" in changed else form.source_of(form.rows[0])
        cite, new = source_ids(session.watchlist, key, said)
        made = resolve(
            session.document,
            session.watchlist,
            key,
            catalyst,
            outcome,
            on=form.value("outcome_on"),
            cite=cite,
            note=form.value("note") if "note" in changed else None,
        )
        return with_sources(session.document, session.watchlist, key, made, new)

    title = f"{program.label} · outcome · {found.event or catalyst}"
    guided = f"Guided for {as_typed(raw['when'])}" if raw.get("when") is not None else ""
    return Form(title, rows, around, build, f"{key}/catalyst.{catalyst}/r", None, guided, spread=_dated)


def _dated(form: Form) -> None:
    """Move a day typed behind an outcome, as in `met on 2026-11-20`, to the row of the day."""
    outcome, day = (next(each for each in form.rows if each.name == name) for name in ("outcome", "outcome_on"))
    words = outcome.text.split()
    for at in range(1, len(words)):
        said = read_window(" ".join(words[at:]).removeprefix("on "), form.around.look.today, form.around.look.today)
        if said.precision == "day" and said.end is not None:
            outcome.text, day.text = " ".join(words[:at]), said.end.isoformat()
            return


def _cites(program: Program, catalyst: str) -> Any:
    return written((program.cite or {}).get(f"catalyst.{catalyst}.outcome", ()))


# ---- several programs


def bulk_fields() -> tuple[Fact, ...]:
    """Return the fields that can be set for several programs at once."""
    return tuple(each for each in facts(root()).values() if each.bulk)


def bulk_form(session: Session, look: Look, keys: Sequence[str], path: str) -> Form:
    """Build the form of one field of several programs, with their common value; labels are added or removed."""
    programs = programs_of(session, keys)
    if path not in [each.key for each in bulk_fields()]:
        raise ChangeError("that differs from program to program: edit it one at a time")
    fact = facts(root())[path]
    values = [session.document.programs[session.watchlist.place(each.key) or 0].get(path) for each in programs]
    if path == "tags":
        held = [[str(one) for one in each] if isinstance(each, list) else [] for each in values]
        common: Any = [each for each in held[0] if all(each in one for one in held)]
    else:
        common = values[0] if all(each == values[0] for each in values) else None
    row = one_row(fact, (path,), common or None)
    title = programs[0].label if len(programs) == 1 else f"{len(programs)} programs"
    one = len(programs) == 1
    around = Surroundings(look, session.watchlist, programs[0] if one else None, others=() if one else tuple(programs))

    def build(form: Form) -> PlannedChange:
        new = form.value(path)
        if path != "tags":
            value = None if new is False else new
            wanted = [each for each, old in zip(keys, values, strict=True) if old != value]
            change: dict[str, Any] = dict.fromkeys(wanted, value)
            words = f"{title}: {fact.label.lower()} {as_typed(value) or 'taken out'}"
            return set_on(session, wanted, path, change, words, keep=path in form.kept) if wanted else _nothing()
        come = [each for each in new or [] if each not in common]
        gone = [each for each in common if each not in (new or [])]
        after = [[*(each for each in one if each not in gone), *(each for each in come if each not in one)] for one in held]
        tags = {key: one or None for key, one, old in zip(keys, after, held, strict=True) if one != old}
        if not tags:
            _nothing()
        marks = ", ".join([*(f"+ {each}" for each in come), *(f"− {each}" for each in gone)])
        made = set_on(session, list(tags), path, tags, f"tags of {title}: {marks}")
        return replace(made, words=f"tags of {title}: {marks}") if marks else made

    return Form(title, [row], around, build, f"{'+'.join(keys)}/{path}", basis=values if path != "tags" else None)


def _nothing() -> PlannedChange:
    raise ChangeError("nothing was changed")
