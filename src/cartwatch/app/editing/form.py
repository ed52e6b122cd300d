"""Form: rows of typed text, the reading of each, and the change that they make together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cartwatch.app.editing.targets import behind, value_at
from cartwatch.document.paths import joined
from cartwatch.document.typed import are_rates, as_typed
from cartwatch.domain.agenda import slides
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.cites import read_cites, typed_cites
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.description import short
from cartwatch.domain.fields import facts, plain_key
from cartwatch.domain.program import root
from cartwatch.domain.record_lists import inline_lists
from cartwatch.domain.text import clean
from cartwatch.session.changes import ChangeError
from cartwatch.session.citations import cited_unit

from .parse import FieldReading, Setting, known_words, matching, read, since

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cartwatch.domain.fields import Fact
    from cartwatch.domain.program import Program
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.session.changes import PlannedChange
    from cartwatch.views.layout import Runs
    from cartwatch.views.look import Look

__all__ = [
    "NEW",
    "Form",
    "FormRow",
    "Overtaken",
    "Surroundings",
    "fresh_item",
    "one_row",
    "rows_of",
]

NEW = "+"  # the name of a new item, followed by a number
_REFRESHED = "written by a registry refresh, not by hand"
_FOREIGN = "not of this field's kind: “Edit as text” changes it"


@dataclass(slots=True)
class FormRow:
    """A field in a form.

    `steps` lead to it from the form's record; a list item has its number from 1, or NEW and a number. `start` is the file's
    value as typed text, `text` the typed text, `fixed` the reason why it can't be changed here; `begun` is the file's value
    from when a draft was begun.
    """

    fact: Fact
    steps: tuple[str, ...]
    label: str
    heading: str = ""
    start: str = ""
    text: str = ""
    fixed: str = ""
    suggested: bool = False  # the form proposes this value: what is typed replaces it
    begun: str | None = None
    source: str = ""  # the id or address named for the new value

    @property
    def changed(self) -> bool:
        if self.fact.kind == "words":
            return self.text.rstrip(", ") != self.start.rstrip(", ")
        return self.text != self.start

    @property
    def name(self) -> str:
        """Name of the row, unique in its form."""
        return ".".join(self.steps)

    @property
    def item(self) -> tuple[str, ...] | None:
        """List item that the row belongs to, if any."""
        at = next((at for at, each in enumerate(self.steps) if each in inline_lists() and at + 2 < len(self.steps)), None)
        return self.steps[: at + 2] if at is not None else None


def one_row(
    fact: Fact, steps: tuple[str, ...], value: Any, *, heading: str = "", label: str = "", suggested: bool = False
) -> FormRow:
    """Build the row of a field with this value in the file, or suggested by the form."""
    why = _REFRESHED if fact.registry else "" if _holds(fact, value) else _FOREIGN
    text = as_typed(value)
    if fact.kind == "flag" and value is None:
        text = "no"
    return FormRow(fact, steps, label or fact.label, heading, text, text, why, suggested)


def _holds(fact: Fact, value: Any) -> bool:
    """Whether a field of this kind can hold the value as typed text without loss."""
    if fact.kind == "cites":
        return read_cites(typed_cites(as_typed(value))) == read_cites(value)
    if isinstance(value, dict):
        return fact.kind == "rates" and are_rates(value)
    if isinstance(value, list):
        return fact.kind == "words" and all(isinstance(each, str) and '"' not in each for each in value)
    return not isinstance(value, str) or fact.kind == "prose" or not ("\n" in value or "\r" in value)


def rows_of(record: type, raw: Any, steps: tuple[str, ...] = (), heading: str = "") -> list[FormRow]:
    """Build the rows of a record with this data, in declared order; fields written by a refresh come last."""
    plain = plain_key(record)
    if isinstance(raw, str) and plain:
        raw = {plain: raw}
    held: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    rows: list[FormRow] = []
    for key, fact in facts(record).items():
        value = held.get(key)
        if fact.kind == "map" or (record is root() and fact.record is not None):
            continue
        if fact.kind == "record" and fact.record is not None and isinstance(value, dict | None):
            rows += rows_of(fact.record, value or {}, (*steps, key), fact.label)
        elif fact.kind == "records":
            rows += _items(fact, value, (*steps, key)) if key in inline_lists() else []
        else:
            rows.append(one_row(fact, (*steps, key), value, heading="Registry" if fact.registry else heading))
    return sorted(rows, key=lambda row: row.fact.registry)


def _items(fact: Fact, value: Any, steps: tuple[str, ...]) -> list[FormRow]:
    rows: list[FormRow] = []
    assert fact.record is not None
    listed = value if isinstance(value, list) else []
    for place, item in enumerate(listed, 1):
        rows += _numbered(rows_of(fact.record, item, (*steps, str(place)), fact.label), str(place))
    return [*rows, *fresh_item(fact, steps, 1)]


def fresh_item(fact: Fact, steps: tuple[str, ...], number: int) -> list[FormRow]:
    """Build the empty rows of a new item."""
    assert fact.record is not None
    return _numbered(rows_of(fact.record, {}, (*steps, f"{NEW}{number}"), fact.label), NEW)


def _numbered(rows: list[FormRow], sign: str) -> list[FormRow]:
    for row in rows:
        row.label = f"{sign} {row.label}"
    return rows


# ---- the form


_GROUND = ""  # no row has this name
_NAMES = ("name", "short", "aliases")  # rows in which a program that is in the list already is named
_QUOTED = 60  # characters shown of a value that another application wrote


class Overtaken(ChangeError):
    """The file was changed in a field that the form changes too; `row` is the first such field."""

    def __init__(self, words: str, row: FormRow | None) -> None:
        super().__init__(words)
        self.row = row


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Context of a form: the list, the program, and the record's fields without a row."""

    look: Look
    watchlist: Watchlist
    program: Program | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[str, ...] = ()  # from the program to the record
    others: tuple[Program, ...] = ()  # further programs that the form changes


@dataclass(slots=True)
class Form:
    """Rows under a title, and the change that they make.

    `build` makes the planned change, raising ChangeError; `draft` is the name under which typed text is kept; `remark` comments
    on the whole form, such as the kind of move of new guidance. With `again`, a change by another application since the form
    was opened is shown before it is overwritten.
    """

    title: str
    rows: list[FormRow]
    around: Surroundings
    build: Callable[[Form], PlannedChange]
    draft: str
    remark: Callable[[Form], Runs] | None = None
    about: str = ""  # text above the rows
    basis: object = None  # data that the form was made from beside its rows
    again: Callable[[], Form] | None = None  # builds the form again from the current file
    begun: str | None = None  # the ground of a restored draft
    spread: Callable[[Form], None] | None = None  # moves parts of a typed text to the rows that they belong to
    twin: Callable[[str], Program | None] | None = None  # finds the program that has a typed name already
    kept: set[str] = field(default_factory=set)  # what keeps its source, as `cited_unit` names it

    # ---- what was typed

    @property
    def dirty(self) -> bool:
        return any(each.changed for each in self.rows)

    def typed(self) -> dict[str, str]:
        """Return the text of each changed row, by row name."""
        return {each.name: each.text for each in self.rows if each.changed}

    def starts(self) -> dict[str, str]:
        """Return the file's value of each changed row, and the form's ground, from when the typing began."""
        begun = {each.name: each.start if each.begun is None else each.begun for each in self.rows if each.changed}
        return {**begun, _GROUND: self.ground if self.begun is None else self.begun}

    @property
    def ground(self) -> str:
        """Return the data that the form was made from beside its rows, for comparison."""
        return self.about if self.basis is None else f"{self.about}{self.basis!r}"

    def retype(self, texts: Mapping[str, str], starts: Mapping[str, str]) -> None:
        """Restore a draft, with the values it was typed over; text without a row is left out."""
        self.begun = starts.get(_GROUND)
        for name in texts:
            steps = tuple(name.split("."))
            for at in range(1, len(steps)):
                if steps[at].startswith(NEW) and not any(each.steps[: at + 1] == steps[: at + 1] for each in self.rows):
                    self._add_item(steps[: at + 1])
        for row in self.rows:
            if not row.fixed:
                row.text = texts.get(row.name, row.start)
                row.begun = starts.get(row.name, "") if row.name in texts else None
        self.grow()

    def grow(self) -> None:
        """Add an empty item below a list of small records if its last item is filled in."""
        lists = dict.fromkeys(each.item[:-1] for each in self.rows if each.item is not None and each.item[-1].startswith(NEW))
        for steps in lists:
            new = [each for each in self.rows if each.item is not None and each.item[:-1] == steps and each.item[-1][0] == NEW]
            last = max(int(str(each.item[-1])[1:]) for each in new if each.item is not None)
            if any(each.text for each in new if each.item is not None and each.item[-1] == f"{NEW}{last}"):
                self._add_item((*steps, f"{NEW}{last + 1}"))

    def _add_item(self, item: tuple[str, ...]) -> None:
        places = [at for at, each in enumerate(self.rows) if each.item is not None and each.item[:-1] == item[:-1]]
        if not places or not item[-1][1:].isdigit():
            return
        fact = _list_fact(self.around, self.rows[places[-1]], item)
        if fact is not None:
            self.rows[places[-1] + 1 : places[-1] + 1] = fresh_item(fact, item[:-1], int(item[-1][1:]))

    # ---- what it asks for

    def planned(self) -> PlannedChange | None:
        """Build the change of the current file; None if the file has the typed values already.

        Raises ChangeError, and once Overtaken where a field was changed in the file too since the form was opened.
        """
        if self.again is not None:
            self._catch_up(self.again())
        return self.build(self) if self.dirty else None

    def _catch_up(self, now: Form) -> None:
        """Update the rows from the current file. Raises Overtaken where the file changed a row that was typed into."""
        theirs = {each.name: each.start for each in now.rows}
        met: list[FormRow] = []
        for row in self.rows:
            start = theirs.get(row.name, "")
            if row.changed:
                if start != (row.start if row.begun is None else row.begun) and start != row.text:
                    met.append(row)
            else:
                row.text = start
            row.start, row.begun = start, None
        told = [f"{each.label} has become {_quoted(each.start)}" for each in met]
        if not met and self.dirty and now.ground != (self.ground if self.begun is None else self.begun):
            told.append(now.about or f"{self.rows[0].label} has changed")
        self.around, self.build, self.about, self.basis, self.begun = now.around, now.build, now.about, now.basis, None
        if told:
            words = "; ".join(told)
            raise Overtaken(f"Meanwhile: {words}. Save again to put yours in its place.", met[0] if met else None)

    # ---- what it means

    def _beside(self, row: FormRow, key: str) -> str:
        """Return the typed or stored value of another field of the row's record."""
        steps = (*(row.item or row.steps[:-1]), key)
        for each in self.rows:
            if each.steps == steps:
                return each.text
        return as_typed(self.around.record.get(key)) if row.item is None else ""

    def setting(self, row: FormRow) -> Setting:
        """Return the setting in which the text of a row is read."""
        look = self.around.look
        said = since(self._beside(row, "said"), look) if row.fact.kind == "guidance" else None
        rated = row.fact.kind in ("rate", "rates")
        n = as_typed(self.around.record.get("n")) if rated else ""
        if rated:
            n = next((each.text for each in self.rows if each.steps == ("n",)), n).replace(",", "")
        waiting = row.fact.kind == "guidance" and row.item is None and not self._beside(row, "outcome")
        kind = self._beside(row, "kind") or "other" if waiting else None
        patients = int(n) if n.isdecimal() and len(n) < 10 else None
        return Setting(look, self.around.program, said, patients, kind, self._other_grade(row))

    def _other_grade(self, row: FormRow) -> tuple[str, str]:
        """Return the grade of a rate, and the typed or stored rate of the other grade."""
        grade = row.steps[-1]
        if row.fact.kind != "rate" or grade not in ("any", "severe"):
            return "", ""
        steps = (*row.steps[:-1], "severe" if grade == "any" else "any")
        for each in self.rows:
            if each.steps == steps:
                return grade, each.text
        return grade, as_typed(value_at(self.around.record, steps))

    def reading(self, row: FormRow) -> FieldReading:
        """Read the text of a row; a day that guidance counts from is missed where there is none."""
        found = read(row.fact, row.text, self.setting(row))
        if self.twin is not None and row.name in _NAMES and (known := self.twin(row.text)) is not None:
            named = known.label if known.label == known.name else f"{known.label} ({known.name})"
            return replace(found, words=((f"already in the list: {clean(named, limit=_QUOTED)}", "soon"),))
        if row.fact.key != "said" or row.text.strip() or self._beside(row, "outcome"):
            return found
        today = self.around.look.today
        guidance = Catalyst("", when=read_window(self._beside(row, "when").strip(), None, today))
        return (
            replace(found, words=(("no day said: the window moves with today", "unread"),))
            if slides(guidance, today)
            else found
        )

    def choices(self, row: FormRow) -> tuple[str, ...]:
        """Return the choices that complete the text of a row."""
        words = known_words(row.fact, (*self.around.steps, *row.steps), self.around.program, self.around.watchlist)
        whole = row.text == row.start or row.text in words
        return words if whole and row.fact.kind in ("term", "flag") else matching(row.fact, words, row.text)

    # ---- the sources

    def _unit(self, row: FormRow) -> str | None:
        if row.fixed or self.around.steps[-1:] == (NEW,):
            return None
        return cited_unit(joined((*self.around.steps, *row.steps)))

    def _cited(self, unit: str | None) -> tuple[str, ...]:
        programs = [each for each in (self.around.program, *self.around.others) if each is not None and unit is not None]
        return tuple(dict.fromkeys(id for each in programs for id in behind(each, unit or "").cited))

    @property
    def citing(self) -> bool:
        """Whether a field of the form has a source that it can lose."""
        return any(self._cited(self._unit(each)) for each in self.rows)

    def sourced(self, row: FormRow) -> str | None:
        """Return the path of what is sourced as one with a changed field; None if no source can stand behind it."""
        return self._unit(row) if row.changed and self.reading(row).error is None else None

    def old_sources(self, row: FormRow) -> tuple[str, ...]:
        """Return the sources that stood behind a changed field."""
        unit = self.sourced(row)
        return () if unit is not None and unit.endswith(".outcome") and not row.start else self._cited(unit)

    def lost(self, row: FormRow) -> tuple[str, ...]:
        """Return the sources that will no longer stand behind a changed field."""
        unit = self.sourced(row)
        own = next((each for each in self.rows if each.steps == ("cite",) and each.changed), None)
        named = row.source or (own is not None and unit is not None and (own.text or not unit.endswith(".outcome")))
        return () if named or unit in self.kept else self.old_sources(row)

    def keep_source(self, row: FormRow) -> None:
        """Say that the old source stands behind the new value too; again: that it does not."""
        unit = self.sourced(row)
        if unit is not None and self.old_sources(row):
            row.source = ""
            self.kept ^= {unit}

    def source_of(self, row: FormRow) -> Any:
        """Return the named source of a changed field, or the kept ones."""
        kept = self.old_sources(row) if self.sourced(row) in self.kept else ()
        return row.source or (kept[0] if len(kept) == 1 else list(kept) or None)

    def about_source(self, row: FormRow, keep: str, name: str) -> Runs:
        """Return what becomes of the source of a changed field, with the keys that keep it or name another."""
        lost = self.lost(row)
        if row.source:
            return [("source: ", "quiet"), (clean(row.source, limit=_QUOTED), "")]
        if not lost:
            kept = self.old_sources(row) if self.sourced(row) in self.kept else ()
            stays = f"confirmed: {_listed(kept)} stands behind it too  "
            return [(stays, "quiet"), (keep, "key"), (" not", "quiet")] if kept else []
        goes = f"{_listed(lost)} will no longer stand behind it"
        runs: Runs = [(goes, "soon"), ("  ", ""), (keep, "key"), (" keeps it", "quiet")]
        return runs if not self.can_name(row) else [*runs, ("  ", ""), (name, "key"), (" another", "quiet")]

    def can_name(self, row: FormRow) -> bool:
        """Whether a source can be named for a changed field."""
        return self.sourced(row) is not None and row.item is None and not self.around.others

    def wrong(self) -> list[FormRow]:
        """Return the rows whose text has an error."""
        return [each for each in self.rows if each.changed and self.reading(each).error is not None]

    def value(self, *steps: str) -> Any:
        """Return the value to store for a field. Raises ChangeError where its text has an error."""
        for each in self.rows:
            if each.steps == steps:
                reading = self.reading(each)
                if reading.error is not None:
                    raise ChangeError(f"{each.label}: {reading.error}")
                return reading.value
        return None


def _listed(sources: Sequence[str]) -> str:
    shown = ", ".join(clean(each, limit=_QUOTED // 2) for each in sources[:2])
    more = f" and {len(sources) - 2} more" if len(sources) > 2 else ""
    return f"source{'' if len(sources) == 1 else 's'} {shown}{more}"


def _quoted(text: str) -> str:
    if not text:
        return "empty"
    return f"“{short(text, _QUOTED)}”"


def _list_fact(around: Surroundings, row: FormRow, item: tuple[str, ...]) -> Any:
    """Return the declaration of an item's list."""
    from cartwatch.domain.fields import walk

    found = [each for keys, each in walk(root()) if keys[-1] == item[-2] and each.kind == "records"]
    for each in found:
        if each.record is not None and row.fact in facts(each.record).values():
            return each
    return None
