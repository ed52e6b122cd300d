"""What a power cut at any instant can leave: an enumeration over the calls that a real save makes.

The model (reading/reliability.md §2.2): changes of names reach the disk in the order they were made, forced only by the fsync
of a directory; bytes that were not synced may be missing, half there, or NUL.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from desk import NEW, OLD, Desk
from faulty_os import MODULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Names = dict[str, int]


@dataclass
class Recorder:
    """Stands in for `os` and writes down what changes names, bytes, or what is certain."""

    events: list[tuple[Any, ...]] = field(default_factory=list)
    files: dict[int, str | int] = field(default_factory=dict)
    omit: frozenset[str] = frozenset()

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def open(self, path: str, flags: int, mode: int = 0o777) -> int:
        fresh = not os.path.lexists(path)
        fd = os.open(path, flags, mode)
        inode = os.fstat(fd).st_ino
        self.files[fd] = path if os.path.isdir(path) else inode
        if fresh:
            self.events.append(("create", path, inode))
        if flags & os.O_TRUNC:
            self.events.append(("truncate", inode))
        return fd

    def write(self, fd: int, data: bytes) -> int:
        self.events.append(("write", self.files[fd], bytes(data)))
        return os.write(fd, data)

    def fsync(self, fd: int) -> None:
        what = self.files[fd]
        if not self.omit & {"directory" if isinstance(what, str) else "file"}:
            self.events.append(("sync", what))
        os.fsync(fd)

    def replace(self, source: str, target: str) -> None:
        self.events.append(("replace", source, target))
        os.replace(source, target)

    def link(self, source: str, target: str) -> None:
        os.link(source, target)
        self.events.append(("link", source, target))

    def unlink(self, path: str) -> None:
        os.unlink(path)
        self.events.append(("unlink", path))


def _names(start: Names, operations: list[tuple[Any, ...]]) -> Names:
    names = dict(start)
    for operation in operations:
        match operation:
            case "create", path, inode:
                names[path] = inode
            case "link", source, target:
                names[target] = names[source]
            case "replace", source, target:
                names[target] = names.pop(source)
            case "unlink", path:
                del names[path]
    return names


def _contents(start: bytes | None, inode: int, events: list[tuple[Any, ...]]) -> set[bytes]:
    """What an inode may hold: what was synced last, or anything between that and what was written since."""
    synced = now = start or b""
    for event in events:
        match event:
            case "truncate", of if of == inode:
                now = b""
            case "write", of, data if of == inode:
                now += data
            case "sync", of if of == inode:
                synced = now
    if synced == now:
        return {now}
    return {synced, b"", now[: len(now) // 2], b"\0" * len(now), now}


def _after_a_cut(path: str, start: Names, old: bytes | None, events: list[tuple[Any, ...]]) -> Iterator[bytes | None]:
    """Every content that `path` may have if the power goes after these events; None where there is no such file."""
    changes = [place for place, event in enumerate(events) if event[0] in ("create", "link", "replace", "unlink")]
    directory = os.path.dirname(path)
    forced_until = max((place for place, event in enumerate(events) if event == ("sync", directory)), default=-1)
    forced = sum(place < forced_until for place in changes)
    for length in range(forced, len(changes) + 1):
        names = _names(start, [events[place] for place in changes[:length]])
        if path not in names:
            yield None
            continue
        inode = names[path]
        yield from _contents(old if inode == start.get(path) else None, inode, events)


def _possible(desk: Desk, recorder: Recorder, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """The contents possible at any instant, and those possible once the save has returned."""
    path = str(desk.file)
    existing = [file for file in (*desk.folder.iterdir(), *desk.state.rglob("*")) if file.is_file()]
    start: Names = {str(file): file.stat().st_ino for file in existing}
    old = desk.file.read_bytes() if desk.file.exists() else None
    with monkeypatch.context() as patch:
        for module in MODULES:
            patch.setattr(module, "os", recorder)
        act()
    events = recorder.events
    during = {found for count in range(len(events) + 1) for found in _after_a_cut(path, start, old, events[:count])}
    return during, set(_after_a_cut(path, start, old, events))


def test_a_save_leaves_the_old_or_the_new(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    during, after = _possible(desk, Recorder(), desk.save, monkeypatch)
    assert during == {OLD, NEW}
    assert after == {NEW}


def test_so_does_the_second_save(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.save(b"first = 1\n")
    during, after = _possible(desk, Recorder(), desk.save, monkeypatch)
    assert during == {b"first = 1\n", NEW}
    assert after == {NEW}


def test_a_first_save_leaves_nothing_or_the_new(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.file.unlink()
    during, after = _possible(desk, Recorder(), lambda: desk.save(NEW, base=None), monkeypatch)
    assert during == {None, NEW}
    assert after == {NEW}


@pytest.mark.parametrize(
    ("omit", "torn", "certain"),
    [("file", True, False), ("directory", False, False)],
    ids=["no fsync of the file", "no fsync of the directory"],
)
def test_the_enumeration_would_notice_a_sync_left_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, omit: str, torn: bool, certain: bool
) -> None:
    during, after = _possible(desk, Recorder(omit=frozenset({omit})), desk.save, monkeypatch)
    assert (during > {OLD, NEW}) == torn
    assert (after == {NEW}) == certain


def test_the_enumeration_would_notice_a_write_in_place(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()

    def naive() -> None:
        fd = recorder.open(str(desk.file), os.O_WRONLY | os.O_TRUNC)
        recorder.write(fd, NEW)
        recorder.fsync(fd)
        os.close(fd)

    during, after = _possible(desk, recorder, naive, monkeypatch)
    assert b"" in during
    assert NEW[: len(NEW) // 2] in during
    assert after == {NEW}
