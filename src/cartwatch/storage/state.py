"""Interface state between runs: sort, selection, the open pane, the last visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cartwatch.storage.errors import NotSaved, words
from cartwatch.storage.own_files import read_own
from cartwatch.storage.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["load_state", "save_state"]

_SIZE = 1_000_000  # bytes


def load_state(path: str) -> tuple[dict[str, Any], str | None]:
    """Load the state, empty if there is none. A damaged file is put aside as `….damaged`, with a note."""
    return read_own(path, _SIZE)


def save_state(path: str, state: Mapping[str, Any]) -> None:
    """Replace the state. Raises NotSaved, which should be shown once at most."""
    import tomli_w

    try:
        write_whole(path, tomli_w.dumps(state).encode("utf-8", "replace"))
    except OSError as error:
        raise NotSaved(f"{path}: not saved, {words(error)}", error.errno or 0) from error
    except (TypeError, ValueError) as error:  # a value kept from the old file that TOML can't hold
        raise NotSaved(f"{path}: not saved, {error}") from error
