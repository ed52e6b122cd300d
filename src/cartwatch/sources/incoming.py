"""Reads the sources of an import, each once and whole: files, standard input, https addresses, the registry."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cartwatch.formats.csv import looks_tabular, read_csv
from cartwatch.formats.toml import read_toml
from cartwatch.proposals.incoming import Incoming, Refused
from cartwatch.proposals.propose import propose
from cartwatch.storage.errors import StorageError
from cartwatch.storage.reading import LIMIT, read_file

from .registry.record import SOURCE, valid_nct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from typing import BinaryIO

    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.proposals.baseline import Agreed
    from cartwatch.proposals.model import Proposal

    from .registry.clinicaltrials import Access, Progress
    from .registry.memory import Memory

__all__ = [
    "WORKBOOKS",
    "LooksLikeRelease",
    "number_of",
    "propose_incoming",
    "read_incoming",
    "read_numbers",
    "read_source",
    "read_sources",
    "source_data",
]

_PAGE = re.compile(
    r"https?://(?:www\.)?clinicaltrials\.gov/(?:ct2/show|study|api/v2/studies)/(NCT\d{8})(?:[/?#].*)?", re.I | re.ASCII
)
_NETWORK = 3  # exit status
WORKBOOKS = (".xlsx", ".xlsm", ".ods")


def number_of(source: str) -> str | None:
    """Return the NCT number that a source is, or whose registry page it is; None for every other source."""
    page = _PAGE.fullmatch(source.strip())
    return valid_nct(page[1] if page is not None else source)


def read_numbers(
    numbers: Sequence[str], now: datetime, access: Access | None = None, progress: Progress | None = None
) -> tuple[Incoming | None, list[Refused]]:
    """Fetch the whole records of some numbers: their content, None if there is none, and a line for each failure."""
    from .registry.clinicaltrials import RegistryError, fetch_now
    from .registry.draft import drafted

    try:
        found = fetch_now(numbers, access=access, progress=progress)
    except RegistryError as wrong:
        return None, [Refused(SOURCE, str(wrong), status=_NETWORK)]
    refused = [Refused(each, "the registry does not know this number: check it") for each in found.missing]
    if found.error is not None:
        left = ", ".join(found.unanswered)
        refused.append(Refused(SOURCE, f"{found.error}; not answered: {left}", status=_NETWORK))
    if not found.trials:
        return None, refused
    incoming = drafted(SOURCE, found.trials, now)
    assert incoming.answers is not None
    by_number = {**incoming.answers.trials, **found.by_asked(numbers)}
    answers = replace(incoming.answers, trials=by_number, asked=tuple(numbers))
    return replace(incoming, answers=answers), refused


def read_sources(
    sources: Sequence[str],
    now: datetime,
    stdin: BinaryIO | None = None,
    *,
    loopback: bool = False,
    reach: Callable[[], Access] | None = None,
    progress: Progress | None = None,
) -> tuple[list[Incoming], list[Refused]]:
    """Read several sources; those that fail are among the refused, one line each.

    NCT numbers are fetched in one registry session; `reach` has the connection settings, and `progress` is called during
    it.
    """
    read: list[Incoming] = []
    refused: list[Refused] = []
    numbers = {each: number for each in dict.fromkeys(sources) if (number := number_of(each)) is not None}
    if numbers:
        found, unknown = read_numbers(tuple(dict.fromkeys(numbers.values())), now, reach() if reach else None, progress)
        read += [found] if found is not None else []
        refused += unknown
    for each in dict.fromkeys(sources):
        if each in numbers:
            continue
        try:
            read.append(read_source(each, now, stdin, loopback=loopback))
        except Refused as wrong:
            refused.append(wrong)
    return read, refused


class LooksLikeRelease(Refused):
    """The source is a press release, a filing or another text, which `read` takes; it has the content already."""

    def __init__(self, name: str, reason: str, data: bytes, url: str = "") -> None:
        super().__init__(name, reason, 1, 1)
        self.name = name
        self.data = data
        self.url = url


def read_source(source: str, now: datetime, stdin: BinaryIO | None = None, *, loopback: bool = False) -> Incoming:
    """Read one source: `-` is standard input. `loopback` is for tests. Raises Refused, for a text LooksLikeRelease."""
    source, sheet = _of_sheet(source)
    name, data, url = source_data(source, stdin, loopback=loopback)
    try:
        return read_incoming(name, data, now, sheet)
    except LooksLikeRelease as release:
        release.url = url
        raise


def source_data(source: str, stdin: BinaryIO | None = None, *, loopback: bool = False) -> tuple[str, bytes, str]:
    """Return the name, the content and the address of a source; the address is empty for a file. Raises Refused."""
    if source == "-":
        return "-", _standard_input(stdin), ""
    if "://" in source:
        from .http import fetch, looks_like_url

        if looks_like_url(source):
            return source.partition("#")[0].partition("?")[0], fetch(source, loopback=loopback).data, source
    if not source.strip():
        raise Refused('""', "an empty name: give a file, an https address or an NCT number")
    if "\0" in source:
        raise Refused(source, "the name holds a NUL character")
    try:
        return source, read_file(source).data, ""
    except FileNotFoundError:
        raise Refused(source, "there is no such file") from None
    except StorageError as wrong:
        raise Refused(source, str(wrong).removeprefix(f"{source}: ")) from None


def _of_sheet(source: str) -> tuple[str, str | None]:
    """Separate the sheet from the name of a workbook, as in `list.xlsx#Tracker`, unless a file has that name."""
    path, mark, sheet = source.rpartition("#")
    if mark and sheet and path.lower().endswith(WORKBOOKS) and not os.path.exists(source) and "://" not in source:
        return path, sheet
    return source, None


def _standard_input(stdin: BinaryIO | None) -> bytes:
    data = stdin.read(LIMIT + 1) if stdin is not None else b""
    if len(data) > LIMIT:
        raise Refused("-", f"larger than {LIMIT:,} bytes; that is not a watchlist")
    return data


def read_incoming(name: str, data: bytes, now: datetime, sheet: str | None = None) -> Incoming:
    """Parse the content of a source. `now` is the importer's clock; `name` tells a table (.csv, .tsv) from a TOML file.

    `sheet` is the sheet of a workbook to read. Raises Refused.
    """
    if data.startswith(b"PK\x03\x04"):
        from cartwatch.formats.xlsx.read import read_workbook

        return read_workbook(name, data, now, sheet)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if (other := _other_form(start)) is not None:
        raise LooksLikeRelease(name, other, data) if "cartwatch read" in other else Refused(name, other, 1, 1)
    if start[:1] == b"{" or re.match(rb"\[\s*\{", start):
        return _read_json(name, data, now)
    if b"NCT Number" in data[:4_000] and (download := _read_download(name, data, now)) is not None:
        return download
    tabular = looks_tabular(data)
    if name.lower().endswith((".csv", ".tsv", ".tab")) or (tabular and not name.lower().endswith(".toml")):
        return read_csv(name, data, now)
    try:
        return read_toml(name, data, now)
    except Refused as wrong:
        if tabular:
            return read_csv(name, data, now)
        if _is_prose(data):
            raise LooksLikeRelease(name, _PROSE, data) from wrong
        raise


def _read_json(name: str, data: bytes, now: datetime) -> Incoming:
    """Our own export, or saved registry records."""
    from cartwatch.formats.json import read_json

    if (own := read_json(name, data, now)) is not None:
        return own
    from .registry.draft import read_drafts

    return read_drafts(name, data, now)


def _read_download(name: str, data: bytes, now: datetime) -> Incoming | None:
    """Drafts of a table of trials downloaded from the registry, None for another table.

    It says less than the records do, so trials that are linked already are not refreshed with it.
    """
    from .registry.draft import drafted
    from .registry.saved import read_download

    trials = read_download(data)
    return replace(drafted(name, trials, now), answers=None) if trials is not None else None


_FORMS = (
    (b"%PDF", "a PDF, not a watchlist: `cartwatch read FILE` reads the facts of a press release or filing from it"),
    (b"\xd0\xcf\x11\xe0", "an old Excel document, or one locked with a password: save it as .xlsx without a password"),
    (
        b"{\\rtf",
        "formatted text (RTF): save it as plain text; `cartwatch read FILE` reads the facts of a press release",
    ),
    (b"BEGIN:VCALENDAR", "a calendar, not a watchlist: import takes watchlists (TOML), tables (CSV), JSON and NCT numbers"),
    (b"\x89PNG", "a picture, not a watchlist"),
    (b"\xff\xd8\xff", "a picture, not a watchlist"),
    (b"\x1f\x8b", "a packed file: unpack it first"),
)
_PAGE_TEXT = (
    "a web page, not a watchlist: where it shows one, give the address of the raw file; "
    "`cartwatch read FILE` reads the facts of a press release from it"
)
_PROSE = "this looks like a press release or other text, not a watchlist: `cartwatch read FILE` reads the facts from it"
_TOML_LINE = re.compile(r"\[\[?[\w .\"'-]+\]\]?\s*(?:#|$)|[\w.\"'-]+\s*=")
_TOML_LINES = 10  # one line in so many that assigns or opens a table: no prose
_WORDS = 25  # of a text without a line of TOML


def _other_form(start: bytes) -> str | None:
    """What a file is that is none of the forms of an import, with what to do; None where it may be one."""
    if start[:1] == b"<" and not start.startswith(b"<<<<<<<"):
        return _PAGE_TEXT
    return next((words for mark, words in _FORMS if start.startswith(mark)), None)


def _is_prose(data: bytes) -> bool:
    """Whether most of a text is sentences: lines of several words that assign nothing and open no table."""
    try:
        text = data[:20_000].decode("utf-8-sig", "ignore" if len(data) > 20_000 else "strict")
    except UnicodeDecodeError:
        text = data[:20_000].decode("cp1252", "replace")
    lines = [each for line in text.splitlines() if (each := line.strip())]
    if "[[program]]" in text or _TOML_LINES * sum(_TOML_LINE.match(each) is not None for each in lines) > len(lines):
        return False
    words = re.findall(r"[^\W\d_]{2,}", text)
    return len(words) >= _WORDS and len(lines) <= len(words) / 2


def propose_incoming(
    document: Document,
    watchlist: Watchlist,
    incoming: Sequence[Incoming],
    agreed: Callable[[], Agreed] | None = None,
    memory: Memory | None = None,
) -> Proposal:
    """Compare the content of sources with the watchlist (see `propose`).

    Registry records of trials already linked refresh those trials, as `sync` does, with `memory` of earlier
    refreshes; the others are drafts of programs.
    """
    if all(each.form != "registry" for each in incoming):
        return propose(document, watchlist, incoming, agreed)
    from .registry.refresh import DraftedPrograms, linked, propose_refresh

    answers = [each.answers for each in incoming if isinstance(each, DraftedPrograms) and each.answers is not None]
    asked = {each.nct for each in linked(document, watchlist)}
    known = {each.trials[nct].nct for each in answers for nct in asked if nct in each.trials}
    bare = [each for each in incoming if isinstance(each, DraftedPrograms) and each.answers is None]
    known |= {
        one.nct for each in bare for program in each.read.watchlist.programs for one in program.trials if one.nct in asked
    }
    refreshed = [entry for each in answers for entry in propose_refresh(document, watchlist, each, memory).entries]
    return propose(document, watchlist, incoming, agreed, refreshed=refreshed, linked=known)
