"""`cartwatch path`: prints the places of the files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cartwatch.views.lines import Run

if TYPE_CHECKING:
    from cartwatch.cli.context import Call

__all__ = ["run"]


def run(call: Call) -> int:
    """Print every place, and whether it exists."""
    found = call.places()
    rows = (
        ("watchlist", found.watchlist),
        ("settings", found.config),
        ("interface", found.state),
        ("journal", found.journal),
        ("backups", found.backups_dir),
        ("reports", found.reports_dir),
        ("cache", found.cache_dir),
    )
    width = max(len(name) for name, _ in rows)
    for name, path in rows:
        there = os.path.exists(path)
        remark = () if there else (Run("  (not there yet)", "quiet"),)
        call.output.runs([Run(f"{name:<{width}}  ", "label"), Run(str(path)), *remark])
    return 0
