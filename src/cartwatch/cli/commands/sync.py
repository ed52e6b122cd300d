"""`cartwatch sync`: refreshes linked trials from the registry, and prints each change with its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.commit import not_saved
from cartwatch.cli.context import NETWORK, conversed
from cartwatch.cli.output import Failure
from cartwatch.views.lines import Run
from cartwatch.views.look import level_role

if TYPE_CHECKING:
    from cartwatch.cli.context import Call
    from cartwatch.proposals.model import Choice, Entry, News, Offer, Proposal
    from cartwatch.session.session import Session
    from cartwatch.sources.registry.refresh import Answers, Linked

__all__ = ["print_news", "run"]


def print_news(call: Call, news: News, indent: str = "  ") -> None:
    """Print the news of one record below its heading."""
    for level, words, rule in news.lines():
        reason = (Run(f"  ({call.look.plainly(rule)})", "quiet"),) if rule else ()
        call.print_hanging([Run(f"{indent}{level:<9} ", level_role(level))], [Run(call.look.plainly(words)), *reason])
    if news.changes:
        call.print_hanging([Run(f"{indent}{'':<9} ")], [Run(news.seen, "quiet")])


def run(call: Call) -> int:
    """Refresh, or only show the changes; return 1 if a trial is unknown, 3 if the registry did not answer."""
    if call.parsed.has("accept") and not call.parsed.has("safety"):
        raise UsageError("--accept goes with --safety")
    session = call.open()
    dry = call.parsed.has("dry-run")
    if not dry:
        from cartwatch.cli.commit import settle

        settle(call, session)
    keys = _keys(call, session)
    if session.why_readonly is not None and not dry:
        raise Failure(f"{session.path}: nothing can be changed: {session.why_readonly}")
    from cartwatch.sources.registry.refresh import linked, unfit

    links = list(linked(session.document, session.watchlist, keys))
    wrong = unfit(session.document, session.watchlist, keys)
    for each in wrong:
        call.output.tell(each)
    if not links:
        if call.parsed.has("json"):
            call.output.json(_empty(call, wrong))
        call.output.tell("no ClinicalTrials.gov trial is linked: `cartwatch add PROGRAM trial nct=NCT…` links one")
        return 1 if wrong else 0
    if call.parsed.has("safety"):
        return _suggest(call, session, keys, links)
    return _refreshed(call, session, keys, links, wrong)


def _keys(call: Call, session: Session) -> tuple[str, ...] | None:
    if not call.parsed.words:
        return None
    return tuple(call.find(session, each).key for each in call.parsed.words)


def _refreshed(call: Call, session: Session, keys: tuple[str, ...] | None, links: list[Linked], wrong: list[str]) -> int:
    from cartwatch.sources.registry.memory import Memory
    from cartwatch.sources.registry.refresh import ask, linked, numbers, propose_refresh, remember_refresh

    assert session.places is not None
    memory = Memory(session.places)
    for note in memory.notes:
        call.output.tell(note)
    asked, records = numbers(links), memory.records
    answers = conversed(call, session, records, lambda access, told: ask(asked, access, records, call.now, told))
    links = list(linked(session.document, session.watchlist, keys))
    proposal = propose_refresh(session.document, session.watchlist, answers, memory, keys)
    accepted = proposal.choices()
    dry = call.parsed.has("dry-run")
    if call.parsed.has("json"):
        call.output.json(_document(call, proposal, answers, links, wrong, applied=not dry))
    else:
        _print(call, proposal, answers, links, {each.key: each.label for each in session.watchlist.programs})
    if not dry:
        _apply(call, session, proposal, accepted)
        warning = remember_refresh(proposal, accepted, answers, memory.sightings, links=links)
        if warning is not None:
            call.output.tell(warning)
    _summary(call, proposal, answers, dry=dry)
    if answers.error is not None:
        return NETWORK
    return 1 if answers.missing or answers.problems or wrong else 0


def _apply(call: Call, session: Session, proposal: Proposal, accepted: set[Choice]) -> None:
    """Apply the accepted changes as one step. Raises Failure where they can't be made or saved."""
    from cartwatch.document.edits import EditError
    from cartwatch.proposals.accept import accept

    planned = accept(session.document, session.watchlist, proposal, accepted)
    if planned is None:
        return
    try:
        step = session.change(planned, label="registry")
    except EditError as wrong:
        raise Failure(f"{session.path}: nothing was refreshed: {wrong}") from None
    if session.unsaved is not None:
        raise not_saved(session)
    for note in (*step.notes, *session.warnings):
        call.output.tell(note)


def _print(call: Call, proposal: Proposal, answers: Answers, links: list[Linked], labels: dict[str, str]) -> None:
    """Print the changes by trial, programs with the highest weight first; then lapsed estimates and overdue results."""
    from cartwatch.sources.registry.compare import LEVELS

    told = [
        (min(LEVELS.index(change.level) for change in offer.news.changes), entry, offer.news)
        for entry in proposal.entries
        for offer in entry.offers
        if offer.news is not None and offer.news.changes
    ]
    for _, entry, news in sorted(told, key=lambda each: each[0]):
        call.output.runs([Run(entry.label, "strong"), Run(f"  {news.about}", "link")])
        print_news(call, news)
    first = [
        (entry, offer.news)
        for entry in proposal.entries
        for offer in entry.offers
        if offer.news is not None and not offer.news.changes and offer.kind == "added"
    ]
    _section(call, "First data", [(f"{entry.label}  {news.about}", news.otherwise) for entry, news in first])
    lapsed, review = _standing(call, answers, links)
    _section(
        call, "Estimates that have lapsed, unconfirmed", [(f"{labels[who]}  {what}", words) for who, what, words, _ in lapsed]
    )
    _section(call, "Results in review", [(f"{labels[who]}  {what}", words) for who, what, words, _ in review])


def _section(call: Call, title: str, rows: list[tuple[str, str]]) -> None:
    if not rows:
        return
    call.output.section(Run(title, "heading"))
    for head, words in rows:
        call.print_hanging([Run(f"  {head}  ")], [Run(call.look.plainly(words).removeprefix("first data: "), "quiet")])


_Standing = list[tuple[str, str, str, dict[str, Any]]]


def _standing(call: Call, answers: Answers, links: list[Linked]) -> tuple[_Standing, _Standing]:
    """Return lapsed estimates and results in review: program, trial, text, and the same for JSON."""
    from cartwatch.sources.registry.record import DATED, lapsed

    past: _Standing = []
    review: _Standing = []
    for each in links:
        trial = answers.trials.get(each.nct)
        if trial is None:
            continue
        known = {"program": each.key, "trial": trial.nct}
        names = lapsed(trial, call.today)
        if names:
            dates = {name: getattr(trial, name).text for name in DATED if name in names}
            words = ", ".join(f"{name.replace('_', ' ')} {text}" for name, text in dates.items())
            past.append((each.key, each.about, words, {**known, "dates": dates}))
        if trial.results_in_review:
            since = trial.handed_in.text if trial.handed_in is not None else None
            words = f"submitted {since}" if since else "submitted, no date given"
            review.append((each.key, each.about, words, {**known, "submitted": since}))
    return past, review


def _summary(call: Call, proposal: Proposal, answers: Answers, *, dry: bool) -> None:
    from cartwatch.sources.registry.refresh import summary

    offers = [offer for entry in proposal.entries for offer in entry.offers]
    for each in answers.missing:
        call.output.tell(f"{each}: the registry does not know this number")
    for each in answers.problems:
        call.output.tell(each)
    if answers.error is not None:
        left = ", ".join(answers.unanswered[:5]) + (" …" if len(answers.unanswered) > 5 else "")
        call.output.tell(f"{answers.error}")
        call.output.tell(f"no answer for these, their last data stay: {left}")
    after = "" if not offers else "; nothing was written" if dry else "; `cartwatch undo` reverts it"
    call.output.tell(f"{summary(proposal, answers)}{after}")


def _empty(call: Call, wrong: list[str]) -> dict[str, Any]:
    from cartwatch.views.documents import head

    lists: dict[str, Any] = {name: [] for name in ("changes", "first", "lapsed", "in_review", "missing", "unanswered")}
    return {**head(call.now), "applied": False, "data": None, "asked": 0, **lists, "problems": wrong, "error": None}


def _document(
    call: Call,
    proposal: Proposal,
    answers: Answers,
    links: list[Linked],
    wrong: list[str],
    *,
    applied: bool,
) -> dict[str, Any]:
    lapsed, review = _standing(call, answers, links)
    offered = [(entry, offer) for entry in proposal.entries for offer in entry.offers if offer.news is not None]
    return _empty(call, [*wrong, *answers.problems]) | {
        "applied": applied,
        "data": answers.data,
        "asked": len(answers.asked),
        "changes": [
            {
                "program": entry.key,
                "trial": offer.news.nct,
                "field": change.field,
                "old": change.old,
                "new": change.new,
                "level": change.level,
                "rule": change.rule,
                "words": change.words,
                "seen": offer.news.seen,
            }
            for entry, offer in offered
            if offer.news is not None
            for change in offer.news.changes
        ],
        "first": [
            {"program": entry.key, "trial": offer.news.nct, "words": offer.news.otherwise}
            for entry, offer in offered
            if offer.news is not None and offer.kind == "added"
        ],
        "lapsed": [each for *_, each in lapsed],
        "in_review": [each for *_, each in review],
        "missing": list(answers.missing),
        "unanswered": list(answers.unanswered),
        "error": str(answers.error) if answers.error is not None else None,
    }


# ---- `--safety`: what posted results say of serious events, arm by arm, accepted by number


def _suggest(call: Call, session: Session, keys: tuple[str, ...] | None, links: list[Linked]) -> int:
    """Print the numbered suggestions, and apply the accepted ones."""
    from cartwatch.sources.registry.adverse_events import CAVEAT, ask_results, propose_safety, with_results
    from cartwatch.sources.registry.memory import Records
    from cartwatch.sources.registry.refresh import numbers

    assert session.places is not None
    wanted = with_results(session.document, links)
    if not wanted:
        call.output.tell("no linked trial had posted results at the last refresh: `cartwatch sync` looks again")
        if call.parsed.has("json"):
            _json_suggestions(call, [], set(), applied=False)
        return 0
    records = Records(session.places)
    asked = numbers(wanted)
    answers = conversed(call, session, records, lambda access, told: ask_results(asked, access, call.now, told))
    proposal = propose_safety(session.document, session.watchlist, answers, keys)
    offered = [
        ((at, number), entry, offer) for at, entry in enumerate(proposal.entries) for number, offer in enumerate(entry.offers)
    ]
    accepted = _accepted(call, [choice for choice, _, _ in offered])
    dry = call.parsed.has("dry-run")
    if call.parsed.has("json"):
        _json_suggestions(call, offered, accepted, applied=bool(accepted) and not dry)
    else:
        _print_suggestions(call, offered, accepted)
    if offered:
        call.output.tell(CAVEAT)
    else:
        call.output.tell("posted results have no serious CRS, ICANS, neurotoxicity or GVHD that your list lacks")
    if accepted and not dry:
        _apply(call, session, proposal, accepted)
        call.output.tell(f"{len(accepted)} accepted; `cartwatch undo` reverts it")
    elif offered:
        call.output.tell("nothing was written: --accept N accepts one, --accept all all of them")
    for each in answers.problems:
        call.output.tell(each)
    return NETWORK if answers.error is not None else 0


def _accepted(call: Call, choices: list[Choice]) -> set[Choice]:
    given = call.parsed.get("accept")
    if given is None:
        return set()
    if given.strip().casefold() == "all":
        return set(choices)
    found = set()
    for each in given.split(","):
        number = each.strip()
        if not (number.isascii() and number.isdigit() and 1 <= int(number) <= len(choices)):
            raise UsageError(f'--accept needs numbers of the list, from 1 to {len(choices)}, or all, not "{number}"')
        found.add(choices[int(number) - 1])
    return found


def _print_suggestions(call: Call, offered: list[tuple[Choice, Entry, Offer]], accepted: set[Choice]) -> None:
    before = ""
    for number, (choice, entry, offer) in enumerate(offered, 1):
        assert offer.news is not None
        if entry.label != before:
            call.output.runs([Run(entry.label, "strong")])
            before = entry.label
        taken = (Run("  accepted", "good"),) if choice in accepted else ()
        call.print_hanging([Run(f"  {number:>3}  ", "label")], [Run(offer.news.about, "link"), *taken])
        call.print_hanging([Run("       ")], [Run(offer.news.otherwise)])
        call.print_hanging([Run("       ")], [Run(offer.news.seen.partition(": ")[0], "quiet")])


def _json_suggestions(call: Call, offered: list[tuple[Choice, Entry, Offer]], accepted: set[Choice], *, applied: bool) -> None:
    from cartwatch.views.documents import head

    suggested: list[dict[str, Any]] = [
        {
            "number": number,
            "program": entry.key,
            "trial": offer.news.nct,
            "words": f"{offer.news.about}: {offer.news.otherwise}",
            "label": offer.news.seen.partition(": ")[0],
            "accepted": choice in accepted,
        }
        for number, (choice, entry, offer) in enumerate(offered, 1)
        if offer.news is not None
    ]
    call.output.json({**head(call.now), "applied": applied, "suggestions": suggested})
