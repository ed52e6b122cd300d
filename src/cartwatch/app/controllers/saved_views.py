"""Saved views controller: choose a view, keep the present one under a name, delete one of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.app.display import AGENDA, FIXED
from cartwatch.views.columns import DEFAULT, column
from cartwatch.views.saved_views import SavedView, saved_views, view_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .find import Find
    from .host import Host

__all__ = ["SavedViews"]

_KEEP, _DELETE = "\0keep", "\0delete"  # no name of a view begins so
_BAD = '."\\'  # signs of a dotted key of TOML


class SavedViews:
    """Reads and writes the views of the settings file, and applies them to the table."""

    def __init__(self, host: Host, find: Find) -> None:
        self._host = host
        self._find = find

    def _read(self) -> tuple[SavedView, ...]:
        from cartwatch.storage.config import Config, read_config

        places = self._host.session.places
        config = read_config(places.config) if places is not None else Config("settings")
        before = len(config.problems)
        found = saved_views(config)
        if config.problems[before:]:
            self._host.say(config.problems[before], warning=True)
        return found

    async def choose(self) -> None:
        """Open the list of views."""
        from cartwatch.app.screens.picker import Choice, Picker

        views = self._read()
        choices = [Choice(each.name, each.name, each.help or _words(each), group=_group(each)) for each in views]
        if self._host.session.places is not None:
            choices.append(Choice(_KEEP, "Save the present view", _words(self._present("")), group="Change"))
            if any(each.own for each in views):
                choices.append(Choice(_DELETE, "Delete a view of yours", group="Change"))
        picker = Picker("Views", choices, grouped=True, wide=True, hint="type to search")

        async def chosen(key: str | None) -> None:
            if key == _KEEP:
                await self._ask_name(views)
            elif key == _DELETE:
                await self._ask_which(views)
            elif key is not None:
                self.apply(next(each for each in views if each.name == key))

        await self._host.ask(picker, chosen)

    def apply(self, view: SavedView) -> None:
        """Show the list as a view says."""
        display = self._host.display_state
        display.sort = view.sort or AGENDA
        display.group = view.group
        self._find.set_columns((*FIXED, *(each for each in view.columns if each not in FIXED)) if view.columns else DEFAULT)
        self._find.sort_as(display.sort)
        wrong = self._find.show(view.filter)
        self._host.say(wrong or f"View: {view.name}", warning=wrong is not None)

    def reset(self) -> None:
        """Go back to the usual columns and order, without a filter or groups."""
        self.apply(SavedView("usual"))

    def _present(self, name: str) -> SavedView:
        display = self._host.display_state
        columns = () if display.columns == DEFAULT else tuple(each for each in display.columns if each != "mark")
        order = () if display.sort == AGENDA else display.sort
        return SavedView(name, "", display.query, columns, order, display.group, own=True)

    async def _ask_name(self, views: Sequence[SavedView]) -> None:
        from cartwatch.app.screens.typed import TypedLine

        taken = {each.name for each in views}

        def wrong(text: str) -> str | None:
            if not text.strip() or any(sign in text for sign in _BAD) or not text.strip().isprintable():
                return "A name without dots, quotes and backslashes"
            return None

        def typed(text: str | None) -> None:
            if text is not None and self._write(text.strip(), view_table(self._present(text.strip()))):
                self._host.say(f"{'Changed' if text.strip() in taken else 'Saved'} the view {text.strip()}")

        await self._host.ask(TypedLine("Save the present view", "", "Its name; one that is there is replaced.", wrong), typed)

    async def _ask_which(self, views: Sequence[SavedView]) -> None:
        from cartwatch.app.screens.picker import Choice, Picker

        own = [Choice(each.name, each.name, each.help or _words(each)) for each in views if each.own]

        def chosen(name: str | None) -> None:
            if name is not None and self._write(name, None):
                self._host.say(f"Deleted the view {name}")

        await self._host.ask(Picker("Delete a view of yours", own, hint="type to search"), chosen)

    def _write(self, name: str, table: dict[str, Any] | None) -> bool:
        from cartwatch.storage.config import write_config
        from cartwatch.storage.errors import StorageError

        places = self._host.session.places
        assert places is not None
        try:
            write_config(places, [(f"views.{name}", table)])
        except StorageError as error:
            self._host.say(str(error), warning=True)
            return False
        return True


def _group(view: SavedView) -> str:
    return "Yours" if view.own else "Shipped"


def _words(view: SavedView) -> str:
    """Describe a view in one line."""
    told = [f"filter {view.filter}"] if view.filter else []
    told += [f"{len(view.columns)} columns"] if view.columns else []
    if view.sort:
        told.append("sorted by " + ", ".join(column(key).label for key, _ in view.sort))
    told += [f"grouped by {column(view.group).label}"] if view.group else []
    return " · ".join(told) or "every program, in the order of the agenda"
