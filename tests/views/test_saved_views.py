"""Saved views and groups: read from the settings file with located errors, found by name, and kept in their order."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import tomli

from cartwatch.document.document import Document
from cartwatch.document.reader import read_watchlist
from cartwatch.domain.filters.parser import matching, parse
from cartwatch.domain.program import Program
from cartwatch.storage.config import config_of
from cartwatch.views.columns import columns
from cartwatch.views.grouping import NONE, grouped
from cartwatch.views.look import Look
from cartwatch.views.saved_views import SHIPPED, SavedView, find_view, saved_views, view_table

NOW = datetime(2026, 11, 22, 10, 0).astimezone()
SAMPLE = (Path(__file__).parents[2] / "sample_watchlist.toml").read_bytes()


def read(text: str) -> tuple[dict[str, SavedView], list[str]]:
    config = config_of("c.toml", text.encode())
    return {each.name: each for each in saved_views(config)}, config.problems


def programs(raw: bytes = SAMPLE):
    document = Document.parse(raw)
    return read_watchlist(document.head, document.programs, NOW.date()).watchlist.programs


def test_the_shipped_views_are_whole() -> None:
    known = {each.key for each in columns()}
    assert [each.name for each in SHIPPED] == ["Agenda", "Safety", "What recruits", "Unverified", "My marks"]
    for each in SHIPPED:
        parse(each.filter)
        assert {*each.columns, *(key for key, _ in each.sort), *filter(None, [each.group])} <= known, each.name
        assert each.help.endswith("."), each.name


def test_what_recruits_finds_the_trials_that_recruit() -> None:
    raw = b'[[program]]\nname = "a"\n[[program.trial]]\nnct = "NCT04150497"\nstatus = "RECRUITING"\n[[program]]\nname = "b"\n'
    wanted = parse(next(each.filter for each in SHIPPED if each.name == "What recruits"))
    assert [each.name for each in matching(programs(raw), wanted, NOW)] == ["a"]


def test_a_view_of_ones_own_is_read_and_written_as_it_was() -> None:
    text = '[views.mine]\nfilter = "target:CD19"\ncolumns = ["program", "crs"]\nsort = "phase,-crs"\ngroup = "sponsor"\n'
    views, problems = read(text)
    assert problems == []
    assert views["mine"] == SavedView(
        "mine", "", "target:CD19", ("program", "crs"), (("phase", False), ("crs", True)), "sponsor", own=True
    )
    assert view_table(views["mine"]) == tomli.loads(text)["views"]["mine"]


def test_a_view_of_ones_own_replaces_a_shipped_one_of_that_name() -> None:
    views, _ = read('[views.safety]\nfilter = "crs:"\n')
    assert "Safety" not in views
    assert views["safety"].filter == "crs:"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[views]\nmine = 3\n", "c.toml:2:1: views.mine: expected a table: write [views.mine]"),
        (
            '[views.mine]\nfliter = "x"\n',
            '2:1: views.mine.fliter: there is no such part of a view: did you mean "filter"?',
        ),
        ('[views.mine]\nfilter = "phse:2"\n', "c.toml:2:10: views.mine.filter: "),
        ("[views.mine]\nfilter = 2\n", "c.toml:2:10: views.mine.filter: expected a text"),
        ('[views.mine]\nsort = "phse"\n', 'c.toml:2:8: views.mine.sort: there is no column "phse": did you mean "phase"?'),
        ('[views.mine]\ncolumns = ["crs", "cr"]\n', 'views.mine.columns: there is no column "cr": did you mean "crs"?'),
        ('[views.mine]\ncolumns = "crs"\n', "views.mine.columns: expected a list of columns"),
        ('[views.mine]\ngroup = "spnsor"\n', 'views.mine.group: there is no column "spnsor": did you mean "sponsor"?'),
    ],
)
def test_what_is_wrong_in_a_view_is_told_with_its_place_and_left_out(text: str, problem: str) -> None:
    views, problems = read(text)
    assert len(problems) == 1
    assert problem in problems[0]
    assert views.get("mine", SavedView("mine", own=True)).group == ""


@pytest.mark.parametrize(("name", "found"), [("safety", "Safety"), ("WHAT", "What recruits"), ("my marks", "My marks")])
def test_a_view_is_found_by_its_name_or_its_beginning(name: str, found: str) -> None:
    view = find_view(SHIPPED, name)
    assert isinstance(view, SavedView)
    assert view.name == found


def test_a_view_that_is_not_there_is_answered_with_the_nearest() -> None:
    assert find_view(SHIPPED, "safty") == 'did you mean "Safety"?'
    assert "choose from Agenda" in str(find_view(SHIPPED, "zzz"))


@pytest.mark.parametrize("key", ["sponsor", "target", "phase", "tags", "source", "crs"])
def test_groups_hold_every_program_once_in_their_order(key: str) -> None:
    listed = programs()
    groups = grouped(listed, key, Look(NOW))
    assert sorted(program.key for each in groups for program in each.programs) == sorted(each.key for each in listed)
    order = {each.key: at for at, each in enumerate(listed)}
    for each in groups:
        places = [order[program.key] for program in each.programs]
        assert places == sorted(places)
        assert each.title == f"{each.label} ({len(places)})"
    assert all(each.label != NONE for each in groups[:-1])


def test_phases_are_groups_in_their_own_order_and_what_has_none_is_last() -> None:
    raw = b"".join(
        b'[[program]]\nname = "%s"\n%s' % (name, b'phase = "%s"\n' % phase if phase else b"")
        for name, phase in ((b"a", b"Approved"), (b"b", b""), (b"c", b"Phase 1"), (b"d", b"phase 1"))
    )
    titles = [each.title for each in grouped(programs(raw), "phase", Look(NOW))]
    assert titles == ["Phase 1 (2)", "Approved (1)", "not reported (1)"]


def test_known_groups_are_found_again_only_for_programs_that_changed() -> None:
    listed = programs()
    known: dict[str, tuple[Program, Any, str]] = {}
    first = grouped(listed, "sponsor", Look(NOW), known)
    assert grouped(listed, "sponsor", Look(NOW), known) == first
    assert len(known) == len(listed)
