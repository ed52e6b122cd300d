"""How large, deep and odd a TOML text may be, and the cheap scan that finds out before it is parsed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "COMMENT",
    "FOREIGN",
    "LONG_STRING",
    "STRING",
    "USER",
    "Breach",
    "Limits",
    "Path",
    "breach_in_bytes",
    "breach_in_values",
    "too_deep",
]

Path = tuple[str | int, ...]

_INTEGER_BITS = 63  # TOML 1.0 promises no more; Python refuses to print what is much longer
_DATA_DEPTH = 200  # tables inside tables, however they are written; keeps every later recursion far from Python's limit


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
    """A limit exceeded: the reason, and the place as a byte offset or as a path of the parsed data."""

    message: str
    offset: int = 0
    path: Path = ()


_BRACKETS = b"[]{}"
_NOT_BRACKETS = bytes(b for b in range(256) if b not in _BRACKETS)
_NOT_DOTS = bytes(b for b in range(256) if b not in b".\n")
_LONG = b"0" * 19
_BEFORE_NUMBER = b"=,[+- \t\r\n"
_DIGITS_ONLY = bytes(0x30 if b in b"0123456789_" else 0x20 for b in range(256))


def breach_in_bytes(raw: bytes, limits: Limits) -> Breach | None:
    """The first limit that the bytes of a file exceed, found in linear time without parsing them."""
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
    """The first value of parsed bytes that the limits do not allow: programs, depth, integer range, inf and nan."""
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
    """Whether tables and lists stay within the depth that later recursions can bear, however they are written."""
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
    """Whether the values must be looked at one by one: only foreign files, and those with long numbers, pay for it."""
    if limits.finite:
        return True
    runs = raw.translate(_DIGITS_ONLY) + b" "
    at = runs.find(_LONG)
    while at >= 0:
        if at == 0 or raw[at - 1] in _BEFORE_NUMBER:  # and not, say, the number of a post in a URL
            return True
        at = runs.find(_LONG, runs.find(b" ", at))
    if not (b"0x" in raw or b"0o" in raw or b"0b" in raw):
        return False
    import re

    return re.search(rb"0[xob][0-9A-Fa-f_]{15}", raw) is not None


def _too_many_programs(count: int, limits: Limits) -> Breach:
    return Breach(f"the file has {count:,} programs; {limits.programs:,} is the limit")


def _values(data: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    waiting: list[tuple[Path, Any]] = [((), data)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if type(value) is dict:
            waiting.extend(((*path, key), child) for key, child in reversed(value.items()))
        elif type(value) is list:
            waiting.extend(((*path, index), value[index]) for index in reversed(range(len(value))))


def _nested(raw: bytes, depth: int) -> bool:
    """Whether brackets may be nested deeper than `depth`: each round peels the innermost pairs off.

    Brackets inside strings count too, so this is a suspicion; tomli's own limit stands behind it.
    """
    left = raw.translate(None, _NOT_BRACKETS)
    for _ in range(depth):
        if not left:
            return False
        left = left.replace(b"[]", b"").replace(b"{}", b"")
    return left.count(b"[") + left.count(b"{") > 0


# A triple quote that is never closed runs to the end, so that no text makes a scan quadratic.
LONG_STRING = (
    r'"""(?:[^"\\]|(?s:\\.)|"(?!""))*+(?:"{3,5}|\Z)'
    r"|'''(?:[^']|'(?!''))*+(?:'{3,5}|\Z)"
)
STRING = r'"(?:[^"\\\n]|\\.)*+"|' + r"'[^'\n]*+'"
COMMENT = r"#[^\n]*+"


def too_deep(raw: bytes, depth: int) -> int | None:
    """The offset of the first bracket that is nested deeper than `depth`, outside strings and comments."""
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
    """The offset of the first dotted key with more parts than `parts`."""
    import re

    part = f"(?:[A-Za-z0-9_-]++|{STRING})"
    key = rf"({part}(?:[ \t]*+\.[ \t]*+{part})*+)"
    for match in re.finditer("|".join((LONG_STRING, COMMENT, key)).encode(), raw):
        if match[1] and match[1].count(b".") >= parts and len(re.findall(part.encode(), match[1])) > parts:
            return match.start()
    return None
