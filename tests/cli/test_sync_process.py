"""`cartwatch sync` as a process: an interrupt ends it at once, and only what asks the registry loads an HTTP client."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playing_registry import PlayingRegistry, Reply, study

TEXT = '[[program]]\nid = "a"\nname = "Alpha"\n\n[[program.trial]]\nnct = "NCT00000001"\nfetched = 2026-01-01T00:00:00Z\n'
PROBE = """
import sys
from cartwatch.__main__ import main
status = main(sys.argv[1:])
print(sorted(set(sys.modules) & {"httpx", "asyncio", "textual"}), status, file=sys.stderr)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "w.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("client", ["httpx", "urllib"])
@pytest.mark.slow
def test_an_interrupt_is_130_and_changes_nothing(path: Path, client: str) -> None:
    release = threading.Event()
    with PlayingRegistry(always=lambda _: Reply(200, b"{}", promised=10_000, drip=release)) as playing:
        env = {**os.environ, "CARTWATCH_REGISTRY": playing.base, "CARTWATCH_REGISTRY_CLIENT": client}
        process = subprocess.Popen(
            [sys.executable, "-m", "cartwatch", "sync", "-f", str(path)],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler) and None,
        )
        assert playing.asked.wait(20)
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=20)
        finally:
            release.set()
            process.kill()
    assert (process.returncode, out, err) == (130, "", "")
    assert path.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize(
    ("argv", "loaded"),
    [
        (["list"], []),
        (["show", "a", "--pane", "trials"], []),
        (["changes"], []),
        (["check"], []),
        (["import", "theirs.toml"], []),
        (["sync"], ["asyncio", "httpx"]),
    ],
)
def test_only_what_asks_the_registry_loads_an_http_client(path: Path, argv: list[str], loaded: list[str]) -> None:
    (path.parent / "theirs.toml").write_text('[[program]]\nname = "Theirs"\n', encoding="utf-8")
    with PlayingRegistry(studies={"NCT00000001": study("NCT00000001")}) as playing:
        done = subprocess.run(
            [sys.executable, "-c", PROBE, *argv, "-f", str(path)],
            env={**os.environ, "CARTWATCH_REGISTRY": playing.base},
            cwd=path.parent,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    assert done.stderr.splitlines()[-1] == f"{loaded} 0"


@pytest.mark.slow
def test_the_app_stands_before_anything_of_the_registry_is_loaded() -> None:
    names = (
        "httpx",
        "cartwatch.sources.registry",
        "cartwatch.formats",
        "cartwatch.storage.sightings",
        "cartwatch.views.journaled",
    )
    code = f"import sys, cartwatch.app.start; print([each for each in sys.modules if each.startswith({names!r})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
