"""The garbage collector is as it was after a long piece of work, whatever came of that."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from cartwatch.app.controllers.exchange import no_collection

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    was_on = gc.isenabled()  # the app's start may have turned it off in this process
    gc.enable()
    yield
    if not was_on:
        gc.disable()


def test_nothing_is_collected_meanwhile_and_then_as_before() -> None:
    with no_collection():
        assert not gc.isenabled()
        with no_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_turns_it_on_again_too() -> None:
    with pytest.raises(ValueError, match="it"), no_collection():
        raise ValueError("it")
    assert gc.isenabled()
