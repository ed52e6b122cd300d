"""Writes values, tables and records as TOML 1.0 text in the style of docs/format.md; lines end in \n."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import tomli_w

from cartwatch.document.blocks import LIST
from cartwatch.domain.cites import is_cite
from cartwatch.domain.fields import facts
from cartwatch.domain.program import root
from cartwatch.domain.record_lists import inline_lists

if TYPE_CHECKING:
    from cartwatch.domain.fields import RawPath

__all__ = ["array_text", "document_text", "key_text", "literal", "pair_text", "rank_of", "table_text", "wants_header"]

_WIDTH = 120
_LONGEST_INLINE = 240

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# C1 controls, bidirectional controls and invisible characters: a terminal that shows the file would obey them.
_UNSEEN = re.compile("[\x80-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_NO_LITERAL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f']")


@cache
def _order(program: type) -> tuple[str, ...]:
    """The order in which the tables of a program are written."""
    return tuple(key for key, each in facts(program).items() if each.kind in ("map", "record", "records"))


def key_text(key: str) -> str:
    """Return a key, bare if possible."""
    return key if _BARE.fullmatch(key) else _basic(key)


def literal(value: Any, like: str = "", *, block: bool = False) -> str:
    """Write a value as TOML, in the style of the literal it replaces; `block` allows a multi-line string."""
    if type(value) is str:
        return _string(value, like, block)
    if type(value) is list:
        return "[" + ", ".join(literal(item) for item in value) + "]"
    if type(value) is dict:
        inner = ", ".join(f"{key_text(key)} = {literal(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, dt.datetime):
        text = value.isoformat(" " if like[10:11] == " " else "T")
        return text[:-6] + "Z" if text.endswith("+00:00") and not like.endswith("+00:00") else text
    return tomli_w.dumps({"k": value})[4:-1]


def array_text(key: str, value: list[Any], room: int = _WIDTH) -> str:
    """Write a new list: on one line if it fits, else one item a line; earlier guidance always one item a line."""
    line = literal(value)
    tables = bool(value) and all(type(item) is dict for item in value)
    if (len(line) <= room and not (tables and key in inline_lists() and inline_lists()[key].one_a_line)) or not value:
        return line
    return "[\n" + "".join(f"  {literal(item)},\n" for item in value) + "]"


def pair_text(key_source: str, key: str, value: Any, like: str = "") -> str:
    """Write `key = value` for a line of its own, without the line end."""
    if type(value) is list:
        return f"{key_source} = {array_text(key, value, _WIDTH - len(key_source) - 3)}"
    return f"{key_source} = {literal(value, like, block=True)}"


def wants_header(path: RawPath, value: Any) -> bool:
    """Whether a new value at a raw path is written under its own header, as in docs/format.md."""
    lists = sum(isinstance(step, int) for step in path)
    name = path[-1]
    if "cite" in path[:-1] or (name == "cite" and (type(value) is list or is_cite(value))):
        return False
    if lists > 1 or not isinstance(name, str):
        return False
    if type(value) is dict:
        top = len(path) == 1 or isinstance(path[-2], int)
        return top or len(literal(value)) > _LONGEST_INLINE
    return type(value) is list and bool(value) and all(type(item) is dict for item in value) and name not in inline_lists()


def table_text(path: RawPath, value: dict[str, Any], header: str = "", indent: str = "") -> str:
    """Write a table with everything below it, under its header (given, or made from the path)."""
    element = isinstance(path[-1], int)
    below = {key: item for key, item in value.items() if wants_header((*path, key), item)}
    pairs = [indent + pair_text(key_text(key), key, item) + "\n" for key, item in value.items() if key not in below]
    parts: list[str] = []
    if header or pairs or element or not below:
        parts.append((header or _header(path, element)) + "\n" + "".join(pairs))
    for key in sorted(below, key=rank_of):
        parts += _below((*path, key), below[key])
    return "\n".join(parts)


def document_text(data: dict[str, Any]) -> str:
    """Write a whole file from its data."""
    below = {key: item for key, item in data.items() if key != LIST and wants_header((key,), item)}
    pairs = [pair_text(key_text(key), key, item) + "\n" for key, item in data.items() if key not in (*below, LIST)]
    listed = data.get(LIST)
    records = type(listed) is list and all(type(item) is dict for item in listed) and bool(listed)
    if LIST in data and not records:
        pairs.append(pair_text(LIST, LIST, listed) + "\n")
    parts = ["".join(pairs)] if pairs else []
    for key, item in below.items():
        parts += _below((key,), item)
    if records:
        parts += _below((LIST,), data[LIST])
    return "\n".join(parts)


def _below(path: RawPath, value: Any) -> list[str]:
    if type(value) is list:
        return [table_text((*path, index), item) for index, item in enumerate(value)]
    return [table_text(path, value)]


def rank_of(key: str) -> int:
    """Return the rank of a table of a program in the writing order; the user's own tables come last."""
    order = _order(root())
    return order.index(key) if key in order else len(order)


def _header(path: RawPath, element: bool) -> str:
    keys = ".".join(key_text(step) for step in path if isinstance(step, str))
    return f"[[{keys}]]" if element else f"[{keys}]"


def _basic(value: str) -> str:
    if value.isascii() and value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'  # what tomli-w writes of most texts, in a tenth of the time
    return _escaped(_UNSEEN, tomli_w.dumps({"k": value})[4:-1])


def _escaped(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda found: f"\\u{ord(found[0]):04X}", text)


def _string(value: str, like: str, block: bool) -> str:
    if like.startswith("'") and _UNSEEN.search(value):
        like = ""  # a literal string escapes nothing
    if like.startswith("'''"):
        if "'''" not in value and not value.endswith("'") and not _CONTROL.search(value):
            return "'''" + _opening(value, like) + value + "'''"
    elif like.startswith("'"):
        if not _NO_LITERAL.search(value):
            return f"'{value}'"
    elif like.startswith('"""') or (block and "\n" in value):
        return _block(value, like)
    return _block(value, like) if block and "\n" in value else _basic(value)


def _opening(value: str, like: str) -> str:
    """Return the line end after the opening quotes, which is not part of the value."""
    return "\n" if value.startswith("\n") or like[3:4] in ("\n", "\r") or like[:3] not in ('"""', "'''") else ""


def _block(value: str, like: str) -> str:
    text = value.replace("\\", "\\\\").replace('"""', '""\\"')
    text = _escaped(_UNSEEN, _escaped(_CONTROL, text))
    if text.endswith('"'):
        text = text[:-1] + '\\"'
    return '"""' + _opening(value, like) + text + '"""'
