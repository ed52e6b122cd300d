"""The interface through which the controllers of the main screen see it: small, and without its widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from textual.screen import Screen
    from textual.widget import Widget

    from cartwatch.app.display import Display
    from cartwatch.domain.program import Program
    from cartwatch.session.session import Session
    from cartwatch.views.lines import Line
    from cartwatch.views.look import Look

__all__ = ["Host"]

_Result = TypeVar("_Result")


class Host(Protocol):
    """What a controller reads, and what it asks the screen to say, to ask and to show."""

    # ---- what is open, and what the cursor is on

    @property
    def session(self) -> Session: ...

    @property
    def display_state(self) -> Display: ...

    @property
    def look(self) -> Look: ...

    @property
    def shown(self) -> Sequence[str]:
        """The keys of the programs in the table, in its order."""
        ...

    @property
    def program(self) -> Program | None:
        """The program under the cursor."""
        ...

    @property
    def marked(self) -> tuple[str, ...]:
        """The keys of the marked programs, in the order of the file."""
        ...

    @property
    def pane(self) -> str:
        """The key of the pane that is shown."""
        ...

    @property
    def in_detail(self) -> bool:
        """Whether the keys go to the detail."""
        ...

    @property
    def line(self) -> Line | None:
        """The line under the cursor of the detail; the cursor may be in the table all the same."""
        ...

    @property
    def here(self) -> str | None:
        """The path of the fact under the cursor, None in the table."""
        ...

    @property
    def undisturbed(self) -> bool:
        """Whether a dialog may open by itself: nothing is being typed or asked."""
        ...

    def now(self) -> datetime: ...

    # ---- telling and asking

    def say(self, text: str, *, warning: bool = False) -> None: ...

    def key_of(self, id: str) -> str:
        """The key of a command as a person reads it; its name in the palette where it has none."""
        ...

    async def ask(self, dialog: Screen[_Result], then: Callable[[_Result | None], Any]) -> None:
        """Open a dialog; `then` is given its result."""
        ...

    async def open_line(self, line: Widget) -> None:
        """Put a line to type in above the footer; it stays there for the next time."""
        ...

    def focus_on(self, widget: Widget) -> Widget | None:
        """Give the focus to a widget; says which one had it."""
        ...

    # ---- showing

    def show_rows(self) -> None:
        """Filter and sort anew; the cursor stays on its program."""
        ...

    def show_lines(self) -> None:
        """Bring the lines above and below up to date."""
        ...

    def look_again(self) -> None:
        """Draw everything anew: marks or signs have changed."""
        ...

    def show_changed(self, key: str | None, path: str | None, *, follow: bool) -> None:
        """Show the list as it is now, the cursor on a program; with `follow` on a fact of it, in whichever pane."""
        ...

    def in_view(self, path: str) -> bool:
        """Whether a fact of the program under the cursor is in the pane on the screen."""
        ...

    def reveal(self, key: str) -> None:
        """Put the cursor on a program, without the filter where that hides it."""
        ...

    def go_to(self, path: str) -> None:
        """Show the pane that a fact is in, with the cursor on it."""
        ...

    # ---- the world around the screen

    def later(self, call: Callable[..., Any], *arguments: Any) -> object:
        """Call back when the messages so far are done with; safe to call from any thread."""
        ...

    def once_drawn(self, call: Callable[..., Any], *arguments: Any) -> object: ...

    def after(self, seconds: float, call: Callable[[], Any]) -> object: ...

    def in_thread(self, work: Callable[[], None], name: str) -> object:
        """Work beside the app; the app ends only after it."""
        ...

    def open_address(self, address: str) -> None: ...

    def copy(self, text: str) -> None: ...

    def suspended(self) -> AbstractContextManager[None]:
        """Hand the terminal to another application meanwhile."""
        ...
