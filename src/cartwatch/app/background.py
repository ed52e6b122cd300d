"""Background of the terminal, dark or light: from its answer to OSC 11, its notice of a change, or the environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ASK", "NOTICES_OFF", "from_environment", "is_dark"]

ASK = "\x1b]11;?\x1b\\\x1b[?2031h"  # the colour now, and a notice when the terminal changes between dark and light
NOTICES_OFF = "\x1b[?2031l"

_COLOUR = re.compile(r"11;rgba?:([0-9A-Fa-f]{1,4})/([0-9A-Fa-f]{1,4})/([0-9A-Fa-f]{1,4})(?:/[0-9A-Fa-f]{1,4})?")
_DARK_COLOURS = frozenset(range(7)) | {8}  # of the sixteen


def is_dark(reply: str) -> bool | None:
    """Return whether the background in a reply to OSC 11, as in `11;rgb:1e1e/1e1e/1e1e`, is dark; None if there is none."""
    found = _COLOUR.fullmatch(reply)
    if found is None:
        return None
    red, green, blue = (int(part, 16) / (int("f" * len(part), 16)) for part in found.groups())
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.5


def from_environment(env: Mapping[str, str]) -> bool | None:
    """Return whether $COLORFGBG, as in `15;0`, names a dark background; None where it does not say."""
    last = env.get("COLORFGBG", "").rpartition(";")[2]
    if not last.isdecimal() or int(last) > 15:
        return None
    return int(last) in _DARK_COLOURS
