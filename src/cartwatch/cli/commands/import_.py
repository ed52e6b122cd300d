"""`cartwatch import`: shows the facts of other lists, tables and registry records, and takes them in one step."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.context import progress, reached
from cartwatch.cli.output import Failure
from cartwatch.domain.description import counted
from cartwatch.proposals.accept import accept
from cartwatch.proposals.baseline import Agreed, remember
from cartwatch.proposals.joining import joined_words
from cartwatch.proposals.model import SIDES, SIGNS, WHOLE
from cartwatch.proposals.words import offer_words, sources_words
from cartwatch.sources.incoming import WORKBOOKS, propose_incoming, read_sources
from cartwatch.sources.registry.memory import Memory
from cartwatch.sources.registry.refresh import remember_registry
from cartwatch.views.lines import Run

from .sync import print_news

if TYPE_CHECKING:
    from cartwatch.cli.context import Call
    from cartwatch.proposals.incoming import Incoming
    from cartwatch.proposals.model import Choice, Entry, Proposal
    from cartwatch.session.session import Session

__all__ = ["LOOPBACK", "open_to_import", "run"]

LOOPBACK = "CARTWATCH_TEST_LOOPBACK"  # for tests with their own server: http to this machine only
_ROLES = {"added": "good", "changed": "", "conflict": "overdue", "older": "quiet", "suggested": "unread"}


def run(call: Call) -> int:
    """Import, or only show the import; return 1 if something was left out: a conflict, an unclear program, an error."""
    side = _side(call)
    stdin = sys.stdin.buffer if sys.stdin is not None else None
    where = call.places()
    incoming, refused = read_sources(
        _of_sheet(call),
        call.now,
        stdin,
        loopback=os.environ.get(LOOPBACK) == "1",
        reach=lambda: reached(call, where),
        progress=progress(call),
    )
    if refused:
        for wrong in refused:
            call.output.tell(str(wrong))
        return max(each.status for each in refused)
    if not call.parsed.has("partial") and any(each.errors for each in incoming):
        for each in incoming:
            _tell_errors(call, each)
        return 2
    session = open_to_import(call)
    places = session.places
    assert places is not None
    memory = Memory(places)
    agreed = Agreed(places, session.document)
    for note in (*memory.notes, *filter(None, [agreed.damage])):
        call.output.tell(note)
    proposal = propose_incoming(session.document, session.watchlist, incoming, lambda: agreed, memory)
    accepted = proposal.choices(side)
    dry = call.parsed.has("dry-run")
    if call.parsed.has("json"):
        call.output.json(_document(call, proposal, accepted, session, applied=not dry))
    else:
        _print(call, proposal, accepted, session)
    if not dry:
        _apply(call, session, proposal, accepted, side)
        remember_registry(proposal, accepted, memory, session)
    suggested = any(offer.kind == "suggested" for each in proposal.entries for offer in each.offers)
    left = proposal.of("unclear") or proposal.of("refused") or (side is None and proposal.of("conflict")) or suggested
    left = left or any(each.left for each in incoming)
    return 1 if left else 0


def _of_sheet(call: Call) -> list[str]:
    """Return the sources, each workbook with the sheet that was asked for. Raises UsageError where there is no workbook."""
    sheet, sources = call.parsed.get("sheet"), list(call.parsed.words)
    if sheet is None:
        return sources
    if not any(each.lower().endswith(WORKBOOKS) for each in sources):
        raise UsageError("--sheet belongs to a workbook (.xlsx, .ods)")
    return [f"{each}#{sheet}" if each.lower().endswith(WORKBOOKS) else each for each in sources]


def _side(call: Call) -> str | None:
    given = [each for each in SIDES if call.parsed.has(each)]
    if len(given) > 1:
        raise UsageError("--mine and --theirs: choose one of them")
    return given[0] if given else None


def _tell_errors(call: Call, incoming: Incoming) -> None:
    """Print one line for a file: its first error, and the number of further ones."""
    if not incoming.errors:
        return
    (first,), more = incoming.placed(incoming.errors[:1]), len(incoming.errors) - 1
    rest = f" (and {more} more)" if more else ""
    place = f"{incoming.name}:{first.line}:{first.column}"
    call.output.tell(f"{place}: {first.words[:240]}{rest}; --partial leaves such programs out")


def open_to_import(call: Call) -> Session:
    """Open the watchlist to import into; the default one need not exist yet."""
    from time import sleep

    from cartwatch.session.session import Session
    from cartwatch.storage.errors import StorageError

    where = call.places()
    session = Session(where.watchlist, call.today, where, origin="import")
    session.pause = sleep
    try:
        opened = session.open()
    except StorageError as error:
        raise Failure(str(error)) from None
    if opened.state == "missing" and where.named:
        raise Failure(f"{where.watchlist}: there is no such file")
    if opened.trouble is not None:
        trouble = opened.trouble
        raise Failure(f"{where.watchlist}:{trouble.line}:{trouble.column}: {trouble.message}")
    if not call.parsed.has("dry-run"):
        from cartwatch.cli.commit import settle

        settle(call, session)
    if session.why_readonly is not None and not call.parsed.has("dry-run"):
        raise Failure(f"{where.watchlist}: nothing can be changed: {session.why_readonly}")
    return session


def _apply(call: Call, session: Session, proposal: Proposal, accepted: set[Choice], side: str | None) -> None:
    from cartwatch.document.edits import EditError

    assert session.places is not None
    before = session.document
    planned = accept(before, session.watchlist, proposal, accepted)
    if planned is not None:
        try:
            step = session.change(planned, label="import")
        except EditError as wrong:
            raise Failure(f"{session.path}: nothing was imported: {wrong}") from None
        if session.unsaved is not None:
            raise Failure(session.unsaved)
        for note in (*step.notes, *session.warnings):
            call.output.tell(note)
        call.output.tell(f"{planned.words}; `cartwatch undo` reverts it")
    warning = remember(session.places, proposal, before, accepted, all_seen=side is not None)
    if warning is not None:
        call.output.tell(warning)
    if planned is None:
        call.output.tell(_nothing(proposal, accepted))
    for entry in proposal.entries:
        if entry.of_registry and entry.offers:
            call.output.tell(_to_link(entry))


def _nothing(proposal: Proposal, accepted: set[Choice]) -> str:
    """Return the reason why an import changes nothing."""
    left = [
        entry
        for at, entry in enumerate(proposal.entries)
        if any((at, number) not in accepted for number in entry.choices) or entry.state in ("unclear", "refused")
    ]
    return "nothing was imported" if left else "nothing to import: everything is in the watchlist already"


def _to_link(entry: Entry) -> str:
    """Print how to link a trial that may belong to a program; the user has to decide that."""
    numbers = " ".join(each["nct"] for each in entry.record["trial"])
    command = f"cartwatch add {entry.key} trial nct={numbers.split()[0]}"
    by = "its name" if entry.by in ("", "id", "name") else entry.by
    return f"{numbers}: by {by} one of {entry.label}; where it is, link it: `{command}`, then `cartwatch sync`"


def _print(call: Call, proposal: Proposal, accepted: set[Choice], session: Session) -> None:
    for source in proposal.sources:
        for note in source.notes:
            call.output.tell(f"{source.name}: {note}")
        for each in source.left:
            call.output.tell(f"{source.name}:{each.line}: {each.words}")
        warnings = len(source.problems) - len(source.errors)
        if warnings:
            call.output.tell(f"{source.name}: {counted(warnings, 'warning')}: `cartwatch check` lists them")
    if proposal.cleaned:
        call.output.tell(f"{proposal.cleaned} invisible characters were replaced")
    new, same = proposal.of("new"), proposal.of("same")
    if new:
        call.output.section(Run(f"{len(new)} new", "heading"))
        for entry in new:
            about = ", ".join(each for each in (entry.program.sponsor, entry.program.phase) if each)
            call.output.runs([Run("+ ", "good"), Run(entry.label, "strong"), Run(f"  {about}" if about else "", "quiet")], "  ")
            for part in entry.parts[1:]:
                words = f"{joined_words(entry.parts[0], part)}; import them one by one to keep them apart"
                call.output.runs([Run(words, "quiet")], "    ")
    for state, title in (("changed", "changed"), ("conflict", "with conflicts")):
        entries = [(at, each) for at, each in enumerate(proposal.entries) if each.state == state]
        if entries:
            call.output.section(Run(f"{len(entries)} {title}", "heading"))
        for at, entry in entries:
            _print_entry(call, entry, at, accepted, session)
    for state, title in (("unclear", "left out, unclear"), ("refused", "left out, with errors")):
        entries_left = proposal.of(state)
        if entries_left:
            call.output.section(Run(f"{len(entries_left)} {title}", "heading"))
        for entry in entries_left:
            call.output.runs([Run("? ", "unread"), Run(entry.label, "strong"), Run(f"  {entry.reason}")], "  ")
    if proposal.head:
        call.output.section(Run(f"{len(proposal.head)} of the file's own keys", "heading"))
        for offer in proposal.head:
            call.output.runs([Run("+ ", "good"), Run(offer.path, "strong")], "  ")
    if same:
        call.output.section(Run(f"{len(same)} the same", "heading"))


def _print_entry(call: Call, entry: Entry, at: int, accepted: set[Choice], session: Session) -> None:
    told = f"  {entry.key}, matched by {entry.by}" if entry.by not in ("", "id") else ""
    call.output.runs([Run(entry.label, "strong"), Run(told, "quiet")], "  ")
    mine = _mine(entry, session)
    for number, offer in enumerate(entry.offers):
        if offer.news is not None:
            call.output.runs([Run(f"    {offer.news.about}", "link")])
            print_news(call, offer.news, "      ")
            continue
        words = call.look.plainly(offer_words(offer, mine, call.today))
        behind = sources_words(offer)
        kept = "" if (at, number) in accepted else "yours is kept" if offer.kind == "conflict" else "not taken"
        remark = ", ".join(each for each in (behind, kept) if each)
        runs = [Run(f"{call.look.plainly(SIGNS[offer.kind])} ", _ROLES[offer.kind]), Run(words)]
        call.output.runs([*runs, Run(f"  ({remark})", "quiet")] if remark else runs, "    ")


def _mine(entry: Entry, session: Session) -> dict[str, Any]:
    assert entry.place is not None
    return session.document.programs[entry.place]


def _document(call: Call, proposal: Proposal, accepted: set[Choice], session: Session, *, applied: bool) -> dict[str, Any]:
    from cartwatch.views.documents import head

    numbered = list(enumerate(proposal.entries))
    return {
        **head(call.now),
        "applied": applied,
        "added": [_told(each, (at, WHOLE) in accepted) for at, each in numbered if each.state == "new"],
        "changed": [
            _told(each) | {"fields": _fields(call, at, each, accepted, session)} for at, each in numbered if _offering(each)
        ],
        "same": [each.key for each in proposal.of("same")],
        "conflicts": [
            {"program": each.key, **field}
            for at, each in numbered
            if each.state == "conflict"
            for field in _fields(call, at, each, accepted, session)
            if field["kind"] == "conflict"
        ],
        "problems": [*_problems(proposal), *map(_left_out, (*proposal.of("unclear"), *proposal.of("refused")))],
    }


def _offering(entry: Entry) -> bool:
    return entry.state in ("changed", "conflict")


def _told(entry: Entry, accepted: bool = True) -> dict[str, Any]:
    told = {"program": entry.key, "name": entry.label, "file": entry.source}
    return told | ({"accepted": accepted} if entry.state == "new" else {"matched": entry.by})


def _fields(call: Call, at: int, entry: Entry, accepted: set[Choice], session: Session) -> list[dict[str, Any]]:
    mine = _mine(entry, session)
    return [
        {
            "path": offer.path,
            "kind": offer.kind,
            "old": _plain(offer.mine),
            "new": _plain(offer.theirs),
            "old_cite": list(offer.my_cites),
            "new_cite": list(offer.their_cites),
            "words": offer_words(offer, mine, call.today),
            "accepted": (at, number) in accepted,
        }
        for number, offer in enumerate(entry.offers)
    ]


def _plain(value: Any) -> Any:
    """Convert a raw value to JSON: dates as ISO 8601."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _problems(proposal: Proposal) -> list[dict[str, Any]]:
    return [
        {
            "file": source.name,
            "line": each.line,
            "column": each.column,
            "level": each.level,
            "program": each.key,
            "path": each.field,
            "message": each.message,
        }
        for source in proposal.sources
        for each in (*source.placed(source.problems), *source.left)
    ]


def _left_out(entry: Entry) -> dict[str, Any]:
    blank: dict[str, Any] = {"line": None, "column": None, "level": "error", "path": ""}
    return {"file": entry.source, **blank, "program": entry.key, "message": f"left out: {entry.reason}"}
