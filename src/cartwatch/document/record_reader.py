"""Reads a table of plain TOML data into a record by its declarations; a value that does not fit becomes a problem."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from cartwatch.domain.cites import Cite, is_cite
from cartwatch.domain.dates.parser import read_window, why_unreadable
from cartwatch.domain.dates.window import Window
from cartwatch.domain.fields import Fact, RecordKind, facts, kind_of, plain_key
from cartwatch.domain.identity import UniqueNames, is_id
from cartwatch.domain.program import slug
from cartwatch.domain.rates import NamedRate, Rate, RateError, read_rate
from cartwatch.domain.runway import read_runway
from cartwatch.domain.text import clean
from cartwatch.domain.vocabulary import VOCABULARIES, fold, nearest

from .problems import ERROR, WARNING, Problem
from .typed import short_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cartwatch.domain.fields import RawPath

__all__ = ["KEY", "LINE", "Reading", "misspelt", "quoted", "read_record", "type_name"]

LINE = 2_000  # characters of a one-line text that are shown; the file keeps the rest
KEY = 200
_PROSE = 200_000
_OWN_KEYS = 200  # unknown keys of one table that are compared with the declared ones
_MANY = 10**9  # more patients than any trial has


class Reading:
    """A reading in progress: its place, and the problems found."""

    __slots__ = ("key", "n", "own", "path", "problems", "program", "said", "today", "unread")

    def __init__(self, today: date, path: RawPath = ()) -> None:
        self.today = today
        self.path = path
        self.program: str | None = None
        self.key: str | None = None
        self.n: int | None = None
        self.said: date | None = None
        self.problems: list[Problem] = []
        self.own: list[tuple[RawPath, Any]] = []
        self.unread: list[tuple[RawPath, Any]] = []  # unreadable values

    def problem(self, level: str, message: str, *more: str | int) -> None:
        self.problems.append(Problem(level, (*self.path, *more), message, self.program, self.key))


@cache
def _plan(record: type) -> dict[str, tuple[str, Fact, Callable[[Reading, Fact, Any], Any]]]:
    """Prepare how each key of a record is read; computed once."""
    return {key: (each.attribute, each, _READERS[each.kind]) for key, each in facts(record).items()}


def read_record(reading: Reading, record_type: type, record: Mapping[str, Any], **given: Any) -> Any:
    """Read a record's declared fields from a table. `reading` is at the table."""
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
        elif raw not in ("", [], {}) and not (isinstance(raw, str) and not raw.strip()):
            reading.unread.append((reading.path, raw))
    reading.path = base
    if strange:
        misspelt(reading, record, list(plan))
        own = islice((each for each in record if each not in plan), _OWN_KEYS)
        reading.own.extend(((*base, key), record[key]) for key in own)
    return record_type(**given)


def misspelt(reading: Reading, record: Mapping[str, Any], known: list[str]) -> None:
    """Warn about keys that look like a misspelt declared one; all others are the user's own."""
    for key in islice((each for each in record if each not in known), _OWN_KEYS):
        close = nearest(key, known)
        if close is not None and close not in record and _alike(key, close):
            reading.problem(WARNING, f'is not a field of cartwatch: did you mean "{close}"?', key)


def _alike(key: str, known: str) -> bool:
    """Whether a key is a misspelling of a known one rather than the user's own key."""
    from difflib import SequenceMatcher

    return len(key) > 2 and len(known) > 2 and SequenceMatcher(None, fold(key), fold(known)).ratio() >= 0.8


def _text(reading: Reading, declaration: Fact, value: Any) -> str | None:
    if not isinstance(value, str):
        reading.problem(ERROR, f"expected text, found {type_name(value)}")
        return None
    if len(value) <= LINE and value.isascii() and value.isprintable():  # the common case: nothing to clean
        return value.strip() or None
    return clean(value, limit=LINE).strip() or None


def _id(reading: Reading, declaration: Fact, value: Any) -> str | None:
    text = _text(reading, declaration, value)
    if isinstance(value, str) and not is_id(value):
        what = quoted(value) if text else "the empty text"
        reading.problem(WARNING, f"{what} is not an id: use small letters, digits and dashes, at most 64")
    return text


def _prose(reading: Reading, declaration: Fact, value: Any) -> str | None:
    if not isinstance(value, str):
        reading.problem(ERROR, f"expected text, found {type_name(value)}")
        return None
    return clean(value, lines=True, limit=_PROSE).strip("\n") or None


def _link(reading: Reading, declaration: Fact, value: Any) -> str | None:
    link = _text(reading, declaration, value)
    if link is not None and not link.lower().startswith(("https://", "http://")):
        reading.problem(WARNING, f"{quoted(link)} is not a web address: it should start with https://")
    return link


def _words(reading: Reading, declaration: Fact, value: Any) -> tuple[str, ...] | None:
    if isinstance(value, str):
        reading.problem(WARNING, f"expected a list of texts: write [{quoted(value)}]")
        value = [value]
    if not isinstance(value, list):
        reading.problem(ERROR, f"expected a list of texts, found {type_name(value)}")
        return None
    kept = []
    for place, each in enumerate(value):
        if not isinstance(each, str):
            reading.problem(ERROR, f"expected text, found {type_name(each)}", place)
            reading.unread.append(((*reading.path, place), each))
        elif shown := _text(reading, declaration, each):
            kept.append(shown)
    return tuple(kept)


def _cites(reading: Reading, declaration: Fact, value: Any) -> tuple[Cite, ...] | None:
    if not isinstance(value, str | list | dict):
        reading.problem(ERROR, f"{_A_CITE}, found {type_name(value)}")
        return None
    base, kept = reading.path, []
    for place, each in enumerate(value if isinstance(value, list) else [value]):
        reading.path = (*base, place) if isinstance(value, list) else base
        if isinstance(each, dict):
            cite = read_record(reading, Cite, each)
            if not cite.id and "id" not in each:
                reading.problem(ERROR, "names no source: add its id")
        elif isinstance(each, str):
            cite = Cite(_text(reading, declaration, each) or "")
        else:
            reading.problem(ERROR, f"{_A_CITE}, found {type_name(each)}")
            cite = Cite()
        if cite.id:
            kept.append(cite)
        elif isinstance(value, list) and each != "":
            reading.unread.append((reading.path, each))
    reading.path = base
    return tuple(kept) if kept or not isinstance(value, dict) else None


_A_CITE = 'expected the id of a source, or { id = "…", quote = "…" }'


def _map(reading: Reading, declaration: Fact, value: Any) -> dict[str, tuple[Cite, ...]] | None:
    if not isinstance(value, dict):
        reading.problem(ERROR, f"expected a table, found {type_name(value)}")
        return None
    base, out = reading.path, {}
    pending: list[tuple[RawPath, str, Any]] = [((key,), key, each) for key, each in value.items()]
    while pending:
        keys, name, each = pending.pop(0)
        if isinstance(each, dict) and not is_cite(
            each
        ):  # mechanism.targets = "…" without quotes makes tables with the same meaning
            pending = [((*keys, key), f"{name}.{key}", inner) for key, inner in each.items()] + pending
            continue
        reading.path = (*base, *keys)
        cited = _cites(reading, declaration, each)
        if cited is not None:
            out[clean(name, limit=LINE)] = cited
    reading.path = base
    return out


def _term(reading: Reading, declaration: Fact, value: Any) -> str | None:
    word = _text(reading, declaration, value)
    if word is None or declaration.vocabulary is None:
        return word
    vocabulary = VOCABULARIES[declaration.vocabulary]
    known = vocabulary.kept(word)
    if known is not None:
        return known
    if vocabulary.closed:
        close = vocabulary.suggest(word)
        hint = f'did you mean "{close}"?' if close else f"choose from {', '.join(vocabulary.words)}"
        reading.problem(WARNING, f"unknown {declaration.label.lower()} {quoted(word)}: {hint}")
    return word


def _flag(reading: Reading, declaration: Fact, value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    reading.problem(ERROR, f"expected true or false, found {type_name(value)}")
    return None


def _count(reading: Reading, declaration: Fact, value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MANY:
        return value
    shown = f" ({quoted(value)})" if isinstance(value, int) else ""
    reading.problem(ERROR, f"expected a whole number, zero or more, found {type_name(value)}{shown}")
    return None


def _window(reading: Reading, value: Any, said: date | None, read: Callable[..., Window] = read_window) -> Window | None:
    if isinstance(value, str | date):
        window = read(clean(value, limit=LINE) if isinstance(value, str) else value, said, reading.today)
    else:
        reading.problem(ERROR, f'expected a date, or words such as "Q4 2026", found {type_name(value)}')
        return Window(short_text(value))
    if window.precision == "unreadable":
        reading.problem(WARNING, f"{quoted(window.text)} {_unread(why_unreadable(window.text, said, reading.today))}")
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


def _until(reading: Reading, declaration: Fact, value: Any) -> Window | None:
    return _window(reading, value, reading.said, read_runway)


def _rate(reading: Reading, declaration: Fact, value: Any) -> Rate | None:
    if type(value) is int and reading.n and 0 <= value < _MANY:
        value = str(value)  # a bare count out of the data set's n
    if not isinstance(value, str):
        reading.problem(ERROR, f'expected a rate as text, as in "1/40" or "2.4%", found {type_name(value)}')
        return None
    try:
        rate = read_rate(value, reading.n)
    except RateError as wrong:
        reading.problem(ERROR, str(wrong))
        return None
    if rate.n and reading.n and rate.n > reading.n:
        reading.problem(WARNING, f"{quoted(value)} has more patients than the data set's n = {reading.n}")
    return rate


def _rates(reading: Reading, declaration: Fact, value: Any) -> tuple[NamedRate, ...] | None:
    if not isinstance(value, dict):
        reading.problem(ERROR, f'expected a table of rates, as in {{ tocilizumab = "12/40" }}, found {type_name(value)}')
        return None
    base, kept = reading.path, []
    for name, each in value.items():
        reading.path = (*base, name)
        rate = _rate(reading, declaration, each)
        if rate is not None:
            kept.append(NamedRate(clean(name, limit=KEY), rate))
        else:
            reading.unread.append((reading.path, each))
    reading.path = base
    return tuple(kept)


def _record(reading: Reading, declaration: Fact, value: Any) -> Any:
    assert declaration.record is not None
    if not isinstance(value, dict):
        reading.problem(ERROR, f"expected a table, found {type_name(value)}")
        return None
    before = reading.said
    if "said" in value:
        reading.said = _said(value["said"], reading.today)
    read = read_record(reading, declaration.record, value)
    reading.said = before
    return read


def _records(reading: Reading, declaration: Fact, value: Any) -> tuple[Any, ...] | None:
    assert declaration.record is not None
    if not isinstance(value, list):
        program = "program." if reading.path[0] == "program" else ""
        hint = f": write [[{program}{declaration.key}]]" if isinstance(value, dict) else ""
        reading.problem(ERROR, f"expected a list of tables, found {type_name(value)}{hint}")
        return None
    base, n, said = reading.path, reading.n, reading.said
    kind = kind_of(declaration.record)
    plain = plain_key(declaration.record)
    names = UniqueNames(each.get("id") for each in value if isinstance(each, dict)) if kind is not None else UniqueNames()
    kept = []
    for place, each in enumerate(value):
        reading.path = (*base, place)
        if plain and isinstance(each, str):
            each = {plain: each}
        if not isinstance(each, dict):
            reading.problem(ERROR, f"expected a table, found {type_name(each)}")
            reading.unread.append((reading.path, each))
            continue
        count = each.get("n")
        usable = isinstance(count, int) and not isinstance(count, bool) and 0 < count < _MANY
        reading.n = n if "n" not in each else count if usable else None
        reading.said = _said(each.get("said"), reading.today)
        given = {"key": _key(reading, kind, each, place, names)} if kind is not None and kind.named_by else {}
        kept.append(read_record(reading, declaration.record, each, **given))
    reading.path, reading.n, reading.said = base, n, said
    return tuple(kept)


def _said(value: Any, today: date) -> date | None:
    """Return the day that guidance counts from; the last day where only a month or quarter is known."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return read_window(value, None, today).end if isinstance(value, str) else None


def _key(reading: Reading, kind: RecordKind, record: Mapping[str, Any], place: int, names: UniqueNames) -> str:
    """Return the key of a record: its id, else a slug of its name, else its number, made unique in its list."""
    wanted, named = record.get("id"), record.get(kind.named_by)
    if isinstance(wanted, str) and wanted.strip():
        own = clean(wanted, limit=KEY).strip()
        key = names.take(own, given=True)
        if key != own:
            reading.problem(WARNING, f'another {kind.label} of this program has the id "{own}"', "id")
        return key
    made = slug(named) if isinstance(named, str) and named.strip() else f"{kind.key}-{place + 1}"
    return names.take(made, given=False)


_READERS: dict[str, Callable[[Reading, Fact, Any], Any]] = {
    "id": _id,
    "text": _text,
    "prose": _prose,
    "words": _words,
    "term": _term,
    "link": _link,
    "flag": _flag,
    "count": _count,
    "date": _date,
    "guidance": _guidance,
    "until": _until,
    "rate": _rate,
    "rates": _rates,
    "cites": _cites,
    "map": _map,
    "record": _record,
    "records": _records,
}


def type_name(value: Any) -> str:
    """Return the TOML name of a value's type."""
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


def quoted(value: Any) -> str:
    """Quote a value for a message: cleaned and short."""
    if isinstance(value, str):
        short = clean(value, limit=60)
        return f'"{short}…"' if len(value) > 60 else f'"{short}"'
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a very large number"
    return clean(str(value), limit=60)
