"""Nothing a widget draws can command the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from cartwatch.app.output_filter import Guard

BLACK = Color(0, 0, 0)
HOSTILE = "\x1b[2J\x9b31m\x07\x7f\u202e\u2066\u2028\ud800"


def test_harmless_lines_pass_untouched() -> None:
    line = [Segment("ciltacabtagene – 日本 ≥3 "), Segment("👩\u200d🔬")]
    assert Guard().apply(line[:1], BLACK) == line[:1]
    assert Guard().apply(line, BLACK) == line


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=20), max_size=5))
@pytest.mark.slow
def test_no_control_leaves_and_no_line_grows(texts: list[str]) -> None:
    drawn = [Segment(text) for text in [*texts, HOSTILE]]
    safe = Guard().apply(drawn, BLACK)
    out = "".join(segment.text for segment in safe)
    assert not [char for char in out if ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u202e\u2066\u2028\ud800"]
    assert sum(cell_len(segment.text) for segment in safe) == sum(cell_len(segment.text) for segment in drawn)


def test_terminal_commands_and_poisoned_links_are_dropped_and_honest_links_kept() -> None:
    bad, good = Style(link="https://x/\x1b]0;title\x07", bold=True), Style(link="https://clinicaltrials.gov/study/NCT1")
    safe = Guard().apply([Segment("\x1b[2J", None, [(ControlType.CLEAR,)]), Segment("bad", bad), Segment("good", good)], BLACK)
    assert [segment.text for segment in safe] == ["bad", "good"]
    assert [segment.style and segment.style.link for segment in safe] == [None, good.link]
    assert safe[0].style is not None
    assert safe[0].style.bold


class Rogue(Widget):
    def render_line(self, y: int) -> Strip:
        return Strip([Segment("safe " + HOSTILE)])


class Guarded(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.guard = Guard()

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self.guard]

    def compose(self) -> ComposeResult:
        yield Rogue()


async def test_the_app_hook_guards_every_widget() -> None:
    app = Guarded()
    async with app.run_test(size=(40, 3)):
        rogue = app.query_one(Rogue)
        (line,) = rogue.render_lines(Region(0, 0, 40, 1))
        assert "\ufffd" in line.text
        assert not [char for char in line.text if ord(char) < 32 or 127 <= ord(char) < 160]
