"""`cartwatch doctor`: whether everything that cartwatch stands on is in order, and what to do where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.views.lines import Run

from .examining import Finding, examine
from .examining_files import examine_files
from .hanging import print_hanging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .call import Call

__all__ = ["run"]

_MARKS = {"ok": ("ok", "good"), "look": ("look", "soon"), "do": ("TO DO", "overdue")}


def run(call: Call) -> int:
    """Print a line for each thing looked at; 1 where something needs doing."""
    found = [*examine(call), *examine_files(call)]
    if call.parsed.has("network"):
        found += _network(call)
    label = max(len(each.about) for each in found)
    for each in found:
        mark, role = _MARKS[each.level]
        head = [Run(f"{mark:<5}", role), Run("  "), Run(f"{each.about:<{label}}", "label"), Run("  ")]
        print_hanging(call, head, [Run(call.look.plainly(each.words))])
    needing = sum(each.level == "do" for each in found)
    call.output.tell("nothing needs doing" if not needing else f"{needing} to do")
    return 1 if needing else 0


def _network(call: Call) -> Iterator[Finding]:
    """Whether the registry answers, by each client that there is, and which of them a refresh would try first."""
    from cartwatch.sources.registry.clinicaltrials import probe_now
    from cartwatch.sources.registry.settings import reach

    access, problems = reach(call.places())
    yield from (Finding("do", "settings", each) for each in problems)
    pinned = ", which is pinned" if access.pinned else ""
    yield Finding("ok", "registry", f"{access.base_url}, tried first with {access.rung}{pinned}")
    tried = probe_now(access)
    if not any(each.works for each in tried):
        yield Finding("do", "registry", "no client can reach it: check the network, or set a proxy (HTTPS_PROXY)")
    elif access.pinned and not any(each.works for each in tried if each.rung == access.rung):
        yield Finding("do", "registry", f"{access.rung} is pinned and does not work: remove registry.client from the settings")
    for each in tried:
        yield Finding("ok" if each.works else "look", "registry", f"{each.rung}: {each.words}")
