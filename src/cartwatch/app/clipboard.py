"""Copies a text: to the terminal by OSC 52, which answers nothing, and to a file that is there if it did not arrive."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cartwatch.domain.text import clean
from cartwatch.storage.writing import write_whole

if TYPE_CHECKING:
    from textual.app import App

    from cartwatch.storage.places import Places

__all__ = ["copy_text"]

_FILE = "copied.txt"


def copy_text(app: App[int], text: str, about: str, places: Places | None) -> None:
    """Send a text to the terminal's clipboard and keep it in a file, and say so."""
    app.copy_to_clipboard(text)
    kept = ""
    if places is not None:
        path = os.path.join(places.state_dir, _FILE)
        try:
            write_whole(path, text.encode("utf-8", "surrogateescape"))
            kept = f"; it is in {path} too"
        except OSError as why:
            kept = f"; not kept in {path}: {why.strerror or why}"
    told = f"Sent to the terminal, whether it arrived is up to it{kept}: {about}"
    app.notify(clean(told, limit=300), markup=False, timeout=4)
