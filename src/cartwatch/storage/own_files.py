"""Reads cartwatch's own files, a table for any damage, with a note; keeps the state of the app between runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cartwatch.storage.errors import NotSaved, StorageError, words
from cartwatch.storage.reading import FileState, read_file, stamp_of
from cartwatch.storage.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["SIZE", "load_state", "read_own", "save_state", "table_of_json", "table_of_toml"]

SIZE = 64_000_000  # bytes
_DEPTH = 256  # nesting of tables and lists: a record may have 200 levels, plus those around it
_ASIDE = 9  # damaged files kept for one name


def read_own(
    path: str,
    size: int = SIZE,
    *,
    aside: bool = True,
    check: Callable[[dict[str, Any]], bool] = lambda table: True,
    errors: str = "strict",
) -> tuple[dict[str, Any], str | None]:
    """Read the table in a file, JSON or TOML by its name; empty if there is none or it is unreadable, with a note.

    A file that is damaged, or fails `check`, is put `aside` as `….damaged`, so that the next save does not
    overwrite it. `errors` says how bytes in TOML that are not UTF-8 are handled.
    """
    try:
        found = read_file(path, size)
    except FileNotFoundError:
        return {}, None
    except StorageError as error:
        return {}, str(error)
    try:
        table = table_of_json(found.data) if path.endswith(".json") else table_of_toml(found.data, errors)
        if check(table):
            return table, None
        raise ValueError("not what cartwatch writes there")
    except ValueError as error:
        words = f"{path}: damaged ({error}), its content does not count"
    kept = _put_aside(path, found) if aside else None
    return {}, words if kept is None else f"{words}; kept as {os.path.basename(kept)}"


def table_of_toml(data: bytes, errors: str = "strict") -> dict[str, Any]:
    """Parse a TOML file; `errors` says how bytes that are not UTF-8 are handled.

    Raises ValueError in a few words if it is not TOML, or too deep or too large.
    """
    import tomli

    from cartwatch.document.text import USER, breach_in_bytes, breach_in_values

    if breach := breach_in_bytes(data, USER):
        raise ValueError(breach.message)
    try:
        table = tomli.loads(data.decode("utf-8-sig", errors))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8 text") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if breach := breach_in_values(table, data, USER):
        raise ValueError(breach.message)
    return table


def table_of_json(data: bytes) -> dict[str, Any]:
    """Parse a JSON file with an object. Raises ValueError in a few words if it is not one, or too deep."""
    import json

    try:
        found = json.loads(data.decode())  # given bytes, it would guess UTF-16
    except UnicodeDecodeError:
        raise ValueError("not UTF-8 text") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    if not isinstance(found, dict):
        raise ValueError("not an object")
    level: list[Any] = [found]
    for _ in range(_DEPTH):
        inner = (each.values() if isinstance(each, dict) else each for each in level)
        level = [each for values in inner for each in values if isinstance(each, dict | list)]
        if not level:
            return found
    raise ValueError("nested too deeply")


def _put_aside(path: str, found: FileState) -> str | None:
    """Rename a damaged file, unless another process has replaced it meanwhile; return the new name, or None."""
    names = (f"{path}.damaged", *(f"{path}.damaged-{number}" for number in range(2, _ASIDE + 1)))
    kept = next((each for each in names if not os.path.lexists(each)), names[-1])
    try:
        if stamp_of(os.stat(path)) != found.stamp:
            return None
        os.replace(path, kept)
    except OSError:
        return None
    return kept


_STATE = 1_000_000  # bytes of the state


def load_state(path: str) -> tuple[dict[str, Any], str | None]:
    """Load the state, empty if there is none. A damaged file is put aside as `….damaged`, with a note."""
    return read_own(path, _STATE)


def save_state(path: str, state: Mapping[str, Any]) -> None:
    """Replace the state. Raises NotSaved, which should be shown once at most."""
    import tomli_w

    try:
        write_whole(path, tomli_w.dumps(state).encode("utf-8", "replace"))
    except OSError as error:
        raise NotSaved(f"{path}: not saved, {words(error)}", error.errno or 0) from error
    except (TypeError, ValueError) as error:  # a value kept from the old file that TOML can't hold
        raise NotSaved(f"{path}: not saved, {error}") from error
