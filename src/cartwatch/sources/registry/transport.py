"""HTTP clients tried in turn: the registry refuses some, and which ones has changed before."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urljoin, urlsplit

from cartwatch import __version__
from cartwatch.domain.text import clean
from cartwatch.sources.http import (
    REDIRECTS,
    Answer,
    Caps,
    HttpError,
    answer_of,
    aside,
    get,
    grow,
    new_client,
    one_line,
    surroundings,
    tls_context,
)

if TYPE_CHECKING:
    import urllib.request

    import httpx

__all__ = ["RUNGS", "RegistryAnswered", "RegistryError", "RegistryTimeout", "Transport", "check_base"]

RUNGS: Final = ("httpx", "httpx-tls", "urllib")
"""The clients, in the order they are tried: httpx; httpx with urllib's TLS hello; urllib."""

LIMITS: Final = Caps(raw=32_000_000, body=96_000_000)
READ_SECONDS: Final = 10.0  # for one read
GET_SECONDS: Final = 45.0  # for one whole answer


class RegistryError(Exception):
    """The registry could not be reached or gave no answer; the message is one line with reason and remedy."""

    exit_code = 3


class RegistryAnswered(RegistryError):
    """The registry answered, but not with what was asked for; the part of the message before ": " says what."""


class RegistryTimeout(RegistryError):
    """The registry did not answer in time; worth a retry."""


def check_base(url: str) -> str:
    """Return the base address without a final slash.

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
    """Opens the clients on first use and closes them at the end: `async with Transport(pace) as transport`.

    Cookies are off, certificates are always checked; proxies and SSL_CERT_FILE of the environment are honoured.
    """

    def __init__(
        self, pace: Callable[[], Awaitable[None]], *, read_seconds: float = READ_SECONDS, get_seconds: float = GET_SECONDS
    ) -> None:
        """`pace` is awaited before each request, including redirects."""
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
        """Fetch one answer, following redirects: five at most, and only to the same host over the same scheme.

        Raises RegistryTimeout if time ran out, RegistryError for every other failure below the HTTP status.
        """
        here = url
        for _ in range(REDIRECTS + 1):
            await self._pace()
            try:
                async with asyncio.timeout(self._get_seconds):
                    answer = await (self._by_urllib(here) if rung == "urllib" else self._by_httpx(rung, here))
            except TimeoutError:
                raise RegistryTimeout(f"{_host(here)} did not answer in time: check the connection, or try later") from None
            except HttpError as error:
                failure = RegistryAnswered if error.kind in _ANSWERED else RegistryError
                raise failure(_failure(here, error)) from error
            if not answer.moved:
                return answer
            here = _next_stop(here, answer.headers.get("location", ""))
        raise RegistryAnswered(f"{_host(url)} keeps redirecting: try again later")

    async def _by_httpx(self, rung: str, url: str) -> Answer:
        if rung not in self._clients:
            agent, auth = await aside(_httpx_agent), rung == "httpx-tls"
            self._clients[rung] = await new_client(agent, _ACCEPT, self._read_seconds, post_handshake_auth=auth)
        return await get(self._clients[rung], url, LIMITS)

    async def _by_urllib(self, url: str) -> Answer:
        stop = threading.Event()
        try:
            return await aside(lambda: self._blocking(url, stop))
        finally:
            stop.set()

    def _blocking(self, url: str, stop: threading.Event) -> Answer:
        import urllib.error
        import urllib.request
        from http.client import HTTPException

        ends = time.monotonic() + self._get_seconds
        try:
            headers = {"User-Agent": _urllib_agent(), "Accept": _ACCEPT, "Accept-Encoding": "gzip"}
            request = urllib.request.Request(url, headers=headers)  # noqa: S310 - check_base vouches
            try:
                response = self._urllib_opener().open(request, timeout=self._read_seconds)
            except urllib.error.HTTPError as refused:
                response = refused
            with response:
                body = bytearray()
                while not stop.is_set() and (chunk := response.read1(65_536)):
                    grow(body, chunk, LIMITS)
                    if time.monotonic() > ends:
                        raise TimeoutError
                headers = {name.lower(): ", ".join(response.headers.get_all(name, [])) for name in response.headers}
                promised = headers.get("content-length", "")
                if promised.isdigit() and len(body) < int(promised):
                    raise HttpError("broken", "the answer was cut short")
                return answer_of(response.status or 0, headers, body, LIMITS)
        except TimeoutError:
            raise
        except (OSError, ValueError, HTTPException) as error:
            reason = getattr(error, "reason", None)
            if isinstance(reason, TimeoutError):
                raise TimeoutError from None
            said = one_line(reason if isinstance(reason, OSError) else error)
            kind = "connect" if isinstance(error, urllib.error.URLError) else "broken"
            raise HttpError("certificate" if "CERTIFICATE_VERIFY_FAILED" in said else kind, said) from error

    def _urllib_opener(self) -> urllib.request.OpenerDirector:
        if self._opener is None:
            import urllib.request

            class Stay(urllib.request.HTTPRedirectHandler):
                def redirect_request(self, *args: object, **options: object) -> None:
                    return None

            try:
                https = urllib.request.HTTPSHandler(context=tls_context(post_handshake_auth=True))
            except OSError as error:
                raise HttpError("setup", surroundings(error)) from error
            self._opener = urllib.request.build_opener(Stay, https)
        return self._opener


_ACCEPT = "application/json"
_ANSWERED = ("broken", "large", "packed")  # kinds of HttpError


def _httpx_agent() -> str:
    import httpx

    return f"python-httpx/{httpx.__version__} (cartwatch/{__version__})"


def _urllib_agent() -> str:
    import sys

    return f"Python-urllib/{sys.version_info.major}.{sys.version_info.minor} (cartwatch/{__version__})"


def _next_stop(here: str, location: str) -> str:
    try:
        there = urljoin(here, location)
        old, new = urlsplit(here), urlsplit(there)
        same = (old.scheme, old.hostname, old.port, None) == (new.scheme, new.hostname, new.port, new.username)
    except ValueError:
        same, there = False, location
    if not location or not same:
        named = clean(there, limit=120) if location else "nowhere"
        raise RegistryAnswered(f"{_host(here)} redirects to {named}, which is not followed: check the address of the registry")
    return there


def _host(url: str) -> str:
    return urlsplit(url).hostname or "the registry"


def _failure(url: str, error: HttpError) -> str:
    """Describe a failure below HTTP in one line."""
    host = _host(url)
    words = {
        "setup": f"{error}",
        "certificate": f"the certificate of {host} is not trusted: on a network with its own certificates set SSL_CERT_FILE",
        "connect": f"no connection to {host}: {error}; check the network, or set HTTPS_PROXY where it needs a proxy",
        "large": f"the answer of {host} is {error}",
        "packed": f"the answer of {host} is {error}: try again later",
    }
    return words.get(error.kind, f"the answer of {host} broke off: {error}; try again later")
