"""`cartwatch sync --safety`: what posted results say of serious events, arm by arm, to be accepted by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.context import NETWORK, conversed
from cartwatch.views.lines import Run

from .sync import apply

if TYPE_CHECKING:
    from cartwatch.cli.context import Call
    from cartwatch.proposals.model import Choice, Entry, Offer
    from cartwatch.session.session import Session
    from cartwatch.sources.registry.refresh import Linked

__all__ = ["suggest"]


def suggest(call: Call, session: Session, keys: tuple[str, ...] | None, links: list[Linked]) -> int:
    """Print the suggestions, numbered, and take over those that were accepted."""
    from cartwatch.sources.registry.adverse_events import CAVEAT, ask_results, propose_safety, with_results
    from cartwatch.sources.registry.memory import Records
    from cartwatch.sources.registry.refresh import numbers

    assert session.places is not None
    wanted = with_results(session.document, links)
    if not wanted:
        call.output.tell("no linked trial had posted results at the last refresh: `cartwatch sync` looks again")
        if call.parsed.has("json"):
            _json(call, [], set(), applied=False)
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
        _json(call, offered, accepted, applied=bool(accepted) and not dry)
    else:
        _print(call, offered, accepted)
    if offered:
        call.output.tell(CAVEAT)
    else:
        call.output.tell("posted results have no serious CRS, ICANS, neurotoxicity or GVHD that your list lacks")
    if accepted and not dry:
        apply(call, session, proposal, accepted)
        call.output.tell(f"{len(accepted)} accepted; `cartwatch undo` takes it back")
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


def _print(call: Call, offered: list[tuple[Choice, Entry, Offer]], accepted: set[Choice]) -> None:
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


def _json(call: Call, offered: list[tuple[Choice, Entry, Offer]], accepted: set[Choice], *, applied: bool) -> None:
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
