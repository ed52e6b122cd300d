"""What is measured: the command line, the first paint, keys, filter and sort, a refresh, and an idle app."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from .terminal import Terminal, processor_time, run_to_end
from .watchlists import SAMPLE, changed, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["MEASURES", "Row"]

PYTHON = sys.executable
EMPTY_APP = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self): yield Static('READY')
Empty().run()
"""
_IDLE = 60  # seconds: a minute has all that wakes an idle app
DOWN, FILTER_KEY, ESCAPE, F2 = b"\x1b[B", b"/", b"\x1b", b"\x1bOQ"


@dataclass(frozen=True)
class Row:
    """One line of the report. A ratio is to the baseline of the same round; without one, the figure itself is the measure."""

    name: str
    measured: float
    baseline: float | None
    ratio: float | None
    aim: float | None
    unit: str = "ms"

    @property
    def held(self) -> bool:
        figure = self.ratio if self.ratio is not None else self.measured
        return self.aim is None or figure <= self.aim

    def line(self) -> str:
        ratio = f"{self.ratio:.2f}×" if self.ratio is not None else ""
        aim = "" if self.aim is None else f"≤ {self.aim:g}" + ("" if self.held else " !")
        base = f"{self.baseline:.2f} {self.unit}" if self.baseline is not None else ""
        return f"{self.name:<52} {ratio:>7} {aim:>8}   {self.measured:>9.2f} {self.unit} {base:>12}"


def environment(scratch: Path) -> dict[str, str]:
    """The environment of a measured program: a home of its own, the rest as here."""
    home = scratch / "home"
    home.mkdir(exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "HOME": str(home), "LANG": kept.get("LANG", "C.UTF-8")}


def in_turn(rounds: int, measured: Callable[[], float], baseline: Callable[[], float]) -> tuple[float, float, float]:
    """Median of both and of the ratio round by round, after one round that does not count."""
    measured(), baseline()
    pairs = [(measured(), baseline()) for _ in range(rounds)]
    return median(m for m, _ in pairs), median(b for _, b in pairs), median(m / b for m, b in pairs)


def _cartwatch() -> str:
    beside = os.path.join(os.path.dirname(PYTHON), "cartwatch")
    return beside if os.path.exists(beside) else shutil.which("cartwatch") or beside


# As pip 26 writes it; pip 23 and older import `re` first.
LAUNCHER = """import sys
from cartwatch.__main__ import main
if __name__ == '__main__':
    sys.argv[0] = sys.argv[0].removesuffix('.exe')
    sys.exit(main())
"""


def command_line(scratch: Path, rounds: int) -> Iterator[Row]:
    """`cartwatch next` in processor time, as pip's launcher of today starts it, and as the one that is installed here does."""
    env = environment(scratch)
    launcher = scratch / "cartwatch"
    launcher.write_text(LAUNCHER)
    for programs in (28, 1000):
        file = write(scratch / f"{programs}.toml", programs)
        asked = [PYTHON, str(launcher), "next", "-f", str(file)]

        def nothing() -> float:
            return processor_time([PYTHON, "-c", "pass"], env)

        def next_up(argv: list[str] = asked) -> float:
            return processor_time(argv, env)

        got = in_turn(rounds * 3, next_up, nothing)
        aim = 4.0 if programs == 28 else None
        yield Row(f"cartwatch next, {programs} programs / python -c pass", got[0], got[1], got[2], aim)
    idle = scratch / "idle-launcher"
    idle.write_text(_installed_launcher().replace("from cartwatch.__main__ import main", "main = int"))
    installed = [_cartwatch(), "next", "-f", str(write(scratch / "28.toml", 28))]
    got = in_turn(rounds * 3, lambda: processor_time(installed, env), lambda: processor_time([PYTHON, str(idle)], env))
    yield Row("the same / the launcher installed here alone", got[0], got[1], got[2], None)


def _installed_launcher() -> str:
    with open(_cartwatch(), encoding="utf-8") as script:
        return script.read()


def _app(scratch: Path, file: Path) -> Terminal:
    return Terminal([_cartwatch(), str(file)], environment(scratch))


def _empty(scratch: Path) -> Terminal:
    return Terminal([PYTHON, "-c", EMPTY_APP], environment(scratch))


def _first_paint(open_one: Callable[[], Terminal], marker: bytes) -> float:
    terminal = open_one()
    try:
        return terminal.until(marker)
    finally:
        terminal.close()


def first_paint(scratch: Path, rounds: int) -> Iterator[Row]:
    for programs, aim in ((28, 1.15), (1000, None), (10_000, None)):
        file = SAMPLE if programs == 28 else write(scratch / f"{programs}.toml", programs)
        some = rounds if programs < 10_000 else max(3, rounds // 2)
        got = in_turn(
            some,
            lambda file=file: _first_paint(lambda: _app(scratch, file), b"Cellectis"),  # type: ignore[misc]
            lambda: _first_paint(lambda: _empty(scratch), b"READY"),
        )
        yield Row(f"first full paint, {programs:,} programs / empty app", got[0], got[1], got[2], aim)


def keys(scratch: Path, rounds: int) -> Iterator[Row]:
    terminals = []
    for programs in (28, 1000, 10_000):
        terminal = _app(scratch, write(scratch / f"{programs}.toml", programs))
        terminal.until(b"Cellectis")
        terminal.settle(0.5)
        terminals.append((programs, terminal))
    down: dict[int, list[float]] = {programs: [] for programs, _ in terminals}
    for _ in range(rounds * 3):
        for programs, terminal in terminals:
            down[programs].append(terminal.frame(DOWN))
            terminal.frame(b"k")
    small = down[28]
    for programs, _ in terminals:
        ratio = median(one / other for one, other in zip(down[programs], small, strict=True))
        yield Row(f"a key to paint, {programs:,} programs / 28", median(down[programs]), median(small), ratio, 1.3)
    for _, terminal in terminals:
        terminal.close()


def timeline(scratch: Path, rounds: int) -> Iterator[Row]:
    """A key in the timeline of every catalyst of 10,000 programs, against the same key in that of the sample."""
    terminals = []
    for programs in (10_000, 28):
        terminal = _app(scratch, write(scratch / f"{programs}.toml", programs))
        terminal.until(b"Cellectis")
        terminal.settle(0.5)
        terminal.press_until(b"T", b"today")
        terminal.settle(0.5)
        terminals.append(terminal)
    for key, back, name in ((DOWN, b"k", "down"), (b"l", b"h", "later")):
        frames: list[list[float]] = [[], []]
        for _ in range(rounds * 3):
            for at, terminal in enumerate(terminals):
                frames[at].append(terminal.frame(key))
                terminal.frame(back)
        ratio = median(one / other for one, other in zip(*frames, strict=True))
        yield Row(f"timeline, {name}, 10,000 programs / 28", median(frames[0]), median(frames[1]), ratio, 2.0)
    for each in terminals:
        each.close()


def filter_and_sort(scratch: Path, rounds: int) -> Iterator[Row]:
    """What is asked of 10,000 programs at once; the second figure is the processor time of the same."""
    terminal = _app(scratch, write(scratch / "10000.toml", 10_000))
    terminal.until(b"Cellectis")
    terminal.settle(1.0)
    yield Row("memory held, 10,000 programs", terminal.resident_megabytes(), None, None, None, "MB")
    first: list[tuple[float, float]] = []
    more: list[tuple[float, float]] = []
    sorts: list[tuple[float, float]] = []
    for turn in range(rounds):
        terminal.press(FILTER_KEY, 0.5)
        (first if turn == 0 else more).append(terminal.cost(b"c"))
        more.extend(terminal.cost(letter) for letter in (b"a", b"r"))
        terminal.press(ESCAPE, 0.5)
    for _ in range(rounds):
        for column in (16, 30):  # the headers of program and sponsor
            at = f"\x1b[<0;{column};2"
            sorts.append(terminal.cost(f"{at}M{at}m".encode()))
            terminal.settle(0.5)
    terminal.close()
    for name, got in (("the first letter of a filter", first), ("a letter of a filter", more), ("sorting", sorts)):
        wall, processor = median(each[0] for each in got), median(each[1] for each in got)
        aim = None if got is first else 50
        yield Row(f"{name}, 10,000 programs (and processor time)", wall, processor, None, aim)


def flood(scratch: Path, rounds: int) -> Iterator[Row]:
    """Two thousand keys in one piece, until the one behind them is answered."""
    for what, keys in (("steps of the cursor", b"jk"), ("steps of the cursor and panes", b"j2")):
        taken = []
        for _ in range(max(3, rounds // 2)):
            terminal = _app(scratch, SAMPLE)
            terminal.until(b"Cellectis")
            terminal.settle(0.5)
            before, begun = terminal.processor_seconds(), time.perf_counter()
            terminal.pour(keys * 1000 + FILTER_KEY, b"words, or phase")
            taken.append((time.perf_counter() - begun, terminal.processor_seconds() - before))
            terminal.close()
        wall, processor = (1000 * median(each[at] for each in taken) for at in (0, 1))
        aim = 2000 if keys == b"jk" else None
        yield Row(f"2,000 {what} in one piece (and processor time)", wall, processor, None, aim)


def edits(scratch: Path, rounds: int) -> Iterator[Row]:
    """A committed edit: pinning a program, from the key to the frame that shows it, the file being on disk by then.

    The frames that follow bring the message in passing; the processor time is that of all.
    """
    for programs, aim in ((28, None), (300, 50), (10_000, 150)):
        file = write(scratch / f"edited-{programs}.toml", programs)
        terminal = _app(scratch, file)
        terminal.until(b"Cellectis")
        terminal.settle(1.0)
        terminal.press(b"p", 0.5)
        taken = []
        for _ in range(rounds):
            before = file.read_bytes()
            spent = terminal.processor_seconds()
            shown = terminal.frame(b"p")
            terminal.settle(0.5)
            taken.append((shown, 1000 * (terminal.processor_seconds() - spent)))
            if file.read_bytes() == before:
                raise RuntimeError("the edit was not on disk when it was on screen")
        terminal.close()
        wall, processor = median(each[0] for each in taken), median(each[1] for each in taken)
        yield Row(f"an edit on screen and disk, {programs:,} programs (and processor time)", wall, processor, None, aim)


def idle(scratch: Path, rounds: int) -> Iterator[Row]:
    app = _app(scratch, SAMPLE)
    app.until(b"Cellectis")
    app.settle(1.0)
    empty = _empty(scratch)
    empty.until(b"READY")
    empty.settle(1.0)
    shares: list[tuple[float, float]] = []
    for _ in range(3):
        before = app.processor_seconds(), empty.processor_seconds()
        time.sleep(_IDLE)
        after = app.processor_seconds(), empty.processor_seconds()
        shares.append((100 / _IDLE * (after[0] - before[0]), 100 / _IDLE * (after[1] - before[1])))
    written = len(app.output)
    app.close()
    empty.close()
    ratio = median(one / other for one, other in shares)
    yield Row("an idle app / an idle empty app", median(s[0] for s in shares), median(s[1] for s in shares), ratio, 1.3, "%")
    yield Row("bytes written while idle", written, None, None, None, "B")


def refresh(scratch: Path, rounds: int) -> Iterator[Row]:
    """A refresh of 300 trials, of which a second is the pause between its two requests, and the keys while one runs."""
    from .registry import linking, registry

    with registry() as (address, asked):
        env = {**environment(scratch), "CARTWATCH_REGISTRY": address}
        taken: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(max(3, rounds // 2)):
            for known in taken:
                file = linking(scratch / "linking.toml", 300, known=known)
                asked.clear()
                taken[known].append(run_to_end([_cartwatch(), "sync", "-f", str(file)], env))
                if len(asked) != 2:
                    raise RuntimeError(f"a refresh took {len(asked)} requests: {asked}")
        yield Row("sync of 300 trials, 30 changed, in two requests", median(taken[True]), None, None, 2000)
        yield Row("sync of 300 trials, first data of all, in two requests", median(taken[False]), None, None, None)
        terminal = Terminal([_cartwatch(), str(linking(scratch / "linking.toml", 300, known=True))], env)
        terminal.until(b"Cellectis")
        terminal.settle(1.0)
        pairs = []
        for _ in range(max(3, rounds // 2)):
            idle_keys = [terminal.press(key, 0.03)[0] for key in (DOWN, b"k") * 8]
            os.write(terminal.fd, b"R")
            ends, during = time.perf_counter() + 1.0, []
            while time.perf_counter() < ends:
                during += [terminal.press(key, 0.03)[0] for key in (DOWN, b"k")]
            pairs.append((median(during), median(idle_keys), max(during), max(idle_keys)))
            terminal.settle(1.5)
            terminal.press(ESCAPE, 0.5)
        terminal.close()
    for name, at in (("a key to paint", 0), ("the slowest of some keys to paint", 2)):
        one, other = median(each[at] for each in pairs), median(each[at + 1] for each in pairs)
        ratio = median(each[at] / each[at + 1] for each in pairs)
        yield Row(f"{name}, 300 trials being refreshed / idle", one, other, ratio, 1.3 if at == 0 else 2.0)


def imports(scratch: Path, rounds: int) -> Iterator[Row]:
    """An import of 1,000 programs, all new or all changed: until it can be looked at, until it is on disk; keys meanwhile."""
    theirs, newer = write(scratch / "theirs.toml", 1000), changed(scratch / "newer.toml", 1000)
    mine = scratch / "mine.toml"
    for name, source, before in (("new", theirs, SAMPLE), ("changed", newer, theirs)):
        looked, taken, waits, used = [], [], [], []
        for turn in range(max(3, rounds // 2) * 2):
            mine.write_bytes(before.read_bytes())
            terminal = _app(scratch, mine)
            terminal.until(b"Cellectis")
            terminal.settle(1.0)
            terminal.press(b"i", 0.3)
            terminal.press(str(source).encode(), 0.5)
            spent = terminal.processor_seconds()
            looked.append(terminal.press_until(b"\r", b"to be taken:"))
            terminal.settle(0.5)
            used.append((terminal.processor_seconds() - spent, 0.0))
            spent = terminal.processor_seconds()
            if turn % 2:
                waits.append(_longest_wait(terminal))
            else:
                taken.append(terminal.press_until(F2, b"imported "))
                used[-1] = used[-1][0], terminal.processor_seconds() - spent
                if mine.read_bytes() == before.read_bytes():
                    raise RuntimeError("the import was not on disk when it was on screen")
            terminal.close()
            shutil.rmtree(scratch / "home", ignore_errors=True)
        yield Row(f"import of 1,000 {name} programs, until the preview", median(looked), None, None, 1000)
        yield Row("the same, taken: on screen and on disk", median(taken), None, None, 1000)
        busy = [1000 * median(each[at] for each in used if each[1]) for at in (0, 1)]
        yield Row("processor time of the preview", busy[0], None, None, None)
        yield Row("processor time of the taking", busy[1], None, None, None)
        yield Row("the slowest key to paint while it is taken", median(waits), None, None, None)


def _longest_wait(terminal: Terminal) -> float:
    """Milliseconds that the slowest of the keys waits for its answer while an import is taken."""
    waits = []
    os.write(terminal.fd, F2)
    ends = time.perf_counter() + 30
    while b"imported " not in terminal.output and time.perf_counter() < ends:
        waits.append(terminal.press(DOWN, 0.02)[0])
    return max(waits)


def release(scratch: Path, rounds: int) -> Iterator[Row]:
    """Reading 30 KB of a release, in this process, with its rules loaded."""
    from cartwatch.domain.watchlist import Watchlist
    from cartwatch.sources.releases.reading import read_release

    bullets = [
        "- Topline data from the Phase 3 DAWN-{0} trial of NC-{0} are expected in the fourth quarter of 2027 (was mid-2027).",
        "- Grade 3 or higher CRS occurred in 2 of 5{0} patients, and the FDA granted RMAT designation to NC-{0} in May 2026.",
        "- Net loss was $3{0}.1 million for the quarter ended June 30, 2026, compared to $28.0 million in the quarter before.",
        "DAWN-{0} is an open-label trial of NC-{0} in adults with relapsed disease, at twelve sites in two regions.",
        "We thank the patients, their families and the investigators, who have made this progress possible, for their trust.",
        "- The company was founded in 2010, and its patents are expected to run until 2041 in most of the larger markets.",
    ]
    text = "\n".join(bullets[at % 6].format(at % 90 + 10) for at in range(255))[:30_000]
    read_release(text, Watchlist(()))
    spent = []
    for _ in range(max(3, rounds)):
        begun = time.perf_counter()
        read_release(text, Watchlist(()))
        spent.append((time.perf_counter() - begun) * 1000)
    yield Row("a release of 30 KB is read", median(spent), None, None, 150)


def workbooks(scratch: Path, rounds: int) -> Iterator[Row]:
    """A workbook of 10,000 rows, out of a list and into a table of programs, in processor time."""
    from datetime import UTC, datetime

    from cartwatch.document.document import Document
    from cartwatch.document.reader import read_watchlist
    from cartwatch.formats.xlsx.read import read_workbook
    from cartwatch.formats.xlsx.write import workbook

    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    text = "".join(
        f'[[program]]\nname = "drug {at}"\nsponsor = "Co {at % 300}"\nindications = ["LBCL"]\nphase = "Phase 2"\n'
        f'notes = "note {at} on this and that"\n[[program.catalyst]]\nevent = "Readout"\nwhen = "Q4 2026"\n'
        for at in range(10_000)
    )
    document = Document.parse(text.encode())
    programs = read_watchlist(document.head, document.programs, now.date()).watchlist.programs
    pairs = list(zip(programs, document.programs, strict=True))
    out, into = [], []
    for _ in range(min(rounds, 3)):
        start = time.process_time()
        data = workbook(pairs, now, "List")
        middle = time.process_time()
        assert len(read_workbook("list.xlsx", data, now, "Programs").document.programs) == len(pairs)
        out.append(middle - start)
        into.append(time.process_time() - middle)
    yield Row("export of 10,000 programs as a workbook", median(out), None, None, 3.0, "s")
    yield Row("import of a workbook of 10,000 rows", median(into), None, None, 3.0, "s")


MEASURES: dict[str, Callable[[Path, int], Iterator[Row]]] = {
    "command-line": command_line,
    "first-paint": first_paint,
    "keys": keys,
    "timeline": timeline,
    "filter-and-sort": filter_and_sort,
    "flood": flood,
    "edits": edits,
    "refresh": refresh,
    "imports": imports,
    "workbooks": workbooks,
    "release": release,
    "idle": idle,
}
