"""What the interface remembers between runs: sort, selection, the open pane, the last visit."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

from cartwatch.storage.errors import NotSaved, StorageError, words
from cartwatch.storage.reading import read_file
from cartwatch.storage.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["load_state", "save_state"]

_SIZE = 1_000_000  # bytes


def load_state(path: str) -> tuple[dict[str, Any], str | None]:
    """The state, empty where there is none. A damaged file is put aside as `….damaged` and a note says so."""
    import tomli

    try:
        data = read_file(path, _SIZE).data
    except FileNotFoundError:
        return {}, None
    except StorageError as error:
        return {}, str(error)
    try:
        return tomli.loads(data.decode()), None
    except ValueError:
        aside = f"{path}.damaged"
        with contextlib.suppress(OSError):
            os.replace(path, aside)
        return {}, f"{path}: damaged, starting with the defaults; what it held is in {aside}"


def save_state(path: str, state: Mapping[str, Any]) -> None:
    """Replace the state. Raises NotSaved, which nobody needs to be told more than once."""
    import tomli_w

    try:
        write_whole(path, tomli_w.dumps(state).encode("utf-8", "replace"))
    except OSError as error:
        raise NotSaved(f"{path}: not saved, {words(error)}", error.errno or 0) from error
