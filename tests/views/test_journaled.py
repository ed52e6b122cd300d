"""Every change that the journal can hold can be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from cartwatch.document.document import Document
from cartwatch.document.reader import read_watchlist
from cartwatch.storage.journal import Journal, JournalEntry
from cartwatch.views.journaled import Told, told

TODAY = date(2026, 11, 22)
SAMPLE = (Path(__file__).parents[2] / "sample_watchlist.toml").read_bytes()
_DOCUMENT = Document.parse(SAMPLE)
WATCHLIST = read_watchlist(_DOCUMENT.head, _DOCUMENT.programs, TODAY).watchlist
VALUES: tuple[Any, ...] = (
    "Q4 2026", "", "[/b]\x1b[31m", 3, 0.5, True, TODAY, datetime(2026, 1, 1, tzinfo=UTC), time(7), [], ["a", 1], {}, {"a": [1]},
    [{"x": 1}],
)  # fmt: skip


def of(tmp_path: Path, program: str, path: str, old: Any, new: Any) -> Told:
    journal = Journal(str(tmp_path / "journal.toml"))
    edit = {
        key: value for key, value in (("program", program), ("path", path), ("old", old), ("new", new)) if value is not None
    }
    journal.append(JournalEntry(datetime(2026, 11, 22, tzinfo=UTC), "cli", "what was done", "0", "1", edits=(edit,)))
    return next(told(journal, WATCHLIST, TODAY))


def test_earlier_guidance_that_was_edited_is_told(tmp_path: Path) -> None:
    found = of(tmp_path, "lasme-cel", "catalyst.balli-01-interim.move.1.when", "Q4 2026", "Q1 2027")
    assert found.words.endswith("earlier guidance 1 when Q4 2026 → Q1 2027")
    assert found.path == "catalyst.balli-01-interim.move.1.when"


def paths() -> list[str]:
    """A path to every field of every record that the sample has, and some that lead nowhere."""
    found: set[str] = set()

    def walk(value: Any, above: tuple[str, ...]) -> None:
        if above:
            found.add(".".join(above))
        inner = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else ()
        for key, each in inner:
            walk(each, (*above, str(key)))

    for program in _DOCUMENT.programs:
        walk(program, ())
    deeper = {f"{path}.{more}" for path in found for more in ("when", "outcome") if path.startswith("catalyst")}
    return sorted(
        found | deeper | {"", "catalyst.when", "catalyst.outcome", "own.x.when", "a..b", "catalyst..when", '"', "[", "cite.x.y"}
    )


@pytest.mark.parametrize("place", range(len(VALUES)))
def test_every_path_with_every_kind_of_value_is_told(tmp_path: Path, place: int) -> None:
    old, new = VALUES[place], VALUES[(place + 1) % len(VALUES)]
    edits = [{"program": "lasme-cel", "path": path, "old": old, "new": new} for path in paths()]
    edits += [{"program": "lasme-cel", "path": path, "new": new} for path in paths()]
    edits += [{"program": "gone", "path": path, "old": old} for path in paths()]
    edits += [{"path": old, "program": new, "words": old, "level": new}, {"program": old, "path": new}, {}]
    journal = Journal(str(tmp_path / "journal.toml"))
    change = journal.append(
        JournalEntry(datetime(2026, 11, 22, tzinfo=UTC), "cli", "what was done", "0", "1", edits=tuple(edits))
    )
    journal.append(JournalEntry(datetime(2026, 11, 22, tzinfo=UTC), "undo", "undone", "1", "0", undoes=change.id))
    found = list(told(journal, WATCHLIST, TODAY))
    assert len(found) > len(edits)
    for each in found:
        assert isinstance(each.words, str)
        assert isinstance(each.document(), dict)
