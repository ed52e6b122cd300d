"""`cartwatch list`: prints the table of programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.cli.arguments import UsageError
from cartwatch.domain.filters.parser import FilterError, matching, parse
from cartwatch.domain.vocabulary import nearest
from cartwatch.views.columns import COLUMNS, DEFAULT, column, columns, ordered
from cartwatch.views.grouping import grouped
from cartwatch.views.layout import WHOLE, Track
from cartwatch.views.lines import Run
from cartwatch.views.saved_views import SavedView, find_view, saved_views

if TYPE_CHECKING:
    from cartwatch.cli.context import Call
    from cartwatch.domain.program import Program
    from cartwatch.views.columns import ColumnSpec
    from cartwatch.views.look import Look

__all__ = ["run", "sort_keys"]

_USUAL = tuple(key for key in DEFAULT if key != "mark")  # no marks here; a pinned program has its sign after the name


def run(call: Call) -> int:
    """Print the programs that match the filter; no match is no error."""
    view = _view(call)
    keys = sort_keys(call.parsed.get("sort")) or list(view.sort)
    specs = _columns(call.parsed.get("columns")) if call.parsed.get("columns") is not None else _of_view(view)
    group = call.parsed.get("group")
    group = _known(group) if group is not None else view.group
    try:
        wanted = parse(" ".join((view.filter, *call.parsed.words)).strip())
    except FilterError as error:
        raise UsageError(str(error)) from None
    listing = call.listing()
    look = call.look
    found = ordered(matching(listing.watchlist.programs, wanted, call.now), keys, look)
    titles: dict[str, str] = {}
    if group:
        specs = [each for each in specs if each.key != group]
        groups = grouped(found, group, look)
        found = [program for each in groups for program in each.programs]
        titles = {each.programs[0].key: each.title for each in groups}
    if call.parsed.has("json"):
        from cartwatch.views.documents import head, program_document

        call.output.json({**head(call.now), "programs": [program_document(each, call.now) for each in found]})
        call.tell_problems(listing)
        return 0
    if found:
        tracks = [_track(each, call) for each in specs]
        pins = all(spec.key != "mark" for spec in specs)
        rows = [[_cell(spec, each, look, pins) for spec in specs] for each in found]
        if group:
            tracks = [Track(call.look.plainly(column(group).label), 10, 24), *tracks]
            rows = [[(Run(titles.get(each.key, ""), "strong"),), *row] for each, row in zip(found, rows, strict=True)]
        call.print_table(tracks, rows)
    elif not len(listing.watchlist):
        call.tell_empty(listing)
    else:
        call.output.tell(f"none of {len(listing.watchlist)} programs matches")
    call.tell_problems(listing)
    return 0


def _view(call: Call) -> SavedView:
    """Return the view that is asked for, an empty one for none. Raises UsageError."""
    name = call.parsed.get("view")
    if name is None:
        return SavedView("")
    from cartwatch.storage.config import read_config

    config = read_config(call.places().config)
    found = find_view(saved_views(config), name)
    if isinstance(found, str):
        raise UsageError(f'there is no view "{name}": {found}')
    for each in config.problems:
        call.output.tell(each)
    return found


def _of_view(view: SavedView) -> list[ColumnSpec]:
    return [column(key) for key in view.columns if key != "mark"] or _columns(None)


def _cell(spec: ColumnSpec, program: Program, look: Look, pins: bool) -> tuple[Run, ...]:
    """Build a cell; the name is followed by the pin if there is no mark column."""
    runs = spec.cell(program, look)
    pin = pins and spec.key == "program" and program.pinned
    return (*runs, Run(f" {look.glyphs.pinned}", "accent")) if pin else runs


def _track(spec: ColumnSpec, call: Call) -> Track:
    label = call.look.plainly(spec.label)
    least = WHOLE if spec.whole else spec.min_width or spec.width
    return Track(label, least, max(least, spec.width), spec.priority, right=spec.align == "right")


def sort_keys(text: str | None) -> list[tuple[str, bool]]:
    """Parse `phase,-countdown` into column keys, each with its direction. Raises UsageError."""
    if text is None:
        return []
    names = [each.strip() for each in text.split(",") if each.strip()]
    return [(_known(each.lstrip("-+")), each.startswith("-")) for each in names]


def _columns(text: str | None) -> list[ColumnSpec]:
    """Parse the columns: a list of keys, `all`, or `+key` to add to the default ones. Raises UsageError."""
    if text is None:
        return [column(key) for key in _USUAL]
    if text.strip() == "all":
        return [each for each in columns() if each.shown]
    names = [each.strip() for each in text.split(",") if each.strip()]
    if not names:
        raise UsageError(f"--columns needs names from: {_names()}")
    keys = list(_USUAL) if names[0].startswith("+") else []
    for each in names:
        key = _known(each.removeprefix("+"))
        if key not in keys:
            keys.append(key)
    return [column(key) for key in keys]


def _known(name: str) -> str:
    key = name.lower()
    known = [each.key for each in columns()]
    if key in known:
        return key
    close = nearest(name, known)
    raise UsageError(f'there is no column "{name}": ' + (f'did you mean "{close}"?' if close else f"choose from {_names()}"))


def _names() -> str:
    return ", ".join(each.key for each in COLUMNS)
