"""`cartwatch read`: reads press releases, filings and abstracts into facts with their quotes, and takes the accepted ones."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.context import a_day
from cartwatch.cli.output import Failure, say
from cartwatch.domain.description import counted
from cartwatch.domain.text import clean
from cartwatch.proposals.accept import accept
from cartwatch.proposals.incoming import Refused
from cartwatch.proposals.model import OUTSIDE, SIGNS, WHOLE, Evidence
from cartwatch.sources.incoming import source_data
from cartwatch.sources.releases.proposing import propose_release
from cartwatch.sources.releases.reading import read_release
from cartwatch.sources.releases.shown import comes_along, quote_runs, release_document, shown
from cartwatch.views.lines import Run

from .import_ import LOOPBACK, open_to_import

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from cartwatch.cli.context import Call
    from cartwatch.proposals.model import Choice, Entry, Offer, Proposal
    from cartwatch.session.session import Session
    from cartwatch.sources.releases.release import Release

__all__ = ["run"]

_ROLES = {"added": "good", "changed": "", "conflict": "overdue", "older": "quiet", "suggested": "unread"}


class _Text(NamedTuple):
    name: str
    data: bytes
    url: str


def run(call: Call) -> int:
    """Read the sources one after another; return 1 if something was left out: a question, an uncertain fact."""
    said = a_day(day, "said") if (day := call.parsed.get("said")) is not None else None
    if call.parsed.has("yes") and call.parsed.has("dry-run"):
        raise UsageError("--yes and --dry-run: choose one of them")
    texts, refused = _texts(call)
    readings = _readings(call, texts, said, refused) if not refused else []
    if refused:
        for why in refused:
            call.output.tell(str(why))
        return max(each.status for each in refused)
    left = [each.settle() for each in readings]
    if call.parsed.has("json"):
        from cartwatch.views.documents import head

        found = [each.document() for each in readings]
        call.output.json({**head(call.now), **(found[0] if len(found) == 1 else {"releases": found})})
    return 1 if any(left) else 0


def _readings(call: Call, texts: list[_Text], said: date | None, refused: list[Refused]) -> list[_Reading]:
    """Read each text; those that can't be read are added to the refused."""
    session = open_to_import(call)
    name = call.parsed.get("program")
    key = call.find(session, name).key if name is not None else None
    found = []
    for each in texts:
        try:
            found.append(_Reading(call, session, each, said, key))
        except Refused as wrong:
            refused.append(wrong)
    return found


def _texts(call: Call) -> tuple[list[_Text], list[Refused]]:
    stdin = sys.stdin.buffer if sys.stdin is not None else None
    found: list[_Text] = []
    refused: list[Refused] = []
    for each in dict.fromkeys(call.parsed.words):
        try:
            found.append(_Text(*source_data(each, stdin, loopback=os.environ.get(LOOPBACK) == "1")))
        except Refused as wrong:
            refused.append(wrong)
    return found, refused


class _Reading:
    """One release: what it says, what was answered about it, and what is taken of it."""

    def __init__(self, call: Call, session: Session, text: _Text, said: date | None, program: str | None) -> None:
        self.call = call
        self.session = session
        self.text = text
        self.program = program
        self.asks = _asks(call)
        self.answers: dict[int, str] = {}
        self.release = self.read(said)
        if "said" in self.release.questions and self.asks and (day := _ask_day(self.release.name)) is not None:
            self.release = self.read(day)
        self.proposal = self.propose()

    def read(self, said: date | None) -> Release:
        name, data, url = self.text
        title = self.call.parsed.get("source")
        return read_release(
            data, self.session.watchlist, name=name, said=said, program=self.program, title=title, url=url or None
        )

    def propose(self) -> Proposal:
        session, today = self.session, self.call.today
        return propose_release(session.document, session.watchlist, self.release, today, self.answers)

    def settle(self) -> bool:
        """Ask what is open, show what was read, and take what is accepted; return whether something is left out."""
        call = self.call
        self.proposal = self.propose()  # the release before it may have been taken
        if self.asks:
            for entry in self.proposal.of("unclear"):
                self.ask_program(entry)
            self.proposal = self.propose()
        accepted = self.proposal.choices()
        if not call.parsed.has("json"):
            _Page(call, self.session, self.release, self.proposal).print(accepted, numbered=self.asks)
        if self.asks and any(_choices(self.proposal)):
            accepted = self.confirmed(accepted)
        elif not call.parsed.has("yes"):
            accepted = accepted if call.parsed.has("dry-run") else set()
        self.accepted = accepted
        if not call.parsed.has("dry-run"):
            self.take()
        return any(each not in accepted for each in _choices(self.proposal)) or bool(self.proposal.of("unclear"))

    def ask_program(self, entry: Entry) -> None:
        """Ask whose a statement is: a candidate by its number, another program by name, "n" for a new one, or nobody's."""
        assert entry.asks is not None
        self.call.output.flush()
        for offer in entry.offers:
            told = shown(offer, {}, self.call.look, entry, plain=True)
            say(f"\n{told.title}: {''.join(each.text for each in told.change)}")
            for quote in told.quotes:
                say("".join(each.text for each in quote))
        labels = [self.label(each) for each in entry.candidates]
        known = "".join(f"  {number} {label}" for number, label in enumerate(labels, 1))
        new = f"  n new: {clean(entry.program.name, limit=60)}" if entry.program.name else ""
        while answer := _answer(f"Which program?{known}{new}  a name, or Enter to leave it out: "):
            if answer.isdigit() and 1 <= int(answer) <= len(entry.candidates):
                self.answers[entry.asks] = entry.candidates[int(answer) - 1]
                return
            if answer == "n" and new:
                self.answers[entry.asks] = entry.program.name
                return
            try:
                self.answers[entry.asks] = self.call.find(self.session, answer).key
            except Failure as wrong:
                say(str(wrong))
            else:
                return

    def label(self, key: str) -> str:
        program = self.session.watchlist.get(key)
        return clean(program.label if program is not None else key, limit=40)

    def confirmed(self, accepted: set[Choice]) -> set[Choice]:
        """Ask whether to take what is ticked; numbers tick and untick."""
        self.call.output.flush()
        listed = list(_choices(self.proposal))
        while True:
            count = counted(len(accepted), "fact")
            answer = _answer(f"Take {count}? y, n, or numbers to tick and untick [{'y' if accepted else 'n'}]: ").casefold()
            if answer in ("y", "yes") or (not answer and accepted):
                return accepted
            if answer in ("n", "no", "q", ""):
                return set()
            numbers = answer.replace(",", " ").split()
            if not all(each.isdigit() and 1 <= int(each) <= len(listed) for each in numbers):
                say(f"write numbers from 1 to {len(listed)}, y or n")
                continue
            accepted = accepted ^ {listed[int(each) - 1] for each in numbers}

    def take(self) -> None:
        """Put the accepted facts into the list, as one step. Raises Failure where that can't be done."""
        from cartwatch.document.edits import EditError

        call, session = self.call, self.session
        planned = accept(session.document, session.watchlist, self.proposal, self.accepted) if self.accepted else None
        if planned is None:
            call.output.tell(f"{self.release.name}: {self.nothing()}")
            return
        try:
            step = session.change(planned, label="read")
        except EditError as wrong:
            raise Failure(f"{session.path}: nothing was taken: {wrong}") from None
        if session.unsaved is not None:
            raise Failure(session.unsaved)
        for note in (*step.notes, *session.warnings):
            call.output.tell(note)
        call.output.tell(f"{planned.words}; `cartwatch undo` reverts it")

    def nothing(self) -> str:
        """Say why nothing is taken."""
        if self.proposal.choices():
            return "nothing was taken" if self.asks else "nothing was taken: --yes takes what is ticked"
        if any(_choices(self.proposal)) or self.proposal.of("unclear"):
            return "nothing was taken: nothing in it is certain"
        known = bool(self.release.statements)
        return "nothing new: the watchlist has all of it already" if known else "no fact of a program was found in it"

    def document(self) -> dict[str, Any]:
        return release_document(self.release, self.proposal, self.session.document, self.call.now)


def _choices(proposal: Proposal) -> Iterator[Choice]:
    """Yield everything that can be accepted; the source comes along with the facts that cite it."""
    for at, entry in enumerate(proposal.entries):
        for number in entry.choices:
            if number == WHOLE or not comes_along(entry.offers[number]):
                yield at, number
    yield from ((OUTSIDE, number) for number in range(len(proposal.head)))


def _asks(call: Call) -> bool:
    """Whether there is somebody to ask, who has not said what to do."""
    options = any(call.parsed.has(each) for each in ("yes", "dry-run", "json"))
    return not options and "-" not in call.parsed.words and call.output.terminal and bool(sys.stdin and sys.stdin.isatty())


def _answer(question: str) -> str:
    """Ask on the terminal; the end of input is no answer."""
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _ask_day(name: str) -> date | None:
    what = clean(name, limit=200)
    say(f"{what} does not say plainly on which day it was published; phrases such as “this year” count from it.")
    while answer := _answer("Its day, as in 2026-11-22, or Enter if it is not known: "):
        try:
            return a_day(answer, "said")
        except UsageError:
            say(f"{clean(answer, limit=40)} is not a day")
    return None


class _Page:
    """Prints what a release says: the source, then the facts by program, then what is asked, and with --explain the rules."""

    def __init__(self, call: Call, session: Session, release: Release, proposal: Proposal) -> None:
        self.call = call
        self.session = session
        self.release = release
        self.proposal = proposal
        self.explain = call.parsed.has("explain")

    def print(self, accepted: set[Choice], *, numbered: bool) -> None:
        output, release = self.call.output, self.release
        day = release.said.isoformat() if release.said is not None else "day not known: --said DATE gives it"
        output.section(Run(clean(release.title or release.name, limit=200), "heading"))
        output.runs(
            [Run(f" {self.call.look.glyphs.dot} ".join(each for each in (day, release.company, release.url) if each), "quiet")]
        )
        numbers = {each: at for at, each in enumerate(_choices(self.proposal), 1)} if numbered else {}
        for at, entry in enumerate(self.proposal.entries):
            if entry.state in ("changed", "new"):
                self.entry(at, entry, accepted, numbers)
        if self.proposal.head:
            output.section(Run("The sponsor", "heading"))
            for number, offer in enumerate(self.proposal.head):
                self.offer(offer, {}, (OUTSIDE, number), accepted, numbers)
        asked = self.proposal.of("unclear")
        if asked:
            output.section(Run(f"{len(asked)} left out: the program is not certain", "heading"))
        for entry in asked:
            for offer in entry.offers:
                self.fact(offer, {}, entry, [Run("? ", "unread")])
        if self.explain:
            self.refused()

    def entry(self, at: int, entry: Entry, accepted: set[Choice], numbers: dict[Choice, int]) -> None:
        if entry.state == "new":
            self.call.output.section(Run(f"{entry.label}  new program", "heading"))
            place = f"{numbers[at, WHOLE]:>2} " if (at, WHOLE) in numbers else ""
            self.call.output.runs([Run(f"  {place}{self.tick((at, WHOLE), accepted)}"), Run("+ ", "good"), Run(entry.label)])
            for offer in entry.offers:
                self.fact(offer, {}, entry, [Run("    ")])
            return
        self.call.output.section(Run(entry.label, "heading"))
        assert entry.place is not None
        record = self.session.document.programs[entry.place]
        for number, offer in enumerate(entry.offers):
            if not comes_along(offer):
                self.offer(offer, record, (at, number), accepted, numbers)

    def tick(self, choice: Choice, accepted: set[Choice]) -> str:
        glyphs = self.call.look.glyphs
        return f"{glyphs.marked if choice in accepted else glyphs.dot} "

    def offer(self, offer: Offer, record: Any, choice: Choice, accepted: set[Choice], numbers: dict[Choice, int]) -> None:
        number = f"{numbers[choice]:>2} " if choice in numbers else ""
        sign = self.call.look.plainly(SIGNS[offer.kind])
        self.fact(offer, record, None, [Run(f"{number}{self.tick(choice, accepted)}"), Run(f"{sign} ", _ROLES[offer.kind])])

    def fact(self, offer: Offer, record: Any, entry: Entry | None, head: list[Run]) -> None:
        """Print one fact: what changes and its days, then the sentence, then why it is ticked or not, and the rule."""
        told = shown(offer, record, self.call.look, entry, plain=not self.call.output.color)
        indent = Run(" " * (2 + sum(len(each.text) for each in head)))
        self.call.print_hanging([Run("  "), *head], [Run(f"{told.title}  ", "strong"), *told.change])
        if told.window:
            self.call.print_hanging([indent], list(told.window))
        for quote in told.quotes:
            self.call.print_hanging([indent], list(quote))
        if not told.why.startswith("ticked") or self.explain:
            rule = f" (rule: {told.rule})" if self.explain and told.rule else ""
            self.call.print_hanging([indent], [Run(told.why + rule, "quiet")])

    def refused(self) -> None:
        refused = self.release.refusals
        count = counted(len(refused), "phrase")
        self.call.output.section(Run(f"{count} not read as a fact" if refused else "Nothing was refused", "heading"))
        for each in refused:
            quote = quote_runs(Evidence("", None, each.quote, each.span), self.call.look, plain=not self.call.output.color)
            self.call.print_hanging([Run("  ")], [Run(f"{each.rule}  ", "unread"), *quote])
