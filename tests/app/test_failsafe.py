"""An error that nobody expected: the app hears of it in time to save, by a method that is Textual's own affair."""

from __future__ import annotations

import asyncio
import inspect
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from textual.app import App
from textual.worker import WorkerFailed

from cartwatch.app import start
from cartwatch.app.app import CartwatchApp
from cartwatch.app.failsafe import Failsafe, accident_line
from cartwatch.session.session import Session
from cartwatch.storage.places import places

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Boom(Exception):
    pass


def boom(*_: object) -> None:
    raise Boom


class Falling(Failsafe):
    """An app that says when it was told to save."""

    def __init__(self) -> None:
        super().__init__()
        self.saved: list[bool] = []

    def emergency_save(self) -> None:
        self.saved.append(self.is_running)


FALLS: dict[str, Callable[[Falling], object]] = {
    "a callback": lambda app: app.call_later(boom),
    "a timer": lambda app: app.set_timer(0.001, boom),
    "a worker": lambda app: app.run_worker(boom, thread=True),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("how", FALLS)
async def test_it_saves_while_it_still_stands_and_keeps_the_error(how: str) -> None:
    app = Falling()

    async def falls() -> None:
        async with app.run_test():
            FALLS[how](app)
            for _ in range(500):
                if app.accident is not None:
                    break
                await asyncio.sleep(0.02)

    with pytest.raises((Boom, WorkerFailed)):
        await falls()
    assert isinstance(app.accident, Boom)
    assert app.saved == [True]
    assert app.return_code == 1


def test_the_method_that_textual_calls_is_the_one_that_is_overridden() -> None:
    assert list(inspect.signature(App._handle_exception).parameters) == ["self", "error"]
    assert "accident" in inspect.getsource(Failsafe._handle_exception)
    assert CartwatchApp._handle_exception is Failsafe._handle_exception


def test_should_textual_stop_telling_it_is_still_said_and_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.toml"
    path.write_text('[[program]]\nid = "a"\nname = "A"\n')
    where = places(str(path), {"HOME": str(tmp_path)})
    now = datetime(2026, 11, 22, tzinfo=UTC)
    session = Session(str(path), now.date(), where)
    session.open()
    app = CartwatchApp(session, lambda: now)
    saved: list[str] = []
    monkeypatch.setattr(CartwatchApp, "return_code", 1)
    monkeypatch.setattr(CartwatchApp, "emergency_save", lambda self: saved.append(self.session.path))
    assert start._over(app, where, session, None, None) == 1
    assert saved == [str(path)]
    assert capsys.readouterr().err == "cartwatch: this is a bug; your list is saved\n"


def test_what_is_not_saved_is_not_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"HOME": str(tmp_path)})
    line = accident_line(Boom("a secret"), unsaved="the disk is full")
    assert line.startswith("this is a bug (Boom); NOT SAVED: the disk is full; the details are in ")
    assert "secret" not in line
