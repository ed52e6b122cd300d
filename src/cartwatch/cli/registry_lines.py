"""What is new in registry records as lines of output: each change with its level and the rule behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.views.lines import Run
from cartwatch.views.look import level_role

from .hanging import print_hanging

if TYPE_CHECKING:
    from cartwatch.sources.registry.news import RegistryNews

    from .call import Call

__all__ = ["print_news"]


def print_news(call: Call, news: RegistryNews, indent: str = "  ") -> None:
    """Print what is new in one record, below its heading."""
    for level, words, rule in news.lines():
        reason = (Run(f"  ({call.look.plainly(rule)})", "quiet"),) if rule else ()
        print_hanging(call, [Run(f"{indent}{level:<9} ", level_role(level))], [Run(call.look.plainly(words)), *reason])
    if news.changes:
        print_hanging(call, [Run(f"{indent}{'':<9} ")], [Run(news.seen, "quiet")])
