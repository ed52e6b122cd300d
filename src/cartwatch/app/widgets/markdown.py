"""Renders the Markdown of notes as runs: headings, lists, quotes, code, emphasis; no links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

__all__ = ["Block", "rendered"]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, heading or line of code; `hang`: indent of its further lines; `space`: empty line above."""

    runs: tuple[tuple[str, str], ...]
    indent: int = 0
    hang: int = 0
    space: bool = False


@cache
def _inline() -> re.Pattern[str]:
    # Bounded repetition: hostile text must not make the search slow.
    return re.compile(
        r"`([^`\n]{1,500})`"
        r"|\*\*(\S(?:[^*\n]{0,500}\S)?)\*\*"
        r"|__(\S(?:[^_\n]{0,500}\S)?)__"
        r"|(?<![\w*])\*(\S(?:[^*\n]{0,500}\S)?)\*(?![\w*])"
        r"|(?<![\w_])_(\S(?:[^_\n]{0,500}\S)?)_(?![\w_])"
        r"|(?<!!)\[([^\[\]\n]{1,300})\]\((https?://[^\s()]{1,1000})\)"
        r"|(https?://[^\s<>()\[\]]{1,1000})"
    )


_ROLES = ("code", "strong", "strong", "emphasis", "emphasis")


@cache
def _starts() -> re.Pattern[str]:
    return re.compile(r"(?P<in> {0,12})(?:(?P<head>#{1,6}) |(?P<bullet>[-*+]) |(?P<number>\d{1,4}[.)]) |(?P<quote>> ?))?")


def rendered(text: str) -> list[Block]:
    """Parse a text into blocks; text that is not Markdown is kept as written."""
    blocks: list[Block] = []
    paragraph: list[str] = []
    space = fenced = False

    def flush() -> None:
        nonlocal space
        if paragraph:
            blocks.append(Block(_spans(" ".join(paragraph)), space=space))
            paragraph.clear()
            space = False

    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            flush()
            fenced = not fenced
            continue
        if fenced:
            blocks.append(Block(((line or " ", "code"),), indent=1, space=space))
            space = False
            continue
        if not line.strip():
            flush()
            space = bool(blocks)
            continue
        if set(line.strip()) <= {"-"} and len(line.strip()) >= 3:
            flush()
            blocks.append(Block((("───", "quiet"),), space=space))
            space = False
            continue
        found = _starts().match(line)
        assert found is not None
        marker = found["head"] or found["bullet"] or found["number"] or found["quote"]
        if not marker:
            paragraph.append(line.strip() if not line.endswith("  ") else line.strip() + "\n")
            continue
        flush()
        blocks.append(_marked(found, line[found.end() :], space))
        space = False
    flush()
    return blocks or [Block((("", ""),))]


def _marked(found: re.Match[str], rest: str, space: bool) -> Block:
    if found["head"]:
        return Block(tuple((text, role or "heading") for text, role in _spans(rest.strip(" #"))), space=True)
    if found["quote"]:
        return Block((("│ ", "quiet"), *_spans(rest)), hang=2, space=space)
    sign = "• " if found["bullet"] else f"{found['number']} "
    return Block(((sign, "quiet"), *_spans(rest)), indent=len(found["in"]) // 2, hang=len(sign), space=space)


def _spans(text: str) -> tuple[tuple[str, str], ...]:
    out: list[tuple[str, str]] = []
    at = 0
    for found in _inline().finditer(text):
        if found.start() > at:
            out.append((text[at : found.start()], ""))
        at = found.end()
        if found[6] is not None:
            out += [(found[6], "link"), (f" ({found[7]})", "quiet")]
        elif found[8] is not None:
            out.append((found[8], "link"))
        else:
            place = next(number for number in range(1, 6) if found[number] is not None)
            out.append((found[place], _ROLES[place - 1]))
    if at < len(text):
        out.append((text[at:], ""))
    return tuple(out)
