"""Path dialogs: the source of an import, the file to export to, and the input line for a path with its offers."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeVar
from urllib.parse import unquote, urlsplit

from textual import work
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input
from textual.worker import get_current_worker

from cartwatch.app.commands import bindings
from cartwatch.app.screens.dialog import Dialog
from cartwatch.app.widgets.drawn import RunNote
from cartwatch.app.widgets.linelist import DrawnLine, LineList
from cartwatch.domain.text import clean
from cartwatch.views.layout import one_line, width_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

__all__ = ["ImportFrom", "Pasted", "PathLine", "SaveTo", "completions", "is_text", "shortly", "typed_paths"]

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


@dataclass(frozen=True, slots=True)
class Pasted:
    """A text pasted in place of a source; empty: one to be written in the user's editor."""

    text: str


class ImportFrom(Dialog["_Offered | Pasted"]):
    """Dialog that returns the imported sources, or a pasted text.

    `read` runs in a thread and returns a line per refused source. A given `typed` is read at once.
    """

    contexts: ClassVar[tuple[str, ...]] = ("path", "source", "dialog")
    BINDINGS: ClassVar = bindings("source")

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
        yield PathLine(self._typed, recent=self._recent, hint="a file, https://…, NCT04150497, or a pasted text")
        yield RunNote(id="note")

    def on_mount(self) -> None:
        super().on_mount()
        self.size_for(7, others=6)
        self.set_focus(self.query_one(PathLine).line)
        self._say(
            "A list, a table, a registry record or a press release; nothing is taken before you have looked at it.", "quiet"
        )
        if self._typed:
            self.action_path_take()

    def _say(self, text: str, role: str) -> None:
        self.query_one("#note", RunNote).show((f"{clean(text, limit=400)}", role))

    def on_path_line_typed(self, event: PathLine.Typed) -> None:
        event.stop()
        if not self._reading:
            self._say("", "quiet")

    def on_path_line_pasted(self, event: PathLine.Pasted) -> None:
        event.stop()
        if not self._reading:
            self.dismiss(Pasted(event.text))

    def action_editor(self) -> None:
        """Write or paste a long text in the user's editor."""
        if not self._reading:
            self.dismiss(Pasted(""))

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


class _PathInput(Input):
    cursor_blink = reactive(False, init=False)  # nothing on the screen moves unless something changed
    BINDINGS: ClassVar = bindings("path")

    def on_paste(self, event: events.Paste) -> None:
        """Join the lines of a paste: several dropped files arrive as several lines. Lines that are no paths are a text."""
        event.stop()
        event.prevent_default()
        if is_text(event.text):
            self.post_message(PathLine.Pasted(event.text))
            return
        self.insert_text_at_cursor(clean(" ".join(event.text.split("\n")).strip()))


class _Offers(LineList):
    always_show_cursor = True


class PathLine(Vertical):
    """Input for a path; Tab completes it with the first offer below, then with the next.

    `recent` is offered while the line is empty. `lists_only` offers only files that may be lists or releases.
    """

    DEFAULT_CSS = """
    PathLine { height: auto; background: $surface; }
    PathLine #offered { height: 6; background: $surface; }
    """

    class Typed(Message):
        """The text is another one."""

    class Pasted(Message):
        """A text was pasted in place of a path."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, value: str = "", *, recent: Sequence[str] = (), lists_only: bool = True, hint: str = "") -> None:
        super().__init__(id="path")
        self._input = _PathInput(value, placeholder=hint, id="search", select_on_focus=False)
        self._offered = _Offers(id="offered")
        self._offered.can_focus = False
        self._recent = list(recent)
        self._lists_only = lists_only
        self._offers: list[str] = []
        self._taken: int | None = None

    def compose(self) -> ComposeResult:
        yield self._input
        yield self._offered

    def on_mount(self) -> None:
        self._offer()

    @property
    def value(self) -> str:
        return self._input.value

    @property
    def line(self) -> Input:
        """The widget to focus."""
        return self._input

    def _offer(self) -> None:
        typed = self._input.value
        self._taken = None
        self._offers = completions(typed, lists_only=self._lists_only) if typed.strip() else self._recent
        self._offered.show(self._lines, entry=-1, top=True)

    def _lines(self, width: int) -> list[DrawnLine]:
        """Draw the offers, long ones shortened from the left; the cursor is on the taken one."""
        shown = [_end(clean(each, limit=500), width) for each in self._offers]
        roles = ["" if at == self._taken else "quiet" for at in range(len(shown))]
        return [DrawnLine(tuple(one_line([each], width)), at) for at, each in enumerate(zip(shown, roles, strict=True))]

    def complete(self, step: int) -> None:
        """Complete with the next offer, or with the previous one."""
        if not self._offers:
            return
        single = len(self._offers) == 1
        at = (0 if step > 0 else -1) if self._taken is None else self._taken + step
        at %= len(self._offers)
        self._write(self._offers[at])
        if single and self._input.value.endswith(os.sep):  # a single directory: go on inside it
            self._offer()
        else:
            self._taken = at
            self._offered.show(self._lines, entry=at)
        self.post_message(self.Typed())

    def _write(self, path: str) -> None:
        """Write a path into the line without making new offers."""
        with self.prevent(Input.Changed):
            self._input.value = path
        self._input.cursor_position = len(path)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._offer()
        self.post_message(self.Typed())

    def on_line_list_activated(self, event: LineList.Activated) -> None:
        event.stop()

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        """Complete with a clicked offer."""
        event.stop()
        if event.entry is not None and event.entry < len(self._offers) and event.entry != self._taken:
            self._taken = event.entry
            self._write(self._offers[event.entry])
            self.post_message(self.Typed())


def _end(path: str, width: int) -> str:
    """Shorten a path from the left; its end is the telling part."""
    while path and width_of([(path, "")]) > width - 1:
        cut = path.find("/", 1)
        if cut < 0:
            return path
        path = path[cut:]
        if width_of([(path, "")]) <= width - 1:
            return f"…{path}"
    return path


_MOST = 200  # directory entries offered
_IMPORTED = (".toml", ".csv", ".tsv", ".xlsx", ".ods", ".json", ".txt", ".md", ".html", ".htm", ".pdf")


def typed_paths(text: str) -> list[str]:
    """Split a line into paths: one as written, or several as a terminal pastes dropped files, quoted or escaped.

    Addresses stay as they are; a local `file://` address becomes its path, as some terminals paste dropped files that way.
    """
    text = text.strip()
    if not text:
        return []
    if os.path.exists(os.path.expanduser(text)):
        return [os.path.expanduser(text)]
    try:
        words = shlex.split(text, posix=os.name != "nt")
    except ValueError:  # an unclosed quote
        words = [text]
    if len(words) > 1 and not all(_is_one(each) for each in words):
        words = [text]  # a name with spaces in it
    return [_path(each) for each in words]


def is_text(pasted: str) -> bool:
    """Whether a paste is a text of several lines, rather than paths."""
    lines = [each for line in pasted.splitlines() if (each := line.strip())]
    return len(lines) > 1 and not all(len(each) < _PATH and _is_one(each.strip("'\"")) for each in lines[:_MOST])


_PATH = 4_000  # characters of a line that may be a path


def _is_one(word: str) -> bool:
    """Whether a word is a source by itself: an existing file, an address, a registry number."""
    from cartwatch.sources.registry.record import valid_nct  # only needed for several words

    path = _path(word)
    return "://" in path or os.path.exists(path) or valid_nct(path) is not None


def _path(word: str) -> str:
    if word.lower().startswith("file://"):
        address = urlsplit(word)
        if address.netloc in ("", "localhost"):
            return unquote(address.path)
    return os.path.expanduser(word)


def shortly(told: str, paths: Sequence[str]) -> str:
    """Shorten a line that begins with one of some paths to the file's name; the path is on the screen already."""
    for each in paths:
        if told.startswith(each):
            return os.path.basename(each.rstrip("/")) + told.removeprefix(each)
    return told


def completions(typed: str, *, lists_only: bool = True) -> list[str]:
    """Return completions of a typed path; directories end in a separator; `lists_only` leaves out what can't be imported.

    An unreadable directory has none. Hidden entries are offered only after a typed dot.
    """
    start = os.path.expanduser(typed)
    folder, beginning = os.path.split(start)
    try:
        with os.scandir(folder or ".") as entries:
            found = [(each.name, _is_directory(each)) for each in entries]
    except (OSError, ValueError):
        return []
    shown = typed[: len(typed) - len(beginning)] if beginning else typed
    out = [
        f"{shown}{name}{os.sep if directory else ''}"
        for name, directory in sorted(found, key=lambda each: (not each[1], each[0].casefold()))
        if name.casefold().startswith(beginning.casefold())
        and (beginning.startswith(".") or not name.startswith("."))
        and (directory or not lists_only or name.lower().endswith(_IMPORTED))
        and name.isprintable()
    ]
    return out[:_MOST]


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
