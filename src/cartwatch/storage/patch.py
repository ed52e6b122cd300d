"""Reverse patch: the byte ranges that turn a text back into the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Patch", "Stretch", "patch_of", "reversal", "reversed_text"]

_READABLE = 2_000  # bytes; longer text is compressed
_LINES = 6_000  # bytes of the differing part: comparing more line by line takes too long
_SMALL = 200  # differing bytes, in both texts together, up to which one stretch is short enough
_APART = 3  # lines: changes closer together are one stretch


@dataclass(frozen=True, slots=True)
class Stretch:
    """Replaces `length` bytes from byte `at` by `text`."""

    at: int
    length: int
    text: bytes

    def as_table(self) -> dict[str, Any]:
        """Convert to TOML values; readable if short and UTF-8."""
        table: dict[str, Any] = {"at": self.at, "length": self.length}
        if len(self.text) <= _READABLE:
            try:
                return table | {"text": self.text.decode()}
            except UnicodeDecodeError:
                pass  # then it is compressed
        import base64
        import zlib

        return table | {"packed": base64.b64encode(zlib.compress(self.text)).decode()}


@dataclass(frozen=True, slots=True)
class Patch:
    """Stretches in the order of the text, without overlap."""

    stretches: tuple[Stretch, ...]

    def as_value(self) -> Any:
        """Convert to a TOML value: a table, or a list of them if there are several."""
        tables = [each.as_table() for each in self.stretches]
        return tables[0] if len(tables) == 1 else tables


def patch_of(value: Any) -> Patch:
    """Parse the patch that `as_value` wrote. Raises KeyError, TypeError or ValueError if it is not one."""
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
    """Count the bytes that two texts share at their start; by halving, as comparing slices is fast."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(a: bytes, b: bytes, most: int) -> int:
    """Count the bytes that they share at their end, `most` at most."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def reversal(before: bytes, after: bytes) -> Patch:
    """Build the patch from `after` back to `before`, in whole lines; its size is about that of the change."""
    start = before.rfind(b"\n", 0, _common(before, after)) + 1
    same = _common_end(before, after, min(len(before), len(after)) - start)
    if same:  # the first newline of the common end closes the last line that differs
        newline = before.find(b"\n", len(before) - same)
        same = len(before) - newline - 1 if newline >= 0 else 0
    return Patch(tuple(_within(before[start : len(before) - same], after[start : len(after) - same], start)))


def _within(before: bytes, after: bytes, start: int) -> list[Stretch]:
    """Return the stretches of the differing part, which starts at that byte of both texts."""
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
    """Return the differing lines, as places in the old and the new text; close ones are joined."""
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
    """Return the text before, None if the patch does not fit. Only its hash tells whether it is right."""
    if patch is None:
        return None
    parts, done = [], 0
    for each in patch.stretches:
        if each.at < done or each.length < 0 or each.at + each.length > len(after):
            return None
        parts += [after[done : each.at], each.text]
        done = each.at + each.length
    return b"".join([*parts, after[done:]])
