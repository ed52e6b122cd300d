"""Commands that show a watchlist answer the same from its kept values as from its text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from cartwatch.cli.listing import Listing, kept_listing
from cartwatch.session.session import Session
from cartwatch.storage.places import places

SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"
TODAY = "2026-11-22"
HOSTILE = """
[[program]]
name = "[CD19] [/b] \\u001b[31m \\u202e"
phase = 7
unknown = "kept"
[[program.catalyst]]
event = "細胞"
when = "next quarter"
[[program.catalyst]]
when = 2026-11-23T09:00:00-05:00
"""
COMMANDS = [
    ["next"],
    ["next", "-n", "3", "--json"],
    ["next", "--short"],
    ["next", "--due", "--within", "1y"],
    ["list"],
    ["list", "--columns", "all", "--sort", "-countdown"],
    ["list", "--json"],
    ["list", "--group", "phase", "--plain"],
    ["list", "target:CD19"],
    ["show", "{first}"],
    ["show", "{first}", "--json"],
    ["show", "nobody of this name"],
    ["timeline"],
    ["slips"],
]


@pytest.fixture(params=["sample", "hostile", "empty"])
def watchlist(request, tmp_path) -> Path:
    path = tmp_path / "w.toml"
    texts = {"sample": SAMPLE.read_text(encoding="utf-8"), "hostile": HOSTILE, "empty": ""}
    path.write_text(texts[request.param], encoding="utf-8")
    return path


def keep(path: Path, monkeypatch: pytest.MonkeyPatch, run) -> None:
    """Keep the list as the process does that has printed it."""
    from cartwatch.cli import context

    made: list[Listing] = []
    listing_of = context.listing_of
    with monkeypatch.context() as patch:
        patch.setattr(context, "listing_of", lambda *given: made.append(listing_of(*given)) or made[-1])
        run("next", "-f", str(path), "--today", TODAY)
    assert made[0].later is not None
    made[0].later()


def lists(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "XDG_CACHE_HOME" / "cartwatch" / "lists").glob("*.list"))


def command(argv: list[str], path: Path) -> list[str]:
    first = "CD19" if "CD19" in path.read_text(encoding="utf-8")[:40] else "lasme-cel"
    return [*(each.format(first=first) for each in argv), "-f", str(path), "--today", TODAY]


@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_the_answer_is_that_of_the_text(run, watchlist, tmp_path, monkeypatch, argv):
    monkeypatch.setenv("COLUMNS", "120")
    right = run(*command(argv, watchlist))
    keep(watchlist, monkeypatch, run)
    assert lists(tmp_path)
    monkeypatch.setattr(Session, "open", lambda self: pytest.fail("the text was read"))
    assert run(*command(argv, watchlist)) == right


@pytest.mark.parametrize("argv", [["next"], ["list"], ["show", "lasme-cel"]], ids=" ".join)
def test_damage_found_half_way_reads_the_text(run, tmp_path, monkeypatch, argv):
    path = tmp_path / "w.toml"
    path.write_bytes(SAMPLE.read_bytes())
    right = run(*command(argv, path))
    keep(path, monkeypatch, run)
    (kept,) = lists(tmp_path)
    top, _, rest = kept.read_bytes().partition(b"\n")
    index = json.loads(top[24:])["index"]
    kept.write_bytes(top + b"\n" + rest[:index] + rest[index:].replace(b"e", b"a"))
    assert kept_listing(places(str(path), os.environ), date.fromisoformat(TODAY)) is not None  # it is whole at first sight
    assert run(*command(argv, path)) == right


def test_an_edit_shows_at_once(run, tmp_path, monkeypatch):
    path = tmp_path / "w.toml"
    path.write_bytes(SAMPLE.read_bytes())
    keep(path, monkeypatch, run)
    assert run("set", "lasme-cel", "sponsor=Somebody else", "-f", str(path)).status == 0
    assert "Somebody else" in run("show", "lasme-cel", "-f", str(path), "--today", TODAY).out


def test_the_list_as_of_an_earlier_day_is_not_taken_from_it(run, tmp_path, monkeypatch):
    path = tmp_path / "w.toml"
    path.write_bytes(SAMPLE.read_bytes())
    asked = ["list", "-f", str(path), "--as-of", "2026-10-01"]
    right = run(*asked)
    keep(path, monkeypatch, run)
    assert run(*asked) == right


def test_without_a_home_and_a_place_for_a_cache_the_text_is_read(run, tmp_path, monkeypatch):
    path = tmp_path / "w.toml"
    path.write_bytes(SAMPLE.read_bytes())
    right = run("next", "-f", str(path), "--today", TODAY)
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr("cartwatch.storage.places._home", lambda env: None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    (tmp_path / f"cartwatch-{os.getuid()}").write_text("taken")
    assert run("next", "-f", str(path), "--today", TODAY) == right


@pytest.mark.slow
def test_a_process_keeps_the_list_when_its_output_is_out(script, tmp_path):
    path = tmp_path / "w.toml"
    path.write_bytes(SAMPLE.read_bytes())
    os.utime(path, (1_700_000_000, 1_700_000_000))
    done = subprocess.run([*script, "next", "-f", str(path)], capture_output=True, timeout=60, check=True)
    until = time.monotonic() + 30
    while not lists(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    assert lists(tmp_path)
    again = subprocess.run([*script, "next", "-f", str(path)], capture_output=True, timeout=60, check=True)
    assert again.stdout == done.stdout


@pytest.mark.parametrize("argv", [["next"], ["list"], ["show", "lasme-cel"]], ids=" ".join)
def test_a_kept_list_is_shown_without_the_parsers(run, tmp_path, monkeypatch, argv):
    path = tmp_path / "w.toml"
    path.write_bytes(SAMPLE.read_bytes())
    os.utime(path, (1_700_000_000, 1_700_000_000))
    keep(path, monkeypatch, run)
    code = "import sys; from cartwatch.__main__ import main; main(sys.argv[1:]); print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code, *argv, "-f", str(path), "--today", TODAY],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = done.stderr.splitlines()[-1]
    for each in (
        "tomli",
        "tree_sitter",
        "cartwatch.document.reader",
        "cartwatch.document.document",
        "cartwatch.session.session",
    ):
        assert f"'{each}'" not in loaded
