"""`cartwatch export`: the watchlist, or a part of it, for other programs and other people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.filters import FilterError, matching, parse

from .arguments import UsageError
from .output import Failure, write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cartwatch.domain.program import Program
    from cartwatch.session import Session

    from .call import Call

__all__ = ["run"]

_TITLE = "Cell-therapy watchlist"


def run(call: Call) -> int:
    """Write the programs that pass the filter, to a file or to stdout. None is no error: a list of none is a list."""
    form = _form(call)
    try:
        wanted = parse(" ".join(call.parsed.words))
    except FilterError as error:
        raise UsageError(str(error)) from None
    for option, forms in (("windows", ("ics",)), ("rows", ("csv",))):
        if call.parsed.has(option) and form not in forms:
            raise UsageError(f"--{option} belongs to --format {forms[0]}")
    session = call.open()
    found = list(matching(session.watchlist.programs, wanted, call.now))
    data = _WRITERS[form](call, session, found)
    target = call.parsed.get("output")
    if target is not None and target != "-":
        _write(call, target, data, len(found))
    elif call.output.terminal:
        for line in data.decode().splitlines():
            call.output.line(line)
    else:
        write_bytes(data)
    return 0


def _form(call: Call) -> str:
    """The format asked for, else that of the name of the file, else TOML."""
    asked = call.parsed.get("format")
    if asked is None:
        name = (call.parsed.get("output") or "").lower().rpartition(".")[2]
        asked = {"markdown": "md", "htm": "html"}.get(name, name)
        return asked if asked in _WRITERS else "toml"
    if asked.lower() not in _WRITERS:
        raise UsageError(f'there is no format "{asked}": known are {", ".join(_WRITERS)}')
    return asked.lower()


def _write(call: Call, target: str, data: bytes, count: int) -> None:
    from cartwatch.exchange.files import ExportError, write_export

    try:
        write_export(target, data, force=call.parsed.has("force"))
    except ExportError as wrong:
        raise Failure(str(wrong)) from None
    call.output.tell(f"{target}: {count} program{'' if count == 1 else 's'} written")


def _option(call: Call, name: str, known: Sequence[str]) -> str:
    asked = call.parsed.get(name) or known[0]
    if asked not in known:
        raise UsageError(f'--{name} wants {" or ".join(known)}, not "{asked}"')
    return asked


def _title(session: Session) -> str:
    return session.watchlist.title or _TITLE


def _toml(call: Call, session: Session, found: list[Program]) -> bytes:
    from cartwatch.exchange.toml_export import watchlist_text

    places = [place for each in found if (place := session.watchlist.place(each.key)) is not None]
    return watchlist_text(session.document, places).encode()


def _csv(call: Call, session: Session, found: list[Program]) -> bytes:
    from cartwatch.exchange.csv_export import ROWS, table

    rows = _option(call, "rows", ROWS)
    records = session.document.programs
    programs = [(each, records[session.watchlist.place(each.key) or 0]) for each in found]
    return table(programs, call.now, rows=rows).encode()


def _json(call: Call, session: Session, found: list[Program]) -> bytes:
    import json

    from .documents import head, program_document

    document = {
        **head(call.now),
        "title": session.watchlist.title,
        "programs": [program_document(each, call.now) for each in found],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _ics(call: Call, session: Session, found: list[Program]) -> bytes:
    from cartwatch.exchange.ics import WINDOWS, calendar

    return calendar(found, title=_title(session), windows=_option(call, "windows", WINDOWS))


def _md(call: Call, session: Session, found: list[Program]) -> bytes:
    from cartwatch.exchange.markdown import report
    from cartwatch.views.look import Look

    return report(found, Look(call.now), _title(session)).encode()


def _html(call: Call, session: Session, found: list[Program]) -> bytes:
    from cartwatch.exchange.html import report
    from cartwatch.views.look import Look

    return report(found, Look(call.now), _title(session)).encode()


_WRITERS: dict[str, Callable[[Call, Session, list[Program]], bytes]] = {
    "toml": _toml,
    "csv": _csv,
    "json": _json,
    "ics": _ics,
    "md": _md,
    "html": _html,
}
