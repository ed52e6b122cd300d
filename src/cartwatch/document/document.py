"""Document: the text of a file in units, the data of each, and the position of every value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cartwatch.document.blocks import LIST, Unit, cut
from cartwatch.document.text import BOM, SyntaxProblem, read_text, read_values

from .syntax import UnreadableSyntax, read_syntax
from .text import USER

if TYPE_CHECKING:
    from cartwatch.domain.fields import RawPath

    from .text import Limits

__all__ = ["Document", "Position", "SyntaxProblem", "Unit"]


@dataclass(frozen=True, slots=True)
class Position:
    """A range of a file: 1-based lines, 1-based columns in characters, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """An immutable TOML file: text and data, nothing of it lost.

    `head` holds the top-level keys but `program`, `programs` the raw programs in file order; neither may be mutated.
    If `program` is not a list of tables, or is empty, `programs` is empty and `head` holds it too. `whole` says
    that the programs are not in separate blocks, so that the file is one unit.
    """

    bom: bool
    newline: str
    units: tuple[Unit, ...]
    head: dict[str, Any]
    programs: tuple[dict[str, Any], ...]
    whole: bool = False
    _cache: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, raw: bytes, *, limits: Limits = USER) -> Document:
        """Parse the bytes of a file. Raises SyntaxProblem, in one clear line, if they are not valid."""
        text, bom = read_text(raw, limits)
        data, breach = read_values(text, limits)
        document = cls.of(text, data, bom=bom)
        if breach:
            place = document.position(breach.path) if breach.path else Position(1, 1, 1, 1)
            shown = text.split("\n", place.line)[place.line - 1][:400].rstrip("\r")
            raise SyntaxProblem(breach.message, place.line, place.column, shown)
        return document

    @classmethod
    def of(cls, text: str, data: dict[str, Any], *, bom: bool = False, newline: str = "") -> Document:
        """Build the document of a valid text whose data is already known."""
        crlf = text.count("\r\n")
        if not newline or "\n" in text:
            newline = "\r\n" if crlf * 2 > text.count("\n") else "\n"
        units = cut(text, data)
        if units is not None:
            head = {key: value for key, value in data.items() if key != LIST}
            return cls(bom, newline, units, head, tuple(unit.record for unit in units if unit.record is not None))
        listed = data[LIST]
        good = type(listed) is list and bool(listed) and all(type(item) is dict for item in listed)
        head = {key: value for key, value in data.items() if not good or key != LIST}
        return cls(bom, newline, (Unit(text),), head, tuple(listed) if good else (), whole=True)

    @classmethod
    def empty(cls, newline: str = "\n") -> Document:
        """Build an empty document, to be written with the given line ending."""
        return cls(False, newline, (Unit(""),), {}, ())

    @property
    def text(self) -> str:
        return "".join(unit.text for unit in self.units)

    @property
    def raw(self) -> bytes:
        """The bytes of the file, including a byte-order mark."""
        return b"".join([BOM if self.bom else b"", *[unit.raw for unit in self.units]])

    @property
    def data(self) -> dict[str, Any]:
        """The data of the whole file, as one dict."""
        return {**self.head, LIST: list(self.programs)} if self.programs else dict(self.head)

    def position(self, path: RawPath) -> Position:
        """Return the position of the value at a raw path, or of the nearest ancestor present in the file."""
        return self._locate(path, key=False)

    def key_position(self, path: RawPath) -> Position:
        """Return the position of the key at a raw path (of a list item: the item), or of the nearest ancestor."""
        return self._locate(path, key=True)

    def place_of_program(self, index: int) -> int:
        """Return the unit that holds program `index`. Raises IndexError if there is none or the file is one unit."""
        places = self._places()[0]
        if not 0 <= index < len(places):
            raise IndexError(index)
        return places[index]

    def _places(self) -> tuple[list[int], dict[int, int]]:
        """The units that hold a program, and the program index by unit."""
        places: tuple[list[int], dict[int, int]] | None = self._cache.get("places")
        if places is None:
            units = [place for place, unit in enumerate(self.units) if unit.record is not None]
            places = self._cache["places"] = (units, {place: index for index, place in enumerate(units)})
        return places

    def places_of_key(self, key: str) -> list[int]:
        """Return the units that hold a part of the top-level key `key` (not `program`): several if it is split."""
        foreign = [place for place, unit in enumerate(self.units) if unit.record is None]
        if self.whole or len(foreign) == 1:
            return foreign[:1] if key in self.head else []
        return [p for p in foreign if any(path and path[0] == key for path in read_syntax(self.units[p].text).spans)]

    def with_unit(self, place: int, unit: Unit) -> Document:
        """Return the file with new text and data for one unit; each unit still holds the same number of programs."""
        index = self._places()[1][place]
        units, programs = list(self.units), list(self.programs)
        assert unit.record is not None
        units[place], programs[index] = unit, unit.record
        cache = {"places": self._places()}
        return Document(self.bom, self.newline, tuple(units), self.head, tuple(programs), _cache=cache)

    def with_units(self, units: list[Unit], head: dict[str, Any]) -> Document:
        """Return the file with other units, whose data has been proved."""
        programs = tuple(unit.record for unit in units if unit.record is not None)
        return Document(self.bom, self.newline, tuple(units), head, programs)

    def _locate(self, path: RawPath, *, key: bool) -> Position:
        if not path:
            return Position(1, 1, 1, 1)
        place, local = 0, path
        if not self.whole and path[0] == LIST and self.programs:
            index = path[1] if len(path) > 1 and isinstance(path[1], int) else 0
            index = min(max(index, 0), len(self.programs) - 1)
            place = self.place_of_program(index)
            local = (LIST, 0, *path[2:]) if len(path) > 1 else (LIST,)
        elif not self.whole:
            places = self.places_of_key(str(path[0]))
            if len(places) > 1:
                return _locate(self.text, path, key=key)
            place = places[0] if places else 0
        return _locate(self.units[place].text, local, key=key, first_line=self._first_lines()[place])

    def _first_lines(self) -> list[int]:
        lines: list[int] | None = self._cache.get("lines")
        if lines is None:
            lines = [1]
            for unit in self.units:
                lines.append(lines[-1] + unit.text.count("\n"))
            self._cache["lines"] = lines
        return lines


def _locate(text: str, path: RawPath, *, key: bool = False, first_line: int = 1) -> Position:
    """Return the position of the value (or, with `key`, of the key) at a path of a valid text.

    For an absent value it is that of the nearest ancestor in the text; `first_line` is the file's line on which
    the text begins.
    """
    start = end = 0
    try:
        syntax = read_syntax(text)
    except UnreadableSyntax:
        start, end = _first_words(text)
    else:
        spans = syntax.keys if key else syntax.spans
        for depth in range(len(path), 0, -1):
            found = spans.get(path[:depth])
            if found:
                start, end = found
                break
    return Position(*_place(text, start, first_line), *_place(text, end, first_line))


def _first_words(text: str) -> tuple[int, int]:
    """Return the first line that is neither blank nor a comment: the header, in a program's block."""
    start = 0
    for line in text.split("\n"):
        words = line.strip()
        if words and not words.startswith("#"):
            indent = len(line) - len(line.lstrip())
            return start + indent, start + indent + len(words)
        start += len(line) + 1
    return 0, 0


def _place(text: str, offset: int, first_line: int) -> tuple[int, int]:
    return first_line + text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset)
