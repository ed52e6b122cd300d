"""Makes the proposal of a release: moves, further sources, new catalysts, designations, outcomes, holds, rates, runway."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Add, Edit, Set
from cartwatch.document.paths import item_names, joined
from cartwatch.document.reader import read_program
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.dates.parser import read_window
from cartwatch.domain.identity import UniqueNames
from cartwatch.domain.program import Program, slug
from cartwatch.domain.vocabulary import AGENCY, DESIGNATION, fold
from cartwatch.proposals.compare import offers_of
from cartwatch.proposals.model import Entry, Evidence, Offer, Proposal

from .matching import catalyst_of, is_closed, is_same_window

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from cartwatch.document.document import Document
    from cartwatch.domain.watchlist import Watchlist

    from .release import Release, Statement

__all__ = ["propose_release"]

_KEYS = {"designation": "designation", "hold": "hold", "rate": "safety"}
_WEIGHTY = ("pdufa", "approval", "interim", "readout", "filing", "adcom", "chmp")
_LONGEST_QUOTE = 600
_EARLIER, _LATER = 200, 900  # days
_EVENTS = ("crs", "icans", "neurotox", "gvhd")


def propose_release(
    document: Document,
    watchlist: Watchlist,
    release: Release,
    today: date,
    answers: Mapping[int, str] | None = None,
) -> Proposal:
    """Make the proposal of a release; `checked` of its source is `today`.

    A statement whose program is not certain is an entry of the state "unclear", with its `candidates` and the number of the
    statement in `asks`. `answers` has, by such a number, the key of the program that was chosen, or a name, for a new program.
    """
    chosen = answers or {}
    by_key: dict[str, list[Statement]] = {}
    asked: list[Statement] = []
    head: list[Offer] = []
    for each in release.statements:
        if each.repeats is not None:
            continue
        if each.what == "runway":
            head += _runway(document, watchlist, release, each, today)
        elif (key := chosen.get(each.number)) is not None:
            by_key.setdefault(key, []).append(replace(each, default="take", why="") if each.default == "ask" else each)
        elif each.default != "ask":
            by_key.setdefault(each.programs[0], []).append(each)
        else:
            asked.append(each)
    entries: list[Entry] = []
    for key, statements in by_key.items():
        place = watchlist.place(key)
        if place is None:
            entries.append(_new(release, key, statements, today))
            continue
        program, record = watchlist.programs[place], document.programs[place]
        offers = _Offers(release, record, today, chosen).of(statements)
        state = "changed" if offers else "same"
        entries.append(
            Entry(state, program.key, program.label, release.title or release.name, program, record, place, "name", "", offers)
        )
    entries.sort(key=lambda each: each.place if each.place is not None else len(watchlist.programs))
    entries += [_question(release, each) for each in asked]
    return Proposal(tuple(entries), tuple(head), act="read from", origin="release")


def _source(release: Release, today: date) -> dict[str, Any]:
    day = release.said.isoformat() if release.said is not None else ""
    name = slug(release.company)[:24].strip("-") if release.company else ""
    id = "-".join(each for each in ("pr", name if name != "program" else "", day) if each)
    if id == "pr":
        id = f"pr-{slug(release.title or release.name)[:40]}".strip("-")
    found: dict[str, Any] = {"id": id}
    if release.title:
        found["title"] = release.title
    if release.url:
        found["url"] = release.url
    if release.said is not None:
        found["published"] = release.said
    found["checked"] = today
    return found


def _evidence(release: Release, statement: Statement, source: str) -> tuple[Evidence, ...]:
    again = [each for each in release.statements if each.repeats == statement.number and each.quote != statement.quote]
    return tuple(Evidence(source, release.said, each.quote, each.span) for each in (statement, *again))


def _question(release: Release, statement: Statement) -> Entry:
    """An entry that asks whose a statement is; its offer shows what it says."""
    name = statement.names[0] if statement.names else ""
    named = tuple(dict.fromkeys(key for each in release.statements for key in each.programs))
    offer = Offer(
        joined((_KEYS.get(statement.what, "catalyst"), slug(statement.event))),
        "suggested",
        None,
        _theirs(statement),
        (),
        (),
        _evidence(release, statement, ""),
        rule=statement.rule,
        certain=False,
        why=statement.why,
        weight="notable",
    )
    program = Program(key=f"?{statement.number}", name=name)
    return Entry(
        "unclear",
        program.key,
        name or statement.event,
        release.title or release.name,
        program,
        {},
        reason=statement.why,
        offers=(offer,),
        candidates=statement.programs or (() if statement.names else named),
        asks=statement.number,
    )


def _theirs(statement: Statement) -> Any:
    """The fact under the names of the file, as far as it does not hang on the program."""
    if statement.what in ("guidance", "outcome"):
        return {"event": statement.event, **statement.facts, "kind": statement.kind}
    return dict(statement.facts)


def _new(release: Release, name: str, statements: Sequence[Statement], today: date) -> Entry:
    """An entry for a program that is not in the list."""
    key = slug(name)
    record: dict[str, Any] = {"id": key, "name": name}
    if release.company:
        record["sponsor"] = release.company
    offers = _Offers(release, {}, today).of(statements)
    for offer in offers:
        for edit in offer.edits:
            if isinstance(edit, Add):
                where: Any = record
                for step in edit.path[:-1]:
                    where = where.setdefault(step, {})
                where.setdefault(edit.path[-1], []).append(edit.value)
    source = _source(release, today)
    if release.company:
        record["cite"] = {"sponsor": source["id"]}
    record.setdefault("source", [source])
    program, _ = read_program(record, 0, today, UniqueNames())
    return Entry("new", key, name, release.title or release.name, program, record, reason="is not in the list", offers=offers)


class _Offers:
    """The offers of one program."""

    def __init__(self, release: Release, record: Mapping[str, Any], today: date, answered: Collection[int] = ()) -> None:
        self.answered = answered
        self.today = today
        self.release = release
        self.record = record
        self.source = self.known_source(_source(release, today))
        self.taken: set[int] = set()
        self.ids: set[str] = set()
        self.found: list[Offer] = []

    def known_source(self, source: dict[str, Any]) -> dict[str, Any]:
        """The source with the id that the program has for it, or with a free one."""
        listed = [each for each in self.record.get("source") or () if isinstance(each, dict)]
        for each in listed:
            same_page = source.get("url") and str(each.get("url", "")).rstrip("/") == str(source["url"]).rstrip("/")
            same_title = (
                source.get("title")
                and each.get("title") == source["title"]
                and each.get("published") == source.get("published")
            )
            if isinstance(each.get("id"), str) and (same_page or same_title):
                return {**source, "id": each["id"]}
        taken, wanted, count = {each.get("id") for each in listed}, source["id"], 2
        while source["id"] in taken:
            source = {**source, "id": f"{wanted}-{count}"}
            count += 1
        return source

    def of(self, statements: Iterable[Statement]) -> tuple[Offer, ...]:
        ordered = sorted(statements, key=lambda each: (each.what != "guidance", _width(each)))
        rates: list[Statement] = []
        for each in ordered:
            if each.what == "guidance":
                self.guidance(each)
            elif each.what == "designation":
                self.designation(each)
            elif each.what == "outcome":
                self.outcome(each)
            elif each.what == "hold":
                self.hold(each)
            else:
                rates.append(each)
        self.rates(rates)
        listed = self.record.get("source") or ()
        if self.found and not any(isinstance(each, dict) and each.get("id") == self.source["id"] for each in listed):
            path = joined(("source", self.source["id"]))
            edit = Add(("source",), self.source)
            self.found.append(
                Offer(path, "added", None, self.source, (edit,), certain=False, why="comes with the facts that cite it")
            )
        return tuple(self.found)

    def offer(
        self,
        statement: Statement,
        path: Sequence[str],
        kind: str,
        sides: tuple[Any, Any],
        edits: Sequence[Edit],
        why: str,
        weight: str,
        my_cites: tuple[str, ...] = (),
    ) -> None:
        certain = not why and statement.default == "take"
        evidence = _evidence(self.release, statement, self.source["id"])
        self.found.append(
            Offer(
                joined(path),
                kind,
                *sides,
                tuple(edits),
                my_cites,
                evidence,
                weight=weight,
                rule=statement.rule,
                certain=certain,
                why=why or statement.why,
            )
        )

    def cite(self, statement: Statement) -> Any:
        """Return the source of a fact, with the sentence that states it."""
        return {"id": self.source["id"], "quote": _short(statement)}

    # Guidance

    def guidance(self, statement: Statement) -> None:
        match, over = catalyst_of(statement, self.record), catalyst_of(statement, self.record, closed=True)
        if over.at is not None and over.score > match.score:
            if statement.kind != "pdufa" or is_same_window(statement, self.record["catalyst"][over.at]):
                return  # it has happened since
            match = replace(match, at=None)
        if match.at is None:
            cycle = over.at is not None and statement.kind == "pdufa"
            self.new_catalyst(statement, "a new review cycle: the goal date before it has an outcome" if cycle else "")
            return
        at, why = match.at, match.why
        mine = self.record["catalyst"][at]
        if at in self.taken:
            if not is_same_window(statement, mine) and (not why or statement.number in self.answered):
                self.new_catalyst(statement, "another window for the same event")
            return
        self.taken.add(at)
        name = item_names(Catalyst, self.record["catalyst"])[at]
        if is_same_window(statement, mine):
            self.confirmed(statement, at, name, mine)
            return
        theirs: dict[str, Any] = {key: mine[key] for key in ("id",) if key in mine} or {"event": mine.get("event", "")}
        theirs["when"] = statement.facts["when"]
        if self.release.said is not None:
            theirs["said"] = self.release.said
        theirs["cite"] = self.cite(statement)
        for offer in offers_of(self.record, {"catalyst": [theirs], "source": [self.source]}):
            if not offer.path.startswith("catalyst."):
                continue
            why = why or _far(statement, mine)
            certain = offer.certain and not why and statement.default == "take"
            self.found.append(
                replace(
                    offer,
                    evidence=_evidence(self.release, statement, self.source["id"]),
                    rule=statement.rule,
                    certain=certain,
                    why=why or statement.why,
                    weight="critical" if statement.kind in _WEIGHTY else "notable",
                )
            )

    def confirmed(self, statement: Statement, at: int, name: str, mine: Mapping[str, Any]) -> None:
        """Offer one more source for guidance that has not changed."""
        known = mine.get("cite")
        old = known if isinstance(known, list) else [known] if known is not None else []
        if self.source["id"] in (each.get("id") if isinstance(each, dict) else each for each in old):
            return
        new = [*old, self.cite(statement)]
        edit = Set(("catalyst", at, "cite"), new if len(new) > 1 else new[0])
        cites = tuple(str(each.get("id") if isinstance(each, dict) else each) for each in old)
        self.offer(
            statement,
            ("catalyst", name, "cite"),
            "changed" if old else "added",
            (known, edit.value),
            (edit,),
            "",
            "minor",
            cites,
        )

    def new_catalyst(self, statement: Statement, why: str) -> None:
        if statement.what == "guidance" and statement.window and statement.window.end and statement.window.end < self.today:
            why = why or "its window is over: see whether it came"
        base = slug(statement.event)[:40].strip("-")
        listed = [each for each in self.record.get("catalyst") or () if isinstance(each, dict)]
        taken = {str(each.get("id") or slug(str(each.get("event") or ""))) for each in listed} | self.ids
        id, count = base, 2
        while id in taken:
            id, count = f"{base}-{count}", count + 1
        self.ids.add(id)
        made: dict[str, Any] = {"id": id, "event": statement.event, "kind": statement.kind}
        if statement.what == "guidance":
            made["when"] = statement.facts["when"]
            if self.release.said is not None:
                made["said"] = self.release.said
            if statement.was:
                made["move"] = [{"when": statement.was}]
        else:
            made |= {key: value for key, value in statement.facts.items() if key in ("outcome", "outcome_on")}
        if trial := self.trial(statement) or statement.facts.get("trial"):
            made["trial"] = trial
        made["cite"] = self.cite(statement)
        weight = "critical" if statement.what == "outcome" else "notable"
        self.offer(statement, ("catalyst", id), "added", (None, made), (Add(("catalyst",), made),), why, weight)

    def trial(self, statement: Statement) -> str:
        """The trial of the program that the sentence names."""
        low = fold(statement.quote)
        named = []
        for each in self.record.get("trial") or ():
            if isinstance(each, dict):
                names = [str(each[key]) for key in ("nct", "name") if each.get(key)]
                if any(fold(name) in low for name in names if len(name) > 2):
                    named.append(str(each.get("nct") or each.get("name")))
        return named[0] if len(named) == 1 else ""

    # What has happened

    def designation(self, statement: Statement) -> None:
        made = dict(statement.facts)
        for at, each in enumerate(self.record.get("designation") or ()):
            if not isinstance(each, dict) or not _same_word(DESIGNATION, each.get("kind"), made["kind"]):
                continue
            if made.get("agency") and each.get("agency") and not _same_word(AGENCY, each["agency"], made["agency"]):
                continue
            if "granted" in made and "granted" not in each and "note" not in made:
                edit = Set(("designation", at, "granted"), made["granted"])
                self.offer(
                    statement,
                    ("designation", str(made["kind"]), "granted"),
                    "added",
                    (None, made["granted"]),
                    (edit,),
                    "",
                    "minor",
                )
            return
        made["cite"] = self.cite(statement)
        path = ("designation", " ".join(str(made[key]) for key in ("kind", "agency") if key in made))
        self.offer(statement, path, "added", (None, made), (Add(("designation",), made),), "", "critical")

    def outcome(self, statement: Statement) -> None:
        facts = statement.facts
        for each in self.record.get("catalyst") or ():
            known = isinstance(each, dict) and is_closed(each) and fold(str(each["outcome"])) == fold(str(facts["outcome"]))
            if known and catalyst_of(statement, {**self.record, "catalyst": [each]}, closed=True).at is not None:
                return
        match = catalyst_of(statement, self.record)
        at, why = match.at, match.why
        if at is None:
            self.new_catalyst(statement, "no such catalyst in the list")
            return
        name = item_names(Catalyst, self.record["catalyst"])[at]
        edits: list[Edit] = [Set(("catalyst", at, key), facts[key]) for key in ("outcome", "outcome_on") if key in facts]
        edits.append(Set(("cite", joined(("catalyst", name, "outcome"))), self.cite(statement)))
        mine = self.record["catalyst"][at].get("outcome")
        self.offer(
            statement,
            ("catalyst", name, "outcome"),
            "changed" if mine else "added",
            (mine, facts["outcome"]),
            edits,
            why,
            "critical",
        )

    def hold(self, statement: Statement) -> None:
        facts = dict(statement.facts)
        listed = self.record.get("hold")
        for at, each in enumerate(listed if isinstance(listed, list) else ()):
            if not isinstance(each, dict):
                continue
            if "lifted" in facts and "lifted" not in each:
                edits = (Set(("hold", at, "lifted"), facts["lifted"]),)
                self.offer(
                    statement,
                    ("hold", str(each.get("kind") or at), "lifted"),
                    "added",
                    (None, facts["lifted"]),
                    edits,
                    "",
                    "critical",
                )
                return
            if all(each.get(key) == value for key, value in facts.items()) or ("lifted" in facts and "lifted" in each):
                return
        facts["cite"] = self.cite(statement)
        self.offer(
            statement,
            ("hold", str(facts["kind"])),
            "added",
            (None, facts),
            (Add(("hold",), facts),),
            "" if "placed" in facts else "the hold is not in the list",
            "critical",
        )

    # Rates

    def rates(self, statements: Sequence[Statement]) -> None:
        """Offer data sets: the rates of one sentence or of one number of patients together, never added up."""
        sets: list[tuple[dict[str, Any], list[Statement]]] = []
        for each in statements:
            event, grade, n = each.facts["event"], each.facts["grade"], each.facts["n"]
            fitting = next((pair for pair in sets if pair[0]["n"] == n and grade not in pair[0].get(event, {})), None)
            if fitting is None:
                fitting = ({"n": n}, [])
                sets.append(fitting)
            report, told = fitting
            if "cutoff" in each.facts:
                report["cutoff"] = each.facts["cutoff"]
            report.setdefault(event, {})[grade] = each.facts["rate"]
            if "note" in each.facts:
                report["note"] = each.facts["note"]
            told.append(each)
        for report, told in sets:
            self.report(report, told)

    def report(self, report: dict[str, Any], told: Sequence[Statement]) -> None:
        safety = self.record.get("safety")
        listed = safety.get("report") if isinstance(safety, dict) else None
        for each in listed if isinstance(listed, list) else ():
            if isinstance(each, dict) and all(
                each.get(key) == value for key, value in report.items() if key in (*_EVENTS, "n")
            ):
                return
        if trial := self.trial(told[0]):
            report = {"trial": trial, **report}
        report = {**report, "cite": self.cite(told[0])}
        words = "; ".join(f"{each.facts['event']} {each.facts['grade']} {each.facts['rate']}" for each in told)
        path = ("safety", "report", str(report.get("trial") or f"n={report['n']}"))
        edit = Add(("safety", "report"), report)
        offer = Offer(
            joined(path),
            "added",
            None,
            words,
            (edit,),
            (),
            tuple(shown for each in told for shown in _evidence(self.release, each, self.source["id"])),
            rule=told[0].rule,
            certain=False,
            why=told[0].why,
            weight="notable",
        )
        self.found.append(offer)


def _far(statement: Statement, mine: Mapping[str, Any]) -> str:
    """Why a move is too far to be taken unasked: events seldom come much earlier, or years later."""
    said = mine.get("said")
    before = read_window(mine.get("when", ""), said if isinstance(said, date) else None)
    if statement.window is None or statement.window.end is None or before.end is None:
        return ""
    days = (statement.window.end - before.end).days
    return f"moves the end by {days:+} days: check that it is the same event" if days < -_EARLIER or days > _LATER else ""


def _short(statement: Statement) -> str:
    """The sentence, or of a very long one the words around the fact."""
    quote, (start, end) = statement.quote, statement.span
    if len(quote) <= _LONGEST_QUOTE:
        return quote
    first = quote.find(" ", max(0, start - _LONGEST_QUOTE // 2)) + 1 if start > _LONGEST_QUOTE // 2 else 0
    last = quote.rfind(" ", end, end + _LONGEST_QUOTE // 3)
    return quote[first : last if last > end else max(end, first + 1)]


def _width(statement: Statement) -> int:
    width = statement.window.width_days if statement.window is not None else None
    return width if width is not None else 10**6


def _same_word(vocabulary: Any, one: Any, other: Any) -> bool:
    words = [str(each) for each in (one, other)]
    return len({vocabulary.canonical(each) or fold(each) for each in words}) == 1


def _runway(document: Document, watchlist: Watchlist, release: Release, statement: Statement, today: date) -> list[Offer]:
    """Offer the runway of the sponsor: the one whose programs the release names, else the company that speaks."""
    keys = {key for each in release.statements for key in each.programs}
    sponsors = {
        fold(program.sponsor): program.sponsor for program in watchlist.programs if program.key in keys and program.sponsor
    }
    company = fold(release.company)
    named = [
        sponsor for folded_name, sponsor in sponsors.items() if company and (folded_name in company or company in folded_name)
    ]
    name = named[0] if named else next(iter(sponsors.values())) if len(sponsors) == 1 else release.company
    if not name:
        return []
    made: dict[str, Any] = {"when": statement.facts["when"]}
    if release.said is not None:
        made["said"] = release.said
    if release.url:
        made["url"] = release.url
    made |= {"quote": statement.quote, "checked": today}
    listed = document.head.get("sponsor")
    for at, each in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(each, dict) and isinstance(each.get("name"), str) and fold(each["name"]) == fold(name):
            old = each.get("runway")
            if isinstance(old, dict) and old.get("when") == made["when"] and old.get("said") == made.get("said"):
                return []
            edit: Edit = Set(("sponsor", at, "runway"), made)
            return [_runway_offer(release, statement, name, old, made, edit)]
    return [_runway_offer(release, statement, name, None, made, Add(("sponsor",), {"name": name, "runway": made}))]


def _runway_offer(release: Release, statement: Statement, name: str, old: Any, made: dict[str, Any], edit: Edit) -> Offer:
    path = joined(("sponsor", name, "runway"))
    evidence = _evidence(release, statement, "")
    return Offer(path, "changed" if old else "added", old, made, (edit,), (), evidence, rule=statement.rule, weight="notable")
