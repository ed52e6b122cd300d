"""`cartwatch check`: prints the problems of a watchlist, and advice, with line and column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.cli.arguments import UsageError
from cartwatch.document.problems import Problem
from cartwatch.domain.checks import check
from cartwatch.domain.description import counted
from cartwatch.session.session import located
from cartwatch.views.lines import Run

if TYPE_CHECKING:
    from cartwatch.cli.context import Call
    from cartwatch.session.session import Session

__all__ = ["run"]

_ROLES = {"error": "overdue", "warning": "soon"}


def run(call: Call) -> int:
    """Print one line per problem; return 1 if there are errors, with --strict if there is anything."""
    file = call.parsed.words[0] if call.parsed.words else None
    if file is not None and call.parsed.has("file"):
        raise UsageError(f'two files: "{file}" and "{call.parsed.get("file")}"')
    session = call.open(file)
    found = located(session.document, (*session.problems, *_advice(session)))
    if call.parsed.has("json"):
        from cartwatch.views.documents import head

        call.output.json({**head(call.now), "problems": [_document(session.path, each) for each in found]})
    else:
        for each in found:
            place = f"{session.path}:{each.line}:{each.column}: "
            call.output.runs([Run(place, "quiet"), Run(each.level, _ROLES.get(each.level, "")), Run(f": {each.words}")])
    errors = sum(each.level == "error" for each in found)
    if session.opened.state != "missing":
        programs = len(session.watchlist)
        call.output.tell(
            f"{counted(programs, 'program')}, {counted(errors, 'error')}, {counted(len(found) - errors, 'warning')}"
        )
    return 1 if errors or (found and call.parsed.has("strict")) else 0


def _advice(session: Session) -> list[Problem]:
    """Return the advice, as problems of the file."""
    out = []
    for each in check(session.watchlist, session.today):
        program = session.watchlist.programs[each.path[1]] if len(each.path) > 1 and isinstance(each.path[1], int) else None
        name = program.label if program is not None else None
        out.append(Problem(each.level, each.path, each.message, name, program.key if program is not None else None))
    return out


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
