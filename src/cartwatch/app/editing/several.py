"""Changes of one program or of all that are marked: tags, phase, pin, the day checked, deletion."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cartwatch.app.editing.form import Form, Surroundings
from cartwatch.app.editing.rows import one_row
from cartwatch.document.typed import as_typed
from cartwatch.domain.fields import facts
from cartwatch.domain.program import Program
from cartwatch.session.changes import Amendment, AmendmentError, delete, set_fact, set_many, together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from cartwatch.session.session import Session
    from cartwatch.views.look import Look

__all__ = ["BULK", "bulk_form", "checking", "deleting", "goes", "pinning"]

BULK = ("tags", "phase", "pinned", "checked")
"""The fields that many programs can be given at once."""


def _programs(session: Session, keys: Sequence[str]) -> list[Program]:
    return [each for key in keys if (each := session.watchlist.get(key)) is not None]


def _set(session: Session, keys: Sequence[str], path: str, change: dict[str, Any], words: str) -> Amendment:
    if len(keys) == 1:
        return set_fact(session.document, session.watchlist, keys[0], path, change[keys[0]])
    return set_many(session.document, session.watchlist, keys, path, change, words)


def pinning(session: Session, keys: Sequence[str]) -> Amendment:
    """Pin programs, or let them go where all of them are pinned. Raises AmendmentError."""
    programs = _programs(session, keys)
    pin = not all(each.pinned for each in programs)
    wanted = [each.key for each in programs if each.pinned != pin]
    named = programs[0].label if len(programs) == 1 else f"{len(wanted)} programs"
    made = _set(session, wanted, "pinned", dict.fromkeys(wanted, True if pin else None), "")
    return replace(made, words=f"{'pinned' if pin else 'no longer pinned'}: {named}", path=None)


def checking(session: Session, keys: Sequence[str], today: date) -> Amendment:
    """A person has verified whole records today. Raises AmendmentError."""
    return _set(session, keys, "checked", dict.fromkeys(keys, today), f"{len(keys)} programs: checked {today.isoformat()}")


def deleting(session: Session, keys: Sequence[str]) -> Amendment:
    """Delete whole programs. Raises AmendmentError."""
    places = sorted(keys, key=lambda each: session.watchlist.place(each) or 0, reverse=True)
    made = [delete(session.document, session.watchlist, each) for each in places]
    if len(made) == 1:
        return made[0]
    names = ", ".join(each.label for each in _programs(session, keys)[:3])
    more = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
    return replace(together(made, f"deleted {names}{more}"), program=None, path=None)


def goes(program: Program) -> str:
    """What is lost with a program, in words."""
    parts = [
        _count(len(program.catalysts), "catalyst"),
        _count(len(program.safety.reports) if program.safety else 0, "data set"),
        _count(len(program.designations), "designation"),
        _count(len(program.trials), "trial"),
        _count(len(program.sources), "source"),
        "notes" if program.notes else "",
    ]
    told = [each for each in parts if each]
    return f"{program.label}" + (f" with {', '.join(told)}" if told else "")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""


def bulk_form(session: Session, look: Look, keys: Sequence[str], path: str) -> Form:
    """One field of several programs: what all of them have stands in it. Tags come and go, anything else is replaced."""
    programs = _programs(session, keys)
    if path not in BULK:
        raise AmendmentError("that differs from program to program: edit it one at a time")
    fact = facts(Program)[path]
    values = [session.document.programs[session.watchlist.place(each.key) or 0].get(path) for each in programs]
    if path == "tags":
        held = [[str(one) for one in each] if isinstance(each, list) else [] for each in values]
        common: Any = [each for each in held[0] if all(each in one for one in held)]
    else:
        common = values[0] if all(each == values[0] for each in values) else None
    row = one_row(fact, (path,), common or None)
    title = programs[0].label if len(programs) == 1 else f"{len(programs)} programs"
    around = Surroundings(look, session.watchlist, programs[0] if len(programs) == 1 else None)

    def build(form: Form) -> Amendment:
        new = form.value(path)
        if path != "tags":
            value = None if new is False else new
            wanted = [each for each, old in zip(keys, values, strict=True) if old != value]
            change: dict[str, Any] = dict.fromkeys(wanted, value)
            words = f"{title}: {fact.label.lower()} {as_typed(value) or 'taken out'}"
            return _set(session, wanted, path, change, words) if wanted else _nothing()
        come = [each for each in new or [] if each not in common]
        gone = [each for each in common if each not in (new or [])]
        after = [[*(each for each in one if each not in gone), *(each for each in come if each not in one)] for one in held]
        tags = {key: one or None for key, one, old in zip(keys, after, held, strict=True) if one != old}
        if not tags:
            _nothing()
        marks = ", ".join([*(f"+ {each}" for each in come), *(f"− {each}" for each in gone)])
        made = _set(session, list(tags), path, tags, f"tags of {title}: {marks}")
        return replace(made, words=f"tags of {title}: {marks}") if marks else made

    return Form(title, [row], around, build, f"{'+'.join(keys)}/{path}", basis=values if path != "tags" else None)


def _nothing() -> Amendment:
    raise AmendmentError("nothing was changed")
