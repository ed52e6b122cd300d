r"""What TOML 1.1 has and TOML 1.0 has not: the parser reads it, other readers of the file may not, so it is refused.

That is inline tables over several lines or with a comma at their end, times without seconds, and the escapes `\e` and `\x`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.document.limits import COMMENT, LONG_STRING, STRING

if TYPE_CHECKING:
    import re

__all__ = ["newer_syntax"]

_SPACE = b" \t"
_WHY = "is TOML 1.1, and other programs could not read the file"


def newer_syntax(text: str, raw: bytes) -> tuple[int, str] | None:
    """The offset of the first thing in a text that TOML 1.0 does not know, and what to write instead; None where all is 1.0.

    `text` is one that the parser reads, `raw` the same in UTF-8. A file without such things costs a few passes in C.
    """
    return _first(text) if _escape(raw) or _open_table(raw) or _comma(raw) or _short_time(raw) else None


def _escape(raw: bytes) -> bool:
    return b"\\e" in raw or b"\\x" in raw


def _open_table(raw: bytes) -> bool:
    """Whether a brace may be open at the end of a line: it is not closed there, or lies more than two deep."""
    import re

    plain = r"""[^{}"'#\n]++|""" + STRING
    inner = r"\{(?:" + plain + r")*+\}"
    return re.search((r"\{(?!(?:" + plain + "|" + inner + r")*+\})").encode(), raw) is not None


def _comma(raw: bytes) -> bool:
    return b"}" in raw and b",}" in raw.translate(None, _SPACE)


def _short_time(raw: bytes) -> bool:
    """Whether hours and minutes without seconds may stand where a value does."""
    import re

    for found in re.finditer(rb":(?<=[0-9]{2}:)(?<!:[0-9]{2}:)[0-9]{2}(?![0-9:])", raw):
        start = found.start() - 2
        before = raw[max(0, start - 40) : start]
        bare = before.rstrip(_SPACE)
        if not bare or bare.endswith((b"=", b",", b"[", b"\n")) or re.search(rb"-[0-9]{2}[Tt ]\Z", before):
            return True
    return False


def _first(text: str) -> tuple[int, str] | None:
    """What is looked for, told from the same characters in strings and comments."""
    import re

    strings = f'{LONG_STRING}|(?!""")(?:{STRING})'.replace(r"\\.", r"\\[^ex]")
    colons = ":(?=[0-9]{2}:)|(?<=:[0-9]{2}):|(?<=[+-][0-9]{2}):"  # of whole times, and of offsets from UTC
    table = rf"""{{(?:[^{{}}"'#\n:,]++|,(?![ \t]*+}})|{strings})*+}}"""  # most of them: told at once that nothing is amiss
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
    """What is looked for in the inline table that begins at `start`, and where that ends."""
    import re

    patterns = (f"(?P<string>{LONG_STRING}|{STRING})", COMMENT, r"(?P<mark>[\[\]{},\n])", r"(?P<word>[^\s=,\[\]{}\"'#]++)")
    open_at: list[tuple[str, int]] = []  # brackets and braces around the place, with their offsets
    comma = -1  # the offset of the one that stands directly before
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
    """The newer escape in the string that begins at `start`."""
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
