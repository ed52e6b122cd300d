"""`python -m benchmarks.releases DIRECTORY`: precision and recall of the release reader, by text and by kind.

The directory has `texts/`, `index.tsv` (file, published, programs) and `expected.tsv` (file, quote, what, expected): a window
as `2026-01-01..2026-03-31`, an outcome, a designation, a rate as n/N, or TRAP for what must stay out. `sentences.tsv`, where
there is one, has single sentences, each with its window.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from cartwatch.document.reader import read_watchlist
from cartwatch.domain.watchlist import Watchlist
from cartwatch.sources.releases.reading import read_release

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cartwatch.sources.releases.release import Release, Statement

__all__ = ["Score", "score_sentences", "score_texts"]

_WINDOW = re.compile(r"(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?")
_OTHERS = ("designation", "outcome", "rate")


class Score:
    """What was found of what should be, and what was offered beside it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.wanted: Counter[str] = Counter()
        self.found: Counter[str] = Counter()
        self.wrong: list[Statement] = []
        self.missed: list[dict[str, str]] = []
        self.traps: list[str] = []
        self.milliseconds = 0.0

    @property
    def recall(self) -> float:
        return sum(self.found.values()) / max(1, sum(self.wanted.values()))

    @property
    def precision(self) -> float:
        found = sum(self.found.values())
        return found / max(1, found + len(self.wrong))


def watchlist_of(programs: str) -> Watchlist:
    """A list of the programs that a line of the index names: `vesta-cel (VESTRA); SQ-7`."""
    records = []
    for each in filter(None, programs.split(";")):
        hit = re.match(r"\s*([^(]+?)\s*(?:\(([^)]*)\))?\s*$", each)
        if hit is not None:
            aliases = [alias.strip() for alias in (hit[2] or "").split(",") if alias.strip()]
            records.append({"name": hit[1], "aliases": aliases})
    return read_watchlist({}, records, date(2026, 1, 1)).watchlist


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t")


def score_texts(directory: Path) -> list[Score]:
    """Read every text of a directory and compare what is offered with what should be."""
    expected: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of(directory / "expected.tsv"):
        expected[row["file"]].append(row)
    scores = []
    for entry in rows_of(directory / "index.tsv"):
        data = (directory / "texts" / entry["file"]).read_bytes()
        watchlist, said = watchlist_of(entry["programs"]), date.fromisoformat(entry["published"])
        begun = perf_counter()
        release = read_release(data, watchlist, name=entry["file"], said=said)
        score = _compared(entry["file"], release, expected[entry["file"]])
        score.milliseconds = (perf_counter() - begun) * 1000
        scores.append(score)
    return scores


def _compared(name: str, release: Release, rows: Sequence[dict[str, str]]) -> Score:
    score = Score(name)
    used: set[int] = set()
    for row in rows:
        if row["what"] == "TRAP":
            continue
        kind = row["what"] if row["what"] in _OTHERS or _WINDOW.match(row["expected"]) else ""
        if not kind or "weak" in row["expected"] or "other:" in row["expected"]:
            continue
        score.wanted[kind] += 1
        fits = [each for each in release.statements if _is(each, row)]
        if fits:
            score.found[kind] += 1
            used |= {each.number for each in fits}
        else:
            score.missed.append(row)
    for each in release.statements:
        if each.repeats is not None or each.number in used or each.what not in ("guidance", "rate"):
            continue
        trap = next((row["quote"] for row in rows if row["what"] == "TRAP" and _takes(each, row["quote"])), None)
        if trap is not None:
            score.traps.append(trap)
        elif not any(row["what"] != "TRAP" and _same_fact(each, row) for row in rows):
            score.wrong.append(each)
    return score


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.replace("*", "").lower()).strip()


def _is(statement: Statement, row: dict[str, str]) -> bool:
    one, other = _plain(statement.quote), _plain(row["quote"])
    return (one in other or other in one) and _same_fact(statement, row)


def _same_fact(statement: Statement, row: dict[str, str]) -> bool:
    """Whether a statement is the fact of a row: its window, outcome, designation or rate."""
    expected = row["expected"]
    if row["what"] == "designation":
        return statement.what == "designation" and str(statement.facts["kind"]).lower() in expected.lower()
    if row["what"] == "outcome":
        return statement.what == "outcome" and (statement.kind in expected or str(statement.facts["outcome"]) in expected)
    if row["what"] == "rate":
        return statement.what == "rate" and str(statement.facts["rate"]) in expected and statement.kind in expected.lower()
    hit, window = _WINDOW.match(expected), statement.window
    if hit is None or window is None or statement.what != "guidance":
        return False
    return (str(window.start), str(window.end)) == (hit[1], hit[2] or hit[1])


def _takes(statement: Statement, trap: str) -> bool:
    """Whether the words from which a statement was read lie in a trap, or hold it."""
    start, end = statement.span
    words, around = _plain(statement.quote[start:end]), _plain(statement.quote[max(0, start - 60) : end + 20])
    return bool(words) and (words in _plain(trap)) and _plain(trap)[:40] in around


def score_sentences(directory: Path) -> tuple[int, int, list[str]]:
    """How many windows single sentences have, how many of them are offered, and what is offered wrongly."""
    wanted: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of(directory / "sentences.tsv"):
        wanted[row["sentence"]].append(row)
    total = offered = 0
    wrong = []
    for sentence, rows in wanted.items():
        said = rows[0]["said"]
        day = date.fromisoformat(said) if re.fullmatch(r"\d{4}-\d\d-\d\d", said) else None
        release = read_release(sentence, Watchlist(()), said=day)
        windows = {(hit[1], hit[2] or hit[1]) for row in rows if (hit := _WINDOW.match(row["expected window or rate"]))}
        told = [each for each in release.statements if each.what in ("guidance", "outcome") and each.window is not None]
        got = {(str(each.window.start), str(each.window.end)) for each in told if each.window is not None}
        total += len(windows)
        offered += len(windows & got)
        wrong += [sentence for window in got if window not in windows and rows[0]["kind"] != "designation"]
    return total, offered, wrong


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.releases", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--misses", action="store_true", help="what was missed, and what was offered beside it")
    chosen = parser.parse_args()
    scores = score_texts(chosen.directory)
    print(f"{'text':<40} {'wanted':>6} {'found':>6} {'recall':>7} {'precision':>9} {'wrong':>6} {'traps':>6} {'ms':>6}")
    for each in scores:
        wanted, found = sum(each.wanted.values()), sum(each.found.values())
        print(
            f"{each.name[:40]:<40} {wanted:>6} {found:>6} {each.recall:>7.0%} {each.precision:>9.0%} "
            f"{len(each.wrong):>6} {len(each.traps):>6} {each.milliseconds:>6.0f}"
        )
        for row in each.missed if chosen.misses else ():
            print(f"    missed  {row['what']}: {row['expected'][:40]} | {row['quote'][:100]}")
        for told in each.wrong if chosen.misses else ():
            print(f"    beside  {told.kind}: {told.quote[max(0, told.span[0] - 80) : told.span[1]]}")
        for trap in each.traps:
            print(f"    TRAP    {trap[:100]}")
    wanted_of: Counter[str] = sum((each.wanted for each in scores), Counter())
    found_of: Counter[str] = sum((each.found for each in scores), Counter())
    wrong_of = Counter(told.kind if told.what == "guidance" else told.what for each in scores for told in each.wrong)
    print(f"\n{'kind':<14} {'wanted':>6} {'found':>6} {'recall':>7} {'precision':>9}")
    for kind, count in sorted(wanted_of.items()):
        found = found_of[kind]
        print(f"{kind:<14} {count:>6} {found:>6} {found / count:>7.0%} {found / max(1, found + wrong_of[kind]):>9.0%}")
    if (chosen.directory / "sentences.tsv").exists():
        total, offered, wrong = score_sentences(chosen.directory)
        print(f"\nsingle sentences: {offered} of {total} windows offered, {len(wrong)} wrong")
        for sentence in wrong:
            print(f"    wrong   {sentence[:120]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
