"""No label, countdown, window or rate of a pane is ever cut or broken inside a word, whatever the width."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
import tomli

from cartwatch.app.widgets.panelayout import lay_out
from cartwatch.document.reader import read_watchlist
from cartwatch.views.lines import Pane, plain
from cartwatch.views.look import Look
from cartwatch.views.panes import pane

LOOK = Look(datetime(2026, 11, 22))
SAMPLE = Path(__file__).parents[2] / "sample_watchlist.toml"
COUNTDOWNS = {"open", "soon", "ahead", "overdue"}


@cache
def sample(key: str) -> tuple[Pane, ...]:
    records = tomli.loads(SAMPLE.read_text(encoding="utf-8"))["program"]
    return tuple(pane(key, each, LOOK) for each in read_watchlist({}, records, LOOK.today).watchlist.programs)


@pytest.mark.parametrize("width", [44, 49, 56, 64, 76, 96, 136, 216])
@pytest.mark.parametrize("key", ["overview", "safety", "catalysts"])
def test_words_of_labels_countdowns_and_rates_stay_whole(key: str, width: int) -> None:
    for shown in sample(key):
        drawn: dict[int | None, list[str]] = {}
        for each in lay_out(shown.lines, width):
            drawn.setdefault(each.owner, []).extend("".join(text for text, _ in each.runs).split())
        for owner, line in enumerate(shown.lines):
            if owner not in drawn:  # a title, which no cursor stands on
                continue
            told = [line.label, *(run.text for run in line.runs if run.role in COUNTDOWNS)]
            told += [plain(cell) for cell in line.cells[1:5]]  # grade, n/N, percentage, interval
            missing = Counter(" ".join(told).split()) - Counter(drawn[owner])
            assert not missing, (width, line, drawn[owner])
