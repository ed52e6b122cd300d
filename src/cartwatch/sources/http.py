"""HTTP client: one GET at a time, with caps on time, bytes and redirects; and the file at a typed address."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import zlib
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache, partial
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from cartwatch import __version__
from cartwatch.domain.text import clean
from cartwatch.proposals.incoming import Refused

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

    import httpx

__all__ = [
    "REDIRECTS",
    "Answer",
    "Caps",
    "Fetched",
    "HttpError",
    "answer_of",
    "aside",
    "fetch",
    "get",
    "grow",
    "looks_like_url",
    "new_client",
    "one_line",
    "surroundings",
    "tls_context",
]

REDIRECTS: Final = 5
SECONDS: Final = 20.0  # seconds for a file, with name resolution, connections and redirects
_MOVED = (301, 302, 303, 307, 308)
_NETWORK = 3  # exit status
# The public addresses of IPv6 (RFC 4291); 2002::/16 and 64:ff9b::/96 hold one of IPv4.
_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052
_ASSIGNED: Final = IPv4Network("192.0.0.0/24")  # RFC 6890: reserved for protocols, no host there has a file
_KEPT = "/%:?@!$&'()*+,;=~-._"
_Made = TypeVar("_Made")


class HttpError(Exception):
    """No complete answer was received.

    `kind` is "connect", "certificate" or "broken" for a failure of the network, "large" or "packed" for an answer that is not
    accepted, "setup" for certificates or a proxy that cannot be used; the message explains it, for "setup" in a whole line.
    """

    def __init__(self, kind: str, said: str) -> None:
        super().__init__(said)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Caps:
    """The largest answer accepted, in bytes, on the wire and unpacked."""

    raw: int
    body: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the headers (names in lower case) and the unpacked body; a redirect has no body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    reason: str = ""

    @property
    def moved(self) -> bool:
        """Whether it is a redirect."""
        return self.status in _MOVED

    @property
    def text(self) -> str:
        """The beginning of the body as one line, for a message."""
        return " ".join(clean(self.body[:2_000].decode(errors="replace"), limit=200).split())


async def get(client: httpx.AsyncClient, url: str, limits: Caps, **options: Any) -> Answer:
    """Fetch one answer; redirects are not followed. `options` are those of httpx. Raises HttpError, TimeoutError."""
    import httpx

    try:
        async with client.stream("GET", url, **options) as response:
            body = bytearray()
            if response.status_code not in _MOVED:
                async for chunk in response.aiter_raw():
                    grow(body, chunk, limits)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return answer_of(response.status_code, headers, body, limits, response.reason_phrase)
    except httpx.TimeoutException:
        raise TimeoutError from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ExceptionGroup) as error:
        said = one_line(error)
        refused = isinstance(error, httpx.ConnectError | httpx.ProxyError)
        kind = "certificate" if "CERTIFICATE_VERIFY_FAILED" in said else "connect" if refused else "broken"
        raise HttpError(kind, said) from error


def grow(body: bytearray, chunk: bytes, limits: Caps) -> None:
    """Append more of an answer. Raises HttpError if it is too large."""
    body += chunk
    if len(body) > limits.raw:
        raise HttpError("large", f"too large (more than {limits.raw // 1_000_000} MB)")


def answer_of(status: int, headers: Mapping[str, str], raw: bytes | bytearray, limits: Caps, reason: str = "") -> Answer:
    """Return the answer with its body unpacked. Raises HttpError."""
    packed = headers.get("content-encoding", "")
    return Answer(status, headers, b"" if status in _MOVED else _inflated(bytes(raw), packed, limits.body), reason)


def _inflated(raw: bytes, encoding: str, limit: int) -> bytes:
    """Unpack a body by its Content-Encoding: none, or one gzip layer, never beyond the limit. Raises HttpError."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return raw
    if encoding not in ("gzip", "x-gzip"):
        raise HttpError("packed", f"packed in a way that was not asked for ({encoding[:40]})")
    unpacker = zlib.decompressobj(31)
    try:
        body = unpacker.decompress(raw, limit + 1)
    except zlib.error:
        raise HttpError("packed", "damaged (not valid gzip)") from None
    if len(body) > limit:
        raise HttpError("packed", f"too large (more than {limit // 1_000_000} MB unpacked)")
    if not unpacker.eof or unpacker.unused_data:
        raise HttpError("packed", "damaged (the gzip data does not end where it should)")
    return body


async def new_client(
    agent: str, accept: str, read_seconds: float, *, post_handshake_auth: bool = True, direct: bool = False
) -> httpx.AsyncClient:
    """Create a client without cookies that checks certificates, in a thread: its libraries take a while to load.

    `direct`: ignore the proxies of the environment and open a new connection for each request. Raises HttpError.
    """
    make = partial(_client, agent, accept, read_seconds, post_handshake_auth, direct)
    try:
        return await aside(make)
    except (OSError, ValueError, ImportError) as error:  # ImportError: a SOCKS proxy needs a package of its own
        raise HttpError("setup", surroundings(error)) from error


def _client(agent: str, accept: str, read_seconds: float, post_handshake_auth: bool, direct: bool) -> httpx.AsyncClient:
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    import httpx

    return httpx.AsyncClient(
        headers={"User-Agent": agent, "Accept": accept, "Accept-Encoding": "gzip"},
        verify=tls_context(post_handshake_auth=post_handshake_auth),
        timeout=read_seconds,
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        limits=httpx.Limits(max_connections=1, max_keepalive_connections=0 if direct else 1),
        trust_env=not direct,
    )


@cache
def tls_context(*, post_handshake_auth: bool) -> ssl.SSLContext:
    """Create a TLS context that checks certificates, against SSL_CERT_FILE if set; cached, as this takes a while."""
    import httpx

    context = httpx.create_ssl_context()
    context.post_handshake_auth = post_handshake_auth
    return context


async def aside(work: Callable[[], _Made]) -> _Made:
    """Run work in a daemon thread, which does not keep the process alive."""
    made: Future[_Made] = Future()

    def run() -> None:
        made.set_running_or_notify_cancel()
        try:
            made.set_result(work())
        except Exception as error:
            made.set_exception(error)

    threading.Thread(target=run, name="cartwatch-network", daemon=True).start()
    return await asyncio.wrap_future(made)


def one_line(error: BaseException) -> str:
    """Return the message of an error, in the system's words if it wraps a system error."""
    while (inner := _behind(error)) is not None:
        error = inner
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    if isinstance(error, OSError) and error.errno and said.startswith("Connect call failed"):  # asyncio's own words
        said = os.strerror(error.errno)
    return " ".join(clean(said, limit=160).split()).rstrip(".")


def _behind(error: BaseException) -> BaseException | None:
    """Return the error that another wraps: its cause, or its argument."""
    if isinstance(error, BaseExceptionGroup):
        return error.exceptions[0]
    made_of = error.args[0] if error.args else None
    return error.__cause__ or (made_of if isinstance(made_of, BaseException) else None)


def surroundings(error: BaseException) -> str:
    """Describe a fault of the local setup in one line: unreadable certificates, an unusable proxy."""
    said = " ".join(clean(str(error) or type(error).__name__, limit=160).split())
    if isinstance(error, OSError):
        named = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), None)
        where = f"{named}={clean(os.environ[named], limit=120)}" if named is not None else "the certificates"
        return f"{where} can't be read ({said}): correct it"
    return f"the proxy of the environment can't be used ({said}): correct HTTPS_PROXY or ALL_PROXY"


# ---- a file behind an address that was typed

_FILE = Caps(raw=5_000_000, body=5_000_000)


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes at an address, and the address after redirects."""

    data: bytes
    url: str


def looks_like_url(source: str) -> bool:
    """Whether a source names a scheme, so that it is not a file."""
    scheme, mark, _ = source.partition("://")
    return bool(mark) and scheme.isascii() and scheme.replace("+", "").isalnum()


def fetch(url: str, *, seconds: float = SECONDS, loopback: bool = False) -> Fetched:
    """Fetch a file over https, following at most five redirects, each to an https address that is checked again.

    Private, loopback and link-local addresses are refused, whatever their name, and the connection uses the same
    address that was checked. Proxies of the environment are not used. `loopback`, for tests, allows http to this machine.
    Raises Refused, with exit status 3 for a failure of the network.
    """
    try:
        return asyncio.run(_fetch(url, seconds, loopback))
    except TimeoutError:
        words, status = f"no whole answer within {seconds:.0f} seconds: download it, and import the file", _NETWORK
    except HttpError as wrong:
        words, status = _words(wrong)
    raise Refused(url, words, status=status)


def _words(wrong: HttpError) -> tuple[str, int]:
    """Return one line for the failure, and the exit status."""
    if wrong.kind == "large":
        return f"larger than {_FILE.raw:,} bytes; that is not a watchlist", 2
    if wrong.kind == "packed":
        return f"the answer is {wrong}", 2
    if wrong.kind == "certificate":
        return "the certificate is not trusted: on a network with its own certificates set SSL_CERT_FILE", _NETWORK
    starts = {"connect": "no connection: ", "broken": "no whole answer: "}
    return f"{starts.get(wrong.kind, '')}{wrong}", _NETWORK


async def _fetch(url: str, seconds: float, loopback: bool) -> Fetched:
    here = url
    async with asyncio.timeout(seconds):
        for _ in range(REDIRECTS + 1):
            answer = await _answer(url, here, seconds, loopback)
            if answer.moved:
                here = urljoin(here, answer.headers.get("location", ""))
            elif answer.status == 200:
                return Fetched(answer.body, here)
            else:
                status = f"{answer.status} {answer.reason}".strip()
                raise Refused(url, f"the server answers {clean(status)}: check the address", status=_NETWORK)
    raise Refused(url, f"keeps redirecting ({REDIRECTS} times): give the address of the file itself")


async def _answer(asked: str, here: str, seconds: float, loopback: bool) -> Answer:
    """Connect to the first address of the host that accepts, and return its answer; every address must be public."""
    parts, port = _checked(asked, here, loopback)
    host = parts.hostname or ""
    try:
        name = host if ":" in host else host.encode("idna").decode()
    except UnicodeError:
        raise Refused(asked, "not a web address: write https://HOST/PATH") from None
    addresses = await aside(partial(_resolved, host, port))
    for address in addresses:
        if not _public(address) and not (loopback and ip_address(address).is_loopback):
            at = "" if address == host else f"at {address}, "
            raise Refused(asked, f"{host} is {at}an address of a private network: download it, and import the file")
    target = quote(parts.path or "/", safe=_KEPT) + (f"?{quote(parts.query, safe=_KEPT)}" if parts.query else "")
    shown = f"[{name}]" if ":" in name else name
    headers = {"Host": shown if port in (80, 443) else f"{shown}:{port}"}
    failure = HttpError("connect", f"the name {host} has no address")
    async with await new_client(f"cartwatch/{__version__}", "*/*", seconds, direct=True) as client:
        for address in addresses:
            there = f"[{address}]" if ":" in address else address
            url = f"{parts.scheme}://{there}:{port}{target}"
            try:
                return await get(client, url, _FILE, headers=headers, extensions={"sni_hostname": name})
            except HttpError as wrong:
                if wrong.kind != "connect":
                    raise
                failure = wrong
    raise failure


def _checked(asked: str, here: str, loopback: bool) -> tuple[SplitResult, int]:
    """Check and split an address. Raises Refused."""
    try:
        parts = urlsplit(here)
        port = parts.port
    except ValueError:
        raise Refused(asked, "not a web address: write https://HOST/PATH") from None
    where = "" if here == asked else f"redirects to {here[:100]}: "
    plain = loopback and parts.scheme == "http"
    if parts.scheme == "file" and here == asked:
        raise Refused(asked, "only https addresses are read: give the path of the file without file://")
    if parts.scheme != "https" and not plain:
        raise Refused(asked, f"{where}only https addresses are read: download it, and import the file")
    if not parts.hostname or parts.username is not None or any(each.isspace() or not each.isprintable() for each in here):
        raise Refused(asked, f"{where}not a web address: write https://HOST/PATH")
    return parts, port or (443 if parts.scheme == "https" else 80)


def _public(name: str) -> bool:
    """Whether an address is public, including the IPv4 address that it may contain."""
    address = ip_address(name)
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in _ASSIGNED
    if address in _NAT64:
        return _public(str(IPv4Address(int(address) & 0xFFFF_FFFF)))
    if address.sixtofour is not None and not _public(str(address.sixtofour)):
        return False
    return address.is_global and address in _UNICAST


def _resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a host. The system's resolver has no timeout: call it in a thread. Raises HttpError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HttpError("connect", f"the name {host} could not be resolved") from None
    return list(dict.fromkeys(str(address[0]).partition("%")[0] for *_, address in found))
