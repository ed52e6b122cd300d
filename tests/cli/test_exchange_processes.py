"""What the commands of exchange import: the app never, the network only where an address is read."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = str(Path(__file__).parents[2] / "sample_watchlist.toml")
PROBE = """
import sys
from cartwatch.__main__ import main
status = main(sys.argv[1:])
print(sorted(set(sys.modules) & set({names!r})), status, file=sys.stderr)
"""


def probe(names: tuple[str, ...], *argv: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(names=names), *argv],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={"PATH": "", **environment} if environment else None,
    )
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "argv",
    [
        ["import", SAMPLE, "--dry-run", "-f", SAMPLE],
        *(["export", "--format", each, "-f", SAMPLE] for each in ("toml", "csv", "json", "ics", "md", "html")),
        ["diff", SAMPLE, SAMPLE],
        ["merge", SAMPLE, SAMPLE, SAMPLE],
        ["digest", "-f", SAMPLE],
    ],
)
def test_no_command_loads_the_app_or_the_network(argv):
    assert probe(("textual", "rich", "httpx", "asyncio"), *argv) == "[] 0"


@pytest.mark.parametrize("argv", [["diff", SAMPLE, SAMPLE], ["digest", "-f", SAMPLE], ["export", "-f", SAMPLE]])
def test_what_only_reads_needs_no_syntax_tree(argv):
    assert probe(("tree_sitter", "icalendar"), *argv) == "[] 0"


@contextmanager
def served(data: bytes, name: str) -> Iterator[str]:
    """The address of a server on this machine that answers once."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(data), data))

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/{name}"
        thread.join()


@pytest.mark.slow
def test_an_address_is_read_and_imported(tmp_path):
    data = b'[[program]]\nname = "A"\n'
    mine = tmp_path / "mine.toml"
    mine.write_bytes(b"")
    with served(data, "list.toml") as url:
        home = {"HOME": str(tmp_path), "CARTWATCH_TEST_LOOPBACK": "1"}
        assert probe(("textual",), "import", url, "-f", str(mine), **home) == "[] 0"
    assert mine.read_bytes() == data
    assert probe(("textual",), "import", url, "-f", str(mine), HOME=str(tmp_path)) == "[] 2"


@pytest.mark.slow
def test_the_page_of_a_release_is_read_and_its_address_kept(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_bytes(b'[[program]]\nid = "a"\nname = "Alpha-cel"\n')
    page = b"<html><h1>News of Acme</h1><p>March 17, 2026</p><p>Topline data of Alpha-cel are expected in Q4 2027.</p></html>"
    with served(page, "q4.html?x=1") as url:
        home = {"HOME": str(tmp_path), "CARTWATCH_TEST_LOOPBACK": "1"}
        assert probe(("textual", "pypdf"), "read", url, "--said", "2026-03-17", "--yes", "-f", str(mine), **home) == "[] 0"
    assert f'url = "{url}"' in mine.read_text()
    assert 'when = "Q4 2027"' in mine.read_text()
    assert probe(("textual",), "read", url, "-f", str(mine), HOME=str(tmp_path)) == "[] 2"
