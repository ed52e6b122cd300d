"""Cuts plain text and Markdown into blocks: headings, paragraphs, bullets and table rows, cleaned."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["BULLET", "HEADING", "ROW", "TEXT", "TextBlock", "finished", "squeezed", "text_blocks"]

HEADING, TEXT, BULLET, ROW = "heading", "text", "bullet", "row"
_WIDEST_WRAP = 100  # characters; lines of a text without longer ones are wrapped by hand
_LONGEST_HEADING = 160
_SHORT = 90


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, heading, bullet or table row of a release; `depth` is the level of a bullet or heading."""

    kind: str
    text: str
    depth: int = 0


_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"\s+")
_MARK = re.compile(
    r"(\s*)(?:([*+•·▪●○◦‣■□➢➤✓►]|-{1,2}|[–—]|o(?=\s+[A-Z]))\s+|[•·▪●–—](?=\S)|-(?=[A-Z0-9]{2})|-(?=[A-Z])|"
    r"\(?(?:\d{1,2}|[a-z]|i{1,3}|iv|v)[.)]\s+(?=\S))"
)
_PAGE = re.compile(r"(?:-\s*)?\d{1,3}(?:\s*-)?|page \d+(?: of \d+)?", re.I)
_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\s]{0,2000}\)")
_LINK = re.compile(r"\[([^\]\n]{0,300})\]\([^)\s]{0,2000}\)")
_ESCAPED = re.compile(r"\\([_*#\[\]()\-.+&<>~])")
_STARS = re.compile(r"(\w?)(\*+|(?<!\w)__|__(?!\w))(\w?)")
_BOLD = re.compile(r"\s*(?:\*{2,3}|__)(?!\s)[^\n]{1,200}(?<!\s)(?:\*{2,3}|__):?\s*")
_RULE = re.compile(r"[\s|:=_*-]*")
_WORD = re.compile(r"[^\W\d_]{4,}")


def squeezed(text: str) -> str:
    """Clean a text: no invisible characters, and one space where there were several or a line end."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()


def finished(text: str) -> bool:
    """Whether a text ends as a sentence, a list's lead-in or a framed line does."""
    return text.rstrip(" \"'”’)*_]")[-1:] in (".", ":", ";", "!", "?", "–", "—", "-")


def text_blocks(text: str) -> list[TextBlock]:
    """Cut a text into blocks; sentences that a line end has broken are joined again."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    width = _wrap_width(lines)
    found: list[TextBlock] = []
    blank = True
    length = 0  # of the last line
    for line in lines:
        bare = line.strip()
        if not bare or _PAGE.fullmatch(bare):
            blank = True
            continue
        block = _block(line)
        if block is None:
            blank = True
            continue
        if found and _continues(found[-1], block, blank, width and (width, length)):
            before = found[-1]
            found[-1] = replace(before, text=f"{before.text} {block.text}")
        else:
            found.append(block)
        blank, length = False, len(bare)
    return list(_headed(found))


def _wrap_width(lines: Sequence[str]) -> int:
    """The width at which a text was wrapped by hand, 0 where it was not."""
    lengths = sorted(length for each in lines if (length := len(each.strip())) > 0)
    if len(lengths) < 6 or lengths[-1] > _WIDEST_WRAP or sum(each > 40 for each in lengths) < len(lengths) / 2:
        return 0
    return lengths[len(lengths) * 9 // 10]


def _block(line: str) -> TextBlock | None:
    bare = line.strip()
    if bare.startswith("|"):
        if _RULE.fullmatch(bare):
            return None
        cells = [_marked_down(each) for each in bare.strip("|").split("|")]
        text = " | ".join(each for each in cells if each)
        return TextBlock(ROW, text) if text else None
    if bare.startswith("#") and (text := _marked_down(bare.lstrip("#"))):
        return TextBlock(HEADING, text, len(bare) - len(bare.lstrip("#")))
    if _BOLD.fullmatch(bare) and len(bare) < _LONGEST_HEADING and not _RULE.fullmatch(bare):
        text = _marked_down(bare)
        return TextBlock(HEADING, text, 3) if text else None
    if _RULE.fullmatch(bare):
        return None
    flat = line.replace("\t", "    ")
    mark = _MARK.match(flat)
    if mark is None or bare.startswith("**"):
        flat = _marked_down(bare)
        mark = _MARK.match(flat)  # a dash within the stars of an emphasis
    text = _marked_down(flat[mark.end() :] if mark is not None else flat)
    if not text:
        return None
    return TextBlock(TEXT, text) if mark is None else TextBlock(BULLET, text, len(mark[1]) // 2)


def _marked_down(text: str) -> str:
    """Take the marks of Markdown out of a line."""
    if "](" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    if "*" in text or "__" in text:
        text = _STARS.sub(lambda hit: f"{hit[1]} {hit[3]}" if hit[1] and hit[3] else hit[1] + hit[3], text)
    return squeezed(text)


def _continues(before: TextBlock, block: TextBlock, blank: bool, wrapped: tuple[int, int] | int) -> bool:
    """Whether a line goes on with the sentence of the one before; `wrapped` has the width and the length of that line."""
    if block.kind != TEXT or before.kind in (ROW, HEADING) or len(before.text) > 20_000:
        return False
    if block.text[:1].islower() and not finished(before.text):
        return True
    if blank or isinstance(wrapped, int):
        return False
    width, length = wrapped
    return not finished(before.text) or length > width * 0.75


def _headed(blocks: Sequence[TextBlock]) -> Iterator[TextBlock]:
    """Mark the short lines that are headings by their form, or by the bullets that follow them."""
    for at, each in enumerate(blocks):
        following = blocks[at + 1].kind if at + 1 < len(blocks) else ""
        if each.kind == TEXT and looks_like_heading(each.text):
            yield replace(each, kind=HEADING, depth=4)
        elif each.kind == TEXT and following == BULLET and len(each.text) <= _SHORT and not finished(each.text):
            yield replace(each, kind=HEADING, depth=5)
        else:
            yield each


def looks_like_heading(text: str) -> bool:
    """Whether a line has the form of a heading: short, no sentence, most words with a capital."""
    if len(text) > 110 or text[-1:] in ".;!?," or ". " in text:
        return False
    words = _WORD.findall(text)
    return bool(words) and sum(each[0].isupper() for each in words) >= len(words) * 0.6
