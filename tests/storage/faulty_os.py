"""The `os` module for a save under test: counts and records its calls, fails the one it is told to, runs hooks before them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cartwatch.storage import displaced, lock, reading, save, writing

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

CALLS = frozenset(
    {"open", "write", "fsync", "close", "replace", "link", "unlink", "fchmod", "fchown", "fstat", "stat", "read", "lseek"}
    | {"mkdir", "listdir", "ftruncate", "access", "setxattr"}
)
MODULES = (displaced, lock, reading, save, writing)


class FaultyOs:
    """Stands in for `os`. `fail_at`: the number of the call (from 1) that raises `number`; `for_ever`: so do all after it.

    `only` narrows what is counted. `before` maps the name of a call to what runs, once, just before it.
    """

    def __init__(
        self,
        fail_at: int = 0,
        number: int = 0,
        *,
        for_ever: bool = False,
        only: frozenset[str] = CALLS,
        before: dict[str, Callable[[], None]] | None = None,
    ) -> None:
        self.fail_at, self.number, self.for_ever, self.only = fail_at, number, for_ever, only
        self.before = before or {}
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.hit = False

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in CALLS:
            return real

        def call(*arguments: Any, **named: Any) -> Any:
            if name in self.only:
                self.calls.append((name, arguments))
                place = len(self.calls)
                if place == self.fail_at or (self.for_ever and 0 < self.fail_at < place):
                    self.hit = True
                    if name == "close":  # which gives the descriptor up whatever it reports
                        real(*arguments)
                    raise OSError(self.number, os.strerror(self.number), *arguments[:1])
            if hook := self.before.pop(name, None):
                hook()
            return None if name == "fsync" else real(*arguments, **named)  # sweeps make thousands, and no power cut

        return call


def install(monkeypatch: pytest.MonkeyPatch, faulty: FaultyOs) -> FaultyOs:
    """Let every module of a save use `faulty`."""
    for module in MODULES:
        monkeypatch.setattr(module, "os", faulty)
    return faulty
