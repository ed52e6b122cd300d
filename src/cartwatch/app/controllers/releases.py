"""Releases controller: press releases and other texts, read through the preview; a pasted text is kept until it is taken."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from cartwatch.domain.description import counted
from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen

    from cartwatch.app.editing.drafts import Shelf
    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.proposals.model import Choice, Proposal
    from cartwatch.sources.releases.release import Release

    from .commit import Commit
    from .host import Host

__all__ = ["PASTED", "ReadText", "Releases", "Text"]

PASTED = "the pasted text"
_DRAFT = "/pasted"  # the name of its draft
_UNKNOWN = "unknown"
_LONG = 100_000  # characters of a text that takes a while
_SHOWN = 3  # lines of a pasted text in the question about it


@dataclass(frozen=True, slots=True)
class Text:
    """A text to read: its name, its content, and the address it came from."""

    name: str
    data: bytes | str
    url: str = ""


@dataclass(slots=True)
class ReadText:
    """A text that was read for a list, with the answers to what it leaves open."""

    text: Text
    document: Document
    watchlist: Watchlist
    release: Release
    today: date
    answers: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, text: Text, document: Document, watchlist: Watchlist, today: date, said: date | None = None) -> ReadText:
        """Read a text. Raises Refused."""
        from cartwatch.sources.releases.reading import read_release

        release = read_release(text.data, watchlist, name=text.name, said=said, url=text.url or None)
        return cls(text, document, watchlist, release, today)

    def proposal(self) -> Proposal:
        """Make the proposal, with the day and the origin of the release as its first note."""
        from cartwatch.sources.releases.proposing import propose_release

        found = propose_release(self.document, self.watchlist, self.release, self.today, self.answers)
        said = self.release.said
        day = said.isoformat() if said is not None else "day not known: phrases that count from it are not offered"
        about = " · ".join(each for each in (day, self.release.company, self.release.url) if each)
        return replace(found, notes=(about, *found.notes))

    # What the preview asks for: see `Questions` there.

    def label(self, key: str) -> str:
        """Return the name of a program."""
        program = self.watchlist.get(key)
        return clean(program.label if program is not None else key, limit=60)

    def picker(self) -> Screen[str]:
        """Build the picker of all programs."""
        from cartwatch.app.screens.picker import Choice as Line
        from cartwatch.app.screens.picker import Picker

        lines = [
            Line(each.key, clean(each.label, limit=60), clean(" · ".join(filter(None, (each.name, each.sponsor))), limit=80))
            for each in self.watchlist.programs
        ]
        return Picker("Which program is it about?", lines, hint="type to search", wide=True)

    def answered(self, number: int, key: str) -> Proposal:
        """Make the proposal again with the program of a statement, and of all that name the same."""
        names = self.release.statements[number].names[:1]
        same = (each.number for each in self.release.statements if names and each.default == "ask" and each.names[:1] == names)
        self.answers.update(dict.fromkeys((number, *same), key))
        return self.proposal()


class Releases:
    """Reads texts into facts, each with its sentence, and keeps a pasted text that was not taken yet."""

    def __init__(self, host: Host, commit: Commit, shelf: Shelf) -> None:
        self._host = host
        self._commit = commit
        self._shelf = shelf

    # ---- reading

    def readings(self, texts: Sequence[Text]) -> list[ReadText]:
        """Read texts for the list as it is; may run in a thread. Raises Refused."""
        opened, today = self._host.session.opened, self._host.look.today
        return [ReadText.of(each, opened.document, opened.read.watchlist, today) for each in texts]

    async def look(self, readings: Sequence[ReadText]) -> None:
        """Ask what is open, show each text's facts in a preview, and take what is ticked; one step for each text."""
        if not readings:
            return
        first, rest = readings[0], readings[1:]
        if not first.release.statements and not first.release.refusals:
            self._host.say(f"No fact of a program was found in {clean(os.path.basename(first.text.name), limit=80)}")
            await self.look(rest)
        elif first.release.said is None:
            await self._ask_day(first, rest)
        else:
            await self._preview(first, rest)

    async def _ask_day(self, reading: ReadText, rest: Sequence[ReadText]) -> None:
        """Ask on which day a text was published; phrases such as "this year" count from it."""
        from cartwatch.app.screens.picker import Choice as Line
        from cartwatch.app.screens.picker import Picker
        from cartwatch.domain.dates.parser import read_window

        today = self._host.look.today
        unknown = Line(_UNKNOWN, "Not known", "phrases that count from it are not offered")

        def offer(typed: str) -> list[Line]:
            window = read_window(typed.strip(), today, today) if typed.strip() else None
            if window is None:
                return [unknown, Line(today.isoformat(), "Today", today.isoformat())]
            day = window.start if window.is_day else None
            return [Line(day.isoformat(), day.isoformat(), f"{day:%A}")] if day is not None else [unknown]

        async def chosen(key: str | None) -> None:
            if key is None:
                self._left(reading)
                return
            if key != _UNKNOWN:
                said = date.fromisoformat(key)
                again = ReadText.of(reading.text, reading.document, reading.watchlist, today, said)
                reading.release = again.release
            await self._preview(reading, rest)

        title = f"On which day was it published?  {clean(reading.release.title or reading.text.name, limit=60)}"
        await self._host.ask(Picker(title, offer(""), hint="2026-11-22, or 22 November 2026", wide=True, offer=offer), chosen)

    async def _preview(self, reading: ReadText, rest: Sequence[ReadText], chosen: frozenset[Choice] | None = None) -> None:
        from cartwatch.app.screens.preview import Preview

        proposal = reading.proposal()
        look = self._host.look
        screen = Preview(
            f"Read {clean(_short(reading), limit=80)}", proposal, reading.document, look, chosen, questions=reading
        )

        async def decided(accepted: frozenset[Choice] | None) -> None:
            if accepted is None:
                self._left(reading)
            elif self._host.session.document is not reading.document:  # changed elsewhere while the preview was open
                self._host.say("The list was changed meanwhile: check the preview again", warning=True)
                await self._preview(self._anew(reading), rest)
                return
            else:
                self._take(reading, screen.proposal, accepted)
            await self.look([self._anew(each) for each in rest])

        await self._host.ask(screen, decided)

    def _anew(self, reading: ReadText) -> ReadText:
        """Read a text for the list as it is now, with the answers given so far."""
        opened = self._host.session.opened
        if opened.document is reading.document:
            return reading
        made = ReadText.of(reading.text, opened.document, opened.read.watchlist, reading.today, reading.release.said)
        made.answers = dict(reading.answers)
        return made

    def _take(self, reading: ReadText, proposal: Proposal, accepted: frozenset[Choice]) -> None:
        from cartwatch.proposals.accept import accept

        opened = self._host.session.opened
        planned = accept(opened.document, opened.read.watchlist, proposal, accepted)
        if planned is None:
            self._host.say("Nothing was taken: no fact is ticked")
            return
        if self._commit.attempt(lambda: planned, label="read") is None:
            return
        if reading.text.name == PASTED:
            self._shelf.drop(_DRAFT)
        self._host.once_drawn(self._host.say, f"{planned.words}; {self._host.key_of('undo')} brings back what was")

    def _left(self, reading: ReadText) -> None:
        kept = f"; the text is kept, {self._host.key_of('import')} offers it again" if reading.text.name == PASTED else ""
        self._host.say(f"Nothing was taken{kept}")

    # ---- pasted texts

    @property
    def kept(self) -> str:
        """The pasted text that was not taken yet; empty without one."""
        return self._shelf.text(_DRAFT).get("text", "")

    async def paste(self, text: str) -> None:
        """Offer to read a pasted text; it is kept whatever the answer is, unless it is thrown away."""
        from cartwatch.app.screens.dialogs import choosing

        self.keep(text)
        lines = [each for line in self.kept.splitlines() if (each := line.strip())]
        count = counted(len(lines), "line")
        told = [(clean(each, limit=200), "quiet") for each in lines[:_SHOWN]]
        told += [("…", "quiet")] if len(lines) > _SHOWN else []
        choices = (
            ("read", "Read it", "show the facts it states, each with its sentence; nothing is taken before you say so"),
            ("edit", "Edit it first", "in $EDITOR, for example to paste the rest of a long text"),
            ("keep", "Keep it for later", f"{self._host.key_of('import')} offers it"),
            ("drop", "Throw it away", ""),
        )

        async def chosen(key: str | None) -> None:
            if key == "read":
                await self.read_kept()
            elif key == "edit":
                await self.edit()
            elif key == "drop":
                self._shelf.drop(_DRAFT)
            else:
                self._host.say(f"The pasted text is kept: {self._host.key_of('import')} offers it")

        await self._host.ask(choosing(f"You pasted {count}: a press release?", told, choices), chosen)

    def keep(self, text: str) -> None:
        """Keep a pasted text, also for the next run; a terminal may send its line ends as carriage returns."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._shelf.put_text(_DRAFT, "a pasted text", {"text": text}, {"text": ""})
        self._shelf.flush(_DRAFT, "a pasted text")

    async def read_kept(self) -> None:
        """Read the pasted text that is kept, in a thread: it may be long."""
        from cartwatch.proposals.incoming import Refused

        text = Text(PASTED, self.kept)

        def work() -> None:
            try:
                self._host.later(self.look, self.readings([text]))
            except Refused as wrong:
                self._host.later(partial(self._host.say, str(wrong), warning=True))

        if len(self.kept) > _LONG:
            self._host.say("Reading the pasted text …")
        self._host.in_thread(work, "read the pasted text")

    async def edit(self) -> None:
        """Open the kept text, or an empty one, in the user's editor, and read what comes back; it is kept if that fails."""
        from cartwatch.app.editing.external import NoEditor, editor_command, run_editor
        from cartwatch.storage.errors import StorageError
        from cartwatch.storage.reading import read_file
        from cartwatch.storage.writing import discard, write_whole

        path = os.path.join(self._shelf.directory, f"pasted-{os.urandom(4).hex()}.txt")
        why = ""
        try:
            words = editor_command(os.environ)
            write_whole(path, self.kept.encode("utf-8", "surrogateescape"))
            with self._host.suspended():
                run_editor(words, path)
        except SuspendNotSupported:
            why = "This terminal can't be handed to an editor"
        except (NoEditor, OSError, StorageError) as wrong:
            why = str(wrong)
        with contextlib.suppress(OSError, StorageError):
            text = read_file(path).data.decode("utf-8", "replace").removeprefix("\ufeff")
            discard(path)
            if text.strip():
                self.keep(text)
        if why or not self.kept:
            self._host.say(why or "The text is empty: nothing was read", warning=bool(why))
        else:
            await self.read_kept()


def _short(reading: ReadText) -> str:
    return reading.release.title or os.path.basename(reading.text.name) or reading.text.name
