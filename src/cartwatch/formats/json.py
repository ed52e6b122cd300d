"""Programs as JSON, with a schema number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cartwatch.views.documents import head, program_document

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cartwatch.domain.program import Program

__all__ = ["document"]


def document(programs: Sequence[Program], now: datetime, title: str | None) -> str:
    """The document of some programs, as of a moment."""
    told = {**head(now), "title": title, "programs": [program_document(each, now) for each in programs]}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
