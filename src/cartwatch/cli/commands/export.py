"""`cartwatch export`: writes the watchlist, or a part of it, for other applications and people."""

from __future__ import annotations

from os.path import splitext
from typing import TYPE_CHECKING

from cartwatch.cli.arguments import UsageError
from cartwatch.cli.output import Failure
from cartwatch.domain.description import counted
from cartwatch.domain.filters.parser import FilterError, matching, parse
from cartwatch.formats.formats import FORMATS, ExportError, format_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cartwatch.cli.context import Call
    from cartwatch.domain.program import Program
    from cartwatch.formats.formats import Format

__all__ = ["run"]


def run(call: Call) -> int:
    """Write the programs that match the filter to a file or stdout; an empty list is no error."""
    form = _form(call)
    options = _options(call, form)
    try:
        wanted = parse(" ".join(call.parsed.words))
    except FilterError as error:
        raise UsageError(str(error)) from None
    session = call.open()
    found = list(matching(session.watchlist.programs, wanted, call.now))
    target = call.parsed.get("output")
    if form.binary and target in (None, "-") and call.output.terminal:
        raise UsageError(f"{form.name} is no text: name a file with -o FILE.{form.name}")
    try:
        pieces = form.write(session, found, call.now, options)
    except ExportError as wrong:
        raise Failure(str(wrong)) from None
    if target is not None and target != "-":
        _write(call, target, pieces, len(found))
    else:
        call.output.document(pieces)
    if form.name == "ics":
        _tell_left_out(call, found)
    call.tell_problems(session)
    return 0


def _tell_left_out(call: Call, programs: Sequence[Program]) -> None:
    from cartwatch.formats.ics import left_out

    if missing := left_out(programs):
        call.output.tell(f"{counted(missing, 'catalyst')} without a readable date left out of the calendar")


def _form(call: Call) -> Format:
    """Return the requested format, else that of the file name, else TOML.

    Raises UsageError for an unknown format, and for a file name with an unknown ending.
    """
    asked = call.parsed.get("format")
    if asked is None:
        target = call.parsed.get("output") or ""
        found = format_of(target)
        if found is None and (ending := splitext(target)[1]):
            raise UsageError(f'no format goes by the ending "{ending}": add --format {"|".join(FORMATS)}')
        return FORMATS[found or "toml"]
    if asked.lower() not in FORMATS:
        raise UsageError(f'there is no format "{asked}": choose from {", ".join(FORMATS)}')
    return FORMATS[asked.lower()]


def _options(call: Call, form: Format) -> dict[str, str]:
    """Return the format's options. Raises UsageError for one of another format, or with an unknown value."""
    for each in FORMATS.values():
        for name, _ in each.options:
            if call.parsed.has(name) and each is not form:
                raise UsageError(f"--{name} belongs to --format {each.name}")
    given = {}
    for name, known in form.options:
        given[name] = call.parsed.get(name) or known[0]
        if given[name] not in known:
            raise UsageError(f'--{name} needs {" or ".join(known)}, not "{given[name]}"')
    return given


def _write(call: Call, target: str, pieces: Iterable[bytes], count: int) -> None:
    from cartwatch.formats.formats import write_export

    try:
        write_export(target, pieces, force=call.parsed.has("force"), own=call.places())
    except ExportError as wrong:
        raise Failure(str(wrong)) from None
    call.output.tell(f"{target}: {counted(count, 'program')} written")
