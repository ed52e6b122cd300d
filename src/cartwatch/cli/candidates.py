"""Candidates of shell completion: what may stand at the cursor of a command line, from the declarations and from the file."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from .arguments import COMMANDS, GLOBAL, find_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cartwatch.domain.fields import Fact
    from cartwatch.domain.filters.fields import Field

    from .arguments import Option, Subcommand

__all__ = ["FILES", "Candidate", "candidates"]

_MOST = 300  # candidates; a shell asks before it shows so many
_LONG = 60  # characters of a value that nobody would choose from a list
_LARGEST = 8_000_000  # bytes; reading more takes longer than somebody waits after Tab


class Candidate(NamedTuple):
    """A text that may stand at the cursor, and what it is."""

    text: str
    help: str


FILES = (Candidate(":files:", ""),)
"""Stands for the names of files, which every shell completes better itself."""


def candidates(words: Sequence[str], typed: str) -> Sequence[Candidate]:
    """Return what may stand in place of `typed`, after the words before it; FILES for names of files.

    A candidate that ends in one of `=.:,` goes on after it. What cannot be known is left out: nothing raises for it.
    """
    line = _Line(words)
    if line.waiting is not None:
        return _values(line, line.waiting, typed)
    if typed.startswith("-") and not line.only_words:
        long, equals, value = typed[2:].partition("=")
        option = find_option(long=long, among=line.options_known) if equals and typed.startswith("--") else None
        if option is None:
            return _matching([Candidate(f"--{each.long}", each.help) for each in line.options_known], typed)
        found = _values(line, option, value)
        return found if found is FILES else [Candidate(f"--{long}={each.text}", each.help) for each in found]
    if line.command is None:
        commands = [Candidate(each.name, each.help) for each in COMMANDS.values() if not each.hidden]
        return (() if line.words else _matching(commands, typed)) or FILES
    token = _token(line.command, len(line.words))
    found = _of_token(line, token, typed) if token else ()
    return found if found is FILES else _printable(found)


class _Line:
    """The words before the cursor: the command, its words and options, and the option that waits for its value."""

    def __init__(self, words: Sequence[str]) -> None:
        self.command: Subcommand | None = None
        self.words: list[str] = []
        self.options: dict[str, str] = {}
        self.only_words = False
        self.waiting: Option | None = None
        for word in words:
            self._take(word)

    @property
    def options_known(self) -> tuple[Option, ...]:
        return (*(self.command.options if self.command is not None else ()), *GLOBAL)

    def _take(self, word: str) -> None:
        if self.waiting is not None:
            self.options[self.waiting.long] = word
            self.waiting = None
        elif word == "--" and not self.only_words:
            self.only_words = True
        elif self.only_words or word[:1] != "-" or word == "-":
            if self.command is None and not self.words and word in COMMANDS:
                self.command = COMMANDS[word]
            elif not (self.command is None and word == "help"):
                self.words.append(word)
        else:
            long, equals, value = word[2:].partition("=")
            named = word.startswith("--")
            known = self.options_known if self.command is not None else None
            option = find_option(long=long, among=known) if named else find_option(short=word[1:2], among=known)
            value = value if named else word[2:]
            if option is not None and option.value is not None:
                self.options[option.long] = value
                if not (equals if named else value):
                    self.waiting = option


def _token(command: Subcommand, place: int) -> str:
    """Return the word of the usage that stands at a place, `""` where the command takes no more words."""
    tokens = command.usage.split()
    if place < len(tokens):
        return tokens[place].strip("[]…")
    return tokens[-1].strip("[]…") if tokens and tokens[-1].rstrip("]").endswith("…") else ""


def _of_token(line: _Line, token: str, typed: str) -> Sequence[Candidate]:
    """Complete a word of a usage; parts of it that are in small letters stand for themselves."""
    found: list[Candidate] = []
    for part in token.split("|"):
        complete = _COMPLETERS.get(part)
        if complete is not None:
            some = complete(line, typed)
            if some is FILES:
                return FILES
            found += some
        elif part.islower():
            found += _matching([Candidate(part, "")], typed)
    return found


def _values(line: _Line, option: Option, typed: str) -> Sequence[Candidate]:
    """Complete the value of an option."""
    found = _of_token(line, option.value or "", typed)
    return found if found is FILES else _printable(found)


def _matching(known: Iterable[Candidate], typed: str) -> list[Candidate]:
    wanted = typed.casefold()
    return [each for each in known if each.text.casefold().startswith(wanted)]


def _printable(found: Iterable[Candidate]) -> list[Candidate]:
    """Drop what a command line cannot hold, and what is there twice."""
    unique = {each.text: each for each in found if each.text.isprintable()}
    return [Candidate(each.text, " ".join(each.help.split())) for each in list(unique.values())[:_MOST]]


# The file


def _programs(line: _Line) -> list[dict[str, Any]]:
    """Read the programs of the watchlist as plain tables; none where it is missing, damaged or very large."""
    import tomli

    from cartwatch.storage.errors import StorageError
    from cartwatch.storage.places import places
    from cartwatch.storage.reading import read_file

    try:
        path = places(line.options.get("file"), os.environ).watchlist
        if os.path.getsize(path) > _LARGEST:
            return []
        data = tomli.loads(read_file(str(path)).data.decode("utf-8-sig").replace("\r\n", "\n"))
    except (OSError, StorageError, ValueError, RecursionError):
        return []
    found = data.get("program")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _named(line: _Line) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each program with its id, as the file or its name gives it."""
    from cartwatch.document.paths import item_names
    from cartwatch.domain.program import root

    programs = _programs(line)
    return zip(item_names(root(), programs), programs, strict=True)


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _complete_program(line: _Line, typed: str) -> list[Candidate]:
    """Complete a program by its id, or by the name or alias that begins so."""
    wanted = typed.casefold()
    found = []
    for key, program in _named(line):
        aliases = program.get("aliases")
        names = [key, _text(program, "short"), _text(program, "name"), *(aliases if isinstance(aliases, list) else ())]
        fits = [each for each in names if isinstance(each, str) and each.casefold().startswith(wanted)]
        if fits:
            found.append(Candidate(fits[0], " · ".join(filter(None, (names[2], _text(program, "sponsor"))))))
    return found


def _program(line: _Line) -> dict[str, Any]:
    """Return the program that the first word of the line names, an empty one if there is none."""
    asked = line.words[0].casefold() if line.words else ""
    rest = {}
    for key, program in _named(line):
        names = [key.casefold(), *(_text(program, each).casefold() for each in ("short", "name"))]
        if asked in names:
            return program
        if names[0].startswith(asked):
            rest = program
    return rest


def _complete_sponsor(line: _Line, typed: str) -> list[Candidate]:
    return _matching(
        (Candidate(_text(each, "sponsor"), "sponsor") for each in _programs(line) if _text(each, "sponsor")), typed
    )


def _complete_catalyst(line: _Line, typed: str) -> list[Candidate]:
    return [each._replace(text=each.text.removesuffix(".")) for each in _items(_declared("catalyst"), _program(line), typed)]


def _complete_source(line: _Line, typed: str) -> list[Candidate]:
    """Complete the id of a source: of the program where the line names one, else of any."""
    programs = [_program(line)] if line.words else _programs(line)
    lists = (each for program in programs if isinstance(each := program.get("source"), list))
    sources = (each for some in lists for each in some if isinstance(each, dict))
    return _matching((Candidate(_text(each, "id"), _text(each, "title")) for each in sources if _text(each, "id")), typed)


# Fields and their values


def _declared(key: str) -> Fact:
    from cartwatch.domain.fields import facts
    from cartwatch.domain.program import root

    return facts(root())[key]


def _items(fact: Fact, record: Mapping[str, Any], typed: str) -> list[Candidate]:
    """Complete the name of an item of a list of records."""
    from cartwatch.document.paths import item_names

    items = record.get(fact.key)
    if not isinstance(items, list):
        return []
    names = item_names(fact.record, items)
    titles = (
        next((each for each in map(str, item.values()) if each != name), "") for name, item in zip(names, items, strict=True)
    )
    return _matching((Candidate(f"{name}.", title) for name, title in zip(names, titles, strict=True)), typed)


def _complete_path(line: _Line, typed: str) -> list[Candidate]:
    """Complete the path of a field that a program has, as `rm` takes it."""
    found = _paths(_declared_root(), _program(line), typed, present=True)
    return [each._replace(text=each.text.rstrip("=")) for each in found]


def _declared_root() -> type:
    from cartwatch.domain.program import root

    return root()


def _complete_assignment(line: _Line, typed: str) -> list[Candidate]:
    """Complete `FIELD=VALUE`; after `add`, a kind of record too, and then the fields of that."""
    record: type = _declared_root()
    data: Mapping[str, Any] = _program(line)
    kinds: list[Candidate] = []
    if line.command is not None and line.command.name == "add":
        from cartwatch.domain.fields import facts

        lists = {key: each for key, each in facts(record).items() if each.kind == "records"}
        if len(line.words) == 1:
            kinds = _matching((Candidate(key, f"add one: {each.help}") for key, each in lists.items()), typed)
        elif (kind := lists.get(line.words[1])) is not None and kind.record is not None:
            record, data = kind.record, {}
    path, equals, value = typed.partition("=")
    if not equals:
        return [*kinds, *_paths(record, data, typed)]
    fact = _fact_at(record, path)
    return [each._replace(text=f"{path}={each.text}") for each in _field_values(line, fact, value)] if fact is not None else []


_LAST = re.compile(r'((?:"(?:[^"\\]|\\.)*"|[^"])*\.)?([^.]*)', re.DOTALL)


def _paths(record: type, data: Mapping[str, Any], typed: str, *, present: bool = False) -> list[Candidate]:
    """Complete a dotted path, a step at a time: records by name, then their fields; only those in the file if `present`."""
    from cartwatch.document.paths import split
    from cartwatch.domain.fields import facts

    found = _LAST.fullmatch(typed)
    if found is None:
        return []
    head, tail = found[1] or "", found[2]
    here: type = record
    listed: Fact | None = None
    for step in split(head.removesuffix(".")) if head else ():
        if listed is not None:
            assert listed.record is not None
            here, data, listed = listed.record, _item(listed, data, step), None
            continue
        fact = facts(here).get(step)
        if fact is None or fact.record is None:
            return []
        if fact.kind == "records":
            listed = fact
        else:
            below = data.get(step)
            here, data = fact.record, below if isinstance(below, dict) else {}
    if listed is not None:
        steps = _items(listed, data, tail)
    else:
        known = ((key, each) for key, each in facts(here).items() if key in data or not (present or each.kind == "records"))
        steps = _matching((Candidate(key + ("." if each.record else "="), each.help) for key, each in known), tail)
    return [each._replace(text=head + each.text) for each in steps]


def _item(fact: Fact, data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    from cartwatch.document.paths import item_names

    items = data.get(fact.key)
    named = dict(zip(item_names(fact.record, items), items, strict=True)) if isinstance(items, list) else {}
    found = named.get(name)
    return found if isinstance(found, dict) else {}


def _fact_at(record: type, path: str) -> Fact | None:
    """Return the declaration of a typed path, in which the names of items stand between those of fields."""
    from cartwatch.document.paths import PathError, split
    from cartwatch.domain.fields import facts, walk

    try:
        steps = list(split(path))
    except PathError:
        return None
    if steps[0] not in facts(record):  # a short name: `targets` is mechanism.targets
        inner = [each for each, _ in walk(record) if each[-1] == steps[0]]
        steps = [*inner[0], *steps[1:]] if inner else steps
    here, fact = record, None
    while steps:
        fact = facts(here).get(steps.pop(0))
        if fact is None or not steps or fact.record is None:
            return fact if not steps else None
        here = fact.record
        if fact.kind == "records":
            steps.pop(0)
    return fact


def _field_values(line: _Line, fact: Fact, typed: str) -> list[Candidate]:
    """Complete a value: a word of its vocabulary, a source, or what other programs have there; of a list, its last item."""
    from cartwatch.domain.vocabulary import VOCABULARIES

    before, comma, last = typed.rpartition(",") if fact.kind == "words" else ("", "", typed)
    prefix, last = before + comma, last.lstrip()
    if fact.kind == "flag":
        found = _matching((Candidate("true", ""), Candidate("false", "")), last)
    elif fact.kind == "cites":
        found = _complete_source(line, last)
    elif fact.vocabulary is not None:
        found = _matching((Candidate(each, "") for each in VOCABULARIES[fact.vocabulary].words), last)
    elif fact.kind in ("text", "words", "term"):
        found = _matching((Candidate(each, "in this list") for each in _used(_programs(line), fact.key)), last)
    else:
        found = []
    return [each._replace(text=prefix + each.text) for each in found]


def _used(value: Any, key: str) -> Iterator[str]:
    """Yield the texts that stand under a key anywhere in the data."""
    if isinstance(value, list):
        for each in value:
            yield from _used(each, key)
    elif isinstance(value, dict):
        yield from (text for text in _at(value, (key,)) if len(text) < _LONG)
        for name, each in value.items():
            if name != "cite":  # its keys are fields, its values sources
                yield from _used(each, key)


def _at(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    """Yield the texts at a path, in every item of the lists on the way."""
    if isinstance(value, list):
        for each in value:
            yield from _at(each, path)
    elif isinstance(value, dict) and path:
        yield from _at(value.get(path[0]), path[1:])
    elif isinstance(value, str) and not path:
        yield value


# Filters, columns and other words


def _complete_filter(line: _Line, typed: str) -> list[Candidate]:
    """Complete a term of a filter: the name of a field, then its values; `!` and earlier sides of `|` stay as they are."""
    from cartwatch.domain.filters.complete import complete_term

    def values_of(field: Field) -> Iterator[str]:
        programs = _programs(line)
        return (each for path in field.paths for each in _at(programs, path))

    return [Candidate(text, help) for text, help in complete_term(typed, values_of)]


def _in_list(known: Callable[[], Iterable[Candidate]], signs: str = "") -> Callable[[_Line, str], list[Candidate]]:
    """Build a completer of a list with commas, in which each word may have one of the signs before it."""

    def complete(line: _Line, typed: str) -> list[Candidate]:
        before, comma, last = typed.rpartition(",")
        sign = last[:1] if last[:1] in signs and last else ""
        taken = {each.lstrip(signs) for each in before.split(",")}
        found = _matching((each for each in known() if each.text not in taken), last.removeprefix(sign))
        return [each._replace(text=f"{before}{comma}{sign}{each.text}") for each in found]

    return complete


def _columns() -> Iterator[Candidate]:
    from cartwatch.views.columns import columns

    return (Candidate(each.key, each.label) for each in columns())


def _shown_columns() -> Iterator[Candidate]:
    yield from _columns()
    yield Candidate("all", "every column")


def _panes() -> Iterator[Candidate]:
    from cartwatch.views.panes import PANES

    return (Candidate(key, title) for key, title in PANES)


def _complete_view(line: _Line, typed: str) -> list[Candidate]:
    """Complete a view, shipped or of the settings."""
    from cartwatch.storage.config import read_config
    from cartwatch.storage.errors import StorageError
    from cartwatch.storage.places import places
    from cartwatch.views.saved_views import saved_views

    try:
        config = read_config(places(line.options.get("file"), os.environ).config)
    except (OSError, StorageError):
        return []
    return _matching((Candidate(each.name, each.help) for each in saved_views(config)), typed)


def _words_of(known: Callable[[], Iterable[str]]) -> Callable[[_Line, str], list[Candidate]]:
    return lambda line, typed: _matching((Candidate(each, "") for each in known()), typed)


def _outcomes() -> Iterable[str]:
    from cartwatch.domain.vocabulary import VOCABULARIES

    return VOCABULARIES["outcome"].words


def _formats() -> Iterable[str]:
    from cartwatch.formats.formats import FORMATS

    return FORMATS


def _complete_file(line: _Line, typed: str) -> Sequence[Candidate]:
    return FILES


_COMPLETERS: dict[str, Callable[[_Line, str], Sequence[Candidate]]] = {
    **dict.fromkeys(("FILE", "SOURCE", "A", "B", "BASE", "MINE", "THEIRS"), _complete_file),
    **dict.fromkeys(("PROGRAM", "NAME"), _complete_program),
    "SPONSOR": _complete_sponsor,
    "CATALYST": _complete_catalyst,
    "OUTCOME": _words_of(_outcomes),
    "FIELD=VALUE": _complete_assignment,
    "PATH": _complete_path,
    "FILTER": _complete_filter,
    "ID": _complete_source,
    "VIEW": _complete_view,
    "COLUMN": lambda line, typed: _matching(_columns(), typed),
    "COLUMNS": _in_list(_shown_columns, "+"),
    "KEYS": _in_list(_columns, "-+"),
    "PANES": _in_list(_panes),
    "FORMAT": _words_of(_formats),
}
"""How each word of a usage, and each value of an option, is completed."""
