"""The tour: six steps on a copy of the sample, each waiting for its key; it ends at any time and leaves nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from app_stage import app_on, shown
from editing_stage import keys

from cartwatch.app.screens.states import Welcome
from cartwatch.app.screens.tour import STEPS, TourScreen
from cartwatch.sample import read_sample

PATH = (
    ("j",),
    ("enter",),
    ("escape", "/", "'cd22", "enter"),
    ("e", "'phase", "enter", "ctrl+u", "'Filed", "enter"),
    ("u",),
    ("?",),
)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(60, 20), (140, 45)])
async def test_each_step_waits_for_its_key(size: tuple[int, int]) -> None:
    app = app_on(None)
    async with app.run_test(size=size) as pilot:
        assert "Take the tour" in await keys(pilot)
        await keys(pilot, "j", "enter")
        screen = app.screen
        assert isinstance(screen, TourScreen)
        for step, pressed in enumerate(PATH):
            assert f"Tour {step + 1} of {len(STEPS)}" in await keys(pilot, "p", "u") if step == 0 else True
            assert screen.step == step
            await keys(pilot, *pressed)
            assert screen.step == step + 1 or step == len(PATH) - 1
        await keys(pilot, "escape")
        assert screen.step == len(STEPS)
        assert "That was the tour" in shown(app)
        await keys(pilot, "escape", "escape")
        assert isinstance(app.screen, Welcome)


async def test_esc_in_the_table_ends_it_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = read_sample()
    app = app_on(None)
    mine = app.session
    async with app.run_test(size=(100, 30)) as pilot:
        await keys(pilot, "j", "enter", "p")
        folders = os.listdir(tmp_path)
        assert folders[0].startswith("cartwatch-tour-")
        await keys(pilot, "escape")
        assert isinstance(app.screen, Welcome)
        assert app.session is mine
        await pilot.pause()
    assert os.listdir(tmp_path) == []
    assert read_sample() == before
