"""Path dialogs: the source of an import, and the file to export to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import work
from textual.worker import get_current_worker

from cartwatch.app.screens.dialog import Dialog
from cartwatch.app.typedpaths import shortly, typed_paths
from cartwatch.app.widgets.drawn import RunNote
from cartwatch.app.widgets.pathline import PathLine
from cartwatch.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

__all__ = ["ImportFrom", "SaveTo"]

_Offered = TypeVar("_Offered")


class SaveTo(Dialog[str]):
    """Dialog that passes a path to `write`, in a thread; returns the path once the file is written.

    `write` returns the reason if it failed; its second argument says whether an existing file may be replaced: never without
    `replaces`, else once the user has confirmed it.
    """

    contexts: ClassVar[tuple[str, ...]] = ("path", "dialog")

    def __init__(self, title: str, suggested: str, write: Callable[[str, bool], str | None], *, replaces: bool = False) -> None:
        super().__init__(title)
        self._suggested = suggested
        self._write = write
        self._replaces = replaces
        self._warned: str | None = None  # the path for which the user was told that it exists
        self._writing = False

    def body(self) -> ComposeResult:
        yield PathLine(self._suggested, lists_only=False)
        yield RunNote(id="note")

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(7, others=6)
        self.set_focus(self.query_one(PathLine).line)
        rule = "is replaced only if you say so" if self._replaces else "is never overwritten"
        self._say(f"An existing file {rule}.", "quiet")

    def _say(self, text: str, role: str) -> None:
        self.query_one("#note", RunNote).show((f"{clean(text, limit=300)}", role))

    def on_path_line_typed(self, event: PathLine.Typed) -> None:
        event.stop()
        self._say("", "quiet")

    def action_path_complete(self, step: int) -> None:
        self.query_one(PathLine).complete(step)

    def action_path_take(self) -> None:
        path = os.path.expanduser(self.query_one(PathLine).value.strip())
        if not path or self._writing:
            return
        replace = self._replaces and self._warned == path
        if self._replaces and not replace and os.path.isfile(path):
            self._warned = path
            self._say(f"There is already a file of that name: {self.key_of('path_take')} again replaces it.", "soon")
            return
        self._writing = True
        self._say(f"writing {path} …", "soon")
        self._put(path, replace)

    @work(thread=True, exclusive=True)
    def _put(self, path: str, replace: bool) -> None:
        worker = get_current_worker()
        why = self._write(path, replace)
        if not worker.is_cancelled:
            self.app.call_from_thread(self.once_on_top, lambda: self._written(path, why))

    def _written(self, path: str, why: str | None) -> None:
        self._writing = False
        if why is None:
            self.dismiss(path)
        else:
            self._say(shortly(why, [path]), "bad")


class ImportFrom(Dialog[_Offered]):
    """Dialog that returns the imported sources. `read` runs in a thread and returns a line per refused source.

    A given `typed` is read at once.
    """

    contexts: ClassVar[tuple[str, ...]] = ("path", "dialog")

    def __init__(
        self,
        read: Callable[[Sequence[str]], tuple[_Offered | None, Sequence[str]]],
        recent: Sequence[str] = (),
        typed: str = "",
    ) -> None:
        super().__init__("Import")
        self._read = read
        self._recent = recent
        self._typed = typed
        self._reading = False
        self._sources: list[str] = []

    def body(self) -> ComposeResult:
        yield PathLine(self._typed, recent=self._recent, hint="a file, https://…, or NCT04150497")
        yield RunNote(id="note")

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(7, others=6)
        self.set_focus(self.query_one(PathLine).line)
        self._say("A list, a table or a saved registry record; nothing is taken before you have looked at it.", "quiet")
        if self._typed:
            self.action_path_take()

    def _say(self, text: str, role: str) -> None:
        self.query_one("#note", RunNote).show((f"{clean(text, limit=400)}", role))

    def on_path_line_typed(self, event: PathLine.Typed) -> None:
        event.stop()
        if not self._reading:
            self._say("", "quiet")

    def action_path_complete(self, step: int) -> None:
        self.query_one(PathLine).complete(step)

    def action_path_take(self) -> None:
        line = self.query_one(PathLine)
        sources = typed_paths(line.value)
        if not sources or self._reading:
            return
        self._reading = True
        self._sources = sources
        self._say(f"reading {', '.join(sources)} …", "soon")
        self._load(sources)

    @work(thread=True, exclusive=True)
    def _load(self, sources: list[str]) -> None:
        worker = get_current_worker()
        offered, refused = self._read(sources)
        if not worker.is_cancelled:
            self.app.call_from_thread(self.once_on_top, lambda: self._came(offered, refused))

    def _came(self, offered: _Offered | None, refused: Sequence[str]) -> None:
        self._reading = False
        if offered is None:  # several files are imported all or none
            more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
            self._say(f"{shortly(refused[0], self._sources)}{more}", "bad")
        else:
            self.dismiss(offered)
