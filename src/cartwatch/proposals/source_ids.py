"""Unifies the source ids of two lists: one page has one id, and another page under a taken id gets a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.domain.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["with_my_ids"]


def with_my_ids(theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> dict[str, Any]:
    """Rename the sources of an incoming program to the ids that one's own uses for the same sources.

    Two sources are the same if their links are, or, without links, their titles. A source of theirs whose id stands for
    another page in mine is renamed together with its cites, so that no fact cites the wrong page.
    """
    names = _renamings(_sources(theirs), _sources(mine))
    return _renamed(dict(theirs), names) if names else dict(theirs)


def _renamings(theirs: list[dict[str, Any]], mine: list[dict[str, Any]]) -> dict[str, str]:
    by_page = {page: each["id"] for each in reversed(mine) if (page := _page(each)) is not None}
    by_id = {each["id"]: each for each in mine}
    taken = {each["id"] for each in (*mine, *theirs)}
    out: dict[str, str] = {}
    for each in theirs:
        name, page = each["id"], _page(each)
        if page is not None and page in by_page:
            wanted = by_page[page]
        elif name in by_id and page is not None and not _may_be(each, by_id[name]):
            count = 2
            while f"{name}-{count}" in taken:
                count += 1
            wanted = f"{name}-{count}"
            taken.add(wanted)
        else:
            continue
        if wanted != name:
            out[name] = wanted
    return out


def _may_be(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two sources with one id may be the same: unless both have links, or titles, and those differ."""
    titles = [each.get("title") for each in (one, other)]
    alike = all(titles) and fold(str(titles[0])) == fold(str(titles[1]))
    if all(each.get("url") for each in (one, other)):
        return alike  # their links differ, else they would have matched already
    return alike or not all(titles)


def _page(source: dict[str, Any]) -> str | None:
    url, title = source.get("url"), source.get("title")
    if isinstance(url, str) and url:
        return url.rstrip("/")
    return f"title {fold(title)}" if isinstance(title, str) and title else None


def _sources(program: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = program.get("source")
    if not isinstance(listed, list):
        return []
    return [each for each in listed if isinstance(each, dict) and isinstance(each.get("id"), str)]


def _renamed(value: Any, names: dict[str, str], key: str = "", depth: int = 0) -> Any:
    if isinstance(value, dict):
        cites = key == "cite"
        out = {name: _renamed(each, names, "cite" if cites else name, depth + 1) for name, each in value.items()}
        if depth == 2 and key == "source" and isinstance(value.get("id"), str):
            out["id"] = names.get(value["id"], value["id"])
        return out
    if isinstance(value, list):
        return [_renamed(each, names, key, depth + 1 if key == "source" else depth) for each in value]
    return names.get(value, value) if key == "cite" and isinstance(value, str) else value
