"""What comes into the list from elsewhere and what leaves it: asked for, looked at, and then taken or written in one step."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cartwatch.app.garbage import no_collection
from cartwatch.app.screens.editing import Editing
from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from textual import events

    from cartwatch.document.document import Document
    from cartwatch.domain.program import Program
    from cartwatch.formats.formats import Format
    from cartwatch.proposals.incoming import Incoming
    from cartwatch.proposals.model import Choice, Proposal
    from cartwatch.session.changes import Amendment
    from cartwatch.session.session import Foreseen

__all__ = ["Exchanging", "Offered"]

_RECENT = 12  # sources that are offered again
_PASTED = 4_000  # characters of a paste that may be paths


@dataclass(frozen=True, slots=True)
class Offered:
    """What some sources would bring: `proposal` was made for `document`."""

    sources: tuple[str, ...]
    incoming: tuple[Incoming, ...]
    proposal: Proposal
    document: Document


_Made = tuple["Amendment | None", "Foreseen | None"]


class Exchanging(Editing):
    """A screen with a list that others can be imported into, and that can be exported."""

    # ---- import

    async def action_import_from(self) -> None:
        await self.import_from()

    async def import_from(self, typed: str = "") -> None:
        """Ask what to import from; `typed` stands in the line already, and is read at once."""
        if not self.allowed("import"):
            return
        from cartwatch.app.screens.importfrom import ImportFrom

        async def read(offered: Offered | None) -> None:
            if offered is not None:
                self._keep_recent(offered.sources)
                await self._look(offered)

        await self.app.push_screen(ImportFrom(self._read, self.display_state.recent, typed), read)

    async def on_paste(self, event: events.Paste) -> None:
        """A file dropped on the terminal is pasted as its path."""
        if len(event.text) > _PASTED:
            return
        from cartwatch.app.typedpaths import typed_paths

        paths = typed_paths(event.text.replace("\n", " "))
        if paths and all(map(_importable, paths)):
            event.stop()
            await self.import_from(event.text.strip().replace("\n", " "))

    def _read(self, sources: Sequence[str]) -> tuple[Offered | None, list[str]]:
        """Read sources and compare them with the list; runs off the loop, and changes nothing."""
        from cartwatch.sources.incoming import read_sources
        from cartwatch.sources.registry.settings import reach

        places = self.session.places
        reached = (lambda: reach(places)[0]) if places is not None else None
        with no_collection():
            incoming, refused = read_sources(sources, self._clock(), reach=reached)
            if refused:
                return None, [str(each) for each in refused]
            return self._offered(tuple(sources), tuple(incoming)), []

    def _offered(self, sources: tuple[str, ...], incoming: tuple[Incoming, ...]) -> Offered:
        from cartwatch.proposals.baseline import Agreed
        from cartwatch.sources.incoming import propose_incoming
        from cartwatch.sources.registry.memory import Memory

        opened, places = self.session.opened, self.session.places
        agreed = (lambda: Agreed(places, opened.document)) if places is not None else None
        memory = Memory(places) if places is not None else None
        proposal = propose_incoming(opened.document, opened.read.watchlist, incoming, agreed, memory)
        return Offered(sources, incoming, proposal, opened.document)

    def _keep_recent(self, sources: Sequence[str]) -> None:
        known = [os.path.abspath(each) if os.path.exists(each) else each for each in sources]
        rest = [each for each in self.display_state.recent if each not in known]
        self.display_state.recent = tuple([*known, *rest][:_RECENT])

    async def _look(self, offered: Offered, chosen: Collection[Choice] | None = None) -> None:
        """Show what is offered, and take what is ticked."""
        from cartwatch.app.screens.preview import Preview

        made: dict[frozenset[Choice], _Made] = {}

        def prepare(accepted: frozenset[Choice]) -> None:
            with no_collection():
                made[accepted] = self._foreseen(offered, accepted)

        async def decided(accepted: frozenset[Choice] | None) -> None:
            if accepted is None:
                self.say("nothing was imported")
            elif self.session.document is not offered.document:  # changed from elsewhere while the preview was open
                self.say("the list was changed meanwhile: look again at what is offered", warning=True)
                await self._look(self._offered(offered.sources, offered.incoming))
            else:
                self._take(offered, accepted, made.get(accepted))

        names = ", ".join(clean(os.path.basename(each) or each, limit=60) for each in offered.sources[:3])
        more = f" and {len(offered.sources) - 3} more" if len(offered.sources) > 3 else ""
        await self.app.push_screen(
            Preview(f"Import {names}{more}", offered.proposal, offered.document, self.look, chosen, prepare), decided
        )

    def _foreseen(self, offered: Offered, accepted: Collection[Choice]) -> _Made:
        """What the taking would make of the list; it may run off the loop, and changes nothing."""
        from cartwatch.document.edit_types import EditError
        from cartwatch.proposals.accept import accept

        opened = self.session.opened
        if opened.document is not offered.document:  # changed from elsewhere just now: it will be looked at again
            return None, None
        amendment = accept(opened.document, opened.read.watchlist, offered.proposal, accepted)
        try:
            return amendment, self.session.foresee(amendment) if amendment is not None else None
        except EditError:  # it comes again when the amendment is carried out, and is told then
            return amendment, None

    def _take(self, offered: Offered, accepted: Collection[Choice], made: _Made | None) -> None:
        from cartwatch.sources.registry.memory import Memory
        from cartwatch.sources.registry.refresh import remember_registry

        amendment, foreseen = made if made is not None else self._foreseen(offered, accepted)
        if amendment is None:
            self.say("nothing to import: nothing is ticked")
        elif self.attempt(lambda: amendment, label="import", foreseen=foreseen) is None:
            return
        else:
            told = f"{amendment.words}; undo takes it back"
            self.call_after_refresh(self.say, told)  # its time would be over before a large list is drawn
        if self.session.places is None or self.session.unsaved is not None:
            return
        if any(each.form == "registry" for each in offered.incoming):
            remember_registry(offered.proposal, accepted, Memory(self.session.places), self.session)
        if made is None:
            self._remember_import(offered, accepted)
        else:
            work = partial(self._remember_import, offered, accepted)
            self.run_worker(work, thread=True, group="remember", description="remember an import")  # else it is all written out

    def _remember_import(self, offered: Offered, accepted: Collection[Choice]) -> None:
        """Keep what came in, to compare the next import with; a large one beside the app."""
        from cartwatch.proposals.baseline import remember

        assert self.session.places is not None
        warning = remember(self.session.places, offered.proposal, offered.document, accepted, all_seen=True)
        if warning is not None:
            self.app.call_later(self.say, warning, warning=True)

    # ---- export

    async def action_export(self) -> None:
        """Ask which programs, in which form and where to; no file is replaced without a word."""
        from cartwatch.app.screens.picker import Choice, Picker

        scopes = self._scopes()

        async def chosen(name: str | None) -> None:
            if name is not None:
                await self._export(*scopes[name])

        if len(scopes) == 1:
            await self._export(*next(iter(scopes.values())))
            return
        choices = [Choice(name, title) for name, (title, _) in scopes.items()]
        await self.app.push_screen(Picker("Export", choices, hint="which programs"), chosen)

    def _scopes(self) -> dict[str, tuple[str, list[Program]]]:
        """What can be exported: the marked programs, those shown, all; none of them twice."""
        watchlist, marked = self.session.watchlist, self.marked
        shown = [each for key in self.programs.keys if (each := watchlist.get(key)) is not None]
        scopes: dict[str, tuple[str, list[Program]]] = {}
        if marked:
            programs = [each for each in watchlist.programs if each.key in marked]
            scopes["marked"] = (_count(len(programs), "marked program"), programs)
        if len(shown) < len(watchlist):
            scopes["shown"] = (f"{_count(len(shown), 'program')} shown", shown)
        scopes["all"] = (f"all {_count(len(watchlist), 'program')}", list(watchlist.programs))
        return scopes

    async def _export(self, title: str, programs: list[Program]) -> None:
        from cartwatch.app.screens.picker import Choice, Picker
        from cartwatch.formats.formats import FORMATS

        forms = {}
        for each in FORMATS.values():
            name, values = each.options[0] if each.options else ("", ("",))
            for value in values:
                forms[f"{each.name} {value}".strip()] = (each, {name: value} if name else {})
        choices = [
            Choice(key, f"{form.title}{_OPTION_WORDS.get(key, '')}", form.note, group=form.name)
            for key, (form, _) in forms.items()
        ]

        async def chosen(key: str | None) -> None:
            if key is not None:
                form, options = forms[key]
                await self._write_to(title, programs, form, options)

        await self.app.push_screen(Picker(f"Export {title}", choices, hint="in which form", wide=True), chosen)

    async def _write_to(self, title: str, programs: list[Program], form: Format, options: dict[str, str]) -> None:
        from cartwatch.app.screens.copying import SaveTo
        from cartwatch.formats.files import ExportError, write_export

        session, now = self.session, self.look.now

        def write(path: str, replace: bool) -> str | None:
            try:
                write_export(path, form.write(session, programs, now, options), force=replace)
            except ExportError as wrong:
                return str(wrong)
            return None

        def written(path: str | None) -> None:
            if path is not None:
                self.say(f"{title} written to {path}")

        await self.app.push_screen(SaveTo(f"Export {title}", self._export_path(form), write, replaces=True), written)

    def _export_path(self, form: Format) -> str:
        """A path beside the list, or in the home directory where nothing can be written there."""
        stem = os.path.splitext(os.path.basename(self.session.path))[0] or "watchlist"
        folder = os.path.dirname(os.path.abspath(self.session.path))
        if not os.access(folder, os.W_OK):
            folder = os.path.expanduser("~")
        name = f"{stem}-export.{form.name}" if form.name == "toml" else f"{stem}.{form.name}"
        return os.path.join(folder, name)


_OPTION_WORDS = {
    "csv programs": ", one row per program",
    "csv catalysts": ", one row per catalyst",
    "ics last": ", each window on its last day",
    "ics span": ", each window over all its days",
    "ics edges": ", the first and the last day of each",
}


def _importable(path: str) -> bool:
    return path.startswith("https://") or os.path.isfile(path)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
