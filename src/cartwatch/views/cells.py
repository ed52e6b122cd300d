"""Cell texts of the table columns, and the values that columns sort by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.domain.agenda import slides
from cartwatch.domain.dates.format import iso
from cartwatch.domain.dates.format import shown as canonical
from cartwatch.domain.difference import below
from cartwatch.domain.fields import declared
from cartwatch.domain.program import Program
from cartwatch.domain.provenance import last_checked
from cartwatch.domain.runway import AFTER, MAY_OUTLAST, runway_against
from cartwatch.domain.vocabulary import VOCABULARIES, fold

from .facts import absent, cited, unverified
from .lines import Run
from .look import COUNTDOWN, role_of
from .trials import STOPPED, in_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from cartwatch.domain.agenda import Item
    from cartwatch.domain.dates.countdown import Countdown

    from .look import Look

    Runs = tuple[Run, ...]
    Cell = Callable[[Program, Look], Runs]
    Value = Callable[[Program, Look], Any]  # comparable within a column; None where the program has no value

__all__ = [
    "NO_DAY_SAID",
    "agenda_order",
    "by_closing",
    "closes",
    "countdown",
    "countdown_text",
    "day",
    "designation_rank",
    "designations",
    "fact_age",
    "folded",
    "guidance",
    "kind",
    "kind_rank",
    "mark",
    "mark_rank",
    "mechanism",
    "mechanism_rank",
    "middle",
    "moves",
    "number",
    "opens",
    "percent",
    "phase",
    "phase_rank",
    "program_name",
    "rate",
    "runway",
    "runway_end",
    "source_age",
    "text",
    "trial_status",
    "trial_status_rank",
    "unread",
    "upcoming",
    "upcoming_text",
    "waiting",
    "when",
]


NO_CATALYST = "none upcoming"
"""Stands for the next catalyst of a program that has none: its window and countdown are left blank."""

NO_DAY_SAID = " no day said"
"""Follows relative guidance whose day is not recorded."""

_LONG = 24  # characters of the longest guidance that a table shows as written
_UNREAD = 12  # and of what could not be read
_SHORT = {"autologous": "auto", "allogeneic donor": "allo", "cord blood": "cord", "in vivo": "vivo"}


def mark(program: Program, look: Look) -> Runs:
    marked = Run(look.glyphs.marked, "accent") if program.key in look.marked else Run(" ")
    return (marked, Run(look.glyphs.pinned if program.pinned else " ", "accent"))


def mark_rank(program: Program, look: Look) -> Any:
    return (program.key not in look.marked, not program.pinned)


def program_name(program: Program, look: Look) -> Runs:
    on_hold = any(each.open for each in program.holds)
    badge = (Run("HOLD", "overdue"), Run(" ")) if on_hold else ()  # before the name: a long name is cut at its end
    return (*badge, Run(program.label, "strong" if look.next(program) is not None else ""))


def text(attribute: str, role: str = "") -> Cell:
    """Return a field of the program as text; the items of a list are joined by commas."""

    def cell(program: Program, look: Look) -> Runs:
        value = getattr(program, attribute)
        shown = ", ".join(value) if isinstance(value, tuple) else value
        return (Run(shown, role),) if shown else absent(look, program, declared(Program, attribute).key)

    return cell


def folded(attribute: str) -> Value:
    """Return a field of the program in folded case, for sorting."""

    def value(program: Program, look: Look) -> str | None:
        found = getattr(program, attribute)
        return fold(", ".join(found) if isinstance(found, tuple) else found or "") or None

    return value


def mechanism(attribute: str) -> Cell:
    def cell(program: Program, look: Look) -> Runs:
        value = getattr(program.mechanism, attribute) if program.mechanism else None
        shown = ", ".join(value) if isinstance(value, tuple) else value
        return (
            cited(program, look, f"mechanism.{attribute}", _SHORT.get(shown, shown))
            if shown
            else absent(look, program, f"mechanism.{attribute}")
        )

    return cell


def mechanism_rank(attribute: str) -> Value:
    """Rank by the order of the vocabulary; unknown words sort alphabetically."""

    def value(program: Program, look: Look) -> Any:
        found = getattr(program.mechanism, attribute) if program.mechanism else None
        if not found:
            return None
        return fold(", ".join(found)) if isinstance(found, tuple) else VOCABULARIES[attribute].rank(found)

    return value


def phase(program: Program, look: Look) -> Runs:
    return cited(program, look, "phase", program.phase) if program.phase else absent(look, program, "phase")


def phase_rank(program: Program, look: Look) -> Any:
    return VOCABULARIES["phase"].rank(program.phase) if program.phase else None


def designations(program: Program, look: Look) -> Runs:
    kinds = dict.fromkeys(each.kind for each in program.designations if each.kind)
    return (Run(", ".join(kinds)),) if kinds else absent(look)


def designation_rank(program: Program, look: Look) -> Any:
    return min((VOCABULARIES["designation"].rank(each.kind) for each in program.designations if each.kind), default=None)


def upcoming(program: Program, look: Look) -> Runs:
    item = look.next(program)
    return (Run(item.catalyst.event or item.catalyst.key),) if item else (Run(NO_CATALYST, "quiet"),)


def upcoming_text(program: Program, look: Look) -> str | None:
    item = look.next(program)
    return fold(item.catalyst.event or item.catalyst.key) if item else None


def when(program: Program, look: Look) -> Runs:
    """Return the guidance of the next catalyst."""
    item = look.next(program)
    return guidance(item, look) if item is not None else (Run(""),)


def guidance(item: Item, look: Look, room: int = _LONG) -> Runs:
    """Return the guidance of a catalyst as written; where that is too long, its canonical phrase or its first words."""
    if not item.window.text:
        return absent(look)
    text = " ".join(item.window.text.split())
    if item.window.dated:
        text = canonical(item.window) if len(text) > room else text
    elif room == _LONG:
        text = _first_words(text, look)
    role = "unread" if item.countdown.state == "unreadable" else ""
    runs = cited(item.program, look, f"{below('catalyst', item.catalyst.key)}.when", text, role, item.catalyst)
    return (*runs, Run(NO_DAY_SAID, "unread")) if slides(item.catalyst, look.today) else runs


def _first_words(text: str, look: Look) -> str:
    """Return the first words of a text that could not be read, for a column that is never cut."""
    if len(text) <= _UNREAD:
        return text
    return look.plainly(f"{text[: _UNREAD + 1].rpartition(' ')[0] or text[:_UNREAD]}…")


def by_closing(program: Program, look: Look) -> Any:
    item = look.next(program)
    return (item.window.end, item.window.earliest()) if item and item.window.end else None


def opens(program: Program, look: Look) -> date | None:
    item = look.next(program)
    return item.window.start if item else None


def closes(program: Program, look: Look) -> date | None:
    item = look.next(program)
    return item.window.end if item else None


def middle(program: Program, look: Look) -> date | None:
    item = look.next(program)
    return item.window.midpoint if item else None


def day(value: Callable[[Program, Look], date | None]) -> Cell:
    def cell(program: Program, look: Look) -> Runs:
        found = value(program, look)
        return (Run(iso(found)),) if found else absent(look)

    return cell


def countdown(program: Program, look: Look) -> Runs:
    item = look.next(program)
    if item is None:
        return (Run(""),)
    if item.countdown.state == "undated":
        return absent(look)
    return (Run(countdown_text(item.countdown, look, COUNTDOWN), role_of(item.countdown)),)


def countdown_text(count: Countdown, look: Look, room: int) -> str:
    """The words of a countdown in so many cells: its short ones where the long do not fit."""
    if count.state in ("undated", "unreadable"):
        return look.glyphs.absent if count.state == "undated" else "unreadable"
    text = look.plainly(count.text)
    return text if len(text) <= room else look.plainly(count.short)


def agenda_order(program: Program, look: Look) -> Any:
    item = look.next(program)
    return item.order if item and item.countdown.state not in ("undated", "unreadable") else None


def runway(program: Program, look: Look) -> Runs:
    """Return until when the sponsor's cash lasts, marked where the next window may outlast it."""
    found = program.company.runway if program.company is not None else None
    if found is None or found.when is None:
        return absent(look)
    item = look.next(program)
    verdict = runway_against(found.when, item.window, look.today) if item is not None else ""
    role = "unread" if not found.when.readable else "overdue" if verdict in (MAY_OUTLAST, AFTER) else ""
    shown = Run(" ".join(found.when.text.split()), role)
    return (shown,) if found.verified else (shown, look.unverified)


def runway_end(program: Program, look: Look) -> date | None:
    found = program.company.runway if program.company is not None else None
    return found.when.end or found.when.start if found is not None and found.when is not None else None


def kind(program: Program, look: Look) -> Runs:
    item = look.next(program)
    return (Run(item.catalyst.kind),) if item and item.catalyst.kind else absent(look)


def kind_rank(program: Program, look: Look) -> Any:
    item = look.next(program)
    return VOCABULARIES["kind"].rank(item.catalyst.kind) if item and item.catalyst.kind else None


OTHER_SETS = "*"
"""Follows a rate that another data set of the program contradicts."""


def rate(risk: str, grade: str) -> Cell:
    """Return the leading rate as published, always with its number of patients: `1/40`, `11% of 70`, `3% of ?`.

    A `*` marks that another data set differs by more than the 95 % interval.
    A column of any grade shows a rate of grade 3 or higher, named so, if there is no other. GVHD of autologous cells is "n/a".
    """

    def cell(program: Program, look: Look) -> Runs:
        shown_grade, suffix = grade, ""
        leading = program.leading_rate(risk, grade)
        if leading is None and grade == "any":
            shown_grade, suffix = "severe", f" {look.glyphs.least}3"
            leading = program.leading_rate(risk, "severe")
        if leading is None and (words := unread_rate(program, risk, grade)):
            return (Run(_first_words(words, look), "unread"), Run(" "))
        if leading is None:
            autologous = program.mechanism is not None and program.mechanism.source == "autologous"
            return (Run("n/a" if risk == "gvhd" and autologous else look.glyphs.absent, "quiet"), Run(" "))
        found = leading.rate
        words = (found.counts if found.n else f"{found.counts} of ?") + suffix + (OTHER_SETS if leading.disputed else "")
        path = f"safety.report.{leading.place + 1}.{risk}.{shown_grade}"
        shown = cited(program, look, path, words, record=leading.report)
        return shown if len(shown) > 1 else (*shown, Run(" "))  # the sign has its own cell, so that figures align

    return cell


def unread_rate(program: Program, risk: str, grade: str) -> str | None:
    """Return the text of a rate that the file has but that is not readable."""
    ends = (f".{risk}.{grade}", f".{risk}")
    return next((words for path, words in program.unread if path.startswith("safety.report.") and path.endswith(ends)), None)


def percent(risk: str, grade: str) -> Value:
    def value(program: Program, look: Look) -> float | None:
        leading = program.leading_rate(risk, grade)
        return leading.rate.percent if leading else None

    return value


def fact_age(program: Program, today: date) -> int | None:
    """Return the days since the program was last checked: its own `checked`, else the newest check of a source.

    The sign after each fact tells which were checked. None if the program was never checked.
    """
    day = last_checked(program)
    return max(0, (today - day).days) if day is not None else None


def source_age(program: Program, look: Look) -> Runs:
    days = fact_age(program, look.today)
    if days is None:
        return absent(look)
    return (Run(f"{days}d" if days < 1000 else f"{days // 365}y", "quiet"),)


def number(value: Callable[[Program, Look], int]) -> Cell:
    def cell(program: Program, look: Look) -> Runs:
        found = value(program, look)
        return (Run(str(found), "" if found else "quiet"),)

    return cell


def waiting(program: Program, look: Look) -> int:
    return sum(not each.closed for each in program.catalysts)


def moves(program: Program, look: Look) -> int:
    return sum(len(each.moves) for each in program.catalysts)


def unread(program: Program, look: Look) -> int:
    return len(unverified(program))


def trial_status(program: Program, look: Look) -> Runs:
    statuses = dict.fromkeys(each.status for each in program.trials if each.status)
    words = ", ".join(in_words(each) or "" for each in statuses)
    stopped = any(each in STOPPED for each in statuses)
    return (Run(words, "overdue" if stopped else ""),) if words else absent(look)


def trial_status_rank(program: Program, look: Look) -> str | None:
    return ", ".join(each.status for each in program.trials if each.status) or None
