"""What holds for all tests: the long ones run where CARTWATCH_TESTS=all, as in CI."""

from __future__ import annotations

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("CARTWATCH_TESTS") == "all":
        return
    skip = pytest.mark.skip(reason="takes long: set CARTWATCH_TESTS=all")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)
