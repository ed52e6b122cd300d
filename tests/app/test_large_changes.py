"""A change of many programs is worked out beside the app: keys are answered meanwhile, and it is whole or not there."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from app_stage import Clock, shown, until
from editing_stage import keys

from cartwatch.app.app import CartwatchApp
from cartwatch.session.session import Session
from cartwatch.storage.places import places

if TYPE_CHECKING:
    from textual.pilot import Pilot

MANY = 80
TEXT = "".join(f'[[program]]\nid = "p{at}"\nname = "program {at}"\nphase = "Phase 1"\n\n' for at in range(MANY))


class Gate:
    """Holds a session's work in the thread until the test opens it."""

    def __init__(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open, self.calls = threading.Event(), 0
        real = session.foresee

        def foresee(planned: Any) -> Any:
            found = real(planned)
            if threading.current_thread() is not threading.main_thread():
                self.calls += 1
                assert self.open.wait(20)
            return found

        monkeypatch.setattr(session, "foresee", foresee)


@pytest.fixture
def app(tmp_path: Path) -> CartwatchApp:
    (tmp_path / "list.toml").write_text(TEXT, encoding="utf-8")
    session = Session(
        str(tmp_path / "list.toml"),
        Clock()().date(),
        places(str(tmp_path / "list.toml"), {"HOME": str(tmp_path)}),
        clock=Clock(),
    )
    session.open()
    return CartwatchApp(session, Clock())


def pinned(app: CartwatchApp) -> int:
    return sum(each.pinned for each in app.session.watchlist.programs)


async def pin_all(pilot: Pilot[int]) -> str:
    """Mark every program and pin them all."""
    app = pilot.app
    app.screen.find.mark_all()  # type: ignore[attr-defined]
    app.screen.edit.pin()  # type: ignore[attr-defined]
    return shown(app)  # type: ignore[arg-type]


@pytest.mark.slow
async def test_keys_are_answered_while_many_programs_are_changed(app: CartwatchApp, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(app.session, monkeypatch)
    first = app.session.document.raw
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        await pin_all(pilot)
        assert "changing 80 facts …" in await keys(pilot, "j", "j")
        assert app.screen.programs.cursor_key == "p2"  # type: ignore[attr-defined]
        assert pinned(app) == 0
        gate.open.set()
        await until(pilot, lambda: pinned(app) == MANY)
        assert "changing" not in shown(app)
        assert len(app.session.done) == 1
        await keys(pilot, "u")
        assert app.session.document.raw == first


@pytest.mark.slow
async def test_a_small_edit_meanwhile_is_kept_and_the_large_one_follows(
    app: CartwatchApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(app.session, monkeypatch)
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        await pin_all(pilot)
        app.screen.display_state.marked = frozenset()  # type: ignore[attr-defined]
        await keys(pilot, "e", "'phase", "enter", "ctrl+u", "'Phase 3", "enter")
        assert app.session.watchlist.programs[0].phase == "Phase 3"
        gate.open.set()
        await until(pilot, lambda: pinned(app) == MANY)
        assert app.session.watchlist.programs[0].phase == "Phase 3"
        assert gate.calls == 2


@pytest.mark.slow
async def test_undo_stops_a_change_that_is_still_worked_out(app: CartwatchApp, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(app.session, monkeypatch)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await pilot.pause()
        await pin_all(pilot)
        assert "Stopped, nothing was changed" in " ".join((await keys(pilot, "u")).split())
        gate.open.set()
        await keys(pilot, "j")
        assert (pinned(app), app.session.done) == (0, [])


@pytest.mark.slow
async def test_a_list_with_other_programs_is_not_changed_by_an_old_plan(
    app: CartwatchApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(app.session, monkeypatch)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await pilot.pause()
        await pin_all(pilot)
        app.screen.display_state.marked = frozenset()  # type: ignore[attr-defined]
        await keys(pilot, "x", "y")
        gate.open.set()
        await until(pilot, lambda: not app.screen.commit.working)  # type: ignore[attr-defined]
        assert pinned(app) == 0
        assert len(app.session.watchlist) == MANY - 1


@pytest.mark.slow
async def test_quitting_takes_the_change_along(app: CartwatchApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gate = Gate(app.session, monkeypatch)
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        await pin_all(pilot)
        app.screen.display_state.marked = frozenset()  # type: ignore[attr-defined]
        app.set_timer(0.1, gate.open.set)
        await pilot.press("q")
    assert (tmp_path / "list.toml").read_text(encoding="utf-8").count("pinned = true") == MANY
