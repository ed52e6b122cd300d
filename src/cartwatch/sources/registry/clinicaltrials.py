"""Client of the ClinicalTrials.gov API v2: one batched refresh, at most one request a second, with fallbacks if refused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, TypeAlias
from urllib.parse import quote, urlencode

from cartwatch.sources.http import Answer

from .record import AnswerError, RecordError, StudyRecord, parse_study, read_json, valid_nct
from .transport import RUNGS, RegistryAnswered, RegistryError, RegistryTimeout, Transport, check_base

__all__ = [
    "BASE_URL",
    "FIELDS",
    "RUNGS",
    "Access",
    "Probe",
    "Progress",
    "Refreshed",
    "RegistryError",
    "RegistryRefused",
    "RegistryTimeout",
    "fetch",
    "fetch_now",
    "probe",
    "probe_now",
    "refresh",
    "refresh_now",
]

BASE_URL: Final = "https://clinicaltrials.gov/api/v2"

FIELDS: Final = (
    "NCTId|NCTIdAlias|BriefTitle|Acronym|OverallStatus|LastKnownStatus|WhyStopped|StatusVerifiedDate|StartDateStruct|"
    "PrimaryCompletionDateStruct|CompletionDateStruct|LastUpdatePostDateStruct|ResultsFirstSubmitDate|"
    "ResultsFirstPostDateStruct|LeadSponsorName|CollaboratorName|Condition|Phase|StudyType|EnrollmentInfo|InterventionType|"
    "InterventionName|PrimaryOutcomeMeasure|LocationCountry|HasResults|UnpostedAnnotation"
)
"""What a refresh asks for."""

_BATCH = 500  # ids in one address: about 6,000 characters of it
_PAGE = 1000
_PAGES = 100  # pages of one batch: more means a server that repeats itself
_ATTEMPTS = 4
_FIRST_PAUSE = 2.0  # seconds before the second attempt; doubled each time
_AGAIN = frozenset({429, 500, 502, 503, 504})
_SINGLY = 6  # ids of a refused batch that are requested one by one
_MISSING_ASKED = 20  # missing ids of a batch that are requested singly: an alias answers only to that

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called with trials done, trials asked for, and words for the status line."""


class RegistryRefused(RegistryAnswered):
    """The registry refused every client that cartwatch may use (403)."""


@dataclass(frozen=True, slots=True)
class Access:
    """Connection settings of the registry.

    `rung` is the client that worked last (one of RUNGS); with `pinned` no other is tried. `deadline` bounds a whole refresh,
    `pause` is the least time between two requests, all in seconds. `clock` and `sleep` are the event loop's, or a test's.
    """

    base_url: str = BASE_URL
    rung: str = RUNGS[0]
    pinned: bool = False
    deadline: float = 120.0
    pause: float = 1.0
    get_seconds: float = 45.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The answer of the registry.

    `aliases` maps a requested id to the returned one. `missing` ids are unknown to the registry.
    `unanswered` ids were not reached because of `error`; their last good data stays. `unchanged`: the registry's data
    still has the known `data_timestamp`, so nothing was requested. `rung` is the client that worked, to be remembered.
    """

    trials: tuple[StudyRecord, ...]
    aliases: Mapping[str, str]
    missing: tuple[str, ...]
    unanswered: tuple[str, ...]
    problems: tuple[str, ...]
    data_timestamp: str | None
    unchanged: bool
    rung: str
    error: RegistryError | None = None

    def by_asked(self, asked: Iterable[str]) -> dict[str, StudyRecord]:
        """The records by requested id, which may be an alias."""
        by_number = {each.nct: each for each in self.trials}
        return {each: by_number[real] for each in asked if (real := self.aliases.get(each, each)) in by_number}


@dataclass(frozen=True, slots=True)
class Probe:
    """The result of trying one client."""

    rung: str
    works: bool
    words: str


async def refresh(
    ids: Iterable[str],
    *,
    access: Access | None = None,
    known_timestamp: str | None = None,
    progress: Progress | None = None,
) -> Refreshed:
    """Fetch the fields of a refresh for all ids in one batched call.

    With `known_timestamp` (the `data_timestamp` of the last refresh of the same ids) nothing is requested while the registry's
    data are unchanged. Cancelling the task ends it at once. Raises RegistryError (one line, exit status 3) if nothing
    was answered; an interrupted refresh returns the records received, with the `error`.
    """
    asking = _RegistrySession(access or Access(), ids, progress)
    return await asking.run(lambda it: _refresh(it, known_timestamp))


async def fetch(ids: Iterable[str], *, access: Access | None = None, progress: Progress | None = None) -> Refreshed:
    """Fetch the whole record of each id, one call each: for a draft, and for posted adverse events. Errors as `refresh`."""
    asking = _RegistrySession(access or Access(), ids, progress)
    return await asking.run(lambda it: _singly(it, it.asked, None))


async def probe(access: Access | None = None) -> list[Probe]:
    """Try every client once on the registry's `/version`, and say which works. Raises RegistryError for a bad address only."""
    access = access or Access()
    found = []
    for rung in RUNGS:
        alone = replace(access, rung=rung, pinned=True)
        asking = _RegistrySession(alone, (), None)
        try:
            refreshed = await asking.run(_version)
            found.append(Probe(rung, True, f"works (data of {refreshed.data_timestamp or 'unknown date'})"))
        except RegistryRefused:
            found.append(Probe(rung, False, "refused (403)"))
        except RegistryError as error:
            found.append(Probe(rung, False, str(error)))
        await access.sleep(access.pause)
    return found


def refresh_now(
    ids: Iterable[str],
    *,
    access: Access | None = None,
    known_timestamp: str | None = None,
    progress: Progress | None = None,
) -> Refreshed:
    """`refresh` for callers without an event loop."""
    return asyncio.run(refresh(ids, access=access, known_timestamp=known_timestamp, progress=progress))


def fetch_now(ids: Iterable[str], *, access: Access | None = None, progress: Progress | None = None) -> Refreshed:
    """`fetch` for callers without an event loop."""
    return asyncio.run(fetch(ids, access=access, progress=progress))


def probe_now(access: Access | None = None) -> list[Probe]:
    """`probe` for callers without an event loop."""
    return asyncio.run(probe(access))


@dataclass(slots=True)
class _RegistrySession:
    """One session with the registry: its pace, its client, and the records received."""

    access: Access
    ids: Iterable[str]
    progress: Progress | None
    asked: list[str] = field(init=False)
    trials: dict[str, StudyRecord] = field(init=False, default_factory=dict)
    aliases: dict[str, str] = field(init=False, default_factory=dict)
    missing: list[str] = field(init=False, default_factory=list)
    problems: list[str] = field(init=False, default_factory=list)
    data_timestamp: str | None = field(init=False, default=None)
    unchanged: bool = field(init=False, default=False)
    rung: str = field(init=False)
    base: str = field(init=False)
    open_instead: str = field(init=False)  # the address a person can open in a browser
    _refused: list[str] = field(init=False, default_factory=list)
    _last: float | None = field(init=False, default=None)
    _ends: float = field(init=False)
    _allowed: float = field(init=False, default=0.0)
    _timer: asyncio.Timeout | None = field(init=False, default=None)
    _transport: Transport = field(init=False)

    def __post_init__(self) -> None:
        self.base = check_base(self.access.base_url)
        self.rung = self.access.rung if self.access.rung in RUNGS else RUNGS[0]
        self._ends = self.access.clock() + self.access.deadline
        numbers = {each: valid_nct(each) for each in self.ids}
        self.asked = list(dict.fromkeys(number for number in numbers.values() if number))
        wrong = [each for each, number in numbers.items() if not number]
        self.problems += [f"{each[:40]!r} is not an NCT number (NCT and eight digits): skipped" for each in wrong]
        self.open_instead = self.address("studies", {"filter.ids": ",".join(self.asked), "pageSize": _PAGE})

    async def run(self, work: Callable[[_RegistrySession], Awaitable[None]]) -> Refreshed:
        """Do the work within the deadline and return the result; raise if there is none."""
        error: RegistryError | None = None
        try:
            async with (
                asyncio.timeout(self.access.deadline) as self._timer,
                Transport(self._pace, get_seconds=self.access.get_seconds) as self._transport,
            ):
                await work(self)
        except TimeoutError:
            allowed = self.access.deadline + self._allowed
            error = RegistryTimeout(f"the registry did not finish within {allowed:g} s: try again later")
        except RegistryError as failure:
            error = failure
        if error and not self.trials:
            raise error
        unanswered = self.left() if error else []
        missing = [*self.missing, *([] if error or self.unchanged else self.left())]
        return Refreshed(
            trials=tuple(self.trials.values()),
            aliases=dict(self.aliases),
            missing=tuple(dict.fromkeys(missing)),
            unanswered=tuple(unanswered),
            problems=(*self.problems, *([str(error)] if error else [])),
            data_timestamp=self.data_timestamp,
            unchanged=self.unchanged,
            rung=self.rung,
            error=error,
        )

    def left(self) -> list[str]:
        """The ids that are neither received nor known to be missing."""
        known = {*self.trials, *self.aliases, *self.missing}
        return [each for each in self.asked if each not in known]

    def address(self, path: str, query: Mapping[str, object] | None = None) -> str:
        """Build the address of a call."""
        tail = f"?{urlencode(query, safe='|,', quote_via=quote)}" if query else ""
        return f"{self.base}/{path}{tail}"

    def allow(self, seconds: float) -> None:
        """Extend the deadline for unforeseen calls."""
        self._ends += seconds
        self._allowed += seconds
        if self._timer:
            when = self._timer.when()
            self._timer.reschedule(when + seconds if when is not None else None)

    def keep(self, study: object, asked_for: str | None = None) -> None:
        """Store a study if it is valid and was requested."""
        try:
            trial = parse_study(study)
        except RecordError as error:
            self.problems.append(f"{asked_for or 'one study'} could not be read: {error}")
            self.missing.extend([asked_for] if asked_for else [])
            return
        names = {trial.nct, *trial.aliases, *([asked_for] if asked_for else [])}
        called = [each for each in self.asked if each in names]
        if called:
            self.trials[trial.nct] = trial
            self.problems += [f"{trial.nct}: {each}" for each in trial.unread]
            self.aliases.update({each: trial.nct for each in called if each != trial.nct})
            self.tell("received")

    def tell(self, words: str) -> None:
        """Report progress."""
        if self.progress:
            self.progress(len(self.asked) - len(self.left()), len(self.asked), words)

    async def ask(self, url: str) -> Answer:
        """Return the answer to one call: status 200, 400 or 404. Retries failures and changes the client on a 403.

        Raises RegistryError for all else.
        """
        attempt = 1
        while True:
            pause: float | None = None
            try:
                answer = await self._transport.get(self.rung, url)
            except RegistryTimeout as error:
                failure: RegistryError = error
            else:
                if answer.status in (200, 400, 404):
                    return answer
                if answer.status == 403:
                    self._climb()
                    continue
                failure = RegistryAnswered(f"the registry answered with an error ({answer.status}): try again later")
                if answer.status not in _AGAIN:
                    raise failure
                pause = _retry_after(answer)
            if attempt == _ATTEMPTS:
                raise failure
            wait = max(pause or 0.0, _FIRST_PAUSE * 2 ** (attempt - 1) if pause is None else self.access.pause)
            if self.access.clock() + wait > self._ends:
                asks = f"; it asks to wait {pause:g} s" if pause is not None else ""
                raise type(failure)(f"{failure}{asks}")
            self.tell(f"waiting {wait:g} s to try again")
            await self.access.sleep(wait)
            attempt += 1

    def _climb(self) -> None:
        self._refused.append(self.rung)
        rest = [] if self.access.pinned else [each for each in RUNGS if each not in self._refused]
        if not rest:
            tried = ", ".join(self._refused)
            raise RegistryRefused(
                f"the registry refused cartwatch (403; tried {tried}): open {self.open_instead} in a browser, "
                "save the JSON, then: cartwatch import FILE.json"
            )
        self.rung = rest[0]
        self.tell(f"refused; trying another way ({self.rung})")

    async def _pace(self) -> None:
        now = self.access.clock()
        if self._last is not None and now < self._last + self.access.pause:
            await self.access.sleep(self._last + self.access.pause - now)
        self._last = self.access.clock()


async def _refresh(asking: _RegistrySession, known_timestamp: str | None) -> None:
    if not asking.asked:
        return
    await _version(asking)
    if known_timestamp is not None and asking.data_timestamp == known_timestamp:
        asking.unchanged = True
        return
    for start in range(0, len(asking.asked), _BATCH):
        await _in_parts(asking, asking.asked[start : start + _BATCH])
    left = asking.left()[:_MISSING_ASKED]
    if left:
        await _singly(asking, left, FIELDS)


async def _in_parts(asking: _RegistrySession, ids: list[str]) -> None:
    """Make one batched call; if an id spoils it, halve it, down to single calls: 300 trials take 20 s, not 300."""
    if await _batch(asking, ids):
        return
    if len(ids) <= _SINGLY:
        await _singly(asking, ids, FIELDS)
        return
    asking.allow(2 * (asking.access.pause + 1.0))
    await _in_parts(asking, ids[: len(ids) // 2])
    await _in_parts(asking, ids[len(ids) // 2 :])


async def _version(asking: _RegistrySession) -> None:
    """Fetch the registry's data date; a mirror without one is no failure."""
    answer = await asking.ask(asking.address("version"))
    if answer.status == 200:
        value = _json(answer)
        stamp = value.get("dataTimestamp") if isinstance(value, dict) else None
        asking.data_timestamp = stamp[:40] if isinstance(stamp, str) else None


async def _batch(asking: _RegistrySession, ids: list[str]) -> bool:
    """Fetch all pages of one batched call; False if the registry refuses the batch (400) because of some id."""
    query: dict[str, object] = {"filter.ids": ",".join(ids), "fields": FIELDS, "pageSize": _PAGE}
    asking.tell(f"asking for {len(ids)} trials")
    tokens: set[str] = set()
    for _ in range(_PAGES):
        answer = await asking.ask(asking.address("studies", query))
        if answer.status == 400 and not tokens and "field" not in answer.text:
            return False
        if answer.status != 200:
            raise RegistryAnswered(f"the registry refused the call ({answer.status}): {answer.text}")
        page = _json(answer)
        studies = page.get("studies") if isinstance(page, dict) else None
        if not isinstance(page, dict) or not isinstance(studies, list):
            raise RegistryAnswered("the registry's answer holds no list of studies: try again later")
        for study in studies:
            asking.keep(study)
        token = page.get("nextPageToken")
        if not isinstance(token, str) or not token:
            return True
        if token in tokens:
            break
        tokens.add(token)
        query["pageToken"] = token
    raise RegistryAnswered("the registry's pages go round in circles: try again later")


async def _singly(asking: _RegistrySession, ids: list[str], fields: str | None) -> None:
    """Fetch each id by itself; an alias is resolved to its record."""
    asking.allow((asking.access.pause + 1.0) * len(ids))
    for number in ids:
        if number in asking.trials:
            continue
        asking.tell(f"asking for {number}")
        answer = await asking.ask(asking.address(f"studies/{number}", {"fields": fields} if fields else None))
        if answer.status == 200:
            asking.keep(_json(answer), number)
            continue
        asking.missing.append(number)
        if answer.status == 400:
            asking.problems.append(f"{number}: the registry refused the call (400): {answer.text}")


def _json(answer: Answer) -> object:
    """Parse the data of a 200. Raises RegistryError for a web page or anything else that is not JSON."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and "json" not in kind:
        what = "a web page" if "html" in kind else f"{kind[:40]!r}"
        raise RegistryAnswered(f"the registry answered with {what} instead of data: try again later, or sign in to the network")
    try:
        return read_json(answer.body)
    except AnswerError as error:
        raise RegistryAnswered(f"the registry's answer is {error}: try again later") from None


def _retry_after(answer: Answer) -> float | None:
    """Return the seconds of a Retry-After header, given as a number or as a moment."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    from email.utils import parsedate_to_datetime

    try:
        until = parsedate_to_datetime(asked)
        sent = answer.headers.get("date")
        now = parsedate_to_datetime(sent) if sent else datetime.now(UTC)
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None
