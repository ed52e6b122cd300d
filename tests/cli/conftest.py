"""A home of its own for every command that a test runs, and the sample to run it on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from cartwatch.__main__ import main

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"


class Answer(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No command of a test sees the user's own files, colours or width."""
    for name in ("COLUMNS", "NO_COLOR", "CARTWATCH_FILE", "CARTWATCH_CONFIG", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cartwatch.storage.reading._SETTLED", 0.0)  # no file of a test is still being written
    return tmp_path


class Runner:
    """Runs a command line in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *argv: str) -> Answer:
        status = main(list(argv))
        out, err = self.capsys.readouterr()
        return Answer(status, out, err)

    def sample(self, *argv: str) -> Answer:
        """The same on the sample, on the day the pages speak of."""
        return self(*argv, "-f", str(SAMPLE), "--today", "2026-11-22")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(capsys)


@pytest.fixture
def script() -> list[str]:
    """The program as a process of its own."""
    return [sys.executable, "-m", "cartwatch"]
