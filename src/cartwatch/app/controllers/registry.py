"""Registry controller: refreshes linked trials and suggests serious events of posted results, in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Sequence
    from typing import Any

    from textual.message import Message

    from cartwatch.app.registry_worker import Answered, RegistryWorker
    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.proposals.model import Choice, Proposal
    from cartwatch.sources.registry.clinicaltrials import Access, Progress
    from cartwatch.sources.registry.memory import Memory
    from cartwatch.sources.registry.refresh import Answers, Linked
    from cartwatch.views.layout import Runs

    from .commit import Commit
    from .host import Host

__all__ = ["Registry"]

_SHOWN = 60.0  # seconds that a failure stays in the title line
_LISTED = 5  # trial numbers named in a line
_REFUSED = (
    "The registry refuses cartwatch (403): `cartwatch sync` prints an address to open in a browser; save its JSON, then: "
    "cartwatch import FILE.json"
)


@dataclass(frozen=True, slots=True)
class _Errand:
    """A kind of registry request: how to ask, and how the answers become a proposal for the current list."""

    title: str
    talk: Callable[[Access, Memory, Progress], Coroutine[Any, Any, Answers]]
    propose: Callable[[Document, Watchlist, Answers, Memory], Proposal]
    refreshes: bool


@dataclass(frozen=True, slots=True)
class _Brought:
    """The result of an errand; `proposal` was made for `document`, in the thread so that no key waits."""

    errand: _Errand
    answers: Answers
    memory: Memory
    problems: tuple[str, ...]
    document: Document
    proposal: Proposal


class Registry:
    """Asks the registry about linked trials.

    The list and the date of its data change only when the user accepts the answers.
    """

    def __init__(self, host: Host, commit: Commit) -> None:
        self._host = host
        self._commit = commit
        self._asking: RegistryWorker | None = None
        self._brought: _Brought | None = None
        self._words: tuple[str, str] = ("", "")

    @property
    def asking(self) -> bool:
        """Whether a request is running."""
        return self._asking is not None

    @property
    def answered(self) -> bool:
        """Whether an answer is ready for review."""
        return self._brought is not None

    # ---- asking

    async def refresh(self) -> None:
        """Refresh the linked trials of the marked programs, or of all; stop a running refresh."""
        if self._asking is not None:
            self._asking.stop()
            self._asking = None
            self._tell_registry("")
            self._host.say("Stopped: the data stay as they are")
            return
        if self._brought is not None:
            await self._show_brought()
            return
        from cartwatch.sources.registry.refresh import ask, numbers, propose_refresh

        keys = self._host.marked or None
        links, now = self._links(keys), self._host.now()
        asked = numbers(links)
        if not asked:
            self._host.say("No ClinicalTrials.gov trial is linked: add one in the Trials pane")
            return

        async def talk(access: Access, memory: Memory, progress: Progress) -> Answers:
            return await ask(asked, access, memory.records, now, progress)

        def propose(document: Document, watchlist: Watchlist, answers: Answers, memory: Memory) -> Proposal:
            return propose_refresh(document, watchlist, answers, memory, keys)

        self._send(_Errand("Refresh from ClinicalTrials.gov", talk, propose, refreshes=True))

    async def safety_results(self) -> None:
        """Request the posted results of the trials of the marked programs, else of the program under the cursor."""
        program = self._host.program
        assert program is not None
        if self._asking is not None or self._brought is not None:
            self._host.say(f"The registry is being asked already: {self._host.key_of('refresh')} stops it")
            return
        from cartwatch.sources.registry.adverse_events import ask_results, propose_safety, with_results
        from cartwatch.sources.registry.refresh import numbers

        keys, now = self._host.marked or (program.key,), self._host.now()
        asked = numbers(with_results(self._host.session.document, self._links(keys)))
        if not asked:
            self._host.say(
                f"No linked trial had posted results at the last refresh: {self._host.key_of('refresh')} looks again"
            )
            return

        async def talk(access: Access, memory: Memory, progress: Progress) -> Answers:
            return await ask_results(asked, access, now, progress)

        def propose(document: Document, watchlist: Watchlist, answers: Answers, memory: Memory) -> Proposal:
            return propose_safety(document, watchlist, answers, keys)

        self._send(_Errand("Serious events posted at ClinicalTrials.gov", talk, propose, refreshes=False))

    def _links(self, keys: Collection[str] | None) -> list[Linked]:
        from cartwatch.sources.registry.refresh import linked

        return list(linked(self._host.session.document, self._host.session.watchlist, keys))

    def _send(self, errand: _Errand) -> None:
        """Start the request in a thread, which also reads the settings and the cache."""
        from cartwatch.app.registry_worker import RegistryWorker

        places = self._host.session.places
        assert places is not None

        async def talk(progress: Progress) -> _Brought:
            from cartwatch.sources.registry.memory import Memory
            from cartwatch.sources.registry.settings import reach

            memory = Memory(places)
            access, problems = reach(places, memory.records)
            answers = await errand.talk(access, memory, progress)
            opened = self._host.session.opened
            proposal = errand.propose(opened.document, opened.read.watchlist, answers, memory)
            return _Brought(errand, answers, memory, (*problems, *memory.notes), opened.document, proposal)

        self._asking = RegistryWorker(talk, lambda message: self._host.later(self._heard, message))
        self._tell_progress("asking")

    async def _heard(self, message: Message) -> None:
        """Handle an event of the registry session, unless the session was stopped."""
        from cartwatch.app.registry_worker import Answered, Progressed

        if isinstance(message, Progressed) and message.asking is self._asking:
            words = f"{message.done} of {message.of} received" if message.words == "received" else message.words
            self._tell_progress(words)
        elif isinstance(message, Answered) and message.asking is self._asking:
            self._asking = None
            await self._answered(message)

    async def _answered(self, event: Answered) -> None:
        if event.trouble is not None:
            raise event.trouble
        if event.error is not None:
            from cartwatch.sources.registry.clinicaltrials import RegistryRefused
            from cartwatch.sources.registry.transport import RegistryAnswered

            refused = isinstance(event.error, RegistryRefused)  # its message has an address of all the numbers
            words = _REFUSED if refused else str(event.error)
            told = words.partition(": ")[0] if isinstance(event.error, RegistryAnswered) else "registry not reached"
            self._tell_registry(f"{told} at {self._host.now():%H:%M}, the data stay", "soon", seconds=_SHOWN)
            self._host.say(words, warning=True)
            return
        self._brought = event.found
        if self._host.undisturbed:
            await self._show_brought()
        else:  # the user is typing or answering a dialog
            self._tell_registry(f"{self._host.key_of('refresh')} shows what the registry answered", "accent")

    # ---- what came

    async def _show_brought(self) -> None:
        """Open the preview of the answers, each change with its weight and rule, and accept the ticked entries."""
        brought, self._brought = self._brought, None
        assert brought is not None
        self._tell_registry("")
        document, proposal = self._host.session.document, brought.proposal
        if document is not brought.document:
            proposal = brought.errand.propose(document, self._host.session.watchlist, brought.answers, brought.memory)
        offers = [offer for entry in proposal.entries for offer in entry.offers]
        if all(each.kind != "suggested" and each.news is not None and not each.news.changes for each in offers) and not any(
            each.kind == "added" for each in offers
        ):  # only time stamps changed
            self._take_over(brought, proposal, proposal.choices())
            self._tell_gaps(brought)
            return
        from cartwatch.app.screens.preview import Preview

        async def decided(accepted: frozenset[Choice] | None) -> None:
            if accepted is None:
                self._remember(brought, proposal, frozenset())
                self._host.say("Nothing was accepted: it is offered again next time")
            else:
                self._take_over(brought, *self._as_of_now(brought, proposal, document, accepted))
            self._tell_gaps(brought)

        data = f", data of {brought.answers.data[:10]}" if brought.answers.data else ""
        gaps = ((len(brought.answers.unanswered), "not answered"), (len(brought.answers.missing), "unknown"))
        left = "".join(f", {count} {word}" for count, word in gaps if count)
        await self._host.ask(Preview(f"{brought.errand.title}{data}{left}", proposal, document, self._host.look), decided)

    def _as_of_now(
        self, brought: _Brought, proposal: Proposal, document: Document, accepted: Collection[Choice]
    ) -> tuple[Proposal, frozenset[Choice]]:
        """Carry the choices over to the current list: facts changed or deleted meanwhile stay as they are."""
        if self._host.session.document is document:
            return proposal, frozenset(accepted)
        chosen = {(proposal.entries[at].key, proposal.entries[at].offers[number].path) for at, number in accepted}
        anew = brought.errand.propose(
            self._host.session.document, self._host.session.watchlist, brought.answers, brought.memory
        )
        return anew, frozenset(
            (at, number)
            for at, entry in enumerate(anew.entries)
            for number, offer in enumerate(entry.offers)
            if (entry.key, offer.path) in chosen
        )

    def _take_over(self, brought: _Brought, proposal: Proposal, accepted: Collection[Choice]) -> None:
        from cartwatch.proposals.accept import accept
        from cartwatch.sources.registry.refresh import summary

        planned = accept(self._host.session.document, self._host.session.watchlist, proposal, accepted)
        told = summary(proposal, brought.answers) if brought.errand.refreshes else ""
        if planned is not None:
            if self._commit.attempt(lambda: planned, label="registry") is None:
                return
            told = f"{told or planned.words}; undo reverts it"
        self._remember(brought, proposal, accepted)
        self._host.look_again()
        self._host.say(told or "Posted results have no serious event that the list lacks")

    def _remember(self, brought: _Brought, proposal: Proposal, accepted: Collection[Choice]) -> None:
        if not brought.errand.refreshes:
            return
        from cartwatch.sources.registry.refresh import remember_refresh

        warning = remember_refresh(proposal, accepted, brought.answers, brought.memory.sightings, links=self._links(None))
        if warning is not None:
            self._host.say(warning, warning=True)

    def _tell_gaps(self, brought: _Brought) -> None:
        """Tell which trials were not answered; their last data stay."""
        answers = brought.answers
        told = list(brought.problems)
        if answers.error is not None:
            told.append(f"{answers.error}; not answered, their data stay: {_named(answers.unanswered)}")
        if answers.missing:
            told.append(f"Unknown to the registry: {_named(answers.missing)}")
        for each in (*told, *answers.problems):
            self._host.say(each, warning=True)

    # ---- what is said of it

    def _tell_registry(self, words: str, role: str = "quiet", seconds: float | None = None) -> None:
        """Show words in the title line, for some seconds or until there are others."""
        if (words, role) != self._words:
            self._words = (words, role)
            self._host.show_lines()
        if seconds is not None:
            shown = self._words
            self._host.after(seconds, lambda: self._tell_registry("") if self._words is shown else None)

    def _tell_progress(self, words: str) -> None:
        """Show the progress; the key that stops the request comes first, to be seen on a narrow line."""
        self._tell_registry(f"registry ({self._host.key_of('refresh')} stops): {words} …", "accent")

    def runs(self) -> Runs:
        """Return the progress of the request, for the title line."""
        words, role = self._words
        return [("   ", ""), (clean(words, limit=90), role)] if words else []


def _named(numbers: Sequence[str]) -> str:
    return ", ".join(numbers[:_LISTED]) + (" …" if len(numbers) > _LISTED else "")
