"""What holds for all tests: the long ones run where CARTWATCH_TESTS=all, as in CI, and none fails for being slow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from playing_registry import PlayingRegistry

# A loaded machine is no failure: nothing here is a test of speed.
settings.register_profile("cartwatch", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cartwatch")


FEW = 30
"""At most so many examples of a property in the default run; CI takes all that it asks for."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("CARTWATCH_TESTS") == "all":
        return
    for item in items:
        test = getattr(item, "obj", None)
        if getattr(test, "is_hypothesis_test", False):
            asked = getattr(test, "_hypothesis_internal_use_settings", None) or settings()
            few = settings(asked, max_examples=min(FEW, asked.max_examples))
            test._hypothesis_internal_use_settings = few  # type: ignore[union-attr]
    skip = pytest.mark.skip(reason="takes long: set CARTWATCH_TESTS=all")
    for item in items:
        if "slow" in item.keywords or "long" in item.keywords:
            item.add_marker(skip)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayingRegistry]:
    """A server that plays the registry, which everything asks instead of the real one; only its pauses take no time."""
    from playing_registry import Clock, PlayingRegistry

    from cartwatch.sources.registry import settings as registry_access

    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    clock = Clock()
    quick = partial(registry_access.Access, clock=clock, sleep=clock.sleep, get_seconds=2.0, deadline=60.0)
    monkeypatch.setattr(registry_access, "Access", quick)
    with PlayingRegistry() as playing:
        monkeypatch.setenv("CARTWATCH_REGISTRY", playing.base)
        yield playing
