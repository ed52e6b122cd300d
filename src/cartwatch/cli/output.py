"""Output of the command line: colour, width, signs, filtering of control characters, and write errors."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing would double the cost of the shortest commands
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TextIO

    from cartwatch.views.lines import Run

__all__ = ["Failure", "Output", "safe", "say", "write", "write_bytes"]

_SGR = {
    "strong": "1",
    "quiet": "2",
    "label": "2",
    "heading": "1",
    "open": "1;32",
    "soon": "33",
    "ahead": "",
    "overdue": "1;31",
    "done": "2",
    "good": "32",
    "bad": "31",
    "unverified": "2",
    "unread": "35",
    "link": "36",
    "accent": "36",
    "grid": "2",
    "ghost": "2",
    "today": "36",
}


class Failure(Exception):
    """A failure: one line of text, and the exit status."""

    def __init__(self, message: str, status: int = 2) -> None:
        super().__init__(message)
        self.status = status


class Output:
    """Collects the output of a command, for the abilities of its receiver.

    `width` is None without a terminal: then nothing is cut; so too if it is `plain`, for a screen reader. Text and messages are
    kept until `flush`, so that a command that fails half-way has written nothing.
    """

    def __init__(self, *, color: bool, width: int | None, ascii: bool, terminal: bool = False, plain: bool = False) -> None:
        self.plain = plain
        self.terminal = terminal
        self.color = color
        self.width = width
        self.ascii = ascii
        self._written: list[str] = []
        self._told: list[str] = []

    @classmethod
    def of_process(cls, *, color: bool = True, plain: bool = False) -> Output:
        """Build the output of this process from its streams and environment; `plain` is for a screen reader."""
        out = sys.stdout
        terminal = out is not None and out.isatty()
        colourless = plain or not color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") in (None, "", "dumb")
        return cls(
            color=terminal and not colourless,
            width=None if plain else _width(terminal),
            ascii=not _has_signs(out),
            terminal=terminal,
            plain=plain,
        )

    def line(self, text: str = "") -> None:
        """Add a line of plain text, cleaned of terminal controls."""
        self._written.append(safe(text) + "\n")

    def runs(self, runs: Iterable[tuple[str, str]], indent: str = "") -> None:
        """Add a line of runs, coloured if enabled, without trailing spaces."""
        painted = self.paint(runs)
        if self.plain:
            painted = painted.replace(" , ", ", ")
        self._written.append(f"{indent}{painted}\n" if painted else "\n")

    def section(self, title: Run) -> None:
        """Start a section: its title, after an empty line if there is text above."""
        if self._written:
            self.line()
        self.runs([title])

    def paint(self, runs: Iterable[tuple[str, str]]) -> str:
        """Convert runs to text with colour codes, without trailing spaces."""
        out, pending = "", ""
        for raw, role in runs:
            text = safe(raw)
            body = text.rstrip(" ")
            if not body:
                pending += text
                continue
            code = _SGR.get(role, "") if self.color else ""
            out += pending + (f"\x1b[{code}m{body}\x1b[0m" if code else body)
            pending = text[len(body) :]
        return out

    def json(self, document: dict[str, object]) -> None:
        """Add a JSON document, indented and never cut."""
        import json

        text = json.dumps(document, ensure_ascii=self.ascii, indent=2)
        self._written.append("".join(_harmless(each) for each in text.splitlines(keepends=True)))
        self._written.append("\n")

    def document(self, pieces: Iterable[bytes]) -> None:
        """Add a whole file: byte for byte for a pipe or file; for a terminal, as lines cleaned of terminal controls."""
        if not self.terminal:
            for each in pieces:
                write_bytes(each)
            return
        for line in b"".join(pieces).decode("utf-8", "replace").splitlines():
            self.line(line)

    def tell(self, text: str) -> None:
        """Add a message line, for stderr."""
        self._told.append(f"cartwatch: {safe(text)}\n")

    def flush(self) -> None:
        """Write everything, messages last. Raises Failure on a write error."""
        text, told = "".join(self._written), "".join(self._told)
        self._written.clear()
        self._told.clear()
        write(text)
        if told:
            _narrate(told)


def write(text: str) -> None:
    """Write text to stdout at once. A closed pipe ends quietly; another error raises Failure with status 1."""
    out = sys.stdout
    if not text:
        return
    if out is None:
        raise Failure("cannot write: standard output is closed", 1)
    _deliver(out, lambda: out.write(_encodable(text, out)))


def write_bytes(data: bytes) -> None:
    """Write a document to stdout byte for byte; errors as in `write`."""
    out = sys.stdout
    if out is None:
        raise Failure("cannot write: standard output is closed", 1)
    _deliver(out, lambda: out.buffer.write(data))


def _deliver(out: TextIO, send: Callable[[], int]) -> None:
    try:
        send()
        out.flush()
    except BrokenPipeError:
        _give_up(out)
    except OSError as error:
        _give_up(out)
        raise Failure(f"cannot write the output: {error.strerror or error}", 1) from None


def say(text: str) -> None:
    """Write one message or error line to stderr; a line end in it, as in a file name, becomes a space."""
    _narrate(f"{safe(text)}\n")


def _narrate(lines: str) -> None:
    """Write lines to stderr; a closed stderr is ignored."""
    err = sys.stderr
    if err is None:
        return
    try:
        err.write(_encodable(lines, err))
        err.flush()
    except OSError:
        _give_up(err)


def _give_up(stream: TextIO) -> None:
    """Discard a stream's buffer, or the interpreter would report it at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


def safe(text: str) -> str:
    """Return one line of text without terminal controls."""
    if text.isascii() and text.isprintable():
        return text
    from cartwatch.domain.text import clean

    return clean(text)


def _harmless(line: str) -> str:
    body = line.rstrip("\n")
    return line if body.isprintable() else safe(body) + line[len(body) :]


def _encodable(text: str, stream: TextIO) -> str:
    encoding = stream.encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def _width(terminal: bool) -> int | None:
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and 0 < int(columns[:6]) < 100_000:
        return int(columns)
    if not terminal:
        return None
    try:
        return os.get_terminal_size(1).columns or 80
    except OSError:
        return 80


def _has_signs(stream: TextIO | None) -> bool:
    try:
        "≤≥·–…°★→".encode((stream.encoding if stream is not None else None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
