"""Exchange controller: imports through a preview, and exports; each is one step."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cartwatch.app.controllers.releases import PASTED, Text
from cartwatch.app.screens.paths import Pasted, typed_paths
from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cartwatch.document.document import Document
    from cartwatch.domain.program import Program
    from cartwatch.formats.formats import Format
    from cartwatch.proposals.incoming import Incoming
    from cartwatch.proposals.model import Choice, Proposal
    from cartwatch.session.changes import PlannedChange
    from cartwatch.session.session import Foreseen

    from .commit import Commit
    from .host import Host
    from .releases import ReadText, Releases

__all__ = ["Exchange", "Offered", "Texts", "no_collection"]

_RECENT = 12  # sources that are offered again
_PASTED = 4_000  # characters of a paste that may be paths


@dataclass(frozen=True, slots=True)
class Offered:
    """The proposal read from some sources, made for `document`; `notes` tell of damaged files of cartwatch's own."""

    sources: tuple[str, ...]
    incoming: tuple[Incoming, ...]
    proposal: Proposal
    document: Document
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Texts:
    """The releases read from some sources."""

    sources: tuple[str, ...]
    readings: tuple[ReadText, ...]


_Made = tuple["PlannedChange | None", "Foreseen | None"]


@contextmanager
def no_collection() -> Iterator[None]:
    """Pause garbage collection: a third of the time of a large import went into it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Exchange:
    """Imports lists, tables and registry records, and exports programs."""

    def __init__(self, host: Host, commit: Commit, releases: Releases) -> None:
        self._host = host
        self._commit = commit
        self._releases = releases

    # ---- import

    async def import_from(self, typed: str = "") -> None:
        """Ask for the source of an import; a given `typed` is filled in and read at once."""
        from cartwatch.app.screens.paths import ImportFrom

        async def read(found: Offered | Texts | Pasted | None) -> None:
            if isinstance(found, Offered):
                self._keep_recent(found.sources)
                for note in found.notes:
                    self._host.say(note, warning=True)
                await self._look(found)
            elif isinstance(found, Texts):
                self._keep_recent(found.sources)
                await self._releases.look(found.readings)
            elif isinstance(found, Pasted):
                await (self._releases.paste(found.text) if found.text else self._releases.edit())

        kept = [PASTED] if self._releases.kept else []
        recent = [*kept, *self._host.display_state.recent]
        dialog: ImportFrom[Offered | Texts] = ImportFrom(self._read, recent, typed)
        await self._host.ask(dialog, read)

    @staticmethod
    def pasted(text: str) -> str:
        """Return the sources in pasted text; a file dropped on the terminal arrives as its path."""
        if len(text) > _PASTED:
            return ""
        paths = typed_paths(text.replace("\n", " "))
        return text.strip().replace("\n", " ") if paths and all(map(_importable, paths)) else ""

    def _read(self, sources: Sequence[str]) -> tuple[Offered | Texts | None, list[str]]:
        """Read sources and compare them with the list; runs in a thread and changes nothing."""
        from cartwatch.proposals.incoming import Refused
        from cartwatch.sources.incoming import LooksLikeRelease, read_sources
        from cartwatch.sources.registry.settings import reach

        places = self._host.session.places
        reached = (lambda: reach(places)[0]) if places is not None else None
        pasted = [Text(PASTED, self._releases.kept) for each in sources if each == PASTED]
        files = tuple(each for each in sources if each != PASTED)
        with no_collection():
            incoming, refused = read_sources(files, self._host.now(), reach=reached)
            texts = [Text(each.name, each.data, each.url) for each in refused if isinstance(each, LooksLikeRelease)]
            wrong = [str(each) for each in refused if not isinstance(each, LooksLikeRelease)]
            if (texts or pasted) and incoming:
                wrong.append(f"{(texts or pasted)[0].name} is a release: read it by itself")
            if wrong:
                return None, wrong
            if texts or pasted:
                try:
                    return Texts(tuple(files), tuple(self._releases.readings([*pasted, *texts]))), []
                except Refused as why:
                    return None, [str(why)]
            return self._offered(tuple(sources), tuple(incoming)), []

    def _offered(self, sources: tuple[str, ...], incoming: tuple[Incoming, ...]) -> Offered:
        from cartwatch.proposals.baseline import Agreed
        from cartwatch.sources.incoming import propose_incoming
        from cartwatch.sources.registry.memory import Memory

        opened, places = self._host.session.opened, self._host.session.places
        agreed = Agreed(places, opened.document) if places is not None else None
        memory = Memory(places) if places is not None else None
        notes = (*memory.notes, *filter(None, [agreed.damage])) if memory is not None and agreed is not None else ()
        known = (lambda: agreed) if agreed is not None else None
        proposal = propose_incoming(opened.document, opened.read.watchlist, incoming, known, memory)
        return Offered(sources, incoming, proposal, opened.document, notes)

    def _keep_recent(self, sources: Sequence[str]) -> None:
        known = [os.path.abspath(each) if os.path.exists(each) else each for each in sources]
        rest = [each for each in self._host.display_state.recent if each not in known]
        self._host.display_state.recent = tuple([*known, *rest][:_RECENT])

    async def _look(self, offered: Offered, chosen: Collection[Choice] | None = None) -> None:
        """Open the preview, and accept the ticked entries."""
        from cartwatch.app.screens.preview import Preview

        made: dict[frozenset[Choice], _Made] = {}

        def prepare(accepted: frozenset[Choice]) -> None:
            with no_collection():
                made[accepted] = self._foreseen(offered, accepted)

        async def decided(accepted: frozenset[Choice] | None) -> None:
            if accepted is None:
                self._host.say("Nothing was imported")
            elif self._host.session.document is not offered.document:  # changed elsewhere while the preview was open
                self._host.say("The list was changed meanwhile: check the preview again", warning=True)
                await self._look(self._offered(offered.sources, offered.incoming))
            else:
                self._take(offered, accepted, made.get(accepted))

        names = ", ".join(clean(os.path.basename(each) or each, limit=60) for each in offered.sources[:3])
        more = f" and {len(offered.sources) - 3} more" if len(offered.sources) > 3 else ""
        await self._host.ask(
            Preview(f"Import {names}{more}", offered.proposal, offered.document, self._host.look, chosen, prepare), decided
        )

    def _foreseen(self, offered: Offered, accepted: Collection[Choice]) -> _Made:
        """Compute the list that accepting would give; may run in a thread, changes nothing."""
        from cartwatch.document.edit_types import EditError
        from cartwatch.proposals.accept import accept

        opened = self._host.session.opened
        if opened.document is not offered.document:  # just changed elsewhere: the preview opens again
            return None, None
        planned = accept(opened.document, opened.read.watchlist, offered.proposal, accepted)
        try:
            return planned, self._host.session.foresee(planned) if planned is not None else None
        except EditError:  # applying the planned change raises it again, and reports it
            return planned, None

    def _take(self, offered: Offered, accepted: Collection[Choice], made: _Made | None) -> None:
        from cartwatch.sources.registry.memory import Memory
        from cartwatch.sources.registry.refresh import remember_registry

        planned, foreseen = made if made is not None else self._foreseen(offered, accepted)
        if planned is None:
            self._host.say("Nothing to import: no entry is ticked")
        elif self._commit.attempt(lambda: planned, label="import", foreseen=foreseen) is None:
            return
        else:
            told = f"{planned.words}; undo reverts it"
            self._host.once_drawn(self._host.say, told)  # a message shown now would time out before a large list is drawn
        if self._host.session.places is None or self._host.session.unsaved is not None:
            return
        if any(each.form == "registry" for each in offered.incoming):
            remember_registry(offered.proposal, accepted, Memory(self._host.session.places), self._host.session)
        if made is None:
            self._remember_import(offered, accepted)
        else:
            self._host.in_thread(partial(self._remember_import, offered, accepted), "remember")

    def _remember_import(self, offered: Offered, accepted: Collection[Choice]) -> None:
        """Remember the imported values as the baseline of the next import; a large import is stored in a thread."""
        from cartwatch.proposals.baseline import remember

        assert self._host.session.places is not None
        warning = remember(self._host.session.places, offered.proposal, offered.document, accepted, all_seen=True)
        if warning is not None:
            self._host.later(partial(self._host.say, warning, warning=True))

    # ---- export

    async def export(self) -> None:
        """Ask for the programs, the format and the path of an export; confirm before replacing a file."""
        from cartwatch.app.screens.picker import Choice, Picker

        scopes = self._scopes()

        async def chosen(name: str | None) -> None:
            if name is not None:
                await self._export(*scopes[name])

        if len(scopes) == 1:
            await self._export(*next(iter(scopes.values())))
            return
        choices = [Choice(name, title) for name, (title, _) in scopes.items()]
        await self._host.ask(Picker("Export", choices, hint="which programs"), chosen)

    def _scopes(self) -> dict[str, tuple[str, list[Program]]]:
        """Return the selections to export: marked, shown and all programs, without duplicates."""
        watchlist, marked = self._host.session.watchlist, self._host.marked
        shown = [each for key in self._host.shown if (each := watchlist.get(key)) is not None]
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

        await self._host.ask(Picker(f"Export {title}", choices, hint="in which form", wide=True), chosen)

    async def _write_to(self, title: str, programs: list[Program], form: Format, options: dict[str, str]) -> None:
        from cartwatch.app.screens.paths import SaveTo
        from cartwatch.formats.formats import ExportError, write_export

        session, now = self._host.session, self._host.look.now

        def write(path: str, replace: bool) -> str | None:
            try:
                write_export(path, form.write(session, programs, now, options), force=replace, own=session.places)
            except ExportError as wrong:
                return str(wrong)
            return None

        def written(path: str | None) -> None:
            if path is not None:
                self._host.say(f"{title} written to {path}")

        await self._host.ask(SaveTo(f"Export {title}", self._export_path(form), write, replaces=True), written)

    def _export_path(self, form: Format) -> str:
        """Propose a path in the current directory; where it is read-only beside the list, else in the home directory."""
        stem = os.path.splitext(os.path.basename(self._host.session.path))[0] or "watchlist"
        beside = os.path.dirname(os.path.abspath(self._host.session.path))
        try:
            here = os.getcwd()
        except OSError:  # it was deleted
            here = beside
        folder = next((each for each in (here, beside) if os.access(each, os.W_OK)), os.path.expanduser("~"))
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
