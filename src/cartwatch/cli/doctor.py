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
        found += _network()
    label = max(len(each.about) for each in found)
    for each in found:
        mark, role = _MARKS[each.level]
        head = [Run(f"{mark:<5}", role), Run("  "), Run(f"{each.about:<{label}}", "label"), Run("  ")]
        print_hanging(call, head, [Run(call.look.plainly(each.words))])
    needing = sum(each.level == "do" for each in found)
    call.output.tell("nothing needs doing" if not needing else f"{needing} to do")
    return 1 if needing else 0


def _network() -> Iterator[Finding]:
    """Whether ClinicalTrials.gov answers, by each client that there is."""
    from cartwatch.registry.clinicaltrials import probe_now

    tried = probe_now()
    if not any(each.works for each in tried):
        yield Finding("do", "registry", "no client reaches ClinicalTrials.gov: is there a network, or a proxy to be set?")
    for each in tried:
        yield Finding("ok" if each.works else "look", "registry", f"{each.rung}: {each.words}")
