"""Availability of commands: one predicate for each `needs` of the command table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cartwatch.app.controllers.host import Host
from cartwatch.app.editing.targets import lists_of_pane

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cartwatch.app.commands import Command

__all__ = ["NEEDS", "Here", "only_here", "why_not"]


class Here(Host, Protocol):
    """State of the main screen that decides which commands are available."""

    @property
    def filtered(self) -> bool:
        """Whether there was a filter in this run."""
        ...

    @property
    def working(self) -> bool:
        """Whether a change of many programs is being worked out."""
        ...

    @property
    def address(self) -> str | None:
        """Web address under the cursor."""
        ...

    @property
    def asking_registry(self) -> bool:
        """Whether a registry request is running, or its answer is waiting for review."""
        ...


def why_not(each: Command, here: Here) -> str | None:
    """Return the reason why a command is unavailable here; None if it is available."""
    return NEEDS[each.needs](here)


def only_here(each: Command, here: Here) -> str | None:
    """Says that a command acts on the program under the cursor although others are marked; None where it does not."""
    program, marked = here.program, here.marked
    if each.needs not in ("edit one", "catalyst", "source", "add") or program is None or set(marked) <= {program.key}:
        return None
    told = "the marked program" if len(marked) == 1 else f"the {len(marked)} marked programs"
    return f"This is for {program.label}, under the cursor, not for {told}"


def _shown(here: Here) -> str | None:
    return None if here.shown else "No program is shown"


def _back(here: Here) -> str | None:
    return None if here.in_detail or here.display_state.query else "Already in the table"


def _query(here: Here) -> str | None:
    return None if here.filtered else "No filter yet"


def _link(here: Here) -> str | None:
    return None if here.address else "No web address here: go to a line of the detail that has one"


def _undo(here: Here) -> str | None:
    if here.working or here.session.can_undo:
        return None
    return "Nothing left to undo" if here.session.undone else "Nothing changed yet"


def _redo(here: Here) -> str | None:
    return None if here.session.undone else "Nothing left to redo"


def _write(here: Here) -> str | None:
    readonly = here.session.why_readonly
    return f"Nothing can be changed: {readonly}" if readonly is not None else None


def _edit(here: Here) -> str | None:
    why = _write(here)
    if why is None and here.program is None:
        empty = f"No program yet: {here.key_of('add_program')} adds one"
        why = "No program is shown" if len(here.session.watchlist) else empty
    return why


def _catalyst(here: Here) -> str | None:
    why = _edit(here)
    if why is None and here.program is not None and not here.program.catalysts:
        why = f"{here.program.label} has no catalyst yet: {here.key_of('add_catalyst')} adds one"
    return why


def _source(here: Here) -> str | None:
    why = _edit(here)
    return "Go to a fact in the detail first: a source belongs to a fact" if why is None and not here.in_detail else why


def _add(here: Here) -> str | None:
    why = _edit(here)
    if why is None and not lists_of_pane(here.pane, None):
        why = f"This pane has no records of its own: {here.key_of('edit')} changes what is under the cursor"
    return why


def _file(here: Here) -> str | None:
    return None if here.session.places is not None else "There is no file to write to"


def _registry(here: Here) -> str | None:
    return None if here.asking_registry else _write(here) or _file(here)


def _results(here: Here) -> str | None:
    return _edit(here) or _file(here)


def _journal(here: Here) -> str | None:
    return None if here.session.places is not None else "The sample has no journal"


def _history(here: Here) -> str | None:
    return _journal(here) or (None if here.program is not None else "No program is shown")


def _compare(here: Here) -> str | None:
    from cartwatch.views.comparison import FEWEST, MOST

    marked, shown = len(here.marked), len(here.shown)
    if FEWEST <= (marked or shown) <= MOST:
        return None
    told = f"{marked} {'is' if marked == 1 else 'are'} marked" if marked else f"{shown} shown, none marked"
    return f"{FEWEST} to {MOST} programs can be compared, {told}: {here.key_of('mark')} marks one"


NEEDS: Mapping[str, Callable[[Here], str | None]] = {
    "": lambda here: None,
    "program": _shown,
    "back": _back,
    "query": _query,
    "link": _link,
    "undo": _undo,
    "redo": _redo,
    "write": _write,
    "edit": _edit,
    "edit one": _edit,
    "catalyst": _catalyst,
    "compare": _compare,
    "source": _source,
    "add": _add,
    "registry": _registry,
    "results": _results,
    "journal": _journal,
    "history": _history,
}
