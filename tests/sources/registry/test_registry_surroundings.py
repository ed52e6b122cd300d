"""Proxies and certificates of the environment: honoured by every client, and told in a line where they are wrong."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playing_registry import Clock, study

from cartwatch.sources import http
from cartwatch.sources.registry.clinicaltrials import RUNGS, Access, RegistryError, refresh_now

ONE = "NCT00000001"


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    http.tls_context.cache_clear()
    yield
    http.tls_context.cache_clear()


def access(base: str, rung: str) -> Access:
    clock = Clock()
    return Access(base_url=base, rung=rung, pinned=True, clock=clock, sleep=clock.sleep, deadline=20, get_seconds=5)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    key, made = folder / "key.pem", folder / "made.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "30",
        "-keyout",
        str(key),
        "-out",
        str(made),
    ]
    subprocess.run([*command, *names], check=True, capture_output=True)
    return made, key


@pytest.fixture
def secure(certificate: tuple[Path, Path]) -> Iterator[str]:
    """A registry behind a certificate that only its own company knows."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            value = {"dataTimestamp": "x"} if self.path.endswith("/version") else {"studies": [study(ONE)]}
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that does not trust the certificate goes away in the middle

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_address[1]}/api/v2"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("rung", RUNGS)
def test_a_certificate_nobody_vouches_for_is_refused_with_what_to_do(secure: str, rung: str) -> None:
    with pytest.raises(RegistryError, match=r"certificate of localhost is not trusted: .* set SSL_CERT_FILE"):
        refresh_now([ONE], access=access(secure, rung))


@pytest.mark.parametrize("rung", RUNGS)
def test_a_companys_own_certificate_is_honoured(
    secure: str, certificate: tuple[Path, Path], rung: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    assert [each.nct for each in refresh_now([ONE], access=access(secure, rung)).trials] == [ONE]


@pytest.mark.parametrize("rung", RUNGS)
def test_a_file_of_certificates_that_is_not_there_is_one_line(rung: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/made.pem")
    with pytest.raises(RegistryError, match=r"SSL_CERT_FILE=/nowhere/made.pem can't be read") as error:
        refresh_now([ONE], access=access("https://registry.invalid/api/v2", rung))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("rung", RUNGS)
def test_the_proxy_of_the_environment_is_asked(rung: str, monkeypatch: pytest.MonkeyPatch) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    heard: list[bytes] = []

    def proxy() -> None:
        connection, _ = listening.accept()
        with connection:
            heard.append(connection.recv(4_096))
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    thread = threading.Thread(target=proxy, daemon=True)
    thread.start()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listening.getsockname()[1]}")
    with pytest.raises(RegistryError) as error:
        refresh_now([ONE], access=access("https://registry.invalid/api/v2", rung))
    thread.join(5)
    listening.close()
    assert heard[0].startswith(b"CONNECT registry.invalid:443 HTTP/1.")
    assert "\n" not in str(error.value)


def test_an_address_of_a_proxy_that_is_none_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://x")
    with pytest.raises(RegistryError, match="the proxy of the environment can't be used"):
        refresh_now([ONE], access=access("https://registry.invalid/api/v2", "httpx"))
