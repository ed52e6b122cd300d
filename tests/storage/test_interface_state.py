"""The interface state survives, and damage to it costs no more than the defaults."""

from __future__ import annotations

import os
import stat
from datetime import date
from pathlib import Path

import pytest

from cartwatch.storage.errors import NotSaved
from cartwatch.storage.own_files import load_state, save_state


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "state" / "state.toml"
    state = {"sort": ["next", "-phase"], "visit": {"a": date(2026, 11, 22)}, "pane": 2}
    save_state(str(path), state)
    assert load_state(str(path)) == (state, None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_state_yet_is_nothing_to_report(tmp_path: Path) -> None:
    assert load_state(str(tmp_path / "state.toml")) == ({}, None)


@pytest.mark.parametrize("damage", [b"sort = [", b"\0\0\0", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_a_damaged_state_is_put_aside(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "state.toml"
    path.write_bytes(damage)
    state, note = load_state(str(path))
    assert state == {}
    assert note is not None
    assert (tmp_path / "state.toml.damaged").read_bytes() == damage
    save_state(str(path), {"pane": 1})
    assert load_state(str(path)) == ({"pane": 1}, None)


def test_a_directory_or_a_pipe_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "state.toml").mkdir()
    state, note = load_state(str(tmp_path / "state.toml"))
    assert (state, note is None) == ({}, False)
    with pytest.raises(NotSaved):
        save_state(str(tmp_path / "state.toml"), {})
    os.mkfifo(tmp_path / "pipe.toml")
    assert load_state(str(tmp_path / "pipe.toml"))[0] == {}
