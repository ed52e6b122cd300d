"""Ways in which a file of cartwatch's own can be damaged, and a home in which every such file is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

LIST = """schema = 1

[[program]]
id = "one"
name = "one-cel"
notes = "mine"

[[program.trial]]
id = "NCT01234567"
fetched = 2026-11-20T10:00:00Z
"""
DEAD = 4_000_000  # no process has so high a number
MARK = "of mine"  # what must be found again, where a file was damaged that holds it

STATE = {
    "theme": "cartwatch-dark",
    "watchlist": {
        "KEY": {
            "sort": ["-phase"], "columns": ["mark", "program", "phase"], "pane": "safety", "visited": "2026-11-21T10:00:00Z",
            "program": "one", "query": "phase:1", "recent": ["a.toml"],
        }
    },
}  # fmt: skip
CONFIG = {
    "theme": "cartwatch-light",
    "keys": {"filter": ["f"]},
    "registry": {"url": "https://x.org", "client": "httpx", "seconds": 9},
}
DRAFT = {"at": "2026-11-22T10:00:00Z", "form": "edit one notes", "about": "one", "base": "0", "fields": {"notes": MARK}}
IMPORTS = {"one": {"record": {"name": "one-cel"}, "before": {"name": "one"}, "prior": {"record": {"name": "o"}}}}
RECORDS = {
    "base": "https://x.org", "rung": "httpx", "stamp": "2026-11-20", "covered": {"NCT01234567": "NCT01234567"},
    "records": {"NCT01234567": [{"protocolSection": {"identificationModule": {"nctId": "NCT01234567"}}}]},
}  # fmt: skip
CHANGE = {"at": "2026-11-20T10:00:00+00:00", "words": "status", "level": "notable", "rule": "r", "seen": "s"}
SIGHTINGS = {"NCT01234567": {"confirmed": "2026-11-20T10:00:00+00:00", "changes": [CHANGE]}}
CONFLICTS = {"conflict": [{"at": "2026-11-20T10:00:00Z", "program": "one", "path": "notes", "ours": "a", "theirs": "b"}]}


@dataclass(frozen=True)
class Kind:
    """A file: where it is under the state (or config, cache) directory, and what is in it when it is whole."""

    name: str
    path: str
    table: dict[str, Any]

    def whole(self, key: str) -> dict[str, Any]:
        text = json.dumps(self.table).replace('"KEY"', json.dumps(key))
        found: dict[str, Any] = json.loads(text)
        return found

    def encoded(self, table: Any) -> bytes:
        if self.path.endswith(".json"):
            return json.dumps(table).encode()
        return re.sub(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"', r"\1", tomli_w.dumps(table)).encode()


KINDS = (
    Kind("config", "config/cartwatch/config.toml", CONFIG),
    Kind("state", "state/cartwatch/state.toml", STATE),
    Kind("draft", f"state/cartwatch/drafts/KEY/{DEAD}.toml", DRAFT),
    Kind("imports", "state/cartwatch/imports/KEY.json", IMPORTS),
    Kind("records", "cache/cartwatch/registry.json", RECORDS),
    Kind("sightings", "state/cartwatch/registry/KEY.json", SIGHTINGS),
    Kind("conflicts", "state/cartwatch/conflicts/KEY.toml", CONFLICTS),
)
JOURNAL = "state/cartwatch/journal/KEY.toml"

WRONG: tuple[Any, ...] = ([], {}, "", True, -1, 10**17, 1.5, [[[]]], {"x": [{}]}, "1 of mine\n[/b]\x1b[31m")


def whole_file_damages(kind: Kind, key: str) -> Iterator[tuple[str, bytes]]:
    """What a file may hold that is not what was written, by a name each."""
    whole = kind.encoded(kind.whole(key))
    is_json = kind.path.endswith(".json")
    deep, dotted, huge = "[" * 5_000 + "]" * 5_000, ".".join(["a"] * 3_000), "9" * 5_000
    yield "deep", (f'{{"a": {deep}}}' if is_json else f"a = {deep}\n").encode()
    yield "deep-enough", (f'{{"a": {"[" * 400 + "]" * 400}}}' if is_json else f"a = {'[' * 400 + ']' * 400}\n").encode()
    yield "deep-tables", ('{"a": ' * 900 + "1" + "}" * 900 if is_json else f"[{'.'.join(['a'] * 900)}]\n").encode()
    yield "long-key", (f'{{"{dotted}": 1}}' if is_json else f"{dotted} = 1\n").encode()
    yield "huge-integer", (f'{{"a": {huge}}}' if is_json else f"a = {huge}\n").encode()
    yield "large-integer", (f'{{"a": {"9" * 40}}}' if is_json else f"a = {'9' * 40}\n").encode()
    yield "nul", whole[:20] + b"\0" + whole[20:]
    yield "zeros", b"\0" * 4_096
    yield "utf-16", whole.decode().encode("utf-16")
    yield "latin-1", whole + "# Ü\n".encode("latin-1")
    yield "binary", bytes(range(256)) * 8
    yield "gzip", b"\x1f\x8b\x08" + bytes(60)
    yield "html", b"<!doctype html><title>502</title>"
    yield "empty", b""
    yield "number", b"1"
    yield "list", b"[1, 2]"
    yield "nan", b'{"a": NaN, "b": 1e999}' if is_json else b"a = nan\nb = inf\n"
    yield "surrogate", b'{"a": "\\ud800"}' if is_json else b'a = "\\ud800"\n'
    yield "first-day", whole.replace(b"2026-11-2", b"0001-01-0").replace(b"Z", b"+14:00")
    yield "last-day", whole.replace(b"2026-11-2", b"9999-12-3").replace(b"Z", b"-12:00")
    for at in range(1, len(whole), max(1, len(whole) // 6)):
        yield f"cut-{at}", whole[:at]


def wrong_values(kind: Kind, key: str) -> Iterator[tuple[str, bytes]]:
    """The file with each of its values, at any depth, replaced by one of another kind."""
    whole = kind.whole(key)
    for number, path in enumerate(_paths(whole)):
        for step in range(2):  # two kinds for each place: all kinds come up, and the trial stays short
            value = WRONG[(3 * number + step) % len(WRONG)]
            yield f"{'.'.join(map(str, path))}={type(value).__name__}-{step}", kind.encoded(_with(whole, path, value))


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*above, key)
        yield from _paths(each, (*above, key))


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(copy[path[0]], path[1:], new)
    return copy


def trials(key: str) -> list[tuple[Kind, str, bytes]]:
    """Every damage of every file."""
    return [
        (kind, name, data)
        for kind in KINDS
        for name, data in (*whole_file_damages(kind, key), *wrong_values(kind, key))
        if kind.name != "conflicts" or "=" not in name  # nothing reads it: only what it is counts
    ]


def furnish(root: Path, key: str) -> None:
    """Write every file, whole."""
    for kind in KINDS:
        path = root / kind.path.replace("KEY", key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(kind.encoded(kind.whole(key)))
