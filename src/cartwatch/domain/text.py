"""Cleans foreign text for display: every character left has a place on the line and no other effect."""

from __future__ import annotations

__all__ = ["JOINER", "clean"]

REPLACEMENT = "\ufffd"
CIRCLE = "\u25cc"  # the base that Unicode defines for a mark without a letter
JOINER = "\u200d"
MARKS_PER_BASE = 4
JOINS_PER_EMOJI = 3  # the longest in Unicode's own list (a family of four)

# Plain characters: one cell each, no marks, no controls. All other text takes the slow path.
_PLAIN_RANGES = (
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x2FF),
    (0x370, 0x482),
    (0x2010, 0x2027),
    (0x2030, 0x205E),
    (0x20A0, 0x20BF),
    (0x2190, 0x22FF),
    (0x2500, 0x25FF),
)
_plain: frozenset[str] = frozenset()


def clean(text: str, *, lines: bool = False, limit: int | None = None) -> str:
    """Return *text* as it may be shown, on one line or, with *lines*, on as many as it has.

    Line ends and tabs become spaces (with *lines*, line ends stay, as "\\n"). C0 and C1 controls, DEL, invisible
    format characters (Unicode category Cf, the bidirectional controls among them), surrogates and the line and
    paragraph separators become U+FFFD, so that invisible characters cannot deceive. A zero-width joiner stays between
    two emoji. At most four combining marks stay on a base.

    *limit* is the greatest length in characters; a longer text ends in "…", and its rest is not examined.
    Cleaning twice changes nothing more.
    """
    if limit is not None and len(text) > limit:
        if limit < 1:
            return ""
        return clean(text[: limit - 1], lines=lines)[: limit - 1].rstrip(JOINER) + "…"
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\t", " ")
    if not lines:
        return _clean_line(text.replace("\n", " "))
    return "\n".join(map(_clean_line, text.split("\n")))


def _clean_line(line: str) -> str:
    global _plain
    if not _plain:
        _plain = frozenset(chr(code) for first, last in _PLAIN_RANGES for code in range(first, last + 1))
    return line if _plain.issuperset(line) else _clean_slowly(line)


def _clean_slowly(line: str) -> str:
    from unicodedata import category

    out: list[str] = []
    marks = joins = 0
    emoji = joined = False  # the base before is an emoji; a joiner came after it
    for at, char in enumerate(line):
        kind = category(char)
        if kind[0] == "M" or _trailing_jamo(char):
            if not out:
                out.append(CIRCLE)
            marks += 1
            if marks <= MARKS_PER_BASE:
                out.append(char)
        elif char == JOINER and emoji and joins < JOINS_PER_EMOJI and category(line[at + 1 : at + 2] or " ") == "So":
            out.append(char)
            joins += 1
            emoji, joined = False, True
        else:
            skin = "\U0001f3fb" <= char <= "\U0001f3ff"
            joins = joins if joined or (skin and emoji) else 0
            emoji = kind == "So" or (skin and emoji)
            marks, joined = 0, False
            out.append(REPLACEMENT if kind in ("Cc", "Cf", "Cs", "Zl", "Zp") else char)
    return "".join(out)


def _trailing_jamo(char: str) -> bool:
    """Say whether *char* is a Hangul vowel or final that terminals draw into the cell before it."""
    return "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff"
