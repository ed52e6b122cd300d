"""Saved views: a filter, columns, a sort order and a grouping under a name, shipped or from the settings file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cartwatch.domain.filters.parser import FilterError, parse
from cartwatch.domain.vocabulary import fold, nearest

from .columns import DEFAULT, columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cartwatch.storage.config import Config

__all__ = ["SHIPPED", "SavedView", "find_view", "saved_views", "sort_keys", "view_table"]

SortOrder = tuple[tuple[str, bool], ...]  # (column key, descending), the most important first


class SavedView(NamedTuple):
    """A way to look at the list. Empty `columns` and `sort` are the usual ones; `group` is a column key or ""."""

    name: str
    help: str = ""
    filter: str = ""
    columns: tuple[str, ...] = ()
    sort: SortOrder = ()
    group: str = ""
    own: bool = False


_WHAT = ("program", "sponsor", "target", "phase")
SHIPPED = (
    SavedView("Agenda", "Every program, in the order of what comes next."),
    SavedView(
        "Safety",
        "Rates of CRS, ICANS, neurotoxicity and GVHD, by target; no ranking.",
        columns=(*_WHAT[:1], "target", "phase", "crs", "crs_any", "icans", "icans_any", "neurotox", "gvhd"),
        sort=(("program", False),),
        group="target",
    ),
    SavedView(
        "What recruits",
        "Programs with a trial that recruits, as the registry said when it was last asked.",
        "status:recruiting",
        (*_WHAT, "indications", "trial_status", "next", "when"),
    ),
    SavedView(
        "Unverified",
        "Programs with facts whose source is not checked, the most first.",
        "unverified:",
        (*_WHAT, "unverified", "age", "checked"),
        (("unverified", True),),
    ),
    SavedView("My marks", "The programs that are pinned.", "pinned:"),
)
"""Shipped views, which the user's own of the same name replace."""

_KEYS = ("filter", "columns", "sort", "group", "help")


def saved_views(config: Config) -> tuple[SavedView, ...]:
    """Return the shipped views and the user's own, and report what is wrong with the latter."""
    own = []
    for name, given in config.table("views").items():
        if isinstance(given, dict):
            own.append(_own(config, name, given))
        else:
            config.report(("views", name), f"expected a table: write [views.{name}]", key=True)
    replaced = {fold(each.name) for each in own}
    return (*(each for each in SHIPPED if fold(each.name) not in replaced), *own)


def find_view(views: Sequence[SavedView], name: str) -> SavedView | str:
    """Find a view by its name or its beginning in any case, or say what to ask for instead."""
    wanted = fold(name)
    whole = [each for each in views if fold(each.name) == wanted]
    begun = whole or [each for each in views if wanted and fold(each.name).startswith(wanted)]
    if len(begun) == 1:
        return begun[0]
    close = nearest(name, [each.name for each in views])
    return f'did you mean "{close}"?' if close else "choose from " + ", ".join(each.name for each in begun or views)


def view_table(view: SavedView) -> dict[str, Any]:
    """Return what the settings file holds of a view."""
    found: dict[str, Any] = {}
    if view.filter:
        found["filter"] = view.filter
    if view.columns and tuple(view.columns) != DEFAULT:
        found["columns"] = [each for each in view.columns if each != "mark"]
    if view.sort:
        found["sort"] = ",".join(f"-{key}" if descending else key for key, descending in view.sort)
    if view.group:
        found["group"] = view.group
    return found


def sort_keys(text: str) -> SortOrder:
    """Parse `phase,-countdown` into column keys, each with its direction. Raises ValueError with the nearest key."""
    return tuple((_known(each.strip().lstrip("-+")), each.strip().startswith("-")) for each in text.split(",") if each.strip())


def _own(config: Config, name: str, given: Mapping[str, Any]) -> SavedView:
    """Read a view of the user's own; what is wrong in it is reported and left out."""

    def bad(key: str, message: str) -> None:
        config.report(("views", name, key), message)

    for key in given:
        if key not in _KEYS:
            close = nearest(key, list(_KEYS))
            hint = f'did you mean "{close}"?' if close else f"choose from {', '.join(_KEYS)}"
            config.report(("views", name, key), f"there is no such part of a view: {hint}", key=True)
    texts = {}
    for key in ("filter", "sort", "group", "help"):
        value = given.get(key, "")
        if not isinstance(value, str):
            bad(key, "expected a text")
        texts[key] = value if isinstance(value, str) else ""
    try:
        parse(texts["filter"])
    except FilterError as wrong:
        bad("filter", str(wrong))
        texts["filter"] = ""
    order: SortOrder = ()
    try:
        order = sort_keys(texts["sort"])
    except ValueError as wrong:
        bad("sort", str(wrong))
    shown: list[str] = []
    listed = given.get("columns", [])
    if not isinstance(listed, list):
        bad("columns", 'expected a list of columns, as in ["program", "when"]')
        listed = []
    for each in (*listed, *([texts["group"]] if texts["group"] else [])):
        try:
            shown.append(_known(str(each)))
        except ValueError as wrong:
            bad("columns" if each in listed else "group", str(wrong))
    group = shown.pop() if texts["group"] and shown and shown[-1] == texts["group"].lower() else ""
    return SavedView(name, texts["help"], texts["filter"], tuple(dict.fromkeys(shown)), order, group, own=True)


def _known(name: str) -> str:
    known = [each.key for each in columns()]
    if name.lower() in known:
        return name.lower()
    close = nearest(name, known)
    raise ValueError(f'there is no column "{name}"' + (f': did you mean "{close}"?' if close else ""))
