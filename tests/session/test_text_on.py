"""The list's own text of an earlier day, from the journal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from cartwatch.session.as_of import text_on
from cartwatch.storage.journal import Journal, JournalEntry
from cartwatch.storage.patch import reversal
from cartwatch.storage.reading import sha256

TEXTS = [b'phase = "1"\n', b'phase = "2"\n', b'phase = "3"\n']


def journal(path: Path) -> Journal:
    """A journal of two changes, on the 2nd and the 4th of March."""
    made = Journal(str(path / "journal.toml"))
    for day, before, after in ((2, TEXTS[0], TEXTS[1]), (4, TEXTS[1], TEXTS[2])):
        reverse = reversal(before, after)
        made.append(
            JournalEntry(datetime(2026, 3, day, 12, tzinfo=UTC), "app", "w", sha256(before), sha256(after), reverse=reverse)
        )
    return made


def test_the_text_of_a_day_is_that_after_its_last_change(tmp_path: Path) -> None:
    kept = journal(tmp_path)
    found = [text_on(kept, TEXTS[2], date(2026, 3, day), UTC) for day in (1, 2, 3, 4, 5)]
    assert found == [None, TEXTS[1], TEXTS[1], TEXTS[2], TEXTS[2]]


def test_a_text_that_the_journal_does_not_know_has_no_past(tmp_path: Path) -> None:
    assert text_on(journal(tmp_path), b"another\n", date(2026, 3, 3), UTC) is None
