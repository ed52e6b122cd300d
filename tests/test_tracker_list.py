"""What real trackers say and the first format could not: each line re-keyed, or the reason why it does not fit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import tomli

from cartwatch.document.document import Document
from cartwatch.document.reader import Read, read_watchlist
from cartwatch.domain.filters.parser import matching, parse

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PROGRAM = '[[program]]\nid = "a"\nname = "A"\nsponsor = "S"\n'

LIST = tomli.loads((Path(__file__).parent / "tracker_list.toml").read_text(encoding="utf-8"))


def read(text: str) -> Read:
    document = Document.parse(text.encode())
    return read_watchlist(document.head, document.programs, TODAY)


@pytest.mark.parametrize("line", LIST["fits"], ids=lambda each: each["says"])
def test_it_fits_without_a_problem_or_a_key_of_ones_own_and_is_found(line: dict[str, str]) -> None:
    keyed = line["keyed"]
    found = read(keyed + PROGRAM if keyed.startswith("[[sponsor") else PROGRAM + keyed)
    assert found.problems == ()
    assert found.watchlist.programs[0].own == ()
    assert matching(found.watchlist.programs, parse(line["filter"]), NOW)


@pytest.mark.parametrize("line", LIST["does_not_fit"], ids=lambda each: each["says"])
def test_what_has_no_field_is_kept_as_words(line: dict[str, str]) -> None:
    keyed = line["keyed"]
    table = {"phase": "", "other": "[[program.safety.report]]\n"}.get(keyed.split()[0], "[[program.catalyst]]\n")
    found = read(f"{PROGRAM}{table}{keyed}\n")
    assert not [each for each in found.problems if each.level == "error"]
    assert found.watchlist.programs[0].own == ()


@pytest.mark.parametrize("line", LIST["unreadable"], ids=lambda each: each["when"])
def test_guidance_relative_to_an_event_and_rival_claims_stay_unreadable(line: dict[str, str]) -> None:
    text = line["when"]
    found = read(f'{PROGRAM}[[program.catalyst]]\nevent = "x"\nwhen = "{text}"\n')
    window = found.watchlist.programs[0].catalysts[0].when
    assert window is not None
    assert (window.precision, window.text) == ("unreadable", text)
