"""Which addresses are carried as links and opened: those of the web, and nothing else that an opener would take."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["RefusedAddress", "checked_address", "is_web_address"]

_LONGEST = 2_000


class RefusedAddress(ValueError):
    """An address that is not opened; the message says why."""


def checked_address(url: str) -> tuple[str, str]:
    """The address and its host, in the letters that are sent. Raises RefusedAddress for all but plain web addresses.

    Only http and https, with a host, without a user name, without spaces or controls: a browser's opener takes much else, files
    and options of its own among it (CVE-2026-4519).
    """
    if len(url) > _LONGEST:
        raise RefusedAddress("the address is longer than 2,000 characters")
    if not url.isprintable() or any(each.isspace() or each == "\ufffd" for each in url):
        raise RefusedAddress("the address holds a space or a control character")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        user = parts.username
        # The letters that go out: a host that looks like another shows itself here.
        shown = host.encode("idna").decode() if host else ""
    except (UnicodeError, ValueError):
        raise RefusedAddress("the address has no valid host") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise RefusedAddress("only https and http addresses are opened")
    if not shown:
        raise RefusedAddress("the address has no host")
    if user is not None:
        raise RefusedAddress("the address carries a user name")
    return url, shown


def is_web_address(url: str) -> bool:
    """Whether an address may be a link in what is exported, where quotes and angle brackets could end it."""
    try:
        return bool(checked_address(url)) and not set(url) & set('<>"')
    except RefusedAddress:
        return False
