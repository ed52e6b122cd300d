"""Timeline: where windows, guidance and outcomes stand, what is counted instead, and how it looks at any width."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from fractions import Fraction
from html import unescape
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cartwatch.document.document import Document
from cartwatch.document.reader import read_watchlist
from cartwatch.domain.agenda import items
from cartwatch.domain.catalyst import Catalyst
from cartwatch.domain.dates.window import Window
from cartwatch.domain.program import Program
from cartwatch.views.drawing import paint
from cartwatch.views.layout import width_of
from cartwatch.views.look import Look
from cartwatch.views.time_axis import ZOOMS, TimeSpan, bands, grid, span_of
from cartwatch.views.timeline import Timeline, legend, timeline, timeline_svg, widths

TODAY = date(2026, 12, 1)
LOOK = Look(datetime(2026, 12, 1, 9, tzinfo=UTC))
HERE = Path(__file__).parent
HOSTILE = "[CD19] [/b] \x1b[31m\u202eRTL 細胞 <script>&\"'"


def programs(text: str) -> tuple[Program, ...]:
    document = Document.parse(text.encode())
    return read_watchlist(document.head, document.programs, TODAY).watchlist.programs


LIST = programs((HERE / "timeline.toml").read_text(encoding="utf-8"))


def lines(made: Timeline, width: int, *, by: str = "catalyst", ascii: bool = False) -> list[str]:
    room = widths(width, by)
    return [
        "".join(text for text, _ in line)
        for line in paint(made.drawing, track=room.track, left=room.left, right=room.right, ascii=ascii)
    ]


def track_of(text: str, width: int = 101, **rest: object) -> list[str]:
    """The tracks of the rows alone, drawn in ASCII over 2026 and 2027 with 48 cells: a cell is half a month."""
    span = TimeSpan(date(2026, 1, 1).toordinal(), 730)
    made = timeline(programs(text), Look(LOOK.now, ascii=True), span, width, **rest)  # type: ignore[arg-type]
    room = widths(width)
    return (
        [line[room.left : room.left + room.track] for line in lines(made, width, ascii=True)[-len(made.rows) :]]
        if made.rows
        else []
    )


def catalyst(when: str, more: str = "") -> str:
    return f'[[program]]\nname = "a"\n[[program.catalyst]]\nid = "c"\nevent = "e"\n{when}\n{more}\n'


windows = st.tuples(st.integers(-900, 900), st.integers(2, 800)).map(
    lambda each: (TODAY.toordinal() + each[0], TODAY.toordinal() + each[0] + each[1])
)


@given(windows, st.sampled_from(ZOOMS), st.integers(-9, 9), st.integers(40, 260), st.sampled_from(["catalyst", "program"]))
@example((739102, 739267), 60, -6, 40, "catalyst")  # as long as a cell, from its middle to the middle of the next
def test_the_cells_of_a_bar_are_those_of_its_window_at_any_width_and_zoom(
    window: tuple[int, int], months: int, eighths: int, width: int, by: str
) -> None:
    """A cell belongs to the bar where its middle is one of the window's days; a sign at the edge says that it goes on."""
    span = span_of(TODAY, months)
    span = span.moved(eighths * (span.days // 8))
    start, beyond = window[0], window[1] + 1
    when = Window("w", date.fromordinal(window[0]), date.fromordinal(window[1]), "range")
    program = Program("a", name="a", catalysts=(Catalyst("c", event="e", when=when),))
    made = timeline([program], LOOK, span, width, by=by)
    if beyond <= span.first or start >= span.first + span.days:
        assert not made.rows
        assert made.before + made.after == 1
        return
    room = widths(width, by)
    row = lines(made, width, by=by)[-1][room.left : room.left + room.track]
    cell = Fraction(span.days, room.track)
    middles = [span.first + (at + Fraction(1, 2)) * cell for at in range(room.track)]
    wanted = {at for at, middle in enumerate(middles) if start <= middle < beyond}
    edges = ({0} if start < span.first else set()) | ({room.track - 1} if beyond > span.first + span.days else set())
    painted = {at for at, char in enumerate(row) if char in "▆━!"}
    assert painted - edges == wanted - edges or (len(painted) == 1 and not wanted)
    assert {at for at, char in enumerate(row) if char in "‹›"} == edges


@given(windows, st.sampled_from(ZOOMS), st.integers(-9, 9))
def test_the_svg_coordinates_of_a_bar_are_those_of_its_window(window: tuple[int, int], months: int, eighths: int) -> None:
    span = span_of(TODAY, months)
    span = span.moved(eighths * (span.days // 8))
    start, beyond = window[0], window[1] + 1
    when = Window("w", date.fromordinal(window[0]), date.fromordinal(window[1]), "range")
    svg = timeline_svg([Program("a", name="a", catalysts=(Catalyst("c", event="e", when=when),))], LOOK, span=span)
    if beyond <= span.first or start >= span.first + span.days:
        assert svg == ""
        return
    [(x, width)] = re.findall(r'<rect class="(?:fill|wash)" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    [origin] = {float(each) for each in re.findall(r'<path class="origin" d="M([\d.]+)', svg)} or {8 + round(52 * 6.6 + 8)}
    pixels = Fraction(640, span.days)
    first, last = (float(min(max((each - span.first) * pixels, Fraction(0)), Fraction(640))) for each in (start, beyond))
    assert float(x) == pytest.approx(origin + first, abs=0.011)
    assert float(width) == pytest.approx(last - first, abs=0.011)


@pytest.mark.parametrize(
    ("when", "row"),
    [
        ('when = "Q4 2026"', r"^ +#{6} "),
        ('when = "2027"', r"={23,24}$"),
        ('when = "mid-2027"', r" ~~=+~~ "),
        ("when = 2027-03-01", r"\*"),
        ('when = "by June 2027"\nsaid = 2026-09-01', r" -{19,20}\]"),
        ('when = "2027 or later"', r"~{23,}>$"),
        ('when = 2027-03-01\nkind = "pdufa"', r"[ |]-{6}\]"),
        ('when = "Q3 2026"', r" ={5}! "),
        ('when = "Q3 2026"\noutcome = "met"\noutcome_on = 2026-09-20', r" =+\+=? "),
        ('when = "Q3 2026"\noutcome = "missed"\noutcome_on = 2026-12-20', r" ={5,6} *\|?.*x "),
        ('when = "Q3 2026"\noutcome = "happened"', r" ={5,6} "),
        ('when = "H1 2025"\noutcome = "happened"\noutcome_on = "Q2 2026"', r"<.*~+o~+"),
    ],
)
def test_each_kind_of_window_has_its_own_sign_without_colour(when: str, row: str) -> None:
    [track] = track_of(catalyst(when))
    assert re.search(row, track.replace(".", " ")), track


def test_earlier_guidance_stands_on_the_row_numbered_at_its_end() -> None:
    moves = 'move = [{ when = "Q1 2026" }, { when = "Q3 2026", said = 2026-03-01 }, { when = 2026-11-15 }]'
    [track] = track_of(catalyst('when = "Q2 2027"', moves))
    assert re.search(r"^-{5}1 .*-{5}2 .*\^.*={5,6}", track.replace(".", " ")), track


def test_moves_get_rows_of_their_own_with_what_became_of_them() -> None:
    moves = 'move = [{ when = "Q1 2026", said = 2025-11-01 }, { when = "Q3 2026" }]'
    made = timeline(
        programs(catalyst('when = "Q2 2027"', moves)), LOOK, TimeSpan(date(2026, 1, 1).toordinal(), 730), 160, moves=True
    )
    shown = lines(made, 160)[-3:]
    assert [each.move for each in made.rows] == [None, 0, 1]
    assert "1 Q1 2026  said 2025-11-01" in shown[1]
    assert "2 Q3 2026" in shown[2]
    assert all("slipped" in each for each in shown[1:])


def test_what_has_no_window_is_counted() -> None:
    text = (
        catalyst('when = "TBD"')
        + catalyst('when = "when the moon is full"').replace('"a"', '"b"')
        + catalyst("when = 2020-01-01").replace('"a"', '"c"')
    )
    made = timeline(programs(text), LOOK, span_of(TODAY, 12), 80)
    assert (made.found.undated, made.found.unreadable, made.before, made.after) == (1, 1, 1, 0)


def test_rows_follow_the_programs_as_they_are_given() -> None:
    made = timeline(LIST[::-1], LOOK, span_of(TODAY, 24), 100)
    named = list(dict.fromkeys(row.program.key for row in made.rows))
    assert named == [each.key for each in LIST[::-1] if each.key in named]


@given(st.lists(windows, max_size=9), st.sampled_from(ZOOMS), st.integers(60, 200))
def test_catalysts_that_share_a_row_do_not_touch(found: list[tuple[int, int]], months: int, width: int) -> None:
    catalysts = tuple(
        Catalyst(f"c{at}", when=Window("w", date.fromordinal(first), date.fromordinal(last), "range"))
        for at, (first, last) in enumerate(found)
    )
    span = span_of(TODAY, months)
    made = timeline([Program("a", catalysts=catalysts)], LOOK, span, width, by="program")
    track = widths(width, "program").track
    for row in made.rows:
        taken = [set(span.scale.cells(each.first, each.last, track)) for each in row.entries]
        assert all(not one & other for at, one in enumerate(taken) for other in taken[:at])
    assert sum(len(row.entries) for row in made.rows) <= len(found)


@pytest.mark.parametrize("width", [40, 60, 80, 140, 200])
@pytest.mark.parametrize("by", ["catalyst", "program"])
def test_lines_are_as_wide_as_they_should_be_whatever_the_names(width: int, by: str) -> None:
    text = (
        catalyst('when = "Q4 2026"')
        .replace('"a"', "'''" + HOSTILE.replace("\x1b", "") + "'''")
        .replace('"e"', "'''" + HOSTILE.replace("\x1b", "") + "'''")
    )
    made = timeline(programs(text), LOOK, span_of(TODAY, 12), width, by=by)
    room = widths(width, by)
    painted = paint(made.drawing, track=room.track, left=room.left, right=room.right)
    assert {width_of(line) for line in painted} == {width}
    assert "\u202e" not in "".join(text for line in painted for text, _ in line)


def test_the_picture_tells_in_words_what_it_shows() -> None:
    svg = timeline_svg(LIST, LOOK)
    root = ElementTree.fromstring(svg)
    told = root.find("{http://www.w3.org/2000/svg}desc")
    assert told is not None
    assert told.text is not None
    for program in LIST:
        for item in items(program, LOOK.now):
            if item.waiting and item.window.dated:
                assert f"{program.label}, {item.catalyst.event}: {item.window.text}" in told.text
    assert "Not drawn: " in told.text
    assert timeline_svg([], LOOK) == ""


def test_hostile_names_are_text_in_the_picture() -> None:
    program = Program("a", name=HOSTILE, catalysts=(Catalyst("c", event=HOSTILE, when=Window.of_date(TODAY)),))
    svg = timeline_svg([program], LOOK)
    ElementTree.fromstring(svg)
    assert "<script" not in svg
    assert "<script>" in unescape(svg)
    assert "\x1b" not in svg


@given(st.dates(), st.sampled_from(ZOOMS), st.integers(8, 240))
def test_the_grid_has_room_for_its_names_on_any_day(day: date, months: int, track: int) -> None:
    span = span_of(day, months)
    ticks = grid(span, track)
    cells = [span.scale.edge(each.at, track) for each in ticks]
    assert all(after - before >= 4 for before, after in pairwise(cells))
    assert all(date.fromordinal(int(each.at)).day == 1 for each in ticks)
    assert all(each.start < each.end for each in bands(span))


@given(st.dates(), st.sampled_from(ZOOMS), st.integers(-5_000_000, 5_000_000))
def test_a_span_stays_within_the_calendar(day: date, months: int, days: int) -> None:
    span = span_of(day, months).moved(days)
    first, last = span.dates
    assert (last - first).days == span.days - 1
    assert span.zoomed(12, day.toordinal()).moved(0).dates


def test_five_moves_and_the_window_are_read_off_the_picture() -> None:
    """Lifileucel's application was to be complete by end-2020, in 2021, early 2021, by August 2022, in Q4 2022: in Q1 2023."""
    lifileucel = [each for each in LIST if each.key == "lifileucel"]
    made = timeline(lifileucel, LOOK, TimeSpan(date(2020, 1, 1).toordinal(), 366 + 3 * 365), 140)
    room = widths(140)
    track = lines(made, 140)[-1][room.left : room.left + room.track]
    ends = {"1": (2020, 12), "2": (2021, 12), "3": (2021, 4), "4": (2022, 8), "5": (2022, 12)}
    for number, (year, month) in ends.items():
        day = date.fromordinal(int(made.drawing.scale[0]) + round((track.index(number) + 0.5) * 1461 / room.track))
        assert abs((day - date(year, month, 28)).days) <= 21, number
    cells = [at for at, char in enumerate(track) if char == "━"]
    assert cells == list(made.drawing.scale.cells(date(2023, 1, 1).toordinal(), date(2023, 4, 1).toordinal(), room.track))


def test_the_legend_explains_what_is_drawn_alone() -> None:
    assert "".join(run.text for run in legend(LOOK, {"day", "solid"})).split() == ["▆", "open", "◆", "day"]


@pytest.mark.parametrize(("runway", "drawn"), [("into 2H 2027", True), ("through 2026", True), ("into 2026", False)])
def test_the_sponsors_cash_is_a_thin_line_to_the_first_day_on_which_it_may_end(runway: str, drawn: bool) -> None:
    sponsor = {"name": "S", "runway": {"when": runway, "said": "2026-11-01"}}
    record = {"name": "a", "sponsor": "S", "catalyst": [{"event": "e", "when": "2028"}]}
    found = read_watchlist({"sponsor": [sponsor]}, [record], TODAY).watchlist.programs
    made = timeline(found, LOOK, span_of(TODAY, 24), 120)
    cash = [mark for lane in made.drawing.rows for mark in lane.marks if mark.kind == "cash"]
    assert bool(cash) is drawn
    for mark in cash:
        ends = {"into 2H 2027": date(2027, 7, 1), "through 2026": date(2026, 12, 31)}
        assert (mark.start, mark.end) == (TODAY.toordinal(), ends[runway].toordinal())
        assert mark.title == f"S: cash {runway}"
