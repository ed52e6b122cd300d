"""Bytes of a file to TOML text and its data, with one clear line for every way that can fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomli

from cartwatch.document.limits import Breach, breach_in_bytes, breach_in_values, too_deep
from cartwatch.document.newer import newer_syntax

if TYPE_CHECKING:
    from cartwatch.document.limits import Limits

__all__ = ["BOM", "SyntaxProblem", "line_and_column", "read_text", "read_values"]

BOM = b"\xef\xbb\xbf"

_FOREIGN_KINDS = (
    (b"\xff\xfe\x00\x00", "UTF-32 text: save it as UTF-8"),
    (b"\x00\x00\xfe\xff", "UTF-32 text: save it as UTF-8"),
    (b"\xff\xfe", "UTF-16 text: save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text: save it as UTF-8"),
    (b"\x1f\x8b", "a gzip file, not TOML text: unpack it first"),
    (b"PK\x03\x04", "a zip file, not TOML text: unpack it first"),
    (b"BZh", "a bzip2 file, not TOML text: unpack it first"),
    (b"\xfd7zXZ", "an xz file, not TOML text: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file, not TOML text: unpack it first"),
    (b"%PDF-", "a PDF file, not TOML text"),
    (b"\x89PNG", "an image, not TOML text"),
    (b"SQLite format 3\x00", "an SQLite database, not TOML text"),
    (b"\x7fELF", "a program, not TOML text"),
)
_SHOWN = 400  # characters of the offending line that travel with a problem


class SyntaxProblem(Exception):
    """A file that cannot be read as TOML: what is wrong, where (1-based, in characters), and the line itself."""

    def __init__(self, message: str, line: int = 1, column: int = 1, source_line: str = "") -> None:
        super().__init__(f"{line}:{column}: {message}")
        self.message = message
        self.line = line
        self.column = column
        self.source_line = source_line


def read_text(raw: bytes, limits: Limits) -> tuple[str, bool]:
    """The text of a file and whether a UTF-8 byte-order mark stood before it.

    Raises SyntaxProblem for what is not UTF-8 text or exceeds the limits.
    """
    if len(raw) > limits.size and (breach := breach_in_bytes(raw, limits)):
        raise SyntaxProblem(breach.message)
    bom = raw.startswith(BOM)
    body = raw[3:] if bom else raw
    _refuse_binary(body)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        place = body[: error.start].decode()
        line, column = line_and_column(place, len(place))
        shown = body.split(b"\n", line)[line - 1].decode(errors="replace").rstrip("\r")[:_SHOWN]
        message = f"not UTF-8 text: byte 0x{body[error.start]:02X} ({error.reason}); save the file as UTF-8"
        raise SyntaxProblem(message, line, column, shown) from None
    if breach := breach_in_bytes(body, limits):
        raise _problem(breach.message, text, len(body[: breach.offset].decode(errors="ignore")))
    return text, bom


def read_values(text: str, limits: Limits) -> tuple[dict[str, Any], Breach | None]:
    """The data of a TOML text, and the first value in it that exceeds the limits.

    Raises SyntaxProblem for what is not TOML 1.0.
    """
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise _conflict(text) or _syntax(error, text) from None
    except ValueError:
        import re

        digits = re.search(r"[0-9][0-9_]{4000,}", text)
        raise _problem("an integer does not fit 64 bits", text, digits.start() if digits else 0) from None
    except RecursionError:
        offset = too_deep(text.encode("ascii", "replace"), limits.depth)
        raise _problem("brackets or keys are nested too deep", text, offset or 0) from None
    except MemoryError:
        raise SyntaxProblem("the file is too large to hold in memory") from None
    raw = text.encode()
    if newer := newer_syntax(text, raw):
        raise _problem(newer[1], text, newer[0])
    return data, breach_in_values(data, raw, limits)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column (1-based, in characters; only \\n ends a line) of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _refuse_binary(body: bytes) -> None:
    for magic, kind in _FOREIGN_KINDS:
        if body.startswith(magic):
            raise SyntaxProblem(kind)
    nul = body.find(b"\0")
    if nul < 0:
        return
    if not body.strip(b"\0"):
        raise SyntaxProblem(f"the file holds nothing but {len(body):,} zero bytes (a crash or a full disk leaves such files)")
    before = body[:nul].decode(errors="replace")
    line, column = line_and_column(before, len(before))
    shown = before[before.rfind("\n") + 1 :][:_SHOWN]
    if not body[nul:].strip(b"\0") and len(body) - nul > 1:
        raise SyntaxProblem("the file is filled with zero bytes from here on", line, column, shown)
    start = body[:400]
    half = len(start) // 4
    if start[1::2].count(0) > half or start[::2].count(0) > half:
        raise SyntaxProblem("UTF-16 text: save it as UTF-8")
    raise SyntaxProblem("a zero byte in the text", line, column, shown)


def _problem(message: str, text: str, offset: int) -> SyntaxProblem:
    line, column = line_and_column(text, offset)
    start = offset - column + 1
    end = text.find("\n", start)
    shown = text[start : end if end >= 0 else None][:_SHOWN].rstrip("\r")
    return SyntaxProblem(message, line, column, shown)


def _conflict(text: str) -> SyntaxProblem | None:
    """The git conflict that the text holds, if it holds one: its first and last line."""
    import re

    starts = list(re.finditer(r"^<<<<<<<(?: [^\n]*|\r?)$", text, re.MULTILINE))
    end = starts and re.compile(r"^>>>>>>>(?: [^\n]*|\r?)$", re.MULTILINE).search(text, starts[0].end())
    if not end:
        return None
    first, _ = line_and_column(text, starts[0].start())
    last, _ = line_and_column(text, end.start())
    others = f" (and {len(starts) - 1} more)" if len(starts) > 1 else ""
    message = f"git merge conflict in lines {first}–{last}{others}: resolve it, then open the file again"
    return _problem(message, text, starts[0].start())


def _syntax(error: tomli.TOMLDecodeError, text: str) -> SyntaxProblem:
    message, source, offset = error.msg, error.doc, error.pos
    if offset >= len(source):  # name the last line that has something on it, not the void after it
        offset = len(source.rstrip())
    if message.startswith(("Cannot overwrite", "Cannot declare", "Cannot redefine", "Cannot mutate")):
        # tomli points behind the value; the key is where the eye must go
        offset = source.rfind("\n", 0, offset) + 1
        while source.startswith((" ", "\t"), offset):
            offset += 1
        message = "this key or table is given twice"
    elif message == "Illegal character '\\n'" or message == 'Expected "\'"':
        message = "Unterminated string: no closing quote on this line"
    elif message == "Invalid value" or message.startswith("Expected newline"):
        message += " (text needs quotes)"
    return _problem(message, source, offset)
