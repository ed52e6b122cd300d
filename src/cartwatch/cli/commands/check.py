"""`cartwatch check`: prints the errors and warnings of a watchlist with line and column, and counts its advice, or lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.output import Failure
from cartwatch.document.problems import ADVICE, ERROR, WARNING, tally
from cartwatch.domain.description import counted
from cartwatch.session.findings import findings
from cartwatch.session.session import Session
from cartwatch.session.state import located
from cartwatch.storage.errors import StorageError
from cartwatch.views.lines import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartwatch.cli.context import Call
    from cartwatch.document.problems import Problem

__all__ = ["run"]

_ROLES = {ERROR: "overdue", WARNING: "soon", ADVICE: "quiet"}


def run(call: Call) -> int:
    """Print one line per problem; return 1 if there are errors, with --strict if there is anything."""
    words = call.parsed.words
    if call.parsed.has("hook"):
        return _hook(call, [*words, *([named] if (named := call.parsed.get("file")) is not None else [])])
    file = words[0] if words else None
    if file is not None and call.parsed.has("file"):
        raise UsageError(f'two files: "{file}" and "{call.parsed.get("file")}"')
    if len(words) > 1:
        raise UsageError(f'check takes one file, and several with --hook: "{words[1]}" is one too many')
    session = call.open(file)
    found = shown = findings(session)
    if call.parsed.has("json"):
        from cartwatch.views.documents import head

        call.output.json({**head(call.now), "problems": [_document(session.path, each) for each in found]})
    else:
        if not (call.parsed.has("advice") or call.parsed.has("strict")):
            shown = tuple(each for each in found if each.level != ADVICE)
        for each in shown:
            _print(call, session.path, each.line, each.column, each.level, each.words)
    if session.opened.state != "missing":
        more = "" if len(shown) == len(found) else "; `cartwatch check --advice` lists it"
        call.output.tell(f"{counted(len(session.watchlist), 'program')}, {tally(found) or 'no problems'}{more}")
    return 1 if any(each.level == ERROR for each in found) or (found and call.parsed.has("strict")) else 0


def _hook(call: Call, files: Sequence[str]) -> int:
    """Print the errors and warnings of files and nothing else; return 1 for errors, with --strict for anything.

    A file is read without its journal: what a hook sees may be the staged text, not the one on disk.
    Raises UsageError for options that a hook has no use for, Failure for a file that cannot be read.
    """
    if call.parsed.has("json"):
        raise UsageError("check takes --hook or --json, not both")
    strict = call.parsed.has("strict")
    failed = False
    for name in dict.fromkeys(files):
        session = Session(name, call.today)
        try:
            opened = session.open()
        except StorageError as wrong:
            raise Failure(str(wrong)) from None
        if opened.state == "missing":
            raise Failure(f"{name}: there is no such file")
        if (trouble := opened.trouble) is not None:
            _print(call, name, trouble.line, trouble.column, ERROR, trouble.message)
            failed = True
            continue
        advised = strict or call.parsed.has("advice")
        found = findings(session) if advised else located(session.document, session.problems)
        for each in found:
            _print(call, name, each.line, each.column, each.level, each.words)
        failed = failed or any(strict or each.level == ERROR for each in found)
    return 1 if failed else 0


def _print(call: Call, path: str, line: int | None, column: int | None, level: str, words: str) -> None:
    place = f"{path}:{line}:{column}: "
    call.output.runs([Run(place, "quiet"), Run(level, _ROLES.get(level, "")), Run(f": {words}")])


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
