"""Preview of a proposal: programs on one side, the facts of one of them on the other; the user ticks what to accept."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import work
from textual.containers import Container
from textual.worker import get_current_worker

from cartwatch.app.commands import bindings
from cartwatch.app.screens.dialog import Dialog
from cartwatch.app.widgets.drawn import RunLine
from cartwatch.app.widgets.linelist import DrawnLine, LineList
from cartwatch.app.widgets.offer_lines import fact_lines, fact_runs, new_lines, question_lines, said_lines, side_lines
from cartwatch.document.problems import ERROR
from cartwatch.document.typed import as_typed
from cartwatch.domain.text import clean
from cartwatch.proposals.joining import joined_words
from cartwatch.proposals.model import OUTSIDE, SIGNS, WHOLE
from cartwatch.proposals.words import offer_words
from cartwatch.sources.releases.shown import comes_along
from cartwatch.views.layout import one_line, wrap
from cartwatch.views.look import level_role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult
    from textual.screen import Screen

    from cartwatch.document.document import Document
    from cartwatch.proposals.model import Choice, Entry, Offer, Proposal
    from cartwatch.views.layout import Runs
    from cartwatch.views.look import Look

__all__ = ["Preview", "PreviewLines", "Questions"]

_SIGNS = {"asked": "?", "new": "+", "changed": "~", "conflict": "!", "unclear": "?", "refused": "?"}
_ROLES = {"new": "good", "added": "good", "conflict": "overdue", "unclear": "unread", "refused": "unread", "older": "quiet"}
_GROUPS = (
    ("asked", "Which program? A number answers"),
    ("conflict", "You changed these too"),
    ("changed", "Changed"),
    ("suggested", "Suggested: only what you tick is taken"),
    ("new", "New"),
    ("unclear", "Left out: unclear which program it is"),
    ("refused", "Left out: with errors"),
)
_LONGEST = 200  # characters of a shown value
_NOTES = 6  # lines at most of how a source was understood
_MANY = 100  # choices from which their acceptance is prepared in a thread


class Questions(Protocol):
    """What a preview needs where a statement's program is open."""

    def label(self, key: str) -> str:
        """Return the name of a program."""
        ...

    def picker(self) -> Screen[str]:
        """Build the picker of all programs, which returns the key of one."""
        ...

    def answered(self, number: int, key: str) -> Proposal:
        """Make the proposal again with the program of a statement."""
        ...


class PreviewLines(LineList, inherit_bindings=False):
    """A list of programs or facts, each with a tick."""

    BINDINGS: ClassVar = bindings("list", "preview")
    always_show_cursor = True


class Preview(Dialog["frozenset[Choice]"]):
    """Screen that returns the accepted choices of a proposal; None if the user leaves it.

    `document` is the one that the proposal was made for, `chosen` the choices ticked at first. `prepare` does the slow part of
    accepting many choices, in a thread. `questions` has the programs to choose from where an entry asks for one.
    """

    CSS_PATH: ClassVar = ["dialog.tcss", "preview.tcss"]  # type: ignore[assignment]  # Textual takes a list too
    contexts: ClassVar[tuple[str, ...]] = ("preview",)

    def __init__(
        self,
        title: str,
        proposal: Proposal,
        document: Document,
        look: Look,
        chosen: Iterable[Choice] | None = None,
        prepare: Callable[[frozenset[Choice]], None] | None = None,
        questions: Questions | None = None,
    ) -> None:
        super().__init__(title)
        self._document = document
        self._look = look
        self._chosen = set(proposal.choices() if chosen is None else chosen)
        self._prepare = prepare
        self._questions = questions
        self._taking = False
        self._propose(proposal)

    def _propose(self, proposal: Proposal) -> None:
        """Show a proposal: the first, or that after an answer."""
        self.proposal = proposal
        listed = [at for at, each in enumerate(proposal.entries) if not _stamps_only(each)]
        self._order = [at for state, _ in _GROUPS for at in listed if _group(proposal.entries[at]) == state]
        self._along = len(proposal.entries) - len(listed)
        self._order += [OUTSIDE] if proposal.head else []
        self._words: dict[tuple[int, int], str] = {}
        self._warnings = _warnings(proposal)

    def body(self) -> ComposeResult:
        yield RunLine(id="counts")
        with Container(id="sides"):
            yield PreviewLines(id="programs", ascii_only=self._look.ascii)
            yield PreviewLines(id="facts", ascii_only=self._look.ascii)

    def on_mount(self) -> None:
        super().on_mount()
        programs = self.query_one("#programs", PreviewLines)
        programs.show(self._program_lines, entry=0, top=True)
        self.set_focus(programs)
        self.call_after_refresh(self._show_facts)  # no program is under the cursor before the first layout
        self._show_counts()

    # ---- what is shown

    def _signs(self, at: int) -> str:
        """Return the tick of a program: all, part or none of it accepted."""
        choices = self._choices_of(at)
        taken = sum(each in self._chosen for each in choices)
        tick = self._look.glyphs.marked
        return " " if not choices else tick if taken == len(choices) else "-" if taken else self._look.glyphs.dot

    def _choices_of(self, at: int) -> list[Choice]:
        if at == OUTSIDE:
            return [(OUTSIDE, number) for number in range(len(self.proposal.head))]
        entry = self.proposal.entries[at]
        return [(at, number) for number in entry.choices if number < 0 or not comes_along(entry.offers[number])]

    def _entry(self) -> int | None:
        """Index in the proposal of the program under the cursor; OUTSIDE for facts outside the programs."""
        row = self.query_one("#programs", PreviewLines).entry
        return self._order[row] if row is not None and row < len(self._order) else None

    def _program_lines(self, width: int) -> list[DrawnLine]:
        out = self._notes(width)
        row = 0
        for state, title in _GROUPS:
            entries = [at for at in self._order if at != OUTSIDE and _group(self.proposal.entries[at]) == state]
            if not entries:
                continue
            if out:
                out.append(DrawnLine())
            out.append(DrawnLine(((f"{title}  ", "heading"), (str(len(entries)), "quiet"))))
            for at in entries:
                out.append(DrawnLine(tuple(one_line(self._program_runs(at), width)), row))
                row += 1
        if head := self.proposal.head:
            names = ", ".join(clean(each.path, limit=40) for each in head)
            said: Runs = [(names, "strong"), ("  outside the programs", "quiet")]
            title = "The file's own keys"
            if head[0].rule:
                title, said = "Sponsor", fact_runs(head[0], self._look)
            runs = [(f"{self._signs(OUTSIDE)} ", "key"), ("+ ", "good"), *said]
            out += [DrawnLine(), DrawnLine(((f"{title}  ", "heading"), (str(len(head)), "quiet")))]
            out.append(DrawnLine(tuple(one_line(runs, width)), row))
        if self._along:
            out += [DrawnLine(), *_lines([(f"{self._along} with only new time stamps, taken along", "quiet")], width)]
        if same := len(self.proposal.of("same")):
            out += [DrawnLine(), DrawnLine(((f"{same} the same", "quiet"),))]
        if not self._order:
            out += [DrawnLine(), *_lines([("Nothing here that your list does not have already.", "")], width)]
        return out

    def _notes(self, width: int) -> list[DrawnLine]:
        sources = self.proposal.sources
        told = [*self.proposal.notes, *(f"{each.name}:{one.line}: {one.words}" for each in sources for one in each.left)]
        told += [f"{each.name}: {note}" for each in sources for note in each.notes]
        if self.proposal.cleaned:
            told.append(f"{self.proposal.cleaned} invisible characters were replaced")
        lines = [line for each in told for line in _lines([(clean(each, limit=400), "quiet")], width)]
        return lines if len(lines) <= _NOTES else [*lines[: _NOTES - 1], DrawnLine((("…", "quiet"),))]

    def _program_runs(self, at: int) -> Runs:
        entry = self.proposal.entries[at]
        if entry.asks is not None:
            return [("  ", ""), ("?", "soon"), (" ", ""), *fact_runs(entry.offers[0], self._look)]
        if (level := _level(entry)) is not None:
            more = f"  {len(entry.offers)} trials" if len(entry.offers) > 1 else ""
            said: Runs = [(f"{level:<10}  ", level_role(level)), (entry.label, "strong"), (more, "quiet")]
            return [(f"{self._signs(at)} ", "key"), *said]
        sign = _SIGNS.get(_group(entry), "?")
        runs: Runs = [(f"{self._signs(at)} ", "key"), (f"{sign} ", _ROLES.get(entry.state, "")), (entry.label, "strong")]
        if entry.state == "new":
            about = " · ".join(each for each in (entry.program.sponsor, entry.program.phase) if each)
        elif entry.state in ("unclear", "refused"):
            about = entry.reason
        else:
            count = len(self._choices_of(at))
            by = (
                f", matched by {entry.by}"
                if entry.by not in ("", "id", "NCT number") and not any(each.rule for each in entry.offers)
                else ""
            )
            noun = "arm" if entry.offers[0].news is not None else "fact"
            about = f"{count} {noun}{'' if count == 1 else 's'}{by}"
        return [*runs, (f"  {clean(about, limit=200)}", "quiet")] if about else runs

    def _show_facts(self) -> None:
        at = self._entry()
        self.query_one("#facts", PreviewLines).show(lambda width: self._fact_lines(at, width), entry=0, top=True)

    def _fact_lines(self, at: int | None, width: int) -> list[DrawnLine]:
        if at is None:
            return []
        if at == OUTSIDE:
            return [line for number, offer in enumerate(self.proposal.head) for line in self._own_lines(number, offer, width)]
        entry = self.proposal.entries[at]
        if entry.asks is not None and self._questions is not None:
            labels = [self._questions.label(each) for each in entry.candidates]
            keys = (self.key_of("preview_answer_other"), self.key_of("preview_answer_new"))
            return [DrawnLine(tuple(each), 0) for each in question_lines(entry, labels, keys, self._look, width)]
        if entry.state in ("unclear", "refused"):
            return _lines([(clean(entry.reason, limit=600), "")], width)
        told = self._warnings.get(id(entry.program), [])
        out = [line for each in told for line in _lines([("warning  ", "soon"), (clean(each, limit=300), "")], width)]
        if entry.state == "new":
            out += self._joined_lines(at, entry, width)
            return [*out, *([DrawnLine()] if out else []), *new_lines(entry, self._look, width)]
        for number, offer in enumerate(entry.offers):
            if comes_along(offer):
                continue
            if out:
                out.append(DrawnLine())
            out += self._offer_lines(at, number, offer, width)
        return out

    def _own_lines(self, number: int, offer: Offer, width: int) -> list[DrawnLine]:
        """Draw a key of the file's own, with its value."""
        tick = self._look.glyphs.marked if (OUTSIDE, number) in self._chosen else self._look.glyphs.dot
        if offer.rule:
            first, *more = fact_lines(offer, {}, self._look, max(8, width - 4))
            drawn: list[Runs] = [[(f"{tick} ", "key"), ("+ ", "good"), *first], *([("    ", ""), *each] for each in more)]
            return [DrawnLine(tuple(each), number) for each in drawn]
        value = clean(as_typed(offer.theirs) or "a table", limit=_LONGEST) if offer.theirs is not None else "not there"
        runs = [(f"{tick} ", "key"), ("+ ", "good"), (clean(offer.path, limit=40), "strong"), (f"  {value}", "")]
        lines = [*wrap(runs, width), *(side_lines(offer, width) if offer.kind == "conflict" else [])]
        return [DrawnLine(tuple(each), number) for each in lines]

    def _joined_lines(self, at: int, entry: Entry, width: int) -> list[DrawnLine]:
        """Draw the joining of each further draft of a new program, with its tick."""
        out: list[DrawnLine] = []
        for number, part in enumerate(entry.parts[1:]):
            joins = (at, WHOLE - 1 - number) in self._chosen
            words = joined_words(entry.parts[0], part)
            runs = [(f"{self._look.glyphs.marked if joins else self._look.glyphs.dot} ", "key"), (words, "")]
            runs += [] if joins else [(": no, a program of its own", "soon")]
            out += [DrawnLine(tuple(each), number) for each in wrap(runs, width)]
        return out

    def _offer_lines(self, at: int, number: int, offer: Offer, width: int) -> list[DrawnLine]:
        tick = self._look.glyphs.marked if (at, number) in self._chosen else self._look.glyphs.dot
        sign = self._look.plainly(SIGNS[offer.kind])
        head: Runs = [(f"{tick} ", "key"), (f"{sign} ", _ROLES.get(offer.kind, ""))]
        room = max(8, width - 4)
        body = self._said(at, number, offer, room)
        lines = [[*head, *body[0]], *([("    ", ""), *each] for each in body[1:])]
        return [DrawnLine(tuple(each), number) for each in lines]

    def _said(self, at: int, number: int, offer: Offer, width: int) -> list[Runs]:
        """Describe an offer to one of my programs."""
        place = self.proposal.entries[at].place
        record = self._document.programs[place] if place is not None else {}
        if offer.news is None and not offer.rule and (at, number) not in self._words:
            self._words[at, number] = offer_words(offer, record, self._look.today)
        return said_lines(offer, record, self._words.get((at, number), ""), self._look, width)

    def _show_counts(self) -> None:
        proposal = self.proposal
        chosen = {each for each in self._chosen if each[0] in self._order and each[0] != OUTSIDE}
        own = sum(at == OUTSIDE for at, _ in self._chosen)
        whole = [at for at, number in chosen if number == WHOLE]
        apart = sum(each not in chosen for at in whole for each in self._choices_of(at))
        new, facts = len(whole) + apart, sum(number > WHOLE for _, number in chosen)
        changed = len({at for at, number in chosen if number > WHOLE})
        levels = {at: _level(proposal.entries[at]) for at, _ in chosen}
        arms = all(
            each.kind == "suggested" and each.news is not None for at, _ in chosen for each in proposal.entries[at].offers
        )
        noun = "trial" if levels and all(levels.values()) else "arm" if arms else "fact"
        taken = [f"{new} new" if new else "", f"{facts} {noun}{'' if facts == 1 else 's'} of {changed}" if facts else ""]
        what = "runway" if own and proposal.head[0].rule else "key"
        taken.append(f"{own} {what}{'' if own == 1 else 's'}" if own else "")
        told = ", ".join(each for each in taken if each) or "nothing"
        asked = sum(each.asks is not None for each in proposal.entries)
        left = len(proposal.of("unclear")) + len(proposal.of("refused")) - asked
        conflicts = sum(offer.kind == "conflict" for each in proposal.entries for offer in each.offers)
        runs: list[tuple[str, str]] = [(" taking ", "soon") if self._taking else (" to be taken: ", "quiet"), (told, "strong")]
        if self._taking:
            runs.append((" …", "soon"))
        if critical := sum(each == "critical" for each in levels.values()):
            runs += [("   ", ""), (f"{critical} critical", "overdue")]
        if conflicts:
            runs += [("   ", ""), (f"{conflicts} conflict{'' if conflicts == 1 else 's'}", "overdue")]
        if warnings := sum(map(len, self._warnings.values())):
            runs += [("   ", ""), (f"{warnings} warning{'' if warnings == 1 else 's'}", "soon")]
        if asked:
            runs += [("   ", ""), (f"{asked} asked", "soon")]
        if left:
            runs += [("   ", ""), (f"{left} left out", "quiet")]
        self.query_one("#counts", RunLine).show(*runs)

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        event.stop()
        if event.lines.id == "programs":
            self._show_facts()

    # ---- answering

    def action_answer(self, number: int) -> None:
        """Say that the statement under the cursor is about its candidate of this number."""
        entry = self._asking()
        if entry is not None and number <= len(entry.candidates):
            self._answer(entry, entry.candidates[number - 1])

    def action_answer_new(self) -> None:
        """Say that the statement under the cursor is about a program that is not in the list."""
        entry = self._asking()
        if entry is not None and entry.program.name:
            self._answer(entry, entry.program.name)

    def action_answer_other(self) -> None:
        """Choose the program of the statement under the cursor from the whole list."""
        entry = self._asking()
        if entry is not None and self._questions is not None:
            self.app.push_screen(self._questions.picker(), lambda key: self._answer(entry, key) if key is not None else None)

    def _asking(self) -> Entry | None:
        at = self._entry()
        asks = at is not None and at != OUTSIDE and self.proposal.entries[at].asks is not None
        return self.proposal.entries[at] if asks and at is not None and self._questions is not None else None

    def _answer(self, entry: Entry, key: str) -> None:
        """Make the proposal again with an answer; what was ticked and unticked stays so."""
        assert self._questions is not None
        assert entry.asks is not None
        known = {_name_of(self.proposal, each): each in self._chosen for each in _everything(self.proposal)}
        row = self.query_one("#programs", PreviewLines).entry or 0
        self._propose(self._questions.answered(entry.asks, key))
        default = self.proposal.choices()
        self._chosen = {
            each for each in _everything(self.proposal) if known.get(_name_of(self.proposal, each), each in default)
        }
        more = [at for at, each in enumerate(self._order) if each != OUTSIDE and self.proposal.entries[each].asks is not None]
        programs = self.query_one("#programs", PreviewLines)
        programs.show(self._program_lines, entry=min(row, len(more) - 1) if more else 0)
        self.set_focus(programs)
        self._show_facts()
        self._show_counts()

    # ---- choosing

    def _choose(self, choices: Iterable[Choice], *, taken: bool | None = None) -> None:
        """Tick or untick these; by default, the opposite of their common state."""
        if self._taking:
            return
        wanted = set(choices)
        if taken is None:
            taken = not wanted <= self._chosen
        self._chosen = self._chosen | wanted if taken else self._chosen - wanted
        for id in ("#programs", "#facts"):
            self.query_one(id, PreviewLines).tick()
        self._show_counts()

    def _kinds(self, at: int | None, wanted: Callable[[Offer], bool]) -> list[Choice]:
        """Return the facts of a kind, of one program or of all."""
        places = range(len(self.proposal.entries)) if at is None else [at]
        listed = [(place, self.proposal.entries[place].offers) for place in places]
        listed += [(OUTSIDE, self.proposal.head)] if at is None else []
        return [(place, number) for place, offers in listed for number, each in enumerate(offers) if wanted(each)]

    def on_line_list_activated(self, event: LineList.Activated) -> None:
        event.stop()
        self.action_other()

    def _under_cursor(self) -> list[Choice]:
        """Return the fact under the cursor; among the programs, or of a new one, all of the program."""
        at = self._entry()
        if at is None:
            return []
        choices = self._choices_of(at)
        facts = self.query_one("#facts", PreviewLines)
        number = facts.entry if facts.has_focus else None
        if at != OUTSIDE and self.proposal.entries[at].state == "new" and number is not None:
            joins = len(self.proposal.entries[at].parts[1:])
            return [(at, WHOLE - 1 - number if number < joins else WHOLE)]
        if number is None:
            return choices
        return [each for each in choices if each == (at, number)]

    def action_other(self) -> None:
        """Tick or untick the line under the cursor."""
        if choices := self._under_cursor():
            self._choose(choices)

    def action_here(self, theirs: bool) -> None:
        """Take theirs, or keep mine, in the line under the cursor."""
        self._choose(self._under_cursor(), taken=theirs)

    def action_all(self) -> None:
        """Tick everything but conflicts, older guidance and suggestions; if that is ticked already, untick it."""
        self._choose(self.proposal.choices())

    def action_side(self, theirs: bool) -> None:
        """Switch between theirs and mine for every fact of the program that both have."""
        at = self._entry()
        if at == OUTSIDE or (at is not None and self.proposal.entries[at].offers):
            self._choose(self._choices_of(at), taken=theirs)

    def action_every_conflict(self, theirs: bool) -> None:
        """Switch between theirs and mine for every conflict."""
        self._choose(self._kinds(None, lambda each: each.kind == "conflict"), taken=theirs)

    def action_other_side(self) -> None:
        """Move the focus between the programs and the facts of one."""
        programs, facts = self.query_one("#programs", PreviewLines), self.query_one("#facts", PreviewLines)
        self.set_focus(facts if programs.has_focus else programs)

    def action_back(self) -> None:
        """Go back from the facts to the programs, then close."""
        if self.query_one("#facts", PreviewLines).has_focus:
            self.action_other_side()
        else:
            self.dismiss(None)

    def action_take(self) -> None:
        if self._taking:
            return
        if self._prepare is None or len(self._chosen) <= _MANY:
            self.dismiss(frozenset(self._chosen))
            return
        self._taking = True
        self._show_counts()
        self._make_ready(self._prepare, frozenset(self._chosen))

    @work(thread=True, exclusive=True, description="take what is ticked")
    def _make_ready(self, prepare: Callable[[frozenset[Choice]], None], accepted: frozenset[Choice]) -> None:
        worker = get_current_worker()
        prepare(accepted)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._ready, accepted)

    def _ready(self, accepted: frozenset[Choice]) -> None:
        self.once_on_top(lambda: self.dismiss(accepted))


def _group(entry: Entry) -> str:
    """Return the group of an entry: its state, or that of entries that the user has to answer or to tick."""
    if entry.asks is not None:
        return "asked"
    suggested = entry.state == "changed" and entry.offers and all(each.kind == "suggested" for each in entry.offers)
    return "suggested" if suggested else entry.state


def _everything(proposal: Proposal) -> list[Choice]:
    """Return every choice of a proposal."""
    found = [(at, number) for at, entry in enumerate(proposal.entries) for number in entry.choices]
    return [*found, *((OUTSIDE, number) for number in range(len(proposal.head)))]


def _name_of(proposal: Proposal, choice: Choice) -> tuple[str, str]:
    """Name a choice by its program and fact, which an answer does not change."""
    offer = proposal.offer(choice)
    return proposal.entries[choice[0]].key if choice[0] != OUTSIDE else "", offer.path if offer is not None else ""


def _level(entry: Entry) -> str | None:
    """Return the weight of a program's registry changes; None for an entry from elsewhere."""
    refreshed = entry.state == "changed" and all(each.news is not None and each.kind != "suggested" for each in entry.offers)
    return entry.weight if refreshed and entry.offers else None


def _stamps_only(entry: Entry) -> bool:
    """Whether a refresh brings only new time stamps of a program."""
    return _level(entry) == ""


def _warnings(proposal: Proposal) -> dict[int, list[str]]:
    """Return the warnings about incoming programs, by identity; errors keep a program out of the proposal."""
    found: dict[int, list[str]] = {}
    for source in proposal.sources:
        programs = source.read.watchlist.programs
        for each in source.problems:
            if each.level != ERROR and len(each.path) > 2 and isinstance(each.path[1], int) and each.path[1] < len(programs):
                words = f"{each.field}: {each.message}" if each.field else each.message
                found.setdefault(id(programs[each.path[1]]), []).append(words)
    return found


def _lines(runs: Runs, width: int) -> list[DrawnLine]:
    return [DrawnLine(tuple(each)) for each in wrap(runs, width)]
