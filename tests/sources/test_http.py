"""A file behind an address: what is refused, and what no server can make of it, against a server on this machine."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from cartwatch.proposals.incoming import Refused
from cartwatch.sources.http import fetch, looks_like_url

LIST = b'[[program]]\nname = "A"\n'
Serve = Callable[[Callable[[socket.socket, str], None]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that lets a function answer each connection, given what was asked; gives its address."""
    listeners: list[socket.socket] = []

    def start(answer: Callable[[socket.socket, str], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def work() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    asked = b""
                    while b"\r\n\r\n" not in asked and (part := connection.recv(65536)):
                        asked += part
                    with suppress(OSError):  # the client may have gone
                        answer(connection, asked.decode())

        threading.Thread(target=work, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for each in listeners:
        each.close()


def reply(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def always(data: bytes) -> Callable[[socket.socket, str], None]:
    return lambda connection, asked: connection.sendall(data)


def refusal(url: str, **given: object) -> Refused:
    with pytest.raises(Refused) as caught:
        fetch(url, **{"loopback": True, **given})  # type: ignore[arg-type]  # options by name
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a.toml",
        "file:///etc/passwd",
        "ftp://example.org/a",
        "javascript://x",
        "https://",
        "https://user:word@example.org/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://127.0.0.1/a",
        "https://localhost/a",
        "https://0x7f000001/a",
        "https://2130706433/a",
        "https://[::1]/a",
        "https://0177.0.0.1/a",
        "https://127.1/a",
        "https://[::ffff:127.0.0.1]/a",
        "https://[::ffff:7f00:1]/a",
        "https://[::10.0.0.1]/a",
        "https://[64:ff9b::a00:1]/a",
        "https://[64:ff9b:1::a00:1]/a",
        "https://[2002:7f00:1::]/a",
        "https://[fd00::1]/a",
        "https://[fec0::1]/a",
        "https://[ff02::1]/a",
        "https://[::]/a",
        "https://192.0.0.8/a",
        "https://100.64.0.1/a",
        "https://10.0.0.1/a",
        "https://192.168.1.1/a",
        "https://169.254.169.254/latest/meta-data",
        "https://[fe80::1]/a",
        "https://0.0.0.0/a",
        "https://224.0.0.1/a",
    ],
)
def test_addresses_that_are_not_public_https_are_refused_before_anything_is_sent(url: str) -> None:
    assert refusal(url, loopback=False, seconds=3).status == 2


@pytest.mark.parametrize("private", ["10.1.2.3", "127.0.0.1", "::1", "fe80::1%eth0", "fd00::1"])
def test_a_name_that_leads_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, private: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("93.184.216.34", private)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    bare = private.partition("%")[0]
    assert f"example.org is at {bare}, an address of a private network" in str(refusal("https://example.org/", loopback=False))


@pytest.mark.parametrize("public", ["93.184.216.34", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d822"])
def test_a_public_address_is_asked(monkeypatch: pytest.MonkeyPatch, public: str) -> None:
    """The very one that was looked at: the name is not looked up again."""
    asked: list[tuple[object, ...]] = []
    found = [(socket.AF_INET6 if ":" in public else socket.AF_INET, socket.SOCK_STREAM, 6, "", (public, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    def connect(_: socket.socket, address: tuple[object, ...]) -> None:
        asked.append(address)
        raise OSError("no network in a test")

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert "no connection: no network in a test" in str(refusal("https://example.org/", loopback=False))
    assert [each[:2] for each in asked] == [(public, 443)]


def test_a_file_comes_whole_packed_or_in_chunks(serve: Serve) -> None:
    assert fetch(serve(always(reply(LIST))), loopback=True).data == LIST
    packed = reply(gzip.compress(LIST), "200 OK", "Content-Encoding: gzip")
    assert fetch(serve(always(packed)), loopback=True).data == LIST
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(LIST), LIST)
    assert fetch(serve(always(chunked)), loopback=True).data == LIST


def test_redirects_are_followed_and_checked_each_time(serve: Serve) -> None:
    def twice(connection: socket.socket, asked: str) -> None:
        here = asked.split(" ")[1]
        connection.sendall(reply(LIST) if here == "/b?c=1" else reply(b"", "302 Found", "Location: /b?c=1"))

    url = serve(twice)
    assert fetch(url + "/a", loopback=True).url == url + "/b?c=1"
    for target, words in (
        ("file:///etc/passwd", "only https"),
        ("http://10.0.0.1/", "private network"),
        ("https://192.168.0.1/", "private network"),
        ("https://0xa000001/", "private network"),
        ("//[fd00::1]/a", "private network"),
    ):
        elsewhere = serve(always(reply(b"", "302 Found", f"Location: {target}")))
        assert words in str(refusal(elsewhere))
    assert "keeps redirecting" in str(refusal(serve(always(reply(b"", "301 Moved", "Location: /again")))))


@pytest.mark.parametrize(
    ("data", "words", "status"),
    [
        (reply(b"no", "404 Not Found"), "the server answers 404 Not Found", 3),
        (reply(b"x" * 100)[:-50], "no whole answer: peer closed connection", 3),
        (b"not http at all\r\n\r\n", "no whole answer", 3),
        (b"", "no whole answer", 3),
        (reply(b"x" * 5_000_001), "larger than", 2),
        (reply(gzip.compress(b"\0" * 50_000_000), "200 OK", "Content-Encoding: gzip"), "too large", 2),
        (reply(gzip.compress(gzip.compress(LIST)), "200 OK", "Content-Encoding: gzip, gzip"), "not asked for", 2),
        (reply(b"junk", "200 OK", "Content-Encoding: gzip"), "damaged", 2),
        (b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 60_000 + b"\r\n", "no whole answer: Receive buffer", 3),
    ],
)
def test_answers_that_are_no_file(serve: Serve, data: bytes, words: str, status: int) -> None:
    wrong = refusal(serve(always(data)))
    assert words in str(wrong)
    assert wrong.status == status


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_slow_drip_ends_at_the_deadline(serve: Serve, start: bytes) -> None:
    def drip(connection: socket.socket, asked: str) -> None:
        connection.sendall(start)
        for _ in range(100):
            connection.sendall(b"a")
            time.sleep(0.05)

    wrong = refusal(serve(drip), seconds=0.3)
    assert "within" in str(wrong)
    assert wrong.status == 3


def test_nobody_at_home_is_a_failure_of_the_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{port}/").status == 3


@pytest.mark.parametrize(
    ("source", "is_url"), [("https://x", True), ("file:///x", True), ("a/b://c", False), ("x.toml", False)]
)
def test_what_is_an_address(source: str, is_url: bool) -> None:
    assert looks_like_url(source) is is_url
