"""Cuts HTML, as of filings and news pages, into the same blocks as plain text; also what its head says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .blocks import BULLET, HEADING, ROW, TEXT, TextBlock, finished, squeezed, text_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Page", "html_page", "looks_like_html"]

_SKIPPED = frozenset(
    {
        *("script", "style", "noscript", "template", "svg", "nav", "header", "footer", "aside", "form", "button", "select"),
        *("iframe", "head", "title", "figure", "dialog"),
    }
)
_BLOCKS = frozenset(
    {
        *(
            "p",
            "div",
            "section",
            "article",
            "main",
            "body",
            "html",
            "center",
            "blockquote",
            "pre",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
        ),
        *("dd", "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "hr"),
        *("address", "details", "summary", "figcaption", "text", "document"),
    }
)
_HEADS = {f"h{level}": level for level in range(1, 7)}
_STRONG = frozenset(("b", "strong"))
_ASIDE = re.compile(
    r"\b(?:cookie|navbar|nav-|menu|breadcrumb|sidebar|related|newsletter|subscribe|social|share-|invest-bar|banner|popup|modal|"
    r"advert|promo|footer|masthead|site-header)",
    re.I,
)
_TAG = re.compile(r"<[^<>]{0,5000}>")
_OPENED = re.compile(
    r"<(/)?(?!(?:p|li|td|tr|th|br|hr|img|meta|link|input|option|dt|dd|thead|tbody|tfoot|col|wbr|source|area|base)\b)[a-z][^<>]*",
    re.I,
)
_DEEPEST = 1000
_LOOKS = re.compile(r"<(?:!doctype|html|head|body|p|div|table|h[1-6]|type>ex-|meta|article|document)\b", re.I)
_DATES = (
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "publish-date",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "og:published_time",
)
_BREAK = re.compile(r"\r\s*\r|\r(?=\s*(?:[•·▪●○◦■–—]|- ))")
_MARK = re.compile(r"(?:[•·▪●○◦‣■*]|[–—-])\s*(?=\S)")
_LONGEST_HEADING = 160
_LONGEST_TITLE = 400


@dataclass(frozen=True, slots=True)
class Page:
    """A page of HTML: its blocks, and the title, day and address in its head."""

    blocks: list[TextBlock]
    title: str = ""
    published: str = ""
    url: str = ""


def looks_like_html(text: str) -> bool:
    """Whether a text is HTML."""
    start = text[:20_000]
    return start.lstrip()[:1] == "<" and _LOOKS.search(start) is not None


def html_page(text: str) -> Page:
    """Read a page; scripts, navigation, banners, headers and footers of the site are left out."""
    from selectolax.lexbor import LexborHTMLParser

    if _deepest(text) > _DEEPEST:  # the parser takes time by the square of the depth
        return Page(text_blocks(_TAG.sub("\n", text)))
    tree = LexborHTMLParser(text)
    body = tree.body
    if body is None:
        return Page([])
    metas: dict[str, str] = {}
    for node in tree.css("meta"):
        made = node.attributes
        name = made.get("property") or made.get("name") or made.get("itemprop") or ""
        metas.setdefault(name.lower(), made.get("content") or "")
    time = tree.css_first("time[datetime]")
    stamp = (time.attributes.get("datetime") if time is not None else "") or ""
    published = next((metas[each] for each in _DATES if metas.get(each)), stamp)
    heading = tree.css_first("title")
    title = metas.get("og:title") or (heading.text() if heading is not None else "")
    link = tree.css_first('link[rel="canonical"]')
    url = metas.get("og:url") or (link.attributes.get("href") if link is not None else "") or ""
    blocks = list(_joined(_Walk().blocks(body)))
    first = next((each.text for each in blocks if each.kind == HEADING and each.depth == 1), "")
    return Page(blocks, squeezed(first or title)[:_LONGEST_TITLE], squeezed(published)[:40], squeezed(url)[:2000])


def _deepest(text: str) -> int:
    """How many elements are open at once, at most, not counting those that need no end."""
    depth = deepest = 0
    for hit in _OPENED.finditer(text):
        depth = max(0, depth - 1) if hit[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


class _Walk:
    """A walk through the nodes in the order of the text, gathering what stands between two borders of blocks."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.plain = self.strong = 0  # letters in plain and in bold
        self.lists = 0
        self.item = False
        self.head = 0
        self.bold = 0
        self.row: list[str] | None = None
        self.spanning = 0  # further rows that the present cell stands in
        self.spanned = ("", 0)  # a first cell, and how many rows below still have it
        self.found: list[TextBlock] = []

    def blocks(self, body: Any) -> Iterator[TextBlock]:
        stack: list[tuple[Any, bool]] = [(body, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                self.leave(node.tag)
            elif node.tag == "-text":
                self.text(node.text_content or "")
            elif node.tag is not None and not self.aside(node):
                self.enter(node)
                stack.append((node, True))
                children = []
                child = node.child
                while child is not None:
                    children.append((child, False))
                    child = child.next
                stack.extend(reversed(children))
            if self.found:
                yield from self.found
                self.found = []
        self.end()
        yield from self.found

    def aside(self, node: Any) -> bool:
        tag = node.tag
        if tag in _SKIPPED or tag.startswith(("-", "!")):
            return True
        if tag == "sup":
            return re.fullmatch(r"[\s\d*†‡(),]{1,6}", node.text()) is not None  # the mark of a note
        if tag not in ("div", "section", "ul", "p"):
            return False
        made = node.attributes
        if not made:
            return False
        names = f"{made.get('class') or ''} {made.get('id') or ''} {made.get('role') or ''}"
        return len(names) > 2 and _ASIDE.search(names) is not None

    def text(self, text: str) -> None:
        if text:
            self.parts.append(text)
            letters = len(text.strip())
            if self.bold:
                self.strong += letters
            else:
                self.plain += letters

    def enter(self, node: Any) -> None:
        tag = node.tag
        if tag == "br":
            self.parts.append("\r")  # a line end of the source is "\n"
            return
        if tag in _BLOCKS and (self.row is None or tag in ("tr", "td", "th", "table")):
            self.end()
        if tag in ("ul", "ol"):
            self.lists += 1
        elif tag == "li":
            self.item = True
        elif tag in _HEADS:
            self.head = _HEADS[tag]
        elif tag == "tr":
            self.row = []
            if self.spanned[1]:
                self.row, self.spanned = [self.spanned[0]], (self.spanned[0], self.spanned[1] - 1)
        elif tag in ("td", "th") and self.row == [] and (rows := node.attributes.get("rowspan") or "").isdigit():
            self.spanning = int(rows) - 1 if len(rows) < 4 else 0
        if self.strong_node(node):
            self.bold += 1

    def strong_node(self, node: Any) -> bool:
        if node.tag in _STRONG:
            return True
        style = (node.attributes.get("style") if node.tag in ("p", "span", "font", "div") else None) or ""
        return re.search(r"font(?:-weight)?:\s*(?:bold|[6-9]00)", style, re.I) is not None

    def leave(self, tag: str) -> None:
        if tag in _BLOCKS and self.row is None:
            self.end()
        elif tag in ("td", "th") and self.row is not None:
            self.cell()
        if tag in ("ul", "ol"):
            self.lists = max(0, self.lists - 1)
        elif tag == "li":
            self.item = False
        elif tag in _HEADS:
            self.head = 0
        elif tag == "tr":
            self.end_row()

    def cell(self) -> None:
        text = squeezed("".join(self.parts))
        self.parts.clear()
        if self.row is not None and text:
            self.row.append(text)
            if self.spanning:
                self.spanned, self.spanning = (text, self.spanning), 0

    def end_row(self) -> None:
        self.cell()
        cells, self.row = self.row or [], None
        self.plain = self.strong = 0
        if not cells:
            return
        if len(cells) == 2 and len(cells[0]) <= 2 and not cells[0].isalnum():
            self.found.append(TextBlock(BULLET, cells[1], 1))  # a bullet that filings set as a table
        elif len(cells) == 1:
            self.found.append(TextBlock(TEXT, cells[0]))
        else:
            self.found.append(TextBlock(ROW, " | ".join(cells)))

    def end(self) -> None:
        """End a block."""
        if self.row is not None:
            self.cell()
            return
        if not self.parts:
            return
        raw = "".join(self.parts)
        self.parts.clear()
        bold, self.plain, self.strong = self.strong > 0 and self.plain <= 1, 0, 0
        for part in _BREAK.split(raw):
            text = squeezed(part)
            if not text:
                continue
            mark = _MARK.match(text)
            if self.head or (bold and len(text) <= _LONGEST_HEADING and not text.endswith(".")):
                self.found.append(TextBlock(HEADING, text, self.head or 5))
            elif self.item or self.lists:
                self.found.append(TextBlock(BULLET, text, max(1, self.lists)))
            elif mark is not None:
                self.found.append(TextBlock(BULLET, text[mark.end() :], 1))
            else:
                self.found.append(TextBlock(TEXT, text))


def _joined(blocks: Iterator[TextBlock]) -> Iterator[TextBlock]:
    """Join a sentence that the end of a page has cut in two."""
    before: TextBlock | None = None
    for each in blocks:
        if (
            before is not None
            and before.kind == each.kind == TEXT
            and each.text[:1].islower()
            and not finished(before.text)
            and len(before.text) < 20_000
        ):
            before = TextBlock(TEXT, f"{before.text} {each.text}")
            continue
        if before is not None:
            yield before
        before = each
    if before is not None:
        yield before
