"""One GET at a time, over the ladder of HTTP clients that the registry's edge may let in, with every bound it needs."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urljoin, urlsplit

from cartwatch import __version__

from .answer import AnswerError, inflate

if TYPE_CHECKING:
    import ssl
    import urllib.request

    import httpx

__all__ = ["RUNGS", "Answer", "RegistryError", "RegistryTimeout", "Transport", "check_base"]

RUNGS: Final = ("httpx", "httpx-tls", "urllib")
"""The clients, in the order they are tried: httpx; httpx with urllib's TLS hello; urllib."""

RAW_LIMIT: Final = 32_000_000  # bytes on the wire
BODY_LIMIT: Final = 96_000_000  # bytes unpacked
REDIRECTS: Final = 5
READ_SECONDS: Final = 10.0  # for one read
GET_SECONDS: Final = 45.0  # for one whole answer


class RegistryError(Exception):
    """The registry could not be asked, or gave no answer; the message is one line that says what and what to do."""

    exit_code = 3


class RegistryTimeout(RegistryError):
    """The registry did not answer in time: worth another try."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the headers (names in lower case) and the unpacked body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def text(self) -> str:
        """The beginning of the body as one line, for a message."""
        from cartwatch.domain.text import clean

        return " ".join(clean(self.body[:2_000].decode(errors="replace"), limit=200).split())


@dataclass(frozen=True, slots=True)
class _Raw:
    status: int
    headers: Mapping[str, str]
    body: bytes


def check_base(url: str) -> str:
    """The base address without a closing slash.

    Raises RegistryError unless it is https, or http to this machine (a mirror, a test).
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    plain = parts.scheme == "http" and _loopback(host or "")
    if not host or parts.username is not None or parts.query or parts.fragment or not (parts.scheme == "https" or plain):
        raise RegistryError(f"the registry's address must be https://HOST/PATH, not {url!r}: correct the setting")
    return url.rstrip("/")


def _loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Transport:
    """Opens the clients when they are first used and closes them at the end: `async with Transport(pace) as transport`.

    Cookies are off, certificates are always checked; proxies and SSL_CERT_FILE of the environment are honoured.
    """

    def __init__(
        self, pace: Callable[[], Awaitable[None]], *, read_seconds: float = READ_SECONDS, get_seconds: float = GET_SECONDS
    ) -> None:
        """`pace` is awaited before each request, those that follow a redirect among them."""
        self._pace = pace
        self._read_seconds = read_seconds
        self._get_seconds = get_seconds
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._opener: urllib.request.OpenerDirector | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients.values():
            await client.aclose()

    async def get(self, rung: str, url: str) -> Answer:
        """One answer, redirects followed by hand: five at most, and only to the same host over the same scheme.

        Raises RegistryTimeout where time ran out, RegistryError for every other failure below HTTP's own status.
        """
        here = url
        for _ in range(REDIRECTS + 1):
            await self._pace()
            raw = await self._once(rung, here)
            if raw.status not in (301, 302, 303, 307, 308):
                try:
                    body = inflate(raw.body, raw.headers.get("content-encoding", ""), BODY_LIMIT)
                except AnswerError as error:
                    raise RegistryError(f"the answer of {_host(url)} is {error}: try again later") from None
                return Answer(raw.status, raw.headers, body, here)
            here = _next_stop(here, raw.headers.get("location", ""))
        raise RegistryError(f"{_host(url)} keeps redirecting: try again later")

    async def _once(self, rung: str, url: str) -> _Raw:
        try:
            async with asyncio.timeout(self._get_seconds):
                return await (self._by_urllib(url) if rung == "urllib" else self._by_httpx(rung, url))
        except TimeoutError:
            raise RegistryTimeout(f"{_host(url)} did not answer in time: check the connection, or try later") from None

    async def _by_httpx(self, rung: str, url: str) -> _Raw:
        if rung not in self._clients:
            try:
                self._clients[rung] = await asyncio.to_thread(_new_client, rung, self._read_seconds)
            except (OSError, ValueError, ImportError) as error:  # ImportError: a SOCKS proxy needs a package of its own
                raise RegistryError(_surroundings(error)) from error
        import httpx

        try:
            async with self._clients[rung].stream("GET", url) as response:
                body = bytearray()
                async for chunk in response.aiter_raw():
                    _grown(body, chunk, url)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return _Raw(response.status_code, headers, bytes(body))
        except httpx.TimeoutException:
            raise TimeoutError from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ExceptionGroup) as error:
            raise RegistryError(_failure(url, error)) from error

    async def _by_urllib(self, url: str) -> _Raw:
        """The same in a thread that ends by itself when nobody waits for it any more."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[_Raw] = loop.create_future()
        stop = threading.Event()

        def deliver(raw: _Raw | None, failure: Exception | None) -> None:
            if answer.done():
                return
            if raw is not None:
                answer.set_result(raw)
            elif failure is not None:
                answer.set_exception(failure)

        def work() -> None:
            raw, failure = None, None
            try:
                raw = self._blocking(url, stop)
            except (RegistryError, TimeoutError) as error:
                failure = error
            with suppress(RuntimeError):  # the loop is closed: nobody waits for the answer any more
                loop.call_soon_threadsafe(deliver, raw, failure)

        threading.Thread(target=work, name="cartwatch-registry", daemon=True).start()
        try:
            return await answer
        finally:
            stop.set()

    def _blocking(self, url: str, stop: threading.Event) -> _Raw:
        import urllib.error
        import urllib.request
        from http.client import HTTPException

        ends = time.monotonic() + self._get_seconds
        try:
            request = urllib.request.Request(url, headers=_headers(_urllib_agent()))  # noqa: S310 - check_base vouches
            try:
                response = self._urllib_opener().open(request, timeout=self._read_seconds)
            except urllib.error.HTTPError as refused:
                response = refused
            with response:
                body = bytearray()
                while not stop.is_set() and (chunk := response.read1(65_536)):
                    _grown(body, chunk, url)
                    if time.monotonic() > ends:
                        raise TimeoutError
                headers = {name.lower(): ", ".join(response.headers.get_all(name, [])) for name in response.headers}
                promised = headers.get("content-length", "")
                if promised.isdigit() and len(body) < int(promised):
                    raise RegistryError(_failure(url, OSError("the answer was cut short")))
                return _Raw(response.status or 0, headers, bytes(body))
        except TimeoutError:
            raise
        except (OSError, ValueError, HTTPException) as error:
            if isinstance(getattr(error, "reason", None), TimeoutError):
                raise TimeoutError from None
            raise RegistryError(_failure(url, error)) from error

    def _urllib_opener(self) -> urllib.request.OpenerDirector:
        if self._opener is None:
            import urllib.request

            class Stay(urllib.request.HTTPRedirectHandler):
                def redirect_request(self, *args: object, **options: object) -> None:
                    return None

            try:
                https = urllib.request.HTTPSHandler(context=tls_context(post_handshake_auth=True))
            except OSError as error:
                raise RegistryError(_surroundings(error)) from error
            self._opener = urllib.request.build_opener(Stay, https)
        return self._opener


@cache
def tls_context(*, post_handshake_auth: bool) -> ssl.SSLContext:
    """A TLS context that checks certificates, against SSL_CERT_FILE where it is set; made once, for it takes a while."""
    import httpx

    context = httpx.create_ssl_context()
    context.post_handshake_auth = post_handshake_auth
    return context


def _new_client(rung: str, read_seconds: float) -> httpx.AsyncClient:
    """A client for one rung. Call it off the event loop: importing httpx and reading certificates take a while."""
    from http.cookiejar import CookieJar, DefaultCookiePolicy

    import httpx

    return httpx.AsyncClient(
        headers=_headers(f"python-httpx/{httpx.__version__}"),
        verify=tls_context(post_handshake_auth=rung == "httpx-tls"),
        timeout=read_seconds,
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        limits=httpx.Limits(max_connections=1),
    )


def _headers(agent: str) -> dict[str, str]:
    return {"User-Agent": f"{agent} (cartwatch/{__version__})", "Accept": "application/json", "Accept-Encoding": "gzip"}


def _urllib_agent() -> str:
    import sys

    return f"Python-urllib/{sys.version_info.major}.{sys.version_info.minor}"  # urllib's own name for itself


def _surroundings(error: BaseException) -> str:
    """One line for what is wrong before anything is asked: certificates that can't be read, a proxy that can't be used."""
    import os

    from cartwatch.domain.text import clean

    said = " ".join(clean(str(error) or type(error).__name__, limit=160).split())
    if isinstance(error, OSError):
        named = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), None)
        where = f"{named}={clean(os.environ[named], limit=120)}" if named is not None else "the certificates"
        return f"{where} can't be read ({said}): correct it"
    return f"the proxy of the environment can't be used ({said}): correct HTTPS_PROXY or ALL_PROXY"


def _grown(body: bytearray, chunk: bytes, url: str) -> None:
    body += chunk
    if len(body) > RAW_LIMIT:
        raise RegistryError(f"the answer of {_host(url)} is too large (more than {RAW_LIMIT // 1_000_000} MB)")


def _next_stop(here: str, location: str) -> str:
    try:
        there = urljoin(here, location)
        old, new = urlsplit(here), urlsplit(there)
        same = (old.scheme, old.hostname, old.port, None) == (new.scheme, new.hostname, new.port, new.username)
    except ValueError:
        same, there = False, location
    if not location or not same:
        from cartwatch.domain.text import clean

        named = clean(there, limit=120) if location else "nowhere"
        raise RegistryError(f"{_host(here)} redirects to {named}, which is not followed: check the address of the registry")
    return there


def _host(url: str) -> str:
    return urlsplit(url).hostname or "the registry"


def _failure(url: str, error: BaseException) -> str:
    """One line for what went wrong below HTTP."""
    from cartwatch.domain.text import clean

    said = " ".join(clean(str(error) or type(error).__name__, limit=160).split())
    host = _host(url)
    if "CERTIFICATE_VERIFY_FAILED" in said:
        return f"the certificate of {host} is not trusted: on a network with its own certificates set SSL_CERT_FILE"
    refused = type(error).__name__ in ("ConnectError", "URLError", "ProxyError", "gaierror")
    said = said.rstrip(".")
    if refused:
        return f"no connection to {host}: {said}; check the network, or set HTTPS_PROXY where it needs a proxy"
    return f"the answer of {host} broke off: {said}; try again later"
