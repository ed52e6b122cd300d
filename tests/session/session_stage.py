"""A list of two programs on disk, and a session on it: what the tests of sessions begin with."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cartwatch.session.session import Session
from cartwatch.storage.places import places

TODAY = date(2026, 11, 22)
TEXT = """\
# my list
[[program]]
id = "a"
name = "A"   # mine
phase = "Phase 1"

# about B
[[program]]
id = "b"
name = "B"
phase = "Phase 2"
"""


def written(folder: Path) -> Path:
    """The list, in a folder."""
    path = folder / "list.toml"
    path.write_text(TEXT)
    return path


def opened(path: Path) -> Session:
    """A session on a list, whose home is beside it."""
    session = Session(str(path), TODAY, places(str(path), {"HOME": str(path.parent / "home")}))
    session.open()
    return session
