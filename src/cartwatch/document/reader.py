"""The declarations at work: plain TOML data becomes domain values, and whatever does not fit becomes a problem."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.dates.parser import read_window, why_unreadable
from cartwatch.domain.fields import Fact, facts
from cartwatch.domain.program import Program, slug
from cartwatch.domain.rates import Rate, RateError, read_rate
from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import VOCABULARIES, fold, nearest
from cartwatch.domain.watchlist import Watchlist

from .problems import ERROR, WARNING, Problem, RawPath

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cartwatch.domain.dates.window import Window

__all__ = ["Read", "Reading", "read_program", "read_watchlist"]

_LINE = 2_000  # characters of a one-line text that are shown; the file keeps the rest
_PROSE = 200_000
_OWN_KEYS = 200  # of one table, that are compared with the declared ones
_KEY = 200
_MANY = 10**9  # no trial has as many patients


class Reading:
    """A reading in progress: where it is, and what it found wrong."""

    __slots__ = ("key", "n", "path", "problems", "program", "said", "today")

    def __init__(self, today: date, path: RawPath = ()) -> None:
        self.today = today
        self.path = path
        self.program: str | None = None
        self.key: str | None = None
        self.n: int | None = None
        self.said: date | None = None
        self.problems: list[Problem] = []

    def problem(self, level: str, message: str, *more: str | int) -> None:
        self.problems.append(Problem(level, (*self.path, *more), message, self.program, self.key))


@dataclass(frozen=True, slots=True)
class Read:
    """What a document means on a day: the watchlist, every problem in the order of the file, and what a next reading keeps."""

    watchlist: Watchlist
    problems: tuple[Problem, ...] = ()
    kept: Mapping[int, Kept] = field(default_factory=dict, repr=False)
    head: Mapping[str, Any] | None = field(default=None, repr=False)
    records: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    of_head: int = 0  # how many of the problems are the head's


@dataclass(frozen=True, slots=True)
class Kept:
    """A program as it was read, for the next reading; `settled` says that its key does not hang on the other programs."""

    record: Mapping[str, Any] = field(repr=False)  # held, so that no other can take its identity
    place: int
    program: Program
    problems: tuple[Problem, ...]
    settled: bool


def read_watchlist(
    head: Mapping[str, Any], programs: Sequence[Mapping[str, Any]], today: date, before: Read | None = None
) -> Read:
    """The watchlist that a document's data means, with every problem at once.

    `head` is everything at the top but the programs. A bad value never hides the rest: it is left out of the values and
    named among the problems. Programs whose very data was read `before`, on the same day, are not read again.
    """
    few = _read_few(head, programs, today, before) if before is not None and before.head is head else None
    if few is not None:
        return few
    reading = Reading(today)
    schema = head.get("schema", 1)
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        reading.problem(ERROR, f"{_shown(schema)} is not a schema number: write schema = 1", "schema")
        schema = 1
    title = head.get("title")
    if title is not None and not isinstance(title, str):
        reading.problem(ERROR, f"expected text, found {_type(title)}", "title")
        title = None
    if "program" in head:
        reading.problem(ERROR, "expected a list of tables: write [[program]]", "program")
    _misspelt(reading, head, ["schema", "title", "program"])
    of_head = len(reading.problems)
    known = before.kept if before is not None else {}
    kept: dict[int, Kept] = {}
    read: list[Program] = []
    taken: dict[str, int] = {}
    for place, record in enumerate(programs):
        one = known.get(id(record))
        if one is None or not one.settled or one.program.key in taken:
            one = _kept(record, place, today, taken)
        else:
            taken[one.program.key] = 1
            if one.place != place:
                problems = tuple(replace(each, path=("program", place, *each.path[2:])) for each in one.problems)
                one = replace(one, place=place, problems=problems)
        kept[id(record)] = one
        read.append(one.program)
        reading.problems.extend(one.problems)
    shown = clean(title, limit=_LINE) if title else None
    return Read(Watchlist(tuple(read), shown, schema), tuple(reading.problems), kept, head, programs, of_head)


_FEW = 100  # programs changed at once, up to which they are exchanged in the reading before


def _read_few(head: Mapping[str, Any], programs: Sequence[Mapping[str, Any]], today: date, before: Read) -> Read | None:
    """The reading before with a few programs exchanged; None where more than the programs themselves hangs on them."""
    old = before.records
    if len(old) != len(programs):
        return None
    changed = [place for place, pair in enumerate(zip(programs, old, strict=True)) if pair[0] is not pair[1]]
    if len(changed) > _FEW:
        return None
    kept, problems = dict(before.kept), before.problems
    others, same = {}, True
    for place in changed:
        former = kept.pop(id(old[place]), None)
        one = _kept(programs[place], place, today, {})
        if former is None or not (former.settled and one.settled) or former.program.key != one.program.key:
            return None
        kept[id(programs[place])] = one
        others[place] = one.program
        same = same and former.problems == one.problems
    if not same:
        problems = (*problems[: before.of_head], *(each for record in programs for each in kept[id(record)].problems))
    return Read(before.watchlist.with_others(others), problems, kept, head, programs, before.of_head)


def _kept(record: Mapping[str, Any], place: int, today: date, taken: dict[str, int]) -> Kept:
    program, problems = read_program(record, place, today, taken)
    numbered = program.key == f"program-{place + 1}"
    return Kept(record, place, program, problems, settled=not numbered and program.key == _wanted_key(record, place))


def read_program(
    record: Mapping[str, Any], place: int, today: date, taken: dict[str, int]
) -> tuple[Program, tuple[Problem, ...]]:
    """One program of the file, the `place`-th; `taken` holds the keys of those before it and is added to."""
    reading = Reading(today, ("program", place))
    if not isinstance(record, dict):
        reading.problem(ERROR, f"expected a table, found {_type(record)}")
        record = {}
    name = record.get("name")
    called = (each for each in (record.get("short"), name, record.get("id")) if isinstance(each, str) and each.strip())
    reading.program = clean(next(called, f"number {place + 1}"), limit=_LINE).strip()
    wanted = _wanted_key(record, place)
    key = _unique(wanted, taken)
    if key != wanted and "id" in record:
        reading.problem(WARNING, f'another program has the id "{wanted}": give this one its own', "id")
    reading.key = key
    if not isinstance(name, str) or not name.strip():
        reading.problem(ERROR, 'has no name: add name = "…"')
    program = replace(_read(reading, Program, record, key=key), key=key)
    return program, tuple(reading.problems)


def _wanted_key(record: Mapping[str, Any], place: int) -> str:
    """The key of a program if no other has it: its id, else a slug of its name, else its number."""
    given, name = (record.get("id"), record.get("name")) if isinstance(record, dict) else (None, None)
    if isinstance(given, str) and given.strip():
        return clean(given, limit=_KEY).strip()
    return slug(name) if isinstance(name, str) and name.strip() else f"program-{place + 1}"


def _unique(wanted: str, taken: dict[str, int]) -> str:
    """A key that is not taken yet; `taken` counts how often each was asked for."""
    key = wanted
    while key in taken:
        taken[wanted] += 1
        key = f"{wanted}~{taken[wanted]}"
    taken[key] = 1
    return key


@cache
def _plan(record: type) -> dict[str, tuple[str, Fact, Callable[[Reading, Fact, Any], Any]]]:
    """How each key of a record is read: prepared once."""
    return {key: (each.attribute, each, _READERS[each.kind]) for key, each in facts(record).items()}


def _read(reading: Reading, record_type: type, record: Mapping[str, Any], **given: Any) -> Any:
    """A record with its declared fields read from a table. `reading` stands at the table."""
    plan = _plan(record_type)
    base = reading.path
    strange = False
    for key, raw in record.items():
        known = plan.get(key)
        if known is None:
            strange = True
            continue
        attribute, declaration, reader = known
        reading.path = (*base, key)
        value = reader(reading, declaration, raw)
        if value is not None:
            given[attribute] = value
    reading.path = base
    if strange:
        _misspelt(reading, record, list(plan))
    return record_type(**given)


def _misspelt(reading: Reading, record: Mapping[str, Any], known: list[str]) -> None:
    """Warn about keys that look like a slip for a declared one; all others are the reader's own."""
    for key in islice((each for each in record if each not in known), _OWN_KEYS):
        close = nearest(key, known)
        if close is not None and close not in record and _alike(key, close):
            reading.problem(WARNING, f'is not a field of cartwatch: did you mean "{close}"?', key)


def _alike(key: str, known: str) -> bool:
    """Whether a key is a slip for a known one rather than a word of the reader's own."""
    from difflib import SequenceMatcher

    return len(key) > 2 and len(known) > 2 and SequenceMatcher(None, fold(key), fold(known)).ratio() >= 0.8


def _text(reading: Reading, declaration: Fact, value: Any) -> str | None:
    if not isinstance(value, str):
        reading.problem(ERROR, f"expected text, found {_type(value)}")
        return None
    if len(value) <= _LINE and value.isascii() and value.isprintable():  # as most are: nothing to clean
        return value.strip() or None
    return clean(value, limit=_LINE).strip() or None


def _prose(reading: Reading, declaration: Fact, value: Any) -> str | None:
    if not isinstance(value, str):
        reading.problem(ERROR, f"expected text, found {_type(value)}")
        return None
    return clean(value, lines=True, limit=_PROSE).strip("\n") or None


def _link(reading: Reading, declaration: Fact, value: Any) -> str | None:
    link = _text(reading, declaration, value)
    if link is not None and not link.lower().startswith(("https://", "http://")):
        reading.problem(WARNING, f"{_shown(link)} is not a web address: it should start with https://")
    return link


def _words(reading: Reading, declaration: Fact, value: Any) -> tuple[str, ...] | None:
    if isinstance(value, str):
        reading.problem(WARNING, f"expected a list of texts: write [{_shown(value)}]")
        value = [value]
    if not isinstance(value, list):
        reading.problem(ERROR, f"expected a list of texts, found {_type(value)}")
        return None
    kept = []
    for place, each in enumerate(value):
        if not isinstance(each, str):
            reading.problem(ERROR, f"expected text, found {_type(each)}", place)
        elif shown := _text(reading, declaration, each):
            kept.append(shown)
    return tuple(kept)


def _cites(reading: Reading, declaration: Fact, value: Any) -> tuple[str, ...] | None:
    return _words(reading, declaration, [value] if isinstance(value, str) else value)


def _map(reading: Reading, declaration: Fact, value: Any) -> dict[str, tuple[str, ...]] | None:
    if not isinstance(value, dict):
        reading.problem(ERROR, f"expected a table, found {_type(value)}")
        return None
    base, out = reading.path, {}
    pending: list[tuple[RawPath, str, Any]] = [((key,), key, each) for key, each in value.items()]
    while pending:
        keys, name, each = pending.pop(0)
        if isinstance(each, dict):  # mechanism.targets = "…" without quotes makes tables; it means the same
            pending = [((*keys, key), f"{name}.{key}", inner) for key, inner in each.items()] + pending
            continue
        reading.path = (*base, *keys)
        cited = _cites(reading, declaration, each)
        if cited is not None:
            out[clean(name, limit=_LINE)] = cited
    reading.path = base
    return out


def _term(reading: Reading, declaration: Fact, value: Any) -> str | None:
    word = _text(reading, declaration, value)
    if word is None or declaration.vocabulary is None:
        return word
    vocabulary = VOCABULARIES[declaration.vocabulary]
    canonical = vocabulary.canonical(word)
    if canonical is not None:
        return canonical
    if vocabulary.closed:
        close = vocabulary.suggest(word)
        hint = f'did you mean "{close}"?' if close else f"choose from {', '.join(vocabulary.words)}"
        reading.problem(WARNING, f"unknown {declaration.label.lower()} {_shown(word)}: {hint}")
    return word


def _flag(reading: Reading, declaration: Fact, value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    reading.problem(ERROR, f"expected true or false, found {_type(value)}")
    return None


def _count(reading: Reading, declaration: Fact, value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MANY:
        return value
    shown = f" ({_shown(value)})" if isinstance(value, int) else ""
    reading.problem(ERROR, f"expected a whole number, zero or more, found {_type(value)}{shown}")
    return None


def _window(reading: Reading, value: Any, said: date | None) -> Window | None:
    if isinstance(value, str | date):
        window = read_window(clean(value, limit=_LINE) if isinstance(value, str) else value, said, reading.today)
    else:
        reading.problem(ERROR, f'expected a date, or words such as "Q4 2026", found {_type(value)}')
        return None
    if window.precision == "unreadable":
        reading.problem(WARNING, f"{_shown(window.text)} {_unread(why_unreadable(window.text, said, reading.today))}")
    return window


def _unread(why: str) -> str:
    return {
        "names no year": "names no year: add it, or say when the guidance was given (said)",
        "over before it was said": "was over before the day it was said: check both",
    }.get(why, "is not a date phrase that cartwatch reads: it is kept, and sorts last")


def _date(reading: Reading, declaration: Fact, value: Any) -> Window | None:
    return _window(reading, value, None)


def _guidance(reading: Reading, declaration: Fact, value: Any) -> Window | None:
    return _window(reading, value, reading.said)


def _rate(reading: Reading, declaration: Fact, value: Any) -> Rate | None:
    if not isinstance(value, str):
        reading.problem(ERROR, f'expected a rate as text, as in "1/40" or "2.4%", found {_type(value)}')
        return None
    try:
        rate = read_rate(value, reading.n)
    except RateError as wrong:
        reading.problem(ERROR, str(wrong))
        return None
    if rate.n and reading.n and rate.n > reading.n:
        reading.problem(WARNING, f"{_shown(value)} has more patients than the data set's n = {reading.n}")
    return rate


def _record(reading: Reading, declaration: Fact, value: Any) -> Any:
    assert declaration.record is not None
    if not isinstance(value, dict):
        reading.problem(ERROR, f"expected a table, found {_type(value)}")
        return None
    return _read(reading, declaration.record, value)


def _records(reading: Reading, declaration: Fact, value: Any) -> tuple[Any, ...] | None:
    assert declaration.record is not None
    if not isinstance(value, list):
        hint = f": write [[program.{declaration.key}]]" if isinstance(value, dict) else ""
        reading.problem(ERROR, f"expected a list of tables, found {_type(value)}{hint}")
        return None
    base, n, said = reading.path, reading.n, reading.said
    plain = getattr(declaration.record, "plain", None)
    taken: dict[str, int] = {}
    kept = []
    for place, each in enumerate(value):
        reading.path = (*base, place)
        if plain is not None and isinstance(each, str):
            each = {plain: each}
        if not isinstance(each, dict):
            reading.problem(ERROR, f"expected a table, found {_type(each)}")
            continue
        count = each.get("n")
        usable = isinstance(count, int) and not isinstance(count, bool) and 0 < count < _MANY
        reading.n = n if "n" not in each else count if usable else None
        reading.said = _said(each.get("said"), reading.today)
        given = {"key": _catalyst_key(reading, each, place, taken)} if declaration.record is Catalyst else {}
        kept.append(_read(reading, declaration.record, each, **given))
    reading.path, reading.n, reading.said = base, n, said
    return tuple(kept)


def _said(value: Any, today: date) -> date | None:
    """The day that guidance counts from: where only a month or quarter is known, its last day."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return read_window(value, None, today).end if isinstance(value, str) else None


def _catalyst_key(reading: Reading, record: Mapping[str, Any], place: int, taken: dict[str, int]) -> str:
    wanted, event = record.get("id"), record.get("event")
    if isinstance(wanted, str) and wanted.strip():
        own = clean(wanted, limit=_KEY).strip()
        key = _unique(own, taken)
        if key != own:
            reading.problem(WARNING, f'another catalyst of this program has the id "{own}"', "id")
        return key
    return _unique(slug(event) if isinstance(event, str) and event.strip() else f"catalyst-{place + 1}", taken)


_READERS: dict[str, Callable[[Reading, Fact, Any], Any]] = {
    "id": _text,
    "text": _text,
    "prose": _prose,
    "words": _words,
    "term": _term,
    "link": _link,
    "flag": _flag,
    "count": _count,
    "date": _date,
    "guidance": _guidance,
    "rate": _rate,
    "cites": _cites,
    "map": _map,
    "record": _record,
    "records": _records,
}


def _type(value: Any) -> str:
    """The TOML name of a value's type."""
    if isinstance(value, bool):
        return "true or false"
    for kind, name in _TYPES:
        if isinstance(value, kind):
            return name
    return "a time"


_TYPES: tuple[tuple[type, str], ...] = (
    (str, "text"),
    (int, "a number"),
    (float, "a number with decimals"),
    (datetime, "a date and time"),
    (date, "a date"),
    (list, "a list"),
    (dict, "a table"),
)


def _shown(value: Any) -> str:
    """A value inside a message: cleaned, quoted and short."""
    if isinstance(value, str):
        short = clean(value, limit=60)
        return f'"{short}…"' if len(value) > 60 else f'"{short}"'
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a very large number"
    return clean(str(value), limit=60)
