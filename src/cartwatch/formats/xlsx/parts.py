"""Repacks a workbook from outside: only the parts with cells, unpacked under a limit, and no larger sheet than fits in memory.

Macros, external links, queries and pictures are not handed on. The sizes of a packed file can lie, and a sheet may claim
cells at its far corner or one text a million times: readers reserve room for them.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from itertools import accumulate
from typing import TYPE_CHECKING

from cartwatch.formats.csv import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ODS", "XLSX", "Parts", "parts_of", "repacked"]

XLSX, ODS = "xlsx", "ods"
Parts = dict[str, bytes]

_PARTS = 5_000
_SIZE = 100_000_000  # bytes, unpacked
_AREA = 3_000_000  # cells from the first to the last one
_TEXT = 200_000_000  # bytes of all texts, each as often as it is used
_WANTED = {
    XLSX: re.compile(
        r"\[Content_Types\]\.xml|_rels/\.rels|xl/(workbook|styles|sharedStrings)\.xml"
        r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/[^/]+\.xml",
        re.I,
    ),
    ODS: re.compile(r"mimetype|META-INF/manifest\.xml|content\.xml"),
}

_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*(?<!/)>")
_PLACED = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')
_SOME_PLACE = re.compile(rb"<(?:\w+:)?c\s(?:[^>]*\s)?r\s*=[^>]*(?<!/)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s(?:[^>]*?\s)?r=\"(\d{1,7})\"")
_SHARED = re.compile(rb"\bt\s*=\s*[\"']s[\"'][^>]*>\s*<(?:\w+:)?v[^>]*>\s*(\d{1,9})")
_ITEM = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")

_REPEATED = re.compile(rb'table:number-(columns|rows)-repeated="(\d{1,9})"')
_ODS_TAG = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell)\b([^>]*?)(/?)>")


def parts_of(data: bytes) -> tuple[str, Parts]:
    """Unpack the parts of a workbook that hold cells; return its kind and them. Raises TableError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            listed = packed.infolist()
            kind = _kind({each.filename for each in listed}, packed)
            if len(listed) > _PARTS:
                raise TableError(f"a workbook of {len(listed):,} parts; {_PARTS:,} is the limit")
            wanted = [each for each in listed if _WANTED[kind].fullmatch(each.filename)]
            if sum(each.file_size for each in wanted) > _SIZE:
                raise TableError(f"the workbook has more than {_SIZE:,} bytes when unpacked")
            parts = {each.filename: packed.read(each) for each in wanted}  # reads no more than the stated size
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeDecodeError, ValueError, OSError) as wrong:
        if isinstance(wrong, TableError):
            raise
        raise TableError("a damaged or incomplete workbook: open it and save it again") from None
    except RuntimeError:
        raise TableError(_LOCKED) from None
    if any(b"<!DOCTYPE" in each or b"<!ENTITY" in each for each in parts.values()):
        raise TableError("the workbook declares entities, which no spreadsheet program writes: not read")
    _measure(kind, parts)
    return kind, parts


_LOCKED = "the workbook is locked with a password: save it without one"


def _kind(names: set[str], packed: zipfile.ZipFile) -> str:
    if "xl/workbook.xml" in names:
        return XLSX
    if "mimetype" in names and b"opendocument.spreadsheet" in packed.open("mimetype").read(100):
        if "META-INF/manifest.xml" in names and b"encryption-data" in packed.open("META-INF/manifest.xml").read(1_000_000):
            raise TableError(_LOCKED)
        return ODS
    if "xl/workbook.bin" in names:
        raise TableError("a binary workbook (.xlsb): save it as .xlsx")
    raise TableError("a packed document or archive, not a workbook: import takes .xlsx, .ods, CSV, TOML and JSON")


def repacked(parts: Parts) -> io.BytesIO:
    """Pack some parts again, so that what a reader sees is what was measured."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    out.seek(0)
    return out


def _measure(kind: str, parts: Parts) -> None:
    """Refuse sheets that would fill the memory. Raises TableError."""
    if kind == ODS:
        area, text = _ods_size(parts.get("content.xml", b""))
        if area > _AREA or text > _TEXT:
            raise TableError(_LARGE)
        return
    items = _ITEM.split(parts.get("xl/sharedStrings.xml", b""))
    lengths = [len(each) for each in items]
    for name, part in parts.items():
        if not name.startswith("xl/worksheets/"):
            continue
        if _area(part) > _AREA:
            raise TableError(_LARGE)
        used = (lengths[at] if at < len(lengths) else 0 for at in map(int, _SHARED.findall(part)))
        if sum(used) > _TEXT:
            raise TableError(_LARGE)


_LARGE = f"a sheet reaches over more than {_AREA:,} cells, or repeats long texts: delete what is empty and save it again"


def _area(part: bytes) -> int:
    """Count the cells from A1 to the last row and column that hold something."""
    placed = _PLACED.findall(part)
    if len(placed) != len(_SOME_PLACE.findall(part)):
        raise TableError("cells stand at places that cannot be read: open the workbook and save it again")
    count = len(_CELL.findall(part))
    rows = max((int(row) for _, row in placed), default=0)
    columns = max(map(_number, {column for column, _ in placed}), default=0)
    if count > len(placed):  # cells without a place stand after those before them
        rows = max(rows, *map(int, _ROW.findall(part)), count)
        columns = max(columns, max((len(_CELL.findall(each)) for each in part.split(b"</row>")), default=0))
    return rows * columns


def _number(column: bytes) -> int:
    """Return the number of a column by its letters, A is 1."""
    return list(accumulate(column, lambda sofar, letter: sofar * 26 + letter - 64, initial=0))[-1]


def _ods_size(part: bytes) -> tuple[int, int]:
    """Count the cells of all rows with content, and the bytes of their texts, both with their repetitions."""
    if part.count(b"-repeated") != len(_REPEATED.findall(part)):
        raise TableError("cells are repeated in a way that cannot be read: open the workbook and save it again")
    area, text, widest, rows = 0, 0, 0, 0
    for repeats, width, size in _ods_rows(part):
        text += repeats * size
        rows += repeats if width else 0
        widest = max(widest, width)
    area = max(area, rows * widest)
    return area, text


def _ods_rows(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield of each row its repetitions, its cells up to the last with content, and the bytes of their texts."""
    repeats, at, width, size, opened, inside = 1, 0, 0, 0, 0, 0
    for tag in _ODS_TAG.finditer(part):
        closing, kind, attributes, empty = tag.groups()
        given = {each: int(count) for each, count in _REPEATED.findall(attributes)}
        if kind == b"table-row":
            if closing or empty:
                yield repeats, width, size
            repeats, at, width, size = given.get(b"rows", 1), 0, 0, 0
        elif closing:
            size += inside * (tag.start() - opened)
        else:
            inside = given.get(b"columns", 1)
            at += inside
            if not empty or b"office:value" in attributes:
                width, opened = at, tag.end()
