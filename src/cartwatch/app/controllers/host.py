"""Host: the interface of the main screen for its controllers, without its widgets."""

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
    """The main screen as a controller sees it: state to read, and requests to tell, ask and show."""

    # ---- what is open, and what the cursor is on

    @property
    def session(self) -> Session: ...

    @property
    def display_state(self) -> Display: ...

    @property
    def look(self) -> Look: ...

    @property
    def shown(self) -> Sequence[str]:
        """Keys of the programs in the table, in its order."""
        ...

    @property
    def program(self) -> Program | None:
        """Program under the cursor."""
        ...

    @property
    def marked(self) -> tuple[str, ...]:
        """Keys of the marked programs, in file order."""
        ...

    @property
    def pane(self) -> str:
        """Key of the shown pane."""
        ...

    @property
    def in_detail(self) -> bool:
        """Whether the detail has the focus."""
        ...

    @property
    def line(self) -> Line | None:
        """Line under the cursor of the detail, even while the table has the focus."""
        ...

    @property
    def here(self) -> str | None:
        """Path of the fact under the cursor; None in the table."""
        ...

    @property
    def undisturbed(self) -> bool:
        """Whether a dialog may open by itself: no text is being typed and no other dialog is open."""
        ...

    def now(self) -> datetime: ...

    # ---- telling and asking

    def say(self, text: str, *, warning: bool = False) -> None: ...

    def key_of(self, id: str) -> str:
        """Return the key of a command as shown to the user; its palette name if it has no key."""
        ...

    async def ask(self, dialog: Screen[_Result], then: Callable[[_Result | None], Any]) -> None:
        """Open a dialog; `then` gets its result."""
        ...

    async def open_line(self, line: Widget) -> None:
        """Show an input line above the footer; it is kept for the next use."""
        ...

    def focus_on(self, widget: Widget) -> Widget | None:
        """Move the focus to a widget; return the one that had it."""
        ...

    # ---- showing

    def show_rows(self) -> None:
        """Filter and sort again; the cursor stays on its program."""
        ...

    def show_lines(self) -> None:
        """Update the title and the footer."""
        ...

    def look_again(self) -> None:
        """Redraw everything after marks or display settings changed."""
        ...

    def show_changed(self, key: str | None, path: str | None, *, follow: bool) -> None:
        """Show the current list with the cursor on a program; with `follow`, on one of its facts, in the pane that has it."""
        ...

    def in_view(self, path: str) -> bool:
        """Whether the shown pane has a fact of the program under the cursor."""
        ...

    def reveal(self, key: str) -> None:
        """Move the cursor to a program; remove the filter if it hides the program."""
        ...

    def go_to(self, path: str) -> None:
        """Show the pane of a fact, with the cursor on the fact."""
        ...

    # ---- the world around the screen

    def later(self, call: Callable[..., Any], *arguments: Any) -> object:
        """Call back after the pending messages; safe to call from any thread."""
        ...

    def once_drawn(self, call: Callable[..., Any], *arguments: Any) -> object: ...

    def after(self, seconds: float, call: Callable[[], Any]) -> object: ...

    def in_thread(self, work: Callable[[], None], name: str) -> object:
        """Run work in a thread; the app waits for it before it ends."""
        ...

    def open_address(self, address: str) -> None: ...

    def copy(self, text: str, about: str) -> None:
        """Send a text to the terminal's clipboard and say so."""
        ...

    def suspended(self) -> AbstractContextManager[None]:
        """Hand the terminal to another application inside this context."""
        ...
