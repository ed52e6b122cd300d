"""A watchlist on a disk of its own, with the directories that a save needs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cartwatch.storage.reading import FileState, read_file
from cartwatch.storage.save import Saved, save

OLD = b'# mine\nschema = 1\n\n[[program]]\nname = "old"\n' + b"# padding\n" * 400
NEW = OLD.replace(b'"old"', b'"new"') + b"# one line more\n"


@dataclass
class Desk:
    folder: Path
    state: Path

    @classmethod
    def at(cls, folder: Path) -> Desk:
        (folder / "home").mkdir(parents=True)
        desk = cls(folder / "home", folder / "state")
        desk.file.write_bytes(OLD)
        return desk

    @property
    def file(self) -> Path:
        return self.folder / "watchlist.toml"

    def read(self) -> FileState:
        return read_file(str(self.file))

    def save(self, data: bytes = NEW, *, base: str | None = "read", path: Path | None = None, **more: Any) -> Saved:
        path = path or self.file
        if base == "read":  # as a session does: it gives what it read along
            found = read_file(str(path))
            base = found.sha256
            more.setdefault("known", [found])
        return save(str(path), data, base=base, lock_dir=str(self.state / "locks"), keep_dir=str(self.state / "kept"), **more)

    def displaced(self) -> list[Path]:
        """What a save keeps of the files that it displaced, without the copy of what it saved."""
        return [each for each in (self.state / "kept").iterdir() if not each.name.startswith("last-")]

    def litter(self) -> list[str]:
        """What a save left beside the watchlist, and temporary files anywhere."""
        beside = [name for name in os.listdir(self.folder) if name.startswith((".cartwatch", "cartwatch"))]
        return beside + [str(path) for path in self.state.rglob(".cartwatch-*")]
