"""Concrete syntax of a TOML text: headers, keys and values with their positions, by raw path.

tree-sitter parses it. Offsets are in characters: outside strings and comments TOML is ASCII, so every other character
is handed over as one `?`, which makes bytes and characters the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import tomli

if TYPE_CHECKING:
    from tree_sitter import Node as TreeNode
    from tree_sitter import Parser

    from cartwatch.domain.fields import RawPath

__all__ = ["ArrayItem", "Pair", "Section", "Span", "Syntax", "UnreadableSyntax", "Value", "read_syntax"]

Span = tuple[int, int]

# TOML 1.0 allows spaces after a line-ending backslash and the grammar does not: they are masked without moving anything.
# Other escapes, also in literal strings, are masked with them, to no effect.
_ESCAPE = re.compile(r"\\([^\"'\r\n])")
_LINE_END_ESCAPE = re.compile(r"\\(?=\r?\n)")


@cache
def _parser() -> Parser:
    """Load the parser on the first edit; reading does not need it."""
    from tree_sitter import Language, Parser
    from tree_sitter_toml import language

    return Parser(Language(language()))


class UnreadableSyntax(Exception):
    """The grammar does not support something in a text that is valid TOML."""


@dataclass(slots=True)
class Value:
    """A value: `scalar`, `array` (with items) or `table` (an inline table, with pairs)."""

    kind: str
    start: int
    end: int
    items: list[ArrayItem] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    comments: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class ArrayItem:
    """An item of an array; `comma` is the end of the comma after it, or -1."""

    value: Value
    comma: int = -1


@dataclass(slots=True)
class Pair:
    """`key.key = value`, at top level or in an inline table (there `comma` is the end of the comma after it, or -1)."""

    keys: list[str]
    spans: list[Span]
    value: Value
    comma: int = -1

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.value.end


@dataclass(slots=True)
class Section:
    """A header (or, first of all, the text before any) and the pairs under it. `path` carries list indices."""

    path: RawPath
    spans: list[Span]
    start: int
    end: int
    element: bool
    pairs: list[Pair] = field(default_factory=list)

    @property
    def core_end(self) -> int:
        """The end of the header or of the last value under it, whichever comes later."""
        return self.pairs[-1].end if self.pairs else self.end


class Syntax:
    """All syntax elements of one text, by raw path.

    `values`: pairs by the path of their value, with what holds them; `items`: array items; `tables`: inline tables;
    `headers`: sections by exact path; `dotted`: pairs whose dotted key passes through a path.
    """

    __slots__ = ("dotted", "headers", "items", "keys", "lists", "sections", "spans", "tables", "text", "values")

    def __init__(self, text: str, sections: list[Section]) -> None:
        self.text = text
        self.sections = sections
        self.values: dict[RawPath, tuple[Pair, Section | Value]] = {}
        self.items: dict[RawPath, tuple[Value, int]] = {}
        self.tables: dict[RawPath, Value] = {}
        self.headers: dict[RawPath, Section] = {}
        self.lists: dict[RawPath, list[Section]] = {}
        self.dotted: dict[RawPath, list[tuple[Pair, Section | Value]]] = {}
        self.spans: dict[RawPath, Span] = {}
        self.keys: dict[RawPath, Span] = {}
        for section in sections:
            self._add_section(section)

    def _add_section(self, section: Section) -> None:
        path = section.path
        self.headers[path] = section
        if section.element:
            self.lists.setdefault(path[:-1], []).append(section)
        depth = 0
        for span in section.spans:  # the parts of a header name the tables above it too, unless something else does
            depth += 1
            self.spans.setdefault(path[:depth], span)
            self.keys.setdefault(path[:depth], span)
            if depth < len(path) and isinstance(path[depth], int):
                depth += 1
                self.spans.setdefault(path[:depth], (section.start, section.end))
                self.keys.setdefault(path[:depth], span)
        if path:
            self.spans[path] = (section.start, section.end)
            self.keys[path] = section.spans[-1]
        for pair in section.pairs:
            self._add_pair(path, pair, section)

    def _add_pair(self, above: RawPath, pair: Pair, holder: Section | Value) -> None:
        path = above
        for key, span in zip(pair.keys[:-1], pair.spans[:-1], strict=True):
            path = (*path, key)
            self.dotted.setdefault(path, []).append((pair, holder))
            self.spans.setdefault(path, span)
            self.keys.setdefault(path, span)
        path = (*path, pair.keys[-1])
        self.values[path] = (pair, holder)
        self.keys[path] = pair.spans[-1]
        self._add_value(path, pair.value)

    def _add_value(self, path: RawPath, value: Value) -> None:
        self.spans[path] = (value.start, value.end)
        if value.kind == "array":
            for index, item in enumerate(value.items):
                here = (*path, index)
                self.items[here] = (value, index)
                self.keys[here] = (item.value.start, item.value.end)
                self._add_value(here, item.value)
        elif value.kind == "table":
            self.tables[path] = value
            for pair in value.pairs:
                self._add_pair(path, pair, value)

    def under(self, path: RawPath) -> list[int]:
        """Return the indices in `sections` of the sections at a path or below it."""
        depth = len(path)
        return [place for place, section in enumerate(self.sections) if place and section.path[:depth] == path]

    def present(self, path: RawPath) -> bool:
        """Whether the text defines a value at this path."""
        return not path or path in self.spans or path in self.lists or bool(self.under(path))


@lru_cache(maxsize=8)
def read_syntax(text: str) -> Syntax:
    """Parse the syntax of a valid text. Raises UnreadableSyntax if the grammar does not support it."""
    plain = text.encode("ascii", "replace")
    root = _parser().parse(plain).root_node
    if root.has_error:
        masked = _LINE_END_ESCAPE.sub("?", _ESCAPE.sub("??", text))
        root = _parser().parse(masked.encode("ascii", "replace")).root_node
        if root.has_error:
            raise UnreadableSyntax
    return Syntax(text, _Reading(text).sections(root))


class _Reading:
    """One walk over a tree that converts tree-sitter's nodes to ours."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.counts: dict[RawPath, int] = {}

    def sections(self, root: TreeNode) -> list[Section]:
        top = Section((), [], 0, 0, False)
        out = [top]
        for node in root.children:
            kind = node.type
            if kind == "pair":
                top.pairs.append(self.pair(node))
            elif kind in ("table", "table_array_element"):
                out.append(self.section(node, kind == "table_array_element"))
        return out

    def section(self, node: TreeNode, element: bool) -> Section:
        section = Section((), [], node.start_byte, node.start_byte, element)
        keys: list[str] = []
        for child in node.children:
            kind = child.type
            if kind == "pair":
                section.pairs.append(self.pair(child))
            elif kind.endswith("key"):
                keys, section.spans = self.key(child)
            elif kind in ("]", "]]"):
                section.end = child.end_byte
        section.path = self.resolve(keys, element)
        return section

    def resolve(self, keys: list[str], element: bool) -> RawPath:
        """Return a header's path with the index of the latest item of every list on the way."""
        path: RawPath = ()
        for place, key in enumerate(keys, 1):
            path = (*path, key)
            if element and place == len(keys):
                count = self.counts[path] = self.counts.get(path, 0) + 1
                path = (*path, count - 1)
            elif path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def key(self, node: TreeNode) -> tuple[list[str], list[Span]]:
        kind = node.type
        if kind == "dotted_key":
            keys: list[str] = []
            spans: list[Span] = []
            for child in node.children:
                if child.type != ".":
                    more, places = self.key(child)
                    keys += more
                    spans += places
            return keys, spans
        start, end = node.start_byte, node.end_byte
        source = self.text[start:end]
        if kind != "bare_key":
            escaped = source[0] == '"' and "\\" in source
            source = next(iter(tomli.loads(f"{source} = 0"))) if escaped else source[1:-1]
        return [source], [(start, end)]

    def pair(self, node: TreeNode) -> Pair:
        children = node.children  # key, "=", value, and possibly a trailing comment
        keys, spans = self.key(children[0])
        return Pair(keys, spans, self.value(children[2]))

    def value(self, node: TreeNode) -> Value:
        kind = node.type
        if kind != "array" and kind != "inline_table":
            return Value("scalar", node.start_byte, node.end_byte)
        out = Value("array" if kind == "array" else "table", node.start_byte, node.end_byte)
        last: Any = None
        for child in node.children:
            inner = child.type
            if inner == ",":
                last.comma = child.end_byte
            elif inner == "comment":
                out.comments.append((child.start_byte, child.end_byte))
            elif inner == "pair":
                last = self.pair(child)
                out.pairs.append(last)
            elif child.is_named:
                last = ArrayItem(self.value(child))
                out.items.append(last)
        return out
