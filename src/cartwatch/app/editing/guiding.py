"""The forms of what happens to a catalyst: new guidance on when, and how it went."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cartwatch.app.editing.form import Form, Surroundings
from cartwatch.app.editing.forms import raw_program
from cartwatch.app.editing.rows import one_row
from cartwatch.app.editing.targets import record_at
from cartwatch.document.paths import joined
from cartwatch.document.typed import as_typed
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.fields import facts
from cartwatch.domain.slips import classify
from cartwatch.session.changes import Amendment, AmendmentError, new_guidance, resolve, set_facts
from cartwatch.views.catalysts import shift

from .to_changes import cited

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session
    from cartwatch.views.layout import Runs
    from cartwatch.views.look import Look

__all__ = ["guidance_form", "outcome_form"]


def _catalyst(session: Session, key: str, catalyst: str) -> tuple[Program, Catalyst, Mapping[str, Any]]:
    program = session.watchlist.get(key)
    found = program.catalyst(catalyst) if program is not None else None
    raw = record_at(raw_program(session, key), joined(("catalyst", catalyst)))
    if program is None or found is None or not isinstance(raw, dict):
        raise AmendmentError(f'there is no catalyst "{catalyst}" any more')
    return program, found, raw


def with_sources(session: Session, key: str, amendment: Amendment, new: list[tuple[str, Any]]) -> Amendment:
    """An amendment after the sources that it cites and that are not listed yet."""
    if not new:
        return amendment
    first = set_facts(session.document, session.watchlist, key, {}, new)
    rest = tuple(each for each in amendment.edits if each not in first.edits)
    return replace(amendment, edits=(*first.edits, *rest))


def guidance_form(session: Session, look: Look, key: str, catalyst: str) -> Form:
    """When it is expected now, since when, and who says so; what stands goes to the ledger. Raises AmendmentError."""
    program, found, raw = _catalyst(session, key, catalyst)
    known = facts(Catalyst)
    rows = [
        one_row(replace(known["when"], help="The sponsor's own words, or a date."), ("when",), None),
        one_row(
            replace(known["said"], help="The day it was said; empty: today, where the words count from it."),
            ("said",),
            None,
        ),
        one_row(replace(known["cite"], help="Who says so: a source, or a web address that becomes one."), ("cite",), None),
    ]
    around = Surroundings(look, session.watchlist, program, {"kind": raw.get("kind")}, ("catalyst", catalyst))

    def build(form: Form) -> Amendment:
        when = form.value("when")
        if when is None:
            raise AmendmentError("When: say what is expected now")
        cite, new = cited(session, key, form.value("cite"))
        today = look.today
        made = new_guidance(
            session.document, session.watchlist, key, catalyst, when, today=today, said=form.value("said"), cite=cite
        )
        return with_sources(session, key, made, new)

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
    """How a catalyst went, on which day, and who says so. Raises AmendmentError."""
    program, found, raw = _catalyst(session, key, catalyst)
    known = facts(Catalyst)
    rows = [one_row(known[each], (each,), raw.get(each)) for each in ("outcome", "outcome_on", "note")]
    source = replace(known["cite"], help="Who says how it went: a source, or a web address that becomes one.")
    rows.insert(
        2, one_row(source, ("cite",), (program.cite or {}).get(f"catalyst.{catalyst}.outcome") and _cites(program, catalyst))
    )
    around = Surroundings(look, session.watchlist, program, {"kind": raw.get("kind")}, ("catalyst", catalyst))

    def build(form: Form) -> Amendment:
        outcome = form.value("outcome")
        if outcome is None and not raw.get("outcome"):
            raise AmendmentError("Outcome: say how it went")
        cite, new = cited(session, key, form.value("cite"))
        changed = {each.fact.key for each in form.rows if each.changed}
        made = resolve(
            session.document,
            session.watchlist,
            key,
            catalyst,
            outcome,
            on=form.value("outcome_on"),
            cite=cite if "cite" in changed else None,
            note=form.value("note") if "note" in changed else None,
        )
        return with_sources(session, key, made, new)

    title = f"{program.label} · outcome · {found.event or catalyst}"
    guided = f"Guided for {as_typed(raw['when'])}" if raw.get("when") is not None else ""
    return Form(title, rows, around, build, f"{key}/catalyst.{catalyst}/r", None, guided)


def _cites(program: Program, catalyst: str) -> list[str]:
    return list((program.cite or {}).get(f"catalyst.{catalyst}.outcome", ()))
