"""A key of a test takes as long as its work: Pilot waits for what is due, not until the processor is seen to rest."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator
from time import monotonic

import pytest
import textual.app
import textual.pilot
from textual._wait import wait_for_idle

SOON = 0.06
"""Seconds: a timer that is due so soon belongs to the key, as Pilot itself would sleep as long."""


async def nothing_due(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Return when the event loop has nothing to do and no timer is due soon; after `max_sleep` seconds at the latest."""
    loop = asyncio.get_running_loop()
    end = monotonic() + max_sleep
    rested = 0
    while rested < 3 and monotonic() < end:
        await asyncio.sleep(0)
        if loop._ready:  # type: ignore[attr-defined]
            rested = 0
            continue
        soon = loop.time() + SOON
        due = [each.when() for each in loop._scheduled if not each.cancelled() and each.when() < soon]  # type: ignore[attr-defined]
        if due:
            rested = 0
            await asyncio.sleep(max(0, min(due) - loop.time()))
        else:
            rested += 1


@pytest.fixture(autouse=True)
def _waits_for_what_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = threading.active_count()

    async def wait(min_sleep: float = 0, max_sleep: float = 1) -> None:
        # What a thread of the app is at, the event loop does not know.
        await (wait_for_idle if threading.active_count() > threads else nothing_due)(min_sleep, max_sleep)

    monkeypatch.setattr(textual.app, "wait_for_idle", wait)
    monkeypatch.setattr(textual.pilot, "wait_for_idle", wait)


@pytest.fixture(autouse=True)
def _garbage_is_collected() -> Iterator[None]:
    """The start of the app turns the collector off for a while; a process of many tests would grow by gigabytes."""
    yield
    gc.enable()
