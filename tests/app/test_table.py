"""The watch table: its cursor, its mouse, what it draws and what it leaves alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from app_stage import app_on
from textual import events, on
from textual.app import App, ComposeResult
from textual.filter import LineFilter
from textual.geometry import Region
from textual.widgets import Button

from cartwatch.app.output_filter import Guard
from cartwatch.app.theme import variable_defaults
from cartwatch.app.widgets.table import Cell, Column, Row, WatchTable

COLUMNS = (
    Column("name", "Program", 12),
    Column("count", "Countdown", 10),
    Column("rate", "CRS ≥3", 8, "right"),
    Column("next", "Next catalyst", 20),
)


class Keyed(WatchTable):
    BINDINGS = [  # noqa: RUF012
        ("up,k", "cursor(-1)"),
        ("down,j", "cursor(1)"),
        ("pageup", "page(-1)"),
        ("pagedown", "page(1)"),
        ("ctrl+u", "half(-1)"),
        ("ctrl+d", "half(1)"),
        ("home,g", "edge(-1)"),
        ("end,G", "edge(1)"),
        ("<,shift+left", "sideways(-1)"),
        (">,shift+right", "sideways(1)"),
        ("enter", "activate"),
    ]
    painted: list[Region]

    def refresh(self, *regions: Region, **options: Any) -> Any:
        if hasattr(self, "painted"):
            self.painted += regions or [Region(0, 0, 999, 999)]
        return super().refresh(*regions, **options)


class TableApp(App[None]):
    def __init__(self, rows: int = 30, columns: Sequence[Column] = COLUMNS, fixed: int = 1) -> None:
        super().__init__()
        self.guard = Guard()
        self.table = Keyed(columns, fixed=fixed, ticking={"count"}, empty="Nothing matches.")
        self.keys = [f"p{at}" for at in range(rows)]
        self.asked: list[str] = []
        self.now = 0
        self.texts: dict[str, str] = {}
        self.heard: list[tuple[str, str | None]] = []
        self.shifted: list[bool] = []

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self.guard]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults()

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.set_rows(self.keys, self.row)
        self.table.focus()

    def row(self, key: str) -> Row:
        self.asked.append(key)
        number = int(key[1:])
        count = f"{number}d {self.now}" if number % 2 else f"{number}d"
        text = self.texts.get(key, f"name {number}")
        cells = Cell(text, "strong"), Cell(count, "open"), Cell("4.2%"), Cell("", runs=(("PDUFA", "moved"), (" date", "")))
        return Row(key, cells)

    @on(WatchTable.Highlighted)
    def highlighted(self, message: WatchTable.Highlighted) -> None:
        assert message.control is self.table
        self.heard.append(("on", message.key))

    @on(WatchTable.Activated)
    def activated(self, message: WatchTable.Activated) -> None:
        self.heard.append(("open", message.key))

    @on(WatchTable.HeaderClicked)
    def header_clicked(self, message: WatchTable.HeaderClicked) -> None:
        self.heard.append(("sort", message.key))
        self.shifted.append(message.shift)

    def lines(self) -> list[str]:
        """What the terminal gets: the lines as filtered on their way out."""
        return [strip.text for strip in self.table.render_lines(Region(0, 0, *self.table.size))]


SIZE = (60, 11)  # the header and ten rows; every column fits


@pytest.mark.parametrize(
    ("keys", "where"),
    [
        ("down", "p1"),
        ("j j j k", "p2"),
        ("up", "p0"),
        ("pagedown", "p10"),
        ("pagedown pagedown pageup", "p10"),
        ("ctrl+d", "p5"),
        ("ctrl+d ctrl+d ctrl+u", "p5"),
        ("G", "p29"),
        ("end down", "p29"),
        ("end home", "p0"),
        ("G g j", "p1"),
        ("pagedown pagedown pagedown pagedown", "p29"),
    ],
)
async def test_keys_move_the_cursor_and_keep_it_on_screen(keys: str, where: str) -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*keys.split())
        assert app.table.cursor_key == where
        assert where in app.table.visible_keys
        assert app.heard[-1] == ("on", where)


async def test_enter_opens_the_row_under_the_cursor() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("down", "enter")
        assert app.heard[-1] == ("open", "p1")


async def test_the_cursor_stays_on_its_key_through_sort_and_filter() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*["down"] * 4)
        heard = len(app.heard)
        app.table.set_rows(app.keys[::-1], app.row)
        await pilot.pause()
        assert app.table.cursor_key == "p4"
        assert "p4" in app.table.visible_keys
        app.table.set_rows([key for key in app.keys if int(key[1:]) % 4 == 0], app.row)
        await pilot.pause()
        assert app.table.cursor_key == "p4"
        assert len(app.heard) == heard, "the same row is no news"


async def test_the_cursor_keeps_its_line_on_screen_when_the_order_changes() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*["down"] * 4)
        app.table.set_rows([*app.keys[15:], *app.keys[:15]], app.row)
        await pilot.pause()
        assert app.table.visible_keys[4] == "p4"


@pytest.mark.parametrize(
    ("left", "where"),
    [
        (["p0", "p1", "p2", "p6", "p9"], "p6"),
        (["p9", "p2", "p6"], "p6"),
        (["p0", "p2"], "p2"),
        (["p100", "p101"], "p100"),
        ([], None),
    ],
)
async def test_when_its_row_is_gone_the_cursor_goes_to_the_next_that_is_left(left: list[str], where: str | None) -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*["down"] * 4)
        app.table.set_rows(left, app.row)
        await pilot.pause()
        assert app.table.cursor_key == where
        assert app.heard[-1] == ("on", where), "a detail pane must hear of it"


async def test_the_caller_may_name_the_row_to_stand_on() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.table.set_rows(app.keys, app.row, keep="p20")
        await pilot.pause()
        assert app.table.cursor_key == "p20"
        assert "p20" in app.table.visible_keys
        assert app.heard[-1] == ("on", "p20")
        assert app.table.move_to("p3")
        await pilot.pause()
        assert app.heard[-1] == ("on", "p3")
        assert not app.table.move_to("nobody")
        assert app.table.cursor_key == "p3"


async def test_a_click_selects_and_a_double_click_opens() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click(Keyed, offset=(5, 4))
        assert app.heard[-1] == ("on", "p3")
        await pilot.double_click(Keyed, offset=(5, 6))
        assert app.heard[-2:] == [("on", "p5"), ("open", "p5")]


async def test_a_click_below_the_rows_does_nothing() -> None:
    app = TableApp(rows=2)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.double_click(Keyed, offset=(5, 8))
        assert app.heard == [("on", "p0")]


@pytest.mark.parametrize(("x", "key"), [(1, "name"), (10, "name"), (14, "count"), (28, "rate"), (38, "next")])
async def test_a_click_on_a_header_names_its_column(x: int, key: str) -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click(Keyed, offset=(x, 0))
        await pilot.click(Keyed, offset=(x, 0), shift=True)
        assert app.heard[-2:] == [("sort", key), ("sort", key)]
        assert app.shifted == [False, True]
        assert app.table.cursor_key == "p0"


async def test_the_wheel_scrolls_and_leaves_the_cursor() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.table.post_message(events.MouseScrollDown(app.table, 5, 5, 0, 0, 0, False, False, False))
        await pilot.pause()
        assert app.table.scroll_offset.y > 0
        assert app.table.cursor_key == "p0"


async def test_the_row_under_the_pointer_is_drawn_otherwise() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        plain = app.table.render_line(4)
        header = app.table.render_line(0)
        await pilot.hover(Keyed, offset=(5, 4))
        assert app.table.render_line(4) != plain
        assert app.table.render_line(4).text == plain.text
        await pilot.hover(Keyed, offset=(5, 0))
        assert app.table.render_line(4) == plain
        assert app.table.render_line(0) != header


async def test_the_cursor_shows_without_colour_and_without_focus() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        assert app.lines()[1].startswith("▌")
        assert not app.lines()[2].startswith("▌")
        app.table.ascii_only = True
        await app.mount(Button("other"))
        app.query_one(Button).focus()
        await pilot.pause()
        assert app.lines()[1].startswith(">")
        assert app.table.render_line(1) != app.table.render_line(2)


async def test_without_colour_the_cursor_row_is_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = TableApp()
    async with app.run_test(size=SIZE):
        assert all(segment.style and segment.style.reverse for segment in app.table.render_line(1))
        assert not any(segment.style and segment.style.reverse for segment in app.table.render_line(2))


async def test_a_new_theme_is_drawn_at_once() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        dark = app.table.render_line(2)
        app.theme = "textual-light"
        await pilot.pause()
        assert app.table.render_line(2) != dark


async def test_columns_scroll_sideways_with_the_first_one_frozen() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.pause()
        assert app.lines()[0].rstrip().endswith("›")
        assert "‹" not in app.lines()[0]
        await pilot.press(">")
        first = app.lines()
        assert first[1].startswith("▌name 0")
        assert "Countdown" not in first[0]
        assert "CRS ≥3" in first[0]
        assert "‹" in first[0]
        await pilot.click(Keyed, offset=(16, 0))
        assert app.heard[-1] == ("sort", "rate")
        await pilot.press(">", ">", ">")
        assert "Next catalyst" in app.lines()[0]
        assert "PDUFA date" in app.lines()[1]
        assert "›" not in app.lines()[0]
        await pilot.press("shift+left", "shift+left", "shift+left")
        assert "Countdown" in app.lines()[0]


@pytest.mark.parametrize("width", [12, 16, 20, 40])
async def test_scrolling_back_undoes_scrolling(width: int) -> None:
    app = TableApp()
    async with app.run_test(size=(width, 8)) as pilot:
        await pilot.pause()
        places = [app.table.scroll_offset.x]
        for _ in range(9):
            await pilot.press(">")
            places.append(app.table.scroll_offset.x)
        stops = sorted(set(places))
        assert len(stops) > 2
        for stop in reversed(stops):
            assert app.table.scroll_offset.x == stop
            await pilot.press("<")
        assert app.table.scroll_offset.x == 0


@pytest.mark.parametrize(("width", "end"), [(40, "4.2%"), (34, "4.2%"), (28, "4.2%"), (27, "4.…"), (26, "0d")])
@pytest.mark.slow
async def test_a_column_cut_by_the_edge_never_shows_half_a_number_as_a_whole(width: int, end: str) -> None:
    app = TableApp(columns=(*COLUMNS[:2], Column("rate", "CRS", 6), COLUMNS[3]))
    async with app.run_test(size=(width, 5)) as pilot:
        await pilot.pause()
        assert app.lines()[1].split("  PD")[0].rstrip().endswith(end)


async def test_sort_keys_show_in_the_header() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        app.table.sorted_by = (("count", True),)
        await pilot.pause()
        assert "Countdown▼" in app.lines()[0]
        app.table.sorted_by = (("name", False), ("count", True))
        await pilot.pause()
        assert "Program ▲¹" in app.lines()[0]
        assert "Countdo…▼²" in app.lines()[0]
        app.table.ascii_only = True
        await pilot.pause()
        assert "Program ^1" in app.lines()[0]


HOSTILE = {
    "p0": "[CD19] CAR-T",
    "p1": "[/red]",
    "p2": "[@click=app.quit]q[/]",
    "p3": "\x1b[2Jesc",
    "p4": "c1\x9b2J",
    "p5": "rtl\u202eabc",
    "p6": "日本語の細胞療法プログラム",
    "p7": "x" * 100_000,
    "p8": "a\u0301" * 50_000,
    "p9": "two\nlines\r\n\ttab \ud800",
}


async def test_hostile_text_shows_itself_and_no_control_leaves() -> None:
    app = TableApp(columns=(Column("name", "Program", 24), *COLUMNS[1:]))
    app.texts = HOSTILE
    async with app.run_test(size=(80, 12)) as pilot:
        lines = app.lines()
        text = "\n".join(lines)
        for shown in ("[CD19] CAR-T", "[/red]", "[@click=app.quit]q[/]", "�[2Jesc", "c1�2J", "rtl�abc", "two lines  tab �"):
            assert shown in text
        assert "日本語の細胞療法プログ…" in text
        assert "x" * 23 + "…" in text
        assert not [char for line in lines for char in line if ord(char) < 32 or 127 <= ord(char) < 160]
        assert {strip.cell_length for strip in app.table.render_lines(Region(0, 0, *app.table.size))} == {80}
        await pilot.click(Keyed, offset=(6, 3))
        assert app.is_running


async def test_a_tick_repaints_only_cells_that_changed() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        x = app.lines()[0].index("Countdown")
        app.table.painted = []
        assert app.table.tick() == 0
        assert app.table.painted == []
        app.now = 7
        assert app.table.tick() == 5
        assert {(region.x, region.width, region.height) for region in app.table.painted} == {(x, 10, 1)}
        assert [region.y for region in app.table.painted] == [2, 4, 6, 8, 10]
        await pilot.pause()
        assert "1d 7" in app.lines()[2]
        await pilot.press("pagedown", "pagedown")
        assert "19d 7" in "\n".join(app.lines())
        app.table.painted = []
        assert app.table.tick() == 0


async def test_a_row_that_scrolled_away_before_a_tick_is_up_to_date_when_it_returns() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        assert "1d 0" in app.lines()[2]
        await pilot.press("end")
        app.now = 9
        app.table.tick()
        await pilot.press("home")
        assert "1d 9" in app.lines()[2]


async def test_the_cursor_key_repaints_two_lines() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.table.painted = []
        await pilot.press("down")
        assert [(region.y, region.height) for region in app.table.painted] == [(1, 1), (2, 1)]


async def test_a_changed_row_is_asked_anew_and_no_other() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.table.painted, app.asked = [], []
        app.texts["p3"] = "renamed"
        app.table.invalidate(["p3", "p25", "nobody"])
        await pilot.pause()
        assert app.asked == ["p3"]
        assert [region.y for region in app.table.painted] == [4]
        assert "renamed" in app.lines()[4]
        app.asked = []
        app.table.marked = frozenset({"p1"})
        app.table.marked = frozenset({"p1"})
        await pilot.pause()
        assert app.asked == ["p1"]
        app.table.invalidate()
        await pilot.pause()
        assert set(app.asked) == set(app.table.visible_keys)


async def test_ten_thousand_rows_cost_only_those_on_screen() -> None:
    app = TableApp(rows=10_000)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert len(set(app.asked)) <= 10
        app.asked.clear()
        await pilot.press("end")
        assert app.table.cursor_key == "p9999"
        assert len(set(app.asked)) <= 10
        app.asked.clear()
        app.table.set_rows(app.keys[::-1], app.row)
        await pilot.pause()
        assert len(app.asked) <= 10


async def test_no_rows_say_so_and_take_every_key() -> None:
    app = TableApp(rows=0)
    async with app.run_test(size=SIZE) as pilot:
        assert any(line.strip() == "Nothing matches." for line in app.lines())
        await pilot.press("down", "up", "pagedown", "ctrl+d", "G", "g", "enter", ">")
        await pilot.click(Keyed, offset=(5, 4))
        assert app.table.cursor_key is None
        assert app.table.tick() == 0
        assert app.heard == []
        app.table.set_rows(["p1"], app.row)
        await pilot.pause()
        assert app.heard == [("on", "p1")]
        await pilot.press("down", "G", "enter")
        assert app.heard[-1] == ("open", "p1")


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (5, 1), (1, 5), (13, 3)])
@pytest.mark.parametrize("rows", [0, 1, 30])
async def test_no_terminal_is_too_small(size: tuple[int, int], rows: int) -> None:
    app = TableApp(rows=rows)
    async with app.run_test(size=size) as pilot:
        app.table.sorted_by = (("name", True),)
        await pilot.press("down", "pagedown", "ctrl+d", "G", ">", "<", "enter")
        app.table.tick()
        await pilot.resize_terminal(60, 11)
        await pilot.pause()
        if rows:
            assert app.table.cursor_key in app.table.visible_keys


async def test_columns_follow_the_width_of_the_terminal() -> None:
    app = TableApp(columns=(Column("name", "Program", 12, flex=1), *COLUMNS[1:3], Column("next", "Next", 10, priority=1)))
    async with app.run_test(size=(80, 6)) as pilot:
        assert "Next" in app.lines()[0]
        await pilot.resize_terminal(40, 6)
        await pilot.pause()
        assert "Next" not in app.lines()[0]
        app.table.set_columns(COLUMNS[:1])
        await pilot.pause()
        assert app.lines()[0].split() == ["Program"]


async def test_a_detail_out_of_sight_has_no_line_under_a_cursor() -> None:
    app = app_on()
    async with app.run_test(size=(120, 34)) as pilot:
        await pilot.pause()
        detail = app.screen.detail  # type: ignore[attr-defined]
        detail.lines.move_to(10)
        await pilot.pause()
        assert detail.line is not None
        detail.display = False
        await pilot.pause()
        detail.show(app.screen.program, app.screen.look, "notes")  # type: ignore[attr-defined]
        assert detail.line is None
        detail.display = True
        await pilot.pause()
        assert detail.line is None or detail.line in detail._shown.lines
