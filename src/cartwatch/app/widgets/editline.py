"""Edit line at the bottom for one field: the typed text, its reading, and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from cartwatch.app.editing.parse import completed
from cartwatch.app.widgets.drawn import Foot, RunLine, chips
from cartwatch.app.widgets.entry import LineInput
from cartwatch.views.layout import Runs, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from cartwatch.app.editing.form import Form

__all__ = ["EditLine"]

_LEAST = 12  # cells to type in


class EditLine(Vertical):
    """Edits a form of one field; visible while it has the focus."""

    DEFAULT_CSS = """
    EditLine { height: auto; background: $panel; display: none; }
    EditLine.-typing { display: block; }
    EditLine > Horizontal { height: 1; background: $panel; }
    EditLine RunLine { background: $panel; }
    EditLine #edit-said { width: 1fr; }
    EditLine > Foot { height: 1; background: $panel; padding: 0 1; }
    EditLine FieldInput { background: $background; &:focus { background: $background; } }
    """

    class Typed(Message):
        """The text has changed."""

    def __init__(self, key_of: Callable[[str], str], *, id: str) -> None:
        super().__init__(id=id)
        self._key_of = key_of
        self.form: Form | None = None
        self._label = RunLine(id="edit-label")
        self._said = RunLine(id="edit-said")
        self._foot = Foot(id="edit-foot")
        self._source = Foot(id="edit-source")
        self.entry = LineInput(id="edit-entry")
        self._begun = ""  # the typed text before choices were tried
        self._taken: str | None = None
        self._wrong = ""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self._label
            yield self.entry
            yield self._said
        yield self._source
        yield self._foot

    def start(self, form: Form) -> Input:
        """Show the line for a form of one field; return the widget to focus."""
        self.form = form
        self._taken, self._wrong = None, ""
        self.add_class("-typing")
        row = form.rows[0]
        if row.fact.kind == "words" and row.text and not row.fixed and not row.text.endswith((",", ", ")):
            row.text += ", "  # the typed text is a further item
        self.entry.take(row)
        self._begun = row.text
        self._show()
        return self.entry

    def stop(self) -> None:
        self.form = None
        self.remove_class("-typing")

    @property
    def typing(self) -> bool:
        return self.form is not None

    def refuse(self, why: str) -> None:
        """Show why the typed text is refused."""
        self._wrong = why
        self._show()

    def redraw(self) -> None:
        """Show the form again after its source was confirmed or named."""
        self._show()

    def _show(self) -> None:
        form = self.form
        if form is None:
            return
        row = form.rows[0]
        width = max(20, self.app.size.width)
        label: Runs = [(" ", ""), (f"{form.title} ", "quiet"), (row.label, "strong"), ("  ", "")]
        if width_of(label) > width // 2:
            label = [(" ", ""), (row.label, "strong"), ("  ", "")]
        self._label.show(*label)
        self._label.styles.width = width_of(label)
        said: Runs = [(self._wrong, "bad")] if self._wrong else list(form.reading(row).words)
        room = width - width_of(label)
        wanted = max(_LEAST, width_of([(self.entry.value, "")]) + 2)
        fits = wanted + width_of(said) + 3 <= room
        self.entry.styles.width = max(_LEAST, min(wanted, room - 1))
        self._said.show(("  ", ""), *(said if fits else []))
        source = form.about_source(row, self._key_of("line_keep_source"), self._key_of("line_source"))
        self._source.show(source)
        self._source.styles.height = len(wrap(source, width - 3)) if source else 0
        below: Runs = said if said and not fits else self._choices(width - 2)
        self._foot.show(below or [(row.fixed or _ways(row.fact.kind, row.fact.help), "quiet")])

    def _choices(self, width: int) -> Runs:
        assert self.form is not None
        row = self.form.rows[0]
        words = self._words()
        return chips(words, self._taken or (row.text if row.text in words else None), width) if words else []

    def _words(self) -> tuple[str, ...]:
        """Return the choices for the typed text; a completed choice does not narrow them."""
        assert self.form is not None
        row = self.form.rows[0]
        if self._taken is None:
            return self.form.choices(row)
        now, row.text = row.text, self._begun
        words = self.form.choices(row)
        row.text = now
        return words

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.form is None:
            return
        self.form.rows[0].text = event.value
        self._begun, self._taken, self._wrong = event.value, None, ""
        self._show()
        self.post_message(self.Typed())

    def complete(self, step: int) -> None:
        """Replace the typed text by the next choice, or by the previous one."""
        if self.form is None or not self.entry.typing:
            return
        row, words = self.form.rows[0], self._words()
        if not words:
            return
        current = self._taken or (row.text if row.text in words else None)
        at = (words.index(current) + step) % len(words) if current in words else (0 if step > 0 else len(words) - 1)
        self._taken = words[at]
        row.text = completed(row.fact, self._begun, words[at])
        self.entry.retake()
        self._wrong = ""
        self._show()
        self.post_message(self.Typed())

    def on_resize(self) -> None:
        self._show()


def _ways(kind: str, help: str) -> str:
    return f"{help} Space changes it." if kind == "flag" else f"{help} Separate them by commas." if kind == "words" else help
