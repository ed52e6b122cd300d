"""The list's own text of an earlier day, from the journal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from cartwatch.session.as_of import go_back, text_on
from cartwatch.session.changes import set_fact
from cartwatch.session.session import Session
from cartwatch.storage.journal import Journal, JournalEntry
from cartwatch.storage.patch import reversal
from cartwatch.storage.places import places
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


def test_a_list_goes_back_to_the_phase_that_it_had(tmp_path: Path) -> None:
    path = tmp_path / "list.toml"
    path.write_text('[[program]]\nid = "a"\nname = "A"\nphase = "Phase 1"\n')
    at = places(str(path), {"HOME": str(tmp_path / "home")})
    session = Session(str(path), date(2026, 3, 9), at, clock=lambda: datetime(2026, 3, 5, 12, tzinfo=UTC))
    session.open()
    session.change(set_fact(session.document, session.watchlist, "a", "phase", "Phase 2"))
    assert session.save()
    told = go_back(session, date(2026, 3, 6), UTC)
    assert session.watchlist.programs[0].phase == "Phase 2"
    assert "those of the list then" in told
