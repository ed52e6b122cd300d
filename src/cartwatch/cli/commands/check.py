"""`cartwatch check`: prints the errors and warnings of a watchlist with line and column, and counts its advice, or lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.cli.arguments import UsageError
from cartwatch.document.problems import ADVICE, ERROR, WARNING, tally
from cartwatch.domain.description import counted
from cartwatch.session.findings import findings
from cartwatch.views.lines import Run

if TYPE_CHECKING:
    from cartwatch.cli.context import Call
    from cartwatch.document.problems import Problem

__all__ = ["run"]

_ROLES = {ERROR: "overdue", WARNING: "soon", ADVICE: "quiet"}


def run(call: Call) -> int:
    """Print one line per problem; return 1 if there are errors, with --strict if there is anything."""
    file = call.parsed.words[0] if call.parsed.words else None
    if file is not None and call.parsed.has("file"):
        raise UsageError(f'two files: "{file}" and "{call.parsed.get("file")}"')
    session = call.open(file)
    found = shown = findings(session)
    if call.parsed.has("json"):
        from cartwatch.views.documents import head

        call.output.json({**head(call.now), "problems": [_document(session.path, each) for each in found]})
    else:
        if not (call.parsed.has("advice") or call.parsed.has("strict")):
            shown = tuple(each for each in found if each.level != ADVICE)
        for each in shown:
            place = f"{session.path}:{each.line}:{each.column}: "
            call.output.runs([Run(place, "quiet"), Run(each.level, _ROLES.get(each.level, "")), Run(f": {each.words}")])
    if session.opened.state != "missing":
        more = "" if len(shown) == len(found) else "; `cartwatch check --advice` lists it"
        call.output.tell(f"{counted(len(session.watchlist), 'program')}, {tally(found) or 'no problems'}{more}")
    return 1 if any(each.level == ERROR for each in found) or (found and call.parsed.has("strict")) else 0


def _document(path: str, problem: Problem) -> dict[str, object]:
    return {
        "file": path,
        "line": problem.line,
        "column": problem.column,
        "level": problem.level,
        "program": problem.key,
        "path": problem.field,
        "message": problem.message,
    }
