"""A report of an unexpected error says where, and nothing of what the user wrote; both sides of a conflict are logged."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import tomli

from cartwatch.storage import conflict_log
from cartwatch.storage.conflict_log import conflict_log_path, log_conflicts_at
from cartwatch.storage.errors import NotSaved
from cartwatch.storage.places import places
from cartwatch.storage.reports import keep_report, report_text

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def raised() -> BaseException:
    try:
        secret = {"memo": "a private note"}
        try:
            raise KeyError(secret["memo"])
        except KeyError as first:
            raise ExceptionGroup("a private note", [ValueError("a private note"), OSError(28, "a private note")]) from first
    except ExceptionGroup as error:
        error.add_note("a private note")
        return error


def test_a_report_names_the_errors_and_places_and_no_value(tmp_path: Path) -> None:
    text = report_text(raised())
    assert "private" not in text.replace('"a private note"', "")  # the lines of the program itself may be quoted
    for kind in (
        "builtins.ExceptionGroup",
        "builtins.ValueError",
        "builtins.OSError, error 28",
        "builtins.KeyError",
        "test_reports.py",
    ):
        assert kind in text
    path = keep_report(raised(), {"HOME": str(tmp_path)})
    found = tmp_path / ".local/state/cartwatch/reports"
    assert path.startswith(str(found))
    assert next(found.iterdir()).stat().st_mode & 0o777 == 0o600
    assert found.stat().st_mode & 0o777 == 0o700


def test_a_chain_that_bites_its_tail_ends() -> None:
    one, other = ValueError(), ValueError()
    one.__context__, other.__context__ = other, one
    assert report_text(one).count("ValueError") == 2


def test_both_sides_of_a_conflict_are_appended_as_toml(tmp_path: Path) -> None:
    path = conflict_log_path(places(str(tmp_path / "x.toml"), {"HOME": str(tmp_path)}))
    log_conflicts_at(path, NOW, [("p", "phase", None, 'a\n"b"', date(2026, 1, 1)), ("p", "tags", ["x"], ["y", {"z": 1}], None)])
    log_conflicts_at(path, NOW, [("q", "notes", "é\ud800", object(), 1.5)])
    with open(path, "rb") as file:
        found = tomli.load(file)["conflict"]
    assert [each["program"] for each in found] == ["p", "p", "q"]
    assert found[0]["ours"] == 'a\n"b"'
    assert found[0]["theirs"] == date(2026, 1, 1)
    assert "before" not in found[0]
    assert found[1]["ours"] == ["y", {"z": 1}]


def test_the_log_stays_of_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conflict_log, "_SIZE", 400)
    path = str(tmp_path / "log" / "x.toml")
    for at in range(10):
        log_conflicts_at(path, NOW, [("p", f"field{at}", None, "a" * 50, "b")])
    assert len(list((tmp_path / "log").iterdir())) == 2
    assert "field9" in (tmp_path / "log" / "x.toml").read_text()


def test_a_log_that_can_not_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("")
    with pytest.raises(NotSaved, match="not in the log"):
        log_conflicts_at(str(tmp_path / "log" / "x.toml"), NOW, [("p", "f", None, 1, 2)])
