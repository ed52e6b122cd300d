"""What a refresh shows, as text at three sizes: the preview, the list of changes, the history, the pane of trials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from app_stage import press
from test_app_goldens import SIZES, check
from test_app_registry import Stage, stage, until

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["stage"]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.slow
async def test_a_refresh_looks_as_it_did(stage: Stage, size: tuple[int, int]) -> None:
    session = stage.session
    assert session.keeper is not None
    session.keeper._clock = stage.app.now
    loaded: Callable[[], bool] = lambda: getattr(stage.app.screen, "_found", None) is not None  # noqa: E731
    async with stage.app.run_test(size=size) as pilot:
        await press(pilot, "R")
        screens = {"refresh-preview": await until(pilot, lambda: stage.previewing)}
        screens["refresh-facts"] = await press(pilot, "tab j")
        await press(pilot, "f2")
        screens["refresh-trials"] = await press(pilot, "5 tab")
        await press(pilot, "D")
        screens["refresh-changes"] = await until(pilot, loaded)
        await press(pilot, "escape H")
        screens["refresh-history"] = await until(pilot, loaded)
    check(size, screens)
