"""The files that cartwatch keeps for itself, damaged in every way: the commands and the app go on, and say what is wrong."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Runner
from damage import DEAD, JOURNAL, KINDS, LIST, MARK, Kind, furnish, trials, whole_file_damages

from cartwatch.app.app import CartwatchApp
from cartwatch.app.settings import arrangement
from cartwatch.session.session import Session
from cartwatch.storage.places import places, watchlist_key

THEIRS = '[[program]]\nid = "one"\nname = "one-cel"\nphase = "Phase 2"\n'


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("STATE", "CONFIG", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("CARTWATCH_FILE", str(tmp_path / "list.toml"))
    (tmp_path / "theirs.toml").write_text(THEIRS, encoding="utf-8")
    return tmp_path


def fresh(root: Path, key: str) -> None:
    """The list and every file around it as at the start."""
    (root / "list.toml").write_text(LIST, encoding="utf-8")
    for path in [*root.rglob("*.damaged*"), root / JOURNAL.replace("KEY", key)]:
        path.unlink(missing_ok=True)
    furnish(root, key)


def all_commands(run: Runner, root: Path) -> None:
    """Every command that reads one of these files; a bug in any of them fails here."""
    for argv in (
        ["show", "one"], ["set", "one", "notes=new"], ["changes"], ["changes", "--since", "last-visit"], ["doctor"], ["path"],
        ["import", str(root / "theirs.toml")], ["list"], ["backups"], ["undo"], ["undo"],
    ):  # fmt: skip
        answer = run(*argv)
        assert "this is a bug" not in answer.err, (argv, answer.err)
        assert "\x1b" not in answer.err + answer.out, argv
        if argv[0] in ("show", "set", "list", "path", "import"):
            assert answer.status in (0, 1), (argv, answer)
    assert 'name = "one-cel"' in (root / "list.toml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_damage_of_every_file_leaves_the_commands_working(run: Runner, where: Path) -> None:
    key = watchlist_key(str(where / "list.toml"))
    found = trials(key)
    assert len(found) >= 220
    for kind, name, data in found:
        fresh(where, key)
        path = where / kind.path.replace("KEY", key)
        path.write_bytes(data)
        try:
            all_commands(run, where)
        except AssertionError as wrong:
            raise AssertionError(f"{kind.name}, {name}: {wrong}") from wrong


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_directory_or_an_unreadable_file_in_its_place_is_no_obstacle(run: Runner, where: Path, kind: Kind) -> None:
    key = watchlist_key(str(where / "list.toml"))
    path = where / kind.path.replace("KEY", key)
    fresh(where, key)
    path.unlink()
    path.mkdir()
    all_commands(run, where)
    path.rmdir()
    path.symlink_to(path)
    all_commands(run, where)


@pytest.mark.slow
def test_a_damaged_file_is_named_and_put_aside(run: Runner, where: Path) -> None:
    key = watchlist_key(str(where / "list.toml"))
    for kind in KINDS:
        if kind.name in ("config", "conflicts", "draft"):
            continue
        for _, data in whole_file_damages(kind, key):
            fresh(where, key)
            path = where / kind.path.replace("KEY", key)
            path.write_bytes(data)
            command = ["changes", "--since", "last-visit"] if kind.name == "state" else ["import", str(where / "theirs.toml")]
            answer = run(*command)
            aside = path.with_name(f"{path.name}.damaged")
            if aside.exists():
                assert aside.read_bytes() == data
                assert kind.name == "state" or aside.name in answer.err
                assert str(aside) in run("doctor").out.replace("\n", "").replace(" ", "")


def test_a_damaged_settings_file_is_named_and_left_where_it_is(run: Runner, where: Path) -> None:
    key = watchlist_key(str(where / "list.toml"))
    fresh(where, key)
    config = where / KINDS[0].path
    config.write_bytes(b"theme = [")
    assert "config.toml" in run("doctor").out
    assert config.read_bytes() == b"theme = ["


def test_a_second_damaged_file_does_not_replace_the_first(run: Runner, where: Path) -> None:
    key = watchlist_key(str(where / "list.toml"))
    fresh(where, key)
    state = where / KINDS[1].path
    for text in (b"a = [", b"b = ["):
        state.write_bytes(text)
        run("changes", "--since", "last-visit")
    assert state.with_name("state.toml.damaged").read_bytes() == b"a = ["
    assert state.with_name("state.toml.damaged-2").read_bytes() == b"b = ["


# ---- the app

READ_BY_APP = [each for each in KINDS if each.name != "imports"]
EVERY = 1 if os.environ.get("CARTWATCH_DAMAGES") == "all" else 5
"""Opening the app with each of the damages takes a quarter of an hour: CI takes a fifth of them."""


def opened(root: Path) -> list[str]:
    """What the app tells, opened and used with some keys; the interface state is written at the end."""
    where = places(str(root / "list.toml"), os.environ)
    clock = lambda: datetime(2026, 11, 22, 10, tzinfo=UTC)  # noqa: E731
    session = Session(where.watchlist, clock().date(), where)
    session.open()
    known = arrangement(where)
    app = CartwatchApp(session, clock, known.display, settings=known.settings)
    told: list[str] = []
    app.notify = lambda text, **options: told.append(text)  # type: ignore[method-assign,assignment]

    async def drive() -> None:
        async with app.run_test(size=(110, 30)) as pilot:
            await pilot.pause()
            for screen in app.lists():
                screen.history.look_for_news()
            for key in ("5", "h", "escape", "H", "escape", "escape", "j"):
                await pilot.press(key)
                await pilot.pause()

    asyncio.run(drive())
    assert app.accident is None
    assert len(session.watchlist) == 1
    return [*known.notes, *told]


@pytest.mark.long
@pytest.mark.parametrize("kind", READ_BY_APP, ids=lambda kind: kind.name)
def test_damages_of_every_file_leave_the_app_working(where: Path, kind: Kind) -> None:
    """One damage in EVERY, from another one on for each kind, so that every damage of a whole file is tried on some kind."""
    key = watchlist_key(str(where / "list.toml"))
    mine = [each for each in trials(key) if each[0] is kind]
    for _, name, data in mine[READ_BY_APP.index(kind) % EVERY :: EVERY]:
        fresh(where, key)
        (where / kind.path.replace("KEY", key)).write_bytes(data)
        try:
            opened(where)
        except Exception as wrong:
            raise AssertionError(f"{name}: {type(wrong).__name__}: {wrong}") from wrong


@pytest.mark.slow
def test_the_app_opens_and_names_what_is_damaged(where: Path) -> None:
    key = watchlist_key(str(where / "list.toml"))
    fresh(where, key)
    draft = where / KINDS[2].path.replace("KEY", key)
    text = f'form = "edit"\nabout = ["x"]\n[fields]\nnotes = "{MARK}"\n'.encode()
    draft.write_bytes(text)
    (where / KINDS[0].path).write_bytes(b"theme = []\n")
    (where / KINDS[1].path).write_bytes(b"a" + b".a" * 3_000 + b" = 1\n")
    told = "\n".join(opened(where))
    assert "theme" in told
    assert "state.toml.damaged" in told
    assert f"{DEAD}.toml.damaged" in told
    assert draft.with_name(f"{DEAD}.toml.damaged").read_bytes() == text
