"""A save writes all of the new text or leaves the old, follows links, keeps modes, and never overwrites another's change."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path

import pytest
from desk import NEW, OLD, Desk
from faulty_os import FaultyOs, install

from cartwatch.storage.displaced import LateConflict
from cartwatch.storage.errors import Busy, FileConflict, NotAFile, NotSaved, ReadOnly, StorageError
from cartwatch.storage.lock import locked
from cartwatch.storage.places import watchlist_key
from cartwatch.storage.reading import sha256
from cartwatch.storage.save import save


def test_the_new_text_is_there_whole(desk: Desk) -> None:
    saved = desk.save()
    assert desk.file.read_bytes() == NEW
    assert (saved.data, saved.sha256, saved.warnings) == (NEW, sha256(NEW), ())
    assert desk.litter() == []


def test_what_a_save_returns_is_what_a_reading_finds(desk: Desk) -> None:
    saved, found = desk.save(), desk.read()
    assert (saved.stamp, saved.mode, saved.data) == (found.stamp, found.mode, found.data)


def test_the_last_texts_that_were_displaced_are_kept(desk: Desk) -> None:
    desk.save()
    assert [path.read_bytes() for path in desk.displaced()] == [OLD]
    desk.save(b"third = 3\n")
    assert {path.read_bytes() for path in desk.displaced()} == {OLD, NEW}
    for number in range(9):
        desk.save(b"n = %d\n" % number)
    assert {path.read_bytes() for path in desk.displaced()} == {b"n = %d\n" % each for each in range(4, 8)}


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640, 0o664])
def test_an_existing_file_keeps_its_mode(desk: Desk, mode: int) -> None:
    desk.file.chmod(mode)
    assert desk.save().mode == mode
    assert stat.S_IMODE(desk.file.stat().st_mode) == mode


def test_a_new_file_is_for_its_owner_only(desk: Desk) -> None:
    path = desk.folder / "fresh.toml"
    saved = desk.save(NEW, base=None, path=path)
    assert path.read_bytes() == NEW
    assert stat.S_IMODE(path.stat().st_mode) == saved.mode == 0o600
    assert path.stat().st_nlink == 1


def test_owner_is_kept_where_root_saves(desk: Desk) -> None:
    if os.getuid() != 0:
        pytest.skip("only root may give files away")
    os.chown(desk.file, 4321, 1234)
    desk.save()
    found = desk.file.stat()
    assert (found.st_uid, found.st_gid) == (4321, 1234)


def test_a_group_that_cannot_be_kept_gets_no_more_than_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.getuid() != 0:
        pytest.skip("only root may give the file a foreign group first")
    os.chown(desk.file, 4321, 1234)
    desk.file.chmod(0o664)
    install(monkeypatch, FaultyOs(1, errno.EPERM, for_ever=True, only=frozenset({"fchown"})))
    assert desk.save().mode == 0o644


def test_bytes_that_do_not_prove_are_not_written(desk: Desk) -> None:
    def prove(data: bytes) -> None:
        raise ValueError(f"{len(data)} bytes that mean something else")

    with pytest.raises(ValueError, match="something else"):
        desk.save(prove=prove)
    assert desk.file.read_bytes() == OLD
    assert not desk.state.exists()


@pytest.mark.parametrize(
    ("before", "base", "current", "words"),
    [
        (b"theirs = 1\n", OLD, b"theirs = 1\n", "another application has changed"),
        (b"", OLD, b"", "another application has changed"),
        (None, OLD, None, "has vanished"),
        (OLD, None, OLD, "already a file of that name"),
    ],
    ids=["changed", "emptied", "vanished", "exists"],
)
def test_what_is_not_what_was_loaded_is_a_conflict(
    desk: Desk, before: bytes | None, base: bytes | None, current: bytes | None, words: str
) -> None:
    desk.file.unlink() if before is None else desk.file.write_bytes(before)
    with pytest.raises(FileConflict, match=words) as caught:
        desk.save(base=None if base is None else sha256(base))
    assert caught.value.current == current
    assert (desk.file.read_bytes() if desk.file.exists() else None) == before
    assert desk.litter() == []


def test_a_file_made_meanwhile_is_not_replaced_by_a_new_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.folder / "fresh.toml"
    install(monkeypatch, FaultyOs(before={"link": lambda: path.write_bytes(b"theirs = 1\n") and None}))
    with pytest.raises(FileConflict) as caught:
        desk.save(NEW, base=None, path=path)
    assert caught.value.current == path.read_bytes() == b"theirs = 1\n"
    assert desk.litter() == []


def test_a_symbolic_link_stays_and_its_target_is_replaced(desk: Desk) -> None:
    link = desk.folder / "link.toml"
    link.symlink_to("watchlist.toml")
    desk.save(path=link)
    assert link.is_symlink()
    assert desk.file.read_bytes() == NEW


def test_a_dangling_link_creates_its_target(desk: Desk) -> None:
    link = desk.folder / "link.toml"
    link.symlink_to("elsewhere.toml")
    desk.save(NEW, base=None, path=link)
    assert link.is_symlink()
    assert (desk.folder / "elsewhere.toml").read_bytes() == NEW


@pytest.mark.parametrize(
    ("target", "words"),
    [("no/such/place.toml", "its directory does not exist"), ("link.toml", "form a loop")],
    ids=["dangling", "loop"],
)
def test_a_link_to_nowhere_is_refused_in_one_line(desk: Desk, target: str, words: str) -> None:
    link = desk.folder / "link.toml"
    link.symlink_to(target)
    with pytest.raises(NotSaved, match=words) as caught:
        desk.save(NEW, base=None, path=link)
    assert "\n" not in str(caught.value)


def test_a_hard_link_is_said_to_be_split(desk: Desk) -> None:
    other = desk.folder / "other.toml"
    os.link(desk.file, other)
    saved = desk.save()
    assert "hard links" in saved.warnings[0]
    assert (desk.file.read_bytes(), other.read_bytes()) == (NEW, OLD)
    other.write_bytes(b"a change under the other name is no conflict\n")
    assert desk.save(OLD).warnings == ()


@pytest.mark.parametrize("kind", ["directory", "fifo", "/dev/full", "/dev/zero"])
def test_what_is_no_file_is_refused(desk: Desk, kind: str) -> None:
    path = desk.folder / "thing"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path = Path(kind)
    with pytest.raises(NotAFile, match="not a file"):
        desk.save(base=None, path=path)


def test_a_long_name_is_saved_and_a_longer_one_is_refused(desk: Desk) -> None:
    path = desk.folder / ("n" * 250 + ".toml")
    desk.save(base=None, path=path)
    assert path.read_bytes() == NEW
    with pytest.raises(NotSaved, match="name is too long"):
        desk.save(base=None, path=desk.folder / ("n" * 256))


def test_a_file_without_write_permission_is_read_only_even_to_root(desk: Desk) -> None:
    desk.file.chmod(0o444)
    assert desk.read().readonly == "its permissions (0444) are read-only"
    with pytest.raises(ReadOnly, match="save a copy elsewhere"):
        desk.save()
    assert desk.file.read_bytes() == OLD


def test_the_lock_held_by_another_is_waited_for_then_reported(desk: Desk) -> None:
    lock = desk.state / "locks" / f"{watchlist_key(str(desk.file))}.lock"
    with locked(str(lock), "x"), pytest.raises(Busy, match="another cartwatch is saving"):
        desk.save(wait=0.05)
    assert desk.file.read_bytes() == OLD
    desk.save(wait=0)
    assert desk.file.read_bytes() == NEW


def test_a_lock_that_is_let_go_in_time_is_taken(desk: Desk) -> None:
    lock = desk.state / "locks" / f"{watchlist_key(str(desk.file))}.lock"
    taken, release = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(str(lock), "x"):
            taken.set()
            release.wait(2)

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait(2)
    threading.Timer(0.05, release.set).start()
    desk.save(wait=2)
    holder.join()
    assert desk.file.read_bytes() == NEW


def test_no_lock_to_be_had_is_a_warning_and_no_obstacle(desk: Desk) -> None:
    desk.state.mkdir()
    (desk.state / "locks").write_bytes(b"in the way")
    saved = desk.save()
    assert desk.file.read_bytes() == NEW
    assert [warning for warning in saved.warnings if "without a lock" in warning]


def test_a_lock_file_that_is_a_link_is_not_followed(desk: Desk) -> None:
    locks = desk.state / "locks"
    locks.mkdir(parents=True)
    (locks / f"{watchlist_key(str(desk.file))}.lock").symlink_to(desk.folder / "trap")
    assert "without a lock" in desk.save().warnings[0]
    assert not (desk.folder / "trap").exists()


def test_own_directories_and_files_are_private(desk: Desk) -> None:
    before = os.umask(0)
    try:
        desk.save()
    finally:
        os.umask(before)
    assert stat.S_IMODE((desk.state / "locks").stat().st_mode) == 0o700
    assert stat.S_IMODE((desk.state / "kept").stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in (desk.state / "locks").iterdir()] == [0o600]


@pytest.mark.parametrize("call", ["replace", "fsync"])
def test_a_write_in_place_during_the_save_is_found_and_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """`fsync` comes before the second name is made, `replace` after it; the former is seen too as the inode is the same."""
    theirs = b"theirs = 1\n"
    install(monkeypatch, FaultyOs(before={call: lambda: desk.file.write_bytes(theirs) and None}))
    with pytest.raises(LateConflict) as caught:
        desk.save()
    late = caught.value
    assert (late.foreign, late.base) == (theirs, sha256(OLD))
    assert late.saved is not None
    assert late.saved.data == desk.file.read_bytes() == NEW
    assert Path(late.kept).read_bytes() == theirs
    assert desk.save(b"merged = 1\n").warnings == ()
    assert Path(late.kept).read_bytes() == theirs


def test_a_write_through_an_old_descriptor_after_the_save_is_found_by_the_next(desk: Desk) -> None:
    with open(desk.file, "r+b") as editor:
        desk.save()
        editor.write(b"THEIRS")
    with pytest.raises(LateConflict) as caught:
        desk.save(b"again = 1\n")
    assert caught.value.foreign == b"THEIRS" + OLD[6:]
    assert caught.value.saved is None
    assert desk.file.read_bytes() == NEW
    desk.save(b"again = 1\n")
    assert desk.file.read_bytes() == b"again = 1\n"


@pytest.mark.parametrize("links", ["beside", "none"])
def test_a_late_write_is_found_where_the_state_is_on_another_file_system(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, links: str
) -> None:
    theirs = b"theirs = 1\n"
    when = "replace" if links == "beside" else "fsync"
    faulty = FaultyOs(
        1,
        errno.EXDEV if links == "beside" else errno.EPERM,
        for_ever=links == "none",
        only=frozenset({"link"}),
        before={when: lambda: desk.file.write_bytes(theirs) and None},
    )
    install(monkeypatch, faulty)
    with pytest.raises(LateConflict if links == "beside" else FileConflict) as caught:
        desk.save()
    found = caught.value
    assert theirs == (found.foreign if isinstance(found, LateConflict) else found.current)
    assert desk.litter() == []


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV])
def test_a_file_that_cannot_be_replaced_is_written_in_place(desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    inode = desk.file.stat().st_ino
    install(monkeypatch, FaultyOs(1, number, for_ever=True, only=frozenset({"replace"})))
    monkeypatch.setattr("cartwatch.storage.writing.replace", os.replace)  # the recovery copies are elsewhere
    saved = desk.save()
    assert desk.file.read_bytes() == saved.data == NEW
    assert desk.file.stat().st_ino == inode
    assert [path.read_bytes() for path in desk.displaced()] == [OLD]
    assert desk.litter() == []
    assert desk.save(b"shorter = 1\n").data == desk.file.read_bytes()


def test_without_a_recovery_copy_nothing_is_written_in_place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.state.mkdir()
    (desk.state / "kept").write_bytes(b"in the way")
    install(monkeypatch, FaultyOs(1, errno.EBUSY, for_ever=True, only=frozenset({"replace"})))
    with pytest.raises(NotSaved):
        desk.save()
    assert desk.file.read_bytes() == OLD


def test_a_disk_that_lies_about_what_it_wrote_is_found_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = FaultyOs()
    faulty.write = lambda fd, data: os.write(fd, data[: len(data) // 2]) and len(data)  # type: ignore[attr-defined]
    install(monkeypatch, faulty)
    with pytest.raises(NotSaved, match="other bytes than were written"):
        desk.save()
    assert desk.file.read_bytes() == OLD
    assert desk.litter() == []


def test_short_writes_are_completed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = FaultyOs()
    faulty.write = lambda fd, data: os.write(fd, data[:100])  # type: ignore[attr-defined]
    install(monkeypatch, faulty)
    desk.save()
    assert desk.file.read_bytes() == NEW


def test_a_failed_fsync_is_never_repeated_on_the_same_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    faulty = install(monkeypatch, FaultyOs(1, errno.EIO, only=frozenset({"fsync"})))
    with pytest.raises(NotSaved, match="input/output error"):
        desk.save()
    assert faulty.calls == [("fsync", faulty.calls[0][1])]
    assert desk.file.read_bytes() == OLD
    desk.save()
    assert desk.file.read_bytes() == NEW


@pytest.mark.parametrize(("number", "durable"), [(errno.EIO, False), (errno.EINVAL, True)])
def test_a_directory_that_cannot_be_synced(desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int, durable: bool) -> None:
    install(monkeypatch, FaultyOs(2, number, only=frozenset({"fsync"})))
    saved = desk.save()
    assert len(saved.warnings) == (0 if durable else 1)
    assert desk.file.read_bytes() == NEW


def test_a_save_killed_before_it_displaced_anything_is_no_conflict_later(desk: Desk) -> None:
    desk.save()
    kept = desk.state / "kept"
    for path in desk.displaced():
        path.unlink()
    os.link(desk.file, kept / f"{watchlist_key(str(desk.file))}-{sha256(NEW)}.toml")
    desk.file.write_bytes(b"an editor, in place\n")
    assert desk.save(OLD).warnings == ()
    assert [path.read_bytes() for path in desk.displaced()] == [b"an editor, in place\n"]


def test_every_error_is_one_line_that_names_the_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOMEM, 9999):
        with monkeypatch.context() as patch:
            install(patch, FaultyOs(1, number, only=frozenset({"write"})))
            with pytest.raises(NotSaved) as caught:
                desk.save()
        text = str(caught.value)
        assert text.startswith(f"{desk.file}: not saved, ")
        assert "\n" not in text
        assert isinstance(caught.value, ReadOnly) == (number in (errno.EROFS, errno.EACCES, errno.EPERM))
        assert isinstance(caught.value, StorageError)


def test_a_missing_directory_is_named_as_the_trouble(tmp_path: Path) -> None:
    with pytest.raises(NotSaved, match="its directory does not exist"):
        save(str(tmp_path / "no" / "w.toml"), NEW, base=None, lock_dir=str(tmp_path / "l"), keep_dir=str(tmp_path / "k"))
