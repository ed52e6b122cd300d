"""Saved views and groups in the app: chosen, kept under a name, deleted, and remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_stage import GOLDEN_LIST, Clock, app_on, shown
from editing_stage import keys

from cartwatch.app.app import CartwatchApp
from cartwatch.app.widgets.programs import ProgramTable
from cartwatch.session.session import Session
from cartwatch.storage.places import places

HOSTILE = '[[program]]\nname = "a"\nsponsor = "[CD19] [/b]\u202e日本"\n[[program]]\nname = "b"\nsponsor = "x"\n'


@pytest.fixture
def app(tmp_path: Path) -> CartwatchApp:
    (tmp_path / "list.toml").write_text(GOLDEN_LIST, encoding="utf-8")
    at = places(str(tmp_path / "list.toml"), {"HOME": str(tmp_path), "CARTWATCH_CONFIG": str(tmp_path / "config.toml")})
    session = Session(str(tmp_path / "list.toml"), Clock()().date(), at, clock=Clock())
    session.open()
    return CartwatchApp(session, Clock())


def header(app: CartwatchApp) -> str:
    return shown(app).splitlines()[1]


@pytest.mark.slow
async def test_v_shows_the_safety_view_grouped_by_target_and_the_usual_view_comes_back(app: CartwatchApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        before = await keys(pilot)
        screen = await keys(pilot, "v", "'safety", "enter")
        assert "Target" in header(app)
        assert "CRS ≥3" in header(app)
        assert "When" not in header(app)
        assert "CD22 (1)" in screen
        app.screen.saved_views.reset()  # type: ignore[attr-defined]
        await keys(pilot)
        assert shown(app).splitlines()[1:-2] == before.splitlines()[1:-2]


@pytest.mark.slow
async def test_the_present_view_is_saved_found_and_deleted(app: CartwatchApp, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('# mine\ntheme = "cartwatch-dark"\n', encoding="utf-8")
    async with app.run_test(size=(140, 45)) as pilot:
        await keys(pilot, "/", "'cel", "enter", "v", "'save", "enter", "'cells", "enter")
        text = (tmp_path / "config.toml").read_text(encoding="utf-8")
        assert text.startswith('# mine\ntheme = "cartwatch-dark"\n')
        assert 'filter = "cel"' in text
        await keys(pilot, "escape", "v", "'cells", "enter")
        assert app.screen.display_state.query == "cel"  # type: ignore[attr-defined]
        await keys(pilot, "v", "'delete", "enter", "'cells", "enter")
        assert "cells" not in (tmp_path / "config.toml").read_text(encoding="utf-8")


@pytest.mark.slow
async def test_a_wrong_view_is_told_and_the_others_are_there(app: CartwatchApp, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[views.mine]\nsort = "phse"\n', encoding="utf-8")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await keys(pilot, "v")
        assert "Agenda" in screen
        assert "mine" in screen
        assert 'did you mean "phase"?' in " ".join(screen.split())


@pytest.mark.slow
async def test_the_sort_menu_groups_and_no_more(app: CartwatchApp) -> None:
    async with app.run_test(size=(100, 34)) as pilot:
        await keys(pilot)
        display = app.screen.display_state  # type: ignore[attr-defined]
        assert "grouped by this" in await keys(pilot, "S", "b")
        assert display.group
        await keys(pilot, "b", "escape")
        assert not display.group


@pytest.mark.slow
async def test_groups_are_remembered_and_edits_move_a_program_to_its_group(app: CartwatchApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        await keys(pilot)
        app.screen.find.group_by("phase")  # type: ignore[attr-defined]
        await keys(pilot)
        kept = app.screen.display_state.kept(Clock()())  # type: ignore[attr-defined]
        assert type(app.screen.display_state).of(kept).group == "phase"  # type: ignore[attr-defined]
        assert "Pivotal (1)" in shown(app)
        program = app.session.watchlist.programs[0].key
        app.screen.programs.move_to(program)  # type: ignore[attr-defined]
        await keys(pilot, "e", "'phase", "enter", "ctrl+u", "'Filed", "enter")
        assert "Pivotal (1)" not in shown(app)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 45), (200, 60)])
async def test_hostile_groups_show_themselves_at_every_size(size: tuple[int, int]) -> None:
    app = app_on(HOSTILE)
    async with app.run_test(size=size) as pilot:
        await keys(pilot)
        app.screen.find.group_by("sponsor")  # type: ignore[attr-defined]
        screen = await keys(pilot)
        assert "[CD19]" in screen
        assert "x (1)" in screen
        table = app.screen.query_one(ProgramTable)
        assert all(char.isprintable() for key in table.visible_keys for text, _ in table._runs_of(key) for char in text)
