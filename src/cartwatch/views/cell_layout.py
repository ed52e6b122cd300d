"""Fit text into an exact number of terminal cells."""

from __future__ import annotations

from typing import Literal

from rich.cells import cell_len, set_cell_size

from cartwatch.domain.text import clean

__all__ = ["Align", "cell_len", "clean", "fit", "fit_runs"]

Align = Literal["left", "right"]

# A cell shows at most so many characters (letter, marks and joined emoji counted); what lies behind is never looked at.
_CHARACTERS_PER_CELL = 16


def fit(text: str, width: int, align: Align = "left", *, ellipsis: str = "…") -> str:
    """Return *text*, cleaned, in exactly *width* cells.

    Longer text ends in *ellipsis* (one cell wide); a wide character that does not fit is left out, never cut in two.
    """
    if width <= 0:
        return ""
    if text.isascii() and text.isprintable():
        size = len(text)
    else:
        text = clean(text, limit=_CHARACTERS_PER_CELL * width)
        size = cell_len(text)
    if size > width:
        text = set_cell_size(text, width - 1).rstrip() + ellipsis
        size = cell_len(text)
    pad = " " * (width - size)
    return text + pad if align == "left" else pad + text


def fit_runs(
    runs: tuple[tuple[str, str], ...], width: int, align: Align = "left", *, ellipsis: str = "…"
) -> list[tuple[str, str]]:
    """Fit several (text, role) runs as one text of *width* cells; padding has the role "", an ellipsis that of its run."""
    if width <= 0:
        return []
    cleaned = [(clean(text, limit=_CHARACTERS_PER_CELL * width), role) for text, role in runs]
    space = width - sum(cell_len(text) for text, _ in cleaned)
    if space >= 0:
        pad = [(" " * space, "")] if space else []
        return [*cleaned, *pad] if align == "left" else [*pad, *cleaned]
    out: list[tuple[str, str]] = []
    for text, role in cleaned:
        size = cell_len(text)
        if size >= width:  # the text goes on behind this run: its last cell is the ellipsis
            out.append((fit(text + " ", width, ellipsis=ellipsis), role))
            break
        out.append((text, role))
        width -= size
    return out
