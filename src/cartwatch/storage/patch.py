"""The way back from a text to the one before it: the stretches in which they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Patch", "Stretch", "patch_of", "reversal", "reversed_text"]

_READABLE = 2_000  # bytes; a longer stretch is packed
_LINES = 6_000  # of the part that differs: comparing more line by line takes too long
_SMALL = 200  # bytes that differ, in both texts together: one stretch is short enough
_APART = 3  # lines: what stands closer together is one stretch


@dataclass(frozen=True, slots=True)
class Stretch:
    """Put `text` in the place of `length` bytes that start `at` a byte."""

    at: int
    length: int
    text: bytes

    def as_table(self) -> dict[str, Any]:
        """As TOML values; readable where that is short and UTF-8."""
        table: dict[str, Any] = {"at": self.at, "length": self.length}
        if len(self.text) <= _READABLE:
            try:
                return table | {"text": self.text.decode()}
            except UnicodeDecodeError:
                pass  # packed, then
        import base64
        import zlib

        return table | {"packed": base64.b64encode(zlib.compress(self.text)).decode()}


@dataclass(frozen=True, slots=True)
class Patch:
    """Stretches in the order in which they stand in the text, none within another."""

    stretches: tuple[Stretch, ...]

    def as_value(self) -> Any:
        """As a TOML value: a table, or a list of them where there is more than one."""
        tables = [each.as_table() for each in self.stretches]
        return tables[0] if len(tables) == 1 else tables


def patch_of(value: Any) -> Patch:
    """The patch that `as_value` wrote. Raises KeyError, TypeError or ValueError where it is none."""
    return Patch(tuple(_stretch(each) for each in (value if isinstance(value, list) else [value])))


def _stretch(table: Mapping[str, Any]) -> Stretch:
    if "text" in table:
        text = str(table["text"]).encode()
    else:
        import base64
        import zlib

        try:
            text = zlib.decompress(base64.b64decode(table["packed"]))
        except zlib.error as error:
            raise ValueError(str(error)) from error
    return Stretch(int(table["at"]), int(table["length"]), text)


def _common(a: bytes, b: bytes) -> int:
    """How many bytes two texts have in common at their start; by halving, as comparing slices is what is fast."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(a: bytes, b: bytes, most: int) -> int:
    """The same at their end, `most` bytes at the most."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def reversal(before: bytes, after: bytes) -> Patch:
    """The patch that leads from `after` back to `before`, in whole lines: it costs about what has changed."""
    start = before.rfind(b"\n", 0, _common(before, after)) + 1
    same = _common_end(before, after, min(len(before), len(after)) - start)
    if same:  # the first newline of the common end closes the last line that differs
        newline = before.find(b"\n", len(before) - same)
        same = len(before) - newline - 1 if newline >= 0 else 0
    return Patch(tuple(_within(before[start : len(before) - same], after[start : len(after) - same], start)))


def _within(before: bytes, after: bytes, start: int) -> list[Stretch]:
    """The stretches of the part that differs, which starts at that byte of both texts."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if len(before) + len(after) <= _SMALL or len(old) + len(new) > _LINES or min(len(old), len(new)) < 2 * _APART:
        return [Stretch(start, len(after), before)]
    ends = [0]
    for line in new:
        ends.append(ends[-1] + len(line))
    return [
        Stretch(start + ends[new_from], ends[new_to] - ends[new_from], b"".join(old[old_from:old_to]))
        for old_from, old_to, new_from, new_to in _joined(old, new)
    ]


def _joined(old: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, int, int, int]]:
    """The lines that differ, as places in the old and in the new; what stands close together as one."""
    from difflib import SequenceMatcher

    found: list[tuple[int, int, int, int]] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            continue
        if found and old_from - found[-1][1] < _APART:
            found[-1] = (found[-1][0], old_to, found[-1][2], new_to)
        else:
            found.append((old_from, old_to, new_from, new_to))
    return found


def reversed_text(patch: Patch | None, after: bytes) -> bytes | None:
    """The text before, None where the patch does not fit. Whether it is the right one, only its hash can tell."""
    if patch is None:
        return None
    parts, done = [], 0
    for each in patch.stretches:
        if each.at < done or each.length < 0 or each.at + each.length > len(after):
            return None
        parts += [after[done : each.at], each.text]
        done = each.at + each.length
    return b"".join([*parts, after[done:]])
