"""A comment that a merge left above what both sides changed is an error until somebody has chosen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cartwatch.document.problems import ADVICE, ERROR, Problem, tally
from cartwatch.session.findings import findings
from cartwatch.session.session import Session

TODAY = date(2026, 11, 22)
MARK = '# CONFLICT phase: yours "Phase 3", theirs "Filed", before nothing; yours stands below'


def opened(tmp_path: Path, text: str) -> Session:
    (tmp_path / "list.toml").write_text(text)
    session = Session(str(tmp_path / "list.toml"), TODAY)
    session.open()
    return session


@pytest.mark.parametrize("line", [MARK, f"  {MARK}"])
def test_a_conflict_that_a_merge_left_is_an_error_with_its_line(tmp_path: Path, line: str):
    session = opened(tmp_path, f'[[program]]\nname = "A"\n{line}\nphase = "Phase 3"\n')
    (found,) = findings(session)
    assert (found.level, found.line) == (ERROR, 3)
    assert tally(session.problems) == "1 error"


@pytest.mark.parametrize("line", ["# conflict of interest: yours and theirs", "# CONFLICT", f"note = '{MARK}'"])
def test_another_comment_is_none(tmp_path: Path, line: str):
    assert not any(each.level == ERROR for each in findings(opened(tmp_path, f'[[program]]\nname = "A"\n{line}\n')))


def test_findings_have_three_levels_and_one_tally(tmp_path: Path):
    session = opened(
        tmp_path,
        '[[program]]\nname = "A"\nphase = "Phase 9"\npinned = 3\n[[program.catalyst]]\nevent = "e"\nwhen = "by year-end"\n',
    )
    assert [each.level for each in findings(session)] == ["warning", "error", "advice"]
    assert tally(findings(session)) == "1 error, 1 warning, 1 piece of advice"
    assert tally([Problem(ADVICE, (), "x")] * 2) == "2 pieces of advice"
    assert tally(()) == ""
