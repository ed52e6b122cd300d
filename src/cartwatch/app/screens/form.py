"""Form screen: the fields of a record, one per row, edited in place and parsed while typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.widgets import Input

from cartwatch.app.commands import bindings
from cartwatch.app.editing.form import Overtaken
from cartwatch.app.editing.parse import completed
from cartwatch.app.screens.dialog import Dialog
from cartwatch.app.screens.dialogs import DROP, KEEP, SAVE, leaving
from cartwatch.app.widgets.drawn import Foot, chips
from cartwatch.app.widgets.entry import FormInput, first_line
from cartwatch.app.widgets.linelist import GUTTER, DrawnLine, LineList
from cartwatch.document.edits import EditError
from cartwatch.session.changes import ChangeError
from cartwatch.views.layout import Runs, one_line, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from cartwatch.app.editing.drafts import Shelf
    from cartwatch.app.editing.form import Form, FormRow
    from cartwatch.session.changes import PlannedChange

__all__ = ["FormScreen"]

_LABEL = 24  # cells that a label may take at most
_LEAST = 12  # cells to type in
_GAP = 2
_ONE_LINE = 90  # cells of a screen in which the words about a source fit one line
_USUAL = 100  # cells of a row where it does not matter


class FormLines(LineList, can_focus=False, inherit_bindings=False):
    """The rows of a form; an entry laid over the row under the cursor takes the typed text."""

    BINDINGS: ClassVar = bindings("list")
    always_show_cursor = True

    @property
    def cursor_line(self) -> int | None:
        """Return the view line in which the entry under the cursor begins; None if it is scrolled out of view."""
        y = self._span()[0] - self.scroll_offset.y
        return y if 0 <= y < self.size.height else None

    def watch_scroll_y(self, old: float, new: float) -> None:
        super().watch_scroll_y(old, new)
        self.post_message(self.Highlighted(self, self.entry))


class FormScreen(Dialog[None]):
    """Screen in which a form is filled in.

    `commit` applies the planned change; the form stays open if it raises ChangeError or EditError. `at` is the name of the row,
    or the beginning of its steps, on which the cursor starts.
    """

    CSS_PATH: ClassVar = ["dialog.tcss", "form.tcss"]  # type: ignore[assignment]  # Textual takes a list too
    contexts: ClassVar[tuple[str, ...]] = ("form",)

    def __init__(
        self,
        form: Form,
        commit: Callable[[PlannedChange], object],
        shelf: Shelf,
        *,
        at: tuple[str, ...] = (),
    ) -> None:
        super().__init__(form.title, wide=True)
        self.form = form
        self._commit = commit
        self._shelf = shelf
        self._start = at
        self._begun = ""
        self._taken: str | None = None
        self._typing = False  # whether letters were typed into the row since the cursor came to it
        self._wrong = ""
        self._label_width = 0
        self._foot = 3  # lines of the foot, without those about the source
        self._first = 0
        self._restored = shelf.take_up(form)

    def body(self) -> ComposeResult:
        yield Foot(id="about")
        with Container(id="area"):
            yield FormLines(id="rows", ascii_only=self.ascii_only)
            yield FormInput(id="entry")
        yield Foot(id="foot")

    def on_mount(self) -> None:
        super().on_mount()
        about: Runs = [(self.form.about, "quiet")] if self.form.about else []
        if self._restored:
            key = (self.key_of("form_original"), "key")
            about = [("Your draft is back; ", "soon"), key, (" twice: as in the file", "soon")]
        self.query_one("#about", Foot).show(about)
        self.query_one("#about").display = bool(about)
        self._fit()
        self.set_focus(self._entry)
        rows = enumerate(self.form.rows)
        self._first = next((at for at, each in rows if each.steps[: len(self._start)] == self._start), 0)
        self._begin()
        self._rows.show(self._lines, entry=self._first, top=True)
        self.call_after_refresh(self._place)

    def _fit(self) -> None:
        """Set the height of the panel to its rows, as far as the screen allows."""
        self._foot = 4 if self.app.size.height >= 24 else 3
        foot = self._foot + (self.form.citing and (1 if self.app.size.width >= _ONE_LINE else 2))
        self.query_one("#foot").styles.height = foot
        self.size_for(len(self._lines(_USUAL)), others=foot + 2 + int(self.query_one("#about").display))

    # ---- the parts

    @property
    def _rows(self) -> FormLines:
        return self.query_one("#rows", FormLines)

    @property
    def _entry(self) -> FormInput:
        return self.query_one("#entry", FormInput)

    @property
    def row(self) -> FormRow:
        """Row under the cursor."""
        at = self._rows.entry
        return self.form.rows[at if at is not None and at < len(self.form.rows) else self._first]

    # ---- drawing

    def _lines(self, width: int) -> list[DrawnLine]:
        rows = self.form.rows
        needed = max(width_of([(_named(each), "")]) for each in rows)
        self._label_width = min(needed, _LABEL, max(8, width // 3))
        lines: list[DrawnLine] = []
        heading = ""
        for at, row in enumerate(rows):
            if row.heading != heading:
                lines += [DrawnLine()] if lines else []
                heading = row.heading
                if heading:
                    lines.append(DrawnLine(((heading, "heading"),)))
            lines.append(DrawnLine(tuple(self._row(row, width, here=row is self.row)), at))
        return lines

    def _row(self, row: FormRow, width: int, *, here: bool) -> Runs:
        label = one_line([(_named(row), "strong" if row.changed else "label")], self._label_width)
        runs: Runs = [*label, (" " * (self._label_width - width_of(label) + _GAP), "")]
        room = width - self._label_width - _GAP
        words = list(self.form.reading(row).words) if not row.fixed else []
        if here:
            space = self._entry_width(row, room, words)
            runs.append((" " * space, ""))
        else:
            text = first_line(row.text)
            value: Runs = [(text, "quiet" if row.fixed else "")] if text else [("-" if self.ascii_only else "–", "quiet")]
            value = one_line(value, room)
            runs += value
            space = width_of(value)
        if self.form.lost(row):
            words = [("° ", "unverified"), *words]
        if words and room - space - _GAP >= _LEAST:
            runs += [(" " * _GAP, ""), *_calm(words, here)]
        return one_line(runs, width)

    def _entry_width(self, row: FormRow, room: int, words: Runs) -> int:
        needed = max(_LEAST, width_of([(first_line(row.text), "")]) + 1)
        wanted = room - _GAP - min(width_of(words), room // 2) if words else room
        return max(_LEAST, min(needed, max(wanted, _LEAST), room))

    def _show(self, entry: int | None = None) -> None:
        self._rows.show(self._lines, entry=entry)
        self._place()

    def _place(self) -> None:
        """Place the entry over its row, and show the row's help and choices below."""
        rows = self._rows
        y, width = rows.cursor_line, rows.scrollable_content_region.width - GUTTER - 1
        entry = self._entry
        if width <= 0:
            return
        entry.visible = y is not None
        if y is not None:
            room = width - self._label_width - _GAP
            words = list(self.form.reading(self.row).words) if not self.row.fixed else []
            entry.styles.width = self._entry_width(self.row, room, words)
            entry.styles.offset = (GUTTER + self._label_width + _GAP, y)
        self._say(width)

    def _say(self, width: int) -> None:
        row = self.row
        words = list(self.form.reading(row).words) if not row.fixed else []
        wrong: Runs = [(self._wrong, "bad")] if self._wrong else []
        chosen = self._words() if not row.fixed else ()
        shown = chips(chosen, self._taken or (row.text if row.text in chosen else None), width) if chosen else []
        remark = self.form.remark(self.form) if self.form.remark is not None else []
        source = self.form.about_source(row, self.key_of("form_keep_source"), self.key_of("form_source"))
        help: Runs = [(row.fixed or self._ways(row), "quiet")]
        room = width - self._label_width - 2 * _GAP - width_of([(first_line(row.text), "")])
        cut = words if width_of(words) > room else []
        foot = self.query_one("#foot", Foot)
        lines = sum(len(wrap(each, max(1, width - 1))) for each in (wrong, remark, cut, shown) if each)
        foot.show(wrong, source, remark, cut, shown, help if not cut or (not wrong and lines < self._foot - 1) else [])

    def _ways(self, row: FormRow) -> str:
        """Return the help of the field and the keys that fill it in."""
        opens = f" {self.key_of('form_enter')} opens it."
        more = {"flag": " Space changes it.", "words": " Separate them by commas.", "prose": opens}
        return row.fact.help + more.get(row.fact.kind, "")

    # ---- typing

    def _words(self) -> tuple[str, ...]:
        """Return the choices for the typed text; a completed choice does not narrow them."""
        row = self.row
        if self._taken is None:
            return self.form.choices(row)
        now, row.text = row.text, self._begun
        words = self.form.choices(row)
        row.text = now
        return words

    def _begin(self) -> None:
        """Start editing the row that the cursor moved to."""
        self._entry.take(self.row)
        self._begun, self._taken, self._typing = self.row.text, None, False

    def _typed(self, text: str) -> None:
        self.row.text = text
        self._wrong = ""
        before = len(self.form.rows)
        self.form.grow()
        if len(self.form.rows) != before:
            self._fit()
        self._shelf.put(self.form)
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._begun, self._taken, self._typing = event.value, None, True
        self._typed(event.value)

    def on_line_list_highlighted(self, event: FormLines.Highlighted) -> None:
        event.stop()
        if self._entry.row is not self.row:
            self._begin()
            self._show()
        else:
            self._place()

    def on_line_list_activated(self, event: FormLines.Activated) -> None:
        event.stop()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def action_complete(self, step: int) -> None:
        row, words = self.row, self._words()
        if row.fixed or not words or row.fact.kind == "prose":
            return
        current = self._taken or (row.text if row.text in words else None)
        at = (words.index(current) + step) % len(words) if current in words else (0 if step > 0 else len(words) - 1)
        self._taken = words[at]
        self._typed(completed(row.fact, self._begun, words[at]))
        self._entry.retake()

    def action_original(self) -> None:
        """Reset the field to the file's value; if it has that value already, reset all fields."""
        if self.row.changed:
            self.row.text = self.row.start
        else:
            for each in self.form.rows:
                each.text = each.start
        self._entry.retake()
        self._typed(self.row.text)

    def action_keep_source(self) -> None:
        """Confirm the old source of the field under the cursor; again: do not."""
        self.form.keep_source(self.row)
        self._show()

    async def action_source(self) -> None:
        """Name the source of the field under the cursor."""
        row, program = self.row, self.form.around.program
        if program is None or not self.form.can_name(row):
            return
        from .picker import source_picker

        def named(id: str | None) -> None:
            row.source = id or ""
            self._show()

        await self.app.push_screen(source_picker(f"Source of {row.label}", program, self.form.old_sources(row), None), named)

    # ---- moving

    def _spread(self) -> None:
        """Move what was typed for other rows to them."""
        if self.form.spread is not None:
            self.form.spread(self.form)
            self._entry.retake()

    def action_row(self, rows: int) -> None:
        self._spread()
        at = self._rows.entry or 0
        self._rows.move_to(max(0, min(at + rows, len(self.form.rows) - 1)))

    def action_below(self, step: int) -> None:
        """Go to another field; while a word is being typed that is no choice yet, take one."""
        if self._taken is not None or (self._typing and self._words() and self.row.text not in self._words()):
            self.action_complete(step)
        else:
            self.action_row(step)

    async def action_enter(self) -> None:
        if self.row.fact.kind == "prose" and not self.row.fixed:
            await self._open_text()
        else:
            self.action_row(1)

    async def on_entry_opened(self) -> None:
        await self._open_text()

    async def _open_text(self) -> None:
        from cartwatch.app.screens.memo import MemoScreen

        row = self.row

        def written(text: str | None) -> None:
            if text is not None:
                self._typed(text)
                self._entry.retake()
                self._show()

        await self.app.push_screen(MemoScreen(f"{self.form.title} · {row.label}", row.text, help=row.fact.help), written)

    # ---- leaving

    def action_save(self) -> None:
        """Save all changed fields as one change; a value that is refused is explained at its field."""
        self._spread()
        wrong = self.form.wrong()
        if wrong:
            more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            self._wrong = f"{wrong[0].label}: {self.form.reading(wrong[0]).error}{more}. Nothing is written yet."
            self._rows.move_to(self.form.rows.index(wrong[0]))
            self._show()
            return
        if not self.form.dirty:
            self.dismiss(None)
            return
        try:
            planned = self.form.planned()
            if planned is not None:
                self._commit(planned)
        except Overtaken as why:
            if why.row is not None:
                self._rows.move_to(self.form.rows.index(why.row))
            self._entry.retake()
            self._wrong = str(why)
            self._show()
            return
        except (ChangeError, EditError) as why:
            self._wrong = str(why)
            self._place()
            return
        self._shelf.drop(self.form.draft)
        self.dismiss(None)

    async def action_leave(self) -> None:
        if not self.form.dirty:
            self._shelf.drop(self.form.draft)
            self.dismiss(None)
            return

        def answered(answer: str | None) -> None:
            if answer == SAVE:
                self.action_save()
            elif answer == KEEP:
                self.notify("Your text is kept as a draft: open the form again to go on.", markup=False, timeout=4)
                self.dismiss(None)
            elif answer == DROP:
                self._shelf.drop(self.form.draft)
                self.dismiss(None)

        count = sum(each.changed for each in self.form.rows)
        title = f"{count} field{'' if count == 1 else 's'} changed, not saved yet"
        await self.app.push_screen(leaving(title, self.key_of("close")), answered)

    def action_close(self) -> None:
        self.call_later(self.action_leave)


def _named(row: FormRow) -> str:
    return f"  {row.label}" if row.heading else row.label


def _calm(words: Runs, here: bool) -> Runs:
    """Dim the parsed reading of rows without the cursor; errors keep their colour."""
    return [(text, role if here or role in ("bad", "soon", "unverified", "unread") else "quiet") for text, role in words]
