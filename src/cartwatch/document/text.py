"""Converts the bytes of a file to TOML text and data, with one clear line for every failure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import tomli

from cartwatch.domain.fields import RawPath

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

__all__ = [
    "BOM",
    "COMMENT",
    "FOREIGN",
    "LONG_STRING",
    "STRING",
    "USER",
    "Breach",
    "Limits",
    "SyntaxProblem",
    "breach_in_bytes",
    "breach_in_values",
    "line_and_column",
    "newer_syntax",
    "read_text",
    "read_values",
    "too_deep",
]


_INTEGER_BITS = 63  # TOML 1.0 promises no more; Python refuses to print what is much longer
_DATA_DEPTH = 200  # nested tables; keeps every later recursion far from Python's limit


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file: bytes, bracket depth, parts of a dotted key, programs, brackets, and marks (`= , .`).

    Brackets (`[ {`) and marks bound the number of tables and of values from above, without lexing. `finite` refuses
    inf and nan.
    """

    size: int
    depth: int
    key_parts: int
    programs: int
    brackets: int
    marks: int
    finite: bool


USER = Limits(64_000_000, depth=64, key_parts=64, programs=100_000, brackets=1_200_000, marks=3_000_000, finite=False)
FOREIGN = Limits(5_000_000, depth=32, key_parts=64, programs=10_000, brackets=120_000, marks=300_000, finite=True)


@dataclass(frozen=True, slots=True)
class Breach:
    """An exceeded limit: the reason, and the place as a byte offset or a path of the parsed data."""

    message: str
    offset: int = 0
    path: RawPath = ()


_BRACKETS = b"[]{}"
_NOT_BRACKETS = bytes(b for b in range(256) if b not in _BRACKETS)
_NOT_DOTS = bytes(b for b in range(256) if b not in b".\n")
_LONG = b"0" * 19
_BEFORE_NUMBER = b"=,[+- \t\r\n"
_DIGITS_ONLY = bytes(0x30 if b in b"0123456789_" else 0x20 for b in range(256))


def breach_in_bytes(raw: bytes, limits: Limits) -> Breach | None:
    """Return the first limit that the bytes of a file exceed, in linear time without parsing."""
    if len(raw) > limits.size:
        return Breach(f"the file has {len(raw):,} bytes; {limits.size:,} is the limit")
    programs = raw.count(b"[[program]]")
    if programs > limits.programs:
        return _too_many_programs(programs, limits)
    brackets = raw.count(b"[") + raw.count(b"{")
    if brackets > limits.brackets:
        return Breach(f"the file holds too many tables and lists ({brackets:,} brackets; {limits.brackets:,} is the limit)")
    marks = sum(map(raw.count, (b"=", b",", b".")))
    if marks > limits.marks:
        return Breach(f"the file holds too many values ({marks:,} marks; {limits.marks:,} is the limit)")
    if _nested(raw, limits.depth) and (offset := too_deep(raw, limits.depth)) is not None:
        return Breach(f"brackets are nested more than {limits.depth} deep", offset)
    if b"." * limits.key_parts in raw.translate(None, _NOT_DOTS):
        offset = _long_key(raw, limits.key_parts)
        if offset is not None:
            return Breach(f"a dotted key has more than {limits.key_parts} parts", offset)
    return None


def breach_in_values(data: dict[str, Any], raw: bytes, limits: Limits) -> Breach | None:
    """Return the first parsed value outside the limits: programs, depth, integer range, inf and nan."""
    programs = data.get("program")
    if type(programs) is list and len(programs) > limits.programs:
        return _too_many_programs(len(programs), limits)
    if not _shallow(data):
        return Breach(f"tables are nested more than {_DATA_DEPTH} deep")
    if not _needs_walk(raw, limits):
        return None
    for path, value in _values(data):
        if type(value) is int and not -(1 << _INTEGER_BITS) <= value < 1 << _INTEGER_BITS:
            return Breach("an integer does not fit 64 bits", path=path)
        if limits.finite and type(value) is float and not math.isfinite(value):
            return Breach("a number that is not finite (inf or nan)", path=path)
    return None


def _shallow(data: dict[str, Any]) -> bool:
    """Whether the nesting of tables and lists is safe for later recursion."""
    level: list[Any] = [data]
    for _ in range(_DATA_DEPTH):
        level = [
            child
            for container in level
            for child in (container.values() if type(container) is dict else container)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return True
    return False


def _needs_walk(raw: bytes, limits: Limits) -> bool:
    """Whether the values must be checked one by one; only unusual files, and those with long numbers, need it."""
    if limits.finite:
        return True
    runs = raw.translate(_DIGITS_ONLY) + b" "
    at = runs.find(_LONG)
    while at >= 0:
        if at == 0 or raw[at - 1] in _BEFORE_NUMBER:  # not, for example, the number of a post in a URL
            return True
        at = runs.find(_LONG, runs.find(b" ", at))
    if not (b"0x" in raw or b"0o" in raw or b"0b" in raw):
        return False
    import re

    return re.search(rb"0[xob][0-9A-Fa-f_]{15}", raw) is not None


def _too_many_programs(count: int, limits: Limits) -> Breach:
    return Breach(f"the file has {count:,} programs; {limits.programs:,} is the limit")


def _values(data: dict[str, Any]) -> Iterator[tuple[RawPath, Any]]:
    waiting: list[tuple[RawPath, Any]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if type(value) is dict:
            waiting.extend(((*path, key), child) for key, child in reversed(value.items()))
        elif type(value) is list:
            waiting.extend(((*path, index), value[index]) for index in reversed(range(len(value))))


def _nested(raw: bytes, depth: int) -> bool:
    """Whether brackets may be nested deeper than `depth`: each round removes the innermost pairs.

    Brackets inside strings count too, so this may be a false alarm; tomli has a limit of its own.
    """
    left = raw.translate(None, _NOT_BRACKETS)
    for _ in range(depth):
        if not left:
            return False
        left = left.replace(b"[]", b"").replace(b"{}", b"")
    return left.count(b"[") + left.count(b"{") > 0


# An unclosed triple quote runs to the end, so that no text makes a scan quadratic.
LONG_STRING = (
    r'"""(?:[^"\\]|(?s:\\.)|"(?!""))*+(?:"{3,5}|\Z)'
    r"|'''(?:[^']|'(?!''))*+(?:'{3,5}|\Z)"
)
STRING = r'"(?:[^"\\\n]|\\.)*+"|' + r"'[^'\n]*+'"
COMMENT = r"#[^\n]*+"


def too_deep(raw: bytes, depth: int) -> int | None:
    """Return the offset of the first bracket nested deeper than `depth`, outside strings and comments."""
    import re

    level = 0
    for match in re.finditer("|".join((LONG_STRING, STRING, COMMENT, r"([\[{])|([\]}])")).encode(), raw):
        if match[1]:
            level += 1
            if level > depth:
                return match.start()
        elif match[2]:
            level -= 1
    return None


def _long_key(raw: bytes, parts: int) -> int | None:
    """Return the offset of the first dotted key with more than `parts` parts."""
    import re

    part = f"(?:[A-Za-z0-9_-]++|{STRING})"
    key = rf"({part}(?:[ \t]*+\.[ \t]*+{part})*+)"
    for match in re.finditer("|".join((LONG_STRING, COMMENT, key)).encode(), raw):
        if match[1] and match[1].count(b".") >= parts and len(re.findall(part.encode(), match[1])) > parts:
            return match.start()
    return None


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
    (b"\x7fELF", "an executable, not TOML text"),
)
_SHOWN = 400  # characters of the source line kept with a problem


class SyntaxProblem(Exception):
    """A file that is not valid TOML: the error, its place (1-based, in characters), and the line itself."""

    def __init__(self, message: str, line: int = 1, column: int = 1, source_line: str = "") -> None:
        super().__init__(f"{line}:{column}: {message}")
        self.message = message
        self.line = line
        self.column = column
        self.source_line = source_line


def read_text(raw: bytes, limits: Limits) -> tuple[str, bool]:
    """Return the text of a file and whether it had a UTF-8 byte-order mark.

    Raises SyntaxProblem if it is not UTF-8 text or exceeds the limits.
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
    """Return the data of a TOML text, and the first value in it that exceeds the limits.

    Raises SyntaxProblem if it is not TOML 1.0.
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
    """Return line and column (1-based, in characters; only \n ends a line) of an offset in a text."""
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
    """Return the first and last line of the git conflict in a text, if there is one."""
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
    if offset >= len(source):  # name the last line with text, not the end after it
        offset = len(source.rstrip())
    if message.startswith(("Cannot overwrite", "Cannot declare", "Cannot redefine", "Cannot mutate")):
        # tomli points after the value; the key is more useful
        offset = source.rfind("\n", 0, offset) + 1
        while source.startswith((" ", "\t"), offset):
            offset += 1
        message = "this key or table is given twice"
    elif message == "Illegal character '\\n'" or message == 'Expected "\'"':
        message = "Unterminated string: no closing quote on this line"
    elif message == "Invalid value" or message.startswith("Expected newline"):
        message += " (text needs quotes)"
    return _problem(message, source, offset)


_SPACE = b" \t"
_WHY = "is TOML 1.1, which some applications cannot read"


def newer_syntax(text: str, raw: bytes) -> tuple[int, str] | None:
    """Return the offset of the first TOML 1.1 syntax in a text, and its TOML 1.0 form; None if there is none.

    `text` must parse, `raw` is the same in UTF-8. A file without such syntax costs a few passes in C.
    """
    return _first(text) if _escape(raw) or _open_table(raw) or _comma(raw) or _short_time(raw) else None


def _escape(raw: bytes) -> bool:
    return b"\\e" in raw or b"\\x" in raw


def _open_table(raw: bytes) -> bool:
    """Whether a brace may be open at the end of a line: not closed there, or nested more than two deep."""
    import re

    plain = r"""[^{}"'#\n]++|""" + STRING
    inner = r"\{(?:" + plain + r")*+\}"
    return re.search((r"\{(?!(?:" + plain + "|" + inner + r")*+\})").encode(), raw) is not None


def _comma(raw: bytes) -> bool:
    return b"}" in raw and b",}" in raw.translate(None, _SPACE)


def _short_time(raw: bytes) -> bool:
    """Whether a time without seconds may be in the place of a value."""
    import re

    for found in re.finditer(rb":(?<=[0-9]{2}:)(?<!:[0-9]{2}:)[0-9]{2}(?![0-9:])", raw):
        start = found.start() - 2
        before = raw[max(0, start - 40) : start]
        bare = before.rstrip(_SPACE)
        if not bare or bare.endswith((b"=", b",", b"[", b"\n")) or re.search(rb"-[0-9]{2}[Tt ]\Z", before):
            return True
    return False


def _first(text: str) -> tuple[int, str] | None:
    """Return the first match that is outside strings and comments."""
    import re

    strings = f'{LONG_STRING}|(?!""")(?:{STRING})'.replace(r"\\.", r"\\[^ex]")
    colons = ":(?=[0-9]{2}:)|(?<=:[0-9]{2}):|(?<=[+-][0-9]{2}):"  # of whole times, and of offsets from UTC
    table = rf"""{{(?:[^{{}}"'#\n:,]++|,(?![ \t]*+}})|{strings})*+}}"""  # the common case: nothing is wrong
    plain = re.compile(rf"""(?:[^{{"'#:]++|{table}|{strings}|{COMMENT}|{colons})*+""")
    at = 0
    while (at := plain.match(text, at).end()) < len(text):  # type: ignore[union-attr]  # nothing at all is a match too
        if text[at] == ":":
            return at - 2, _time_words(text[at - 2 : at + 3])
        wrong, at = _in_table(text, at) if text[at] == "{" else (_escaped(text, at), at + 1)
        if wrong is not None:
            return wrong
    return None


def _in_table(text: str, start: int) -> tuple[tuple[int, str] | None, int]:
    """Return the match in the inline table that begins at `start`, and the end of the table."""
    import re

    patterns = (f"(?P<string>{LONG_STRING}|{STRING})", COMMENT, r"(?P<mark>[\[\]{},\n])", r"(?P<word>[^\s=,\[\]{}\"'#]++)")
    open_at: list[tuple[str, int]] = []  # brackets and braces around the place, with their offsets
    comma = -1  # the offset of the one directly before
    for found in re.compile("|".join(patterns)).finditer(text, start):
        kind, at, wrong = found.lastgroup, found.start(), None
        mark = found["mark"]
        if mark == "\n" and open_at[-1][0] == "{":
            wrong = open_at[-1][1], f"an inline table that goes on in the next line {_WHY}: write it on one line"
        elif mark == "}" and comma >= 0:
            wrong = comma, f"a comma at the end of an inline table {_WHY}: leave it out"
        elif kind == "string":
            wrong = _escaped(text, at)
        elif kind == "word":
            wrong = _timed(found)
        if wrong is not None:
            return wrong, at
        if mark and mark in "[{":
            open_at.append((mark, at))
        elif mark and mark in "]}":
            open_at.pop()
            if not open_at:
                return None, found.end()
        if kind is not None and mark != "\n":
            comma = at if mark == "," else -1
    return None, len(text)


def _escaped(text: str, start: int) -> tuple[int, str] | None:
    """Return the TOML 1.1 escape in the string that begins at `start`."""
    import re

    string = re.compile(f"{LONG_STRING}|{STRING}").match(text, start)
    if string is None or text[start] == "'":
        return None
    for found in re.compile(r"(?s)\\(.)(?:(?<=x)([0-9A-Fa-f]{2}))?").finditer(text, start, string.end()):
        if found[1] in "ex":
            code = found[2] or "1B"
            return found.start(), f"the escape {found[0]} {_WHY}: write \\u00{code.upper()}"
    return None


def _timed(word: re.Match[str]) -> tuple[int, str] | None:
    import re

    found = re.search(r"(?:^|[Tt])([0-9]{2}:[0-9]{2})(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?\Z", word[0])
    return (word.start() + found.start(1), _time_words(found[1])) if found else None


def _time_words(time: str) -> str:
    return f"a time without seconds {_WHY}: write {time}:00"
