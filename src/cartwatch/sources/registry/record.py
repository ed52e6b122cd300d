"""Reads a study record of ClinicalTrials.gov; any part may be missing, of another type, or hostile text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from cartwatch.domain.text import clean

__all__ = [
    "DATED",
    "SOURCE",
    "AnswerError",
    "Facts",
    "Intervention",
    "RecordError",
    "RegistryDate",
    "StudyRecord",
    "UnpostedEvent",
    "lapsed",
    "parse_study",
    "read_date",
    "read_json",
    "record_url",
    "trial_facts",
    "valid_nct",
    "with_known",
]

SOURCE = "ClinicalTrials.gov"

Facts: TypeAlias = Mapping[str, object]
"""What a refresh writes into `[[program.trial]]`, under the file format's names."""

DATED = ("start", "primary_completion", "completion")
"""The dates of a trial that are estimates before they are facts, in the order they come."""

_NAME, _PROSE, _ITEMS = 200, 2_000, 500  # greatest lengths: characters of a name, of a sentence, items of a list
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_NCT = re.compile(r"NCT\d{8}", re.ASCII)


class AnswerError(ValueError):
    """The bytes are not JSON data; the message gives the reason in a few words."""


class RecordError(ValueError):
    """The data is not a study record; the message gives the reason."""


@dataclass(frozen=True, slots=True)
class RegistryDate:
    """A date of the registry: `yyyy`, `yyyy-MM` or `yyyy-MM-dd`, with ACTUAL, ESTIMATED or no type."""

    text: str
    type: str | None = None

    @property
    def parts(self) -> tuple[int, ...]:
        """Year, month and day, as far as given."""
        return tuple(int(each) for each in self.text.split("-"))

    @property
    def first(self) -> date:
        """The first day that it can mean."""
        return date(*(*self.parts, 1, 1)[:3])

    @property
    def last(self) -> date:
        """The last day that it can mean."""
        if len(self.parts) == 3:
            return self.first
        year, month = (*self.parts, 12)[:2]
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)

    @property
    def value(self) -> date | str:
        """The value in the watchlist file: a date, or text if only the month or the year is known."""
        return self.first if len(self.parts) == 3 else self.text


@dataclass(frozen=True, slots=True)
class Intervention:
    """An intervention: its type as filed (BIOLOGICAL, DRUG, GENETIC …), its name and its other names."""

    type: str | None
    name: str
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnpostedEvent:
    """An event of submitted but unposted results: RELEASE, UNRELEASE or RESET."""

    type: str
    date: RegistryDate | None


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """The parts of a study record that cartwatch uses. Lists keep the record's order; enums are unchanged."""

    nct: str
    aliases: tuple[str, ...] = ()
    title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    status: str | None = None
    last_known_status: str | None = None
    why_stopped: str | None = None
    verified: RegistryDate | None = None
    start: RegistryDate | None = None
    primary_completion: RegistryDate | None = None
    completion: RegistryDate | None = None
    results_submitted: RegistryDate | None = None
    results_posted: RegistryDate | None = None
    updated: RegistryDate | None = None
    study_type: str | None = None
    phases: tuple[str, ...] = ()
    enrollment: int | None = None
    enrollment_type: str | None = None
    sponsor: str | None = None
    collaborators: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    primary_outcomes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    has_results: bool = False
    unposted: tuple[UnpostedEvent, ...] = ()
    adverse_events: object = field(default=None, repr=False, compare=False)  # the record's own module, read on demand
    unread: tuple[str, ...] = field(default=(), compare=False)  # what is present but not readable, in words
    unread_keys: frozenset[str] = field(default=frozenset(), compare=False)  # the same, as keys of the file format

    @property
    def results_in_review(self) -> bool:
        """Whether results were submitted and are not posted."""
        handed_in = self.results_submitted is not None or bool(self.unposted)
        return handed_in and not self.withdrawn and self.results_posted is None and not self.has_results

    @property
    def withdrawn(self) -> bool:
        """Whether the sponsor withdrew the submitted results: the last unposted event is UNRELEASE."""
        return bool(self.unposted) and self.unposted[-1].type == "UNRELEASE"

    @property
    def handed_in(self) -> RegistryDate | None:
        """The date on which results were submitted: the record's own date, else the first dated release."""
        if self.withdrawn and self.results_posted is None and not self.has_results:
            return None
        if self.results_submitted is not None:
            return self.results_submitted
        releases = [each.date for each in self.unposted if each.type == "RELEASE" and each.date is not None]
        return min(releases, key=lambda each: each.first, default=None)


def valid_nct(text: str) -> str | None:
    """Return the normalized NCT number, or None if the text is not one."""
    number = text.strip().upper()
    return number if _NCT.fullmatch(number) else None


def record_url(nct: str) -> str:
    """Return the record's web page."""
    return f"https://clinicaltrials.gov/study/{nct}"


def read_date(value: object, type: str | None = None) -> RegistryDate | None:
    """Read a date of the registry or of the watchlist file; None if it is invalid or outside 1900 to 2200."""
    if isinstance(value, datetime):
        value = value.date()
    text = value.isoformat() if isinstance(value, date) else value
    match = _DATE.fullmatch(text) if isinstance(text, str) else None
    if match is None or not 1900 <= int(match[1]) <= 2200:
        return None
    found = RegistryDate(match[0], type)
    try:
        found.first  # noqa: B018 - the calendar is asked whether there is such a day
    except ValueError:
        return None
    return found


def parse_study(study: object) -> StudyRecord:
    """Read one study, bare or in an envelope `{"study": …}`.

    Raises RecordError if there is no NCT number; every other part may be missing or of another type.
    """
    root = _Node(study)
    root = root if root.at("protocolSection").exists else root.at("study")
    protocol = root.at("protocolSection")
    identity = protocol.at("identificationModule")
    nct = valid_nct(identity.text("nctId") or "")
    if nct is None:
        raise RecordError("no NCT number: this is no study record of ClinicalTrials.gov")
    status = protocol.at("statusModule")
    sponsors = protocol.at("sponsorCollaboratorsModule")
    design = protocol.at("designModule")
    events = root.at("annotationSection", "annotationModule", "unpostedAnnotation").each("unpostedEvents")
    enrollment = design.at("enrollmentInfo")
    unread = dict(_unread(status, design))
    aliases = (valid_nct(each) for each in identity.texts("nctIdAliases"))
    return StudyRecord(
        nct=nct,
        aliases=tuple(each for each in aliases if each and each != nct),
        title=identity.text("briefTitle", 500),
        official_title=identity.text("officialTitle", 1_000),
        acronym=identity.text("acronym"),
        status=status.text("overallStatus"),
        last_known_status=status.text("lastKnownStatus"),
        why_stopped=status.text("whyStopped", _PROSE),
        verified=read_date(status.raw("statusVerifiedDate")),
        start=status.date("startDateStruct"),
        primary_completion=status.date("primaryCompletionDateStruct"),
        completion=status.date("completionDateStruct"),
        results_submitted=read_date(status.raw("resultsFirstSubmitDate")),
        results_posted=status.date("resultsFirstPostDateStruct"),
        updated=status.date("lastUpdatePostDateStruct"),
        study_type=design.text("studyType"),
        phases=design.texts("phases"),
        enrollment=enrollment.count("count"),
        enrollment_type=enrollment.text("type"),
        sponsor=sponsors.at("leadSponsor").text("name"),
        collaborators=_distinct(each.text("name") for each in sponsors.each("collaborators")),
        conditions=protocol.at("conditionsModule").texts("conditions"),
        interventions=tuple(_interventions(protocol)),
        primary_outcomes=_distinct(
            each.text("measure", _PROSE) for each in protocol.at("outcomesModule").each("primaryOutcomes")
        ),
        countries=_distinct(each.text("country") for each in protocol.at("contactsLocationsModule").each("locations", 20_000)),
        has_results=root.raw("hasResults") is True,
        unposted=tuple(UnpostedEvent(each.text("type") or "", read_date(each.raw("date"))) for each in events),
        adverse_events=root.at("resultsSection").raw("adverseEventsModule"),
        unread=tuple(unread.values()),
        unread_keys=frozenset(unread),
    )


_DATES = {
    "start": "startDateStruct",
    "primary_completion": "primaryCompletionDateStruct",
    "completion": "completionDateStruct",
    "results_posted": "resultsFirstPostDateStruct",
    "updated": "lastUpdatePostDateStruct",
}


def _unread(status: _Node, design: _Node) -> Iterator[tuple[str, str]]:
    """Name what is present in a record but not readable, by the key of the file format."""
    given = {key: (f"{name}.date", status.at(name).raw("date")) for key, name in _DATES.items()}
    given |= {key: (name, bare) for key, name in _DATES.items() if not isinstance(bare := status.raw(name), dict | None)}
    given["results_submitted"] = ("resultsFirstSubmitDate", status.raw("resultsFirstSubmitDate"))
    for key, (name, value) in given.items():
        if value is not None and (read_date(value) is None or name == _DATES.get(key)):
            yield key, f"{name}: {clean(str(value), limit=40)!r} is not a date"
    count = design.at("enrollmentInfo").raw("count")
    if count is not None and design.at("enrollmentInfo").count("count") is None:
        yield "enrollment", f"enrollmentInfo.count: {clean(str(count), limit=40)!r} is not a count"
    for key, name, text in (("status", "overallStatus", status), ("why_stopped", "whyStopped", status)):
        if text.raw(name) is not None and text.text(name) is None:
            yield key, f"{name}: {clean(str(text.raw(name)), limit=40)!r} is not a text"
    if design.raw("phases") not in (None, []) and not design.texts("phases"):
        yield "phase", f"phases: {clean(str(design.raw('phases')), limit=40)!r} is not a list of texts"


def with_known(trial: StudyRecord, known: Facts) -> StudyRecord:
    """Return a record in which the watchlist's facts stand for those that can't be read."""
    held: dict[str, Any] = {}
    for key in trial.unread_keys & known.keys():
        value, kind = known[key], known.get(f"{key}_type")
        if key in _DATES or key == "results_submitted":
            held[key] = read_date(value, kind if isinstance(kind, str) else None)
        elif key == "phase":
            held["phases"] = tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
        else:
            held[key] = value
            held |= {"enrollment_type": kind} if key == "enrollment" else {}
    return replace(trial, **held) if held else trial


def trial_facts(trial: StudyRecord, fetched: datetime) -> dict[str, object]:
    """Return the registry's facts with the keys of the file format; absent facts are left out, never null.

    A full date is a date, a month or a year is text.
    """
    facts: dict[str, object | None] = {
        "status": trial.status,
        "phase": list(trial.phases),
        "enrollment": trial.enrollment,
        "enrollment_type": trial.enrollment_type if trial.enrollment is not None else None,
    }
    for name in DATED:
        found: RegistryDate | None = getattr(trial, name)
        facts[name] = found.value if found else None
        facts[f"{name}_type"] = found.type if found else None
    handed_in = trial.handed_in
    facts["why_stopped"] = trial.why_stopped
    facts["results_submitted"] = handed_in.value if handed_in else None
    facts["results_posted"] = trial.results_posted.value if trial.results_posted else None
    facts["updated"] = trial.updated.value if trial.updated else None
    facts["fetched"] = fetched
    return {name: value for name, value in facts.items() if value is not None and value != []}


def lapsed(trial: StudyRecord | Facts, today: date) -> tuple[str, ...]:
    """Return the estimated dates (keys of the file format) that are past and unconfirmed on the day `today`."""
    facts = trial_facts(trial, datetime.min) if isinstance(trial, StudyRecord) else trial
    past = []
    for name in DATED:
        found = read_date(facts.get(name))
        if found is not None and facts.get(f"{name}_type") == "ESTIMATED" and found.last < today:
            past.append(name)
    return tuple(past)


@dataclass(frozen=True, slots=True)
class _Node:
    """A place in foreign JSON that may be missing."""

    value: object

    @property
    def exists(self) -> bool:
        return isinstance(self.value, dict)

    def raw(self, name: str) -> object:
        return self.value.get(name) if isinstance(self.value, dict) else None

    def at(self, *path: str) -> _Node:
        node = self
        for name in path:
            node = _Node(node.raw(name))
        return node

    def text(self, name: str, limit: int = _NAME) -> str | None:
        return _line(self.raw(name), limit)

    def texts(self, name: str) -> tuple[str, ...]:
        listed = self.raw(name)
        return _distinct(_line(each, _NAME) for each in listed[:_ITEMS]) if isinstance(listed, list) else ()

    def each(self, name: str, most: int = _ITEMS) -> list[_Node]:
        listed = self.raw(name)
        return [_Node(each) for each in listed[:most] if isinstance(each, dict)] if isinstance(listed, list) else []

    def count(self, name: str) -> int | None:
        number = self.raw(name)
        if isinstance(number, float) and number.is_integer():
            number = int(number)
        fits = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 10**9
        return number if fits and isinstance(number, int) else None

    def date(self, name: str) -> RegistryDate | None:
        struct = self.at(name)
        return read_date(struct.raw("date"), struct.text("type"))


def _line(value: object, limit: int) -> str | None:
    """Clean foreign text to one line; None if nothing is left."""
    return (" ".join(clean(value, limit=limit).split()) or None) if isinstance(value, str) else None


def _distinct(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in texts if each))


def _interventions(protocol: _Node) -> Iterator[Intervention]:
    for each in protocol.at("armsInterventionsModule").each("interventions"):
        name = each.text("name")
        if name:
            yield Intervention(each.text("type"), name, each.texts("otherNames"))


def read_json(data: bytes) -> object:
    """Parse UTF-8 JSON bytes; NaN, Infinity and numbers too large to be finite are read as null.

    Raises AnswerError if it is empty, a web page, not UTF-8, not JSON or nested too deeply.
    """
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise AnswerError("empty")
    if text[:1] == b"<":
        raise AnswerError("a web page, not data")
    try:
        value: object = json.loads(text.decode(), parse_constant=lambda _: None, parse_float=_finite, parse_int=_whole)
    except UnicodeDecodeError:
        raise AnswerError("not UTF-8 text") from None
    except RecursionError:
        raise AnswerError("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise AnswerError(f"not JSON (line {error.lineno}, column {error.colno}: {error.msg})") from None
    return value


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if abs(number) < float("inf") else None


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= 18 else None
