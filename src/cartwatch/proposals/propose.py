"""Builds proposals from an incoming list, and from changes made outside cartwatch."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cartwatch.document.edits import Add, Set
from cartwatch.domain.cites import is_cite, with_ids
from cartwatch.domain.identity import same
from cartwatch.domain.text import REPLACEMENT, clean
from cartwatch.domain.vocabulary import fold
from cartwatch.session.conflicts import place_words
from cartwatch.session.sponsors import LIST, sponsor_place

from .compare import offers_of
from .matching import match, rivals
from .model import OUTSIDE, Entry, Offer, Proposal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from cartwatch.document.document import Document
    from cartwatch.document.edits import Edit
    from cartwatch.domain.merge import Conflict
    from cartwatch.domain.program import Program
    from cartwatch.domain.watchlist import Watchlist

    from .baseline import Agreed
    from .incoming import Incoming
    from .model import Choice

__all__ = ["propose", "propose_conflicts", "with_my_ids"]


def propose(
    document: Document,
    watchlist: Watchlist,
    incoming: Sequence[Incoming],
    agreed: Callable[[], Agreed] | None = None,
    *,
    refreshed: Sequence[Entry] = (),
    linked: Collection[str] = frozenset(),
) -> Proposal:
    """Compare an incoming list with the watchlist.

    `agreed` gives the last common versions; it is used only if a program differs. A program with errors is refused, the
    others are not; the caller decides whether that stops the import. Registry records of trials that are already `linked`
    are not drafts: their offers are the `refreshed` entries.
    """
    entries: list[Entry] = []
    bases: Agreed | None = None
    count = 0
    for entry in _told_apart(watchlist, incoming, linked):
        record, replaced = _cleaned(entry.record)
        count += replaced
        if replaced:
            entry = replace(entry, record=record, text=None)
        if entry.place is None:
            entries.append(entry)
            continue
        mine = document.programs[entry.place]
        if same(mine, record):
            entries.append(replace(entry, state="same"))
            continue
        if bases is None and agreed is not None:
            bases = agreed()
        entries.append(_compared(entry, mine, bases.get(entry.key, mine) if bases is not None else None))
    drafts = bool(entries) or any(each.form != "registry" for each in incoming)
    by_way = ("imported", "import") if drafts else ("refreshed from", "registry")
    return Proposal((*entries, *refreshed), _head(document, incoming), tuple(incoming), count, *by_way)


def propose_conflicts(
    document: Document, watchlist: Watchlist, conflicts: Sequence[Conflict], *notes: str
) -> tuple[Proposal, list[Choice]]:
    """Propose their values of conflicts between cartwatch and outside changes; also the choice for each conflict."""
    entries: dict[int, Entry] = {}
    head: list[Offer] = []
    choices: list[Choice] = []
    for each in conflicts:
        place = each.path[1] if each.program is not None and len(each.path) > 1 else None
        inside = each.path[2:]
        edits: tuple[Edit, ...] = ()
        if inside and each.theirs is not None:
            edits = (Set(inside, each.theirs),)
        offer = Offer(place_words(document, each)[1], "conflict", each.ours, each.theirs, edits, base=each.base)
        if not isinstance(place, int) or place >= len(watchlist.programs):
            choices.append((OUTSIDE, len(head)))
            head.append(offer)
            continue
        program = watchlist.programs[place]
        known = entries.setdefault(
            place, Entry("conflict", program.key, program.label, "outside", program, document.programs[place], place)
        )
        choices.append((list(entries).index(place), len(known.offers)))
        entries[place] = replace(known, offers=(*known.offers, offer))
    return Proposal(tuple(entries.values()), tuple(head), notes=notes), choices


def _compared(entry: Entry, mine: Mapping[str, Any], base: Mapping[str, Any] | None) -> Entry:
    theirs = with_my_ids(entry.record, mine)
    once = with_my_ids(base, mine) if base is not None else None
    offers = offers_of(mine, theirs, once, renamed=entry.by in ("id", ""))
    kinds = {each.kind for each in offers}
    if entry.of_registry:  # a trial is linked by its number alone: a person must confirm that it belongs to this program
        offers = tuple(replace(each, kind="suggested") for each in offers)
    state = "conflict" if "conflict" in kinds else "changed" if kinds - {"older"} else "same"
    return replace(entry, state=state, offers=offers, record=theirs)


def _told_apart(watchlist: Watchlist, incoming: Sequence[Incoming], linked: Collection[str]) -> list[Entry]:
    """Return an entry for each incoming program, matched to mine; a program in two files is taken from the first.

    Of a program drafted from registry records only the trials count that are not `linked`.
    """
    entries: list[Entry] = []
    vague: list[Entry] = []
    known: dict[str, Entry] = {}
    for each in incoming:
        programs = each.read.watchlist.programs
        errors = _errors(each)
        for at, (program, found) in enumerate(zip(programs, match(watchlist.programs, programs), strict=True)):
            record = each.document.programs[at]
            if each.form == "registry" and linked:
                record = _unlinked(record, linked)
                if not record["trial"]:
                    continue
            entry = Entry("new", program.key, program.label, each.name, program, record)
            if at in errors:
                entry = replace(entry, state="refused", reason=errors[at])
            elif found.unclear is not None:
                entry = replace(entry, state="unclear", reason=found.unclear)
            elif found.place is not None and not (at in each.vague and _namesake(program, watchlist.programs[found.place])):
                mine = watchlist.programs[found.place]
                entry = replace(entry, state="changed", place=found.place, by=found.by, key=mine.key, label=mine.label)
                if each.form == "registry":
                    links: dict[str, Any] = {key: record[key] for key in ("trial", "source") if key in record}
                    entry = replace(entry, record=links, of_registry=True)
            elif record is each.document.programs[at]:
                entry = replace(entry, text=_block(each, at), parts=each.parts.get(at, ()))
            twin = known.setdefault(entry.key, entry)
            if twin is not entry and twin.state != "refused" and entry.state != "refused":
                if same(twin.record, record):
                    continue
                entry = replace(entry, state="unclear", reason=f"is in {twin.source} too, and differs there", place=None)
            entries.append(entry)
            vague += [entry] if at in each.vague else []
    return _one_of_each(entries, vague)


def _one_of_each(entries: list[Entry], vague: list[Entry]) -> list[Entry]:
    """Leave out new programs that may be one that another source of the import brings."""
    new = [at for at, each in enumerate(entries) if each.state == "new" and not any(each is one for one in vague)]
    sources = [entries[at].source for at in new]
    if len(set(sources)) < 2:
        return entries
    found = rivals([entries[at].program for at in new], sources)
    out = list(entries)
    for here, there in found.items():
        other = entries[new[there]]
        reason = f"may be {other.label} of {other.source}: import it again when that one is in the list"
        out[new[here]] = replace(entries[new[here]], state="unclear", reason=reason, text=None, parts=())
    return out


def _namesake(drafted: Program, mine: Program) -> bool:
    """Whether a draft shares with mine only a name that many sponsors use: "CD19 CAR-T cells"."""
    shared = {each.nct for each in drafted.trials} & {each.nct for each in mine.trials}
    one_sponsor = drafted.sponsor is not None and mine.sponsor is not None and fold(drafted.sponsor) == fold(mine.sponsor)
    return not shared and not one_sponsor


def _unlinked(record: Mapping[str, Any], linked: Collection[str]) -> dict[str, Any]:
    """Return a drafted program without trials that are already linked, and without their sources."""
    pairs = [pair for pair in zip(record["trial"], record["source"], strict=True) if pair[0]["nct"] not in linked]
    return {**record, "trial": [trial for trial, _ in pairs], "source": [source for _, source in pairs]}


def _errors(incoming: Incoming) -> dict[int, str]:
    """Return the first error of each refused program, by its place."""
    found: dict[int, str] = {}
    for each in incoming.errors:
        if len(each.path) > 1 and isinstance(each.path[1], int):
            found.setdefault(each.path[1], f"{each.field}: {each.message}" if each.field else each.message)
    return found


def _block(incoming: Incoming, at: int) -> str | None:
    """Return the text of a program with the comments above it; None if it is not a block or has invisible characters."""
    document = incoming.document
    if document.whole:
        return None
    text = document.units[document.place_of_program(at)].text.strip("\r\n") + "\n"
    plain = text.replace("\r\n", "\n").replace("\t", " ")
    return text if clean(plain, lines=True) == plain else None


def _head(document: Document, incoming: Sequence[Incoming]) -> tuple[Offer, ...]:
    """Return the user's own keys outside the programs that mine lacks; the title for an empty list only."""
    known = {*document.head, "schema", "program"} | ({"title"} if document.programs else set())
    found: dict[str, Offer] = {}
    for each in incoming:
        for key, value in each.document.head.items():
            if key not in known and key not in found and each.form == "watchlist":
                found[key] = Offer(key, "added", None, value, (Set((key,), _cleaned(value)[0]),))
        if LIST in document.head or each.form != "watchlist":
            found |= _sponsors(document, each.document.head.get(LIST))
    return tuple(found.values())


def _sponsors(document: Document, theirs: Any) -> dict[str, Offer]:
    """Return the sponsors that mine lacks, and the fields of known ones that mine lacks or that differ."""
    found: dict[str, Offer] = {}
    for value in theirs if isinstance(theirs, list) else ():
        name = value.get("name") if isinstance(value, dict) else None
        if not isinstance(name, str) or not name.strip():
            continue
        place = sponsor_place(document, name)
        if place is None:
            found[f"sponsor {name}"] = Offer(f"sponsor {name}", "added", None, value, (Add((LIST,), _cleaned(value)[0]),))
            continue
        mine = document.head[LIST][place]
        for key, field in value.items():
            if key != "name" and not same(mine.get(key), field):
                label = f"sponsor {name}: {key}"
                edits = (Set((LIST, place, key), _cleaned(field)[0]),)
                found[label] = Offer(label, "added" if key not in mine else "changed", mine.get(key), field, edits)
    return found


def _cleaned(value: Any) -> tuple[Any, int]:
    """Replace control and format characters in a value, except tabs and line ends, and count them."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        pairs = [(_text(key), _cleaned(each)) for key, each in value.items()]
        count = sum(key[1] + each[1] for key, each in pairs)
        return ({key[0]: each[0] for key, each in pairs}, count) if count else (value, 0)
    if isinstance(value, list):
        items = [_cleaned(each) for each in value]
        count = sum(each[1] for each in items)
        return ([each[0] for each in items], count) if count else (value, 0)
    return value, 0


def _text(text: str) -> tuple[str, int]:
    if text.isascii() and text.isprintable():
        return text, 0
    lines = text.replace("\r\n", "\n")
    plain = "\t".join(clean(part, lines=True) for part in lines.split("\t"))
    if plain == lines:
        return text, 0
    return plain, max(1, plain.count(REPLACEMENT) - text.count(REPLACEMENT))


def with_my_ids(theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> dict[str, Any]:
    """Rename the sources of an incoming program to the ids that one's own uses for the same sources.

    Two sources are the same if their links are, or, without links, their titles. A source of theirs whose id stands for
    another page in mine is renamed together with its cites, so that no fact cites the wrong page.
    """
    names = _renamings(_sources(theirs), _sources(mine))
    return _renamed(dict(theirs), names) if names else dict(theirs)


def _renamings(theirs: list[dict[str, Any]], mine: list[dict[str, Any]]) -> dict[str, str]:
    by_page = {page: each["id"] for each in reversed(mine) if (page := _page(each)) is not None}
    by_id = {each["id"]: each for each in mine}
    taken = {each["id"] for each in (*mine, *theirs)}
    out: dict[str, str] = {}
    for each in theirs:
        name, page = each["id"], _page(each)
        if page is not None and page in by_page:
            wanted = by_page[page]
        elif name in by_id and page is not None and not _may_be(each, by_id[name]):
            count = 2
            while f"{name}-{count}" in taken:
                count += 1
            wanted = f"{name}-{count}"
            taken.add(wanted)
        else:
            continue
        if wanted != name:
            out[name] = wanted
    return out


def _may_be(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two sources with one id may be the same: unless both have links, or titles, and those differ."""
    titles = [each.get("title") for each in (one, other)]
    alike = all(titles) and fold(str(titles[0])) == fold(str(titles[1]))
    if all(each.get("url") for each in (one, other)):
        return alike  # their links differ, else they would have matched already
    return alike or not all(titles)


def _page(source: dict[str, Any]) -> str | None:
    url, title = source.get("url"), source.get("title")
    if isinstance(url, str) and url:
        return url.rstrip("/")
    return f"title {fold(title)}" if isinstance(title, str) and title else None


def _sources(program: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = program.get("source")
    if not isinstance(listed, list):
        return []
    return [each for each in listed if isinstance(each, dict) and isinstance(each.get("id"), str)]


def _renamed(value: Any, names: dict[str, str], key: str = "", depth: int = 0) -> Any:
    if key == "cite" and (isinstance(value, str) or is_cite(value)):
        return with_ids(value, lambda id: names.get(id, id))
    if isinstance(value, dict):
        cites = key == "cite"
        out = {name: _renamed(each, names, "cite" if cites else name, depth + 1) for name, each in value.items()}
        if depth == 2 and key == "source" and isinstance(value.get("id"), str):
            out["id"] = names.get(value["id"], value["id"])
        return out
    if isinstance(value, list):
        return [_renamed(each, names, key, depth + 1 if key == "source" else depth) for each in value]
    return value
