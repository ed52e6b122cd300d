"""A save in which any one system call fails, or all from that one on: the old text or the new, no litter, one clear line."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from desk import NEW, OLD, Desk
from faulty_os import CALLS, FaultyOs, install

from cartwatch.storage.errors import NotSaved, StorageError
from cartwatch.storage.reading import sha256

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = ["ENOSPC", "EIO", "EACCES", "EXDEV", "EBUSY", "EMFILE", "ENOLCK", "EDQUOT"]
# What a sweep needs in order to tidy up; for ever failing, they leave what the next start sweeps.
TIDYING = frozenset({"unlink", "close"})


def _sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, for_ever: bool, only: frozenset[str]) -> int:
    """Fail call 1, 2, 3 … of a second save until a run is not hit; how many runs were."""
    fail_at = 0
    while True:
        fail_at += 1
        desk = Desk.at(tmp_path / f"{fail_at}")
        desk.save(OLD)
        faulty = FaultyOs(fail_at, number, for_ever=for_ever, only=only)
        trouble = ""
        with monkeypatch.context() as patch:
            install(patch, faulty)
            try:
                desk.save(NEW, base=sha256(OLD))
            except StorageError as error:
                trouble = str(error)
        assert desk.file.read_bytes() == (OLD if trouble else NEW), f"call {fail_at}: {faulty.calls[-1]} {trouble}"
        assert not trouble or (trouble.startswith(f"{desk.file}: not saved, ") and "\n" not in trouble)
        if not for_ever and faulty.hit and faulty.calls[fail_at - 1][0] not in TIDYING:
            assert desk.litter() == [], f"call {fail_at}: {faulty.calls[fail_at - 1]}"
        desk.save(b"afterwards = 1\n")
        assert desk.file.read_bytes() == b"afterwards = 1\n"
        if not faulty.hit:
            return fail_at - 1


@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for-ever"])
@pytest.mark.parametrize("name", NUMBERS)
def test_every_call_of_a_save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, for_ever: bool) -> None:
    assert _sweep(tmp_path, monkeypatch, getattr(errno, name), for_ever, CALLS - TIDYING) > 25


@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for-ever"])
def test_tidying_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, for_ever: bool) -> None:
    assert _sweep(tmp_path, monkeypatch, errno.EIO, for_ever, TIDYING) > 5


@pytest.mark.parametrize("name", ["ENOSPC", "EACCES", "EMFILE"])
def test_every_call_of_the_first_save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    fail_at, hit = 0, True
    while hit:
        fail_at += 1
        desk = Desk.at(tmp_path / f"{fail_at}")
        desk.file.unlink()
        faulty = FaultyOs(fail_at, getattr(errno, name), only=CALLS - TIDYING)
        with monkeypatch.context() as patch:
            install(patch, faulty)
            try:
                desk.save(NEW, base=None)
            except NotSaved:
                assert not desk.file.exists()
            else:
                assert desk.file.read_bytes() == NEW
        assert desk.litter() == []
        hit = faulty.hit
    assert fail_at > 15


def test_an_error_that_lasts_and_then_passes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        install(patch, FaultyOs(1, errno.EIO, for_ever=True, only=frozenset({"fsync"})))
        for _ in range(3):
            with pytest.raises(NotSaved):
                desk.save()
            assert desk.file.read_bytes() == OLD
            assert desk.litter() == []
    desk.save()
    assert desk.file.read_bytes() == NEW


def test_interrupted_by_the_keyboard_leaves_nothing_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    for call in ("write", "fsync", "link", "replace"):
        with monkeypatch.context() as patch:
            install(patch, FaultyOs(before={call: interrupt}))
            with pytest.raises(KeyboardInterrupt):
                desk.save()
        assert desk.file.read_bytes() == OLD
        assert desk.file.stat().st_nlink == 1
        assert desk.litter() == []


def test_no_descriptor_is_left_open(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("no list of open descriptors here")
    before = len(os.listdir("/proc/self/fd"))
    for fail_at in range(1, 40):
        with monkeypatch.context() as patch:
            install(patch, FaultyOs(fail_at, errno.EIO, only=CALLS - {"close"}))
            try:
                desk.save()
            except StorageError:
                continue
            desk.file.write_bytes(OLD)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_write_in_place_that_breaks_off_names_the_copies(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file mounted by itself (EBUSY) on a disk that then fails: the one case in which the file may be torn."""

    def busy(source: str, target: str) -> None:
        raise OSError(errno.EBUSY, "")

    monkeypatch.setattr("cartwatch.storage.save.replace", busy)
    monkeypatch.setattr("cartwatch.storage.save.os", FaultyOs(1, errno.EIO, only=frozenset({"ftruncate"})))
    with pytest.raises(NotSaved, match=r"may be torn, both texts are in .*kept"):
        desk.save()
    assert sorted(path.read_bytes() for path in (desk.state / "kept").iterdir()) == sorted([OLD, NEW])
