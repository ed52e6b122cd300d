"""The last text that any cartwatch saved is kept, whole, and is what `restore` and the next merge can count on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from desk import NEW, OLD, Desk

from cartwatch.storage import save as save_module
from cartwatch.storage.errors import NotSaved
from cartwatch.storage.last_text import LastText
from cartwatch.storage.places import watchlist_key


def kept(desk: Desk) -> LastText:
    return LastText(str(desk.state / "kept"), watchlist_key(str(desk.file)))


def test_what_was_saved_last_is_kept_and_only_that(desk: Desk) -> None:
    assert kept(desk).read() is None
    assert kept(desk).saved_at() is None
    desk.save(NEW)
    assert kept(desk).read() == NEW
    desk.save(OLD)
    assert kept(desk).read() == OLD
    assert kept(desk).saved_at() is not None
    assert len(list((desk.state / "kept").glob("last-*"))) == 1


def test_what_was_not_saved_is_not_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.save(NEW)

    def full(*_: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(save_module, "sync_file", full)
    with pytest.raises(NotSaved):
        desk.save(OLD)
    assert kept(desk).read() == NEW


def test_a_copy_that_can_not_be_kept_does_not_stop_a_save(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(LastText, "keep", full)
    saved = desk.save(NEW)
    assert desk.file.read_bytes() == NEW
    assert len(saved.warnings) == 1


def test_a_torn_copy_is_not_believed_and_the_one_before_is(desk: Desk) -> None:
    desk.save(NEW)
    (copy,) = (desk.state / "kept").glob("last-*")
    torn = Path(str(copy).replace(copy.name[-21:], f"{'0' * 16}.toml"))
    torn.write_bytes(b"half of")
    os.utime(torn, (4e9, 4e9))
    assert kept(desk).read() == NEW
    copy.unlink()
    assert kept(desk).read() is None
