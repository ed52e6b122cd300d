"""The backups of a watchlist looked at: which can be read, and how many programs in each are not as they are now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cartwatch.document.document import Document, SyntaxProblem
from cartwatch.document.text import USER, read_text
from cartwatch.domain.equality import same
from cartwatch.domain.identity import pair_records
from cartwatch.domain.program import Program
from cartwatch.storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cartwatch.session.session import Session
    from cartwatch.storage.backups import Backup, Backups

__all__ = ["Copy", "copies", "newest_other"]

_HEADER = "\n[[program]]"


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup looked at: its text, None where it is damaged; how many programs differ from now, None where it is no TOML."""

    number: int
    backup: Backup
    data: bytes | None
    differing: int | None
    same_text: bool = False


def copies(session: Session, store: Backups, found: Sequence[Backup]) -> list[Copy]:
    """Backups, newest first, compared with what the watchlist is now; each text is looked at once."""
    known: dict[str, tuple[bytes | None, int | None]] = {}
    now, text = _now(session), session.document.text
    out = []
    for number, backup in enumerate(found, 1):
        if backup.sha not in known:
            known[backup.sha] = _looked_at(text, store, backup)
        data, differing = known[backup.sha]
        out.append(Copy(number, backup, data, differing, data == now))
    return out


def newest_other(session: Session, store: Backups, found: Sequence[Backup]) -> Backup | None:
    """The newest backup that can be read and is not what the file holds now."""
    now, text = _now(session), session.document.text
    for backup in found:
        data, differing = _looked_at(text, store, backup)
        if differing is not None and data != now:
            return backup
    return None


def _now(session: Session) -> bytes | None:
    return session.opened.file.data if session.opened.file is not None else None


def _looked_at(now: str, store: Backups, backup: Backup) -> tuple[bytes | None, int | None]:
    try:
        data = store.read(backup)
    except (FileNotFoundError, StorageError):
        return None, None
    try:
        return data, _differing(now, read_text(data, USER)[0])
    except SyntaxProblem:
        return data, None


def _differing(now: str, then: str) -> int:
    """How many programs are only in one of two texts, or not the same in both. Raises SyntaxProblem.

    Only the stretches from one header to the next that are not in both are parsed, which is what makes fifty backups of a large
    list quick to look through; where one of them is no program by itself, as with a header inside a string, all is.
    """
    (our_head, *ours), (their_head, *theirs) = (f"\n{each}".split(_HEADER) for each in (now, then))
    old = _programs((Counter(ours) - Counter(theirs)).elements())
    new = _programs((Counter(theirs) - Counter(ours)).elements())
    if old is None or new is None or not (_is_head(our_head) and _is_head(their_head)):
        old, new = (list(Document.parse(each.encode()).programs) for each in (now, then))
    pairs = pair_records(Program, old, new)
    return len(old) + len(new) - len(pairs) - sum(same(old[one], new[other]) for one, other in pairs)


def _is_head(text: str) -> bool:
    """Whether a text is TOML without programs, as what stands above the first of them should be."""
    import tomli

    try:
        return "program" not in tomli.loads(text)
    except (ValueError, RecursionError):
        return False


def _programs(stretches: Iterable[str]) -> list[dict[str, Any]] | None:
    """The programs that some stretches of a text hold; None where one holds anything else than one program."""
    import tomli

    out = []
    for each in stretches:
        try:
            data = tomli.loads(_HEADER + each)
        except (ValueError, RecursionError):
            return None
        found = data.get("program")
        if len(data) != 1 or type(found) is not list or len(found) != 1:
            return None
        out += found
    return out
