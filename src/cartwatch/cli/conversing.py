"""A conversation with the registry on the command line: reached as the settings say, its progress told on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .output import Failure, say

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cartwatch.session.session import Session
    from cartwatch.sources.registry.clinicaltrials import Access, Progress
    from cartwatch.sources.registry.memory import Records
    from cartwatch.sources.registry.refresh import Answers
    from cartwatch.storage.places import Places

    from .call import Call

__all__ = ["NETWORK", "conversed", "progress", "reached"]

NETWORK = 3  # exit status


def reached(call: Call, where: Places, records: Records | None = None) -> Access:
    """How the registry is reached; what is wrong in the settings is told."""
    from cartwatch.sources.registry.settings import reach

    access, problems = reach(where, records)
    for each in problems:
        call.output.tell(each)
    return access


def progress(call: Call) -> Progress | None:
    """Says, on a terminal, what is being waited for; at once, not with the rest at the end."""
    told = ""

    def tell(done: int, of: int, words: str) -> None:
        nonlocal told
        if words not in (told, "received"):
            told = words
            say(f"cartwatch: {words} …")

    return tell if call.output.terminal else None


def conversed(
    call: Call, session: Session, records: Records, talk: Callable[[Access, Progress | None], Coroutine[Any, Any, Answers]]
) -> Answers:
    """The answers of a conversation with the registry; the list is read anew after it, as somebody may have changed it.

    Raises Failure where there is no answer, or no list any more.
    """
    import asyncio

    from cartwatch.sources.registry.clinicaltrials import RegistryError

    assert session.places is not None
    try:
        answers = asyncio.run(talk(reached(call, session.places, records), progress(call)))
    except RegistryError as wrong:
        raise Failure(f"{wrong} (the data you have stay as they are)", NETWORK) from None
    session.open()
    if session.opened.trouble is not None or session.opened.state == "missing":
        raise Failure(f"{session.path} was changed meanwhile and can't be read: nothing was changed")
    return answers
