"""`cartwatch add, set, rm, move, resolve, undo`: edits of the watchlist."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Any

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.assignments import Assignments, cited, doubt_source, is_assignment, nested, refuse_cite
from cartwatch.cli.commit import carry_out, conclude, open_for_change
from cartwatch.cli.output import Failure
from cartwatch.document.edits import EditError
from cartwatch.document.paths import PathError, declaration, item_names, split
from cartwatch.document.typed import TypedError, as_typed
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.dates.countdown import countdown
from cartwatch.domain.dates.format import days_of, precision_words
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.fields import facts
from cartwatch.domain.program import Program, root, slug
from cartwatch.domain.record_lists import counted_records, lists
from cartwatch.domain.vocabulary import fold, nearest
from cartwatch.proposals.matching import twin
from cartwatch.session import changes, guidance
from cartwatch.session.changes import ChangeError, NothingToDo, PlannedChange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from cartwatch.cli.context import Call
    from cartwatch.domain.dates.window import Window
    from cartwatch.session.session import Session

__all__ = ["run"]


def run(call: Call) -> int:
    """Make the edit and save it. Raises Failure or UsageError, with everything as it was."""
    assert call.parsed.command is not None
    try:
        return _RUNS[call.parsed.command.name](call)
    except NothingToDo as done:  # success, as scripts expect
        call.output.tell(f"{done}: nothing was written")
        return 0
    except (ChangeError, PathError, TypedError) as wrong:
        raise Failure(str(wrong)) from None


def _add(call: Call) -> int:
    """Add a program, or a record of one: `add lasme-cel catalyst event=… when=…`."""
    name, *more = call.parsed.words
    if not more or is_assignment(more[0]):
        return _add_program(call, name, more)
    return _add_record(call, name, more[0], more[1:])


def _add_program(call: Call, name: str, words: list[str]) -> int:
    refuse_cite(call)
    session = open_for_change(call, making=True)
    given = Assignments({}, session.today, own=call.parsed.has("own"))
    for each in words:
        given.add(each)
    if given.values.get("id") is None:
        _refuse_twin(session, [name, given.values.get("short")])
    values = nested({path: value for path, value in given.values.items() if value is not None})
    if "name" in values:
        raise UsageError("the name comes right after add: leave out name=")
    order = [each for each in facts(root()) if each in values] + [each for each in values if each not in facts(root())]
    planned = changes.add_program(session.document, session.watchlist, name, {each: values[each] for each in order})
    return _done(call, session, planned, given)


def _refuse_twin(session: Session, names: list[str | None]) -> None:
    """Refuse to add a program under a name that one has already, however it is written. Raises Failure."""
    for name in filter(None, names):
        program = twin(session.watchlist.programs, name)
        if program is None:
            continue
        free = changes.unique_id(slug(name), {each.key for each in session.watchlist.programs})
        also = "" if fold(program.name) == fold(name) else f" ({program.name})"
        command = f"`cartwatch add {quote(str(names[0]))} id={free}`"
        raise Failure(
            f'there is already a program called "{name}": {program.key}{also}; {command} adds another one all the same'
        )


def _add_record(call: Call, name: str, base: str, words: list[str]) -> int:
    declared = declaration(base)
    if declared is None or declared.kind != "records":
        kinds = tuple(lists())
        close = nearest(base, list(kinds))
        hint = f'did you mean "{close}"?' if close else f"choose from {', '.join(kinds)}; quote a name of several words"
        raise UsageError(f'"{base}" is neither FIELD=VALUE nor a kind of record: {hint}')
    session = open_for_change(call)
    program = call.find(session, name)
    given = Assignments(_record(session, program), session.today, own=call.parsed.has("own"), base=base)
    for each in words:
        given.add(each)
    cite, sources = cited(call, session, program, given)
    values = nested({path: value for path, value in given.values.items() if value is not None})
    planned = changes.add_record(session.document, session.watchlist, program.key, base, values, cite=cite)
    return _done(call, session, planned, given, sources)


def _set(call: Call) -> int:
    session = open_for_change(call)
    program = call.find(session, call.parsed.words[0])
    own = call.parsed.has("own")
    given = Assignments(_record(session, program), session.today, own=own)
    for each in call.parsed.words[1:]:
        given.add(each)
    cite, sources = cited(call, session, program, given)
    planned = changes.set_facts(session.document, session.watchlist, program.key, given.values, cite=cite, own=own)
    if cite is None:
        for path, value in given.values.items():
            if value is not None:
                doubt_source(program, given, path)
    for path, value in given.values.items():
        _doubt_ledger(program, given, path, value)
    return _done(call, session, planned, given, sources)


def _doubt_ledger(program: Program, given: Assignments, path: str, value: Any) -> None:
    """Warn that guidance was corrected, not moved: the ledger does not keep the old one."""
    steps = split(path)
    found = program.catalyst(steps[1]) if len(steps) == 3 and steps[0] == "catalyst" and steps[2] == "when" else None
    if value is not None and found is not None and found.when is not None:
        command = f"`cartwatch move {program.key} {steps[1]} WHEN`"
        given.doubts.append(f"{path}: {found.when.text} was corrected, not moved; {command} keeps the old in the ledger")


def _rm(call: Call) -> int:
    session = open_for_change(call)
    program = call.find(session, call.parsed.words[0])
    path = call.parsed.words[1] if len(call.parsed.words) > 1 else None
    planned = changes.delete(session.document, session.watchlist, program.key, path)
    if path is None:
        went = ", ".join(counted_records(program))
        call.output.tell(f"with it {went}; `cartwatch undo` brings it back" if went else "`cartwatch undo` brings it back")
    return carry_out(call, session, planned, label="delete" if path is None else "")


def _move(call: Call) -> int:
    name, asked, *phrase = call.parsed.words
    session = open_for_change(call)
    program = call.find(session, name)
    catalyst = _catalyst(session, program, asked)
    given = Assignments(_record(session, program), session.today)
    said = _day_option(call, given, f"catalyst.{catalyst}.said", "said")
    text = " ".join(phrase)
    if not text.strip():
        raise UsageError(f"move needs the new guidance: `cartwatch set {program.key} catalyst.{catalyst}.when=` takes it out")
    when = given.read(f"catalyst.{catalyst}.when", text, _as_day(said, session.today))
    cite, sources = cited(call, session, program, given)
    if cite is None:
        doubt_source(program, given, f"catalyst.{catalyst}.when")
    planned = guidance.new_guidance(
        session.document, session.watchlist, program.key, catalyst, when, today=session.today, said=said, cite=cite
    )
    return _done(call, session, planned, given, sources)


def _resolve(call: Call) -> int:
    name, asked, *words = call.parsed.words
    session = open_for_change(call)
    program = call.find(session, name)
    catalyst = _catalyst(session, program, asked)
    given = Assignments(_record(session, program), session.today)
    outcome = " ".join(words).strip()
    on = _day_option(call, given, f"catalyst.{catalyst}.outcome_on", "on")
    cite, sources = cited(call, session, program, given)
    if cite is None and outcome:
        doubt_source(program, given, f"catalyst.{catalyst}.outcome")
    planned = guidance.resolve(
        session.document,
        session.watchlist,
        program.key,
        catalyst,
        given.read(f"catalyst.{catalyst}.outcome", outcome) if outcome else None,
        on=on,
        cite=cite,
    )
    return _done(call, session, planned, given, sources)


def _undo(call: Call) -> int:
    session = open_for_change(call)
    try:
        step = session.undo()
    except EditError as wrong:
        raise Failure(f"{session.path}: {wrong}") from None
    if step is None:
        raise Failure(f"{session.path}: there is nothing to undo")
    return conclude(call, session, step, [f"undone: {step.words}"])


_RUNS = {"add": _add, "set": _set, "rm": _rm, "move": _move, "resolve": _resolve, "undo": _undo}


def _done(
    call: Call, session: Session, planned: PlannedChange, given: Assignments, sources: Sequence[Mapping[str, Any]] = ()
) -> int:
    if planned.program is not None:
        planned = changes.with_sources(session.document, session.watchlist, planned.program, planned, sources)
    status = carry_out(call, session, planned)
    for window in given.windows:
        call.output.tell(_reading(call, window))
    for doubt in given.doubts:
        call.output.tell(f"look again: {doubt}")
    return status


def _reading(call: Call, window: Window) -> str:
    """Return the reading of guidance, as shown beside the field in the app."""
    words = (days_of(window), precision_words(window), countdown(window, call.now).text)
    return call.look.plainly(f"{window.text}: {', '.join(each for each in words if each and each != window.text)}")


def _record(session: Session, program: Program) -> Mapping[str, Any]:
    place = session.watchlist.place(program.key)
    assert place is not None
    return session.document.programs[place]


def _catalyst(session: Session, program: Program, asked: str) -> str:
    """Find a catalyst by id, unambiguous prefix of an id, or words of its event. Raises ChangeError."""
    items = _record(session, program).get("catalyst", [])
    if not isinstance(items, list) or not items:
        raise ChangeError(f"{program.label} has no catalysts yet: `cartwatch add {program.key} catalyst event=…` adds one")
    names = item_names(Catalyst, items)
    events = [str(each.get("event", "")) if isinstance(each, dict) else "" for each in items]
    wanted = fold(asked)
    words = set(wanted.split())
    found = [name for name in names if name == asked] or [
        name
        for name, event in zip(names, events, strict=True)
        if words and (fold(name).startswith(wanted) or fold(event) == wanted)
    ]
    found = found or [name for name, event in zip(names, events, strict=True) if words and words <= set(fold(event).split())]
    if len(found) == 1:
        return found[0]
    if found:
        raise ChangeError(f'{program.label}: "{asked}" may be {" or ".join(found)}')
    close = nearest(asked, [*names, *events])
    hint = f'did you mean "{close}"?' if close else f"there are {', '.join(names[:8])}"
    raise ChangeError(f'{program.label} has no catalyst "{asked}": {hint}')


def _day_option(call: Call, given: Assignments, path: str, option: str) -> date | str | None:
    """Read a date option: a day, or a month or quarter. Raises UsageError."""
    text = call.parsed.get(option)
    if text is None:
        return None
    value: date | str = given.read(path, text)
    if given.doubts:
        raise UsageError(f'--{option} needs a date as in 2026-11-22 or 2026-11, not "{text}"')
    return value


def _as_day(said: date | str | None, today: date) -> date | None:
    return read_window(as_typed(said), None, today).end if said is not None else None
