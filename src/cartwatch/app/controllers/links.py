"""Links controller: opens a web address in the browser after asking, and copies a line to the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartwatch.domain.addresses import RefusedAddress, checked_address
from cartwatch.domain.text import clean
from cartwatch.views.lines import plain

if TYPE_CHECKING:
    from cartwatch.domain.program import Program

    from .host import Host

__all__ = ["Links"]


class Links:
    """Opens the address under the cursor and copies its line."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def address(self) -> str | None:
        """Return the web address under the cursor: the line's own, or its source's."""
        program, line = self._host.program, self._host.line
        if program is None or line is None or not self._host.in_detail:
            return None
        for run in line.runs:
            if run.role == "link" and run.text.lower().startswith(("https://", "http://")):
                return run.text
        return _address_of(program, line.path or "")

    async def open(self) -> None:
        """Open the address in the browser, after showing it and asking."""
        from cartwatch.app.screens.dialogs import open_address

        url = self.address
        assert url is not None
        try:
            address, host = checked_address(url)
        except RefusedAddress as why:
            self._host.say(f"Not opened: {why}", warning=True)
            return

        def answered(agreed: str | None) -> None:
            if agreed is not None:
                self._host.open_address(agreed)

        await self._host.ask(open_address(address, host), answered)

    def copy(self) -> None:
        """Copy the line under the cursor, or in the table the program's name, to the terminal's clipboard."""
        program = self._host.program
        if program is None:
            return
        line = self._host.line if self._host.in_detail else None
        text = plain(line.runs) or " ".join(plain(cell) for cell in line.cells) if line is not None else program.label
        self._host.copy(clean(text, lines=True), clean(text, limit=40))


def _address_of(program: Program, path: str) -> str | None:
    """Find the web address of a path: a source's own, a trial's registry page, or the first cited source's."""
    from cartwatch.domain.provenance import provenance

    kind, _, rest = path.partition(".")
    if kind == "source":
        source = next((each for each in program.sources if each.id and rest.startswith(each.id)), None)
        return source.url if source is not None else None
    if kind == "trial":
        trial = next((each for each in program.trials if each.nct and rest.startswith(each.nct)), None)
        return f"https://clinicaltrials.gov/study/{trial.nct}" if trial is not None else None
    record = program.catalyst(rest.split(".")[0]) if kind == "catalyst" else None
    for id in provenance(program, path, record).cited if path else ():
        source = program.source(id)
        if source is not None and source.url:
            return source.url
    return None
