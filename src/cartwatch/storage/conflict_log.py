"""Conflict log: both values of every conflict, whatever is chosen in the end."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC
from typing import TYPE_CHECKING, Any

from cartwatch.domain.dates.moments import in_zone

from .errors import NotSaved, words
from .writing import own_directory, replace, sync_file, write_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .places import Places

__all__ = ["conflict_log_path", "log_conflicts_at"]

_SIZE = 1_000_000  # bytes; then the log becomes the older half, and the previous older half is deleted


def conflict_log_path(places: Places) -> str:
    """Return the path of the conflict log of a watchlist."""
    return os.path.join(places.state_dir, "conflicts", f"{places.key}.toml")


def log_conflicts_at(path: str, at: datetime, items: Sequence[tuple[str, str, Any, Any, Any]]) -> None:
    """Append conflicts: program, path, and the values before, ours and theirs. Raises NotSaved."""
    text = "".join(_block(at, *each) for each in items).encode("utf-8", "replace")
    try:
        own_directory(os.path.dirname(path))
        with contextlib.suppress(FileNotFoundError):
            if os.stat(path).st_size + len(text) > _SIZE:
                replace(path, f"{path.removesuffix('.toml')}-older.toml")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        fd = os.open(path, flags, 0o600)
        try:
            write_all(fd, text)
            sync_file(fd)
        finally:
            os.close(fd)
    except OSError as error:
        raise NotSaved(f"{path}: the conflict is not in the log, {words(error)}", error.errno or 0) from error


def _block(at: datetime, program: str, path: str, base: Any, ours: Any, theirs: Any) -> str:
    import tomli_w

    sides = {"before": base, "ours": ours, "theirs": theirs}
    table = {"at": in_zone(at, UTC), "program": program, "path": path}
    held = {name: value for name, value in sides.items() if value is not None}
    try:
        text = tomli_w.dumps({"conflict": [{**table, **held}]})
    except (TypeError, ValueError):  # a value that TOML cannot hold
        text = tomli_w.dumps({"conflict": [{**table, **{name: str(value) for name, value in held.items()}}]})
    return f"{text}\n"
