"""Undo across runs of the app: the footer names it, and it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from app_stage import GOLDEN_LIST, NOW, Clock, shown
from editing_stage import keys

from cartwatch.app.app import CartwatchApp
from cartwatch.session.session import Session
from cartwatch.storage.places import places

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("size", [(60, 20), (140, 45)])
@pytest.mark.slow
async def test_after_a_restart_the_footer_shows_undo_as_long_as_there_is_something(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "list.toml"
    path.write_text(GOLDEN_LIST, encoding="utf-8")
    home = places(str(path), {"HOME": str(tmp_path)})

    def app() -> CartwatchApp:
        session = Session(str(path), NOW.date(), home, clock=lambda: NOW)
        session.open()
        return CartwatchApp(session, Clock())

    def footer(one: CartwatchApp) -> str:
        return " ".join(each.id for each in one.screen.offered())  # type: ignore[attr-defined]

    first = app()
    async with first.run_test(size=size) as pilot:
        await keys(pilot)
        assert "undo" not in footer(first).split()
        await keys(pilot, "p")
    assert path.read_text(encoding="utf-8") != GOLDEN_LIST
    second = app()
    async with second.run_test(size=size) as pilot:
        await keys(pilot)
        assert "undo" in footer(second).split()
        if size[0] > 100:
            assert "u undo" in shown(second).splitlines()[-1]
        await keys(pilot, "u")
        assert path.read_text(encoding="utf-8") == GOLDEN_LIST
        assert "undo" not in footer(second).split()
        assert "Nothing left to undo" in await keys(pilot, "u")
