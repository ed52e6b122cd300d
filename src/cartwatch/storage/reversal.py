"""The way back from a text to the one before it, kept as the one stretch in which they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Patch", "patch_of", "reversal", "reversed_text"]

_READABLE = 2_000  # bytes; a longer stretch is packed


@dataclass(frozen=True, slots=True)
class Patch:
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


def patch_of(table: Mapping[str, Any]) -> Patch:
    """The patch that `as_table` wrote. Raises KeyError, TypeError or ValueError where it is none."""
    if "text" in table:
        text = str(table["text"]).encode()
    else:
        import base64
        import zlib

        try:
            text = zlib.decompress(base64.b64decode(table["packed"]))
        except zlib.error as error:
            raise ValueError(str(error)) from error
    return Patch(int(table["at"]), int(table["length"]), text)


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
    """The patch that leads from `after` back to `before`, in whole lines."""
    start = before.rfind(b"\n", 0, _common(before, after)) + 1
    same = _common_end(before, after, min(len(before), len(after)) - start)
    if same:  # the first newline of the common end closes the last line that differs
        newline = before.find(b"\n", len(before) - same)
        same = len(before) - newline - 1 if newline >= 0 else 0
    return Patch(start, len(after) - same - start, before[start : len(before) - same])


def reversed_text(patch: Patch | None, after: bytes) -> bytes | None:
    """The text before, None where the patch does not fit. Whether it is the right one, only its hash can tell."""
    if patch is None or patch.at < 0 or patch.length < 0 or patch.at + patch.length > len(after):
        return None
    return after[: patch.at] + patch.text + after[patch.at + patch.length :]
