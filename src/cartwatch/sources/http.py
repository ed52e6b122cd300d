"""A file behind an https address: one connection to an address that has been checked, with bounds on time and bytes."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from cartwatch import __version__
from cartwatch.proposals.incoming import Refused

from .registry.answer import AnswerError, inflate
from .registry.transport import tls_context

__all__ = ["Fetched", "fetch", "looks_like_url"]

REDIRECTS: Final = 5
SECONDS: Final = 20.0  # for everything: names, connections, redirects, bytes
RAW_LIMIT: Final = 5_000_000  # bytes on the wire
BODY_LIMIT: Final = 5_000_000  # bytes unpacked
_CHUNK: Final = 65_536
_NETWORK = 3  # exit status
# The public addresses of IPv6 (RFC 4291); 2002::/16 and 64:ff9b::/96 hold one of IPv4.
_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052
_ASSIGNED: Final = IPv4Network("192.0.0.0/24")  # RFC 6890: of protocols, no host of theirs has a file
_KEPT = "/%:?@!$&'()*+,;=~-._"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes that an address gave, and the address itself after redirects."""

    data: bytes
    url: str


def looks_like_url(source: str) -> bool:
    """Whether a source names a scheme, so that it is no file."""
    scheme, mark, _ = source.partition("://")
    return bool(mark) and scheme.isascii() and scheme.replace("+", "").isalnum()


def fetch(url: str, *, seconds: float = SECONDS, loopback: bool = False) -> Fetched:
    """Fetch a file over https; redirects are followed by hand, five at most, each to an https address that is checked again.

    Private, loopback and link-local addresses are refused, whatever name they go by, and the connection goes to the very
    address that was checked. Proxies of the environment are not used. `loopback`, for tests, lets http to this machine in.
    Raises Refused, with status 3 for a failure of the network.
    """
    deadline = _Deadline(seconds)
    try:
        here = url
        for _ in range(REDIRECTS + 1):
            response, connection = _answer(url, here, deadline, loopback)
            with connection, response:
                if response.status in (301, 302, 303, 307, 308):
                    here = urljoin(here, response.headers.get("location", ""))
                    continue
                return Fetched(_body(url, response, deadline), here)
        raise Refused(url, f"keeps redirecting ({REDIRECTS} times): give the address of the file itself")
    except (OSError, ValueError, http.client.HTTPException) as wrong:
        if deadline.passed:
            raise Refused(
                url, f"no whole answer within {seconds:.0f} seconds: download it, and import the file", status=_NETWORK
            ) from None
        raise Refused(url, _failure(wrong), status=_NETWORK) from None
    finally:
        deadline.over()


class _Deadline:
    """Ends whatever connection is open when the time is up, however slowly its bytes drip."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._open: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._ends

    @property
    def left(self) -> float:
        return max(0.01, self._ends - time.monotonic())

    def watch(self, connection: socket.socket) -> None:
        self._open = connection
        if self.passed:
            self._end()

    def _end(self) -> None:
        if self._open is not None:
            with suppress(OSError):
                self._open.shutdown(socket.SHUT_RDWR)

    def over(self) -> None:
        self._timer.cancel()


def _answer(asked: str, here: str, deadline: _Deadline, loopback: bool) -> tuple[http.client.HTTPResponse, socket.socket]:
    """The head of the answer of one address, and the connection that the rest comes over."""
    parts, port = _checked(asked, here, loopback)
    host = parts.hostname or ""
    connection = _connected(asked, host, port, deadline, loopback)
    try:
        deadline.watch(connection)
        if parts.scheme == "https":
            connection = tls_context(post_handshake_auth=True).wrap_socket(connection, server_hostname=host)
            deadline.watch(connection)
        target = quote(parts.path or "/", safe=_KEPT) + (f"?{quote(parts.query, safe=_KEPT)}" if parts.query else "")
        named = f"[{host}]" if ":" in host else host.encode("idna").decode()
        lines = (
            f"GET {target} HTTP/1.1",
            f"Host: {named}" + ("" if port in (80, 443) else f":{port}"),
            f"User-Agent: cartwatch/{__version__}",
            "Accept: */*",
            "Accept-Encoding: gzip",
            "Connection: close",
        )
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))
        response = http.client.HTTPResponse(connection, method="GET")
        try:
            response.begin()
        except BaseException:
            response.close()
            raise
    except BaseException:
        connection.close()
        raise
    return response, connection


def _checked(asked: str, here: str, loopback: bool) -> tuple[SplitResult, int]:
    """The parts of an address that may be asked. Raises Refused."""
    try:
        parts = urlsplit(here)
        port = parts.port
    except ValueError:
        raise Refused(asked, "no web address: write https://HOST/PATH") from None
    where = "" if here == asked else f"redirects to {here[:100]}: "
    plain = loopback and parts.scheme == "http"
    if parts.scheme == "file" and here == asked:
        raise Refused(asked, "only https addresses are read: give the path of the file without file://")
    if parts.scheme != "https" and not plain:
        raise Refused(asked, f"{where}only https addresses are read: download it, and import the file")
    if not parts.hostname or parts.username is not None or any(each.isspace() or not each.isprintable() for each in here):
        raise Refused(asked, f"{where}no web address: write https://HOST/PATH")
    return parts, port or (443 if parts.scheme == "https" else 80)


def _connected(asked: str, host: str, port: int, deadline: _Deadline, loopback: bool) -> socket.socket:
    """A connection to the first address of a host that answers; every address must be public."""
    found = _resolved(host, port, deadline)
    for *_, address in found:
        name = str(address[0]).partition("%")[0]
        if not _public(name) and not (loopback and ip_address(name).is_loopback):
            at = "" if name == host else f"at {name}, "
            raise Refused(asked, f"{host} is {at}an address of a private network: download it, and import the file")
    failure: OSError = OSError("no address")
    for family, kind, protocol, _, address in found:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(deadline.left)
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def _public(name: str) -> bool:
    """Whether an address is one of the public network, and so is the one of IPv4 that it holds, if it holds one."""
    address = ip_address(name)
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in _ASSIGNED
    if address in _NAT64:
        return _public(str(IPv4Address(int(address) & 0xFFFF_FFFF)))
    if address.sixtofour is not None and not _public(str(address.sixtofour)):
        return False
    return address.is_global and address in _UNICAST


def _resolved(host: str, port: int, deadline: _Deadline) -> list[tuple[int, int, int, str, tuple[str | int, ...]]]:
    """The addresses of a host; the system's own resolver has no timeout, so it is waited for in a thread."""
    answer: list[object] = []

    def ask() -> None:
        try:
            answer.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answer.append(error)

    thread = threading.Thread(target=ask, name="cartwatch-resolve", daemon=True)
    thread.start()
    thread.join(deadline.left)
    if not answer:
        raise TimeoutError(f"the name {host} could not be resolved in time")
    found = answer[0]
    if isinstance(found, Exception):
        raise OSError(f"the name {host} could not be resolved") from found
    assert isinstance(found, list)
    return found


def _body(url: str, response: http.client.HTTPResponse, deadline: _Deadline) -> bytes:
    if response.status != 200:
        status = f"{response.status} {response.reason or ''}".strip()
        raise Refused(url, f"the server answers {status}: check the address", status=_NETWORK)
    raw = bytearray()
    while chunk := response.read1(_CHUNK):
        raw += chunk
        if len(raw) > RAW_LIMIT:
            raise Refused(url, f"larger than {RAW_LIMIT:,} bytes; that is not a watchlist")
    if deadline.passed:
        raise TimeoutError
    promised = response.headers.get("content-length", "")
    if promised.isascii() and promised.isdigit() and len(raw) < int(promised):
        raise ValueError("the answer was cut short")
    try:
        return inflate(bytes(raw), response.headers.get("content-encoding", ""), BODY_LIMIT)
    except AnswerError as wrong:
        raise Refused(url, f"the answer is {wrong}") from None


def _failure(error: BaseException) -> str:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return "the certificate is not trusted: on a network with its own certificates set SSL_CERT_FILE"
    return f"no connection: {said}"
