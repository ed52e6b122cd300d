"""A value that stands alone on its line, found by counting headers: no syntax tree is needed for most edits.

What is found may be wrong, as where a header stands in a block of text: whoever uses it proves what comes of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cartwatch.document.blocks import LIST
from cartwatch.document.writing import literal

if TYPE_CHECKING:
    from cartwatch.document.limits import Path

__all__ = ["on_its_line"]

_HEADER = re.compile(r"(?m)^[ \t]*\[")
_VALUE = r"""("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s"'#\[\]{},]+(?: [0-9:.Zz+-]+)?)(?=[ \t]*(?:#[^\n]*)?\r?$)"""
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def on_its_line(text: str, path: Path, value: Any) -> str | None:
    """The text of one program with another plain value at a path; None where none is found that stands alone on its line."""
    above, key = path[2:-1], path[-1]
    if path[:2] != (LIST, 0) or not isinstance(key, str) or isinstance(value, dict | list):
        return None
    names = [each for each in (*above, key) if isinstance(each, str)]
    if len(above) > 2 or len(names) < len(above) or not all(map(_PLAIN.fullmatch, names)):
        return None
    place = above[1] if len(above) == 2 and isinstance(above[1], int) else 0
    listed = not above or isinstance(above[-1], int)
    start = _end_of_header(text, [LIST, *names[:-1]], place, listed)
    if start is None:
        return None
    following = _HEADER.search(text, start)
    lines = re.compile(rf"(?m)^[ \t]*{key}[ \t]*=[ \t]*{_VALUE}")
    found = list(lines.finditer(text, start, following.start() if following else len(text)))
    if len(found) != 1:
        return None
    new = literal(value, found[0][1], block=True)
    return None if "\n" in new else text[: found[0].start(1)] + new + text[found[0].end(1) :]


def _end_of_header(text: str, names: list[str], place: int, listed: bool) -> int | None:
    """Where the header of a table ends, or that of the place-th table of a list."""
    words = r"[ \t]*\.[ \t]*".join(names)
    opens, closes = (r"\[\[", r"\]\]") if listed else (r"\[", r"\]")
    for number, found in enumerate(re.finditer(rf"(?m)^[ \t]*{opens}[ \t]*{words}[ \t]*{closes}", text)):
        if number == place:
            return found.end()
    return None
