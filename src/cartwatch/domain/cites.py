"""A cite: the id of a source and, where it is kept, the words of it that one fact rests on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .fields import fact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Cite", "cite_ids", "is_cite", "read_cites", "says_no_more", "typed", "typed_cites", "with_ids", "written"]

_ITEM = re.compile(
    r"""(?:"(?P<quoted>[^"]*+)"|(?P<link>https?://[^\s"“]++(?=\s++["“]))|(?P<bare>[^,"“]++))(?:\s*+(?:"(?P<plain>(?:[^"]|"")*+)"|“(?P<curled>[^”]*+)”))?\s*+(?:,|$)"""
)


@dataclass(frozen=True, slots=True)
class Cite:
    """A source that stands behind a fact, by its id, and the `quote` of it that states this fact."""

    id: str = fact("text", "Source", "The id of a source.", default="")
    quote: str | None = fact("text", "Quote", "The words of the source that state this fact, verbatim.")

    @property
    def text(self) -> str:
        """The cite in one line: `pr-rmat “in a pivotal study”`."""
        return f"{self.id} “{self.quote}”" if self.quote else self.id


def is_cite(value: Any) -> bool:
    """Whether a raw value is a cite as a table, rather than a table of cites."""
    return isinstance(value, dict) and (isinstance(value.get("id"), str) or isinstance(value.get("quote"), str))


def read_cites(value: Any) -> tuple[Cite, ...]:
    """Read the raw value of a `cite`; what is no cite is left out."""
    found = []
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str):
            found.append(Cite(each))
        elif isinstance(each, dict) and isinstance(each.get("id"), str):
            quote = each.get("quote")
            found.append(Cite(each["id"], quote if isinstance(quote, str) and quote else None))
    return tuple(found)


def cite_ids(value: Any) -> tuple[str, ...]:
    """Return the source ids of the raw value of a `cite`."""
    return tuple(each.id for each in read_cites(value))


def written(cites: Iterable[Cite]) -> Any:
    """Return cites as written in the file: an id, a table with its quote, or a list of both; None without any."""
    items: list[Any] = [{"id": each.id, "quote": each.quote} if each.quote else each.id for each in cites]
    return items[0] if len(items) == 1 else items or None


def with_ids(value: Any, renamed: Callable[[str], str]) -> Any:
    """Return the raw value of a `cite` with other ids; everything else in it stays."""
    if isinstance(value, str):
        return renamed(value)
    if isinstance(value, list):
        return [with_ids(each, renamed) for each in value]
    return {**value, "id": renamed(value["id"])} if is_cite(value) and isinstance(value.get("id"), str) else value


def says_no_more(value: Any, than: Any) -> bool:
    """Whether the raw value of a `cite` names the sources of another, and quotes nothing that the other does not."""
    mine, theirs = read_cites(than), read_cites(value)
    return {each.id for each in mine} == {each.id for each in theirs} and all(each in mine or not each.quote for each in theirs)


def typed_cites(text: str) -> Any:
    """Read the value of a `cite` as a person types it: `pr-a, pr-b "verbatim words"`; a double quote inside is doubled.

    Text from the first place on that can't be read is one id, so that nothing typed is dropped.
    """
    found: list[Cite] = []
    rest = text.strip(" ,")
    while rest and (item := _ITEM.match(rest)) is not None:
        id = next(each for each in item.group("quoted", "link", "bare") if each is not None)
        quote = item["plain"].replace('""', '"') if item["plain"] is not None else item["curled"] or ""
        found.append(Cite(id.strip(), quote.strip() or None))
        rest = rest[item.end() :].lstrip(" ,")
    return written(each for each in (*found, Cite(rest)) if each.id)


def typed(value: Any) -> str:
    """Return the raw value of a `cite` as a person types it."""
    out = []
    for each in read_cites(value):
        id = f'"{each.id}"' if "," in each.id else each.id
        out.append(f'{id} "{each.quote.replace(chr(34), chr(34) * 2)}"' if each.quote else id)
    return ", ".join(out)
