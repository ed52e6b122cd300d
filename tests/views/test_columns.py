"""The columns: what each cell says of the sample, and an order in which what is missing stands last either way."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from cartwatch.document.reader import read_watchlist
from cartwatch.domain.program import Program
from cartwatch.views.cells import fact_age
from cartwatch.views.columns import COLUMNS, DEFAULT, column, ordered
from cartwatch.views.lines import ROLES, plain
from cartwatch.views.look import Look

DAY = date(2026, 11, 22)
LOOK = Look(datetime(2026, 11, 22))


def read(text: str) -> tuple[Program, ...]:
    data = tomli.loads(text)
    programs = data.pop("program", [])
    return read_watchlist(data, programs, DAY).watchlist.programs


SAMPLE = read((Path(__file__).parents[2] / "sample_watchlist.toml").read_text(encoding="utf-8"))


def shown(name: str, key: str, look: Look = LOOK) -> str:
    program = next(each for each in SAMPLE if each.key == name)
    return plain(column(key).cell(program, look)).rstrip()


@pytest.mark.parametrize(
    ("program", "key", "text"),
    [
        ("lasme-cel", "countdown", "OPEN · ≤39d left"),
        ("lasme-cel", "when", "Q4 2026"),
        ("lasme-cel", "source", "allo"),
        ("lasme-cel", "crs", "–"),
        ("lasme-cel", "gvhd", "–"),
        ("lasme-cel", "mark", " ★"),
        ("anito-cel", "countdown", "≤31d"),
        ("anito-cel", "when", "2026-12-23°"),
        ("anito-cel", "gvhd", "n/a"),
        ("miv-cel", "crs", "0/26"),
        ("miv-cel", "moves", "2"),
        ("ft819", "source", "iPSC"),
        ("ft819", "gvhd", "0/12 ≥3"),
        ("ima203", "crs", "8/70"),
        ("aucatzyl", "crs", "3% of 100"),
        ("aucatzyl", "neurotox", "12% of 100"),
        ("tecartus", "icans", "30% of 476"),
        ("descartes-08", "next", "none upcoming"),
        ("descartes-08", "countdown", ""),
        ("vispa-cel", "countdown", "–"),
        ("arlo-cel", "age", "–"),
        ("lasme-cel", "age", "0d"),
    ],
)
def test_cells_say_what_is_known_and_no_more(program, key, text):
    assert shown(program, key) == text


def test_a_rate_is_never_without_its_patients():
    for program in SAMPLE:
        for key in ("crs", "icans", "gvhd", "crs_any", "icans_any", "neurotox"):
            text = plain(column(key).cell(program, LOOK))
            assert "%" not in text or " of " in text


def test_every_cell_of_every_program_draws_with_known_roles():
    look = Look(datetime(2026, 11, 22), marked=frozenset({"lasme-cel"}))
    for program in SAMPLE:
        for spec in COLUMNS:
            runs = spec.cell(program, look)
            assert runs
            assert {each.role for each in runs} <= set(ROLES)


def test_signs_of_a_poor_terminal_are_ascii():
    look = Look(datetime(2026, 11, 22), ascii=True)
    own = ("mark", "countdown", "crs", "icans", "gvhd", "age", "source", "phase")
    for program in SAMPLE:
        for key in own:
            assert plain(column(key).cell(program, look)).isascii()


def test_keys_are_unique_and_the_usual_ones_come_first():
    keys = [each.key for each in COLUMNS]
    assert len(set(keys)) == len(keys)
    assert DEFAULT[:2] == ("mark", "program")
    assert DEFAULT[-1] == "age"
    for each in COLUMNS:
        assert each.help.endswith(".")
        assert len(each.label) <= each.width or not each.shown


sorts = st.lists(st.tuples(st.sampled_from([each.key for each in COLUMNS]), st.booleans()), max_size=3)


@settings(max_examples=60)
@given(st.permutations(SAMPLE[:14]), sorts)
def test_what_is_missing_stands_last_in_both_directions(programs, keys):
    found = ordered(programs, keys, LOOK)
    assert {each.key for each in found} == {each.key for each in programs}
    assert [each.pinned for each in found] == sorted((each.pinned for each in found), reverse=True)
    if keys:
        key, descending = keys[0]
        values = [column(key).sort(each, LOOK) for each in found if not each.pinned]
        known = [each for each in values if each is not None]
        assert values[: len(known)] == known == sorted(known, reverse=descending)


def test_countdowns_sort_as_the_agenda_does():
    found = ordered(SAMPLE, [("countdown", False)], LOOK)
    assert [each.key for each in found[:3]] == ["lasme-cel", "miv-cel", "ft819"]
    assert column("countdown").sort(found[-1], LOOK) is None


def test_age_is_the_own_check_else_the_newest_of_a_source():
    sources = '[[program.source]]\nid="a"\nchecked=2026-11-02\n[[program.source]]\nid="b"\nchecked=2026-01-01\n'
    one, other, none = read(
        f'[[program]]\nname="x"\n{sources}[[program]]\nname="y"\nchecked=2026-10-23\n{sources}[[program]]\nname="z"\n'
    )
    assert fact_age(one, DAY) == 20
    assert fact_age(other, DAY) == 30
    assert fact_age(none, DAY) is None


def when(words: str, more: str = "said=2026-11-02", look: Look = LOOK) -> str:
    (program,) = read(f'[[program]]\nname="x"\n[[program.catalyst]]\nevent="e"\nwhen="{words}"\n{more}\n')
    return plain(column("when").cell(program, look))


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("next quarter", "next quarter°"),
        ("in the second half of the year 2027", "H2 2027°"),
        ("subject to the enrolment of 40 patients", "subject to…°"),
        ("by the end of September 2027", "by September 2027°"),
        ("second half of 2027", "second half of 2027°"),
        ("子" * 40, "子" * 12 + "…°"),
    ],
)
def test_the_words_of_guidance_stay_words(words, shown):
    assert when(words) == shown


def test_guidance_that_slides_with_today_is_marked_until_the_day_is_said():
    assert when("by year-end", "") == "by year-end° no day said"
    assert when("by year-end") == "by year-end°"
    assert when("by end of 2026", "") == "by end of 2026°"
    assert when("next quarter", 'said="unknown"') == "next quarter° no day said"
    assert when("by year-end", 'outcome="met"') == ""


def test_signs_of_ascii_do_not_make_a_countdown_longer_than_its_column():
    text = '[[program]]\nname="x"\n[[program.catalyst]]\nevent="e"\nwhen="2026-10-01 to 2027-04-10"\n'
    assert plain(column("countdown").cell(read(text)[0], LOOK)) == "OPEN · ≤139d left"
    assert plain(column("countdown").cell(read(text)[0], Look(LOOK.now, ascii=True))) == "OPEN <=139d"
