"""Watchlists of any size, made of the sample's programs over and over, each under a name of its own."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["SAMPLE", "changed", "write"]

SAMPLE = Path(__file__).resolve().parents[1] / "sample_watchlist.toml"


def write(path: Path, programs: int) -> Path:
    """Write a watchlist of so many programs and return its path."""
    head, *blocks = re.split(r"(?m)^(?=\[\[program\]\]$)", SAMPLE.read_text(encoding="utf-8"))
    made = [_renamed(blocks[number % len(blocks)], number, number // len(blocks)) for number in range(programs)]
    path.write_text(head + "".join(made), encoding="utf-8")
    _date_back(path)
    return path


def changed(path: Path, programs: int) -> Path:
    """The same list half a year on: each program with another sponsor, and every catalyst of a quarter moved."""
    write(path, programs)
    head, *blocks = re.split(r"(?m)^(?=\[\[program\]\]$)", path.read_text(encoding="utf-8"))
    blocks = [re.sub(r'(?m)^sponsor = "([^"]+)"', r'sponsor = "\1 plc"', each, count=1) for each in blocks]
    moved = re.sub(r'(?m)^when = "Q4 2026"', 'when = "Q2 2027"\nsaid = 2026-11-20', "".join(blocks))
    path.write_text(head + moved, encoding="utf-8")
    return path


def _renamed(block: str, number: int, turn: int) -> str:
    if turn == 0:
        return block
    block = re.sub(r'(?m)^id = "([^"]+)"', rf'id = "\1-{number}"', block, count=1)
    return re.sub(r'(?m)^(name|short) = "([^"]+)"', rf'\1 = "\2 {number}"', block, count=2)


def _date_back(path: Path) -> None:
    """Date the file back, as a file that somebody edited before, not just now."""
    import os

    before = path.stat().st_mtime - 60
    os.utime(path, (before, before))
