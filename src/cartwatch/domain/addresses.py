"""Checks which addresses may be carried as links and opened: plain web addresses only."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["RefusedAddress", "checked_address", "is_web_address"]

_LONGEST = 2_000


class RefusedAddress(ValueError):
    """An address that must not be opened; the message gives the reason."""


def checked_address(url: str) -> tuple[str, str]:
    """Return the address and its host as sent. Raises RefusedAddress for all but plain web addresses.

    Only http and https, with a host, without a user name, spaces or controls: a browser's opener accepts much else, files
    and its own options included (CVE-2026-4519).
    """
    if len(url) > _LONGEST:
        raise RefusedAddress("the address is longer than 2,000 characters")
    if not url.isprintable() or any(each.isspace() or each == "\ufffd" for each in url):
        raise RefusedAddress("the address holds a space or a control character")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        user = parts.username
        # As sent: a look-alike host becomes visible here.
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
    """Whether an address may be a link in an export, where quotes and angle brackets could end it."""
    try:
        return bool(checked_address(url)) and not set(url) & set('<>"')
    except RefusedAddress:
        return False
